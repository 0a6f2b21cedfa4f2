//! Steps that state what the fields of a response hold.

use crate::check::response_status::excerpt;
use crate::exchange::Location;
use crate::feature::step::{Arguments, Kind, Run, Step};
use crate::feature::world::{Stop, World};
use crate::request::text;
use crate::verdict::{Code, Finding};
use regex::Regex;
use serde_json::Value;

/// The steps.
pub const STEPS: &[Step] = &[
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} is {value}",
        meaning: "States a field's value.",
        example: r#"Then the response field "/is_valid" is true"#,
        run: Run::Now(is),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} is present",
        meaning: "States that a field is there.",
        example: r#"Then the response field "/user_id" is present"#,
        run: Run::Now(present),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} is absent",
        meaning: "States that a field is not there.",
        example: r#"Then the response field "/api_key" is absent"#,
        run: Run::Now(absent),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} is a/an {word}",
        meaning: "States a field's type: string, number, integer, boolean, object, array, null or uuid.",
        example: r#"Then the response field "/scopes" is an array"#,
        run: Run::Now(is_a),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} starts with {string}",
        meaning: "States how a text begins.",
        example: r#"Then the response field "/request_id" starts with "txt-""#,
        run: Run::Now(starts_with),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} contains {string}",
        meaning: "States a part of a text.",
        example: r#"Then the response field "/detail" contains "ml-platform""#,
        run: Run::Now(contains),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} matches {string}",
        meaning: "States the form of a text by a regular expression.",
        example: r#"Then the response field "/timestamp" matches "^\d{4}-""#,
        run: Run::Now(matches),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} has {int} items",
        meaning: "States the length of a list.",
        example: r#"Then the response field "/embedding" has 512 items"#,
        run: Run::Now(has_items),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} counts the items of {string}",
        meaning: "States that a number is the length of a list.",
        example: r#"Then the response field "/dim" counts the items of "/embedding""#,
        run: Run::Now(counts),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} is between {float} and {float}",
        meaning: "States the limits of a number, both included.",
        example: r#"Then the response field "/predictions/lead_score" is between 0 and 100"#,
        run: Run::Now(between),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} has the norm {float} within {float}",
        meaning: "States the L2 norm of a list of numbers.",
        example: r#"Then the response field "/embedding" has the norm 1 within 0.01"#,
        run: Run::Now(norm),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} is within {int} seconds of now",
        meaning: "States that a time, in ISO 8601 with or without a zone or in seconds or milliseconds since 1970, is about now.",
        example: r#"Then the response field "/timestamp" is within 60 seconds of now"#,
        run: Run::Now(about_now),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response field {string} equals the request field {string}",
        meaning: "States an echo.",
        example: r#"Then the response field "/request_id" equals the request field "/request_id""#,
        run: Run::Now(echoes),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response fields are",
        meaning: "States several fields by a table of pointer and value.",
        example: "Then the response fields are\n  | /status | \"ok\" |\n  | /dim    | 512  |",
        run: Run::Now(fields),
    },
];

/// Looks a field up and judges it.
fn judge(world: &World, pointer: &str, expected: &str, holds: impl Fn(&Value) -> bool) -> Result<(), Stop> {
    let given = given(world, pointer, expected)?;
    if holds(&given) {
        return Ok(());
    }
    Err(unexpected(world, pointer, expected, &excerpt(given.to_string().as_bytes())))
}

/// The value of a field that is to be there.
pub fn given(world: &World, pointer: &str, expected: &str) -> Result<Value, Stop> {
    let (_, exchange) = world.exchange()?;
    let body = exchange.response.json().unwrap_or_default();
    body.pointer(pointer).cloned().ok_or_else(|| {
        let actual = format!("nothing, in {} {}", exchange.response.status, excerpt(&exchange.response.body));
        unexpected(world, pointer, expected, actual.trim())
    })
}

fn unexpected(world: &World, pointer: &str, expected: &str, actual: &str) -> Stop {
    let finding = Finding::new(Code::FieldUnexpected, Location::Body(pointer.to_owned()), expected, actual);
    match world.outcome.as_ref().and_then(|outcome| outcome.operation.as_ref()) {
        Some(operation) => finding.of(operation).into(),
        None => finding.into(),
    }
}

/// Numbers are equal by value (`1` and `1.0`), everything else as JSON.
fn same(one: &Value, other: &Value) -> bool {
    one == other || one.as_f64().is_some_and(|one| other.as_f64() == Some(one))
}

fn is(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let wanted = world.with_variables(|variables| variables.value(&arguments.values[1]))?;
    judge(world, &arguments.values[0], &wanted.to_string(), |given| same(given, &wanted))
}

fn present(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    judge(world, &arguments.values[0], "a field", |_| true)
}

fn absent(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let pointer = &arguments.values[0];
    let (_, exchange) = world.exchange()?;
    let Some(body) = exchange.response.json() else {
        let actual = format!("{} {}", exchange.response.status, excerpt(&exchange.response.body));
        return Err(unexpected(world, "", &format!("JSON without the field {pointer}"), actual.trim()));
    };
    match body.pointer(pointer) {
        None => Ok(()),
        Some(given) => Err(unexpected(world, pointer, "no such field", &excerpt(given.to_string().as_bytes()))),
    }
}

