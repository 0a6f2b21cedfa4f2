//! Another word stands before the key in `Authorization`.

use crate::contract::Contract;
use crate::contract::scheme::Scheme;
use crate::drift::alter::{credential as altered, noun, protections};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-word-changed",
    meaning: "Another word of `Authorization` is wanted before the credential (RFC 9110, section 11.4).",
    example: "the provider wants the word Token before the key; the contract places it in header Authorization: Bearer …",
    drifts,
};

/// The words that are in use, commonest first.
const WORDS: [&str; 6] = ["Token", "ApiKey", "Bearer", "Basic", "Key", "JWT"];

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential) in protections(contract) {
        let Scheme::Word { word: own, .. } = &credential.scheme else { continue };
        let taken = |word: &str| {
            let all = operation.security.credentials().into_iter().filter_map(|name| contract.credentials.get(name));
            all.into_iter().any(
                |known| matches!(&known.scheme, Scheme::Word { word: other, .. } if other.eq_ignore_ascii_case(word)),
            )
        };
        let others = WORDS.iter().filter(|word| !word.eq_ignore_ascii_case(own) && !taken(word));
        for (index, other) in others.enumerate() {
            let noun = noun(credential);
            let drift = Drift::new(format!("{} {} to {other}", operation.id, credential.name), &[&operation.id])
                .provider(format!("wants the word {other} before {noun}"))
                .client(format!("sends the word {other} before {noun}"))
                .contract(format!("places it in {}", credential.describe()))
                .variation(index > 0);
            let (id, name) = (operation.id.clone(), credential.name.clone());
            drifts.push(drift.keeps(move |contract| {
                altered(contract, &id, &name, |credential| {
                    credential.scheme = Scheme::Word { word: (*other).to_owned(), case_sensitive: false };
                })
            }));
        }
    }
    drifts
}
