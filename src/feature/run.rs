//! Running scenarios: cucumber drives, the vocabulary carries out, each scenario leaves a record.

use super::catalogue::{resolve, value_parameters};
use super::source::Listed;
use super::step::{Arguments, Kind, Run};
use super::world::{Found, Stop, World};
use crate::exchange::Location;
use crate::harness::Harness;
use crate::name::ContractName;
use crate::place::Place;
use crate::record::{FindingRecord, ScenarioRecord};
use crate::verdict::{Code, Finding, Verdict};
use cucumber::event::ScenarioFinished;
use cucumber::{Cucumber, Event, Parser, Writer, cli, event, parser, runner, step, writer};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use futures::stream::{Iter, iter};
use gherkin::Feature;
use regex::Regex;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::{panic, thread};

/// A feature of a contract, ready to run.
#[derive(Debug)]
pub struct Ready {
    /// The contract at its target.
    pub harness: Arc<Harness>,
    /// The feature with the scenarios that were selected.
    pub feature: Feature,
    /// The same scenarios, as they are listed.
    pub listed: Vec<Listed>,
}

/// Called with each scenario's record as it ends.
pub type Finished = Arc<dyn Fn(&ContractName, ScenarioRecord) + Send + Sync>;

/// The most scenarios that a thread hands to cucumber at once, which looks through all that are left to start one.
const BATCH: usize = 1000;
/// More threads do not make a run faster that waits for its providers.
const MOST_THREADS: usize = 4;

/// Runs the features on several threads, at most `concurrency` scenarios at a time.
///
/// It installs a silent panic hook while it runs, and afterwards the one that was there before.
///
/// # Errors
/// A thread cannot get a runtime or a client.
pub async fn run(features: Vec<Ready>, concurrency: usize, finished: Finished) -> Result<(), String> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(MOST_THREADS).min(concurrency / 2).min(features.len()).max(1);
    let batches = Arc::new(Mutex::new(batches(features, threads)));
    // Each cucumber run sets the process's hook and puts back the one it found: let that be a silent one, too.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let start = |index| {
        let (batches, finished) = (batches.clone(), finished.clone());
        let concurrency = concurrency / threads + usize::from(index < concurrency % threads);
        let (ending, end) = tokio::sync::oneshot::channel::<()>();
        let work = move || {
            let _ending = ending;
            work(&batches, concurrency, &finished)
        };
        (thread::spawn(work), end)
    };
    let workers: Vec<_> = (0..threads).map(start).collect();
    let mut result = Ok(());
    for (thread, end) in workers {
        // The thread lets its end of the channel go when it is done.
        drop(end.await);
        result = result.and(thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
    }
    panic::set_hook(hook);
    result
}

/// The features in batches, dealt so that as many threads have about the same number of scenarios each.
fn batches(features: Vec<Ready>, threads: usize) -> VecDeque<Vec<Ready>> {
    let mut batches = VecDeque::new();
    let mut round: Vec<(usize, Vec<Ready>)> = Vec::new();
    for ready in features {
        let is_full = round.iter().map(|(count, _)| count).sum::<usize>() >= BATCH * threads;
        if round.is_empty() || is_full {
            batches.extend(round.drain(..).map(|(_, batch)| batch));
            round.resize_with(threads, Default::default);
        }
        let least = round.iter_mut().min_by_key(|(count, _)| *count).expect("there is at least one thread");
        least.0 += ready.listed.len();
        least.1.push(ready);
    }
    batches.extend(round.into_iter().map(|(_, batch)| batch));
    batches
}

/// Runs batches while there are any.
fn work(batches: &Mutex<VecDeque<Vec<Ready>>>, concurrency: usize, finished: &Finished) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let next = || batches.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let mut client = None;
    while let Some(mut batch) = next() {
        let mut own: HashMap<ContractName, Arc<Harness>> = HashMap::new();
        for ready in &mut batch {
            let own_client = &ready.harness.client;
            let client = match &client {
                Some(connected) => own_client.through(connected),
                None => own_client.through(client.insert(own_client.sibling()?)),
            };
            let name = ready.harness.contract.name.clone();
            let harness =
                own.entry(name).or_insert_with(|| Arc::new(Harness { client, ..Harness::clone(&ready.harness) }));
            ready.harness = harness.clone();
        }
        runtime.block_on(run_batch(batch, concurrency, finished.clone()));
    }
    Ok(())
}

