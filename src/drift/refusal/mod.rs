//! Drifts of refusals.

use super::Kind;

/// The kinds.
pub const KINDS: &[Kind] = &[];
