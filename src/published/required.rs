//! Aspects: the fields that a body must have, and the parameters that a request must carry.

use super::fields::{self, Fields, describe};
use super::seen::Carried;
use super::{Aspect, Blame, Disagreement, Pair, credential};
use crate::contract::Contract;
use crate::contract::document::parent;
use crate::contract::operation::{Content, Operation, ParameterIn, is_json};
use crate::exchange::Location;
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Disagreements that have the same words and the same blame, by these: the places.
type Grouped = BTreeMap<(Aspect, Says, Says, Kind), Vec<Location>>;

/// What one side says of a place.
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

/// What the run showed of one place.
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
    for place in theirs.iter().filter(|(_, required)| **required).map(|(place, _)| place) {
        let is_new =
            !ours.get(place).copied().unwrap_or_default() && (speaks_of(&ours, place) || pair.ours.body.is_none());
        if !is_new || told_of.contains(place) || credential::is_place_of(pair.contract, pair.ours, place) {
            continue;
        }
        let says = Says::of(ours.get(place).copied());
        let kind = if pair.seen.taken.iter().any(|taken| lacks(taken, place)) {
            Kind::Document("the provider accepted a call without")
        } else if pair.seen.taken.is_empty() && pair.seen.turned_down.iter().any(|carried| lacks(carried, place)) {
            Kind::Contract("the provider refused each call without")
        } else {
            Kind::Nobody
        };
        grouped.entry((aspect(place), says, Says::Required, kind)).or_default().push(place.clone());
    }
    for place in ours.iter().filter(|(_, required)| **required).map(|(place, _)| place) {
        let required = theirs.get(place).copied();
        if required == Some(true) || !speaks_of(&theirs, place) || matches!(place, Location::Header(_)) {
            continue;
        }
        let is_missed = |carried: &Carried| {
            lacks(carried, place) && pair.seen.taken.iter().any(|taken| is_less(carried, taken, place))
        };
        let kind = if pair.seen.taken.iter().any(|taken| lacks(taken, place)) {
            Kind::Contract("the provider accepted a call without")
        } else if pair.seen.turned_down.iter().any(is_missed) {
            Kind::Document("the provider refused a call without")
        } else {
            Kind::Nobody
        };
        grouped.entry((aspect(place), Says::Required, Says::of(required), kind)).or_default().push(place.clone());
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
    for place in ours.iter().filter(|(_, required)| **required).map(|(place, _)| place) {
        let required = theirs.get(place).copied();
        if required == Some(true) || !speaks_of(&theirs, place) {
            continue;
        }
        let sent = &pair.seen.sent;
        let kind = if sent.iter().any(|carried| lacks(carried, place)) {
            Kind::Contract("the provider answered without")
        } else if required.is_none() && !sent.is_empty() {
            Kind::Document("the provider sends")
        } else {
            Kind::Nobody
        };
        grouped
            .entry((Aspect::RequiredField, Says::Required, Says::of(required), kind))
            .or_default()
            .push(place.clone());
    }
    told(pair, "the response", grouped)
}

fn told(pair: Pair<'_>, of: &str, grouped: Grouped) -> Vec<Disagreement> {
    let told = grouped.into_iter().map(|((aspect, ours, theirs, kind), places)| {
        let words = places.iter().map(Location::to_string).collect::<Vec<_>>().join(", ");
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
        Disagreement { blame, ..pair.disagreement(aspect, places[0].clone(), say(ours), say(theirs)) }
    });
    told.collect()
}

/// What a request must or may carry: fields of its JSON body, parameters of query and header.
fn asked(contract: &Contract, operation: &Operation) -> Fields {
    let mut asked = Fields::new();
    if let Some(content) = operation.body.as_ref().and_then(|body| json_of(&body.contents)) {
        let required = operation.body.as_ref().is_some_and(|body| body.required);
        let fields = of_content(contract, content).into_iter();
        asked.extend(fields.map(|(place, must)| {
            let is_inner = matches!(&place, Location::Body(field) if !parent(field).is_empty());
            (place, must && (required || is_inner))
        }));
    }
    for parameter in &operation.parameters {
        let place = match parameter.location {
            ParameterIn::Query => Location::Query(parameter.name.clone()),
            ParameterIn::Header => Location::Header(parameter.name.to_ascii_lowercase()),
            ParameterIn::Path | ParameterIn::Cookie => continue,
        };
        asked.insert(place, parameter.required);
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
fn speaks_of(fields: &Fields, place: &Location) -> bool {
    match place {
        Location::Body(field) => describe(fields, parent(field)),
        _ => true,
    }
}

/// Whether a message has the object that the field belongs to, and not the field.
fn lacks(carried: &Carried, place: &Location) -> bool {
    let above = if let Location::Body(field) = place { parent(field) } else { "" };
    let has_above = match above.strip_suffix("/*") {
        Some(_) => carried.iter().any(|other| is_below(other, above)),
        None => above.is_empty() || carried.contains(&Location::Body(above.to_owned())),
    };
    has_above && !carried.contains(place)
}

/// Whether a message carries what another one does without `place` and what is below it, but for the headers.
fn is_less(carried: &Carried, other: &Carried, place: &Location) -> bool {
    let is_header = |place: &&Location| matches!(place, Location::Header(_));
    let is_in = |other: &&Location| *other == place || matches!(place, Location::Body(field) if is_below(other, field));
    let kept = other.iter().filter(|other| !is_in(other) && !is_header(other));
    carried.iter().filter(|place| !is_header(place)).eq(kept)
}

fn is_below(place: &Location, owner: &str) -> bool {
    matches!(place, Location::Body(field) if field.strip_prefix(owner).is_some_and(|rest| rest.starts_with('/')))
}

fn aspect(place: &Location) -> Aspect {
    if let Location::Body(_) = place { Aspect::RequiredField } else { Aspect::Parameter }
}
