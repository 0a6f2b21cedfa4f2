//! A field or a parameter is read under another name.

use crate::contract::Contract;
use crate::contract::document::parent;
use crate::drift::alter::rename_property;
use crate::drift::fields::{Field, all_taken, other_name};
use crate::drift::{Drift, Kind, alter};
use crate::exchange::{Location, Request};
use crate::expression::Expression;
use crate::request::Edit;
use serde_json::{Map, Value};

/// The kind.
pub const KIND: Kind = Kind {
    code: "request-field-renamed",
    meaning: "The provider reads a field or a parameter under another name, and does not look at the contract's.",
    example: "the provider reads body /service_id as `serviceId`; the contract names it `service_id`",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let drifts = all_taken(contract).into_iter().filter_map(|(operation, field)| {
        let name = match &field.place {
            Location::Query(name) | Location::Header(name) => name.clone(),
            _ => field.property()?,
        };
        let other = match &field.place {
            Location::Header(_) => format!("X-{name}"),
            _ => other_name(&name),
        };
        let drift = Drift::new(format!("{} {} to {other}", operation.id, field.place), &[&operation.id])
            .provider(format!("reads {} as `{other}`", field.place))
            .client(format!("sends {} as `{other}`", field.place))
            .contract(format!("names it `{name}`"))
            .asks(field.pointer().map(|at| Edit::RenameField(at.to_owned(), other.clone())));
        // Without the old name nothing is missing, unless it has to be there or nothing else may be.
        let is_missed = field.required || refuses_unknown(contract, &field);
        let id = operation.id.clone();
        Some(if is_missed {
            drift.keeps(move |contract| match field.property() {
                Some(name) => field.with_owner(contract, &id, |owner| rename_property(owner, &name, &other)),
                None => alter::parameter(contract, &id, &field.place, |parameter| parameter.name.clone_from(&other)),
            })
        } else {
            let drift = drift.variation(!is_read(contract, &field));
            drift.hears(move |occasion, request| {
                if occasion.operation == Some(&id) {
                    hear(request, &field.place, &name, &other);
                }
            })
        })
    });
    drifts.collect()
}

fn refuses_unknown(contract: &Contract, field: &Field) -> bool {
    let owner = field.owner(contract);
    owner.is_some_and(|owner| owner.get("additionalProperties") == Some(&Value::Bool(false)))
}

/// Whether the contract tells a call with a parameter from one without: it limits its value, or reads it.
fn is_read(contract: &Contract, field: &Field) -> bool {
    let name = match &field.place {
        Location::Query(name) => format!("query.{name}"),
        Location::Header(name) => format!("header.{}", name.to_ascii_lowercase()),
        _ => return true,
    };
    let is_limited = ["enum", "const", "pattern", "format", "minLength", "maxLength", "minItems", "maxItems"];
    let is_any_text = matches!(field.types()[..], ["string" | "array"] | []);
    !is_any_text
        || is_limited.into_iter().any(|keyword| field.keyword(keyword).is_some())
        || expressions(contract).any(|expression| expression.source().contains(&name))
}

/// Every expression by which the provider refuses or answers.
fn expressions(contract: &Contract) -> impl Iterator<Item = &Expression> {
    let refusals = contract.refusals.iter();
    let of_refusals = refusals.flat_map(|refusal| refusal.when.iter().chain(refusal.set.values()));
    let of_answers = contract.answers.iter().flat_map(|answer| {
        let each = answer.each.iter().flat_map(|each| [&each.over, &each.item]);
        answer.when.iter().chain(answer.set.values()).chain(answer.learns.values()).chain(each)
    });
    of_refusals.chain(of_answers)
}

/// The request as it looks to a provider that reads `other` where the contract says `name`.
fn hear(request: &mut Request, place: &Location, name: &str, other: &str) {
    match place {
        Location::Query(_) => {
            let pairs = request.query_pairs();
            if !pairs.iter().any(|(known, _)| known == name || known == other) {
                return;
            }
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            for (known, value) in pairs.iter().filter(|(known, _)| known != name) {
                query.append_pair(if known == other { name } else { known }, value);
            }
            request.query = Some(query.finish());
        }
        Location::Header(_) => {
            request.headers.remove(name);
            if let Some(value) = request.headers.get(other).map(str::to_owned) {
                request.headers.set(name, value);
            }
        }
        Location::Body(at) => {
            let Some(mut body) = request.json() else { return };
            let before = body.clone();
            alter::each_at(&mut body, parent(at), &mut |owner| {
                if let Value::Object(owner) = owner {
                    rename(owner, name, other);
                }
            });
            if body != before {
                request.body = body.to_string().into_bytes();
            }
        }
        _ => {}
    }
}

fn rename(owner: &mut Map<String, Value>, name: &str, other: &str) {
    owner.shift_remove(name);
    if let Some(value) = owner.shift_remove(other) {
        owner.insert(name.to_owned(), value);
    }
}
