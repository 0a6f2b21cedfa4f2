//! What comes before a run: contracts, features and secrets are read, scenarios selected.

use super::diagnostic::{self, Failure};
use super::exit::Exit;
use super::selection::{Choice, choose};
use super::targets::{Destination, secrets};
use crate::answer::played::Played;
use crate::contract::Contract;
use crate::deployment::{Client, Unanswered};
use crate::fake::make_secrets;
use crate::feature::derived::{self, RECASED, TRUNCATED};
use crate::feature::source::{self, Listed};
use crate::harness::Harness;
use crate::name::ContractName;
use crate::place::{Place, Problem, Problems};
use crate::project::{Project, ProjectError, SETTINGS_FILE, Site};
use crate::secret::{Redactor, SHORTEST_SECRET, Vault};
use crate::snapshot::Snapshots;
use gherkin::Feature;
use gherkin::tagexpr::TagOperation;
use indexmap::IndexMap;
use std::collections::HashMap;
use std::iter::repeat;
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

/// A contract and its features as they were read, with the one that is derived from it.
pub struct Content {
    contract: Contract,
    features: Result<Vec<FeatureRead>, ProjectError>,
    derived: Result<Option<(Feature, Vec<Listed>)>, Vec<Problem>>,
}

impl Content {
    /// The contract and all its scenarios, the derived last.
    ///
    /// # Errors
    /// All problems of its features, together.
    pub fn listed(self, folder: &Path) -> Result<(Contract, Vec<Listed>), Failure> {
        let (mut listed, mut problems) = (Vec::new(), Vec::new());
        let features = self.features.map_err(|error| Failure::of_project(folder, error))?;
        for read in features.into_iter().map(|read| read.map(Some)).chain([self.derived]) {
            match read {
                Ok(feature) => listed.extend(feature.into_iter().flat_map(|(_, listed)| listed)),
                Err(found) => problems.extend(found),
            }
        }
        let read = Problems(problems).or((self.contract, listed));
        read.map_err(|problems| Failure::of_problems(folder, problems, Exit::CouldNotRun))
    }
}

/// The client of a run; one that only reaches fakes or plain HTTP has no use for certificates.
///
/// # Errors
/// The TLS library has no certificates to trust.
pub fn client(destination: &Destination) -> Result<Client, String> {
    let encrypts = destination.contracts.values().flatten().any(|site| !site.url.starts_with("http://"));
    let target = &destination.target;
    Ok(Client::new(target.deadline, target.retries, encrypts)?.with_pause(target.pause))
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
    let features: Vec<Result<Vec<FeatureRead>, ProjectError>> =
        files.into_iter().map(|files| files.map(|files| read.by_ref().take(files.len()).collect())).collect();
    let of_contract: Vec<_> = contracts.iter().zip(&features).collect();
    let derived = side_by_side(&of_contract, |(contract, features)| {
        let listed = features.iter().flatten().flatten().flat_map(|(_, listed)| listed);
        derived::read(contract, &listed.collect::<Vec<_>>())
    });
    let contents = contracts.into_iter().zip(features).zip(derived);
    Ok(contents.map(|((contract, features), derived)| Content { contract, features, derived }).collect())
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
    for (Content { contract, features, derived }, vault) in contents.into_iter().zip(vaults) {
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
        match derived {
            Ok(None) => {}
            Ok(Some((feature, listed))) => {
                let (feature, listed) = selected(feature, listed, tags, destination, site, &mut not_run);
                let (listed, unfit) = fit(listed, &contract, &vault);
                not_run.extend(unfit);
                let listed = bounded(listed, destination, site, &mut not_run);
                ready.extend(by_rule(feature, &listed));
            }
            Err(found) => problems.extend(found),
        }
        let client = if site.is_some() { client.clone() } else { client.for_fakes() };
        let harness = harness(project, contract, site, vault, redactor.clone(), client)?;
        prepared.push(Prepared { harness: Arc::new(harness), ready, not_run, unreachable: None });
    }
    problems.sort_by(|a: &Problem, b| a.place.cmp(&b.place));
    Problems(problems).or(prepared).map_err(|problems| Failure::of_problems(folder, problems, Exit::CouldNotRun))
}

