//! The snippets of every operation, run as a reader runs them: with the variables that `serve --env-file` writes. Those in
//! Python and Rust run in `tests/live`.

use crate::fakes::{Fakes, PROJECTS};
use crate::project::{Project, root};
use counterpart::contract::Contract;
use counterpart::contract::operation::Operation;
use counterpart::snippet::{self, Language, Snippet};
use std::fmt::Write as _;

/// Every set of credentials of every operation: what the call is of, and its snippet with curl.
fn scripts(contract: &Contract) -> Vec<(&Operation, String, Snippet)> {
    let of = |operation: &'_ Operation| {
        let alternatives = snippet::alternatives(contract, &operation.id).expect("the operation is the contract's");
        let scripts = alternatives.into_iter().map(|alternative| {
            let names: Vec<&str> = alternative.credentials.iter().map(|name| name.as_str()).collect();
            let label = format!("{} {} with [{}]", contract.name, operation.id, names.join(", "));
            let snippets = alternative.snippets.unwrap_or_else(|why| panic!("{label}: {why}"));
            (label, snippets.into_iter().find(|one| one.language == Language::Curl).expect("there is one"))
        });
        scripts.collect::<Vec<_>>()
    };
    let operations = contract.operations.values();
    operations
        .flat_map(|operation| of(operation).into_iter().map(move |(label, one)| (operation, label, one)))
        .collect()
}

#[test]
fn every_operation_opens_with_curl_as_its_snippet_calls_it() {
    for project in PROJECTS {
        let fakes = Fakes::of(project);
        let (mut wrong, mut called) = (String::new(), 0);
        for contract in &fakes.contracts {
            for (operation, label, snippet) in scripts(contract) {
                fakes.begin_anew(contract, operation.id.as_str());
                let outcome = fakes.run(contract, "", "bash", &snippet.text);
                called += 1;
                if !outcome.succeeds {
                    writeln!(wrong, "{label}: {}\n{}", outcome.said, snippet.text).expect("a text takes every write");
                }
            }
        }
        let said = fakes.stop();
        assert!(wrong.is_empty(), "{project}\n{wrong}\n{said}");
        assert!(called > 0, "{project} has no operation");
        let plural = if called == 1 { "" } else { "s" };
        let last = format!("stopped after {called} request{plural}; 0 departed from their contract");
        assert!(said.contains(&last), "{project}: not {last:?}:\n{said}");
    }
}

#[test]
fn no_operation_opens_with_another_secret_than_its_own() {
    for project in PROJECTS {
        let fakes = Fakes::of(project);
        for contract in &fakes.contracts {
            for (operation, label, snippet) in scripts(contract) {
                fakes.begin_anew(contract, operation.id.as_str());
                for variable in snippet.variables.iter().filter(|variable| variable.is_secret) {
                    let name = &variable.name;
                    // Another character in the middle, so that a secret in any form stays one of that form.
                    let other = format!(
                        "case ${{{name}:12:1}} in 1) c=2;; *) c=1;; esac; {name}=${{{name}:0:12}}$c${{{name}:13}}"
                    );
                    let outcome = fakes.run(contract, &other, "bash", &snippet.text);
                    assert!(!outcome.succeeds, "{label}: another {name} opens it:\n{}", outcome.said);
                    assert!(outcome.said.contains("error: 401"), "{label}, another {name}:\n{}", outcome.said);
                }
            }
        }
    }
}

#[test]
fn a_script_without_its_variables_says_which_it_lacks_and_sends_nothing() {
    let fakes = Fakes::of("tests/projects/schemes");
    let contract = &fakes.contracts[0];
    for (_, label, snippet) in scripts(contract) {
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
