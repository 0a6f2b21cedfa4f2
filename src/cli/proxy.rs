//! `counterpart proxy`: stand between a consumer and a deployment, and judge what passes through.

use super::arguments::Common;
use super::arguments::proxy::ProxyOptions;
use super::check::open_project;
use super::diagnostic::{self, Failure};
use super::exit::Exit;
use super::fakes::bind;
use super::interruption::Interruption;
use super::output::Outputs;
use super::ports::ports;
use super::targets::{Destination, secrets};
use crate::contract::Contract;
use crate::exchange::Exchange;
use crate::expression::Template;
use crate::place::{Place, Problem, Problems};
use crate::project::{Project, SETTINGS_FILE, Site};
use crate::proxy::Proxy;
use crate::proxy::har::{Entry, Recording};
use crate::proxy::judged::Readable;
use crate::proxy::passed::{Inbox, Passed, queue};
use crate::proxy::upstream::{Trust, Upstream};
use crate::record::{Record, Verb};
use crate::report::live::{self, Line};
use crate::secret::{Redactor, Vault};
use crate::verdict::Verdict;
use crate::witness::tally::{Noted, Tally};
use crate::witness::{Judgement, Witness, Witnessed};
use clap::ArgMatches;
use indexmap::IndexSet;
use jiff::Timestamp;
use serde_json::json;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The most notes that are kept.
const MOST_NOTES: usize = 20;
/// How long the end may take when everything that was under way is over.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs the verb.
///
/// # Errors
/// What kept the proxy from standing there; what passed through is not an error.
pub fn proxy(common: &Common, options: &ProxyOptions, matches: Option<&ArgMatches>) -> Result<Exit, Failure> {
    let began = Timestamp::now();
    let outputs = Outputs::of(&options.formats, &options.outputs, matches)?;
    let project = open_project(common)?;
    let destination = Destination::of(&project, common, options.target.as_deref(), &options.urls)?;
    let watched = watched(&project, &destination)?;
    let upstream = upstream(options.ca.as_deref(), &destination)?;
    let could_not = |error: std::io::Error| Failure::CouldNotRun(error.to_string());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(could_not)?;
    let interruption = runtime.block_on(async { Interruption::listen() }).map_err(could_not)?;
    let names: Vec<&str> = watched.iter().map(|one| one.witness.contract.name.as_str()).collect();
    let ports = ports(&names, options.port_base, &options.ports)?;
    let (stop, stopped) = watch::channel(false);
    let (queue, inbox) = queue(stopped.clone());
    let (mut serving, mut addresses) = (Vec::new(), Vec::new());
    for (number, ((name, port), one)) in names.iter().zip(ports).zip(&watched).enumerate() {
        let listener = runtime.block_on(bind(port, name))?.transparent();
        addresses.push(listener.address());
        let proxy = Proxy::new(number, &one.base, upstream.clone(), queue.clone());
        let proxy = proxy.ok_or_else(|| Failure::Usage(format!("{name}: its base URL cannot be read")))?;
        serving.push(runtime.spawn(listener.serve(proxy, stopped.clone())));
    }
    drop((queue, upstream));
    let recording = options.record.as_deref().map(begin_recording).transpose()?.map(Ok);
    let to_stdout = outputs.streams();
    let judge = Judge {
        common,
        watched,
        notes: IndexSet::new(),
        recording,
        fail_fast: options.fail_fast,
        patience: destination.target.deadline,
        to_stdout,
    };
    judge.greet(&addresses);
    let judge = std::thread::scope(|scope| {
        let judging = scope.spawn(|| judge.run(inbox, &stop));
        let mut ended = stopped;
        runtime.block_on(async {
            tokio::select! {
                () = interruption.comes() => drop(stop.send_replace(true)),
                _ = ended.wait_for(|stop| *stop) => {}
            }
            futures::future::join_all(serving).await;
        });
        // What is still under way is over now; then the judge gets the last of it.
        runtime.shutdown_timeout(PATIENCE);
        judging.join().expect("judging does not panic")
    });
    let Judge { watched, mut notes, recording, .. } = judge;
    let recorded =
        recording.map(|recording| recording.and_then(|recording| recording.end().map_err(|e| e.to_string())));
    let mut contracts = Vec::new();
    for one in watched {
        let contract = one.witness.contract;
        if one.tally.requests() == 0 {
            notes.insert(format!("{}: no request came", contract.name));
            continue;
        }
        let (record, more) = one.tally.record(&contract, one.shown_base);
        contracts.push(record);
        notes.extend(more);
    }
    let record = Record::ended(Verb::Proxy, destination.name, began, contracts, notes.into_iter().collect());
    outputs.tell(common, &record)?;
    if let (Some(Err(error)), Some(path)) = (recorded, &options.record) {
        return Err(Failure::CouldNotRun(format!("{}: {error}", path.display())));
    }
    Ok(record.verdict.into())
}

