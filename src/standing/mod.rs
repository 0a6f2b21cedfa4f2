//! A fake that stands for as long as it is wanted: a consumer develops or tests against it, and every request is judged.

pub mod control;
pub mod sessions;

use crate::answer::knowledge::Knowledge;
use crate::answer::played::Played;
use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::contract::scheme::Scheme;
use crate::exchange::{Exchange, Headers, Request, Response};
use crate::fake::Player;
use crate::listener::{Unreadable, received, sent};
use crate::name::OperationId;
use crate::record::FindingRecord;
use crate::report::finding::headline;
use crate::verdict::Verdict;
use crate::witness::tally::{Noted, Tally};
use crate::witness::{Judgement, Witness, Witnessed, mask};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use jiff::Timestamp;
use sessions::{SESSION, Session, Sessions};
use std::collections::HashSet;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::task::block_in_place;

/// The response header in which a finding is told to the developer who asks for it.
pub const FINDING: &str = "X-Counterpart-Finding";
/// The longest text in that header, in characters.
const LONGEST: usize = 1_000;
/// The status of the answer to a body that is too large to be read.
const TOO_LARGE: http::StatusCode = http::StatusCode::PAYLOAD_TOO_LARGE;

/// Is told of every exchange.
pub type Observer = dyn Fn(&Standing, &Observed<'_>) + Send + Sync;

/// One contract's fake, with the judge of what it is sent.
pub struct Standing {
    /// The judge.
    pub witness: Witness,
    /// What it knows, by session.
    pub sessions: Sessions,
    player: Player,
    /// The operations whose answers teach the fake something.
    learning: HashSet<OperationId>,
    /// Whether a finding is told in a response header.
    explains: bool,
    tally: Mutex<Tally>,
    observer: Box<Observer>,
    /// Who notes what was answered, where nobody waits for the explanation.
    clerk: Mutex<Option<Clerk>>,
}

/// A thread that notes exchanges in the order of their answers.
struct Clerk {
    answered: SyncSender<Answered>,
    thread: JoinHandle<()>,
}

/// How many exchanges may wait to be noted before the next answer waits too.
const WAITING: usize = 1_000;

/// A request with its answer, judged.
struct Answered {
    request: Request,
    judgement: Judgement,
    /// `None` where the fake played one that cannot be reached.
    response: Option<(Response, Duration)>,
    sent_ms: i64,
}

/// An exchange that just ended.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// What was sent; it may hold secrets.
    pub request: &'a Request,
    /// The status of the answer; `None` where the fake played one that cannot be reached.
    pub status: Option<u16>,
    /// What is said of the request.
    pub judgement: &'a Judgement,
    /// Its findings.
    pub noted: &'a [Noted],
}

/// The provider is played as one that cannot be reached: the connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("no answer, as the fake was told")]
pub struct Unreachable;

impl Standing {
    /// A fake that nobody has called yet.
    pub fn new(witness: Witness, explains: bool, observer: Box<Observer>) -> Self {
        let player = Player {
            played: Played::faithful(witness.contract.clone()),
            server_path: witness.server_path.clone(),
            vault: witness.vault.clone(),
        };
        let sessions = Sessions::new(Knowledge::of(&witness.contract));
        let learning = learning(&witness.contract);
        Self {
            witness,
            sessions,
            player,
            learning,
            explains,
            tally: Mutex::default(),
            observer,
            clerk: Mutex::default(),
        }
    }

    /// From now on answers do not wait until they are noted: an explanation may take longer than a client waits.
    pub fn note_later(self: &Arc<Self>) {
        let (answered, waiting) = sync_channel::<Answered>(WAITING);
        let fake = self.clone();
        let thread = std::thread::spawn(move || waiting.into_iter().for_each(|answered| drop(fake.note(&answered))));
        *self.clerk() = Some(Clerk { answered, thread });
    }

    /// Returns when all that was answered is noted.
    pub fn finish(&self) {
        if let Some(Clerk { answered, thread }) = self.clerk().take() {
            drop(answered);
            drop(thread.join());
        }
    }

