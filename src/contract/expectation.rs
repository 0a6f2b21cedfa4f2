//! What a schema's keyword wants of a value, in words that can stand after "expected".

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

/// What `error` says that the schema wants; it holds nothing of the value.
pub fn of(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Type { kind: TypeKind::Single(kind) } => with_article(*kind).to_owned(),
        Kind::Type { kind: TypeKind::Multiple(kinds) } => {
            joined(kinds.iter().map(|kind| with_article(kind).to_owned()))
        }
        Kind::Required { property } => format!("the property {}", text(property)),
        Kind::AdditionalProperties { unexpected } => format!("no property {}", unexpected.join(", ")),
        Kind::MinLength { limit } => format!("at least {}", counted(*limit, "character")),
        Kind::MaxLength { limit } => format!("at most {}", counted(*limit, "character")),
        Kind::MinItems { limit } => format!("at least {}", counted(*limit, "item")),
        Kind::MaxItems { limit } => format!("at most {}", counted(*limit, "item")),
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        Kind::Constant { expected_value } => expected_value.to_string(),
        Kind::Enum { options } => match options.as_array() {
            Some(options) => joined(options.iter().map(Value::to_string)),
            None => options.to_string(),
        },
        Kind::Pattern { pattern } => format!("a text that matches {pattern:?}"),
        Kind::Format { format } => format!("a text of the format {format}"),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => "one of the forms that the contract gives it".to_owned(),
        _ => error.masked().to_string(),
    }
}

fn with_article(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "an array",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "a string",
    }
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" or ")
}

fn counted(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