/// A contract whose traffic is watched.
struct Watched {
    witness: Witness,
    /// The deployment's base URL.
    base: String,
    /// The same without secrets.
    shown_base: String,
    /// Whether the deployment asks for no key.
    is_open: bool,
    tally: Tally,
}

impl Watched {
    /// The variables that lead a consumer to `address`, without those that hold a secret.
    fn variables(&self, address: SocketAddr) -> Vec<(String, String)> {
        let host = address.ip().to_string();
        let context = json!({"url": format!("http://{address}"), "host": host, "port": address.port().to_string()});
        // Without its secret such a template would be filled in by half.
        let open = |(_, template): &(&String, &Template)| !template.source().contains("secret");
        let variables = self.witness.contract.variables.iter().filter(open);
        variables.filter_map(|(name, template)| Some((name.clone(), template.render(&context).ok()?))).collect()
    }
}

/// The contracts of a destination with their secrets, in order.
fn watched(project: &Project, destination: &Destination) -> Result<Vec<Watched>, Failure> {
    let mut read: Vec<(Contract, &Site, Vault)> = Vec::new();
    let mut problems: Vec<Problem> = Vec::new();
    for (name, site) in &destination.contracts {
        let Some(site) = site else {
            let help = format!("name one with --target, or give --url {name}=URL");
            return Err(Failure::Usage(format!("a proxy stands before a deployment: {name} has none\n  help: {help}")));
        };
        match project.contract(name) {
            Ok(contract) => {
                let mut vault = Vault::default();
                secrets(&contract, Some(site), &mut vault)?;
                read.push((contract, site, vault));
            }
            Err(found) => problems.extend(found.0),
        }
    }
    let read = Problems(problems)
        .or(read)
        .map_err(|problems| Failure::of_problems(&project.folder, problems, Exit::CouldNotRun))?;
    let redactor = Arc::new(Redactor::new(read.iter().map(|(_, _, vault)| vault)));
    diagnostic::guard(&redactor);
    let watched = read.into_iter().map(|(contract, site, vault)| {
        let server_path = contract.server.path(&site.variables).map_err(|wrong| {
            let place = site.place.clone().unwrap_or_else(|| Place::new(SETTINGS_FILE, 1, 1));
            let help = "write `variables` as the `servers` of the OpenAPI document have them";
            Failure::of_problems(&project.folder, Problems(vec![Problem::new(place, wrong, help)]), Exit::Usage)
        })?;
        let base = site.url.trim_end_matches('/').to_owned();
        Ok(Watched {
            shown_base: redactor.redact(&base),
            witness: Witness::new(Arc::new(contract), server_path, Arc::new(vault), redactor.clone()),
            base,
            is_open: site.open,
            tally: Tally::default(),
        })
    });
    watched.collect()
}

fn upstream(ca: Option<&Path>, destination: &Destination) -> Result<Upstream, Failure> {
    let encrypts = destination.contracts.values().flatten().any(|site| site.url.starts_with("https:"));
    let trust = match ca {
        Some(file) => Trust::of_file(file).map_err(|wrong| Failure::Usage(format!("--ca {wrong}")))?,
        None if encrypts => Trust::System,
        None => Trust::Nobody,
    };
    Upstream::new(destination.target.deadline, trust).map_err(Failure::CouldNotRun)
}

fn begin_recording(path: &Path) -> Result<Recording, Failure> {
    Recording::begin(path).map_err(|error| Failure::CouldNotRun(format!("{}: {error}", path.display())))
}

