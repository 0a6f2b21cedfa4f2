//! What is another command here than the one that is shown, each with its reason. One that matches nothing fails the test.

use regex::Regex;
use std::collections::BTreeSet;
use std::sync::Mutex;

/// What a command that is shown becomes: pattern, replacement, reason.
type Rewriting = (&'static str, &'static str, &'static str);
/// The exit code of a command that is shown: pattern, code, reason.
type Exit = (&'static str, i32, &'static str);
/// What is not run: pattern, reason.
type Left = (&'static str, &'static str);

const LEFT: &[Left] = &[
    (r"^cargo test$", "it is what runs"),
    (r"^cargo install ", "it builds for minutes, of what the network has"),
    (r"^cargo build$", "it is what runs"),
    (r"cargo build --release", "it builds for minutes"),
    (r"^(cargo fmt|cargo clippy) ", ".ci/run runs it"),
    (r"^\.ci/run$", "it runs this test"),
];

const REWRITTEN: &[Rewriting] = &[
    (r"^cargo run -- ", "counterpart ", "cargo has built it, and waits for itself"),
    (
        r"^(?:COUNTERPART_BLESS=1 )?cargo test(?: --test it)? ([a-z]+)$",
        "tests $1",
        "it is what runs: are there such tests?",
    ),
    // What a page leaves to its reader.
    (r"\[(--.*?)…?\]", "$1", "it may be left out"),
    (r"--target NAME", "--target staging", "the reader's target"),
    (r"--format FORMAT", "--format console", "the reader's format"),
    (r"console\|json", "json", "one of several"),
    (r" CODE$", " credential-unknown", "a code of the reader's"),
    (r"-- COMMAND$", "-- pytest tests", "the reader's command"),
    (r" --output FILE$", " --output report.txt", "a file of the reader's"),
    (r" OPERATION$", " embedText", "an operation of the reader's"),
    (r" REV$", " HEAD", "a revision of the reader's"),
    (r"origin/main", "HEAD", "a branch that others have"),
    (r" DIR$", " new", "a folder of the reader's"),
    (r"http://(127.0.0.1|localhost):8000", "{{greeter}}", "a service of the reader's"),
    (r"^counterpart init( --from|$)", "cd $(mktemp -d -p .) && cp ../openapi.yaml . && $0", "where no project is"),
    (r" FILE$", " page.har", "a file of the reader's"),
    // Where a provider is that is not there.
    (r"https://auth.staging.example.com", "{{auth-validate}}", "a name that leads nowhere"),
    (r"https://clip.example.com", "{{clip-embed}}", "a name that leads nowhere"),
    (r"http://127.0.0.1:5000", "{{mlflow}}", "a server that the reader has"),
    (r"http://127.0.0.1:4605", "{{control}}", "a port that others have, too"),
    (r"^counterpart serve", "counterpart serve --port-base 0", "ports that others have, too"),
    (
        r"--port-base 9000 --record seen.har",
        "--port-base 0 --record seen-again.har",
        "ports that others have, too, and a file that another command writes",
    ),
    (r"(--port [a-z-]+)=[0-9]+", "$1=0", "a port that others have, too"),
    (r"^curl ", "curl -sS --fail ", "a refusal is no success"),
    (
        r"^counterpart proxy --record$",
        "counterpart proxy --target staging --record named.har",
        "called by its option alone",
    ),
    (
        r"^counterpart (check|mutate|probe)( --target| --format| --diagnose| --tags| --shard| --kind| --fail-under| --list|$)",
        "counterpart $1 --contract auth-validate$2",
        "the five contracts take long",
    ),
    (r"--kind signature -v", "--kind signature-part -v", "all kinds take long"),
    (r"(check .*--url mlflow=.*[0-9])$", "$1 --tags 'not @derived'", "several hundred scenarios take long"),
    (r"^counterpart accept$", "counterpart accept --contract auth-validate", "the pending shape is for the next"),
    (
        r"^counterpart accept --contract clip-embed embed-text",
        "cp snapshots/clip-embed/embed-text.snap snapshots/clip-embed/embed-text.snap.new; $0",
        "a shape has to be pending",
    ),
];

const EXITS: &[Exit] = &[
    (r"^counterpart proxy ", 3, "no request comes"),
    (r"^counterpart explain --exchange record.json", 3, "a record in which all is kept holds no exchange"),
];

/// What the guide's reader types and the test does not: the service is there, as `greeter`.
const LEFT_OF_GUIDE: [&str; 2] = ["python3 -m venv ", ".venv/bin/"];

/// Whether a command of the guide is left out.
pub fn of_guide(command: &str) -> bool {
    LEFT_OF_GUIDE.iter().any(|start| command.starts_with(start))
}

/// The exceptions, and which of them matched something.
#[derive(Default)]
pub struct Exceptions {
    used: Mutex<BTreeSet<&'static str>>,
}

impl Exceptions {
    fn is_match(&self, pattern: &'static str, command: &str) -> bool {
        let is_match = Regex::new(pattern).expect("the pattern is right").is_match(command);
        if is_match {
            self.used.lock().expect("nobody panicked").insert(pattern);
        }
        is_match
    }

    /// Whether a command is left out.
    pub fn leave(&self, command: &str) -> bool {
        LEFT.iter().any(|(pattern, _)| self.is_match(pattern, command))
    }

    /// What a command becomes here. `url` gives the base URL of a contract's provider for `{CONTRACT}`.
    pub fn rewritten(&self, command: &str, url: impl Fn(&str) -> String) -> String {
        REWRITTEN.iter().fold(command.to_owned(), |command, (pattern, replacement, _)| {
            if !self.is_match(pattern, &command) {
                return command;
            }
            let place = Regex::new(r"\{\{([a-z-]+)\}\}").expect("the pattern is right");
            let replacement = place.replace_all(replacement, |found: &regex::Captures<'_>| url(&found[1]));
            Regex::new(pattern).expect("the pattern is right").replace_all(&command, replacement.as_ref()).into_owned()
        })
    }

    /// The exit code that a command has to end with.
    pub fn exit(&self, command: &str) -> i32 {
        let exits = EXITS.iter().find(|(pattern, ..)| self.is_match(pattern, command));
        exits.map_or(0, |(_, code, _)| *code)
    }

    /// Those that matched nothing.
    pub fn unused(&self) -> Vec<&'static str> {
        let used = self.used.lock().expect("nobody panicked");
        let all = LEFT.iter().map(|left| left.0).chain(REWRITTEN.iter().map(|rewriting| rewriting.0));
        all.chain(EXITS.iter().map(|exit| exit.0)).filter(|pattern| !used.contains(pattern)).collect()
    }
}
