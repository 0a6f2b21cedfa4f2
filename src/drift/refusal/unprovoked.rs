//! A refusal comes although nothing gives cause for it.

use crate::contract::Contract;
use crate::contract::conduct::Stage;
use crate::drift::{Drift, Kind};
use crate::expression::Expression;

/// The kind.
pub const KIND: Kind = Kind {
    code: "refusal-unprovoked",
    meaning: "The provider refuses a call that is right, as if its situation were another.",
    example: "the provider answers predict with \"modelNotFound\", 404, although nothing gives cause for it; the contract promises 200",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for operation in contract.operations.values() {
        let situations = contract.refusals.iter().filter(|refusal| refusal.on.is_empty());
        for refusal in situations.filter(|refusal| refusal.applies_to(Some(&operation.id))) {
            let (id, name) = (operation.id.clone(), refusal.name.clone());
            let drift = Drift::new(format!("{id} {name}"), &[&operation.id])
                .provider(format!(
                    "answers {id} with \"{name}\", {}, although nothing gives cause for it",
                    refusal.status
                ))
                .contract(format!("promises {}", operation.success().unwrap_or(200)));
            drifts.push(drift.keeps(move |contract| {
                let mut changed = contract.clone();
                if !changed.order.contains(&Stage::Situation) {
                    changed.order.push(Stage::Situation);
                    changed
                        .refusals
                        .iter_mut()
                        .filter(|refusal| refusal.on.is_empty())
                        .for_each(|refusal| refusal.when = None);
                }
                let index = changed.refusals.iter().position(|refusal| refusal.name == name)?;
                let mut always = changed.refusals.remove(index);
                always.when = Some(Expression::new("true").ok()?);
                always.operations = Some(vec![id.clone()]);
                changed.refusals.insert(0, always);
                Some(changed)
            }));
        }
    }
    drifts
}
