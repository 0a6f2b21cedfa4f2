//! `doctor`: what it says of everything that a run needs, and the cure beside what is wrong.

use crate::certificate;
use crate::project::{Project, Ran, root};
use crate::provider::{Answer, Provider, greeting};
use crate::proxied::nobody;
use jiff::{SignedDuration, Timestamp};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

const KEY: &str = "hk_test_doctors_0123456789";

/// The project `greeting` with the target `staging` at a URL.
fn at(url: &str) -> Project {
    at_with(url, "")
}

fn at_with(url: &str, more: &str) -> Project {
    let settings =
        format!("[target.staging]\ndeadline = \"5s\"\n[target.staging.contract.greeting]\nurl = \"{url}\"\n{more}\n");
    Project::greeting().file("counterpart.toml", &settings)
}

/// The project `greeting` without any target.
fn without_targets() -> Project {
    Project::greeting().file("counterpart.toml", "")
}

/// What it says where the key is set.
fn doctor(project: &Project) -> Ran {
    project.call("doctor").variable("GREETING_KEY", KEY).run()
}

/// Something that speaks on each connection of a loopback port.
fn speaking(speak: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let speak = Arc::new(speak);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let speak = speak.clone();
            std::thread::spawn(move || speak(stream));
        }
    });
    port
}

/// A healthy greeter behind a certificate for `name`, valid in these years; its authority in PEM.
fn encrypted(name: &str, years: (i32, i32)) -> (u16, String) {
    let (config, authority) = certificate::server(name, years);
    let config = Arc::new(config);
    let port = speaking(move |stream| {
        let connection = rustls::ServerConnection::new(config.clone()).expect("the settings are right");
        let mut stream = rustls::StreamOwned::new(connection, stream);
        let body = r#"{"status":"ok"}"#;
        let head = format!("HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n", body.len());
        if stream.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {
            drop(stream.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes()));
            drop(stream.flush());
        }
    });
    (port, authority)
}

/// What it says of a deployment over TLS whose authority is trusted.
fn doctor_of_encrypted(name: &str, years: (i32, i32)) -> Ran {
    let (port, authority) = encrypted(name, years);
    let project = at(&format!("https://localhost:{port}")).file("authority.pem", &authority);
    let file = project.path("authority.pem");
    let call = project.call("doctor").variable("GREETING_KEY", KEY);
    call.variable("SSL_CERT_FILE", file.to_str().expect("paths are text")).run()
}

