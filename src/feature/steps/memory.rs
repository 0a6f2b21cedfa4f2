//! Steps that remember a value of a response for a later call.

use crate::feature::step::{Arguments, Kind, Run, Step};
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
    let value = super::promise_field::given(world, &arguments.values[0], "a field that a later call needs")?;
    world.remembered.insert(arguments.values[1].clone(), value);
    Ok(())
}

fn header(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let name = &arguments.values[0];
    super::promise::header(world, name, "a header that a later call needs", |given| given.is_some())?;
    let (_, exchange) = world.exchange()?;
    let value = exchange.response.headers.get(name).map(Value::from).unwrap_or_default();
    world.remembered.insert(arguments.values[1].clone(), value);
    Ok(())
}
