//! `counterpart consumer`: a consumer's own tests, here small shell commands with curl, judged by what they send.

use crate::project::{Call, Project, Ran, root};
use crate::provider::GREETING_KEY;
use crate::secrets::{EVERY_FORMAT, nothing_leaks};
use serde_json::{Value, json};
use std::process::{Command, Stdio};

/// The greeter's contract with the variable from which its consumers read where it is.
pub fn greeting() -> Project {
    let project = Project::greeting();
    let settings = project.read("contracts/greeting/contract.toml");
    project.file(
        "contracts/greeting/contract.toml",
        &format!("{settings}\n[variables]\nGREETER_URL = \"{{{{ url }}}}\"\n"),
    )
}

/// The consumers of these tests are made of curl.
pub fn needs_curl() {
    let found = Command::new("curl").arg("--version").stdout(Stdio::null()).status();
    assert!(found.is_ok_and(|status| status.success()), "these tests need curl (Debian: apt-get install curl)");
}

/// A consumer that is this shell script; `$GREETER_URL` and `$GREETING_KEY` are there.
fn consumer(project: &Project, options: &str, script: &str) -> Call {
    needs_curl();
    let call = project.call(&format!("consumer {options} --")).argument("sh").argument("-c").argument(script);
    call.variable("GREETING_KEY", GREETING_KEY)
}

fn run(options: &str, script: &str) -> Ran {
    consumer(&greeting(), options, script).run()
}

/// A call of `greet` with these further arguments of curl, and with this body.
fn greet(arguments: &str, body: &str) -> String {
    format!(
        "curl -s -o answer \"$GREETER_URL/greetings/en\" -H 'Content-Type: application/json' {arguments} --data \"{}\"",
        body.replace('"', "\\\"")
    )
}

const KEY: &str = "-H \"Authorization: Bearer $GREETING_KEY\"";
const ADA: &str = r#"{"name":"Ada"}"#;

fn right() -> String {
    greet(KEY, ADA)
}

/// The findings of the only contract.
fn findings(record: &Value) -> &Vec<Value> {
    record["contracts"][0]["findings"].as_array().expect("it has findings")
}

/// The run is broken by a finding of this code at this place; its drift's sentence holds `words`.
#[track_caller]
fn is_broken_by(script: &str, code: &str, location: &str, words: &str) {
    let record = run("--format json", script).exits(1).json();
    let is_it = |finding: &&Value| {
        let there = finding["location"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(location));
        finding["code"] == code && there
    };
    let found = findings(&record).iter().find(is_it).unwrap_or_else(|| panic!("no {code} at {location}:\n{record:#}"));
    let sentence = found["drift"]["sentence"].as_str().unwrap_or_default();
    assert!(sentence.contains(words), "{code} at {location} is not told as {words:?}:\n{record:#}");
    let headline = if words.is_empty() { code } else { words };
    run("", script).exits(1).says(code).says(headline);
}

#[test]
fn a_right_consumer_keeps_the_contract_and_its_calls_are_listed() {
    let script = format!("{}\n{}\ncurl -s $GREETER_URL/health", right(), right());
    let ran = run("", &script).exits(0);
    ran.says("✓ greet (2 requests)")
        .says("✓ health (1 request)")
        .says("greeting kept")
        .says("2 operations called: 3 requests");
    let record = run("--format json", &script).exits(0).json();
    assert_eq!(record["verb"], "consumer");
    let calls = json!([
        { "operation": "greet", "requests": 2, "verdict": "kept" },
        { "operation": "health", "requests": 1, "verdict": "kept" },
    ]);
    assert_eq!(record["contracts"][0]["calls"], calls, "{record:#}");
    let junit = run("--format junit", &script).exits(0);
    junit.says("<testcase name=\"greet\" classname=\"greeting.calls\">").says("<system-out>2 requests</system-out>");
}

