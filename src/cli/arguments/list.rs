//! The options of `list`.

use clap::{Args, ValueEnum};

/// What its page of help ends with.
pub const EXAMPLES: &str = "\
Examples:
  counterpart list
  counterpart list operations --contract clip-embed
  counterpart list scenarios --tags '@incident and not @derived'
  counterpart list steps | grep -i header
  counterpart list scenarios --format json | jq -r '.scenarios[] | \"\\(.file):\\(.line) \\(.name)\"'
  counterpart list steps --format glue > features/steps.js     what editors complete steps from

In a pipe the fields of a line are parted by tabs. docs/list.md describes the fields, docs/editors.md the glue.

Exit codes:
  0 it is listed   2 wrong usage   4 the project cannot be read";

/// Options of `list`.
#[derive(Debug, Args)]
pub struct ListOptions {
    /// What to list [default: how much there is of each]
    #[arg(value_enum, value_name = "WHAT")]
    pub what: Option<What>,
    /// Only scenarios of this tag expression, such as '@incident and not @derived'
    #[arg(long, value_name = "EXPRESSION")]
    pub tags: Option<String>,
    /// console, json or, for steps, glue: a file from which the Cucumber language server completes steps
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ListForm::Console, hide_possible_values = true)]
    pub format: ListForm,
}

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Contracts with their parties
    Contracts,
    /// Operations with what opens them
    Operations,
    /// Scenarios with file and line
    Scenarios,
    /// Targets with their URLs
    Targets,
    /// The steps that features are written in
    Steps,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListForm {
    /// A line an item.
    Console,
    /// For programs.
    Json,
    /// For editors.
    Glue,
}
