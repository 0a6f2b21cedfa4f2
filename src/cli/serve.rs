//! `counterpart serve`: the fakes as a server to develop against.

use super::arguments::Common;
use super::arguments::serve::ServeOptions;
use super::check::open_project;
use super::diagnostic::Failure;
use super::exit::Exit;
use super::fakes::{Cast, Standpoint, bind};
use super::interruption::Interruption;
use super::log::{Log, now};
use super::output::{Outputs, print};
use super::ports::ports;
use crate::contract::Contract;
use crate::listener::{Unreadable, received, sent};
use crate::report::figures::plural;
use crate::report::live::Line;
use crate::secret::Secret;
use crate::standing::control::{self, Control};
use crate::standing::sessions::SESSION;
use crate::standing::{FINDING, Observed, Standing, Unreachable, departs};
use crate::witness::mask;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::watch;
use tokio::task::block_in_place;

/// What the control endpoint is called beside the contracts.
const CONTROL: &str = "control";

/// Runs the verb.
///
/// # Errors
/// A wrong contract, a port that cannot be used, a file that cannot be written.
pub fn serve(common: &Common, options: &ServeOptions) -> Result<Exit, Failure> {
    let project = open_project(common)?;
    let cast = Cast::read(&project, common)?;
    let names: Vec<&str> = cast.contracts.iter().map(|contract| contract.name.as_str()).chain([CONTROL]).collect();
    let ports = ports(&names, options.port_base, &options.ports)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::CouldNotRun(error.to_string()))?;
    runtime.block_on(stand(common, options, &cast, &ports))
}

/// How many requests came, and how many departed.
#[derive(Debug, Default)]
struct Counts {
    requests: AtomicUsize,
    departed: AtomicUsize,
}

