//! Derived scenarios: what a contract says of its credentials is checked, however little an author wrote.

use crate::project::{Call, Project, Ran, root};
use crate::provider::{Answer, Asked, GREETING_KEY, Provider};
use serde_json::Value;
use std::collections::BTreeMap;

/// All that a lazy author writes.
const LAZY: &str =
    "Feature: Greetings\n  Scenario: Somebody is greeted\n    When \"greet\" is called\n    Then the status is 200\n";

/// The second of two keys.
const TENANT_KEY: &str = "hk_test_of_the_tenant";

/// A target that allows what derived scenarios do.
const ALLOWING: &str = "allow_query = true";

/// The greeting's contract with a lazy author's feature.
fn lazy() -> Project {
    Project::greeting().without("features").file("features/greeting/lazy.feature", LAZY)
}

/// The same with a user and a password.
fn basic() -> Project {
    lazy().replace("contracts/greeting/openapi.yaml", "scheme: bearer", "scheme: basic").replace(
        "contracts/greeting/contract.toml",
        "secret =",
        "user = \"ada\"\nsecret =",
    )
}

/// The same with a second key beside the first.
fn two_keys() -> Project {
    let second = "key: { type: http, scheme: bearer }\n    tenant: { type: apiKey, in: header, name: X-Tenant-Key }";
    let terms =
        "[credential.tenant]\nsecret = \"TENANT_KEY\"\nsample = \"hk_test_{{ random_hex(24) }}\"\n\n[refusal.invalid]";
    lazy()
        .replace("contracts/greeting/openapi.yaml", "key: { type: http, scheme: bearer }", second)
        .replace("contracts/greeting/openapi.yaml", "[{ key: [] }]", "[{ key: [], tenant: [] }]")
        .replace("contracts/greeting/contract.toml", "[refusal.invalid]", terms)
}

/// The same with a second key that opens as well as the first.
fn either_key() -> Project {
    two_keys().replace("contracts/greeting/openapi.yaml", "[{ key: [], tenant: [] }]", "[{ key: [] }, { tenant: [] }]")
}

/// The same with a party and its signature of the method and path, in two headers.
fn signed() -> Project {
    let terms = "[credential.key]\nsample = \"hk_test_{{ random_hex(24) }}\"\nalgorithm = \"hmac-sha256\"\n\
        message = \"{{ method }} {{ path }}\"\noperations = [\"greet\"]\n\n\
        [credential.key.headers]\nX-Party = \"{{ party }}\"\nX-Signature = \"{{ signature }}\"\n\n\
        [credential.key.party.website]\nsecret = \"GREETING_KEY\"\noperations = [\"greet\"]\n";
    lazy()
        .replace("contracts/greeting/openapi.yaml", "\n  securitySchemes:\n    key: { type: http, scheme: bearer }", "")
        .replace("contracts/greeting/openapi.yaml", "      security: [{ key: [] }]\n", "")
        .replace(
            "contracts/greeting/contract.toml",
            "[credential.key]\nsecret = \"GREETING_KEY\"\nsample = \"hk_test_{{ random_hex(24) }}\"\n",
            terms,
        )
}

/// The project's check at a provider, which is a target with these settings.
fn at(project: Project, settings: &str, provider: &Provider) -> (Project, Call) {
    let target =
        format!("[target.there]\n{settings}\n\n[target.there.contract.greeting]\nurl = \"{}\"\n", provider.url());
    let project = project.file("counterpart.toml", &target);
    let call = project.call("check --target there").variable("GREETING_KEY", GREETING_KEY);
    (project, call.variable("TENANT_KEY", TENANT_KEY))
}

fn checked(project: Project, answer: impl Fn(&Asked) -> bool + Send + Sync + 'static) -> Ran {
    let provider = Provider::answering(move |asked| answered(asked, answer(asked)));
    at(project, ALLOWING, &provider).1.run()
}

