//! What a project starts from: a small one that runs at once, and the files of a contract made from an OpenAPI document.

pub mod completion;
pub mod document;
pub mod features;
pub mod naming;
pub mod refusals;
pub mod template;
pub mod terms;
pub mod unsaid;
pub mod variants;

use crate::contract::Contract;
use crate::contract::assembly::DOCUMENT_NAMES;
use crate::contract::document::{Document, pointer_token};
use crate::contract::library::ReadFile;
use crate::contract::operation::Operation;
use crate::contract::sample;
use crate::feature::source;
use crate::name::{ContractName, OperationId};
use crate::place::{Place, Problem, Problems};
use document::{Text, follow};
use indexmap::IndexMap;
use serde_json::Value;
use std::cell::RefCell;

/// A file that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name below the project's folder.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// Something to say about a part of a document.
#[derive(Clone, Debug)]
pub struct Remark {
    /// The part's JSON pointer.
    pub at: String,
    /// What to say.
    pub text: String,
}

/// Something to look at in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Where.
    pub place: Place,
    /// What about it.
    pub text: String,
}

/// The files of a contract, and what a person should know of them.
#[derive(Debug)]
pub struct Started {
    /// The contract's name.
    pub name: ContractName,
    /// Its files.
    pub files: Vec<File>,
    /// What is not as it was read.
    pub changes: Vec<Notice>,
    /// What OpenAPI could not tell.
    pub unsaid: Vec<Notice>,
    /// The variable of its first secret.
    pub secret: Option<String>,
    /// The deployment that the document names, if it names one.
    pub server: Option<String>,
}

/// Why a document does not become a contract.
#[derive(Debug)]
pub enum Unstarted {
    /// It is no OpenAPI document.
    NotADocument(String),
    /// Something is wrong with it, or missing: at places of this text.
    Lacking(Problems, Text),
}

/// The files of the contract of a document. `name` is the contract's, else it is made from the title; `beside` reads the
/// files to which the document's `$ref`s lead.
///
/// # Errors
/// It is no OpenAPI document, or one that lacks what a contract needs and what cannot be made.
pub fn contract(name: Option<&str>, text: &str, beside: ReadFile<'_>) -> Result<Started, Unstarted> {
    let text = Text::read(text).map_err(Unstarted::NotADocument)?;
    let title = text.document().value.pointer("/info/title").and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = name.map_or_else(|| naming::contract(&title), ContractName::from);
    let mut start = Start { folder: format!("contracts/{name}"), name, text, beside, further: RefCell::default() };
    let lacking = |problems: Problems, start: &Start<'_>| Unstarted::Lacking(problems, start.text.clone());
    let changes = start.complete().map_err(|problems| lacking(problems, &start))?;
    start.written(changes).map_err(|problems| lacking(problems, &start))
}

/// A contract on its way to its files.
struct Start<'a> {
    name: ContractName,
    folder: String,
    text: Text,
    beside: ReadFile<'a>,
    /// The files beside the document that were read.
    further: RefCell<IndexMap<String, String>>,
}

