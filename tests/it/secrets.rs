//! Canaries: a secret appears in nothing that a run prints or writes, whatever goes wrong, plain or in any derived form.

use crate::project::{Call, Project, Ran, each_at};
use crate::provider::{Answer, Asked, GREETING_KEY, Provider, greeting};
use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The five variables, each with a secret that nothing else looks like. Some hold what encodings change.
pub const CANARIES: [(&str, &str); 5] = [
    ("HOKUSAI_API_KEY", "hk_test_canary0fTheApiKey77"),
    ("CLIP_RUNPOD_SECRET", "canary~of/the+clip worker=\"77\" é"),
    ("SERVICE_KEY_NPU_WORKER", "canary0fTheNpuWorker77canary0fTheNpuWorker77canary0fTheNpuWorker"),
    ("SERVICE_KEY_AI_STACK", "canary-of-the_ai.stack~77!*'()"),
    ("SERVICE_KEY_BROWSER_SERVICE", "canary<of>&the%20browser?77#"),
];

/// RFC 3986, section 2.3: what is never encoded.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// `encodeURIComponent` of ECMAScript.
const COMPONENT: &AsciiSet = &UNRESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');

/// What a secret looks like in texts that were derived from it.
pub fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let mut forms = vec![
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        utf8_percent_encode(secret, UNRESERVED).to_string(),
        utf8_percent_encode(secret, COMPONENT).to_string(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        hex::encode(secret),
        hex::encode_upper(secret),
        secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
    ];
    forms.extend(forms.clone().iter().map(|form| with_small_escapes(form)));
    for before in ["", "x", "xy"] {
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let text = engine.encode(format!("{before}{secret}"));
            // The characters at both ends are made of the neighbours' bits too.
            let (first, after) = ((before.len() * 8).div_ceil(6), (before.len() + secret.len()) * 8 / 6);
            forms.push(text[first..after].to_owned());
        }
    }
    forms.sort();
    forms.dedup();
    forms
}

/// What derived scenarios send of a secret: all but its last character.
fn largest_part(secret: &str) -> &str {
    &secret[..secret.floor_char_boundary(secret.len() * 3 / 4)]
}

/// `%2f` for `%2F`: both are right (RFC 3986, section 6.2.2.1).
fn with_small_escapes(form: &str) -> String {
    let mut parts = form.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.split_at_checked(2) {
        Some((escape, rest)) => format!("{text}%{}{rest}", escape.to_lowercase()),
        None => format!("{text}%{part}"),
    })
}

/// Finds secrets in texts, plain or in any derived form.
pub struct Finder {
    needles: Vec<String>,
    found: AhoCorasick,
}

impl Finder {
    /// Of these secrets.
    pub fn of(secrets: &[(&str, &str)]) -> Self {
        let needles: Vec<String> =
            secrets.iter().flat_map(|(_, secret)| [*secret, largest_part(secret)]).flat_map(forms).collect();
        let found = AhoCorasick::new(&needles).expect("the forms are few");
        Self { needles, found }
    }

    /// There is none in `bytes`.
    #[track_caller]
    pub fn holds_none(&self, what: &str, bytes: &[u8]) {
        if let Some(found) = self.found.find(bytes) {
            panic!("{what} holds a secret as {:?}", self.needles[found.pattern().as_usize()]);
        }
    }
}

/// Neither what was said nor any file of the project but `except` holds one.
#[track_caller]
pub fn nothing_leaks(project: &Project, ran: &Ran, secrets: &[(&str, &str)], except: &[&str]) {
    let finder = Finder::of(secrets);
    finder.holds_none("stdout", ran.stdout.as_bytes());
    finder.holds_none("stderr", ran.stderr.as_bytes());
    for path in project.files().iter().filter(|path| !except.iter().any(|name| path.ends_with(name))) {
        finder.holds_none(&path.to_string_lossy(), &std::fs::read(path).expect("the file can be read"));
    }
}

/// With every canary in its variable.
pub fn with_canaries(call: Call) -> Call {
    CANARIES.iter().fold(call, |call, (name, secret)| call.variable(name, secret))
}

/// Every format at once, to files and to stdout, and a page of a workflow's step.
pub const EVERY_FORMAT: &str = "--format json --output record.json --format junit --output junit.xml --format github --output github.txt \
                            --format console --output console.txt --format console";

