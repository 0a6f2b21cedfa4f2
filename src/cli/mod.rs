//! The command line: wires, writes, exits.

pub mod accept;
pub mod arguments;
pub mod changed;
pub mod check;
pub mod codes;
pub mod completions;
pub mod conclusion;
pub mod consumer;
pub mod diagnostic;
pub mod docs;
pub mod doctor;
pub mod exit;
pub mod explain;
pub mod fakes;
pub mod init;
pub mod list;
pub mod log;
pub mod interruption;
pub mod mutate;
pub mod output;
pub mod preparation;
pub mod probe;
pub mod ports;
pub mod progress;
pub mod protection;
pub mod proxy;
pub mod recording;
pub mod replay;
pub mod published;
pub mod selection;
pub mod serve;
pub mod snippet;
pub mod source;
pub mod staging;
pub mod started;
pub mod targets;
pub mod terminal;
pub mod unredacted;

use arguments::{Arguments, Verb};
use clap::{CommandFactory as _, FromArgMatches as _};
use exit::Exit;
use std::process::ExitCode;

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let command = Arguments::command();
    let matches = match command.try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            // clap prints help and version to stdout, errors to stderr.
            drop(error.print());
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Kept.into() };
        }
    };
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => {
            drop(error.print());
            return Exit::Usage.into();
        }
    };
    arguments.color.write_global();
    diagnostic::install_panic_hook();
    let result = match arguments.verb {
        Verb::Check(options) => check::check(&arguments.common, &options, matches.subcommand_matches("check")),
        Verb::Mutate(options) => mutate::mutate(&arguments.common, &options, matches.subcommand_matches("mutate")),
        Verb::Probe(options) => probe::probe(&arguments.common, &options, matches.subcommand_matches("probe")),
        Verb::Accept(options) => accept::accept(&arguments.common, &options),
        Verb::Serve(options) => serve::serve(&arguments.common, &options),
        Verb::Consumer(options) => {
            consumer::consumer(&arguments.common, &options, matches.subcommand_matches("consumer"))
        }
        Verb::Proxy(options) => proxy::proxy(&arguments.common, &options, matches.subcommand_matches("proxy")),
        Verb::Replay(options) => replay::replay(&arguments.common, &options, matches.subcommand_matches("replay")),
        Verb::Snippet(options) => snippet::snippet(&arguments.common, &options),
        Verb::Docs(options) => docs::docs(&arguments.common, &options),
        Verb::Init(options) => init::init(&arguments.common, &options),
        Verb::Explain(options) => explain::explain(&arguments.common, &options),
        Verb::Completions(options) => completions::completions(&options),
        Verb::List(options) => list::list(&arguments.common, &options),
        Verb::Doctor(options) => doctor::doctor(&arguments.common, &options),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report().into(),
    }
}
