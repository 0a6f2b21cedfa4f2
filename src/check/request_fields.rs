//! Rule: a request's body has no field that the contract does not name. A remark: providers ignore such fields, most often.

use super::RequestCase;
use crate::contract::document::pointer_token;
use crate::contract::library::Pointer;
use crate::contract::operation::{find_content, is_json};
use crate::contract::schema::{Schemas, declared_properties, visit_branches};
use crate::credential::customary::own_places;
use crate::exchange::Location;
use crate::verdict::{Code, Finding};
use serde_json::Value;

/// The undocumented fields of a JSON body, each with its pointer.
pub fn check(case: &RequestCase<'_>) -> Vec<Finding> {
    let Some(body) = &case.operation.body else { return Vec::new() };
    let media_type = case.request.headers.media_type().unwrap_or_default();
    let content = find_content(&body.contents, &media_type).filter(|_| is_json(&media_type));
    let Some(schema) = content.and_then(|content| content.schema.as_ref()) else { return Vec::new() };
    let Some(value) = case.request.json() else { return Vec::new() };
    let mut pointers = Vec::new();
    collect(&case.contract.schemas, &schema.pointer, &value, "", &mut pointers);
    let credentials = case.operation.security.credentials();
    let own: Vec<Location> =
        credentials.into_iter().filter_map(|name| case.contract.credentials.get(name)).flat_map(own_places).collect();
    pointers.retain(|pointer| !own.contains(&Location::Body(pointer.clone())));
    let finding = |pointer| {
        let finding =
            Finding::new(Code::RequestFieldUndocumented, Location::Body(pointer), "no such field", "the field");
        finding.of(&case.operation.id).at(body.place.clone())
    };
    pointers.into_iter().map(finding).collect()
}

fn collect(schemas: &Schemas, schema: &Pointer, value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            let declared = declared_properties(schemas, schema);
            // A schema that names no field is open for any.
            if declared.is_empty() || is_open(schemas, schema) {
                return;
            }
            for (name, value) in object {
                let at = format!("{at}/{}", pointer_token(name));
                match declared.iter().find(|(known, _)| known == name) {
                    Some((_, schema)) => collect(schemas, schema, value, &at, found),
                    None => found.push(at),
                }
            }
        }
        Value::Array(items) => {
            let mut of_items = None;
            visit_branches(schemas, schema, 0, &mut |here, value| {
                if value.get("items").is_some_and(Value::is_object) {
                    of_items = Some(Pointer { file: here.file.clone(), path: format!("{}/items", here.path) });
                }
            });
            let Some(of_items) = of_items else { return };
            for (index, item) in items.iter().enumerate() {
                collect(schemas, &of_items, item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Whether a schema speaks of further fields itself: it takes them, or to forbid them is the business of the body's rule.
fn is_open(schemas: &Schemas, schema: &Pointer) -> bool {
    let mut open = false;
    visit_branches(schemas, schema, 0, &mut |_, value| {
        let keys = ["additionalProperties", "patternProperties", "unevaluatedProperties"];
        open |= keys.iter().any(|key| value.get(*key).is_some());
    });
    open
}
