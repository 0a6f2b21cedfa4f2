//! A placed credential of several values: what they are called, and where else they can sit.

use super::customary::{Carrier, own_places};
use crate::contract::Contract;
use crate::contract::document::last_token;
use crate::contract::operation::{Operation, ParameterIn, is_json};
use crate::contract::schema::declared_properties;
use crate::contract::scheme::{Credential, Placed, PlacedPart, Scheme};
use crate::exchange::Location;
use crate::expression::Template;
use serde_json::{Value, json};

/// The values of a placed credential with the names that they have, an object's keys each for itself.
pub fn of(placed: &Placed) -> Vec<(String, Value)> {
    let text = |template: &Template| json!(template.source());
    placed
        .places
        .iter()
        .flat_map(|part| match part {
            PlacedPart::Header(name, template)
            | PlacedPart::Query(name, template)
            | PlacedPart::Cookie(name, template) => vec![(name.clone(), text(template))],
            PlacedPart::Body { value: Value::Object(object), .. } => {
                object.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
            }
            PlacedPart::Body { at, value } => vec![(last_token(at), value.clone())],
        })
        .collect()
}

/// Whether a placed credential can sit there at all: not outside the items that are each signed, and not within what is
/// signed.
pub fn can_sit(placed: &Placed, operation: &Operation, carrier: Carrier) -> bool {
    let payload = placed.payload.get(&operation.id).map(|payload| &payload.template);
    let signed = placed.signing.as_ref().map(|signing| &signing.message).into_iter().chain(payload);
    let signed: Vec<&str> = signed.map(Template::source).collect();
    let is_signed = |words: &[&str]| signed.iter().any(|text| words.iter().any(|word| text.contains(word)));
    match carrier {
        Carrier::Body => !is_signed(&["raw_body"]),
        Carrier::Query => each(placed, operation).is_empty() && !is_signed(&["raw_path", "query"]),
        Carrier::Header | Carrier::Cookie => each(placed, operation).is_empty(),
    }
}

/// The pattern of the items that are each signed; empty for the whole request.
pub fn each(placed: &Placed, operation: &Operation) -> String {
    placed.payload.get(&operation.id).and_then(|payload| payload.each.clone()).unwrap_or_default()
}

/// The places of several values in another kind of place, each under the name that it has, in their order; in the body
/// below each item that is signed. Empty where they cannot sit there, or the operation takes one of the names itself.
pub fn elsewhere(
    contract: &Contract,
    operation: &Operation,
    credential: &Credential,
    carrier: Carrier,
) -> Vec<Location> {
    let Scheme::Placed(placed) = &credential.scheme else { return Vec::new() };
    let parts = of(placed);
    let is_own = own_places(credential).iter().any(|place| Carrier::of(place).is_some_and(|(own, _)| own == carrier));
    let fits = |value: &Value| carrier == Carrier::Body || value.is_string();
    let has_room = carrier != Carrier::Body || takes_an_object(operation);
    if parts.len() < 2 || is_own || !has_room || !can_sit(placed, operation, carrier) {
        return Vec::new();
    }
    let fields = if carrier == Carrier::Body { own_fields(contract, operation) } else { Vec::new() };
    let is_taken = |name: &str| {
        let is_it = |kind: ParameterIn, known: &str| match (kind, carrier) {
            (ParameterIn::Header, Carrier::Header) => known.eq_ignore_ascii_case(name),
            (ParameterIn::Query, Carrier::Query) | (ParameterIn::Cookie, Carrier::Cookie) => known == name,
            _ => false,
        };
        operation.parameters.iter().any(|parameter| is_it(parameter.location, &parameter.name))
            || fields.iter().any(|field| field == name)
    };
    if parts.iter().any(|(name, value)| !fits(value) || is_taken(name)) {
        return Vec::new();
    }
    let name = |name: &str| if carrier == Carrier::Body { format!("/{name}") } else { name.to_owned() };
    parts.iter().map(|(part, _)| carrier.location(name(part))).collect()
}

/// Whether an operation takes a JSON object, or what its example shows as one.
pub fn takes_an_object(operation: &Operation) -> bool {
    let content = operation.default_content().filter(|(media_type, _)| is_json(media_type));
    content.is_some_and(|(_, content)| content.example(None).is_none_or(Value::is_object))
}

/// The fields that an operation's body has by its schema.
fn own_fields(contract: &Contract, operation: &Operation) -> Vec<String> {
    let schema = operation.default_content().and_then(|(_, content)| content.schema.as_ref());
    let declared = schema.map(|schema| declared_properties(&contract.schemas, &schema.pointer));
    declared.into_iter().flatten().map(|(name, _)| name).collect()
}
