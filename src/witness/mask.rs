//! What others sent may hold keys that the run does not know: whatever stands where a key stands is masked.

use crate::contract::Contract;
use crate::contract::scheme::Scheme;
use crate::credential::authorise::redact;
use crate::credential::customary::{BODY, COOKIES, HEADERS, QUERY, WORDS, own_places};
use crate::credential::place;
use crate::exchange::{Headers, Location, Request, Response};
use crate::harness::echo;
use crate::secret::Redactor;
use percent_encoding::percent_decode_str;

/// What stands for a key that the run does not know.
pub const MASK: &str = "****";

/// The shortest key that is looked for within a text.
const SHORTEST: usize = 6;
/// The shortest key that is looked for in places that are none of a key's: a shorter one may be a word there.
const LONG: usize = 12;
/// Headers that hold a key by their name, beside those of credentials.
const FURTHER_HEADERS: [&str; 3] = ["Proxy-Authorization", "Set-Cookie", "X-Amz-Security-Token"];

/// A request that can be printed and stored: the run's secrets as `${NAME}`, other keys as `****`.
pub fn request(contract: &Contract, redactor: &Redactor, request: &Request) -> Request {
    let mut masked = redact(redactor, request);
    for (name, value) in &mut masked.headers.0 {
        if is_key_header(contract, name) {
            *value = header(name, value);
        }
    }
    masked.path = masked_path(contract, &masked.path);
    let query = masked.query.take().map(|query| masked_query(contract, &query));
    masked.query = query;
    if let Some(form) = form(&masked).map(|form| masked_query(contract, form)) {
        masked.body = form.into_bytes();
    }
    let keys: Vec<String> = place::texts(&masked)
        .into_iter()
        .filter(|(location, text)| matches!(location, Location::Body(_)) && is_key(contract, location, text))
        .map(|(_, text)| text)
        .collect();
    let mut body = masked.body;
    for key in keys {
        let json = serde_json::Value::from(key).to_string();
        body = replaced(&body, json.as_bytes(), format!("\"{MASK}\"").as_bytes());
    }
    let copied = copied(contract, request);
    let headers = without_headers(masked.headers, &copied);
    Request { headers, body: without(body, &copied), ..masked }
}

/// The keys of a request that are looked for in all of it, and in its answer.
fn copied(contract: &Contract, request: &Request) -> Vec<String> {
    keys(contract, request).into_iter().filter(|key| key.len() >= LONG).collect()
}

fn without_headers(headers: Headers, keys: &[String]) -> Headers {
    Headers(headers.0.into_iter().map(|(name, value)| (name, text(&value, keys))).collect())
}

fn without(body: Vec<u8>, keys: &[String]) -> Vec<u8> {
    keys.iter().fold(body, |body, key| replaced(&body, key.as_bytes(), MASK.as_bytes()))
}

/// The answer to a request that can be printed and stored: without the secrets of the run, and without the keys that the request holds.
pub fn answer(contract: &Contract, redactor: &Redactor, request: &Request, answer: &Response) -> Response {
    let copied = copied(contract, request);
    let Response { status, headers, body } = response(redactor, answer);
    Response { status, headers: without_headers(headers, &copied), body: without(body, &copied) }
}

/// The keys in a request that the run does not know, as they stand there.
pub fn keys(contract: &Contract, request: &Request) -> Vec<String> {
    let key = |(location, text): (Location, String)| match &location {
        Location::Header(name) if is_key_header(contract, name) => Some(bare(&text).unwrap_or(&text).to_owned()),
        Location::Header(_) => None,
        Location::Cookie(_) => Some(text),
        _ => is_key(contract, &location, &text).then_some(text),
    };
    let segments = request.path.split('/').map(|segment| (Location::Path, segment.to_owned()));
    let names = request.query_pairs().into_iter().map(|(name, _)| (Location::Path, name));
    let form = form(request).map(|form| url::form_urlencoded::parse(form.as_bytes()).into_owned().collect::<Vec<_>>());
    let form = form.into_iter().flatten().map(|(name, value)| (Location::Query(name), value));
    let found = place::texts(request).into_iter().chain(segments).chain(names).chain(form).filter_map(key);
    found.filter(|key| !key.is_empty() && !is_marked(key)).collect()
}

/// A text without these keys. A short one is only taken for a key where it is all of the text.
pub fn text(text: &str, keys: &[String]) -> String {
    let masked = |text: String, key: &String| {
        let as_json = serde_json::Value::from(key.as_str()).to_string();
        if text == *key {
            MASK.to_owned()
        } else if key.len() >= SHORTEST {
            text.replace(key, MASK).replace(as_json.trim_matches('"'), MASK)
        } else if text == as_json {
            format!("\"{MASK}\"")
        } else {
            text
        }
    };
    keys.iter().fold(text.to_owned(), masked)
}

