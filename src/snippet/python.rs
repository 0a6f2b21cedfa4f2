//! A script for Python with nothing but its standard library.

use super::call::{Call, Content, Signed};
use super::layout::Layout;
use super::piece::{Field, Filter, Node, Piece, Text, push};
use crate::contract::scheme::{Algorithm, Encoding, KeyForm, TimestampUnit};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What has to be installed.
pub fn needs(_: &Call) -> Vec<String> {
    vec!["Python 3.8".to_owned()]
}

/// The script.
pub fn render(call: &Call) -> String {
    let code = format!("{}{}{}", preparation(call), request(call), SENT);
    let environment: String = call
        .variables
        .iter()
        .map(|variable| format!("{} = os.environ[{}]\n", local(&variable.name), text(&variable.name)))
        .collect();
    let summary = call.summary.replace('\\', "\\\\").replace('"', "'");
    format!("\"\"\"{summary}\"\"\"\n\n{}\n{environment}\n{code}", imports(&code))
}

const SENT: &str = "\
try:
    with urllib.request.urlopen(request) as response:
        print(response.status, response.read().decode())
except urllib.error.HTTPError as refusal:
    sys.exit(f\"{refusal.code} {refusal.read().decode()}\")
";

/// The modules that the code names.
fn imports(code: &str) -> String {
    const MODULES: [&str; 7] = ["base64", "hashlib", "hmac", "json", "time", "urllib.parse", "uuid"];
    let mut modules: BTreeSet<&str> = ["os", "sys", "urllib.error", "urllib.request"].into();
    modules.extend(MODULES.into_iter().filter(|module| code.contains(&format!("{module}."))));
    let mut lines: String = modules.into_iter().map(|module| format!("import {module}\n")).collect();
    if code.contains("datetime.now") {
        lines += "from datetime import datetime, timezone\n";
    }
    lines
}

/// Body, time, message, signature.
fn preparation(call: &Call) -> String {
    let mut lines = body(call);
    if call.signs(&Piece::CanonicalBody) {
        let form = "separators=(\",\", \":\"), sort_keys=True, ensure_ascii=False";
        lines += &format!("canonical_body = json.dumps(body, {form})\n");
    }
    match call.time {
        Some(TimestampUnit::Seconds) => lines += "timestamp = int(time.time())\n",
        Some(TimestampUnit::Milliseconds) => lines += "timestamp = int(time.time() * 1000)\n",
        Some(TimestampUnit::Iso8601) => {
            lines += "timestamp = datetime.now(timezone.utc).strftime(\"%Y-%m-%dT%H:%M:%SZ\")\n";
        }
        None => {}
    }
    match &call.signed {
        None => lines += &placed(call, "body", ""),
        Some(signed) => match &signed.each {
            None => lines += &format!("{}{}", signature(call, signed, ""), placed(call, "body", "")),
            Some(list) => {
                lines += &format!("for item in {}:\n", path("body", list));
                lines += &format!("{}{}", signature(call, signed, "    "), placed(call, "item", "    "));
            }
        },
    }
    if lines.is_empty() { lines } else { lines + "\n" }
}

fn body(call: &Call) -> String {
    match &call.body {
        Content::Empty => String::new(),
        Content::Json(value) if call.signs(&Piece::RawBody) => {
            format!("body = json.dumps({})\n", written(&Node::of(value), "body = json.dumps("))
        }
        Content::Json(value) => format!("body = {}\n", written(&Node::of(value), "body = ")),
        Content::Text(body) => format!("body = {}\n", text(body)),
        Content::Form(pairs) => {
            let pairs = pairs.iter().map(|(name, value)| (name.clone(), Node::Plain(json!(value)))).collect();
            format!(
                "body = urllib.parse.urlencode({})\n",
                written(&Node::Object(pairs), "body = urllib.parse.urlencode(")
            )
        }
        Content::Multipart(fields) => multipart(fields),
    }
}

fn multipart(fields: &[(String, String, bool)]) -> String {
    let mut lines = "boundary = uuid.uuid4().hex\nbody = (\n".to_owned();
    for (name, value, is_file) in fields {
        let file = if *is_file { format!("; filename=\"{name}\"") } else { String::new() };
        lines += "    f\"--{boundary}\\r\\n\"\n";
        lines += &format!("    'Content-Disposition: form-data; name=\"{name}\"{file}\\r\\n'\n");
        if *is_file {
            lines += "    \"Content-Type: application/octet-stream\\r\\n\"\n";
        }
        lines += &format!("    \"\\r\\n\"\n    {}\n", text(&format!("{value}\r\n")));
    }
    lines + "    f\"--{boundary}--\\r\\n\"\n)\n"
}

/// The message and its signature.
fn signature(call: &Call, signed: &Signed, margin: &str) -> String {
    let mut lines = String::new();
    if call.filters().contains(&Filter::NormalizedUrl) {
        lines += &format!("{margin}# A URL is signed as a WHATWG parser writes it, as it stands here already.\n");
    }
    if !signed.payload.is_empty() {
        lines += &format!("{margin}payload = {}\n", expression(&signed.payload));
    }
    lines += &format!("{margin}message = {}\n", expression(&signed.message));
    let secret = local(&signed.secret);
    let key = match signed.key {
        KeyForm::Text => format!("{secret}.encode()"),
        KeyForm::Hex => format!("bytes.fromhex({secret})"),
        KeyForm::Base64 => format!("base64.b64decode({secret})"),
    };
    let digest = match signed.algorithm {
        Algorithm::HmacSha1 => "sha1",
        Algorithm::HmacSha256 => "sha256",
        Algorithm::HmacSha512 => "sha512",
    };
    let keyed = format!("hmac.new({key}, message.encode(), hashlib.{digest})");
    let signature = match signed.encoding {
        Encoding::Hex => format!("{keyed}.hexdigest()"),
        Encoding::HexUpper => format!("{keyed}.hexdigest().upper()"),
        Encoding::Base64 => format!("base64.b64encode({keyed}.digest()).decode()"),
        Encoding::Base64url => format!("base64.urlsafe_b64encode({keyed}.digest()).decode().rstrip(\"=\")"),
    };
    lines + &format!("{margin}signature = {signature}\n")
}

/// The parts of the credential in the body.
fn placed(call: &Call, whole: &str, margin: &str) -> String {
    let part = |(at, node): &(String, Node)| {
        let before = format!("{margin}{} = ", path(whole, at));
        format!("{before}{}\n", written(node, &before))
    };
    call.parts.iter().map(part).collect()
}

fn request(call: &Call) -> String {
    let mut url = call.base.clone();
    push(&mut url, Piece::Literal(call.path.clone()));
    let mut lines = String::new();
    let mut address = expression(&url);
    if !call.query.is_empty() {
        push(&mut url, Piece::Literal(if call.path.contains('?') { "&" } else { "?" }.to_owned()));
        let pairs = call.query.iter().map(|(name, value)| format!("{}: {}", text(name), expression(value)));
        let pairs: Vec<String> = pairs.collect();
        lines += &format!("query = urllib.parse.urlencode({{{}}})\n", pairs.join(", "));
        let address_before = expression(&url);
        address = format!("{}{{query}}\"", address_before.trim_end_matches('"'));
    }
    lines += &format!("request = urllib.request.Request(\n    {address},\n");
    lines += &format!("    method={},\n", text(&call.method));
    let mut headers: Vec<(String, String)> =
        call.headers.iter().map(|(name, value)| (name.clone(), header(call, value))).collect();
    if let Content::Multipart(_) = call.body {
        headers.push(("Content-Type".to_owned(), "f\"multipart/form-data; boundary={boundary}\"".to_owned()));
    }
    if let Some((user, password)) = &call.basic {
        let pair = expression(&vec![Piece::Literal(format!("{user}:")), Piece::Variable(password.clone())]);
        headers.push(("Authorization".to_owned(), format!("\"Basic \" + base64.b64encode({pair}.encode()).decode()")));
    }
    match headers.as_slice() {
        [] => {}
        [(name, value)] => lines += &format!("    headers={{{}: {value}}},\n", text(name)),
        headers => {
            lines += "    headers={\n";
            for (name, value) in headers {
                lines += &format!("        {}: {value},\n", text(name));
            }
            lines += "    },\n";
        }
    }
    match &call.body {
        Content::Empty => {}
        Content::Json(_) if !call.signs(&Piece::RawBody) => lines += "    data=json.dumps(body).encode(),\n",
        _ => lines += "    data=body.encode(),\n",
    }
    lines + ")\n"
}

/// A header's value is a text, and the time may be a number.
fn header(call: &Call, value: &Text) -> String {
    match value.as_slice() {
        [Piece::Timestamp] if call.time != Some(TimestampUnit::Iso8601) => "str(timestamp)".to_owned(),
        _ => expression(value),
    }
}

/// A text as an expression.
fn expression(pieces: &Text) -> String {
    match pieces.as_slice() {
        [] => text(""),
        [Piece::Literal(literal)] => text(literal),
        [Piece::Field(field)] if !field.is_text => format!("str({})", value(field)),
        [piece] => named(piece),
        pieces => {
            let inner = pieces.iter().map(|piece| match piece {
                Piece::Literal(literal) => {
                    let quoted = text(literal);
                    quoted[1..quoted.len() - 1].replace('{', "{{").replace('}', "}}")
                }
                piece => format!("{{{}}}", named(piece).replace('"', "'")),
            });
            format!("f\"{}\"", inner.collect::<String>())
        }
    }
}

fn named(piece: &Piece) -> String {
    match piece {
        Piece::Literal(literal) => text(literal),
        Piece::Variable(name) => local(name),
        Piece::Timestamp => "timestamp".to_owned(),
        Piece::Signature => "signature".to_owned(),
        Piece::Payload => "payload".to_owned(),
        Piece::RawBody => "body".to_owned(),
        Piece::CanonicalBody => "canonical_body".to_owned(),
        Piece::Field(field) => value(field),
    }
}

/// A value of the body through its filters.
fn value(field: &Field) -> String {
    let mut value = if field.of_item { "item" } else { "body" }.to_owned();
    field.keys.iter().for_each(|key| value += &format!("[{}]", text(key)));
    for filter in &field.filters {
        value = match filter {
            Filter::Sha256 => format!("hashlib.sha256({value}.encode()).hexdigest()"),
            Filter::Hex => format!("{value}.encode().hex()"),
            Filter::Base64 => format!("base64.b64encode({value}.encode()).decode()"),
            Filter::Upper => format!("{value}.upper()"),
            Filter::Lower => format!("{value}.lower()"),
            Filter::NormalizedUrl => value,
        };
    }
    value
}

/// `body["auth"]` for a JSON pointer.
fn path(whole: &str, pointer: &str) -> String {
    let tokens = pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"));
    tokens.fold(whole.to_owned(), |path, token| format!("{path}[{}]", text(&token)))
}

/// A value as Python writes it.
fn written(node: &Node, before: &str) -> String {
    let leaf = |leaf: &Node| match leaf {
        Node::Plain(Value::Null) => "None".to_owned(),
        Node::Plain(Value::Bool(true)) => "True".to_owned(),
        Node::Plain(Value::Bool(false)) => "False".to_owned(),
        Node::Plain(Value::String(value)) => text(value),
        Node::Plain(value) => value.to_string(),
        Node::Text(pieces) => expression(pieces),
        Node::List(_) | Node::Object(_) => unreachable!("these have members"),
    };
    Layout { indent: "    ", trailing_comma: true, leaf: &leaf }.write(node, before)
}

/// A text in double quotes: JSON's escapes are Python's too.
fn text(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// The local variable of a variable of the environment.
fn local(name: &str) -> String {
    const TAKEN: [&str; 22] = [
        "body",
        "boundary",
        "canonical_body",
        "item",
        "message",
        "payload",
        "query",
        "request",
        "response",
        "signature",
        "timestamp",
        "base64",
        "hashlib",
        "hmac",
        "json",
        "os",
        "sys",
        "time",
        "urllib",
        "uuid",
        "pass",
        "import",
    ];
    let lower = name.to_ascii_lowercase();
    if TAKEN.contains(&lower.as_str()) { format!("{lower}_value") } else { lower }
}
