//! The JSON body as a here-document.

use super::word::{Shell, body_of, escaped_here};
use crate::contract::scheme::TimestampUnit;
use crate::snippet::call::{Call, Signed};
use crate::snippet::layout::Layout;
use crate::snippet::piece::{Node, Piece, Text};
use serde_json::Value;

/// The items that are each signed.
pub(super) fn items<'a>(call: &'a Call, signed: &Signed) -> Option<&'a Vec<Value>> {
    body_of(call).pointer(signed.each.as_deref()?)?.as_array()
}

/// The JSON body; with `is_filled` as a here-document in which variables stand.
pub(super) fn json(call: &Call, is_filled: bool) -> String {
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
pub(super) fn numbered(part: &Node, number: usize) -> Node {
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
pub(super) fn within_json(call: &Call, text: &Text) -> String {
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
