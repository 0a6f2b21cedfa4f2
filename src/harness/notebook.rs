//! What a run saw of each operation: the exchanges that a diagnosis reasons from.

use super::{Outcome, Wire};
use crate::exchange::{Request, Response};
use crate::name::OperationId;
use crate::request::Draft;
use crate::verdict::Finding;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// An exchange with its secrets; it does not show them.
#[derive(Clone)]
pub struct Call {
    /// The operation that was called; for a request that reached none, the nearest.
    pub operation: OperationId,
    /// What was sent, as it stood on the wire.
    pub request: Request,
    /// When it was sent, in milliseconds since 1970.
    pub sent_ms: i64,
    /// What came back, redacted.
    pub response: Response,
    /// Whether the call was the contract's own example with the right credential.
    pub is_right: bool,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({} → {})", self.operation, self.response.status)
    }
}

impl Call {
    /// What a call showed; nothing where nobody answered, or where the bytes were no request.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let (Wire::Request(request), Ok(exchange)) = (&outcome.wire, &outcome.exchange) else { return None };
        Some(Self {
            operation: outcome.nearest.clone()?,
            request: request.clone(),
            sent_ms: exchange.sent_ms,
            response: exchange.response.clone(),
            is_right: outcome.is_right,
        })
    }
}

/// A finding's place among the records of a run, with the exchange that it stands on.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The scenario's file.
    pub file: String,
    /// The scenario's line.
    pub line: usize,
    /// The number of the finding within the scenario.
    pub index: usize,
    /// The finding.
    pub finding: Finding,
    /// The call.
    pub call: Call,
}

/// What a run saw, shared by all clones.
#[derive(Clone, Debug, Default)]
pub struct Notebook {
    pages: Arc<Mutex<Pages>>,
}

#[derive(Debug, Default)]
struct Pages {
    calls: Vec<Call>,
    drafts: Vec<(OperationId, Draft)>,
    failures: Vec<Failure>,
}

/// More calls of one operation that differ only in their credential say no more.
const MOST_CALLS: usize = 100;
/// More failures have no more causes.
const MOST_FAILURES: usize = 500;

impl Notebook {
    /// Notes a call of the contract's own example, whatever its credential was.
    pub fn note(&self, draft: &Draft, outcome: &Outcome) {
        let Some(call) = Call::of(outcome) else { return };
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.calls.iter().filter(|known| known.operation == call.operation).count() < MOST_CALLS {
            pages.calls.push(call);
        }
        if let Some(id) = &draft.operation
            && !pages.drafts.iter().any(|(known, _)| known == id)
        {
            pages.drafts.push((id.clone(), draft.clone()));
        }
    }

    /// Notes the exchange on which a finding stands.
    pub fn note_failure(&self, failure: Failure) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.failures.len() < MOST_FAILURES {
            pages.failures.push(failure);
        }
    }

    /// The calls of an operation that differ only in their credential.
    pub fn calls(&self, id: &OperationId) -> Vec<Call> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.calls.iter().filter(|call| call.operation == *id).cloned().collect()
    }

    /// The call of an operation's own example, before its credential was placed.
    pub fn draft(&self, id: &OperationId) -> Option<Draft> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.drafts.iter().find(|(known, _)| known == id).map(|(_, draft)| draft.clone())
    }

    /// The findings with the exchanges that they stand on.
    pub fn failures(&self) -> Vec<Failure> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).failures.clone()
    }
}
