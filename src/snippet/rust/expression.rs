//! Texts and values as Rust writes them.

use crate::snippet::layout::Layout;
use crate::snippet::piece::{Field, Filter, Node, Piece, Text};
use serde_json::Value;

/// A text as an expression that takes no variable away.
pub(super) fn borrowed(pieces: &Text) -> String {
    match pieces.as_slice() {
        [Piece::Literal(_) | Piece::Field(_)] | [] => expression(pieces),
        [_] => format!("&{}", expression(pieces)),
        _ => expression(pieces),
    }
}

/// A text as an expression.
pub(super) fn expression(pieces: &Text) -> String {
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
            Filter::NormalizedUrl => format!("reqwest::Url::parse({value})?.to_string()"),
        };
    }
    value
}

/// `body["auth"]` for a JSON pointer.
pub(super) fn path(whole: &str, pointer: &str) -> String {
    let tokens = pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"));
    tokens.fold(whole.to_owned(), |path, token| format!("{path}[{}]", text(&token)))
}

/// A value as the macro `json!` takes it.
pub(super) fn written(node: &Node, before: &str) -> String {
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

/// A variable's line, or two where it is long.
pub(super) fn assigned(margin: &str, name: &str, value: &str) -> String {
    const WIDTH: usize = 100;
    let line = format!("{margin}let {name} = {value};");
    if line.chars().count() <= WIDTH { line + "\n" } else { format!("{margin}let {name} =\n{margin}    {value};\n") }
}

/// A text in double quotes.
pub(super) fn text(text: &str) -> String {
    format!("{text:?}")
}

/// The local variable of a variable of the environment.
pub(super) fn local(name: &str) -> String {
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
