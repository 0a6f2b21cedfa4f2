//! `counterpart consumer`: run a consumer's own test command at the fakes, and judge every request.

use super::arguments::Common;
use super::arguments::consumer::ConsumerOptions;
use super::check::open_project;
use super::diagnostic::Failure;
use super::exit::Exit;
use super::fakes::{Cast, Standpoint};
use super::interruption::Interruption;
use super::output::{Outputs, print};
use super::targets::{FAKE, unknown};
use crate::contract::Contract;
use crate::exchange::Location;
use crate::name::{OperationId, TargetName};
use crate::record::{ContractRecord, Record, Verb};
use crate::standing::Standing;
use crate::verdict::{Code, Finding};
use crate::witness::tally::Tally;
use clap::ArgMatches;
use jiff::Timestamp;
use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::block_in_place;

/// Runs the verb.
///
/// # Errors
/// A wrong contract, an operation that no contract has, or a command that cannot be started.
pub fn consumer(common: &Common, options: &ConsumerOptions, matches: Option<&ArgMatches>) -> Result<Exit, Failure> {
    let began = Timestamp::now();
    let outputs = Outputs::of(&options.formats, &options.outputs, matches)?;
    let project = open_project(common)?;
    let cast = Cast::read(&project, common)?;
    let expected = expected(&cast, &options.expected)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::CouldNotRun(error.to_string()))?;
    let (status, fakes) = runtime.block_on(run(&cast, &options.command, !outputs.streams()))?;
    let tallies = fakes.iter().map(|fake| (fake, fake.fake.take_tally())).collect();
    let (contracts, notes) = conclude(tallies, status, &expected, !common.contracts.is_empty());
    let record = Record::ended(Verb::Consumer, TargetName::from(FAKE), began, contracts, notes);
    if outputs.streams() {
        // What the command printed may end without a line break.
        print("\n")?;
    }
    outputs.tell(common, &record)?;
    Ok(record.verdict.into())
}

/// The operations that have to be called.
fn expected(cast: &Cast, names: &[String]) -> Result<Vec<OperationId>, Failure> {
    let known: Vec<&str> =
        cast.contracts.iter().flat_map(|contract| contract.operations.keys()).map(OperationId::as_str).collect();
    let operation = |name: &String| {
        let found = known.iter().find(|known| **known == name.as_str());
        found.map(|name| OperationId::from(*name)).ok_or_else(|| unknown("operation", name, known.iter().copied()))
    };
    names.iter().map(operation).collect()
}

/// Lets the fakes stand and the command run until it ends. What it prints goes to stderr where stdout is for a report.
async fn run(cast: &Cast, command: &[OsString], is_piped: bool) -> Result<(ExitStatus, Vec<Standpoint>), Failure> {
    let interruption = Interruption::listen().map_err(|error| Failure::CouldNotRun(error.to_string()))?;
    let (stopping, stop) = watch::channel(false);
    let (mut fakes, mut serving) = (Vec::new(), Vec::new());
    for contract in &cast.contracts {
        let (fake, task) = cast.stand(contract, 0, false, Box::new(|_, _| {}), &stop).await?;
        fake.fake.note_later();
        fakes.push(fake);
        serving.push(task);
    }
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure::Usage("there is no command behind --".to_owned()));
    };
    let mut child = Command::new(program);
    child.args(arguments).kill_on_drop(true);
    for Standpoint { fake, address } in &fakes {
        let contract = &fake.witness.contract;
        for (name, value) in cast.secrets(contract).into_iter().chain(cast.variables(contract, *address)?) {
            child.env(name, value.expose());
        }
    }
    for name in ["NO_PROXY", "no_proxy"] {
        child.env(name, "127.0.0.1,localhost");
    }
    if is_piped {
        child.stdout(Stdio::from(std::io::stderr()));
    }
    let name = program.to_string_lossy().into_owned();
    let mut child =
        child.spawn().map_err(|error| Failure::CouldNotRun(format!("{name} cannot be started: {error}")))?;
    let status = tokio::select! {
        status = child.wait() => status.map_err(|error| Failure::CouldNotRun(format!("{name}: {error}")))?,
        () = interruption.comes() => return Err(Failure::Interrupted),
    };
    stopping.send_replace(true);
    for task in serving {
        drop(task.await);
    }
    block_in_place(|| fakes.iter().for_each(|fake| fake.fake.finish()));
    Ok((status, fakes))
}

/// The contracts' records and what the run has to say. Of contracts that nobody named, those that were not called are
/// left out.
fn conclude(
    tallies: Vec<(&Standpoint, Tally)>,
    status: ExitStatus,
    expected: &[OperationId],
    named: bool,
) -> (Vec<ContractRecord>, Vec<String>) {
    let nothing_sent = tallies.iter().all(|(_, tally)| tally.requests() == 0);
    let help = variables_of(tallies.iter().map(|(standpoint, _)| &*standpoint.fake.witness.contract));
    let is_expected = |fake: &Standing| expected.iter().any(|id| fake.witness.contract.operations.contains_key(id));
    let (mut contracts, mut notes) = (Vec::new(), Vec::new());
    for (Standpoint { fake, .. }, mut tally) in tallies {
        let contract = &fake.witness.contract;
        let nobody_asked = !(named || nothing_sent && expected.is_empty());
        if tally.requests() == 0 && nobody_asked && !is_expected(fake) {
            continue;
        }
        if tally.requests() == 0 {
            tally.add(Finding::new(Code::NothingSent, Location::Path, "a request", "none"));
        }
        let own = expected.iter().filter(|id| contract.operations.contains_key(*id));
        for id in own.filter(|id| !tally.has_called(id)).collect::<Vec<_>>() {
            tally.add(Finding::new(Code::OperationUncalled, Location::Path, "a call", "none").of(id));
        }
        if !status.success() {
            let ended = || status.to_string().replace("signal: ", "signal ");
            let actual = status.code().map_or_else(ended, |code| format!("exit code {code}"));
            tally.add(Finding::new(Code::CommandFailed, Location::Status, "exit code 0", actual));
        }
        let (record, more) = tally.record(contract, FAKE.to_owned());
        contracts.push(record);
        notes.extend(more);
    }
    if nothing_sent {
        notes.push(format!("the command sent no request to a fake: {help}"));
    }
    (contracts, notes)
}

/// How a command finds the fakes of some contracts.
fn variables_of<'a>(contracts: impl Iterator<Item = &'a Contract>) -> String {
    let (led, lost): (Vec<_>, Vec<_>) = contracts.partition(|contract| !contract.variables.is_empty());
    let names = led.iter().flat_map(|contract| contract.variables.iter().map(|(name, _)| name.as_str()));
    let names = names.collect::<Vec<_>>().join(", ");
    match lost.first() {
        _ if !names.is_empty() => format!("does it read its base URL from one of these variables: {names}?"),
        Some(lost) => {
            format!("name a variable for its base URL under `[variables]` of contracts/{}/contract.toml", lost.name)
        }
        None => "there is no fake".to_owned(),
    }
}
