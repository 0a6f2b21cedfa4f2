//! `counterpart list`: what there is in a project.

use super::arguments::Common;
use super::arguments::list::{ListForm, ListOptions, What};
use super::check::{open_project, parse_tags};
use super::diagnostic::Failure;
use super::exit::Exit;
use super::output::print;
use super::preparation::{Content, read_contents};
use super::targets::{Destination, secret_value};
use super::terminal::width_at_a_terminal;
use crate::contract::operation::Operation;
use crate::feature::catalogue::steps;
use crate::feature::glue;
use crate::feature::source::Listed;
use crate::feature::step::keyword_name;
use crate::inventory::{
    ContractEntry, CredentialEntry, Inventory, OperationEntry, ScenarioEntry, SiteEntry, StepEntry, TargetEntry,
    VERSION,
};
use crate::name::{ContractName, TargetName};
use crate::project::{Project, Site, Target};
use crate::report::inventory as report;
use crate::secret::{Redactor, SHORTEST_SECRET, Secret, Vault};
use cucumber::tag::Ext as _;
use gherkin::tagexpr::TagOperation;

/// Runs the verb.
///
/// # Errors
/// There is no project, its files are wrong, or the options do not go together.
pub fn list(common: &Common, options: &ListOptions) -> Result<Exit, Failure> {
    let ListOptions { what, tags, format } = options;
    if *format == ListForm::Glue && *what != Some(What::Steps) {
        return Err(Failure::Usage(
            "only steps are written as glue\n  help: counterpart list steps --format glue".to_owned(),
        ));
    }
    if tags.is_some() && matches!(what, Some(What::Targets | What::Steps)) {
        return Err(Failure::Usage("--tags selects scenarios, and neither targets nor steps have any".to_owned()));
    }
    let tags = tags.as_deref().map(parse_tags).transpose()?;
    if *format == ListForm::Glue {
        print(&glue::javascript())?;
        return Ok(Exit::Kept);
    }
    let inventory = inventory(common, *what, tags.as_ref())?;
    print(&match (format, what) {
        (ListForm::Json | ListForm::Glue, _) => report::json(&inventory),
        (ListForm::Console, Some(_)) => report::lines(&inventory, width_at_a_terminal()),
        (ListForm::Console, None) => report::summary(&inventory, width_at_a_terminal()),
    })?;
    Ok(Exit::Kept)
}

fn inventory(common: &Common, what: Option<What>, tags: Option<&TagOperation>) -> Result<Inventory, Failure> {
    let asked = |part| what.is_none_or(|what| what == part);
    let mut inventory =
        Inventory { version: VERSION, contracts: None, operations: None, scenarios: None, targets: None, steps: None };
    if asked(What::Steps) {
        inventory.steps = Some(step_entries());
    }
    if what == Some(What::Steps) {
        return Ok(inventory);
    }
    let project = open_project(common)?;
    let destination = Destination::of(&project, common, None, &[])?;
    if asked(What::Targets) {
        let is_asked = |name: &ContractName| destination.contracts.contains_key(name);
        inventory.targets = Some(target_entries(&project, &is_asked));
    }
    if what == Some(What::Targets) {
        return Ok(inventory);
    }
    let contents = read_contents(&project, &destination)?;
    let mut read = Vec::new();
    for content in contents {
        read.push(Read::of(&project, content, tags)?);
    }
    if asked(What::Contracts) {
        inventory.contracts = Some(read.iter().map(Read::contract).collect());
    }
    if asked(What::Operations) {
        inventory.operations = Some(read.iter().flat_map(Read::operations).collect());
    }
    if asked(What::Scenarios) {
        inventory.scenarios = Some(read.iter().flat_map(Read::scenarios).collect());
    }
    Ok(inventory)
}

/// A contract with the scenarios that were asked for.
struct Read {
    contract: crate::contract::Contract,
    listed: Vec<Listed>,
}

