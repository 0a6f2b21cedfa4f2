//! The options of `explain`.

use crate::report::Format;
use clap::Args;
use std::path::PathBuf;

/// What its page of help ends with.
pub const EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart explain                            all codes
  counterpart explain credential-unknown         what a code means
  counterpart explain --exchange page.har        every exchange that a browser or a proxy recorded
  counterpart explain --exchange record.json     the exchanges of `check --format json`
  counterpart explain --exchange entry.json --contract clip-embed --format json

A signature can be explained where its secret is set in the variable that the contract names;
${NAME} in the file stands for the secret of that name.",
    exit_codes!()
);

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainOptions {
    /// The code of a finding or of a drift [default: all are listed]
    #[arg(value_name = "CODE", conflicts_with = "exchange")]
    pub code: Option<String>,
    /// A HAR file, an entry of one, an exchange of the JSON report, or a whole report
    #[arg(long, value_name = "FILE")]
    pub exchange: Option<PathBuf>,
    /// console or json
    #[arg(long, value_name = "FORMAT", requires = "exchange")]
    pub format: Option<Format>,
}
