//! `counterpart proxy`: what passes is left as it is, and both sides of it are judged.

use crate::certificate;
use crate::project::Project;
use crate::provider::{Answer, Asked, GREETING_KEY, Provider, greeting};
use crate::proxied::{FOREVER, Head, Proxied, Upstream, before, connect, nobody, read_head};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// How many exchanges pass in the great test.
const EXCHANGES: u64 = 1_000;
/// The number whose exchanges are the same in every run.
const SEED: u64 = 0x5eed;

/// The next of a row of numbers that look random (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> usize {
        usize::try_from(self.roll() % end).expect("it is small")
    }

    fn one_of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len() as u64)]
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| self.roll().to_le_bytes()).collect();
        bytes.truncate(length);
        bytes
    }

    /// Mostly small, now and then large.
    fn body(&mut self, id: u64) -> Vec<u8> {
        let length = match id % 100 {
            0 if id.is_multiple_of(200) => 10_000_000,
            1..=3 => 100_000 + self.below(900_000),
            4..=25 => self.below(100_000),
            26..=45 => 0,
            _ => self.below(2_000),
        };
        self.bytes(length)
    }

    /// Header fields of which some have the same name, in any case, and values that need not be UTF-8.
    fn fields(&mut self) -> Vec<(String, Vec<u8>)> {
        const NAMES: [&str; 7] = ["X-One", "x-one", "X-TWO", "Accept-Language", "x-Three", "Via", "Set-Cookie"];
        let count = self.below(8);
        let field = |dice: &mut Self| {
            let length = dice.below(40);
            let value =
                dice.bytes(length).into_iter().map(|byte| if byte < 0x21 || byte == 0x7f { b'-' } else { byte });
            (dice.one_of(&NAMES).to_owned(), value.collect())
        };
        (0..count).map(|_| field(self)).collect()
    }
}

/// A message as it is to stand on the wire.
struct Message {
    first: String,
    fields: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    /// Whether a body follows the head at all.
    is_bodied: bool,
    /// The sizes of the body's chunks, if it is sent in chunks.
    chunks: Option<usize>,
}

