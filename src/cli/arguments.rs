//! What is typed.

use crate::report::Format;
use crate::report::probed::ProbeFormat;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::fmt;
use std::num::NonZeroU8;
use std::path::PathBuf;
use std::str::FromStr;

/// What every page of help ends with.
macro_rules! exit_codes {
    () => {
        "

Exit codes:
  0 kept   1 broken   2 wrong usage   3 inconclusive: nothing tested or proven   4 could not run"
    };
}

const EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart check                              the features of every contract at their fakes
  counterpart check --target staging             the same features at a deployment
  counterpart check --contract mlflow --url mlflow=http://127.0.0.1:5000
  counterpart check --format junit --output junit.xml --format console
  counterpart probe --target staging             which form of each credential opens there, beside the contract
  counterpart accept                             take the pending snapshots as accepted
  counterpart mutate                             would the features notice every drift of the contracts?
  counterpart consumer -- pytest tests           does the consumer keep its side? Its tests run at the fakes
  counterpart serve                              the fakes, to develop a consumer against
  counterpart proxy --target staging             judge what passes between a consumer and a deployment
  counterpart replay page.har                    do recorded exchanges keep the contracts?
  counterpart explain credential-unknown         what a code means
  counterpart explain --exchange page.har        what is wrong with recorded exchanges",
    exit_codes!()
);

/// Contract tests that name the drift: Gherkin features run at strict fakes and at real deployments.
#[derive(Debug, Parser)]
#[command(name = "counterpart", version, about, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Arguments {
    /// When to colour the output
    #[command(flatten)]
    pub color: colorchoice_clap::Color,
    /// Options of every verb
    #[command(flatten)]
    pub common: Common,
    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options of every verb.
#[derive(Debug, Args)]
pub struct Common {
    /// The project's folder [default: the nearest one upwards that holds counterpart.toml]
    #[arg(long, global = true, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Only this contract; may be repeated
    #[arg(long = "contract", global = true, value_name = "NAME")]
    pub contracts: Vec<String>,
    /// Print only what is wrong, and the summary
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print exchanges, retries and every duration too
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run the features, judge what went over the wire, report
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckOptions),
    /// Try every placement, form and signing variant of each credential; print what opens beside what the contract says
    #[command(after_help = PROBE_EXAMPLES)]
    Probe(ProbeOptions),
    /// Take the pending snapshots as the accepted ones
    #[command(after_help = ACCEPT_EXAMPLES)]
    Accept(AcceptOptions),
    /// Run the features against every drift of every contract, and print which they notice
    #[command(after_help = MUTATE_EXAMPLES)]
    Mutate(MutateOptions),
    /// Run a consumer's own test command against the fakes, and judge every request that it sends
    #[command(after_help = CONSUMER_EXAMPLES)]
    Consumer(ConsumerOptions),
    /// Let the fakes of the contracts answer until Ctrl-C: something to develop a consumer against
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeOptions),
    /// Stand between a consumer and a deployment, and judge what passes through
    #[command(after_help = PROXY_EXAMPLES)]
    Proxy(ProxyOptions),
    /// Judge recorded exchanges against the contracts, offline
    #[command(after_help = REPLAY_EXAMPLES)]
    Replay(ReplayOptions),
    /// Say what a code means, or name the drift of a recorded exchange
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainOptions),
}

const CHECK_EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart check
  counterpart check --tags '@incident and not @writes'
  counterpart check --target staging --format github
  counterpart check --url clip-embed=https://clip.example.com
  counterpart check --format json --output record.json --format console

A --output belongs to the --format before it; a format without one is printed.
docs/reports.md describes the formats, docs/codes.md the findings.",
    exit_codes!()
);

const PROBE_EXAMPLES: &str = concat!(
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

const ACCEPT_EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart accept
  counterpart accept --contract clip-embed embed-text

`cargo insta review` reads the same files.",
    exit_codes!()
);

