//! `counterpart serve`: the fakes as a server, used as a developer uses it.

use crate::project::{CONTRACTS, Call, Project, root};
use crate::secrets::{CANARIES, Finder, forms, with_canaries};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a test waits for what has to come.
const PATIENCE: Duration = Duration::from_mins(1);
/// The last line of what is said at the start.
const READY: &str = "Requests with the header X-Counterpart-Session";

/// A `counterpart serve` that stands until it is stopped.
struct Served {
    child: Child,
    said: Arc<(Mutex<String>, Condvar)>,
    listening: Option<JoinHandle<()>>,
}

/// How it ended.
struct Ended {
    exit: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Served {
    /// Starts it and waits for its greeting.
    fn by(call: Call) -> Self {
        let mut child = call.start();
        let stdout = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let said = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let heard = said.clone();
        let listening = std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                *heard.0.lock().expect("nobody panicked") += &format!("{line}\n");
                heard.1.notify_all();
            }
            heard.1.notify_all();
        });
        let served = Self { child, said, listening: Some(listening) };
        served.says(READY);
        served
    }

    /// What it has said up to now.
    fn stdout(&self) -> String {
        self.said.0.lock().expect("nobody panicked").clone()
    }

    /// Waits until it has said this; a line break counts as a space.
    #[track_caller]
    fn says(&self, text: &str) {
        let lacks = |said: &mut String| !words(said).contains(&words(text));
        let said = self.said.0.lock().expect("nobody panicked");
        let (said, late) = self.said.1.wait_timeout_while(said, PATIENCE, lacks).expect("nobody panicked");
        assert!(!late.timed_out(), "it does not say {text:?}:\n{said}");
    }

    /// The base URL of a contract's fake, or of `control`.
    fn url(&self, name: &str) -> String {
        let said = self.stdout();
        let line = said.lines().find(|line| line.trim_start().starts_with(&format!("{name} ")));
        let url = line.and_then(|line| line.split_whitespace().nth(1)).unwrap_or_else(|| panic!("no {name}:\n{said}"));
        url.trim_end_matches("/fakes").to_owned()
    }

    fn signalled(&self, signal: &str) {
        let killed = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(killed.expect("there is kill").success());
    }

    /// Sends it a signal and waits for its end.
    fn stopped_by(mut self, signal: &str) -> Ended {
        self.signalled(signal);
        let mut stderr = String::new();
        self.child.stderr.take().expect("it is a pipe").read_to_string(&mut stderr).expect("stderr is text");
        let exit = self.child.wait().expect("it can be waited for").code();
        self.listening.take().expect("it listens").join().expect("nobody panicked");
        Ended { exit, stdout: self.stdout(), stderr }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What came back.
struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }
}

