//! `counterpart check`: run the features, judge, report.

use super::arguments::{CheckOptions, Common};
use super::diagnostic::{self, Failure};
use super::exit::Exit;
use super::output::Outputs;
use super::progress::Progress;
use super::protection::Coverage;
use super::selection::{Choice, choose};
use super::targets::{Destination, secrets};
use crate::contract::Contract;
use crate::deployment::{Client, Unanswered};
use crate::exchange::{Headers, Request};
use crate::fake::make_secrets;
use crate::feature::run::{Ready, run};
use crate::feature::source::{self, Listed};
use crate::harness::Harness;
use crate::name::{ContractName, OperationId};
use crate::place::{Place, Problem, Problems};
use crate::project::{Project, ProjectError, SETTINGS_FILE, Site};
use crate::record::{ContractRecord, FindingRecord, NotRun, Protection, Record, ScenarioRecord, VERSION};
use crate::secret::{Redactor, Vault};
use crate::snapshot::{self, Snapshots};
use crate::verdict::{Code, Verdict};
use clap::ArgMatches;
use gherkin::Feature;
use gherkin::tagexpr::TagOperation;
use indexmap::IndexMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// How many scenarios run at a time at the fakes.
const AT_FAKES: usize = 16;

/// A contract that is about to be checked.
struct Prepared {
    harness: Arc<Harness>,
    ready: Vec<(Feature, Vec<Listed>)>,
    not_run: Vec<(Listed, String)>,
    /// What keeps the whole contract from being checked.
    unreachable: Option<Unanswered>,
}

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
    let started = Instant::now();
    let outputs = Outputs::of(options, matches)?;
    let tags = options.tags.as_deref().map(parse_tags).transpose()?;
    let project = open_project(common)?;
    let destination = Destination::of(&project, common, options)?;
    let may_write = destination.is_fake() && std::env::var_os("CI").is_none_or(|value| value.is_empty());
    let folder = std::path::absolute(&project.folder).map_err(|error| Failure::CouldNotRun(error.to_string()))?;
    snapshot::configure(&folder, may_write);
    let (contents, client) = std::thread::scope(|scope| {
        let client = scope.spawn(|| client(&destination));
        (read_contents(&project, &destination), client.join().expect("making a client does not panic"))
    });
    let prepared = prepare(&project, &folder, &destination, contents?, client, tags.as_ref())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::CouldNotRun(error.to_string()))?;
    let record = runtime.block_on(async {
        tokio::select! {
            record = run_all(common, &outputs, &destination, prepared, tags.is_some(), started) => record,
            _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
        }
    })?;
    outputs.write(&record)?;
    Ok(record.verdict.into())
}

fn parse_tags(text: &str) -> Result<TagOperation, Failure> {
    text.parse().map_err(|_| {
        Failure::Usage(format!(
            "--tags {text}: no tag expression\n  help: tags begin with @ and are joined by and, or, not: '@incident and not @writes'"
        ))
    })
}

/// A feature with its scenarios as they are listed, or what is wrong with its file.
type FeatureRead = Result<(Feature, Vec<Listed>), Vec<Problem>>;

/// A contract and its features as they were read.
struct Content {
    contract: Contract,
    features: Result<Vec<FeatureRead>, ProjectError>,
}

/// The client of a run; one that only reaches fakes or plain HTTP has no use for certificates.
fn client(destination: &Destination) -> Result<Client, String> {
    let retries = if destination.is_fake() { 0 } else { destination.target.retries };
    let encrypts = destination.contracts.values().flatten().any(|site| !site.url.starts_with("http://"));
    Client::new(destination.target.deadline, retries, encrypts)
}

/// Reads the contracts and then their features side by side; all problems of the contracts together.
fn read_contents(project: &Project, destination: &Destination) -> Result<Vec<Content>, Failure> {
    let names: Vec<&ContractName> = destination.contracts.keys().collect();
    let mut contracts = Vec::new();
    let mut problems: Vec<Problem> = Vec::new();
    for result in side_by_side(&names, |name| project.contract(name)) {
        match result {
            Ok(contract) => contracts.push(contract),
            Err(found) => problems.extend(found.0),
        }
    }
    let contracts = Problems(problems)
        .or(contracts)
        .map_err(|problems| Failure::of_problems(&project.folder, problems, Exit::CouldNotRun))?;
    let files: Vec<_> = contracts.iter().map(|contract| project.features(&contract.name)).collect();
    let of_contract = files.iter().zip(&contracts);
    let all: Vec<_> =
        of_contract.flat_map(|(files, contract)| files.iter().flatten().map(move |file| (file, contract))).collect();
    let mut read = side_by_side(&all, |((file, text), contract)| source::read(file, text, contract)).into_iter();
    drop(all);
    let content = |(files, contract): (Result<Vec<_>, _>, _)| {
        let features = files.map(|files| read.by_ref().take(files.len()).collect());
        Content { contract, features }
    };
    Ok(files.into_iter().zip(contracts).map(content).collect())
}