impl Message {
    fn new(dice: &mut Dice, first: String, id: u64, is_bodied: bool) -> Self {
        let mut fields = dice.fields();
        let mut body = if is_bodied { dice.body(id) } else { Vec::new() };
        if is_bodied && dice.below(4) == 0 {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&body).expect("memory takes every write");
            body = encoder.finish().expect("memory takes every write");
            fields.push(("Content-Encoding".to_owned(), b"gzip".to_vec()));
        }
        let chunks = (is_bodied && dice.below(3) == 0).then(|| 1 + dice.below(100_000));
        match chunks {
            Some(_) => fields.push(("Transfer-Encoding".to_owned(), b"chunked".to_vec())),
            None if is_bodied => fields.push(("Content-Length".to_owned(), body.len().to_string().into_bytes())),
            // It says how long the answer to a GET would be.
            None if first.starts_with("HTTP") && dice.below(2) == 0 && !first.contains(" 204 ") => {
                fields.push(("content-length".to_owned(), b"42".to_vec()));
            }
            None => {}
        }
        Self { first, fields, body, is_bodied, chunks }
    }

    fn request(id: u64) -> Self {
        let dice = &mut Dice(SEED ^ (id << 8));
        let method = dice.one_of(&["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "PROPFIND"]);
        let mut target = String::new();
        for _ in 0..=dice.below(4) {
            target += dice.one_of(&[
                "/%5C",
                "/a",
                "//b",
                "/..",
                "/%2F",
                "/%2e%2E",
                "/.",
                "/é\u{1f600}",
                "/a;b=c",
                "/@:!$&'()*+,",
                "/{}|~^\"\\",
                "/%zz",
            ]);
        }
        target += dice.one_of(&["", "?", "?a=1&a=2&b", "?x=%00+%20&=c", "?q=/../?&&", "?a=%C3%BC&a=%FF"]);
        let is_bodied = method != "HEAD" && dice.below(3) > 0;
        let mut message = Self::new(dice, format!("{method} {target} HTTP/1.1"), id, is_bodied);
        message.fields.insert(0, ("X-Exchange".to_owned(), id.to_string().into_bytes()));
        message
    }

    /// The answer to [`Message::request`] of the same number.
    fn response(id: u64) -> Self {
        let dice = &mut Dice(SEED ^ (id << 8) ^ 1);
        let status = dice.one_of(&["200 OK", "201 Made", "204 No Content", "304 Not Modified", "404 Not Here", "503 "]);
        let is_bodied =
            !status.starts_with("204") && !status.starts_with("304") && !Self::request(id).first.starts_with("HEAD");
        Self::new(dice, format!("HTTP/1.1 {status}"), id + 50, is_bodied)
    }

    fn send(&self, stream: &mut TcpStream, further: &str) {
        let mut bytes = format!("{}\r\n{further}", self.first).into_bytes();
        for (name, value) in &self.fields {
            bytes.extend_from_slice(format!("{name}: ").as_bytes());
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        match self.chunks {
            None => bytes.extend_from_slice(&self.body),
            Some(size) => {
                for chunk in self.body.chunks(size) {
                    bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                    bytes.extend_from_slice(chunk);
                    bytes.extend_from_slice(b"\r\n");
                }
                bytes.extend_from_slice(b"0\r\n\r\n");
            }
        }
        stream.write_all(&bytes).expect("the other side reads");
    }

    /// How what came differs from this; nothing where it is the same.
    fn differs(&self, head: &Head, body: &[u8]) -> Option<String> {
        let (first, fields) = (String::from_utf8_lossy(&head.first), end_to_end(&head.fields));
        let wanted = end_to_end(&self.fields);
        if first != self.first {
            return Some(format!("{first} and not {}", self.first));
        }
        if fields != wanted {
            let text = |fields: &[(String, Vec<u8>)]| {
                fields.iter().fold(String::new(), |mut text, (name, value)| {
                    write!(text, "\n  {name}: {}", value.escape_ascii()).expect("a text takes every write");
                    text
                })
            };
            return Some(format!("{first}:{}\nand not{}", text(&fields), text(&wanted)));
        }
        if head.is_chunked() != self.chunks.is_some() {
            return Some(format!("{first}: in chunks: {}", head.is_chunked()));
        }
        (body != self.body).then(|| format!("{first}: {} bytes and not {}", body.len(), self.body.len()))
    }
}

/// The fields that belong to the message. Those of one name stand together: in which order names come means nothing
/// (RFC 9110, section 5.3).
fn end_to_end(fields: &[(String, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    const OF_THE_CONNECTION: [&str; 3] = ["host", "connection", "transfer-encoding"];
    let is_of = |name: &str| OF_THE_CONNECTION.iter().any(|known| name.eq_ignore_ascii_case(known));
    let mut kept: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, value) in fields.iter().filter(|(name, _)| !is_of(name)) {
        let last = kept.iter().rposition(|(known, _)| known.eq_ignore_ascii_case(name));
        kept.insert(last.map_or(kept.len(), |last| last + 1), (name.clone(), value.clone()));
    }
    kept
}

#[test]
fn a_thousand_random_exchanges_pass_byte_for_byte() {
    let wrong = Arc::new(Mutex::new(Vec::new()));
    let found = wrong.clone();
    let upstream = Upstream::serving(move |mut stream| {
        let mut reader = BufReader::new(stream.try_clone().expect("it can be read"));
        while let Some(head) = read_head(&mut reader) {
            let body = head.read_body(&mut reader).expect("the body is whole");
            let id = head.get("x-exchange").expect("it has a number").parse().expect("it has a number");
            let differs = Message::request(id).differs(&head, &body);
            found.lock().expect("nobody panicked").extend(differs);
            Message::response(id).send(&mut stream, "");
        }
    });
    let proxy = before(&Project::greeting(), &upstream.url(), "--quiet");
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut stream = proxy.connect();
                let mut reader = BufReader::new(stream.try_clone().expect("it can be read"));
                loop {
                    let id = next.fetch_add(1, Ordering::Relaxed) as u64;
                    if id >= EXCHANGES {
                        return;
                    }
                    let (request, response) = (Message::request(id), Message::response(id));
                    let mut sending = stream.try_clone().expect("it can be written");
                    let (head, body) = std::thread::scope(|scope| {
                        scope.spawn(move || request.send(&mut sending, "Host: proxy\r\n"));
                        let head = read_head(&mut reader).unwrap_or_else(|| panic!("no answer to {id}"));
                        let body = if response.is_bodied { head.read_body(&mut reader) } else { Some(Vec::new()) };
                        (head, body.unwrap_or_else(|| panic!("half an answer to {id}")))
                    });
                    wrong.lock().expect("nobody panicked").extend(response.differs(&head, &body));
                    stream.flush().expect("it is open");
                }
            });
        }
    });
    let wrong = wrong.lock().expect("nobody panicked");
    assert!(wrong.is_empty(), "{} differ, such as: {}", wrong.len(), wrong[..wrong.len().min(3)].join("\n"));
    let ran = proxy.stop("INT").exits(1);
    assert!(ran.stdout.contains("1000 requests"), "not all are counted:\n{}", ran.stdout);
}

