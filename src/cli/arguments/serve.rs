//! The options of `serve`.

use crate::cli::arguments::port::NamedPort;
use clap::Args;
use std::path::PathBuf;

/// What its page of help ends with.
pub const EXAMPLES: &str = "\
Examples:
  counterpart serve                              every contract, on ports from 4600 on
  counterpart serve --contract clip-embed --port clip-embed=8000
  counterpart serve --env-file .env.fakes        then, elsewhere: set -a; . ./.env.fakes; set +a
  counterpart serve --explain                    tells a finding in the header X-Counterpart-Finding, too
  curl -X PATCH http://127.0.0.1:4605/fakes/clip-embed -d '{\"answers\": \"unavailable\"}'

The control endpoint tells a fake what it knows and how it behaves: docs/serve.md.

Exit codes:
  0 stopped by Ctrl-C or SIGTERM   2 wrong usage   4 could not run";

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeOptions {
    /// The first port: each contract has one in turn, the control endpoint the next; 0 for free ones
    #[arg(long, value_name = "N", default_value_t = 4600)]
    pub port_base: u16,
    /// A contract's port, or that of `control`; may be repeated
    #[arg(long = "port", value_name = "CONTRACT=N")]
    pub ports: Vec<NamedPort>,
    /// Write the environment variables to set, secrets included, to this file
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Tell a finding in the response header X-Counterpart-Finding, too
    #[arg(long)]
    pub explain: bool,
}
