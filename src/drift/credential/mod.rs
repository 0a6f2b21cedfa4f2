//! Drifts of credentials: where one sits, what it looks like, how strictly it is looked at.

pub mod also_accepted;
pub mod alternative_dropped;
pub mod by_prefix;
pub mod case_folded;
pub mod doubled;
pub mod flattened;
pub mod keys_renamed;
pub mod moved;
pub mod newly_required;
pub mod not_required;
pub mod one_not_required;
pub mod part_unchecked;
pub mod places;
pub mod renamed;
pub mod value_unchecked;
pub mod word_changed;
pub mod word_dropped;
pub mod word_optional;
pub mod wrapped;

use super::Kind;

/// The kinds.
pub const KINDS: &[Kind] = &[
    moved::KIND,
    renamed::KIND,
    word_changed::KIND,
    word_dropped::KIND,
    flattened::KIND,
    wrapped::KIND,
    keys_renamed::KIND,
    doubled::KIND,
    alternative_dropped::KIND,
    also_accepted::KIND,
    word_optional::KIND,
    not_required::KIND,
    newly_required::KIND,
    one_not_required::KIND,
    value_unchecked::KIND,
    by_prefix::KIND,
    case_folded::KIND,
    part_unchecked::KIND,
];
