//! Drifts of routes.

use super::Kind;

/// The kinds.
pub const KINDS: &[Kind] = &[];
