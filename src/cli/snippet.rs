//! `counterpart snippet`: code that calls an operation, to copy.

use super::arguments::Common;
use super::arguments::snippet::SnippetOptions;
use super::check::open_project;
use super::diagnostic::Failure;
use super::exit::Exit;
use super::output::print;
use super::targets::{asked, unknown};
use crate::contract::Contract;
use crate::name::{CredentialName, OperationId};
use crate::snippet::{self, Snippet, WhyNot, situation};
use std::io::Write as _;

/// Prints the snippet that is asked for.
///
/// # Errors
/// There is no such operation, several contracts have one, or nothing that can be written calls it.
pub fn snippet(common: &Common, options: &SnippetOptions) -> Result<Exit, Failure> {
    let project = open_project(common)?;
    let mut contracts = Vec::new();
    for name in &asked(&project, common)? {
        let contract = project.contract(name);
        contracts
            .push(contract.map_err(|problems| Failure::of_problems(&project.folder, problems, Exit::CouldNotRun))?);
    }
    let operation = OperationId::from(options.operation.as_str());
    let having: Vec<&Contract> =
        contracts.iter().filter(|contract| contract.operations.contains_key(&operation)).collect();
    let contract = match having.as_slice() {
        [contract] => *contract,
        [] => {
            let known: Vec<&str> =
                contracts.iter().flat_map(|contract| contract.operations.keys()).map(OperationId::as_str).collect();
            return Err(unknown("operation", operation.as_str(), known.into_iter()));
        }
        several => {
            let names: Vec<&str> = several.iter().map(|contract| contract.name.as_str()).collect();
            let wrong = format!("{operation} is an operation of {}", names.join(" and "));
            return Err(Failure::Usage(format!("{wrong}\n  help: choose one with --contract")));
        }
    };
    let why_not = |why: WhyNot| Failure::CouldNotRun(format!("there is no snippet for {operation}: {why}"));
    let snippets = match &options.credential {
        None => snippet::of(contract, &operation).map_err(why_not)?,
        Some(name) => with_credential(contract, &operation, name)?.map_err(why_not)?,
    };
    let asked = snippets.iter().find(|snippet| snippet.language == options.language);
    print(&asked.expect("there is one in each language").text)?;
    if let Ok(Some(situation)) = situation::of(contract, &operation) {
        let [answers, tell] = situation.words(contract);
        drop(write!(anstream::stderr(), "note: {answers}\n      {tell}\n"));
    }
    Ok(Exit::Kept)
}

/// The snippets with the alternative that holds a credential.
fn with_credential(
    contract: &Contract,
    operation: &OperationId,
    name: &str,
) -> Result<Result<Vec<Snippet>, WhyNot>, Failure> {
    let alternatives = snippet::alternatives(contract, operation).map_err(|why| Failure::Usage(why.to_string()))?;
    let known: Vec<CredentialName> =
        alternatives.iter().flat_map(|alternative| alternative.credentials.iter().cloned()).collect();
    let holds = |credentials: &[CredentialName]| credentials.iter().any(|known| known.as_str() == name);
    match alternatives.into_iter().find(|alternative| holds(&alternative.credentials)) {
        Some(alternative) => Ok(alternative.snippets),
        None => Err(unknown("credential", name, known.iter().map(CredentialName::as_str))),
    }
}