#[test]
fn what_the_command_prints_goes_where_no_report_is_printed() {
    let ran = run("--format json", "echo said; curl -s $GREETER_URL/health").exits(0);
    assert!(ran.stderr.contains("said"), "{}", ran.text());
    assert_eq!(ran.json()["verdict"], "kept");
    let ran = run("", "echo said; curl -s $GREETER_URL/health").exits(0);
    assert!(ran.stdout.starts_with("said\n{\"status\":\"ok\"}\n"), "{}", ran.stdout);
}

#[test]
fn a_key_in_another_place_is_misplaced() {
    let body = r#"{"name":"Ada","api_key":"$GREETING_KEY"}"#;
    is_broken_by(
        &greet("", body),
        "credential-misplaced",
        "body /api_key",
        "the client sends the key in body /api_key",
    );
    let header = greet("-H \"X-API-Key: $GREETING_KEY\"", ADA);
    is_broken_by(&header, "credential-misplaced", "header X-API-Key", "the client sends the key in header X-API-Key");
    // Off the wire names come in small letters: the contract's spelling is told.
    let raw = greet("-H \"authorization: $GREETING_KEY\"", ADA);
    let ran = run("", &raw).exits(1).says("where greet, header Authorization");
    ran.says("the key in header Authorization, in another form");
}

