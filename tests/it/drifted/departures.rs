//! What drifted providers do otherwise than the contract `six-schemes` says: one honest departure each, by hand.

mod leniency;
mod placement;
mod refusals;
mod requests;
mod responses;
mod routes;

use super::desk::{Call, Reply, right};

/// A provider that departs from the contract in one point.
#[derive(Clone, Copy)]
pub struct Departure {
    /// Its name.
    pub name: &'static str,
    /// What the provider does.
    pub does: &'static str,
    /// The drift's code in the catalogue.
    pub code: &'static str,
    /// What the drift's sentence says.
    pub words: &'static [&'static str],
    /// Below which path it departs.
    pub below: &'static str,
    hears: fn(&mut Call),
    says: fn(&Call, &mut Reply),
    changes: fn(&mut Reply),
}

impl Departure {
    /// What the provider answers.
    pub fn answer(&self, mut call: Call) -> Reply {
        if !call.path.starts_with(self.below) {
            return right(&call);
        }
        (self.hears)(&mut call);
        let mut reply = right(&call);
        (self.says)(&call, &mut reply);
        if reply.is_success() {
            (self.changes)(&mut reply);
        }
        reply
    }

    /// It takes requests otherwise: what it hears is turned into what the contract wants.
    fn hears(self, hears: fn(&mut Call)) -> Self {
        Self { hears, ..self }
    }

    /// It answers otherwise.
    fn says(self, says: fn(&Call, &mut Reply)) -> Self {
        Self { says, ..self }
    }
}

/// Below `path`, the provider `does` something; the catalogue calls it `code`, in a sentence with these `words`.
fn drift(
    name: &'static str,
    path: &'static str,
    does: &'static str,
    code: &'static str,
    words: &'static [&'static str],
) -> Departure {
    Departure { name, does, code, words, below: path, hears: |_| (), says: |_, _| (), changes: |_| () }
}

const ORDERS: &str = "/v1/orders";
const PARCELS: &str = "/v1/parcels";
const PROFILE: &str = "/v1/profile";
const MESSAGES: &str = "/v1/messages";
const REPORTS: &str = "/v1/reports";
const TRANSFERS: &str = "/v1/transfers";
const ALL: &str = "/";

/// Every drifted provider.
pub fn all() -> Vec<Departure> {
    let credentials = [placement::all(), leniency::all()].concat();
    let messages = [refusals::all(), requests::all(), responses::all()].concat();
    [credentials, routes::all(), messages].concat()
}
