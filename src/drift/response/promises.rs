//! The successes that a contract promises, and what stands in their bodies.

use crate::answer::played::Occasion;
use crate::contract::Contract;
use crate::contract::document::{last_token, parent, pointer_token};
use crate::contract::operation::{Content, Operation, StatusPattern, is_json};
use crate::contract::sample;
use crate::drift::Drift;
use crate::drift::alter::each_at;
use crate::drift::fields::{DEPTH, Field, declared, type_of, types};
use crate::exchange::Response;
use crate::name::OperationId;
use indexmap::IndexMap;
use serde_json::{Map, Value};

/// A promised success.
#[derive(Clone, Debug)]
pub struct Promise {
    /// The operation.
    pub operation: OperationId,
    /// Its status or statuses.
    pub status: StatusPattern,
    /// What tells it from the contract's other promises: the operation, and the status where it has several successes.
    pub name: String,
}

/// A part of a promised JSON body.
#[derive(Clone, Debug)]
pub struct Part {
    /// The promise.
    pub promise: Promise,
    /// Its JSON pointer; `*` stands for every item.
    pub at: String,
    /// What its schema says; null where it has none.
    pub schema: Value,
    /// Whether its object always has it.
    pub required: bool,
    /// Whether it may be null.
    pub takes_null: bool,
    /// What stands there in the document's examples.
    pub examples: Vec<Value>,
    /// What stands there in those that a fake answers with.
    answered: Vec<Value>,
}

impl Promise {
    /// Whether an answer is the promised one.
    pub fn is(&self, occasion: &Occasion<'_>, response: &Response) -> bool {
        occasion.operation == Some(&self.operation)
            && occasion.refusal.is_none()
            && response.is_success()
            && self.status.covers(response.status)
    }

    /// A drift of the promised answer; `of` says of what in it.
    pub fn drift(&self, of: &str) -> Drift {
        let subject = if of.is_empty() { self.name.clone() } else { format!("{} {of}", self.name) };
        Drift::new(subject, &[&self.operation])
    }

    /// The drift by which the promised answer becomes another.
    pub fn answered(
        &self,
        drift: Drift,
        change: impl Fn(&Occasion<'_>, &mut Response) + Send + Sync + 'static,
    ) -> Drift {
        let promise = self.clone();
        drift.answers(move |occasion, response| {
            if promise.is(occasion, response) {
                change(occasion, response);
            }
        })
    }

    /// The drift by which the promised answer's JSON body becomes another.
    pub fn with_body(&self, drift: Drift, change: impl Fn(&mut Value) + Send + Sync + 'static) -> Drift {
        self.answered(drift, move |_, response| {
            if let Some(mut body) = response.json() {
                change(&mut body);
                response.body = body.to_string().into_bytes();
            }
        })
    }
}

impl Part {
    /// `body /results/*/dim`.
    pub fn place(&self) -> String {
        if self.at.is_empty() { "body".to_owned() } else { format!("body {}", self.at) }
    }

    /// Its name in its object; `None` for an item and for the body as a whole.
    pub fn property(&self) -> Option<String> {
        (!self.at.is_empty() && !self.at.ends_with("/*")).then(|| last_token(&self.at))
    }

    /// Whether some answer holds a value there, as far as the examples show.
    pub fn has_value(&self) -> bool {
        self.examples.iter().any(|example| !example.is_null())
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        self.types() == ["object"]
    }

    /// The JSON types that it has, but for null: those of its schema, else those of the examples.
    pub fn types(&self) -> Vec<&str> {
        let mut found = types(&self.schema);
        if found.is_empty() {
            for kind in self.examples.iter().map(type_of).filter(|kind| *kind != "null") {
                if !found.contains(&kind) {
                    found.push(kind);
                }
            }
        }
        found
    }

    /// A drift of this part.
    pub fn drift(&self) -> Drift {
        self.promise.drift(&self.place())
    }

    /// The drift by which this part becomes another wherever it is there; null is left alone. Where no fake answers with a
    /// value there it is left to a diagnosis.
    pub fn changed(&self, drift: Drift, change: impl Fn(&mut Value) + Send + Sync + 'static) -> Drift {
        let is_variation = drift.is_variation || self.answered.iter().all(Value::is_null);
        let at = self.at.clone();
        self.promise.with_body(drift.variation(is_variation), move |body| {
            each_at(body, &at, &mut |value| {
                if !value.is_null() {
                    change(value);
                }
            });
        })
    }

    /// The drift by which this part becomes that value wherever it is there, null or not.
    pub fn replaced(&self, drift: Drift, other: Value) -> Drift {
        let is_variation = drift.is_variation || self.answered.is_empty();
        let at = self.at.clone();
        self.promise.with_body(drift.variation(is_variation), move |body| {
            each_at(body, &at, &mut |value| value.clone_from(&other));
        })
    }

