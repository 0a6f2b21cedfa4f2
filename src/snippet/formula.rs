//! What is signed: a template of `contract.toml`, read into parts that every language can write.

use super::piece::{Field, Filter, Piece, Text, push};
use crate::exchange::Request;
use crate::expression::Template;
use serde_json::{Map, Value, json};

/// What the parts of a message can be read from.
pub struct Ground<'a> {
    /// The request before the credential is placed.
    pub request: &'a Request,
    /// The name of the party that signs.
    pub party: &'a str,
    /// The items that are each signed; none where the whole request is.
    pub items: Option<&'a [Value]>,
    /// Whether another credential travels in the request's query already.
    pub query_is_open: bool,
}

impl Ground<'_> {
    /// The parts of a template; else why it has none that every language can write.
    pub fn read(&self, template: &Template) -> Result<Text, String> {
        // minijinja takes one line break from the end of a template.
        let source = template.source().strip_suffix('\n').unwrap_or(template.source());
        let untold = || format!("{source:?} is more than texts and `{{{{ name | filter }}}}`");
        if source.contains("{%") || source.contains("{#") || source.contains("{{-") || source.contains("-}}") {
            return Err(untold());
        }
        let mut text = Text::new();
        let mut rest = source;
        while let Some((before, behind)) = rest.split_once("{{") {
            let (formula, after) = behind.split_once("}}").ok_or_else(untold)?;
            push(&mut text, Piece::Literal(before.to_owned()));
            push(&mut text, self.piece(formula.trim())?);
            rest = after;
        }
        push(&mut text, Piece::Literal(rest.to_owned()));
        Ok(text)
    }

    fn piece(&self, formula: &str) -> Result<Piece, String> {
        match formula {
            "timestamp" => return Ok(Piece::Timestamp),
            "payload" => return Ok(Piece::Payload),
            "raw_body" => return Ok(Piece::RawBody),
            "canonical_body" => return Ok(Piece::CanonicalBody),
            _ => {}
        }
        let template = Template::new(&format!("{{{{ {formula} }}}}"))?;
        if template.names().iter().all(|name| self.is_fixed(name, formula)) {
            return Ok(Piece::Literal(template.render(&self.fixed())?));
        }
        self.field(formula).map(Piece::Field)
    }

    /// Whether a name stands for the same in every call.
    fn is_fixed(&self, name: &str, formula: &str) -> bool {
        let is_sent = |name: &str| self.request.headers.get(name).is_some();
        match name {
            "method" | "path" | "party" => true,
            "query" | "raw_path" => !self.query_is_open,
            "header" => {
                let asked = formula.split("header").skip(1).map(|rest| {
                    let rest = rest.strip_prefix("[\"").or_else(|| rest.strip_prefix("['"));
                    rest.and_then(|rest| rest.split(['"', '\'']).next())
                });
                asked.into_iter().all(|name| name.is_some_and(is_sent))
            }
            name => name.strip_prefix("header.").is_some_and(is_sent),
        }
    }

    fn fixed(&self) -> Value {
        let path = percent_encoding::percent_decode_str(&self.request.path).decode_utf8_lossy();
        let headers = self.request.headers.0.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(value)));
        json!({
            "method": self.request.method,
            "path": path,
            "raw_path": self.request.path_and_query(),
            "query": self.request.query.as_deref().unwrap_or(""),
            "party": self.party,
            "header": headers.collect::<Map<_, _>>(),
        })
    }

    /// `body.text | sha256`
    fn field(&self, formula: &str) -> Result<Field, String> {
        let untold = || format!("`{formula}` is more than a value of the body and filters that every language has");
        let mut parts = formula.split('|').map(str::trim);
        let mut keys = parts.next().unwrap_or_default().split('.').map(str::to_owned);
        let root = keys.next().unwrap_or_default();
        let keys: Vec<String> = keys.collect();
        let is_name = |key: &String| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !["body", "item"].contains(&root.as_str()) || keys.is_empty() || !keys.iter().all(is_name) {
            return Err(untold());
        }
        let filter = |name: &str| Filter::ALL.iter().find(|(known, _)| *known == name).map(|(_, filter)| *filter);
        let filters: Option<Vec<Filter>> = parts.map(filter).collect();
        let mut field = Field { of_item: root == "item", keys, filters: filters.ok_or_else(untold)?, is_text: true };
        if field.filters.iter().skip(1).any(|filter| *filter == Filter::NormalizedUrl) {
            return Err(untold());
        }
        let body = self.request.json().unwrap_or(Value::Null);
        let wholes = match (field.of_item, self.items) {
            (true, Some(items)) => items,
            (true, None) => return Err(format!("`{formula}`: it is not signed item by item")),
            (false, _) => std::slice::from_ref(&body),
        };
        for whole in wholes {
            field.is_text = match field.value(whole) {
                Some(Value::String(text))
                    if text.is_ascii() || !field.has(Filter::Upper) && !field.has(Filter::Lower) =>
                {
                    true
                }
                Some(Value::Number(number)) if (number.is_i64() || number.is_u64()) && field.filters.is_empty() => {
                    false
                }
                _ => return Err(format!("the example has no text for `{formula}`")),
            };
        }
        Ok(field)
    }
}
