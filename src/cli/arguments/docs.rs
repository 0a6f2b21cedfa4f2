//! The options of `docs`.

use clap::Args;
use std::path::PathBuf;

/// What its page of help ends with.
pub const EXAMPLES: &str = "\
Examples:
  counterpart docs                               the site in site/: open site/index.html, no server is needed
  counterpart docs --output public --record fake.json --record staging.json --record mutation.json

A record is what check, consumer, proxy, replay or mutate wrote with `--format json --output FILE`. Of several records of one
contract at one target the last one counts. docs/documentation.md tells what stands on each page.

Exit codes:
  0 written   2 wrong usage   4 could not read a contract, a feature or a record, or not write";

/// Options of `docs`.
#[derive(Debug, Args)]
pub struct DocsOptions {
    /// The folder to write the site to; it is made where it is not there
    #[arg(long, value_name = "DIR", default_value = "site")]
    pub output: PathBuf,
    /// What a past run wrote with `--format json`; may be repeated
    #[arg(long = "record", value_name = "FILE")]
    pub records: Vec<PathBuf>,
    /// What the site is called
    #[arg(long, value_name = "TEXT", default_value = "Service contracts")]
    pub title: String,
}
