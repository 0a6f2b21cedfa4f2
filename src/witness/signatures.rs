//! Signed requests that were seen before: one that comes again was not signed anew.

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::credential::customary::own_places;
use crate::credential::place;
use crate::exchange::{Location, Request};
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The most that are remembered; of more the oldest are forgotten.
const MOST: usize = 10_000;

/// When each signed credential was first seen.
#[derive(Debug, Default)]
pub struct Signatures(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    first_ms: HashMap<u64, i64>,
    order: VecDeque<u64>,
}

impl Signatures {
    /// How long before `now_ms` (milliseconds since 1970) the request's signed credential was first seen; `None` for the
    /// first time, and where it carries none. It is noted.
    pub fn earlier(
        &self,
        contract: &Contract,
        operation: &Operation,
        request: &Request,
        now_ms: i64,
    ) -> Option<Duration> {
        let credentials =
            operation.security.credentials().into_iter().filter_map(|name| contract.credentials.get(name));
        let places: Vec<Location> =
            credentials.filter(|credential| credential.is_signed()).flat_map(own_places).collect();
        if places.is_empty() {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        let mut found = false;
        for (location, text) in
            place::texts(request).into_iter().filter(|(at, _)| places.iter().any(|own| within(own, at)))
        {
            found = true;
            (location, text).hash(&mut hasher);
        }
        if !found {
            return None;
        }
        let mark = hasher.finish();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(first) = known.first_ms.get(&mark) {
            return Some(Duration::from_millis(u64::try_from(now_ms - first).unwrap_or(0)));
        }
        known.first_ms.insert(mark, now_ms);
        known.order.push_back(mark);
        if known.order.len() > MOST
            && let Some(oldest) = known.order.pop_front()
        {
            known.first_ms.remove(&oldest);
        }
        None
    }
}

/// Whether a text stands at a credential's place, or below it in a body.
fn within(own: &Location, at: &Location) -> bool {
    match (own, at) {
        (Location::Body(own), Location::Body(at)) => at.starts_with(own.as_str()),
        _ => own.is_same(at),
    }
}
