//! The options of `probe`.

use crate::report::probed::ProbeFormat;
use clap::Args;
use std::path::PathBuf;

/// What its page of help ends with.
pub const EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart probe --target staging             every credential of every contract there
  counterpart probe --target staging --contract auth-validate --quiet
  counterpart probe --url clip-embed=https://clip.example.com --operation embedText
  counterpart probe --target staging --format markdown --output matrix.md --format console
  counterpart probe                              the fakes: all agree

Only the right secret tells where it opens, so it is sent in every form; never in a query or path, which are logged by
design, unless the contract places it there or --allow-query is given. docs/probe.md describes the matrix.",
    exit_codes!()
);

/// Options of `probe`.
#[derive(Debug, Args)]
pub struct ProbeOptions {
    /// What to probe: a target of counterpart.toml [default: the fakes]
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Probe a contract at this base URL; may be repeated. Only the contracts named, unless --contract says more
    #[arg(long = "url", value_name = "CONTRACT=URL")]
    pub urls: Vec<String>,
    /// Call this operation, even if it writes [default: for each credential one that does not]
    #[arg(long, value_name = "NAME", conflicts_with = "all_operations")]
    pub operation: Option<String>,
    /// Call every operation that does not write, or every one where the target says `writes = true`
    #[arg(long)]
    pub all_operations: bool,
    /// The most forms that are sent for a contract
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub most: usize,
    /// Send the secret in the query too, where it is logged by design
    #[arg(long)]
    pub allow_query: bool,
    /// console, json or markdown; may be repeated
    #[arg(long = "format", value_name = "FORMAT")]
    pub formats: Vec<ProbeFormat>,
    /// Write the format before it to a file; may be repeated
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
}
