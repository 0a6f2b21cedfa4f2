//! `counterpart consumer` at the small clients of `tests/live/clients`: the right ones keep their contract, each mistake has the
//! finding that `mistakes.toml` names. No deployment is needed, only Python with httpx.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many clients run at a time.
const AT_ONCE: usize = 4;

#[derive(Deserialize)]
struct Mistakes {
    mistake: Vec<Mistake>,
}

/// A line of `mistakes.toml`, which says what each field is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    client: String,
    #[serde(rename = "mistake")]
    name: String,
    contract: String,
    operation: Option<String>,
    /// The services take what the contract forbids more often than the fakes do.
    #[serde(rename = "status")]
    _status: u16,
    code: Option<String>,
    location: Option<String>,
    #[serde(default)]
    words: Vec<String>,
    /// What nobody says yet.
    #[serde(rename = "wanted", default)]
    _wanted: Vec<String>,
    #[serde(default)]
    warning: bool,
    #[serde(default)]
    fails: bool,
}

fn mistakes() -> Vec<Mistake> {
    let text = std::fs::read_to_string(folder().join("mistakes.toml")).expect("there are mistakes");
    toml::from_str::<Mistakes>(&text).expect("they can be read").mistake
}

pub fn folder() -> PathBuf {
    super::root().join("tests/live/clients")
}

/// A Python that has httpx: the deployment's where there is one, else one that is made for the tests.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let of_deployment = super::root().join("examples/deployment/.venv/bin/python");
        let own = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients");
        let of_own = own.join("bin/python");
        if let Some(found) = [of_deployment, of_own.clone()].into_iter().find(|python| has_httpx(python)) {
            return found;
        }
        run(Command::new("python3").args(["-m", "venv"]).arg(&own));
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(&of_own).args(install).arg(folder().join("requirements.txt")));
        of_own
    })
}

fn has_httpx(python: &Path) -> bool {
    let imported = Command::new(python).args(["-c", "import httpx"]).stderr(Stdio::null()).status();
    imported.is_ok_and(|status| status.success())
}

pub fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
}

/// What became of a client's run.
pub struct Judged {
    /// The exit code.
    pub exit: i32,
    /// The JSON report.
    pub record: Value,
    /// What the client printed.
    pub said: String,
}

impl Judged {
    /// Runs a client at the fakes of these contracts.
    pub fn of(contracts: &[&str], command: &[&str]) -> Self {
        let named = contracts.iter().flat_map(|name| ["--contract", name]);
        let output = Command::new(env!("CARGO_BIN_EXE_counterpart"))
            .arg("consumer")
            .args(named)
            .args(["--format", "json", "--"])
            .args(command)
            .current_dir(super::root())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            // One of the mistakes takes the key for hexadecimal.
            .env("CLIP_RUNPOD_SECRET", "ab".repeat(32))
            .stdin(Stdio::null())
            .output()
            .expect("the binary runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let record = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("consumer -- {command:?} wrote no JSON: {error}\n{said}"));
        Self { exit: output.status.code().expect("it was not killed"), record, said }
    }

    fn findings(&self) -> impl Iterator<Item = &Value> {
        let contracts = self.record["contracts"].as_array().into_iter().flatten();
        contracts.flat_map(|contract| contract["findings"].as_array().into_iter().flatten())
    }

    /// All that was found, a line each.
    pub fn listed(&self) -> String {
        let line = |finding: &Value| {
            let [operation, code, location] = ["operation", "code", "location"].map(|key| &finding[key]);
            format!("    {operation} {code} at {location}: {}\n", finding["drift"]["sentence"])
        };
        self.findings().map(line).collect()
    }
}

impl Mistake {
    fn name(&self) -> String {
        format!("{} {}", self.client, self.name)
    }

    /// What is said wrongly of the client that makes it, or not at all.
    fn misjudged(&self) -> Option<String> {
        let script = folder().join(format!("{}.py", self.client));
        let command = [python(), script.as_path()].map(|path| path.to_str().expect("paths are text"));
        let judged = Judged::of(&[&self.contract], &[command[0], command[1], &self.name]);
        let is_told = match &self.code {
            Some(code) => judged.findings().any(|finding| self.is_it(code, finding)),
            None => judged.findings().all(|finding| finding["code"] == "command-failed"),
        };
        let has_failed = judged.findings().any(|finding| finding["code"] == "command-failed");
        let exit = i32::from(self.fails || (self.code.is_some() && !self.warning));
        let is_right = is_told && has_failed == self.fails && judged.exit == exit;
        let told = || format!("{}: exit {}, {}\n{}", self.name(), judged.exit, judged.said.trim(), judged.listed());
        (!is_right).then(told)
    }

    fn is_it(&self, code: &str, finding: &Value) -> bool {
        let word = |key: &str| finding[key].as_str();
        let sentence = finding["drift"]["sentence"].as_str().unwrap_or_default();
        word("code") == Some(code)
            && word("operation") == self.operation.as_deref()
            && word("location")
                .zip(self.location.as_deref())
                .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
            && self.words.iter().all(|words| sentence.contains(words))
    }
}

#[test]
fn right_clients_keep_their_contracts_one_by_one_and_all_at_once() {
    let clients: BTreeMap<String, String> =
        mistakes().into_iter().map(|mistake| (mistake.client, mistake.contract)).collect();
    assert_eq!(clients.len(), 4);
    for (client, contract) in &clients {
        let script = folder().join(format!("{client}.py"));
        let command = [python(), script.as_path()].map(|path| path.to_str().expect("paths are text"));
        let judged = Judged::of(&[contract], &command);
        assert_eq!((judged.exit, judged.listed()), (0, String::new()), "{client}: {}", judged.said);
    }
    let all: String = clients
        .keys()
        .map(|client| format!("{} {}/{client}.py && ", python().display(), folder().display()))
        .chain(["true".to_owned()])
        .collect();
    let judged = Judged::of(&[], &["sh", "-c", &all]);
    let kept: Vec<&str> = judged.record["contracts"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|contract| contract["name"].as_str())
        .collect();
    assert_eq!((judged.exit, judged.listed()), (0, String::new()), "{}", judged.said);
    assert_eq!(kept, clients.values().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn every_mistake_of_a_client_is_found_at_its_place() {
    let mistakes = mistakes();
    assert!(mistakes.len() >= 100, "{} mistakes", mistakes.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let taken = std::iter::from_fn(|| mistakes.get(next.fetch_add(1, Ordering::Relaxed)));
        taken.filter_map(Mistake::misjudged).collect::<String>()
    };
    let wrong = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect::<String>()
    });
    assert!(wrong.is_empty(), "{wrong}");
}
