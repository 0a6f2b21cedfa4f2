//! Steps that state what the provider promises.

use crate::check::refusal;
use crate::check::response_status::excerpt;
use crate::contract::Contract;
use crate::contract::conduct::Cause;
use crate::contract::operation::Operation;
use crate::credential::customary::own_places;
use crate::credential::{Plan, State};
use crate::exchange::Location;
use crate::feature::step::{Arguments, Kind, Run, Step};
use crate::feature::world::{Evidence, Stop, World};
use crate::harness::proof::Proof;
use crate::request::draft;
use crate::verdict::{Code, Finding};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;

/// The steps.
pub const STEPS: &[Step] = &[
    Step {
        kind: Kind::Promise,
        expression: "the status is {int}",
        meaning: "States the status.",
        example: "Then the status is 200",
        run: Run::Now(status),
    },
    Step {
        kind: Kind::Promise,
        expression: "the exchange conforms",
        meaning: "States that request and response keep the contract: path, method, parameters, credential, bodies, status, headers.",
        example: "Then the exchange conforms",
        run: Run::Now(exchange_conforms),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response conforms",
        meaning: "States that the response keeps the contract, for a request that departs from it on purpose.",
        example: "Then the response conforms",
        run: Run::Now(response_conforms),
    },
    Step {
        kind: Kind::Promise,
        expression: "it is refused as {string}",
        meaning: "States a refusal of the contract: its status, media type, keys and promised texts.",
        example: r#"Then it is refused as "keyRequired""#,
        run: Run::Now(refused),
    },
    Step {
        kind: Kind::Promise,
        expression: "it is refused for its credential",
        meaning: "States any of the refusals that the contract promises at the operation for a credential: missing, misplaced, malformed, unknown or stale; and for a request whose body or query the credential changed, those for body and parameters.",
        example: "Then it is refused for its credential",
        run: Run::Now(refused_for_credential),
    },
    Step {
        kind: Kind::Promise,
        expression: "it is not refused for its credential",
        meaning: "States that the credential opens the operation: the response is no refusal that the contract promises there for a credential, no 401, no 403 and no server error.",
        example: "Then it is not refused for its credential",
        run: Run::Now(not_refused_for_credential),
    },
    Step {
        kind: Kind::Promise,
        expression: "the exchange equals the snapshot {string}",
        meaning: "States that the exchange's shape is the accepted one of that name.",
        example: r#"Then the exchange equals the snapshot "embed-text""#,
        run: Run::Now(snapshot),
    },
    Step {
        kind: Kind::Promise,
        expression: "{string} opens to its credential only",
        meaning: "Proves an operation's protection by three calls on the same path: none and a wrong credential are refused as promised, the right one is accepted. Uses the scenario's call if it is of that operation.",
        example: r#"Then "embedText" opens to its credential only"#,
        run: Run::Later(protected),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response media type is {string}",
        meaning: "States the media type without its parameters.",
        example: r#"Then the response media type is "application/json""#,
        run: Run::Now(media_type),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response header {string} is {string}",
        meaning: "States a header's value.",
        example: r#"Then the response header "Allow" is "POST""#,
        run: Run::Now(header_is),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response header {string} contains {string}",
        meaning: "States a part of a header's value.",
        example: r#"Then the response header "Allow" contains "POST""#,
        run: Run::Now(header_contains),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response header {string} is present",
        meaning: "States that a header is there.",
        example: r#"Then the response header "Retry-After" is present"#,
        run: Run::Now(header_present),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response header {string} is absent",
        meaning: "States that a header is not there.",
        example: r#"Then the response header "WWW-Authenticate" is absent"#,
        run: Run::Now(header_absent),
    },
    Step {
        kind: Kind::Promise,
        expression: "the response comes within {int} ms",
        meaning: "States how long the last call took at most.",
        example: "Then the response comes within 1500 ms",
        run: Run::Now(within),
    },
    Step {
        kind: Kind::Promise,
        expression: "no response comes",
        meaning: "States that the deadline passed, or that nobody was there.",
        example: "Then no response comes",
        run: Run::Now(no_response),
    },
];

fn verdict(findings: Vec<Finding>) -> Result<(), Stop> {
    if findings.is_empty() { Ok(()) } else { Err(Stop::Found(findings)) }
}

