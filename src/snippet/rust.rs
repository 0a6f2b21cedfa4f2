//! A program for Rust that calls with reqwest.

use super::call::{Call, Content, Signed};
use super::layout::Layout;
use super::piece::{Field, Filter, Node, Piece, Text, push};
use crate::contract::scheme::{Algorithm, Encoding, KeyForm, TimestampUnit};
use serde_json::Value;

/// The lines of `[dependencies]`.
pub fn needs(call: &Call) -> Vec<String> {
    dependencies(&main(call))
}

/// The program, with its dependencies above it.
pub fn render(call: &Call) -> String {
    let main = main(call);
    let dependencies: String = dependencies(&main).iter().map(|line| format!("// {line}\n")).collect();
    let imports: String = imports(&main).into_iter().map(|line| format!("use {line};\n")).collect();
    let gap = if imports.is_empty() { "" } else { "\n" };
    format!("// {}\n//\n// [dependencies]\n{dependencies}\n{imports}{gap}{main}", call.summary)
}

/// A crate by what the code says of it: the line of `[dependencies]`.
const CRATES: [(&str, &str); 7] = [
    ("BASE64_", "base64 = \"0.22\""),
    ("hex::", "hex = \"0.4\""),
    ("Hmac::", "hmac = \"0.13\""),
    ("jiff::", "jiff = \"0.2\""),
    ("json!(", "serde_json = \"1\""),
    ("Sha1>", "sha1 = \"0.11\""),
    ("Sha256", "sha2 = \"0.11\""),
];

fn dependencies(code: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        CRATES.iter().filter(|(sign, _)| code.contains(sign)).map(|(_, line)| (*line).to_owned()).collect();
    if code.contains("Sha512") && !code.contains("Sha256") {
        lines.push("sha2 = \"0.11\"".to_owned());
    }
    let features = [(".form(", "form"), (".json(", "json"), (".multipart(", "multipart"), (".query(", "query")];
    let features: Vec<String> =
        features.iter().filter(|(sign, _)| code.contains(sign)).map(|(_, feature)| format!("\"{feature}\"")).collect();
    lines.push(if features.is_empty() {
        "reqwest = \"0.13\"".to_owned()
    } else {
        format!("reqwest = {{ version = \"0.13\", features = [{}] }}", features.join(", "))
    });
    lines.push("tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }".to_owned());
    lines.sort();
    lines
}

/// What the code imports.
fn imports(code: &str) -> Vec<&'static str> {
    let has = |sign: &str| code.contains(sign);
    let digests = match (has("Sha256"), has("Sha512"), has("Sha256::digest")) {
        (_, true, true) => Some("sha2::{Digest, Sha256, Sha512}"),
        (_, true, false) => Some("sha2::Sha512"),
        (_, false, true) => Some("sha2::{Digest, Sha256}"),
        (true, false, false) => Some("sha2::Sha256"),
        (false, false, false) => None,
    };
    let wanted = [
        (has("BASE64_STANDARD.") && !has("BASE64_URL"), "base64::prelude::{BASE64_STANDARD, Engine}"),
        (has("BASE64_URL") && !has("BASE64_STANDARD."), "base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine}"),
        (
            has("BASE64_URL") && has("BASE64_STANDARD."),
            "base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine}",
        ),
        (has("Hmac::"), "hmac::{Hmac, KeyInit, Mac}"),
        (has("json!("), "serde_json::json"),
        (has("Sha1>"), "sha1::Sha1"),
        (digests.is_some(), digests.unwrap_or_default()),
        (has("SystemTime"), "std::time::{SystemTime, UNIX_EPOCH}"),
    ];
    // What names another module in full needs no line: `std::env::var`.
    wanted.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, line)| line).collect()
}

fn main(call: &Call) -> String {
    let environment: String = call
        .variables
        .iter()
        .map(|variable| {
            let name = &variable.name;
            format!(
                "    let {} = std::env::var({}).expect({});\n",
                local(name),
                text(name),
                text(&format!("{name} is set"))
            )
        })
        .collect();
    let lines = format!("{environment}\n{}{}", preparation(call), request(call));
    format!("#[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{lines}{ANSWERED}}}\n")
}

