//! An operation as a reader meets it: what it takes, what it answers, how it refuses and what to do then.

use crate::contract::Contract;
use crate::contract::conduct::{Cause, Refusal};
use crate::contract::operation::{Content, Operation, PromisedResponse};
use crate::contract::scheme::Scheme;
use crate::site::table::{self, Row};
use crate::site::wire::pretty;
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

/// An operation.
#[derive(Clone, Debug, Serialize)]
pub struct Described {
    /// Its name.
    pub id: String,
    /// Its method.
    pub method: String,
    /// Its path below a deployment's base URL.
    pub path: String,
    /// One line of what it is for.
    pub summary: String,
    /// More of it, in CommonMark.
    pub description: String,
    /// Where it stands in the contract.
    pub place: String,
    /// What opens it, an alternative each; none where it is open to all.
    pub security: Vec<String>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its request body, by media type.
    pub bodies: Vec<Body>,
    /// Its promised responses.
    pub responses: Vec<Answer>,
    /// How it refuses.
    pub refusals: Vec<Refused>,
}

/// A parameter.
#[derive(Clone, Debug, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it travels.
    pub place: String,
    /// Whether it must be sent.
    pub required: bool,
    /// What values it takes.
    pub row: Option<Row>,
    /// The value of the example call.
    pub example: Option<String>,
    /// The document's description.
    pub description: String,
}

/// A body of one media type.
#[derive(Clone, Debug, Serialize)]
pub struct Body {
    /// The media type.
    pub media_type: String,
    /// Its properties.
    pub rows: Vec<Row>,
    /// Examples by name.
    pub examples: Vec<(String, String)>,
}

/// A promised response.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The status, or `4XX` or `default`.
    pub status: String,
    /// The document's description.
    pub description: String,
    /// Its headers, and whether each is always there.
    pub headers: Vec<(String, bool)>,
    /// Its bodies.
    pub bodies: Vec<Body>,
}

/// A refusal.
#[derive(Clone, Debug, Serialize)]
pub struct Refused {
    /// Its name, which features use.
    pub name: String,
    /// Its status.
    pub status: u16,
    /// Why it is given, a sentence each.
    pub causes: Vec<String>,
    /// What to do about it.
    pub cures: Vec<String>,
    /// The texts that are promised, by JSON pointer.
    pub promises: Vec<(String, String)>,
    /// The answer as an example.
    pub example: Option<String>,
}

/// An operation of the contract.
pub fn described(contract: &Contract, operation: &Operation) -> Described {
    let path = contract.server.path(&IndexMap::new()).unwrap_or_default();
    let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
    let parameters = operation.parameters.iter().map(|parameter| Parameter {
        name: parameter.name.clone(),
        place: format!("{:?}", parameter.location).to_lowercase(),
        required: parameter.required,
        row: parameter.schema.as_ref().and_then(|schema| table::line(&contract.schemas, schema)),
        example: parameter.example.as_ref().map(plain),
        description: text(&parameter.description),
    });
    let refusals = contract.refusals.iter().filter(|refusal| refusal.applies_to(Some(&operation.id)));
    Described {
        id: operation.id.to_string(),
        method: operation.method.clone(),
        path: format!("{path}{}", operation.template.as_str()),
        summary: operation.summary.clone().unwrap_or_default(),
        description: text(&operation.description),
        place: operation.place.to_string(),
        security: alternatives(contract, operation),
        parameters: parameters.collect(),
        bodies: operation.body.iter().flat_map(|body| bodies(contract, &body.contents)).collect(),
        responses: operation.responses.iter().map(|promised| answer(contract, promised)).collect(),
        refusals: refusals.map(|refusal| refused(contract, operation, refusal)).collect(),
    }
}

/// What opens an operation, an alternative each: `header Authorization: Bearer …`.
pub fn alternatives(contract: &Contract, operation: &Operation) -> Vec<String> {
    let words = |set: &Vec<_>| {
        let credentials = set.iter().filter_map(|name| contract.credentials.get(name));
        let all: Vec<String> = credentials.map(|one| format!("{} in {}", one.name, one.describe())).collect();
        if all.is_empty() { "no credential".to_owned() } else { all.join(" together with ") }
    };
    operation.security.alternatives.iter().map(words).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn bodies<'a>(contract: &'a Contract, contents: &'a IndexMap<String, Content>) -> impl Iterator<Item = Body> + 'a {
    contents.iter().map(|(media_type, content)| Body {
        media_type: media_type.clone(),
        rows: content.schema.as_ref().map(|schema| table::rows(&contract.schemas, schema)).unwrap_or_default(),
        examples: content.examples.iter().map(|(name, value)| (name.clone(), shown(value))).collect(),
    })
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| pretty(value), str::to_owned)
}

