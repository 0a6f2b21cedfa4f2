//! The options of `consumer`.

use crate::report::Format;
use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

/// What its page of help ends with.
pub const EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart consumer -- pytest tests/contracts
  counterpart consumer --contract clip-embed -- npm test
  counterpart consumer --contract clip-embed --expect embedText --expect embedImage -- ./smoke.sh
  counterpart consumer --format junit --output junit.xml --format console -- cargo test

The fakes answer on free ports. The command finds them, and the secrets that are right, in the environment variables that
the contracts name. Broken: a request departs from its contract, or the command fails. Inconclusive: nothing was sent, or
an operation named with --expect was not called.",
    exit_codes!()
);

/// Options of `consumer`.
#[derive(Debug, Args)]
pub struct ConsumerOptions {
    /// An operation that the consumer has to call; may be repeated
    #[arg(long = "expect", value_name = "OPERATION")]
    pub expected: Vec<String>,
    /// console, json, junit, markdown or github; may be repeated
    #[arg(long = "format", value_name = "FORMAT")]
    pub formats: Vec<Format>,
    /// Write the format before it to a file; may be repeated
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
    /// The consumer's test command with its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}