const MUTATE_EXAMPLES: &str = concat!(
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

const EXPLAIN_EXAMPLES: &str = concat!(
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

const CONSUMER_EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart consumer -- pytest tests/contracts
  counterpart consumer --contract clip-embed -- npm test
  counterpart consumer --contract clip-embed --expect embedText --expect embedImage -- ./smoke.sh
  counterpart consumer --format junit --output junit.xml --format console -- cargo test

The fakes answer on free ports. The command finds them, and the secrets that are right, in the environment variables that
the contracts name. Broken: a request departs from its contract, or the command fails. Inconclusive: nothing was sent, or
an operation named with --expect was not called.",
    exit_codes!()
);

const SERVE_EXAMPLES: &str = "\
Examples:
  counterpart serve                              every contract, on ports from 4600 on
  counterpart serve --contract clip-embed --port clip-embed=8000
  counterpart serve --env-file .env.fakes        then, elsewhere: set -a; . ./.env.fakes; set +a
  counterpart serve --explain                    tells a finding in the header X-Counterpart-Finding, too
  curl -X PATCH http://127.0.0.1:4605/fakes/clip-embed -d '{\"answers\": \"unavailable\"}'

The control endpoint tells a fake what it knows and how it behaves: docs/serve.md.

Exit codes:
  0 stopped by Ctrl-C or SIGTERM   2 wrong usage   4 could not run";

const PROXY_EXAMPLES: &str = concat!(
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

const REPLAY_EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart replay page.har                    what a browser, a proxy or `counterpart proxy --record` wrote
  counterpart replay page.har --contract mlflow
  counterpart replay page.har --format junit --output junit.xml --format console

A key or signature can be judged where its secret is set in the variable that the contract names; ${NAME} in the file
stands for the secret of that name. `counterpart explain --exchange FILE` tells of each exchange by itself.",
    exit_codes!()
);

/// Options of `check`.
#[derive(Debug, Args)]
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
    /// console, json, junit or github; may be repeated
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

/// Options of `accept`.
#[derive(Debug, Args)]
pub struct AcceptOptions {
    /// Only snapshots of these names
    #[arg(value_name = "SNAPSHOT")]
    pub names: Vec<String>,
}

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
    /// console or json; may be repeated
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
    let format = text.parse::<Format>().ok().filter(|format| matches!(format, Format::Console | Format::Json));
    format.ok_or_else(|| "mutate writes console or json".to_owned())
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

/// Options of `consumer`.
#[derive(Debug, Args)]
pub struct ConsumerOptions {
    /// An operation that the consumer has to call; may be repeated
    #[arg(long = "expect", value_name = "OPERATION")]
    pub expected: Vec<String>,
    /// console, json, junit or github; may be repeated
    #[arg(long = "format", value_name = "FORMAT")]
    pub formats: Vec<Format>,
    /// Write the format before it to a file; may be repeated
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
    /// The consumer's test command with its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeOptions {
    /// The first port: each contract has one in turn, the control endpoint the next; 0 for free ones
    #[arg(long, value_name = "N", default_value_t = 4600)]
    pub port_base: u16,
    /// A contract's port, or that of `control`; may be repeated
    #[arg(long = "port", value_name = "CONTRACT=N")]
    pub ports: Vec<NamedPort>,
    /// Write the environment variables to set, secrets included, to this file
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Tell a finding in the response header X-Counterpart-Finding, too
    #[arg(long)]
    pub explain: bool,
}

/// A port with the contract that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPort {
    /// The contract, or `control`.
    pub name: String,
    /// The port; 0 for a free one.
    pub port: u16,
}

impl FromStr for NamedPort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let pair = text.split_once('=').and_then(|(name, port)| Some((name.to_owned(), port.parse().ok()?)));
        let (name, port) = pair.ok_or_else(|| "write a port as clip-embed=8000".to_owned())?;
        Ok(Self { name, port })
    }
}

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
    /// console, json, junit or github; may be repeated
    #[arg(long = "format", value_name = "FORMAT")]
    pub formats: Vec<Format>,
    /// Write the format before it to a file; may be repeated
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
}

/// Options of `replay`.
#[derive(Debug, Args)]
pub struct ReplayOptions {
    /// A HAR file, or the exchanges of a JSON report
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// console, json, junit or github; may be repeated
    #[arg(long = "format", value_name = "FORMAT")]
    pub formats: Vec<Format>,
    /// Write the format before it to a file; may be repeated
    #[arg(long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
}

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
