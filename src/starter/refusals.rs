//! How the provider refuses, as far as its document tells: which refusals there are, and the likely cause of each.

use super::naming;
use crate::contract::Contract;
use crate::contract::conduct::Cause;
use crate::contract::operation::{Content, Operation, PromisedResponse, StatusPattern, is_json};
use crate::name::OperationId;
use serde_json::Value;

/// A refusal in the making.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: u16,
    /// The causes that probably lead to it.
    pub on: Vec<Cause>,
    /// The operations whose responses show it.
    pub operations: Vec<OperationId>,
    /// The document's example of it, where that has a name of its own.
    pub example: Option<String>,
    /// Whether it is worded as FastAPI words a request that departs from its schema.
    pub fastapi: bool,
}

/// Whether the document is one that FastAPI makes.
pub fn is_of_fastapi(contract: &Contract) -> bool {
    let mut responses = contract.operations.values().flat_map(|operation| &operation.responses);
    responses.any(|promised| main_content(promised).is_some_and(|(_, content)| is_validation(contract, content)))
}

/// Every refusal that the document shows, those of credentials first.
pub fn of(contract: &Contract) -> Vec<Refusal> {
    let mut refusals: Vec<Refusal> = Vec::new();
    for operation in contract.operations.values() {
        let of_credential = operation.security.is_required().then(|| of_credential(operation)).flatten();
        let of_shape = takes_anything(operation).then(|| of_shape(operation)).flatten();
        for status in statuses(operation, of_credential) {
            let Some(promised) = operation.promise(status) else { continue };
            let names = names(promised);
            for (index, name) in names.iter().enumerate() {
                let on = if Some(status) == of_credential {
                    of_names(&names, index)
                } else if Some(status) == of_shape && index == 0 {
                    vec![Cause::Body, Cause::Parameters]
                } else {
                    Vec::new()
                };
                let content = main_content(promised);
                let fastapi = content.is_some_and(|(_, content)| is_validation(contract, content));
                add(
                    &mut refusals,
                    Refusal {
                        name: name.clone().map_or_else(|| naming::of_status(status), |name| named(&name, status)),
                        status,
                        on,
                        operations: vec![operation.id.clone()],
                        example: name.clone(),
                        fastapi: fastapi && status == 422,
                    },
                );
            }
        }
    }
    refusals.sort_by_key(|refusal| (refusal.on.is_empty(), refusal.status));
    distinct(&mut refusals);
    refusals
}

/// The JSON content of a response, else its first.
pub fn main_content(promised: &PromisedResponse) -> Option<(&str, &Content)> {
    let json = promised.contents.iter().find(|(media_type, _)| is_json(media_type));
    json.or_else(|| promised.contents.first()).map(|(media_type, content)| (media_type.as_str(), content))
}

/// Whether a content is FastAPI's `HTTPValidationError`: its `detail` is a list of what is wrong, each with a `loc`.
pub fn is_validation(contract: &Contract, content: &Content) -> bool {
    let at = |pointer| contract.schemas.at(pointer);
    let Some((here, schema)) = content.schema.as_ref().and_then(|schema| at(&schema.pointer)) else { return false };
    let is_list = schema.pointer("/properties/detail/type") == Some(&Value::from("array"));
    let item = at(&here.join("properties").join("detail").join("items"));
    is_list && item.is_some_and(|(_, item)| item.pointer("/properties/loc").is_some())
}

/// Whether a call of it can depart from a schema: it has parameters or a body.
pub fn takes_anything(operation: &Operation) -> bool {
    operation.body.is_some() || !operation.parameters.is_empty()
}

/// The status with which the document has an operation refuse a credential, if it says: 401, else 403.
pub fn of_credential(operation: &Operation) -> Option<u16> {
    let exactly = |status| promises_exactly(operation, status).then_some(status);
    exactly(401).or_else(|| exactly(403)).or_else(|| operation.promise(401).map(|_| 401))
}

/// The status with which the document has an operation refuse a call that departs from its schema: 422, else 400.
pub fn of_shape(operation: &Operation) -> Option<u16> {
    [422, 400].into_iter().find(|status| promises_exactly(operation, *status))
}

fn promises_exactly(operation: &Operation, status: u16) -> bool {
    operation.responses.iter().any(|promised| promised.status == StatusPattern::Exactly(status))
}

/// The statuses with which an operation refuses: those that the document names, and the one of a credential.
fn statuses(operation: &Operation, of_credential: Option<u16>) -> Vec<u16> {
    let named = operation.responses.iter().filter_map(|promised| match promised.status {
        StatusPattern::Exactly(status) if status >= 400 => Some(status),
        _ => None,
    });
    let mut statuses: Vec<u16> = named.chain(of_credential).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// The names of a response's examples; one without a name where there is none with one.
fn names(promised: &PromisedResponse) -> Vec<Option<String>> {
    let Some((_, content)) = main_content(promised) else { return vec![None] };
    let names: Vec<_> =
        content.examples.keys().filter(|name| *name != "example").map(|name| Some(name.clone())).collect();
    if names.is_empty() { vec![None] } else { names }
}

fn named(example: &str, status: u16) -> String {
    let name = naming::camel(example);
    if name.is_empty() { naming::of_status(status) } else { name }
}

/// The causes of one of several refusals with the status of a credential, as their names tell.
fn of_names(names: &[Option<String>], index: usize) -> Vec<Cause> {
    const OF_MISSING: [&str; 6] = ["missing", "required", "nokey", "absent", "notauthenticated", "without"];
    const OF_UNKNOWN: [&str; 6] = ["unknown", "invalid", "wrong", "bad", "mismatch", "incorrect"];
    let tells = |words: &[&str]| {
        names.iter().position(|name| {
            let name = name.as_deref().unwrap_or_default().to_lowercase().replace(['_', '-', ' '], "");
            words.iter().any(|word| name.contains(word))
        })
    };
    let missing = tells(&OF_MISSING);
    let unknown = tells(&OF_UNKNOWN);
    let mut on = Vec::new();
    if index == missing.or(unknown).unwrap_or(0) {
        on.push(Cause::Missing);
    }
    if index == unknown.or(missing).unwrap_or(0) {
        on.push(Cause::Unknown);
    }
    on
}

/// Adds a refusal, to one of its like if there is one.
fn add(refusals: &mut Vec<Refusal>, new: Refusal) {
    let is_like = |known: &&mut Refusal| {
        known.status == new.status && known.example == new.example && known.fastapi == new.fastapi && known.on == new.on
    };
    match refusals.iter_mut().find(is_like) {
        Some(known) => known.operations.extend(new.operations),
        None => refusals.push(new),
    }
}

/// Gives each refusal a name of its own.
fn distinct(refusals: &mut [Refusal]) {
    for index in 0..refusals.len() {
        let (before, rest) = refusals.split_at_mut(index);
        let Some(refusal) = rest.first_mut() else { continue };
        let is_taken = |name: &str| before.iter().any(|other| other.name == name);
        if is_taken(&refusal.name) {
            refusal.example.get_or_insert_with(|| "example".to_owned());
            let first = refusal.operations.first().map_or(String::new(), |id| naming::camel(id.as_str()));
            let own = naming::camel(&format!("{} {first}", refusal.name));
            let with_status = format!("{}{}", refusal.name, refusal.status);
            let numbered = (2..).map(|number| format!("{}{number}", refusal.name));
            let mut candidates = [with_status, own].into_iter().chain(numbered);
            refusal.name = candidates.find(|name| !is_taken(name)).expect("there is no end of numbers");
        }
    }
}
