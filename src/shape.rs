//! The shape of an exchange: what stood where and in which form, with the values taken out.
//!
//! It is the same text for a fake and for a deployment, and holds no host, time, id, port or secret.

use crate::contract::Contract;
use crate::contract::library::Pointer;
use crate::contract::operation::{Content, Operation, ParameterIn, is_json};
use crate::contract::schema::{declared_properties, visit_branches};
use crate::contract::scheme::{PlacedPart, Scheme};
use crate::exchange::{Exchange, Request, Response};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The shape of one JSON value, or of several that were seen in the same place.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    /// Words such as `string`, `"POST"`, `null`; several where several were seen.
    Words(Vec<String>),
    /// Keys, and whether every object had them.
    Object(BTreeMap<String, (bool, Node)>),
    /// What the items look like; `None` for an empty list.
    List(Option<Box<Node>>),
}

/// The shape of an exchange with `operation`, as text.
///
/// `server_path` is the path under which the target serves the contract; it is not part of the shape.
pub fn of(contract: &Contract, operation: Option<&Operation>, server_path: &str, exchange: &Exchange) -> String {
    let mut text = String::new();
    let path = exchange.request.path.strip_prefix(server_path).unwrap_or(&exchange.request.path);
    let path = operation.map_or(path, |operation| operation.template.as_str());
    line(&mut text, 0, &format!("request: {} {path}", exchange.request.method));
    let query = query_names(contract, operation, &exchange.request);
    if !query.is_empty() {
        line(&mut text, 1, &format!("query: {}", query.join(", ")));
    }
    let credentials = credentials(contract, operation, &exchange.request);
    if credentials.is_empty() {
        line(&mut text, 1, "credential: none");
    }
    for credential in credentials {
        line(&mut text, 1, &format!("credential: {credential}"));
    }
    let contents = operation.and_then(|operation| operation.body.as_ref()).map(|body| &body.contents);
    let media_type = exchange.request.headers.media_type();
    let content = media_type
        .as_deref()
        .zip(contents)
        .and_then(|(media_type, contents)| crate::contract::operation::find_content(contents, media_type));
    body(&mut text, contract, media_type.as_deref(), content, &exchange.request.body);
    response(&mut text, contract, operation, &exchange.response);
    text
}

fn line(text: &mut String, depth: usize, words: &str) {
    writeln!(text, "{:indent$}{words}", "", indent = depth * 2).expect("writing to a string cannot fail");
}

fn response(text: &mut String, contract: &Contract, operation: Option<&Operation>, response: &Response) {
    line(text, 0, &format!("response: {}", response.status));
    let promised = operation.and_then(|operation| operation.promise(response.status));
    for header in promised.map(|promised| promised.headers.as_slice()).unwrap_or_default() {
        if response.headers.get(&header.name).is_some() {
            line(text, 1, &format!("header: {}", header.name));
        }
    }
    let media_type = response.headers.media_type();
    let content = media_type.as_deref().zip(promised).and_then(|(media_type, promised)| promised.content(media_type));
    body(text, contract, media_type.as_deref(), content, &response.body);
}

fn body(text: &mut String, contract: &Contract, media_type: Option<&str>, content: Option<&Content>, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let media_type = media_type.unwrap_or("unknown");
    line(text, 1, &format!("body: {media_type}"));
    let value = if is_json(media_type) { serde_json::from_slice::<Value>(bytes).ok() } else { None };
    if let Some(value) = value {
        let pointers = content.and_then(|content| content.schema.as_ref()).map(|schema| vec![schema.pointer.clone()]);
        print(text, &node(contract, &pointers.unwrap_or_default(), &value), None, 2);
    }
}

fn query_names(contract: &Contract, operation: Option<&Operation>, request: &Request) -> Vec<String> {
    let is_credential = |name: &str| {
        operation.is_some_and(|operation| {
            operation.security.credentials().into_iter().filter_map(|id| contract.credentials.get(id)).any(|credential| {
                matches!(&credential.scheme, Scheme::Key { location: ParameterIn::Query, name: known } if known == name)
            })
        })
    };
    let mut names: Vec<String> = request.query_pairs().into_iter().map(|(name, _)| name).collect();
    names.retain(|name| !is_credential(name));
    names.sort();
    names.dedup();
    names
}

