//! `list`: what there is in a project, for people, for the tools of a shell and for programs.

use crate::project::Project;
use counterpart::feature::catalogue::steps;

#[test]
fn without_a_word_it_says_how_much_there_is_of_each() {
    let ran = Project::greeting().run("list").exits(0);
    let ran = ran.says("1 contract\n").says("  greeting\t2 operations\t14 scenarios, 11 derived\twebsite → greeter");
    ran.says("1 target").says("2 operations").says(&format!("{} steps", steps().len()));
}

#[test]
fn operations_are_listed_with_what_opens_them_and_their_place() {
    let ran = Project::greeting().run("list operations").exits(0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines[0].split('\t').take(5).collect::<Vec<_>>(),
        ["greeting", "greet", "POST", "/greetings/{language}", "key"]
    );
    assert!(lines[0].ends_with("\tcontracts/greeting/openapi.yaml:5"), "{}", lines[0]);
    assert_eq!(lines[1].split('\t').nth(4), Some("open"), "{}", lines[1]);
}

#[test]
fn scenarios_are_listed_with_file_and_line_and_the_derived_are_told() {
    let ran = Project::greeting().run("list scenarios").exits(0);
    let first = ran.stdout.lines().next().expect("there are scenarios");
    let (place, _) = first.split_once('\t').expect("it has fields");
    let (file, line) = place.split_once(':').expect("it is a place");
    let text = Project::greeting().read(file);
    let line: usize = line.parse().expect("it is a line");
    let written = text.lines().nth(line - 1).expect("the file is as long");
    assert!(written.trim_start().starts_with("Scenario"), "{written}");
    assert!(ran.stdout.contains("derived from contracts/greeting:"), "{}", ran.stdout);
    let ran = Project::greeting().run("list scenarios --tags @derived").exits(0);
    assert!(ran.stdout.lines().all(|line| line.starts_with("derived from contracts/greeting:")), "{}", ran.stdout);
}

#[test]
fn only_the_contracts_that_are_asked_for_are_listed() {
    let ran = Project::of_repository().run("list operations --contract clip-embed").exits(0);
    assert!(ran.stdout.lines().all(|line| line.starts_with("clip-embed\t")), "{}", ran.stdout);
    Project::greeting().run("list contracts --contract greetin").exits(2).says("did you mean \"greeting\"?");
}

#[test]
fn targets_are_listed_with_their_urls() {
    let settings =
        "[target.staging]\nwrites = true\n[target.staging.contract.greeting]\nurl = \"https://${STAGE}/api\"\n";
    let project = Project::greeting().file("counterpart.toml", settings);
    let ran = project.call("list targets").variable("STAGE", "stage.example").run().exits(0);
    assert_eq!(ran.stdout, "staging\tgreeting\thttps://stage.example/api\twrites\n");
    project.run("list targets").exits(0).says("staging greeting a variable of its url is not set writes");
}

#[test]
fn a_url_that_holds_a_secret_is_listed_without_it() {
    let settings =
        "[target.t.contract.greeting]\nurl = \"http://${KEY}.example\"\nsecrets = { GREETING_KEY = { env = \"KEY\" } }";
    let project = Project::greeting().file("counterpart.toml", settings);
    let ran = project.call("list --format json").variable("KEY", "hk_test_0123456789").run().exits(0);
    ran.says("http://${GREETING_KEY}.example").does_not_say("hk_test_0123456789");
}

#[test]
fn steps_are_listed_without_a_project() {
    let project = Project::greeting().without("counterpart.toml");
    let ran = project.run("list steps").exits(0);
    assert_eq!(ran.stdout.lines().count(), steps().len());
    for (line, step) in ran.stdout.lines().zip(steps()) {
        assert_eq!(line.split('\t').nth(1), Some(step.expression));
    }
}

#[test]
fn programs_read_the_same_as_json() {
    let json = |what: &str| Project::greeting().run(&format!("list {what} --format json")).exits(0).json();
    let whole = json("");
    assert_eq!(whole["version"], 1);
    for what in ["contracts", "operations", "scenarios", "targets", "steps"] {
        let part = json(what);
        assert_eq!(part[what], whole[what], "{what}");
        assert_eq!(part.as_object().map(serde_json::Map::len), Some(2), "{part:#}");
        assert!(whole[what].as_array().is_some_and(|list| !list.is_empty()), "{what}");
    }
    let greet = &whole["operations"][0];
    assert_eq!(greet["credentials"], serde_json::json!([["key"]]), "{greet:#}");
    assert_eq!(whole["contracts"][0]["credentials"][0]["place"], "header Authorization: Bearer …");
    let derived = whole["scenarios"].as_array().into_iter().flatten().filter(|scenario| scenario["derived"] == true);
    assert_eq!(Some(derived.count() as u64), whole["contracts"][0]["derived"].as_u64());
}

#[test]
fn the_page_describes_every_field_of_the_json() {
    let page = std::fs::read_to_string(crate::project::root().join("docs/list.md")).expect("the page is there");
    let whole = Project::greeting().run("list --format json").exits(0).json();
    for (list, items) in whole.as_object().expect("it is an object").iter().filter(|(_, value)| value.is_array()) {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{list}` |"))).unwrap_or_default();
        for field in items[0].as_object().expect("an item is an object").keys() {
            assert!(row.contains(&format!("`{field}`")), "docs/list.md says nothing of {list}[].{field}");
        }
    }
}

#[test]
fn the_glue_defines_every_step_and_parameter_that_editors_need() {
    let glue = Project::greeting().run("list steps --format glue").exits(0).stdout;
    for step in steps() {
        let quoted = ["'", "\""].map(|quote| format!("({quote}{}{quote}, () => {{}})", step.expression));
        assert!(quoted.iter().any(|quoted| glue.contains(quoted)), "{}:\n{glue}", step.expression);
    }
    for parameter in ["value", "state"] {
        assert!(glue.contains(&format!("defineParameterType({{ name: '{parameter}', regexp: /")), "{glue}");
    }
    let defined = glue.lines().filter(|line| ["Given(", "When(", "Then("].iter().any(|word| line.starts_with(word)));
    assert_eq!(defined.count(), steps().len());
}

#[test]
fn what_does_not_go_together_is_wrong_usage() {
    let project = Project::greeting();
    project.run("list scenarios --format glue").exits(2).says("only steps are written as glue");
    project.run("list targets --tags @derived").exits(2).says("--tags selects scenarios");
    project.run("list everything").exits(2).says("contracts, operations, scenarios, targets, steps");
}

#[test]
fn files_that_cannot_be_read_are_said_with_their_places() {
    let project = Project::greeting().replace("contracts/greeting/contract.toml", "consumer =", "consumers =");
    project.run("list contracts").exits(4).says("unknown key `consumers`");
    let project =
        Project::greeting().file("features/greeting/more.feature", "Feature: x\n  Scenario: y\n    Given nothing\n");
    project.run("list operations").exits(4).says("undefined step \"nothing\"").says("features/greeting/more.feature:3");
}
