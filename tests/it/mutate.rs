//! `counterpart mutate`: which drifts of a contract its features notice.

use crate::project::{Project, Ran, root};
use serde_json::Value;

const FEATURE: &str = "features/greeting/greeting.feature";

/// Features that are kept, and look at the status of a right call only.
fn weak() -> Project {
    let feature = "Feature: Greetings\n\n  Scenario: Somebody is greeted\n    When \"greet\" is called\n    Then the status is 200\n\n  \
                   Scenario: The service is there\n    When \"health\" is called\n    Then the status is 200\n";
    Project::greeting().file(FEATURE, feature)
}

/// The weak features with a scenario that sends no credential.
fn stronger() -> Project {
    let scenario = "\n  Scenario: A greeting needs a key\n    Given a call of \"greet\"\n    And the credential is missing\n    \
                    When the call is sent\n    Then it is refused as \"keyRequired\"\n";
    let project = weak();
    let text = project.read(FEATURE) + scenario;
    project.file(FEATURE, &text)
}

/// Runs it with the scenarios of the features only: what is derived from the contract notices much by itself.
fn run(project: &Project, options: &str) -> Ran {
    project.call(&format!("{options} --tags")).argument("not @derived").run()
}

/// The mutants of a record: what each is and what became of it.
fn mutants(record: &Value) -> Vec<&Value> {
    let contracts = record["contracts"].as_array().expect("there are contracts");
    contracts.iter().flat_map(|contract| contract["mutants"].as_array().expect("it has mutants")).collect()
}

fn ids(record: &Value) -> Vec<String> {
    mutants(record).into_iter().map(|mutant| mutant["id"].as_str().expect("it has a name").to_owned()).collect()
}

fn without_times(ran: &Ran) -> Value {
    let mut record = ran.json();
    for time in ["started", "duration_ms"] {
        record[time] = Value::Null;
    }
    record
}

#[test]
fn what_no_scenario_notices_survives_and_says_what_is_needed() {
    run(&weak(), "mutate --kind credential-not-required")
        .exits(1)
        .says("✗ greeting › credential-not-required greet, open")
        .says("the provider asks for no credential at greet; the contract asks for key in header Authorization: Bearer ….")
        .says("operations  greet")
        .says("needed      a scenario that calls it without a credential, and is refused")
        .says("0 % · 2 mutants: 2 survived")
        .says("The score is below 100 %");
}

#[test]
fn the_scenario_that_was_needed_kills_it() {
    let ran = run(&stronger(), "mutate --kind credential-not-required --format json").exits(0);
    let record = ran.json();
    assert_eq!(mutants(&record).len(), 2);
    for mutant in mutants(&record) {
        assert_eq!(mutant["end"], "killed", "{mutant:#}");
        assert_eq!(mutant["by"]["name"], "A greeting needs a key");
        assert_eq!(mutant["by"]["feature"], FEATURE);
        assert_eq!(mutant["by"]["line"], 11);
        assert_eq!(mutant["by"]["code"], "refusal-missing");
    }
    assert_eq!(record["total"]["percent"], 100.0);
}

#[test]
fn derived_scenarios_take_part() {
    let record = weak().run("mutate --kind credential-not-required --format json").exits(0).json();
    for mutant in mutants(&record) {
        assert!(mutant["by"]["name"].as_str().is_some_and(|name| !name.is_empty()), "{mutant:#}");
    }
}

#[test]
fn a_provider_that_never_answers_is_noticed() {
    let record = weak().run("mutate --kind time-slow --format json").exits(0).json();
    let killers: Vec<&Value> = mutants(&record).into_iter().map(|mutant| &mutant["by"]["code"]).collect();
    assert_eq!(killers, ["call-failed", "call-failed"], "{record:#}");
}

#[test]
fn shards_share_the_mutants_among_them() {
    let project = weak();
    let of = |shard: &str| ids(&run(&project, &format!("mutate --format json {shard}")).exits(1).json());
    let (first, second) = (of("--shard 1/2"), of("--shard 2/2"));
    let mut both: Vec<String> = Vec::new();
    for index in 0..first.len() {
        both.extend(first.get(index).cloned());
        both.extend(second.get(index).cloned());
    }
    assert!(!second.is_empty());
    assert_eq!(both, of(""));
    project.run("mutate --shard 3/2").exits(2).says("write a shard as 1/4: the first of four");
    project.run("mutate --shard 0/2").exits(2);
}

#[test]
fn two_runs_say_the_same() {
    let project = Project::greeting();
    let (one, other) = (project.run("mutate --format json"), project.run("mutate --jobs 1 --format json"));
    assert_eq!(without_times(&one), without_times(&other));
}

#[test]
fn kinds_are_asked_for_by_code_or_beginning() {
    let project = Project::greeting();
    let codes = |kinds: &str| {
        let record = project.run(&format!("mutate --fail-under 0 --format json {kinds}")).exits(0).json();
        let mut codes: Vec<String> =
            mutants(&record).iter().map(|mutant| mutant["code"].as_str().expect("it has one").to_owned()).collect();
        codes.dedup();
        codes
    };
    assert_eq!(codes("--kind time-slow"), ["time-slow"]);
    let credentials = codes("--kind credential");
    assert!(credentials.len() > 5 && credentials.iter().all(|code| code.starts_with("credential-")), "{credentials:?}");
    let several = codes("--kind credential-moved --kind time");
    assert_eq!(several, ["credential-moved", "time-slow"]);
    project
        .run("mutate --kind credential-mooved")
        .exits(2)
        .says("there is no kind of drift \"credential-mooved\"")
        .says("did you mean \"credential-moved\"?");
}

