//! Calls that differ from the example in one thing, and whether the document takes or refuses them: rows of outlines.
//!
//! Each is tried against the document before it is written, so that a feature never states what the document does not say.

use crate::check::request_body::{self, BodyFault};
use crate::check::request_parameters;
use crate::contract::Contract;
use crate::contract::document::{parent, pointer_token};
use crate::contract::operation::{Operation, ParameterIn};
use crate::contract::schema::Violation;
use crate::drift::fields::{Field, taken};
use crate::exchange::Location;
use crate::place::{Place, Problem};
use crate::request::{Draft, Edit, draft, text};
use indexmap::IndexMap;
use serde_json::{Value, json};

/// The longest value that is written into a table.
const LONGEST: usize = 80;
/// Texts and lists that are larger are not tried.
const LARGE: usize = 100_000;
/// The most values of an enumeration that are tried.
const MOST: usize = 12;

/// A change of the example call, in the words of the step that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// The body is left out.
    BodyLeftOut,
    /// A field of the body is left out.
    FieldLeftOut,
    /// A field of the body is another value.
    FieldIs,
    /// A field of the body is a text of so many characters.
    FieldOfLength,
    /// A field of the body has so many items.
    FieldOfItems,
    /// A parameter is left out.
    ParameterLeftOut,
    /// A parameter is another value.
    ParameterIs,
}

/// A changed call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variant {
    /// What is changed.
    pub change: Change,
    /// The field or the parameter.
    pub subject: String,
    /// The value, the length or the number of items.
    pub value: String,
}

/// The changed calls of an operation: those that the document takes, and those that it refuses.
#[derive(Debug, Default)]
pub struct Variants {
    /// By what is changed: what is taken.
    pub taken: IndexMap<Change, Vec<Variant>>,
    /// By what is changed: what is refused.
    pub refused: IndexMap<Change, Vec<Variant>>,
}

/// Why the example call of an operation departs from the document.
pub fn faults_of_example(contract: &Contract, operation: &Operation) -> Vec<Problem> {
    let Ok(draft) = draft(contract, operation, None, &|_| None) else { return Vec::new() };
    let request = draft.request("");
    let parameters: Vec<(String, String)> = draft.path_parameters.clone().into_iter().collect();
    let faults = request_parameters::faults(operation, &parameters, &request).into_iter().map(|fault| {
        let what = format!("{} of {}", fault.parameter.location.named(&fault.parameter.name), operation.id);
        unsound(fault.parameter.place.clone(), &what, fault.parameter.example.is_some(), fault.violations.first())
    });
    let of_body = request_body::fault(operation, &request).and_then(|fault| {
        let body = operation.body.as_ref()?;
        let violation = match &fault {
            BodyFault::Violations(_, violations) => violations.first(),
            _ => None,
        };
        let has_example = operation.default_content().is_some_and(|(_, content)| !content.examples.is_empty());
        Some(unsound(body.place.clone(), &format!("the body of {}", operation.id), has_example, violation))
    });
    faults.chain(of_body).collect()
}

/// An example that is wrong, or that could not be made.
pub fn unsound(place: Place, what: &str, has_example: bool, violation: Option<&Violation>) -> Problem {
    let why = violation.map_or_else(String::new, |violation| {
        let property = violation.property.as_ref().map(|name| format!("/{name}")).unwrap_or_default();
        let at = format!("{}{property}", violation.instance);
        format!(": {}expected {}", if at.is_empty() { String::new() } else { format!("{at}: ") }, violation.expected)
    });
    if has_example {
        let wrong = format!("the example of {what} departs from its schema{why}");
        return Problem::new(place, wrong, "correct the example, or the schema");
    }
    let wrong = format!("no example of {what} could be made from its schema{why}");
    Problem::new(place, wrong, "add an `example` that keeps the schema")
}

/// The changed calls of an operation.
pub fn of(contract: &Contract, operation: &Operation) -> Variants {
    let mut trial = Trial { contract, operation, variants: Variants::default() };
    let Ok(example) = draft(contract, operation, None, &|_| None) else { return trial.variants };
    for field in taken(contract, operation) {
        match &field.place {
            Location::Body(at) if at.is_empty() => trial.whole_body(&example),
            Location::Body(at) => {
                if let Some(at) = first(example.json().as_ref(), at) {
                    trial.field(&example, &field, &at);
                }
            }
            place => trial.parameter(&example, &field, place),
        }
    }
    trial.variants
}

/// The pointer with the first item or member of the example for each `*`; `None` where there is none.
fn first(example: Option<&Value>, at: &str) -> Option<String> {
    let mut here = String::new();
    for token in at.split('/').skip(1) {
        let token = match (token, example?.pointer(&here)) {
            ("*", Some(Value::Object(object))) => pointer_token(object.keys().next()?),
            ("*", _) => "0".to_owned(),
            (token, _) => token.to_owned(),
        };
        here = format!("{here}/{token}");
    }
    Some(here)
}

