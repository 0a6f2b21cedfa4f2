//! Where the commands of the pages run: a project with this repository's contracts, providers that keep them, and programs
//! that play the tests of consumers.

use super::standing::{Ended, PATIENCE, Standing, read, signal};
use crate::project::{Project, root};
use std::fs::File;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The programs that pages let judge a consumer. Each sends right requests to where the variables lead.
const CONSUMERS: [&str; 4] = ["bin/pytest", "bin/npm", "bin/cargo", "smoke.sh"];

/// The variable that leads to a contract's provider, and an operation that any number of requests leaves as it is.
const CALLED: [(&str, &str); 4] = [
    ("HOKUSAI_AUTH_SERVICE_URL", "validateKey"),
    ("CLIP_RUNPOD_URL", "embedText"),
    ("CLIP_RUNPOD_URL", "embedImage"),
    ("MLFLOW_TRACKING_URI", "searchExperiments"),
];

/// What has to be there before: files that the commands name.
const BEFORE: &[&str] = &[
    "counterpart check --contract clip-embed --target staging --format json --output record.json",
    "cp record.json fake.json; cp record.json staging.json",
    "cp page.har recording.har; cp page.har browser.har",
    "counterpart mutate --contract auth-validate --format json --output mutation.json",
    "cp contracts/greeting/openapi.yaml openapi.yaml",
    "mkdir -p reports src ~/.local/share/bash-completion/completions ~/.zfunc ~/.config/fish/completions ~/.config/elvish",
    "git init --quiet && git add contracts && git -c user.name=x -c user.email=x@x.invalid commit --quiet --message begin",
];

/// A folder with programs and variables in which commands run.
pub struct Stage {
    // It goes before the folder that it writes to.
    standing: Vec<Standing>,
    project: Project,
    variables: Vec<(String, String)>,
}

impl Stage {
    /// A folder with nothing in it but `counterpart` and `bin` on the path.
    pub fn bare() -> Self {
        let project = Project::empty().without("counterpart.toml").file("bin/.keep", "").file(".profile/.keep", "");
        let program = project.path("bin/counterpart");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_counterpart"), program).expect("a link can be made");
        Self { standing: Vec::new(), project, variables: Vec::new() }
    }

    /// The repository's contracts and the small one of the tests, a target `staging` where all are kept, secrets, and recordings.
    fn of_repository() -> Self {
        let mut stage = Self::bare();
        for folder in ["contracts", "features", "snapshots", "tests/cases/base"] {
            stage.project =
                stage.project.folder_at(folder.trim_start_matches("tests/cases/base"), &root().join(folder));
        }
        for consumer in CONSUMERS {
            stage.program(consumer, &consumer_script());
        }
        if !is_there("jq") {
            // What it would make of a report is not seen then.
            stage.program("bin/jq", "#!/bin/sh\ncat > /dev/null\n");
        }
        stage.program("bin/tests", "#!/bin/sh\n\"$TESTS\" --list \"$1\" | grep -q ': test$'\n");
        let tests = std::env::current_exe().expect("this program has a path");
        stage.variable("TESTS", &tests.display().to_string());
        stage.variable("COUNTERPART_PROJECT", ".");
        stage.variable("COUNTERPART_CONSUMER", "pytest");
        stage.write("counterpart.toml", "");
        stage.stand();
        stage
    }

    /// The same, with every file that the pages' commands name.
    pub fn prepared() -> Self {
        let stage = Self::of_repository();
        stage.record("page.har");
        for command in BEFORE {
            let ended = stage.run(command, 0);
            assert_eq!(ended.exit, Some(0), "{command}:\n{}", ended.text());
        }
        stage
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.project.path(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("folders can be made");
        std::fs::write(path, text).expect("files can be written");
    }

    /// What a file of it holds.
    pub fn read(&self, name: &str) -> String {
        self.project.read(name)
    }

    /// Writes a program.
    pub fn program(&self, name: &str, text: &str) {
        self.write(name, text);
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.path(name), mode).expect("a mode can be set");
    }