async fn stand(common: &Common, options: &ServeOptions, cast: &Cast, ports: &[u16]) -> Result<Exit, Failure> {
    let interruption = Interruption::listen().map_err(|error| Failure::CouldNotRun(error.to_string()))?;
    let (stopping, stop) = watch::channel(false);
    let log = Arc::new(Log::new(Outputs::options(common)));
    let counts = Arc::new(Counts::default());
    let (mut fakes, mut serving) = (Vec::new(), Vec::new());
    for (contract, port) in cast.contracts.iter().zip(ports) {
        let (log, counts) = (log.clone(), counts.clone());
        let observer = Box::new(move |fake: &Standing, seen: &Observed<'_>| observe(fake, seen, &log, &counts));
        let (fake, task) = cast.stand(contract, *port, options.explain, observer, &stop).await?;
        if !options.explain {
            fake.fake.note_later();
        }
        fakes.push(fake);
        serving.push(task);
    }
    let listener = bind(ports.last().copied().unwrap_or_default(), "the control endpoint").await?;
    let control_url = listener.url();
    let url = |fake: &Standpoint| (fake.fake.clone(), format!("http://{}", fake.address));
    let control = Arc::new(Control(fakes.iter().map(url).collect()));
    let service = hyper::service::service_fn(move |request| {
        let control = control.clone();
        async move {
            match received(request).await {
                Ok(request) => Ok(sent(control.answer(&request))),
                Err(why @ Unreadable::TooLarge) => Ok(sent(control::refused(413, &why.to_string()))),
                Err(Unreadable::BrokenOff) => Err(Unreachable),
            }
        }
    });
    serving.push(tokio::spawn(listener.serve(service, stop.clone())));
    let variables = variables(cast, &fakes)?;
    if let Some(file) = &options.env_file {
        write_variables(file, &variables)?;
    }
    print(&greeting(cast, options, &fakes, &control_url, &variables))?;
    interruption.comes().await;
    stopping.send_replace(true);
    for task in serving {
        drop(task.await);
    }
    block_in_place(|| fakes.iter().for_each(|fake| fake.fake.finish()));
    // Each fake's observer has a share of the log.
    drop(fakes);
    if let Some(log) = Arc::into_inner(log) {
        log.end();
    }
    let (requests, departed) = (counts.requests.load(Ordering::Relaxed), counts.departed.load(Ordering::Relaxed));
    let whose = if departed == 1 { "its" } else { "their" };
    print(&format!("stopped after {}; {departed} departed from {whose} contract\n", plural(requests, "request")))?;
    Ok(Exit::Kept)
}

fn observe(fake: &Standing, seen: &Observed<'_>, log: &Log, counts: &Counts) {
    counts.requests.fetch_add(1, Ordering::Relaxed);
    let departs = departs(seen.judgement);
    counts.departed.fetch_add(usize::from(departs), Ordering::Relaxed);
    if !departs && !log.notes_all() {
        return;
    }
    let witness = &fake.witness;
    let target = mask::target(&witness.contract, &witness.redactor, seen.request);
    let notes: String = seen.judgement.notes.iter().map(|note| format!(" ({note})")).collect();
    log.note(&Line {
        time: now(),
        contract: witness.contract.name.as_str(),
        asked: format!("{} {target}{notes}", seen.request.method),
        status: seen.status,
        verdict: seen.judgement.verdict,
        noted: seen.noted,
    });
}

/// A variable to set, with its value and whether that holds a secret.
struct Variable {
    name: String,
    value: Secret,
    is_secret: bool,
}

/// Each variable once; two contracts may share one only with one value.
fn variables(cast: &Cast, fakes: &[Standpoint]) -> Result<Vec<Variable>, Failure> {
    let mut variables: Vec<(Variable, &Contract)> = Vec::new();
    for Standpoint { fake, address } in fakes {
        let contract = &*fake.witness.contract;
        let found = cast.variables(contract, *address)?.into_iter().chain(cast.secrets(contract));
        for (name, value) in found {
            match variables.iter().find(|(known, _)| known.name == name) {
                Some((known, _)) if known.value.expose() == value.expose() => {}
                Some((_, other)) => {
                    let wrong = format!("{} and {} give {name} different values", other.name, contract.name);
                    let help = "rename it in one of their contract.toml, or choose one with --contract";
                    return Err(Failure::Usage(format!("{wrong}\n  help: {help}")));
                }
                None => {
                    let is_secret = cast.redactor.first_in(value.expose().as_bytes()).is_some();
                    let contract = cast.contracts.iter().find(|known| known.name == contract.name);
                    let contract = contract.expect("every fake is of one of them");
                    variables.push((Variable { name, value, is_secret }, contract));
                }
            }
        }
    }
    Ok(variables.into_iter().map(|(variable, _)| variable).collect())
}

/// A file that a shell reads, for its owner only.
fn write_variables(file: &Path, variables: &[Variable]) -> Result<(), Failure> {
    let line =
        |variable: &Variable| format!("{}='{}'\n", variable.name, variable.value.expose().replace('\'', "'\\''"));
    let text: String = variables.iter().map(line).collect();
    written(file, text.as_bytes()).map_err(|error| Failure::CouldNotRun(format!("{}: {error}", file.display())))
}

fn written(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(file)?;
    // A file that was there before may be open to others.
    #[cfg(unix)]
    if open.metadata()?.is_file() {
        open.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    open.write_all(bytes)
}

/// Where the fakes answer, and how a consumer finds them.
fn greeting(
    cast: &Cast,
    options: &ServeOptions,
    fakes: &[Standpoint],
    control_url: &str,
    variables: &[Variable],
) -> String {
    let wide = cast.contracts.iter().map(|contract| contract.name.as_str().len()).max().unwrap_or(0).max(CONTROL.len());
    let mut text = String::from("The fakes answer until Ctrl-C.\n\n");
    for Standpoint { fake, address } in fakes {
        text += &format!("  {:wide$}  http://{address}\n", fake.witness.contract.name.as_str());
    }
    text += &format!("  {CONTROL:wide$}  {control_url}/fakes\n\nFor the consumer:\n\n");
    for Variable { name, value, is_secret } in variables {
        let shown = if *is_secret { cast.redactor.redact(value.expose()) } else { value.expose().to_owned() };
        // A variable that stands for itself says nothing.
        let shown = if shown == format!("${{{name}}}") { "(a secret)".to_owned() } else { shown };
        text += &format!("  {name}={shown}\n");
    }
    text += &match &options.env_file {
        Some(file) => format!("\nThey stand in {}, with their secrets.\n", file.display()),
        None => "\n--env-file FILE writes them, with their secrets.\n".to_owned(),
    };
    if options.explain {
        text += &format!("What is wrong with a request stands in the response header {FINDING}.\n");
    }
    text + &format!("Requests with the header {SESSION}: NAME meet a fake that remembers only their own.\n\n")
}