/// Path and query of a request as they can be printed.
pub fn target(contract: &Contract, redactor: &Redactor, request: &Request) -> String {
    let path = masked_path(contract, &redactor.redact(&request.path));
    match &request.query {
        Some(query) => format!("{path}?{}", masked_query(contract, &redactor.redact(query))),
        None => path,
    }
}

/// A response that can be printed and stored: the run's secrets as `${NAME}`, cookies that it sets as `****`.
fn response(redactor: &Redactor, response: &Response) -> Response {
    let (response, _) = echo::redacted(redactor, response.clone());
    let headers = response.headers.0.into_iter().map(|(name, value)| {
        let value = if name.eq_ignore_ascii_case("set-cookie") { header(&name, &value) } else { value };
        (name, value)
    });
    Response { headers: Headers(headers.collect()), ..response }
}

fn is_key_header(contract: &Contract, name: &str) -> bool {
    let own = contract.credentials.values().filter(|credential| !credential.is_signed()).flat_map(own_places);
    HEADERS.iter().chain(&FURTHER_HEADERS).any(|known| known.eq_ignore_ascii_case(name))
        || name.eq_ignore_ascii_case("cookie")
        || own.into_iter().any(|place| matches!(place, Location::Header(known) if known.eq_ignore_ascii_case(name)))
}

/// The word before a key, and the names of cookies, stay.
fn header(name: &str, value: &str) -> String {
    if is_marked(value) {
        return value.to_owned();
    }
    if name.eq_ignore_ascii_case("cookie") || name.eq_ignore_ascii_case("set-cookie") {
        let mut parts = value.split(';');
        let pair = |part: &str| part.split_once('=').map_or(MASK.to_owned(), |(name, _)| format!("{name}={MASK}"));
        if name.eq_ignore_ascii_case("cookie") {
            return parts.map(pair).collect::<Vec<_>>().join(";");
        }
        let first = parts.next().map(pair).unwrap_or_default();
        return std::iter::once(first).chain(parts.map(str::to_owned)).collect::<Vec<_>>().join(";");
    }
    match bare(value) {
        Some(key) => format!("{}{MASK}", value.strip_suffix(key).unwrap_or_default()),
        None if value.is_empty() => String::new(),
        None => MASK.to_owned(),
    }
}

/// What stands behind a customary word such as `Bearer`.
fn bare(value: &str) -> Option<&str> {
    let (word, key) = value.split_once(' ')?;
    WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)).then_some(key)
}

/// The body of an HTML form.
fn form(request: &Request) -> Option<&str> {
    let media_type = request.headers.get("content-type")?;
    let is_form = media_type.trim_start().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded");
    std::str::from_utf8(&request.body).ok().filter(|_| is_form)
}

fn masked_path(contract: &Contract, path: &str) -> String {
    let masked = |segment| if is_key(contract, &Location::Path, segment) { MASK } else { segment };
    path.split('/').map(masked).collect::<Vec<_>>().join("/")
}

fn masked_query(contract: &Contract, query: &str) -> String {
    let masked = query.split('&').map(|pair| {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let shown = if is_key(contract, &Location::Path, &decoded(name)) { MASK } else { name };
        match pair.contains('=') {
            true if is_key(contract, &Location::Query(decoded(name)), &decoded(value)) => format!("{shown}={MASK}"),
            true => format!("{shown}={value}"),
            false => shown.to_owned(),
        }
    });
    masked.collect::<Vec<_>>().join("&")
}

/// Whether a text stands in a key's place, or has a key's form.
fn is_key(contract: &Contract, location: &Location, text: &str) -> bool {
    if text.is_empty() || is_marked(text) {
        return false;
    }
    let plain = || contract.credentials.values().filter(|credential| !matches!(credential.scheme, Scheme::Placed(_)));
    let customary = match location {
        Location::Query(name) => QUERY.contains(&name.to_ascii_lowercase().as_str()),
        Location::Cookie(name) => COOKIES.contains(&name.as_str()),
        Location::Body(pointer) => BODY.contains(&pointer.as_str()),
        _ => false,
    };
    // `key` is the name of much that is no key.
    let customary = customary && !matches!(location, Location::Body(pointer) if pointer == "/key");
    let bare = text.split_once(' ').map_or(text, |(_, key)| key);
    customary
        || plain().flat_map(own_places).any(|own| own == *location)
        || plain().any(|credential| {
            let pattern = credential.pattern.as_ref();
            pattern.is_some_and(|pattern| pattern.is_match(text) || pattern.is_match(bare))
        })
}

fn is_marked(text: &str) -> bool {
    text.contains("${")
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = 0;
    for at in memchr::memmem::find_iter(bytes, from) {
        out.extend_from_slice(&bytes[rest..at]);
        out.extend_from_slice(to);
        rest = at + from.len();
    }
    out.extend_from_slice(&bytes[rest..]);
    out
}
