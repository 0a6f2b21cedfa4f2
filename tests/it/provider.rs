//! Providers that do not keep their promises, written by hand: none of the harness's own code answers here.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// A provider on a loopback port, until the test's process ends.
#[must_use]
pub struct Provider {
    port: u16,
}

/// A request as it came in.
pub struct Asked {
    /// Method and target, as on the request line.
    pub line: String,
    /// The header fields' lines.
    pub headers: String,
    /// The body.
    pub body: String,
}

/// What is answered.
pub struct Answer {
    status: u16,
    headers: String,
    body: String,
}

impl Answer {
    /// A status with a JSON body.
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: "content-type: application/json\r\n".to_owned(), body: body.into() }
    }

    /// A status with plain text.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: "content-type: text/plain\r\n".to_owned(), body: body.into() }
    }

    /// A status with a body of this media type.
    pub fn of_type(media_type: &str, status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: format!("content-type: {media_type}\r\n"), body: body.into() }
    }

    /// With another header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        write!(self.headers, "{name}: {value}\r\n").expect("a text takes every write");
        self
    }
}

impl Provider {
    /// Answers every request by `answer`.
    pub fn answering(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = answer.clone();
                std::thread::spawn(move || serve(stream, answer.as_ref()));
            }
        });
        Self { port }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&Asked) -> Answer) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut headers = String::new();
    let mut length = 0;
    loop {
        let mut field = String::new();
        if reader.read_line(&mut field).ok()? == 0 || field.trim().is_empty() {
            break;
        }
        if let Some(value) = field.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        headers.push_str(&field);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    let asked = Asked { line, headers, body: String::from_utf8_lossy(&body).into_owned() };
    let Answer { status, headers, body } = answer(&asked);
    let head = format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).ok()
}

/// The one key that a right greeter takes.
pub const GREETING_KEY: &str = "hk_test_greeting";

/// What a provider that keeps the contract `greeting` answers.
pub fn greeting(asked: &Asked) -> Answer {
    const BEARER: &str = "authorization: bearer ";
    let has_key = |line: &&str| line.get(..BEARER.len()).is_some_and(|start| start.eq_ignore_ascii_case(BEARER));
    let key = asked.headers.lines().find(has_key).map(|line| &line[BEARER.len()..]);
    match (asked.line.as_str(), key) {
        ("GET /health", _) => Answer::json(200, r#"{"status":"ok"}"#),
        (line, None) if line.starts_with("POST /greetings/") => Answer::json(401, r#"{"error":"key required"}"#),
        (line, Some(GREETING_KEY)) if line.starts_with("POST /greetings/") => {
            Answer::json(200, r#"{"text":"Hello","language":"en"}"#)
        }
        (line, _) if line.starts_with("POST /greetings/") => Answer::json(401, r#"{"error":"unknown key"}"#),
        _ => Answer::json(404, r#"{"error":"not found"}"#),
    }
}