    /// Sets a variable for every command.
    pub fn variable(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The base URL of a contract's provider, or of `control`.
    pub fn url(&self, name: &str) -> String {
        // The fakes of the last are told by their control endpoint to misbehave, those of the first are the target.
        let standing = if name == "control" { self.standing.last() } else { self.standing.first() };
        standing.expect("the providers stand").url(name)
    }

    /// Writes a HAR file of right requests and their answers, and one entry of it to `entry.json`.
    fn record(&self, name: &str) {
        let proxy = format!("counterpart proxy --target staging --record {name}");
        let proxy =
            self.start(&proxy, "proxy.log").unwrap_or_else(|ended| panic!("no proxy stands:\n{}", ended.text()));
        let way = |line: &&str| CALLED.iter().any(|(variable, _)| line.trim().starts_with(variable));
        let ways: Vec<&str> = proxy.said.lines().filter(way).map(str::trim).collect();
        let ended = self.run(&format!("{} pytest", ways.join(" ")), 0);
        assert_eq!(ended.exit, Some(0), "{}", ended.text());
        assert_eq!(proxy.interrupted(), Some(0), "{}", read(&self.path("proxy.log")));
        let har: serde_json::Value = serde_json::from_str(&read(&self.path(name))).expect("a HAR file is JSON");
        let entries = har["log"]["entries"].as_array().expect("a HAR file has entries");
        let is_of_clip = |entry: &&serde_json::Value| entry["request"]["url"].to_string().contains("embed");
        self.write("entry.json", &entries.iter().find(is_of_clip).expect("one is clip-embed's").to_string());
    }

    /// Starts the providers, and makes the settings and the variables that lead there.
    fn stand(&mut self) {
        let serve = |stage: &Self, log: &str| {
            let started = stage.start("counterpart serve --port-base 0 --env-file .env.fakes", log);
            started.unwrap_or_else(|ended| panic!("no provider stands:\n{}", ended.text()))
        };
        let standing = serve(self, "target.log");
        let variables = std::fs::read_to_string(self.path(".env.fakes")).expect("serve wrote the variables");
        for line in variables.lines() {
            let (name, value) = line.split_once('=').expect("a line is a variable");
            self.variable(name, value.trim_matches('\''));
        }
        let targets = standing.contracts().into_iter().map(|name| {
            let url = standing.url(&name);
            format!("[target.staging.contract.{name}]\nurl = \"{url}\"\n")
        });
        let settings = format!("[target.staging]\nwrites = true\n\n{}", targets.collect::<Vec<_>>().join("\n"));
        self.write("counterpart.toml", &settings);
        self.standing = vec![standing, serve(self, "controlled.log")];
    }

    /// Starts what stands until it is stopped; how it ended where it did not come to stand.
    fn start(&self, command: &str, log: &str) -> Result<Standing, Ended> {
        let log = self.path(log);
        let child = self.command(&format!("exec {command}"), &log, &log).spawn().expect("bash runs");
        Standing::of(child, &log)
    }

    fn command(&self, line: &str, stdout: &Path, stderr: &Path) -> Command {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        let file = |path: &Path| File::options().create(true).append(true).open(path).expect("a log can be written");
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-c", &format!("set -o pipefail; {line}")]);
        command.current_dir(self.project.path("")).stdin(Stdio::null()).stdout(file(stdout)).stderr(file(stderr));
        command.env_clear().env("PATH", path).env("HOME", self.path(".home")).env("PROFILE", self.path(".profile/x"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        // What it starts goes with it.
        command.process_group(0);
        command
    }

    /// Runs a command to its end, or kills it.
    pub fn run(&self, line: &str, number: usize) -> Ended {
        let (stdout, stderr) = (self.path(&format!(".logs/{number}.out")), self.path(&format!(".logs/{number}.err")));
        for log in ["out", "err"] {
            self.write(&format!(".logs/{number}.{log}"), "");
        }
        let mut child = self.command(line, &stdout, &stderr).spawn().expect("bash runs");
        let begin = Instant::now();
        let end = loop {
            match child.try_wait().expect("it can be waited for") {
                Some(end) => break end.code(),
                None if begin.elapsed() > PATIENCE => {
                    signal("-KILL", &format!("-{}", child.id()));
                    break None;
                }
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        Ended { exit: end, stdout: read(&stdout), stderr: read(&stderr) }
    }

    /// Starts what stands until it is stopped, interrupts it when it is ready, and waits for its end.
    pub fn interrupt(&self, line: &str, number: usize) -> Ended {
        let log = format!(".standing-{number}.log");
        match self.start(line, &log) {
            Ok(standing) => {
                let exit = standing.interrupted();
                Ended { exit, stdout: read(&self.path(&log)), stderr: String::new() }
            }
            Err(ended) => ended,
        }
    }
}

fn consumer_script() -> String {
    let calls = CALLED.map(|(variable, operation)| {
        format!("[ -z \"${variable}\" ] || counterpart snippet {operation} | bash > /dev/null || exit 1\n")
    });
    format!("#!/bin/sh\n{}", calls.concat())
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok()
}
