//! Command lines that repeat a call by hand, with variables where the call held secrets.

use crate::exchange::Request;

/// A command line that repeats a call, put together when somebody is to read it.
#[derive(Clone, Debug)]
pub enum Command {
    /// By curl.
    Curl {
        /// The base URL.
        base: String,
        /// The request with `${VARIABLES}` where it holds secrets, times or signatures.
        twin: Request,
        /// Shell commands that set the twin's variables.
        preamble: Vec<String>,
    },
    /// By sending the bytes.
    Raw {
        /// The base URL.
        base: String,
        /// The request.
        text: String,
    },
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Curl { base, twin, preamble } => f.write_str(&curl(base, twin, preamble)),
            Self::Raw { base, text } => {
                let host = base.replace("http://", "").replace(':', " ");
                write!(f, "printf %s {} | nc {host}", quoted(text))
            }
        }
    }
}

/// A command line that repeats a request; `preamble` sets the variables that it uses.
fn curl(base: &str, twin: &Request, preamble: &[String]) -> String {
    let mut words = vec!["curl".to_owned(), "-sS".to_owned(), "-i".to_owned()];
    if twin.method != "GET" {
        words.push(format!("-X {}", twin.method));
    }
    words.push(quoted(&format!("{base}{}", twin.path_and_query().replace("%24%7B", "${").replace("%7D", "}"))));
    words.extend(twin.headers.0.iter().map(|(name, value)| format!("-H {}", quoted(&format!("{name}: {value}")))));
    if !twin.body.is_empty() {
        words.push(format!("--data-binary {}", quoted(&String::from_utf8_lossy(&twin.body))));
    }
    let mut lines = preamble.to_vec();
    lines.push(words.join(" "));
    lines.join("\n")
}

/// A text as one word of a shell, in which `${NAME}` stays a variable.
fn quoted(text: &str) -> String {
    let mut word = String::from("'");
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let end = rest[at..].find('}').map_or(rest.len(), |end| at + end + 1);
        word.push_str(&rest[..at].replace('\'', "'\\''"));
        word.push_str(&format!("'\"{}\"'", &rest[at..end]));
        rest = &rest[end..];
    }
    word.push_str(&rest.replace('\'', "'\\''"));
    word.push('\'');
    word
}
