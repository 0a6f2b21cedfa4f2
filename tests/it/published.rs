//! The document that a provider publishes: where it disagrees with the contract, and who is wrong.

use crate::project::{Call, Project, Ran};
use crate::provider::{Answer, Asked, GREETING_KEY, Provider, greeting};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a greeter that keeps the contract publishes: it has more than the contract, other names, and other places for the same.
fn right() -> Value {
    let refusal = json!({ "description": "A refusal." });
    let greeting =
        json!({ "type": "object", "required": ["text", "language"], "properties": { "text": {}, "language": {} } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Greeter", "version": "1" },
        "paths": {
            "/greetings/{lang}": {
                "post": {
                    "operationId": "post_greetings__lang__post",
                    "security": [{ "HTTPBearer": [] }, { "session": [] }],
                    "parameters": [{ "name": "lang", "in": "path", "required": true, "schema": { "type": "string" } }],
                    "requestBody": {
                        "required": true,
                        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Body" } } }
                    },
                    "responses": {
                        "200": { "description": "A greeting.", "content": { "application/json": { "schema": greeting } } },
                        "4XX": refusal
                    }
                }
            },
            "/health": { "get": { "responses": { "200": { "description": "It is there." }, "503": refusal } } },
            "/farewells": { "post": { "responses": { "200": { "description": "A farewell." } } } }
        },
        "components": {
            "securitySchemes": {
                "HTTPBearer": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": "session" }
            },
            "schemas": {
                "Body": {
                    "type": "object",
                    "required": ["name"],
                    "properties": { "name": { "type": "string" }, "title": { "type": "string", "nullable": true } }
                }
            }
        }
    })
}

/// [`right`], changed.
fn but(change: impl Fn(&mut Value)) -> Value {
    let mut document = right();
    change(&mut document);
    document
}

/// The operation `greet` of a document.
fn greet(document: &mut Value) -> &mut Value {
    &mut document["paths"]["/greetings/{lang}"]["post"]
}