fn everything(project: &Project, arguments: &str) -> Ran {
    let call = project.call(&format!("check -v {EVERY_FORMAT} {arguments}"));
    let summary = project.path("summary.md");
    let ran = with_canaries(call).variable("GITHUB_STEP_SUMMARY", &summary.to_string_lossy()).run();
    for file in ["record.json", "junit.xml", "github.txt", "console.txt", "summary.md"] {
        assert!(Path::new(&project.path(file)).is_file(), "no {file}:\n{}", ran.text());
    }
    ran
}

/// Sends back all that came in, and each time another secret in another form.
fn echo() -> impl Fn(&Asked) -> Answer {
    let forms: Vec<String> = CANARIES.iter().flat_map(|(_, secret)| forms(secret)).collect();
    let next = AtomicUsize::new(0);
    move |asked| {
        let form = &forms[next.fetch_add(1, Ordering::Relaxed) % forms.len()];
        let (_, key) = CANARIES[0];
        let all = format!("{}\n{}\n{}\n", asked.line, asked.headers, asked.body);
        let body =
            serde_json::json!({ "detail": form, "error": { "message": form }, "status": form, key: key, "all": all });
        let header: String = form.chars().filter(char::is_ascii).collect();
        Answer::json(200, body.to_string()).header("location", &format!("/{header}")).header("retry-after", key)
    }
}

#[test]
fn fakes_are_told_secrets_and_keep_them() {
    let project = Project::of_repository();
    let ran = everything(&project, "").exits(0);
    nothing_leaks(&project, &ran, &CANARIES, &[]);
}

#[test]
fn pending_snapshots_hold_no_secret() {
    let project = Project::of_repository().without("snapshots");
    let ran = everything(&project, "").exits(3);
    assert!(project.pending().len() > 50, "{} pending", project.pending().len());
    nothing_leaks(&project, &ran, &CANARIES, &[]);
}

#[test]
fn a_provider_that_sends_secrets_back_is_found_and_not_repeated() {
    let project = Project::of_repository();
    let ran = everything(&project, &format!("--allow-writes {}", each_at(&Provider::answering(echo()).url()))).exits(1);
    nothing_leaks(&project, &ran, &CANARIES, &[]);
    let ran = ran.says("secret-echoed");
    assert!(ran.stdout.contains("${HOKUSAI_API_KEY}"), "the echo is not named:\n{}", ran.stdout);
}

#[test]
fn a_provider_that_puts_secrets_into_errors_is_not_repeated() {
    let (_, key) = CANARIES[0];
    for status in [302, 400, 401, 422, 500] {
        let provider = Provider::answering(move |_| {
            let message = format!("Traceback: key {key} is not in the table, {:?}", STANDARD_NO_PAD.encode(key));
            Answer::text(status, message)
                .header("location", &format!("/login?key={key}"))
                .header("www-authenticate", key)
        });
        let project = Project::of_repository();
        let ran = everything(&project, &each_at(&provider.url())).exits(1);
        nothing_leaks(&project, &ran, &CANARIES, &[]);
    }
}

