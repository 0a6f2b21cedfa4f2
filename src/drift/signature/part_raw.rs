//! A part is signed as it is, where the contract hashes or normalises it.

use super::message::{shown, signed, with_payload};
use crate::contract::Contract;
use crate::drift::alter;
use crate::drift::{Drift, Kind};
use crate::expression::Template;

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-part-raw",
    meaning: "A part of the signed message stands there as it is, where the contract hashes or normalises it.",
    example: "the client signs body.text raw; the contract signs body.text | sha256",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let Some(payload) = alter::payload(signed.placed, signed.operation) else { continue };
        let inner = shown(&payload.template);
        let Some((value, filters)) = inner.split_once('|') else { continue };
        let value = value.trim();
        let name = value.rsplit('.').next().unwrap_or(value);
        let forms = [
            format!("{{{{ {value} }}}}"),
            format!("{name}={{{{ {value} }}}}"),
            format!("{name}={{{{ {value} |{filters} }}}}"),
        ];
        for (number, form) in forms.into_iter().enumerate() {
            let Ok(template) = Template::new(&form) else { continue };
            let what = match number {
                0 => format!("{value} raw"),
                1 => format!("{name}= and {value} raw"),
                _ => format!("{name}= before the payload"),
            };
            let (operation, credential) = (signed.operation.clone(), signed.credential.clone());
            let drift = Drift::new(format!("{} {} {form}", operation.id, credential.name), &[&operation.id])
                .provider(format!("verifies {what}"))
                .client(format!("signs {what}"))
                .contract(format!("signs {inner}"))
                .variation(number > 0);
            drifts.push(drift.keeps(move |contract| with_payload(contract, &operation, &credential, &template)));
        }
    }
    drifts
}