/// Where the contract's credentials sat in a request and in which form, and where else a secret stood.
fn credentials(contract: &Contract, operation: Option<&Operation>, request: &Request) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut note = |place: String, text: Option<String>| {
        if let Some(text) = text {
            let entry = format!("{place}: {}", form(&text));
            if !found.contains(&entry) {
                found.push(entry);
            }
        }
    };
    let own: Vec<_> = match operation {
        Some(operation) => {
            operation.security.credentials().into_iter().filter_map(|id| contract.credentials.get(id)).collect()
        }
        None => contract.credentials.values().collect(),
    };
    let header = |name: &str| request.headers.get(name).map(str::to_owned);
    let pair = |pairs: Vec<(String, String)>, name: &str| {
        pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    };
    for credential in own {
        match &credential.scheme {
            Scheme::Key { location: ParameterIn::Query, name } => {
                note(format!("query {name}"), pair(request.query_pairs(), name));
            }
            Scheme::Key { location: ParameterIn::Cookie, name } => {
                note(format!("cookie {name}"), pair(request.cookies(), name));
            }
            Scheme::Key { name, .. } => note(format!("header {name}"), header(name)),
            Scheme::Word { .. } | Scheme::Basic { .. } => {
                note("header Authorization".to_owned(), header("Authorization"));
            }
            Scheme::Placed(placed) => {
                for part in &placed.places {
                    match part {
                        PlacedPart::Header(name, _) => note(format!("header {name}"), header(name)),
                        PlacedPart::Query(name, _) => note(format!("query {name}"), pair(request.query_pairs(), name)),
                        PlacedPart::Cookie(name, _) => note(format!("cookie {name}"), pair(request.cookies(), name)),
                        PlacedPart::Body { at, .. } => {
                            let each = operation
                                .and_then(|operation| placed.payload.get(&operation.id))
                                .and_then(|payload| payload.each.clone());
                            let pattern = format!("{}{at}", each.unwrap_or_default());
                            let body = request.json().unwrap_or(Value::Null);
                            let first = first_at(&body, &pattern);
                            note(format!("body {pattern}"), first.map(text_of));
                        }
                    }
                }
            }
        }
    }
    found
}

/// The first value at a pattern such as `/items/*/auth`.
fn first_at<'a>(body: &'a Value, pattern: &str) -> Option<&'a Value> {
    body.pointer(&pattern.replace("/*", "/0"))
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The form of a credential's text: words, and what kind of characters the rest is.
fn form(text: &str) -> String {
    if let Ok(value @ Value::Object(_)) = serde_json::from_str::<Value>(text) {
        let object = value.as_object().into_iter().flatten();
        let parts: Vec<String> = object.map(|(key, value)| format!("{key}: {}", form(&text_of(value)))).collect();
        return format!("{{{}}}", parts.join(", "));
    }
    if let Some((word, rest)) = text.split_once(' ')
        && word.chars().all(|c| c.is_ascii_alphabetic())
    {
        return format!("{word} {}", form(rest));
    }
    let length = text.len();
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) {
        "digits".to_owned()
    } else if length >= 16 && text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)) {
        format!("hex {length}")
    } else {
        "text".to_owned()
    }
}

fn node(contract: &Contract, schemas: &[Pointer], value: &Value) -> Node {
    if let Some(words) = stated(contract, schemas, value) {
        return Node::Words(vec![words]);
    }
    match value {
        Value::Object(object) => {
            let mut declared: Vec<(String, Pointer)> = Vec::new();
            let mut open: Vec<Pointer> = Vec::new();
            for pointer in schemas {
                declared.extend(declared_properties(&contract.schemas, pointer));
                visit_branches(&contract.schemas, pointer, 0, &mut |here, schema| {
                    if schema.get("additionalProperties").is_some_and(Value::is_object) {
                        open.push(here.join("additionalProperties"));
                    }
                });
            }
            let mut keys: BTreeMap<String, (bool, Node)> = BTreeMap::new();
            for (key, value) in object {
                let own: Vec<Pointer> =
                    declared.iter().filter(|(name, _)| name == key).map(|(_, pointer)| pointer.clone()).collect();
                // Keys of a map are values: they are taken out too.
                let (key, schemas) =
                    if own.is_empty() && !open.is_empty() { ("*", open.clone()) } else { (key.as_str(), own) };
                let shape = node(contract, &schemas, value);
                match keys.remove(key) {
                    Some((_, other)) => keys.insert(key.to_owned(), (true, merged(other, shape))),
                    None => keys.insert(key.to_owned(), (true, shape)),
                };
            }
            Node::Object(keys)
        }
        Value::Array(items) => {
            let mut of_items: Vec<Pointer> = Vec::new();
            for pointer in schemas {
                visit_branches(&contract.schemas, pointer, 0, &mut |here, schema| {
                    if schema.get("items").is_some_and(Value::is_object) {
                        of_items.push(here.join("items"));
                    }
                });
            }
            let states_values = states_values(contract, &of_items);
            // A vector has hundreds of items, and all but the first add nothing.
            let mut different: Vec<&Value> = Vec::new();
            for item in items {
                let is_certain = !states_values && !item.is_object() && !item.is_array();
                if !(is_certain && different.iter().any(|other| is_alike(other, item))) {
                    different.push(item);
                }
            }
            let shapes = different.into_iter().map(|item| node(contract, &of_items, item));
            Node::List(shapes.reduce(merged).map(Box::new))
        }
        scalar => Node::Words(vec![type_word(contract, schemas, scalar)]),
    }
}

