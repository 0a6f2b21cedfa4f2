//! One call in the making, as every language writes it down.

use super::piece::{Filter, Node, Piece, Text, literal};
use super::{Variable, WhyNot, base};
use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::contract::scheme::{Algorithm, Encoding, KeyForm, TimestampUnit};
use crate::name::CredentialName;
use crate::request::{self, Body, Draft, text};
use indexmap::IndexMap;
use serde_json::Value;

/// A call with its credential, without any value of a secret.
#[derive(Clone, Debug)]
pub struct Call {
    /// What it does, in a line.
    pub summary: String,
    /// The method.
    pub method: String,
    /// The beginning of the URL.
    pub base: Text,
    /// What follows: path and query as on the wire.
    pub path: String,
    /// The pairs that the credential puts in the query.
    pub query: Vec<(String, Text)>,
    /// The headers.
    pub headers: Vec<(String, Text)>,
    /// User, and the variable of the password (RFC 7617).
    pub basic: Option<(String, String)>,
    /// The body before the credential is placed.
    pub body: Content,
    /// What the credential puts into the JSON body, by JSON pointer; below each item where they are signed.
    pub parts: Vec<(String, Node)>,
    /// How the time is written, where it is needed.
    pub time: Option<TimestampUnit>,
    /// How it is signed.
    pub signed: Option<Signed>,
    /// The environment that it reads.
    pub variables: Vec<Variable>,
}

/// The body of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// None.
    Empty,
    /// A JSON value.
    Json(Value),
    /// A text as it is.
    Text(String),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// `multipart/form-data`: name, value, and whether it is a file.
    Multipart(Vec<(String, String, bool)>),
}

/// How a call is signed.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The variable of the secret.
    pub secret: String,
    /// The keyed hash.
    pub algorithm: Algorithm,
    /// How the signature is written.
    pub encoding: Encoding,
    /// How the secret becomes the key.
    pub key: KeyForm,
    /// What is signed.
    pub message: Text,
    /// The part of it that differs by operation.
    pub payload: Text,
    /// The JSON pointer of the list whose items are each signed.
    pub each: Option<String>,
}

impl Call {
    /// The example call of an operation with one of the sets of credentials that open it.
    ///
    /// # Errors
    /// Something that no snippet can write.
    pub fn of(contract: &Contract, operation: &Operation, set: &[CredentialName]) -> Result<Self, WhyNot> {
        let draft = request::draft(contract, operation, None, &|_| None).map_err(WhyNot)?;
        let server_path = contract.server.path(&IndexMap::new()).map_err(WhyNot)?;
        let request = draft.request(&server_path);
        let (base, path, variables) = base::of(contract, &request.path_and_query());
        let headers = request.headers.0.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        let mut call = Self {
            summary: operation.summary.clone().unwrap_or_else(|| format!("Calls {}.", operation.id)),
            method: request.method.clone(),
            base,
            path,
            query: Vec::new(),
            headers: headers.map(|(name, value)| (name.clone(), literal(value))).collect(),
            basic: None,
            body: content(&draft),
            parts: Vec::new(),
            time: None,
            signed: None,
            variables,
        };
        if let (Content::Json(_) | Content::Text(_), Some(media_type)) =
            (&call.body, request.headers.get("content-type"))
        {
            call.set_header("Content-Type", literal(media_type));
        }
        for name in set {
            let credential = contract
                .credentials
                .get(name)
                .ok_or_else(|| WhyNot(format!("the contract does not say what the credential {name} is")))?;
            call.take(credential, &operation.id, &request)?;
        }
        call.is_plain()?;
        Ok(call)
    }

    /// Every text that is put together.
    pub fn texts(&self) -> Vec<&Text> {
        let mut texts: Vec<&Text> = self.query.iter().chain(&self.headers).map(|(_, text)| text).collect();
        texts.extend(self.parts.iter().flat_map(|(_, node)| node.texts()));
        texts.extend(self.signed.iter().flat_map(|signed| [&signed.message, &signed.payload]));
        texts
    }

    /// Whether the message holds that part.
    pub fn signs(&self, wanted: &Piece) -> bool {
        self.signed.as_ref().is_some_and(|signed| signed.message.iter().chain(&signed.payload).any(|p| p == wanted))
    }

    /// The filters of all that is signed.
    pub fn filters(&self) -> Vec<Filter> {
        let fields = self.texts().into_iter().flatten().filter_map(|piece| match piece {
            Piece::Field(field) => Some(field.filters.iter().copied()),
            _ => None,
        });
        fields.flatten().collect()
    }

    /// Whether every language can write its names and numbers.
    fn is_plain(&self) -> Result<(), WhyNot> {
        let is_name = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        if let Some(variable) = self.variables.iter().find(|variable| !is_name(&variable.name)) {
            return Err(WhyNot(format!("a shell has no variable of the name {:?}", variable.name)));
        }
        if let Content::Json(body) = &self.body
            && self.signs(&Piece::CanonicalBody)
            && has_power(body)
        {
            return Err(WhyNot("a number of the example is written differently by every language".to_owned()));
        }
        Ok(())
    }
}

/// Whether a number in it is written with a power of ten.
fn has_power(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.to_string().contains('e'),
        Value::Array(items) => items.iter().any(has_power),
        Value::Object(object) => object.values().any(has_power),
        _ => false,
    }
}

fn content(draft: &Draft) -> Content {
    let pairs = |value: &Value| -> Vec<(String, String)> {
        value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
    };
    match &draft.body {
        Body::Empty => Content::Empty,
        Body::Json(value) => Content::Json(value.clone()),
        Body::Raw(text) => Content::Text(text.clone()),
        Body::Form(value) => Content::Form(pairs(value)),
        Body::Multipart(value, files) => {
            let fields = pairs(value).into_iter().map(|(name, value)| {
                let is_file = files.contains(&name);
                (name, value, is_file)
            });
            Content::Multipart(fields.collect())
        }
    }
}