/// The results of `work` for `items` in order, worked out on as many threads as there are cores.
fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take_turns = || {
        let turns = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let turns = turns.map_while(|index| items.get(index).map(|item| (index, work(item))));
        turns.collect::<Vec<_>>()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(take_turns)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("reading does not panic")).collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn prepare(
    project: &Project,
    folder: &Path,
    destination: &Destination,
    contents: Vec<Content>,
    client: Result<Client, String>,
    tags: Option<&TagOperation>,
) -> Result<Vec<Prepared>, Failure> {
    let mut vaults = Vec::new();
    for Content { contract, .. } in &contents {
        let site = destination.contracts.get(&contract.name).and_then(Option::as_ref);
        let mut vault = Vault::default();
        secrets(contract, site, &mut vault)?;
        if site.is_none_or(|site| site.open) {
            make_secrets(contract, &mut vault).map_err(Failure::CouldNotRun)?;
        }
        vaults.push(Arc::new(vault));
    }
    let redactor = Arc::new(Redactor::new(vaults.iter().map(Arc::as_ref)));
    diagnostic::guard(&redactor);
    let client = client.map_err(Failure::CouldNotRun)?;
    let mut problems = Vec::new();
    let mut prepared = Vec::new();
    for (Content { contract, features }, vault) in contents.into_iter().zip(vaults) {
        let site = destination.contracts.get(&contract.name).and_then(Option::as_ref);
        let features = features.map_err(|error| Failure::of_project(folder, error))?;
        let mut ready = Vec::new();
        let mut not_run = Vec::new();
        for read in features {
            match read {
                Ok((feature, listed)) => {
                    let (feature, listed) = selected(feature, listed, tags, destination, site, &mut not_run);
                    ready.push((feature, listed));
                }
                Err(found) => problems.extend(found),
            }
        }
        let harness = harness(project, contract, site, vault, redactor.clone(), client.clone())?;
        prepared.push(Prepared { harness: Arc::new(harness), ready, not_run, unreachable: None });
    }
    problems.sort_by(|a: &Problem, b| a.place.cmp(&b.place));
    Problems(problems).or(prepared).map_err(|problems| Failure::of_problems(folder, problems, Exit::CouldNotRun))
}

fn harness(
    project: &Project,
    contract: Contract,
    site: Option<&Site>,
    vault: Arc<Vault>,
    redactor: Arc<Redactor>,
    client: Client,
) -> Result<Harness, Failure> {
    let none = IndexMap::new();
    let variables = site.map_or(&none, |site| &site.variables);
    let server_path = contract.server.path(variables).map_err(|wrong| {
        let place = site.and_then(|site| site.place.clone()).unwrap_or_else(|| Place::new(SETTINGS_FILE, 1, 1));
        let help = "write `variables` as the `servers` of the OpenAPI document have them";
        Failure::of_problems(&project.folder, Problems(vec![Problem::new(place, wrong, help)]), Exit::Usage)
    })?;
    let mut values = contract.values.clone();
    values.extend(site.into_iter().flat_map(|site| site.values.clone()));
    let url = site.map(|site| site.url.trim_end_matches('/').to_owned());
    let open = site.is_some_and(|site| site.open);
    let snapshots = Snapshots::new(std::path::absolute(project.snapshots(&contract.name)).unwrap_or_default());
    let contract = Arc::new(contract);
    let protections = Arc::default();
    Ok(Harness { contract, server_path, url, open, vault, redactor, values, snapshots, client, protections })
}

/// The feature with only the scenarios that run.
fn selected(
    mut feature: Feature,
    listed: Vec<Listed>,
    tags: Option<&TagOperation>,
    destination: &Destination,
    site: Option<&Site>,
    not_run: &mut Vec<(Listed, String)>,
) -> (Feature, Vec<Listed>) {
    let mut running = Vec::new();
    for scenario in listed {
        match choose(&scenario, tags, destination, site) {
            Choice::Runs => running.push(scenario),
            Choice::NotAsked => {}
            Choice::NotHere(reason) => not_run.push((scenario, reason)),
        }
    }
    let lines: std::collections::HashSet<usize> = running.iter().map(|scenario| scenario.line).collect();
    feature.scenarios.retain(|scenario| lines.contains(&scenario.position.line));
    for rule in &mut feature.rules {
        rule.scenarios.retain(|scenario| lines.contains(&scenario.position.line));
    }
    (feature, running)
}

async fn run_all(
    common: &Common,
    outputs: &Outputs,
    destination: &Destination,
    mut prepared: Vec<Prepared>,
    narrowed: bool,
    started: Instant,
) -> Result<Record, Failure> {
    let began = jiff::Timestamp::now();
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
        let scenarios: Vec<_> = keys.filter_map(|key| records.remove(&key)).collect();
        if scenarios.is_empty() && contract.not_run.is_empty() && narrowed && contract.unreachable.is_none() {
            continue;
        }
        contracts.push(contract_record(contract, scenarios, narrowed));
    }
    let mut notes = Vec::new();
    if contracts.iter().all(|contract| contract.scenarios.is_empty()) {
        notes.push(nothing_ran(&contracts, narrowed));
    }
    notes.extend(prepared.iter().filter_map(|contract| {
        let unanswered = contract.unreachable.as_ref()?;
        Some(contract.harness.redactor.redact(&unanswered.to_string()))
    }));
    let worst = contracts.iter().map(|contract| contract.verdict).max();
    let record = Record {
        version: VERSION,
        verdict: worst.unwrap_or(Verdict::Inconclusive),
        target: destination.name.clone(),
        started: began.to_string(),
        duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        contracts,
        notes,
    };
    if let Some(mut console) = console {
        drop(console.finish(&mut anstream::stdout().lock(), &record));
    }
    Ok(record)
}

