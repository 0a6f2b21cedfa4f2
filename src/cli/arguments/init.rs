//! The options of `init`.

use clap::Args;
use std::path::PathBuf;

/// What its page of help ends with.
pub const EXAMPLES: &str = "\
Examples:
  counterpart init                               a small project in this folder, whose contract is kept at once
  counterpart init pact                          the same in the folder pact
  counterpart init --from openapi.yaml           a contract from an OpenAPI document, with its features
  counterpart init --from http://127.0.0.1:8000/openapi.json --contract shop
                                                 from what a FastAPI service publishes, under a name of yours

In a project, --from adds the contract beside the others. Nothing that is there is overwritten: where a file or folder
is in the way, it is named, and nothing is written.

Exit codes:
  0 written   2 wrong usage, or something is in the way   4 could not read the document or write the files";

/// Options of `init`.
#[derive(Debug, Args)]
pub struct InitOptions {
    /// The folder of the project [default: this one; with --from, the project that this one belongs to]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// Make a contract of this OpenAPI document, YAML or JSON, 3.0 or 3.1
    #[arg(long, value_name = "FILE_OR_URL")]
    pub from: Option<String>,
    /// Take the first shapes as accepted, without a look at them
    #[arg(long, requires = "from")]
    pub accept: bool,
}
