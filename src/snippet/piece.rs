//! What the texts and bodies of a call are put together from.

use crate::expression::{Part, Template};
use serde_json::{Value, json};

/// A text in parts.
pub type Text = Vec<Piece>;

/// One part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Text that stands as it is.
    Literal(String),
    /// The value of an environment variable.
    Variable(String),
    /// The time of the call.
    Timestamp,
    /// The signature of the message.
    Signature,
    /// The part of the message that differs by operation.
    Payload,
    /// A value of the body.
    Field(Field),
    /// The body as it is sent.
    RawBody,
    /// The JSON body without what the credential places there, compact, with sorted keys.
    CanonicalBody,
}

/// A value of the body and what becomes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Whether it is a value of the item that is signed.
    pub of_item: bool,
    /// The keys that lead to it.
    pub keys: Vec<String>,
    /// What becomes of it, in order.
    pub filters: Vec<Filter>,
    /// Whether it is a text; else it is a whole number.
    pub is_text: bool,
}

/// A filter of the templates of `contract.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The SHA-256 in lower-case hexadecimal.
    Sha256,
    /// The bytes in lower-case hexadecimal.
    Hex,
    /// The bytes in base64.
    Base64,
    /// In upper case.
    Upper,
    /// In lower case.
    Lower,
    /// The URL as a WHATWG parser writes it.
    NormalizedUrl,
}

impl Filter {
    /// Every filter with its name in a template.
    pub const ALL: [(&str, Self); 6] = [
        ("sha256", Self::Sha256),
        ("hex", Self::Hex),
        ("base64", Self::Base64),
        ("upper", Self::Upper),
        ("lower", Self::Lower),
        ("normalized_url", Self::NormalizedUrl),
    ];
}

impl Field {
    /// The value that it has in `whole`: the body, or the item.
    pub fn value<'a>(&self, whole: &'a Value) -> Option<&'a Value> {
        self.keys.iter().try_fold(whole, |value, key| value.get(key))
    }

    /// Whether that filter is one of its own.
    pub fn has(&self, filter: Filter) -> bool {
        self.filters.contains(&filter)
    }
}

/// A text of one literal part, or none where it is empty.
pub fn literal(text: &str) -> Text {
    if text.is_empty() { Vec::new() } else { vec![Piece::Literal(text.to_owned())] }
}

/// Puts a part behind a text; literal parts become one.
pub fn push(text: &mut Text, piece: Piece) {
    match (text.last_mut(), piece) {
        (Some(Piece::Literal(known)), Piece::Literal(more)) => known.push_str(&more),
        (_, Piece::Literal(empty)) if empty.is_empty() => {}
        (_, piece) => text.push(piece),
    }
}

/// A JSON value, some of whose texts are put together.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Null, a truth value, a number or a text.
    Plain(Value),
    /// A text that is put together; where it is one variable, it keeps the variable's type.
    Text(Text),
    /// An array.
    List(Vec<Node>),
    /// An object.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// The value as it stands.
    pub fn of(value: &Value) -> Self {
        Self::with(value, &|text| Self::Plain(json!(text)))
    }

    /// The value with its texts read as templates of a place, whose variables `piece` knows.
    pub fn of_templates(value: &Value, piece: &dyn Fn(&str) -> Piece) -> Self {
        Self::with(value, &|text| match Template::new(text).ok().and_then(|template| template.parts()) {
            Some(parts) if parts.iter().any(|part| matches!(part, Part::Variable(_))) => Self::Text(of(parts, piece)),
            _ => Self::Plain(json!(text)),
        })
    }

    fn with(value: &Value, text: &dyn Fn(&str) -> Self) -> Self {
        match value {
            Value::String(value) => text(value),
            Value::Array(items) => Self::List(items.iter().map(|item| Self::with(item, text)).collect()),
            Value::Object(object) => {
                Self::Object(object.iter().map(|(key, item)| (key.clone(), Self::with(item, text))).collect())
            }
            plain => Self::Plain(plain.clone()),
        }
    }

    /// Every text that is put together within it.
    pub fn texts(&self) -> Vec<&Text> {
        match self {
            Self::Plain(_) => Vec::new(),
            Self::Text(text) => vec![text],
            Self::List(items) => items.iter().flat_map(Self::texts).collect(),
            Self::Object(object) => object.iter().flat_map(|(_, item)| item.texts()).collect(),
        }
    }

    /// Puts a node at a JSON pointer; missing objects on the way are added.
    pub fn put(&mut self, pointer: &str, node: Self) {
        let Some((token, rest)) = pointer.strip_prefix('/').map(|path| path.split_once('/').unwrap_or((path, "")))
        else {
            *self = node;
            return;
        };
        let token = token.replace("~1", "/").replace("~0", "~");
        let rest = if rest.is_empty() { String::new() } else { format!("/{rest}") };
        match self {
            Self::List(items) => {
                if let Some(item) = token.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                    item.put(&rest, node);
                }
            }
            Self::Object(object) => {
                let index = object.iter().position(|(name, _)| *name == token).unwrap_or_else(|| {
                    object.push((token, Self::Object(Vec::new())));
                    object.len() - 1
                });
                object[index].1.put(&rest, node);
            }
            _ => {}
        }
    }
}

/// The text of a place's template.
pub fn of(parts: Vec<Part>, piece: &dyn Fn(&str) -> Piece) -> Text {
    let mut text = Text::new();
    for part in parts {
        match part {
            Part::Literal(literal) => push(&mut text, Piece::Literal(literal)),
            Part::Variable(name) => push(&mut text, piece(&name)),
        }
    }
    text
}
