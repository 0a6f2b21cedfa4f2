//! Accepted shapes: a change is broken and shown, a missing one is inconclusive and pending, and only fakes outside CI write.

use crate::project::{Call, Project};
use crate::provider::{Answer, GREETING_KEY, Provider, greeting};

const DOCUMENT: &str = "contracts/greeting/openapi.yaml";
const SNAPSHOT: &str = "snapshots/greeting/greeted.snap";

const FEATURE: &str = "\
Feature: Greetings
  Scenario: Somebody is greeted
    When \"greet\" is called
    Then the exchange equals the snapshot \"greeted\"

  Scenario: A greeting needs a key
    Then \"greet\" opens to its credential only
";

fn project() -> Project {
    Project::greeting().file("features/greeting/greeting.feature", FEATURE)
}

/// The project with its snapshot accepted.
fn accepted() -> Project {
    let project = project();
    project.run("check").exits(3);
    project.run("accept").exits(0).says("accepted greeting/greeted");
    project
}

/// The promised answer has another field: the document is right, and the shape is another.
fn with_another_field(project: Project) -> Project {
    project.replace(DOCUMENT, "example: { text: \"Hello, Ada\",", "example: { formal: true, text: \"Hello, Ada\",")
}

fn at(project: &Project, provider: &Provider) -> Call {
    project.call(&format!("check --url greeting={}", provider.url())).variable("GREETING_KEY", GREETING_KEY)
}

#[test]
fn a_missing_snapshot_is_inconclusive_and_pending() {
    let project = project();
    let ran = project.run("check").exits(3).says("snapshot-missing").says("There is no accepted shape");
    ran.says("features/greeting/greeting.feature:4");
    assert_eq!(project.pending(), ["greeted.snap.new"]);
    project.run("check").exits(3);
}

#[test]
fn an_accepted_snapshot_is_kept() {
    let project = accepted();
    assert!(project.pending().is_empty());
    project.run("check").exits(0).says("2 scenarios: 2 kept");
    assert!(project.pending().is_empty());
    let snapshot = project.read(SNAPSHOT);
    assert!(snapshot.starts_with("---\n"), "not insta's format:\n{snapshot}");
    assert!(snapshot.contains("/greetings/{language}") && !snapshot.contains("Ada"), "not a shape:\n{snapshot}");
}

#[test]
fn a_changed_shape_is_broken_and_shown_as_a_difference() {
    let project = with_another_field(accepted());
    let ran = project.run("check").exits(1).says("snapshot-changed").says("--- accepted").says("+++ seen");
    let added: Vec<&str> = ran.stdout.lines().filter(|line| line.trim_start().starts_with('+')).collect();
    assert!(added.iter().any(|line| line.contains("formal")), "no added line:\n{}", ran.stdout);
    assert_eq!(project.pending(), ["greeted.snap.new"]);
    project.run("check").exits(1);
    project.run("accept").exits(0);
    project.run("check").exits(0);
}

#[test]
fn nothing_is_written_in_ci() {
    for project in [project(), with_another_field(accepted())] {
        let before = project.files();
        let ran = project.call("check").variable("CI", "1").run();
        assert!([1, 3].contains(&ran.exit), "exit {}:\n{}", ran.exit, ran.text());
        assert_eq!(project.files(), before);
    }
}

#[test]
fn nothing_is_written_for_a_deployment() {
    let right = Provider::answering(greeting);
    let other = Provider::answering(|asked| {
        let wordy = asked.line.starts_with("POST") && asked.headers.contains(GREETING_KEY);
        if wordy { Answer::json(200, r#"{"formal":true,"text":"Hello","language":"en"}"#) } else { greeting(asked) }
    });
    let missing = project();
    let before = missing.files();
    at(&missing, &right).run().exits(3).says("snapshot-missing");
    assert_eq!(missing.files(), before);
    let project = accepted();
    let before = project.files();
    at(&project, &right).run().exits(0);
    at(&project, &other).run().exits(1).says("snapshot-changed").says("formal");
    assert_eq!(project.files(), before);
}

#[test]
fn a_fake_and_a_deployment_have_the_same_snapshot() {
    let project = accepted();
    let fakes = project.read(SNAPSHOT);
    at(&project, &Provider::answering(greeting)).run().exits(0).says("2 scenarios: 2 kept");
    assert_eq!(project.read(SNAPSHOT), fakes);
    let port = Provider::answering(greeting).url();
    let port = port.rsplit(':').next().unwrap_or_default();
    assert!(!fakes.contains("127.0.0.1") && !fakes.contains(port), "a host in the snapshot:\n{fakes}");
}

#[test]
fn only_what_was_asked_for_is_accepted() {
    let project = project();
    project.run("check").exits(3);
    project.run("accept another").exits(2).says("no pending snapshot is called another");
    project.run("accept --contract greting").exits(2).says("did you mean \"greeting\"?");
    assert_eq!(project.pending(), ["greeted.snap.new"]);
    project.run("accept --contract greeting greeted").exits(0).says("accepted greeting/greeted");
    assert!(project.pending().is_empty());
    project.run("accept").exits(0).says("no snapshot is pending");
}

#[test]
fn what_is_no_snapshot_is_not_accepted() {
    let project = project().file("snapshots/greeting/greeted.snap.new", "half a snap");
    project.run("accept").exits(4).says("not a snapshot");
    assert_eq!(project.pending(), ["greeted.snap.new"]);
}

#[test]
fn a_snapshot_that_no_scenario_compares_with_is_named() {
    let project = accepted();
    let shape = project.read(SNAPSHOT);
    project.run("check").exits(0).does_not_say("no scenario compares");
    let project = project.file("snapshots/greeting/forgotten.snap", &shape);
    project.run("check").exits(0).says("no scenario compares with snapshots/greeting/forgotten.snap");
    project.run("check --tags @none").does_not_say("no scenario compares");
}
