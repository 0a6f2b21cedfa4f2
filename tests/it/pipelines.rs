//! What others copy into their CI, and this repository's own workflows: every script is sound, every option and every command
//! exists, and `docs/ci.md` shows the files as they are.

use crate::project::{Project, files, root};
use crate::workflow::{text, texts, yaml};
use clap::Parser as _;
use counterpart::cli::arguments::Arguments;
use regex::Regex;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// How a workflow names the action: here, and elsewhere.
const ACTION: [&str; 2] = ["./", "OWNER/counterpart@REVISION"];

/// The workflows, here and as examples.
fn workflows() -> Vec<String> {
    let folders = [".github/workflows", "ci/github"].map(|folder| files(&root().join(folder)));
    let below = |path: std::path::PathBuf| path.strip_prefix(root()).expect("it is below").display().to_string();
    folders.into_iter().flatten().map(below).collect()
}

/// The steps of all jobs of a workflow, or of the action.
fn steps(file: &str) -> Vec<Value> {
    let document = yaml(file);
    let jobs = document["jobs"].as_object().into_iter().flatten().map(|(_, job)| &job["steps"]);
    let of_jobs = jobs.chain([&document["runs"]["steps"]]);
    of_jobs.filter_map(Value::as_array).flatten().cloned().collect()
}

/// The jobs of the template for GitLab: name, and script with what comes before it.
fn jobs_of_gitlab() -> Vec<(String, String)> {
    let template = yaml("ci/gitlab.yml");
    let lines = |job: &Value, key: &str| {
        let lines = job[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let before = lines(&template[".counterpart"], "before_script");
    let jobs = template.as_object().expect("the template has jobs").iter();
    let jobs = jobs.filter(|(_, job)| job["script"].is_array());
    jobs.map(|(name, job)| (name.clone(), format!("{before}{}", lines(job, "script")))).collect()
}

/// Every script: where it stands, and its text.
fn scripts() -> Vec<(String, String)> {
    let of_file = |file: String| {
        let steps = steps(&file).into_iter().filter(|step| step["run"].is_string());
        steps.map(move |step| (format!("{file}: {}", text(&step, "name")), text(&step, "run").to_owned()))
    };
    let on_github = workflows().into_iter().chain(["action.yml".to_owned()]).flat_map(of_file);
    on_github
        .chain(jobs_of_gitlab().into_iter().map(|(name, script)| (format!("ci/gitlab.yml: {name}"), script)))
        .collect()
}

/// Whether a program takes the script for sound, and what it says; nothing where it is not there.
fn complaint(program: &str, options: &[&str], script: &str) -> Option<String> {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let file = folder.path().join("script");
    // Both runners begin like this.
    std::fs::write(&file, format!("set -eo pipefail\n{script}")).expect("a script can be written");
    let output = Command::new(program).args(options).arg(&file).stdin(Stdio::null()).output().ok()?;
    (!output.status.success()).then(|| format!("{output:?}").replace("\\n", "\n"))
}

#[test]
fn every_script_is_sound() {
    let all = scripts();
    assert!(all.len() > 10, "{} scripts", all.len());
    for (place, script) in all {
        let wrong = complaint("bash", &["-n"], &script).or(complaint("shellcheck", &["--shell=bash"], &script));
        assert_eq!(wrong, None, "{place}");
    }
}

#[test]
fn no_expression_stands_in_a_script() {
    for (place, script) in scripts() {
        assert!(!script.contains("${{"), "{place}: what GitHub puts there is run: hand it over in `env`");
    }
}

#[test]
fn every_input_that_a_workflow_gives_is_one_of_the_action() {
    let action = yaml("action.yml");
    let mut given = 0;
    for file in workflows() {
        let own = steps(&file).into_iter().filter(|step| ACTION.contains(&text(step, "uses")));
        for (input, _) in own.flat_map(|step| texts(&step["with"])) {
            assert!(action["inputs"][&input].is_object(), "{file}: action.yml has no input {input}");
            given += 1;
        }
    }
    assert!(given > 8, "{given} inputs");
}

/// Runs a script in a folder as runners do; the programs of another folder come first.
fn bash(script: &str, folder: &Path, programs: &Path, variables: &[(String, String)]) -> Output {
    let path = std::env::var("PATH").expect("there is a PATH");
    Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:{path}", programs.display()))
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .output()
        .expect("bash runs")
}

/// A `counterpart` that writes down how it was called.
struct Stub(TempDir);

impl Stub {
    fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let program = folder.path().join("counterpart");
        let said = folder.path().join("said");
        let script = format!(
            "#!/bin/sh\nprintf '%s\\0' counterpart \"$@\" >> '{0}'\nprintf '\\n\\0' >> '{0}'\n",
            said.display()
        );
        std::fs::write(&program, script).expect("a program can be written");
        std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).expect("a mode can be set");
        Self(folder)
    }

    /// Runs a script of bash, and gives the calls that it made.
    fn calls(&self, script: &str, variables: &[(String, String)]) -> Vec<Vec<String>> {
        let output = bash(script, self.0.path(), self.0.path(), variables);
        assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
        let said = std::fs::read_to_string(self.0.path().join("said")).unwrap_or_default();
        let calls = said.split("\n\0").filter(|call| !call.is_empty());
        calls.map(|call| call.split_terminator('\0').map(str::to_owned).collect()).collect()
    }

    /// A file where the scripts look for one.
    fn file(self, name: &str) -> Self {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder can be made");
        std::fs::write(path, "{}").expect("a file can be written");
        self
    }
}

