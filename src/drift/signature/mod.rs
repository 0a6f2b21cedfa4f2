//! Drifts of signatures: what is signed, with which key, how it is written, when it is valid.

pub mod algorithm_changed;
pub mod encoding_changed;
pub mod hash_case;
pub mod key_changed;
pub mod key_decoded;
pub mod message;
pub mod method_case;
pub mod part_dropped;
pub mod part_hashed;
pub mod part_raw;
pub mod parts_swapped;
pub mod path_changed;
pub mod payload_changed;
pub mod replay;
pub mod separator_changed;
pub mod time_unit;
pub mod unchecked;
pub mod window_changed;

use super::Kind;

/// The kinds.
pub const KINDS: &[Kind] = &[
    part_dropped::KIND,
    part_raw::KIND,
    part_hashed::KIND,
    parts_swapped::KIND,
    separator_changed::KIND,
    path_changed::KIND,
    payload_changed::KIND,
    method_case::KIND,
    hash_case::KIND,
    time_unit::KIND,
    encoding_changed::KIND,
    algorithm_changed::KIND,
    key_decoded::KIND,
    key_changed::KIND,
    window_changed::KIND,
    replay::KIND,
    unchecked::KIND,
];
