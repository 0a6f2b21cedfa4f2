//! The body does not reach the provider, or is not looked at.

use crate::contract::Contract;
use crate::drift::alter::{body_schema, call};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "request-body-ignored",
    meaning: "The provider, or something before it, drops the body of a call.",
    example: "the provider drops the body of deleteAlias (DELETE /registered-models/alias); the contract sends one",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let with_body = contract.operations.values().filter(|operation| body_schema(operation).is_some());
    let drifts = with_body.map(|operation| {
        let id = operation.id.clone();
        Drift::new(id.to_string(), &[&id])
            .provider(format!("drops the body of {id} ({})", call(operation)))
            .contract("sends one")
            .hears(move |occasion, request| {
                if occasion.operation == Some(&id) {
                    request.body.clear();
                }
            })
    });
    drifts.collect()
}
