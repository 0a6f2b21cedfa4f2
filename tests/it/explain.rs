//! `counterpart explain`: codes, and exchanges that others recorded.

use crate::project::{Project, root};
use crate::provider::{Answer, GREETING_KEY, Provider, greeting};
use counterpart::verdict::Code;
use serde_json::{Value, json};

/// A HAR entry of a call to the greeter.
pub fn entry(method: &str, url: &str, key: Option<&str>, body: &str, status: u16, answer: &str) -> Value {
    let mut headers = vec![json!({"name": ":authority", "value": "greeter.example"})];
    headers.extend(key.map(|key| json!({"name": "authorization", "value": format!("Bearer {key}")})));
    let mut request = json!({"method": method, "url": url, "headers": headers});
    if !body.is_empty() {
        request["postData"] = json!({"mimeType": "application/json", "text": body});
    }
    json!({
        "startedDateTime": "2025-12-28T07:44:19.123+01:00",
        "request": request,
        "response": {
            "status": status, "headers": [], "content": {"mimeType": "application/json", "text": answer},
        },
    })
}

const GREETED: &str = r#"{"text":"Hello","language":"en"}"#;
const UNKNOWN_KEY: &str = r#"{"error":"unknown key"}"#;

pub fn greeted(url: &str) -> Value {
    entry("POST", url, Some(GREETING_KEY), r#"{"name":"Ada"}"#, 200, GREETED)
}

pub fn har(entries: &[Value]) -> String {
    json!({"log": {"version": "1.2", "entries": entries}}).to_string()
}

/// `counterpart explain` of this file, with the greeter's key in the environment.
fn explain(text: &str, options: &str) -> crate::project::Ran {
    let project = Project::greeting().file("seen.json", text);
    let call = project.call(&format!("explain --exchange seen.json {options}"));
    call.variable("GREETING_KEY", GREETING_KEY).run()
}

#[test]
fn every_code_is_listed_with_its_meaning() {
    let ran = Project::empty().run("explain").exits(0);
    let mut ran = ran.says("Findings: The request departs from the contract");
    for code in Code::ALL {
        ran = ran.says(&format!("{code} {}", code.meaning()));
    }
}

#[test]
fn every_code_is_explained_with_an_example_and_what_to_do() {
    let page = std::fs::read_to_string(root().join("docs/codes.md")).expect("there is a page of codes");
    let project = Project::empty();
    for code in Code::ALL {
        let section = page.split("\n## ").find_map(|section| section.strip_prefix(&format!("{code}\n")));
        let cure = section.and_then(|text| text.split_once("Verdict: ")?.1.split_once("\n\n")).expect("it has one").1;
        assert!(cure.starts_with("For example: "), "{code}");
        let verdict = format!("Verdict: {}.", code.weight());
        project.run(&format!("explain {code}")).exits(0).says(code.meaning()).says(&verdict).says(cure);
    }
}

#[test]
fn a_code_that_there_is_not_names_the_nearest() {
    let ran = Project::empty().run("explain credental-unknown").exits(2);
    ran.says("there is no code \"credental-unknown\"").says("did you mean \"credential-unknown\"?");
    Project::empty().run("explain 42").exits(2).says("`counterpart explain` lists all codes");
}

#[test]
fn an_exchange_that_keeps_the_contract_says_so() {
    let ran = explain(&greeted("https://greeter.example/greetings/en").to_string(), "").exits(0);
    ran.says("✓ POST /greetings/en → 200 (greeting, greet)").says("keeps the contract");
}

#[test]
fn every_entry_of_a_har_file_is_explained() {
    let entries = [
        greeted("https://greeter.example/greetings/en"),
        entry("POST", "https://greeter.example/greetings/en", None, r#"{"name":7}"#, 200, GREETED),
        entry("GET", "https://cdn.example/main.css", None, "", 200, ""),
    ];
    let ran = explain(&har(&entries), "").exits(1);
    let ran = ran.says("✓ POST /greetings/en → 200").says("✗ POST /greetings/en → 200");
    let ran = ran.says("credential-missing").says("request-body-invalid").says("where greet, body /name");
    ran.says("1 exchange that reach no operation").does_not_say("main.css");
    explain(&har(&entries), "-v").exits(1).says("GET /main.css → 200").says("no contract has an operation");
    explain(&har(&entries), "--quiet").exits(1).does_not_say("✓");
}

#[test]
fn a_provider_that_refuses_the_right_key_or_accepts_none_is_told_so() {
    let url = "https://greeter.example/greetings/en";
    let refused = entry("POST", url, Some(GREETING_KEY), r#"{"name":"Ada"}"#, 401, UNKNOWN_KEY);
    explain(&refused.to_string(), "").exits(1).says("acceptance-missing: greeter refused the right credential.");
    let accepted = entry("POST", url, None, r#"{"name":"Ada"}"#, 200, GREETED);
    explain(&accepted.to_string(), "").exits(1).says("refusal-missing: greeter accepted");
}

#[test]
fn a_path_below_the_deployments_own_prefix_is_found() {
    let ran = explain(&greeted("https://edge.example/prod/greeter/greetings/en?x").to_string(), "");
    let ran = ran.exits(1).says("(greeting, greet)").says("request-parameter-undocumented");
    ran.says("/prod/greeter is taken for the deployment's own prefix");
    // Where nobody answered there, the prefix is nobody's.
    let url = "https://edge.example/v2/greetings/en";
    let lost = entry("POST", url, Some(GREETING_KEY), r#"{"name":"Ada"}"#, 404, r#"{"error":"not found"}"#);
    explain(&lost.to_string(), "").exits(1).says("request-path-undocumented").does_not_say("own prefix");
}

#[test]
fn what_reaches_no_operation_is_judged_only_where_the_contract_is_named() {
    let stranger = entry("GET", "https://greeter.example/main.css", None, "", 200, "").to_string();
    explain(&stranger, "").exits(3).says("- GET /main.css → 200").says("`--contract NAME` judges it all the same");
    explain(&stranger, "--contract greeting").exits(1).says("request-path-undocumented");
    explain(&stranger, "--contract greetings").exits(2).says("did you mean \"greeting\"?");
}

#[test]
fn a_path_of_two_contracts_needs_the_name_of_one() {
    let health = entry("GET", "https://clip.example/health", None, "", 500, "").to_string();
    let project = Project::of_repository().file("seen.json", &health);
    let ran = project.run("explain --exchange seen.json").exits(3);
    ran.says("clip-embed").says("service-signature").says("`--contract NAME` says which");
}

#[test]
fn a_key_is_not_judged_while_its_secret_is_not_set() {
    let project = Project::greeting();
    let project = project.file("seen.json", &greeted("https://greeter.example/greetings/en").to_string());
    let ran = project.run("explain --exchange seen.json").exits(3);
    ran.says("secret-unset").says("the environment variable GREETING_KEY").does_not_say("credential-unknown");
}

#[test]
fn an_exchange_without_a_time_says_whose_clock_is_taken() {
    let mut entry = greeted("https://greeter.example/greetings/en");
    entry["startedDateTime"] = Value::Null;
    explain(&entry.to_string(), "").exits(0).says("the time at which the file was written is taken");
    entry["response"]["headers"] = json!([{"name": "date", "value": "Sun, 28 Dec 2025 06:44:19 GMT"}]);
    let ran = explain(&entry.to_string(), "--format json").exits(0);
    assert_eq!(ran.json()["exchanges"][0]["time"], "2025-12-28T06:44:19Z", "{}", ran.text());
}

#[test]
fn a_time_with_an_offset_is_read() {
    let ran = explain(&greeted("https://greeter.example/greetings/en").to_string(), "--format json").exits(0);
    assert_eq!(ran.json()["exchanges"][0]["time"], "2025-12-28T06:44:19.123Z");
}

#[test]
fn a_file_that_cannot_be_read_says_where_and_why() {
    explain("{\n  \"log\": {,}\n}", "").exits(4).says("seen.json:2:11: not JSON").says("give a HAR file");
    explain("{}", "").exits(4).says("seen.json:1:1: neither a HAR file nor an exchange of a report");
    explain("{\"log\": {}}", "").exits(4).says("log: missing field `entries`");
    let mut entry = greeted("https://greeter.example/greetings/en");
    entry["request"]["url"] = json!("/greetings/en");
    explain(&har(&[entry.clone()]), "").exits(4).says("log.entries[0].request.url: not a URL");
    entry["request"]["url"] = json!("https://greeter.example/greetings/en");
    entry["startedDateTime"] = json!("yesterday");
    explain(&har(&[entry]), "").exits(4).says("log.entries[0].startedDateTime: not a time");
    Project::greeting().run("explain --exchange gone.har").exits(4).says("gone.har: No such file");
    explain("{}", "--format junit").exits(2).says("explain writes console or json");
}

#[test]
fn a_wrong_line_is_not_shown_since_it_may_hold_a_secret() {
    let ran = explain("{\"authorization\": \"hk_test_somebodys\",,}", "").exits(4);
    ran.says("seen.json:1:").does_not_say("somebodys");
}

#[test]
fn what_is_printed_holds_no_secret() {
    let url = format!("https://greeter.example/greetings/{GREETING_KEY}?x={GREETING_KEY}");
    let ran = explain(&greeted(&url).to_string(), "-v").exits(1);
    ran.says("${GREETING_KEY}").does_not_say(GREETING_KEY);
    let echoed = entry("GET", "https://greeter.example/health", None, "", 200, r#"{"status":"hk_test_greeting"}"#);
    explain(&echoed.to_string(), "").exits(1).says("secret-echoed").does_not_say(GREETING_KEY);
}

/// A report of `check` at a greeter that takes nobody's key but another.
fn report_of_a_refusal() -> String {
    let provider = Provider::answering(|asked| match greeting(asked) {
        _ if asked.headers.contains(GREETING_KEY) => Answer::json(401, UNKNOWN_KEY),
        answer => answer,
    });
    let project = Project::greeting();
    let call = project.call(&format!("check --url greeting={} --format json", provider.url()));
    call.variable("GREETING_KEY", GREETING_KEY).run().exits(1).stdout
}

#[test]
fn a_finding_carries_its_exchange_without_secrets() {
    let report = report_of_a_refusal();
    assert!(!report.contains(GREETING_KEY), "{report}");
    let report: Value = serde_json::from_str(&report).expect("it is JSON");
    let schema = std::fs::read_to_string(root().join("docs/report.schema.json")).expect("the schema is there");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema compiles");
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let exchange = &report["contracts"][0]["scenarios"][1]["findings"][0]["exchange"];
    assert_eq!(exchange["request"]["path"], "/greetings/en", "{exchange:#}");
    assert_eq!(exchange["request"]["body"], r#"{"name":"Ada"}"#);
    let headers = exchange["request"]["headers"].as_array().expect("they are a list");
    assert!(headers.contains(&json!(["Authorization", "Bearer ${GREETING_KEY}"])), "{headers:#?}");
    assert_eq!(exchange["response"]["status"], 401);
    assert_eq!(exchange["response"]["body"], UNKNOWN_KEY);
    let sent: jiff::Timestamp = exchange["time"].as_str().expect("it is text").parse().expect("it is a time");
    assert!(sent.as_millisecond() > 0);
}

#[test]
fn a_report_is_explained_with_its_marks_read_as_the_secrets() {
    let ran = explain(&report_of_a_refusal(), "").exits(1);
    ran.says("acceptance-missing").does_not_say("credential-unknown").does_not_say(GREETING_KEY);
    let project = Project::greeting().file("seen.json", &report_of_a_refusal());
    project.run("explain --exchange seen.json").exits(3).says("secret-unset").does_not_say("acceptance-missing");
}

#[test]
fn one_exchange_of_a_report_is_explained_too() {
    let report: Value = serde_json::from_str(&report_of_a_refusal()).expect("it is JSON");
    let finding = &report["contracts"][0]["scenarios"][1]["findings"][0];
    explain(&finding.to_string(), "").exits(1).says("acceptance-missing");
    explain(&finding["exchange"].to_string(), "").exits(1).says("acceptance-missing");
}

#[test]
fn a_basic_password_is_found_again_in_its_base64() {
    let basic = "    key: { type: http, scheme: basic }";
    for user in ["a", "bo", "ada", "eve1"] {
        let project = Project::greeting()
            .replace("contracts/greeting/openapi.yaml", "    key: { type: http, scheme: bearer }", basic)
            .replace(
                "contracts/greeting/contract.toml",
                "secret = \"GREETING_KEY\"",
                &format!("secret = \"GREETING_KEY\"\nuser = {user:?}"),
            );
        let refusing = Provider::answering(|_| Answer::json(401, UNKNOWN_KEY));
        let call = project.call(&format!("check --url greeting={} --format json", refusing.url()));
        let report = call.variable("GREETING_KEY", GREETING_KEY).run().exits(1).stdout;
        assert!(report.contains("Basic "), "{report}");
        let project = project.file("seen.json", &report);
        let call = project.call("explain --exchange seen.json");
        let ran = call.variable("GREETING_KEY", GREETING_KEY).run().exits(1);
        assert!(ran.stdout.contains("acceptance-missing"), "the password of {user} is not read again:\n{}", ran.text());
    }
}

#[test]
fn a_long_body_is_cut_and_not_judged() {
    let long = format!(r#"{{"text":"{}","language":7}}"#, "é".repeat(64 * 1024));
    let provider = Provider::answering(move |asked| match greeting(asked) {
        _ if asked.headers.contains(GREETING_KEY) => Answer::json(200, long.clone()),
        answer => answer,
    });
    let project = Project::greeting();
    let call = project.call(&format!("check --url greeting={} --format json", provider.url()));
    // Derived calls break the contract on purpose, and would be explained too.
    let call = call.argument("--tags").argument("not @derived");
    let report = call.variable("GREETING_KEY", GREETING_KEY).run().exits(1).json();
    let response = &report["contracts"][0]["scenarios"][0]["findings"][0]["exchange"]["response"];
    assert_eq!(response["truncated"], true);
    assert_eq!(response["body"].as_str().map(str::len), Some(64 * 1024 - 1), "cut in front of a character");
    explain(&report.to_string(), "").exits(0).says("only the beginning of the response's body: it is not judged");
}

#[test]
fn a_body_that_is_no_text_is_kept_in_base64() {
    let record = json!({
        "time": "2025-12-28T06:44:19Z", "duration_ms": 1,
        "request": {"method": "GET", "path": "/health", "query": null, "headers": [], "body": ""},
        "response": {
            "status": 200, "headers": [["content-type", "application/json"]], "body": null,
            "body_base64": "eyJzdGF0dXMiOiJvayJ9",
        },
    });
    explain(&record.to_string(), "").exits(0).says("keeps the contract");
    let mut record = record;
    record["response"]["body_base64"] = json!("?");
    explain(&record.to_string(), "").exits(4).says("response: body_base64");
}

#[test]
fn more_of_a_finding_is_its_exchange() {
    let provider = Provider::answering(|asked| match asked.line.as_str() {
        "GET /health" => Answer::json(200, r#"{"status":"so so"}"#),
        _ => greeting(asked),
    });
    let project = Project::greeting();
    let check = |options: &str| {
        let call = project.call(&format!("check --url greeting={} {options}", provider.url()));
        call.variable("GREETING_KEY", GREETING_KEY).run().exits(1)
    };
    check("-v").says("request GET /health").says("response 200").says(r#"{"status":"so so"}"#);
    check("").does_not_say("request   GET");
}
