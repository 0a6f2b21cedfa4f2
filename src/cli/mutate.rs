//! `counterpart mutate`: run the features against every drift of every contract, and print which they notice.

use super::arguments::Common;
use super::arguments::mutate::MutateOptions;
use super::check::{open_project, parse_tags};
use super::diagnostic::Failure;
use super::exit::Exit;
use super::output::Outputs;
use super::preparation::{Prepared, client, prepare, read_contents};
use super::progress::{Bar, until_interrupted};
use super::targets::{Destination, unknown};
use crate::drift::{self, Drift};
use crate::mutation::equivalent::Equivalents;
use crate::mutation::suite::Suite;
use crate::mutation::{Fate, Mutant, Trouble, needed, rehearse, try_all};
use crate::record::ScenarioRecord;
use crate::report::{Format, score as report};
use crate::score::{ContractScore, Count, End, Mutant as Tried, Score, VERSION};
use crate::snapshot;
use crate::verdict::Verdict;
use clap::ArgMatches;
use std::sync::Arc;
use std::time::Instant;

/// Runs the verb.
///
/// # Errors
/// What kept the run from happening, such as a contract that is not kept; what the run found is not an error.
pub fn mutate(common: &Common, options: &MutateOptions, matches: Option<&ArgMatches>) -> Result<Exit, Failure> {
    let started = Instant::now();
    let outputs = Outputs::of(&options.formats, &options.outputs, matches)?;
    let tags = options.tags.as_deref().map(parse_tags).transpose()?;
    known_kinds(&options.kinds)?;
    let project = open_project(common)?;
    let destination = Destination::of(&project, common, None, &[])?;
    let folder = std::path::absolute(&project.folder).map_err(|error| Failure::CouldNotRun(error.to_string()))?;
    snapshot::configure(&folder, false);
    let (contents, client) = (read_contents(&project, &destination)?, client(&destination));
    let prepared = prepare(&project, &folder, &destination, contents, client, tags.as_ref())?;
    let mutants = selected(&prepared, options);
    if options.list {
        return Ok(list(common, &prepared, &mutants));
    }
    let score = until_interrupted(run(options, &prepared, mutants, started))?;
    // A reader that has gone away does not keep the run from its verdict.
    if outputs.streams() {
        drop(report::write(&mut anstream::stdout().lock(), &score, Outputs::options(common)));
    }
    outputs.write_each(&|format| match format {
        Format::Json => report::json(&score),
        Format::Markdown => report::markdown(&score),
        Format::Github => report::github(&score),
        Format::Console | Format::Junit => plain(&score),
    })?;
    Ok(score.verdict.into())
}

/// The score as text without colour.
fn plain(score: &Score) -> String {
    let mut text = Vec::new();
    report::write(&mut text, score, Outputs::in_a_file()).expect("memory takes every write");
    String::from_utf8(text).expect("only text was written")
}

/// Each `--kind` begins the code of some kind.
fn known_kinds(asked: &[String]) -> Result<(), Failure> {
    match asked.iter().find(|asked| !drift::kinds().any(|kind| is_asked(kind.code, asked))) {
        Some(asked) => {
            let codes: Vec<&str> = drift::kinds().map(|kind| kind.code).collect();
            Err(unknown("kind of drift", asked, codes.iter().copied()))
        }
        None => Ok(()),
    }
}

