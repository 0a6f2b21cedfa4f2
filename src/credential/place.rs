//! Putting values into a request, and finding them there.

use crate::exchange::{Location, Request};
use crate::request::set_field;
use serde_json::{Value, json};

/// Puts a text at a location of a request; in a JSON body as a string.
pub fn put(request: &mut Request, location: &Location, text: &str) -> Result<(), String> {
    match location {
        Location::Header(name) => request.headers.set(name, text),
        Location::Query(name) => {
            let mut pairs = request.query_pairs();
            pairs.retain(|(known, _)| known != name);
            pairs.push((name.clone(), text.to_owned()));
            request.query = Some(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish());
        }
        Location::Cookie(name) => {
            let mut pairs = request.cookies();
            pairs.retain(|(known, _)| known != name);
            pairs.push((name.clone(), text.to_owned()));
            let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers.set("cookie", pairs.join("; "));
        }
        Location::Body(pointer) => put_json(request, pointer, json!(text))?,
        other => return Err(format!("a credential cannot be put in the {other}")),
    }
    Ok(())
}

/// Puts a value into a request's JSON body; a request without a body gets one.
pub fn put_json(request: &mut Request, pointer: &str, value: Value) -> Result<(), String> {
    let mut body = if request.body.is_empty() { json!({}) } else { request.json().ok_or("the body is not JSON")? };
    set_field(&mut body, pointer, value)?;
    request.body = body.to_string().into_bytes();
    if request.headers.get("content-type").is_none() {
        request.headers.set("content-type", "application/json");
    }
    Ok(())
}

/// Every text of a request that could be a credential, with its place.
pub fn texts(request: &Request) -> Vec<(Location, String)> {
    let mut found: Vec<(Location, String)> = Vec::new();
    for (name, value) in &request.headers.0 {
        if !name.eq_ignore_ascii_case("cookie") {
            found.push((Location::Header(name.clone()), value.clone()));
        }
    }
    found.extend(request.query_pairs().into_iter().map(|(name, value)| (Location::Query(name), value)));
    found.extend(request.cookies().into_iter().map(|(name, value)| (Location::Cookie(name), value)));
    if let Some(body) = request.json() {
        collect(&body, String::new(), &mut found);
    }
    found
}

fn collect(value: &Value, pointer: String, found: &mut Vec<(Location, String)>) {
    match value {
        Value::String(text) => found.push((Location::Body(pointer), text.clone())),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, format!("{pointer}/{index}"), found));
        }
        Value::Object(object) => object.iter().for_each(|(key, item)| {
            collect(item, format!("{pointer}/{}", crate::contract::document::pointer_token(key)), found);
        }),
        _ => {}
    }
}

/// The pointers that a pattern such as `/items/*` stands for in `body`; a pattern without `*` stands for itself.
pub fn expand(body: &Value, pattern: &str) -> Vec<String> {
    let Some((before, after)) = pattern.split_once("/*") else {
        return vec![pattern.to_owned()];
    };
    let count = body.pointer(before).and_then(Value::as_array).map_or(0, Vec::len);
    (0..count).flat_map(|index| expand(body, &format!("{before}/{index}{after}"))).collect()
}
