//! Drifts of routes: under which path and method an operation is served, if it is.

pub mod method_changed;
pub mod missing;
pub mod prefixed;
pub mod redirected;
pub mod trailing_slash;

use super::Kind;

/// The kinds.
pub const KINDS: &[Kind] =
    &[prefixed::KIND, trailing_slash::KIND, method_changed::KIND, redirected::KIND, missing::KIND];