/// A finding about the last call.
fn found(
    world: &World,
    code: Code,
    location: Location,
    expected: impl Into<String>,
    actual: impl Into<String>,
) -> Result<(), Stop> {
    let finding = Finding::new(code, location, expected, actual);
    Err(match &world.outcome()?.operation {
        Some(operation) => finding.of(operation).into(),
        None => finding.into(),
    })
}

fn status(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let wanted = arguments.number(0)?;
    let (outcome, exchange) = world.exchange()?;
    let status = exchange.response.status;
    if u64::from(status) == wanted {
        return Ok(());
    }
    let is_right = outcome.plan.as_ref().is_some_and(Plan::is_right);
    let is_refused = is_right && (200..300).contains(&wanted) && matches!(status, 401 | 403);
    let code = if is_refused { Code::AcceptanceMissing } else { Code::StatusUnexpected };
    let actual = format!("{status} {}", excerpt(&exchange.response.body));
    let finding = outcome.naming_credential(Finding::new(code, Location::Status, wanted.to_string(), actual.trim()));
    let contract = world.contract();
    let operation = outcome.operation.as_ref().and_then(|id| contract.operations.get(id));
    Err(match operation {
        Some(operation) => finding.of(&operation.id).at(operation.place.clone()).into(),
        None => finding.into(),
    })
}

fn exchange_conforms(world: &mut World, _: &Arguments) -> Result<(), Stop> {
    let (outcome, _) = world.exchange()?;
    if outcome.operation.is_none() {
        return Err(Stop::Failed("the request is of no operation, so the contract says nothing of it".to_owned()));
    }
    let findings = outcome.request_findings.iter().chain(&outcome.response_findings);
    verdict(findings.cloned().collect())
}

fn response_conforms(world: &mut World, _: &Arguments) -> Result<(), Stop> {
    let (outcome, _) = world.exchange()?;
    if outcome.operation.is_none() {
        return Err(Stop::Failed("the request is of no operation, so the contract says nothing of it".to_owned()));
    }
    verdict(outcome.response_findings.clone())
}

fn refused(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let contract = world.contract();
    let name = &arguments.values[0];
    let refusal = contract.refusal(name).ok_or_else(|| {
        let known: Vec<&str> = contract.refusals.iter().map(|refusal| refusal.name.as_str()).collect();
        Stop::Failed(format!("{} has no refusal {name:?}; it has: {}", contract.name, known.join(", ")))
    })?;
    let (outcome, exchange) = world.exchange()?;
    let operation = outcome.operation.as_ref().and_then(|id| contract.operations.get(id));
    let findings = refusal::check(&contract, refusal, operation, &exchange.response);
    verdict(findings.into_iter().map(|finding| outcome.naming_credential(finding)).collect())
}

fn refused_for_credential(world: &mut World, _: &Arguments) -> Result<(), Stop> {
    let contract = world.contract();
    let (outcome, exchange) = world.exchange()?;
    let operation = outcome.operation.as_ref().and_then(|id| contract.operations.get(id));
    let operation = operation.ok_or_else(|| "the request is of no operation".to_owned())?;
    let mut causes = world.plan.causes();
    if changes_content(&contract, operation, &world.plan) {
        causes.extend([Cause::Body, Cause::Parameters]);
    }
    let findings = refusal::check_causes(&contract, &causes, operation, &exchange.response);
    verdict(findings.into_iter().map(|finding| outcome.naming_credential(finding)).collect())
}

fn not_refused_for_credential(world: &mut World, _: &Arguments) -> Result<(), Stop> {
    let contract = world.contract();
    let (outcome, exchange) = world.exchange()?;
    let operation = outcome.operation.as_ref().and_then(|id| contract.operations.get(id));
    let operation = operation.ok_or_else(|| "the request is of no operation".to_owned())?;
    let response = &exchange.response;
    let causes = world.plan.causes();
    let refusals = refusal::kept(&contract, operation, response);
    let is_promised = refusals.into_iter().any(|refusal| refusal.on.iter().any(|cause| causes.contains(cause)));
    if !is_promised && !matches!(response.status, 401 | 403 | 500..) {
        return Ok(());
    }
    let actual = format!("{} {}", response.status, excerpt(&response.body));
    let expected = operation.success().unwrap_or(200).to_string();
    let finding = Finding::new(Code::AcceptanceMissing, Location::Status, expected, actual.trim());
    Err(outcome.naming_credential(finding.of(&operation.id).at(operation.place.clone())).into())
}