/// The call is one that the command line takes.
#[track_caller]
fn is_taken(call: &[String], place: &str) {
    if let Err(error) = Arguments::try_parse_from(call) {
        panic!("{place}: {}\n{error}", call.join(" "));
    }
}

/// How the action calls `counterpart` when it is given these inputs.
fn calls_of_action(with: &[(String, String)]) -> Vec<Vec<String>> {
    let action = yaml("action.yml");
    let given = |input: &str| with.iter().find(|(name, _)| name == input).map(|(_, value)| value.as_str());
    let run = steps("action.yml").into_iter().find(|step| step["id"] == "run").expect("the action has a step run");
    let stub = Stub::new().file("records/nightly/record.json");
    let folder = stub.0.path().display().to_string();
    let mut variables: Vec<(String, String)> = texts(&run["env"])
        .into_iter()
        .map(|(name, value)| {
            let input = value.trim_start_matches("${{ inputs.").trim_end_matches(" }}");
            let default = text(&action["inputs"][input], "default");
            (name, given(input).unwrap_or(default).to_owned())
        })
        .collect();
    let files = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"].map(|name| (name.to_owned(), format!("{folder}/{name}")));
    variables.extend(files);
    variables.push(("RUNNER_TEMP".to_owned(), folder));
    stub.calls(text(&run, "run"), &variables)
}

#[test]
fn every_command_that_the_action_runs_for_a_workflow_exists() {
    for file in workflows() {
        for step in steps(&file).iter().filter(|step| ACTION.contains(&text(step, "uses"))) {
            let calls = calls_of_action(&texts(&step["with"]));
            assert_eq!(calls.len(), 1, "{file}: {calls:?}");
            is_taken(&calls[0], &file);
        }
    }
}

#[test]
fn every_input_becomes_an_option_that_exists() {
    let input = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let checked = [
        input("project", "my project"),
        input("contracts", "clip-embed\n mlflow"),
        input("target", "staging"),
        input("changed-since", "main"),
        input("args", "--diagnose --tags @incident"),
    ];
    let call = &calls_of_action(&checked)[0];
    let line = call.join(" ");
    assert!(line.starts_with("counterpart check --project my project --contract clip-embed --contract mlflow --target staging --changed-since main --format"), "{line}");
    assert!(line.ends_with("--diagnose --tags @incident"), "{line}");
    is_taken(call, "all inputs of check");
    let call = &calls_of_action(&[input("verb", "consumer"), input("command", "a 'b  c' | d")])[0];
    assert_eq!(call[call.len() - 4..], ["--", "bash", "-c", "a 'b  c' | d"]);
    is_taken(call, "all inputs of consumer");
    let call = &calls_of_action(&[input("verb", "docs"), input("records", "records")])[0];
    assert_eq!(call[call.len() - 2..], ["--record", "records/nightly/record.json"]);
    is_taken(call, "all inputs of docs");
}

