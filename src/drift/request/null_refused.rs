//! A field that may be null may not.

use crate::contract::Contract;
use crate::drift::fields::all_taken;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "request-null-refused",
    meaning: "The provider refuses null in a field that may be null.",
    example: "the provider refuses null in body /request_id; the contract allows it",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let nullable = all_taken(contract).into_iter().filter(|(_, field)| {
        field.pointer().is_some_and(|at| !at.is_empty()) && field.takes_null && !field.types().is_empty()
    });
    let drifts = nullable.map(|(operation, field)| {
        let id = operation.id.clone();
        Drift::new(format!("{id} {}", field.place), &[&operation.id])
            .provider(format!("refuses null in {}", field.place))
            .contract("allows it")
            .keeps(move |contract| field.not_null(contract, &id))
    });
    drifts.collect()
}
