//! The window of time is another one.

use super::message::signed_once;
use crate::contract::Contract;
use crate::contract::scheme::Placed;
use crate::drift::alter::placed_everywhere;
use crate::drift::{Drift, Kind};
use std::time::Duration;

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-window-changed",
    meaning: "The window in which a signature is valid is ignored, shorter, or looks to one side only.",
    example: "the provider takes a signature of any age; the contract takes one within 120 s",
    drifts,
};

/// A change of the window; `half` is half of the contract's.
type Change = fn(&mut Placed, half: Duration);

/// What the provider does, what a client does that departs likewise, and the change.
const CHANGES: [(&str, &str, Change); 4] = [
    ("takes a signature of any age", "", |placed, _| (placed.window, placed.ahead) = (None, None)),
    ("takes a signature only within half of the window", "", |placed, half| {
        (placed.window, placed.ahead) = (Some(half), Some(half));
    }),
    ("takes a signature from as far ahead as one likes", "signs a time that is ahead of the window", |placed, _| {
        placed.ahead = None;
    }),
    ("takes a signature as old as one likes", "signs a time that is older than the window", |placed, _| {
        placed.window = None;
    }),
];

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    // A provider looks at the clock in one place for all its operations.
    for (signed, operations) in signed_once(contract) {
        let Some(window) = signed.placed.window else { continue };
        let ids: Vec<_> = operations.iter().map(|operation| &operation.id).collect();
        for (does, client, change) in CHANGES {
            let name = signed.credential.name.clone();
            let drift = Drift::new(format!("{name} {does}"), &ids)
                .provider(does)
                .client(client)
                .contract(format!("takes one within {} s", window.as_secs()));
            drifts.push(
                drift.keeps(move |contract| placed_everywhere(contract, &name, |placed| change(placed, window / 2))),
            );
        }
    }
    drifts
}
