//! One run of `counterpart check` in the repository, with both reports that it wrote.

use super::sighting::Sighting;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::process::{Command, Stdio};

/// No secret: the contract itself says which key has expired.
const PUBLISHED: &str = "HOKUSAI_EXPIRED_KEY";

/// What came of a run.
pub struct Checked {
    /// The exit code.
    pub exit: i32,
    record: Value,
    said: String,
}

impl Checked {
    /// Runs `counterpart check` with these arguments, separated by spaces, and with the credentials in its environment.
    pub fn run(arguments: &str, credentials: &[(String, String)]) -> Self {
        let output = Command::new(env!("CARGO_BIN_EXE_counterpart"))
            .arg("check")
            .args(arguments.split_whitespace())
            .args(["--format", "json", "--format", "console", "--output", "/dev/stderr"])
            .current_dir(super::root())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(credentials.iter().cloned())
            .stdin(Stdio::null())
            .output()
            .expect("the binary runs");
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let record = serde_json::from_str(&stdout)
            .unwrap_or_else(|error| panic!("check {arguments} wrote no JSON: {error}\n{stderr}"));
        let said = format!("{stdout}\n{stderr}");
        let checked = Self { exit: output.status.code().expect("it was not killed"), record, said };
        checked.holds_no_secret(credentials);
        checked
    }

    /// Fails unless every one of these contracts, and nothing else, was checked and has that verdict.
    pub fn all_are(&self, verdict: &str, contracts: &[&str]) {
        let seen: Vec<(&str, &str)> = self.contracts().map(|one| (word(one, "name"), word(one, "verdict"))).collect();
        let wanted: Vec<(&str, &str)> = contracts.iter().map(|name| (*name, verdict)).collect();
        assert_eq!(seen, wanted, "\n{}", self.listed());
    }

    /// Whether a finding names the place of an incident.
    pub fn has_seen(&self, sighting: &Sighting) -> bool {
        self.findings().any(|(scenario, finding)| {
            let text =
                format!("{scenario}: expected {}, actual {}", word(finding, "expected"), word(finding, "actual"));
            word(finding, "code") == sighting.code
                && word(finding, "operation") == sighting.operation
                && word(finding, "location") == sighting.location
                && text.contains(sighting.words)
        })
    }

    /// The findings, one a line, for a message.
    pub fn listed(&self) -> String {
        let line = |text: String, (scenario, finding): (&str, &Value)| {
            let [code, operation, location, expected, actual] =
                ["code", "operation", "location", "expected", "actual"].map(|key| word(finding, key));
            text + &format!("  {code} {operation} {location} | {scenario}: expected {expected}, actual {actual}\n")
        };
        self.findings().fold(String::new(), line)
    }

    /// Code and sentence of the drift that explains most of the findings; the first of several.
    pub fn most_told(&self) -> Option<(String, String)> {
        let mut counts: Vec<((&str, &str), usize)> = Vec::new();
        for (_, finding) in self.findings().filter(|(_, finding)| !finding["drift"].is_null()) {
            let drift = (word(&finding["drift"], "code"), word(&finding["drift"], "sentence"));
            match counts.iter_mut().find(|(known, _)| *known == drift) {
                Some((_, count)) => *count += 1,
                None => counts.push((drift, 1)),
            }
        }
        let most = counts.iter().map(|(_, count)| *count).max()?;
        let ((code, sentence), _) = counts.into_iter().find(|(_, count)| *count == most)?;
        Some((code.to_owned(), sentence.to_owned()))
    }

    fn contracts(&self) -> impl Iterator<Item = &Value> {
        self.record["contracts"].as_array().into_iter().flatten()
    }

    fn findings(&self) -> impl Iterator<Item = (&str, &Value)> {
        let scenarios = self.contracts().flat_map(|contract| contract["scenarios"].as_array().into_iter().flatten());
        scenarios.flat_map(|scenario| {
            let findings = scenario["findings"].as_array().into_iter().flatten();
            findings.map(|finding| (word(scenario, "name"), finding))
        })
    }

    /// The secrets are canaries: none may leave the run, in no form that a tool gives it.
    fn holds_no_secret(&self, credentials: &[(String, String)]) {
        for (name, value) in credentials.iter().filter(|(name, _)| name != PUBLISHED) {
            for (form, text) in forms(value) {
                assert!(!self.said.contains(&text), "the {form} form of {name} is in the output");
            }
        }
    }
}

fn forms(secret: &str) -> [(&'static str, String); 5] {
    let every_byte = secret.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
    [
        ("plain", secret.to_owned()),
        ("base64", STANDARD_NO_PAD.encode(secret)),
        ("base64url", URL_SAFE_NO_PAD.encode(secret)),
        ("URL-encoded", utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string()),
        ("wholly URL-encoded", every_byte),
    ]
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
