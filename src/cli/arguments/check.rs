//! The options of `check`.

use crate::report::Format;
use clap::Args;
use std::path::PathBuf;

/// What its page of help ends with.
pub const EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart check
  counterpart check --tags '@incident and not @writes'
  counterpart check --target staging --format github
  counterpart check --url clip-embed=https://clip.example.com
  counterpart check --changed-since origin/main
  counterpart check --format json --output record.json --format console

A --output belongs to the --format before it; a format without one is printed.
Where no contract changed since REV there is nothing to check: it says so, and exits 0.
docs/reports.md describes the formats, docs/codes.md the findings.",
    exit_codes!()
);

/// Options of `check`.
#[derive(Debug, Default, Args)]
pub struct CheckOptions {
    /// Where to run the features: a target of counterpart.toml [default: the fakes]
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Run a contract at this base URL; may be repeated. Only the contracts named run, unless --contract says more
    #[arg(long = "url", value_name = "CONTRACT=URL")]
    pub urls: Vec<String>,
    /// Only scenarios of this tag expression, such as '@incident and not @writes'
    #[arg(long, value_name = "EXPRESSION")]
    pub tags: Option<String>,
    /// Only contracts of which a file changed since this git revision: the contract's own, a feature, a snapshot
    #[arg(long, value_name = "REV")]
    pub changed_since: Option<String>,
    /// console, json, junit, markdown or github; may be repeated
    #[arg(long = "format", value_name = "FORMAT")]
    pub formats: Vec<Format>,
    /// Write the format before it to a file; may be repeated
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
    /// Where something is wrong at a deployment, ask it with further requests which drift explains it
    #[arg(long)]
    pub diagnose: bool,
    /// Run scenarios tagged @writes at a --url too
    #[arg(long)]
    pub allow_writes: bool,
}
