//! Texts and values as Python writes them.

use crate::contract::scheme::TimestampUnit;
use crate::snippet::call::Call;
use crate::snippet::layout::Layout;
use crate::snippet::piece::{Field, Filter, Node, Piece, Text};
use serde_json::Value;

/// A header's value is a text, and the time may be a number.
pub(super) fn header(call: &Call, value: &Text) -> String {
    match value.as_slice() {
        [Piece::Timestamp] if call.time != Some(TimestampUnit::Iso8601) => "str(timestamp)".to_owned(),
        _ => expression(value),
    }
}

/// A text as an expression.
pub(super) fn expression(pieces: &Text) -> String {
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

pub(super) fn named(piece: &Piece) -> String {
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
pub(super) fn value(field: &Field) -> String {
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
pub(super) fn path(whole: &str, pointer: &str) -> String {
    let tokens = pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"));
    tokens.fold(whole.to_owned(), |path, token| format!("{path}[{}]", text(&token)))
}

/// A value as Python writes it.
pub(super) fn written(node: &Node, before: &str) -> String {
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
pub(super) fn text(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// The local variable of a variable of the environment.
pub(super) fn local(name: &str) -> String {
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
