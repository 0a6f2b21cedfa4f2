//! The control endpoint of standing fakes: what each knows and how it behaves, told over HTTP.
//!
//! `docs/control.openapi.yaml` describes it; it is a contract like any other, and tested as one.

use super::Standing;
use super::sessions::State;
use crate::contract::Contract;
use crate::exchange::{Headers, Request, Response};
use crate::settings::nearest;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The list of further keys that a fake takes as right; what it holds is never told.
const KEYS: &str = "keys";
/// The longest delay that a fake can be told, in milliseconds.
const LONGEST_DELAY_MS: u64 = 600_000;

/// The fakes that can be told something, each with its base URL.
#[derive(Debug)]
pub struct Control(pub Vec<(Arc<Standing>, String)>);

/// What a fake is told; what is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    /// Lists that the fake knows from now on, instead of what it knew.
    #[serde(default)]
    knows: BTreeMap<String, Vec<String>>,
    /// Texts that it knows as well.
    #[serde(default)]
    learns: BTreeMap<String, Vec<String>>,
    /// The refusal or answer that it gives whatever it is asked; null for what the contract wants.
    #[serde(default)]
    answers: Answers,
    /// How long it takes to answer.
    #[serde(default, deserialize_with = "given")]
    delay_ms: Option<u64>,
    /// Whether it closes every connection without an answer.
    #[serde(default, deserialize_with = "given")]
    unreachable: Option<bool>,
}

/// What may be left out, and is no null.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// What a change says of the answers.
#[derive(Debug, Default)]
enum Answers {
    /// Nothing.
    #[default]
    AsTheyAre,
    /// They are what the contract wants.
    AsPromised,
    /// All are this refusal or answer.
    Always(String),
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::AsPromised, Self::Always))
    }
}

/// A refusal of the control endpoint: status, and what is wrong.
type Refused = (u16, String);

impl Control {
    /// The answer to a request.
    pub fn answer(&self, request: &Request) -> Response {
        match self.route(request) {
            Ok(body) => response(200, &body),
            Err((status, wrong)) => {
                let mut response = refused(status, &wrong);
                if status == 405 {
                    response.headers.set("Allow", allowed(&request.path));
                }
                response
            }
        }
    }

    fn route(&self, request: &Request) -> Result<Value, Refused> {
        let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["fakes"]) => {
                let session = session(request)?;
                let all = self.0.iter().map(|(fake, url)| state(fake, url, session.as_deref()));
                Ok(json!({ "fakes": all.collect::<Vec<_>>() }))
            }
            (method @ ("GET" | "PATCH" | "DELETE"), ["fakes", name]) => {
                let (fake, url) = self.fake(name)?;
                let session = session(request)?;
                let session = session.as_deref();
                match method {
                    "PATCH" => {
                        change(&request.body)?.apply(&fake.witness.contract, &mut fake.sessions.of(session).state())?;
                    }
                    "DELETE" => fake.sessions.reset(session),
                    _ => {}
                }
                Ok(state(fake, url, session))
            }
            (_, ["fakes"] | ["fakes", _]) => {
                Err((405, format!("{} is not allowed here; allowed: {}", request.method, allowed(&request.path))))
            }
            _ => Err((404, "there is nothing here; known: /fakes and /fakes/{contract}".to_owned())),
        }
    }

    fn fake(&self, name: &str) -> Result<(&Standing, &str), Refused> {
        let found = self.0.iter().find(|(fake, _)| fake.witness.contract.name.as_str() == name);
        let known = self.0.iter().map(|(fake, _)| fake.witness.contract.name.as_str());
        found
            .map(|(fake, url)| (fake.as_ref(), url.as_str()))
            .ok_or_else(|| (404, format!("there is no fake of {name:?}; {}", help(name, known))))
    }
}

/// A refusal.
pub fn refused(status: u16, wrong: &str) -> Response {
    response(status, &json!({ "error": wrong }))
}

