//! Drifts of responses: what a promised answer holds.

pub mod array_length;
pub mod echo_changed;
pub mod enum_widened;
pub mod field_added;
pub mod field_dropped;
pub mod field_nulled;
pub mod field_renamed;
pub mod field_retyped;
pub mod media_type;
pub mod number_out_of_range;
pub mod promises;
pub mod secret_echoed;
pub mod status_changed;
pub mod wrapped;

use super::Kind;

/// The kinds.
pub const KINDS: &[Kind] = &[
    field_dropped::KIND,
    field_renamed::KIND,
    field_retyped::KIND,
    field_nulled::KIND,
    field_added::KIND,
    wrapped::KIND,
    enum_widened::KIND,
    number_out_of_range::KIND,
    array_length::KIND,
    echo_changed::KIND,
    media_type::KIND,
    secret_echoed::KIND,
    status_changed::KIND,
];
