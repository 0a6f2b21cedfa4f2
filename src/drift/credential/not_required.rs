//! The operation opens without a credential.

use super::places::body_fields;
use crate::contract::Contract;
use crate::contract::conduct::Alternatives;
use crate::drift::alter::{operation as altered, without_body_field};
use crate::drift::{Drift, Kind};
use crate::name::OperationId;

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-not-required",
    meaning: "The operation opens to a call without any credential.",
    example: "the provider asks for no credential at embedText; the contract asks for auth in body /auth",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for operation in contract.operations.values().filter(|operation| operation.security.is_required()) {
        let wanted: Vec<String> = operation
            .security
            .credentials()
            .into_iter()
            .filter_map(|name| Some(format!("{name} in {}", contract.credentials.get(name)?.describe())))
            .collect();
        let wanted = format!("asks for {}", wanted.join(" or "));
        let id = operation.id.clone();
        let open = Drift::new(format!("{id}, open"), &[&operation.id])
            .provider(format!("asks for no credential at {id}"))
            .contract(wanted.clone());
        drifts.push(open.keeps({
            let id = id.clone();
            move |contract| altered(&unasked(contract, &id), &id, |operation| operation.security.alternatives.clear())
        }));
        let optional = Drift::new(format!("{id}, optional"), &[&operation.id])
            .provider(format!("lets a call without a credential through at {id}, and still refuses a wrong one"))
            .contract(wanted);
        drifts.push(optional.keeps(move |contract| {
            let mut changed =
                altered(&unasked(contract, &id), &id, |operation| operation.security.alternatives.push(Vec::new()))?;
            // One that is there decides.
            changed.alternatives = Alternatives::First;
            Some(changed)
        }));
    }
    drifts
}

/// The contract whose body schema does not ask for an operation's credentials either.
fn unasked(contract: &Contract, id: &OperationId) -> Contract {
    let operation = contract.operations.get(id);
    let credentials = operation.into_iter().flat_map(|operation| {
        let names = operation.security.credentials().into_iter();
        names.filter_map(move |name| Some((operation, contract.credentials.get(name)?)))
    });
    let fields = credentials.flat_map(|(operation, credential)| body_fields(operation, credential));
    fields.fold(contract.clone(), |changed, field| without_body_field(&changed, id, &field).unwrap_or(changed))
}