#[test]
fn the_lowest_score_that_is_enough_can_be_named() {
    let project = weak();
    let kinds = "mutate --kind credential-not-required --kind credential-newly-required --kind credential-moved";
    let record = run(&project, &format!("{kinds} --format json")).exits(1).json();
    let percent = record["total"]["percent"].as_f64().expect("there is a score");
    assert!(percent > 1.0 && percent < 99.0, "{record:#}");
    run(&project, &format!("{kinds} --fail-under {}", percent.ceil())).exits(1);
    run(&project, &format!("{kinds} --fail-under {}", percent.floor())).exits(0).does_not_say("The score is below");
    project.run("mutate --fail-under 101").exits(2);
}

#[test]
fn equivalent_mutants_are_listed_with_their_reason_and_do_not_count() {
    let contract = "contracts/greeting/contract.toml";
    let listed = weak().read(contract)
        + "\n[equivalent]\n\"credential-not-required *\" = \"the gateway asks for it already\"\n\"credential-moved nobody *\" = \"gone\"\n";
    let project = weak().file(contract, &listed);
    run(&project, "mutate --kind credential-not-required")
        .exits(0)
        .says("2 mutants: 2 equivalent")
        .says("= credential-not-required greet, open: the gateway asks for it already")
        .says("note: [equivalent] \"credential-moved nobody *\" of greeting matches no drift: remove it");
    run(&stronger().file(contract, &listed), "mutate --kind credential-not-required")
        .exits(0)
        .says("2 mutants: 2 killed")
        .says("features/greeting/greeting.feature:11 notices: remove it");
}

#[test]
fn a_contract_that_is_not_kept_is_not_mutated() {
    let project =
        Project::greeting().replace(FEATURE, "Then the status is 200\n    And", "Then the status is 201\n    And");
    project
        .run("mutate")
        .exits(4)
        .says("greeting is not kept at its healthy fake: features/greeting/greeting.feature:3 Somebody is greeted: broken")
        .says("see `counterpart check --contract greeting`");
}

#[test]
fn no_mutant_is_no_success() {
    let project = weak();
    project.run("mutate --kind signature").exits(3).says("no mutant was tried");
    project.run("mutate --kind signature --list").exits(3);
}

#[test]
fn the_mutants_are_listed_without_being_tried() {
    // It would not be kept.
    let project =
        Project::greeting().replace(FEATURE, "Then the status is 200\n    And", "Then the status is 201\n    And");
    project
        .run("mutate --kind time-slow --list")
        .exits(0)
        .says("greeting · 2 mutants")
        .says("time-slow greet")
        .says("the provider does not answer greet in time; the contract promises an answer");
}

#[test]
fn nothing_is_written_but_the_output() {
    let status = "When \"greet\" is called\n    Then the status is 200\n";
    let snapshot = "When \"greet\" is called\n    Then the exchange equals the snapshot \"greeting\"\n";
    let project = weak().replace(FEATURE, status, snapshot);
    project.run("check").exits(3);
    project.run("accept").exits(0);
    let before = project.files().len();
    // Each of these is noticed by the snapshot; one that is not would take a pending snapshot away.
    let options = "--jobs 1 --kind credential-moved --format json --output score.json --format console";
    run(&project, &format!("mutate {options}")).exits(0).says("killed");
    assert!(project.read("score.json").contains("snapshot-changed"));
    assert_eq!(project.files().len(), before + 1, "{:?}", project.files());
    assert!(project.pending().is_empty());
}

#[test]
fn the_json_keeps_to_its_schema() {
    let schema = std::fs::read_to_string(root().join("docs/mutation.schema.json")).expect("the schema is there");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema compiles");
    let contract = "contracts/greeting/contract.toml";
    let listed = weak().read(contract) + "\n[equivalent]\n\"credential-not-required *\" = \"why not\"\n";
    let project = weak().file(contract, &listed);
    for options in ["", "--shard 1/3", "--kind signature"] {
        let record = run(&project, &format!("mutate --format json {options}")).json();
        let faults: Vec<String> =
            validator.iter_errors(&record).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{options}: {faults:#?}");
    }
}

#[test]
fn a_score_is_no_junit() {
    weak().run("mutate --format junit").exits(2).says("mutate writes console, json, markdown or github");
}

#[test]
fn a_survivor_that_the_score_allows_is_a_warning() {
    let ran = run(&weak(), "mutate --kind credential-not-required --fail-under 0 --format github").exits(0);
    ran.says("::warning title=greeting survived%3A credential-not-required greet%2C open::")
        .says("%0Aneeded: a scenario that calls it without a credential, and is refused")
        .does_not_say("::error");
}

#[test]
fn a_score_in_markdown_lists_the_survivors_and_folds_the_equivalents() {
    let toml = "contracts/greeting/contract.toml";
    let equivalent = "\n[equivalent]\n\"credential-not-required greet, open\" = \"a <reason>\"\n";
    let project = weak();
    let settings = project.read(toml) + equivalent;
    let ran = run(&project.file(toml, &settings), "mutate --kind credential-not-required --format markdown").exits(1);
    ran.says("## ✗ mutate: 0 % · 2 mutants: 1 survived · 1 equivalent")
        .says("| ✗ | greeting | 0 % | 0 | 1 | 1 |")
        .says("#### greeting › credential-not-required greet, optional")
        .says("- needed: a scenario that calls it without a credential, and is refused")
        .says("<details><summary>greeting</summary>")
        .says("- credential-not-required greet, open: a \\<reason>");
}

#[test]
fn no_secret_is_in_what_is_printed() {
    let project = Project::greeting();
    let call = project.call("mutate -v --format json --output score.json --format console");
    call.variable("GREETING_KEY", "hk_test_seen_nowhere").run().says("killed").does_not_say("hk_test_seen_nowhere");
    assert!(!project.read("score.json").contains("hk_test_seen_nowhere"));
}
