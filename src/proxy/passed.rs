//! Exchanges that went through, on their way to the judge: in a queue that holds up new ones before it grows too long.

use crate::deployment::Unanswered;
use crate::exchange::{Request, Response};
use http::Version;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};

/// Whose body it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The consumer's.
    Request,
    /// The deployment's.
    Response,
}

/// How much may wait for the judge before a new exchange has to wait too, in bytes.
const MOST_WAITING: usize = 64 * 1024 * 1024;
/// What an exchange without bodies counts as.
const LEAST: usize = 16 * 1024;

/// An exchange that is over.
#[derive(Debug)]
pub struct Passed {
    /// The number of the proxy through which it went.
    pub number: usize,
    /// When its request came.
    pub sent: Timestamp,
    /// From then to the end of both bodies.
    pub duration: Duration,
    /// What the consumer sent, without its body.
    pub request: Request,
    /// In which version of HTTP it sent it.
    pub version: Version,
    /// What the deployment answered, if it did, without its body.
    pub response: Option<(Response, Version)>,
    /// The request's body.
    pub request_body: Caught,
    /// The response's body.
    pub response_body: Caught,
    /// Why no answer came.
    pub unanswered: Option<Unanswered>,
    /// Whether the proxy's own end cut it off.
    pub was_stopped: bool,
}

/// What was kept of a body.
#[derive(Debug, Default)]
pub struct Caught {
    /// Its bytes as they passed; none where it is too long.
    pub bytes: Vec<u8>,
    /// Whether it was too long to be kept.
    pub is_too_long: bool,
    /// How it ended.
    pub ending: Ending,
}

/// How a body ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// Whoever it was for did not take it to its end.
    #[default]
    Unread,
    /// With its last byte.
    Whole,
    /// Whoever sent it broke off: what the network said.
    Broke(String),
}

impl Passed {
    /// Whether nobody waited for its answer.
    pub fn is_unseen(&self) -> bool {
        self.response.is_none() && self.unanswered.is_none()
    }

    fn weight(&self) -> usize {
        LEAST + self.request_body.bytes.len() + self.response_body.bytes.len()
    }
}

/// Where exchanges that are over wait for the judge.
#[derive(Clone, Debug)]
pub struct Queue {
    sender: mpsc::UnboundedSender<Passed>,
    waiting: Arc<watch::Sender<usize>>,
    stop: watch::Receiver<bool>,
}

/// The judge's end of the queue.
#[derive(Debug)]
pub struct Inbox {
    receiver: mpsc::UnboundedReceiver<Passed>,
    waiting: Arc<watch::Sender<usize>>,
}

/// Both ends of a queue; `stop` holds `true` when the proxy ends.
pub fn queue(stop: watch::Receiver<bool>) -> (Queue, Inbox) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let waiting = Arc::new(watch::Sender::new(0));
    (Queue { sender, waiting: waiting.clone(), stop }, Inbox { receiver, waiting })
}

impl Queue {
    /// Waits until the judge has caught up.
    pub async fn has_room(&self) {
        if *self.waiting.borrow() >= MOST_WAITING {
            drop(self.waiting.subscribe().wait_for(|waiting| *waiting < MOST_WAITING).await);
        }
    }

    fn push(&self, passed: Passed) {
        let weight = passed.weight();
        self.waiting.send_modify(|waiting| *waiting += weight);
        // Without a judge nobody waits for room.
        drop(self.sender.send(passed));
    }
}

impl Inbox {
    /// Waits for the next exchange; `None` when no more can come. Not to be called by a task.
    pub fn wait(&mut self) -> Option<Passed> {
        let passed = self.receiver.blocking_recv()?;
        let weight = passed.weight();
        self.waiting.send_modify(|waiting| *waiting -= weight);
        Some(passed)
    }
}

/// An exchange that is not over: it is when nobody holds it any more, neither a body nor whoever waits for the answer.
#[derive(Debug)]
pub struct UnderWay {
    passed: Mutex<Option<Passed>>,
    began: Instant,
    queue: Queue,
}

impl UnderWay {
    /// A request that came through the proxy of this `number`.
    pub fn begin(number: usize, queue: &Queue, request: Request, version: Version) -> Arc<Self> {
        let passed = Passed {
            number,
            sent: Timestamp::now(),
            duration: Duration::ZERO,
            request,
            version,
            response: None,
            request_body: Caught::default(),
            response_body: Caught::default(),
            unanswered: None,
            was_stopped: false,
        };
        Arc::new(Self { passed: Mutex::new(Some(passed)), began: Instant::now(), queue: queue.clone() })
    }

    /// Its answer has begun.
    pub fn answered(&self, response: Response, version: Version) {
        self.note(|passed| passed.response = Some((response, version)));
    }

    /// No answer comes.
    pub fn failed(&self, unanswered: Unanswered) {
        self.note(|passed| passed.unanswered = Some(unanswered));
    }

    /// A body has ended.
    pub fn ended(&self, side: Side, caught: Caught) {
        self.note(|passed| match side {
            Side::Request => passed.request_body = caught,
            Side::Response => passed.response_body = caught,
        });
    }

    fn note(&self, note: impl FnOnce(&mut Passed)) {
        if let Some(passed) = self.passed.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            note(passed);
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let passed = self.passed.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(passed) = passed {
            let (duration, was_stopped) = (self.began.elapsed(), *self.queue.stop.borrow());
            self.queue.push(Passed { duration, was_stopped, ..passed });
        }
    }
}