struct Trial<'a> {
    contract: &'a Contract,
    operation: &'a Operation,
    variants: Variants,
}

impl Trial<'_> {
    fn takes(&self, draft: &Draft) -> bool {
        let request = draft.request("");
        let parameters: Vec<(String, String)> = draft.path_parameters.clone().into_iter().collect();
        request_body::fault(self.operation, &request).is_none()
            && request_parameters::faults(self.operation, &parameters, &request).is_empty()
    }

    fn note(&mut self, variant: Variant, taken: bool) {
        let group = if taken { &mut self.variants.taken } else { &mut self.variants.refused };
        let variants = group.entry(variant.change).or_default();
        if !variants.contains(&variant) {
            variants.push(variant);
        }
    }

    fn whole_body(&mut self, example: &Draft) {
        let without = Draft { body: crate::request::Body::Empty, ..example.clone() };
        let taken = self.takes(&without);
        let variant = Variant { change: Change::BodyLeftOut, subject: String::new(), value: String::new() };
        self.note(variant, taken);
        self.unknown_field(example, "");
    }

    /// A field that the document does not know, in an object.
    fn unknown_field(&mut self, example: &Draft, at: &str) {
        if example.json().is_some_and(|body| body.pointer(at).is_some_and(Value::is_object)) {
            self.set(example, &format!("{at}/unknown_field"), &json!("x"));
        }
    }

    fn edited(example: &Draft, edit: &Edit) -> Option<Draft> {
        let mut draft = example.clone();
        edit.apply_to(draft.body_value_mut()?).ok()?;
        Some(draft)
    }

    /// Tries a value, whichever way the document sees it.
    fn set(&mut self, example: &Draft, at: &str, value: &Value) {
        let Some(draft) = Self::edited(example, &Edit::SetField(at.to_owned(), value.clone())) else { return };
        let written = value.to_string();
        if written.len() > LONGEST || written.contains("${") || draft.json() == example.json() {
            return;
        }
        let taken = self.takes(&draft);
        self.note(Variant { change: Change::FieldIs, subject: at.to_owned(), value: written }, taken);
    }

    fn field(&mut self, example: &Draft, field: &Field, at: &str) {
        let Some(body) = example.json() else { return };
        if body.pointer(at).is_some() {
            let is_item = field.property().is_none();
            if let Some(without) = Self::edited(example, &Edit::DropField(at.to_owned())).filter(|_| !is_item) {
                let taken = self.takes(&without);
                let variant = Variant { change: Change::FieldLeftOut, subject: at.to_owned(), value: String::new() };
                self.note(variant, taken);
            }
        } else {
            // A field of an item that the example does not have; or a part of a branch that it does not take.
            let is_held = body.pointer(parent(at)).is_none_or(Value::is_object);
            let sample = Edit::SetField(at.to_owned(), field.sample(self.contract));
            let is_taken = Self::edited(example, &sample).is_some_and(|draft| self.takes(&draft));
            let is_of_item = field.pointer().is_some_and(|at| at.contains("/*"));
            if !is_held || !is_taken || is_of_item {
                return;
            }
        }
        let sample = field.sample(self.contract);
        for value in candidates(field, &sample) {
            self.set(example, at, &value);
        }
        let Some(example) = Self::edited(example, &Edit::SetField(at.to_owned(), sample)) else { return };
        self.unknown_field(&example, at);
        self.lengths(&example, field, at);
    }

    /// Texts and lists at their limits and just beyond.
    fn lengths(&mut self, example: &Draft, field: &Field, at: &str) {
        let in_example = example.json().and_then(|body| body.pointer(at).cloned());
        match field.types().first() {
            Some(&"string") => {
                for length in sizes(field) {
                    let value = "x".repeat(length);
                    self.sized(example, Change::FieldOfLength, at, length, json!(value));
                }
            }
            Some(&"array") => {
                let Some(first) = in_example.as_ref().and_then(|value| value.get(0)).cloned() else { return };
                for length in around(field, "minItems", "maxItems") {
                    let value = vec![first.clone(); length];
                    self.sized(example, Change::FieldOfItems, at, length, Value::from(value));
                }
            }
            _ => {}
        }
    }

    fn sized(&mut self, example: &Draft, change: Change, at: &str, length: usize, value: Value) {
        if let Some(draft) = Self::edited(example, &Edit::SetField(at.to_owned(), value)) {
            let taken = self.takes(&draft);
            self.note(Variant { change, subject: at.to_owned(), value: length.to_string() }, taken);
        }
    }

    fn parameter(&mut self, example: &Draft, field: &Field, place: &Location) {
        let (Location::PathParameter(name) | Location::Query(name) | Location::Header(name) | Location::Cookie(name)) =
            place
        else {
            return;
        };
        let Some(parameter) = self.operation.parameter(name) else { return };
        if parameter.location != ParameterIn::Path {
            let mut without = example.clone();
            without.drop_parameter(parameter);
            if without.request("") != example.request("") {
                let taken = self.takes(&without);
                let variant = Variant { change: Change::ParameterLeftOut, subject: name.clone(), value: String::new() };
                self.note(variant, taken);
            }
        }
        let sample = field.sample(self.contract);
        let sized = sizes(field).into_iter().map(|size| json!("x".repeat(size)));
        for value in candidates(field, &sample).into_iter().chain(sized).chain([json!("no-such-value")]) {
            let written = text(&value);
            let is_lost = written.is_empty() && parameter.location != ParameterIn::Query;
            if is_lost || written.len() > LONGEST || written.contains("${") || !is_plain(&value) {
                continue;
            }
            let mut draft = example.clone();
            draft.set_parameter(parameter, written);
            let taken = self.takes(&draft);
            // Another value in a path is another thing, which may not be there.
            let is_listed = field.keyword("enum").is_some();
            if draft.request("") != example.request("")
                && (!taken || is_listed || parameter.location != ParameterIn::Path)
            {
                let variant = Variant { change: Change::ParameterIs, subject: name.clone(), value: value.to_string() };
                self.note(variant, taken);
            }
        }
    }
}