/// The clip worker with a clock that is so far ahead: its signatures hold for 120 s.
fn doctor_of_clock(seconds: i64) -> Ran {
    let provider = Provider::answering(move |_| {
        let time = Timestamp::now() + SignedDuration::from_secs(seconds);
        Answer::json(200, "{}").header("date", &time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
    });
    let settings = format!("[target.staging.contract.clip-embed]\nurl = \"{}\"\n", provider.url());
    let project = Project::of_repository().file("counterpart.toml", &settings);
    project.call("doctor --contract clip-embed").variable("CLIP_RUNPOD_SECRET", KEY).run()
}

#[test]
fn a_healthy_project_is_well() {
    let provider = Provider::answering(greeting);
    let ran = doctor(&at(&provider.url())).exits(0);
    let ran = ran
        .says("✓ contract     greeting: 2 operations,")
        .says("✓ secret       GREETING_KEY is set; needed by greeting at staging");
    ran.says(&format!("✓ reach        staging › greeting: {} answers GET /health with 200 in ", provider.url()))
        .does_not_say("✗");
}

#[test]
fn a_project_without_targets_is_well_and_says_what_a_deployment_needs() {
    let ran = without_targets().run("doctor").exits(0);
    ran.says(
        "! secret       GREETING_KEY is not set; needed by greeting: the fakes make their own, a deployment needs it",
    );
}

#[test]
fn a_secret_that_is_not_set_is_wrong_where_a_target_needs_it() {
    let provider = Provider::answering(greeting);
    let ran = at(&provider.url()).run("doctor").exits(1);
    ran.says("✗ secret       GREETING_KEY is not set; needed by greeting at staging").says("→ export GREETING_KEY=…");
}

#[test]
fn only_the_contracts_that_a_target_has_need_a_secret_there() {
    let provider = Provider::answering(|_| Answer::json(401, "{}"));
    let settings = format!("[target.staging.contract.auth-validate]\nurl = \"{}\"\n", provider.url());
    let project = Project::of_repository().file("counterpart.toml", &settings);
    let ran = project.run("doctor --contract auth-validate --contract mlflow").exits(1);
    ran.says("✗ secret       HOKUSAI_API_KEY is not set; needed by auth-validate at staging\n")
        .does_not_say("! secret");
}

#[test]
fn a_secret_comes_from_the_file_that_the_target_names() {
    let provider = Provider::answering(greeting);
    let project = at_with(&provider.url(), "secrets = { GREETING_KEY = { file = \"key\" } }");
    project.run("doctor").exits(1).says("✗ secret").says("key) cannot be read: ").says("No such file");
    project
        .file("key", KEY)
        .run("doctor")
        .exits(0)
        .says("key) is set; needed by greeting at staging")
        .does_not_say(KEY);
}

#[test]
fn a_secret_of_another_form_is_wrong_and_not_shown() {
    let provider = Provider::answering(greeting);
    let pattern = "secret = \"GREETING_KEY\"\npattern = '^hk_test_[a-z]+$'";
    let project = at(&provider.url()).replace("contracts/greeting/contract.toml", "secret = \"GREETING_KEY\"", pattern);
    let ran = doctor(&project).exits(1);
    ran.says("GREETING_KEY is set, and has not the form that `pattern` in contract.toml asks for").does_not_say(KEY);
}

#[test]
fn a_secret_with_a_space_at_its_end_is_wrong() {
    let provider = Provider::answering(greeting);
    let project = at(&provider.url());
    let ran = project.call("doctor").variable("GREETING_KEY", "hk_test_0123456789 ").run();
    ran.exits(1).says("GREETING_KEY begins or ends with white space");
}

#[test]
fn what_a_provider_says_is_shown_without_secrets() {
    let provider = Provider::answering(|_| Answer::of_type("text/html", 200, format!("<title>Hello {KEY}</title>")));
    doctor(&at(&provider.url())).exits(1).says("\"Hello ${GREETING_KEY}\"").does_not_say(KEY);
}

#[test]
fn a_variable_that_a_url_needs_and_that_is_not_set_is_named() {
    let ran = doctor(&at("http://${STAGE_HOST}")).exits(1);
    ran.says("✗ reach        staging › greeting: the environment variable STAGE_HOST is not set")
        .says("→ set it, or give a default");
}

#[test]
fn a_port_at_which_nobody_listens_is_said() {
    let (_socket, url) = nobody();
    let ran = doctor(&at(&url)).exits(1);
    let address = url.trim_start_matches("http://");
    ran.says(&format!("✗ reach        staging › greeting: {url}: nobody listens at {address}"))
        .says("→ start the provider, or correct the port of `url`");
}

#[test]
fn a_host_that_has_no_address_is_said() {
    let ran = doctor(&at("http://greeter.invalid")).exits(1);
    ran.says("✗ reach        staging › greeting: http://greeter.invalid: no address is known for greeter.invalid (");
}

#[test]
fn a_proxy_of_the_environment_is_said_to_be_unused() {
    let provider = Provider::answering(greeting);
    let project = at(&provider.url());
    let call =
        |project: &Project| project.call("doctor").variable("GREETING_KEY", KEY).variable("https_proxy", "http://p");
    call(&project)
        .run()
        .exits(0)
        .says("✓ proxy        https_proxy is set and not used: calls go straight to the deployments");
    call(&at("http://greeter.invalid")).run().exits(1).says("! proxy        https_proxy is set and not used");
}

#[test]
fn a_deployment_over_tls_is_well() {
    doctor_of_encrypted("localhost", (2020, 4000))
        .exits(0)
        .says("✓ reach        staging › greeting: https://localhost:");
}

#[test]
fn a_certificate_that_expired_is_said_with_its_date() {
    let ran = doctor_of_encrypted("localhost", (2018, 2021)).exits(1);
    ran.says("its TLS certificate expired on 2021-01-01 00:00 UTC").says("→ renew the certificate of the deployment");
}

#[test]
fn a_certificate_that_is_not_valid_yet_is_said_with_its_date() {
    doctor_of_encrypted("localhost", (3000, 4000))
        .exits(1)
        .says("its TLS certificate is valid from 3000-01-01 00:00 UTC on");
}

#[test]
fn a_certificate_of_another_host_is_said_with_the_hosts_that_it_names() {
    let ran = doctor_of_encrypted("greeter.example", (2020, 4000)).exits(1);
    ran.says("its TLS certificate is not one of localhost: it names greeter.example");
}

#[test]
fn a_certificate_of_an_issuer_that_is_not_trusted_is_said() {
    let (port, _) = encrypted("localhost", (2020, 4000));
    let mut other = rcgen::CertificateParams::default();
    other.distinguished_name.push(rcgen::DnType::CommonName, "another authority");
    other.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().expect("a key can be made");
    let other = other.self_signed(&key).expect("it can be signed");
    let project = at(&format!("https://localhost:{port}")).file("other.pem", &other.pem());
    let file = project.path("other.pem");
    let call = project.call("doctor").variable("SSL_CERT_FILE", file.to_str().expect("paths are text"));
    let ran = call.variable("GREETING_KEY", KEY).run().exits(1);
    ran.says("its TLS certificate is of an issuer that this machine does not trust").says("SSL_CERT_FILE");
}

#[test]
fn a_port_that_speaks_something_else_is_quoted() {
    let port = speaking(|mut stream| drop(stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n")));
    let ran = doctor(&at(&format!("http://127.0.0.1:{port}"))).exits(1);
    ran.says("the port speaks no HTTP: it says \"SSH-2.0-OpenSSH_9.6\"").says("→ correct the port of `url`");
}

#[test]
fn a_port_without_tls_is_told_from_one_that_speaks_no_http() {
    let provider = Provider::answering(greeting);
    let ran = doctor(&at(&provider.url().replace("http:", "https:"))).exits(1);
    ran.says("the port speaks HTTP without TLS").says(&format!("→ write `url` as {}", provider.url()));
    let port = speaking(|mut stream| drop(stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n")));
    let ran = doctor(&at(&format!("https://127.0.0.1:{port}"))).exits(1);
    ran.says("the port speaks no TLS: it says \"SSH-2.0-OpenSSH_9.6\"");
}

#[test]
fn a_port_with_tls_that_is_asked_without_is_told() {
    let (port, _) = encrypted("localhost", (2020, 4000));
    let ran = doctor(&at(&format!("http://localhost:{port}"))).exits(1);
    ran.says("the port speaks TLS").says(&format!("→ write `url` as https://localhost:{port}"));
}

#[test]
fn a_page_of_html_is_told_by_its_title() {
    let login = "<!doctype html><title>Sign in\n  · Example</title><form></form>";
    let provider = Provider::answering(move |_| Answer::of_type("text/html; charset=utf-8", 200, login));
    let ran = doctor(&at(&provider.url())).exits(1);
    ran.says("✗ answer       staging › greeting: GET /health: a page of HTML instead of JSON: status 200, \"Sign in · Example\"")
        .says("→ a login page or a gateway stands before the provider");
}

#[test]
fn a_redirect_is_told_without_its_query() {
    let provider =
        Provider::answering(|_| Answer::text(302, "").header("location", "https://login.example/start?ticket=1"));
    let ran = doctor(&at(&provider.url())).exits(1);
    ran.says("GET /health is redirected to https://login.example/start: status 302").does_not_say("ticket");
}

#[test]
fn a_gateway_without_its_provider_is_told() {
    let page = "<title>502 Bad Gateway</title>";
    let provider = Provider::answering(move |_| Answer::of_type("text/html", 502, page));
    let ran = doctor(&at(&provider.url())).exits(1);
    ran.says("a gateway answers for the provider: status 502, \"502 Bad Gateway\"");
}

#[test]
fn a_prefix_under_which_nothing_is_served_is_told_with_the_right_one() {
    let provider = Provider::answering(greeting);
    let url = format!("{}/api/v1", provider.url());
    let ran = doctor(&at(&url)).exits(1);
    ran.says(
        "✗ paths        staging › greeting: every path that was asked answers 404: GET /health, OPTIONS /greetings/en",
    )
    .says(&format!("→ write `url` as {}: there it answers 200", provider.url()));
}

#[test]
fn a_deployment_that_knows_no_path_is_told() {
    let provider = Provider::answering(|_| Answer::json(404, r#"{"error":"not found"}"#));
    let ran = doctor(&at(&provider.url())).exits(1);
    ran.says("every path that was asked answers 404").says("→ correct the prefix of `url`");
}

#[test]
fn a_clock_beyond_the_window_of_a_signature_is_wrong() {
    let ran = doctor_of_clock(-600).exits(1);
    ran.says("✗ clock        staging › clip-embed: its clock is 10 min 0 s behind that of this machine: every signature is refused, since its window is 120 s")
        .says("→ set both clocks by NTP");
}

#[test]
fn a_clock_beyond_half_of_the_window_is_wrong_too() {
    doctor_of_clock(90)
        .exits(1)
        .says("ahead of that of this machine: that is half of a signature's window of 120 s or more");
}

#[test]
fn a_clock_that_is_a_little_off_is_doubtful() {
    doctor_of_clock(30).exits(0).says("! clock").says("ahead of that of this machine; a signature's window is 120 s");
}

#[test]
fn a_clock_that_is_right_is_well() {
    doctor_of_clock(0).exits(0).says("✓ clock        staging › clip-embed: its clock is that of this machine");
}

#[test]
fn a_clock_that_no_signature_needs_is_only_remarked() {
    let provider = Provider::answering(|asked| greeting(asked).header("date", "Sun, 06 Nov 1994 08:49:37 GMT"));
    doctor(&at(&provider.url()))
        .exits(0)
        .says("✓ clock")
        .says("behind that of this machine; no signature of this contract depends on it");
}

#[test]
fn no_request_carries_a_credential_or_could_write() {
    let provider = Provider::answering(|asked| {
        let is_harmless = asked.line.starts_with("GET ") || asked.line.starts_with("OPTIONS ");
        let is_bare = !asked.headers.to_ascii_lowercase().contains("authorization") && asked.body.is_empty();
        // A teapot would be an error that the test sees.
        if is_harmless && is_bare { Answer::json(404, "{}") } else { Answer::text(302, "").header("location", "/seen") }
    });
    doctor(&at(&provider.url())).exits(1).says("OPTIONS /greetings/en").does_not_say("/seen");
}

#[test]
fn the_problems_of_a_contract_are_counted() {
    let project = Project::greeting().folder(&root().join("tests/cases/project-is-wrong-in-several-files"));
    let problems = project.run("check").exits(4);
    let counted = problems.stderr.lines().find_map(|line| line.strip_prefix("error: ")).expect("it counts").to_owned();
    let number = counted.split(' ').next().expect("it has words");
    let ran = project.run("doctor").exits(1);
    ran.says(&format!("✗ contract     greeting: {number} problems in its files"))
        .says("→ `counterpart check --contract greeting` shows them");
}

#[test]
fn a_folder_that_is_no_project_is_wrong_usage() {
    let project = Project::greeting().without("counterpart.toml");
    project.run("doctor").exits(2).says("no counterpart.toml in");
    without_targets().run("doctor --target staging").exits(2).says("there is no target \"staging\"");
}

#[test]
fn only_the_targets_that_are_named_are_visited() {
    let provider = Provider::answering(greeting);
    let more = "[target.down.contract.greeting]\nurl = \"http://greeter.invalid\"";
    let project = at_with(&provider.url(), more);
    let named = project.call("doctor --target staging").variable("GREETING_KEY", KEY).run();
    named.exits(0).does_not_say("greeter.invalid");
    doctor(&project).exits(1).says("✗ reach        down › greeting: http://greeter.invalid");
}

#[test]
fn quiet_leaves_out_what_is_well() {
    let ran = without_targets().run("doctor --quiet").exits(0);
    ran.says("! secret").does_not_say("✓ contract");
}

#[test]
fn programs_read_the_same_lines_as_json() {
    let (_socket, url) = nobody();
    let project = at(&url);
    let examination = project.call("doctor --format json").variable("GREETING_KEY", KEY).run().exits(1).json();
    assert_eq!(examination["version"], 1);
    assert_eq!(examination["mark"], "wrong");
    let lines = examination["lines"].as_array().expect("it has lines");
    let reach = lines.iter().find(|line| line["check"] == "reach").expect("the deployment is looked at");
    assert_eq!(reach["mark"], "wrong", "{reach:#}");
    assert_eq!((&reach["target"], &reach["contract"]), (&"staging".into(), &"greeting".into()), "{reach:#}");
    assert_eq!(reach["cure"], "start the provider, or correct the port of `url`");
}
