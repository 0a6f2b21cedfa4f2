//! `counterpart check`: run the features, judge, report.

use super::arguments::Common;
use super::arguments::check::CheckOptions;
use super::changed::Changed;
use super::conclusion::{contract_record, nothing_ran, unused_snapshots};
use super::diagnostic::Failure;
use super::exit::Exit;
use super::output::Outputs;
use super::preparation::{Prepared, client, prepare, read_contents};
use super::progress::{Progress, until_interrupted};
use super::published::remarks;
use super::targets::Destination;
use crate::deployment::Unanswered;
use crate::diagnosis::run::{self as diagnosis, Means};
use crate::exchange::{Headers, Request};
use crate::feature::run::{Ready, run};
use crate::harness::Harness;
use crate::name::ContractName;
use crate::project::Project;
use crate::record::{ContractRecord, Record, Verb};
use crate::report::Format;
use crate::snapshot;
use clap::ArgMatches;
use gherkin::tagexpr::TagOperation;
use jiff::Timestamp;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// How many scenarios run at a time at the fakes.
const AT_FAKES: usize = 16;

/// The project that the options name.
///
/// # Errors
/// There is none, or its settings are wrong.
pub fn open_project(common: &Common) -> Result<Project, Failure> {
    let here = std::env::current_dir().map_err(|error| Failure::CouldNotRun(error.to_string()))?;
    let folder = match &common.project {
        Some(folder) => Project::find(folder).map_err(|error| Failure::of_project(folder, error))?,
        None => Project::find(&here).map_err(|error| Failure::of_project(&here, error))?,
    };
    Project::open(&folder, &|name| std::env::var(name).ok()).map_err(|error| Failure::of_project(&folder, error))
}

/// Runs the verb.
///
/// # Errors
/// What kept the run from happening; what the run found is not an error.
pub fn check(common: &Common, options: &CheckOptions, matches: Option<&ArgMatches>) -> Result<Exit, Failure> {
    let began = Timestamp::now();
    let outputs = Outputs::of(&options.formats, &options.outputs, matches)?;
    let tags = options.tags.as_deref().map(parse_tags).transpose()?;
    let project = open_project(common)?;
    let mut destination = Destination::of(&project, common, options.target.as_deref(), &options.urls)?;
    destination.target.writes |= options.allow_writes;
    let mut notes = Vec::new();
    if let Some(revision) = &options.changed_since {
        let asked = destination.contracts.len();
        let note = narrow(&mut destination, &project, revision)?;
        // Where there is no contract at all, nothing was tested.
        notes.extend((asked > 0).then_some(note));
        if asked > 0 && destination.contracts.is_empty() {
            let record = Record::ended(Verb::Check, destination.name, began, Vec::new(), notes);
            outputs.tell(common, &record)?;
            return Ok(Exit::Kept);
        }
    }
    let may_write = destination.is_fake() && std::env::var_os("CI").is_none_or(|value| value.is_empty());
    let folder = std::path::absolute(&project.folder).map_err(|error| Failure::CouldNotRun(error.to_string()))?;
    snapshot::configure(&folder, may_write);
    let (contents, client) = std::thread::scope(|scope| {
        let client = scope.spawn(|| client(&destination));
        (read_contents(&project, &destination), client.join().expect("making a client does not panic"))
    });
    let prepared = prepare(&project, &folder, &destination, contents?, client, tags.as_ref())?;
    let run = run_all(common, options, &outputs, &destination, prepared, (began, notes));
    let record = until_interrupted(run)?;
    outputs.write(&record)?;
    Ok(record.verdict.into())
}

/// The record of a run of every feature of a project at the fakes, of which nothing is printed. It leaves pending
/// snapshots. Call it before any thread is started.
///
/// # Errors
/// What kept the run from happening.
pub fn at_fakes(folder: &Path) -> Result<Record, Failure> {
    let began = Timestamp::now();
    let common = Common { project: Some(folder.to_path_buf()), contracts: Vec::new(), quiet: true, verbose: false };
    let options = CheckOptions::default();
    let outputs = Outputs::of(&[Format::Json], &[], None)?;
    let project = open_project(&common)?;
    let destination = Destination::of(&project, &common, None, &[])?;
    snapshot::configure(folder, true);
    let contents = read_contents(&project, &destination)?;
    let prepared = prepare(&project, folder, &destination, contents, client(&destination), None)?;
    until_interrupted(run_all(&common, &options, &outputs, &destination, prepared, (began, Vec::new())))
}

/// Leaves the contracts that changed since a revision, and says which.
fn narrow(destination: &mut Destination, project: &Project, revision: &str) -> Result<String, Failure> {
    let changed = Changed::since(&project.folder, revision)?;
    let asked = destination.contracts.len();
    destination.contracts.retain(|name, _| changed.has(name));
    Ok(changed.note(revision, asked, &destination.contracts.keys().collect::<Vec<_>>()))
}