fn is_a(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let kind = arguments.values[1].as_str();
    let holds: fn(&Value) -> bool = match kind {
        "string" => Value::is_string,
        "number" => Value::is_number,
        "integer" => |value| value.is_i64() || value.is_u64(),
        "boolean" => Value::is_boolean,
        "object" => Value::is_object,
        "array" => Value::is_array,
        "null" => Value::is_null,
        "uuid" => is_uuid,
        other => {
            let known = "string, number, integer, boolean, object, array, null, uuid";
            return Err(Stop::Failed(format!("{other:?} is no type; known: {known}")));
        }
    };
    judge(world, &arguments.values[0], kind, holds)
}

fn is_uuid(value: &Value) -> bool {
    let parts: Vec<&str> = value.as_str().unwrap_or("").split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| part.chars().all(|c| c.is_ascii_hexdigit()))
}

fn of_text(world: &World, arguments: &Arguments, words: &str, holds: impl Fn(&str) -> bool) -> Result<(), Stop> {
    let expected = format!("a text that {words} {:?}", arguments.values[1]);
    judge(world, &arguments.values[0], &expected, |given| given.as_str().is_some_and(&holds))
}

fn starts_with(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    of_text(world, arguments, "starts with", |given| given.starts_with(&arguments.values[1]))
}

fn contains(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    of_text(world, arguments, "contains", |given| given.contains(&arguments.values[1]))
}

fn matches(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let regex = Regex::new(&arguments.values[1]).map_err(|error| error.to_string())?;
    of_text(world, arguments, "matches", |given| regex.is_match(given))
}

fn has_items(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let wanted = arguments.number(1)?;
    let count = |given: &Value| given.as_array().map(|items| items.len() as u64);
    judge(world, &arguments.values[0], &format!("a list of {wanted} items"), |given| count(given) == Some(wanted))
}

fn counts(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let list = &arguments.values[1];
    judge(world, list, "a list", Value::is_array)?;
    let length = given(world, list, "a list")?.as_array().map_or(0, Vec::len);
    judge(world, &arguments.values[0], &format!("{length}, the length of {list}"), |given| {
        given.as_u64() == Some(length as u64)
    })
}

fn between(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let (least, most) = (arguments.decimal(1)?, arguments.decimal(2)?);
    let expected = format!("a number between {least} and {most}");
    judge(world, &arguments.values[0], &expected, |given| {
        given.as_f64().is_some_and(|given| (least..=most).contains(&given))
    })
}

fn norm(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let (wanted, tolerance) = (arguments.decimal(1)?, arguments.decimal(2)?);
    let (_, exchange) = world.exchange()?;
    let body = exchange.response.json().unwrap_or_default();
    let norm = body.pointer(&arguments.values[0]).and_then(l2_norm);
    let expected = match norm {
        Some(norm) => format!("numbers of the norm {wanted} within {tolerance}; their norm is {norm:.4}"),
        None => format!("numbers of the norm {wanted} within {tolerance}"),
    };
    judge(world, &arguments.values[0], &expected, |_| norm.is_some_and(|norm| (norm - wanted).abs() <= tolerance))
}

fn l2_norm(value: &Value) -> Option<f64> {
    let numbers: Option<Vec<f64>> = value.as_array()?.iter().map(Value::as_f64).collect();
    Some(numbers?.iter().map(|number| number * number).sum::<f64>().sqrt())
}

fn about_now(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let most = arguments.number(1)?;
    let now = jiff::Timestamp::now().as_millisecond();
    let expected = format!("a time within {most} s of now");
    judge(world, &arguments.values[0], &expected, |given| {
        read_time(given).is_some_and(|time| now.abs_diff(time) <= most.saturating_mul(1000))
    })
}

/// A time in milliseconds since 1970; one without a zone is taken as UTC, a number of ten digits as seconds.
fn read_time(value: &Value) -> Option<i64> {
    const FIRST_OF_MILLISECONDS: i64 = 100_000_000_000;
    if let Some(number) = value.as_i64() {
        return Some(if number < FIRST_OF_MILLISECONDS { number * 1000 } else { number });
    }
    let text = text(value);
    let zoned = text.parse::<jiff::Timestamp>().ok();
    let in_utc = || {
        text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|time| time.timestamp())
    };
    zoned.or_else(in_utc).map(jiff::Timestamp::as_millisecond)
}

fn echoes(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let (_, exchange) = world.exchange()?;
    let pointer = &arguments.values[1];
    let sent = exchange.request.json().unwrap_or_default().pointer(pointer).cloned();
    let sent = sent.ok_or_else(|| format!("the request has no field {pointer}"))?;
    judge(world, &arguments.values[0], &format!("{sent}, as in the request"), |given| same(given, &sent))
}

fn fields(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    for row in arguments.rows_of(2)? {
        let wanted = world.with_variables(|variables| variables.cell(&row[1]))?;
        judge(world, &row[0], &wanted.to_string(), |given| same(given, &wanted))?;
    }
    Ok(())
}
