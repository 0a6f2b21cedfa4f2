//! Contracts with one change, from which the kinds of drift are made.

use crate::contract::Contract;
use crate::contract::document::{last_token, parent};
use crate::contract::library::Pointer;
use crate::contract::operation::{Operation, Parameter, PathTemplate, is_json};
use crate::contract::schema::{Schema, Schemas};
use crate::contract::scheme::{Credential, Payload, Placed, PlacedPart, Scheme};
use crate::exchange::Location;
use crate::name::{CredentialName, OperationId};
use serde_json::{Map, Value};

/// How another credential joins one that an operation asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// It takes its place.
    Instead,
    /// It opens the operation too.
    Too,
    /// Both are asked for.
    Both,
}

/// The credential that stands for `name` at an operation: itself, or what a drift has put in its place.
pub fn current(contract: &Contract, id: &OperationId, name: &CredentialName) -> CredentialName {
    let names = contract.operations.get(id).map(|operation| operation.security.credentials()).unwrap_or_default();
    let same = |known: &&CredentialName| known.as_str().trim_end_matches('\'') == name.as_str();
    names.into_iter().find(same).unwrap_or(name).clone()
}

/// The contract in which `other` joins the credential `name` of an operation.
pub fn joined(contract: &Contract, id: &OperationId, name: &CredentialName, other: Credential, join: Join) -> Contract {
    let mut changed = contract.clone();
    let name = &current(contract, id, name);
    let new = CredentialName::from(format!("{name}'"));
    if let Some(operation) = changed.operations.get_mut(id) {
        let alternatives = &mut operation.security.alternatives;
        let with_new = |set: &[CredentialName]| -> Vec<CredentialName> {
            set.iter().map(|known| if known == name { new.clone() } else { known.clone() }).collect()
        };
        for index in 0..alternatives.len() {
            if !alternatives[index].contains(name) {
                continue;
            }
            match join {
                Join::Instead => alternatives[index] = with_new(&alternatives[index]),
                Join::Too => {
                    let further = with_new(&alternatives[index]);
                    alternatives.push(further);
                }
                Join::Both => alternatives[index].push(new.clone()),
            }
        }
    }
    changed.credentials.insert(new.clone(), Credential { name: new, ..other });
    changed
}

/// The contract in which an operation is changed.
pub fn operation(contract: &Contract, id: &OperationId, change: impl Fn(&mut Operation)) -> Option<Contract> {
    let mut changed = contract.clone();
    change(changed.operations.get_mut(id)?);
    Some(changed)
}

/// The contract in which the credential `name` of one operation is another.
pub fn credential(
    contract: &Contract,
    id: &OperationId,
    name: &CredentialName,
    change: impl Fn(&mut Credential),
) -> Option<Contract> {
    let mut other = contract.credentials.get(&current(contract, id, name))?.clone();
    change(&mut other);
    Some(joined(contract, id, name, other, Join::Instead))
}

/// The contract in which the placed credential `name` of one operation is another.
pub fn placed(
    contract: &Contract,
    id: &OperationId,
    name: &CredentialName,
    change: impl Fn(&mut Placed),
) -> Option<Contract> {
    credential(contract, id, name, |credential| {
        if let Scheme::Placed(placed) = &mut credential.scheme {
            change(placed);
        }
    })
}

/// The contract in which the placed credential `name` is another at every operation.
pub fn placed_everywhere(contract: &Contract, name: &CredentialName, change: impl Fn(&mut Placed)) -> Option<Contract> {
    let mut changed = contract.clone();
    let Scheme::Placed(placed) = &mut changed.credentials.get_mut(name)?.scheme else { return None };
    change(placed);
    Some(changed)
}

/// The schema of an operation's JSON body.
pub fn body_schema(operation: &Operation) -> Option<&Schema> {
    let (media_type, content) = operation.default_content()?;
    content.schema.as_ref().filter(|_| is_json(media_type))
}

/// The contract in which the document's schemas are changed for the body of one operation only.
///
/// `edit` gets the file that declares the property as a value, and the pointers that [`Schemas::declaration`] gives for
/// `instance`: of the schema that declares the property, and of the property's own.
pub fn body_field(
    contract: &Contract,
    id: &OperationId,
    instance: &str,
    edit: impl Fn(&mut Value, &Pointer, &Pointer),
) -> Option<Contract> {
    let schema = body_schema(contract.operations.get(id)?)?.pointer.clone();
    let (owner, property) = contract.schemas.declaration(&schema, instance)?;
    with_body_schema(contract, id, &schema, &owner.file, |document| edit(document, &owner, &property))
}

