//! The secret is decoded before it becomes the key, or is not.

use super::message::signed;
use crate::contract::Contract;
use crate::contract::scheme::KeyForm;
use crate::drift::alter;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-key-decoded",
    meaning: "The secret is decoded from hexadecimal or base64 before it becomes the key, where the contract takes its text, or the other way round.",
    example: "the client decodes the secret from hexadecimal to get the key; the contract takes its text as the key",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let own = signed.signing.key;
        let all = [KeyForm::Hex, KeyForm::Base64, KeyForm::Text];
        for (number, form) in all.into_iter().filter(|form| *form != own).enumerate() {
            let (id, name) = (signed.operation.id.clone(), signed.credential.name.clone());
            let does = match form {
                KeyForm::Text => "takes the secret's text as the key",
                KeyForm::Hex => "decodes the secret from hexadecimal to get the key",
                KeyForm::Base64 => "decodes the secret from base64 to get the key",
            };
            let says = match own {
                KeyForm::Text => "takes its text as the key",
                KeyForm::Hex => "decodes it from hexadecimal",
                KeyForm::Base64 => "decodes it from base64",
            };
            let drift = Drift::new(format!("{id} {name} {form:?}").to_lowercase(), &[&signed.operation.id])
                .provider(does)
                .client(does)
                .contract(says)
                .variation(number > 0);
            drifts.push(drift.keeps(move |contract| {
                alter::placed(contract, &id, &name, |placed| {
                    if let Some(signing) = &mut placed.signing {
                        signing.key = form;
                    }
                })
            }));
        }
    }
    drifts
}
