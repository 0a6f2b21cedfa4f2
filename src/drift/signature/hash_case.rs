//! A hash within the message stands in upper case.

use super::message::{shown, signed};
use crate::contract::Contract;
use crate::drift::alter;
use crate::drift::{Drift, Kind};
use crate::expression::Template;

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-hash-case",
    meaning: "A hash within the signed message stands in upper case.",
    example: "the provider verifies the hash of body.text in upper case; the contract signs body.text | sha256",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let Some(payload) = alter::payload(signed.placed, signed.operation) else { continue };
        let own = shown(&payload.template);
        if !own.contains("sha256") {
            continue;
        }
        let Ok(upper) = Template::new(&format!("{{{{ {own} | upper }}}}")) else { continue };
        let value = own.split('|').next().unwrap_or(&own).trim().to_owned();
        let drift = signed
            .another_payload("", upper)
            .provider(format!("verifies the hash of {value} in upper case"))
            .client(format!("signs the hash of {value} in upper case"))
            .contract(format!("signs {own}"));
        drifts.push(drift);
    }
    drifts
}
