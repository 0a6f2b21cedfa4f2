//! What a document lacks to be a contract: a response for a refused credential, examples of refusals.

use super::Remark;
use super::document::{Text, follow};
use super::refusals::{self, is_validation, main_content};
use crate::contract::Contract;
use crate::contract::document::pointer_token;
use crate::contract::operation::{Operation, PromisedResponse, StatusPattern};
use crate::contract::sample;
use crate::contract::schema::Schema;
use crate::place::{Place, Problem};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The component that says how a credential is refused, where the document has none.
const COMPONENT: &str = "CredentialRefused";

/// What was added to a document.
pub struct Completion {
    /// The document with it.
    pub text: Text,
    /// What was added, and where.
    pub changes: Vec<Remark>,
    /// What is missing and could not be made.
    pub problems: Vec<Problem>,
}

/// What a document lacks, as far as it was found.
struct Search<'a> {
    outline: &'a Contract,
    document: &'a Value,
    additions: Vec<(String, Value)>,
    changes: Vec<Remark>,
    problems: Vec<Problem>,
}

/// The document with what it lacks to be the contract `outline`.
pub fn complete(outline: &Contract, text: Text) -> Completion {
    let document = text.document();
    let mut search =
        Search { outline, document: &document.value, additions: Vec::new(), changes: Vec::new(), problems: Vec::new() };
    search.credential_refusals();
    search.examples();
    let Search { additions, changes, problems, .. } = search;
    let mut text = text;
    text.add(&additions);
    Completion { text, changes, problems }
}

impl Search<'_> {
    /// A 401 for each protected operation whose document does not say how it refuses a credential.
    fn credential_refusals(&mut self) {
        let outline = self.outline;
        let protected = outline.operations.values().filter(|operation| operation.security.is_required());
        let unsaid: Vec<&Operation> =
            protected.filter(|operation| refusals::of_credential(operation).is_none()).collect();
        if unsaid.is_empty() {
            return;
        }
        let is_it = |name: &&String| naming_of(name).starts_with("unauthori");
        let existing = outline.components.keys().find(is_it);
        let name = existing.map_or(COMPONENT, String::as_str).to_owned();
        if existing.is_none() {
            let refused = refused(refusals::is_of_fastapi(outline));
            self.additions.push((format!("/components/responses/{COMPONENT}"), refused));
        }
        let mut ids = Vec::new();
        for operation in unsaid {
            let Some(responses) = self.pointer(operation, "") else {
                self.elsewhere(&operation.place, &format!("{} promises no 401", operation.id));
                continue;
            };
            let reference = json!({ "$ref": format!("#/components/responses/{}", pointer_token(&name)) });
            self.additions.push((format!("{responses}/401"), reference));
            ids.push(operation.id.as_str());
        }
        let said = format!(
            "a 401 was added to {}: the document does not say how a missing or wrong credential is refused",
            ids.join(", ")
        );
        self.changes.push(Remark { at: format!("/components/responses/{}", pointer_token(&name)), text: said });
    }

    /// An example for each refusal that has a body and none; a value for each promised header.
    fn examples(&mut self) {
        let outline = self.outline;
        let mut added: BTreeSet<String> = BTreeSet::new();
        for operation in outline.operations.values() {
            for promised in &operation.responses {
                self.headers(operation, promised, &mut added);
                let refuses = match promised.status {
                    StatusPattern::Exactly(status) => status >= 400,
                    StatusPattern::Hundred(hundred) => hundred >= 4,
                    StatusPattern::Default => operation.success().is_some(),
                };
                let Some((media_type, content)) = main_content(promised) else { continue };
                if !refuses || !content.examples.is_empty() || is_validation(outline, content) {
                    continue;
                }
                let at = format!("/{}/content/{}", promised.status, pointer_token(media_type));
                let what = format!("the refusal {} of {}", promised.status, operation.id);
                self.value(operation, (&at, &what), content.schema.as_ref(), (&promised.place, &mut added));
            }
        }
        if let Some(first) = added.first() {
            let said = match added.len() {
                1 => "an example was added, made from the schema: a fake refuses with it".to_owned(),
                count => format!("{count} examples were added, made from their schemas: a fake refuses with them"),
            };
            self.changes.push(Remark { at: first.clone(), text: said });
        }
    }

    fn headers(&mut self, operation: &Operation, promised: &PromisedResponse, added: &mut BTreeSet<String>) {
        for header in promised.headers.iter().filter(|header| header.required && header.example.is_none()) {
            let at = format!("/{}/headers/{}", promised.status, pointer_token(&header.name));
            let what = format!("the header {} of the response {} of {}", header.name, promised.status, operation.id);
            self.value(operation, (&at, &what), header.schema.as_ref(), (&header.place, added));
        }
    }

    /// Adds an `example` to what stands at `at` below the operation's responses.
    fn value(
        &mut self,
        operation: &Operation,
        (at, what): (&str, &str),
        schema: Option<&Schema>,
        (place, added): (&Place, &mut BTreeSet<String>),
    ) {
        let value = schema.map_or(json!({}), |schema| sample::value(&self.outline.schemas, &schema.pointer));
        if schema.is_some_and(|schema| !schema.accepts(&value)) {
            self.problems.push(Problem::new(
                place.clone(),
                format!("no example of {what} could be made from its schema"),
                "add an `example` that keeps the schema",
            ));
            return;
        }
        match self.pointer(operation, at) {
            Some(pointer) if added.contains(&format!("{pointer}/example")) => {}
            Some(pointer) => {
                let pointer = format!("{pointer}/example");
                added.insert(pointer.clone());
                self.additions.push((pointer, value));
            }
            None => self.elsewhere(place, &format!("{what} has no example")),
        }
    }

    fn elsewhere(&mut self, place: &Place, wrong: &str) {
        let help = "it stands in another file of the document: add it there";
        self.problems.push(Problem::new(place.clone(), wrong, help));
    }

    /// The pointer of something below an operation's responses, in the document.
    fn pointer(&self, operation: &Operation, below: &str) -> Option<String> {
        let path = pointer_token(operation.template.as_str());
        let pointer = format!("/paths/{path}/{}/responses{below}", operation.method.to_lowercase());
        follow(self.document, &pointer)
    }
}

fn naming_of(name: &str) -> String {
    name.to_lowercase().replace(['_', '-', ' '], "")
}

/// How a credential is refused, where the document says nothing of it. FastAPI words every refusal of its own as `detail`.
fn refused(fastapi: bool) -> Value {
    let description = "The credential is missing or wrong.";
    // RFC 9110, section 11.6.1: a 401 carries it; many do not.
    let headers = json!({ "WWW-Authenticate": { "schema": { "type": "string" } } });
    if !fastapi {
        return json!({ "description": description, "headers": headers });
    }
    json!({
        "description": description,
        "headers": headers,
        "content": {
            "application/json": {
                "schema": { "type": "object", "required": ["detail"], "properties": { "detail": { "type": "string" } } },
                "example": { "detail": "Not authenticated" },
            },
        },
    })
}
