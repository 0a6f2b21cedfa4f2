//! Requests that were signed wrongly, in every way that people think of: `counterpart explain` names the drift.
//!
//! Nothing here is signed by the program's own code: the messages are written out, hmac and sha2 do the rest.

use crate::project::Project;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// 2025-12-28T06:44:19Z
const NOW: i64 = 1_766_904_259;
/// The secret of both contracts: hexadecimal, so that it can be decoded by mistake.
const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
/// The key of another service that the backend knows.
const AI_STACK: &str = "111111111111111111111111111111111111111111111111111111111111aaaa";
/// A key that nobody holds.
const NOBODY: &str = "hk_test_nobody_holds_this_key";

/// A request that was signed wrongly.
struct Wrong {
    /// What was done.
    how: &'static str,
    /// The drift, by its code; the first of them is the best name.
    codes: &'static [&'static str],
    /// What the sentence has to name.
    words: &'static [&'static str],
    /// A HAR entry.
    entry: Value,
}

fn wrong(how: &'static str, codes: &'static [&'static str], words: &'static [&'static str], entry: Value) -> Wrong {
    Wrong { how, codes, words, entry }
}

fn mac(key: impl AsRef<[u8]>, message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_ref()).expect("any length is fine");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn sha1_mac(key: &str, message: &str) -> Vec<u8> {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(key.as_bytes()).expect("any length is fine");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn sha512_mac(key: &str, message: &str) -> Vec<u8> {
    let mut mac = Hmac::<sha2::Sha512>::new_from_slice(key.as_bytes()).expect("any length is fine");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn signed(message: &str) -> String {
    hex::encode(mac(SECRET, message))
}

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// An entry of a HAR file, recorded at [`NOW`].
fn entry(url: &str, headers: &[(&str, String)], body: &Value, status: u16, answer: &Value) -> Value {
    let mut all = vec![json!({"name": "Content-Type", "value": "application/json"})];
    all.extend(headers.iter().map(|(name, value)| json!({"name": name, "value": value})));
    json!({
        "startedDateTime": "2025-12-28T06:44:19.000Z",
        "time": 12,
        "request": {
            "method": "POST", "url": url, "httpVersion": "HTTP/1.1", "headers": all,
            "postData": {"mimeType": "application/json", "text": body.to_string()},
        },
        "response": {
            "status": status, "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"mimeType": "application/json", "text": answer.to_string()},
        },
    })
}

/// What the worker answers: 401 where the shape is right, else 422.
fn clip_answer(body: &Value) -> (u16, Value) {
    let auth = &body["auth"];
    let missing = |at: &[&str]| json!({"type": "missing", "loc": at, "msg": "Field required", "input": body});
    let detail = match auth {
        Value::Null => vec![missing(&["body", "auth"])],
        Value::Object(auth) if !auth.contains_key("ts") => {
            vec![missing(&["body", "auth", "ts"]), missing(&["body", "auth", "sig"])]
        }
        Value::Object(auth) if auth["sig"].as_str().is_some_and(|sig| sig.len() != 64) => vec![json!({
            "type": "value_error", "loc": ["body", "auth", "sig"], "msg": "Value error, sig must be 64 characters",
            "input": auth["sig"], "ctx": {"error": {}},
        })],
        Value::Object(auth) => {
            let age = (NOW - auth["ts"].as_i64().unwrap_or_default()).abs();
            let message = if age > 120 {
                format!("Request timestamp outside allowed window ({age}s > 120s)")
            } else {
                "HMAC signature mismatch".to_owned()
            };
            return (401, json!({"error": {"code": "AUTH_FAILED", "message": message, "request_id": null}}));
        }
        _ => vec![json!({
            "type": "model_attributes_type", "loc": ["body", "auth"],
            "msg": "Input should be a valid dictionary or object to extract fields from", "input": auth,
        })],
    };
    (422, json!({ "detail": detail }))
}

fn clip_call(path: &str, headers: &[(&str, String)], body: &Value) -> Value {
    let (status, answer) = clip_answer(body);
    entry(&format!("https://clip.example{path}"), headers, body, status, &answer)
}

/// `text` with this credential.
fn text_with(auth: Value) -> Value {
    let mut body = json!({"text": "red car", "request_id": "req-7"});
    body["auth"] = auth;
    clip_call("/v1/embed/text", &[], &body)
}

/// `text`, signed over `message`.
fn text_over(message: &str) -> Value {
    text_with(json!({"ts": NOW, "sig": signed(message)}))
}

/// `text`, signed over `message` at another time than now.
fn text_at(ts: i64) -> Value {
    let hash = sha256("red car");
    text_with(json!({"ts": ts, "sig": signed(&format!("POST|/v1/embed/text|{hash}|{ts}"))}))
}

/// An image, signed over `message`.
fn image_over(url: &str, message: &str) -> Value {
    clip_call("/v1/embed/image", &[], &json!({"image_url": url, "auth": {"ts": NOW, "sig": signed(message)}}))
}

fn right_text() -> String {
    format!("POST|/v1/embed/text|{}|{NOW}", sha256("red car"))
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
fn clip() -> Vec<Wrong> {
    let hash = sha256("red car");
    let over = |message: String| text_over(&message);
    let with_sig = |sig: String| text_with(json!({"ts": NOW, "sig": sig}));
    vec![
        wrong(
            "the raw text instead of its hash",
            &["signature-part-raw"],
            &["raw"],
            over(format!("POST|/v1/embed/text|red car|{NOW}")),
        ),
        wrong(
            "text=<raw text> instead of the hash",
            &["signature-part-raw", "signature-payload-changed"],
            &["text="],
            over(format!("POST|/v1/embed/text|text=red car|{NOW}")),
        ),
        wrong(
            "no timestamp in the message",
            &["signature-part-dropped"],
            &["timestamp"],
            over(format!("POST|/v1/embed/text|{hash}")),
        ),
        wrong(
            "raw text and no timestamp: two drifts at once",
            &["signature-part-raw", "signature-part-dropped", "signature-payload-changed"],
            &[],
            over("POST|/v1/embed/text|text=red car".to_owned()),
        ),
        wrong("milliseconds, placed and signed", &["signature-time-unit"], &["milliseconds"], text_at(NOW * 1000)),
        wrong(
            "milliseconds signed, seconds placed",
            &["signature-time-unit"],
            &["milliseconds"],
            over(format!("POST|/v1/embed/text|{hash}|{NOW}000")),
        ),
        wrong(
            "the hash in upper case",
            &["signature-hash-case"],
            &["upper"],
            over(format!("POST|/v1/embed/text|{}|{NOW}", hash.to_uppercase())),
        ),
        wrong(
            "the signature in upper case",
            &["signature-encoding-changed"],
            &["upper"],
            with_sig(signed(&right_text()).to_uppercase()),
        ),
        wrong(
            "the signature in base64",
            &["signature-encoding-changed"],
            &["base64"],
            with_sig(STANDARD.encode(mac(SECRET, &right_text()))),
        ),
        wrong(
            "the method in lower case",
            &["signature-method-case"],
            &["lower"],
            over(format!("post|/v1/embed/text|{hash}|{NOW}")),
        ),
        wrong(
            "the method left out",
            &["signature-part-dropped"],
            &["method"],
            over(format!("/v1/embed/text|{hash}|{NOW}")),
        ),
        wrong("the path left out", &["signature-part-dropped"], &["path"], over(format!("POST|{hash}|{NOW}"))),
        wrong(
            "the path without /v1",
            &["signature-path-changed"],
            &["/v1"],
            over(format!("POST|/embed/text|{hash}|{NOW}")),
        ),
        wrong(
            "the path below /api",
            &["signature-path-changed"],
            &["/api"],
            over(format!("POST|/api/v1/embed/text|{hash}|{NOW}")),
        ),
        wrong(
            "a colon between the parts",
            &["signature-separator-changed"],
            &[":"],
            over(format!("POST:/v1/embed/text:{hash}:{NOW}")),
        ),
        wrong(
            "a line break between the parts",
            &["signature-separator-changed"],
            &["\\n"],
            over(format!("POST\n/v1/embed/text\n{hash}\n{NOW}")),
        ),
        wrong(
            "hash and path swapped",
            &["signature-parts-swapped"],
            &["path"],
            over(format!("POST|{hash}|/v1/embed/text|{NOW}")),
        ),
        wrong(
            "the secret decoded from hex before use",
            &["signature-key-decoded"],
            &["hex"],
            with_sig(hex::encode(mac(hex::decode(SECRET).expect("it is hex"), &right_text()))),
        ),
        wrong(
            "SHA-1 instead of SHA-256",
            &["signature-algorithm-changed"],
            &["HMAC-SHA-1"],
            with_sig(hex::encode(sha1_mac(SECRET, &right_text()))),
        ),
        wrong(
            "the hash of the body without the credential",
            &["signature-payload-changed"],
            &["body"],
            over(format!("POST|/v1/embed/text|{}|{NOW}", sha256(r#"{"request_id":"req-7","text":"red car"}"#))),
        ),
        wrong(
            "the hash of another field",
            &["signature-payload-changed"],
            &["request_id"],
            over(format!("POST|/v1/embed/text|{}|{NOW}", sha256("req-7"))),
        ),
        wrong(
            "the hash in base64",
            &["signature-payload-changed", "signature-encoding-changed", "signature-part-raw"],
            &["base64"],
            over(format!("POST|/v1/embed/text|{}|{NOW}", STANDARD.encode(Sha256::digest("red car")))),
        ),
        wrong(
            "auth as a plain signature string: the incident",
            &["credential-flattened"],
            &["/auth"],
            text_with(json!(signed(&right_text()))),
        ),
        wrong(
            "auth as a plain string, over the raw text without timestamp: the incident and the one behind it",
            &["credential-flattened"],
            &["/auth"],
            text_with(json!(signed("POST|/v1/embed/text|text=red car"))),
        ),
        wrong(
            "the keys renamed to timestamp and signature",
            &["credential-keys-renamed"],
            &["timestamp", "signature"],
            text_with(json!({"timestamp": NOW, "signature": signed(&right_text())})),
        ),
        wrong(
            "timestamp and signature in headers",
            &["credential-moved"],
            &["header"],
            clip_call(
                "/v1/embed/text",
                &[("X-Timestamp", NOW.to_string()), ("X-Signature", signed(&right_text()))],
                &json!({"text": "red car", "request_id": "req-7"}),
            ),
        ),
        wrong("signed five minutes ago", &["signature-window-changed"], &["older than the window"], text_at(NOW - 300)),
        wrong("signed five minutes ahead", &["signature-window-changed"], &["ahead of the window"], text_at(NOW + 300)),
        wrong(
            "the image's URL as it was typed",
            &["signature-part-raw"],
            &["normal"],
            image_over(
                "https://EXAMPLE.com:443/image.jpg",
                &format!("POST|/v1/embed/image|https://EXAMPLE.com:443/image.jpg|{NOW}"),
            ),
        ),
        wrong(
            "the hash of the image's URL",
            &["signature-part-hashed"],
            &["sha256"],
            image_over(
                "https://example.com/image.jpg",
                &format!("POST|/v1/embed/image|{}|{NOW}", sha256("https://example.com/image.jpg")),
            ),
        ),
        wrong(
            "another secret",
            &["signature-key-changed"],
            &["key"],
            with_sig(hex::encode(mac(NOBODY, &right_text()))),
        ),
    ]
}

/// A call of the NPU worker with these headers.
fn service_call(target: &str, headers: &[(&str, String)]) -> Value {
    let given = |name: &str| headers.iter().any(|(known, _)| *known == name);
    let all = ["X-Service-ID", "X-Service-Timestamp", "X-Service-Signature"].into_iter().all(given);
    let time = headers.iter().find(|(name, _)| *name == "X-Service-Timestamp").map(|(_, value)| value.parse::<i64>());
    let detail = match time {
        _ if !all => "Missing authentication headers",
        Some(Err(_)) => "Invalid timestamp format",
        Some(Ok(time)) if (NOW - time).abs() > 300 => "Timestamp outside 300s window",
        _ => "Invalid signature",
    };
    let body = match target {
        "/api/npu/heartbeat" => json!({}),
        _ => json!({"model_id": "m1", "response": "ok", "inference_time_ms": 12.5, "device": "npu"}),
    };
    let url = format!("http://backend.example:8001{target}");
    entry(&url, headers, &body, 401, &json!({"detail": detail, "authenticated": false}))
}

fn service_headers(time: &str, signature: String) -> [(&'static str, String); 3] {
    [
        ("X-Service-ID", "npu-worker".to_owned()),
        ("X-Service-Timestamp", time.to_string()),
        ("X-Service-Signature", signature),
    ]
}

/// A heartbeat, signed over `message`.
fn beat_over(message: &str) -> Value {
    service_call("/api/npu/heartbeat", &service_headers(&NOW.to_string(), signed(message)))
}

/// A heartbeat with this signature.
fn beat_with(signature: String) -> Value {
    service_call("/api/npu/heartbeat", &service_headers(&NOW.to_string(), signature))
}

/// A heartbeat that is signed rightly but for its time, as it is written.
fn beat_at(time: &str) -> Value {
    let signature = signed(&format!("npu-worker:POST:/api/npu/heartbeat:{time}"));
    service_call("/api/npu/heartbeat", &service_headers(time, signature))
}

fn right_beat() -> String {
    format!("npu-worker:POST:/api/npu/heartbeat:{NOW}")
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
fn service() -> Vec<Wrong> {
    let over = |message: String| beat_over(&message);
    let at = |target: &str, message: String| service_call(target, &service_headers(&NOW.to_string(), signed(&message)));
    vec![
        wrong(
            "the path with its query",
            &["signature-path-changed"],
            &["query"],
            at("/api/npu/results/task-123?retry=1", format!("npu-worker:POST:/api/npu/results/task-123?retry=1:{NOW}")),
        ),
        wrong(
            "the path percent-encoded",
            &["signature-path-changed"],
            &["percent-encoded"],
            at("/api/npu/results/caf%C3%A9", format!("npu-worker:POST:/api/npu/results/caf%C3%A9:{NOW}")),
        ),
        wrong(
            "the path without /api",
            &["signature-path-changed"],
            &["/api"],
            over(format!("npu-worker:POST:/npu/heartbeat:{NOW}")),
        ),
        wrong(
            "the path with a slash at its end",
            &["signature-path-changed"],
            &["slash"],
            over(format!("npu-worker:POST:/api/npu/heartbeat/:{NOW}")),
        ),
        wrong(
            "the whole URL instead of the path",
            &["signature-path-changed"],
            &["URL"],
            over(format!("npu-worker:POST:http://backend.example:8001/api/npu/heartbeat:{NOW}")),
        ),
        wrong(
            "the service's name left out",
            &["signature-part-dropped"],
            &["consumer's name"],
            over(format!("POST:/api/npu/heartbeat:{NOW}")),
        ),
        wrong(
            "the method left out",
            &["signature-part-dropped"],
            &["method"],
            over(format!("npu-worker:/api/npu/heartbeat:{NOW}")),
        ),
        wrong(
            "the timestamp left out",
            &["signature-part-dropped"],
            &["timestamp"],
            over("npu-worker:POST:/api/npu/heartbeat".to_owned()),
        ),
        wrong(
            "the method in lower case",
            &["signature-method-case"],
            &["lower"],
            over(format!("npu-worker:post:/api/npu/heartbeat:{NOW}")),
        ),
        wrong(
            "the body appended",
            &["signature-part-added", "signature-payload-changed"],
            &["body"],
            over(format!("{}:{{}}", right_beat())),
        ),
        wrong(
            "the hash of the body appended",
            &["signature-part-added", "signature-payload-changed"],
            &["body"],
            over(format!("{}:{}", right_beat(), sha256("{}"))),
        ),
        wrong(
            "milliseconds, placed and signed",
            &["signature-time-unit"],
            &["milliseconds"],
            beat_at(&(NOW * 1000).to_string()),
        ),
        wrong(
            "milliseconds signed, seconds placed",
            &["signature-time-unit"],
            &["milliseconds"],
            over(format!("npu-worker:POST:/api/npu/heartbeat:{NOW}000")),
        ),
        wrong(
            "the time in ISO 8601, placed and signed",
            &["signature-time-unit"],
            &["iso"],
            beat_at("2025-12-28T06:44:19Z"),
        ),
        wrong(
            "method and path swapped",
            &["signature-parts-swapped"],
            &["method", "path"],
            over(format!("npu-worker:/api/npu/heartbeat:POST:{NOW}")),
        ),
        wrong(
            "the timestamp in front of the method",
            &["signature-parts-swapped"],
            &["timestamp"],
            over(format!("npu-worker:{NOW}:POST:/api/npu/heartbeat")),
        ),
        wrong(
            "a bar between the parts",
            &["signature-separator-changed"],
            &["|"],
            over(format!("npu-worker|POST|/api/npu/heartbeat|{NOW}")),
        ),
        wrong(
            "nothing between the parts",
            &["signature-separator-changed"],
            &["nothing"],
            over(format!("npu-workerPOST/api/npu/heartbeat{NOW}")),
        ),
        wrong(
            "the key decoded from hex before use",
            &["signature-key-decoded"],
            &["hex"],
            beat_with(hex::encode(mac(hex::decode(SECRET).expect("it is hex"), &right_beat()))),
        ),
        wrong(
            "the signature in upper case",
            &["signature-encoding-changed"],
            &["upper"],
            beat_with(signed(&right_beat()).to_uppercase()),
        ),
        wrong(
            "the signature in base64",
            &["signature-encoding-changed"],
            &["base64"],
            beat_with(STANDARD.encode(mac(SECRET, &right_beat()))),
        ),
        wrong(
            "SHA-512 instead of SHA-256",
            &["signature-algorithm-changed"],
            &["HMAC-SHA-512"],
            beat_with(hex::encode(sha512_mac(SECRET, &right_beat()))),
        ),
        wrong(
            "the key of another service",
            &["signature-key-changed"],
            &["ai-stack"],
            beat_with(hex::encode(mac(AI_STACK, &right_beat()))),
        ),
        wrong(
            "a key that nobody holds",
            &["signature-key-changed"],
            &["key"],
            beat_with(hex::encode(mac(NOBODY, &right_beat()))),
        ),
        wrong(
            "headers without Service in their names",
            &["credential-moved"],
            &["X-Timestamp"],
            service_call(
                "/api/npu/heartbeat",
                &[
                    ("X-Service-ID", "npu-worker".to_owned()),
                    ("X-Timestamp", NOW.to_string()),
                    ("X-Signature", signed(&right_beat())),
                ],
            ),
        ),
        wrong(
            "all in Authorization",
            &["credential-moved"],
            &["Authorization"],
            service_call(
                "/api/npu/heartbeat",
                &[("Authorization", format!("HMAC npu-worker:{NOW}:{}", signed(&right_beat())))],
            ),
        ),
        wrong(
            "signed ten minutes ago",
            &["signature-window-changed"],
            &["older than the window"],
            beat_at(&(NOW - 600).to_string()),
        ),
        wrong(
            "signed ten minutes ahead",
            &["signature-window-changed"],
            &["ahead of the window"],
            beat_at(&(NOW + 600).to_string()),
        ),
    ]
}

/// What `counterpart explain` says of entries, in their order.
fn explained(contract: &str, entries: &[Value], exit: i32) -> Vec<Value> {
    let har = json!({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": entries}});
    let project = Project::of_repository().file("signed.har", &har.to_string());
    let call = project.call(&format!("explain --exchange signed.har --contract {contract} --format json"));
    let ran = call
        .variable("CLIP_RUNPOD_SECRET", SECRET)
        .variable("SERVICE_KEY_NPU_WORKER", SECRET)
        .variable("SERVICE_KEY_AI_STACK", AI_STACK)
        .run()
        .exits(exit);
    ran.json()["exchanges"].as_array().expect("they are a list").clone()
}

/// What is not named, with the reason.
const UNNAMED: [(&str, &str); 4] = [
    ("the timestamp in front of the method", "only pairs of parts and whole turns are tried"),
    ("a key that nobody holds", "any other key makes a signature that looks like this one"),
    ("the hash in base64", "no template of a contract can write it"),
    ("another secret", "any other key makes a signature that looks like this one"),
];

/// Each wrong request is named by its first explanation, by code and by word, but those of [`UNNAMED`].
#[expect(clippy::print_stdout, reason = "whoever asks for it reads which are named, and how")]
#[track_caller]
fn are_named(contract: &str, wrong: &[Wrong]) {
    let entries: Vec<Value> = wrong.iter().map(|wrong| wrong.entry.clone()).collect();
    let explained = explained(contract, &entries, 1);
    assert_eq!(explained.len(), wrong.len());
    let (mut named, mut missed, mut misses) = (0, Vec::new(), String::new());
    for (wrong, explained) in wrong.iter().zip(&explained) {
        let first = &explained["explanations"][0];
        let (code, sentence) = (first["code"].as_str().unwrap_or("-"), first["sentence"].as_str().unwrap_or("nothing"));
        let lower = sentence.to_lowercase();
        let is_named =
            wrong.codes.contains(&code) && wrong.words.iter().all(|word| lower.contains(&word.to_lowercase()));
        if is_named {
            named += 1;
            println!("named   {:<45} {code}: {sentence}", wrong.how);
            continue;
        }
        missed.push(wrong.how);
        let wanted = format!("{} with {:?}", wrong.codes.join(" or "), wrong.words);
        writeln!(misses, "missed  {:<45} {code}: {sentence}\n        wanted {wanted}", wrong.how)
            .expect("a text takes every write");
    }
    println!("{contract}: {named} of {} named rightly", wrong.len());
    assert!(wrong.len() >= 20, "{} are too few", wrong.len());
    let known = |how: &&str| UNNAMED.iter().any(|(unnamed, _)| unnamed == how);
    assert!(missed.iter().all(known), "{contract}: {named} of {} named rightly\n{misses}", wrong.len());
}

#[test]
fn every_wrong_signature_of_the_clip_worker_is_named() {
    are_named("clip-embed", &clip());
}

#[test]
fn every_wrong_signature_of_the_backend_is_named() {
    are_named("service-signature", &service());
}

/// What is right has no explanation, so that the tables above show what they should.
#[test]
fn a_right_signature_keeps_the_contract() {
    let hash_path = format!("npu-worker:POST:/api/npu/results/café:{NOW}");
    for (contract, mut entry, answer) in [
        (
            "clip-embed",
            text_over(&right_text()),
            json!({
                "request_id": "req-7", "embedding": vec![0.044_194_173_824_159_22; 512], "dim": 512,
                "model_name": "ViT-B-32", "pretrained": "laion2b_s34b_b79k", "device": "cuda", "normalized": true,
                "timings": {"download_ms": null, "inference_ms": 12.25, "total_ms": 12.5},
            }),
        ),
        (
            "service-signature",
            service_call("/api/npu/results/caf%C3%A9", &service_headers(&NOW.to_string(), signed(&hash_path))),
            json!({"status": "success", "task_id": "café"}),
        ),
    ] {
        entry["response"]["status"] = json!(200);
        entry["response"]["content"]["text"] = json!(answer.to_string());
        let explained = explained(contract, &[entry], 0);
        assert_eq!(explained[0]["verdict"], "kept", "{:#}", explained[0]);
        assert_eq!(explained[0]["explanations"], json!([]));
    }
}

/// Whoever refuses the right signature is told so, and no drift of the client is made up.
#[test]
fn a_right_signature_that_is_refused_is_the_providers_fault() {
    let explained = explained("clip-embed", &[text_over(&right_text())], 1);
    let codes: Vec<&str> = explained[0]["findings"]
        .as_array()
        .expect("they are a list")
        .iter()
        .map(|finding| finding["code"].as_str().expect("it is text"))
        .collect();
    assert_eq!(codes, ["acceptance-missing"], "{:#}", explained[0]);
}