/// The contract in which the schemas of one file are changed for the JSON body of one operation only.
pub fn with_body_schema(
    contract: &Contract,
    id: &OperationId,
    schema: &Pointer,
    file: &str,
    edit: impl Fn(&mut Value),
) -> Option<Contract> {
    let (schemas, compiled): (Schemas, Schema) = contract.schemas.edited(schema, file, &edit)?;
    let mut changed = contract.clone();
    let body = changed.operations.get_mut(id)?.body.as_mut()?;
    for content in body.contents.values_mut() {
        if content.schema.as_ref().is_some_and(|known| known.pointer == *schema) {
            content.schema = Some(compiled.clone());
        }
    }
    changed.schemas = schemas;
    Some(changed)
}

/// The contract in which the schemas of one file are changed for one parameter of one operation only.
pub fn with_parameter_schema(
    contract: &Contract,
    id: &OperationId,
    place: &Location,
    file: &str,
    edit: impl Fn(&mut Value),
) -> Option<Contract> {
    let is_it = |parameter: &Parameter| parameter.location.named(&parameter.name) == *place;
    let known = contract.operations.get(id)?.parameters.iter().position(is_it)?;
    let pointer = &contract.operations.get(id)?.parameters[known].schema.as_ref()?.pointer;
    let (schemas, compiled) = contract.schemas.edited(pointer, file, &edit)?;
    let mut changed = operation(contract, id, |operation| operation.parameters[known].schema = Some(compiled.clone()))?;
    changed.schemas = schemas;
    Some(changed)
}

/// The contract in which a parameter of one operation is another.
pub fn parameter(
    contract: &Contract,
    id: &OperationId,
    place: &Location,
    change: impl Fn(&mut Parameter),
) -> Option<Contract> {
    operation(contract, id, |operation| {
        let is_it = |parameter: &&mut Parameter| parameter.location.named(&parameter.name) == *place;
        operation.parameters.iter_mut().find(is_it).into_iter().for_each(&change);
    })
}

/// The contract whose body schema of one operation no longer knows what stands at `instance`; unknown fields are let
/// through where it stood.
pub fn without_body_field(contract: &Contract, id: &OperationId, instance: &str) -> Option<Contract> {
    let name = last_token(instance);
    body_field(contract, id, instance, |document, owner, _| {
        let Some(Value::Object(owner)) = document.pointer_mut(&owner.path) else { return };
        if let Some(Value::Array(required)) = owner.get_mut("required") {
            required.retain(|known| known.as_str() != Some(name.as_str()));
        }
        if let Some(Value::Object(properties)) = owner.get_mut("properties") {
            properties.insert(name.clone(), Value::Bool(true));
        }
    })
}

/// The contract whose body schema of one operation lets a further field through at `instance`, whose owner has to be known.
pub fn with_body_field(contract: &Contract, id: &OperationId, instance: &str, value: &Value) -> Option<Contract> {
    let schema = body_schema(contract.operations.get(id)?)?.pointer.clone();
    let parent = parent(instance);
    let owner = if parent.is_empty() {
        contract.schemas.at(&schema)?.0
    } else {
        contract.schemas.at(&contract.schemas.declaration(&schema, parent)?.1)?.0
    };
    let name = last_token(instance);
    with_body_schema(contract, id, &schema, &owner.file, |document| {
        let Some(Value::Object(owner)) = document.pointer_mut(&owner.path) else { return };
        let properties = owner.entry("properties").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(properties) = properties {
            properties.insert(name.clone(), value.clone());
        }
    })
}

/// A name in a place, as a part of a placed credential.
pub fn part(location: &Location, value: Value) -> Option<PlacedPart> {
    let template = || crate::expression::Template::new(value.as_str()?).ok();
    Some(match location {
        Location::Header(name) => PlacedPart::Header(name.clone(), template()?),
        Location::Query(name) => PlacedPart::Query(name.clone(), template()?),
        Location::Cookie(name) => PlacedPart::Cookie(name.clone(), template()?),
        Location::Body(at) => PlacedPart::Body { at: at.clone(), value },
        _ => return None,
    })
}

