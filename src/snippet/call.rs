//! One call in the making, as every language writes it down.

use super::formula::Ground;
use super::piece::{Filter, Node, Piece, Text, literal, of, push};
use super::{Variable, WhyNot, base};
use crate::contract::Contract;
use crate::contract::operation::{Operation, ParameterIn};
use crate::contract::scheme::{
    Algorithm, Credential, Encoding, KeyForm, Placed, PlacedPart, Scheme, Signing, TimestampUnit,
};
use crate::credential::place::expand;
use crate::exchange::Request;
use crate::expression::Template;
use crate::name::{CredentialName, OperationId};
use crate::request::{self, Body, Draft, text};
use indexmap::IndexMap;
use serde_json::{Value, json};

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

    fn take(&mut self, credential: &Credential, operation: &OperationId, request: &Request) -> Result<(), WhyNot> {
        let party = credential.party_for(operation);
        let secret = party.secret.to_string();
        let key = || vec![Piece::Variable(secret.clone())];
        match &credential.scheme {
            Scheme::Key { location: ParameterIn::Query, name } => self.query.push((name.clone(), key())),
            Scheme::Key { location: ParameterIn::Cookie, name } => self.add_cookie(name, key()),
            Scheme::Key { name, .. } => self.set_header(name, key()),
            Scheme::Word { word, .. } => {
                let mut value = literal(&format!("{word} "));
                value.extend(key());
                self.set_header("Authorization", value);
            }
            Scheme::Basic { user } => self.basic = Some((user.clone(), secret.clone())),
            Scheme::Placed(placed) => {
                let piece = |name: &str| match name {
                    "timestamp" => Piece::Timestamp,
                    "signature" => Piece::Signature,
                    "party" => Piece::Literal(party.name.to_string()),
                    _ => Piece::Variable(secret.clone()),
                };
                if let Some(signing) = &placed.signing {
                    self.sign(placed, signing, operation, request, party.name.as_str(), &secret)?;
                }
                self.place(placed, &piece)?;
                let times = self.texts().into_iter().flatten().any(|piece| *piece == Piece::Timestamp);
                self.time = self.time.or_else(|| times.then_some(placed.unit));
            }
        }
        self.variables.push(Variable { name: secret, meaning: meaning(credential, operation), is_secret: true });
        self.variables.dedup_by(|one, other| one.name == other.name);
        Ok(())
    }

    fn place(&mut self, placed: &Placed, piece: &dyn Fn(&str) -> Piece) -> Result<(), WhyNot> {
        let filled = |template: &Template| of(template.parts().unwrap_or_default(), piece);
        for part in &placed.places {
            match part {
                PlacedPart::Header(name, template) => self.set_header(name, filled(template)),
                PlacedPart::Query(name, template) => self.query.push((name.clone(), filled(template))),
                PlacedPart::Cookie(name, template) => self.add_cookie(name, filled(template)),
                PlacedPart::Body { at, value } => {
                    if self.body == Content::Empty {
                        self.body = Content::Json(json!({}));
                        self.set_header("Content-Type", literal("application/json"));
                    }
                    let part = self.rooted(at, Node::of_templates(value, piece))?;
                    self.parts.push(part);
                }
            }
        }
        Ok(())
    }

    /// A part of the body with what has to be made around it, since nothing is there yet.
    fn rooted(&self, at: &str, mut node: Node) -> Result<(String, Node), WhyNot> {
        let Content::Json(body) = &self.body else {
            return Err(WhyNot("the credential travels in the body, and the body is not JSON".to_owned()));
        };
        let list = self.signed.as_ref().and_then(|signed| signed.each.as_deref());
        let whole = list.map_or_else(String::new, |list| format!("{list}/0"));
        let mut at = at.to_owned();
        let signs_body = self.signs(&Piece::CanonicalBody);
        while let Some((parent, token)) = at.clone().rsplit_once('/') {
            match body.pointer(&format!("{whole}{parent}")) {
                Some(Value::Object(_)) => break,
                Some(_) => {
                    return Err(WhyNot(format!("the credential travels at {at}, where the example has no object")));
                }
                None if signs_body => {
                    return Err(WhyNot(format!(
                        "the body is signed, and the example has nothing at {parent} for the signature"
                    )));
                }
                None => node = Node::Object(vec![(token.replace("~1", "/").replace("~0", "~"), node)]),
            }
            parent.clone_into(&mut at);
        }
        Ok((at, node))
    }

    fn sign(
        &mut self,
        placed: &Placed,
        signing: &Signing,
        operation: &OperationId,
        request: &Request,
        party: &str,
        secret: &str,
    ) -> Result<(), WhyNot> {
        if self.signed.is_some() {
            return Err(WhyNot("two credentials sign the same request".to_owned()));
        }
        let payload = placed.payload.get(operation);
        let each = payload.and_then(|payload| payload.each.as_deref());
        let body = request.json().unwrap_or(Value::Null);
        let list = match each.map(|each| (each, each.strip_suffix("/*"))) {
            None => None,
            Some((_, Some(list))) if !list.contains('*') => Some(list.to_owned()),
            Some((each, _)) => return Err(WhyNot(format!("items within items are signed: {each}"))),
        };
        let items: Option<Vec<Value>> =
            each.map(|each| expand(&body, each).iter().filter_map(|pointer| body.pointer(pointer).cloned()).collect());
        let is_body = |part: &&PlacedPart| matches!(part, PlacedPart::Body { .. });
        if each.is_some() && !placed.places.iter().all(|part| is_body(&part)) {
            return Err(WhyNot("each item is signed, and the signatures travel outside the body".to_owned()));
        }
        let own_query = placed.places.iter().any(|part| matches!(part, PlacedPart::Query(..)));
        let ground =
            Ground { request, party, items: items.as_deref(), query_is_open: own_query || !self.query.is_empty() };
        let read = |template: &Template| ground.read(template).map_err(WhyNot);
        let payload = payload.map(|payload| read(&payload.template)).transpose()?.unwrap_or_default();
        let mut message = Text::new();
        for piece in read(&signing.message)? {
            // Nothing differs by operation.
            if piece != Piece::Payload || !payload.is_empty() {
                push(&mut message, piece);
            }
        }
        let within = |wanted: &Piece| message.iter().chain(&payload).any(|piece| piece == wanted);
        if within(&Piece::RawBody) && (placed.places.iter().any(|part| is_body(&part)) || !self.parts.is_empty()) {
            return Err(WhyNot("the body as it is sent is signed, and it holds the signature".to_owned()));
        }
        let outside = |piece: &Piece| matches!(piece, Piece::Field(field) if !field.of_item);
        if each.is_some() && message.iter().chain(&payload).any(outside) {
            return Err(WhyNot("each item is signed, and something outside of it as well".to_owned()));
        }
        if within(&Piece::CanonicalBody) && !self.parts.is_empty() {
            return Err(WhyNot("another credential travels in the body that is signed".to_owned()));
        }
        let fields = message.iter().chain(&payload).any(|piece| matches!(piece, Piece::Field(_)));
        if (within(&Piece::RawBody) || within(&Piece::CanonicalBody)) && fields {
            return Err(WhyNot("both the body and values of it are signed".to_owned()));
        }
        if within(&Piece::Timestamp) {
            self.time = Some(placed.unit);
        }
        let Signing { algorithm, encoding, key, .. } = *signing;
        self.signed =
            Some(Signed { secret: secret.to_owned(), algorithm, encoding, key, message, payload, each: list });
        self.normalise();
        if let (true, Content::Json(body)) = (self.signs(&Piece::CanonicalBody), &mut self.body) {
            // Then every library writes its keys in that order.
            body.sort_all_objects();
        }
        Ok(())
    }

    /// URLs that are signed in their normal form are sent so, too: then what is signed is what is sent.
    fn normalise(&mut self) {
        let (Some(signed), Content::Json(body)) = (&self.signed, &mut self.body) else { return };
        for piece in signed.message.iter().chain(&signed.payload) {
            let Piece::Field(field) = piece else { continue };
            if !field.has(Filter::NormalizedUrl) {
                continue;
            }
            let at: String = field.keys.iter().map(|key| format!("/{key}")).collect();
            let list = if field.of_item { signed.each.as_deref() } else { None };
            let wholes = list.map_or_else(|| vec![String::new()], |list| expand(body, &format!("{list}/*")));
            for whole in wholes {
                if let Some(Value::String(text)) = body.pointer_mut(&format!("{whole}{at}"))
                    && let Ok(url) = url::Url::parse(text)
                {
                    *text = url.into();
                }
            }
        }
    }

    fn set_header(&mut self, name: &str, value: Text) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value));
    }

    /// Cookies travel in one header (RFC 6265, section 5.4).
    fn add_cookie(&mut self, name: &str, value: Text) {
        let mut line = Text::new();
        if let Some(index) = self.headers.iter().position(|(known, _)| known.eq_ignore_ascii_case("cookie")) {
            line = self.headers.remove(index).1;
            push(&mut line, Piece::Literal("; ".to_owned()));
        }
        push(&mut line, Piece::Literal(format!("{name}=")));
        value.into_iter().for_each(|piece| push(&mut line, piece));
        self.headers.push(("Cookie".to_owned(), line));
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

/// What a secret is for.
fn meaning(credential: &Credential, operation: &OperationId) -> String {
    let party = &credential.party_for(operation).name;
    let whose = if party.as_str().is_empty() { "the consumer" } else { party.as_str() };
    match &credential.scheme {
        Scheme::Basic { user } => format!("the password of {user}"),
        Scheme::Word { word, .. } => format!("the key that travels behind the word {word}"),
        Scheme::Key { .. } => format!("the key that travels in the {}", credential.describe()),
        Scheme::Placed(placed) if placed.signing.is_some() => format!("the secret with which {whose} signs"),
        Scheme::Placed(_) => format!("the secret of {whose}"),
    }
}