impl Start<'_> {
    /// A file of the contract's folder, with `terms` as its `contract.toml`.
    fn read(&self, file: &str, terms: Option<&str>) -> Result<String, String> {
        match file {
            _ if file == self.text.file => Ok(self.text.text.clone()),
            "contract.toml" => terms.map(str::to_owned).ok_or_else(|| "it is not written yet".to_owned()),
            _ if DOCUMENT_NAMES.contains(&file) => Err("the document has another name".to_owned()),
            _ => {
                let text = (self.beside)(file)?;
                self.further.borrow_mut().insert(file.to_owned(), text.clone());
                Ok(text)
            }
        }
    }

    /// The contract that the document alone makes.
    fn outline(&self) -> Result<Contract, Problems> {
        Contract::of_document(self.name.clone(), &self.folder, &|file| self.read(file, None))
    }

    /// Adds to the document what it lacks; says what.
    fn complete(&mut self) -> Result<Vec<Remark>, Problems> {
        let outline = self.outline()?;
        let completion = completion::complete(&outline, self.text.clone());
        let of_operations = outline.operations.values().flat_map(|operation| {
            variants::faults_of_example(&outline, operation).into_iter().chain(unanswerable(&outline, operation))
        });
        let mut missing: Vec<Problem> = of_operations.chain(completion.problems).collect();
        missing.sort_by(|a, b| a.place.cmp(&b.place));
        missing.dedup();
        Problems(missing).or(())?;
        self.text = completion.text;
        Ok(completion.changes)
    }

    /// The files of a document that lacks nothing.
    fn written(&self, changes: Vec<Remark>) -> Result<Started, Problems> {
        let outline = self.outline()?;
        let refusals = refusals::of(&outline);
        let terms = terms::text(&outline, &refusals);
        let contract = Contract::parse(self.name.clone(), &self.folder, &|file| self.read(file, Some(&terms)))?;
        let document = self.text.document();
        let features = features::of(&contract, &tags(&document.value, &contract), &refusals);
        let path = |file: &str| format!("{}/{file}", self.folder);
        let mut files = vec![
            File { path: path(self.text.file), text: self.text.text.clone() },
            File { path: path("contract.toml"), text: terms },
        ];
        let further = self.further.borrow().clone();
        files.extend(further.into_iter().map(|(file, text)| File { path: path(&file), text }));
        let features = features.into_iter().map(|(feature, text)| {
            let path = format!("features/{}/{feature}.feature", self.name);
            File { path, text }
        });
        let features: Vec<File> = features.collect();
        let wrong = features.iter().filter_map(|file| source::read(&file.path, &file.text, &contract).err());
        Problems(wrong.flatten().collect()).or(())?;
        files.extend(features);
        let server = document.value.pointer("/servers/0/url").and_then(Value::as_str).and_then(origin);
        let secret = contract.credentials.values().find_map(|credential| credential.parties.first());
        Ok(Started {
            name: self.name.clone(),
            changes: self.notices(&document, changes),
            unsaid: unsaid::of(&contract, &refusals, &files),
            secret: secret.map(|party| party.secret.to_string()),
            server,
            files,
        })
    }

    /// What is not as it was read, with its places.
    fn notices(&self, document: &Document, changes: Vec<Remark>) -> Vec<Notice> {
        let file = format!("{}/{}", self.folder, self.text.file);
        let relaid = self.text.relaid.map(|relaid| Remark { at: String::new(), text: relaid.to_owned() });
        let changes = relaid.into_iter().chain(changes).map(|remark| {
            let place = document.place(&remark.at);
            Notice { place: Place::new(file.as_str(), place.line, place.column), text: remark.text }
        });
        changes.collect()
    }
}

/// The promised answer of an operation, where neither an example nor one made from the schema keeps the schema.
fn unanswerable(contract: &Contract, operation: &Operation) -> Option<Problem> {
    let status = operation.success().unwrap_or(200);
    let promised = operation.promise(status)?;
    let (_, content) = refusals::main_content(promised)?;
    let schema = content.schema.as_ref()?;
    if content.examples.values().any(|example| schema.accepts(example)) {
        return None;
    }
    let made = sample::value(&contract.schemas, &schema.pointer);
    let violations = schema.violations(&made);
    let what = format!("the answer {status} of {}", operation.id);
    violations.first().map(|violation| variants::unsound(promised.place.clone(), &what, false, Some(violation)))
}

/// The first tag of each operation that has one.
fn tags(document: &Value, contract: &Contract) -> IndexMap<OperationId, String> {
    let tag = |path: &str, method: &str| {
        let at = follow(document, &format!("/paths/{}/{}", pointer_token(path), method.to_lowercase()))?;
        Some(document.pointer(&at)?.pointer("/tags/0")?.as_str()?.to_owned())
    };
    let tagged = contract
        .operations
        .values()
        .filter_map(|operation| Some((operation.id.clone(), tag(operation.template.as_str(), &operation.method)?)));
    tagged.collect()
}

/// Scheme and host of a URL.
fn origin(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}
