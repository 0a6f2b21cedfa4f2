//! The fields and parameters that an operation takes, each with what its schema says of it.

use super::alter;
use super::credential::places::body_fields;
use crate::contract::Contract;
use crate::contract::document::{last_token, pointer_token};
use crate::contract::library::Pointer;
use crate::contract::operation::Operation;
use crate::contract::sample;
use crate::contract::schema::{Schemas, visit_branches};
use crate::credential::customary::own_places;
use crate::exchange::Location;
use crate::name::OperationId;
use crate::request::Edit;
use serde_json::{Map, Value, json};

/// How many names a pointer into a body may have.
pub const DEPTH: usize = 4;

/// A field of a JSON body, an item of its arrays, the body itself, or a parameter.
#[derive(Clone, Debug)]
pub struct Field {
    /// Where it stands; in a body `*` stands for every item.
    pub place: Location,
    /// Whether it has to be there.
    pub required: bool,
    /// Its schema with leading `$ref`s followed, without a form beside it that only allows null.
    pub schema: Value,
    /// Whether it may be null.
    pub takes_null: bool,
    /// Whether the schema stood beside a form that allows null.
    beside_null: bool,
    /// Where its schema is written, before any `$ref` is followed.
    written: Pointer,
    /// The schema that declares it as a property.
    owner: Option<Pointer>,
}

impl Field {
    /// The JSON pointer of a part of the body; `None` for a parameter.
    pub fn pointer(&self) -> Option<&str> {
        match &self.place {
            Location::Body(at) => Some(at),
            _ => None,
        }
    }

    /// Its name as a property of an object; `None` for an item, for the body as a whole and for a parameter.
    pub fn property(&self) -> Option<String> {
        self.owner.as_ref().and(self.pointer()).map(last_token)
    }

    /// Whether it is a parameter in a place that may stay empty.
    pub fn is_free_parameter(&self) -> bool {
        matches!(self.place, Location::Query(_) | Location::Header(_))
    }

    /// The JSON types that it may have, but for null.
    pub fn types(&self) -> Vec<&str> {
        types(&self.schema)
    }

    /// The keyword's operand, if its schema has the keyword.
    pub fn keyword(&self, name: &str) -> Option<&Value> {
        self.schema.get(name)
    }

    /// The contract in which the schema of this field alone is another.
    pub fn with_schema(
        &self,
        contract: &Contract,
        id: &OperationId,
        edit: impl Fn(&mut Map<String, Value>),
    ) -> Option<Contract> {
        let mut schema = self.schema.clone();
        edit(schema.as_object_mut()?);
        let schema = if self.beside_null { or_null(&schema) } else { schema };
        self.replaced(contract, id, &schema)
    }

    /// The contract in which this field alone may be null too.
    pub fn or_null(&self, contract: &Contract, id: &OperationId) -> Option<Contract> {
        self.replaced(contract, id, &or_null(&self.schema))
    }

    /// The contract in which this field alone may not be null.
    pub fn not_null(&self, contract: &Contract, id: &OperationId) -> Option<Contract> {
        let mut schema = self.schema.clone();
        let object = schema.as_object_mut()?;
        for key in ["type", "enum"] {
            if let Some(Value::Array(values)) = object.get_mut(key) {
                values.retain(|value| !value.is_null() && value.as_str() != Some("null"));
            }
        }
        self.replaced(contract, id, &schema)
    }

    /// The contract in which the schema that declares this property is another.
    pub fn with_owner(
        &self,
        contract: &Contract,
        id: &OperationId,
        edit: impl Fn(&mut Map<String, Value>),
    ) -> Option<Contract> {
        let owner = self.owner.as_ref()?;
        let schema = &alter::body_schema(contract.operations.get(id)?)?.pointer;
        alter::with_body_schema(contract, id, schema, &owner.file, |document| {
            if let Some(Value::Object(owner)) = document.pointer_mut(&owner.path) {
                edit(owner);
            }
        })
    }

    /// A value that keeps its schema, and null only where it takes nothing else.
    pub fn sample(&self, contract: &Contract) -> Value {
        let sample = sample::value(&contract.schemas, &self.written);
        if !sample.is_null() {
            return sample;
        }
        let listed = self.keyword("enum").and_then(Value::as_array).into_iter().flatten();
        let first = listed.chain(self.keyword("const")).find(|value| !value.is_null()).cloned();
        first.unwrap_or_else(|| match self.types().first() {
            Some(&"string") => json!("example"),
            Some(&"integer" | &"number") => json!(1),
            Some(&"boolean") => json!(true),
            Some(&"array") => json!([]),
            Some(&"object") => json!({}),
            _ => Value::Null,
        })
    }

