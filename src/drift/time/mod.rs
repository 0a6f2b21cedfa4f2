//! Drifts of time.

pub mod slow;

use super::Kind;

/// The kinds.
pub const KINDS: &[Kind] = &[slow::KIND];