const ANSWERED: &str = "    \
    let status = response.status();
    let text = response.text().await?;
    if !status.is_success() {
        return Err(format!(\"{status} {text}\").into());
    }
    println!(\"{status} {text}\");
    Ok(())
";

/// Body, time, message, signature.
fn preparation(call: &Call) -> String {
    let mut lines = body(call);
    if call.signs(&Piece::CanonicalBody) {
        lines += "    // Compact, with sorted keys.\n    let canonical_body = body.to_string();\n";
    }
    let since = "SystemTime::now().duration_since(UNIX_EPOCH)?";
    match call.time {
        Some(TimestampUnit::Seconds) => lines += &format!("    let timestamp = {since}.as_secs();\n"),
        Some(TimestampUnit::Milliseconds) => lines += &format!("    let timestamp = {since}.as_millis() as u64;\n"),
        Some(TimestampUnit::Iso8601) => {
            lines += "    let timestamp = jiff::Timestamp::now().strftime(\"%Y-%m-%dT%H:%M:%SZ\").to_string();\n";
        }
        None => {}
    }
    match &call.signed {
        None => lines += &placed(call, "body", "    "),
        Some(signed) => match &signed.each {
            None => lines += &format!("{}{}", signature(signed, "    "), placed(call, "body", "    ")),
            Some(list) => {
                let items = path("body", list);
                lines += &format!("    for item in {items}.as_array_mut().expect(\"the items are a list\") {{\n");
                let (signature, placed) = (signature(signed, "        "), placed(call, "item", "        "));
                lines += &format!("{signature}{placed}    }}\n");
            }
        },
    }
    if lines.is_empty() { lines } else { lines + "\n" }
}

fn body(call: &Call) -> String {
    let changes = if call.parts.is_empty() { "" } else { "mut " };
    match &call.body {
        Content::Json(value) => {
            let before = format!("    let {changes}body = json!(");
            let end = if call.signs(&Piece::RawBody) { "    let body = body.to_string();\n" } else { "" };
            format!("{before}{});\n{end}", written(&Node::of(value), &before))
        }
        Content::Text(body) => format!("    let body = {};\n", text(body)),
        Content::Multipart(fields) => {
            let mut lines = "    let form = reqwest::multipart::Form::new()".to_owned();
            for (name, value, is_file) in fields {
                let (name, value) = (text(name), text(value));
                lines += &if *is_file {
                    format!(
                        "\n        .part({name}, reqwest::multipart::Part::bytes({value}.as_bytes()).file_name({name}))"
                    )
                } else {
                    format!("\n        .text({name}, {value})")
                };
            }
            lines + ";\n"
        }
        Content::Empty | Content::Form(_) => String::new(),
    }
}

/// The message and its signature.
fn signature(signed: &Signed, margin: &str) -> String {
    let mut lines = String::new();
    if !signed.payload.is_empty() {
        lines += &format!("{margin}let payload = {};\n", borrowed(&signed.payload));
    }
    lines += &format!("{margin}let message = {};\n", borrowed(&signed.message));
    let secret = local(&signed.secret);
    let key = match signed.key {
        KeyForm::Text => format!("{secret}.as_bytes()"),
        KeyForm::Hex => format!("&hex::decode(&{secret})?"),
        KeyForm::Base64 => format!("&BASE64_STANDARD.decode(&{secret})?"),
    };
    let digest = match signed.algorithm {
        Algorithm::HmacSha1 => "Sha1",
        Algorithm::HmacSha256 => "Sha256",
        Algorithm::HmacSha512 => "Sha512",
    };
    lines += &format!("{margin}let mut mac = Hmac::<{digest}>::new_from_slice({key})?;\n");
    lines += &format!("{margin}mac.update(message.as_bytes());\n");
    let bytes = "mac.finalize().into_bytes()";
    let signature = match signed.encoding {
        Encoding::Hex => format!("hex::encode({bytes})"),
        Encoding::HexUpper => format!("hex::encode_upper({bytes})"),
        Encoding::Base64 => format!("BASE64_STANDARD.encode({bytes})"),
        Encoding::Base64url => format!("BASE64_URL_SAFE_NO_PAD.encode({bytes})"),
    };
    lines + &format!("{margin}let signature = {signature};\n")
}

/// The parts of the credential in the body.
fn placed(call: &Call, whole: &str, margin: &str) -> String {
    let part = |(at, node): &(String, Node)| {
        let target = match path(whole, at) {
            place if place == "item" => "*item".to_owned(),
            place => place,
        };
        let before = format!("{margin}{target} = json!(");
        format!("{before}{});\n", written(node, &before))
    };
    call.parts.iter().map(part).collect()
}

fn request(call: &Call) -> String {
    let mut url = call.base.clone();
    push(&mut url, Piece::Literal(call.path.clone()));
    let url = borrowed(&url);
    let mut lines = "    let response = reqwest::Client::new()\n".to_owned();
    let mut step = |step: String| lines += &format!("        {step}\n");
    match call.method.as_str() {
        method @ ("GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD") => {
            step(format!(".{}({url})", method.to_ascii_lowercase()));
        }
        method => step(format!(".request({}.parse()?, {url})", text(method))),
    }
    for (name, value) in &call.query {
        step(format!(".query(&[({}, {})])", text(name), borrowed(value)));
    }
    for (name, value) in &call.headers {
        let sends_json = matches!(call.body, Content::Json(_)) && !call.signs(&Piece::RawBody);
        match value.as_slice() {
            [Piece::Literal(json)] if name == "Content-Type" && json == "application/json" && sends_json => {}
            [Piece::Literal(word), Piece::Variable(key)] if name == "Authorization" && word == "Bearer " => {
                step(format!(".bearer_auth(&{})", local(key)));
            }
            _ => step(format!(".header({}, {})", text(name), owned_time(call, value))),
        }
    }
    if let Some((user, password)) = &call.basic {
        step(format!(".basic_auth({}, Some(&{}))", text(user), local(password)));
    }
    match &call.body {
        Content::Empty => {}
        Content::Json(_) if !call.signs(&Piece::RawBody) => step(".json(&body)".to_owned()),
        Content::Json(_) | Content::Text(_) => step(".body(body)".to_owned()),
        Content::Form(pairs) => {
            let pairs: Vec<String> =
                pairs.iter().map(|(name, value)| format!("({}, {})", text(name), text(value))).collect();
            step(format!(".form(&[{}])", pairs.join(", ")));
        }
        Content::Multipart(_) => step(".multipart(form)".to_owned()),
    }
    lines + "        .send()\n        .await?;\n"
}

/// A header's value: a number is one by itself.
fn owned_time(call: &Call, value: &Text) -> String {
    match value.as_slice() {
        [Piece::Timestamp] if call.time != Some(TimestampUnit::Iso8601) => "timestamp".to_owned(),
        _ => borrowed(value),
    }
}

/// A text as an expression that takes no variable away.
fn borrowed(pieces: &Text) -> String {
    match pieces.as_slice() {
        [Piece::Literal(_) | Piece::Field(_)] | [] => expression(pieces),
        [_] => format!("&{}", expression(pieces)),
        _ => expression(pieces),
    }
}

/// A text as an expression.
fn expression(pieces: &Text) -> String {
    match pieces.as_slice() {
        [] => text(""),
        [Piece::Literal(literal)] => text(literal),
        [Piece::Field(field)] if field.is_text => value(field),
        [Piece::Field(field)] => format!("{}.to_string()", value(field)),
        [piece] => named(piece),
        pieces => {
            let (mut format, mut arguments) = (String::new(), String::new());
            for piece in pieces {
                match piece {
                    Piece::Literal(literal) => {
                        let quoted = text(literal);
                        format += &quoted[1..quoted.len() - 1].replace('{', "{{").replace('}', "}}");
                    }
                    Piece::Field(field) => {
                        format += "{}";
                        arguments += &format!(", {}", value(field));
                    }
                    piece => format += &format!("{{{}}}", named(piece)),
                }
            }
            format!("format!(\"{format}\"{arguments})")
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
    if field.is_text {
        value += ".as_str().unwrap_or_default()";
    }
    for filter in &field.filters {
        value = match filter {
            Filter::Sha256 => format!("hex::encode(Sha256::digest({value}))"),
            Filter::Hex => format!("hex::encode({value})"),
            Filter::Base64 => format!("BASE64_STANDARD.encode({value})"),
            Filter::Upper => format!("{value}.to_uppercase()"),
            Filter::Lower => format!("{value}.to_lowercase()"),
            // As a WHATWG parser writes it.
            Filter::NormalizedUrl => format!("reqwest::Url::parse({value})?.to_string()"),
        };
    }
    value
}

/// `body["auth"]` for a JSON pointer.
fn path(whole: &str, pointer: &str) -> String {
    let tokens = pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"));
    tokens.fold(whole.to_owned(), |path, token| format!("{path}[{}]", text(&token)))
}

/// A value as the macro `json!` takes it.
fn written(node: &Node, before: &str) -> String {
    let leaf = |leaf: &Node| match leaf {
        Node::Plain(Value::String(value)) => text(value),
        Node::Plain(Value::Number(number)) if number.as_i64().is_some_and(|number| i32::try_from(number).is_err()) => {
            format!("{number}_i64")
        }
        Node::Plain(Value::Number(number)) if number.is_u64() && number.as_i64().is_none() => format!("{number}_u64"),
        Node::Plain(value) => value.to_string(),
        Node::Text(pieces) => expression(pieces),
        Node::List(_) | Node::Object(_) => unreachable!("these have members"),
    };
    Layout { indent: "    ", trailing_comma: true, leaf: &leaf }.write(node, before)
}

/// A text in double quotes.
fn text(text: &str) -> String {
    format!("{text:?}")
}

/// The local variable of a variable of the environment.
fn local(name: &str) -> String {
    const TAKEN: [&str; 24] = [
        "body",
        "canonical_body",
        "form",
        "item",
        "mac",
        "message",
        "payload",
        "response",
        "signature",
        "status",
        "text",
        "timestamp",
        "as",
        "async",
        "const",
        "crate",
        "enum",
        "fn",
        "if",
        "in",
        "let",
        "mod",
        "self",
        "type",
    ];
    let lower = name.to_ascii_lowercase();
    if TAKEN.contains(&lower.as_str()) { format!("{lower}_value") } else { lower }
}
