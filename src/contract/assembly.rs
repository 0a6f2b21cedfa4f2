//! From the texts of a contract's files to a [`Contract`], or to all that is wrong with them.

use super::document::Document;
use super::library::{Library, Pointer, ReadFile};
use super::operation::{
    Content, Operation, Parameter, ParameterIn, PathTemplate, PromisedHeader, PromisedResponse, RequestBody, Security,
    StatusPattern,
};
use super::schema::{Schema, Schemas};
use super::scheme::{Credential, Scheme};
use super::securing::Securing;
use super::structure::{Kind, METHODS, ORIGIN, POINTER, Structure};
use super::terms::Terms;
use super::{Contract, Server, fit};
use crate::name::{ContractName, CredentialName, OperationId};
use crate::place::{Place, Problem, Problems};
use crate::settings::nearest;
use indexmap::IndexMap;
use jsonschema::Draft;
use openapiv3::{ParameterSchemaOrContent, ReferenceOr};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// The names under which a contract's OpenAPI document is looked for.
pub const DOCUMENT_NAMES: [&str; 3] = ["openapi.yaml", "openapi.yml", "openapi.json"];

impl Contract {
    /// Reads the contract `name` from its `folder`, which is only put before file names in messages.
    ///
    /// # Errors
    /// Everything that is wrong with its files, together.
    pub fn parse(name: ContractName, folder: &str, read: ReadFile<'_>) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let terms_file = format!("{folder}/contract.toml");
        let terms = match read("contract.toml") {
            Ok(text) => {
                let (terms, found) = Terms::parse(&terms_file, &text);
                problems.extend(found);
                terms
            }
            Err(reason) => {
                let help = "write one that names at least `consumer` and `provider`; see docs/contract-format.md";
                problems.push(Problem::new(Place::new(terms_file, 1, 1), format!("cannot be read: {reason}"), help));
                Terms::default()
            }
        };
        let root = DOCUMENT_NAMES.into_iter().find(|file| read(file).is_ok()).unwrap_or(DOCUMENT_NAMES[0]);
        match Library::read(folder, root, read) {
            Ok(library) => match Assembly::new(&library, &terms, problems).contract(name, &library) {
                Ok(contract) => Ok(contract.with_terms(terms)),
                Err(problems) => Err(sorted(problems)),
            },
            Err(found) => {
                problems.extend(found);
                Err(sorted(problems))
            }
        }
    }

    /// Reads the document that a provider publishes, of which nobody wrote a `contract.toml`: no parties, no
    /// refusals, no secrets. Operations are called by method and path. A part that is wrong is left out.
    ///
    /// # Errors
    /// It is no OpenAPI document of 3.0 or 3.1.
    pub fn published(name: ContractName, text: &str) -> Result<Self, String> {
        const FILE: &str = DOCUMENT_NAMES[2];
        let document = Document::parse_published(FILE, text)?;
        let schemes = document.value.pointer("/components/securitySchemes").and_then(Value::as_object);
        let schemes = schemes.into_iter().flatten().map(|(scheme, _)| scheme.as_str());
        let terms = Terms::without_secrets(schemes, &document.place(""));
        let library = Library::of(FILE, document);
        let mut assembly = Assembly::new(&library, &terms, Vec::new());
        if !assembly.is_known_version() {
            return Err("its `openapi` is neither 3.0 nor 3.1".to_owned());
        }
        let mut typed = assembly.typed_operations();
        typed.iter_mut().for_each(|(_, _, _, operation, _)| operation.operation_id = None);
        Ok(assembly.assembled(name, &library, typed))
    }

    /// Reads the contract of a document beside which nobody has written a `contract.toml` yet: no parties, no refusals,
    /// no secrets.
    ///
    /// # Errors
    /// Everything that is wrong with the document, together.
    pub fn of_document(name: ContractName, folder: &str, read: ReadFile<'_>) -> Result<Self, Problems> {
        let root = DOCUMENT_NAMES.into_iter().find(|file| read(file).is_ok()).unwrap_or(DOCUMENT_NAMES[0]);
        let library = Library::read(folder, root, read).map_err(sorted)?;
        let document = library.root().1;
        let schemes = document.value.pointer("/components/securitySchemes").and_then(Value::as_object);
        let schemes = schemes.into_iter().flatten().map(|(scheme, _)| scheme.as_str());
        let terms = Terms::without_secrets(schemes, &document.place(""));
        let mut assembly = Assembly::new(&library, &terms, Vec::new());
        let typed = assembly.typed_operations();
        let contract = assembly.assembled(name, &library, typed);
        if assembly.problems.is_empty() { Ok(contract) } else { Err(sorted(assembly.problems)) }
    }

