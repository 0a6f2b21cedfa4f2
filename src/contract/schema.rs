//! Schemas: every one compiled once, those of OpenAPI 3.0 rewritten to JSON Schema first.

use super::document::pointer_token;
use super::expectation;
use super::library::{Library, Pointer, references};
use super::rewrite::{rewrite_30, rewrite_discriminators};
use crate::place::{Place, Problem};
use jsonschema::{Draft, Registry, Validator};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A schema of the contract.
#[derive(Clone)]
pub struct Schema {
    /// Where it stands.
    pub pointer: Pointer,
    validator: Arc<Validator>,
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Schema({})", self.pointer)
    }
}

/// One way in which a value departs from its schema.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The JSON pointer of the part of the value.
    pub instance: String,
    /// What the schema wants, in words that hold no value.
    pub expected: String,
    /// The keyword's name.
    pub keyword: String,
    /// The operand of the keyword in the schema.
    pub operand: Value,
    /// The keyword's place in the contract.
    pub pointer: Pointer,
    /// For `required`: the property that is missing. For `additionalProperties`: the first unexpected one.
    pub property: Option<String>,
}

/// The schemas of a contract, as JSON Schema.
#[derive(Clone, Debug)]
pub struct Schemas {
    documents: Arc<HashMap<String, Value>>,
    draft: Draft,
}

const FRAGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'|')
    .add(b'%');

impl Schemas {
    /// Takes the documents of `library`; in 3.0 their Schema Objects (OpenAPI 3.0.3, section 4.7.24) become JSON Schema.
    pub fn new(library: &Library, is_30: bool, draft: Draft) -> Self {
        let documents = library.documents().map(|(file, document)| {
            let mut value = document.value.clone();
            if is_30 {
                rewrite_30(&mut value, file == library.root().0);
            }
            rewrite_discriminators(&mut value);
            (file.to_owned(), value)
        });
        Self { documents: Arc::new(documents.collect()), draft }
    }

    /// Compiles the schemas at `pointers`; every one that is no schema is a problem.
    pub fn compile(&self, library: &Library, pointers: &[Pointer]) -> (HashMap<Pointer, Schema>, Vec<Problem>) {
        let mut schemas = HashMap::new();
        let mut problems = Vec::new();
        let registry = match self.registry() {
            Ok(registry) => registry,
            Err(error) => return (schemas, vec![unreadable(library, &error)]),
        };
        for pointer in pointers {
            match self.validator(&registry, pointer) {
                Ok(validator) => {
                    let schema = Schema { pointer: pointer.clone(), validator: Arc::new(validator) };
                    schemas.insert(pointer.clone(), schema);
                }
                Err(error) => {
                    let known = problems.len();
                    self.find_faults(library, pointer, &mut HashSet::new(), &mut problems);
                    if problems.len() == known {
                        let wrong = format!("not a valid schema: {error}");
                        let help = "mend the schema, or what it refers to";
                        problems.push(Problem::new(library.place(pointer), wrong, help));
                    }
                }
            }
        }
        (schemas, problems)
    }