/// Whether a plan puts a credential into the body or the query, or takes it out of there.
fn changes_content(contract: &Contract, operation: &Operation, plan: &Plan) -> bool {
    let is_taken_out =
        plan.state == State::Missing || plan.places.iter().any(|place| !place.also) || !plan.parts.is_empty();
    let named = plan.member.as_ref().or(plan.credential.as_ref());
    let first = operation.security.alternatives.first();
    let chosen: Vec<_> = named.map_or_else(|| first.into_iter().flatten().collect(), |name| vec![name]);
    let credentials = chosen.into_iter().filter(|_| is_taken_out).filter_map(|name| contract.credentials.get(name));
    let places = plan.places.iter().map(|place| &place.location).chain(&plan.parts).cloned();
    places.chain(credentials.flat_map(own_places)).any(|place| matches!(place, Location::Body(_) | Location::Query(_)))
}

fn snapshot(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let (outcome, exchange) = world.exchange()?;
    verdict(world.harness().compare(&arguments.values[0], outcome, exchange).into_iter().collect())
}

fn protected<'a>(world: &'a mut World, arguments: &'a Arguments) -> LocalBoxFuture<'a, Result<(), Stop>> {
    async move {
        let contract = world.contract();
        let operation = World::operation(&contract, &arguments.values[0])?;
        let prepared = world.draft.take().filter(|draft| draft.operation.as_ref() == Some(&operation.id));
        let call = if let Some(draft) = prepared {
            draft
        } else {
            draft(&contract, operation, None, &|name| {
                world.with_variables(|variables| variables.get(name).map(crate::request::text))
            })?
        };
        let base = world.base().await;
        let proofs = world.harness().prove(&base, &call).await?;
        let mut findings = Vec::new();
        for Proof { findings: found, outcome } in proofs {
            world.note(&outcome);
            if !found.is_empty() {
                let evidence = Evidence::of(&outcome);
                findings.extend(found.into_iter().map(|finding| (finding, evidence.clone())));
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(Stop::Proven(findings)) }
    }
    .boxed_local()
}

fn media_type(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let (_, exchange) = world.exchange()?;
    let given = exchange.response.headers.media_type().unwrap_or_else(|| "none".to_owned());
    if given.eq_ignore_ascii_case(&arguments.values[0]) {
        return Ok(());
    }
    found(world, Code::HeaderUnexpected, Location::Header("Content-Type".to_owned()), &arguments.values[0], given)
}

/// Judges a header.
pub fn header(world: &World, name: &str, expected: &str, holds: impl Fn(Option<&str>) -> bool) -> Result<(), Stop> {
    let (_, exchange) = world.exchange()?;
    let given = exchange.response.headers.get(name);
    if holds(given) {
        return Ok(());
    }
    found(world, Code::HeaderUnexpected, Location::Header(name.to_owned()), expected, given.unwrap_or("nothing"))
}

fn header_is(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let wanted = &arguments.values[1];
    header(world, &arguments.values[0], wanted, |given| given == Some(wanted))
}

fn header_contains(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let wanted = &arguments.values[1];
    let expected = format!("something with {wanted:?}");
    header(world, &arguments.values[0], &expected, |given| given.is_some_and(|given| given.contains(wanted)))
}

fn header_present(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    header(world, &arguments.values[0], "the header", |given| given.is_some())
}

fn header_absent(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    header(world, &arguments.values[0], "no such header", |given| given.is_none())
}

fn within(world: &mut World, arguments: &Arguments) -> Result<(), Stop> {
    let most = arguments.number(0)?;
    let (_, exchange) = world.exchange()?;
    let took = exchange.duration.as_millis();
    if took <= u128::from(most) {
        return Ok(());
    }
    found(world, Code::ResponseLate, Location::Time, format!("{most} ms at most"), format!("{took} ms"))
}

fn no_response(world: &mut World, _: &Arguments) -> Result<(), Stop> {
    match &world.outcome()?.exchange {
        Err(_) => Ok(()),
        Ok(exchange) => {
            let actual = format!("{} {}", exchange.response.status, excerpt(&exchange.response.body));
            found(world, Code::ResponseUnexpected, Location::Status, "no response", actual.trim())
        }
    }
}
