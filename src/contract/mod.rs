//! A contract: an OpenAPI document plus what OpenAPI cannot say, parsed and resolved, as facts.

pub mod assembly;
pub mod conduct;
pub mod document;
pub mod expectation;
pub mod fit;
pub mod library;
pub mod operation;
pub mod rewrite;
pub mod sample;
pub mod schema;
pub mod securing;
pub mod scheme;
pub mod structure;
pub mod terms;

use crate::exchange::Request;
use crate::expression::Template;
use crate::name::{ContractName, CredentialName, OperationId};
use crate::place::Place;
use conduct::{Alternatives, Answer, Cause, Refusal, Stage};
use indexmap::IndexMap;
use library::{Library, Pointer};
use operation::{Content, Operation, PromisedResponse, is_json};
use schema::Schemas;
use scheme::Credential;
use serde_json::Value;
use std::sync::Arc;

/// One contract between consumers and a provider.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The name of its folder.
    pub name: ContractName,
    /// The document's title.
    pub title: String,
    /// What the document says of itself: its summary and its description (OpenAPI 3.1.1, section 4.8.2), in CommonMark.
    pub description: Option<Arc<str>>,
    /// Who calls.
    pub consumers: Vec<String>,
    /// Who answers.
    pub provider: String,
    /// The provider's order of checks.
    pub order: Vec<Stage>,
    /// Which of several credentials counts.
    pub alternatives: Alternatives,
    /// What features may write as `${name}`.
    pub values: IndexMap<String, Value>,
    /// What a fake knows when a scenario starts.
    pub knowledge: IndexMap<String, Vec<String>>,
    /// The operations, in the document's order.
    pub operations: IndexMap<OperationId, Operation>,
    /// The credentials that operations ask for.
    pub credentials: IndexMap<CredentialName, Credential>,
    /// How the provider refuses.
    pub refusals: Vec<Refusal>,
    /// The variables from which consumers read how to reach the provider, by name: templates of `url`, `host`, `port` and
    /// `secret.NAME`.
    pub variables: IndexMap<String, Template>,
    /// Drifts that nobody can see through this contract's operations: which (`*` stands for any text), and why.
    pub equivalents: IndexMap<String, String>,
    /// How promised answers become dynamic.
    pub answers: Vec<Answer>,
    /// Under which path a deployment serves it.
    pub server: Server,
    /// Under which path it is served whatever the target says: no contract has one, only drifts of it.
    pub served_under: Option<String>,
    /// The responses of all operations: where an operation has none of its own for a refusal, another's shows it.
    pub promises: Arc<Vec<PromisedResponse>>,
    /// `components.responses`, by name.
    pub components: IndexMap<String, PromisedResponse>,
    /// The schemas as JSON Schema.
    pub schemas: Schemas,
    library: Arc<Library>,
}

/// The first of the document's servers: a path whose variables differ by deployment (OpenAPI 3.1.1, section 4.8.5).
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// The path with `{variables}`.
    pub path: String,
    /// The variables: default and, where limited, the values.
    pub variables: IndexMap<String, (String, Vec<String>)>,
}

impl Server {
    /// The path with its variables filled in from `values`, else from their defaults.
    ///
    /// # Errors
    /// A variable that the document does not have, or a value that its `enum` does not list.
    pub fn path(&self, values: &IndexMap<String, String>) -> Result<String, String> {
        if let Some(name) = values.keys().find(|name| !self.variables.contains_key(*name)) {
            let known: Vec<&str> = self.variables.keys().map(String::as_str).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(format!("the contract's server has no variable `{name}`; it has: {known}"));
        }
        let mut path = self.path.clone();
        for (name, (default, allowed)) in &self.variables {
            let value = values.get(name).unwrap_or(default);
            if !allowed.is_empty() && !allowed.contains(value) {
                return Err(format!(
                    "server variable `{name}` is {value:?}; the contract allows {}",
                    allowed.join(", ")
                ));
            }
            path = path.replace(&format!("{{{name}}}"), value);
        }
        Ok(path.trim_end_matches('/').to_owned())
    }
}