    fn with_terms(mut self, terms: Terms) -> Self {
        self.consumers = terms.consumers;
        self.provider = terms.provider;
        self.order = terms.order;
        self.alternatives = terms.alternatives;
        self.values = terms.values;
        self.knowledge = terms.knowledge;
        self.refusals = terms.refusals;
        self.answers = terms.answers;
        self.variables = terms.variables;
        self.equivalents = terms.equivalents;
        self
    }
}

fn sorted(mut problems: Vec<Problem>) -> Problems {
    problems.sort_by(|a, b| a.place.cmp(&b.place));
    problems.dedup();
    Problems(problems)
}

struct Assembly<'a> {
    root: Pointer,
    library: &'a Library,
    terms: &'a Terms,
    structure: Structure<'a>,
    problems: Vec<Problem>,
    /// Whether a part of the document was left out because something is wrong with it.
    has_unread_parts: bool,
}

type Typed = (String, String, Pointer, openapiv3::Operation, Vec<openapiv3::Parameter>);

impl<'a> Assembly<'a> {
    fn new(library: &'a Library, terms: &'a Terms, problems: Vec<Problem>) -> Self {
        let root = Pointer { file: library.root().0.to_owned(), path: String::new() };
        Self { root, library, terms, structure: Structure::new(library), problems, has_unread_parts: false }
    }

    fn contract(mut self, name: ContractName, library: &Library) -> Result<Contract, Vec<Problem>> {
        let typed = self.typed_operations();
        let contract = self.assembled(name, library, typed);
        let is_readable = self.is_readable();
        self.problems.extend(fit::problems(&contract, self.terms, is_readable));
        if self.problems.is_empty() { Ok(contract) } else { Err(self.problems) }
    }

    /// The contract with these operations; what is wrong with a part is noted.
    fn assembled(&mut self, name: ContractName, library: &Library, typed: Vec<Typed>) -> Contract {
        let draft = self.draft();
        let title = self.text("/info/title").unwrap_or_else(|| name.to_string());
        let said = [self.text("/info/summary"), self.text("/info/description")];
        let said = said.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
        let description = Some(said).filter(|said| !said.is_empty()).map(Arc::from);
        let server = self.server();
        let components = self.typed_components();
        let schemas = Schemas::new(library, self.is_30(), draft);
        let (compiled, found) = schemas.compile(library, &self.structure.schemas);
        self.has_unread_parts = !self.structure.problems.is_empty();
        self.problems.append(&mut self.structure.problems);
        self.problems.extend(found);
        let mut securing = Securing { library, terms: self.terms, problems: Vec::new() };
        let credentials = securing.credentials();
        self.problems.append(&mut securing.problems);
        let operations = self.operations(typed, &compiled, &credentials);
        let components = components.into_iter().map(|(name, pointer, response)| {
            let promised = self.response(StatusPattern::Default, &pointer, &response, &compiled);
            (name, promised)
        });
        let components = components.collect();
        let promises = operations.values().flat_map(|operation| operation.responses.iter().cloned()).collect();
        Contract {
            promises: Arc::new(promises),
            name,
            title,
            description,
            consumers: Vec::new(),
            provider: String::new(),
            order: Vec::new(),
            alternatives: super::conduct::Alternatives::default(),
            values: IndexMap::new(),
            knowledge: IndexMap::new(),
            components,
            operations,
            credentials,
            variables: IndexMap::new(),
            equivalents: IndexMap::new(),
            refusals: Vec::new(),
            answers: Vec::new(),
            server,
            served_under: None,
            schemas,
            library: Arc::new(library.clone()),
        }
    }

    fn text(&self, path: &str) -> Option<String> {
        self.library.root().1.value.pointer(path)?.as_str().map(str::to_owned)
    }

    fn is_30(&self) -> bool {
        self.text("/openapi").is_some_and(|version| version.starts_with("3.0"))
    }

    fn is_known_version(&self) -> bool {
        self.text("/openapi").is_some_and(|version| version.starts_with("3.0") || version.starts_with("3.1"))
    }