#[test]
fn bodies_pass_while_they_are_still_being_sent_and_nobody_waits_for_somebody_else() {
    let (seen, half) = mpsc::channel();
    let (go, gone) = mpsc::channel();
    let (seen, gone) = (Mutex::new(seen), Mutex::new(gone));
    let upstream = Upstream::serving(move |mut stream| {
        let mut reader = BufReader::new(stream.try_clone().expect("it can be read"));
        while let Some(head) = read_head(&mut reader) {
            if !head.first.starts_with(b"POST /slow") {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").expect("the proxy reads");
                continue;
            }
            let mut body = [0; 4];
            reader.read_exact(&mut body).expect("half of it comes");
            seen.lock().expect("nobody panicked").send(body).expect("the test waits");
            reader.read_exact(&mut body).expect("the rest comes");
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf").expect("the proxy reads");
            gone.lock().expect("nobody panicked").recv_timeout(FOREVER).expect("the test goes on");
            stream.write_all(b"done").expect("the proxy reads");
        }
    });
    let proxy = before(&Project::greeting(), &upstream.url(), "--quiet");
    let quick = || {
        for _ in 0..50 {
            let (status, _, body) = proxy.ask("GET /quick HTTP/1.1", "");
            assert_eq!((status, body.as_str()), (200, "ok"));
        }
    };
    let mut slow = proxy.connect();
    slow.write_all(b"POST /slow HTTP/1.1\r\nHost: proxy\r\nContent-Length: 8\r\n\r\nhalf").expect("the proxy reads");
    assert_eq!(&half.recv_timeout(FOREVER).expect("half of the body passes before the rest is there"), b"half");
    quick();
    slow.write_all(b"rest").expect("the proxy reads");
    let mut reader = BufReader::new(slow);
    let head = read_head(&mut reader).expect("the answer begins before it is whole");
    let mut body = [0; 4];
    reader.read_exact(&mut body).expect("half of the answer passes");
    quick();
    go.send(()).expect("the deployment waits");
    reader.read_exact(&mut body).expect("the rest of it passes");
    assert_eq!((head.get("content-length"), &body), (Some("8"), b"done"));
}

