//! Operations: what a consumer may ask, and what the provider promises to answer.

use super::schema::Schema;
use crate::exchange::Location;
use crate::name::{CredentialName, OperationId};
use crate::place::Place;
use indexmap::IndexMap;
use serde_json::Value;
use std::sync::Arc;

/// One operation of the contract.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The name that features call it by: `operationId`, or `POST /path` where the document gives none.
    pub id: OperationId,
    /// The method in upper case.
    pub method: String,
    /// The path below the contract's server, with `{parameters}`.
    pub template: PathTemplate,
    /// The document's one-line summary.
    pub summary: Option<String>,
    /// The document's description, in CommonMark.
    pub description: Option<Arc<str>>,
    /// Path, query, header and cookie parameters.
    pub parameters: Vec<Parameter>,
    /// The request body, if the operation takes one.
    pub body: Option<RequestBody>,
    /// What is promised, by status.
    pub responses: Vec<PromisedResponse>,
    /// Which credentials open it.
    pub security: Security,
    /// Where it stands in the contract.
    pub place: Place,
}

/// Credentials as alternatives (OR) of sets that belong together (AND); an empty set makes them optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Security {
    /// The alternatives; none at all means that the operation is open.
    pub alternatives: Vec<Vec<CredentialName>>,
}

impl Security {
    /// Whether a call without any credential is refused.
    pub fn is_required(&self) -> bool {
        !self.alternatives.is_empty() && self.alternatives.iter().all(|set| !set.is_empty())
    }

    /// Every credential that is named, once each.
    pub fn credentials(&self) -> Vec<&CredentialName> {
        let mut names: Vec<&CredentialName> = Vec::new();
        for name in self.alternatives.iter().flatten() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Whether it opens only together with others.
    pub fn is_one_of_several(&self, name: &CredentialName) -> bool {
        self.alternatives.iter().any(|set| set.len() > 1 && set.contains(name))
    }
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterIn {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
}

impl ParameterIn {
    /// The place of that name.
    pub fn named(self, name: impl Into<String>) -> Location {
        match self {
            Self::Path => Location::PathParameter(name.into()),
            Self::Query => Location::Query(name.into()),
            Self::Header => Location::Header(name.into()),
            Self::Cookie => Location::Cookie(name.into()),
        }
    }
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it travels.
    pub location: ParameterIn,
    /// Whether a request must carry it.
    pub required: bool,
    /// What values it takes.
    pub schema: Option<Schema>,
    /// The value of a call that says nothing else.
    pub example: Option<Value>,
    /// The document's description, in CommonMark.
    pub description: Option<Arc<str>>,
    /// Where it stands in the contract.
    pub place: Place,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub struct RequestBody {
    /// Whether a request must carry one.
    pub required: bool,
    /// By media type.
    pub contents: IndexMap<String, Content>,
    /// Where it stands in the contract.
    pub place: Place,
}

/// What a body of one media type looks like.
#[derive(Clone, Debug)]
pub struct Content {
    /// Its schema.
    pub schema: Option<Schema>,
    /// Examples by name; an unnamed one is called `example`.
    pub examples: IndexMap<String, Value>,
}

/// A response that the provider promises.
#[derive(Clone, Debug)]
pub struct PromisedResponse {
    /// The status or statuses.
    pub status: StatusPattern,
    /// Its headers.
    pub headers: Vec<PromisedHeader>,
    /// The document's description, in CommonMark.
    pub description: Arc<str>,
    /// Its body by media type; empty where it has none.
    pub contents: IndexMap<String, Content>,
    /// Where it stands in the contract.
    pub place: Place,
}

/// A header of a promised response.
#[derive(Clone, Debug)]
pub struct PromisedHeader {
    /// Its name.
    pub name: String,
    /// Whether every such response carries it.
    pub required: bool,
    /// What values it takes.
    pub schema: Option<Schema>,
    /// A value that a fake answers with.
    pub example: Option<Value>,
    /// The document's description, in CommonMark.
    pub description: Option<Arc<str>>,
    /// Where it stands in the contract.
    pub place: Place,
}

/// The key of a Responses Object (OpenAPI 3.1.1, section 4.8.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusPattern {
    /// `200`
    Exactly(u16),
    /// `4XX`
    Hundred(u16),
    /// `default`
    Default,
}

impl StatusPattern {
    /// Reads a key; `None` where it is none of the three.
    pub fn parse(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Default);
        }
        if let Some(hundred) = key.strip_suffix("XX").or_else(|| key.strip_suffix("xx")) {
            return hundred.parse().ok().filter(|digit| (1..=5).contains(digit)).map(Self::Hundred);
        }
        key.parse().ok().filter(|status| (100..600).contains(status)).map(Self::Exactly)
    }

    /// Whether a status falls under the key.
    pub fn covers(self, status: u16) -> bool {
        match self {
            Self::Exactly(exact) => exact == status,
            Self::Hundred(hundred) => status / 100 == hundred,
            Self::Default => true,
        }
    }
}

