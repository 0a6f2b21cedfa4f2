//! Mutants: a fake plays each drift of a contract, and the contract's scenarios run until one of them notices.

pub mod equivalent;
pub mod needed;
pub mod suite;
pub mod workers;

use crate::answer::played::Played;
use crate::deployment::Client;
use crate::drift::Drift;
use crate::name::ContractName;
use crate::record::ScenarioRecord;
use crate::score::Killer;
use futures::FutureExt as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use suite::{Reached, Suite, notices};
use workers::{Pieces, each};

/// How long a scenario waits for a provider that is too slow: longer than any other takes, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(1);

/// What came of a mutant.
#[derive(Clone, Debug)]
pub enum Fate {
    /// A scenario noticed it.
    Killed(Killer),
    /// None did.
    Survived,
    /// The contract cannot have the drift after all.
    Impossible,
}

/// A drift of one of several suites.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Which suite's contract it is of.
    pub suite: usize,
    /// How its provider departs from the contract.
    pub drift: Drift,
}

/// What keeps mutants from being tried.
#[derive(Debug)]
pub enum Trouble {
    /// A scenario is not kept at the healthy fake.
    NotKept(ContractName, Box<ScenarioRecord>),
    /// A thread could not be started, or a panic, which is a bug of ours.
    Failed(String),
}

/// Results by number, as they come in.
type Results<R> = Arc<Mutex<Vec<Option<R>>>>;

/// Runs every scenario of every suite at the healthy fake, and says what the requests of each led to.
///
/// # Errors
/// The first scenario that is not kept.
pub async fn rehearse(suites: &Arc<Vec<Suite>>, jobs: usize, client: &Client) -> Result<Vec<Vec<Reached>>, Trouble> {
    let numbered = |(index, suite): (usize, &Suite)| (0..suite.cases.len()).map(move |case| (index, case)).collect();
    let all: Arc<Vec<(usize, usize)>> = Arc::new(suites.iter().enumerate().flat_map::<Vec<_>, _>(numbered).collect());
    let (of_work, of_suites) = (all.clone(), suites.clone());
    let work = move |index: usize, client: &Client| {
        let (suite, case) = of_work[index];
        let (harness, case) = (of_suites[suite].harness.clone(), of_suites[suite].cases[case].clone());
        let client = client.clone();
        async move { case.rehearse(&harness, &client).await }.boxed_local()
    };
    let results = collect(Pieces::new(all.len(), |_| false), jobs, client, work, |_| {}).await?;
    let mut reached: Vec<Vec<Reached>> = suites.iter().map(|_| Vec::new()).collect();
    for ((suite, _), result) in all.iter().zip(results) {
        let (record, of_case) = result.map_err(Trouble::Failed)?;
        if record.verdict != crate::verdict::Verdict::Kept {
            return Err(Trouble::NotKept(suites[*suite].harness.contract.name.clone(), Box::new(record)));
        }
        reached[*suite].push(of_case);
    }
    Ok(reached)
}

/// Tries every mutant and says what became of each, in order; `done` is told as they end.
///
/// # Errors
/// A thread could not be started, or a scenario panicked.
pub async fn try_all(
    suites: &Arc<Vec<Suite>>,
    reached: Vec<Vec<Reached>>,
    mutants: &Arc<Vec<Mutant>>,
    jobs: usize,
    client: &Client,
    done: impl Fn(&Fate) + Send + Sync + 'static,
) -> Result<Vec<Fate>, Trouble> {
    let pieces = Pieces::new(mutants.len(), |index| mutants[index].drift.is_slow());
    let (suites, of_work, reached) = (suites.clone(), mutants.clone(), Arc::new(reached));
    let work = move |index: usize, client: &Client| {
        let (suites, mutants, reached, client) = (suites.clone(), of_work.clone(), reached.clone(), client.clone());
        async move {
            let Mutant { suite, drift } = &mutants[index];
            try_out(&suites[*suite], &reached[*suite], drift, &client).await
        }
        .boxed_local()
    };
    let told = move |fate: &Result<Fate, String>| {
        if let Ok(fate) = fate {
            done(fate);
        }
    };
    let results = collect(pieces, jobs, client, work, told).await?;
    results.into_iter().map(|result| result.map_err(Trouble::Failed)).collect()
}

/// Does all pieces of work, and gives what came of them in order.
async fn collect<R: Send + 'static>(
    pieces: Pieces,
    jobs: usize,
    client: &Client,
    work: impl Fn(usize, &Client) -> futures::future::LocalBoxFuture<'static, R> + Send + Sync + 'static,
    told: impl Fn(&R) + Send + Sync + 'static,
) -> Result<Vec<R>, Trouble> {
    let results: Results<R> = Arc::new(Mutex::new(std::iter::repeat_with(|| None).take(pieces.count()).collect()));
    let taking = results.clone();
    let take = move |index: usize, result: R| {
        told(&result);
        taking.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(result);
    };
    each(pieces, jobs, client, Arc::new(work), Arc::new(take)).await.map_err(Trouble::Failed)?;
    let results = std::mem::take(&mut *results.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(results.into_iter().flatten().collect())
}

/// Runs the scenarios that can notice a drift at fakes with it, until one does.
async fn try_out(suite: &Suite, reached: &[Reached], drift: &Drift, client: &Client) -> Result<Fate, String> {
    let Some(played) = drift.played(&suite.harness.contract) else { return Ok(Fate::Impossible) };
    let client = if drift.is_slow() { client.with_deadline(PATIENCE) } else { client.clone() };
    for case in suite.candidates(drift, reached) {
        let record = case.run(&suite.harness, Played::clone(&played), &client).await?;
        if notices(&record) {
            return Ok(Fate::Killed(killer(record)));
        }
    }
    Ok(Fate::Survived)
}

fn killer(record: ScenarioRecord) -> Killer {
    let ScenarioRecord { feature, line, name, verdict, findings, .. } = record;
    let worst = findings.into_iter().find(|finding| finding.code.weight() == verdict);
    let worst = worst.expect("a verdict comes from a finding");
    Killer { feature, line, name, code: worst.code, location: worst.location }
}