/// Where a request leads.
#[derive(Debug)]
pub enum Route<'a> {
    /// To an operation, with its path parameters decoded.
    Found(&'a Operation, Vec<(String, String)>),
    /// To a path that has only other methods.
    OtherMethods(Vec<&'a str>, &'a Operation),
    /// Nowhere.
    Unknown,
}

impl Contract {
    /// The contract with only one operation, and those that share its path: all that a call of it can lead to.
    #[must_use]
    pub fn only(&self, id: &OperationId) -> Self {
        let mut narrowed = self.clone();
        let path = self.operations.get(id).map(|operation| operation.template.clone());
        narrowed.operations.retain(|_, operation| Some(&operation.template) == path.as_ref());
        narrowed
    }

    /// Where a request leads when the contract is served under `server_path`.
    pub fn route(&self, server_path: &str, request: &Request) -> Route<'_> {
        let server_path = self.served_under.as_deref().unwrap_or(server_path);
        let Some(path) = request.path.strip_prefix(server_path) else {
            return Route::Unknown;
        };
        let mut matching: Vec<_> = self
            .operations
            .values()
            .filter_map(|operation| Some((operation, operation.template.matches(path)?)))
            .collect();
        let most = matching.iter().map(|(operation, _)| operation.template.literals()).max();
        matching.retain(|(operation, _)| Some(operation.template.literals()) == most);
        if let Some((operation, values)) = matching.iter().find(|(operation, _)| operation.method == request.method) {
            let decoded = values.iter().map(|(name, value)| {
                let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
                (name.clone(), value)
            });
            return Route::Found(operation, decoded.collect());
        }
        match matching.first() {
            Some((operation, _)) => Route::OtherMethods(
                matching.iter().map(|(operation, _)| operation.method.as_str()).collect(),
                operation,
            ),
            None => Route::Unknown,
        }
    }

    /// The refusal for a cause: the first that names it and applies, else that of the cause's fallback.
    pub fn refusal_on(&self, cause: Cause, operation: Option<&OperationId>) -> Option<&Refusal> {
        let found = self.refusals.iter().find(|refusal| refusal.on.contains(&cause) && refusal.applies_to(operation));
        found.or_else(|| self.refusal_on(cause.fallback()?, operation))
    }

    /// The refusal of that name.
    pub fn refusal(&self, name: &str) -> Option<&Refusal> {
        self.refusals.iter().find(|refusal| refusal.name.as_str() == name)
    }

    /// The promised response, media type and example of a refusal, for a request that reached `operation`.
    pub fn refusal_example<'a>(
        &'a self,
        refusal: &Refusal,
        operation: Option<&'a Operation>,
    ) -> Option<(&'a PromisedResponse, Option<NamedExample<'a>>)> {
        let promised = if let Some(name) = &refusal.response {
            self.components.get(name)?
        } else {
            let own = operation.and_then(|operation| operation.promise(refusal.status));
            let others = self.promises.iter().filter(|promised| promised.status.covers(refusal.status));
            own.into_iter()
                .chain(others)
                .find(|promised| promised.contents.is_empty() || example_of(promised, refusal).is_some())?
        };
        Some((promised, example_of(promised, refusal)))
    }

    /// The place of a pointer in the contract's files.
    pub fn place(&self, pointer: &Pointer) -> Place {
        self.library.place(pointer)
    }
}

/// An example of a promised response: its media type, the content that it is of, and its value.
pub type NamedExample<'a> = (&'a str, &'a Content, &'a Value);

fn example_of<'a>(promised: &'a PromisedResponse, refusal: &Refusal) -> Option<NamedExample<'a>> {
    let contents = promised.contents.iter().filter(|(media_type, _)| match &refusal.media_type {
        Some(wanted) => media_type.starts_with(wanted.as_str()),
        None => true,
    });
    let mut contents: Vec<_> = contents.collect();
    contents.sort_by_key(|(media_type, _)| !is_json(media_type));
    let named = contents.iter().find_map(|(media_type, content)| {
        Some((media_type.as_str(), *content, content.examples.get(&refusal.example)?))
    });
    // An unnamed example serves where the document has no named ones.
    named.or_else(|| {
        contents
            .iter()
            .find_map(|(media_type, content)| Some((media_type.as_str(), *content, content.examples.get("example")?)))
    })
}
