//! The keys of a credential that is an object have other names.

use super::places::body_fields;
use crate::contract::Contract;
use crate::contract::scheme::PlacedPart;
use crate::drift::alter::{self, placements};
use crate::drift::{Drift, Kind};
use serde_json::{Map, Value};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-keys-renamed",
    meaning: "A key of the object that the credential is has another name.",
    example: "the provider reads `signature` in body /auth; the contract names it `sig`",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential, placed) in placements(contract) {
        for (index, part) in placed.places.iter().enumerate() {
            let PlacedPart::Body { at, value: Value::Object(object) } = part else { continue };
            for (renamed, is_variation) in renamings(object) {
                let listed = |pick: fn(&(String, String)) -> &String| {
                    renamed.iter().map(|pair| format!("`{}`", pick(pair))).collect::<Vec<_>>().join(" and ")
                };
                let (old, new) = (listed(|(old, _)| old), listed(|(_, new)| new));
                let them = if renamed.len() > 1 { "them" } else { "it" };
                let drift =
                    Drift::new(format!("{} {} {at} {old} to {new}", operation.id, credential.name), &[&operation.id])
                        .provider(format!("reads {new} in body {at}"))
                        .client(format!("sends {new} in body {at}"))
                        .contract(format!("names {them} {old}"))
                        .variation(is_variation);
                let (operation, credential) = (operation.clone(), credential.clone());
                drifts.push(drift.keeps(move |contract| {
                    let id = &operation.id;
                    let mut changed = alter::placed(contract, id, &credential.name, |placed| {
                        if let Some(PlacedPart::Body { value: Value::Object(object), .. }) =
                            placed.places.get_mut(index)
                        {
                            for (old, new) in &renamed {
                                if let Some(held) = object.shift_remove(old) {
                                    object.insert(new.clone(), held);
                                }
                            }
                        }
                    })?;
                    for field in body_fields(&operation, &credential) {
                        for (old, new) in &renamed {
                            changed = alter::rename_body_field(&changed, id, &format!("{field}/{old}"), new)?;
                        }
                    }
                    Some(changed)
                }));
            }
        }
    }
    drifts
}

/// Which keys get which other names: each for itself, and all at once the names of what they hold; with each choice whether it is
/// one of several of its like.
fn renamings(object: &Map<String, Value>) -> Vec<(Vec<(String, String)>, bool)> {
    let mut found = Vec::new();
    let mut all = Vec::new();
    for (key, held) in object {
        let others = other_keys(key, held);
        all.extend(others.first().map(|other| (key.clone(), other.clone())));
        let each = others.into_iter().enumerate();
        found.extend(each.map(|(number, other)| (vec![(key.clone(), other)], number > 0)));
    }
    if all.len() > 1 {
        found.push((all, false));
    }
    found
}

/// The variable's own name first, then what else people call it.
fn other_keys(key: &str, held: &Value) -> Vec<String> {
    let variable = held.as_str().map(|text| text.trim_matches(['{', '}', ' ']).to_owned()).unwrap_or_default();
    let more: &[&str] = match variable.as_str() {
        "timestamp" => &["ts", "time", "t"],
        "signature" => &["sig", "hmac", "mac", "hash"],
        "secret" => &["key", "api_key", "token"],
        _ => &["id"],
    };
    let names = std::iter::once(variable).chain(more.iter().map(|name| (*name).to_owned()));
    names.filter(|name| name != key && !name.is_empty()).collect()
}
