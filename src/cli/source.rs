//! Where an OpenAPI document is read from: a file, or a URL.

use super::diagnostic::Failure;
use super::progress::until_interrupted;
use crate::deployment::Client;
use crate::exchange::{Headers, Request};
use crate::starter::Started;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// How long a service may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// A document as it was read.
#[derive(Debug)]
pub struct Source {
    /// What it holds.
    pub text: String,
    /// The folder of a file.
    folder: Option<PathBuf>,
    /// Where a URL leads without the document's own path.
    base: Option<String>,
}

/// Whether it is a URL and no file.
pub fn is_url(from: &str) -> bool {
    from.starts_with("http://") || from.starts_with("https://")
}

/// What a document is called in messages: a URL without its query, which may hold a secret.
pub fn name(from: &str) -> String {
    if is_url(from) { from.split(['?', '#']).next().unwrap_or_default().to_owned() } else { from.to_owned() }
}

/// Reads a document.
///
/// # Errors
/// It cannot be read: why, and what to do.
pub fn read(from: &str) -> Result<Source, Failure> {
    if is_url(from) {
        return fetched(from);
    }
    let text = std::fs::read_to_string(from).map_err(|error| {
        Failure::CouldNotRun(format!(
            "{from}: {error}\n  help: --from takes a file, or a URL that begins with http:// or https://"
        ))
    })?;
    let folder = Path::new(from).parent().map(Path::to_path_buf);
    Ok(Source { text, folder, base: None })
}

impl Source {
    /// A file beside the document, to which a `$ref` of it leads.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn beside(&self, file: &str) -> Result<String, String> {
        let Some(folder) = &self.folder else {
            return Err(
                "a `$ref` of a document from a URL leads to another file: save both, and give the file".to_owned()
            );
        };
        std::fs::read_to_string(folder.join(file)).map_err(|error| error.to_string())
    }

    /// The base URL of a deployment that is known: where the document came from, else what the document names.
    pub fn base(&self, started: &Started) -> Option<String> {
        self.base.clone().or_else(|| started.server.clone())
    }
}

fn fetched(from: &str) -> Result<Source, Failure> {
    let url = Url::parse(from).map_err(|error| Failure::Usage(format!("--from {from}: not a URL: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        let wrong =
            "the URL holds a user or a password\n  help: save the document with another tool, and give its file";
        return Err(Failure::Usage(format!("--from: {wrong}")));
    }
    let base = url.origin().ascii_serialization();
    let named = name(from);
    let client = Client::new(DEADLINE, 0, url.scheme() == "https").map_err(Failure::CouldNotRun)?;
    let request = Request {
        method: "GET".to_owned(),
        path: url.path().to_owned(),
        query: url.query().map(str::to_owned),
        headers: Headers(vec![("accept".to_owned(), "application/json, application/yaml, */*".to_owned())]),
        body: Vec::new(),
    };
    let answered = until_interrupted(async {
        let answered = client.send(&base, &request, DEADLINE).await;
        answered.map_err(|(unanswered, _)| {
            Failure::CouldNotRun(format!("{unanswered}\n  help: is the service running, and at this port?"))
        })
    })?;
    let response = answered.response;
    if !response.is_success() {
        let help = match response.status {
            300..=399 => match response.headers.get("location") {
                Some(location) => format!("it redirects to {location}: give that URL"),
                None => "it redirects: give the URL to which it leads".to_owned(),
            },
            401 | 403 => "it asks for a credential: save the document with another tool, and give its file".to_owned(),
            404 => "a FastAPI service publishes its document at /openapi.json, below its root_path".to_owned(),
            _ => "open the URL in a browser: it has to show the document itself".to_owned(),
        };
        return Err(Failure::CouldNotRun(format!("{named}: status {}\n  help: {help}", response.status)));
    }
    let text = String::from_utf8(response.body)
        .map_err(|_| Failure::CouldNotRun(format!("{named}: what came back is no text")))?;
    let below = url.path().rsplit_once('/').map_or("", |(below, _)| below);
    Ok(Source { text, folder: None, base: Some(format!("{base}{below}")) })
}