    fn registry(&self) -> Result<Registry<'static>, jsonschema::ReferencingError> {
        let mut registry = Registry::new().draft(self.draft);
        for (file, value) in self.documents.iter() {
            registry = registry.add(uri(file), value.clone())?;
        }
        registry.prepare()
    }

    fn validator(
        &self,
        registry: &Registry<'_>,
        pointer: &Pointer,
    ) -> Result<Validator, jsonschema::ValidationError<'static>> {
        let options = jsonschema::options()
            .with_draft(self.draft)
            .with_registry(registry)
            .should_validate_formats(true)
            .offline();
        let fragment = utf8_percent_encode(&pointer.path, FRAGMENT);
        options.build(&json!({ "$ref": format!("{}#{fragment}", uri(&pointer.file)) }))
    }

    /// The schemas after `edit` changed the document `file`, and the schema at `pointer`, which may refer to it, compiled
    /// anew; `None` where it is no schema any more.
    pub fn edited(&self, pointer: &Pointer, file: &str, edit: &dyn Fn(&mut Value)) -> Option<(Self, Schema)> {
        let mut edited = self.clone();
        edit(Arc::make_mut(&mut edited.documents).get_mut(file)?);
        let validator = edited.validator(&edited.registry().ok()?, pointer).ok()?;
        let schema = Schema { pointer: pointer.clone(), validator: Arc::new(validator) };
        Some((edited, schema))
    }

    /// Where the property at a JSON pointer of an instance (`*` for every item) is declared below the schema at `pointer`:
    /// the schema that declares it, and the property's own schema. `$ref`s are followed up to the property's own.
    pub fn declaration(&self, pointer: &Pointer, instance: &str) -> Option<(Pointer, Pointer)> {
        let mut owner = self.at(pointer)?.0;
        let mut here = pointer.clone();
        for token in instance.split('/').skip(1) {
            owner = self.at(&here)?.0;
            here = if token == "*" {
                self.branches(&here).into_iter().find_map(|branch| {
                    let items = branch.join("items");
                    self.at(&items).map(|_| items)
                })?
            } else {
                let name = token.replace("~1", "/").replace("~0", "~");
                let found = self.branches(&here).into_iter().find_map(|branch| {
                    let property = branch.join("properties").join(&name);
                    self.at(&property).map(|_| (branch, property))
                })?;
                owner = found.0;
                found.1
            };
        }
        Some((owner, here))
    }

    fn branches(&self, pointer: &Pointer) -> Vec<Pointer> {
        let mut branches = Vec::new();
        visit_branches(self, pointer, 0, &mut |branch, _| branches.push(branch.clone()));
        branches
    }

    /// Looks for what is wrong with the schema at `here`, and with those that it refers to, where it stands.
    fn find_faults(&self, library: &Library, here: &Pointer, seen: &mut HashSet<Pointer>, problems: &mut Vec<Problem>) {
        let Some(value) = self.documents.get(&here.file).and_then(|document| document.pointer(&here.path)) else {
            return;
        };
        if !seen.insert(here.clone()) {
            return;
        }
        for error in dialect(self.draft).iter_errors(value) {
            let place =
                library.place(&Pointer { path: format!("{}{}", here.path, error.instance_path()), ..here.clone() });
            let keyword = error.instance_path().to_string();
            let keyword = keyword.rsplit('/').next().unwrap_or_default();
            let wrong = format!("not a schema: `{keyword}` cannot be {}", error.instance());
            problems.push(Problem::new(place, wrong, "write it as JSON Schema has it"));
        }
        for (path, reference) in references(value, "") {
            let at = Pointer { path: format!("{}{path}", here.path), ..here.clone() };
            let there = super::library::resolve(&at, &reference).ok().filter(|there| library.at(there).is_some());
            if let Some(there) = there {
                self.find_faults(library, &there, seen, problems);
            } else {
                let wrong = format!("`$ref` leads nowhere: {reference:?}");
                let help = "correct the pointer, or add what it names";
                problems.push(Problem::new(library.place(&at.join("$ref")), wrong, help));
            }
        }
    }

    /// The value of a keyword that stands at a pointer itself, beside a `$ref` there or without one.
    pub fn beside_reference(&self, pointer: &Pointer, keyword: &str) -> Option<&Value> {
        self.documents.get(&pointer.file)?.pointer(&pointer.path)?.get(keyword)
    }

    /// The schema at a pointer with leading `$ref`s followed.
    pub fn at(&self, pointer: &Pointer) -> Option<(Pointer, &Value)> {
        let mut here = pointer.clone();
        for _ in 0..32 {
            let value = self.documents.get(&here.file)?.pointer(&here.path)?;
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Some((here, value));
            };
            here = super::library::resolve(&here, reference).ok()?;
        }
        None
    }
}

impl Schema {
    /// Every way in which `value` departs from the schema; empty where it keeps it.
    pub fn violations(&self, value: &Value) -> Vec<Violation> {
        let mut violations = Vec::new();
        for error in self.validator.iter_errors(value) {
            collect_violations(&error, &self.pointer, &mut violations);
        }
        violations
    }

    /// Whether `value` keeps the schema.
    pub fn accepts(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }
}

/// One error as violations. That of a nullable schema is told as those of its other branch, and that of several forms as
/// those of the one form whose properties are there and only hold other values.
fn collect_violations(error: &jsonschema::ValidationError<'_>, schema: &Pointer, violations: &mut Vec<Violation>) {
    use jsonschema::error::ValidationErrorKind as Kind;
    if let Kind::AnyOf { context } | Kind::OneOfNotValid { context } = error.kind() {
        let is_null_branch = |branch: &&Vec<jsonschema::ValidationError<'static>>| {
            matches!(branch.as_slice(), [only] if only.kind().keyword() == "type"
                && only.instance_path() == error.instance_path()
                && only.masked().to_string().contains("\"null\""))
        };
        let mut forms: Vec<_> = context.iter().filter(|branch| !is_null_branch(branch)).collect();
        if forms.len() > 1 {
            forms.retain(|branch| branch.iter().all(|inner| inner.instance_path() != error.instance_path()));
        }
        if let [branch] = forms.as_slice() {
            branch.iter().for_each(|error| collect_violations(error, schema, violations));
            return;
        }
    }
    violations.push(violation(error, schema));
}

