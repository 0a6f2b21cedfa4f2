//! Steps that remember a value of a response for a later call.

use crate::feature::catalogue::{Arguments, Kind, Run, Step};
use crate::feature::world::{Stop, World};
use serde_json::Value;

/// The steps.
pub const STEPS: &[Step] = &[
    Step {
        kind: Kind::Memory,
        expression: "the response field {string} is remembered as {string}",
        meaning: "Keeps a field of the response; `${name}` stands for it from here on.",
        example: r#"And the response field "/run/info/run_id" is remembered as "run""#,
        run: Run::Now(field),
    },
    Step {
        kind: Kind::Memory,
        expression: "the response header {string} is remembered as {string}",
        meaning: "Keeps a header of the response.",
        example: r#"And the response header "ETag" is remembered as "version""#,
        run: Run::Now(header),
    },
];

fn field(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let (_, exchange) = world.exchange()?;
    let body = exchange.response.json().unwrap_or_default();
    let value = body.pointer(&arguments.values[0]).cloned();
    let excerpt = crate::check::response_status::excerpt(&exchange.response.body);
    let value = value.ok_or_else(|| {
        format!("the response has no field {}: {} {excerpt}", arguments.values[0], exchange.response.status)
    })?;
    world.remembered.insert(arguments.values[1].clone(), value);
    Ok(())
}

fn header(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let (_, exchange) = world.exchange()?;
    let value = exchange.response.headers.get(&arguments.values[0]).map(Value::from);
    let value = value.ok_or_else(|| format!("the response has no header {}", arguments.values[0]))?;
    world.remembered.insert(arguments.values[1].clone(), value);
    Ok(())
}
