//! The keys of a credential that is an object have other names.

use super::places::body_fields;
use crate::contract::Contract;
use crate::contract::scheme::PlacedPart;
use crate::drift::alter::{self, placements};
use crate::drift::{Drift, Kind};
use serde_json::Value;

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
            for (key, held) in object {
                for (number, other) in other_keys(key, held).into_iter().enumerate() {
                    let subject = format!("{} {} {at}/{key} to {other}", operation.id, credential.name);
                    let drift = Drift::new(subject, &[&operation.id])
                        .provider(format!("reads `{other}` in body {at}"))
                        .client(format!("sends `{other}` in body {at}"))
                        .contract(format!("names it `{key}`"))
                        .variation(number > 0);
                    let (operation, credential, key) = (operation.clone(), credential.clone(), key.clone());
                    drifts.push(drift.keeps(move |contract| {
                        let id = &operation.id;
                        let mut changed = alter::placed(contract, id, &credential.name, |placed| {
                            if let PlacedPart::Body { value: Value::Object(object), .. } = &mut placed.places[index]
                                && let Some(held) = object.shift_remove(&key)
                            {
                                object.insert(other.clone(), held);
                            }
                        })?;
                        for field in body_fields(&operation, &credential) {
                            changed = alter::rename_body_field(&changed, id, &format!("{field}/{key}"), &other)?;
                        }
                        Some(changed)
                    }));
                }
            }
        }
    }
    drifts
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