#[test]
fn an_echo_of_the_contracts_own_answer_is_found() {
    let parrot = |asked: &Asked| {
        if asked.headers.contains(GREETING_KEY) {
            Answer::json(200, format!(r#"{{"text":"Hello, {GREETING_KEY}","language":"en"}}"#))
        } else {
            greeting(asked)
        }
    };
    let project = Project::greeting();
    let url = Provider::answering(parrot).url();
    let ran = project.call(&format!("check --url greeting={url}")).variable("GREETING_KEY", GREETING_KEY).run();
    let ran = ran.exits(1).says("secret-echoed").says("${GREETING_KEY}");
    nothing_leaks(&project, &ran, &[("GREETING_KEY", GREETING_KEY)], &[]);
}

#[test]
fn what_cannot_run_says_no_secret() {
    let (_, key) = CANARIES[0];
    let project = Project::of_repository();
    let ran = everything(&project, &each_at("http://127.0.0.1:1")).exits(4);
    nothing_leaks(&project, &ran, &CANARIES, &[]);
    for (arguments, code) in [
        (format!("check --url auth-validate=http://user:{key}@127.0.0.1:1"), 2),
        (format!("check --url auth-validate=http://127.0.0.1:1/?api_key={key}"), 2),
        (format!("check --url auth-validate={key}"), 2),
        ("check --format json --output no/such/folder/report.json".to_owned(), 4),
    ] {
        let ran = with_canaries(project.call(&arguments)).run().exits(code);
        nothing_leaks(&project, &ran, &CANARIES, &[]);
    }
}

#[test]
fn settings_that_hold_a_secret_are_not_repeated() {
    let provider = Provider::answering(|_| Answer::text(500, "no"));
    let settings = [
        &format!("url = \"{}/${{HOKUSAI_API_KEY}}\"", provider.url()),
        "url = \"${HOKUSAI_API_KEY}\"",
        "url = \"http://${HOKUSAI_API_KEY}@127.0.0.1:1\"",
        "url = \"http://127.0.0.1:1/?key=${HOKUSAI_API_KEY}\"",
        "url = \"http://127.0.0.1:1\"\nvalues = { service = \"${HOKUSAI_API_KEY}\" }",
        "url = \"http://127.0.0.1:1\"\nvariables = { prefix = \"${HOKUSAI_API_KEY}\" }",
        "url = \"http://127.0.0.1:1/${HOKUSAI_API_KEY}\"",
    ];
    for settings in settings {
        let text = format!("[target.t.contract.auth-validate]\n{settings}\n");
        let project = Project::of_repository().file("counterpart.toml", &text);
        let ran = with_canaries(project.call("check -v --target t")).run();
        assert!([1, 2, 4].contains(&ran.exit), "exit {}:\n{}", ran.exit, ran.text());
        nothing_leaks(&project, &ran, &CANARIES, &[]);
    }
}

#[test]
fn a_feature_that_cannot_run_says_no_secret() {
    let feature = "
Feature: Mistakes
  Scenario: A name that stands for nothing
    Given a call of \"greet\"
    And the header \"X-Other\" is \"${nothing}\"
    When the call is sent
    Then the status is 200

  Scenario: A field that is not there
    Given a call of \"greet\"
    And the credential is sent in the body \"/name/key\" instead
    When the call is sent
    Then the response field \"/nothing/here\" is \"x\"

  Scenario: A key in every place
    Given a call of \"greet\"
    And the credential is also sent in the query \"key\"
    And the credential is also sent in the header \"X-Key\"
    And the credential is also sent in the cookie \"key\"
    And the credential is also sent in the body \"/key\"
    When the call is sent
    Then the status is 418
";
    let project = Project::greeting().file("features/greeting/mistakes.feature", feature);
    let provider = Provider::answering(greeting);
    for target in [String::new(), format!("--url greeting={}", provider.url())] {
        let call = project.call(&format!("check -v {EVERY_FORMAT} {target}")).variable("GREETING_KEY", GREETING_KEY);
        let ran = call.run().exits(4);
        nothing_leaks(&project, &ran, &[("GREETING_KEY", GREETING_KEY)], &[]);
    }
}

#[test]
fn a_secret_may_come_from_a_file() {
    let provider = Provider::answering(greeting);
    let settings = |secrets: &str| {
        format!(
            "[target.t.contract.greeting]\nurl = \"{}\"\nsecrets = {{ GREETING_KEY = {secrets} }}\n",
            provider.url()
        )
    };
    let project = Project::greeting().file("counterpart.toml", &settings("{ file = \"keys/greeting\" }"));
    let project = project.file("keys/greeting", &format!("{GREETING_KEY}\n"));
    let secrets = [("GREETING_KEY", GREETING_KEY)];
    let ran = project.run(&format!("check -v --target t {EVERY_FORMAT}")).exits(0);
    nothing_leaks(&project, &ran, &secrets, &["keys/greeting"]);
    // From another folder too: the path is the project's.
    let elsewhere =
        Project::empty().call("check --target t --project").argument(&project.path("").to_string_lossy()).run();
    elsewhere.exits(0);
    let project = project.file("keys/greeting", "hk_test_of_another_day");
    let ran = project.run("check -v --target t").exits(1).says("acceptance-missing");
    nothing_leaks(&project, &ran, &[("GREETING_KEY", "hk_test_of_another_day")], &["keys/greeting"]);
    project.without("keys").run("check --target t").exits(2).says("the secret GREETING_KEY cannot be read from");
    let project = Project::greeting().file("counterpart.toml", &settings("{ env = \"STAGING_KEY\" }"));
    project.call("check --target t").variable("STAGING_KEY", GREETING_KEY).run().exits(0);
    project.call("check --target t").variable("GREETING_KEY", GREETING_KEY).run().exits(3);
}

#[test]
fn a_secret_that_is_too_short_to_be_kept_out_is_refused() {
    let provider = Provider::answering(greeting);
    let project = Project::greeting();
    let call = project.call(&format!("check --url greeting={}", provider.url()));
    let ran = call.variable("GREETING_KEY", "qwxyz").run().exits(2);
    ran.says("the secret GREETING_KEY is shorter than 6 characters").does_not_say("qwxyz");
}
