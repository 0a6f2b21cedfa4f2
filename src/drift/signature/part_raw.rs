//! A part is signed as it is, where the contract hashes or normalises it.

use super::message::{Signed, only, pieces, shown, signed, template, with_message, with_payload};
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
            let drift = signed
                .another_payload(&form, template.clone())
                .provider(format!("verifies {what}"))
                .client(format!("signs {what}"))
                .contract(format!("signs {inner}"))
                .variation(number > 0);
            drifts.extend(without_time(&drift, &signed, &template));
            drifts.push(drift);
        }
    }
    drifts
}

/// The same with the timestamp left out as well: who signs by hand often forgets both.
fn without_time(drift: &Drift, signed: &Signed<'_>, payload: &Template) -> Option<Drift> {
    let pieces = pieces(&signed.signing.message);
    let shorter = only(&pieces, &|value| value != "timestamp");
    if shorter.len() == pieces.len() {
        return None;
    }
    let message = template(&shorter)?;
    let subject = format!("{}, without time", drift.subject);
    let (operation, credential, payload) = (signed.operation.clone(), signed.credential.clone(), payload.clone());
    let both = Drift { subject, ..drift.clone() }
        .provider(format!("{}, without the timestamp", drift.provider))
        .client(format!("{}, without the timestamp", drift.client))
        .contract(format!("{}, and the timestamp", drift.contract))
        .variation(true);
    Some(both.keeps(move |contract| {
        let changed = with_payload(contract, &operation, &credential, &payload)?;
        with_message(&changed, &operation, &credential, &message)
    }))
}
