//! Steps that prepare a call.

use crate::contract::scheme::{PlacedPart, Scheme};
use crate::expression::random_hex;
use crate::feature::step::{Arguments, Kind, Run, Step};
use crate::feature::world::{Stop, World};
use crate::name::PartyName;
use crate::request::{Body, Draft, Edit, draft, text};
use serde_json::Value;
use std::time::Duration;

/// The steps.
pub const STEPS: &[Step] = &[
    Step {
        kind: Kind::Call,
        expression: "the consumer is {string}",
        meaning: "Signs as this party of the credential.",
        example: r#"Given the consumer is "npu-worker""#,
        run: Run::Now(consumer),
    },
    Step {
        kind: Kind::Call,
        expression: "the consumer waits {int} ms at most",
        meaning: "Gives the calls of the scenario a deadline shorter than the target's.",
        example: "Given the consumer waits 100 ms at most",
        run: Run::Now(patience),
    },
    Step {
        kind: Kind::Call,
        expression: "{string} is a new name",
        meaning: "Remembers a text that nobody has used before; `${name}` stands for it.",
        example: r#"Given "experiment" is a new name"#,
        run: Run::Now(new_name),
    },
    Step {
        kind: Kind::Call,
        expression: "the value {string} is {value}",
        meaning: "Remembers a value; `${name}` stands for it.",
        example: r#"Given the value "threshold" is 70"#,
        run: Run::Now(value),
    },
    Step {
        kind: Kind::Call,
        expression: "a call of {string}",
        meaning: "Begins a call of an operation with the contract's example values and a right credential.",
        example: r#"Given a call of "embedText""#,
        run: Run::Now(call),
    },
    Step {
        kind: Kind::Call,
        expression: "a call of {string} with the example {string}",
        meaning: "The same with a named example of the request body.",
        example: r#"Given a call of "embedText" with the example "korean""#,
        run: Run::Now(call),
    },
    Step {
        kind: Kind::Call,
        expression: "a call of {string} with",
        meaning: "The same with values from a table: a name that starts with `/` is a field of the body, any other a parameter.",
        example: "Given a call of \"predict\" with\n  | model_id       | 21 |\n  | /inputs/title  | \"CTO\" |",
        run: Run::Now(call),
    },
    Step {
        kind: Kind::Call,
        expression: "a request {string}",
        meaning: "Begins a request outside the operations, below the contract's server; without a credential unless a step gives one.",
        example: r#"Given a request "GET /no/such/path""#,
        run: Run::Now(request),
    },
    Step {
        kind: Kind::Call,
        expression: "the body is",
        meaning: "Replaces the body by a doc string, sent as it is.",
        example: "Given the body is\n  \"\"\"json\n  {\"text\": \"red car\"}\n  \"\"\"",
        run: Run::Now(body),
    },
    Step {
        kind: Kind::Call,
        expression: "the body is left out",
        meaning: "Sends no body.",
        example: "Given the body is left out",
        run: Run::Now(no_body),
    },
    Step {
        kind: Kind::Call,
        expression: "the field {string} is {value}",
        meaning: "Sets a field of the body by its JSON pointer; missing objects on the way are added.",
        example: r#"Given the field "/normalize" is false"#,
        run: Run::Now(field),
    },
    Step {
        kind: Kind::Call,
        expression: "the field {string} is left out",
        meaning: "Takes a field out of the body.",
        example: r#"Given the field "/service_id" is left out"#,
        run: Run::Now(field_left_out),
    },
    Step {
        kind: Kind::Call,
        expression: "the field {string} is retyped to {word}",
        meaning: "Turns a field into a string, number, integer, boolean, object, array or null.",
        example: r#"Given the field "/auth" is retyped to string"#,
        run: Run::Now(field_retyped),
    },
    Step {
        kind: Kind::Call,
        expression: "the field {string} is renamed to {string}",
        meaning: "Gives a field another name.",
        example: r#"Given the field "/auth/sig" is renamed to "signature""#,
        run: Run::Now(field_renamed),
    },
    Step {
        kind: Kind::Call,
        expression: "the field {string} is a text of {int} characters",
        meaning: "Sets a field to a text of that length.",
        example: r#"Given the field "/text" is a text of 10001 characters"#,
        run: Run::Now(field_of_length),
    },
    Step {
        kind: Kind::Call,
        expression: "the field {string} has {int} items",
        meaning: "Repeats the first item of a list, or cuts the list, to that length.",
        example: r#"Given the field "/items" has 17 items"#,
        run: Run::Now(field_of_items),
    },
    Step {
        kind: Kind::Call,
        expression: "the parameter {string} is {value}",
        meaning: "Sets a path, query, header or cookie parameter.",
        example: r#"Given the parameter "model_id" is "99""#,
        run: Run::Now(parameter),
    },
    Step {
        kind: Kind::Call,
        expression: "the parameter {string} is left out",
        meaning: "Leaves a parameter out.",
        example: r#"Given the parameter "max_results" is left out"#,
        run: Run::Now(parameter_left_out),
    },
    Step {
        kind: Kind::Call,
        expression: "the header {string} is {string}",
        meaning: "Sets a header; one that the credential sets is replaced after signing.",
        example: r#"Given the header "X-Service-Timestamp" is "yesterday""#,
        run: Run::Now(header),
    },
    Step {
        kind: Kind::Call,
        expression: "the header {string} is left out",
        meaning: "Takes a header out, after signing.",
        example: r#"Given the header "X-Service-Signature" is left out"#,
        run: Run::Now(header_left_out),
    },
    Step {
        kind: Kind::Call,
        expression: "the media type is {string}",
        meaning: "Sends the body as this media type, whatever it is.",
        example: r#"Given the media type is "text/plain""#,
        run: Run::Now(media_type),
    },
];

