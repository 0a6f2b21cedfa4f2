//! The options of `doctor`.

use crate::cli::arguments::form::Form;
use clap::Args;

/// What its page of help ends with.
pub const EXAMPLES: &str = "\
Examples:
  counterpart doctor
  counterpart doctor --target staging --quiet
  counterpart doctor --format json | jq -r '.lines[] | select(.mark == \"wrong\") | .says'

A deployment is asked a GET of the contract, or OPTIONS where there is none, without a credential.
docs/doctor.md describes every line.

Exit codes:
  0 nothing is wrong   1 something is   2 wrong usage   4 the project cannot be read";

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorOptions {
    /// A target of counterpart.toml; may be repeated [default: all of them]
    #[arg(long = "target", value_name = "NAME")]
    pub targets: Vec<String>,
    /// console or json
    #[arg(long, value_name = "FORMAT", default_value_t = Form::Console)]
    pub format: Form,
}
