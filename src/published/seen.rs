//! What a run saw of an operation: a note that is as small as it can be, and holds no value.

use crate::contract::operation::Operation;
use crate::exchange::{Exchange, Location};
use serde_json::Value;
use std::collections::BTreeSet;

/// Where a message carries something: in fields of its body, parameters of its query, headers (in lower case).
pub type Carried = BTreeSet<Location>;

/// What came of calls of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// One was accepted.
    pub accepted: bool,
    /// One was refused.
    pub refused: bool,
}

/// What a run saw of an operation.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Every status.
    pub statuses: BTreeSet<u16>,
    /// What came of the right credential in the contract's place.
    pub right: Met,
    /// What came of calls without a credential.
    pub without: Met,
    /// Other places in which the right credential was accepted.
    pub accepted_in: BTreeSet<Location>,
    /// What requests carried that were accepted.
    pub taken: BTreeSet<Carried>,
    /// What requests carried that were refused for their form (400 or 422).
    pub turned_down: BTreeSet<Carried>,
    /// What the bodies of successful responses carried.
    pub sent: BTreeSet<Carried>,
}

/// Which credential a call had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent<'a> {
    /// That of the contract.
    Right,
    /// None.
    Without,
    /// One that is right but for its place, which is this one.
    Elsewhere(&'a Location),
    /// Another.
    Other,
}

/// How a call was made, and what came of its credential.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// Its credential.
    pub sent: Sent<'a>,
    /// Whether it was the contract's example but for the credential.
    pub as_promised: bool,
    /// Whether it was refused as a credential that nobody knows: the provider has read it.
    pub unknown: bool,
}

impl Seen {
    /// Notes an exchange of `operation`.
    pub fn note(&mut self, operation: &Operation, circumstances: Circumstances<'_>, exchange: &Exchange) {
        let Circumstances { sent, as_promised, unknown } = circumstances;
        let status = exchange.response.status;
        let accepted = exchange.response.is_success();
        // Where no credential is asked for, each call is one without.
        let sent = if operation.security.is_required() { sent } else { Sent::Without };
        self.statuses.insert(status);
        match sent {
            Sent::Right => {
                self.right.accepted |= accepted;
                self.right.refused |= matches!(status, 400 | 401 | 403 | 422) && as_promised && !unknown;
            }
            Sent::Without => {
                self.without.accepted |= accepted;
                self.without.refused |= matches!(status, 401 | 403);
            }
            Sent::Elsewhere(location) if accepted => drop(self.accepted_in.insert(location.clone())),
            Sent::Elsewhere(_) | Sent::Other => {}
        }
        if accepted {
            self.taken.insert(carried(exchange));
            self.sent.insert(of_body(&exchange.response.body));
        } else if matches!(status, 400 | 422) && (sent == Sent::Right || !operation.security.is_required()) {
            self.turned_down.insert(carried(exchange));
        }
    }

    /// Whether the provider serves the operation at the contract's path, as far as the run shows it.
    pub fn is_served(&self) -> Option<bool> {
        let has = |wanted: fn(u16) -> bool| self.statuses.iter().any(|status| wanted(*status));
        if has(|status| matches!(status, 200..300 | 422)) {
            return Some(true);
        }
        (has(|status| matches!(status, 404 | 405)) && !has(|status| !matches!(status, 404 | 405))).then_some(false)
    }
}

fn carried(exchange: &Exchange) -> Carried {
    let request = &exchange.request;
    let mut carried = of_body(&request.body);
    carried.extend(request.query_pairs().into_iter().map(|(name, _)| Location::Query(name)));
    carried.extend(request.headers.0.iter().map(|(name, _)| Location::Header(name.to_ascii_lowercase())));
    carried
}

fn of_body(body: &[u8]) -> Carried {
    let mut carried = Carried::new();
    if let Ok(value) = serde_json::from_slice(body) {
        collect(&value, "", &mut carried);
    }
    carried
}

/// Of a list only the first item is looked at.
fn collect(value: &Value, at: &str, carried: &mut Carried) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let at = format!("{at}/{key}");
                collect(value, &at, carried);
                carried.insert(Location::Body(at));
            }
        }
        Value::Array(items) => items.first().into_iter().for_each(|item| collect(item, &format!("{at}/*"), carried)),
        _ => {}
    }
}
