//! A limit of a field or a parameter is tighter than the contract's, or there is one where the contract has none.

use crate::contract::Contract;
use crate::contract::operation::Operation;
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
    /// A value that either takes.
    taken: Value,
    is_variation: bool,
}

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, field) in all_taken(contract) {
        let own = limits(&field, &|| field.sample(contract));
        let shown = example(operation, &field).map(|example| around(&field, example)).unwrap_or_default();
        for Limit { keyword, operand, provider, contract, taken, is_variation } in own.into_iter().chain(shown) {
            let mut subject = format!("{} {} {keyword}", operation.id, field.place);
            if is_variation || keyword == "enum" {
                subject = format!("{subject} {operand}");
            }
            let drift = Drift::new(subject, &[&operation.id])
                .provider(format!("takes {provider} in {}", field.place))
                .contract(format!("takes {contract}"))
                .asks(field.set_to(taken))
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

/// The first value of the field in the contract's examples of a call.
fn example<'a>(operation: &'a Operation, field: &Field) -> Option<&'a Value> {
    operation.default_content()?.1.example(None)?.pointer(field.pointer()?)
}

fn limits(field: &Field, sample: &dyn Fn() -> Value) -> Vec<Limit> {
    if field.keyword("const").is_some() {
        return Vec::new();
    }
    if let Some(Value::Array(values)) = field.keyword("enum") {
        return narrowed(values);
    }
    match field.types()[..] {
        ["string"] => of_size(field, ["minLength", "maxLength"], "character", &|size| text_of(size)),
        ["array"] => {
            let item = || sample().get(0).cloned().unwrap_or_default();
            of_size(field, ["minItems", "maxItems"], "item", &|size| vec![item(); count(size)].into())
        }
        ["integer" | "number"] => of_number(field),
        ["boolean"] => vec![Limit {
            keyword: "enum",
            operand: if field.takes_null { json!([true, null]) } else { json!([true]) },
            provider: "only true".to_owned(),
            contract: "false too".to_owned(),
            taken: json!(true),
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
        taken: allowed.iter().find(|value| *value != left_out).map_or(Value::Null, |value| (*value).clone()),
        keyword: "enum",
        operand: values.iter().filter(|value| value != left_out).cloned().collect(),
        provider: format!("any listed value but {left_out}"),
        contract: "it too".to_owned(),
        is_variation: number > 0,
    };
    allowed.iter().rev().enumerate().map(limit).collect()
}

fn count(size: u64) -> usize {
    usize::try_from(size).unwrap_or(0)
}

fn text_of(size: u64) -> Value {
    "example".chars().cycle().take(count(size)).collect::<String>().into()
}

fn of_size(field: &Field, [least, most]: [&'static str; 2], noun: &str, value_of: &dyn Fn(u64) -> Value) -> Vec<Limit> {
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
            taken: value_of(low + 1),
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
            taken: value_of(other),
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
    let is_integer = field.types() == ["integer"];
    let limit = |keyword, operand: Value, [provider, contract]: [String; 2]| {
        let above = i32::from(keyword == "exclusiveMinimum");
        Limit { keyword, taken: moved(&operand, above), operand, provider, contract, is_variation: false }
    };
    let low = read("minimum").or_else(|| read("exclusiveMinimum"));
    let mut limits = vec![match (read("minimum"), read("exclusiveMinimum")) {
        (Some(low), _) => {
            limit("exclusiveMinimum", low.clone(), [format!("only numbers above {low}"), format!("{low} too")])
        }
        (None, Some(low)) => {
            let least = moved(low, if is_integer { 2 } else { 1 });
            limit("minimum", least.clone(), [format!("only numbers from {least} on"), format!("any above {low}")])
        }
        (None, None) => limit("minimum", json!(0), ["no number below 0".to_owned(), "any number".to_owned()]),
    }];
    if let Some(high) = read("maximum").or_else(|| read("exclusiveMaximum")) {
        let (from, to) = (low.and_then(Value::as_f64).unwrap_or(0.0), high.as_f64().unwrap_or(0.0));
        let most = if from < to { f64::midpoint(from, to) } else { to - 1.0 };
        let most = moved(&json!(if is_integer { most.floor() } else { most }), 0);
        let says = [format!("no number above {most}"), format!("larger ones, up to {high}")];
        limits.push(limit("maximum", most, says));
    }
    limits
}

/// Limits that the contract's own example breaks: where one of them lies, a refusal of the example does not say.
fn around(field: &Field, example: &Value) -> Vec<Limit> {
    let read = |keyword: &str| field.keyword(keyword).and_then(Value::as_f64);
    let limit = |keyword, operand, provider, contract, taken| Limit {
        keyword,
        operand,
        provider,
        contract,
        taken,
        is_variation: true,
    };
    let mut limits = Vec::new();
    if ["const", "enum"].into_iter().any(|keyword| field.keyword(keyword).is_some()) {
        return limits;
    }
    match (&field.types()[..], example) {
        (["integer" | "number"], Value::Number(number)) => {
            let (low, high) = (read("minimum"), read("maximum"));
            let shown = number.as_f64().unwrap_or(0.0);
            if let Some(low) = low.filter(|low| *low < shown) {
                let says = high.map_or(format!("{number} and more"), |high| format!("{number} and more, up to {high}"));
                let below = format!("only numbers below {number}");
                limits.push(limit("exclusiveMaximum", example.clone(), below, says, moved(&json!(low), 0)));
            }
            if let Some(high) = high.filter(|high| *high > shown) {
                let says = low.map_or(format!("{number} and less"), |low| format!("{number} and less, down to {low}"));
                let above = format!("only numbers above {number}");
                limits.push(limit("exclusiveMinimum", example.clone(), above, says, moved(&json!(high), 0)));
            }
        }
        (["string"], Value::String(text)) if is_free_text(field) => {
            let (low, size) = (read("minLength").unwrap_or(0.0), text.chars().count());
            let shortest = if low < 1.0 { 1 } else { moved(&json!(low), 0).as_u64().unwrap_or(1) };
            if count(shortest) < size {
                let below = format!("only texts of fewer than {size} characters");
                let says =
                    read("maxLength").map_or("longer ones".to_owned(), |most| format!("longer ones, up to {most}"));
                limits.push(limit("maxLength", json!(size - 1), below, says, text_of(shortest)));
            }
        }
        _ => {}
    }
    limits
}

fn is_free_text(field: &Field) -> bool {
    ["pattern", "format"].into_iter().all(|keyword| field.keyword(keyword).is_none())
}

/// The number that lies so far above; without a fraction where it is whole.
fn moved(number: &Value, by: i32) -> Value {
    let moved = number.as_f64().unwrap_or(0.0) + f64::from(by);
    format!("{moved}").parse::<i64>().map_or(json!(moved), |whole| json!(whole))
}
