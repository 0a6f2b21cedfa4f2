//! A call in the making: an operation and its arguments become a draft, which cannot be sent before it is authorised.

use crate::contract::Contract;
use crate::contract::document::{parent, pointer_token};
use crate::contract::operation::{Operation, Parameter, ParameterIn, is_json};
use crate::contract::schema::Schemas;
use crate::exchange::{Headers, Request};
use crate::name::OperationId;
use indexmap::IndexMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// What stays as it is in a path segment (RFC 3986, section 3.3: unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A call without its credential.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The operation; `None` for a request outside the contract's operations.
    pub operation: Option<OperationId>,
    /// The method.
    pub method: String,
    /// The path below the contract's server: with parameters to fill in, or as it is where there is no operation.
    pub path: String,
    /// The path's parameters.
    pub path_parameters: IndexMap<String, String>,
    /// The query's pairs, not encoded.
    pub query: Vec<(String, String)>,
    /// Header fields.
    pub headers: Headers,
    /// The cookies' pairs.
    pub cookies: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// The body's media type, where it differs from the body's own.
    pub media_type: Option<String>,
    /// Edits of what the credential places, made after it was placed.
    pub late_edits: Vec<Edit>,
    /// Whether the scenario made it depart from the contract's example.
    pub altered: bool,
}

/// The body of a draft.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// No body.
    Empty,
    /// A JSON value.
    Json(Value),
    /// `application/x-www-form-urlencoded`: the properties of an object.
    Form(Value),
    /// `multipart/form-data`: the properties of an object; the named ones are files.
    Multipart(Value, Vec<String>),
    /// Bytes as they are, whether they are JSON or not.
    Raw(String),
}

/// A change of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Put a value at a JSON pointer, adding what is missing on the way.
    SetField(String, Value),
    /// Take the value at a JSON pointer out.
    DropField(String),
    /// Turn the value at a JSON pointer into one of another type.
    RetypeField(String, String),
    /// Give the property at a JSON pointer another name.
    RenameField(String, String),
    /// Set a header.
    SetHeader(String, String),
    /// Take a header out.
    DropHeader(String),
}

/// The draft of a call of `operation` with the contract's example values.
///
/// `example` names an example of the request body; `values` are used for parameters of the same name.
///
/// # Errors
/// The operation has no example of that name.
pub fn draft(
    contract: &Contract,
    operation: &Operation,
    example: Option<&str>,
    values: &dyn Fn(&str) -> Option<String>,
) -> Result<Draft, String> {
    let mut draft = Draft {
        operation: Some(operation.id.clone()),
        method: operation.method.clone(),
        path: operation.template.as_str().to_owned(),
        path_parameters: IndexMap::new(),
        query: Vec::new(),
        headers: Headers::default(),
        cookies: Vec::new(),
        body: Body::Empty,
        media_type: None,
        late_edits: Vec::new(),
        altered: false,
    };
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required || parameter.example.is_some()) {
        if !parameter.required && parameter.location != ParameterIn::Query {
            continue;
        }
        let value = values(&parameter.name).unwrap_or_else(|| text(&example_of(&contract.schemas, parameter)));
        draft.set_parameter(parameter, value);
    }
    let Some((media_type, content)) = operation.default_content() else {
        return Ok(draft);
    };
    let value = match (content.example(example), &content.schema, example) {
        (Some(value), _, _) => value.clone(),
        (None, _, Some(name)) => {
            let known: Vec<&str> = content.examples.keys().map(String::as_str).collect();
            return Err(format!("{} has no request example {name:?}; it has: {}", operation.id, known.join(", ")));
        }
        (None, Some(schema), None) => crate::contract::sample::value(&contract.schemas, &schema.pointer),
        (None, None, None) => json!({}),
    };
    draft.body = if is_json(media_type) {
        draft.media_type = (media_type != "application/json").then(|| media_type.clone());
        Body::Json(value)
    } else if media_type.starts_with("multipart/") {
        let files = content
            .schema
            .as_ref()
            .map(|schema| crate::contract::sample::binary_properties(&contract.schemas, &schema.pointer));
        Body::Multipart(value, files.unwrap_or_default())
    } else if media_type.starts_with("application/x-www-form-urlencoded") {
        Body::Form(value)
    } else {
        draft.media_type = Some(media_type.clone());
        Body::Raw(text(&value))
    };
    Ok(draft)
}

