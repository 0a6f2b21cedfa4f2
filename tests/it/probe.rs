//! `counterpart probe`: every form of a credential at a provider, beside what the contract says of it.

use crate::project::{Project, Ran, root};
use crate::provider::{Answer, Asked, GREETING_KEY, Provider, greeting};
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// A provider, and the request lines, header lines and bodies that it got.
fn noting(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> (Provider, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = seen.clone();
    let provider = Provider::answering(move |asked| {
        noted.lock().expect("no test panics here").push(asked.line.clone());
        answer(asked)
    });
    (provider, seen)
}

fn probing(url: &str, further: &str) -> Ran {
    let project = Project::greeting();
    project.call(&format!("probe --url greeting={url} {further}")).variable("GREETING_KEY", GREETING_KEY).run()
}

/// A greeter that takes the key from somewhere else too.
fn lenient(asked: &Asked, takes: impl Fn(&Asked) -> bool) -> Answer {
    if asked.line.starts_with("POST /greetings/") && takes(asked) {
        Answer::json(200, r#"{"text":"Hello","language":"en"}"#)
    } else {
        greeting(asked)
    }
}

fn key_in_query(asked: &Asked) -> bool {
    asked.line.contains(&format!("?api_key={GREETING_KEY}"))
}

/// A greeter that reads the key from the body's `api_key` only.
fn from_body(asked: &Asked) -> Answer {
    let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
    let key = body["api_key"].as_str();
    match (asked.line.starts_with("POST /greetings/"), key) {
        (true, Some(GREETING_KEY)) => Answer::json(200, r#"{"text":"Hello","language":"en"}"#),
        (true, Some(_)) => Answer::json(401, r#"{"error":"unknown key"}"#),
        (true, None) => Answer::json(401, r#"{"error":"key required"}"#),
        (false, _) => greeting(asked),
    }
}

/// The rows of the only matrix whose client does what `begins` says.
fn rows<'a>(record: &'a Value, begins: &str) -> Vec<&'a Value> {
    let all = record["contracts"][0]["credentials"][0]["forms"].as_array().expect("there is a matrix");
    all.iter().filter(|row| row["client"].as_str().is_some_and(|client| client.starts_with(begins))).collect()
}

#[test]
fn fakes_do_what_their_contracts_say() {
    let ran = Project::greeting().run("probe").exits(0);
    ran.says("✓ greeting › key at greet: ").does_not_say("✗").does_not_say("  ? ");
    let record = Project::of_repository().run("probe --format json").exits(0).json();
    for contract in record["contracts"].as_array().expect("there are contracts") {
        assert_eq!(contract["verdict"], "kept", "{}", contract["name"]);
    }
}

#[test]
fn every_form_is_tried_and_told_beside_the_contract() {
    let ran = probing(&Provider::answering(greeting).url(), "--format json").exits(0);
    let record = ran.json();
    for (client, contract, seen) in [
        ("sends the key in header Authorization: Bearer …", "accepted", "accepted"),
        ("sends no credential", "refused", "refused"),
        ("sends another key", "refused", "refused"),
        ("sends the key without its last character", "refused", "refused"),
        ("sends the key in cookie session", "refused", "refused"),
        ("sends the key in body /api_key", "refused", "refused"),
        ("sends the key in header X-API-Key", "refused", "refused"),
        ("sends the word Token before the key", "refused", "refused"),
        ("sends the bare key in header Authorization", "refused", "refused"),
    ] {
        let found = rows(&record, client);
        assert!(!found.is_empty(), "nobody {client}: {}", ran.text());
        assert_eq!((&found[0]["contract"], &found[0]["provider"]), (&contract.into(), &seen.into()), "{client}");
    }
    assert_eq!(rows(&record, "sends no credential")[0]["refusals"][0], "keyRequired");
    assert_eq!(rows(&record, "sends another key")[0]["refusals"][0], "unknownKey");
}

#[test]
fn a_secret_goes_into_the_query_only_where_that_is_allowed() {
    let (provider, seen) = noting(|asked| lenient(asked, key_in_query));
    let ran = probing(&provider.url(), "--format json").exits(0);
    let row = rows(&ran.json(), "sends the key in query parameter api_key")[0].clone();
    assert_eq!((&row["provider"], &row["agrees"]), (&"not-known".into(), &Value::Null));
    assert!(row["reason"].as_str().is_some_and(|reason| reason.contains("--allow-query")), "{row}");
    let lines = seen.lock().expect("no test panics here").join("\n");
    assert!(lines.contains("/greetings/") && !lines.contains(GREETING_KEY), "{lines}");

    let ran = probing(&provider.url(), "--allow-query").exits(1);
    ran.says("the provider opens to a client that sends the key in query parameter api_key; the contract refuses it")
        .says("✗ refused accepted, 200 sends the key in query parameter api_key");
    let settings =
        format!("[target.t]\nallow_query = true\n[target.t.contract.greeting]\nurl = \"{}\"\n", provider.url());
    let project = Project::greeting().file("counterpart.toml", &settings);
    project.call("probe --target t").variable("GREETING_KEY", GREETING_KEY).run().exits(1);
}

#[test]
fn a_secret_goes_into_the_query_where_the_contract_places_it() {
    let in_query = |project: Project| {
        let from = "key: { type: http, scheme: bearer }";
        project.replace("contracts/greeting/openapi.yaml", from, "key: { type: apiKey, in: query, name: pass }")
    };
    let (provider, seen) =
        noting(|asked| lenient(asked, |asked| asked.line.contains(&format!("?pass={GREETING_KEY}"))));
    let project = in_query(Project::greeting());
    let call = project.call(&format!("probe --url greeting={} --format json", provider.url()));
    let record = call.variable("GREETING_KEY", GREETING_KEY).run().json();
    assert_eq!(rows(&record, "sends the key in query parameter pass")[0]["provider"], "accepted");
    assert_eq!(rows(&record, "sends the key in query parameter token")[0]["provider"], "not-known");
    let lines = seen.lock().expect("no test panics here").join("\n");
    assert!(lines.contains("?pass=") && !lines.contains("token="), "{lines}");
}

#[test]
fn the_drift_under_which_all_is_right_comes_first() {
    let url = Provider::answering(from_body).url();
    let sentence =
        "the provider reads the key from body /api_key; the contract places it in header Authorization: Bearer …";
    let ran = probing(&url, "").exits(1).says(&format!("credential-moved: {sentence}"));
    let before = ran.stdout.lines().position(|line| line.contains("sends no credential"));
    assert!(ran.stdout.lines().position(|line| line.contains("credential-moved:")) < before, "{}", ran.stdout);
    let record = probing(&url, "--format json").exits(1).json();
    let matrix = &record["contracts"][0]["credentials"][0];
    assert_eq!(
        (&matrix["drift"]["code"], &matrix["drift"]["sentence"]),
        (&"credential-moved".into(), &sentence.into())
    );
}

#[test]
fn a_body_that_takes_no_further_field_says_nothing_of_the_credential() {
    let project = Project::greeting().replace(
        "contracts/greeting/openapi.yaml",
        "required: [name]",
        "required: [name]\n              additionalProperties: false",
    );
    let url = Provider::answering(greeting).url();
    let call = project.call(&format!("probe --url greeting={url}")).variable("GREETING_KEY", GREETING_KEY);
    call.run()
        .exits(0)
        .says("? refused accepted, 200 sends the key in body /api_key as well")
        .says("not for its credential");
}

#[test]
fn a_key_that_is_wanted_twice_is_found() {
    let both = |asked: &Asked| {
        if asked.body.contains(GREETING_KEY) {
            greeting(asked)
        } else {
            greeting(&Asked { line: asked.line.clone(), headers: String::new(), body: String::new() })
        }
    };
    let only_api_key = move |asked: &Asked| {
        if asked.body.is_empty() || asked.body.contains("api_key") {
            both(asked)
        } else {
            greeting(&Asked { line: asked.line.clone(), headers: String::new(), body: String::new() })
        }
    };
    probing(&Provider::answering(only_api_key).url(), "")
        .exits(1)
        .says("credential-doubled: the provider wants the key in body /api_key as well");
}

#[test]
fn a_provider_that_takes_any_value_is_found() {
    let any = |asked: &Asked| lenient(asked, |asked| asked.headers.to_lowercase().contains("authorization: bearer"));
    let ran = probing(&Provider::answering(any).url(), "").exits(1);
    ran.says("✗ refused accepted, 200 sends another key")
        .says("✓ refused refused, 401 keyRequired sends no credential");
}

#[test]
fn what_is_no_refusal_proves_nothing() {
    for status in [404, 405, 500, 503] {
        let ran = probing(&Provider::answering(move |_| Answer::json(status, "{}")).url(), "").exits(3);
        ran.says(&format!("? accepted not known, {status} sends the key in header Authorization"))
            .does_not_say("✓")
            .does_not_say("✗");
    }
}

#[test]
fn an_operation_that_is_not_there_leaves_the_protection_unproven() {
    // The key is looked at before the path: all the refusals are right, and nothing was opened.
    let gone = |asked: &Asked| {
        if asked.headers.contains(&format!("Bearer {GREETING_KEY}\r")) {
            Answer::json(404, r#"{"error":"not found"}"#)
        } else {
            greeting(asked)
        }
    };
    probing(&Provider::answering(gone).url(), "").exits(3).says("? accepted not known, 404");
}

#[test]
fn nobody_there_is_said_and_nothing_is_told_of_the_forms() {
    probing("http://127.0.0.1:1", "").exits(4).says("nobody answers at http://127.0.0.1:1").does_not_say("✓");
}

#[test]
fn a_secret_that_is_not_set_is_named() {
    let (provider, seen) = noting(greeting);
    let ran = Project::greeting().run(&format!("probe --url greeting={}", provider.url())).exits(3);
    ran.says("? greeting › key at greet: the secret GREETING_KEY is not set");
    let lines = seen.lock().expect("no test panics here");
    assert!(lines.iter().all(|line| !line.contains("/greetings/")), "{lines:?}");
}

#[test]
fn only_as_many_forms_are_sent_as_are_allowed() {
    let ran = probing(&Provider::answering(greeting).url(), "--most 5").exits(0);
    ran.says("5 forms, 5 as the contract says").says("forms were not tried: --most allows no more");
    probing(&Provider::answering(greeting).url(), "--most 2").exits(3);
}

#[test]
fn an_operation_can_be_chosen() {
    let url = Provider::answering(greeting).url();
    probing(&url, "--operation greet").exits(0).says("greeting › key at greet");
    probing(&url, "--operation greeet").exits(2).says("did you mean \"greet\"?");
    probing(&url, "--operation health").exits(3).says("no operation health that asks for a credential");
    probing(&url, "--all-operations").exits(0).says("greeting › key at greet");
}

#[test]
fn an_operation_that_writes_is_called_only_where_the_target_allows_it() {
    let (provider, seen) = noting(greeting);
    let writes = |project: Project| {
        project
            .replace("features/greeting/greeting.feature", "  Scenario: Somebody", "  @writes\n  Scenario: Somebody")
            .replace(
                "features/greeting/greeting.feature",
                "  Scenario: A greeting needs",
                "  @writes\n  Scenario: A greeting needs",
            )
    };
    let settings = |writes: bool| {
        format!("[target.t]\nwrites = {writes}\n[target.t.contract.greeting]\nurl = \"{}\"\n", provider.url())
    };
    let project = writes(Project::greeting()).file("counterpart.toml", &settings(false));
    let run = |project: &Project, further: &str| {
        project.call(&format!("probe --target t {further}")).variable("GREETING_KEY", GREETING_KEY).run()
    };
    run(&project, "").exits(3).says("every operation that asks for it writes");
    assert!(seen.lock().expect("no test panics here").iter().all(|line| !line.contains("/greetings/")));
    run(&project, "--operation greet").exits(0);
    run(&project.file("counterpart.toml", &settings(true)), "").exits(0);
}

/// All three formats at once, to files and to stdout.
fn everything(url: &str, project: &Project) -> Ran {
    let formats = "--format json --output p.json --format markdown --output p.md --format console --output p.txt --format console";
    let call = project.call(&format!("probe --allow-query -v --url greeting={url} {formats}"));
    call.variable("GREETING_KEY", GREETING_KEY).run()
}

#[test]
fn no_format_holds_the_secret() {
    let echo = |asked: &Asked| {
        let all = format!("{}\n{}\n{}", asked.line, asked.headers, asked.body);
        let body = serde_json::json!({ "error": GREETING_KEY, "all": all }).to_string();
        Answer::json(if asked.line.contains("key") { 401 } else { 200 }, body).header("x-key", GREETING_KEY)
    };
    for url in [Provider::answering(echo).url(), Provider::answering(from_body).url(), "http://127.0.0.1:1".to_owned()]
    {
        let project = Project::greeting();
        let ran = everything(&url, &project);
        let files = ["p.json", "p.md", "p.txt"].map(|name| project.read(name));
        for text in files.iter().chain([&ran.text()]) {
            assert!(!text.contains(GREETING_KEY) && !text.contains("hk_test"), "{text}");
            assert!(text.contains("greeting"), "{text}");
        }
    }
}

#[test]
fn markdown_is_a_table() {
    let url = Provider::answering(from_body).url();
    let ran = probing(&url, "--format markdown").exits(1);
    ran.says("### ✗ greeting › key at greet")
        .says(
            "the provider reads the key from body /api\\_key; the contract places it in header Authorization: Bearer …",
        )
        .says("| | a client that | contract | provider |")
        .says("| ✗ | sends the key in body /api\\_key | refused | accepted, 200 |");
}

#[test]
fn json_keeps_to_its_schema() {
    let schema = std::fs::read_to_string(root().join("docs/probe.schema.json")).expect("the schema is there");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema compiles");
    for url in [
        Provider::answering(from_body).url(),
        Provider::answering(greeting).url(),
        Provider::answering(|_| Answer::json(404, "{}")).url(),
        "http://127.0.0.1:1".to_owned(),
    ] {
        let mut record = probing(&url, "--format json").json();
        let errors: Vec<String> =
            validator.iter_errors(&record).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new());
        record["contracts"][0]["verdict"] = "green".into();
        assert!(!validator.is_valid(&record));
    }
    let unset =
        Project::greeting().run(&format!("probe --url greeting={} --format json", Provider::answering(greeting).url()));
    assert!(validator.is_valid(&unset.json()), "{}", unset.text());
}

#[test]
fn a_form_that_shows_in_other_calls_only_is_tried_in_such_a_call() {
    let record = Project::of_repository().run("probe --contract service-signature --format json").exits(0).json();
    let found = rows(&record, "signs the path with the query, in a call with a query");
    assert_eq!(found[0]["code"], "signature-path-changed");
    assert_eq!((&found[0]["contract"], &found[0]["provider"]), (&"refused".into(), &"refused".into()));
}