fn answer(contract: &Contract, promised: &PromisedResponse) -> Answer {
    Answer {
        status: promised.status.to_string(),
        description: promised.description.to_string(),
        headers: promised.headers.iter().map(|header| (header.name.clone(), header.required)).collect(),
        bodies: bodies(contract, &promised.contents).collect(),
    }
}

/// A refusal as `operation` gives it.
pub fn refused(contract: &Contract, operation: &Operation, refusal: &Refusal) -> Refused {
    let mut causes: Vec<String> = refusal.on.iter().map(|cause| cause_of(*cause).to_owned()).collect();
    let mut cures: Vec<String> = refusal.on.iter().map(|cause| cure(contract, operation, *cause)).collect();
    if let Some(when) = &refusal.when {
        causes.push(format!("The provider finds that `{}`.", when.source()));
    } else if refusal.on.is_empty() {
        causes.push("The provider cannot or will not answer: nothing about the request leads to it.".to_owned());
    }
    if refusal.on.is_empty() {
        cures.push(match refusal.status {
            429 => "Wait, and send it again; `Retry-After` says when where the answer has it.".to_owned(),
            500..=599 => "Send it again later. If it stays, the provider's logs know more.".to_owned(),
            _ => "Change what the condition names, or expect this answer.".to_owned(),
        });
    }
    cures.dedup();
    let example = contract.refusal_example(refusal, Some(operation)).and_then(|(_, example)| Some(shown(example?.2)));
    let promises = refusal.promises.iter().map(|(pointer, texts)| (pointer.clone(), texts.join("` or `")));
    Refused {
        name: refusal.name.to_string(),
        status: refusal.status,
        causes,
        cures,
        promises: promises.collect(),
        example,
    }
}

fn cause_of(cause: Cause) -> &'static str {
    match cause {
        Cause::Path => "The provider serves nothing at this path.",
        Cause::Method => "The path has no such method.",
        Cause::Missing => "The request carries no credential.",
        Cause::Misplaced => "The credential stands in another place than the contract's.",
        Cause::Malformed => "The credential has not the form that it should have.",
        Cause::Unknown => "Nobody holds this key, or the signature is not that of the request.",
        Cause::Stale => "The signature was made too long ago, or too far ahead.",
        Cause::Parameters => "A parameter of path, query or header departs from its schema.",
        Cause::Body => "The body is no JSON, or departs from its schema.",
    }
}

fn cure(contract: &Contract, operation: &Operation, cause: Cause) -> String {
    let places = alternatives(contract, operation).join(", or ");
    let credentials = || operation.security.credentials().into_iter().filter_map(|name| contract.credentials.get(name));
    match cause {
        Cause::Path => "Compare the path with this page, and the base URL's prefix with the deployment's.".to_owned(),
        Cause::Method => format!("Send {} here.", operation.method),
        Cause::Missing if places.is_empty() => "Send the credential that the operation asks for.".to_owned(),
        Cause::Missing => format!("Send {places}."),
        Cause::Misplaced => format!("Move it: {places}."),
        Cause::Malformed => {
            let pattern = credentials().find_map(|credential| credential.pattern.as_ref());
            pattern.map_or_else(
                || "Send it whole, in the form that this page shows.".to_owned(),
                |pattern| format!("Send a key of the form `{}`.", pattern.as_str()),
            )
        }
        Cause::Unknown => {
            let variables: Vec<String> =
                credentials().map(|credential| format!("`{}`", credential.party_for(&operation.id).secret)).collect();
            let variables = variables.join(" and ");
            if credentials()
                .any(|credential| matches!(&credential.scheme, Scheme::Placed(placed) if placed.signing.is_some()))
            {
                format!(
                    "Hold the secret in {variables} against the deployment's, then the signed message against the picture of this contract: every part counts."
                )
            } else {
                format!(
                    "Hold the key in {variables} against the deployment's: a key of another stage or a revoked one looks just as well."
                )
            }
        }
        Cause::Stale => {
            let window = credentials().find_map(crate::contract::scheme::Credential::window);
            let window = window.map_or_else(
                || "The window is short".to_owned(),
                |window| format!("It holds for {} s", window.as_secs()),
            );
            format!("Sign just before sending, in the unit that the contract names, and set the clock. {window}.")
        }
        Cause::Parameters => "Hold the parameters against the table of this operation.".to_owned(),
        Cause::Body => "Hold the body against the table of this operation; the answer names the field.".to_owned(),
    }
}
