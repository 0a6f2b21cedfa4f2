//! A script for bash that calls with curl and signs with openssl.

use super::call::{Call, Content, Signed};
use super::layout::Layout;
use super::piece::{Field, Filter, Node, Piece, Text};
use crate::contract::scheme::{Algorithm, Encoding, KeyForm, TimestampUnit};
use crate::request::text;
use serde_json::Value;

/// What has to be installed.
pub fn needs(call: &Call) -> Vec<String> {
    let openssl = call.signed.is_some() || !call.filters().is_empty();
    let mut needs = vec!["bash".to_owned(), "curl 7.76".to_owned()];
    if !call.query.is_empty() && !is_bare_get(call) {
        needs[1] = "curl 7.87".to_owned();
    }
    needs.extend(openssl.then(|| "openssl".to_owned()));
    needs
}

/// The script.
pub fn render(call: &Call) -> String {
    let mut script = format!("#!/usr/bin/env bash\n# {}\nset -euo pipefail\n", call.summary);
    for variable in &call.variables {
        script += &format!(": \"${{{}:?{}}}\"\n", variable.name, escaped(&variable.meaning).replace('}', "\\}"));
    }
    script += "\n";
    let before = preparation(call);
    if !before.is_empty() {
        script += &format!("{before}\n");
    }
    if call.headers.iter().any(|(_, value)| has_secret(value)) || call.query.iter().any(|(_, value)| has_secret(value))
    {
        script += "# <(printf …) keeps the key out of the list of processes.\n";
    }
    script + &command(call)
}

const SHOWN: &str = "# openssl takes the secret as an argument: for a moment the list of processes shows it.\n";

/// What comes before the call: the time, the message, the signature.
fn preparation(call: &Call) -> String {
    let mut lines = String::new();
    if call.signs(&Piece::RawBody) {
        lines += &format!("body=$(cat <<'JSON'\n{}\nJSON\n)\n", json(call, false));
    }
    if let (true, Content::Json(body)) = (call.signs(&Piece::CanonicalBody), &call.body) {
        lines += &format!("# The body, compact and with sorted keys.\ncanonical_body={}\n", quoted(&body.to_string()));
    }
    match call.time {
        Some(TimestampUnit::Seconds) => lines += "timestamp=$(date +%s)\n",
        Some(TimestampUnit::Milliseconds) => lines += "timestamp=$(date +%s)000 # in milliseconds\n",
        Some(TimestampUnit::Iso8601) => lines += "timestamp=$(date -u +%Y-%m-%dT%H:%M:%SZ)\n",
        None => {}
    }
    let Some(signed) = &call.signed else { return lines };
    if call.filters().contains(&Filter::NormalizedUrl) {
        lines += "# A URL is signed as a WHATWG parser writes it, as it stands here already.\n";
    }
    let keyed = format!("openssl dgst -{} {}", digest(signed.algorithm), key(signed));
    let written = written(signed.encoding);
    let Some(items) = items(call, signed) else {
        let shell = Shell { call, whole: body_of(call) };
        if !signed.payload.is_empty() {
            lines += &format!("payload={}\n", shell.word(&signed.payload));
        }
        lines += &format!("message={}\n{SHOWN}", shell.word(&signed.message));
        return lines + &format!("signature=$(printf %s \"$message\" | {keyed} {written})\n");
    };
    lines += &format!("{SHOWN}sign() {{\n  printf %s \"$1\" | {keyed} {written}\n}}\n");
    for (number, item) in items.iter().enumerate() {
        let shell = Shell { call, whole: item };
        if !signed.payload.is_empty() {
            lines += &format!("payload={}\n", shell.word(&signed.payload));
        }
        lines += &format!("signature_{}=$(sign {})\n", number + 1, shell.word(&signed.message));
    }
    lines
}

