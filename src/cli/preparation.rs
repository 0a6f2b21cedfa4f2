//! What comes before a run: contracts, features and secrets are read, scenarios selected.

use super::diagnostic::{self, Failure};
use super::exit::Exit;
use super::selection::{Choice, choose};
use super::targets::{Destination, secrets};
use crate::answer::played::Played;
use crate::contract::Contract;
use crate::deployment::{Client, Unanswered};
use crate::fake::make_secrets;
use crate::feature::source::{self, Listed};
use crate::harness::Harness;
use crate::name::ContractName;
use crate::place::{Place, Problem, Problems};
use crate::project::{Project, ProjectError, SETTINGS_FILE, Site};
use crate::secret::{Redactor, Vault};
use crate::snapshot::Snapshots;
use gherkin::Feature;
use gherkin::tagexpr::TagOperation;
use indexmap::IndexMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A contract that is about to be checked.
pub struct Prepared {
    /// The contract at its target.
    pub harness: Arc<Harness>,
    /// Its features with the scenarios that run.
    pub ready: Vec<(Feature, Vec<Listed>)>,
    /// The scenarios that were asked for and cannot run here, with the reason.
    pub not_run: Vec<(Listed, String)>,
    /// What keeps the whole contract from being checked.
    pub unreachable: Option<Unanswered>,
}

/// A feature with its scenarios as they are listed, or what is wrong with its file.
type FeatureRead = Result<(Feature, Vec<Listed>), Vec<Problem>>;

/// A contract and its features as they were read.
pub struct Content {
    contract: Contract,
    features: Result<Vec<FeatureRead>, ProjectError>,
}

/// The client of a run; one that only reaches fakes or plain HTTP has no use for certificates.
///
/// # Errors
/// The TLS library has no certificates to trust.
pub fn client(destination: &Destination) -> Result<Client, String> {
    let encrypts = destination.contracts.values().flatten().any(|site| !site.url.starts_with("http://"));
    Client::new(destination.target.deadline, destination.target.retries, encrypts)
}

/// Reads the contracts and then their features side by side.
///
/// # Errors
/// All problems of all contracts, together.
pub fn read_contents(project: &Project, destination: &Destination) -> Result<Vec<Content>, Failure> {
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

/// Gives each contract its secrets, its harness, and the scenarios that run.
///
/// # Errors
/// All problems of all features together, a secret that cannot be used, or a server variable that the contract does not know.
pub fn prepare(
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
        let client = if site.is_some() { client.clone() } else { client.without_retries() };
        let harness = harness(project, contract, site, vault, redactor.clone(), client)?;
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
    let (protections, seen, notebook) = Default::default();
    let played = Played::faithful(contract.clone());
    Ok(Harness {
        contract,
        server_path,
        url,
        played,
        open,
        vault,
        redactor,
        values,
        snapshots,
        client,
        protections,
        notebook,
        seen,
    })
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
