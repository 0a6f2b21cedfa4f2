//! The time is written in another unit.

use super::message::{pieces, shown, signed, template, with_value};
use crate::contract::Contract;
use crate::contract::scheme::{PlacedPart, TimestampUnit};
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
        // Not every signature is of a time.
        if !signed.placed.places.iter().any(holds_time) {
            continue;
        }
        let own = signed.placed.unit;
        for unit in units.into_iter().filter(|unit| *unit != own) {
            let drift = signed
                .another_form(in_words(unit), move |placed| placed.unit = unit)
                .provider(format!("reads the timestamp in {}", in_words(unit)))
                .client(format!("writes the timestamp in {}", in_words(unit)))
                .contract(format!("writes it in {}", in_words(own)));
            drifts.push(drift);
        }
    }
    drifts.extend(of_messages(contract));
    drifts
}

/// The time is in seconds where it is placed, and in milliseconds where it is signed.
fn of_messages(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract).into_iter().filter(|signed| signed.placed.unit == TimestampUnit::Seconds) {
        let own = pieces(&signed.signing.message);
        let milliseconds = with_value(&own, "timestamp", "timestamp ~ '000'");
        let Some(message) = template(&milliseconds).filter(|_| milliseconds != own) else { continue };
        let drift = signed
            .another_message("signed only", message)
            .provider("verifies the timestamp in milliseconds and reads it in seconds")
            .client("signs the timestamp in milliseconds and writes it in seconds")
            .contract(format!("signs {}, in seconds", shown(&signed.signing.message)))
            .variation(true);
        drifts.push(drift);
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

/// Whether the time is written there.
fn holds_time(part: &PlacedPart) -> bool {
    match part {
        PlacedPart::Header(_, template) | PlacedPart::Query(_, template) | PlacedPart::Cookie(_, template) => {
            template.source().contains("timestamp")
        }
        PlacedPart::Body { value, .. } => value.to_string().contains("timestamp"),
    }
}