fn command(call: &Call) -> String {
    let shell = Shell { call, whole: body_of(call) };
    let mut url = call.base.clone();
    super::piece::push(&mut url, Piece::Literal(call.path.clone()));
    let mut arguments = vec![format!("curl --fail-with-body --silent --show-error {}", shell.word(&url))];
    let has_body = call.body != Content::Empty;
    match call.method.as_str() {
        "GET" if !has_body => {}
        "POST" if has_body => {}
        "HEAD" => arguments.push("--head".to_owned()),
        method => arguments.push(format!("--request {method}")),
    }
    if is_bare_get(call) && !call.query.is_empty() {
        arguments.push("--get".to_owned());
    }
    let option = if is_bare_get(call) { "--data-urlencode" } else { "--url-query" };
    for (name, value) in &call.query {
        // curl encodes the value, and leaves the name as it is.
        let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        arguments.push(if has_secret(value) {
            format!("{option} {}@<(printf %s {})", quoted_if_needed(&name), shell.word(value))
        } else {
            let mut pair = vec![Piece::Literal(format!("{name}="))];
            pair.extend(value.iter().cloned());
            format!("{option} {}", shell.word(&pair))
        });
    }
    for (name, value) in &call.headers {
        let mut line = Text::new();
        super::piece::push(&mut line, Piece::Literal(format!("{name}: ")));
        value.iter().for_each(|piece| super::piece::push(&mut line, piece.clone()));
        let line = shell.word(&line);
        arguments.push(if has_secret(value) {
            format!("--header @<(printf %s {line})")
        } else {
            format!("--header {line}")
        });
    }
    if let Some((user, password)) = &call.basic {
        arguments.push(format!(
            "--user {}",
            shell.word(&vec![Piece::Literal(format!("{user}:")), Piece::Variable(password.clone())])
        ));
    }
    let mut behind = String::new();
    match &call.body {
        Content::Empty => {}
        _ if call.signs(&Piece::RawBody) => arguments.push("--data-binary \"$body\"".to_owned()),
        Content::Json(_) => {
            let is_filled = !call.parts.is_empty();
            let mark = if is_filled { "JSON" } else { "'JSON'" };
            arguments.push(format!("--data-binary @- <<{mark}"));
            behind = format!("{}\nJSON\n", json(call, is_filled));
        }
        Content::Text(body) => arguments.push(format!("--data-binary {}", quoted(body))),
        Content::Form(pairs) => {
            arguments.extend(
                pairs.iter().map(|(name, value)| format!("--data-urlencode {}", quoted(&format!("{name}={value}")))),
            );
        }
        Content::Multipart(fields) => arguments.extend(fields.iter().map(|(name, value, is_file)| {
            if *is_file {
                format!(
                    "--form {}@<(printf %s {})';filename={name}'",
                    quoted_if_needed(&format!("{name}=")),
                    quoted(value)
                )
            } else {
                format!("--form-string {}", quoted(&format!("{name}={value}")))
            }
        })),
    }
    format!("{}\n{behind}", arguments.join(" \\\n  "))
}

/// Whether nothing but the query can hold data.
fn is_bare_get(call: &Call) -> bool {
    call.method == "GET" && call.body == Content::Empty
}

fn has_secret(text: &Text) -> bool {
    text.iter().any(|piece| matches!(piece, Piece::Variable(_)))
}

fn body_of(call: &Call) -> &Value {
    match &call.body {
        Content::Json(body) => body,
        _ => &Value::Null,
    }
}

/// The items that are each signed.
fn items<'a>(call: &'a Call, signed: &Signed) -> Option<&'a Vec<Value>> {
    body_of(call).pointer(signed.each.as_deref()?)?.as_array()
}

/// The JSON body; with `is_filled` as a here-document in which variables stand.
fn json(call: &Call, is_filled: bool) -> String {
    let body = body_of(call);
    let mut node = Node::of(body);
    match call.signed.as_ref().and_then(|signed| Some((signed.each.as_deref()?, items(call, signed)?.len()))) {
        None => call.parts.iter().for_each(|(at, part)| node.put(at, part.clone())),
        Some((list, count)) => {
            for number in 0..count {
                for (at, part) in &call.parts {
                    node.put(&format!("{list}/{number}{at}"), numbered(part, number + 1));
                }
            }
        }
    }
    let leaf = |leaf: &Node| match leaf {
        Node::Text(text) => within_json(call, text),
        Node::Plain(value) if is_filled => escaped_here(&value.to_string()),
        Node::Plain(value) => value.to_string(),
        Node::List(_) | Node::Object(_) => unreachable!("these have members"),
    };
    Layout { indent: "  ", trailing_comma: false, leaf: &leaf }.write(&node, "")
}

/// A part with the signature of that item.
fn numbered(part: &Node, number: usize) -> Node {
    match part {
        Node::Text(text) => {
            let piece = |piece: &Piece| match piece {
                Piece::Signature => Piece::Variable(format!("signature_{number}")),
                other => other.clone(),
            };
            Node::Text(text.iter().map(piece).collect())
        }
        Node::List(items) => Node::List(items.iter().map(|item| numbered(item, number)).collect()),
        Node::Object(object) => {
            Node::Object(object.iter().map(|(key, item)| (key.clone(), numbered(item, number))).collect())
        }
        plain @ Node::Plain(_) => plain.clone(),
    }
}

