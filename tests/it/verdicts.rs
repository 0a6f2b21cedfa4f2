//! Nothing is green by vacuum: what tests nothing, proves nothing or cannot run never exits with 0.

use crate::project::{CONTRACTS, Call, Project, Ran, each_at, root};
use crate::provider::{Answer, Asked, GREETING_KEY, Provider, greeting};
use counterpart::feature::source;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const FEATURE: &str = "features/greeting/greeting.feature";

fn at(project: &Project, provider: &Provider) -> Call {
    project.call(&format!("check --url greeting={}", provider.url())).variable("GREETING_KEY", GREETING_KEY)
}

fn checked(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Ran {
    at(&Project::greeting(), &Provider::answering(answer)).run()
}

#[test]
fn a_provider_that_keeps_its_promises_is_kept() {
    checked(greeting).exits(0).says("3 scenarios: 3 kept");
}

#[test]
fn a_provider_that_answers_404_to_everything_is_broken() {
    let ran = checked(|_| Answer::json(404, r#"{"error":"not found"}"#)).exits(1);
    ran.says("response-status-undocumented").says("refusal-unexpected").says("actual 404");
}

#[test]
fn a_provider_that_takes_any_key_is_broken() {
    let any = |asked: &Asked| {
        let body =
            if asked.line.starts_with("GET") { r#"{"status":"ok"}"# } else { r#"{"text":"Hello","language":"en"}"# };
        Answer::json(200, body)
    };
    checked(any).exits(1).says("refusal-missing").says("\"greet\" opens to its credential only");
}

#[test]
fn a_provider_that_takes_any_key_that_is_there_is_broken() {
    let any = |asked: &Asked| {
        let wrong = asked.line.starts_with("POST") && asked.headers.to_lowercase().contains("authorization: bearer");
        if wrong { Answer::json(200, r#"{"text":"Hello","language":"en"}"#) } else { greeting(asked) }
    };
    checked(any).exits(1).says("refusal-missing");
}

#[test]
fn a_provider_that_refuses_everything_is_broken() {
    let ran = checked(|_| Answer::json(401, r#"{"error":"key required"}"#)).exits(1);
    ran.says("status-unexpected").says("expected 200");
    let refusing = |asked: &Asked| match asked.line.as_str() {
        "GET /health" => greeting(asked),
        _ if asked.headers.to_lowercase().contains("authorization:") => Answer::json(401, r#"{"error":"unknown key"}"#),
        _ => Answer::json(401, r#"{"error":"key required"}"#),
    };
    checked(refusing).exits(1).says("acceptance-missing");
}

#[test]
fn a_provider_that_fails_has_not_refused() {
    let ran = checked(|_| Answer::json(500, r#"{"error":"bug"}"#)).exits(1);
    ran.says("refusal-is-server-error");
    let failing = |asked: &Asked| {
        let refused = asked.line.starts_with("POST") && !asked.headers.contains(GREETING_KEY);
        if refused { Answer::json(500, r#"{"error":"bug"}"#) } else { greeting(asked) }
    };
    checked(failing).exits(1).says("refusal-is-server-error");
}

#[test]
fn a_provider_that_redirects_is_not_followed() {
    let right = Provider::answering(greeting);
    let ran = checked(move |_| Answer::json(307, "{}").header("location", &right.url())).exits(1);
    ran.says("response-status-undocumented").says("actual 307");
}

#[test]
fn a_provider_that_says_nothing_of_what_it_sends_is_broken() {
    let text = |asked: &Asked| match asked.line.as_str() {
        "GET /health" => Answer::text(200, "ok"),
        _ => greeting(asked),
    };
    checked(text).exits(1).says("response-media-type-undocumented");
}

#[test]
fn none_of_the_five_contracts_is_kept_by_a_provider_that_always_says_the_same() {
    let project = Project::of_repository();
    for (status, body) in
        [(200, "{}"), (200, "[]"), (401, r#"{"detail":"no"}"#), (404, r#"{"detail":"Not Found"}"#), (500, "")]
    {
        let provider = Provider::answering(move |_| Answer::json(status, body));
        let urls = each_at(&provider.url());
        let ran = five_keys(project.call(&format!("check --format json --allow-writes {urls}"))).run().exits(1);
        for contract in list(&ran.json()["contracts"]) {
            assert_eq!(contract["verdict"], "broken", "{} at {status} {body}", contract["name"]);
        }
    }
}

#[test]
fn a_deployment_that_is_not_there_cannot_be_checked() {
    let ran = Project::greeting()
        .call("check --url greeting=http://127.0.0.1:1")
        .variable("GREETING_KEY", GREETING_KEY)
        .run();
    ran.exits(4).says("nobody answers at http://127.0.0.1:1");
}

#[test]
fn an_empty_selection_is_inconclusive() {
    let ran = Project::greeting().run("check --tags @nothing");
    ran.exits(3).says("no scenario has these tags");
}

#[test]
fn a_project_without_features_is_inconclusive() {
    let ran = Project::greeting().without("features").run("check");
    ran.exits(3).says("there are no features below features/");
}

#[test]
fn a_project_without_contracts_is_inconclusive() {
    Project::empty().run("check").exits(3);
}

#[test]
fn a_contract_without_features_beside_one_with_features_is_inconclusive() {
    let project = Project::greeting();
    let document = project.read("contracts/greeting/openapi.yaml");
    let terms = project.read("contracts/greeting/contract.toml");
    let project =
        project.file("contracts/farewell/openapi.yaml", &document).file("contracts/farewell/contract.toml", &terms);
    project.run("check").exits(3).says("? farewell");
}

#[test]
fn an_undefined_step_cannot_run() {
    let project = Project::greeting().replace(FEATURE, "the exchange conforms", "the exchange confirms");
    project.run("check").exits(4).says("the nearest step: the exchange conforms").says(&format!("{FEATURE}:7:5"));
}

#[test]
fn a_misspelt_first_keyword_cannot_run() {
    let project = Project::greeting().replace(FEATURE, "When \"health\" is called", "Wehn \"health\" is called");
    project.run("check").exits(4).says("did you mean `When`?").says(&format!("{FEATURE}:13:5"));
}

#[test]
fn a_scenario_without_a_then_is_inconclusive() {
    let project = Project::greeting().replace(
        FEATURE,
        "    When \"health\" is called\n    Then the status is 200",
        "    When \"health\" is called",
    );
    project.run("check").exits(3).says("nothing-asserted").says(&format!("{FEATURE}:12"));
}

#[test]
fn a_protection_that_no_scenario_proves_is_inconclusive() {
    let project = Project::greeting().replace(
        FEATURE,
        "  Scenario: A greeting needs a key\n    Then \"greet\" opens to its credential only",
        "  @opens-otherwise\n  Scenario: A greeting\n    When \"greet\" is called\n    Then the status is 200",
    );
    project
        .run("check")
        .exits(3)
        .says("Protection not proven")
        .says("greet: not seen: a call without credential refused");
}

#[test]
fn refusals_alone_prove_no_protection() {
    let refusals = "
Feature: Refusals
  Scenario: Without a key
    Given a call of \"greet\"
    And the credential is missing
    When the call is sent
    Then it is refused as \"keyRequired\"

  Scenario: With another key
    Given a call of \"greet\"
    And the credential is unknown
    When the call is sent
    Then it is refused as \"unknownKey\"
";
    let project = Project::greeting().file(FEATURE, refusals);
    project.run("check").exits(3).says("Protection not proven").says("not seen: the right credential accepted");
    // Asking for a part of the scenarios makes them prove no more.
    let project = project.replace(FEATURE, "Feature: Refusals", "@refusal\nFeature: Refusals");
    project.run("check --tags @refusal").exits(3).says("not seen: the right credential accepted");
}

#[test]
fn a_deployment_without_its_secret_is_inconclusive() {
    let provider = Provider::answering(greeting);
    let project = Project::greeting();
    let ran = project.run(&format!("check --url greeting={}", provider.url())).exits(3);
    ran.says("GREETING_KEY").says("not set").says("secret-unset");
    let ran = project.call(&format!("check --url greeting={}", provider.url())).variable("GREETING_KEY", "").run();
    ran.exits(3).says("GREETING_KEY");
}

#[test]
fn a_scenario_that_writes_does_not_run_where_it_may_not() {
    let project = Project::greeting().replace(
        FEATURE,
        "  Scenario: Somebody is greeted",
        "  @writes\n  Scenario: Somebody is greeted",
    );
    let provider = Provider::answering(greeting);
    let ran = at(&project, &provider).run().says("2 kept, 1 not run").says("@writes: the target url does not allow it");
    ran.exits(0);
    at(&project, &provider).argument("--allow-writes").run().exits(0).says("3 scenarios: 3 kept");
    // Where nothing else is left, nothing was tested.
    let ran = at(&project, &provider).argument("--tags").argument("@writes").run().exits(3);
    ran.says("no scenario ran").says("@writes");
}

#[test]
fn a_scenario_that_steers_the_fake_does_not_run_elsewhere() {
    let steered = "
  @fake
  Scenario: Nobody is there
    Given the fake is unreachable
    When \"health\" is called
    Then no response comes
";
    let project = Project::greeting();
    let feature = format!("{}{steered}", project.read(FEATURE));
    let project = project.file(FEATURE, &feature);
    project.run("check").exits(0).says("4 scenarios: 4 kept");
    let ran = at(&project, &Provider::answering(greeting)).run().exits(0);
    ran.says("3 kept, 1 not run").says("@fake: it steers the fake");
}

#[test]
fn what_is_typed_wrongly_is_wrong_usage() {
    let project = Project::greeting();
    let wrong = [
        ("check --targt staging", "--target"),
        ("chekc", "check"),
        ("check --target stagin", "did you mean \"staging\"?"),
        ("check --target production", "there is no target \"production\""),
        ("check --contract greting", "did you mean \"greeting\"?"),
        ("check --url greting=http://127.0.0.1:1", "did you mean \"greeting\"?"),
        ("check --url http://127.0.0.1:1", "CONTRACT=URL"),
        ("check --url greeting=127.0.0.1:1", "not a URL"),
        ("check --url greeting=ftp://127.0.0.1:1", "http or https"),
        ("check --url greeting=http://127.0.0.1:1/?a=b", "a query or a fragment"),
        ("check --tags incident", "tags begin with @"),
        ("check --format html", "use one of console, json, junit, markdown, github"),
        ("check --format json --format junit", "only one format can be printed"),
        ("check --format json --format console", "only one format can be printed"),
        ("check --output report.json", "no --format of its own before it"),
        ("check --quiet --verbose", "cannot be used with"),
        ("check --project /no/such/folder", "no counterpart.toml in"),
    ];
    for (arguments, message) in wrong {
        let ran = project.run(arguments).exits(2).says(message);
        assert!(ran.stdout.is_empty(), "`{arguments}` prints to stdout:\n{}", ran.stdout);
    }
}

#[test]
fn a_report_that_cannot_be_written_is_no_success() {
    let ran = Project::greeting().run("check --format json --output no/such/folder/report.json");
    ran.exits(4).says("no/such/folder/report.json");
}

fn five_keys(call: Call) -> Call {
    let names = ["CLIP_RUNPOD_SECRET", "SERVICE_KEY_NPU_WORKER", "SERVICE_KEY_AI_STACK", "SERVICE_KEY_BROWSER_SERVICE"];
    let call = call.variable("HOKUSAI_API_KEY", "hk_test_verdicts");
    names.into_iter().fold(call, |call, name| call.variable(name, "a-secret-of-the-tests"))
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("it is a list")
}

/// What the services document, as their own routers list it.
const DOCUMENTED: [&str; 38] = [
    "auth-validate POST /api/v1/keys/validate",
    "clip-embed GET /health",
    "clip-embed POST /v1/embed/image",
    "clip-embed POST /v1/embed/image-batch",
    "clip-embed POST /v1/embed/text",
    "mlflow DELETE registered-models/alias",
    "mlflow GET experiments/get",
    "mlflow GET experiments/get-by-name",
    "mlflow GET experiments/search",
    "mlflow GET registered-models/alias",
    "mlflow GET registered-models/get",
    "mlflow GET runs/get",
    "mlflow POST experiments/create",
    "mlflow POST experiments/search",
    "mlflow POST model-versions/create",
    "mlflow POST registered-models/alias",
    "mlflow POST registered-models/create",
    "mlflow POST runs/create",
    "mlflow POST runs/log-batch",
    "mlflow POST runs/log-metric",
    "mlflow POST runs/log-parameter",
    "mlflow POST runs/set-tag",
    "mlflow POST runs/update",
    "model-predict GET /api/v1/models/{model_id}/health",
    "model-predict GET /api/v1/models/{model_id}/info",
    "model-predict POST /api/v1/models/{model_id}/predict",
    "service-signature GET /api/system/health",
    "service-signature GET /health",
    "service-signature POST /api/ai-stack/heartbeat",
    "service-signature POST /api/ai-stack/models",
    "service-signature POST /api/ai-stack/results/{request_id}",
    "service-signature POST /api/browser/heartbeat",
    "service-signature POST /api/browser/logs",
    "service-signature POST /api/browser/results/{task_id}",
    "service-signature POST /api/browser/screenshots",
    "service-signature POST /api/npu/heartbeat",
    "service-signature POST /api/npu/results/{task_id}",
    "service-signature POST /api/npu/status",
];

#[test]
fn the_five_contracts_are_kept_and_the_report_keeps_to_its_schema() {
    let ran = Project::of_repository().run("check --format json").exits(0);
    let record = ran.json();
    let schema = std::fs::read_to_string(root().join("docs/report.schema.json")).expect("the schema is there");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema compiles");
    let errors: Vec<String> = validator.iter_errors(&record).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let contracts = list(&record["contracts"]);
    assert_eq!(contracts.iter().map(|contract| &contract["name"]).collect::<Vec<_>>(), CONTRACTS);
    let scenarios: Vec<&Value> = contracts.iter().flat_map(|contract| list(&contract["scenarios"])).collect();
    assert!(scenarios.len() >= 100, "only {} scenarios", scenarios.len());
    for scenario in scenarios {
        assert_eq!(scenario["verdict"], "kept", "{}", scenario["name"]);
    }
    for protection in contracts.iter().flat_map(|contract| list(&contract["protections"])) {
        for part in ["accepted", "refused_without", "refused_wrong"] {
            assert_eq!(protection[part], true, "{} of {}", part, protection["operation"]);
        }
    }
}

#[test]
fn every_documented_operation_is_called() {
    let project = counterpart::project::Project::open(root(), &|_| None).expect("the repository is a project");
    let mut called: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for name in project.contract_names().expect("there are contracts") {
        let contract = project.contract(&name).expect("the contract is right");
        let operations = called.entry(name.to_string()).or_default();
        for (file, text) in project.features(&name).expect("there are features") {
            let Ok((_, listed)) = source::read(&file, &text, &contract) else { panic!("{file} is wrong") };
            operations.extend(listed.into_iter().flat_map(|scenario| scenario.operations));
        }
        for operation in contract.operations.values() {
            let path = operation.template.as_str();
            let server = contract.server.path(&indexmap::IndexMap::new()).expect("the defaults are allowed");
            // Where MLflow is served differs by deployment.
            let path =
                if name.as_str() == "mlflow" { path.trim_start_matches('/') } else { &format!("{server}{path}") };
            known.insert(format!("{name} {} {path}", operation.method));
            assert!(
                operations.contains(operation.id.as_str()),
                "no scenario of {name} calls {}",
                operation.id.as_str()
            );
        }
    }
    let documented: BTreeSet<String> = DOCUMENTED.iter().map(ToString::to_string).collect();
    assert_eq!(known, documented);
}

#[test]
fn findings_that_say_the_same_are_told_once_unless_all_are_asked_for() {
    let provider = Provider::answering(|_| Answer::json(500, r#"{"error":"bug"}"#));
    let told = |options: &str| {
        let command = format!("check {options} --url greeting={}", provider.url());
        let ran = Project::greeting().call(&command).variable("GREETING_KEY", GREETING_KEY).run().exits(1);
        (ran.stdout.matches("  response-status-undocumented: ").count(), ran.stdout.contains("also at"))
    };
    assert_eq!(told("--quiet"), (1, true));
    let (count, also) = told("--verbose");
    assert!(count > 1 && !also, "{count} findings with --verbose");
}

#[test]
fn what_was_found_before_a_secret_was_missed_still_counts() {
    let feature = "Feature: Two calls\n  Scenario: Open, then protected\n    Given \"health\" is called\n    When \"greet\" is called\n    Then the status is 200\n";
    let project = Project::greeting().without("features").file("features/greeting/two.feature", feature);
    let provider = Provider::answering(|_| Answer::json(418, r#"{"status":"teapot"}"#));
    let ran = project.run(&format!("check --url greeting={}", provider.url())).exits(1);
    ran.says("response-status-undocumented");
}

#[test]
fn the_refusals_of_a_protection_are_judged_against_the_contract_too() {
    let steering = |asked: &Asked| {
        let answer = greeting(asked);
        if asked.headers.contains(GREETING_KEY) { answer } else { answer.header("WWW-Authenticate", "Bearer") }
    };
    let feature =
        "Feature: Protection\n  Scenario: It opens to its key\n    Then \"greet\" opens to its credential only\n";
    let project = Project::greeting().without("features").file("features/greeting/protection.feature", feature);
    at(&project, &Provider::answering(steering)).run().exits(1).says("response-header-undocumented");
}

#[test]
fn a_call_whose_credential_was_taken_off_shows_no_acceptance() {
    let feature = "Feature: Off\n  Scenario: The key is taken off\n    Given a call of \"greet\"\n    And the header \"Authorization\" is left out\n    When the call is sent\n    Then the status is 200\n";
    let project = Project::greeting().without("features").file("features/greeting/off.feature", feature);
    let open = |_: &Asked| Answer::json(200, r#"{"text":"Hello","language":"en"}"#);
    let ran = at(&project, &Provider::answering(open)).argument("--format").argument("json").run().exits(1);
    assert_eq!(ran.json()["contracts"][0]["protections"][0]["accepted"], false);
}

#[test]
fn every_finding_about_an_operation_names_its_place_in_the_contract() {
    let short = |asked: &Asked| {
        if asked.line.starts_with("POST") { Answer::json(200, r#"{"language":"en"}"#) } else { greeting(asked) }
    };
    let (project, provider) = (Project::greeting(), Provider::answering(short));
    let record = at(&project, &provider).argument("--format").argument("json").run().exits(1).json();
    let scenarios = list(&record["contracts"][0]["scenarios"]);
    let findings: Vec<_> = scenarios.iter().flat_map(|scenario| list(&scenario["findings"])).collect();
    assert!(findings.iter().any(|finding| finding["code"] == "field-unexpected"), "{record:#}");
    assert!(findings.iter().all(|finding| finding["contract_place"]["line"].is_u64()), "{record:#}");
}

#[test]
fn a_refusal_is_of_the_promised_media_type_and_not_of_a_part_of_its_name() {
    let feature = "Feature: Nowhere\n  Scenario: A path that is not there\n    Given a request \"GET /nowhere\"\n    When the call is sent\n    Then it is refused as \"notFound\"\n";
    let project = Project::greeting().without("features").file("features/greeting/nowhere.feature", feature);
    let not_found = |media_type: &'static str| {
        let provider = Provider::answering(move |_| Answer::of_type(media_type, 404, r#"{"error":"refused"}"#));
        let ran = at(&project, &provider).argument("--format").argument("json").run();
        ran.json()["contracts"][0]["scenarios"][0]["verdict"].clone()
    };
    assert_eq!(not_found("application/json; charset=utf-8"), "kept");
    assert_eq!(not_found("application/j"), "broken");
}

#[test]
fn a_drift_that_is_only_the_likeliest_is_told_with_a_doubt() {
    // The key travels under a name that nobody would guess; whether it does in the query must not be tried.
    let provider = Provider::answering(|asked| {
        let own = asked.headers.lines().find(|line| line.to_ascii_lowercase().starts_with("x-greeter-key:"));
        match (asked.line.as_str(), own) {
            ("GET /health", _) => Answer::json(200, r#"{"status":"ok"}"#),
            (_, Some(_)) => Answer::json(200, r#"{"text":"Hello","language":"en"}"#),
            _ => Answer::json(401, r#"{"error":"key required"}"#),
        }
    });
    let check = format!("check --diagnose --url greeting={}", provider.url());
    let document = "contracts/greeting/openapi.yaml";
    let project = Project::greeting().replace(
        document,
        "type: http, scheme: bearer",
        "type: apiKey, in: header, name: X-API-Key",
    );
    let ran = project.call(&check).variable("GREETING_KEY", GREETING_KEY).run().exits(1);
    ran.does_not_say("credential-moved: ").says("credential-moved, probably: ");
}
