//! `counterpart replay`: recorded exchanges judged against the contracts, offline.

use crate::explain::{entry, greeted, har};
use crate::project::{Project, Ran, root};
use crate::provider::GREETING_KEY;
use serde_json::{Value, json};

const DESK_KEY: &str = "hk_test_header_0123456789";
const URL: &str = "https://greeter.example/greetings/en";
const ORDER: &str = r#"{"customer_id":"c-204","quantity":24,"priority":"express"}"#;
const ORDERED: &str = r#"{"order_id":"ord-00c0ffee","customer_id":"c-204","status":"accepted","total_cents":11760}"#;

/// The greeter and the parcel desk.
fn project(recording: &Value) -> Project {
    let project = Project::greeting().folder(&root().join("tests/cases/six-schemes"));
    project.file("seen.har", &recording.to_string())
}

fn run(project: &Project, arguments: &str) -> Ran {
    let call = project.call(arguments).variable("GREETING_KEY", GREETING_KEY);
    call.variable("DESK_HEADER_KEY", DESK_KEY).run()
}

fn replay(entries: &[Value], options: &str) -> Ran {
    run(&project(&serde_json::from_str(&har(entries)).expect("a HAR is JSON")), &format!("replay seen.har {options}"))
}

/// An order of parcels with this header.
fn order(header: &str, key: &str) -> Value {
    let mut entry = entry("POST", "https://desk.example/v1/orders", None, ORDER, 201, ORDERED);
    let headers = entry["request"]["headers"].as_array_mut().expect("it has headers");
    headers.push(json!({ "name": header, "value": key }));
    entry
}