/// A text of a JSON here-document; a time that is a number stands without quotes.
fn within_json(call: &Call, text: &Text) -> String {
    let shell = Shell { call, whole: &Value::Null };
    if let [Piece::Timestamp] = text.as_slice()
        && call.time != Some(TimestampUnit::Iso8601)
    {
        return "$timestamp".to_owned();
    }
    let literal = |text: &str| {
        let json = Value::String(text.to_owned()).to_string();
        escaped_here(&json[1..json.len() - 1])
    };
    format!("\"{}\"", shell.within(text, &literal))
}

/// Texts as a shell writes them.
struct Shell<'a> {
    call: &'a Call,
    /// What fields are read from: the body, or an item.
    whole: &'a Value,
}

impl Shell<'_> {
    /// The text as one word.
    fn word(&self, text: &Text) -> String {
        match text.as_slice() {
            [Piece::Literal(literal)] => quoted(literal),
            [Piece::Field(field)] if is_plain(field) => quoted(&self.value(field)),
            [Piece::Field(field)] => self.computed(field),
            _ => format!("\"{}\"", self.within(text, &escaped)),
        }
    }

    /// The text between double quotes.
    fn within(&self, text: &Text, literal: &dyn Fn(&str) -> String) -> String {
        let mut written = String::new();
        for (index, piece) in text.iter().enumerate() {
            let next = match text.get(index + 1) {
                Some(Piece::Literal(next)) => next.chars().next(),
                _ => None,
            };
            let variable = |name: &str| {
                if next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
                    format!("${{{name}}}")
                } else {
                    format!("${name}")
                }
            };
            written += &match piece {
                Piece::Literal(text) => literal(text),
                Piece::Variable(name) => variable(name),
                Piece::Timestamp => variable("timestamp"),
                Piece::Signature => variable("signature"),
                Piece::Payload => variable("payload"),
                Piece::RawBody => variable("body"),
                Piece::CanonicalBody => variable("canonical_body"),
                Piece::Field(field) if is_plain(field) => literal(&self.value(field)),
                Piece::Field(field) => self.computed(field),
            };
        }
        written
    }

    fn value(&self, field: &Field) -> String {
        let whole = if field.of_item { self.whole } else { body_of(self.call) };
        field.value(whole).map(text).unwrap_or_default()
    }

    /// A value through its filters.
    fn computed(&self, field: &Field) -> String {
        let mut command = format!("printf %s {}", quoted(&self.value(field)));
        for filter in &field.filters {
            // A digest ends with a line break, which is no part of it; the last one goes by itself.
            if command.ends_with("cut -d' ' -f1") {
                command += " | tr -d '\\n'";
            }
            if let Some(next) = command_of(*filter) {
                command += &format!(" | {next}");
            }
        }
        format!("$({command})")
    }
}

/// Whether the example's value is signed as it stands.
fn is_plain(field: &Field) -> bool {
    field.filters.iter().all(|filter| command_of(*filter).is_none())
}

/// The command of a filter; none where the example is as the filter makes it.
fn command_of(filter: Filter) -> Option<&'static str> {
    match filter {
        Filter::Sha256 => Some("openssl dgst -sha256 -r | cut -d' ' -f1"),
        Filter::Hex => Some("od -An -v -tx1 | tr -d ' \\n'"),
        Filter::Base64 => Some("openssl base64 -A"),
        Filter::Upper => Some("tr a-z A-Z"),
        Filter::Lower => Some("tr A-Z a-z"),
        Filter::NormalizedUrl => None,
    }
}

fn digest(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::HmacSha1 => "sha1",
        Algorithm::HmacSha256 => "sha256",
        Algorithm::HmacSha512 => "sha512",
    }
}

fn key(signed: &Signed) -> String {
    let Signed { key, secret, .. } = signed;
    match key {
        KeyForm::Text => format!("-hmac \"${secret}\""),
        KeyForm::Hex => format!("-mac HMAC -macopt \"hexkey:${secret}\""),
        KeyForm::Base64 => {
            let bytes = format!("printf %s \"${secret}\" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n'");
            format!("-mac HMAC -macopt \"hexkey:$({bytes})\"")
        }
    }
}

fn written(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Hex => "-r | cut -d' ' -f1",
        Encoding::HexUpper => "-r | cut -d' ' -f1 | tr a-f A-F",
        Encoding::Base64 => "-binary | openssl base64 -A",
        Encoding::Base64url => "-binary | openssl base64 -A | tr '+/' '-_' | tr -d '='",
    }
}

/// A text in single quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn quoted_if_needed(text: &str) -> String {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.=".contains(c));
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// What stands between double quotes.
fn escaped(text: &str) -> String {
    escaped_here(text).replace('"', "\\\"")
}

/// What stands in a here-document with variables.
fn escaped_here(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('`', "\\`")
}
