//! The fakes of a project as `counterpart serve` lets them stand, and snippets that call every operation there, as a reader
//! runs them: with the variables that `--env-file` writes. `tests/live` has this file too.

use counterpart::contract::Contract;
use counterpart::contract::operation::Operation;
use counterpart::name::{CredentialName, OperationId};
use counterpart::project::Project;
use counterpart::snippet::{self, Language, Snippet, situation};
use serde_json::json;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// The projects whose operations are called, relative to the repository.
pub const PROJECTS: [&str; 6] = [
    ".",
    "tests/cases/six-schemes",
    "tests/projects/control",
    "tests/projects/odd-calls",
    "tests/projects/pets",
    "tests/projects/schemes",
];

/// The model of MLflow's examples.
const MODEL: &str = "lead-scorer";

/// One call of an operation.
pub struct Called {
    /// Which, as a name that is its own: `mlflow getRun with [bearerKey]`.
    pub label: String,
    /// The operation.
    pub operation: Operation,
    /// What makes it.
    pub snippet: Snippet,
}

/// The calls of every operation with each of the sets of credentials that open it.
pub fn calls(contract: &Contract, language: Language) -> Vec<Called> {
    let mut calls = Vec::new();
    for operation in contract.operations.values() {
        for alternative in snippet::alternatives(contract, &operation.id).expect("the operation is the contract's") {
            let names: Vec<&str> = alternative.credentials.iter().map(CredentialName::as_str).collect();
            let label = format!("{} {} with [{}]", contract.name, operation.id, names.join(", "));
            let snippets = alternative.snippets.unwrap_or_else(|why| panic!("{label}: {why}"));
            let snippet = snippets.into_iter().find(|one| one.language == language).expect("there is one in each");
            calls.push(Called { label, operation: operation.clone(), snippet });
        }
    }
    calls
}

/// Every operation of every project opens as its snippets call it, and the judge of the fakes has nothing to say.
pub fn all_open(language: Language, command: &dyn Fn(&Called) -> String) {
    for project in PROJECTS {
        let fakes = Fakes::of(project);
        let (mut wrong, mut count) = (String::new(), 0);
        for contract in &fakes.contracts {
            for call in calls(contract, language) {
                fakes.begin_anew(contract, &call.operation.id);
                let outcome = fakes.run(contract, "", &command(&call), &call.snippet.text);
                count += 1;
                if !outcome.succeeds {
                    wrong += &format!("{}: {}\n{}\n", call.label, outcome.said, call.snippet.text);
                }
            }
        }
        let said = fakes.stop();
        assert!(wrong.is_empty(), "{project}\n{wrong}\n{said}");
        assert!(count > 0, "{project} has no operation");
        let plural = if count == 1 { "" } else { "s" };
        let last = format!("stopped after {count} request{plural}; 0 departed from their contract");
        assert!(said.contains(&last), "{project}: not {last:?}:\n{said}");
    }
}

/// No protected operation opens as its snippets call it where a secret is another one.
pub fn none_opens_with_another_secret(language: Language, command: &dyn Fn(&Called) -> String) {
    for project in PROJECTS {
        let fakes = Fakes::of(project);
        for contract in &fakes.contracts {
            for call in calls(contract, language).iter().filter(|call| call.operation.security.is_required()) {
                for variable in call.snippet.variables.iter().filter(|variable| variable.is_secret) {
                    fakes.begin_anew(contract, &call.operation.id);
                    let outcome = fakes.run(contract, &another(&variable.name), &command(call), &call.snippet.text);
                    let (label, name) = (&call.label, &variable.name);
                    let is_refused = !outcome.succeeds && outcome.said.contains("401");
                    assert!(is_refused, "{label}, another {name}:\n{}\n{}", outcome.said, call.snippet.text);
                }
            }
        }
    }
}

/// The lines for a shell that change a variable's value in its middle, so that it stays one of its form.
fn another(name: &str) -> String {
    let other = format!("case ${{{name}:12:1}} in 1) other=2;; *) other=1;; esac");
    format!("{other}\n{name}=${{{name}:0:12}}$other${{{name}:13}}")
}

/// The contracts of a project.
pub fn contracts(project: &Path) -> Vec<Contract> {
    let opened = Project::open(project, &|_| None).unwrap_or_else(|error| panic!("{}: {error}", project.display()));
    let names = opened.contract_names().expect("the contracts can be listed");
    names.iter().map(|name| opened.contract(name).expect("the contract is right")).collect()
}

