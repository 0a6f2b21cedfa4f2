//! Drifts of responses.

use super::Kind;

/// The kinds.
pub const KINDS: &[Kind] = &[];
