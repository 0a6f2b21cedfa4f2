//! Steps that choose the credential and put it where one wants.

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::contract::scheme::Credential;
use crate::credential::customary::{self, Carrier};
use crate::credential::{OtherPlace, State, parts};
use crate::expression::Template;
use crate::feature::step::{Arguments, Kind, Run, Step};
use crate::feature::world::{Stop, World};
use crate::name::CredentialName;

/// The steps.
pub const STEPS: &[Step] = &[
    Step {
        kind: Kind::Credential,
        expression: "the credential is {state}",
        meaning: "Sends it valid, not at all (missing), another one (unknown), of another form (malformed), signed outside the window (stale, early), without the last character of its secret or signature (truncated), or with another last character (altered).",
        example: "Given the credential is missing",
        run: Run::Now(state),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is in another case",
        meaning: "Changes the case of letters in its secret (those of the second half, if there are any) or in its signature.",
        example: "Given the credential is in another case",
        run: Run::Now(recased),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential {string} is {state}",
        meaning: "Sends this one of several that belong together in that state, and the others right. What later steps say of the credential is said of this one.",
        example: r#"Given the credential "tenantKey" is unknown"#,
        run: Run::Now(member),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential {string} is left out",
        meaning: "Leaves this one of several that belong together out, and sends the others right.",
        example: r#"Given the credential "tenantKey" is left out"#,
        run: Run::Now(member_left_out),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential's user is {string}",
        meaning: "Sends another user than the contract's, where the credential is Basic.",
        example: r#"Given the credential's user is "nobody""#,
        run: Run::Now(user),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is {string}",
        meaning: "Sends this very value instead of the secret.",
        example: r#"Given the credential is "hk_test_expired""#,
        run: Run::Now(literal),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is the scheme {string}",
        meaning: "Chooses one of several alternatives by its name in the contract.",
        example: r#"Given the credential is the scheme "apiKeyHeader""#,
        run: Run::Now(scheme),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is signed {int} seconds ago",
        meaning: "Signs with an earlier time.",
        example: "Given the credential is signed 90 seconds ago",
        run: Run::Now(signed_ago),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is signed {int} seconds ahead",
        meaning: "Signs with a later time.",
        example: "Given the credential is signed 90 seconds ahead",
        run: Run::Now(signed_ahead),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is signed in {word}",
        meaning: "Writes the time in seconds, milliseconds or iso8601.",
        example: "Given the credential is signed in milliseconds",
        run: Run::Now(unit),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is signed over {string}",
        meaning: "Signs another message than the contract's; a template with the same variables.",
        example: r#"Given the credential is signed over "{{ method }}|{{ path }}|text={{ body.text }}""#,
        run: Run::Now(message),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is sent in the {word} {string} instead",
        meaning: "Puts it into another header, query parameter, cookie or field of the body, instead of its place.",
        example: r#"Given the credential is sent in the body "/api_key" instead"#,
        run: Run::Now(moved),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is sent in every other {word} instead",
        meaning: "Puts it under every customary name of a key in the header, query, cookie or body at once, instead of its place. Names that the operation itself takes are left out.",
        example: "Given the credential is sent in every other query instead",
        run: Run::Now(moved_everywhere),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is sent part by part in the {word} instead",
        meaning: "Puts each value of a credential that has several, such as a time and a signature, under its own name into the header, query, cookie or body, instead of its place.",
        example: "Given the credential is sent part by part in the query instead",
        run: Run::Now(parted),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is also sent in the {word} {string}",
        meaning: "Puts it there as well as in its place.",
        example: r#"Given the credential is also sent in the query "api_key""#,
        run: Run::Now(doubled),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is sent with the scheme {string}",
        meaning: "Writes another word before it in Authorization.",
        example: r#"Given the credential is sent with the scheme "bearer""#,
        run: Run::Now(word),
    },
    Step {
        kind: Kind::Credential,
        expression: "the credential is sent without a scheme",
        meaning: "Writes no word before it in Authorization.",
        example: "Given the credential is sent without a scheme",
        run: Run::Now(no_word),
    },
];

fn state(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    world.plan.state = arguments.values[0].parse()?;
    Ok(())
}

fn recased(world: &mut World, _: &Arguments) -> Result<(), Stop> {
    world.plan.state = State::Recased;
    Ok(())
}

