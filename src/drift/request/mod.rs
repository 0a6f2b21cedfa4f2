//! Drifts of requests: what the provider asks for beside the credential, and how strictly.

pub mod body_ignored;
pub mod field_looser;
pub mod field_renamed;
pub mod field_required;
pub mod field_retyped;
pub mod field_stricter;
pub mod null_accepted;
pub mod null_refused;
pub mod unknown_accepted;
pub mod unknown_refused;

use super::Kind;

/// The kinds.
pub const KINDS: &[Kind] = &[
    field_required::KIND,
    field_renamed::KIND,
    field_retyped::KIND,
    field_stricter::KIND,
    field_looser::KIND,
    null_refused::KIND,
    null_accepted::KIND,
    unknown_refused::KIND,
    unknown_accepted::KIND,
    body_ignored::KIND,
];
