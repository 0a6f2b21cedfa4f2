//! `counterpart doctor`: is all there that a run needs? A line each, and the cure beside what is wrong.

use super::arguments::Common;
use super::arguments::doctor::DoctorOptions;
use super::arguments::form::Form;
use super::check::open_project;
use super::diagnostic::{Failure, guard};
use super::exit::Exit;
use super::output::{Outputs, print};
use super::progress::{Bar, until_interrupted};
use super::targets::{asked, secret_value, unknown};
use super::terminal::line_width;
use crate::contract::Contract;
use crate::deployment::Client;
use crate::doctor::secrets;
use crate::doctor::visit::{Visit, visit};
use crate::doctor::{CHECKS, Examination, Line, Mark, proxies, variables};
use crate::feature::source;
use crate::name::{ContractName, TargetName};
use crate::project::{Project, Site, Target};
use crate::report::console::ConsoleOptions;
use crate::report::doctor as report;
use crate::report::figures::plural;
use crate::secret::{Redactor, SHORTEST_SECRET, Secret, Vault};
use futures::future::join_all;
use indexmap::IndexMap;

/// Runs the verb.
///
/// # Errors
/// There is no project, its settings are wrong, or there is no such target or contract; what is wrong otherwise is a line.
pub fn doctor(common: &Common, options: &DoctorOptions) -> Result<Exit, Failure> {
    let project = open_project(common)?;
    let names = asked(&project, common)?;
    let targets = targets(&project, options)?;
    let mut lines = vec![Line::well("counterpart", env!("CARGO_PKG_VERSION"))];
    let (contracts, unread) = contracts(&project, &names)?;
    lines.push(of_project(&project, names.len()));
    lines.extend(unread);
    let (redactor, of_secrets) = of_secrets(&contracts, &targets);
    lines.extend(of_secrets);
    guard(&redactor);
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    lines.extend(variables::check(&contracts.values().collect::<Vec<_>>(), &is_set));
    let of_targets = until_interrupted(async { Ok(of_targets(&contracts, &targets).await) })?;
    let proxies = proxies::check(&is_set, &of_targets);
    lines.extend(of_targets);
    lines.extend(proxies);
    for line in &mut lines {
        line.says = redactor.redact(&line.says);
        line.cure = line.cure.as_deref().map(|cure| redactor.redact(cure));
    }
    let examination = Examination::of(lines);
    match options.format {
        Form::Json => print(&report::json(&examination))?,
        Form::Console => {
            let options = ConsoleOptions { width: line_width(), ..Outputs::options(common) };
            // A reader that has gone away does not keep the run from its end.
            drop(report::write(&mut anstream::stdout().lock(), &examination, options));
        }
    }
    Ok(if examination.mark == Mark::Wrong { Exit::Broken } else { Exit::Kept })
}

/// The targets that are asked for, or all.
fn targets<'p>(project: &'p Project, options: &DoctorOptions) -> Result<Vec<(&'p TargetName, &'p Target)>, Failure> {
    if options.targets.is_empty() {
        return Ok(project.targets.iter().collect());
    }
    let find = |name: &String| {
        let known = project.targets.keys().map(TargetName::as_str);
        project.targets.get_key_value(name.as_str()).ok_or_else(|| unknown("target", name, known))
    };
    options.targets.iter().map(find).collect()
}

fn of_project(project: &Project, contracts: usize) -> Line {
    let folder = project.folder.display();
    if contracts == 0 {
        return Line::wrong("project", format!("{folder}: it has no contract"), "add a folder below contracts/");
    }
    Line::well("project", format!("{folder}: {}", plural(contracts, "contract")))
}

type Read = (IndexMap<ContractName, Contract>, Vec<Line>);