/// Right and wrong exchanges of two contracts, and one of none.
fn mixed() -> Vec<Value> {
    vec![
        greeted(URL),
        greeted(URL),
        entry("POST", URL, None, r#"{"name":7}"#, 200, r#"{"text":"Hello","language":"en"}"#),
        order("X-API-Key", DESK_KEY),
        order("Api-Key", DESK_KEY),
        entry("GET", "https://cdn.example/main.css", None, "", 200, ""),
    ]
}

#[test]
fn right_exchanges_keep_their_contracts_and_are_counted() {
    let entries = [greeted(URL), greeted(URL), order("x-api-key", DESK_KEY)];
    let ran = replay(&entries, "").exits(0).says("✓ greet (2 requests)").says("✓ createOrder (1 request)");
    ran.says("greeting kept").says("six-schemes kept").says("2 contracts: 2 kept · 2 operations called: 3 requests");
}

#[test]
fn wrong_exchanges_break_their_contract_on_either_side() {
    let ran = replay(&mixed(), "").exits(1).says("✗ greet (3 requests)").says("✗ createOrder (2 requests)");
    // The consumer's side, and the provider's.
    let ran = ran.says("credential-missing: website sent no credential").says("request-body-invalid");
    let ran = ran.says("refusal-missing: parcel desk accepted a call that it promises to refuse.");
    let ran = ran.says("the client sends the key in header Api-Key").says("2 contracts: 2 broken");
    ran.says("note: no contract has an operation at GET /main.css: `--contract NAME` judges it all the same");
    let record = replay(&mixed(), "--format json").exits(1).json();
    assert_eq!(record["verb"], "replay");
    assert_eq!(record["target"], "seen.har");
    let calls = json!([{ "operation": "greet", "requests": 3, "verdict": "broken" }]);
    assert_eq!(record["contracts"][0]["calls"], calls);
    // Of one contract only what is its own.
    let ran = replay(&mixed(), "--contract six-schemes").exits(1);
    ran.says("1 contract: 1 broken").does_not_say("credential-missing: website");
}

#[test]
fn what_replay_finds_explain_finds_too() {
    let project = project(&serde_json::from_str(&har(&mixed())).expect("a HAR is JSON"));
    let replayed = run(&project, "replay seen.har --format json").exits(1).json();
    let explained = run(&project, "explain --exchange seen.har --format json").exits(1).json();
    let keys = ["code", "operation", "location", "expected", "actual"];
    let told = |of: &Value, list: &str| {
        let all = of[list].as_array().expect("a list").iter();
        let findings = all.flat_map(|one| one["findings"].as_array().expect("findings").clone());
        let mut told: Vec<String> = findings.map(|one| keys.map(|key| one[key].to_string()).join(" ")).collect();
        told.sort();
        told
    };
    let (replayed, explained) = (told(&replayed, "contracts"), told(&explained, "exchanges"));
    assert!(replayed.len() >= 4, "{replayed:#?}");
    assert_eq!(replayed, explained);
}

#[test]
fn exchanges_that_reach_nothing_prove_nothing() {
    let strangers: Vec<Value> =
        (0..5).map(|number| entry("GET", &format!("https://cdn.example/{number}.css"), None, "", 200, "")).collect();
    let ran = replay(&strangers, "").exits(3).says("no exchange of the file could be judged");
    ran.says("at GET /0.css").says("2 more exchanges reach no operation of a contract").does_not_say("/4.css");
    replay(&[], "").exits(3).says("no exchange of the file could be judged");
}

#[test]
fn a_secrets_name_stands_for_the_secret() {
    let mut entry = greeted(URL);
    entry["request"]["headers"][1]["value"] = json!("Bearer ${GREETING_KEY}");
    replay(&[entry], "").exits(0).says("greeting kept");
}

#[test]
fn without_the_secret_a_key_is_not_judged() {
    let project = project(&greeted(URL));
    let ran = project.run("replay seen.har").exits(3).says("? greet (1 request)").says("secret-unset");
    ran.says("the environment variable GREETING_KEY").does_not_say(GREETING_KEY);
}

#[test]
fn without_a_response_the_request_is_judged() {
    let mut right = greeted(URL);
    right["response"]["status"] = json!(0);
    replay(&[right], "").exits(0).says("✓ greet (1 request)");
    let mut wrong = entry("POST", URL, None, r#"{"name":"Ada"}"#, 0, "");
    wrong.as_object_mut().expect("an object").remove("response");
    replay(&[wrong], "").exits(1).says("credential-missing").does_not_say("refusal-missing");
}

#[test]
fn of_a_body_that_was_cut_nothing_is_said() {
    let exchange = |cut_request: bool, cut_response: bool| {
        let headers = json!([["content-type", "application/json"], ["authorization", "Bearer ${GREETING_KEY}"]]);
        json!({
            "time": "2025-12-28T07:44:19.123Z",
            "duration_ms": 3,
            "request": {
                "method": "POST", "path": "/greetings/en", "query": null, "headers": headers,
                "body": if cut_request { "{\"na" } else { "{\"name\":\"Ada\"}" }, "truncated": cut_request,
            },
            "response": {
                "status": 200, "headers": [["content-type", "application/json"]],
                "body": if cut_response { "{\"te" } else { "{\"text\":\"Hello\",\"language\":\"en\"}" },
                "truncated": cut_response,
            },
        })
    };
    run(&project(&exchange(false, false)), "replay seen.har").exits(0);
    let ran = run(&project(&exchange(true, false)), "replay seen.har").exits(3);
    ran.says("the record has only the beginning of the request's body: it is not judged").says("? greet");
    let ran = run(&project(&exchange(false, true)), "replay seen.har").exits(0);
    ran.says("the record has only the beginning of the response's body: it is not judged");
}

#[test]
fn a_report_of_a_consumer_can_be_replayed() {
    let consumer = crate::consumer::greeting();
    crate::consumer::needs_curl();
    let script = "curl -s -X POST $GREETER_URL/greetings/en -H \"X-API-Key: $GREETING_KEY\" -H 'Content-Type: application/json' -d '{}'";
    let call = consumer.call("consumer --format json --").argument("sh").argument("-c").argument(script);
    let report = call.variable("GREETING_KEY", GREETING_KEY).run().exits(1);
    let consumer = consumer.file("report.json", &report.stdout);
    let ran = run(&consumer, "replay report.json").exits(1);
    ran.says("credential-misplaced").says("request-body-invalid").says("✗ greet (1 request)");
}

#[test]
fn what_is_replayed_is_said_without_secrets() {
    let stranger = "hk_test_a_key_that_nobody_knows_here";
    let recording = [
        order("X-Auth-Token", DESK_KEY),
        order("X-API-Key", stranger),
        entry("POST", &format!("{URL}?token={stranger}"), Some(stranger), r#"{"name":"Ada"}"#, 200, ""),
    ];
    for options in ["-v", "--format json", "--format junit", "--format github"] {
        replay(&recording, options).exits(1).does_not_say(DESK_KEY).does_not_say(stranger);
    }
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    Project::greeting().run("replay gone.har").exits(4).says("gone.har: No such file");
    run(&project(&json!({})), "replay seen.har").exits(4).says("neither a HAR file nor an exchange of a report");
    replay(&[], "--contract nobody").exits(2).says("there is no contract \"nobody\"");
}
