//! The structure of an OpenAPI document with its schemas lifted out, which openapiv3 reads for 3.0 and 3.1 alike.

use super::document::pointer_token;
use super::library::{Library, Pointer};
use crate::place::{Place, Problem};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The key under which a lifted-out schema's pointer stands.
pub const POINTER: &str = "x-pointer";
/// The key under which an object's own pointer stands.
pub const ORIGIN: &str = "x-origin";

/// The methods of a Path Item Object (OpenAPI 3.1.1, section 4.8.9).
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The kinds of object that hold schemas or may be a `$ref`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The document itself.
    Document,
    /// Its `components`.
    Components,
    /// A path.
    PathItem,
    /// An operation.
    Operation,
    /// A parameter.
    Parameter,
    /// A request body.
    Body,
    /// A response.
    Response,
    /// A media type of a body.
    Media,
    /// A response header.
    Header,
    /// The encoding of one property.
    Encoding,
    /// A named example.
    Example,
    /// A schema.
    Schema,
}

#[derive(Clone, Copy)]
enum Holds {
    One,
    Map,
    List,
}

/// Which keys of an object lead to which kinds of object (OpenAPI 3.1.1, section 4.8).
fn children(kind: Kind) -> &'static [(&'static str, Holds, Kind)] {
    use Holds::{List, Map, One};
    match kind {
        Kind::Document => &[("paths", Map, Kind::PathItem), ("components", One, Kind::Components)],
        Kind::Components => &[
            ("schemas", Map, Kind::Schema),
            ("responses", Map, Kind::Response),
            ("parameters", Map, Kind::Parameter),
            ("examples", Map, Kind::Example),
            ("requestBodies", Map, Kind::Body),
            ("headers", Map, Kind::Header),
            ("pathItems", Map, Kind::PathItem),
        ],
        Kind::PathItem => &[
            ("parameters", List, Kind::Parameter),
            ("get", One, Kind::Operation),
            ("put", One, Kind::Operation),
            ("post", One, Kind::Operation),
            ("delete", One, Kind::Operation),
            ("options", One, Kind::Operation),
            ("head", One, Kind::Operation),
            ("patch", One, Kind::Operation),
            ("trace", One, Kind::Operation),
        ],
        Kind::Operation => &[
            ("parameters", List, Kind::Parameter),
            ("requestBody", One, Kind::Body),
            ("responses", Map, Kind::Response),
        ],
        Kind::Parameter | Kind::Header => {
            &[("schema", One, Kind::Schema), ("content", Map, Kind::Media), ("examples", Map, Kind::Example)]
        }
        Kind::Body => &[("content", Map, Kind::Media)],
        Kind::Response => &[("headers", Map, Kind::Header), ("content", Map, Kind::Media)],
        Kind::Media => {
            &[("schema", One, Kind::Schema), ("examples", Map, Kind::Example), ("encoding", Map, Kind::Encoding)]
        }
        Kind::Encoding => &[("headers", Map, Kind::Header)],
        Kind::Example | Kind::Schema => &[],
    }
}

/// The pointers of every Schema Object that stands in `document` itself.
pub fn schema_positions(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_schemas(document, String::new(), Kind::Document, &mut found);
    found
}

fn collect_schemas(value: &Value, pointer: String, kind: Kind, found: &mut Vec<String>) {
    if kind == Kind::Schema {
        found.push(pointer);
        return;
    }
    for (key, holds, child) in children(kind) {
        let Some(value) = value.get(key) else { continue };
        let pointer = format!("{pointer}/{key}");
        match (holds, value) {
            (Holds::One, value) => collect_schemas(value, pointer, *child, found),
            (Holds::Map, Value::Object(entries)) => {
                for (name, value) in entries {
                    collect_schemas(value, format!("{pointer}/{}", pointer_token(name)), *child, found);
                }
            }
            (Holds::List, Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    collect_schemas(value, format!("{pointer}/{index}"), *child, found);
                }
            }
            _ => {}
        }
    }
}

/// Builds structures from a library, noting the schemas that it meets and the problems.
pub struct Structure<'a> {
    library: &'a Library,
    /// Every schema met so far.
    pub schemas: Vec<Pointer>,
    /// Every problem met so far.
    pub problems: Vec<Problem>,
}

