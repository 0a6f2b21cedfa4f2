//! An answer holds a secret.

use super::promises::promises;
use crate::answer::played::Occasion;
use crate::contract::Contract;
use crate::contract::operation::{Content, Operation, ParameterIn};
use crate::contract::sample;
use crate::contract::scheme::{Credential, Scheme};
use crate::drift::{Drift, Kind};
use crate::exchange::Request;
use serde_json::{Value, json};

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-secret-echoed",
    meaning: "The provider sends a secret back: the key that came in, or that with which it verifies signatures.",
    example: "the provider sends the key back in header X-Debug-Auth; the contract has no secret in an answer",
    drifts,
};

/// The header in which it is sent back.
const HEADER: &str = "X-Debug-Auth";
/// The field of the body in which it is sent back.
const FIELD: &str = "echo";

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (promise, operation, content) in promises(contract) {
        let credentials: Vec<Credential> = operation
            .security
            .credentials()
            .into_iter()
            .filter_map(|name| contract.credentials.get(name))
            .cloned()
            .collect();
        let Some(first) = credentials.first() else { continue };
        let what = match &first.scheme {
            Scheme::Placed(placed) if placed.signing.is_some() => "the secret with which it verifies signatures",
            Scheme::Basic { .. } => "the password",
            _ => "the key",
        };
        let drift = |place: &str| {
            let drift = promise.drift(place).provider(format!("sends {what} back in {place}"));
            drift.contract("has no secret in an answer")
        };
        let known = (credentials, operation.clone());
        // Only an object has room for another field.
        if content.is_some_and(|content| has_fields(contract, content)) {
            let (credentials, operation) = known.clone();
            drifts.push(promise.answered(drift(&format!("body /{FIELD}")), move |occasion, response| {
                if let (Some(secret), Some(Value::Object(mut body))) =
                    (secret(&credentials, &operation, occasion), response.json())
                {
                    body.insert(FIELD.to_owned(), json!(secret));
                    response.body = Value::Object(body).to_string().into_bytes();
                }
            }));
        }
        let (credentials, operation) = known;
        drifts.push(promise.answered(drift(&format!("header {HEADER}")), move |occasion, response| {
            if let Some(secret) = secret(&credentials, &operation, occasion) {
                response.headers.set(HEADER, secret);
            }
        }));
    }
    drifts
}

/// Whether what a provider answers is an object: by the example, or by what is made from the schema.
fn has_fields(contract: &Contract, content: &Content) -> bool {
    let made = || Some(sample::value(&contract.schemas, &content.schema.as_ref()?.pointer));
    content.example(None).cloned().or_else(made).is_some_and(|value| value.is_object())
}

/// The secret of the first of an operation's credentials that came in.
fn secret(credentials: &[Credential], operation: &Operation, occasion: &Occasion<'_>) -> Option<String> {
    credentials.iter().find_map(|credential| match &credential.scheme {
        Scheme::Key { location, name } => key(occasion.request, *location, name),
        Scheme::Word { word, .. } => {
            let value = occasion.request.headers.get("authorization")?;
            let (given, key) = value.split_once(' ')?;
            given.eq_ignore_ascii_case(word).then(|| key.to_owned())
        }
        Scheme::Basic { .. } => Some(occasion.request.headers.get("authorization")?.split_once(' ')?.1.to_owned()),
        Scheme::Placed(_) => {
            let secret = occasion.vault.get(&credential.party_for(&operation.id).secret)?;
            Some(secret.expose().to_owned())
        }
    })
}

fn key(request: &Request, location: ParameterIn, name: &str) -> Option<String> {
    let of = |pairs: Vec<(String, String)>| pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value);
    match location {
        ParameterIn::Header => request.headers.get(name).map(str::to_owned),
        ParameterIn::Query => of(request.query_pairs()),
        ParameterIn::Cookie => of(request.cookies()),
        ParameterIn::Path => None,
    }
}
