//! Running scenarios: cucumber drives, the vocabulary carries out, each scenario leaves a record.

use super::scenario;
use super::source::Listed;
use super::world::World;
use crate::harness::Harness;
use crate::name::ContractName;
use crate::record::ScenarioRecord;
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
            let record = scenario::end(harness, listed, world, crash).await;
            finished(&harness.contract.name, record);
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
    async move { scenario::take_step(world, &context.step).await }.boxed_local()
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