fn violation(error: &jsonschema::ValidationError<'_>, schema: &Pointer) -> Violation {
    use jsonschema::error::ValidationErrorKind as Kind;
    let absolute = error.absolute_keyword_location().map(|uri| uri.as_str().to_owned());
    let pointer = absolute.as_deref().and_then(pointer_of_uri).unwrap_or_else(|| schema.clone());
    let (property, operand) = match error.kind() {
        Kind::Required { property } => (property.as_str().map(str::to_owned), property.clone()),
        Kind::AdditionalProperties { unexpected } => (unexpected.first().cloned(), Value::Bool(false)),
        Kind::MinLength { limit } | Kind::MaxLength { limit } | Kind::MinItems { limit } | Kind::MaxItems { limit } => {
            (None, json!(limit))
        }
        Kind::Minimum { limit }
        | Kind::Maximum { limit }
        | Kind::ExclusiveMinimum { limit }
        | Kind::ExclusiveMaximum { limit } => (None, limit.clone()),
        Kind::Constant { expected_value } => (None, Value::clone(expected_value)),
        Kind::Enum { options } => (None, Value::clone(options)),
        Kind::Pattern { pattern } => (None, json!(pattern)),
        Kind::Format { format } => (None, json!(format)),
        _ => (None, Value::Null),
    };
    Violation {
        instance: error.instance_path().to_string(),
        expected: expectation::of(error),
        keyword: error.kind().keyword().to_owned(),
        operand,
        pointer,
        property,
    }
}

/// The schema of a dialect's schemas.
fn dialect(draft: Draft) -> jsonschema::meta::MetaValidator<'static> {
    match draft {
        Draft::Draft4 => jsonschema::draft4::meta::validator(),
        Draft::Draft6 => jsonschema::draft6::meta::validator(),
        Draft::Draft7 => jsonschema::draft7::meta::validator(),
        Draft::Draft201909 => jsonschema::draft201909::meta::validator(),
        _ => jsonschema::draft202012::meta::validator(),
    }
}

fn uri(file: &str) -> String {
    format!("counterpart:///{file}")
}

fn pointer_of_uri(text: &str) -> Option<Pointer> {
    let (file, fragment) = text.strip_prefix("counterpart:///")?.split_once('#')?;
    let path = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy().into_owned();
    Some(Pointer { file: file.to_owned(), path })
}

fn unreadable(library: &Library, error: &dyn std::fmt::Display) -> Problem {
    let place: Place = library.root().1.place("");
    Problem::new(place, format!("the schemas cannot be read: {error}"), "mend the `$ref` or `$id` that it names")
}

/// The properties that a schema declares, through `$ref`, `allOf`, `anyOf` and `oneOf`, by name.
pub fn declared_properties(schemas: &Schemas, pointer: &Pointer) -> Vec<(String, Pointer)> {
    let mut found = Vec::new();
    visit_branches(schemas, pointer, 0, &mut |here, value| {
        if let Some(Value::Object(properties)) = value.get("properties") {
            for name in properties.keys() {
                if !found.iter().any(|(known, _)| known == name) {
                    found.push((
                        name.clone(),
                        Pointer {
                            file: here.file.clone(),
                            path: format!("{}/properties/{}", here.path, pointer_token(name)),
                        },
                    ));
                }
            }
        }
    });
    found
}

/// Calls `visit` for a schema and for every branch of `allOf`, `anyOf` and `oneOf` below it, `$ref`s followed.
pub fn visit_branches(schemas: &Schemas, pointer: &Pointer, depth: usize, visit: &mut dyn FnMut(&Pointer, &Value)) {
    let Some((here, value)) = schemas.at(pointer) else { return };
    visit(&here, value);
    if depth > 16 {
        return;
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = value.get(key) {
            for index in 0..branches.len() {
                let branch = Pointer { file: here.file.clone(), path: format!("{}/{key}/{index}", here.path) };
                visit_branches(schemas, &branch, depth + 1, visit);
            }
        }
    }
}