/// Whether the schemas have constants or enumerations.
fn states_values(contract: &Contract, schemas: &[Pointer]) -> bool {
    let mut found = false;
    for pointer in schemas {
        visit_branches(&contract.schemas, pointer, 0, &mut |_, schema| {
            found |= schema.get("const").is_some() || schema.get("enum").is_some();
        });
    }
    found
}

/// Whether two values are of one shape where the schema states no values; not said of objects and lists.
fn is_alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Null, Value::Null) | (Value::Bool(_), Value::Bool(_)) | (Value::String(_), Value::String(_)) => true,
        (Value::Number(one), Value::Number(other)) => one.is_f64() == other.is_f64(),
        _ => false,
    }
}

/// A constant or an enumeration of the schema that the value is of, as it is written.
fn stated(contract: &Contract, schemas: &[Pointer], value: &Value) -> Option<String> {
    let mut found = None;
    for pointer in schemas {
        visit_branches(&contract.schemas, pointer, 0, &mut |_, schema| {
            if let Some(constant) = schema.get("const").filter(|constant| *constant == value) {
                found = Some(constant.to_string());
            }
            if let Some(options) =
                schema.get("enum").and_then(Value::as_array).filter(|options| options.contains(value))
            {
                let options: Vec<String> = options.iter().map(Value::to_string).collect();
                found = found.take().or(Some(options.join(" | ")));
            }
        });
    }
    found
}

fn type_word(contract: &Contract, schemas: &[Pointer], value: &Value) -> String {
    let mut numbers_are_decimal = false;
    for pointer in schemas {
        visit_branches(&contract.schemas, pointer, 0, &mut |_, schema| {
            let kinds = schema.get("type").cloned().unwrap_or(Value::Null);
            numbers_are_decimal |=
                kinds == "number" || kinds.as_array().is_some_and(|kinds| kinds.contains(&Value::from("number")));
        });
    }
    let word = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() || numbers_are_decimal => "number",
        Value::Number(_) => "integer",
        _ => "string",
    };
    word.to_owned()
}

/// The shape of what was seen as one or the other.
fn merged(one: Node, other: Node) -> Node {
    match (one, other) {
        (Node::Words(mut words), Node::Words(others)) => {
            words.extend(others);
            words.sort();
            words.dedup();
            Node::Words(words)
        }
        (Node::Object(mut keys), Node::Object(mut others)) => {
            for (key, (always, _)) in &mut keys {
                *always &= others.contains_key(key);
            }
            for (key, (always, shape)) in std::mem::take(&mut others) {
                let entry = match keys.remove(&key) {
                    Some((mine, known)) => (mine && always, merged(known, shape)),
                    None => (false, shape),
                };
                keys.insert(key, entry);
            }
            Node::Object(keys)
        }
        (Node::List(one), Node::List(other)) => Node::List(match (one, other) {
            (Some(one), Some(other)) => Some(Box::new(merged(*one, *other))),
            (one, other) => one.or(other),
        }),
        // Values of different kinds in the same place: each is named.
        (one, other) => merged(Node::Words(vec![kind_word(&one)]), Node::Words(vec![kind_word(&other)])),
    }
}

fn kind_word(node: &Node) -> String {
    match node {
        Node::Words(words) => words.join(" | "),
        Node::Object(_) => "object".to_owned(),
        Node::List(_) => "list".to_owned(),
    }
}

fn print(text: &mut String, node: &Node, key: Option<&str>, depth: usize) {
    let key = key.unwrap_or(".");
    match node {
        Node::Words(words) => line(text, depth, &format!("{key}: {}", words.join(" | "))),
        Node::List(None) => line(text, depth, &format!("{key}[]: empty")),
        Node::List(Some(item)) => print(text, item, Some(&format!("{key}[]")), depth),
        Node::Object(keys) if keys.is_empty() => line(text, depth, &format!("{key}: {{}}")),
        Node::Object(keys) => {
            let inner = if key == "." { depth } else { depth + 1 };
            if key != "." {
                line(text, depth, &format!("{key}:"));
            }
            for (name, (always, node)) in keys {
                let name = if *always { name.clone() } else { format!("{name}?") };
                print(text, node, Some(&name), inner);
            }
        }
    }
}