fn consumer(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    world.plan.party = Some(PartyName::from(arguments.values[0].as_str()));
    Ok(())
}

fn patience(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    world.patience = Some(Duration::from_millis(arguments.number(0)?));
    Ok(())
}

fn new_name(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let name = arguments.values[0].clone();
    let text = format!("counterpart-{}", random_hex(12));
    world.remembered.insert(name, Value::from(text));
    Ok(())
}

fn value(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let value = world.with_variables(|variables| variables.value(&arguments.values[1]))?;
    world.remembered.insert(arguments.values[0].clone(), value);
    Ok(())
}

/// Begins a call; the arguments are the operation, perhaps an example, perhaps a table.
pub fn call(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let contract = world.contract();
    let operation = World::operation(&contract, &arguments.values[0])?;
    let example = arguments.values.get(1).map(String::as_str);
    let values = |name: &str| world.with_variables(|variables| variables.get(name).map(text));
    let mut draft = draft(&contract, operation, example, &values)?;
    for row in arguments.rows_of(2)? {
        let value = world.with_variables(|variables| variables.cell(&row[1]))?;
        if row[0].starts_with('/') {
            apply(world, &mut draft, Edit::SetField(row[0].clone(), value))?;
        } else {
            let parameter = operation.parameter(&row[0]).ok_or_else(|| no_parameter(operation, &row[0]))?;
            draft.set_parameter(parameter, text(&value));
        }
    }
    // Values that keep the contract do not make it another call: the request is judged all the same.
    draft.altered = false;
    world.draft = Some(draft);
    Ok(())
}

fn no_parameter(operation: &crate::contract::operation::Operation, name: &str) -> Stop {
    let known: Vec<&str> = operation.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    Stop::Failed(format!("{} has no parameter {name:?}; it has: {}", operation.id, known.join(", ")))
}

fn request(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let (method, path) = arguments.values[0].split_once(' ').ok_or_else(|| {
        format!("{:?} is no request: write a method and a path, such as \"GET /health\"", arguments.values[0])
    })?;
    world.draft = Some(Draft::outside(method, path.trim()));
    world.plan.state = crate::credential::State::Missing;
    Ok(())
}

fn body(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let text = arguments.text.clone().ok_or_else(|| "the step needs a doc string".to_owned())?;
    let draft = world.draft()?;
    draft.body = match serde_json::from_str(&text) {
        Ok(value) => Body::Json(value),
        Err(_) => Body::Raw(text),
    };
    draft.altered = true;
    Ok(())
}

fn no_body(world: &mut World, _: &Arguments) -> Result<(), Stop> {
    let draft = world.draft()?;
    draft.body = Body::Empty;
    draft.altered = true;
    Ok(())
}

fn edit(world: &mut World, edit: Edit) -> Result<(), Stop> {
    let mut draft = world.draft()?.clone();
    apply(world, &mut draft, edit)?;
    world.draft = Some(draft);
    Ok(())
}

/// Makes an edit now, or after signing where it touches what the credential places.
fn apply(world: &World, draft: &mut Draft, edit: Edit) -> Result<(), Stop> {
    draft.altered = true;
    if is_placed_by_credential(world, draft, &edit) {
        draft.late_edits.push(edit);
        return Ok(());
    }
    match &edit {
        Edit::SetHeader(name, value) => draft.headers.set(name, value.clone()),
        Edit::DropHeader(name) => {
            draft.headers.remove(name);
            draft.late_edits.push(edit);
        }
        edit => {
            let value = draft.body_value_mut().ok_or_else(|| "the body has no fields: it is not JSON".to_owned())?;
            edit.apply_to(value)?;
        }
    }
    Ok(())
}

