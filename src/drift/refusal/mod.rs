//! Drifts of refusals: what a refusal looks like, which comes first, whether it comes at all.

pub mod as_html;
pub mod as_server_error;
pub mod as_success;
pub mod envelope_changed;
pub mod header_gone;
pub mod occurrence;
pub mod order_changed;
pub mod situation_dropped;
pub mod status_changed;
pub mod text_changed;
pub mod unprovoked;

use super::Kind;

/// The kinds.
pub const KINDS: &[Kind] = &[
    status_changed::KIND,
    as_success::KIND,
    as_server_error::KIND,
    as_html::KIND,
    envelope_changed::KIND,
    header_gone::KIND,
    text_changed::KIND,
    order_changed::KIND,
    situation_dropped::KIND,
    unprovoked::KIND,
];
