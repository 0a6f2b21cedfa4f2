//! The options of `proxy`.

use crate::cli::arguments::port::NamedPort;
use crate::report::Format;
use clap::Args;
use std::path::PathBuf;

/// What its page of help ends with.
pub const EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart proxy --target staging             a URL for each contract there; ctrl-c ends it and prints the report
  counterpart proxy --url mlflow=http://127.0.0.1:5000 --port mlflow=8500
  counterpart proxy --target staging --port-base 9000 --record seen.har --quiet
  counterpart proxy --target staging --contract mlflow --fail-fast --format junit --output junit.xml --format console

What passes is left as it is, byte for byte; both sides are judged when an exchange is over. `counterpart replay` judges
a --record again. docs/proxy.md tells more.",
    exit_codes!()
);

/// Options of `proxy`.
#[derive(Debug, Args)]
pub struct ProxyOptions {
    /// The deployments to stand before: a target of counterpart.toml
    #[arg(long, value_name = "NAME", required_unless_present = "urls")]
    pub target: Option<String>,
    /// Stand before this base URL of a contract; may be repeated. Only the contracts named, unless --contract says more
    #[arg(long = "url", value_name = "CONTRACT=URL")]
    pub urls: Vec<String>,
    /// The first port: each contract has one in turn; 0 for free ones
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port_base: u16,
    /// A contract's port; may be repeated
    #[arg(long = "port", value_name = "CONTRACT=N")]
    pub ports: Vec<NamedPort>,
    /// Write everything that passes to a HAR file, with keys masked
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// End at the first exchange that breaks a contract
    #[arg(long)]
    pub fail_fast: bool,
    /// Trust the certificates of this PEM file [default: those that the system trusts]
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// console, json, junit, markdown or github; may be repeated
    #[arg(long = "format", value_name = "FORMAT")]
    pub formats: Vec<Format>,
    /// Write the format before it to a file; may be repeated
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
}
