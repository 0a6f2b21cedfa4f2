//! Aspects: the fields that a body must have, and the parameters that a request must carry.

use super::fields::{self, Fields, describe};
use super::seen::Names;
use super::{Aspect, Blame, Disagreement, Pair, credential};
use crate::contract::Contract;
use crate::contract::document::parent;
use crate::contract::operation::{Content, Operation, ParameterIn, is_json};
use crate::exchange::Location;
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Disagreements that have the same words and the same blame, by these: the names.
type Grouped = BTreeMap<(Aspect, Says, Says, Kind), Vec<String>>;

/// What one side says of a name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    Required,
    Optional,
    Absent,
}

impl Says {
    fn of(required: Option<bool>) -> Self {
        match required {
            Some(true) => Self::Required,
            Some(false) => Self::Optional,
            None => Self::Absent,
        }
    }
}

/// What the run showed of one name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Document(&'static str),
    Contract(&'static str),
    Nobody,
}

/// The disagreements about what a request must carry, but for the places that were told of as its credential's.
pub fn of_request(pair: Pair<'_>, told_of: &[Location]) -> Vec<Disagreement> {
    let (ours, theirs) = (asked(pair.contract, pair.ours), asked(pair.document, pair.theirs));
    let mut grouped = Grouped::new();
    for name in theirs.iter().filter(|(_, required)| **required).map(|(name, _)| name) {
        let is_new =
            !ours.get(name).copied().unwrap_or_default() && (speaks_of(&ours, name) || pair.ours.body.is_none());
        if !is_new || told_of.contains(&location(name)) || credential::is_place_of(pair.contract, pair.ours, name) {
            continue;
        }
        let says = Says::of(ours.get(name).copied());
        let kind = if pair.seen.taken.iter().any(|taken| lacks(taken, name)) {
            Kind::Document("the provider accepted a call without")
        } else if pair.seen.taken.is_empty() && pair.seen.turned_down.iter().any(|names| lacks(names, name)) {
            Kind::Contract("the provider refused each call without")
        } else {
            Kind::Nobody
        };
        grouped.entry((aspect(name), says, Says::Required, kind)).or_default().push(name.clone());
    }
    for name in ours.iter().filter(|(_, required)| **required).map(|(name, _)| name) {
        let required = theirs.get(name).copied();
        if required == Some(true) || !speaks_of(&theirs, name) || name.starts_with("header ") {
            continue;
        }
        let is_missed =
            |names: &Names| lacks(names, name) && pair.seen.taken.iter().any(|taken| is_less(names, taken, name));
        let kind = if pair.seen.taken.iter().any(|taken| lacks(taken, name)) {
            Kind::Contract("the provider accepted a call without")
        } else if pair.seen.turned_down.iter().any(is_missed) {
            Kind::Document("the provider refused a call without")
        } else {
            Kind::Nobody
        };
        grouped.entry((aspect(name), Says::Required, Says::of(required), kind)).or_default().push(name.clone());
    }
    told(pair, "the request", grouped)
}

/// The disagreements about what the body of a successful response has.
pub fn of_response(pair: Pair<'_>) -> Vec<Disagreement> {
    let Some(status) = pair.ours.success() else { return Vec::new() };
    let fields = |contract: &Contract, operation: &Operation| {
        let promised = operation.promise(status)?;
        Some(of_content(contract, json_of(&promised.contents)?))
    };
    let Some((ours, theirs)) = fields(pair.contract, pair.ours).zip(fields(pair.document, pair.theirs)) else {
        return Vec::new();
    };
    let mut grouped = Grouped::new();
    for name in ours.iter().filter(|(_, required)| **required).map(|(name, _)| name) {
        let required = theirs.get(name).copied();
        if required == Some(true) || !speaks_of(&theirs, name) {
            continue;
        }
        let sent = &pair.seen.sent;
        let kind = if sent.iter().any(|names| lacks(names, name)) {
            Kind::Contract("the provider answered without")
        } else if required.is_none() && !sent.is_empty() {
            Kind::Document("the provider sends")
        } else {
            Kind::Nobody
        };
        grouped
            .entry((Aspect::RequiredField, Says::Required, Says::of(required), kind))
            .or_default()
            .push(name.clone());
    }
    told(pair, "the response", grouped)
}

