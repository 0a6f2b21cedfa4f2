//! Whether each secret is there, and has the form that its contract asks of it. Its value is never said.

use crate::contract::Contract;
use crate::doctor::Line;
use crate::name::{ContractName, SecretName, TargetName};
use crate::project::{Source, Target};
use crate::secret::SHORTEST_SECRET;
use indexmap::IndexMap;
use regex::Regex;

const CHECK: &str = "secret";

/// A secret, where it comes from, and who needs it.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// The secret.
    pub name: &'a SecretName,
    /// Where it comes from, where that is not the variable of its name.
    pub source: Option<&'a Source>,
    /// Its contracts.
    pub contracts: Vec<&'a ContractName>,
    /// The targets that need it: none for the fakes alone.
    pub targets: Vec<&'a TargetName>,
    /// The forms that contracts ask of it.
    pub patterns: Vec<&'a Regex>,
}

/// Every secret of the contracts, once for each source. What some target needs is not said for the fakes as well.
pub fn wanted<'a>(contracts: &[&'a Contract], targets: &[(&'a TargetName, &'a Target)]) -> Vec<Wanted<'a>> {
    let uses: Vec<Use<'a>> = contracts.iter().flat_map(|contract| uses(contract, targets)).collect();
    let is_needed = |name: &SecretName| uses.iter().any(|used| used.name == name && used.target.is_some());
    let mut wanted: IndexMap<(&SecretName, Option<&Source>), Wanted<'a>> = IndexMap::new();
    for Use { name, source, contract, target, pattern } in &uses {
        if target.is_none() && is_needed(name) {
            continue;
        }
        let new = Wanted { name, source: *source, contracts: vec![], targets: vec![], patterns: vec![] };
        let entry = wanted.entry((name, *source)).or_insert(new);
        add(&mut entry.contracts, contract);
        target.iter().for_each(|target| add(&mut entry.targets, target));
        entry.patterns.extend(pattern);
    }
    wanted.into_values().collect()
}

/// A contract's use of a secret at a target, or at its fake.
struct Use<'a> {
    name: &'a SecretName,
    source: Option<&'a Source>,
    contract: &'a ContractName,
    target: Option<&'a TargetName>,
    pattern: Option<&'a Regex>,
}

fn uses<'a>(contract: &'a Contract, targets: &[(&'a TargetName, &'a Target)]) -> Vec<Use<'a>> {
    let sites = targets.iter().filter_map(|(name, target)| Some((*name, target.contracts.get(&contract.name)?)));
    let sites: Vec<_> = sites.filter(|(_, site)| !site.open).collect();
    let mut uses = Vec::new();
    for credential in contract.credentials.values() {
        for name in credential.parties.iter().map(|party| &party.secret) {
            let pattern = credential.pattern.as_ref();
            let at_fake = Use { name, source: None, contract: &contract.name, target: None, pattern };
            uses.extend(sites.iter().map(|(target, site)| Use {
                source: site.secrets.get(name),
                target: Some(target),
                ..at_fake
            }));
            uses.push(at_fake);
        }
    }
    uses
}

fn add<'a, T: PartialEq>(list: &mut Vec<&'a T>, item: &'a T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// A line for a secret whose source gave `value`, or the reason why it cannot be read.
pub fn check(wanted: &Wanted<'_>, value: Result<Option<&str>, &str>) -> Line {
    let at = match wanted.source {
        None => String::new(),
        Some(Source::Env(variable)) => format!(" (from {variable})"),
        Some(Source::File(path)) => format!(" (from {})", path.display()),
    };
    let name = format!("{}{at}", wanted.name);
    let is_needed = !wanted.targets.is_empty();
    let users = users(wanted);
    let worst = |says: String, cure: &str| {
        if is_needed { Line::wrong(CHECK, says, cure) } else { Line::doubtful(CHECK, says, cure) }
    };
    match value {
        Err(reason) => {
            Line::wrong(CHECK, format!("{name} cannot be read: {reason}"), "correct `file` in counterpart.toml")
        }
        Ok(None) if is_needed => Line::wrong(CHECK, format!("{name} is not set; {users}"), cure_of_unset(wanted)),
        Ok(None) => {
            let says = format!("{name} is not set; {users}: the fakes make their own, a deployment needs it");
            Line::doubtful(CHECK, says, cure_of_unset(wanted))
        }
        Ok(Some(value)) if value.len() < SHORTEST_SECRET => Line::wrong(
            CHECK,
            format!("{name} has less than {SHORTEST_SECRET} characters; {users}"),
            "use a longer one: so short a text cannot be kept out of the output",
        ),
        Ok(Some(value)) if value.trim() != value => {
            worst(format!("{name} begins or ends with white space; {users}"), "set it anew without the white space")
        }
        Ok(Some(value)) if wanted.patterns.iter().any(|pattern| !pattern.is_match(value)) => worst(
            format!("{name} is set, and has not the form that `pattern` in contract.toml asks for; {users}"),
            "set the right secret, or correct `pattern`",
        ),
        Ok(Some(_)) if wanted.patterns.is_empty() => Line::well(CHECK, format!("{name} is set; {users}")),
        Ok(Some(_)) => Line::well(CHECK, format!("{name} is set, in the form of its contract; {users}")),
    }
}

/// `needed by greeting at staging`.
fn users(wanted: &Wanted<'_>) -> String {
    let contracts: Vec<&str> = wanted.contracts.iter().map(|name| name.as_str()).collect();
    let targets: Vec<&str> = wanted.targets.iter().map(|name| name.as_str()).collect();
    let at = if targets.is_empty() { String::new() } else { format!(" at {}", targets.join(", ")) };
    format!("needed by {}{at}", contracts.join(", "))
}

fn cure_of_unset(wanted: &Wanted<'_>) -> String {
    match wanted.source {
        Some(Source::Env(variable)) => format!("export {variable}=…"),
        Some(Source::File(path)) => format!("write it into {}", path.display()),
        None => format!("export {}=…, or say under `secrets` of the target where it comes from", wanted.name),
    }
}
