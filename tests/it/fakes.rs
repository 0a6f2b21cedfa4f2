//! The fakes of a project as `counterpart serve` lets them stand, for snippets to call. `tests/live` has this file too.

use counterpart::contract::Contract;
use counterpart::project::Project;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// The projects whose operations are called, and what a fake has to know before an example finds what it names.
pub const PROJECTS: [&str; 6] = [
    ".",
    "tests/cases/six-schemes",
    "tests/projects/control",
    "tests/projects/odd-calls",
    "tests/projects/pets",
    "tests/projects/schemes",
];

/// The run and the model of MLflow's examples.
const RUN: &str = "4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f";
const MODEL: &str = "lead-scorer";

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
        let opened =
            Project::open(&project, &|_| None).unwrap_or_else(|error| panic!("{}: {error}", project.display()));
        let names = opened.contract_names().expect("the contracts can be listed");
        let contracts = names.iter().map(|name| opened.contract(name).expect("the contract is right")).collect();
        Self { contracts, folder, child, stdout, urls }
    }

    /// Lets a contract's fake begin anew, with what it has to know before the example of an operation finds it.
    pub fn begin_anew(&self, contract: &Contract, operation: &str) {
        // The last one is the control endpoint; a contract may be called like it.
        let control = &self.urls.last().expect("there is one").1;
        let fake = format!("{control}/fakes/{}", contract.name);
        assert!(self.curl(&["-X", "DELETE", &fake]), "{fake} does not begin anew");
        let known: Value = match operation {
            "logParameter" | "logMetric" | "setTag" | "logBatch" | "updateRun" | "getRun" => json!({ "runs": [RUN] }),
            "createModelVersion" | "getRegisteredModel" | "deleteAlias" => json!({ "models": [MODEL] }),
            "setAlias" => json!({ "versions": [format!("{MODEL}/1")] }),
            "getAlias" => json!({ "models": [MODEL], "aliases": [format!("{MODEL}@champion=1")] }),
            _ => return,
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

    /// The folder in which commands run.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
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
