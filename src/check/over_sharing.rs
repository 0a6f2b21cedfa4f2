//! Rule: a request's key stands in its place and nowhere else, and a secret that only signs stands nowhere.

use super::RequestCase;
use crate::contract::scheme::{Credential, Scheme};
use crate::credential::customary::own_places;
use crate::credential::place::texts;
use crate::credential::verify::verify;
use crate::exchange::{Location, Request};
use crate::secret::Secret;
use crate::verdict::{Code, Finding};

/// The further places of keys whose own place holds them rightly.
pub fn check(case: &RequestCase<'_>) -> Vec<Finding> {
    let keys = keys(case);
    if !keys.iter().any(|key| may_be_overshared(case.request, key)) {
        return Vec::new();
    }
    // A key that is wrong in its own place is told of as misplaced.
    let seen = verify(case.contract, Some(case.operation), case.request, case.keys, case.now_ms);
    let Ok(seen) = seen else { return Vec::new() };
    // Of several ways to send a key one is enough.
    let mut alternatives = case.operation.security.alternatives.iter();
    let set = alternatives.find(|set| seen.name.as_ref().is_some_and(|name| set.contains(name)));
    let used = set.into_iter().flatten().filter_map(|name| case.contract.credentials.get(name));
    let own: Vec<Location> = used.filter(|one| !signs(one)).flat_map(own_places).collect();
    let elsewhere =
        texts(case.request).into_iter().chain(path(case.request)).filter(|(location, _)| !is_own(&own, location));
    let mut findings = twice(case, &own);
    for (location, text) in elsewhere {
        let Some(key) = keys.iter().find(|key| text.contains(key.value)) else { continue };
        let (expected, actual) = if key.signs {
            ("the secret nowhere: it only signs".to_owned(), "the secret itself")
        } else {
            (format!("the key only in {}", key.credential.describe()), "the key, too")
        };
        let finding = Finding::new(Code::CredentialOvershared, location, expected, actual).of(&case.operation.id);
        findings.push(finding.at(key.credential.place.clone()));
    }
    findings
}

/// The own places of a key that a request has twice: providers take either, or both as one text.
fn twice(case: &RequestCase<'_>, own: &[Location]) -> Vec<Finding> {
    let texts = texts(case.request);
    let is_twice = |place: &&Location| texts.iter().filter(|(location, _)| location.is_same(place)).count() > 1;
    let finding = |place: &Location| {
        let finding = Finding::new(Code::CredentialOvershared, place.clone(), "the key once", "the key twice");
        finding.of(&case.operation.id).at(case.operation.place.clone())
    };
    own.iter().filter(is_twice).map(finding).collect()
}

/// A value that is secret, and whose.
struct Key<'a> {
    value: &'a str,
    credential: &'a Credential,
    /// Whether it stands in no request.
    signs: bool,
}

fn keys<'a>(case: &RequestCase<'a>) -> Vec<Key<'a>> {
    let mut keys: Vec<Key<'_>> = Vec::new();
    for credential in case.contract.credentials.values() {
        let secrets = credential.parties.iter().filter_map(|party| case.keys.vault.get(&party.secret));
        let signs = signs(credential);
        let further = case.keys.further.iter().map(String::as_str).filter(|_| !signs);
        for value in secrets.map(Secret::expose).chain(further) {
            if !value.is_empty() && keys.iter().all(|known| known.value != value) {
                keys.push(Key { value, credential, signs });
            }
        }
    }
    keys
}

fn signs(credential: &Credential) -> bool {
    matches!(&credential.scheme, Scheme::Placed(placed) if placed.signing.is_some())
}

/// Whether a key stands in a request more often than it may; cheap, since most requests are right.
fn may_be_overshared(request: &Request, key: &Key<'_>) -> bool {
    let most = usize::from(!key.signs);
    let in_texts = |text: &str| text.matches(key.value).count();
    let headers: usize = request.headers.0.iter().map(|(_, value)| in_texts(value)).sum();
    let query: usize = match &request.query {
        Some(_) => request.query_pairs().iter().map(|(_, value)| in_texts(value)).sum(),
        None => 0,
    };
    let body = memchr::memmem::find_iter(&request.body, key.value).count();
    headers + query + body + in_texts(&request.path) > most
}

fn path(request: &Request) -> Option<(Location, String)> {
    Some((Location::Path, percent_encoding::percent_decode_str(&request.path).decode_utf8_lossy().into_owned()))
}

/// Whether the contract puts a key there.
fn is_own(own: &[Location], location: &Location) -> bool {
    own.iter().any(|own| match (own, location) {
        (Location::Body(own), Location::Body(other)) => other.starts_with(own.as_str()),
        _ => own.is_same(location),
    })
}
