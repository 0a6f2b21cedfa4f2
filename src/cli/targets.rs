//! From `--target` and `--url` to where each contract runs.

use super::arguments::Common;
use super::diagnostic::Failure;
use super::exit::Exit;
use crate::contract::Contract;
use crate::name::{ContractName, SecretName, TargetName};
use crate::place::Problems;
use crate::project::{Project, Site, Source, Target, base_url};
use crate::secret::{SHORTEST_SECRET, Secret, Vault};
use crate::settings::nearest;
use indexmap::IndexMap;

/// The built-in target.
pub const FAKE: &str = "fake";

/// Where a run goes.
#[derive(Debug)]
pub struct Destination {
    /// What reports call it.
    pub name: TargetName,
    /// Deadline, concurrency and what is allowed.
    pub target: Target,
    /// The contracts that run, each at a deployment or at its fake.
    pub contracts: IndexMap<ContractName, Option<Site>>,
}

impl Destination {
    /// What the options and the project's settings say together.
    ///
    /// # Errors
    /// A name that there is none of, or a URL that is none.
    pub fn of(project: &Project, common: &Common, named: Option<&str>, urls: &[String]) -> Result<Self, Failure> {
        let known = project.contract_names().map_err(|error| Failure::of_project(&project.folder, error))?;
        let contract = |name: &str| {
            let name = ContractName::from(name);
            if known.contains(&name) {
                return Ok(name);
            }
            Err(unknown("contract", name.as_str(), known.iter().map(ContractName::as_str)))
        };
        let asked: Vec<ContractName> = common.contracts.iter().map(|name| contract(name)).collect::<Result<_, _>>()?;
        let (name, mut target) = match named.filter(|name| *name != FAKE) {
            Some(name) => {
                let found = project.targets.get(name).cloned();
                let known = project.targets.keys().map(TargetName::as_str).chain([FAKE]);
                (TargetName::from(name), found.ok_or_else(|| unknown("target", name, known))?)
            }
            None => (TargetName::from(FAKE), Target::default()),
        };
        let mut named_by_url = Vec::new();
        for text in urls {
            let pair = text.split_once('=').ok_or_else(|| {
                Failure::Usage("--url takes CONTRACT=URL, such as --url mlflow=http://127.0.0.1:5000".to_owned())
            })?;
            let name = contract(pair.0)?;
            let url = base_url(pair.1).map_err(|wrong| Failure::Usage(format!("--url {name}=…: {wrong}")))?;
            target.contracts.entry(name.clone()).or_default().url = url;
            named_by_url.push(name);
        }
        let at_fakes = named.is_none_or(|name| name == FAKE);
        let chosen: Vec<ContractName> = match (asked.is_empty(), named_by_url.is_empty()) {
            (false, _) => asked.iter().chain(&named_by_url).cloned().collect(),
            (true, false) => named_by_url,
            (true, true) if at_fakes => known,
            (true, true) => target.contracts.keys().cloned().collect(),
        };
        let mut contracts = IndexMap::new();
        for contract in chosen {
            let site = target.contracts.get(&contract).cloned();
            if site.is_none() && !at_fakes {
                let message = format!(
                    "the target {name} has no deployment of {contract}\n  help: add [target.{name}.contract.{contract}] to counterpart.toml, or give --url {contract}=URL"
                );
                return Err(Failure::Usage(message));
            }
            contracts.insert(contract, site);
        }
        let unset = contracts.values().flatten().flat_map(|site: &Site| site.unset.clone()).collect();
        Problems(unset).or(()).map_err(|problems| Failure::of_problems(&project.folder, problems, Exit::Usage))?;
        contracts.sort_keys();
        let at_url = !urls.is_empty() && at_fakes;
        let name = if at_url { TargetName::from("url") } else { name };
        Ok(Self { name, target, contracts })
    }

    /// Whether everything runs at fakes.
    pub fn is_fake(&self) -> bool {
        self.contracts.values().all(Option::is_none)
    }
}

/// The contracts that the options ask for, or all, in the order of their names.
///
/// # Errors
/// A name that no contract has, or a project that cannot be read.
pub fn asked(project: &Project, common: &Common) -> Result<Vec<ContractName>, Failure> {
    let known = project.contract_names().map_err(|error| Failure::of_project(&project.folder, error))?;
    let asked: Vec<ContractName> = common.contracts.iter().map(|name| ContractName::from(name.as_str())).collect();
    if let Some(name) = asked.iter().find(|name| !known.contains(name)) {
        return Err(unknown("contract", name.as_str(), known.iter().map(ContractName::as_str)));
    }
    let mut names = if asked.is_empty() { known } else { asked };
    names.sort();
    names.dedup();
    Ok(names)
}

/// There is none of that name; the nearest, or all.
pub fn unknown<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let all: Vec<&str> = known.clone().collect();
    let help = match nearest(name, known) {
        Some(nearest) => format!("did you mean {nearest:?}?"),
        None => format!("there is: {}", all.join(", ")),
    };
    Failure::Usage(format!("there is no {kind} {name:?}\n  help: {help}"))
}

/// The secrets that a contract's credentials need at a site, from where the site says; those that are missing stay out.
///
/// # Errors
/// A file that cannot be read, or a secret too short to be kept out of the output.
pub fn secrets(contract: &Contract, site: Option<&Site>, vault: &mut Vault) -> Result<(), Failure> {
    let parties = contract.credentials.values().flat_map(|credential| &credential.parties);
    for name in parties.map(|party| &party.secret) {
        if vault.get(name).is_none()
            && let Some(value) = secret_value(name, site.and_then(|site| site.secrets.get(name)))
                .map_err(|wrong| unreadable(name, &wrong))?
        {
            if value.len() < SHORTEST_SECRET {
                let message = format!(
                    "the secret {name} is shorter than {SHORTEST_SECRET} characters\n  help: so short a text cannot be kept out of the output; use a longer one"
                );
                return Err(Failure::Usage(message));
            }
            vault.insert(name.clone(), Secret::new(value));
        }
    }
    Ok(())
}

fn unreadable(name: &SecretName, wrong: &str) -> Failure {
    Failure::Usage(format!("the secret {name} cannot be read from {wrong}"))
}

/// The value of a secret, from its source, else from the variable of its name; `None` where it is not set.
///
/// # Errors
/// The file that it should be in, and why it cannot be read.
pub fn secret_value(name: &SecretName, source: Option<&Source>) -> Result<Option<String>, String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match source {
        None => Ok(variable(name.as_str())),
        Some(Source::Env(other)) => Ok(variable(other)),
        Some(Source::File(path)) => match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()).filter(|value| !value.is_empty())),
            Err(error) => Err(format!("{}: {error}", path.display())),
        },
    }
}