    /// The edit that puts a value there; `None` for a parameter.
    pub fn set_to(&self, value: Value) -> Option<Edit> {
        Some(Edit::SetField(self.pointer()?.to_owned(), value))
    }

    /// The schema that declares this property.
    pub fn owner<'a>(&self, contract: &'a Contract) -> Option<&'a Value> {
        Some(contract.schemas.at(self.owner.as_ref()?)?.1)
    }

    fn replaced(&self, contract: &Contract, id: &OperationId, schema: &Value) -> Option<Contract> {
        let edit = |document: &mut Value| {
            if let Some(written) = document.pointer_mut(&self.written.path) {
                *written = schema.clone();
            }
        };
        match &self.place {
            Location::Body(_) => {
                let schema = &alter::body_schema(contract.operations.get(id)?)?.pointer;
                alter::with_body_schema(contract, id, schema, &self.written.file, edit)
            }
            place => alter::with_parameter_schema(contract, id, place, &self.written.file, edit),
        }
    }
}

/// What an operation takes beside its credentials: its parameters, the JSON body as a whole, and all that stands in it.
pub fn taken(contract: &Contract, operation: &Operation) -> Vec<Field> {
    let mut fields = Vec::new();
    let credentials: Vec<_> =
        operation.security.credentials().into_iter().filter_map(|name| contract.credentials.get(name)).collect();
    let own: Vec<Location> = credentials.iter().flat_map(|credential| own_places(credential)).collect();
    for parameter in &operation.parameters {
        let place = parameter.location.named(&parameter.name);
        let Some(schema) = &parameter.schema else { continue };
        if let (false, Some(field)) =
            (own.contains(&place), field(&contract.schemas, place.clone(), &schema.pointer, None))
        {
            fields.push(Field { required: parameter.required, ..field });
        }
    }
    if let Some(schema) = alter::body_schema(operation) {
        let mut found = declared(&contract.schemas, &schema.pointer);
        let is_required = operation.body.as_ref().is_some_and(|body| body.required);
        found.iter_mut().filter(|field| field.pointer() == Some("")).for_each(|root| root.required = is_required);
        let held: Vec<String> = credentials.iter().flat_map(|credential| body_fields(operation, credential)).collect();
        fields.extend(found.into_iter().filter(|field| {
            let at = field.pointer().unwrap_or_default();
            !held
                .iter()
                .any(|held| at.strip_prefix(held.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        }));
    }
    fields
}

/// Each operation with each thing that it takes.
pub fn all_taken(contract: &Contract) -> Vec<(&Operation, Field)> {
    let operations = contract.operations.values();
    operations
        .flat_map(|operation| taken(contract, operation).into_iter().map(move |field| (operation, field)))
        .collect()
}

/// A message whose schema is at `pointer`, and all that the schema declares in it.
pub fn declared(schemas: &Schemas, pointer: &Pointer) -> Vec<Field> {
    let mut found = Vec::new();
    collect(schemas, "", pointer, None, &mut found);
    found
}

fn collect(schemas: &Schemas, at: &str, written: &Pointer, owner: Option<Pointer>, found: &mut Vec<Field>) {
    let Some(here) = field(schemas, Location::Body(at.to_owned()), written, owner) else { return };
    found.push(here);
    let tokens = at.split('/').skip(1);
    if tokens.clone().filter(|token| *token != "*").count() >= DEPTH || tokens.count() >= 2 * DEPTH {
        return;
    }
    let mut required: Vec<&str> = Vec::new();
    let mut below: Vec<(String, Pointer, Option<Pointer>)> = Vec::new();
    visit_branches(schemas, written, 0, &mut |branch, value| {
        let is_new =
            |at: &str, below: &[(String, Pointer, Option<Pointer>)]| below.iter().all(|(known, ..)| known != at);
        for name in value.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let at = format!("{at}/{}", pointer_token(name));
            if is_new(&at, &below) {
                below.push((at, branch.join("properties").join(name), Some(branch.clone())));
            }
        }
        for key in ["items", "additionalProperties"] {
            let at = format!("{at}/*");
            if value.get(key).is_some_and(Value::is_object) && is_new(&at, &below) {
                below.push((at, branch.join(key), None));
            }
        }
    });
    visit_branches(schemas, written, 0, &mut |_, value| {
        let names = value.get("required").and_then(Value::as_array).into_iter().flatten();
        required.extend(names.filter_map(Value::as_str).filter_map(|name| {
            let at = format!("{at}/{}", pointer_token(name));
            below.iter().find(|(known, ..)| *known == at).map(|(known, ..)| known.as_str())
        }));
    });
    for (at, written, owner) in &below {
        let first = found.len();
        collect(schemas, at, written, owner.clone(), found);
        if let Some(field) = found.get_mut(first) {
            field.required = required.contains(&at.as_str());
        }
    }
}

fn field(schemas: &Schemas, place: Location, written: &Pointer, owner: Option<Pointer>) -> Option<Field> {
    let (here, value) = schemas.at(written)?;
    let forms = |key: &str| value.get(key).and_then(Value::as_array).map(|forms| (key.to_owned(), forms.len()));
    let mut beside_null = false;
    let (mut file, mut schema) = (here.file.clone(), value.clone());
    if let Some((key, count)) = forms("anyOf").or_else(|| forms("oneOf")) {
        let forms = (0..count).filter_map(|index| schemas.at(&here.join(&key).join(&index.to_string())));
        let (null, others): (Vec<_>, Vec<_>) = forms.partition(|(_, form)| form.get("type") == Some(&json!("null")));
        if let ([_], [(pointer, other)]) = (null.as_slice(), others.as_slice()) {
            beside_null = true;
            (file, schema) = (pointer.file.clone(), (*other).clone());
        }
    }
    let takes_null = beside_null || takes_null(schemas, &here, 0);
    if file != written.file {
        qualify(&mut schema, &file);
    }
    Some(Field { place, required: false, schema, takes_null, beside_null, written: written.clone(), owner })
}

/// References within the file become ones that lead there from other files.
fn qualify(schema: &mut Value, file: &str) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref")
                && reference.starts_with('#')
            {
                *reference = format!("{file}{reference}");
            }
            object.values_mut().for_each(|value| qualify(value, file));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| qualify(value, file)),
        _ => {}
    }
}

