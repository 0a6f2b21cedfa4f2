//! A proxy that runs while a test talks to it and to what stands behind it, over sockets of the test's own.

use crate::project::{Call, Project, Ran};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Whoever waits longer waits in vain.
pub const FOREVER: Duration = Duration::from_secs(50);

/// `counterpart proxy`, until it ends.
#[must_use]
pub struct Proxied {
    child: Option<Child>,
    /// The port of each contract, in order.
    pub ports: Vec<u16>,
    begun: String,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

impl Proxied {
    /// Starts it and waits for the ports at which it listens. It prints its report on the terminal.
    pub fn start(call: Call) -> Self {
        let mut child = call.start();
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut stderr = child.stderr.take().expect("it is piped");
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).expect("stderr is text");
            text
        });
        let (mut begun, mut ports) = (String::new(), Vec::new());
        loop {
            let mut line = String::new();
            let count = stdout.read_line(&mut line).expect("stdout is text");
            assert!(count > 0, "it ended: {}", stderr.join().expect("reading does not panic"));
            begun.push_str(&line);
            let port = line.split_once("http://127.0.0.1:").and_then(|(_, rest)| rest.split_once(' ')?.0.parse().ok());
            match port {
                Some(port) => ports.push(port),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let stdout = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).expect("stdout is text");
            text
        });
        Self { child: Some(child), ports, begun, stdout: Some(stdout), stderr: Some(stderr) }
    }

    /// A connection to the only contract's proxy.
    pub fn connect(&self) -> TcpStream {
        connect(self.ports[0])
    }

    /// One request, as it is written, on a connection of its own: status, header lines and body of its answer.
    pub fn ask(&self, head: &str, body: &str) -> (u16, String, String) {
        let mut stream = self.connect();
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let text = format!("{head}\r\nHost: proxy\r\n{length}Connection: close\r\n\r\n{body}");
        stream.write_all(text.as_bytes()).expect("the proxy reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the proxy answers");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("it has a status");
        (status, head.to_owned(), body.to_owned())
    }

    /// Sends it a signal, such as `INT`, and waits for its end.
    pub fn stop(mut self, signal: &str) -> Ran {
        let id = self.child.as_ref().expect("it runs").id().to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &id]).status();
        assert!(sent.expect("there is a kill").success(), "it does not run any more");
        self.end()
    }

    /// Waits for its end.
    pub fn end(&mut self) -> Ran {
        let began = Instant::now();
        let status = loop {
            let child = self.child.as_mut().expect("it runs");
            match child.try_wait().expect("it can be waited for") {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(5)),
            }
            assert!(began.elapsed() < FOREVER, "it does not end");
        };
        self.child = None;
        let join = |text: &mut Option<JoinHandle<String>>| text.take().expect("it is read").join().expect("it is text");
        Ran {
            command: "proxy".to_owned(),
            exit: status.code().expect("it was not killed"),
            stdout: format!("{}{}", self.begun, join(&mut self.stdout)),
            stderr: join(&mut self.stderr),
        }
    }
}

impl Drop for Proxied {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// A proxy in front of `url`, which is said to keep the contract `greeting`, with the greeter's key.
pub fn before(project: &Project, url: &str, options: &str) -> Proxied {
    let call = project.call(&format!("proxy --url greeting={url} {options}"));
    Proxied::start(call.variable("GREETING_KEY", crate::provider::GREETING_KEY))
}

/// A connection to a loopback port.
pub fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
    stream.set_nodelay(true).expect("it can be set");
    stream.set_read_timeout(Some(FOREVER)).expect("it can be set");
    stream
}

/// Something that speaks bytes behind a loopback port, a thread a connection.
#[must_use]
pub struct Upstream {
    port: u16,
    over: Arc<AtomicBool>,
}

impl Upstream {
    /// `serve` talks on each connection.
    pub fn serving(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let (serve, over) = (Arc::new(serve), Arc::new(AtomicBool::new(false)));
        let is_over = over.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten().take_while(|_| !is_over.load(Ordering::Relaxed)) {
                let serve = serve.clone();
                drop(stream.set_nodelay(true));
                std::thread::spawn(move || serve(stream));
            }
        });
        Self { port, over }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

/// The beginning of a message and its header fields, as they stand on the wire.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    /// The request line, or the status line.
    pub first: Vec<u8>,
    /// Names and values in order.
    pub fields: Vec<(String, Vec<u8>)>,
}

/// Reads up to the empty line; `None` where the other side closed.
pub fn read_head(reader: &mut impl std::io::BufRead) -> Option<Head> {
    let mut line = || {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).ok().filter(|count| *count > 0)?;
        line.strip_suffix(b"\r\n").map(<[u8]>::to_vec)
    };
    let first = line()?;
    let mut fields = Vec::new();
    loop {
        let field = line()?;
        if field.is_empty() {
            return Some(Head { first, fields });
        }
        let colon = field.iter().position(|byte| *byte == b':').expect("a field has a colon");
        let name = String::from_utf8(field[..colon].to_vec()).expect("a name is text");
        fields.push((name, field[colon + 1..].trim_ascii().to_vec()));
    }
}

impl Head {
    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(&field.1).ok()
    }

    /// Whether the body comes in chunks.
    pub fn is_chunked(&self) -> bool {
        self.get("transfer-encoding") == Some("chunked")
    }

    /// The body that follows.
    pub fn read_body(&self, reader: &mut impl std::io::BufRead) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        if !self.is_chunked() {
            body.resize(self.get("content-length").map_or(0, |length| length.parse().expect("it is a number")), 0);
            reader.read_exact(&mut body).ok()?;
            return Some(body);
        }
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let size = usize::from_str_radix(line.trim(), 16).ok()?;
            let start = body.len();
            body.resize(start + size, 0);
            reader.read_exact(&mut body[start..]).ok()?;
            reader.read_line(&mut line).ok()?;
            if size == 0 {
                return Some(body);
            }
        }
    }
}

/// A loopback port that is taken and at which nobody listens.
pub fn nobody() -> (tokio::net::TcpSocket, String) {
    let socket = tokio::net::TcpSocket::new_v4().expect("there are sockets");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a loopback port is free");
    let address = socket.local_addr().expect("it is bound");
    (socket, format!("http://{address}"))
}
