//! The steps, one file a kind.

pub mod call;
pub mod credential;
pub mod fake;
pub mod memory;
pub mod promise;
pub mod promise_field;
pub mod sending;

use crate::feature::step::Step;

/// Every step: a new kind is a file and a line.
pub const ALL: &[&[Step]] =
    &[fake::STEPS, call::STEPS, credential::STEPS, sending::STEPS, memory::STEPS, promise::STEPS, promise_field::STEPS];