/// Whether a code is that of the kind, or begins with it: `credential`, `credential-moved`.
fn is_asked(code: &str, kind: &str) -> bool {
    let kind = kind.trim_end_matches('-');
    code.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// The drifts of a contract that are tried: of several of their like, one.
fn drifts(prepared: &Prepared) -> Vec<Drift> {
    let mut drifts = drift::of(&prepared.harness.contract);
    drifts.retain(|drift| !drift.is_variation);
    drifts
}

/// The mutants that the options ask for.
fn selected(prepared: &[Prepared], options: &MutateOptions) -> Vec<Mutant> {
    let of_contract = |(suite, prepared): (usize, &Prepared)| {
        drifts(prepared).into_iter().map(|drift| Mutant { suite, drift }).collect::<Vec<_>>()
    };
    let mut mutants: Vec<Mutant> = prepared.iter().enumerate().flat_map(of_contract).collect();
    if !options.kinds.is_empty() {
        mutants.retain(|mutant| options.kinds.iter().any(|kind| is_asked(mutant.drift.code, kind)));
    }
    if let Some(shard) = options.shard {
        let numbered = mutants.into_iter().enumerate();
        mutants = numbered.filter(|(index, _)| shard.holds(*index)).map(|(_, mutant)| mutant).collect();
    }
    mutants
}

fn list(common: &Common, prepared: &[Prepared], mutants: &[Mutant]) -> Exit {
    let mut out = anstream::stdout().lock();
    for (index, prepared) in prepared.iter().enumerate() {
        let contract = &prepared.harness.contract;
        let of_contract = mutants.iter().filter(|mutant| mutant.suite == index);
        let possible = of_contract.filter(|mutant| mutant.drift.played(contract).is_some());
        let listed: Vec<Tried> = possible.map(|mutant| tried(&mutant.drift, survived(&mutant.drift))).collect();
        if !listed.is_empty() {
            // A reader that has gone away needs no more.
            drop(report::list(&mut out, contract.name.as_str(), &listed, Outputs::options(common)));
        }
    }
    if mutants.is_empty() { Exit::Inconclusive } else { Exit::Kept }
}

async fn run(
    options: &MutateOptions,
    prepared: &[Prepared],
    mutants: Vec<Mutant>,
    started: Instant,
) -> Result<Score, Failure> {
    let began = jiff::Timestamp::now();
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.map_or_else(cores, |jobs| usize::from(jobs.get()));
    let suite = |(index, prepared): (usize, &Prepared)| {
        // A contract of which no mutant is tried need not be kept.
        let is_tried = mutants.iter().any(|mutant| mutant.suite == index);
        Suite::new(&prepared.harness, prepared.ready.iter().filter(|_| is_tried))
    };
    let suites: Arc<Vec<Suite>> = Arc::new(prepared.iter().enumerate().map(suite).collect());
    let mut fates = Vec::new();
    if let (Some(first), false) = (prepared.first(), mutants.is_empty()) {
        let client = &first.harness.client;
        let reached = rehearse(&suites, jobs, client).await.map_err(failure)?;
        let bar = Bar::new(mutants.len(), "mutants, {eta} left");
        let mutants = Arc::new(mutants.clone());
        let ticking = bar.clone();
        let tried = try_all(&suites, reached, &mutants, jobs, client, move |_| ticking.advance()).await;
        bar.end();
        fates = tried.map_err(failure)?;
    }
    let mut contracts: Vec<(Vec<Tried>, Vec<String>, Equivalents)> =
        prepared.iter().map(|prepared| (Vec::new(), Vec::new(), Equivalents::of(&prepared.harness.contract))).collect();
    for (mutant, fate) in mutants.iter().zip(fates) {
        let (tried_ones, notes, equivalents) = &mut contracts[mutant.suite];
        let id = mutant.drift.id();
        let end = match fate {
            Fate::Impossible => continue,
            Fate::Killed(by) => {
                if let Some(pattern) = equivalents.pattern(&id) {
                    notes.push(format!(
                        "[equivalent] {pattern:?} lists {id}, which {}:{} notices: remove it",
                        by.feature, by.line
                    ));
                }
                End::Killed { by }
            }
            Fate::Survived => match equivalents.reason(&id) {
                Some(reason) => End::Equivalent { reason: reason.to_owned() },
                None => survived(&mutant.drift),
            },
        };
        tried_ones.push(tried(&mutant.drift, end));
    }
    let contracts = prepared.iter().zip(contracts).filter_map(|(prepared, (mutants, mut notes, equivalents))| {
        let name = &prepared.harness.contract.name;
        let idle = equivalents.idle(&drifts(prepared)).into_iter();
        notes.extend(idle.map(|pattern| format!("[equivalent] {pattern:?} of {name} matches no drift: remove it")));
        (!mutants.is_empty()).then(|| ContractScore::new(name.clone(), mutants, notes))
    });
    let contracts: Vec<ContractScore> = contracts.collect();
    let mut total = Count::default();
    contracts.iter().for_each(|contract| total += contract.total);
    let mut notes = Vec::new();
    if total.mutants() == 0 {
        notes.push("no mutant was tried: no contract has a drift that was asked for".to_owned());
    }
    Ok(Score {
        version: VERSION,
        verdict: match total {
            none if none.mutants() == 0 => Verdict::Inconclusive,
            enough if enough.reaches(options.fail_under) => Verdict::Kept,
            _ => Verdict::Broken,
        },
        started: began.to_string(),
        duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        fail_under: options.fail_under,
        shard: options.shard.map(|shard| shard.to_string()),
        total,
        contracts,
        notes,
    })
}

fn tried(drift: &Drift, end: End) -> Tried {
    Tried {
        id: drift.id(),
        code: drift.code.into(),
        operations: drift.operations.clone(),
        sentence: drift.of_provider(),
        end,
    }
}

fn survived(drift: &Drift) -> End {
    End::Survived { needed: needed::of(drift.code).into() }
}

fn failure(trouble: Trouble) -> Failure {
    match trouble {
        Trouble::NotKept(contract, record) => {
            let ScenarioRecord { feature, line, name, verdict, .. } = *record;
            Failure::CouldNotRun(format!(
                "{contract} is not kept at its healthy fake: {feature}:{line} {name}: {verdict}\n  help: mutate needs features that are kept; see `counterpart check --contract {contract}`"
            ))
        }
        Trouble::Failed(reason) => Failure::CouldNotRun(reason),
    }
}
