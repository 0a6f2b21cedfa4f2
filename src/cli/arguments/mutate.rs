//! The options of `mutate`.

use crate::report::Format;
use clap::Args;
use std::fmt;
use std::num::NonZeroU8;
use std::path::PathBuf;
use std::str::FromStr;

/// What its page of help ends with.
pub const EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart mutate
  counterpart mutate --contract clip-embed --kind signature -v
  counterpart mutate --kind credential-also-accepted --list
  counterpart mutate --shard 1/4 --format json --output mutation.json

A fake plays each drift of each contract; the contract's scenarios run until one notices. What none notices is a hole in
the features. The contract's [equivalent] lists the drifts that nobody can see.",
    exit_codes!()
);

/// Options of `mutate`.
#[derive(Debug, Args)]
pub struct MutateOptions {
    /// Only drifts whose code is this or begins with it, such as credential or signature-replay; may be repeated
    #[arg(long = "kind", value_name = "CODE")]
    pub kinds: Vec<String>,
    /// Only scenarios of this tag expression, such as '@incident and not @writes'
    #[arg(long, value_name = "EXPRESSION")]
    pub tags: Option<String>,
    /// How many threads work [default: one a core]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroU8>,
    /// The lowest score that is high enough; equivalent mutants do not count
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub fail_under: u8,
    /// Only every N-th mutant, beginning with the I-th: with 1/2 and 2/2 two machines share the work
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// console, json, markdown or github; may be repeated
    #[arg(long = "format", value_name = "FORMAT", value_parser = score_format)]
    pub formats: Vec<Format>,
    /// Write the format before it to a file; may be repeated
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
    /// Print the mutants without trying them
    #[arg(long, conflicts_with_all = ["formats", "outputs"])]
    pub list: bool,
}

fn score_format(text: &str) -> Result<Format, String> {
    let format = text.parse::<Format>().ok().filter(|format| *format != Format::Junit);
    format.ok_or_else(|| "mutate writes console, json, markdown or github".to_owned())
}

/// A part of the mutants: every `count`-th, beginning with the `first`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    first: usize,
    count: usize,
}

impl Shard {
    /// Whether it holds the mutant at that index.
    pub fn holds(self, index: usize) -> bool {
        index % self.count == self.first - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once('/').and_then(|(first, count)| Some((first.parse().ok()?, count.parse().ok()?)));
        match numbers {
            Some((first, count)) if (1..=count).contains(&first) => Ok(Self { first, count }),
            _ => Err("write a shard as 1/4: the first of four".to_owned()),
        }
    }
}
