//! `check --changed-since`: on a pull request, only the contracts that it touches.

use crate::project::{Project, Ran};
use std::process::Command;

/// The repository's contracts in a git repository of their own, with one commit, `start`.
fn committed() -> Project {
    let project = Project::of_repository();
    git(&project, "init -q -b main");
    commit(&project);
    git(&project, "tag start");
    project
}

#[track_caller]
fn git(project: &Project, arguments: &str) {
    let mut command = Command::new("git");
    command.args("-c user.name=A -c user.email=a@example.com -c commit.gpgsign=false".split(' '));
    let output = command.args(arguments.split(' ')).current_dir(project.path("")).output().expect("git runs");
    assert!(output.status.success(), "git {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

fn commit(project: &Project) {
    git(project, "add -A");
    git(project, "commit -q -m one");
}

/// The contracts that a check since `start` ran.
#[track_caller]
fn checked(project: &Project, more: &str) -> Vec<String> {
    let record = project.run(&format!("check --changed-since start --format json {more}")).exits(0).json();
    let contracts = record["contracts"].as_array().expect("it has contracts");
    contracts.iter().map(|contract| contract["name"].as_str().expect("it has a name").to_owned()).collect()
}

/// A project of which this file is another since `start`.
fn with_changed(name: &str) -> Project {
    let project = committed();
    let text = project.read(name);
    project.file(name, &format!("{text}\n"))
}

const FEATURE: &str = "features/auth-validate/valid-key.feature";

#[test]
fn only_the_contract_whose_feature_changed_is_checked() {
    let project = with_changed(FEATURE);
    assert_eq!(checked(&project, ""), ["auth-validate"]);
    project.run("check --changed-since start").exits(0).says("of 5 contracts 1 changed since start: auth-validate");
}

#[test]
fn a_change_counts_whether_it_is_committed_staged_or_not_tracked() {
    let project = with_changed("contracts/clip-embed/contract.toml");
    git(&project, "add -A");
    assert_eq!(checked(&project, ""), ["clip-embed"]);
    commit(&project);
    assert_eq!(checked(&project, ""), ["clip-embed"]);
    let project = project.file("features/auth-validate/new.txt", "a note");
    assert_eq!(checked(&project, ""), ["auth-validate", "clip-embed"]);
}

#[test]
fn a_snapshot_that_changed_counts() {
    let project = committed();
    let snapshot = project.files().into_iter().find(|path| path.ends_with("embed-text.snap")).expect("there is one");
    let text = std::fs::read_to_string(&snapshot).expect("it is text");
    std::fs::write(&snapshot, format!("{text}\n")).expect("it can be written");
    assert_eq!(checked(&project, ""), ["clip-embed"]);
}

#[test]
fn a_file_that_was_removed_counts() {
    let project = committed().without(FEATURE);
    assert_eq!(checked(&project, ""), ["auth-validate"]);
}

#[test]
fn where_the_settings_changed_every_contract_is_checked() {
    let project = committed().file("counterpart.toml", "# changed\n");
    assert_eq!(checked(&project, "").len(), 5);
    project
        .run("check --changed-since start")
        .exits(0)
        .says("counterpart.toml changed since start: every contract is checked");
}

/// It says so, leaves a record that claims nothing, and lets a pull request pass.
fn has_nothing_to_check(ran: Ran) {
    ran.exits(0).says("no contract changed since start: nothing to check");
}

#[test]
fn where_no_contract_changed_it_says_so_and_succeeds() {
    let project = committed().file("README.md", "hello").file("contracts/README.md", "hello");
    has_nothing_to_check(project.run("check --changed-since start"));
    let record = project.run("check --changed-since start --format json").exits(0).json();
    assert_eq!(record["verdict"], "inconclusive", "{record:#}");
    assert_eq!(record["notes"][0], "no contract changed since start: nothing to check");
    project.run("check --changed-since start --format junit").exits(0).says("<testsuites");
}

#[test]
fn a_project_without_contracts_is_inconclusive_all_the_same() {
    let project = Project::empty();
    git(&project, "init -q -b main");
    commit(&project);
    project.run("check --changed-since main").exits(3).does_not_say("nothing to check");
}

#[test]
fn of_the_contracts_that_are_asked_for_those_that_changed_are_checked() {
    let project = with_changed(FEATURE);
    assert_eq!(checked(&project, "--contract auth-validate --contract clip-embed"), ["auth-validate"]);
    has_nothing_to_check(project.run("check --changed-since start --contract clip-embed"));
}

#[test]
fn what_others_changed_meanwhile_does_not_count() {
    let project = with_changed(FEATURE);
    commit(&project);
    git(&project, "switch -q -c theirs start");
    let name = "features/clip-embed/shape.feature";
    let text = project.read(name);
    let project = project.file(name, &format!("{text}\n"));
    commit(&project);
    git(&project, "switch -q main");
    let record = project.run("check --changed-since theirs --format json").exits(0).json();
    assert_eq!(record["contracts"].as_array().map(Vec::len), Some(1), "{record:#}");
    assert_eq!(record["contracts"][0]["name"], "auth-validate");
}

#[test]
fn a_project_may_lie_below_its_repository() {
    let outer = Project::empty();
    let folder = outer.path("tests/contracts");
    let inner = Project::of_repository();
    let outer = inner.files().into_iter().fold(outer, |outer, path| {
        let below =
            path.strip_prefix(inner.path("")).expect("it is below").to_str().expect("names are text").to_owned();
        let text = std::fs::read_to_string(&path).expect("it is text");
        outer.file(&format!("tests/contracts/{below}"), &text)
    });
    git(&outer, "init -q -b main");
    commit(&outer);
    git(&outer, "tag start");
    let outer =
        outer.file("features/mlflow/elsewhere.feature", "").file("tests/contracts/features/auth-validate/a.txt", "");
    let project = folder.to_str().expect("paths are text");
    assert_eq!(checked(&outer, &format!("--project {project}")), ["auth-validate"]);
}

#[test]
fn a_revision_that_git_does_not_know_is_wrong_usage() {
    let project = committed();
    project.run("check --changed-since origin/main").exits(2).says("git knows no such revision").says("fetch-depth: 0");
    project.run("check --changed-since=--output=x").exits(2).says("git knows no such revision");
    assert!(!project.path("x").exists());
}

#[test]
fn a_revision_without_a_common_commit_is_wrong_usage() {
    let project = committed();
    git(&project, "switch -q --orphan other");
    let project = project.file("counterpart.toml", "");
    commit(&project);
    project.run("check --changed-since start").exits(2).says("it has no commit in common with HEAD");
}

#[test]
fn a_project_outside_of_git_is_wrong_usage() {
    Project::greeting().run("check --changed-since main").exits(2).says("is in no git repository");
}

#[test]
fn without_git_it_cannot_run() {
    let project = committed();
    let call = project.call("check --changed-since start").variable("PATH", "/nowhere");
    call.run().exits(4).says("asks git, which cannot be run").says("install git");
}