fn member(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    world.plan.member = Some(CredentialName::from(arguments.values[0].as_str()));
    world.plan.state = arguments.values[1].parse()?;
    Ok(())
}

fn member_left_out(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    world.plan.member = Some(CredentialName::from(arguments.values[0].as_str()));
    world.plan.state = State::Missing;
    Ok(())
}

fn user(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    sent(world);
    world.plan.user = Some(arguments.values[0].clone());
    Ok(())
}

fn literal(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    world.plan.state = State::Valid;
    world.plan.literal = Some(arguments.values[0].clone());
    Ok(())
}

/// A step that says how the credential is sent means that it is sent.
fn sent(world: &mut World) {
    if world.plan.state == State::Missing {
        world.plan.state = State::Valid;
    }
}

fn scheme(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    sent(world);
    world.plan.credential = Some(CredentialName::from(arguments.values[0].as_str()));
    Ok(())
}

fn signed_ago(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    sent(world);
    world.plan.age = Some(i64::try_from(arguments.number(0)?).map_err(|error| error.to_string())?);
    Ok(())
}

fn signed_ahead(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    sent(world);
    world.plan.age = Some(-i64::try_from(arguments.number(0)?).map_err(|error| error.to_string())?);
    Ok(())
}

fn unit(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    sent(world);
    world.plan.unit = Some(arguments.values[0].parse()?);
    Ok(())
}

fn message(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    sent(world);
    world.plan.message = Some(Template::new(&arguments.values[0])?);
    Ok(())
}

fn moved(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    place(world, arguments, false)
}

fn doubled(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    place(world, arguments, true)
}

fn place(world: &mut World, arguments: &Arguments, also: bool) -> Result<(), Stop> {
    sent(world);
    let name = arguments.values[1].as_str();
    let carrier: Carrier = arguments.values[0].parse()?;
    if carrier == Carrier::Body && !name.starts_with('/') {
        return Err(Stop::Failed(format!("a field of the body is a JSON pointer: \"/{name}\"")));
    }
    world.plan.places.push(OtherPlace { location: carrier.location(name), also });
    Ok(())
}

/// The contract's credential of which the steps speak: the one that they named, else the operation's first.
fn spoken_of<'a>(world: &World, contract: &'a Contract, operation: Option<&Operation>) -> Result<&'a Credential, Stop> {
    let of_operation = || operation?.security.alternatives.iter().flatten().next();
    let named = world.plan.member.as_ref().or(world.plan.credential.as_ref()).or_else(of_operation);
    let credential = named.map_or_else(|| contract.credentials.values().next(), |name| contract.credentials.get(name));
    Ok(credential.ok_or_else(|| "the contract has no such credential".to_owned())?)
}

fn moved_everywhere(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    sent(world);
    let carrier: Carrier = arguments.values[0].parse()?;
    let contract = world.contract();
    let operation = world.draft()?.operation.as_ref().and_then(|id| contract.operations.get(id));
    let credential = spoken_of(world, &contract, operation)?;
    let places = customary::elsewhere(&contract, operation, credential, carrier);
    if places.is_empty() {
        return Err(Stop::Failed(format!("the operation takes every customary {carrier} itself")));
    }
    world.plan.places.extend(places.into_iter().map(|location| OtherPlace { location, also: false }));
    Ok(())
}

fn parted(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    sent(world);
    let carrier: Carrier = arguments.values[0].parse()?;
    let contract = world.contract();
    let operation = world.draft()?.operation.as_ref().and_then(|id| contract.operations.get(id));
    let operation = operation.ok_or_else(|| "the request is of no operation".to_owned())?;
    let credential = spoken_of(world, &contract, Some(operation))?;
    let places = parts::elsewhere(&contract, operation, credential, carrier);
    if places.is_empty() {
        let name = &credential.name;
        return Err(Stop::Failed(format!(
            "{name} has no parts that could be sent in the {carrier} of {}",
            operation.id
        )));
    }
    world.plan.parts = places;
    Ok(())
}

fn word(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    sent(world);
    world.plan.word = Some(arguments.values[0].clone());
    Ok(())
}

fn no_word(world: &mut World, _: &Arguments) -> Result<(), Stop> {
    sent(world);
    world.plan.word = Some(String::new());
    Ok(())
}