/// The contracts that can be read, and a line for each.
fn contracts(project: &Project, names: &[ContractName]) -> Result<Read, Failure> {
    let (mut contracts, mut lines) = (IndexMap::new(), Vec::new());
    for name in names {
        let (mut problems, mut scenarios) = (0, 0);
        match project.contract(name) {
            Ok(contract) => {
                let files = project.features(name).map_err(|error| Failure::of_project(&project.folder, error))?;
                for (file, text) in files {
                    match source::read(&file, &text, &contract) {
                        Ok((_, listed)) => scenarios += listed.len(),
                        Err(found) => problems += found.len(),
                    }
                }
                contracts.insert(name.clone(), contract);
            }
            Err(found) => problems = found.0.len(),
        }
        let line = if problems > 0 {
            let says = format!("{} in its files", plural(problems, "problem"));
            Line::wrong("contract", says, format!("`counterpart check --contract {name}` shows them"))
        } else if scenarios == 0 {
            let cure = format!("write features/{name}/….feature");
            Line::doubtful("contract", "it can be read, and has no scenario", cure)
        } else {
            let operations = contracts[name].operations.len();
            let says = format!("{}, {}", plural(operations, "operation"), plural(scenarios, "scenario"));
            Line::well("contract", says)
        };
        lines.push(line.of(name));
    }
    Ok((contracts, lines))
}

/// A line for each secret and each source of it, and what keeps their values out of the output.
fn of_secrets(
    contracts: &IndexMap<ContractName, Contract>,
    targets: &[(&TargetName, &Target)],
) -> (Redactor, Vec<Line>) {
    let (mut vaults, mut lines) = (Vec::new(), Vec::new());
    for wanted in secrets::wanted(&contracts.values().collect::<Vec<_>>(), targets) {
        let value = secret_value(wanted.name, wanted.source);
        lines.push(secrets::check(&wanted, value.as_ref().map(Option::as_deref).map_err(String::as_str)));
        if let Some(value) = value.ok().flatten().filter(|value| value.len() >= SHORTEST_SECRET) {
            let mut vault = Vault::default();
            vault.insert(wanted.name.clone(), Secret::new(value));
            vaults.push(vault);
        }
    }
    (Redactor::new(vaults.iter()), lines)
}

/// The lines of every deployment, visited all at once.
async fn of_targets(contracts: &IndexMap<ContractName, Contract>, targets: &[(&TargetName, &Target)]) -> Vec<Line> {
    let sites =
        targets.iter().flat_map(|(name, target)| target.contracts.iter().map(move |site| (*name, *target, site)));
    let sites: Vec<_> = sites
        .filter_map(|(name, target, (contract, site))| Some((name, target, contracts.get(contract)?, site)))
        .collect();
    let bar = Bar::new(sites.len(), "deployments, {elapsed}");
    let visits = sites.into_iter().map(async |(name, target, contract, site)| {
        let lines = of_site(name, target, contract, site).await;
        bar.advance();
        lines
    });
    let lines = join_all(visits).await.into_iter().flatten().collect();
    bar.end();
    lines
}

async fn of_site(name: &TargetName, target: &Target, contract: &Contract, site: &Site) -> Vec<Line> {
    if let Some(unset) = site.unset.first() {
        return vec![Line::wrong("reach", unset.wrong.clone(), unset.help.clone()).of(&contract.name).at(name)];
    }
    if let Err(wrong) = contract.server.path(&site.variables) {
        let cure = "write `variables` as the `servers` of the OpenAPI document have them";
        return vec![Line::wrong("reach", wrong, cure).of(&contract.name).at(name)];
    }
    let encrypts = site.url.starts_with("https://");
    let client = match Client::new(target.deadline, 0, encrypts) {
        Ok(client) => client.with_pause(target.pause),
        Err(reason) => {
            let cure = "install the system's certificates (ca-certificates), or name a file in SSL_CERT_FILE";
            return vec![Line::wrong("reach", format!("no TLS: {reason}"), cure).of(&contract.name).at(name)];
        }
    };
    let visit: Visit<'_> = visit(name, contract, site, &client).await;
    CHECKS.iter().filter_map(|check| check(&visit)).collect()
}
