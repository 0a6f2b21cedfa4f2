//! The options of `replay`.

use crate::report::Format;
use clap::Args;
use std::path::PathBuf;

/// What its page of help ends with.
pub const EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart replay page.har                    what a browser, a proxy or `counterpart proxy --record` wrote
  counterpart replay page.har --contract mlflow
  counterpart replay page.har --format junit --output junit.xml --format console

A key or signature can be judged where its secret is set in the variable that the contract names; ${NAME} in the file
stands for the secret of that name. `counterpart explain --exchange FILE` tells of each exchange by itself.",
    exit_codes!()
);

/// Options of `replay`.
#[derive(Debug, Args)]
pub struct ReplayOptions {
    /// A HAR file, or the exchanges of a JSON report
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// console, json, junit, markdown or github; may be repeated
    #[arg(long = "format", value_name = "FORMAT")]
    pub formats: Vec<Format>,
    /// Write the format before it to a file; may be repeated
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
}
