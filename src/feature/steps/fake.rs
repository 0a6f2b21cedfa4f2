//! Steps that tell the fake what it knows and how it behaves.

use crate::feature::step::{Arguments, Kind, Run, Step};
use crate::feature::world::{Stop, World};
use std::time::Duration;

/// The steps.
pub const STEPS: &[Step] = &[
    Step {
        kind: Kind::Fake,
        expression: "the fake knows that {string} includes {string}",
        meaning: "Adds a text to a list that the fake knows; the contract's `[knowledge]` says what the lists mean.",
        example: r#"Given the fake knows that "expired_keys" includes "hk_test_expired""#,
        run: Run::Now(knows),
    },
    Step {
        kind: Kind::Fake,
        expression: "the fake answers with {string}",
        meaning: "Whatever it is asked, the fake answers with this refusal or answer of the contract.",
        example: r#"Given the fake answers with "rateLimited""#,
        run: Run::Now(answers),
    },
    Step {
        kind: Kind::Fake,
        expression: "the fake takes {int} ms to answer",
        meaning: "The fake waits before each answer.",
        example: "Given the fake takes 200 ms to answer",
        run: Run::Now(takes),
    },
    Step {
        kind: Kind::Fake,
        expression: "the fake is unreachable",
        meaning: "Nobody listens where the provider should be.",
        example: "Given the fake is unreachable",
        run: Run::Now(unreachable),
    },
];

fn knows(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let (list, text) = (&arguments.values[0], &arguments.values[1]);
    world.tell_fake(|knowledge| knowledge.add(list, text.as_str()));
    Ok(())
}

fn answers(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let name = &arguments.values[0];
    let contract = world.contract();
    let known = contract.refusal(name).is_some() || contract.answers.iter().any(|answer| answer.name == *name);
    if !known {
        return Err(Stop::Failed(format!("{} has no refusal or answer {name:?} in its contract.toml", contract.name)));
    }
    world.tell_fake(|knowledge| knowledge.forced = Some(name.clone()));
    Ok(())
}

fn takes(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let delay = Duration::from_millis(arguments.number(0)?);
    world.tell_fake(|knowledge| knowledge.delay = delay);
    Ok(())
}

fn unreachable(world: &mut World, _: &Arguments) -> Result<(), Stop> {
    world.unreachable = true;
    Ok(())
}