/// Each operation that asks for credentials, with each that it asks for.
pub fn protections(contract: &Contract) -> Vec<(&Operation, &Credential)> {
    let mut found = Vec::new();
    for operation in contract.operations.values() {
        let names = operation.security.credentials().into_iter();
        found.extend(names.filter_map(|name| Some((operation, contract.credentials.get(name)?))));
    }
    found
}

/// Each operation that asks for a signed or otherwise placed credential, with it.
pub fn placements(contract: &Contract) -> Vec<(&Operation, &Credential, &Placed)> {
    let placed = protections(contract).into_iter();
    placed
        .filter_map(|(operation, credential)| match &credential.scheme {
            Scheme::Placed(placed) => Some((operation, credential, placed.as_ref())),
            _ => None,
        })
        .collect()
}

/// The payload of an operation, if its message has one.
pub fn payload<'a>(placed: &'a Placed, operation: &Operation) -> Option<&'a Payload> {
    placed.payload.get(&operation.id)
}

/// What a person calls the credential.
pub fn noun(credential: &Credential) -> &'static str {
    match &credential.scheme {
        Scheme::Key { .. } | Scheme::Word { .. } => "the key",
        Scheme::Basic { .. } => "the password",
        Scheme::Placed(placed) if placed.signing.is_some() => "the signature",
        Scheme::Placed(_) => "the credential",
    }
}

/// The contract whose body schema of one operation asks for a further field.
pub fn with_required_body_field(
    contract: &Contract,
    id: &OperationId,
    instance: &str,
    schema: &Value,
) -> Option<Contract> {
    let changed = with_body_field(contract, id, instance, schema)?;
    let name = last_token(instance);
    body_field(&changed, id, instance, |document, owner, _| {
        let required = document.pointer_mut(&owner.path).and_then(Value::as_object_mut);
        if let Some(Value::Array(required)) =
            required.map(|owner| owner.entry("required").or_insert_with(|| Value::Array(Vec::new())))
        {
            required.push(Value::from(name.as_str()));
        }
    })
}

/// The contract whose body schema of one operation knows a field by another name.
pub fn rename_body_field(contract: &Contract, id: &OperationId, instance: &str, other: &str) -> Option<Contract> {
    let name = last_token(instance);
    body_field(contract, id, instance, |document, owner, _| {
        let Some(Value::Object(owner)) = document.pointer_mut(&owner.path) else { return };
        rename_property(owner, &name, other);
    })
}

/// Gives a property of a schema another name.
pub fn rename_property(owner: &mut Map<String, Value>, name: &str, other: &str) {
    if let Some(Value::Array(required)) = owner.get_mut("required") {
        for known in required.iter_mut().filter(|known| known.as_str() == Some(name)) {
            *known = Value::from(other);
        }
    }
    if let Some(Value::Object(properties)) = owner.get_mut("properties")
        && let Some(schema) = properties.shift_remove(name)
    {
        properties.insert(other.to_owned(), schema);
    }
}

/// An operation as a call of it begins: `POST /models/{model_id}/predict`.
pub fn call(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.template.as_str())
}

/// The contract in which an operation has another path.
pub fn with_path(contract: &Contract, id: &OperationId, path: &str) -> Option<Contract> {
    operation(contract, id, |operation| operation.template = PathTemplate::parse(path))
}

/// Changes every part of a value that a JSON pointer leads to; `*` stands for every item of an array and every value of an
/// object.
pub fn each_at(value: &mut Value, pointer: &str, change: &mut dyn FnMut(&mut Value)) {
    let Some(rest) = pointer.strip_prefix('/') else {
        change(value);
        return;
    };
    let (token, below) = rest.find('/').map_or((rest, ""), |end| rest.split_at(end));
    match (token, value) {
        ("*", Value::Array(items)) => items.iter_mut().for_each(|item| each_at(item, below, change)),
        ("*", Value::Object(object)) => object.values_mut().for_each(|value| each_at(value, below, change)),
        (_, value) => {
            if let Some(inner) = value.pointer_mut(&format!("/{token}")) {
                each_at(inner, below, change);
            }
        }
    }
}