/// A tag expression.
///
/// # Errors
/// It is none.
pub fn parse_tags(text: &str) -> Result<TagOperation, Failure> {
    text.parse().map_err(|_| {
        Failure::Usage(format!(
            "--tags {text}: no tag expression\n  help: tags begin with @ and are joined by and, or, not: '@incident and not @writes'"
        ))
    })
}

async fn run_all(
    common: &Common,
    options: &CheckOptions,
    outputs: &Outputs,
    destination: &Destination,
    mut prepared: Vec<Prepared>,
    (began, mut notes): (Timestamp, Vec<String>),
) -> Result<Record, Failure> {
    let narrowed = options.tags.is_some();
    for contract in &mut prepared {
        contract.unreachable = reach(&contract.harness).await;
    }
    let mut features = Vec::new();
    let mut order = Vec::new();
    for contract in prepared.iter_mut().filter(|contract| contract.unreachable.is_none()) {
        for (feature, listed) in &contract.ready {
            let name = &contract.harness.contract.name;
            order.extend(listed.iter().map(|listed| (name.clone(), (listed.file.clone(), listed.line))));
            features.push(Ready {
                harness: contract.harness.clone(),
                feature: feature.clone(),
                listed: listed.clone(),
            });
        }
    }
    let console = outputs.streams().then(|| Outputs::console(common));
    let progress = Arc::new(Mutex::new(Progress::new(order, console)));
    let of_runner = progress.clone();
    let concurrency = if destination.is_fake() { AT_FAKES } else { destination.target.concurrency };
    let finished = move |_: &ContractName, record| {
        of_runner.lock().unwrap_or_else(PoisonError::into_inner).finished(record);
    };
    run(features, concurrency, Arc::new(finished)).await.map_err(Failure::CouldNotRun)?;
    let progress = Arc::into_inner(progress).expect("the runner has ended and given its share back");
    let (mut records, console) = progress.into_inner().unwrap_or_else(PoisonError::into_inner).end();
    let mut contracts = Vec::new();
    for contract in &prepared {
        let keys =
            contract.ready.iter().flat_map(|(_, listed)| listed).map(|listed| (listed.file.clone(), listed.line));
        let mut scenarios: Vec<_> = keys.filter_map(|key| records.remove(&key)).collect();
        if scenarios.is_empty() && contract.not_run.is_empty() && narrowed && contract.unreachable.is_none() {
            continue;
        }
        let means = match (&contract.harness.url, options.diagnose) {
            (Some(_), false) => Means::Reasoning,
            (Some(_), true) => Means::Probing { allow_query: destination.target.allow_query },
            (None, _) => Means::Probing { allow_query: true },
        };
        diagnosis::explain(&contract.harness, &mut scenarios, means).await;
        let mut record = contract_record(contract, scenarios, narrowed);
        let site = destination.contracts.get(&record.name).and_then(Option::as_ref);
        if let Some(site) = site.filter(|_| !record.scenarios.is_empty()) {
            match remarks(&contract.harness, site).await {
                Ok(found) => record.findings.extend(found),
                Err(unpublished) if unpublished.surprising || common.verbose => notes.push(unpublished.reason),
                Err(_) => {}
            }
        }
        contracts.push(record);
    }
    let asked_for_derived = narrowed && contracts.iter().any(|contract| !contract.scenarios.is_empty());
    let is_derived = |contract: &ContractRecord| contract.scenarios.iter().all(|scenario| scenario.derived);
    if contracts.iter().all(is_derived) && !asked_for_derived {
        notes.push(nothing_ran(&contracts, narrowed));
    }
    notes.extend(prepared.iter().filter_map(|contract| {
        let unanswered = contract.unreachable.as_ref()?;
        Some(contract.harness.redactor.redact(&unanswered.to_string()))
    }));
    if destination.is_fake() && !narrowed {
        notes.extend(prepared.iter().flat_map(|contract| unused_snapshots(contract, &contracts)));
    }
    let record = Record::ended(Verb::Check, destination.name.clone(), began, contracts, notes);
    if let Some(mut console) = console {
        drop(console.finish(&mut anstream::stdout().lock(), &record));
    }
    Ok(record)
}

/// Whether a deployment can be reached at all: any answer will do.
pub async fn reach(harness: &Harness) -> Option<Unanswered> {
    let url = harness.url.as_ref()?;
    let request = Request {
        method: "GET".to_owned(),
        path: "/".to_owned(),
        query: None,
        headers: Headers::default(),
        body: Vec::new(),
    };
    match harness.client.send(url, &request, harness.client.deadline()).await {
        Err((unanswered @ (Unanswered::Unreachable { .. } | Unanswered::TimedOut { .. }), _)) => Some(unanswered),
        _ => None,
    }
}