    /// The dialect of the schemas: what 3.1 declares, else 2020-12 (OpenAPI 3.1.1, section 4.8.24.5).
    fn draft(&mut self) -> Draft {
        if !self.is_known_version() {
            let wrong = match self.text("/openapi") {
                Some(version) => format!("`openapi` is {version:?}"),
                None => "`openapi` is missing".to_owned(),
            };
            self.problem("/openapi", wrong, "write the version of an OpenAPI 3.0 or 3.1 document: openapi: 3.1.0");
        }
        match self.text("/jsonSchemaDialect").as_deref() {
            None
            | Some("https://spec.openapis.org/oas/3.1/dialect/base" | "https://json-schema.org/draft/2020-12/schema") => {
                Draft::Draft202012
            }
            Some("https://json-schema.org/draft/2019-09/schema") => Draft::Draft201909,
            Some("http://json-schema.org/draft-07/schema#" | "http://json-schema.org/draft-07/schema") => Draft::Draft7,
            Some("http://json-schema.org/draft-06/schema#") => Draft::Draft6,
            Some("http://json-schema.org/draft-04/schema#") => Draft::Draft4,
            Some(other) => {
                let wrong = format!("unknown schema dialect {other:?}");
                self.problem("/jsonSchemaDialect", wrong, "use 2020-12, 2019-09, draft-07, draft-06 or draft-04");
                Draft::Draft202012
            }
        }
    }

    fn problem(&mut self, path: &str, wrong: impl Into<String>, help: impl Into<String>) {
        let place = self.library.place(&Pointer { file: self.root.file.clone(), path: path.to_owned() });
        self.problems.push(Problem::new(place, wrong, help));
    }