fn told(pair: Pair<'_>, of: &str, grouped: Grouped) -> Vec<Disagreement> {
    let told = grouped.into_iter().map(|((aspect, ours, theirs, kind), names)| {
        let location = location(&names[0]);
        let words = names.iter().map(|name| self::location(name).to_string()).collect::<Vec<_>>().join(", ");
        let say = |says| match says {
            Says::Required => format!("{words} required in {of}"),
            Says::Optional => format!("{words} not required in {of}"),
            Says::Absent => format!("no {words} in {of}"),
        };
        let blame = match kind {
            Kind::Document(seen) => Blame::Document(format!("{seen} {words}")),
            Kind::Contract(seen) => Blame::Contract(format!("{seen} {words}")),
            Kind::Nobody => Blame::Nobody,
        };
        Disagreement { blame, ..pair.disagreement(aspect, location, say(ours), say(theirs)) }
    });
    told.collect()
}

/// What a request must or may carry: fields of its JSON body, parameters of query and header.
fn asked(contract: &Contract, operation: &Operation) -> Fields {
    let mut asked = Fields::new();
    if let Some(content) = operation.body.as_ref().and_then(|body| json_of(&body.contents)) {
        let required = operation.body.as_ref().is_some_and(|body| body.required);
        let fields = of_content(contract, content).into_iter();
        asked.extend(fields.map(|(name, must)| (name.clone(), must && (required || !parent(&name).is_empty()))));
    }
    for parameter in &operation.parameters {
        let name = match parameter.location {
            ParameterIn::Query => format!("?{}", parameter.name),
            ParameterIn::Header => format!("header {}", parameter.name.to_ascii_lowercase()),
            ParameterIn::Path | ParameterIn::Cookie => continue,
        };
        asked.insert(name, parameter.required);
    }
    asked
}

fn json_of(contents: &IndexMap<String, Content>) -> Option<&Content> {
    contents.iter().find(|(media_type, _)| is_json(media_type)).map(|(_, content)| content)
}

fn of_content(contract: &Contract, content: &Content) -> Fields {
    let pointer = content.schema.as_ref().map(|schema| &schema.pointer);
    pointer.map(|pointer| fields::of(&contract.schemas, pointer)).unwrap_or_default()
}

/// Whether `fields` say what the object holds that a field belongs to; parameters are always spoken of.
fn speaks_of(fields: &Fields, name: &str) -> bool {
    !name.starts_with('/') || describe(fields, parent(name))
}

/// Whether a message has the object that the field belongs to, and not the field.
fn lacks(names: &Names, name: &str) -> bool {
    let above = if name.starts_with('/') { parent(name) } else { "" };
    let has_above = match above.strip_suffix("/*") {
        Some(_) => names.iter().any(|name| name.starts_with(&format!("{above}/"))),
        None => above.is_empty() || names.contains(above),
    };
    has_above && !names.contains(name)
}

/// Whether `names` are those of `others` without `name` and what is below it.
fn is_less(names: &Names, others: &Names, name: &str) -> bool {
    let below = format!("{name}/");
    let kept = others.iter().filter(|other| *other != name && !other.starts_with(&below));
    names.iter().filter(|name| !name.starts_with("header ")).eq(kept.filter(|name| !name.starts_with("header ")))
}

fn aspect(name: &str) -> Aspect {
    if name.starts_with('/') { Aspect::RequiredField } else { Aspect::Parameter }
}

fn location(name: &str) -> Location {
    match (name.strip_prefix('?'), name.strip_prefix("header ")) {
        (Some(name), _) => Location::Query(name.to_owned()),
        (_, Some(name)) => Location::Header(name.to_owned()),
        _ => Location::Body(name.to_owned()),
    }
}