#[test]
fn a_key_in_a_further_place_is_shared_too_widely() {
    let query = right().replace("/greetings/en", "/greetings/en?key=$GREETING_KEY");
    is_broken_by(&query, "credential-overshared", "query parameter key", "");
    is_broken_by(&greet(KEY, r#"{"name":"$GREETING_KEY"}"#), "credential-overshared", "body /name", "");
    is_broken_by(&greet(&format!("{KEY} {KEY}"), ADA), "credential-overshared", "header Authorization", "");
}

#[test]
fn no_key_and_a_wrong_key_are_told_apart() {
    is_broken_by(&greet("", ADA), "credential-missing", "header Authorization", "");
    let wrong = greet("-H 'Authorization: Bearer hk_test_of_nobody'", ADA);
    is_broken_by(&wrong, "credential-unknown", "header Authorization", "");
    run("", &greet("", ADA)).exits(1).says("website sent no credential where the contract asks for one.");
}

#[test]
fn a_signature_of_something_else_is_wrong() {
    let script = "curl -s $DESK_URL/notes -H 'Content-Type: application/json' -H \"X-Time: $(date +%s)\" -H 'X-Signature: 00ff' -d '{}'";
    let project = signed();
    let call = consumer(&project, "--format json", script).variable("DESK_SECRET", SECRET);
    let record = call.run().exits(1).json();
    let codes: Vec<&Value> = findings(&record).iter().map(|finding| &finding["code"]).collect();
    assert_eq!(codes, ["credential-unknown"], "{record:#}");
}

#[test]
fn a_field_that_the_contract_does_not_name_is_a_remark() {
    let script = greet(KEY, r#"{"name":"Ada","nickname":"A"}"#);
    let ran = run("", &script).exits(0).says("website sent a field in the body that the contract does not name.");
    ran.says("- greet, body /nickname").says("greeting kept");
    let record = run("--format json", &script).exits(0).json();
    assert_eq!(findings(&record)[0]["code"], "request-field-undocumented");
    assert_eq!(record["contracts"][0]["verdict"], "kept");
}

#[test]
fn a_body_that_departs_from_its_schema_is_invalid() {
    is_broken_by(&greet(KEY, r#"{"name":7}"#), "request-body-invalid", "body /name", "");
}

#[test]
fn a_path_and_a_method_that_the_contract_does_not_have_are_told() {
    let ran = run("", "curl -s $GREETER_URL/greeting/en").exits(1);
    ran.says("✗ no operation of the contract (1 request)").says("such as /greetings/{language}");
    is_broken_by("curl -s $GREETER_URL/greeting/en", "request-path-undocumented", "path", "");
    let put = "curl -s -X PUT $GREETER_URL/health";
    is_broken_by(put, "request-method-undocumented", "method", "the client calls PUT /health");
}

#[test]
fn a_drift_is_told_once_and_only_of_what_it_explains() {
    let script = greet("-H \"X-API-Key: $GREETING_KEY\"", r#"{"name":7}"#);
    let ran = run("", &script).exits(1);
    let (findings, outcome) = ran.stdout.split_once("\n✗ greeting  broken").expect("there is an outcome");
    assert_eq!(findings.matches("credential-moved: ").count(), 1, "{findings}");
    let body = findings.split_once("request-body-invalid: ").expect("it is found too").0;
    assert!(!body.ends_with("behind it\n  "), "the drift is told of the body too:\n{findings}");
    assert!(outcome.contains("the client sends the key in header X-API-Key"), "{outcome}");
    let junit = run("--format junit", &script).exits(1);
    junit.says("<failure message=\"the client sends the key in header X-API-Key");
    let github = run("--format github", &script).exits(1);
    github.says("::credential-moved: the client sends the key in header X-API-Key");
}

#[test]
fn a_command_that_fails_breaks_the_contract() {
    let script = format!("{}; exit 7", right());
    let ran = run("", &script)
        .exits(1)
        .says("✓ greet (1 request)")
        .says("The consumer's own command failed. It ended with exit code 7.");
    ran.says("greeting broken");
    let record = run("--format json", &script).exits(1).json();
    assert_eq!(findings(&record)[0]["code"], "command-failed");
    assert_eq!(findings(&record)[0]["actual"], "exit code 7");
    run("", "kill -9 $$").exits(1).says("It ended with signal 9 (SIGKILL).").says("? greeting");
}

#[test]
fn a_command_that_cannot_be_started_could_not_run() {
    greeting().run("consumer -- no-such-command").exits(4).says("no-such-command cannot be started: No such file");
    greeting().run("consumer").exits(2).says("<COMMAND>...");
}

#[test]
fn a_consumer_that_sends_nothing_proves_nothing() {
    let ran = run("", "true").exits(3).says("Not called ? greeting").says("Nothing was tested, so nothing is proven.");
    ran.says("does it read its base URL from one of these variables: GREETER_URL?");
    let record = run("--format json", "true").exits(3).json();
    assert_eq!(findings(&record)[0]["code"], "nothing-sent");
    // A contract that names no variable says so.
    let project = Project::greeting();
    let ran = consumer(&project, "", "true").run().exits(3);
    ran.says("name a variable for its base URL under `[variables]` of contracts/greeting/contract.toml");
}

#[test]
fn an_operation_that_is_expected_has_to_be_called() {
    run("--expect greet", &right()).exits(0);
    let ran = run("--expect greet --expect health", &right()).exits(3);
    ran.says("Not called ? greeting › health").says("greeting inconclusive");
    let record = run("--format json --expect health", &right()).exits(3).json();
    let found = &findings(&record)[0];
    assert_eq!((&found["code"], &found["operation"]), (&json!("operation-uncalled"), &json!("health")));
    let ran = run("--expect helth", &right()).exits(2);
    ran.says("there is no operation \"helth\"").says("did you mean \"health\"?");
}

#[test]
fn contracts_that_nobody_called_are_left_out_unless_they_were_named() {
    let project = greeting().folder(&root().join("tests/cases/six-schemes"));
    let health = "curl -s $GREETER_URL/health";
    consumer(&project, "", health).run().exits(0).says("1 contract: 1 kept").does_not_say("six-schemes");
    let named = consumer(&project, "--contract greeting --contract six-schemes", health).run().exits(3);
    named.says("? six-schemes");
    let expected = consumer(&project, "--expect createOrder", health).run().exits(3);
    expected.says("? six-schemes › createOrder");
}

const SECRET: &str = "hk_test_secret_of_the_desk";

/// A provider of signed notes; a signature is good for a second.
fn signed() -> Project {
    let contract = r#"
consumer = "clerk"
provider = "desk"

[variables]
DESK_URL = "{{ url }}"

[credential.signature]
secret    = "DESK_SECRET"
operations = ["addNote"]
algorithm = "hmac-sha256"
encoding  = "hex"
message   = "{{ timestamp }}"
window    = "1s"
headers   = { X-Time = "{{ timestamp }}", X-Signature = "{{ signature }}" }

[refusal.refused]
on = ["missing", "misplaced", "malformed", "unknown", "stale"]
status = 401
"#;
    let document = r#"
openapi: 3.1.0
info: { title: Notes, version: 1.0.0 }
paths:
  /notes:
    post:
      operationId: addNote
      requestBody: { content: { application/json: { schema: { type: object }, example: {} } } }
      responses:
        "200":
          description: It was added.
          content: { application/json: { schema: { type: object }, example: {} } }
        "401":
          description: The signature is not right.
          content: { application/json: { schema: { type: object }, examples: { refused: { value: {} } } } }
"#;
    let project = Project::empty().file("contracts/notes/contract.toml", contract);
    project.file("contracts/notes/openapi.yaml", document)
}

/// The hexadecimal HMAC-SHA256 of a text under [`SECRET`].
fn signature(text: &str) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key will do");
    mac.update(text.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

#[test]
fn a_retry_that_sends_a_signature_again_is_told_so() {
    // Signed for a moment at which the command is sure to be running.
    let moment = (jiff::Timestamp::now().as_second() + 8).to_string();
    let send = format!(
        "curl -s -o answer $DESK_URL/notes -H 'Content-Type: application/json' -H 'X-Time: {moment}' -H 'X-Signature: {}' -d '{{}}'",
        signature(&moment)
    );
    let script = format!("while [ $(date +%s) -lt {moment} ]; do sleep 0.1; done\n{send}\nsleep 3\n{send}");
    let project = signed();
    let call = consumer(&project, "--format json", &script).variable("DESK_SECRET", SECRET);
    let record = call.run().exits(1).json();
    let stale: Vec<&Value> = findings(&record).iter().filter(|finding| finding["code"] == "credential-stale").collect();
    assert_eq!(stale.len(), 1, "{record:#}");
    let actual = stale[0]["actual"].as_str().expect("it is a text");
    assert!(actual.contains("and sent before, ") && actual.contains("a retry has to be signed anew"), "{actual}");
    assert_eq!(record["contracts"][0]["calls"][0]["requests"], 2, "{record:#}");
}

#[test]
fn findings_without_end_are_counted_and_not_kept() {
    // Each of six requests has ninety parameters of its own.
    let one = right().replace("/greetings/en\"", "/greetings/en?$(seq -s '&' -f \"a${i}x%g=1\" 90)\"");
    let record = run("--format json", &format!("for i in 1 2 3 4 5 6; do {one}; done")).exits(1).json();
    assert_eq!(record["contracts"][0]["calls"][0]["requests"], 6, "{}", record["contracts"][0]["calls"]);
    assert_eq!(findings(&record).len(), 500);
    assert_eq!(record["notes"], json!(["greeting: 40 more findings are not shown"]));
}

#[test]
fn findings_that_are_alike_are_counted() {
    let script = greet("", ADA).replace("/greetings/en\"", "/greetings/[1-30]\"");
    let record = run("--format json", &script).exits(1).json();
    assert_eq!(findings(&record).len(), 1, "{record:#}");
    assert_eq!(findings(&record)[0]["times"], 30, "{record:#}");
    run("", &script).exits(1).says("seen 30 times");
}

/// Departs in every way that the reports tell differently.
fn everything_wrong() -> String {
    let calls = [
        right(),
        greet(KEY, r#"{"name":"Ada","nickname":"A"}"#),
        greet("", ADA),
        greet("", ADA),
        greet("-H \"X-API-Key: $GREETING_KEY\"", ADA),
        "curl -s -o answer $GREETER_URL/nothing".to_owned(),
        "exit 7".to_owned(),
    ];
    calls.join("\n")
}

#[test]
fn reports_keep_to_their_schemas() {
    let schema = std::fs::read_to_string(root().join("docs/report.schema.json")).expect("the schema is there");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema compiles");
    for (script, code) in [(everything_wrong(), 1), (right(), 0), ("true".to_owned(), 3)] {
        let project = greeting();
        let options = "--expect greet --format json --format junit --output junit.xml";
        let mut record = consumer(&project, options, &script).run().exits(code).json();
        let errors: Vec<String> =
            validator.iter_errors(&record).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new());
        record["verb"] = "watch".into();
        assert!(!validator.is_valid(&record));
        let mut xmllint = Command::new("xmllint");
        xmllint.args(["--noout", "--nonet", "--schema"]).arg(root().join("tests/schemas/junit.xsd"));
        // A machine that lacks it compares the JSON only.
        let Ok(output) = xmllint.arg(project.path("junit.xml")).output() else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_page_of_a_workflows_step_lists_the_calls() {
    let project = greeting();
    let call = consumer(&project, "--format github", &everything_wrong());
    let ran = call.variable("GITHUB_STEP_SUMMARY", &project.path("summary.md").to_string_lossy()).run().exits(1);
    ran.says("::error file=contracts/greeting/openapi.yaml");
    let summary = project.read("summary.md");
    assert!(summary.contains("| Contract | Verdict | Parties | Calls |"), "{summary}");
    assert!(summary.contains("1 operation called: 6 requests"), "{summary}");
    assert!(summary.contains("credential-moved: the client sends the key in header X-API-Key"), "{summary}");
}

#[test]
fn neither_the_right_key_nor_a_wrong_one_is_printed_or_written() {
    let wrong = "hk_test_of_a_consumer_who_took_the_wrong_one";
    let everywhere = format!(
        "curl -s -o answer \"$GREETER_URL/greetings/en?api_key={wrong}&x=$GREETING_KEY\" -H 'Content-Type: application/json' \
         -H 'X-API-Key: {wrong}' -H \"Authorization: Bearer $KEY\" -H 'Cookie: session={wrong}; other={wrong}' -H 'Api-Key: {wrong}' \
         --data '{{\"name\":7,\"api_key\":\"{wrong}\",\"token\":\"{wrong}\"}}'"
    );
    let script = format!("KEY={wrong}; {everywhere}; KEY=$GREETING_KEY; {everywhere}; {}", everything_wrong());
    let project = greeting().replace(
        "contracts/greeting/openapi.yaml",
        "required: [name]",
        "required: [name]\n              additionalProperties: false",
    );
    for quiet in ["", "-v"] {
        let call = consumer(&project, &format!("{quiet} {EVERY_FORMAT}"), &script);
        let summary = project.path("summary.md");
        let ran = call.variable("GITHUB_STEP_SUMMARY", &summary.to_string_lossy()).run().exits(1);
        for file in ["record.json", "junit.xml", "github.txt", "console.txt", "summary.md"] {
            assert!(project.read(file).contains("credential-unknown"), "{file} does not tell the wrong key");
        }
        nothing_leaks(&project, &ran, &[("GREETING_KEY", GREETING_KEY), ("WRONG", wrong)], &[]);
    }
}

#[test]
fn quiet_and_narrow_output_hold_what_is_wrong() {
    let ran = run("--quiet", &greet("", ADA)).exits(1).says("credential-missing").does_not_say("(1 request)\n");
    ran.says("1 contract: 1 broken");
    let ran = run("-v", &greet("", ADA)).exits(1).says("request POST /greetings/en").says("response 401");
    ran.does_not_say("\u{1b}");
}