async fn run_batch(features: Vec<Ready>, concurrency: usize, finished: Finished) {
    let mut places: HashMap<(String, usize), (Arc<Harness>, Listed)> = HashMap::new();
    let mut sources = Vec::new();
    for ready in features {
        for listed in ready.listed {
            places.insert((listed.file.clone(), listed.line), (ready.harness.clone(), listed));
        }
        sources.push(ready.feature);
    }
    let places = Arc::new(places);
    let of_before = places.clone();
    let anything = Regex::new("(?s)^.*$").expect("the pattern is right");
    let steps = step::Collection::<World>::new()
        .given(None, anything.clone(), dispatch)
        .when(None, anything.clone(), dispatch)
        .then(None, anything, dispatch);
    let cucumber = Cucumber::<World, _, (), _, _, cli::Empty>::custom(
        Features(sources),
        runner::Basic::default().max_concurrent_scenarios(concurrency),
        Silent,
    )
    .steps(steps)
    .before(move |feature, _, scenario, world| {
        let key = (file_of(feature), scenario.position.line);
        if let Some((harness, _)) = of_before.get(&key) {
            world.begin(harness.clone());
        }
        async {}.boxed_local()
    })
    .after(move |feature, _, scenario, ending, world| {
        let key = (file_of(feature), scenario.position.line);
        let (places, finished) = (places.clone(), finished.clone());
        let crash = crash(ending);
        async move {
            let (Some((harness, listed)), Some(world)) = (places.get(&key), world) else { return };
            let fake = world.end();
            finished(&harness.contract.name, record(harness, listed, world, crash));
            // wiremock blocks while it drops a server; inside a task's budget it would wait for itself.
            tokio::task::unconstrained(async move { drop(fake) }).await;
        }
        .boxed_local()
    })
    .with_default_cli();
    tokio::task::unconstrained(cucumber.filter_run((), |_, _, _| true)).await;
}

fn file_of(feature: &Feature) -> String {
    feature.path.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The message of a panic in a step, which is a bug of ours.
fn crash(ending: &ScenarioFinished) -> Option<String> {
    match ending {
        ScenarioFinished::StepFailed(_, _, error) => Some(error.to_string()),
        ScenarioFinished::BeforeHookFailed(_) => Some("the scenario could not begin".to_owned()),
        ScenarioFinished::StepPassed | ScenarioFinished::StepSkipped => None,
    }
}

fn dispatch(world: &mut World, context: step::Context) -> LocalBoxFuture<'_, ()> {
    async move {
        if world.stopped {
            return;
        }
        let step = &context.step;
        let result = carry_out(world, step).await;
        let with_curl = |finding| (finding, world.outcome.as_ref().map(|outcome| outcome.command.to_string()));
        let (findings, ends): (Vec<(Finding, Option<String>)>, bool) = match result {
            Ok(()) => return,
            // A response that departs from the contract does not keep the scenario from stating what it should be.
            Err(Stop::Found(findings)) => {
                let stating = step.ty == gherkin::StepType::Then || remembers(step);
                let of_shape =
                    |finding: &Finding| matches!(finding.code, Code::SnapshotMissing | Code::SnapshotChanged);
                let ends = stating && !findings.iter().all(of_shape);
                (findings.into_iter().map(with_curl).collect(), ends)
            }
            Err(Stop::Proven(findings)) => (findings, true),
            Err(Stop::Failed(reason)) => {
                let finding = Finding::new(Code::StepFailed, Location::Path, "a step that can be carried out", reason);
                (vec![with_curl(finding)], true)
            }
        };
        world.stopped = ends
            || findings
                .iter()
                .any(|(finding, _)| finding.code.weight() == Verdict::Error || finding.code == Code::SecretUnset);
        for (finding, curl) in findings {
            let known = world.found.iter().any(|found| found.finding == finding);
            if !known {
                let step_text = format!("{}{}", step.keyword, step.value);
                let position = (step.position.line, step.position.col);
                world.found.push(Found { finding, step: step_text, position, curl });
            }
        }
    }
    .boxed_local()
}

/// Whether the scenario cannot go on without what the step finds.
fn remembers(step: &gherkin::Step) -> bool {
    resolve(step.ty, &step.value).is_ok_and(|(found, _)| found.kind == Kind::Memory)
}