    fn clerk(&self) -> MutexGuard<'_, Option<Clerk>> {
        self.clerk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What its calls came to so far; it begins anew.
    pub fn take_tally(&self) -> Tally {
        std::mem::take(&mut *self.tally.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Answers a request off the wire, after the time that the fake takes for it.
    ///
    /// # Errors
    /// The connection is to be closed: the client went away, or the fake plays one that cannot be reached.
    pub async fn serve(&self, request: hyper::Request<Incoming>) -> Result<hyper::Response<Full<Bytes>>, Unreachable> {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let request = match received(request).await {
            Ok(request) => request,
            Err(why) => {
                self.note_unread(&method, &uri, &why);
                return refused_unread(&why);
            }
        };
        let (response, delay) = self.answer(request)?;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        Ok(sent(response))
    }

    /// Notes a request that could not be read whole: nothing can be said of it.
    fn note_unread(&self, method: &http::Method, uri: &http::Uri, why: &Unreadable) {
        let request = Request {
            method: method.as_str().to_owned(),
            path: uri.path().to_owned(),
            query: uri.query().map(str::to_owned),
            headers: Headers::default(),
            body: Vec::new(),
        };
        let judgement = Judgement { notes: vec![why.to_string()], ..Judgement::default() };
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).note(&judgement, || None, Vec::new);
        let status = matches!(why, Unreadable::TooLarge).then_some(TOO_LARGE.as_u16());
        (self.observer)(self, &Observed { request: &request, status, judgement: &judgement, noted: &[] });
    }

    /// Judges a request and answers it; it is noted now or later.
    fn answer(&self, mut request: Request) -> Result<(Response, Duration), Unreachable> {
        let session = self.sessions.of(request.headers.get(SESSION));
        request.headers.remove(SESSION);
        let sent_ms = Timestamp::now().as_millisecond();
        let seen =
            Witnessed { request: &request, response: None, sent_ms, request_is_cut: false, response_is_cut: false };
        let further = session.state().knowledge.list("keys").to_vec();
        let judgement = self.witness.judge(&seen, &further);
        let answered = self.played(&session, judgement.operation.as_ref(), &request);
        // What departs in no way is counted at once.
        let departs = !judgement.findings.is_empty();
        let clerk = || self.clerk().as_ref().map(|clerk| clerk.answered.clone());
        if let Some(clerk) = departs.then(clerk).flatten() {
            let answer = answered.clone().ok_or(Unreachable);
            let answered = Answered { request, judgement, response: answered, sent_ms };
            // The clerk ends with the last sender.
            block_in_place(|| drop(clerk.send(answered)));
            return answer;
        }
        let answered = Answered { request, judgement, response: answered, sent_ms };
        let noted = self.note(&answered);
        let (mut response, delay) = answered.response.ok_or(Unreachable)?;
        if self.explains
            && let Some(worst) =
                noted.iter().rev().map(|noted| &noted.finding).max_by_key(|finding| finding.code.weight())
        {
            response.headers.set(FINDING, in_a_header(worst));
        }
        Ok((response, delay))
    }

    /// What the fake answers, and after what time; nothing where it plays one that cannot be reached.
    fn played(
        &self,
        session: &Session,
        operation: Option<&OperationId>,
        request: &Request,
    ) -> Option<(Response, Duration)> {
        let mut state = session.state();
        if state.unreachable {
            return None;
        }
        if state.knowledge.forced.is_some() || operation.is_some_and(|id| self.learning.contains(id)) {
            return Some(self.player.answer(&mut state.knowledge, request));
        }
        // Where nothing is learnt, others are answered meanwhile.
        let mut knowledge = state.knowledge.snapshot();
        drop(state);
        Some(self.player.answer(&mut knowledge, request))
    }

    /// Counts an exchange with what explains it, and tells the observer.
    fn note(&self, answered: &Answered) -> Vec<Noted> {
        let Answered { request, judgement, response, sent_ms } = answered;
        let sent_ms = *sent_ms;
        let seen = Witnessed { request, response: None, sent_ms, request_is_cut: false, response_is_cut: false };
        let exchange = || {
            let (response, delay) = response.as_ref()?;
            Some(Exchange {
                request: mask::request(&self.witness.contract, &self.witness.redactor, request),
                response: mask::answer(&self.witness.contract, &self.witness.redactor, request, response),
                sent_ms,
                duration: *delay,
                echoes: Vec::new(),
            })
        };
        let tally = || self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let asks = !judgement.findings.is_empty() && tally().asks(judgement);
        // An explanation takes its time: others are answered meanwhile.
        let explained = if asks { block_in_place(|| self.witness.explain(&seen)) } else { Vec::new() };
        let noted = tally().note(judgement, exchange, || explained);
        let status = response.as_ref().map(|(response, _)| response.status);
        (self.observer)(self, &Observed { request, status, judgement, noted: &noted });
        noted
    }
}

impl std::fmt::Debug for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Standing({})", self.witness.contract.name)
    }
}

/// The answer to a request that could not be read whole.
fn refused_unread(why: &Unreadable) -> Result<hyper::Response<Full<Bytes>>, Unreachable> {
    match why {
        Unreadable::BrokenOff => Err(Unreachable),
        Unreadable::TooLarge => {
            let mut response = hyper::Response::new(Full::default());
            *response.status_mut() = TOO_LARGE;
            Ok(response)
        }
    }
}

/// The operations of which an answer teaches something, or whose credential opens once only.
fn learning(contract: &Contract) -> HashSet<OperationId> {
    let learns = contract.answers.iter().filter(|answer| !answer.learns.is_empty());
    let opens_once = |operation: &&Operation| {
        let names = operation.security.credentials().into_iter();
        let schemes = names.filter_map(|name| contract.credentials.get(name)).map(|credential| &credential.scheme);
        schemes.into_iter().any(|scheme| matches!(scheme, Scheme::Placed(placed) if placed.once))
    };
    let once = contract.operations.values().filter(opens_once).map(|operation| operation.id.clone());
    learns.flat_map(|answer| answer.operations.clone()).chain(once).collect()
}

/// A finding in one line of printable ASCII (RFC 9110, section 5.5).
fn in_a_header(finding: &FindingRecord) -> String {
    let drift = finding.drift.as_ref().map(|drift| format!("; {}: {}", drift.code, drift.sentence));
    let text = format!("{}: {}{}", finding.code, headline(finding), drift.unwrap_or_default());
    let ascii = text.chars().take(LONGEST).map(|character| match character {
        '…' => "...".to_owned(),
        '→' => "->".to_owned(),
        ' '..='~' => character.to_string(),
        _ => "?".to_owned(),
    });
    ascii.collect()
}

/// Whether a judgement departs from the contract.
pub fn departs(judgement: &Judgement) -> bool {
    judgement.verdict.is_some_and(|verdict| verdict >= Verdict::Broken)
}
