//! `counterpart probe`: every form of every credential at a provider, beside what the contract says.

use super::arguments::Common;
use super::arguments::probe::ProbeOptions;
use super::check::{open_project, reach};
use super::diagnostic::Failure;
use super::exit::Exit;
use super::output::Outputs;
use super::preparation::{Prepared, client, prepare, read_contents};
use super::progress::{Bar, until_interrupted};
use super::targets::{Destination, unknown};
use crate::answer::knowledge::Knowledge;
use crate::contract::operation::Operation;
use crate::fake::Fake;
use crate::name::{CredentialName, OperationId};
use crate::probe::matrix::{Matrix, Probed, ProbedContract, VERSION};
use crate::probe::trial::{Step, Trial};
use crate::report::probed;
use crate::verdict::Verdict;
use clap::ArgMatches;
use std::time::Instant;

/// Runs the verb.
///
/// # Errors
/// What kept it from happening; what it found is not an error.
pub fn probe(common: &Common, options: &ProbeOptions, matches: Option<&ArgMatches>) -> Result<Exit, Failure> {
    let started = Instant::now();
    let outputs = Outputs::of(&options.formats, &options.outputs, matches)?;
    let project = open_project(common)?;
    let destination = Destination::of(&project, common, options.target.as_deref(), &options.urls)?;
    let contents = read_contents(&project, &destination)?;
    let prepared = prepare(&project, &project.folder, &destination, contents, client(&destination), None)?;
    if let Some(operation) = &options.operation {
        knows(&prepared, operation)?;
    }
    let began = jiff::Timestamp::now();
    let contracts = until_interrupted(async { Ok(each(options, &destination, &prepared).await) })?;
    let worst = contracts.iter().filter_map(|contract| contract.verdict).max();
    let record = Probed {
        version: VERSION,
        verdict: worst.unwrap_or(Verdict::Inconclusive),
        target: destination.name.clone(),
        started: began.to_string(),
        duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        contracts,
    };
    if outputs.streams() {
        // A reader that has gone away does not keep the run from its verdict.
        drop(probed::write(&mut anstream::stdout().lock(), &record, Outputs::options(common)));
    }
    outputs.write_each(&|format| probed::render(format, &record))?;
    Ok(record.verdict.into())
}

/// Some contract has the operation.
fn knows(prepared: &[Prepared], operation: &str) -> Result<(), Failure> {
    let known = || prepared.iter().flat_map(|contract| contract.harness.contract.operations.keys());
    if known().any(|id| id.as_str() == operation) {
        return Ok(());
    }
    let names: Vec<&str> = known().map(OperationId::as_str).collect();
    Err(unknown("operation", operation, names.into_iter()))
}

async fn each(options: &ProbeOptions, destination: &Destination, prepared: &[Prepared]) -> Vec<ProbedContract> {
    let bar = Bar::new(0, "forms, {elapsed}");
    let progress = |step| match step {
        Step::Expected(forms) => bar.expect(forms),
        Step::Sent => bar.advance(),
    };
    let mut contracts = Vec::new();
    for contract in prepared {
        contracts.push(one(options, destination, contract, &progress).await);
    }
    bar.end();
    contracts
}

async fn one(
    options: &ProbeOptions,
    destination: &Destination,
    prepared: &Prepared,
    progress: &(dyn Fn(Step) + Sync),
) -> ProbedContract {
    let harness = &prepared.harness;
    let contract = &harness.contract;
    let mut probed = ProbedContract {
        name: contract.name.clone(),
        verdict: None,
        provider: contract.provider.clone(),
        url: harness.redactor.redact(harness.url.as_deref().unwrap_or("fake")),
        credentials: Vec::new(),
        notes: Vec::new(),
    };
    if harness.open {
        probed.notes.push(format!("the target {} asks for no credential", destination.name));
        return probed;
    }
    let asked = options.operation.as_deref();
    let is_asked = |operation: &&Operation| asked.is_none_or(|id| operation.id.as_str() == id);
    let protected = || contract.operations.values().filter(is_asked).filter(|operation| asks(operation));
    if protected().next().is_none() {
        probed.notes.push(match asked {
            Some(id) => format!("it has no operation {id} that asks for a credential"),
            None => "no operation of it asks for a credential".to_owned(),
        });
        return probed;
    }
    if let Some(unanswered) = reach(harness).await {
        probed.verdict = Some(Verdict::Error);
        probed.notes.push(harness.redactor.redact(&unanswered.to_string()));
        return probed;
    }
    let fake = match harness.url {
        Some(_) => None,
        None => Some(harness.fake(Knowledge::of(contract)).await),
    };
    let base = harness.url.clone().or_else(|| fake.as_ref().map(Fake::url)).unwrap_or_default();
    let allow_query = harness.url.is_none() || options.allow_query || destination.target.allow_query;
    let mut trial = Trial { harness, base, allow_query, left: options.most, progress };
    for (name, credential) in &contract.credentials {
        let of_it: Vec<&Operation> =
            protected().filter(|operation| operation.security.credentials().contains(&name)).collect();
        if of_it.is_empty() {
            continue;
        }
        let callable = callable(prepared, &of_it, options, destination);
        if callable.is_empty() {
            let reason = format!(
                "every operation that asks for it writes, and the target {} allows no writes: --operation NAME calls one all the same",
                destination.name
            );
            probed.credentials.push(Matrix::empty(name.clone(), credential.describe(), None, reason));
            continue;
        }
        probed.credentials.extend(of_credential(&mut trial, name, callable, options.all_operations).await);
    }
    tokio::task::unconstrained(async move { drop(fake) }).await;
    probed.verdict = probed.credentials.iter().map(|matrix| matrix.verdict).max();
    probed
}

async fn of_credential(
    trial: &mut Trial<'_>,
    name: &CredentialName,
    callable: Vec<&Operation>,
    all: bool,
) -> Vec<Matrix> {
    let operations = if all { callable } else { trial.telling(&callable, name).await.into_iter().collect() };
    let mut matrices = Vec::new();
    for operation in operations {
        matrices.extend(trial.run(operation, name).await);
    }
    matrices
}

fn asks(operation: &Operation) -> bool {
    operation.security.is_required()
}

/// The operations that may be called, the least harmful first: those with a safe method, then those
/// that a scenario calls which does not write, then others where the target allows it.
fn callable<'a>(
    prepared: &Prepared,
    operations: &[&'a Operation],
    options: &ProbeOptions,
    destination: &Destination,
) -> Vec<&'a Operation> {
    let may_write = prepared.harness.url.is_none() || destination.target.writes || options.operation.is_some();
    let ready = prepared.ready.iter().flat_map(|(_, listed)| listed);
    let all = ready.chain(prepared.not_run.iter().map(|(listed, _)| listed));
    let reading: Vec<_> = all
        .filter(|listed| !listed.derived && !listed.has("writes") && !listed.has("fake"))
        .flat_map(|listed| &listed.operations)
        .collect();
    let rank = |operation: &Operation| match (
        operation.is_safe(),
        reading.iter().any(|id| id.as_str() == operation.id.as_str()),
    ) {
        (true, true) => 0,
        (true, false) => 1,
        (false, true) => 2,
        (false, false) => 3,
    };
    let mut callable: Vec<&Operation> =
        operations.iter().copied().filter(|operation| may_write || rank(operation) < 3).collect();
    callable.sort_by_key(|operation| rank(operation));
    callable
}
