//! The time is written in another unit.

use super::message::signed;
use crate::contract::Contract;
use crate::contract::scheme::TimestampUnit;
use crate::drift::alter;
use crate::drift::credential::places::loosened;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-time-unit",
    meaning: "The timestamp is written in another unit.",
    example: "the client writes the timestamp in milliseconds; the contract writes it in seconds",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    let units = [TimestampUnit::Milliseconds, TimestampUnit::Seconds, TimestampUnit::Iso8601];
    for signed in signed(contract) {
        let own = signed.placed.unit;
        for unit in units.into_iter().filter(|unit| *unit != own) {
            let (operation, credential) = (signed.operation.clone(), signed.credential.clone());
            let (id, name) = (&operation.id, &credential.name);
            let drift = Drift::new(format!("{id} {name} {}", in_words(unit)), &[&signed.operation.id])
                .provider(format!("reads the timestamp in {}", in_words(unit)))
                .client(format!("writes the timestamp in {}", in_words(unit)))
                .contract(format!("writes it in {}", in_words(own)));
            drifts.push(drift.keeps(move |contract| {
                let changed = alter::placed(contract, &operation.id, &credential.name, |placed| placed.unit = unit)?;
                Some(loosened(changed, &operation, &credential))
            }));
        }
    }
    drifts
}

fn in_words(unit: TimestampUnit) -> &'static str {
    match unit {
        TimestampUnit::Seconds => "seconds",
        TimestampUnit::Milliseconds => "milliseconds",
        TimestampUnit::Iso8601 => "ISO 8601",
    }
}