/// A provider of greetings that is not well.
fn ailing() -> Provider {
    Provider::answering(|asked| match asked.line.as_str() {
        "GET /health" => Answer::json(200, r#"{"status":"so so"}"#),
        _ => greeting(asked),
    })
}

const KEY: &str = "Authorization: Bearer hk_test_greeting\r\nContent-Type: application/json";
const ADA: &str = r#"{"name":"Ada"}"#;

/// The findings of the only contract: their codes and places.
fn findings(record: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = record["contracts"][0]["findings"].as_array().expect("they are a list");
    findings.iter().map(|finding| (text(&finding["code"]), text(&finding["location"]))).collect()
}

#[test]
fn what_keeps_the_contract_is_kept() {
    let provider = Provider::answering(greeting);
    let proxy = before(&Project::greeting(), &provider.url(), "");
    assert_eq!(proxy.ask(&format!("POST /greetings/en HTTP/1.1\r\n{KEY}"), ADA).0, 200);
    assert_eq!(proxy.ask("GET /health HTTP/1.1", "").0, 200);
    let ran = proxy.stop("INT").exits(0).says("✓ greeting POST /greetings/en → 200").says("✓ greet (1 request)");
    ran.says(&format!("→ {}", provider.url())).says("Give the consumer these URLs in place of the deployment's");
}

#[test]
fn both_sides_are_judged_and_each_finding_names_its_place() {
    let provider = ailing();
    let project = Project::greeting();
    let proxy = before(&project, &provider.url(), "--format console --format json --output record.json");
    assert_eq!(proxy.ask(&format!("POST /greetings/en HTTP/1.1\r\n{KEY}"), ADA).0, 200);
    proxy.ask("GET /health HTTP/1.1", "");
    proxy.ask("GET /health HTTP/1.1", "");
    let (status, ..) =
        proxy.ask("POST /greetings/en?api_key=hk_test_greeting HTTP/1.1\r\nContent-Type: application/json", ADA);
    assert_eq!(status, 401);
    let ran = proxy.stop("TERM").exits(1).says("✗ greeting GET /health → 200");
    let ran = ran.says("response-body-invalid: health, body /status").says("✗ greeting POST /greetings/en → 401");
    ran.says("credential-moved: the client sends the key in query parameter api_key").does_not_say(GREETING_KEY);
    let record: Value = serde_json::from_str(&project.read("record.json")).expect("it is JSON");
    let findings = findings(&record);
    let found = |code: &str, place: &str| findings.contains(&(code.to_owned(), place.to_owned()));
    assert!(found("response-body-invalid", "body /status"), "{findings:?}");
    assert!(found("credential-misplaced", "query parameter api_key"), "{findings:?}");
    assert_eq!((&record["verb"], &record["verdict"]), (&Value::from("proxy"), &Value::from("broken")));
    assert_eq!(record["contracts"][0]["calls"][0]["requests"], 2, "{record:#}");
}

#[test]
fn quiet_tells_only_of_what_departs() {
    let provider = ailing();
    let proxy = before(&Project::greeting(), &provider.url(), "--quiet");
    proxy.ask(&format!("POST /greetings/en HTTP/1.1\r\n{KEY}"), ADA);
    proxy.ask("GET /health HTTP/1.1", "");
    let ran = proxy.stop("INT").exits(1).says("✗ greeting GET /health → 200");
    ran.does_not_say("✓");
}

#[test]
fn a_recording_holds_everything_but_keys_and_is_judged_alike() {
    const UNKNOWN: &str = "hk_test_nobody_knows";
    let provider = Provider::answering(|asked| {
        let asked = Asked {
            line: asked.line.replace(" /edge/", " /"),
            headers: asked.headers.clone(),
            body: asked.body.clone(),
        };
        match asked.line.as_str() {
            "GET /health" => {
                Answer::json(200, format!(r#"{{"status":"{GREETING_KEY}"}}"#)).header("X-Key", GREETING_KEY)
            }
            _ if asked.headers.contains(UNKNOWN) => {
                Answer::json(401, format!(r#"{{"error":"unknown key {UNKNOWN}"}}"#)).header("X-Echo", UNKNOWN)
            }
            line if line.contains('?') => Answer::json(404, r#"{"error":"?"}"#),
            _ => greeting(&asked),
        }
    });
    let project = Project::greeting();
    let options =
        "--record seen.har --format console --format json --output record.json --format junit --output junit.xml";
    let proxy = before(&project, &format!("{}/edge", provider.url()), options);
    let body = format!(r#"{{"name":"Ada","api_key":"{GREETING_KEY}","n":1}}"#);
    proxy.ask(&format!("POST /greetings/en?api_key={GREETING_KEY}&x=1&x=2 HTTP/1.1\r\n{KEY}"), &body);
    proxy.ask(
        &format!("POST /greetings/en?token={UNKNOWN} HTTP/1.1\r\nAuthorization: Bearer {UNKNOWN}\r\nContent-Type: application/json\r\nX-Copy: {UNKNOWN}"),
        &format!(r#"{{"name":"{UNKNOWN}"}}"#),
    );
    proxy.ask("GET /health HTTP/1.1", "");
    proxy.ask("GET /nowhere/health HTTP/1.1", "");
    let ran = proxy.stop("INT").exits(1);
    let recording = project.read("seen.har");
    let written = [ran.text(), recording.clone(), project.read("record.json"), project.read("junit.xml")];
    for text in &written {
        assert!(!text.contains(GREETING_KEY), "a key:\n{text}");
        assert!(!text.contains(UNKNOWN), "a key that the run does not know:\n{text}");
    }
    assert!(!project.path("seen.har.unfinished").exists());
    let har: Value = serde_json::from_str(&recording).expect("it is JSON");
    let entries = har["log"]["entries"].as_array().expect("they are a list");
    assert_eq!((entries.len(), &har["log"]["version"]), (4, &Value::from("1.2")));
    let url = format!("{}/edge/greetings/en?api_key=${{GREETING_KEY}}&x=1&x=2", provider.url());
    assert_eq!(entries[0]["request"]["url"], url);
    assert_eq!(entries[2]["response"]["status"], 200, "the deployment got the path with its prefix");
    let record: Value = serde_json::from_str(&project.read("record.json")).expect("it is JSON");
    let replay = |arguments: &str| project.call(arguments).variable("GREETING_KEY", GREETING_KEY).run();
    let again = replay("replay seen.har --format json").exits(1).json();
    assert_eq!(findings(&again), findings(&record));
    assert_eq!(again["contracts"][0]["calls"], record["contracts"][0]["calls"]);
    assert!(findings(&record).contains(&("secret-echoed".to_owned(), "body /status".to_owned())), "{record:#}");
    replay("explain --exchange seen.har").exits(1).says("request-path-undocumented");
}

#[test]
fn a_recording_of_kept_exchanges_is_kept_with_a_body_that_is_no_text() {
    let project = Project::greeting();
    let proxy = before(&project, &Provider::answering(greeting).url(), "--record seen.har");
    proxy.ask(&format!("POST /greetings/en HTTP/1.1\r\n{KEY}"), ADA);
    proxy.stop("INT").exits(0);
    let replay = |project: &Project| project.call("replay seen.har").variable("GREETING_KEY", GREETING_KEY).run();
    replay(&project).exits(0);
    let upstream = Upstream::serving(|mut stream| {
        let head = read_head(&mut BufReader::new(stream.try_clone().expect("it can be read"))).expect("it asks");
        assert!(head.first.starts_with(b"POST"));
        let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n\xff\xfe\x00";
        stream.write_all(answer).expect("the proxy reads");
    });
    let proxy = before(&project, &upstream.url(), "--record seen.har");
    proxy.ask(&format!("POST /greetings/en HTTP/1.1\r\n{KEY}"), ADA);
    proxy.stop("INT").exits(1).says("response-body-invalid");
    let har: Value = serde_json::from_str(&project.read("seen.har")).expect("it is JSON");
    assert_eq!(har["log"]["entries"][0]["response"]["content"]["text"], "//4A");
    replay(&project).exits(1).says("response-body-invalid");
}

/// Answers every request with this body, which is encoded as it says.
fn encoding(name: &'static str, body: Vec<u8>) -> Upstream {
    Upstream::serving(move |mut stream| {
        let mut reader = BufReader::new(stream.try_clone().expect("it can be read"));
        while read_head(&mut reader).is_some() {
            let length = body.len();
            let head =
                format!("Content-Type: application/json\r\nContent-Encoding: {name}\r\nContent-Length: {length}");
            let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").into_bytes();
            stream.write_all(&[&head[..], &body].concat()).expect("the proxy reads");
        }
    })
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("memory takes every write");
    encoder.finish().expect("memory takes every write")
}

#[test]
fn an_encoded_body_is_decoded_for_the_judge_only() {
    let project = Project::greeting();
    let zipped = gzip(&format!(r#"{{"status":"so so","key":"{GREETING_KEY}"}}"#));
    let upstream = encoding("gzip", zipped.clone());
    let proxy = before(&project, &upstream.url(), "--record seen.har");
    let mut stream = proxy.connect();
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: proxy\r\n\r\n").expect("the proxy reads");
    let mut reader = BufReader::new(stream);
    let head = read_head(&mut reader).expect("it answers");
    assert_eq!(head.read_body(&mut reader), Some(zipped), "it passes as it is");
    drop(reader);
    let ran = proxy.stop("INT").exits(1).says("response-body-invalid").says("body /status").says("secret-echoed");
    assert!(!ran.text().contains(GREETING_KEY) && !project.read("seen.har").contains(GREETING_KEY));
    let upstream = encoding("br", b"no such thing".to_vec());
    let proxy = before(&project, &upstream.url(), "--record seen.har");
    proxy.ask("GET /health HTTP/1.1", "");
    proxy.stop("INT").exits(0).says("GET /health: the response's body is not judged: encoded as br");
    let replayed = project.call("replay seen.har").run().exits(0);
    replayed.says("it is not judged").does_not_say("response-body-invalid");
}

#[test]
fn a_deployment_that_does_not_answer_is_told_as_it_is() {
    let project = Project::greeting();
    let (_taken, nobody) = nobody();
    let options = "--format console --format json --output record.json --record seen.har";
    let proxy = before(&project, &format!("{nobody}/base"), options);
    let (status, head, body) = proxy.ask("GET /health HTTP/1.1", "");
    assert_eq!((status, head.contains("text/plain")), (502, true), "{head}");
    assert!(body.starts_with(&format!("counterpart proxy: nobody answers at {nobody}: ")), "{body}");
    proxy.stop("INT").exits(4).says("! greeting GET /health → no answer").says("call-failed");
    let record: Value = serde_json::from_str(&project.read("record.json")).expect("it is JSON");
    assert_eq!(findings(&record), [("call-failed".to_owned(), "path".to_owned())]);
    project.run("replay seen.har").exits(4).says("call-failed").says("nobody answers at");
    let upstream = Upstream::serving(|mut stream| {
        drop(read_head(&mut BufReader::new(stream.try_clone().expect("it can be read"))));
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").expect("the proxy reads");
    });
    let proxy = before(&project, &upstream.url(), "");
    let (_, _, body) = proxy.ask("GET /health HTTP/1.1", "");
    assert_eq!(body, "half", "as much as there was");
    proxy.stop("INT").exits(4).says("call-failed").says("the connection to");
}

#[test]
fn a_consumer_that_does_not_wait_is_told() {
    let (came, comes) = mpsc::channel();
    let came = Mutex::new(came);
    let upstream = Upstream::serving(move |stream| {
        let mut reader = BufReader::new(stream);
        drop(read_head(&mut reader));
        came.lock().expect("nobody panicked").send(()).expect("the test waits");
        drop(reader.read_to_end(&mut Vec::new()));
        came.lock().expect("nobody panicked").send(()).expect("the test waits");
    });
    for (deadline, exit) in [("10s", 3), ("1ms", 4)] {
        let url = upstream.url();
        let settings =
            format!("[target.here]\ndeadline = {deadline:?}\n[target.here.contract.greeting]\nurl = {url:?}\n");
        let project = Project::greeting().file("counterpart.toml", &settings);
        let proxy = Proxied::start(project.call("proxy --target here --record seen.har"));
        let mut stream = proxy.connect();
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: proxy\r\n\r\n").expect("the proxy reads");
        comes.recv_timeout(FOREVER).expect("it passes");
        std::thread::sleep(Duration::from_millis(5));
        drop(stream);
        comes.recv_timeout(FOREVER).expect("it is broken off there too");
        let ran = proxy.stop("INT").exits(exit).says("the consumer went away");
        if exit == 4 {
            ran.says("call-failed")
        } else {
            ran.does_not_say("call-failed")
        };
        project.run("replay seen.har").exits(exit);
    }
}

#[test]
fn the_end_does_not_wait_for_an_exchange_that_does_not_end() {
    let (came, comes) = mpsc::channel();
    let came = Mutex::new(came);
    let upstream = Upstream::serving(move |stream| {
        let mut reader = BufReader::new(stream);
        drop(read_head(&mut reader));
        came.lock().expect("nobody panicked").send(()).expect("the test waits");
        drop(reader.read_to_end(&mut Vec::new()));
    });
    let project = Project::greeting();
    let proxy = before(&project, &upstream.url(), "--record seen.har");
    let mut stream = proxy.connect();
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: proxy\r\n\r\n").expect("the proxy reads");
    comes.recv_timeout(FOREVER).expect("it passes");
    proxy.stop("INT").exits(3).says("GET /health → no answer").does_not_say("call-failed").says("the run ended");
    let har: Value = serde_json::from_str(&project.read("seen.har")).expect("it is JSON");
    assert_eq!(har["log"]["entries"][0]["response"]["status"], 0);
}

#[test]
fn the_first_broken_exchange_ends_it_where_that_is_asked_for() {
    let provider = ailing();
    let mut proxy = before(&Project::greeting(), &provider.url(), "--fail-fast");
    proxy.ask(&format!("POST /greetings/en HTTP/1.1\r\n{KEY}"), ADA);
    proxy.ask("GET /health HTTP/1.1", "");
    proxy.end().exits(1).says("response-body-invalid").says("as --fail-fast says");
}

#[test]
fn without_a_request_nothing_is_proven() {
    let project = Project::greeting();
    let proxy = before(&project, "http://127.0.0.1:1", "--record seen.har");
    proxy.stop("INT").exits(3).says("greeting: no request came");
    let har: Value = serde_json::from_str(&project.read("seen.har")).expect("it is JSON");
    assert_eq!(har["log"]["entries"], serde_json::json!([]));
}

#[test]
fn a_key_is_not_judged_where_the_deployment_asks_for_none() {
    let provider = Provider::answering(|asked| match asked.line.as_str() {
        line if line.starts_with("POST") => Answer::json(200, r#"{"text":"Hello","language":"en"}"#),
        _ => greeting(asked),
    });
    let settings = format!("[target.here.contract.greeting]\nurl = \"{}\"\nopen = true\n", provider.url());
    let project = Project::greeting().file("counterpart.toml", &settings);
    let proxy = Proxied::start(project.call("proxy --target here --record seen.har"));
    assert_eq!(proxy.ask("POST /greetings/en HTTP/1.1\r\nContent-Type: application/json", ADA).0, 200);
    proxy.stop("INT").exits(0).does_not_say("credential-missing");
    project.run("replay seen.har").exits(0);
}

#[test]
fn each_contract_has_a_port_of_its_own() {
    let free = || {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port is free");
        listener.local_addr().expect("it is bound").port()
    };
    let project = Project::of_repository();
    let (port, wanted) = (free(), "--url mlflow=http://127.0.0.1:1 --url clip-embed=http://127.0.0.1:2");
    let proxy = Proxied::start(project.call(&format!("proxy {wanted} --port mlflow={port}")));
    assert_eq!((proxy.ports.len(), proxy.ports[1]), (2, port));
    assert!(connect(proxy.ports[0]).peer_addr().is_ok());
    let taken = project.call(&format!("proxy {wanted} --port mlflow={port}")).run().exits(4);
    taken.says(&format!("port {port} of mlflow cannot be used")).says("choose other ports");
    proxy.stop("INT").exits(3);
    let wrong = |options: &str| project.call(&format!("proxy {wanted} {options}")).run().exits(2);
    wrong("--port mlflow").says("write a port as clip-embed=8000");
    wrong("--port mflow=1").says("did you mean \"mlflow\"?");
    wrong("--port-base 65535").says("--port-base leaves too few ports above it");
    wrong("--ca counterpart.toml").says("holds no certificate in PEM");
    project.run("proxy").exits(2).says("--target <NAME>");
    project.run("proxy --target fake").exits(2).says("a proxy stands before a deployment");
}

/// A provider of greetings over TLS, under a certificate of an authority of its own, that agrees on this protocol. It
/// tells its version of HTTP in a header.
fn encrypted(protocol: &'static [u8]) -> (u16, String) {
    let (mut config, authority) = certificate::server("localhost", (2020, 4000));
    config.alpn_protocols = vec![protocol.to_vec()];
    let (told, port) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("it can be made");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind(("localhost", 0)).await.expect("a port is free");
            told.send(listener.local_addr().expect("it is bound").port()).expect("the test waits");
            let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = hyper::service::service_fn(healthy);
                    let server = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new());
                    drop(server.serve_connection(hyper_util::rt::TokioIo::new(stream), service).await);
                });
            }
        });
    });
    (port.recv().expect("it is bound"), authority)
}

/// The greeter's health, with the version, the host and the path that came, and the body that came.
async fn healthy(
    request: hyper::Request<hyper::body::Incoming>,
) -> Result<hyper::Response<http_body_util::Full<hyper::body::Bytes>>, hyper::Error> {
    use http_body_util::BodyExt as _;
    let (parts, body) = request.into_parts();
    let length = body.collect().await?.to_bytes().len();
    let seen = format!("{:?} {} {:?} {length}", parts.version, parts.method, parts.uri.path_and_query());
    let mut response = hyper::Response::new(hyper::body::Bytes::from_static(br#"{"status":"ok"}"#).into());
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
    response.headers_mut().insert("x-seen", seen.parse().expect("it is a value"));
    Ok(response)
}

#[test]
fn a_deployment_over_tls_is_reached_in_http_2_with_the_authority_that_is_named() {
    let project = Project::greeting();
    for (protocol, version) in [(&b"h2"[..], "HTTP/2.0"), (b"http/1.1", "HTTP/1.1")] {
        let (port, authority) = encrypted(protocol);
        std::fs::write(project.path("ca.pem"), authority).expect("files can be written");
        let url = format!("https://localhost:{port}");
        let proxy = before(&project, &url, "--ca ca.pem");
        let (status, head, body) = proxy.ask("GET /health HTTP/1.1", "");
        assert_eq!((status, body.as_str()), (200, r#"{"status":"ok"}"#), "{head}");
        assert!(head.contains(&format!("x-seen: {version} GET Some(/health) 0")), "{head}");
        let head = "DELETE //a/../%2F?x=1&x=2 HTTP/1.1\r\nTE: trailers\r\nKeep-Alive: 5";
        let (_, head, _) = proxy.ask(head, &"x".repeat(300_000));
        assert!(head.contains(&format!("x-seen: {version} DELETE Some(//a/../%2F?x=1&x=2) 300000")), "{head}");
        proxy.stop("INT").exits(1).says("✓ greeting GET /health → 200");
        let proxy = before(&project, &url, "");
        let (status, _, body) = proxy.ask("GET /health HTTP/1.1", "");
        assert_eq!(status, 502, "{body}");
        assert!(body.contains("certificate"), "the system does not know that authority: {body}");
        proxy.stop("INT").exits(4);
    }
}
