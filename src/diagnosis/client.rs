//! A client that departs: under which drift would its request be right?

use super::{Explanation, displaced};
use crate::check;
use crate::contract::operation::Operation;
use crate::contract::{Contract, Route};
use crate::credential::customary::own_places;
use crate::credential::verify::Keys;
use crate::drift::{self, Drift};
use crate::exchange::{Location, Request};
use crate::secret::Vault;
use crate::verdict::{Code, Finding, Verdict};

/// The drifts under which a request is right, or departs less; none where it keeps the contract.
///
/// `now_ms` is when it was sent, in milliseconds since 1970.
pub fn explain(
    contract: &Contract,
    server_path: &str,
    request: &Request,
    vault: &Vault,
    now_ms: i64,
) -> Vec<Explanation> {
    let reached = reaches(contract, server_path, request);
    let contract = &reached.map_or_else(|| contract.clone(), |operation| contract.only(&operation.id));
    let judge = |contract: &Contract| {
        let keys = Keys { vault, further: &[] };
        check::request(contract, server_path, request, keys, now_ms)
    };
    let departs = |contract: &Contract| weight(&judge(contract)) > 0;
    let plain = judge(contract);
    if weight(&plain) == 0 {
        return Vec::new();
    }
    // A request that reaches nothing can only be right under a drift that leads it somewhere.
    let kinds = drift::kinds().filter(|kind| reached.is_some() || kind.group() == "route");
    let drifts: Vec<Drift> =
        kinds.flat_map(|kind| kind.of(contract)).filter(|drift| !drift.client.is_empty()).collect();
    let own: Vec<Location> = contract.credentials.values().flat_map(own_places).collect();
    let mut tried: Vec<(u32, &Drift, Contract)> = Vec::new();
    let mut nearer: Option<(u32, &Drift, Vec<Finding>)> = None;
    for drift in &drifts {
        let Some(other) = drift.another_contract(contract) else { continue };
        let findings = judge(&other);
        let left = weight(&findings);
        // One that only looks elsewhere, and finds nothing there either, explains nothing.
        let known = || plain.iter().map(|finding| &finding.location).chain(&own);
        let is_new = |finding: &Finding| reached.is_some() && !known().any(|known| known.is_same(&finding.location));
        let least = nearer.as_ref().map_or(weight(&plain), |(least, ..)| *least);
        if left < least && !findings.iter().any(is_new) {
            nearer = Some((left, drift, findings));
        }
        tried.push((left, drift, other));
    }
    if tried.iter().any(|(weight, ..)| *weight == 0) {
        let right: Vec<&Drift> = tried.iter().filter(|(weight, ..)| *weight == 0).map(|(_, drift, _)| *drift).collect();
        let certain = right.len() == 1;
        return right.into_iter().filter_map(|drift| explanation(&[drift], "", certain)).collect();
    }
    // Two drifts at once: the second is looked for under each first one that makes a difference. Of two that spoil one
    // signature neither does by itself.
    let is_unknown = plain.iter().any(|finding| finding.code == Code::CredentialUnknown);
    for (index, (left, first, other)) in tried.iter().enumerate() {
        let spoils = |drift: &Drift| is_unknown && drift.code.starts_with("signature-");
        let differs = *left < weight(&plain);
        if !differs && !spoils(first) {
            continue;
        }
        let under: (Contract, Vec<Drift>);
        let (other, seconds) = if reached.is_some() {
            (other, if differs { drifts.as_slice() } else { &drifts[index + 1..] })
        } else {
            let Some(operation) = reaches(other, server_path, request) else { continue };
            let other = other.only(&operation.id);
            let seconds = drift::of(&other).into_iter().filter(|drift| !drift.client.is_empty()).collect();
            under = (other, seconds);
            (&under.0, under.1.as_slice())
        };
        for second in seconds.iter().filter(|second| second.code != first.code && (differs || spoils(second))) {
            if second.another_contract(other).is_some_and(|both| !departs(&both)) {
                return explanation(&[first, second], "", true).into_iter().collect();
            }
        }
    }
    let displaced = reached.and_then(|operation| displaced::explain(contract, operation, request, vault, &plain));
    if let Some(displaced) = displaced {
        return vec![displaced];
    }
    let behind = "; another drift may hide behind it";
    let found =
        nearer.and_then(|(_, drift, leaves)| Some(Explanation { leaves, ..explanation(&[drift], behind, false)? }));
    found.into_iter().collect()
}

/// The operation that a request reaches.
fn reaches<'a>(contract: &'a Contract, server_path: &str, request: &Request) -> Option<&'a Operation> {
    match contract.route(server_path, request) {
        Route::Found(operation, _) => Some(operation),
        Route::OtherMethods(..) | Route::Unknown => None,
    }
}

/// How far a request departs: a credential that was not even found weighs more than one that does not verify.
fn weight(findings: &[Finding]) -> u32 {
    let of = |finding: &Finding| match finding.code {
        Code::RequestPathUndocumented | Code::RequestMethodUndocumented => 16,
        Code::CredentialMissing | Code::CredentialMisplaced => 8,
        Code::CredentialMalformed => 4,
        Code::CredentialStale => 3,
        code if code.weight() == Verdict::Kept => 0,
        _ => 2,
    };
    findings.iter().map(of).sum()
}

fn explanation(drifts: &[&Drift], behind: &str, certain: bool) -> Option<Explanation> {
    let first = drifts.first()?;
    let does: Vec<&str> = drifts.iter().map(|drift| drift.client.as_str()).collect();
    let mut says: Vec<&str> = drifts.iter().map(|drift| drift.contract.as_str()).collect();
    says.dedup();
    let sentence = format!("the client {}; the contract {}{behind}", does.join(", and "), says.join(", and "));
    Some(Explanation { code: first.code, sentence, certain, leaves: Vec::new() })
}