fn example_of(schemas: &Schemas, parameter: &Parameter) -> Value {
    let from_schema =
        || parameter.schema.as_ref().map(|schema| crate::contract::sample::value(schemas, &schema.pointer));
    parameter.example.clone().or_else(from_schema).unwrap_or_else(|| json!("example"))
}

/// A value as it is written outside JSON: a text without its quotes.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Draft {
    /// A request outside the operations: `path` may hold a query.
    pub fn outside(method: &str, path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Self {
            operation: None,
            method: method.to_owned(),
            path: path.to_owned(),
            path_parameters: IndexMap::new(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: Headers::default(),
            cookies: Vec::new(),
            body: Body::Empty,
            media_type: None,
            late_edits: Vec::new(),
            altered: true,
        }
    }

    /// Sets a declared parameter where the contract puts it.
    pub fn set_parameter(&mut self, parameter: &Parameter, value: String) {
        let name = parameter.name.as_str();
        self.drop_parameter(parameter);
        match parameter.location {
            ParameterIn::Path => drop(self.path_parameters.insert(name.to_owned(), value)),
            ParameterIn::Query => self.query.push((name.to_owned(), value)),
            ParameterIn::Header => self.headers.set(name, value),
            ParameterIn::Cookie => self.cookies.push((name.to_owned(), value)),
        }
    }

    /// Leaves a declared parameter out; one of the path becomes empty.
    pub fn drop_parameter(&mut self, parameter: &Parameter) {
        let name = parameter.name.as_str();
        match parameter.location {
            ParameterIn::Path => drop(self.path_parameters.shift_remove(name)),
            ParameterIn::Query => self.query.retain(|(known, _)| known != name),
            ParameterIn::Header => self.headers.remove(name),
            ParameterIn::Cookie => self.cookies.retain(|(known, _)| known != name),
        }
    }

    /// The body's value where it has one that can be edited.
    pub fn body_value_mut(&mut self) -> Option<&mut Value> {
        if self.body == Body::Empty {
            self.body = Body::Json(json!({}));
        }
        match &mut self.body {
            Body::Json(value) | Body::Form(value) | Body::Multipart(value, _) => Some(value),
            Body::Raw(_) | Body::Empty => None,
        }
    }

    /// The body's JSON value.
    pub fn json(&self) -> Option<Value> {
        match &self.body {
            Body::Json(value) | Body::Form(value) | Body::Multipart(value, _) => Some(value.clone()),
            Body::Raw(text) => serde_json::from_str(text).ok(),
            Body::Empty => None,
        }
    }

    /// The request without its credential, under the path at which the target serves the contract.
    pub(crate) fn request(&self, server_path: &str) -> Request {
        let path = match self.operation {
            Some(_) => crate::contract::operation::PathTemplate::parse(&self.path).fill(&|name| {
                let value = self.path_parameters.get(name).map_or("", String::as_str);
                utf8_percent_encode(value, SEGMENT).to_string()
            }),
            None => self.path.clone(),
        };
        let query = (!self.query.is_empty())
            .then(|| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish());
        let mut headers = self.headers.clone();
        let (media_type, body) = self.encode_body();
        if let Some(media_type) = self.media_type.clone().or(media_type)
            && headers.get("content-type").is_none()
        {
            headers.set("content-type", media_type);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            headers.set("cookie", pairs.join("; "));
        }
        Request { method: self.method.clone(), path: format!("{server_path}{path}"), query, headers, body }
    }

    fn encode_body(&self) -> (Option<String>, Vec<u8>) {
        match &self.body {
            Body::Empty => (None, Vec::new()),
            Body::Json(value) => (Some("application/json".to_owned()), value.to_string().into_bytes()),
            Body::Form(value) => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                for (name, value) in value.as_object().into_iter().flatten() {
                    form.append_pair(name, &text(value));
                }
                (Some("application/x-www-form-urlencoded".to_owned()), form.finish().into_bytes())
            }
            Body::Multipart(value, files) => multipart(value, files),
            Body::Raw(text) => (Some("application/json".to_owned()), text.clone().into_bytes()),
        }
    }
}

