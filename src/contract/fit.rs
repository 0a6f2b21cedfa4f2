//! `contract.toml` held against the document: what it names must be there.

use super::Contract;
use super::conduct::{Cause, Refusal, Stage};
use super::scheme::Scheme;
use super::terms::Terms;
use crate::name::OperationId;
use crate::place::{Place, Problem};
use crate::settings::nearest;

/// What does not fit. Where a file could not be read as a whole (`is_readable` is false), what is missing from it is no news.
pub fn problems(contract: &Contract, terms: &Terms, is_readable: bool) -> Vec<Problem> {
    let mut problems = unknown_operations(contract, terms);
    if is_readable {
        problems.extend(refusals_without_example(contract, terms));
        problems.extend(answers_without_example(contract, terms));
        problems.extend(unsaid_refusals(contract, terms));
    }
    problems
}

/// Operations that are named and that the document does not have.
fn unknown_operations(contract: &Contract, terms: &Terms) -> Vec<Problem> {
    let mut problems = Vec::new();
    let known: Vec<&str> = contract.operations.keys().map(OperationId::as_str).collect();
    let mut named: Vec<(&Place, &OperationId)> = Vec::new();
    for credential in contract.credentials.values() {
        if let Scheme::Placed(placed) = &credential.scheme {
            named.extend(placed.operations.iter().map(|operation| (&credential.place, operation)));
            named.extend(placed.payload.keys().map(|operation| (&credential.place, operation)));
        }
        let parties = credential.parties.iter().filter_map(|party| party.operations.as_ref());
        named.extend(parties.flatten().map(|operation| (&credential.place, operation)));
    }
    for refusal in &terms.refusals {
        named.extend(refusal.operations.iter().flatten().map(|operation| (&refusal.place, operation)));
    }
    for answer in &terms.answers {
        named.extend(answer.operations.iter().map(|operation| (&answer.place, operation)));
    }
    for (place, operation) in named {
        if !contract.operations.contains_key(operation) {
            let wrong = format!("there is no operation {:?}", operation.as_str());
            let help = match nearest(operation.as_str(), known.iter().copied()) {
                Some(nearest) => format!("did you mean {nearest:?}?"),
                None => format!("operations of the document: {}", known.join(", ")),
            };
            problems.push(Problem::new(place.clone(), wrong, help));
        }
    }
    problems
}

/// Refusals whose example the document does not have.
fn refusals_without_example(contract: &Contract, terms: &Terms) -> Vec<Problem> {
    let mut problems = Vec::new();
    for refusal in &terms.refusals {
        let operation = refusal.operations.as_ref().and_then(|names| contract.operations.get(names.first()?));
        let found = contract.refusal_example(refusal, operation);
        let missing = match found {
            None => true,
            Some((promised, example)) => example.is_none() && !promised.contents.is_empty() && !refusal.fastapi,
        };
        if missing && !(refusal.fastapi && promises_status(contract, refusal.status)) {
            let wrong = format!("no promised response {} holds an example {:?}", refusal.status, refusal.example);
            let help =
                "add the example to the document, or name another with `example` (and `response` for a component)";
            problems.push(Problem::new(refusal.place.clone(), wrong, help));
        }
    }
    problems
}

/// Answers whose example the document does not have.
fn answers_without_example(contract: &Contract, terms: &Terms) -> Vec<Problem> {
    let mut problems = Vec::new();
    for answer in &terms.answers {
        let Some(name) = &answer.example else { continue };
        for operation in answer.operations.iter().filter_map(|id| contract.operations.get(id)) {
            let status = answer.status.or(operation.success()).unwrap_or(200);
            let promised = operation.promise(status);
            if !promised
                .is_some_and(|promised| promised.contents.values().any(|content| content.examples.contains_key(name)))
            {
                let wrong = format!("{} promises no {status} with an example {name:?}", operation.id);
                problems.push(Problem::new(answer.place.clone(), wrong, "add the example to the document"));
            }
        }
    }
    problems
}

/// Protected operations of which nothing says how they refuse.
fn unsaid_refusals(contract: &Contract, terms: &Terms) -> Vec<Problem> {
    let mut problems = Vec::new();
    for operation in contract.operations.values().filter(|operation| operation.security.is_required()) {
        for cause in [Cause::Missing, Cause::Unknown] {
            let by_cause = |refusal: &&Refusal| refusal.on.contains(&cause) && refusal.applies_to(Some(&operation.id));
            let by_shape = puts_body_first(terms) && cause == Cause::Missing;
            if !terms.refusals.iter().any(|refusal| by_cause(&refusal)) && !by_shape {
                let word = if cause == Cause::Missing { "missing" } else { "unknown" };
                let wrong = format!("nothing says how {:?} refuses a credential that is {word}", operation.id.as_str());
                let help = format!("add to contract.toml a [refusal.name] with on = [\"{word}\"]");
                problems.push(Problem::new(operation.place.clone(), wrong, help));
            }
        }
    }
    problems
}

fn promises_status(contract: &Contract, status: u16) -> bool {
    contract.operations.values().any(|operation| operation.promise(status).is_some())
}

/// Whether a body without its credential is refused for its shape before anyone looks for the credential.
fn puts_body_first(terms: &Terms) -> bool {
    let at = |stage: Stage| terms.order.iter().position(|other| *other == stage);
    at(Stage::Body) < at(Stage::Credential)
}