fn or_null(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

fn takes_null(schemas: &Schemas, pointer: &Pointer, depth: usize) -> bool {
    let Some((here, schema)) = schemas.at(pointer) else { return true };
    let forms = |key: &str| {
        let forms = schema.get(key).and_then(Value::as_array).filter(|_| depth < DEPTH)?;
        let at = |index: usize| here.join(key).join(&index.to_string());
        Some((0..forms.len()).any(|index| takes_null(schemas, &at(index), depth + 1)))
    };
    if let Some(constant) = schema.get("const") {
        return constant.is_null();
    }
    let in_enum = schema.get("enum").and_then(Value::as_array).is_none_or(|values| values.contains(&Value::Null));
    let in_type = match schema.get("type") {
        Some(Value::String(kind)) => kind == "null",
        Some(Value::Array(kinds)) => kinds.contains(&json!("null")),
        _ => forms("anyOf").or_else(|| forms("oneOf")).or_else(|| forms("allOf")).unwrap_or(true),
    };
    in_enum && in_type && *schema != json!(false)
}

/// The JSON types that a schema allows, but for null; none where it does not say.
pub fn types(schema: &Value) -> Vec<&str> {
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => {
            let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
            listed.chain(schema.get("const")).map(type_of).take(1).collect()
        }
    };
    kinds.into_iter().filter(|kind| *kind != "null").collect()
}

/// The JSON type of a value.
pub fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What a person calls a value of a JSON type.
pub fn in_words(kind: &str) -> &'static str {
    match kind {
        "string" => "a text",
        "integer" => "an integer",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "an array",
        "object" => "an object",
        _ => "null",
    }
}

/// The name as another hand would have written it: `service_id` becomes `serviceId`, `text` becomes `Text`.
pub fn other_name(name: &str) -> String {
    let parts: Vec<&str> = name.split(['_', '-']).filter(|part| !part.is_empty()).collect();
    let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
    let other = match parts.as_slice() {
        [first, rest @ ..] if !rest.is_empty() && name.is_ascii() => {
            rest.iter().fold((*first).to_owned(), |name, part| name + &capital(part))
        }
        _ if name.starts_with(|first: char| first.is_ascii_lowercase()) => capital(name),
        _ => name.to_lowercase(),
    };
    if other == name { format!("{name}_") } else { other }
}
