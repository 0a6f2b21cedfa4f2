//! The command line: colour where it is wanted, and help that helps.

use crate::project::Project;

const ESCAPE: char = '\u{1b}';

#[test]
fn what_goes_into_a_pipe_has_no_colour() {
    let ran = Project::greeting().run("check").exits(0);
    assert!(!ran.text().contains(ESCAPE), "{}", ran.text());
}

#[test]
fn colour_can_be_asked_for() {
    let ran = Project::greeting().run("check --color always").exits(0);
    assert!(ran.stdout.contains("\u{1b}[32m"), "no green:\n{}", ran.stdout);
    let ran = Project::greeting().call("check --color always").variable("NO_COLOR", "1").run().exits(0);
    assert!(ran.stdout.contains(ESCAPE), "what is typed counts more than what is set");
}

#[test]
fn no_color_is_respected() {
    let forced = Project::greeting().call("check").variable("CLICOLOR_FORCE", "1").run().exits(0);
    assert!(forced.stdout.contains(ESCAPE), "the variable that forces colour has no effect");
    let ran = Project::greeting().call("check --color never").variable("CLICOLOR_FORCE", "1").run().exits(0);
    assert!(!ran.text().contains(ESCAPE));
    let ran = Project::greeting().call("check").variable("NO_COLOR", "1").run().exits(0);
    assert!(!ran.text().contains(ESCAPE));
}

#[test]
fn the_coloured_report_says_the_same() {
    let project = Project::greeting();
    let plain = project.run("check --quiet").exits(0).stdout;
    let coloured = project.run("check --quiet --color always").exits(0).stdout;
    let untimed = |text: &str| text.rsplit_once(" · ").expect("the summary ends with the time").0.to_owned();
    assert_eq!(untimed(&anstream::adapter::strip_str(&coloured).to_string()), untimed(&plain));
}

#[test]
fn problems_of_files_are_coloured_like_reports() {
    let project = Project::greeting().file("counterpart.toml", "[targets]\n");
    let ran = project.run("check --color always").exits(2);
    assert!(ran.stderr.contains(ESCAPE), "no colour:\n{}", ran.stderr);
    let ran = project.run("check").exits(2);
    assert!(!ran.stderr.contains(ESCAPE), "colour in a pipe:\n{}", ran.stderr);
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let project = Project::empty();
    for arguments in ["--help", "check --help", "accept --help", "explain --help"] {
        let ran = project.run(arguments).exits(0);
        assert!(ran.stderr.is_empty(), "help goes to stdout");
        let ran = ran.says("Examples:").says("Exit codes:");
        for code in ["0 kept", "1 broken", "2 wrong usage", "3 inconclusive", "4 could not run"] {
            assert!(ran.stdout.contains(code), "`{arguments}` does not name {code:?}:\n{}", ran.stdout);
        }
    }
}

#[test]
fn a_call_without_a_verb_shows_the_help() {
    let ran = Project::empty().run("").exits(2);
    assert!(ran.text().contains("Examples:"));
}

#[test]
fn a_reader_that_goes_away_changes_no_verdict() {
    let project = Project::greeting();
    let binary = env!("CARGO_BIN_EXE_counterpart");
    let status = std::process::Command::new("sh")
        .args(["-c", &format!("{{ '{binary}' check; echo $? >exit; }} | true")])
        .current_dir(project.path(""))
        .status();
    assert!(status.expect("sh runs").success());
    assert_eq!(project.read("exit").trim(), "0");
}
