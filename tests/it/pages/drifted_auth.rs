//! The provider of the README's broken contract.

use crate::provider::{Answer, Asked, Provider};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// An auth service that takes the key from the body, as the incident `auth-key-in-body` of `examples/deployment` does: it asks one
/// that takes it from the header, at `url`.
pub fn reading_the_key_from_the_body(url: &str) -> Provider {
    let address = url.trim_start_matches("http://").to_owned();
    Provider::answering(move |asked| answer(&address, asked))
}

fn answer(address: &str, asked: &Asked) -> Answer {
    let mut body: Value = serde_json::from_str(&asked.body).unwrap_or(Value::Null);
    let key = body.as_object_mut().and_then(|fields| fields.shift_remove("api_key"));
    let kept = asked.headers.lines().filter(|line| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !["authorization", "content-length", "connection", "host"].contains(&name.as_str())
    });
    let mut head: String = kept.map(|line| format!("{line}\r\n")).collect();
    if let Some(key) = key.as_ref().and_then(Value::as_str) {
        head += &format!("Authorization: Bearer {key}\r\n");
    }
    let body = if key.is_some() { body.to_string() } else { asked.body.clone() };
    let request = format!(
        "{} HTTP/1.1\r\nHost: auth\r\nConnection: close\r\n{head}Content-Length: {}\r\n\r\n{body}",
        asked.line,
        body.len()
    );
    let mut stream = TcpStream::connect(address).expect("the fake listens");
    stream.write_all(request.as_bytes()).expect("the fake reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("the fake answers in text");
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("an answer has a status");
    let dropped = ["content-type", "content-length", "connection", "transfer-encoding"];
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let fields = fields.filter(|(name, _)| !dropped.contains(&name.to_ascii_lowercase().as_str()));
    fields.fold(Answer::json(status, body), |answer, (name, value)| answer.header(name, value.trim()))
}