/// What becomes of exchanges that are over, one after the other.
struct Judge<'a> {
    common: &'a Common,
    watched: Vec<Watched>,
    notes: IndexSet<String>,
    /// The recording, or why it could not go on.
    recording: Option<Result<Recording, String>>,
    fail_fast: bool,
    /// How long a call may take before a consumer that goes away tells of a failed call.
    patience: Duration,
    to_stdout: bool,
}

impl Judge<'_> {
    /// Which URL stands for which deployment, and how the consumer comes to call it.
    fn greet(&self, addresses: &[SocketAddr]) {
        let width = self.watched.iter().map(|one| one.witness.contract.name.as_str().len()).max().unwrap_or_default();
        let (mut text, mut variables) = (String::new(), String::new());
        for (one, address) in self.watched.iter().zip(addresses) {
            let name = one.witness.contract.name.as_str();
            text += &format!("  {name:width$}  http://{address}  →  {}\n", one.shown_base);
            for (name, value) in one.variables(*address) {
                variables += &format!("  {name}={value}\n");
            }
        }
        text += "\nGive the consumer these URLs in place of the deployment's; its keys stay as they are.";
        text += if variables.is_empty() { "\n" } else { " In its environment:\n" };
        text += &variables;
        self.say(format!("{text}Ctrl-C ends the proxy and prints the report.\n\n").as_bytes());
    }

    /// Judges until no more exchanges can come, or the first is broken and that is the end.
    fn run(mut self, mut inbox: Inbox, stop: &watch::Sender<bool>) -> Self {
        while let Some(passed) = inbox.wait() {
            if self.is_broken_by(passed) && self.fail_fast {
                self.notes.insert("it ended at the first finding, as --fail-fast says".to_owned());
                stop.send_replace(true);
            }
        }
        self
    }

    /// Judges, counts, records and tells an exchange; whether it breaks the contract.
    fn is_broken_by(&mut self, mut passed: Passed) -> bool {
        let one = &mut self.watched[passed.number];
        let readable = Readable::of(&mut passed);
        let judgement = readable.judged(&one.witness, &passed, &one.shown_base, one.is_open, self.patience);
        let is_shown = self.recording.is_some() || !judgement.findings.is_empty();
        let shown = is_shown.then(|| readable.shown(&one.witness, &passed));
        let exchange = shown.as_ref().and_then(|(_, exchange)| exchange.as_ref());
        if let (Some(recording), Some((request, _))) = (&mut self.recording, &shown) {
            let entry = Entry {
                contract: &one.witness.contract.name,
                url: &one.shown_base,
                is_open: one.is_open,
                judgement: &judgement,
                passed: &passed,
                readable: &readable,
                request,
                exchange,
            };
            if let Ok(file) = recording
                && let Err(error) = file.add(&entry)
            {
                *recording = Err(error.to_string());
            }
        }
        let room = MOST_NOTES.saturating_sub(self.notes.len());
        self.notes.extend(judgement.notes.iter().take(room).cloned());
        let noted = noted(one, &judgement, exchange, &readable.witnessed());
        let line = Line {
            time: passed.sent.strftime("%H:%M:%S").to_string(),
            contract: one.witness.contract.name.as_str(),
            asked: readable.called(&one.witness),
            status: readable.response.as_ref().map(|response| response.status),
            verdict: judgement.verdict,
            noted: &noted,
        };
        let mut text = Vec::new();
        live::write(&mut text, &line, Outputs::options(self.common)).expect("memory takes every write");
        self.say(&text);
        judgement.findings.iter().any(|finding| finding.code.weight() == Verdict::Broken)
    }

    /// On the terminal, beside a report that is printed there. A reader that has gone away changes no verdict.
    fn say(&self, text: &[u8]) {
        if self.to_stdout {
            drop(anstream::stdout().write_all(text));
        } else {
            drop(anstream::stderr().write_all(text));
        }
    }
}

/// Counts an exchange; its findings, and which of them are new.
fn noted(one: &mut Watched, judgement: &Judgement, exchange: Option<&Exchange>, seen: &Witnessed<'_>) -> Vec<Noted> {
    let Watched { tally, witness, .. } = one;
    tally.note(judgement, || exchange.cloned(), || witness.explain(seen))
}
