//! A field that may be null may not.

use crate::contract::Contract;
use crate::drift::alter::each_at;
use crate::drift::fields::all_taken;
use crate::drift::{Drift, Kind};
use crate::exchange::Request;

/// The kind.
pub const KIND: Kind = Kind {
    code: "request-null-refused",
    meaning: "The provider refuses null in a field that may be null, or fails on it.",
    example: "the provider refuses null in body /request_id; the contract allows it",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let nullable = all_taken(contract).into_iter().filter(|(_, field)| {
        field.pointer().is_some_and(|at| !at.is_empty()) && field.takes_null && !field.types().is_empty()
    });
    let drifts = nullable.flat_map(|(operation, field)| {
        let id = operation.id.clone();
        let other_than_null = field.set_to(field.sample(contract));
        let refuses = Drift::new(format!("{id} {}", field.place), &[&id])
            .provider(format!("refuses null in {}", field.place))
            .contract("allows it")
            .asks(other_than_null.clone());
        let fails = Drift::new(format!("{id} {} failing", field.place), &[&id])
            .provider(format!("fails with 500 on null in {}", field.place))
            .contract("lets it be null")
            .asks(other_than_null)
            .variation(true);
        let (of_failing, at) = (id.clone(), field.pointer().unwrap_or_default().to_owned());
        [
            refuses.keeps(move |contract| field.not_null(contract, &id)),
            fails.answers(move |occasion, response| {
                let reached = occasion.refusal.is_none() && occasion.operation == Some(&of_failing);
                if reached && has_null(occasion.request, &at) {
                    response.status = 500;
                    response.headers.set("content-type", "text/plain");
                    response.body = b"Internal Server Error".to_vec();
                }
            }),
        ]
    });
    drifts.collect()
}

fn has_null(request: &Request, at: &str) -> bool {
    let mut found = false;
    if let Some(mut body) = request.json() {
        each_at(&mut body, at, &mut |value| found |= value.is_null());
    }
    found
}