impl std::fmt::Display for StatusPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(status) => write!(f, "{status}"),
            Self::Hundred(hundred) => write!(f, "{hundred}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

impl Operation {
    /// The promise for a status: the exact one, then the hundred, then `default`.
    pub fn promise(&self, status: u16) -> Option<&PromisedResponse> {
        let rank = |response: &&PromisedResponse| match response.status {
            StatusPattern::Exactly(_) => 0,
            StatusPattern::Hundred(_) => 1,
            StatusPattern::Default => 2,
        };
        self.responses.iter().filter(|response| response.status.covers(status)).min_by_key(rank)
    }

    /// The status of the promised success: the lowest 2xx.
    pub fn success(&self) -> Option<u16> {
        let statuses = self.responses.iter().filter_map(|response| match response.status {
            StatusPattern::Exactly(status) if (200..300).contains(&status) => Some(status),
            StatusPattern::Hundred(2) => Some(200),
            _ => None,
        });
        statuses.min()
    }

    /// Whether its method promises to change nothing (RFC 9110, section 9.2.1).
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    /// The parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The media type and content that a call uses when it says nothing else: JSON where there is any.
    pub fn default_content(&self) -> Option<(&String, &Content)> {
        let contents = &self.body.as_ref()?.contents;
        contents.iter().find(|(media_type, _)| is_json(media_type)).or_else(|| contents.first())
    }
}

impl Content {
    /// The example of that name, or the first one.
    pub fn example(&self, name: Option<&str>) -> Option<&Value> {
        match name {
            Some(name) => self.examples.get(name),
            None => self.examples.values().next(),
        }
    }
}

impl PromisedResponse {
    /// The content for a media type: the same one, a range of it (`text/*`), or `*/*`.
    pub fn content(&self, media_type: &str) -> Option<&Content> {
        find_content(&self.contents, media_type)
    }
}

/// The content for a media type among `contents`; the most exact key wins (OpenAPI 3.1.1, section 4.8.14).
pub fn find_content<'a>(contents: &'a IndexMap<String, Content>, media_type: &str) -> Option<&'a Content> {
    let essence = |key: &str| key.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let exact = contents.iter().find(|(key, _)| essence(key) == media_type);
    let range = || {
        let family = media_type.split('/').next().unwrap_or("");
        contents.iter().find(|(key, _)| essence(key) == format!("{family}/*"))
    };
    let any = || contents.iter().find(|(key, _)| essence(key) == "*/*");
    exact.or_else(range).or_else(any).map(|(_, content)| content)
}

/// Whether a media type is JSON (`application/json`, or a `+json` suffix; RFC 6839, section 3.1).
pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// A path with `{parameters}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathTemplate {
    text: String,
    segments: Vec<Vec<Segment>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter(String),
}

impl PathTemplate {
    /// Reads a template such as `/models/{model_id}/predict`.
    pub fn parse(text: &str) -> Self {
        let segments = text.split('/').map(|segment| {
            let mut parts = Vec::new();
            let mut rest = segment;
            while let Some((literal, after)) = rest.split_once('{') {
                let Some((name, behind)) = after.split_once('}') else { break };
                if !literal.is_empty() {
                    parts.push(Segment::Literal(literal.to_owned()));
                }
                parts.push(Segment::Parameter(name.to_owned()));
                rest = behind;
            }
            if !rest.is_empty() || parts.is_empty() {
                parts.push(Segment::Literal(rest.to_owned()));
            }
            parts
        });
        Self { text: text.to_owned(), segments: segments.collect() }
    }

    /// The template as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of its parameters.
    pub fn parameters(&self) -> Vec<&str> {
        let parts = self.segments.iter().flatten();
        parts.filter_map(|part| if let Segment::Parameter(name) = part { Some(name.as_str()) } else { None }).collect()
    }

    /// The parameters' raw values if `path` (percent-encoded) is of this template.
    pub fn matches(&self, path: &str) -> Option<Vec<(String, String)>> {
        let given: Vec<&str> = path.split('/').collect();
        if given.len() != self.segments.len() {
            return None;
        }
        let mut values = Vec::new();
        for (parts, segment) in self.segments.iter().zip(given) {
            match parts.as_slice() {
                [Segment::Literal(literal)] if literal == segment => {}
                [Segment::Parameter(name)] if !segment.is_empty() => values.push((name.clone(), segment.to_owned())),
                [Segment::Literal(_)] => return None,
                parts => values.extend(match_parts(parts, segment)?),
            }
        }
        Some(values)
    }

    /// How many of its segments are literal: the more, the more exact.
    pub fn literals(&self) -> usize {
        self.segments.iter().filter(|parts| matches!(parts.as_slice(), [Segment::Literal(_)])).count()
    }

    /// The path with each parameter replaced by what `value` gives for its name.
    pub fn fill(&self, value: &dyn Fn(&str) -> String) -> String {
        let part = |part: &Segment| match part {
            Segment::Literal(literal) => literal.clone(),
            Segment::Parameter(name) => value(name),
        };
        let segments: Vec<String> = self.segments.iter().map(|parts| parts.iter().map(part).collect()).collect();
        segments.join("/")
    }
}

/// Matches `{name}.json` and the like: literals in order, each parameter what stands between them.
fn match_parts(parts: &[Segment], segment: &str) -> Option<Vec<(String, String)>> {
    let mut values = Vec::new();
    let mut rest = segment;
    let mut open: Option<&str> = None;
    for part in parts {
        match part {
            Segment::Literal(literal) => {
                let at = if open.is_some() {
                    rest.find(literal.as_str())?
                } else {
                    rest.starts_with(literal.as_str()).then_some(0)?
                };
                if let Some(name) = open.take() {
                    values.push((name.to_owned(), rest[..at].to_owned()));
                }
                rest = &rest[at + literal.len()..];
            }
            Segment::Parameter(name) => open = Some(name),
        }
    }
    match open {
        Some(name) if !rest.is_empty() => values.push((name.to_owned(), rest.to_owned())),
        None if rest.is_empty() => {}
        _ => return None,
    }
    Some(values)
}