/// The derived scenarios that the secrets allow, and the others with the reason.
fn fit(listed: Vec<Listed>, contract: &Contract, vault: &Vault) -> (Vec<Listed>, Vec<(Listed, String)>) {
    let secrets_of = |listed: &Listed| {
        let operations = listed.operations.iter().filter_map(|id| contract.operations.get(id.as_str()));
        let names =
            operations.flat_map(|operation| operation.security.credentials().into_iter().zip(repeat(operation)));
        let parties = names.filter_map(|(name, operation)| {
            Some(contract.credentials.get(name).filter(|credential| !credential.is_signed())?.party_for(&operation.id))
        });
        parties.filter_map(|party| Some((&party.secret, vault.get(&party.secret)?))).collect::<Vec<_>>()
    };
    let reason = |listed: &Listed| {
        secrets_of(listed).into_iter().find_map(|(name, secret)| {
            if listed.has(TRUNCATED) && secret.truncated().expose().len() < SHORTEST_SECRET {
                return Some(format!("a part of the secret {name} is too short to be kept out of the output"));
            }
            (listed.has(RECASED) && secret.recased().is_none()).then(|| format!("the secret {name} has no letter"))
        })
    };
    let mut unfit = Vec::new();
    let mut rest = Vec::new();
    for listed in listed {
        match reason(&listed) {
            Some(reason) => unfit.push((listed, reason)),
            None => rest.push(listed),
        }
    }
    (rest, unfit)
}

/// As many derived scenarios as the target allows; of each operation those that tell the most.
fn bounded(
    listed: Vec<Listed>,
    destination: &Destination,
    site: Option<&Site>,
    not_run: &mut Vec<(Listed, String)>,
) -> Vec<Listed> {
    let most = destination.target.derived;
    if site.is_none() || listed.len() <= most {
        return listed;
    }
    let mut seen: HashMap<Option<String>, usize> = HashMap::new();
    let mut ranked: Vec<(usize, Listed)> = listed
        .into_iter()
        .map(|listed| {
            let count = seen.entry(listed.rule.clone()).or_default();
            *count += 1;
            (*count, listed)
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut kept: Vec<Listed> = ranked.into_iter().map(|(_, listed)| listed).collect();
    let mut cut = kept.split_off(most);
    cut.sort_by_key(|listed| listed.line);
    let reason = match most {
        0 => format!("the target {} runs no derived scenarios", destination.name),
        most => format!("the target {} runs {most} derived scenarios of a contract at most", destination.name),
    };
    not_run.extend(cut.into_iter().map(|listed| (listed, reason.clone())));
    kept.sort_by_key(|listed| listed.line);
    kept
}

/// A feature for each rule, so that threads can share them; only with the scenarios that are listed.
fn by_rule(mut feature: Feature, listed: &[Listed]) -> Vec<(Feature, Vec<Listed>)> {
    let rules = std::mem::take(&mut feature.rules);
    let parts = rules.into_iter().map(|mut rule| {
        let (start, end) = rule.scenarios.iter().fold((usize::MAX, 0), |(start, end), scenario| {
            (start.min(scenario.position.line), end.max(scenario.position.line))
        });
        let listed: Vec<Listed> =
            listed.iter().filter(|listed| (start..=end).contains(&listed.line)).cloned().collect();
        rule.scenarios.retain(|scenario| listed.iter().any(|listed| listed.line == scenario.position.line));
        (Feature { rules: vec![rule], ..feature.clone() }, listed)
    });
    parts.filter(|(_, listed)| !listed.is_empty()).collect()
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
