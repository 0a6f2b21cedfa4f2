//! A field that may not be null may.

use crate::contract::Contract;
use crate::drift::fields::all_taken;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "request-null-accepted",
    meaning: "The provider accepts null in a field that may not be null.",
    example: "the provider accepts null in body /client_ip; the contract refuses it",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let strict = all_taken(contract).into_iter().filter(|(_, field)| field.property().is_some() && !field.takes_null);
    let drifts = strict.map(|(operation, field)| {
        let id = operation.id.clone();
        Drift::new(format!("{id} {}", field.place), &[&operation.id])
            .provider(format!("accepts null in {}", field.place))
            .client(format!("sends null in {}", field.place))
            .contract("refuses it")
            .keeps(move |contract| field.or_null(contract, &id))
    });
    drifts.collect()
}
