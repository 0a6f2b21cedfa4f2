//! `action.yml`: its steps, run in order as GitHub runs them, at projects that keep their contract and at one that does not.

use crate::project::{Project, files, root};
use crate::provider::{Answer, Asked, GREETING_KEY, Provider};
use crate::workflow::{Acted, Action};
use serde_json::Value;
use std::process::Command;

/// A provider that reads the key from the body.
fn from_body(asked: &Asked) -> Answer {
    let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
    match body["api_key"].as_str() {
        _ if asked.line.starts_with("GET") => Answer::json(200, r#"{"status":"ok"}"#),
        Some(GREETING_KEY) => Answer::json(200, r#"{"text":"Hello, Ada","language":"en"}"#),
        Some(_) => Answer::json(401, r#"{"error":"unknown key"}"#),
        None => Answer::json(401, r#"{"error":"key required"}"#),
    }
}

/// The settings of a project whose target `staging` is that provider.
fn at(provider: &Provider) -> String {
    format!("[target.staging.contract.greeting]\nurl = \"{}\"\n", provider.url())
}

fn checked(project: &Project, action: Action) -> Acted {
    action.variable("GREETING_KEY", GREETING_KEY).run(&project.path("."))
}

fn artefact(acted: &Acted) -> &str {
    let kept = acted.used.iter().find(|(action, _)| action.starts_with("actions/upload-artifact@"));
    kept.map_or("", |(_, options)| &options["name"])
}

#[test]
fn a_contract_that_is_kept_passes_with_its_reports() {
    let acted = checked(&Project::greeting(), Action::new());
    assert_eq!(
        (acted.exit, &*acted.outputs["verdict"], &*acted.outputs["exit-code"]),
        (0, "kept", "0"),
        "{}",
        acted.log
    );
    assert_eq!(artefact(&acted), "counterpart-check");
    assert!(!acted.log.contains("::error"), "{}", acted.log);
    assert!(acted.log.contains("✓ Somebody is greeted"), "{}", acted.log);
    assert!(acted.page.starts_with("## ✓ check: kept at the fakes\n"), "{}", acted.page);
    assert_eq!(acted.page, acted.report("summary.md"));
    assert!(acted.report("junit.xml").contains("<testsuite name=\"greeting › Greetings\""));
    assert!(acted.report("record.json").contains("\"verdict\": \"kept\""));
}

#[test]
fn a_drift_of_the_deployment_is_annotated_and_told_and_fails_at_the_end() {
    let project = Project::greeting().file("counterpart.toml", &at(&Provider::answering(from_body)));
    let acted = checked(&project, Action::new().with("target", "staging"));
    assert_eq!((acted.exit, &*acted.outputs["verdict"]), (1, "broken"), "{}", acted.log);
    assert_eq!(artefact(&acted), "counterpart-check-staging");
    let annotation = "::error file=features/greeting/greeting.feature,line=";
    assert!(acted.log.contains(annotation), "{}", acted.log);
    // Nobody asked the provider where it reads the key from.
    let drift = "credential-moved, probably: the provider reads the key from";
    assert!(acted.log.lines().any(|line| line.starts_with(annotation) && line.contains(drift)), "{}", acted.log);
    assert!(acted.page.contains("\n#### credential-moved: the provider reads the key from"), "{}", acted.page);
    assert!(acted.page.contains("\nThe likeliest drift: "), "{}", acted.page);
    assert!(acted.page.contains("<summary>curl</summary>"), "{}", acted.page);
    assert!(![&acted.log, &acted.page].iter().any(|text| text.contains(GREETING_KEY)), "the key is told");
}

#[test]
fn annotations_of_a_project_in_a_folder_name_the_files_of_the_repository() {
    let base = root().join("tests/cases/base");
    let project = files(&base).into_iter().fold(Project::empty(), |project, path| {
        let name = format!("services/my greeter/{}", path.strip_prefix(&base).expect("it is below").display());
        project.file(&name, &std::fs::read_to_string(path).expect("a project's files are text"))
    });
    let project = project.file("services/my greeter/counterpart.toml", &at(&Provider::answering(from_body)));
    let acted = checked(&project, Action::new().with("project", "services/my greeter").with("target", "staging"));
    assert_eq!(acted.exit, 1, "{}", acted.log);
    assert!(
        acted.log.contains("::error file=services/my greeter/features/greeting/greeting.feature,line="),
        "{}",
        acted.log
    );
    assert!(!acted.log.contains(" file=features/"), "{}", acted.log);
}

#[test]
fn what_cannot_run_is_an_error_with_its_exit_code() {
    let acted = checked(&Project::greeting(), Action::new().with("contracts", "greting"));
    assert_eq!(
        (acted.exit, &*acted.outputs["verdict"], &*acted.outputs["exit-code"]),
        (2, "error", "2"),
        "{}",
        acted.log
    );
    assert!(acted.log.contains("::error title=counterpart could not run::exit code 2"), "{}", acted.log);
    assert!(acted.page.contains("could not run: exit code 2"), "{}", acted.page);
}

#[test]
fn nothing_tested_does_not_pass() {
    let acted = checked(&Project::greeting(), Action::new().with("args", "--tags @nothing"));
    assert_eq!((acted.exit, &*acted.outputs["verdict"]), (3, "inconclusive"), "{}", acted.log);
}

#[test]
fn where_no_contract_changed_the_step_passes_and_claims_no_more() {
    let project = Project::greeting();
    for arguments in
        ["init --quiet", "add --all", "-c user.name=a -c user.email=a@example.com commit --quiet --message a"]
    {
        let mut git = Command::new("git");
        assert!(git.args(arguments.split(' ')).current_dir(project.path("")).status().expect("there is git").success());
    }
    let acted = checked(&project, Action::new().with("changed-since", "HEAD"));
    assert_eq!((acted.exit, &*acted.outputs["verdict"]), (0, "inconclusive"), "{}", acted.log);
}

#[test]
fn a_consumer_is_judged_by_what_its_command_sends() {
    let command = "printf '%s' \"a  b\" > said && curl -sS \"$GREETING_URL/health\"";
    let project = Project::greeting();
    let settings = project.read("contracts/greeting/contract.toml") + "\n[variables]\nGREETING_URL = \"{{ url }}\"\n";
    let project = project.file("contracts/greeting/contract.toml", &settings);
    let acted = checked(&project, Action::new().with("verb", "consumer").with("command", command));
    assert_eq!((acted.exit, &*acted.outputs["verdict"]), (0, "kept"), "{}", acted.log);
    assert_eq!(project.read("said"), "a  b");
    assert!(acted.page.starts_with("## ✓ consumer: kept at the fakes\n"), "{}", acted.page);
    assert!(acted.report("junit.xml").contains("<testsuite name=\"greeting › calls\""));
}

#[test]
fn what_no_scenario_notices_is_annotated_with_the_scenario_that_is_needed() {
    let feature = "Feature: Greetings\n\n  Scenario: Somebody is greeted\n    When \"greet\" is called\n    Then the status is 200\n";
    let project = Project::greeting().file("features/greeting/greeting.feature", feature);
    let acted = checked(&project, Action::new().with("verb", "mutate").with("args", "--kind time"));
    assert_eq!((acted.exit, &*acted.outputs["verdict"]), (1, "broken"), "{}", acted.log);
    assert!(acted.log.contains("::error title=greeting survived%3A time-"), "{}", acted.log);
    assert!(acted.log.contains("%0Aneeded: a scenario that "), "{}", acted.log);
    assert!(acted.page.starts_with("## ✗ mutate: "), "{}", acted.page);
    assert!(acted.page.contains("\n#### greeting › time-"), "{}", acted.page);
    assert!(acted.page.contains("\n- needed: a scenario that "), "{}", acted.page);
    assert_eq!(acted.page, acted.report("summary.md"));
    assert!(acted.report("record.json").contains("\"end\": \"survived\""));
}

#[test]
fn the_site_is_made_of_the_records_of_earlier_runs() {
    let project = Project::greeting();
    let earlier = checked(&project, Action::new());
    let project = project.file("records/nightly/record.json", &earlier.report("record.json"));
    let acted = checked(&project, Action::new().with("verb", "docs").with("records", "records"));
    assert_eq!((acted.exit, artefact(&acted)), (0, "counterpart-docs"), "{}", acted.log);
    let started: Value = serde_json::from_str(&earlier.report("record.json")).expect("a record is JSON");
    let time = started["started"].as_str().expect("it began some time");
    assert!(acted.report("site/index.html").contains(time), "the site does not know the run of {time}");
}

#[test]
fn inputs_are_words_and_never_code() {
    let hostile = [
        "greeting $(touch hacked)",
        "`touch hacked`",
        "; touch hacked\n*",
        "\"; touch hacked; \"",
        "'; touch hacked; '",
    ];
    for input in ["verb", "project", "contracts", "target", "args", "artifact"] {
        for words in hostile {
            let project = Project::greeting();
            let acted = checked(&project, Action::new().with(input, words));
            assert!(!project.path("hacked").exists(), "{input} was run:\n{}", acted.log);
            let name = artefact(&acted);
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)), "{name}");
            assert_eq!(acted.outputs.len(), 3);
        }
    }
}

#[test]
fn nothing_is_kept_where_nobody_wants_it() {
    let acted = checked(&Project::greeting(), Action::new().with("artifact", "none"));
    assert_eq!((acted.exit, artefact(&acted)), (0, ""), "{}", acted.log);
}

#[test]
fn the_action_builds_its_own_revision_once() {
    let programs = Project::greeting();
    let said = programs.path("said");
    let program = |project: Project, name: &str| {
        let script =
            format!("#!/bin/sh\nfor word in {name} \"$@\"; do printf '[%s]' \"$word\"; done >> '{}'\n", said.display());
        project.file(&format!("bin/{name}"), &script)
    };
    let programs = ["cargo", "rustup", "counterpart"].into_iter().fold(programs, program);
    for name in ["cargo", "rustup", "counterpart"] {
        use std::os::unix::fs::PermissionsExt as _;
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(programs.path(&format!("bin/{name}")), executable).expect("a mode can be set");
    }
    let build = || checked(&programs, Action::new().with("install", "source").programs(&programs.path("bin")));
    let (acted, again) = (build(), build());
    assert_eq!(acted.exit, 0, "{}", acted.log);
    let said = programs.read("said");
    assert!(
        said.contains(concat!(
            "[rustup][toolchain][install][",
            env!("CARGO_PKG_RUST_VERSION"),
            "][--profile][minimal]"
        )),
        "{said}"
    );
    assert!(said.contains(&format!("[cargo][install][--locked][--path][{}][--root]", root().display())), "{said}");
    let key = |acted: &Acted| acted.used[0].1["key"].clone();
    assert!(acted.used[0].0.starts_with("actions/cache@"), "{:?}", acted.used);
    assert_eq!(key(&acted), key(&again));
    assert!(acted.path.trim_end().ends_with("/counterpart/bin"), "{}", acted.path);
}