/// Sends a request over a connection of its own. `line` is method and target, `headers` are lines.
fn ask(url: &str, line: &str, headers: &[String], body: &str) -> Reply {
    let mut stream = connection(url);
    let head: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    write!(
        stream,
        "{line} HTTP/1.1\r\nHost: fake\r\nConnection: close\r\n{head}Content-Length: {length}\r\n\r\n{body}"
    )
    .expect("the fake listens");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the fake answers");
    let answer = String::from_utf8(answer).expect("the answer is text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("an answer has a status");
    Reply { status, head: head.to_owned(), body: body.to_owned() }
}

fn connection(url: &str) -> TcpStream {
    let stream = TcpStream::connect(url.trim_start_matches("http://")).expect("the fake is there");
    stream.set_read_timeout(Some(PATIENCE)).expect("the time is not zero");
    stream
}

fn json() -> String {
    "Content-Type: application/json".to_owned()
}

fn bearer(key: &str) -> String {
    format!("Authorization: Bearer {key}")
}

const KEY: &str = "hk_test_0123456789_right";
const GREET: &str = r#"{"name":"Ada"}"#;
const VALIDATE: &str = "POST /api/v1/keys/validate";
const PLATFORM: &str = r#"{"service_id":"platform"}"#;

/// The small project with a variable that leads to its provider.
fn greeter() -> Project {
    let variables =
        "[variables]\nGREETER_URL = \"{{ url }}/\"\nGREETER_AT = \"{{ host }}:{{ port }}\"\n\n[credential.key]";
    Project::greeting().replace("contracts/greeting/contract.toml", "[credential.key]", variables)
}

fn serve_greeter(project: &Project, options: &str) -> Served {
    Served::by(project.call(&format!("serve --port-base 0 {options}")).variable("GREETING_KEY", KEY))
}

#[test]
fn the_greeting_names_every_url_and_variable_and_no_secret() {
    let project = Project::of_repository();
    let served = Served::by(with_canaries(project.call("serve --port-base 0")));
    for name in CONTRACTS.into_iter().chain(["control"]) {
        assert!(served.url(name).starts_with("http://127.0.0.1:"), "{name}:\n{}", served.stdout());
    }
    let mut variables: Vec<String> = CANARIES.iter().map(|(name, _)| (*name).to_owned()).collect();
    for name in CONTRACTS {
        let terms: toml::Table = project.read(&format!("contracts/{name}/contract.toml")).parse().expect("it is TOML");
        variables.extend(terms["variables"].as_table().into_iter().flatten().map(|(name, _)| name.clone()));
    }
    assert!(variables.len() > 10, "{variables:?}");
    let said = served.stdout();
    let lacking: Vec<_> = variables.iter().filter(|name| !said.contains(&format!("\n  {name}="))).collect();
    assert!(lacking.is_empty(), "{lacking:?} is not named:\n{said}");
    assert!(said.contains(&format!("CLIP_RUNPOD_URL={}\n", served.url("clip-embed"))), "{said}");
    assert!(said.contains("MLFLOW_TRACKING_TOKEN=${HOKUSAI_API_KEY}\n"), "{said}");
    Finder::of(&CANARIES).holds_none("the greeting", said.as_bytes());
}

#[cfg(unix)]
#[test]
fn the_file_of_variables_is_its_owners_and_a_shell_reads_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let key = "hk_test it's \"$HOME\" `x` \\ é";
    // One that was there before, for everybody to read.
    let project = greeter().file("fakes.env", "OLD=1\n");
    let path = project.path("fakes.env");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("it is ours");
    let served = Served::by(project.call("serve --port-base 0 --env-file fakes.env").variable("GREETING_KEY", key));
    assert_eq!(std::fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
    let script =
        "set -a; . ./fakes.env; set +a; printf '%s\\n' \"$GREETER_URL\" \"$GREETER_AT\" \"$GREETING_KEY\" \"$OLD\"";
    let shell = Command::new("sh").args(["-c", script]).current_dir(project.path("")).output().expect("there is sh");
    let read = String::from_utf8(shell.stdout).expect("it is text");
    let url = served.url("greeting");
    assert_eq!(read, format!("{url}/\n{}\n{key}\n\n", url.trim_start_matches("http://")));
}

#[test]
fn a_request_is_logged_with_its_finding_and_the_drift() {
    let project = greeter();
    let served = serve_greeter(&project, "");
    let url = served.url("greeting");
    let right = ask(&url, "POST /greetings/en", &[json(), bearer(KEY)], GREET);
    assert_eq!(right.status, 200, "{}", right.body);
    served.says("✓ greeting POST /greetings/en → 200");
    let wrong = ask(&url, "POST /greetings/en", &[json(), format!("X-API-Key: {KEY}")], GREET);
    assert_eq!((wrong.status, wrong.body.as_str()), (401, r#"{"error":"key required"}"#));
    served.says("✗ greeting POST /greetings/en → 401");
    served.says("credential-moved: the client sends the key in header X-API-Key; the contract places it in header");
    served.says("credential-misplaced: greet, header x-api-key: expected key in header Authorization");
    // What is seen the second time is not what was seen the first time.
    for path in ["/one", "/another"] {
        ask(&url, &format!("GET {path}"), &[], "");
    }
    served.says("actual /another (again)");
    let ended = served.stopped_by("-TERM");
    assert!(ended.stdout.ends_with("stopped after 4 requests; 3 departed from their contract\n"), "{}", ended.stdout);
}

#[test]
fn quiet_logs_only_what_departs() {
    let project = greeter();
    let served = serve_greeter(&project, "--quiet");
    let url = served.url("greeting");
    ask(&url, "POST /greetings/en", &[json(), bearer(KEY)], GREET);
    ask(&url, "GET /nothing", &[], "");
    let ended = served.stopped_by("-INT");
    assert!(ended.stdout.contains("GET /nothing → 404"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("POST /greetings/en"), "{}", ended.stdout);
    assert!(ended.stdout.contains("stopped after 2 requests; 1 departed from its contract"), "{}", ended.stdout);
}

#[test]
fn keys_that_the_run_does_not_know_are_masked_too() {
    let project = Project::of_repository();
    let served = Served::by(project.call("serve --port-base 0 --contract auth-validate --explain -v"));
    let url = served.url("auth-validate");
    let form = "Content-Type: application/x-www-form-urlencoded".to_owned();
    let requests = [
        (VALIDATE.to_owned(), vec![json(), bearer("hk_test_strangerBearer")], PLATFORM.to_owned()),
        (VALIDATE.to_owned(), vec![json(), "Authorization: hk_test_strangerRaw".to_owned()], PLATFORM.to_owned()),
        (VALIDATE.to_owned(), vec![json(), "X-API-Key: hk_test_strangerHeader".to_owned()], PLATFORM.to_owned()),
        (format!("{VALIDATE}?api_key=hk_test_strangerQuery"), vec![json()], PLATFORM.to_owned()),
        (format!("{VALIDATE}?hk_test_strangerAlone"), vec![json()], PLATFORM.to_owned()),
        (format!("{VALIDATE}?api_key=strangerOther"), vec![json()], PLATFORM.to_owned()),
        ("POST /api/v1/keys/hk_test_strangerPath".to_owned(), vec![json()], PLATFORM.to_owned()),
        (VALIDATE.to_owned(), vec![json(), "Cookie: api_key=hk_test_strangerCookie".to_owned()], PLATFORM.to_owned()),
        (VALIDATE.to_owned(), vec![json()], r#"{"service_id":"platform","api_key":"hk_test_strangerBody"}"#.to_owned()),
        (VALIDATE.to_owned(), vec![json()], r#"{"service_id":"hk_test_strangerField"}"#.to_owned()),
        (VALIDATE.to_owned(), vec![form], "api_key=hk_test_strangerForm".to_owned()),
    ];
    for (line, headers, body) in &requests {
        let reply = ask(&url, line, headers, body);
        assert!(reply.status >= 400, "{line} {headers:?}: {}", reply.head);
        assert!(!reply.head.contains("stranger"), "{}", reply.head);
    }
    let ended = served.stopped_by("-TERM");
    assert!(ended.stdout.contains(&format!("stopped after {} requests", requests.len())), "{}", ended.stdout);
    assert!(ended.stdout.contains("?api_key=****"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("stranger"), "{}", ended.stdout);
}

#[test]
fn an_explanation_stands_in_a_header_and_changes_nothing_else() {
    let project = greeter();
    let (told, plain) = (serve_greeter(&project, "--explain"), serve_greeter(&project, ""));
    let requests = [
        ("POST /greetings/en", vec![json(), format!("X-API-Key: {KEY}")], GREET),
        ("POST /greetings/en", vec![json(), bearer("hk_test_stranger")], GREET),
        ("POST /greetings/en", vec![json(), bearer(KEY)], r#"{"name":["Ædá → 👋"]}"#),
        ("GET /nothing/%C3%A6?d=%F0%9F%91%8B", vec![], ""),
    ];
    for (line, headers, body) in requests {
        let [told, plain] = [&told, &plain].map(|served| ask(&served.url("greeting"), line, &headers, body));
        assert_eq!((told.status, &told.body), (plain.status, &plain.body), "{line}");
        assert!(told.status >= 400, "{}", told.head);
        let finding = told.header("X-Counterpart-Finding").unwrap_or_else(|| panic!("no finding:\n{}", told.head));
        assert!(finding.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{finding}");
        assert_eq!(plain.header("X-Counterpart-Finding"), None);
        let other = |reply: &Reply| {
            let kept = |line: &&str| !line.starts_with("x-counterpart-finding") && !line.starts_with("date");
            reply.head.to_ascii_lowercase().lines().filter(kept).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(other(&told), other(&plain), "{line}");
    }
    let moved = ask(&told.url("greeting"), "POST /greetings/en", &[json(), format!("X-API-Key: {KEY}")], GREET);
    let finding = moved.header("X-Counterpart-Finding").expect("it departs");
    assert!(finding.starts_with("credential-misplaced: ") && finding.contains("; credential-moved: "), "{finding}");
    let right = ask(&told.url("greeting"), "POST /greetings/en", &[json(), bearer(KEY)], GREET);
    assert_eq!((right.status, right.header("X-Counterpart-Finding")), (200, None));
}

#[test]
fn what_a_consumer_stores_comes_back_in_its_own_session_only() {
    let project = Project::of_repository();
    let call = project.call("serve --port-base 0 --contract mlflow");
    let served = Served::by(call.variable("HOKUSAI_API_KEY", KEY));
    let url = served.url("mlflow");
    let headers = |session: &str| vec![json(), bearer(KEY), format!("X-Counterpart-Session: {session}")];
    let create = r#"{"name":"kept-apart"}"#;
    let made = ask(&url, "POST /api/2.0/mlflow/experiments/create", &headers("one"), create);
    assert_eq!(made.status, 200, "{}", made.body);
    let made: serde_json::Value = serde_json::from_str(&made.body).expect("it is JSON");
    let find = "GET /api/2.0/mlflow/experiments/get-by-name?experiment_name=kept-apart";
    let found = ask(&url, find, &headers("one"), "");
    assert_eq!(found.status, 200, "{}", found.body);
    let found: serde_json::Value = serde_json::from_str(&found.body).expect("it is JSON");
    assert_eq!(found["experiment"]["experiment_id"], made["experiment_id"]);
    for others in [headers("two"), headers("two")[..2].to_vec()] {
        assert_eq!(ask(&url, find, &others, "").status, 404, "{others:?}");
    }
    let again = ask(&url, "POST /api/2.0/mlflow/experiments/create", &headers("one"), create);
    assert_eq!(again.status, 400, "a name that is taken: {}", again.body);
    let again = ask(&url, "POST /api/2.0/mlflow/experiments/create", &headers("two"), create);
    assert_eq!(again.status, 200, "{}", again.body);
}

#[test]
fn the_control_endpoint_keeps_its_contract_and_so_does_the_fake_of_it() {
    let control = Project::empty().folder(&root().join("tests/projects/control"));
    let document = std::fs::read_to_string(root().join("docs/control.openapi.yaml")).expect("it is there");
    assert_eq!(control.read("contracts/control/openapi.yaml"), document, "the contract is the published document");
    control.run("check").exits(0);
    control.run("mutate --jobs 2").exits(0);
    let project = Project::of_repository();
    let served = Served::by(project.call("serve --port-base 0 --contract auth-validate"));
    let check = format!("check --allow-writes --url control={}", served.url("control"));
    control.run(&check).exits(0).says("1 contract: 1 kept");
    // What it left behind belongs to its sessions, so it is kept again.
    control.run(&check).exits(0).says("1 contract: 1 kept");
}

#[test]
fn a_fake_behaves_as_it_was_told() {
    let project = Project::of_repository();
    let call = project.call("serve --port-base 0 --contract auth-validate");
    let served = Served::by(call.variable("HOKUSAI_API_KEY", KEY));
    let (url, control) = (served.url("auth-validate"), served.url("control"));
    let tell = |change: &str| {
        let reply = ask(&control, "PATCH /fakes/auth-validate", &[json()], change);
        assert_eq!(reply.status, 200, "{}", reply.body);
    };
    let validate = |key: &str| ask(&url, VALIDATE, &[json(), bearer(key)], PLATFORM).status;
    assert_eq!((validate(KEY), validate("hk_test_second")), (200, 401));
    tell(r#"{"learns":{"keys":["hk_test_second"]}}"#);
    assert_eq!((validate(KEY), validate("hk_test_second")), (200, 200));
    tell(r#"{"knows":{"services":["another"]}}"#);
    assert_eq!(validate(KEY), 401, "the key is registered for another service");
    tell(r#"{"answers":"unavailable"}"#);
    assert_eq!(validate(KEY), 503);
    tell(r#"{"unreachable":true}"#);
    let mut stream = connection(&url);
    write!(stream, "{VALIDATE} HTTP/1.1\r\nHost: fake\r\nContent-Length: 0\r\n\r\n").expect("somebody listens");
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    served.says("→ no answer");
    let reset = ask(&control, "DELETE /fakes/auth-validate", &[], "");
    assert_eq!(reset.status, 200, "{}", reset.body);
    assert_eq!((validate(KEY), validate("hk_test_second")), (200, 401));
}

#[test]
fn every_command_of_the_page_is_taken() {
    let page = std::fs::read_to_string(root().join("docs/serve.md")).expect("it is there");
    let commands: Vec<&str> = page.lines().filter(|line| line.starts_with("curl ")).collect();
    assert!(commands.len() > 5, "{commands:?}");
    let project = Project::of_repository();
    let served = Served::by(project.call("serve --port-base 0"));
    let control = served.url("control");
    for command in commands {
        let after = |mark: &str| command.split_once(mark).map(|(_, rest)| rest);
        let method = after("-X ").and_then(|rest| rest.split(' ').next()).unwrap_or("GET");
        let target = after("http://127.0.0.1:4605").and_then(|rest| rest.split([' ', '\'']).next());
        let body = after("-d '").map_or("", |rest| rest.trim_end_matches('\''));
        let line =
            format!("{method} {}", target.unwrap_or_else(|| panic!("no URL of the control endpoint: {command}")));
        let reply = ask(&control, &line, &[], body);
        assert_eq!(reply.status, 200, "{command}: {}", reply.body);
    }
}

#[cfg(unix)]
#[test]
fn a_signal_stops_it_although_a_connection_is_open() {
    for signal in ["-TERM", "-INT"] {
        let project = greeter();
        let served = serve_greeter(&project, "");
        let mut open = connection(&served.url("greeting"));
        write!(open, "GET /health HTTP/1.1\r\nHost: fake\r\n\r\n").expect("the fake listens");
        let mut answer = [0; 12];
        open.read_exact(&mut answer).expect("the fake answers");
        assert_eq!(&answer, b"HTTP/1.1 200");
        // Another one is in the midst of a request.
        let mut stuck = connection(&served.url("greeting"));
        write!(stuck, "POST /greetings/en HTTP/1.1\r\nHost: fake\r\nContent-Length: 9\r\n\r\n{{").expect("it listens");
        let ended = served.stopped_by(signal);
        assert_eq!(ended.exit, Some(0), "{signal}:\n{}{}", ended.stderr, ended.stdout);
        assert!(ended.stdout.contains("stopped after "), "{}", ended.stdout);
    }
}

#[test]
fn what_cannot_be_read_whole_is_answered_and_logged() {
    let project = greeter();
    let served = serve_greeter(&project, "");
    for url in [served.url("greeting"), served.url("control")] {
        let mut stream = connection(&url);
        let length = 65 * 1024 * 1024;
        let head = format!("PATCH /fakes/greeting HTTP/1.1\r\nHost: fake\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("the fake listens");
        // It may answer and close before all is sent.
        drop(stream.write_all(&vec![b' '; length]));
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).expect("the fake answers");
        assert_eq!(&answer, b"HTTP/1.1 413");
    }
    served.says("PATCH /fakes/greeting (the body is larger than 64 MiB) → 413");
    let mut stream = connection(&served.url("greeting"));
    write!(stream, "POST /greetings/en HTTP/1.1\r\nHost: fake\r\nContent-Length: 9\r\n\r\n{{").expect("it listens");
    drop(stream);
    served.says("POST /greetings/en (the request broke off) → no answer");
}

#[test]
fn a_port_that_cannot_be_had_is_named() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let port = taken.local_addr().expect("it is bound").port();
    let project = greeter();
    let ran = project.run(&format!("serve --port-base 0 --port greeting={port}")).exits(4);
    ran.says(&format!("port {port} of greeting cannot be used"))
        .says("help: --port and --port-base choose other ports");
    let ran = project.run(&format!("serve --port-base 0 --port control={port}")).exits(4);
    ran.says(&format!("port {port} of the control endpoint cannot be used"));
    let ran = project.run("serve --port-base 0 --port greetin=0").exits(2);
    ran.says("there is no contract \"greetin\"").says("did you mean \"greeting\"?");
    project.run("serve --port greeting=0 --port greeting=1").exits(2).says("--port names greeting twice");
}

#[test]
fn canaries_appear_in_nothing_that_it_says() {
    let project = Project::of_repository();
    let call = project.call("serve --port-base 0 --explain -v --env-file fakes.env");
    let served = Served::by(with_canaries(call));
    let targets = [
        ("auth-validate", VALIDATE, PLATFORM),
        ("clip-embed", "POST /v1/embed/text", r#"{"text":"red car","request_id":"1"}"#),
        ("service-signature", "POST /api/npu/heartbeat", "{}"),
    ];
    let finder = Finder::of(&CANARIES);
    for (index, (name, line, body)) in targets.into_iter().enumerate() {
        let url = served.url(name);
        let all = CANARIES.iter().flat_map(|(_, secret)| forms(secret));
        // Some of the forms each: what departs is explained, which takes its time.
        let own: Vec<String> = all.skip(index).step_by(29).collect();
        for form in &own {
            let header: String = form.chars().filter(char::is_ascii_graphic).collect();
            let escaped: String = url::form_urlencoded::byte_serialize(form.as_bytes()).collect();
            let quoted = serde_json::Value::from(form.as_str());
            let in_body =
                body.replacen('{', &format!("{{\"api_key\":{quoted},\"other\":{quoted},"), 1).replace(",}", "}");
            let replies = [
                ask(&url, line, &[json(), bearer(&header), format!("X-API-Key: {header}")], body),
                ask(&url, &format!("{line}?api_key={escaped}&other={escaped}"), &[json()], body),
                ask(&url, &format!("GET /{escaped}"), &[format!("Cookie: session={header}")], ""),
                ask(&url, line, &[json(), format!("X-Other: {header}")], &in_body),
            ];
            for reply in replies {
                finder.holds_none("a header", reply.head.as_bytes());
            }
        }
    }
    let ended = served.stopped_by("-TERM");
    finder.holds_none("stdout", ended.stdout.as_bytes());
    finder.holds_none("stderr", ended.stderr.as_bytes());
    assert!(ended.stdout.contains("${HOKUSAI_API_KEY}"), "nothing was redacted:\n{}", ended.stdout);
}
