//! The snippets with curl, each run at the fakes, and the verb that prints snippets. Those in Python and Rust run in `tests/live`.

use crate::fakes::{self, Fakes};
use crate::project::{Project, root};
use counterpart::snippet::Language;

#[test]
fn every_operation_opens_with_curl_as_its_snippet_calls_it() {
    fakes::all_open(Language::Curl, &|_| "bash".to_owned());
}

#[test]
fn no_operation_opens_with_another_secret_than_its_own() {
    fakes::none_opens_with_another_secret(Language::Curl, &|_| "bash".to_owned());
}

#[test]
fn a_script_without_its_variables_says_which_it_lacks_and_sends_nothing() {
    let fakes = Fakes::of("tests/projects/schemes");
    let contract = &fakes.contracts[0];
    for fakes::Called { label, snippet, .. } in fakes::calls(contract, Language::Curl) {
        for variable in &snippet.variables {
            let outcome = fakes.run(contract, &format!("unset {}", variable.name), "bash", &snippet.text);
            let (name, meaning) = (&variable.name, &variable.meaning);
            assert!(outcome.said.contains(&format!("{name}: {meaning}")), "{label} without {name}:\n{}", outcome.said);
        }
    }
    let said = fakes.stop();
    assert!(said.contains("stopped after 0 requests"), "{said}");
}

#[test]
fn a_snippet_is_printed_in_each_language() {
    let project = Project::of_repository();
    project.run("snippet embedText").exits(0).says("openssl dgst -sha256 -hmac \"$CLIP_RUNPOD_SECRET\"");
    let python = project.run("snippet embedText --language python").exits(0);
    python.says("import hmac").says("body[\"auth\"] = {\"ts\": timestamp, \"sig\": signature}");
    let rust = project.run("snippet embedText --language rust").exits(0);
    rust.says("// hmac = \"0.13\"").says("async fn main()").says("body[\"auth\"] = json!(");
    project.run("snippet predict").exits(0).says("Authorization: Bearer $HOKUSAI_API_KEY");
    let in_query = project.run("snippet predict --credential apiKeyQuery").exits(0);
    in_query.says("--url-query api_key@<(printf %s \"$HOKUSAI_API_KEY\")").does_not_say("Bearer");
}

#[test]
fn what_a_fake_has_to_be_told_first_is_said_beside_the_snippet() {
    let project = Project::of_repository();
    let ran = project.run("snippet getRun").exits(0);
    assert!(!ran.stdout.contains("note:"), "what is piped into a shell holds a note:\n{}", ran.stdout);
    ran.says("note: a fake that has just started answers 404 (Run with id=4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f not found)")
        .says("PATCH /fakes/mlflow with {\"learns\":{\"runs\":[\"4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f\"]}}");
    project.run("snippet setAlias").exits(0).says("until it knows what the example names");
    project.run("snippet predict").exits(0).does_not_say("note:");
}

#[test]
fn what_cannot_be_printed_is_answered_with_what_to_do() {
    let project = Project::of_repository();
    project
        .run("snippet embedTexts")
        .exits(2)
        .says("there is no operation \"embedTexts\"")
        .says("did you mean \"embedText\"?");
    let other = project.run("snippet embedText --contract mlflow").exits(2);
    other.says("there is no operation \"embedText\"");
    project.run("snippet predict --credential bearrer").exits(2).says("did you mean \"bearer\"?");
    project.run("snippet predict --language perl").exits(2).says("the languages are curl, python and rust");
    let twice = Project::of_repository().folder(&root().join("tests/cases/base")).replace(
        "contracts/greeting/openapi.yaml",
        "operationId: greet",
        "operationId: predict",
    );
    let ran = twice.run("snippet predict").exits(2);
    ran.says("predict is an operation of greeting and model-predict").says("choose one with --contract");
}

/// What `contract.toml` of `tests/projects/schemes` says of a signature, what it says instead, and why that has no snippet.
const UNWRITABLE: [(&str, &str, &str, &str); 9] = [
    ("signedInHeader", "{{ raw_body }}\"", "{{ body.id | reverse }}\"", "`body.id | reverse` is more than a value"),
    (
        "signedInHeader",
        "{{ raw_body }}\"",
        "{{ body.id ~ body.state }}\"",
        "is more than a value of the body and filters",
    ),
    (
        "signedInHeader",
        "{{ raw_body }}\"",
        "{% if body.id %}x{% endif %}\"",
        "is more than texts and `{{ name | filter }}`",
    ),
    ("signedInHeader", "{{ raw_body }}\"", "{{ body.lines }}\"", "the example has no text for `body.lines`"),
    ("signedInHeader", "{{ raw_body }}\"", "{{ body.absent }}\"", "the example has no text for `body.absent`"),
    ("signedInHeader", "{{ raw_body }}\"", "{{ header.x_absent }}\"", "`header.x_absent` is more than a value"),
    (
        "signedInHeader",
        "{{ raw_body }}\"",
        "{{ raw_body }}{{ body.id }}\"",
        "both the body and values of it are signed",
    ),
    ("signedInQuery", "{{ path }}", "{{ raw_path }}", "`raw_path` is more than a value of the body"),
    (
        "signedItems",
        "{{ payload }}|",
        "{{ raw_body }}|",
        "the body as it is sent is signed, and it holds the signature",
    ),
];

#[test]
fn what_no_snippet_can_write_is_said_in_its_place() {
    for (operation, from, to, why) in UNWRITABLE {
        let project = Project::empty().folder(&root().join("tests/projects/schemes"));
        let project = project.replace("contracts/orders/contract.toml", from, to);
        let ran = project.run(&format!("snippet {operation}")).exits(4);
        ran.says(&format!("there is no snippet for {operation}: ")).says(why);
    }
}
