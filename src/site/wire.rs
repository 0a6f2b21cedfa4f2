//! An exchange as pages show it: request and response side by side, as far as they are of use to a reader.

use crate::record::{BodyRecord, ExchangeRecord};
use serde::Serialize;
use serde_json::Value;

/// The longest body that is shown, in characters.
const LONGEST: usize = 1500;
/// The longest list that is shown whole.
const LONGEST_LIST: usize = 8;

/// An exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wire {
    /// `POST /v1/embed/text`, with the query.
    pub asked: String,
    /// The status.
    pub status: u16,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Head and body of what was sent.
    pub request: String,
    /// Head and body of what came back.
    pub response: String,
}

impl Wire {
    /// What a record has of it; secrets are masked there already.
    pub fn of(exchange: &ExchangeRecord) -> Self {
        let ExchangeRecord { request, response, duration_ms, .. } = exchange;
        let query = request.query.as_ref().map_or(String::new(), |query| format!("?{query}"));
        let asked = format!("{} {}{query}", request.method, request.path);
        Self {
            request: message(&asked, &request.headers, &request.body),
            response: message(&response.status.to_string(), &response.headers, &response.body),
            asked,
            status: response.status,
            duration_ms: *duration_ms,
        }
    }
}

fn message(first: &str, headers: &[(String, String)], body: &BodyRecord) -> String {
    let mut lines = vec![first.to_owned()];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    match (&body.text, &body.base64) {
        (Some(text), _) if text.is_empty() => {}
        (Some(text), _) => lines.push(format!("\n{}", readable(text))),
        (None, Some(_)) => lines.push("\n(a body that is no text)".to_owned()),
        (None, None) => {}
    }
    if body.truncated {
        lines.push("… (cut)".to_owned());
    }
    lines.join("\n")
}

/// A body: JSON indented with long lists cut short, other text as it is, cut where it is long.
fn readable(text: &str) -> String {
    let text = serde_json::from_str(text).map_or_else(|_| text.to_owned(), |value| pretty(&value));
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\n… ({} more characters)", &text[..end], text[end..].chars().count()),
        None => text,
    }
}

/// JSON for people: indented, a list of plain values on one line, a long one cut short.
pub fn pretty(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text
}

fn write(value: &Value, depth: usize, text: &mut String) {
    let (within, behind) = ("  ".repeat(depth + 1), "  ".repeat(depth));
    match value {
        Value::Object(object) if !object.is_empty() => {
            text.push_str("{\n");
            for (index, (key, value)) in object.iter().enumerate() {
                text.push_str(&format!("{within}{}: ", Value::from(key.as_str())));
                write(value, depth + 1, text);
                text.push_str(if index + 1 < object.len() { ",\n" } else { "\n" });
            }
            text.push_str(&format!("{behind}}}"));
        }
        Value::Array(items) if !items.is_empty() => {
            let is_plain = items.iter().all(|item| !item.is_object() && !item.is_array());
            let shown = if items.len() > LONGEST_LIST { LONGEST_LIST / 2 } else { items.len() };
            let more = (shown < items.len()).then(|| format!("… {} more", items.len() - shown));
            if is_plain {
                let items = items.iter().take(shown).map(Value::to_string).chain(more).collect::<Vec<_>>();
                text.push_str(&format!("[{}]", items.join(", ")));
                return;
            }
            text.push_str("[\n");
            for (index, item) in items.iter().take(shown).enumerate() {
                text.push_str(&within);
                write(item, depth + 1, text);
                text.push_str(if index + 1 < items.len() { ",\n" } else { "\n" });
            }
            text.extend(more.map(|more| format!("{within}{more}\n")));
            text.push_str(&format!("{behind}]"));
        }
        other => text.push_str(&other.to_string()),
    }
}