    /// The drift by which the object that holds this part becomes another.
    pub fn with_owner(
        &self,
        drift: Drift,
        change: impl Fn(&mut Map<String, Value>, &str) + Send + Sync + 'static,
    ) -> Drift {
        let owner = parent(&self.at).to_owned();
        let name = last_token(&self.at);
        let is_variation = drift.is_variation || self.answered.is_empty();
        self.promise.with_body(drift.variation(is_variation), move |body| {
            each_at(body, &owner, &mut |owner| {
                if let Value::Object(owner) = owner {
                    change(owner, &name);
                }
            });
        })
    }
}

/// Every promised success, with the operation and with its JSON content if it has any.
pub fn promises(contract: &Contract) -> Vec<(Promise, &Operation, Option<&Content>)> {
    let mut found = Vec::new();
    for operation in contract.operations.values() {
        let is_success = |status| match status {
            StatusPattern::Exactly(status) => (200..300).contains(&status),
            StatusPattern::Hundred(hundred) => hundred == 2,
            StatusPattern::Default => operation.success().is_none(),
        };
        let successes: Vec<_> = operation.responses.iter().filter(|response| is_success(response.status)).collect();
        for response in &successes {
            let several = successes.len() > 1;
            let name = if several { format!("{} {}", operation.id, response.status) } else { operation.id.to_string() };
            let content = response.contents.iter().find(|(media_type, _)| is_json(media_type));
            let promise = Promise { operation: operation.id.clone(), status: response.status, name };
            found.push((promise, operation, content.map(|(_, content)| content)));
        }
    }
    found
}

/// Every part of every promised success that its examples show, or that stands in what they show by its schema.
pub fn parts(contract: &Contract) -> Vec<Part> {
    let mut found = Vec::new();
    for (promise, _, content) in promises(contract) {
        let Some(content) = content else { continue };
        let mut shown: IndexMap<String, Vec<Value>> = IndexMap::new();
        let mut answered: IndexMap<String, Vec<Value>> = IndexMap::new();
        for (name, example) in &content.examples {
            collect(example, String::new(), &mut shown);
            if is_answered(contract, &promise, content, name) {
                collect(example, String::new(), &mut answered);
            }
        }
        if let (true, Some(schema)) = (content.examples.is_empty(), &content.schema) {
            collect(&sample::value(&contract.schemas, &schema.pointer), String::new(), &mut shown);
            answered.clone_from(&shown);
        }
        let fields = content.schema.as_ref().map(|schema| declared(&contract.schemas, &schema.pointer));
        let fields: IndexMap<String, Field> =
            fields.into_iter().flatten().filter_map(|field| Some((field.pointer()?.to_owned(), field))).collect();
        for (at, field) in &fields {
            if field.required && shown.contains_key(parent(at)) {
                shown.entry(at.clone()).or_default();
            }
        }
        found.extend(shown.into_iter().map(|(at, examples)| {
            let field = fields.get(&at);
            Part {
                promise: promise.clone(),
                schema: field.map_or(Value::Null, |field| field.schema.clone()),
                required: field.is_some_and(|field| field.required),
                takes_null: field.is_none_or(|field| field.takes_null),
                examples,
                answered: answered.shift_remove(&at).unwrap_or_default(),
                at,
            }
        }));
    }
    found
}

/// Whether a fake answers with the example of that name, or with what is made of several.
fn is_answered(contract: &Contract, promise: &Promise, content: &Content, name: &str) -> bool {
    let mut answers = contract.answers.iter().filter(|answer| answer.operations.contains(&promise.operation));
    let is_sound = |value: &Value| content.schema.as_ref().is_none_or(|schema| schema.accepts(value));
    let first = content.examples.iter().find(|(_, value)| is_sound(value));
    first.is_some_and(|(first, _)| first == name)
        || answers.any(|answer| !answer.each.is_empty() || answer.example.as_deref() == Some(name))
}

/// What stands where in an example; of plain items only the first.
fn collect(value: &Value, at: String, shown: &mut IndexMap<String, Vec<Value>>) {
    if at.split('/').skip(1).filter(|token| *token != "*").count() > DEPTH {
        return;
    }
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            collect(value, format!("{at}/{}", pointer_token(name)), shown);
        }),
        Value::Array(items) => {
            let plain = items.iter().find(|item| !item.is_object() && !item.is_array());
            let nested = items.iter().filter(|item| item.is_object() || item.is_array());
            nested.chain(plain).for_each(|item| collect(item, format!("{at}/*"), shown));
        }
        _ => {}
    }
    shown.entry(at).or_default().push(value.clone());
}