/// A `multipart/form-data` body (RFC 7578) with a fixed boundary, so that the same call is the same bytes.
fn multipart(value: &Value, files: &[String]) -> (Option<String>, Vec<u8>) {
    const BOUNDARY: &str = "counterpart-7d0f2c1b5e";
    let mut body = String::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        let (filename, kind) = if files.contains(name) {
            (format!("; filename=\"{name}\""), "Content-Type: application/octet-stream\r\n")
        } else {
            (String::new(), "")
        };
        let disposition = format!("Content-Disposition: form-data; name=\"{name}\"{filename}");
        body.push_str(&format!("--{BOUNDARY}\r\n{disposition}\r\n{kind}\r\n{}\r\n", text(value)));
    }
    body.push_str(&format!("--{BOUNDARY}--\r\n"));
    (Some(format!("multipart/form-data; boundary={BOUNDARY}")), body.into_bytes())
}

impl Edit {
    /// Makes the change to a JSON value; says why where it cannot.
    pub fn apply_to(&self, body: &mut Value) -> Result<(), String> {
        match self {
            Self::SetField(pointer, value) => set_field(body, pointer, value.clone()),
            Self::DropField(pointer) => drop_field(body, pointer).map(drop),
            Self::RetypeField(pointer, kind) => {
                let value = body.pointer(pointer).ok_or_else(|| absent(pointer))?;
                let retyped = retyped(value, kind)?;
                set_field(body, pointer, retyped)
            }
            Self::RenameField(pointer, name) => {
                let value = drop_field(body, pointer)?;
                set_field(body, &format!("{}/{}", parent(pointer), pointer_token(name)), value)
            }
            Self::SetHeader(..) | Self::DropHeader(_) => Ok(()),
        }
    }

    /// The JSON pointer that it changes; `None` where it changes a header.
    pub fn touches_body(&self) -> Option<&str> {
        match self {
            Self::SetField(pointer, _)
            | Self::DropField(pointer)
            | Self::RetypeField(pointer, _)
            | Self::RenameField(pointer, _) => Some(pointer),
            Self::SetHeader(..) | Self::DropHeader(_) => None,
        }
    }
}

fn absent(pointer: &str) -> String {
    format!("the body has no field {pointer}")
}

/// Puts a value at a JSON pointer; missing objects on the way are added, `-` appends to an array (RFC 6902, section 4.1).
pub fn set_field(body: &mut Value, pointer: &str, value: Value) -> Result<(), String> {
    let Some((parent, token)) = pointer.rsplit_once('/') else {
        *body = value;
        return Ok(());
    };
    if body.pointer(parent).is_none() {
        set_field(body, parent, json!({}))?;
    }
    let token = token.replace("~1", "/").replace("~0", "~");
    match body.pointer_mut(parent) {
        Some(Value::Object(object)) => {
            object.insert(token, value);
            Ok(())
        }
        Some(Value::Array(items)) if token == "-" => {
            items.push(value);
            Ok(())
        }
        Some(Value::Array(items)) => {
            let slot =
                token.parse::<usize>().ok().and_then(|index| items.get_mut(index)).ok_or_else(|| absent(pointer))?;
            *slot = value;
            Ok(())
        }
        _ => Err(format!("{parent:?} is neither an object nor an array, so {pointer:?} cannot be set")),
    }
}

fn drop_field(body: &mut Value, pointer: &str) -> Result<Value, String> {
    let (parent, token) = pointer.rsplit_once('/').ok_or("the whole body is left out by its own step")?;
    let token = token.replace("~1", "/").replace("~0", "~");
    let dropped = match body.pointer_mut(parent) {
        Some(Value::Object(object)) => object.shift_remove(&token),
        Some(Value::Array(items)) => {
            token.parse::<usize>().ok().filter(|index| *index < items.len()).map(|index| items.remove(index))
        }
        _ => None,
    };
    dropped.ok_or_else(|| absent(pointer))
}

fn retyped(value: &Value, kind: &str) -> Result<Value, String> {
    Ok(match kind {
        "string" => json!(text(value)),
        "number" => json!(text(value).parse::<f64>().unwrap_or(1.5)),
        "integer" => json!(text(value).parse::<i64>().unwrap_or(1)),
        "boolean" => json!(true),
        "object" => json!({ "value": value }),
        "array" => json!([value]),
        "null" => Value::Null,
        other => {
            return Err(format!(
                "{other:?} is no type of JSON; known: string, number, integer, boolean, object, array, null"
            ));
        }
    })
}
