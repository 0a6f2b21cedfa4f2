//! Texts as a shell writes them.

use crate::request::text;
use crate::snippet::call::{Call, Content};
use crate::snippet::piece::{Field, Filter, Piece, Text};
use serde_json::Value;

pub(super) fn body_of(call: &Call) -> &Value {
    match &call.body {
        Content::Json(body) => body,
        _ => &Value::Null,
    }
}

/// Texts as a shell writes them.
pub(super) struct Shell<'a> {
    /// The call.
    pub(super) call: &'a Call,
    /// What fields are read from: the body, or an item.
    pub(super) whole: &'a Value,
}

impl Shell<'_> {
    /// The text as one word.
    pub(super) fn word(&self, text: &Text) -> String {
        match text.as_slice() {
            [Piece::Literal(literal)] => quoted(literal),
            [Piece::Field(field)] if is_plain(field) => quoted(&self.value(field)),
            [Piece::Field(field)] => self.computed(field),
            _ => format!("\"{}\"", self.within(text, &escaped)),
        }
    }

    /// The text between double quotes.
    pub(super) fn within(&self, text: &Text, literal: &dyn Fn(&str) -> String) -> String {
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
pub(super) fn is_plain(field: &Field) -> bool {
    field.filters.iter().all(|filter| command_of(*filter).is_none())
}

/// The command of a filter; none where the example is as the filter makes it.
pub(super) fn command_of(filter: Filter) -> Option<&'static str> {
    match filter {
        Filter::Sha256 => Some("openssl dgst -sha256 -r | cut -d' ' -f1"),
        Filter::Hex => Some("od -An -v -tx1 | tr -d ' \\n'"),
        Filter::Base64 => Some("openssl base64 -A"),
        Filter::Upper => Some("tr a-z A-Z"),
        Filter::Lower => Some("tr A-Z a-z"),
        Filter::NormalizedUrl => None,
    }
}

/// A text in single quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

pub(super) fn quoted_if_needed(text: &str) -> String {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.=".contains(c));
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// What stands between double quotes.
pub(super) fn escaped(text: &str) -> String {
    escaped_here(text).replace('"', "\\\"")
}

/// What stands in a here-document with variables.
pub(super) fn escaped_here(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('`', "\\`")
}