/// The lengths of a text at its limits and just beyond, where any text of a right length will do.
fn sizes(field: &Field) -> Vec<usize> {
    let is_text = is_free(field) && field.types() == ["string"];
    if is_text { around(field, "minLength", "maxLength") } else { Vec::new() }
}

/// The sizes at two limits and just beyond.
fn around(field: &Field, least: &str, most: &str) -> Vec<usize> {
    let limit = |keyword: &str| usize::try_from(field.keyword(keyword)?.as_u64()?).ok();
    let low = limit(least).into_iter().flat_map(|low| [low.saturating_sub(1), low]);
    low.chain(limit(most).into_iter().flat_map(|high| [high, high.saturating_add(1)]))
        .filter(|size| *size < LARGE)
        .collect()
}

/// Whether a value is written as it is where all is text.
fn is_plain(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

/// Whether any text of a right length will do.
fn is_free(field: &Field) -> bool {
    ["pattern", "format", "enum", "const"].into_iter().all(|keyword| field.keyword(keyword).is_none())
}

/// Values that show where a field's limits are.
fn candidates(field: &Field, sample: &Value) -> Vec<Value> {
    let mut values = Vec::new();
    if let Some(Value::Array(listed)) = field.keyword("enum") {
        values.extend(listed.iter().filter(|value| !value.is_null()).take(MOST).cloned());
        values.push(json!("no-such-value"));
    } else {
        match field.types().first() {
            Some(&"string") => values.extend(texts(field)),
            Some(&"integer" | &"number") => values.extend(numbers(field)),
            Some(&"boolean") => values.extend([json!(true), json!(false)]),
            Some(&"array") => {
                let twice = sample.get(0).map(|item| json!([item, item]));
                values.extend(
                    [Some(json!([])), twice.filter(|_| field.keyword("uniqueItems").is_some())].into_iter().flatten(),
                );
            }
            _ => {}
        }
        values.push(sample.clone());
    }
    if !field.types().is_empty() {
        values.push(if field.types().contains(&"object") { json!("no object") } else { json!({}) });
    }
    values.push(Value::Null);
    values
}

fn texts(field: &Field) -> Vec<Value> {
    let of_format = match field.keyword("format").and_then(Value::as_str) {
        Some("date-time") => vec![json!("yesterday"), json!("2026-01-01T12:00:00+01:00")],
        Some(_) => vec![json!("?")],
        None => Vec::new(),
    };
    let of_pattern = field.keyword("pattern").map(|_| json!("?"));
    let empty = (field.keyword("minLength").is_none() || !is_free(field)).then(|| json!(""));
    of_format.into_iter().chain(of_pattern).chain(empty).collect()
}

fn numbers(field: &Field) -> Vec<Value> {
    let limit = |keyword: &str| field.keyword(keyword).and_then(Value::as_f64);
    let is_whole = field.types() == ["integer"];
    let bounds = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"].into_iter().filter_map(limit);
    let mut numbers: Vec<f64> = bounds.flat_map(|bound| [bound - 1.0, bound, bound + 1.0]).collect();
    if limit("minimum").is_none() && limit("exclusiveMinimum").is_none() {
        numbers.extend([0.0, -1.0]);
    }
    if let Some(step) = limit("multipleOf") {
        numbers.extend([step, step * 2.0, step / 2.0]);
    } else if is_whole {
        numbers.push(1.5);
    }
    // A whole number is written without a fraction.
    let written = |number: f64| format!("{number}").parse::<i64>().map_or(json!(number), |whole| json!(whole));
    numbers.into_iter().map(written).collect()
}
