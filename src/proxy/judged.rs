//! What a witness makes of an exchange that went through.

use super::content::decoded;
use super::passed::{Caught, Ending, Passed};
use crate::deployment::Unanswered;
use crate::exchange::{Exchange, Headers, Location, Request, Response};
use crate::harness::failed;
use crate::verdict::{Code, Finding, Verdict};
use crate::witness::{Judgement, Witness, Witnessed, mask};
use std::time::Duration;

/// An exchange as a witness can read it: its bodies decoded.
#[derive(Clone, Debug)]
pub struct Readable {
    /// What was sent; without its body where that cannot be read.
    pub request: Request,
    /// What came back, likewise.
    pub response: Option<Response>,
    /// Why the request's body cannot be read.
    pub request_gap: Option<String>,
    /// Why the response's body cannot be read.
    pub response_gap: Option<String>,
    /// When it was sent, in milliseconds since 1970.
    pub sent_ms: i64,
}

impl Readable {
    /// What can be read of an exchange. Its bodies are taken.
    pub fn of(passed: &mut Passed) -> Self {
        let Passed { request, response, request_body, response_body, was_stopped, .. } = passed;
        let (body, request_gap) = readable(&request.headers, request_body, "the deployment did not take all of it");
        let request = Request { body, ..request.clone() };
        let unread = if *was_stopped { "the run ended before it" } else { "the consumer did not take all of it" };
        let mut response_gap = None;
        let response = response.as_ref().map(|(response, _)| {
            let (body, gap) = readable(&response.headers, response_body, unread);
            response_gap = gap;
            Response { body, ..response.clone() }
        });
        Self { request, response, request_gap, response_gap, sent_ms: passed.sent.as_millisecond() }
    }

    /// What a witness is shown. What cannot be read is not judged.
    pub fn witnessed(&self) -> Witnessed<'_> {
        Witnessed {
            request: &self.request,
            response: self.response.as_ref().filter(|_| self.response_gap.is_none()),
            sent_ms: self.sent_ms,
            request_is_cut: self.request_gap.is_some(),
            response_is_cut: false,
        }
    }

    /// The judgement of both sides. `site` is the deployment without its path; one that `is_open` asks for no key.
    /// A consumer that went away before `patience` was over says nothing about the deployment.
    pub fn judged(
        &self,
        witness: &Witness,
        passed: &Passed,
        site: &str,
        is_open: bool,
        patience: Duration,
    ) -> Judgement {
        let mut judgement = witness.judge(&self.witnessed(), &[]);
        // They say less than what stands below.
        judgement.notes.retain(|_| self.request_gap.is_none());
        let what = self.called(witness);
        let gaps = [("request", &self.request_gap), ("response", &self.response_gap)];
        judgement.notes.extend(gaps.into_iter().filter_map(|(message, gap)| {
            let gap = gap.as_ref()?;
            Some(format!("{what}: the {message}'s body is not judged: {gap}"))
        }));
        let is_unseen = passed.is_unseen();
        if is_unseen && passed.duration < patience {
            let seconds = passed.duration.as_secs_f64();
            let who = if passed.was_stopped { "the run ended" } else { "the consumer went away" };
            judgement.notes.push(format!("{what}: {who} after {seconds:.1} s, before an answer came"));
        }
        let failed = unanswered(&judgement, passed, site).filter(|_| !is_unseen || passed.duration >= patience);
        let failed = failed.map(|finding| Finding { actual: witness.redactor.redact(&finding.actual), ..finding });
        completed(judgement, is_open, failed, is_unseen)
    }

    /// Method and path, without keys.
    pub fn called(&self, witness: &Witness) -> String {
        let target = mask::target(&witness.contract, &witness.redactor, &self.request);
        let path = target.split('?').next().unwrap_or_default();
        format!("{} {}", self.request.method, mask::text(path, &mask::keys(&witness.contract, &self.request)))
    }

    /// What may be shown of it: keys are masked.
    pub fn shown(&self, witness: &Witness, passed: &Passed) -> (Request, Option<Exchange>) {
        let request = mask::request(&witness.contract, &witness.redactor, &self.request);
        let exchange = self.response.as_ref().map(|response| Exchange {
            request: request.clone(),
            response: mask::answer(&witness.contract, &witness.redactor, &self.request, response),
            sent_ms: self.sent_ms,
            duration: passed.duration,
            echoes: Vec::new(),
        });
        (request, exchange)
    }
}

/// A judgement with the finding of a call that `failed`, and without those about keys where the deployment `is_open`.
/// Where the answer `is_unseen` and nothing was found, nothing is proven.
pub fn completed(mut judgement: Judgement, is_open: bool, failed: Option<Finding>, is_unseen: bool) -> Judgement {
    if is_open {
        judgement.findings.retain(|finding| !is_about_keys(finding.code));
    }
    judgement.findings.extend(failed);
    if judgement.verdict.is_some() || !judgement.findings.is_empty() {
        let worst = judgement.findings.iter().map(|finding| finding.code.weight()).max();
        judgement.verdict = worst.or((!is_unseen).then_some(Verdict::Kept));
    }
    judgement
}

/// The finding of a call that was not answered to its end, unless it was the consumer or the user who ended it.
fn unanswered(judgement: &Judgement, passed: &Passed, site: &str) -> Option<Finding> {
    let operation = judgement.operation.as_ref();
    let broken = |reason: &String| Unanswered::Broken { url: site.to_owned(), reason: reason.clone() };
    if passed.was_stopped || matches!(passed.request_body.ending, Ending::Broke(_)) {
        return None;
    }
    if let Some(unanswered) = &passed.unanswered {
        return Some(failed(operation, unanswered));
    }
    match (&passed.response, &passed.response_body.ending) {
        (Some(_), Ending::Broke(reason)) => Some(failed(operation, &broken(reason))),
        (Some(_), _) => None,
        (None, _) => {
            let actual = format!("none within {:.1} s: the consumer went away", passed.duration.as_secs_f64());
            let finding = Finding::new(Code::CallFailed, Location::Time, "a response", actual);
            Some(match operation {
                Some(operation) => finding.of(operation),
                None => finding,
            })
        }
    }
}

/// The body, or why it cannot be read. `unread` says so of one that was not taken to its end.
fn readable(headers: &Headers, caught: &mut Caught, unread: &str) -> (Vec<u8>, Option<String>) {
    let body = match &caught.ending {
        _ if caught.is_too_long => Err("it is longer than 8 MiB".to_owned()),
        Ending::Unread => Err(unread.to_owned()),
        Ending::Broke(reason) => Err(format!("it broke off: {reason}")),
        Ending::Whole => decoded(headers, std::mem::take(&mut caught.bytes)),
    };
    match body {
        Ok(body) => (body, None),
        Err(gap) => (Vec::new(), Some(gap)),
    }
}

/// Whether a finding says something of a key that a deployment without keys does not ask for.
fn is_about_keys(code: Code) -> bool {
    matches!(
        code,
        Code::CredentialMissing
            | Code::CredentialMisplaced
            | Code::CredentialMalformed
            | Code::CredentialUnknown
            | Code::CredentialStale
            | Code::SecretUnset
            | Code::RefusalMissing
    )
}
