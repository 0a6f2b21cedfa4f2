//! What is typed.

// What every page of help ends with.
macro_rules! exit_codes {
    () => {
        "

Exit codes:
  0 kept   1 broken   2 wrong usage   3 inconclusive: nothing tested or proven   4 could not run"
    };
}

pub mod accept;
pub mod check;
pub mod completions;
pub mod consumer;
pub mod docs;
pub mod doctor;
pub mod explain;
pub mod init;
pub mod form;
pub mod list;
pub mod mutate;
pub mod port;
pub mod probe;
pub mod proxy;
pub mod replay;
pub mod serve;
pub mod snippet;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

const EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart init --from openapi.yaml           a contract with its features from an OpenAPI document
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
  counterpart snippet embedText                  code that calls an operation, to copy
  counterpart docs --record record.json          the living documentation, with the last verdicts
  counterpart explain credential-unknown         what a code means
  counterpart explain --exchange page.har        what is wrong with recorded exchanges
  counterpart doctor                             is all there that a run needs? Secrets, deployments, clocks
  counterpart list scenarios                     what there is: contracts, operations, scenarios, targets, steps",
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
    /// Write a project that runs at once, or a contract with its features from an OpenAPI document
    #[command(after_help = init::EXAMPLES)]
    Init(init::InitOptions),
    /// Run the features, judge what went over the wire, report
    #[command(after_help = check::EXAMPLES)]
    Check(check::CheckOptions),
    /// Try every placement, form and signing variant of each credential; print what opens beside what the contract says
    #[command(after_help = probe::EXAMPLES)]
    Probe(probe::ProbeOptions),
    /// Take the pending snapshots as the accepted ones
    #[command(after_help = accept::EXAMPLES)]
    Accept(accept::AcceptOptions),
    /// Run the features against every drift of every contract, and print which they notice
    #[command(after_help = mutate::EXAMPLES)]
    Mutate(mutate::MutateOptions),
    /// Run a consumer's own test command against the fakes, and judge every request that it sends
    #[command(after_help = consumer::EXAMPLES)]
    Consumer(consumer::ConsumerOptions),
    /// Let the fakes of the contracts answer until Ctrl-C: something to develop a consumer against
    #[command(after_help = serve::EXAMPLES)]
    Serve(serve::ServeOptions),
    /// Stand between a consumer and a deployment, and judge what passes through
    #[command(after_help = proxy::EXAMPLES)]
    Proxy(proxy::ProxyOptions),
    /// Judge recorded exchanges against the contracts, offline
    #[command(after_help = replay::EXAMPLES)]
    Replay(replay::ReplayOptions),
    /// Print code that calls an operation, to copy: with curl, in Python or in Rust
    #[command(after_help = snippet::EXAMPLES)]
    Snippet(snippet::SnippetOptions),
    /// Write the living documentation: a static site of the contracts, the features and what past runs showed
    #[command(after_help = docs::EXAMPLES)]
    Docs(docs::DocsOptions),
    /// Say what a code means, or name the drift of a recorded exchange
    #[command(after_help = explain::EXAMPLES)]
    Explain(explain::ExplainOptions),
    /// Look at what a run needs: contracts, secrets, deployments, clocks; say what is wrong and what to do
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(doctor::DoctorOptions),
    /// List contracts, operations, scenarios, targets or steps
    #[command(after_help = list::EXAMPLES)]
    List(list::ListOptions),
    /// Print the script by which a shell completes verbs and options
    #[command(after_help = completions::EXAMPLES)]
    Completions(completions::CompletionsOptions),
}
