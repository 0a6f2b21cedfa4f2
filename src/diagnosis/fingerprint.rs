//! What of a response tells one provider from another.

use crate::check;
use crate::check::refusal;
use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::exchange::Response;
use crate::request::text;
use serde_json::Value;
use std::collections::BTreeSet;

/// What of a response tells one provider from another: neither times nor ids nor texts of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// The status.
    pub status: u16,
    media_type: String,
    /// The methods that `Allow` names.
    allow: BTreeSet<String>,
    /// The refusals of the contract that it is.
    refusals: BTreeSet<String>,
    /// The places and kinds that FastAPI's `detail` names.
    details: BTreeSet<String>,
    keys: BTreeSet<String>,
    /// What is wrong with it, and where.
    findings: BTreeSet<String>,
}

/// The likeness of two fingerprints that are the same.
pub const SAME: u32 = 16;

impl Fingerprint {
    /// The fingerprint of a response to a call of `operation`.
    pub fn of(contract: &Contract, operation: &Operation, response: &Response) -> Self {
        let refusals = refusal::kept(contract, operation, response).into_iter();
        let findings = check::response(contract, operation, response, &[]);
        let body = response.json();
        let allow = response.headers.get("allow").unwrap_or("").split(',');
        Self {
            status: response.status,
            media_type: response.headers.media_type().unwrap_or_default(),
            allow: allow.map(|method| method.trim().to_owned()).filter(|method| !method.is_empty()).collect(),
            refusals: refusals.map(|refusal| refusal.name.to_string()).collect(),
            details: body.as_ref().map(details).unwrap_or_default(),
            keys: body.as_ref().and_then(Value::as_object).into_iter().flat_map(|body| body.keys().cloned()).collect(),
            findings: findings.iter().map(|finding| format!("{} {}", finding.code, finding.location)).collect(),
        }
    }

    /// How much it has in common with another, up to [`SAME`]; nothing where the status is another.
    pub fn likeness(&self, other: &Self) -> u32 {
        if self.status != other.status {
            return 0;
        }
        // Keys that are optional may differ between providers that keep the contract; the rest may not.
        let same = [
            (self.media_type == other.media_type, 2),
            (self.allow == other.allow, 2),
            (self.refusals == other.refusals, 2),
            (self.details == other.details, 2),
            (self.keys == other.keys, 1),
        ];
        let findings = if self.findings == other.findings {
            6
        } else if self.findings.is_empty() || other.findings.is_empty() {
            0
        } else {
            3
        };
        1 + findings + same.into_iter().filter(|(same, _)| *same).map(|(_, weight)| weight).sum::<u32>()
    }
}

/// `type` and `loc` of each entry of FastAPI's `detail` (`facts/clip-embed.md`, Refusals).
fn details(body: &Value) -> BTreeSet<String> {
    let entries = body.get("detail").and_then(Value::as_array).into_iter().flatten();
    entries
        .filter_map(|entry| {
            let place: Vec<String> = entry.get("loc")?.as_array()?.iter().map(text).collect();
            Some(format!("{} {}", entry.get("type").and_then(Value::as_str).unwrap_or(""), place.join("/")))
        })
        .collect()
}
