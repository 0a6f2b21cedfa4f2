//! Workflow files as GitHub reads them: values, expressions, and steps that run in order with the files that a runner gives them.

use crate::project::root;
use counterpart::contract::document::Document;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A YAML file of the repository.
#[track_caller]
pub fn yaml(path: &str) -> Value {
    let text = std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    Document::parse(path, &text).unwrap_or_else(|problem| panic!("{path}: {problem:?}")).value
}

/// A text of a value, or an empty one.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The fields of a value as texts.
pub fn texts(value: &Value) -> Vec<(String, String)> {
    let fields = value.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

/// A run of `action.yml` on a machine that exists for one test.
#[must_use]
pub struct Action {
    machine: TempDir,
    inputs: BTreeMap<String, String>,
    variables: Vec<(String, String)>,
    first_on_path: PathBuf,
}

/// What a run of the action left.
pub struct Acted {
    /// The exit code of the step that ended it.
    pub exit: i32,
    /// What the steps printed: GitHub reads commands in it.
    pub log: String,
    /// The page of the steps.
    pub page: String,
    /// The action's outputs.
    pub outputs: BTreeMap<String, String>,
    /// The actions that it used, each with its options.
    pub used: Vec<(String, BTreeMap<String, String>)>,
    /// What it added to `PATH`.
    pub path: String,
    /// Holds the reports until the test has read them.
    _machine: TempDir,
}

impl Acted {
    /// A report, or an empty text where there is none.
    pub fn report(&self, name: &str) -> String {
        std::fs::read_to_string(Path::new(&self.outputs["reports"]).join(name)).unwrap_or_default()
    }
}

impl Action {
    /// The action with its default inputs; the binary is on `PATH`.
    pub fn new() -> Self {
        let action = yaml("action.yml");
        let declared = action["inputs"].as_object().expect("the action has inputs");
        let inputs = declared.iter().map(|(name, input)| (name.clone(), text(input, "default").to_owned())).collect();
        let binary = Path::new(env!("CARGO_BIN_EXE_counterpart"));
        let action = Self {
            machine: TempDir::new().expect("a temporary folder can be made"),
            inputs,
            variables: Vec::new(),
            first_on_path: binary.parent().expect("it is in a folder").to_owned(),
        };
        action.with("install", "none")
    }

    /// With an input that the action declares.
    #[track_caller]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        assert!(self.inputs.contains_key(name), "action.yml has no input {name}");
        self.inputs.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With an environment variable of the workflow.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With other programs before the machine's own.
    pub fn programs(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.first_on_path);
        self
    }

    /// Runs the steps of the action in a folder that holds what was checked out.
    pub fn run(self, workspace: &Path) -> Acted {
        let action = yaml("action.yml");
        let mut known: BTreeMap<String, String> =
            self.inputs.iter().map(|(name, value)| (format!("inputs.{name}"), value.clone())).collect();
        known.extend([("runner.os".to_owned(), "Linux".to_owned()), ("runner.arch".to_owned(), "X64".to_owned())]);
        let (mut exit, mut log, mut used) = (0, String::new(), Vec::new());
        for step in action["runs"]["steps"].as_array().expect("the action has steps") {
            if exit != 0 || !is_so(text(step, "if"), &known) {
                continue;
            }
            if step["uses"].is_string() {
                let options = texts(&step["with"]).into_iter().map(|(name, value)| (name, filled(&value, &known)));
                used.push((text(step, "uses").to_owned(), options.collect()));
                continue;
            }
            let variables = texts(&step["env"]).into_iter().map(|(name, value)| (name, filled(&value, &known)));
            let (code, said) = self.step(text(step, "run"), variables, workspace);
            (exit, log) = (code, log + &said);
            for line in self.written("output").lines() {
                let (name, value) = line.split_once('=').expect("an output has a name and a value");
                known.insert(format!("steps.{}.outputs.{name}", text(step, "id")), value.to_owned());
            }
        }
        let outputs = action["outputs"].as_object().expect("the action has outputs").iter();
        let outputs = outputs.map(|(name, output)| (name.clone(), filled(text(output, "value"), &known))).collect();
        let (page, path) = (self.written("page"), self.written("path"));
        Acted { exit, log, page, outputs, used, path, _machine: self.machine }
    }

    fn written(&self, name: &str) -> String {
        std::fs::read_to_string(self.machine.path().join(name)).unwrap_or_default()
    }

    /// Runs a script as a runner does with `shell: bash`.
    fn step(&self, script: &str, variables: impl Iterator<Item = (String, String)>, workspace: &Path) -> (i32, String) {
        let at = |name: &str| self.machine.path().join(name);
        std::fs::write(at("script"), script).expect("a script can be written");
        std::fs::write(at("output"), "").expect("a file can be written");
        let path = std::env::var("PATH").expect("there is a PATH");
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(at("script"))
            .current_dir(workspace)
            .env_clear()
            .env("PATH", format!("{}:{path}", self.first_on_path.display()))
            .envs(["CI", "GITHUB_ACTIONS"].map(|name| (name, "true")))
            .env("GITHUB_WORKSPACE", workspace)
            .env("GITHUB_ACTION_PATH", root())
            .env("RUNNER_TEMP", self.machine.path())
            .env("GITHUB_OUTPUT", at("output"))
            .env("GITHUB_PATH", at("path"))
            .env("GITHUB_STEP_SUMMARY", at("page"))
            .envs(self.variables.iter().cloned())
            .envs(variables)
            .stdin(Stdio::null())
            .output()
            .expect("bash runs");
        let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        (output.status.code().expect("it was not killed"), out + &err)
    }
}

/// A text with the values of its expressions, which are names.
fn filled(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("${{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").expect("an expression ends");
        filled += value(name.trim(), known);
        filled += rest;
    }
    filled
}

/// The value of a name; an output of a step that did not run is empty.
fn value<'a>(name: &str, known: &'a BTreeMap<String, String>) -> &'a str {
    let found = known.get(name).map(String::as_str);
    found.or(name.starts_with("steps.").then_some("")).unwrap_or_else(|| panic!("the action says {name}: what is it?"))
}

/// Whether a condition holds: comparisons with texts, joined by `&&`.
fn is_so(condition: &str, known: &BTreeMap<String, String>) -> bool {
    condition.split(" && ").filter(|part| !part.is_empty()).all(|part| {
        let is = |(name, wanted): (&str, &str)| value(name.trim(), known) == wanted.trim().trim_matches('\'');
        let equal = part.split_once("==").map(is);
        equal.or_else(|| part.split_once("!=").map(|sides| !is(sides))).expect("a condition is a comparison")
    })
}