fn answered(asked: &Asked, opens: bool) -> Answer {
    match (opens, header(asked, "authorization").is_empty()) {
        (true, _) => Answer::json(200, r#"{"text":"Hello","language":"en"}"#),
        (false, true) => Answer::json(401, r#"{"error":"key required"}"#),
        (false, false) => Answer::json(401, r#"{"error":"unknown key"}"#),
    }
}

/// The value of a header.
fn header(asked: &Asked, name: &str) -> String {
    let lines = asked.headers.lines().filter_map(|line| line.split_once(": "));
    let mut values = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
    values.next().unwrap_or_default().to_owned()
}

fn has_bearer(asked: &Asked) -> bool {
    header(asked, "authorization") == format!("Bearer {GREETING_KEY}")
}

/// The decoded `user:password`.
fn user_and_password(asked: &Asked) -> String {
    use base64::Engine as _;
    let header = header(asked, "authorization");
    let decoded = base64::engine::general_purpose::STANDARD.decode(header.strip_prefix("Basic ").unwrap_or_default());
    String::from_utf8(decoded.unwrap_or_default()).unwrap_or_default()
}

fn has_password(asked: &Asked) -> bool {
    user_and_password(asked) == format!("ada:{GREETING_KEY}")
}

fn has_both(asked: &Asked) -> bool {
    has_bearer(asked) && header(asked, "x-tenant-key") == TENANT_KEY
}

/// The signature of a greeting's method and path in English, by another hand.
fn right_signature() -> String {
    use hmac::{KeyInit as _, Mac as _};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(GREETING_KEY.as_bytes()).expect("any length is fine");
    mac.update(b"POST /greetings/en");
    hex::encode(mac.finalize().into_bytes())
}

fn has_signature(asked: &Asked) -> bool {
    header(asked, "x-party") == "website" && header(asked, "x-signature") == right_signature()
}

fn answered_signed(asked: &Asked, opens: bool) -> Answer {
    match (opens, header(asked, "x-signature").is_empty()) {
        (true, _) => Answer::json(200, r#"{"text":"Hello","language":"en"}"#),
        (false, true) => Answer::json(401, r#"{"error":"key required"}"#),
        (false, false) => Answer::json(401, r#"{"error":"unknown key"}"#),
    }
}

/// What a check finds at a provider that takes a right signature elsewhere, too.
fn checked_signed(also: impl Fn(&Asked) -> bool + Send + Sync + 'static) -> Ran {
    let provider = Provider::answering(move |asked| answered_signed(asked, has_signature(asked) || also(asked)));
    // Nothing but a key needs `allow_query`.
    at(signed(), "", &provider).1.run()
}

fn records(ran: &Ran) -> Vec<Value> {
    let record = ran.json();
    let scenarios = record["contracts"].as_array().into_iter().flatten().map(|contract| contract["scenarios"].clone());
    scenarios.flat_map(|scenarios| scenarios.as_array().cloned().unwrap_or_default()).collect()
}

/// The names of the derived scenarios with that verdict.
fn derived(ran: &Ran, verdict: &str) -> Vec<String> {
    let records = records(ran).into_iter().filter(|record| record["derived"] == true && record["verdict"] == verdict);
    records.map(|record| record["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_lazy_feature_is_kept_at_providers_that_open_to_their_credential_only() {
    checked(lazy(), has_bearer).exits(0).says("1 scenario: 1 kept · 11 derived: 11 kept");
    checked(basic(), has_password).exits(0).says("1 scenario: 1 kept · 12 derived: 12 kept");
    checked(two_keys(), has_both).exits(0).says("1 scenario: 1 kept");
}

#[test]
fn a_lazy_feature_is_kept_at_the_fakes() {
    lazy().run("check").exits(0).says("11 derived: 11 kept");
    basic().run("check").exits(0).says("12 derived: 12 kept");
    two_keys().run("check").exits(0).says("1 scenario: 1 kept").does_not_say("not run");
}

#[test]
fn a_key_that_is_accepted_in_the_query_too_is_found() {
    let also_in_query =
        |asked: &Asked| has_bearer(asked) || asked.line.contains(&format!("access_token={GREETING_KEY}"));
    let ran = checked(lazy(), also_in_query)
        .exits(1)
        .says("refusal-missing")
        .says("The right credential in the query instead");
    ran.says("with the right credential in query parameters api_key, apikey, key, token, access_token instead");
}

#[test]
fn a_key_that_is_accepted_by_its_prefix_is_found() {
    let by_prefix = |asked: &Asked| header(asked, "authorization").starts_with("Bearer hk_test_gre");
    let ran = checked(lazy(), by_prefix).exits(1).says("refusal-missing");
    ran.says("401 as \"unknownKey\", with the right credential cut short").does_not_say("hk_test_gre");
}

#[test]
fn a_key_that_is_accepted_without_its_word_is_found() {
    let without_word = |asked: &Asked| header(asked, "authorization").ends_with(GREETING_KEY);
    let ran = checked(lazy(), without_word).exits(1).says("refusal-missing");
    ran.says("with the right credential without a scheme").says("The right credential behind the word Token");
}

#[test]
fn a_key_that_is_accepted_in_any_case_is_found() {
    let folded = |asked: &Asked| header(asked, "authorization").eq_ignore_ascii_case(&format!("Bearer {GREETING_KEY}"));
    let ran = checked(lazy(), folded).exits(1).says("refusal-missing");
    ran.says("with the right credential in another case").does_not_say("hk_test_GREETING");
}

#[test]
fn a_password_that_is_not_checked_is_found() {
    let any_password = |asked: &Asked| user_and_password(asked).starts_with("ada:");
    checked(basic(), any_password).exits(1).says("refusal-missing").says("An unknown password");
    let any_user = |asked: &Asked| user_and_password(asked).ends_with(&format!(":{GREETING_KEY}"));
    let ran = checked(basic(), any_user).exits(1).says("refusal-missing");
    ran.says("with the right password of the user \"counterpart-nobody\"");
}

#[test]
fn a_second_key_that_is_not_checked_is_found() {
    let ran = checked(two_keys(), has_bearer).exits(1).says("refusal-missing");
    ran.says("without tenant, the rest right").says("An unknown credential as tenant");
    let any_second = |asked: &Asked| has_bearer(asked) && !header(asked, "x-tenant-key").is_empty();
    let ran = checked(two_keys(), any_second).exits(1);
    ran.says("with a wrong credential as tenant, the rest right").does_not_say("without tenant, the rest");
}

#[test]
fn an_alternative_that_does_not_open_is_found() {
    let either = |asked: &Asked| has_bearer(asked) || header(asked, "x-tenant-key") == TENANT_KEY;
    checked(either_key(), either).exits(0).does_not_say("The right credential as");
    let ran = checked(either_key(), has_bearer).exits(1).says("acceptance-missing");
    ran.says("The right credential as tenant opens it").says("200, with the right credential as tenant");
}

#[test]
fn a_server_error_opens_nothing() {
    let provider = Provider::answering(|asked| {
        let is_second = header(asked, "x-tenant-key") == TENANT_KEY;
        if is_second { Answer::json(500, r#"{"error":"bug"}"#) } else { answered(asked, has_bearer(asked)) }
    });
    let ran = at(either_key(), ALLOWING, &provider).1.run().exits(1);
    ran.says("The right credential as tenant opens it").says("acceptance-missing");
}

#[test]
fn what_no_author_speaks_of_is_not_proven_by_what_is_derived() {
    let health =
        "Feature: Health\n  Scenario: It is there\n    When \"health\" is called\n    Then the status is 200\n";
    let ran = either_key().file("features/greeting/lazy.feature", health).run("check").exits(3);
    ran.says("not seen: the right credential accepted");
}

#[test]
fn what_opens_an_operation_that_writes_needs_to_be_allowed_to_write_although_refusals_do_not() {
    let written = format!(
        "{LAZY}\n  Scenario: Nobody is greeted\n    Given a call of \"greet\"\n    \
        And the credential is missing\n    When the call is sent\n    Then the status is 401\n"
    );
    let written = written.replacen("  Scenario:", "  @writes\n  Scenario:", 1);
    let project = either_key().file("features/greeting/lazy.feature", &written);
    let either = |asked: &Asked| has_bearer(asked) || header(asked, "x-tenant-key") == TENANT_KEY;
    let provider = Provider::answering(move |asked| answered(asked, either(asked)));
    let ran = at(project, ALLOWING, &provider).1.run();
    ran.says("2 scenarios: @writes: the target there does not allow it").says("kept, 1 not run");
}

#[test]
fn a_refusal_by_a_server_error_is_found() {
    let provider = Provider::answering(|asked| match (has_bearer(asked), header(asked, "cookie").is_empty()) {
        (_, false) => Answer::json(500, r#"{"error":"bug"}"#),
        (opens, true) => answered(asked, opens),
    });
    let ran = at(lazy(), ALLOWING, &provider).1.run().exits(1).says("refusal-is-server-error");
    ran.says("The right credential in the cookie instead");
}

#[test]
fn what_is_derived_stands_in_no_file_and_names_the_contract() {
    let provider = Provider::answering(|asked| answered(asked, true));
    let (_project, call) = at(lazy(), ALLOWING, &provider);
    let ran = call.argument("--format").argument("json").run().exits(1);
    for scenario in records(&ran).iter().filter(|scenario| scenario["derived"] == true) {
        assert_eq!(scenario["feature"], "derived from contracts/greeting");
        assert_eq!(scenario["rule"], "greet opens to its credential only");
        for finding in scenario["findings"].as_array().expect("a list") {
            assert_eq!(finding["feature_place"], Value::Null, "{finding:#}");
            assert!(finding["contract_place"]["line"].is_u64(), "{finding:#}");
            assert_eq!(finding["code"], "refusal-missing", "{finding:#}");
        }
    }
    assert_eq!(derived(&ran, "broken").len(), 11);
}

/// What the findings of derived scenarios expected.
fn expected(project: Project, answer: impl Fn(&Asked) -> bool + Send + Sync + 'static) -> String {
    let provider = Provider::answering(move |asked| answered(asked, answer(asked)));
    let (_project, call) = at(project, ALLOWING, &provider);
    let ran = call.argument("--format").argument("json").run().exits(1);
    let findings = records(&ran).into_iter().map(|record| record["findings"].clone());
    let findings = findings.flat_map(|findings| findings.as_array().cloned().unwrap_or_default());
    findings.map(|finding| format!("{}\n", finding["expected"].as_str().unwrap_or_default())).collect()
}

#[test]
fn the_console_tells_a_rule_in_one_line_and_what_is_not_kept_below() {
    let ran = lazy().run("check").exits(0);
    ran.says("✓ greet opens to its credential only (11 derived)").does_not_say("No credential");
    let ran = lazy().run("check --verbose").exits(0);
    ran.says("✓ No credential (1 exchange");
    let ran = checked(lazy(), |asked| has_bearer(asked) || header(asked, "authorization").is_empty()).exits(1);
    ran.says("✗ greet opens to its credential only (11 derived)").says("✗ No credential");
}

#[test]
fn the_tag_leaves_derived_scenarios_out() {
    let (_project, call) = at(lazy(), ALLOWING, &Provider::answering(|asked| answered(asked, true)));
    call.argument("--tags").argument("not @derived").run().exits(0).does_not_say("derived");
}

#[test]
fn a_feature_may_say_otherwise() {
    let tags = ["Feature: Greetings", "  Scenario: Somebody"].map(|line| {
        let project = lazy().replace("features/greeting/lazy.feature", line, &format!("  @opens-otherwise\n{line}"));
        let ran = at(project, ALLOWING, &Provider::answering(|asked| answered(asked, true))).1.run();
        ran.exits(3).does_not_say("derived").says("greet: not seen: a call without credential refused").exit
    });
    assert_eq!(tags, [3, 3]);
}

#[test]
fn what_is_derived_for_an_operation_that_writes_needs_to_be_allowed_to_write() {
    let lines = "  @writes\n  Scenario: Somebody is greeted";
    let project = || lazy().replace("features/greeting/lazy.feature", "  Scenario: Somebody is greeted", lines);
    let provider = Provider::answering(|asked| answered(asked, has_bearer(asked)));
    let ran = at(project(), ALLOWING, &provider).1.run().exits(3);
    ran.says("12 scenarios: @writes: the target there does not allow it");
    at(project(), "writes = true\nallow_query = true", &provider).1.run().exits(0).says("11 derived: 11 kept");
    // One call that does not write shows that refusals do not either.
    let both = format!(
        "{LAZY}\n{}",
        "  @writes\n  Scenario: Again\n    When \"greet\" is called\n    Then the status is 200\n"
    );
    let project = lazy().file("features/greeting/lazy.feature", &both);
    at(project, ALLOWING, &provider).1.run().exits(0).says("11 derived: 11 kept");
}

#[test]
fn a_target_runs_as_many_as_it_allows_and_says_what_it_leaves_out() {
    let provider = Provider::answering(|asked| answered(asked, has_bearer(asked)));
    let ran =
        at(lazy(), "derived = 2\nallow_query = true", &provider).1.run().exits(0).says("2 derived: 2 kept, 9 not run");
    ran.says("9 scenarios: the target there runs 2 derived scenarios of a contract at most");
    let ran = at(lazy(), "derived = 0\nallow_query = true", &provider).1.run().exits(3);
    ran.says("11 scenarios: the target there runs no derived scenarios").says("Protection not proven");
    let ran = at(lazy(), "", &provider).1.run().exits(0).says("10 derived: 10 kept, 1 not run");
    ran.says("1 scenario: the target does not allow secrets in the query: they are logged by design");
}

#[test]
fn an_open_target_runs_none() {
    let provider = Provider::answering(|asked| answered(asked, true));
    let settings = format!("[target.there.contract.greeting]\nurl = \"{}\"\nopen = true\n", provider.url());
    let project = lazy().file("counterpart.toml", &settings);
    let ran = project.call("check --target there").variable("GREETING_KEY", GREETING_KEY).run().exits(0);
    ran.says("11 scenarios: the target there asks for no credential").says("0 derived: 11 not run");
}

#[test]
fn a_pause_between_calls_changes_no_verdict() {
    let provider = Provider::answering(|asked| answered(asked, has_bearer(asked)));
    at(lazy(), "pause = \"1ms\"", &provider).1.run().exits(0).says("10 derived: 10 kept");
    at(lazy(), "pause = \"soon\"", &provider).1.run().exits(2).says("`pause`");
}

#[test]
fn names_that_the_operation_takes_itself_are_left_out() {
    let parameter = "- { name: token, in: query, schema: { type: string } }\n        - { name: language";
    let field = "properties: { apiKey: { type: string }, name:";
    let project = lazy().replace("contracts/greeting/openapi.yaml", "- { name: language", parameter).replace(
        "contracts/greeting/openapi.yaml",
        "properties: { name:",
        field,
    );
    let expected = expected(project, |_| true);
    assert!(expected.contains("parameters api_key, apikey, key, access_token instead"), "{expected}");
    assert!(expected.contains("in body /api_key, /key, /token instead"), "{expected}");
}

#[test]
fn a_key_in_a_header_is_tried_as_a_bearer_token_and_by_its_own_name_elsewhere() {
    let scheme = "key: { type: apiKey, in: header, name: X-Greeting-Key }";
    let project = lazy().replace("contracts/greeting/openapi.yaml", "key: { type: http, scheme: bearer }", scheme);
    let expected = expected(project, |_| true);
    for words in [
        "in headers Authorization, X-API-Key, Api-Key, X-Auth-Token instead",
        "with the right credential behind the word \"Bearer\" in header Authorization instead",
        "cookies api_key, key, session, session_id, token, X-Greeting-Key instead",
    ] {
        assert!(expected.contains(words), "{words}: {expected}");
    }
}

#[test]
fn a_signature_is_tried_without_each_part_of_its_message_and_outside_its_window() {
    let provider = Provider::answering(|_| Answer::json(200, "{}"));
    let project = Project::of_repository();
    let call = project.call(&format!("check --contract clip-embed --url clip-embed={} --format json", provider.url()));
    let ran = call.variable("CLIP_RUNPOD_SECRET", "hk_test_of_the_clip_worker").run().exits(1);
    let names = derived(&ran, "broken");
    for wanted in [
        "An unknown credential",
        "A signature from before the window",
        "A signature from after the window",
        "A signature that leaves out method",
        "A signature that leaves out path",
        "A signature that leaves out payload",
        "A signature that leaves out timestamp",
        "A signature of another payload",
        "The right signature with its last character changed",
        "The right signature in another case",
        "A malformed signature",
    ] {
        assert_eq!(names.iter().filter(|name| *name == wanted).count(), 3, "{wanted}: {names:#?}");
    }
}

#[test]
fn a_signature_that_is_accepted_elsewhere_too_is_found_in_each_kind_of_place() {
    checked_signed(|_| false).exits(0).does_not_say("not run");
    let signature = right_signature();
    let query = format!("X-Party=website&X-Signature={signature}");
    let ran = checked_signed(move |asked| asked.line.contains(&query)).exits(1).says("refusal-missing");
    ran.says("with the right credential part by part in query parameters X-Party, X-Signature instead");
    let signature = right_signature();
    let cookies = format!("X-Party=website; X-Signature={signature}");
    let ran = checked_signed(move |asked| header(asked, "cookie") == cookies).exits(1).says("refusal-missing");
    ran.says("The right signature part by part in the cookie instead");
    let signature = right_signature();
    let in_body = move |asked: &Asked| {
        let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
        body["X-Party"] == "website" && body["X-Signature"] == signature.as_str() && body["name"] == "Ada"
    };
    checked_signed(in_body).exits(1).says("part by part in body /X-Party, /X-Signature instead");
}

#[test]
fn a_signature_that_is_compared_by_its_beginning_is_found() {
    let by_prefix = |asked: &Asked| {
        let given = header(asked, "x-signature");
        given.len() == 64 && given[..63] == right_signature()[..63]
    };
    let ran = checked_signed(by_prefix).exits(1).says("refusal-missing");
    ran.says("with the right credential but for its last character").says("last character changed");
}

#[test]
fn a_part_of_the_body_is_tried_elsewhere_but_not_the_parts_of_items() {
    let ran = Project::of_repository().run("check --contract clip-embed --format json").exits(0);
    let names = derived(&ran, "kept");
    for carrier in ["header", "query", "cookie"] {
        let wanted = format!("The right signature part by part in the {carrier} instead");
        assert_eq!(names.iter().filter(|name| **name == wanted).count(), 2, "{wanted}: {names:#?}");
    }
}

#[test]
fn every_protected_operation_of_the_five_contracts_has_its_rule_and_none_has_too_many_scenarios() {
    let ran = Project::of_repository().run("check --format json").exits(0);
    let mut rules: BTreeMap<(String, String), usize> = BTreeMap::new();
    for scenario in records(&ran).iter().filter(|scenario| scenario["derived"] == true) {
        let key = (scenario["feature"].to_string(), scenario["rule"].to_string());
        *rules.entry(key).or_default() += 1;
    }
    let record = ran.json();
    let contracts = record["contracts"].as_array().expect("a list");
    let protected: usize =
        contracts.iter().map(|contract| contract["protections"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(rules.len(), protected, "{rules:#?}");
    assert!(rules.values().all(|count| (8..=40).contains(count)), "{rules:#?}");
}

#[test]
fn a_key_whose_name_no_header_can_have_is_not_tried_there() {
    let folder = root().join("tests/projects/odd-calls");
    let ran = Project::empty().folder(&folder).run("check --quiet").exits(3);
    ran.does_not_say("call-failed").says("0 scenarios · 115 derived: 115 kept");
}