fn response(status: u16, body: &Value) -> Response {
    let headers = Headers(vec![("content-type".to_owned(), "application/json".to_owned())]);
    Response { status, headers, body: format!("{body}\n").into_bytes() }
}

/// The session that a request names.
fn session(request: &Request) -> Result<Option<String>, Refused> {
    let mut session = None;
    for (name, value) in request.query_pairs() {
        if name != "session" {
            return Err((422, format!("there is no parameter {name:?}; known: session")));
        }
        session = Some(value).filter(|value| !value.is_empty());
    }
    Ok(session)
}

/// The change that a body asks for.
fn change(body: &[u8]) -> Result<Change, Refused> {
    let value: Value = serde_json::from_slice(body).map_err(|error| (400, format!("the body is not JSON: {error}")))?;
    if !value.is_object() {
        return Err((422, "the body is no object; write {\"answers\": \"NAME\"} or the like".to_owned()));
    }
    serde_path_to_error::deserialize(value).map_err(|error| (422, error.to_string()))
}

fn allowed(path: &str) -> &'static str {
    if path.trim_matches('/') == "fakes" { "GET" } else { "GET, PATCH, DELETE" }
}

/// What a fake knows and how it behaves, without a key.
fn state(fake: &Standing, url: &str, session: Option<&str>) -> Value {
    let session_state = fake.sessions.seen(session);
    let State { knowledge, unreachable } = &*session_state.state();
    let lists = knowledge.lists().iter().filter(|(name, _)| *name != KEYS);
    json!({
        "contract": fake.witness.contract.name.as_str(),
        "url": url,
        "session": session,
        "knows": lists.map(|(name, texts)| (name.clone(), json!(texts))).collect::<serde_json::Map<_, _>>(),
        "keys": knowledge.list(KEYS).len(),
        "answers": knowledge.forced,
        "delay_ms": u64::try_from(knowledge.delay.as_millis()).unwrap_or(u64::MAX),
        "unreachable": unreachable,
    })
}

impl Change {
    /// Changes a state, or nothing where a part of it is wrong.
    fn apply(self, contract: &Contract, state: &mut State) -> Result<(), Refused> {
        let lists = contract.knowledge.keys().map(String::as_str).chain([KEYS]);
        for name in self.knows.keys().chain(self.learns.keys()) {
            if !lists.clone().any(|known| known == name) {
                return Err((422, format!("the fake has no list {name:?}; {}", help(name, lists))));
            }
        }
        if let Answers::Always(name) = &self.answers {
            let refusals = contract.refusals.iter().map(|refusal| refusal.name.as_str());
            let known = refusals.chain(contract.answers.iter().map(|answer| answer.name.as_str()));
            if !known.clone().any(|known| known == name) {
                return Err((422, format!("the contract has no refusal or answer {name:?}; {}", help(name, known))));
            }
        }
        if self.delay_ms.is_some_and(|delay| delay > LONGEST_DELAY_MS) {
            return Err((422, format!("delay_ms is at most {LONGEST_DELAY_MS}")));
        }
        for (name, texts) in self.knows {
            state.knowledge.set(name, texts);
        }
        for (name, texts) in self.learns {
            texts.into_iter().for_each(|text| state.knowledge.add(&name, text));
        }
        match self.answers {
            Answers::AsTheyAre => {}
            Answers::AsPromised => state.knowledge.forced = None,
            Answers::Always(name) => state.knowledge.forced = Some(name),
        }
        if let Some(delay) = self.delay_ms {
            state.knowledge.delay = Duration::from_millis(delay);
        }
        state.unreachable = self.unreachable.unwrap_or(state.unreachable);
        Ok(())
    }
}

fn help<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(nearest) => format!("did you mean {nearest:?}?"),
        None => format!("known: {}", known.collect::<Vec<_>>().join(", ")),
    }
}
