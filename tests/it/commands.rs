//! Every command that a page or a page of help shows is run, so that none outlives the option that it names.

mod exceptions;
mod greeter;
mod guide;
mod shown;
pub mod stage;
mod standing;

use exceptions::Exceptions;
use shown::Shown;
use stage::Stage;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

/// The page that is followed step by step, in a folder of its own.
const FOLLOWED: &str = "docs/guide.md";
/// Commands that run side by side.
const AT_ONCE: usize = 3;
/// What stands until it is stopped.
const STANDING: [&str; 2] = ["counterpart serve", "counterpart proxy"];

#[test]
fn every_command_that_is_shown_runs() {
    let exceptions = Exceptions::default();
    let stage = Stage::prepared();
    let service = greeter::greeter(Arc::default());
    let url = |name: &str| if name == "greeter" { service.url() } else { stage.url(name) };
    let commands = commands(&exceptions, url);
    assert!(commands.len() > 60, "{} commands are shown", commands.len());
    let waiting = Mutex::new(commands.into_iter().enumerate().collect::<Vec<_>>());
    let wrong = Mutex::new(String::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().expect("nobody panicked").pop();
                    let Some((number, (command, shown))) = next else { break };
                    if let Some(fault) = fault(&stage, &exceptions, &command, &shown, number) {
                        wrong.lock().expect("nobody panicked").push_str(&fault);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("nobody panicked");
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(exceptions.unused(), Vec::<&str>::new(), "these exceptions match no command: take them out");
}

/// What runs here, each once, with what is shown of it.
fn commands(exceptions: &Exceptions, url: impl Fn(&str) -> String) -> BTreeMap<String, Vec<Shown>> {
    let shown = shown::all(FOLLOWED).into_iter().filter(|shown| !exceptions.leave(&shown.command));
    shown.fold(BTreeMap::new(), |mut commands: BTreeMap<String, Vec<Shown>>, shown| {
        let command = exceptions.rewritten(&shown.command, &url);
        commands.entry(command).or_default().push(shown);
        commands
    })
}

/// What is wrong with a command.
fn fault(stage: &Stage, exceptions: &Exceptions, command: &str, shown: &[Shown], number: usize) -> Option<String> {
    let wanted = exceptions.exit(command);
    let stands = STANDING.iter().any(|verb| command.starts_with(verb)) && !command.ends_with("--help");
    let ended = if stands { stage.interrupt(command, number) } else { stage.run(command, number) };
    if ended.exit == Some(wanted) {
        return None;
    }
    let mut text = format!("\n$ {command}\n");
    for shown in shown {
        writeln!(text, "  {}: {}", shown.place, shown.command).expect("a text takes every write");
    }
    writeln!(text, "  exit code {:?}, wanted {wanted}:\n{}", ended.exit, ended.text())
        .expect("a text takes every write");
    Some(text)
}
