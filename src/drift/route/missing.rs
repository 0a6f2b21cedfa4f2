//! The operation is not there.

use crate::contract::Contract;
use crate::contract::conduct::Stage;
use crate::drift::alter::call;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "route-missing",
    meaning: "The provider does not have the operation.",
    example: "the provider does not serve predict; the contract has it at POST /models/{model_id}/predict",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for operation in contract.operations.values() {
        let drift = Drift::new(operation.id.to_string(), &[&operation.id])
            .provider(format!("does not serve {}", operation.id))
            .contract(format!("has it at {}", call(operation)));
        let id = operation.id.clone();
        let without = move |contract: &Contract| {
            let mut changed = contract.clone();
            changed.operations.shift_remove(&id)?;
            Some(changed)
        };
        // A router in front of everything finds out before anybody looks at a credential.
        let first = Drift { subject: format!("{}, first of all", operation.id), ..drift.clone() }.variation(true);
        drifts.push(drift.keeps(without.clone()));
        drifts.push(first.keeps(move |contract| {
            let mut changed = without(contract)?;
            changed.order.retain(|stage| *stage != Stage::Path);
            changed.order.insert(0, Stage::Path);
            Some(changed)
        }));
    }
    drifts
}