async fn carry_out(world: &mut World, step: &gherkin::Step) -> Result<(), Stop> {
    let (found, values) = resolve(step.ty, &step.value).map_err(|_| format!("undefined step {:?}", step.value))?;
    let arguments = world.with_variables(|variables| {
        let is_value = value_parameters(found);
        let values: Result<Vec<String>, String> = values
            .into_iter()
            .enumerate()
            .map(|(index, value)| match is_value.get(index) {
                Some(true) => Ok(value),
                _ => variables.fill(&value.replace("\\\"", "\"")),
            })
            .collect();
        let text = step.docstring.as_deref().map(|text| variables.fill(doc_string(text).as_str())).transpose();
        let rows = step.table.as_ref().map(|table| table.rows.clone()).unwrap_or_default();
        Ok::<_, String>(Arguments { values: values?, text: text?, rows })
    })?;
    match found.run {
        Run::Now(run) => run(world, &arguments),
        Run::Later(run) => run(world, &arguments).await,
    }
}

/// A doc string without its media type, its first line break and its indentation.
fn doc_string(raw: &str) -> String {
    let body = match raw.split_once('\n') {
        Some((first, rest)) if !first.trim().is_empty() && !first.contains(['{', '[', ' ', '"']) => rest,
        Some((first, rest)) if first.trim().is_empty() => rest,
        _ => raw,
    };
    let indent =
        body.lines().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len()).min();
    let lines: Vec<&str> = body.lines().map(|line| line.get(indent.unwrap_or(0)..).unwrap_or("")).collect();
    lines.join("\n").trim_end().to_owned()
}

fn record(harness: &Harness, listed: &Listed, world: &mut World, crash: Option<String>) -> ScenarioRecord {
    let mut findings: Vec<FindingRecord> =
        world.found.drain(..).map(|found| finding_record(&listed.file, found)).collect();
    if let Some(reason) = crash {
        let finding = Finding::new(Code::StepFailed, Location::Path, "a step that can be carried out", reason);
        let found = Found { finding, step: listed.name.clone(), position: (listed.line, 1), curl: None };
        findings.push(finding_record(&listed.file, found));
    }
    if !listed.asserts {
        let finding = Finding::new(Code::NothingAsserted, Location::Path, "at least one Then", "none");
        let found =
            Found { finding, step: format!("Scenario: {}", listed.name), position: (listed.line, 1), curl: None };
        findings.push(finding_record(&listed.file, found));
    }
    for finding in &mut findings {
        // What a feature states of an operation is held against the operation where no closer place is known.
        let operation = finding.operation.as_ref().and_then(|id| harness.contract.operations.get(id));
        finding.contract_place = finding.contract_place.take().or_else(|| Some(operation?.place.clone()));
        for text in [&mut finding.expected, &mut finding.actual].into_iter().chain(&mut finding.detail) {
            *text = harness.redactor.redact(text);
        }
    }
    let attempts = std::mem::take(&mut world.attempts);
    ScenarioRecord {
        feature: listed.file.clone(),
        feature_name: listed.feature.clone(),
        rule: listed.rule.clone(),
        name: listed.name.clone(),
        line: listed.line,
        tags: listed.tags.clone(),
        verdict: findings.iter().map(|finding| finding.code.weight()).max().unwrap_or_default(),
        duration_ms: world
            .started
            .map_or(0, |started| u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)),
        exchanges: world.exchanges,
        attempts: attempts.iter().map(|attempt| harness.redactor.redact(attempt)).collect(),
        findings,
    }
}

fn finding_record(file: &str, found: Found) -> FindingRecord {
    let Found { finding, step, position, curl } = found;
    FindingRecord {
        feature_place: Some(Place::new(file, position.0, position.1)),
        step: Some(step),
        curl,
        ..FindingRecord::of(finding)
    }
}

struct Features(Vec<Feature>);

impl Parser<()> for Features {
    type Cli = cli::Empty;
    type Output = Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, (): (), _: cli::Empty) -> Self::Output {
        iter(self.0.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

/// Scenarios report through the after hook; cucumber's own events are not needed.
struct Silent;

impl Writer<World> for Silent {
    type Cli = cli::Empty;

    async fn handle_event(&mut self, _: parser::Result<Event<event::Cucumber<World>>>, _: &cli::Empty) {}
}

impl writer::NonTransforming for Silent {}
impl writer::Normalized for Silent {}
