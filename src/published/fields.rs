//! The fields that a schema declares, by pointer, and whether an object must have them.

use crate::contract::document::{parent, pointer_token};
use crate::contract::library::Pointer;
use crate::contract::schema::Schemas;
use crate::exchange::Location;
use serde_json::Value;
use std::collections::BTreeMap;

/// How deep fields are looked for; a schema may hold itself.
const DEEPEST: usize = 6;

/// Whether a message must carry what it may carry: by place, in a body such as `/items/*/id`.
pub type Fields = BTreeMap<Location, bool>;

/// The fields of the schema at `pointer`.
pub fn of(schemas: &Schemas, pointer: &Pointer) -> Fields {
    let mut fields = Fields::new();
    collect(schemas, pointer, "", true, 0, &mut fields);
    fields
}

/// Whether `fields` say anything of the object at `owner`.
pub fn describe(fields: &Fields, owner: &str) -> bool {
    fields.keys().any(|place| matches!(place, Location::Body(field) if parent(field) == owner))
}

/// `sure` says whether every value has to keep this schema.
fn collect(schemas: &Schemas, pointer: &Pointer, at: &str, sure: bool, depth: usize, fields: &mut Fields) {
    let Some((here, schema)) = schemas.at(pointer).filter(|_| depth < DEEPEST) else { return };
    let below = |path: String| Pointer { file: here.file.clone(), path: format!("{}/{path}", here.path) };
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    for name in properties.into_iter().flat_map(|properties| properties.keys()) {
        let token = pointer_token(name);
        let field = format!("{at}/{token}");
        *fields.entry(Location::Body(field.clone())).or_default() |= sure && required.contains(&name.as_str());
        collect(schemas, &below(format!("properties/{token}")), &field, true, depth + 1, fields);
    }
    if schema.get("items").is_some_and(Value::is_object) {
        collect(schemas, &below("items".to_owned()), &format!("{at}/*"), true, depth + 1, fields);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        let branches = schema.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let is_null = |branch: &Value| branch.get("type").is_some_and(|kind| kind == "null");
        let alone = branches.iter().filter(|branch| !is_null(branch)).count() == 1;
        for index in 0..branches.len() {
            let sure = sure && (key == "allOf" || alone);
            collect(schemas, &below(format!("{key}/{index}")), at, sure, depth + 1, fields);
        }
    }
}