/// A provider with a document at `/openapi.json`.
fn publishing(document: &Value, answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Provider {
    let document = document.to_string();
    Provider::answering(move |asked| match asked.line.as_str() {
        "GET /openapi.json" => Answer::json(200, document.clone()),
        _ => answer(asked),
    })
}

fn at(project: &Project, provider: &Provider) -> Call {
    project.call(&format!("check --url greeting={}", provider.url())).variable("GREETING_KEY", GREETING_KEY)
}

fn checked(document: &Value, answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Ran {
    at(&Project::greeting(), &publishing(document, answer)).argument("--verbose").run()
}

const TITLE: &str = "greeter's own document says something else than the contract";

/// How many remarks were printed.
fn remarks(ran: &Ran) -> usize {
    ran.stdout.lines().filter(|line| line.starts_with("  - ") && !line.contains(" scenario: ")).count()
}

/// Takes the key in the body, and nowhere else.
fn key_in_body(asked: &Asked) -> Answer {
    let has = |text: &str| asked.body.contains(text);
    match asked.line.as_str() {
        "GET /health" => greeting(asked),
        _ if has(GREETING_KEY) => Answer::json(200, r#"{"text":"Hello","language":"en"}"#),
        _ if has("api_key") => Answer::json(401, r#"{"error":"unknown key"}"#),
        _ => Answer::json(401, r#"{"error":"key required"}"#),
    }
}

/// Says that the key is a field of the body, and nothing of credentials.
fn wants_key_in_body() -> Value {
    but(|document| {
        document["components"]["schemas"]["Body"]["required"] = json!(["name", "api_key"]);
        document["components"]["schemas"]["Body"]["properties"]["api_key"] = json!({ "type": "string" });
        greet(document).as_object_mut().expect("it is one").remove("security");
    })
}

#[test]
fn a_document_with_which_nothing_disagrees_is_not_spoken_of() {
    checked(&right(), greeting).exits(0).does_not_say("own document").does_not_say("note:");
}

#[test]
fn a_document_that_puts_the_credential_elsewhere_than_the_provider_is_wrong() {
    let ran = checked(&wants_key_in_body(), greeting).exits(0).says(TITLE).says("3 scenarios: 3 kept");
    let ran = ran.says(
        "greet, header Authorization: the document is wrong: the provider accepted the credential in header Authorization: Bearer …",
    );
    assert_eq!(remarks(&ran), 1, "{}", ran.text());
    ran.says("the document says body /api_key").says("contracts/greeting/openapi.yaml:5:5");
}

#[test]
fn a_provider_that_agrees_with_its_document_blames_the_contract() {
    checked(&wants_key_in_body(), key_in_body).exits(1).says(
        "the provider and its own document agree; the contract is wrong: the provider refused the right credential in header Authorization: Bearer …, and its document asks for body /api_key",
    );
}

#[test]
fn a_provider_that_reads_the_key_where_the_contract_has_it_and_does_not_know_it_proves_nothing() {
    let unknowing = |asked: &Asked| {
        let with_key = asked.line.starts_with("POST") && asked.headers.to_lowercase().contains("authorization: bearer");
        if with_key { Answer::json(401, r#"{"error":"unknown key"}"#) } else { greeting(asked) }
    };
    let ran = checked(&wants_key_in_body(), unknowing).exits(1).says("the document says body /api_key");
    ran.does_not_say("the contract is wrong")
        .does_not_say("the document is wrong: the provider accepted the credential");
}

#[test]
fn a_security_scheme_in_another_place_is_a_disagreement() {
    let document = but(|document| {
        document["components"]["securitySchemes"]["HTTPBearer"] =
            json!({ "type": "apiKey", "in": "header", "name": "X-API-Key" });
    });
    let ran = checked(&document, greeting).exits(0).says("the document is wrong: the provider accepted the credential");
    ran.says("the document says header X-API-Key, or cookie session");
}

#[test]
fn a_document_that_lets_calls_in_without_the_credential_is_wrong() {
    let optional = but(|document| greet(document)["security"] = json!([{ "HTTPBearer": [] }, {}]));
    let wrong = "the document is wrong: the provider refused a call without a credential";
    checked(&optional, greeting).exits(0).says(wrong).says("the document says the credential may be left out");
    let silent = but(|document| {
        greet(document).as_object_mut().expect("it is one").remove("security");
        document["paths"]["/farewells"]["post"]["security"] = json!([{ "HTTPBearer": [] }]);
    });
    checked(&silent, greeting).exits(0).says(wrong).says("the document says no credential");
}

#[test]
fn a_document_that_speaks_of_no_credential_at_all_is_not_blamed() {
    let silent = but(|document| {
        greet(document).as_object_mut().expect("it is one").remove("security");
        document["components"].as_object_mut().expect("it is one").remove("securitySchemes");
    });
    checked(&silent, greeting).exits(0).does_not_say("own document");
}

#[test]
fn a_document_that_asks_for_a_key_where_the_contract_has_none_is_wrong() {
    let document = but(|document| document["paths"]["/health"]["get"]["security"] = json!([{ "HTTPBearer": [] }]));
    checked(&document, greeting).exits(0).says("the provider accepted a call without a credential");
}

/// [`right`] with one path under another name.
fn moved(from: &str, to: &str) -> Value {
    but(|document| {
        let paths = document["paths"].as_object_mut().expect("it is one");
        let item = paths.remove(from).expect("it is there");
        paths.insert(to.to_owned(), item);
    })
}

#[test]
fn a_path_under_another_prefix_is_a_disagreement() {
    let ran = checked(&moved("/greetings/{lang}", "/v2/greetings/{lang}"), greeting).exits(0);
    ran.says("greet, path: the document is wrong: the provider serves POST /greetings/{language}; the contract says POST /greetings/{language}, the document says POST /v2/greetings/{lang}");
}

#[test]
fn a_provider_that_serves_another_path_as_its_document_says_blames_the_contract() {
    let elsewhere = |asked: &Asked| match asked.line.as_str() {
        "GET /health" => greeting(asked),
        _ => Answer::json(404, r#"{"error":"not found"}"#),
    };
    let ran = checked(&moved("/greetings/{lang}", "/v2/greetings/{lang}"), elsewhere).exits(1);
    ran.says("the contract is wrong: the provider does not serve POST /greetings/{language}");
}

#[test]
fn a_path_below_the_prefix_of_the_target_is_the_same() {
    let below = |document: &Value| {
        let document = document.to_string();
        let provider = Provider::answering(move |asked| {
            let line = asked.line.replacen(" /api/", " /", 1);
            if line == "GET /openapi.json" {
                return Answer::json(200, document.clone());
            }
            greeting(&Asked { line, headers: asked.headers.clone(), body: asked.body.clone() })
        });
        let project = Project::greeting();
        let call = project.call(&format!("check -v --url greeting={}/api", provider.url()));
        call.variable("GREETING_KEY", GREETING_KEY).run().exits(0)
    };
    below(&right()).does_not_say("own document");
    below(&but(|document| document["servers"] = json!([{ "url": "/api" }]))).does_not_say("own document");
    below(&but(|document| document["servers"] = json!([{ "url": "/v2" }])))
        .says("the document says POST /v2/greetings/{lang}");
}

#[test]
fn another_method_and_a_missing_operation_are_disagreements() {
    let other_method = but(|document| {
        let operation = greet(document).take();
        document["paths"]["/greetings/{lang}"] = json!({ "put": operation });
    });
    checked(&other_method, greeting)
        .exits(0)
        .says("greet, method: the document is wrong")
        .says("PUT /greetings/{language}");
    let absent = but(|document| drop(document["paths"].as_object_mut().expect("it is one").remove("/health")));
    checked(&absent, greeting)
        .exits(0)
        .says("health, path: the document is wrong")
        .says("the document says no such operation");
}

#[test]
fn a_document_of_something_else_is_one_remark() {
    let other = but(|document| document["paths"] = json!({ "/farewells": document["paths"]["/farewells"].clone() }));
    let ran =
        checked(&other, greeting).exits(0).says("path: the contract says 2 operations, the document says none of them");
    assert_eq!(remarks(&ran), 1, "{}", ran.text());
}

#[test]
fn a_route_that_takes_every_path_says_nothing_of_an_operation() {
    checked(&moved("/greetings/{lang}", "/{file_path}"), greeting).exits(0).does_not_say("own document");
}

#[test]
fn a_field_that_only_the_document_requires_is_a_disagreement() {
    let document = but(|document| document["components"]["schemas"]["Body"]["required"] = json!(["name", "title"]));
    let ran = checked(&document, greeting).exits(0);
    ran.says("greet, body /title: the document is wrong: the provider accepted a call without body /title; the contract says no body /title in the request, the document says body /title required in the request");
    let demanding = |asked: &Asked| {
        let right = asked.headers.to_lowercase().contains(&format!("authorization: bearer {GREETING_KEY}"));
        let lacking = asked.line.starts_with("POST") && right && !asked.body.contains("title");
        if lacking { Answer::json(422, r#"{"error":"title required"}"#) } else { greeting(asked) }
    };
    checked(&document, demanding)
        .exits(1)
        .says("the contract is wrong: the provider refused each call without body /title");
}

#[test]
fn a_field_that_only_the_contract_requires_is_a_disagreement() {
    let document = but(|document| document["components"]["schemas"]["Body"]["required"] = json!([]));
    checked(&document, greeting)
        .exits(0)
        .says("the contract says body /name required in the request, the document says body /name not required");
}

#[test]
fn a_field_of_the_answer_that_the_document_does_not_have_is_a_disagreement() {
    let document = but(|document| {
        let schema = &mut greet(document)["responses"]["200"]["content"]["application/json"]["schema"];
        schema["required"] = json!(["text"]);
        schema["properties"].as_object_mut().expect("it is one").remove("language");
    });
    checked(&document, greeting).exits(0).says("the document is wrong: the provider sends body /language");
}

#[test]
fn a_parameter_that_only_the_document_requires_is_a_disagreement() {
    let document = but(|document| {
        let parameter = json!({ "name": "tone", "in": "query", "required": true, "schema": { "type": "string" } });
        greet(document)["parameters"].as_array_mut().expect("it is one").push(parameter);
    });
    checked(&document, greeting)
        .exits(0)
        .says("the document is wrong: the provider accepted a call without query parameter tone");
}

#[test]
fn all_statuses_that_a_document_leaves_out_are_one_remark() {
    let document = but(|document| {
        let ok = greet(document)["responses"]["200"].clone();
        greet(document)["responses"] = json!({ "200": ok, "409": { "description": "Twice." } });
    });
    let ran = checked(&document, greeting).exits(0);
    let ran = ran.says("greet, status: the document is wrong: the provider answers 401 too; the contract says 200, 401, 422, the document says 200, 409, without 401, 422");
    assert_eq!(remarks(&ran), 1, "{}", ran.text());
}

#[test]
fn a_status_that_provider_and_document_have_and_the_contract_has_not_blames_the_contract() {
    let document = but(|document| greet(document)["responses"]["403"] = json!({ "description": "Not yours." }));
    let forbidding = |asked: &Asked| {
        let with_key = asked.line.starts_with("POST") && asked.headers.to_lowercase().contains("authorization:");
        if with_key { Answer::json(403, r#"{"error":"not yours"}"#) } else { greeting(asked) }
    };
    checked(&document, forbidding).exits(1).says("the contract is wrong: the provider answers 403 too");
}

#[test]
fn a_provider_without_a_document_is_only_spoken_of_when_asked() {
    let without = Provider::answering(greeting);
    let project = Project::greeting();
    at(&project, &without).run().exits(0).does_not_say("openapi.json");
    at(&project, &without).argument("-v").run().exits(0).says("no OpenAPI document at").says("status 404");
}

#[test]
fn what_is_no_document_is_none() {
    for (answer, reason) in [
        (Answer::of_type("text/html", 200, "<!doctype html><html><body>Hello</body></html>"), "neither JSON nor YAML"),
        (Answer::json(200, "[1]"), "neither JSON nor YAML"),
        (Answer::json(200, r#"{"swagger":"2.0","paths":{}}"#), "its `openapi` is neither 3.0 nor 3.1"),
    ] {
        let answer = Arc::new(std::sync::Mutex::new(Some(answer)));
        let provider = Provider::answering(move |asked| match asked.line.as_str() {
            "GET /openapi.json" => answer.lock().expect("nobody panicked").take().expect("it is asked for once"),
            _ => greeting(asked),
        });
        at(&Project::greeting(), &provider).argument("-v").run().exits(0).says(reason).does_not_say("own document");
    }
}

#[test]
fn a_document_with_parts_that_are_wrong_is_read_as_far_as_it_goes() {
    let document = but(|document| {
        document["paths"]["/farewells"]["post"]["parameters"] = json!([{ "$ref": "other.json#/nowhere" }]);
        document["paths"]["/farewells"]["get"] = json!(7);
        document["components"]["schemas"]["Body"]["properties"]["emoji"] = json!({ "description": "\u{1f600}" });
        greet(document)["responses"]["401"] = json!({ "description": "Refused." });
        greet(document)["responses"].as_object_mut().expect("it is one").remove("4XX");
    });
    checked(&document, greeting).exits(0).says("the document says 200, 401, without 422");
}

/// A project whose target `here` has these lines for the contract.
fn with_target(provider: &Provider, lines: &str) -> Project {
    let settings = format!("[target.here.contract.greeting]\nurl = \"{}\"\n{lines}\n", provider.url());
    Project::greeting().file("counterpart.toml", &settings)
}

fn at_target(project: &Project) -> Ran {
    project.call("check --target here").variable("GREETING_KEY", GREETING_KEY).run()
}

#[test]
fn a_target_says_where_the_document_is() {
    let provider = Provider::answering(|asked| match asked.line.as_str() {
        "GET /docs/openapi.yaml" => Answer::of_type(
            "application/yaml",
            200,
            "openapi: 3.1.0\ninfo: { title: x, version: '1' }\npaths:\n  /health: { get: { responses: { 200: { description: x } } } }\n",
        ),
        _ => greeting(asked),
    });
    let project = with_target(&provider, "document = \"/docs/openapi.yaml\"");
    at_target(&project).exits(0).says("greet, path: the document is wrong");
    let project = with_target(&provider, "document = \"/docs/elsewhere.json\"");
    at_target(&project)
        .exits(0)
        .says("note: greeting: no OpenAPI document at")
        .says("/docs/elsewhere.json: status 404");
}

#[test]
fn a_target_may_forbid_to_read_the_document() {
    let asked_for = Arc::new(AtomicUsize::new(0));
    let counter = asked_for.clone();
    let document = wants_key_in_body().to_string();
    let provider = Provider::answering(move |asked| {
        if asked.line.contains("openapi") {
            counter.fetch_add(1, Ordering::Relaxed);
            return Answer::json(200, document.clone());
        }
        greeting(asked)
    });
    at_target(&with_target(&provider, "document = false")).exits(0).does_not_say("own document");
    assert_eq!(asked_for.load(Ordering::Relaxed), 0, "it was asked for");
    at_target(&with_target(&provider, "")).exits(0).says(TITLE);
    assert_eq!(asked_for.load(Ordering::Relaxed), 1, "it is asked for once");
}

#[test]
fn a_document_that_is_neither_a_path_nor_false_is_a_mistake() {
    for wrong in ["true", "\"openapi.json\"", "7"] {
        let project = with_target(&Provider::answering(greeting), &format!("document = {wrong}"));
        at_target(&project).exits(2).says("counterpart.toml:3:1").says("`document` is neither a path nor false");
    }
}

#[test]
fn a_remark_is_a_remark_in_every_format() {
    let provider = publishing(&wants_key_in_body(), greeting);
    let project = Project::greeting();
    let record = at(&project, &provider).argument("--format").argument("json").run().exits(0).json();
    let contract = &record["contracts"][0];
    assert_eq!(contract["verdict"], "kept", "{record:#}");
    let remark = &contract["findings"][0];
    assert_eq!(remark["code"], "document-disagrees", "{record:#}");
    assert_eq!(remark["operation"], "greet", "{record:#}");
    assert_eq!(remark["expected"], "header Authorization: Bearer …", "{record:#}");
    assert_eq!(remark["actual"], "body /api_key", "{record:#}");
    assert_eq!(remark["contract_place"]["file"], "contracts/greeting/openapi.yaml", "{record:#}");
    assert!(remark["detail"].as_str().is_some_and(|text| text.starts_with("the document is wrong: ")), "{record:#}");
    let junit = at(&project, &provider).argument("--format").argument("junit").run().exits(0);
    let junit = junit.says("failures=\"0\"").says("<system-out>").says("the document is wrong");
    // What did not run is no remark.
    assert_eq!(junit.stdout.matches("<skipped").count(), 1, "{}", junit.text());
    let github = at(&project, &provider).argument("--format").argument("github").run().exits(0);
    let github = github.says("::notice file=contracts/greeting/openapi.yaml").says("title=greeting remark::");
    github.does_not_say("::error").does_not_say("::warning");
}

#[test]
fn a_few_remarks_are_shown_and_all_when_asked() {
    let few = publishing(&wants_key_in_body(), greeting);
    at(&Project::greeting(), &few).run().exits(0).says(TITLE).does_not_say("with --verbose");
    at(&Project::greeting(), &few).argument("--quiet").run().exits(0).does_not_say("own document");
    let many = but(|document| {
        greet(document)["security"] = json!([{}]);
        greet(document)["responses"] = json!({ "200": greet(document)["responses"]["200"].clone() });
        document["components"]["schemas"]["Body"]["required"] = json!(["title"]);
        document["paths"]["/health"]["get"]["security"] = json!([{ "HTTPBearer": [] }]);
    });
    let many = publishing(&many, greeting);
    at(&Project::greeting(), &many).run().exits(0).says("and 2 more (all with --verbose)");
    let all = at(&Project::greeting(), &many).argument("-v").run().exits(0).does_not_say("all with --verbose");
    assert_eq!(remarks(&all), 5, "{}", all.text());
}

#[test]
fn a_secret_in_a_document_is_not_shown() {
    let path = format!("/{GREETING_KEY}/greetings/{{lang}}");
    let ran = checked(&moved("/greetings/{lang}", &path), greeting).exits(0);
    ran.says("the document says POST /${GREETING_KEY}/greetings/{lang}").does_not_say(GREETING_KEY);
}

#[test]
fn fakes_publish_nothing_that_is_asked_for() {
    Project::greeting().run("check -v").exits(0).does_not_say("openapi.json");
}

/// What the auth service once published: the key in the body, no security scheme, 200 and 422.
const INCIDENT: &str = r##"{
  "openapi": "3.1.0",
  "info": { "title": "Auth service", "version": "0.1.0" },
  "paths": { "/api/v1/keys/validate": { "post": {
    "summary": "Validate", "operationId": "validate_api_v1_keys_validate_post",
    "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Validation" } } } },
    "responses": {
      "200": { "description": "Successful Response", "content": { "application/json": { "schema": {} } } },
      "422": { "description": "Validation Error", "content": { "application/json": { "schema": { "type": "object", "properties": { "detail": { "type": "array" } } } } } }
    } } } },
  "components": { "schemas": { "Validation": { "type": "object", "required": ["api_key"], "properties": {
    "api_key": { "type": "string" }, "service_id": { "anyOf": [{ "type": "string" }, { "type": "null" }] }, "client_ip": { "anyOf": [{ "type": "string" }, { "type": "null" }] }
  } } } }
}"##;

#[test]
fn the_document_of_the_incident_is_wrong_and_not_the_wire() {
    const KEY: &str = "hk_test_platform_0123456789";
    const VALID: &str = r#"{"is_valid":true,"user_id":"u","key_id":"6f1c2b9e-4d0a-4c58-9a6e-2b7d1f0c8e35","service_id":"platform",
        "scopes":[],"rate_limit_per_hour":1,"billing_plan":null,"monthly_prediction_limit":null,"error":null}"#;
    let provider = Provider::answering(|asked| {
        let key = asked.headers.lines().find_map(|line| line.split_once(": Bearer ")).map(|(_, key)| key.trim());
        match (asked.line.as_str(), key) {
            ("GET /openapi.json", _) => Answer::json(200, INCIDENT),
            (_, None) => Answer::json(401, r#"{"detail":"API key required"}"#),
            (_, Some(KEY)) => Answer::json(200, VALID),
            _ => Answer::json(401, r#"{"detail":"Invalid or expired API key"}"#),
        }
    });
    let project = Project::of_repository();
    let call = project.call(&format!("check -v --url auth-validate={}", provider.url()));
    let ran = call.variable("HOKUSAI_API_KEY", KEY).run();
    let ran = ran.says("auth service's own document says something else than the contract");
    let ran = ran.says("validateKey, header Authorization: the document is wrong: the provider accepted the credential in header Authorization: Bearer …; the contract says header Authorization: Bearer …, the document says body /api_key");
    ran.says("the document says 200, 422, without 401, 429, 503");
}
