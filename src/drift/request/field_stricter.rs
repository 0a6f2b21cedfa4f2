//! A limit of a field or a parameter is tighter than the contract's, or there is one where the contract has none.

use crate::contract::Contract;
use crate::drift::fields::{Field, all_taken};
use crate::drift::{Drift, Kind};
use serde_json::{Value, json};

/// The kind.
pub const KIND: Kind = Kind {
    code: "request-field-stricter",
    meaning: "The provider refuses values of a field or a parameter that the contract allows.",
    example: "the provider takes at most 5000 characters in body /text; the contract takes at most 10000 characters",
    drifts,
};

/// A limit that the provider has, in the words of either.
struct Limit {
    keyword: &'static str,
    operand: Value,
    provider: String,
    contract: String,
    is_variation: bool,
}

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, field) in all_taken(contract) {
        for Limit { keyword, operand, provider, contract, is_variation } in limits(&field) {
            let mut subject = format!("{} {} {keyword}", operation.id, field.place);
            if is_variation || keyword == "enum" {
                subject = format!("{subject} {operand}");
            }
            let drift = Drift::new(subject, &[&operation.id])
                .provider(format!("takes {provider} in {}", field.place))
                .contract(format!("takes {contract}"))
                .variation(is_variation);
            let (id, field) = (operation.id.clone(), field.clone());
            drifts.push(drift.keeps(move |contract| {
                field.with_schema(contract, &id, |schema| {
                    schema.insert(keyword.to_owned(), operand.clone());
                })
            }));
        }
    }
    drifts
}

fn limits(field: &Field) -> Vec<Limit> {
    if field.keyword("const").is_some() {
        return Vec::new();
    }
    if let Some(Value::Array(values)) = field.keyword("enum") {
        return narrowed(values);
    }
    match field.types()[..] {
        ["string"] => of_size(field, ["minLength", "maxLength"], "character"),
        ["array"] => of_size(field, ["minItems", "maxItems"], "item"),
        ["integer" | "number"] => of_number(field),
        ["boolean"] => vec![Limit {
            keyword: "enum",
            operand: if field.takes_null { json!([true, null]) } else { json!([true]) },
            provider: "only true".to_owned(),
            contract: "false too".to_owned(),
            is_variation: false,
        }],
        _ => Vec::new(),
    }
}

/// One value fewer, each in its turn; the last value first.
fn narrowed(values: &[Value]) -> Vec<Limit> {
    let allowed: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
    if allowed.len() < 2 {
        return Vec::new();
    }
    let limit = |(number, left_out): (usize, &&Value)| Limit {
        keyword: "enum",
        operand: values.iter().filter(|value| value != left_out).cloned().collect(),
        provider: format!("any listed value but {left_out}"),
        contract: "it too".to_owned(),
        is_variation: number > 0,
    };
    allowed.iter().rev().enumerate().map(limit).collect()
}

fn of_size(field: &Field, [least, most]: [&'static str; 2], noun: &str) -> Vec<Limit> {
    let read = |keyword: &str| field.keyword(keyword).and_then(Value::as_u64);
    let counted = |number: u64| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    let (low, high) = (read(least).unwrap_or(0), read(most));
    let mut limits = Vec::new();
    // What a pattern or a format lets through may all be longer.
    let is_formed = field.keyword("pattern").or(field.keyword("format")).is_some();
    // An empty path parameter reaches no operation, an empty list of a parameter is not there.
    let is_empty_seen = low > 0 || field.pointer().is_some() || field.is_free_parameter() && least == "minLength";
    if !is_formed && is_empty_seen && high.is_none_or(|high| high > low) {
        limits.push(Limit {
            keyword: least,
            operand: json!(low + 1),
            provider: format!("at least {}", counted(low + 1)),
            contract: if low == 0 { format!("none too, as {}", empty(noun)) } else { format!("{} too", counted(low)) },
            is_variation: false,
        });
    }
    if let Some(high) = high.filter(|high| *high > low && !is_formed) {
        let other = (high / 2).max(low);
        limits.push(Limit {
            keyword: most,
            operand: json!(other),
            provider: format!("at most {}", counted(other)),
            contract: format!("at most {}", counted(high)),
            is_variation: false,
        });
    }
    limits
}

fn empty(noun: &str) -> &'static str {
    if noun == "item" { "an empty array" } else { "an empty text" }
}

fn of_number(field: &Field) -> Vec<Limit> {
    let read = |keyword: &str| field.keyword(keyword).filter(|limit| limit.is_number());
    let limit =
        |keyword, operand, provider, contract| Limit { keyword, operand, provider, contract, is_variation: false };
    let is_integer = field.types() == ["integer"];
    let low = read("minimum").or_else(|| read("exclusiveMinimum"));
    let mut limits = vec![match (read("minimum"), read("exclusiveMinimum")) {
        (Some(low), _) => {
            let provider = format!("only numbers above {low}");
            limit("exclusiveMinimum", low.clone(), provider, format!("{low} too"))
        }
        (None, Some(low)) => {
            let least = moved(low, if is_integer { 2 } else { 1 });
            let provider = format!("only numbers from {least} on");
            limit("minimum", least, provider, format!("any above {low}"))
        }
        (None, None) => limit("minimum", json!(0), "no number below 0".to_owned(), "any number".to_owned()),
    }];
    if let Some(high) = read("maximum").or_else(|| read("exclusiveMaximum")) {
        let (from, to) = (low.and_then(Value::as_f64).unwrap_or(0.0), high.as_f64().unwrap_or(0.0));
        let most = if from < to { f64::midpoint(from, to) } else { to - 1.0 };
        let most = moved(&json!(if is_integer { most.floor() } else { most }), 0);
        let provider = format!("no number above {most}");
        limits.push(limit("maximum", most, provider, format!("larger ones, up to {high}")));
    }
    limits
}

/// The number that lies so far above; without a fraction where it is whole.
fn moved(number: &Value, by: i32) -> Value {
    let moved = number.as_f64().unwrap_or(0.0) + f64::from(by);
    format!("{moved}").parse::<i64>().map_or(json!(moved), |whole| json!(whole))
}