/// The fakes of one project.
pub struct Fakes {
    /// Its contracts.
    pub contracts: Vec<Contract>,
    folder: TempDir,
    child: Child,
    stdout: BufReader<ChildStdout>,
    urls: Vec<(String, String)>,
}

impl Fakes {
    /// Lets them stand.
    pub fn of(project: &str) -> Self {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join(project);
        let folder = TempDir::new().expect("a temporary folder can be made");
        let mut child = Command::new(env!("CARGO_BIN_EXE_counterpart"))
            .args(["serve", "--port-base", "0", "--env-file"])
            .arg(folder.path().join(".env.fakes"))
            .current_dir(&project)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let mut urls = Vec::new();
        loop {
            let mut line = String::new();
            assert!(stdout.read_line(&mut line).expect("it says text") > 0, "it ended before the fakes stood");
            if let Some((name, url)) = line.trim().split_once(' ')
                && url.trim().starts_with("http://")
            {
                urls.push((name.to_owned(), url.trim().trim_end_matches("/fakes").to_owned()));
            }
            if line.starts_with("Requests with the header") {
                break;
            }
        }
        Self { contracts: contracts(&project), folder, child, stdout, urls }
    }

    /// Lets a contract's fake begin anew, with what it has to know before the example of an operation finds it.
    pub fn begin_anew(&self, contract: &Contract, operation: &OperationId) {
        // The last one is the control endpoint; a contract may be called like it.
        let control = &self.urls.last().expect("there is one").1;
        let fake = format!("{control}/fakes/{}", contract.name);
        assert!(self.curl(&["-X", "DELETE", &fake]), "{fake} does not begin anew");
        let situation = situation::of(contract, operation).expect("the example can be sent");
        let known = match situation.map(|situation| situation.learns) {
            None => return,
            Some(Some((list, text))) => json!({ list: [text] }),
            Some(None) if operation.as_str() == "setAlias" => json!({ "versions": [format!("{MODEL}/1")] }),
            Some(None) if operation.as_str() == "getAlias" => {
                json!({ "models": [MODEL], "aliases": [format!("{MODEL}@champion=1")] })
            }
            Some(None) => panic!("nobody knows what the example of {operation} names"),
        };
        let learns = json!({ "learns": known }).to_string();
        assert!(self.curl(&["-X", "PATCH", &fake, "-d", &learns]), "{fake} does not learn {learns}");
    }

    fn curl(&self, arguments: &[&str]) -> bool {
        let mut command = Command::new("curl");
        command.args(["--silent", "--fail", "--output"]).arg(self.folder.path().join("answer")).args(arguments);
        command.status().expect("there is curl").success()
    }

    /// Runs `command` with `script` as its input, in a shell that has read the fakes' variables; `changes` come after.
    pub fn run(&self, contract: &Contract, changes: &str, command: &str, script: &str) -> Outcome {
        let own = format!("COUNTERPART_{}_URL", contract.name.as_str().to_uppercase().replace('-', "_"));
        let url = &self.urls.iter().find(|(name, _)| name == contract.name.as_str()).expect("it stands").1;
        let mut child = Command::new("bash")
            .args(["-c", &format!("set -a; . ./.env.fakes; set +a\n{changes}\nexec {command}")])
            .current_dir(self.folder.path())
            .env(own, url)
            .env("no_proxy", "127.0.0.1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("there is bash");
        child.stdin.take().expect("it is a pipe").write_all(script.as_bytes()).ok();
        let output = child.wait_with_output().expect("it ends");
        let said = [output.stdout, output.stderr].concat();
        Outcome { succeeds: output.status.success(), said: String::from_utf8_lossy(&said).into_owned() }
    }

    /// Ends them; the last line that they say, and what they said before of requests.
    pub fn stop(mut self) -> String {
        let killed = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(killed.expect("there is kill").success());
        let mut said = String::new();
        self.stdout.read_to_string(&mut said).expect("it says text");
        self.child.wait().expect("it can be waited for");
        said
    }
}

impl Drop for Fakes {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What came of a command.
pub struct Outcome {
    /// Whether it ended with 0.
    pub succeeds: bool,
    /// All that it said.
    pub said: String,
}
