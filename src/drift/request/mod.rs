//! Drifts of requests.

use super::Kind;

/// The kinds.
pub const KINDS: &[Kind] = &[];