    fn server(&mut self) -> Server {
        let Some(value) = self.library.root().1.value.pointer("/servers/0") else {
            return Server::default();
        };
        let server: openapiv3::Server = match serde_json::from_value(value.clone()) {
            Ok(server) => server,
            Err(error) => {
                self.problem("/servers/0", format!("not a server: {error}"), "give it a `url` and string `default`s");
                return Server::default();
            }
        };
        let path = match server.url.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
            None => &server.url,
        };
        let variables = server.variables.unwrap_or_default();
        let variables = variables.into_iter().map(|(name, variable)| (name, (variable.default, variable.enumeration)));
        Server { path: path.trim_end_matches('/').to_owned(), variables: variables.collect() }
    }

    fn typed_operations(&mut self) -> Vec<Typed> {
        let mut typed = Vec::new();
        let Some(Value::Object(paths)) = self.library.root().1.value.get("paths") else {
            self.problem("", "the document has no `paths`", "list the operations under `paths`");
            return typed;
        };
        for path in paths.keys().filter(|path| !path.starts_with("x-")) {
            let pointer = self.root.join("paths").join(path);
            if !path.starts_with('/') {
                let place = self.library.place(&pointer);
                self.problems.push(Problem::new(
                    place,
                    format!("the path {path:?} does not start with `/`"),
                    "put a `/` before it",
                ));
            }
            let (pointer, item) = match self.library.follow(pointer) {
                Ok(found) => found,
                Err(problem) => {
                    self.problems.push(problem);
                    continue;
                }
            };
            let shared = self.typed_parameters(&pointer, item);
            for method in METHODS {
                let Some(value) = item.get(method) else { continue };
                let pointer = pointer.join(method);
                let Some(operation) = self.structure.typed(&pointer, Kind::Operation) else { continue };
                let mut parameters = shared.clone();
                for parameter in self.typed_parameters(&pointer, value) {
                    // An operation's parameter overrides the path's (OpenAPI 3.1.1, section 4.8.10).
                    let same = |other: &openapiv3::Parameter| {
                        other.parameter_data_ref().name == parameter.parameter_data_ref().name
                            && std::mem::discriminant(other) == std::mem::discriminant(&parameter)
                    };
                    parameters.retain(|other| !same(other));
                    parameters.push(parameter);
                }
                typed.push((path.clone(), method.to_uppercase(), pointer, operation, parameters));
            }
        }
        if typed.is_empty() && self.structure.problems.is_empty() {
            self.problem("/paths", "the document has no operations", "add at least one operation");
        }
        typed
    }

    fn typed_parameters(&mut self, owner: &Pointer, value: &Value) -> Vec<openapiv3::Parameter> {
        let count = value.get("parameters").and_then(Value::as_array).map_or(0, Vec::len);
        let list = owner.join("parameters");
        (0..count).filter_map(|index| self.structure.typed(&list.join(&index.to_string()), Kind::Parameter)).collect()
    }

    fn typed_components(&mut self) -> Vec<(String, Pointer, openapiv3::Response)> {
        let Some(Value::Object(responses)) = self.library.root().1.value.pointer("/components/responses") else {
            return Vec::new();
        };
        let list = self.root.join("components").join("responses");
        let names = responses.keys().cloned();
        names
            .filter_map(|name| {
                let pointer = list.join(&name);
                let response = self.structure.typed(&pointer, Kind::Response)?;
                Some((name, pointer, response))
            })
            .collect()
    }

    fn operations(
        &mut self,
        typed: Vec<Typed>,
        compiled: &HashMap<Pointer, Schema>,
        credentials: &IndexMap<CredentialName, Credential>,
    ) -> IndexMap<OperationId, Operation> {
        let mut operations: IndexMap<OperationId, Operation> = IndexMap::new();
        for (path, method, pointer, operation, parameters) in typed {
            let place = self.library.place(&pointer);
            let id = operation.operation_id.clone().unwrap_or_else(|| format!("{method} {path}"));
            let id = OperationId::from(id);
            if let Some(other) = operations.get(&id) {
                let wrong = format!("the operationId {id:?} is taken", id = id.as_str());
                let help = format!("it stands at {} too; give one of them another", other.place);
                self.problems.push(Problem::new(self.library.place(&pointer.join("operationId")), wrong, help));
                continue;
            }
            let template = PathTemplate::parse(&path);
            let parameters: Vec<Parameter> =
                parameters.iter().map(|parameter| self.parameter(parameter, &pointer, compiled)).collect();
            for name in template.parameters() {
                if !parameters.iter().any(|known| known.location == ParameterIn::Path && known.name == name) {
                    let wrong = format!("the path's parameter {{{name}}} is not declared");
                    let help = format!("add to `parameters`: {{ name: {name}, in: path, required: true, schema: … }}");
                    self.problems.push(Problem::new(place.clone(), wrong, help));
                }
            }
            let body = operation.request_body.as_ref().and_then(ReferenceOr::as_item).map(|body| RequestBody {
                required: body.required,
                contents: contents(&body.content, compiled),
                place: self.origin(&body.extensions, &pointer),
            });
            let security = self.security(&pointer, &id, operation.security.as_ref(), credentials);
            let responses = self.responses(&pointer, &operation.responses, compiled);
            let (summary, description) = (operation.summary, operation.description.map(Arc::from));
            let operation = Operation {
                id: id.clone(),
                method,
                template,
                summary,
                description,
                parameters,
                body,
                responses,
                security,
                place,
            };
            operations.insert(id, operation);
        }
        operations
    }

    fn parameter(
        &self,
        parameter: &openapiv3::Parameter,
        owner: &Pointer,
        compiled: &HashMap<Pointer, Schema>,
    ) -> Parameter {
        let location = match parameter {
            openapiv3::Parameter::Path { .. } => ParameterIn::Path,
            openapiv3::Parameter::Query { .. } => ParameterIn::Query,
            openapiv3::Parameter::Header { .. } => ParameterIn::Header,
            openapiv3::Parameter::Cookie { .. } => ParameterIn::Cookie,
        };
        let data = parameter.parameter_data_ref();
        Parameter {
            name: data.name.clone(),
            location,
            required: data.required,
            schema: format_schema(&data.format, compiled),
            example: first_example(data.example.as_ref(), &data.examples),
            description: data.description.as_deref().map(Arc::from),
            place: self.origin(&data.extensions, owner),
        }
    }

    fn security(
        &mut self,
        pointer: &Pointer,
        id: &OperationId,
        own: Option<&Vec<openapiv3::SecurityRequirement>>,
        credentials: &IndexMap<CredentialName, Credential>,
    ) -> Security {
        let from_document = self.library.root().1.value.get("security");
        let shared = from_document.and_then(|value| serde_json::from_value(value.clone()).ok());
        let requirements: Vec<openapiv3::SecurityRequirement> = own.cloned().or(shared).unwrap_or_default();
        let mut alternatives: Vec<Vec<CredentialName>> = Vec::new();
        for requirement in requirements {
            let names: Vec<CredentialName> =
                requirement.keys().map(|name| CredentialName::from(name.as_str())).collect();
            for name in &names {
                if !credentials.contains_key(name) && self.scheme_is_absent(name) {
                    let wrong = format!("`security` names {:?}, which is no security scheme", name.as_str());
                    let known = credentials.keys().map(CredentialName::as_str);
                    let help = match nearest(name.as_str(), known) {
                        Some(nearest) => format!("did you mean {nearest:?}?"),
                        None => "declare it under components.securitySchemes".to_owned(),
                    };
                    self.problems.push(Problem::new(self.library.place(&pointer.join("security")), wrong, help));
                }
            }
            alternatives.push(names);
        }
        let placed = credentials.values().filter(|credential| match &credential.scheme {
            Scheme::Placed(placed) => placed.operations.contains(id),
            _ => false,
        });
        for credential in placed {
            if alternatives.is_empty() {
                alternatives.push(Vec::new());
            }
            alternatives.iter_mut().for_each(|set| set.push(credential.name.clone()));
        }
        Security { alternatives }
    }

    fn scheme_is_absent(&self, name: &CredentialName) -> bool {
        let pointer = self.root.join("components").join("securitySchemes").join(name.as_str());
        self.library.at(&pointer).is_none()
    }

    fn responses(
        &mut self,
        owner: &Pointer,
        responses: &openapiv3::Responses,
        compiled: &HashMap<Pointer, Schema>,
    ) -> Vec<PromisedResponse> {
        let default = responses.default.as_ref().map(|response| (StatusPattern::Default, response));
        let keyed = responses.responses.iter().map(|(status, response)| {
            let pattern = match status {
                openapiv3::StatusCode::Code(code) => StatusPattern::Exactly(*code),
                openapiv3::StatusCode::Range(hundred) => StatusPattern::Hundred(*hundred),
            };
            (pattern, response)
        });
        let all = keyed.chain(default).filter_map(|(status, response)| Some((status, response.as_item()?)));
        all.map(|(status, response)| self.response(status, owner, response, compiled)).collect()
    }

    fn response(
        &self,
        status: StatusPattern,
        owner: &Pointer,
        response: &openapiv3::Response,
        compiled: &HashMap<Pointer, Schema>,
    ) -> PromisedResponse {
        let headers = response.headers.iter().filter_map(|(name, header)| {
            let header = header.as_item()?;
            Some(PromisedHeader {
                name: name.clone(),
                required: header.required,
                schema: format_schema(&header.format, compiled),
                example: first_example(header.example.as_ref(), &header.examples),
                description: header.description.as_deref().map(Arc::from),
                place: self.origin(&header.extensions, owner),
            })
        });
        PromisedResponse {
            status,
            headers: headers.collect(),
            description: response.description.as_str().into(),
            contents: contents(&response.content, compiled),
            place: self.origin(&response.extensions, owner),
        }
    }

    fn origin(&self, extensions: &IndexMap<String, Value>, owner: &Pointer) -> Place {
        let own = extensions.get(ORIGIN).and_then(Value::as_str).and_then(|text| text.parse().ok());
        self.library.place(&own.unwrap_or_else(|| owner.clone()))
    }

    /// Whether both files could be read as a whole: what one lacks may otherwise stand in a part that could not be read.
    fn is_readable(&self) -> bool {
        self.terms.is_whole && !self.has_unread_parts
    }
}