impl<'a> Structure<'a> {
    /// Starts with nothing met.
    pub fn new(library: &'a Library) -> Self {
        Self { library, schemas: Vec::new(), problems: Vec::new() }
    }

    /// The object at `pointer` with every `$ref` replaced by what it names and every schema by its pointer,
    /// as one of openapiv3's types. `None` where it is not that kind of object; the problem is noted.
    pub fn typed<T: DeserializeOwned>(&mut self, pointer: &Pointer, kind: Kind) -> Option<T> {
        let value = self.inline(pointer.clone(), kind)?;
        match serde_path_to_error::deserialize::<_, T>(&value) {
            Ok(typed) => Some(typed),
            Err(error) => {
                let place = self.place_of_error(&value, pointer, &error.path().to_string());
                let wrong = format!("not what OpenAPI knows here: {}", error.inner());
                let help = "compare the object with the OpenAPI specification, section 4.8";
                self.problems.push(Problem::new(place, wrong, help));
                None
            }
        }
    }

    fn inline(&mut self, pointer: Pointer, kind: Kind) -> Option<Value> {
        if kind == Kind::Schema {
            let mark = json!({ POINTER: pointer.to_string() });
            self.schemas.push(pointer);
            return Some(mark);
        }
        let library = self.library;
        let (here, value) = match library.follow(pointer) {
            Ok(found) => found,
            Err(problem) => {
                self.problems.push(problem);
                return None;
            }
        };
        let Value::Object(object) = value else {
            let wrong = format!("expected an object ({kind:?})");
            self.problems.push(Problem::new(library.place(&here), wrong, "write it as an object with keys"));
            return None;
        };
        let mut inlined = object.clone();
        inlined.shift_remove("callbacks");
        inlined.shift_remove("links");
        for (key, holds, child) in children(kind) {
            let Some(value) = inlined.get_mut(*key) else { continue };
            let pointer = here.join(key);
            match (holds, &mut *value) {
                (Holds::One, _) => *value = self.inline(pointer, *child)?,
                (Holds::Map, Value::Object(entries)) => {
                    let names: Vec<String> = entries.keys().cloned().collect();
                    for name in names {
                        let inner = self.inline(pointer.join(&name), *child)?;
                        entries.insert(name, inner);
                    }
                }
                (Holds::List, Value::Array(items)) => {
                    for (index, item) in items.iter_mut().enumerate() {
                        *item = self.inline(pointer.join(&index.to_string()), *child)?;
                    }
                }
                _ => {}
            }
        }
        if kind == Kind::Operation {
            self.check_statuses(&here, object.get("responses"));
            inlined.entry("responses").or_insert(json!({}));
        }
        if kind != Kind::Encoding {
            inlined.insert(ORIGIN.to_owned(), json!(here.to_string()));
        }
        Some(Value::Object(inlined))
    }

    /// A response under a key that is no status would never be promised to anybody.
    fn check_statuses(&mut self, operation: &Pointer, responses: Option<&Value>) {
        let is_status = |key: &str| match key.as_bytes() {
            [b'1'..=b'5', rest @ ..] => rest == b"XX" || rest.len() == 2 && rest.iter().all(u8::is_ascii_digit),
            _ => key == "default" || key.starts_with("x-"),
        };
        let responses = responses.and_then(Value::as_object).into_iter().flatten();
        for (key, _) in responses.filter(|(key, _)| !is_status(key)) {
            let place = self.library.place(&operation.join("responses").join(key));
            let help = "a response stands under a status (\"200\"), a range (\"4XX\") or `default`";
            self.problems.push(Problem::new(place, format!("{key:?} is no status"), help));
        }
    }

    /// Where in the files the part of an inlined value stands that serde stumbled over (`responses.200.content`).
    fn place_of_error(&self, value: &Value, pointer: &Pointer, path: &str) -> Place {
        let mut origin = pointer.clone();
        let mut value = value;
        for key in path.split('.').flat_map(|part| part.split(['[', ']'])).filter(|key| !key.is_empty() && *key != "?")
        {
            let next = key.parse::<usize>().ok().and_then(|index| value.get(index)).or_else(|| value.get(key));
            let Some(next) = next else { break };
            value = next;
            origin = match value.get(ORIGIN).and_then(Value::as_str).and_then(|text| text.parse().ok()) {
                Some(pointer) => pointer,
                None => origin.join(key),
            };
        }
        self.library.place(&origin)
    }
}
