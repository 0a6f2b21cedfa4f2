//! Of two checks the later one comes first.

use crate::contract::Contract;
use crate::contract::conduct::{Cause, Stage};
use crate::contract::operation::{Operation, Parameter, ParameterIn};
use crate::drift::{Drift, Kind};
use crate::name::{OperationId, RefusalName};
use serde_json::json;

/// The kind.
pub const KIND: Kind = Kind {
    code: "refusal-order-changed",
    meaning: "The provider makes its checks in another order: of two mistakes of a caller it names the other one.",
    example: "the provider judges the body before the credential; the contract has the credential judged first",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut pairs: Vec<(Stage, Stage, Vec<&OperationId>)> = Vec::new();
    for operation in contract.operations.values() {
        let stages = contract.order.iter().map(|stage| (*stage, refusals(contract, operation, *stage)));
        let stages: Vec<_> = stages.filter(|(_, refusals)| !refusals.is_empty()).collect();
        for neighbours in stages.windows(2) {
            let [(first, of_first), (second, of_second)] = neighbours else { continue };
            if of_first.iter().all(|one| of_second.iter().all(|other| one == other)) {
                continue;
            }
            match pairs.iter_mut().find(|(one, other, _)| one == first && other == second) {
                Some((.., operations)) => operations.push(&operation.id),
                None => pairs.push((*first, *second, vec![&operation.id])),
            }
        }
    }
    let drifts = pairs.into_iter().map(|(first, second, operations)| {
        let (one, other) = (in_words(first), in_words(second));
        Drift::new(format!("{other} before {one}"), &operations)
            .provider(format!("judges {other} before {one}"))
            .contract(format!("has {one} judged first"))
            .keeps(move |contract| {
                let mut changed = contract.clone();
                let from = changed.order.iter().position(|stage| *stage == second)?;
                changed.order.remove(from);
                let to = changed.order.iter().position(|stage| *stage == first)?;
                changed.order.insert(to, second);
                Some(changed)
            })
    });
    drifts.collect()
}

/// The refusals that a check of an operation can lead to; none for those of path and method, which come before it.
fn refusals<'a>(contract: &'a Contract, operation: &Operation, stage: Stage) -> Vec<&'a RefusalName> {
    let by_causes = |causes: &[Cause]| -> Vec<&'a RefusalName> {
        let found = causes.iter().filter_map(|cause| contract.refusal_on(*cause, Some(&operation.id)));
        found.map(|refusal| &refusal.name).collect()
    };
    match stage {
        Stage::Credential if operation.security.is_required() => by_causes(&Cause::OF_CREDENTIALS),
        Stage::Parameters if operation.parameters.iter().any(can_be_wrong) => by_causes(&[Cause::Parameters]),
        Stage::Body if operation.body.is_some() => by_causes(&[Cause::Body]),
        Stage::Situation => {
            let situations = contract.refusals.iter().filter(|refusal| refusal.when.is_some() && refusal.on.is_empty());
            situations.filter(|refusal| refusal.applies_to(Some(&operation.id))).map(|refusal| &refusal.name).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a call can carry a parameter that the provider refuses.
fn can_be_wrong(parameter: &Parameter) -> bool {
    let is_missed = parameter.required && parameter.location != ParameterIn::Path;
    is_missed || parameter.schema.as_ref().is_some_and(|schema| !schema.accepts(&json!("any text")))
}

fn in_words(stage: Stage) -> &'static str {
    match stage {
        Stage::Path => "the path",
        Stage::Method => "the method",
        Stage::Credential => "the credential",
        Stage::Parameters => "the parameters",
        Stage::Body => "the body",
        Stage::Situation => "the situation",
    }
}