fn contents(
    content: &IndexMap<String, openapiv3::MediaType>,
    compiled: &HashMap<Pointer, Schema>,
) -> IndexMap<String, Content> {
    let content = content.iter().map(|(name, media)| {
        let mut examples = IndexMap::new();
        if let Some(example) = &media.example {
            examples.insert("example".to_owned(), example.clone());
        }
        let named =
            media.examples.iter().filter_map(|(name, example)| Some((name.clone(), example.as_item()?.value.clone()?)));
        examples.extend(named);
        let schema = media.schema.as_ref().and_then(|schema| compiled_schema(schema, compiled));
        (name.clone(), Content { schema, examples })
    });
    content.collect()
}

fn compiled_schema(schema: &ReferenceOr<openapiv3::Schema>, compiled: &HashMap<Pointer, Schema>) -> Option<Schema> {
    let extensions = &schema.as_item()?.schema_data.extensions;
    let pointer: Pointer = extensions.get(POINTER)?.as_str()?.parse().ok()?;
    compiled.get(&pointer).cloned()
}

fn format_schema(format: &ParameterSchemaOrContent, compiled: &HashMap<Pointer, Schema>) -> Option<Schema> {
    match format {
        ParameterSchemaOrContent::Schema(schema) => compiled_schema(schema, compiled),
        ParameterSchemaOrContent::Content(content) => {
            content.values().next().and_then(|media| compiled_schema(media.schema.as_ref()?, compiled))
        }
    }
}

fn first_example(
    example: Option<&Value>,
    examples: &IndexMap<String, ReferenceOr<openapiv3::Example>>,
) -> Option<Value> {
    example.cloned().or_else(|| examples.values().find_map(|example| example.as_item()?.value.clone()))
}
