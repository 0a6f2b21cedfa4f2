//! Fakes: what a provider that keeps the contract answers, behind a wiremock server on a free loopback port.

use crate::answer::knowledge::Knowledge;
use crate::answer::played::Played;
use crate::answer::{self, Provider};
use crate::contract::{Contract, Route};
use crate::exchange::{Headers, Request, Response};
use crate::expression::Template;
use crate::secret::{Secret, Vault};
use jiff::Timestamp;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use wiremock::{Match, Mock, MockServer, Respond, ResponseTemplate};

/// One fake, leased from wiremock's pool for one scenario; dropping it forgets every request.
///
/// Drop it outside a tokio task's budget (`tokio::task::unconstrained`): wiremock blocks while it does.
pub struct Fake {
    server: MockServer,
    knowledge: Arc<Mutex<Knowledge>>,
}

impl Fake {
    /// A fake that plays a provider under `server_path`, to which the vault's secrets are right.
    pub async fn start(played: Played, server_path: String, vault: Arc<Vault>, knowledge: Knowledge) -> Self {
        let server = MockServer::start().await;
        let knowledge = Arc::new(Mutex::new(knowledge));
        let adapter = Adapter { player: Player { played, server_path, vault }, knowledge: knowledge.clone() };
        Mock::given(Anything).respond_with(adapter).mount(&server).await;
        Self { server, knowledge }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        self.server.uri()
    }

    /// Changes what it knows or how it behaves.
    pub fn tell(&self, change: impl FnOnce(&mut Knowledge)) {
        change(&mut self.knowledge.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Secrets for the fakes where the environment has none: made from the contract's samples.
///
/// # Errors
/// A sample that cannot be rendered.
pub fn make_secrets(contract: &Contract, vault: &mut Vault) -> Result<(), String> {
    for credential in contract.credentials.values() {
        for party in &credential.parties {
            if vault.get(&party.secret).is_none() {
                vault.insert(party.secret.clone(), Secret::new(made(&credential.sample)?));
            }
        }
    }
    Ok(())
}

fn made(sample: &Template) -> Result<String, String> {
    sample.render(&json!({}))
}

struct Anything;

impl Match for Anything {
    fn matches(&self, _: &wiremock::Request) -> bool {
        true
    }
}

/// A provider that is played, wherever its socket comes from.
#[derive(Clone, Debug)]
pub struct Player {
    /// What is played.
    pub played: Played,
    /// The path under which it is served.
    pub server_path: String,
    /// The secrets that are right.
    pub vault: Arc<Vault>,
}

impl Player {
    /// The answer to a request, and how long the provider takes for it.
    pub fn answer(&self, knowledge: &mut Knowledge, request: &Request) -> (Response, Duration) {
        let Played { contract, manner } = &self.played;
        let provider = Provider { contract, server_path: &self.server_path, vault: &self.vault, manner };
        let now_ms = Timestamp::now().as_millisecond();
        let delay = knowledge.delay + self.further_delay(request);
        let response = answer::to(provider, knowledge, request, now_ms).unwrap_or_else(|reason| {
            // The contract's own expression is at fault: say so where the caller looks.
            let headers = Headers(vec![("content-type".to_owned(), "text/plain".to_owned())]);
            Response { status: 500, headers, body: format!("the fake cannot answer: {reason}").into_bytes() }
        });
        (response, delay)
    }

    fn further_delay(&self, request: &Request) -> Duration {
        let Some((operations, delay)) = &self.played.manner.delay else { return Duration::ZERO };
        match self.played.contract.route(&self.server_path, request) {
            Route::Found(operation, _) if operations.contains(&operation.id) => *delay,
            _ => Duration::ZERO,
        }
    }
}

struct Adapter {
    player: Player,
    knowledge: Arc<Mutex<Knowledge>>,
}

impl Respond for Adapter {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let request = received(request);
        let mut knowledge = self.knowledge.lock().unwrap_or_else(PoisonError::into_inner);
        let (response, delay) = self.player.answer(&mut knowledge, &request);
        let media_type = response.headers.get("content-type").unwrap_or("").to_owned();
        let mut template = ResponseTemplate::new(response.status).set_delay(delay);
        if !response.body.is_empty() {
            template = template.set_body_raw(response.body, &media_type);
        }
        for (name, value) in &response.headers.0 {
            if !name.eq_ignore_ascii_case("content-type") {
                template = template.append_header(name.as_str(), value.as_str());
            }
        }
        template
    }
}

fn received(request: &wiremock::Request) -> Request {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Request {
        method: request.method.to_string(),
        path: request.url.path().to_owned(),
        query: request.url.query().map(str::to_owned),
        headers: Headers(request.headers.iter().map(header).collect()),
        body: request.body.clone(),
    }
}