impl Read {
    fn of(project: &Project, content: Content, tags: Option<&TagOperation>) -> Result<Self, Failure> {
        let (contract, listed) = content.listed(&project.folder)?;
        let is_asked = |listed: &Listed| tags.is_none_or(|tags| tags.eval(&listed.tags));
        Ok(Self { contract, listed: listed.into_iter().filter(is_asked).collect() })
    }

    fn contract(&self) -> ContractEntry {
        let Self { contract, listed } = self;
        let credentials = contract.credentials.values();
        let credentials = credentials
            .map(|credential| CredentialEntry { name: credential.name.clone(), place: credential.describe() });
        ContractEntry {
            name: contract.name.clone(),
            title: contract.title.clone(),
            consumers: contract.consumers.clone(),
            provider: contract.provider.clone(),
            credentials: credentials.collect(),
            operations: contract.operations.len(),
            scenarios: listed.len(),
            derived: listed.iter().filter(|listed| listed.derived).count(),
        }
    }

    fn operations(&self) -> impl Iterator<Item = OperationEntry> {
        let names = |operation: &Operation| {
            let names = |listed: &&Listed| listed.operations.iter().any(|name| name == operation.id.as_str());
            self.listed.iter().filter(names).count()
        };
        self.contract.operations.values().map(move |operation| OperationEntry {
            contract: self.contract.name.clone(),
            name: operation.id.clone(),
            method: operation.method.clone(),
            path: operation.template.as_str().to_owned(),
            summary: operation.summary.clone(),
            credentials: operation.security.alternatives.clone(),
            file: operation.place.file.to_string(),
            line: operation.place.line,
            scenarios: names(operation),
        })
    }

    fn scenarios(&self) -> impl Iterator<Item = ScenarioEntry> {
        self.listed.iter().map(|listed| {
            let Listed { file, line, feature, rule, name, tags, derived, .. } = listed.clone();
            let mut operations = listed.operations.clone();
            operations.sort();
            operations.dedup();
            let contract = self.contract.name.clone();
            ScenarioEntry { contract, file, line, feature, rule, name, tags, operations, derived }
        })
    }
}

fn target_entries(project: &Project, is_asked: &dyn Fn(&ContractName) -> bool) -> Vec<TargetEntry> {
    let site = |redactor: &Redactor, (name, site): (&ContractName, &Site)| SiteEntry {
        name: name.clone(),
        url: site.unset.is_empty().then(|| redactor.redact(&site.url)),
        open: site.open,
    };
    let entry = |(name, target): (&TargetName, &Target)| {
        let sites: Vec<_> = target.contracts.iter().filter(|(name, _)| is_asked(name)).collect();
        let redactor = redactor(sites.iter().map(|(_, site)| *site));
        let contracts = sites.into_iter().map(|named| site(&redactor, named)).collect();
        TargetEntry { name: name.clone(), writes: target.writes, contracts }
    };
    project.targets.iter().map(entry).collect()
}

/// A URL is filled in from the environment, and so might be with a secret.
fn redactor<'a>(sites: impl Iterator<Item = &'a Site>) -> Redactor {
    let mut vault = Vault::default();
    for (name, source) in sites.flat_map(|site| &site.secrets) {
        if let Some(value) =
            secret_value(name, Some(source)).ok().flatten().filter(|value| value.len() >= SHORTEST_SECRET)
        {
            vault.insert(name.clone(), Secret::new(value));
        }
    }
    Redactor::new([&vault])
}

fn step_entries() -> Vec<StepEntry> {
    let entry = |step: &&'static crate::feature::step::Step| StepEntry {
        part: step.kind.heading(),
        keywords: step.kind.keywords().iter().map(|keyword| keyword_name(*keyword)).collect(),
        expression: step.expression,
        meaning: step.meaning,
        example: step.example,
    };
    steps().iter().map(entry).collect()
}
