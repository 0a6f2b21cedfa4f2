//! A field of an answer has another name.

use super::promises::parts;
use crate::contract::Contract;
use crate::drift::fields::other_name;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-field-renamed",
    meaning: "The provider gives a field of its answer another name.",
    example: "the provider sends body /user_id as `userId`; the contract names it `user_id`",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let drifts = parts(contract).into_iter().filter_map(|part| {
        let name = part.property()?;
        let other = other_name(&name);
        let drift = part
            .drift()
            .provider(format!("sends {} as `{other}`", part.place()))
            .contract(format!("names it `{name}`"));
        Some(part.with_owner(drift, move |owner, name| {
            if let Some(value) = owner.shift_remove(name) {
                owner.insert(other.clone(), value);
            }
        }))
    });
    drifts.collect()
}
