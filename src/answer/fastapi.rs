//! How FastAPI and pydantic word a request that departs from its schema (`facts/clip-embed.md`, Refusals).

use crate::check::request_body::BodyFault;
use crate::check::request_parameters::ParameterFault;
use crate::contract::Contract;
use crate::contract::library::Pointer;
use crate::contract::operation::ParameterIn;
use crate::contract::schema::Violation;
use crate::exchange::Location;
use serde_json::{Value, json};

/// The body of a 422 about parameters.
pub fn of_parameters(contract: &Contract, faults: &[ParameterFault<'_>]) -> Value {
    let details = faults.iter().map(|fault| {
        let place = match fault.parameter.location {
            ParameterIn::Path => "path",
            ParameterIn::Query => "query",
            ParameterIn::Header => "header",
            ParameterIn::Cookie => "cookie",
        };
        let at = vec![json!(place), json!(fault.parameter.name)];
        match (fault.violations.first(), &fault.value) {
            (Some(violation), Some(value)) => detail(contract, violation, value, at),
            _ => missing(&at, &Value::Null),
        }
    });
    json!({ "detail": details.collect::<Vec<_>>() })
}

/// The body of a 422 about the body.
pub fn of_body(contract: &Contract, fault: &BodyFault) -> Value {
    let details = match fault {
        BodyFault::Missing => vec![missing(&[json!("body")], &Value::Null)],
        BodyFault::MediaType(_) => vec![json!({
            "type": "model_attributes_type",
            "loc": ["body"],
            "msg": "Input should be a valid dictionary or object to extract fields from",
            "input": "",
        })],
        BodyFault::NotJson(_, offset) => vec![json!({
            "type": "json_invalid",
            "loc": ["body", offset],
            "msg": "JSON decode error",
            "input": {},
            "ctx": { "error": "Expecting value" },
        })],
        BodyFault::Violations(value, violations) => {
            violations.iter().map(|violation| detail(contract, violation, value, vec![json!("body")])).collect()
        }
    };
    json!({ "detail": details })
}

/// The body of a 422 about a credential that is not where the contract has it.
pub fn of_credential(location: &Location) -> Value {
    let at = match location {
        Location::Header(name) => vec![json!("header"), json!(name.to_ascii_lowercase())],
        Location::Query(name) => vec![json!("query"), json!(name)],
        Location::Cookie(name) => vec![json!("cookie"), json!(name)],
        Location::Body(pointer) => std::iter::once(json!("body")).chain(tokens(pointer)).collect(),
        _ => Vec::new(),
    };
    json!({ "detail": [missing(&at, &Value::Null)] })
}

/// The tokens of a JSON pointer (RFC 6901, section 4), those of an array's items as numbers.
fn tokens(pointer: &str) -> impl Iterator<Item = Value> {
    let tokens = pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"));
    tokens.map(|token| token.parse::<u64>().map_or_else(|_| json!(token), |index| json!(index)))
}

fn missing(at: &[Value], input: &Value) -> Value {
    json!({ "type": "missing", "loc": at, "msg": "Field required", "input": input })
}

/// One entry of `detail`; `at` is where the value as a whole travels.
fn detail(contract: &Contract, violation: &Violation, whole: &Value, mut at: Vec<Value>) -> Value {
    at.extend(tokens(&violation.instance));
    let input = whole.pointer(&violation.instance).cloned().unwrap_or(Value::Null);
    if let (Some(property), "required") = (&violation.property, violation.keyword.as_str()) {
        at.push(json!(property));
        return missing(&at, &input);
    }
    if let (Some(property), "additionalProperties" | "unevaluatedProperties") =
        (&violation.property, violation.keyword.as_str())
    {
        at.push(json!(property));
        let input = input.get(property).cloned().unwrap_or(Value::Null);
        return json!({ "type": "extra_forbidden", "loc": at, "msg": "Extra inputs are not permitted", "input": input });
    }
    let schema = owner(contract, violation);
    let (kind, message, context) = wording(violation, &schema, &input);
    let kind = schema.get("x-error-type").and_then(Value::as_str).unwrap_or(kind);
    let mut entry = json!({ "type": kind, "loc": at, "msg": message, "input": input });
    if let Some(context) = context {
        entry["ctx"] = context;
    }
    entry
}

/// The schema that holds the violated keyword.
fn owner(contract: &Contract, violation: &Violation) -> Value {
    let path = violation.pointer.path.rsplit_once('/').map_or("", |(owner, _)| owner);
    let pointer = Pointer { file: violation.pointer.file.clone(), path: path.to_owned() };
    contract.schemas.at(&pointer).map_or(Value::Null, |(_, schema)| schema.clone())
}

fn wording(violation: &Violation, schema: &Value, input: &Value) -> (&'static str, String, Option<Value>) {
    let limit = &violation.operand;
    let plural = |noun: &str| if *limit == json!(1) { noun.to_owned() } else { format!("{noun}s") };
    match violation.keyword.as_str() {
        "type" => type_wording(schema, input),
        "minLength" => {
            let message = format!("String should have at least {limit} {}", plural("character"));
            ("string_too_short", message, Some(json!({ "min_length": limit })))
        }
        "maxLength" => {
            let message = format!("String should have at most {limit} {}", plural("character"));
            ("string_too_long", message, Some(json!({ "max_length": limit })))
        }
        "minItems" => {
            let length = input.as_array().map_or(0, Vec::len);
            let message =
                format!("List should have at least {limit} {} after validation, not {length}", plural("item"));
            let context = json!({ "field_type": "List", "min_length": limit, "actual_length": length });
            ("too_short", message, Some(context))
        }
        "maxItems" => {
            let length = input.as_array().map_or(0, Vec::len);
            let message = format!("List should have at most {limit} {} after validation, not {length}", plural("item"));
            let context = json!({ "field_type": "List", "max_length": limit, "actual_length": length });
            ("too_long", message, Some(context))
        }
        "minimum" => bound("greater_than_equal", "greater than or equal to", "ge", limit),
        "exclusiveMinimum" => bound("greater_than", "greater than", "gt", limit),
        "maximum" => bound("less_than_equal", "less than or equal to", "le", limit),
        "exclusiveMaximum" => bound("less_than", "less than", "lt", limit),
        "pattern" => {
            let message = format!("String should match pattern '{}'", limit.as_str().unwrap_or(""));
            ("string_pattern_mismatch", message, Some(json!({ "pattern": limit })))
        }
        "format" if limit == "uri" => {
            let message = "Input should be a valid URL, relative URL without a base".to_owned();
            ("url_parsing", message, Some(json!({ "error": "relative URL without a base" })))
        }
        "enum" | "const" => {
            let options = limit.as_array().cloned().unwrap_or_else(|| vec![limit.clone()]);
            let quoted: Vec<String> =
                options.iter().map(|option| format!("'{}'", crate::request::text(option))).collect();
            let expected = match quoted.split_last() {
                Some((last, [])) => last.clone(),
                Some((last, others)) => format!("{} or {last}", others.join(", ")),
                None => String::new(),
            };
            ("literal_error", format!("Input should be {expected}"), Some(json!({ "expected": expected })))
        }
        _ => ("value_error", format!("Value error, {}", violation.expected), None),
    }
}

fn bound(kind: &'static str, words: &str, key: &str, limit: &Value) -> (&'static str, String, Option<Value>) {
    (kind, format!("Input should be {words} {limit}"), Some(json!({ key: limit })))
}

fn type_wording(schema: &Value, input: &Value) -> (&'static str, String, Option<Value>) {
    let wanted = match schema.get("type") {
        Some(Value::String(name)) => name.as_str(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or(""),
        _ => "",
    };
    let (kind, message) = match (wanted, input) {
        ("string", _) => ("string_type", "Input should be a valid string"),
        ("integer", Value::String(_)) => {
            ("int_parsing", "Input should be a valid integer, unable to parse string as an integer")
        }
        ("integer", Value::Number(_)) => {
            ("int_from_float", "Input should be a valid integer, got a number with a fractional part")
        }
        ("integer", _) => ("int_type", "Input should be a valid integer"),
        ("number", Value::String(_)) => {
            ("float_parsing", "Input should be a valid number, unable to parse string as a number")
        }
        ("number", _) => ("float_type", "Input should be a valid number"),
        ("boolean", Value::String(_) | Value::Number(_)) => {
            ("bool_parsing", "Input should be a valid boolean, unable to interpret input")
        }
        ("boolean", _) => ("bool_type", "Input should be a valid boolean"),
        ("array", _) => ("list_type", "Input should be a valid list"),
        _ if schema.get("properties").is_some() => {
            ("model_attributes_type", "Input should be a valid dictionary or object to extract fields from")
        }
        _ => ("dict_type", "Input should be a valid dictionary"),
    };
    (kind, message.to_owned(), None)
}