fn nothing_ran(contracts: &[ContractRecord], narrowed: bool) -> String {
    if contracts.iter().any(|contract| !contract.not_run.is_empty()) {
        "no scenario ran: none of those selected can run at this target".to_owned()
    } else if narrowed {
        "no scenario has these tags".to_owned()
    } else {
        "no scenario ran: there are no features below features/".to_owned()
    }
}

/// Whether a deployment can be reached at all: any answer will do.
async fn reach(harness: &Harness) -> Option<Unanswered> {
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

fn contract_record(prepared: &Prepared, scenarios: Vec<ScenarioRecord>, narrowed: bool) -> ContractRecord {
    let harness = &prepared.harness;
    let contract = &harness.contract;
    let (untested, scenarios): (Vec<_>, Vec<_>) = scenarios.into_iter().partition(lacks_secret);
    let protections = harness.protections.lock().unwrap_or_else(PoisonError::into_inner);
    let protections: Vec<Protection> =
        contract.operations.keys().filter_map(|id| protections.get(id).cloned()).collect();
    let mut left_out: Vec<Listed> = prepared.not_run.iter().map(|(listed, _)| listed.clone()).collect();
    left_out.extend(listed_of(prepared, &untested).cloned());
    let coverage = Coverage { contract, protections: &protections, left_out: &left_out, narrowed };
    let ran = !scenarios.is_empty();
    let mut findings = unset_secrets(&untested);
    if ran && !harness.open {
        let excused = |finding: &FindingRecord| {
            let name = finding.operation.as_ref().map_or("", OperationId::as_str);
            listed_of(prepared, &untested).any(|listed| listed.operations.iter().any(|operation| operation == name))
        };
        findings.extend(coverage.findings().into_iter().filter(|finding| !excused(finding)));
    }
    let mut verdict = scenarios.iter().map(|scenario| scenario.verdict).max().unwrap_or(Verdict::Inconclusive);
    verdict = findings.iter().map(|finding| finding.code.weight()).max().unwrap_or_default().max(verdict);
    if prepared.unreachable.is_some() {
        verdict = Verdict::Error;
    }
    let not_run = prepared.not_run.iter().map(|(listed, reason)| NotRun {
        feature: listed.file.clone(),
        name: listed.name.clone(),
        line: listed.line,
        reason: reason.clone(),
    });
    ContractRecord {
        name: contract.name.clone(),
        verdict,
        consumers: contract.consumers.clone(),
        provider: contract.provider.clone(),
        url: harness.url.as_deref().map_or_else(|| "fake".to_owned(), |url| harness.redactor.redact(url)),
        not_run: not_run.chain(untested.iter().map(without_secret)).collect(),
        scenarios,
        protections,
        findings,
    }
}

/// The scenarios as they stand in their files, for some of their records.
fn listed_of<'a>(prepared: &'a Prepared, records: &'a [ScenarioRecord]) -> impl Iterator<Item = &'a Listed> {
    let of = |listed: &Listed, record: &ScenarioRecord| record.feature == listed.file && record.line == listed.line;
    let listed = prepared.ready.iter().flat_map(|(_, listed)| listed);
    listed.filter(move |listed| records.iter().any(|record| of(listed, record)))
}

/// Whether a scenario could not run because the run does not have a secret.
fn lacks_secret(record: &ScenarioRecord) -> bool {
    record.findings.iter().any(|finding| finding.code == Code::SecretUnset)
}

fn without_secret(record: &ScenarioRecord) -> NotRun {
    let secret = record.findings.iter().find(|finding| finding.code == Code::SecretUnset);
    let reason = secret.map(|finding| format!("{} is not set", finding.expected)).unwrap_or_default();
    NotRun { feature: record.feature.clone(), name: record.name.clone(), line: record.line, reason }
}

/// One finding a secret that is missing, with the number of scenarios that it leaves untested.
fn unset_secrets(untested: &[ScenarioRecord]) -> Vec<FindingRecord> {
    let mut findings: IndexMap<String, (FindingRecord, usize)> = IndexMap::new();
    for finding in
        untested.iter().flat_map(|record| &record.findings).filter(|finding| finding.code == Code::SecretUnset)
    {
        findings.entry(finding.expected.clone()).or_insert_with(|| (finding.clone(), 0)).1 += 1;
    }
    let counted = findings.into_values().map(|(finding, count)| {
        let scenarios = if count == 1 { "1 scenario is".to_owned() } else { format!("{count} scenarios are") };
        let actual = format!("it is not set; {scenarios} left untested");
        FindingRecord { actual, operation: None, feature_place: None, step: None, curl: None, ..finding }
    });
    counted.collect()
}