#[test]
fn every_command_of_the_template_for_gitlab_exists() {
    let jobs = jobs_of_gitlab();
    assert_eq!(jobs.len(), 5, "{jobs:?}");
    for (job, script) in jobs {
        let stub = Stub::new().file("reports/check.json");
        let mut variables = texts(&yaml("ci/gitlab.yml")["variables"]);
        for (name, value) in [("COUNTERPART_CONSUMER", "pytest tests"), ("COUNTERPART_TARGET", "staging")] {
            variables.retain(|(known, _)| known != name);
            variables.push((name.to_owned(), value.to_owned()));
        }
        variables.push(("CI_PROJECT_DIR".to_owned(), stub.0.path().display().to_string()));
        let calls = stub.calls(&script, &variables);
        assert_eq!(calls.len(), 1, "{job}: {calls:?}");
        is_taken(&calls[0], &format!("ci/gitlab.yml: {job}"));
    }
}

#[test]
fn the_jobs_for_gitlab_leave_their_reports_and_the_site() {
    let project = Project::greeting();
    let mut variables = texts(&yaml("ci/gitlab.yml")["variables"]);
    variables.push(("CI_PROJECT_DIR".to_owned(), project.path(".").display().to_string()));
    let programs = Path::new(env!("CARGO_BIN_EXE_counterpart")).parent().expect("it is in a folder");
    let jobs = jobs_of_gitlab();
    for (wanted, left) in [
        ("counterpart", &["reports/check.json", "reports/check.xml", "reports/check.md"][..]),
        ("pages", &["public/index.html"]),
    ] {
        let (_, script) = jobs.iter().find(|(name, _)| name == wanted).expect("the template has the job");
        let output = bash(script, &project.path("."), programs, &variables);
        assert!(output.status.success(), "{wanted}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(left.iter().all(|file| project.path(file).is_file()), "{wanted}: {:?}", project.files());
    }
    let record: Value = serde_json::from_str(&project.read("reports/check.json")).expect("a record is JSON");
    assert!(project.read("public/index.html").contains(record["started"].as_str().expect("it began some time")));
}

/// The blocks of `docs/ci.md`: the language, the last link before it, and the text.
fn blocks() -> Vec<(String, String, String)> {
    let page = std::fs::read_to_string(root().join("docs/ci.md")).expect("there is a page");
    let pattern = Regex::new(r"(?s)\n```(\w+)\n(.*?)\n```\n").expect("the pattern is right");
    let link = Regex::new(r"\]\(\.\./([^)]+)\)").expect("the pattern is right");
    let block = |found: regex::Captures| {
        let before = &page[..found.get(0).expect("it was found").start()];
        let file = link.captures_iter(before).last().map_or(String::new(), |link| link[1].to_owned());
        (found[1].to_owned(), file, found[2].to_owned())
    };
    pattern.captures_iter(&page).map(block).collect()
}

#[test]
fn the_page_shows_the_files_as_they_are() {
    let shown: Vec<_> = blocks().into_iter().filter(|(language, ..)| language == "yaml").collect();
    for (_, file, block) in &shown {
        let held = std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(
            format!("\n{held}").contains(&format!("\n{block}\n")),
            "docs/ci.md shows of {file} what it does not hold:\n{block}"
        );
    }
    let examples = workflows().into_iter().filter(|file| file.starts_with("ci/"));
    for file in examples.chain(["ci/gitlab.yml".to_owned(), ".github/workflows/docs.yml".to_owned()]) {
        assert!(shown.iter().any(|(_, of, _)| *of == file), "docs/ci.md does not show {file}");
    }
}

#[test]
fn every_command_of_the_page_exists() {
    let shown: Vec<_> = blocks().into_iter().filter(|(language, ..)| language == "sh").collect();
    assert!(!shown.is_empty());
    for (_, _, block) in shown {
        for call in Stub::new().calls(&block, &[]) {
            is_taken(&call, "docs/ci.md");
        }
    }
}

#[test]
fn the_page_names_every_input_and_output_of_the_action() {
    let (action, page) =
        (yaml("action.yml"), std::fs::read_to_string(root().join("docs/ci.md")).expect("there is a page"));
    for part in ["inputs", "outputs"] {
        for name in action[part].as_object().expect("the action has both").keys() {
            assert!(page.contains(&format!("| `{name}` |")), "docs/ci.md does not name {name} of the {part}");
        }
    }
}