fn is_placed_by_credential(world: &World, draft: &Draft, edit: &Edit) -> bool {
    let contract = world.contract();
    let Some(operation) = draft.operation.as_ref().and_then(|id| contract.operations.get(id)) else {
        return matches!(edit, Edit::SetHeader(..) | Edit::DropHeader(_));
    };
    let credentials = operation.security.credentials().into_iter().filter_map(|name| contract.credentials.get(name));
    let header = match edit {
        Edit::SetHeader(name, _) | Edit::DropHeader(name) => Some(name.as_str()),
        _ => None,
    };
    credentials.into_iter().any(|credential| match &credential.scheme {
        Scheme::Placed(placed) => placed.places.iter().any(|part| match part {
            PlacedPart::Header(name, _) => header.is_some_and(|header| header.eq_ignore_ascii_case(name)),
            PlacedPart::Body { at, .. } => {
                let each = placed.payload.get(&operation.id).and_then(|payload| payload.each.as_deref());
                edit.touches_body().is_some_and(|pointer| is_below(pointer, each.unwrap_or(""), at))
            }
            _ => false,
        }),
        Scheme::Key { name, .. } => header.is_some_and(|header| header.eq_ignore_ascii_case(name)),
        Scheme::Word { .. } | Scheme::Basic { .. } => {
            header.is_some_and(|header| header.eq_ignore_ascii_case("authorization"))
        }
    })
}

/// Whether a pointer is at or below `at`, or `at` below an item of `each`.
fn is_below(pointer: &str, each: &str, at: &str) -> bool {
    let pattern = format!("{each}{at}");
    let wanted: Vec<&str> = pattern.split('/').collect();
    let given: Vec<&str> = pointer.split('/').collect();
    given.len() >= wanted.len() && wanted.iter().zip(&given).all(|(wanted, given)| wanted == given || *wanted == "*")
}

fn field(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let value = world.with_variables(|variables| variables.value(&arguments.values[1]))?;
    edit(world, Edit::SetField(arguments.values[0].clone(), value))
}

fn field_left_out(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    edit(world, Edit::DropField(arguments.values[0].clone()))
}

fn field_retyped(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    edit(world, Edit::RetypeField(arguments.values[0].clone(), arguments.values[1].clone()))
}

fn field_renamed(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    edit(world, Edit::RenameField(arguments.values[0].clone(), arguments.values[1].clone()))
}

fn field_of_length(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let length = usize::try_from(arguments.number(1)?).map_err(|error| error.to_string())?;
    edit(world, Edit::SetField(arguments.values[0].clone(), Value::from("a".repeat(length))))
}

fn field_of_items(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let length = usize::try_from(arguments.number(1)?).map_err(|error| error.to_string())?;
    let pointer = &arguments.values[0];
    let body = world.draft()?.json().unwrap_or_default();
    let items = body.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    let first = items.first().cloned().ok_or_else(|| format!("{pointer} is no list with an item"))?;
    let repeated: Vec<Value> = items.into_iter().chain(std::iter::repeat(first)).take(length).collect();
    edit(world, Edit::SetField(pointer.clone(), Value::from(repeated)))
}

fn parameter(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let value = world.with_variables(|variables| variables.value(&arguments.values[1]))?;
    change_parameter(world, &arguments.values[0], |draft, parameter| draft.set_parameter(parameter, text(&value)))
}

fn parameter_left_out(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    change_parameter(world, &arguments.values[0], Draft::drop_parameter)
}

fn change_parameter(
    world: &mut World,
    name: &str,
    change: impl FnOnce(&mut Draft, &crate::contract::operation::Parameter),
) -> Result<(), Stop> {
    let id = world.draft()?.operation.clone().ok_or_else(|| "the request is of no operation".to_owned())?;
    let contract = world.contract();
    let operation = World::operation(&contract, id.as_str())?;
    let parameter = operation.parameter(name).ok_or_else(|| no_parameter(operation, name))?;
    let draft = world.draft()?;
    change(draft, parameter);
    draft.altered = true;
    Ok(())
}

fn header(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    edit(world, Edit::SetHeader(arguments.values[0].clone(), arguments.values[1].clone()))
}

fn header_left_out(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    edit(world, Edit::DropHeader(arguments.values[0].clone()))
}

fn media_type(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let draft = world.draft()?;
    draft.media_type = Some(arguments.values[0].clone());
    draft.altered = true;
    Ok(())
}
