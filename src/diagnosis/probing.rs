//! Asking the provider: which request, right under a drift, does it accept?

use super::provider::Ranking;
use crate::contract::Contract;
use crate::contract::conduct::{Cause, Refusal};
use crate::contract::document::pointer_token;
use crate::credential::Plan;
use crate::drift::Drift;
use crate::exchange::Response;
use crate::harness::Harness;
use crate::harness::notebook::Call;
use crate::name::{CredentialName, OperationId};
use crate::request::{Draft, Edit};
use serde_json::{Value, json};
use std::time::Duration;

/// Sends requests that would be right under a drift, as many as it may.
#[derive(Debug)]
pub struct Prober<'a> {
    /// The contract at its target.
    pub harness: &'a Harness,
    /// The base URL.
    pub base: String,
    /// Whether a secret may be put into the query where the contract does not put it: queries are logged by design.
    pub allow_query: bool,
    /// How many requests it may still send.
    pub left: usize,
    /// What drifts that were found did, to be tried first elsewhere.
    pub found: Vec<String>,
}

/// What came of trying drifts.
#[derive(Debug, Default)]
pub struct Round {
    /// The calls; an accepted one is the last.
    pub calls: Vec<Call>,
    /// The ids of the drifts that were tried.
    pub tried: Vec<String>,
    /// The ids of those that the provider does not have.
    pub refuted: Vec<String>,
}

impl Round {
    /// Whether the provider accepted a call.
    pub fn is_accepted(&self) -> bool {
        self.calls.last().is_some_and(|call| call.response.is_success())
    }
}

impl Prober<'_> {
    /// Tries the drifts of a ranking in order, but those of the ids in `before`, until the provider accepts a request.
    pub async fn try_each(&mut self, ranking: &Ranking, id: &OperationId, draft: &Draft, before: &[String]) -> Round {
        let mut drifts: Vec<&Drift> = ranking.candidates.iter().map(|candidate| &candidate.drift).collect();
        let may_be_the_body = self.is_refused_for_its_body(id);
        drifts.retain(|drift| !before.contains(&drift.id()));
        drifts.retain(|drift| {
            (drift.changes_a_call() || drift.code == BODY_IGNORED) && (may_be_the_body || !is_of_request(drift))
        });
        // What was found at one operation is likely at the next. What is wrong with a body shows once its call is let in.
        drifts.sort_by_key(|drift| (is_of_request(drift), !self.found.contains(&drift.provider)));
        let of_right = self.harness.notebook.calls(id).into_iter().find(|call| call.is_right);
        let right = of_right.map_or(0, |call| call.response.status);
        let mut round = Round::default();
        for drift in drifts {
            if self.left == 0 {
                break;
            }
            if drift.code == BODY_IGNORED {
                round.tried.push(drift.id());
                if self.looks_at_the_body(id, draft).await {
                    round.refuted.push(drift.id());
                }
                continue;
            }
            let Some(call) = self.ask(drift, id, draft).await else {
                // A signature that cannot be made, such as with a key that is no hexadecimal, is nobody's.
                if drift.code.starts_with("signature-") {
                    round.refuted.push(drift.id());
                }
                round.tried.push(drift.id());
                continue;
            };
            let status = call.response.status;
            round.calls.push(call);
            round.tried.push(drift.id());
            if round.is_accepted() {
                self.found.push(drift.provider.clone());
                break;
            }
            // A refusal of another kind is a step further: something else stands behind the drift. And that a method is
            // another one is told by `Allow`.
            let is_further = drift.code.starts_with("credential-") && (400..500).contains(&status) && status != right;
            if !is_further && drift.code != METHOD_CHANGED {
                round.refuted.push(drift.id());
            }
        }
        round
    }

    /// The call that a provider with the drift takes; nothing where it is the contract's own, or must not be sent.
    async fn ask(&mut self, drift: &Drift, id: &OperationId, draft: &Draft) -> Option<Call> {
        let asked = if is_of_request(drift) { edited(draft, &drift.asks)? } else { draft.clone() };
        let contract = self.harness.contract.clone();
        match drift.another_contract(&contract) {
            Some(other) => self.send(&other, id, &asked).await,
            None if !drift.asks.is_empty() => self.send(&contract, id, &asked).await,
            None => None,
        }
    }

    /// Whether an empty object for a body is answered otherwise than the contract's own call is, or nothing else says
    /// that the body is missing: on its way only that of a DELETE or a GET gets lost.
    async fn looks_at_the_body(&mut self, id: &OperationId, draft: &Draft) -> bool {
        let (contract, empty) = (self.harness.contract.clone(), Edit::SetField(String::new(), json!({})));
        let Some(empty) = edited(draft, &[empty]) else { return false };
        let Some(other) = self.send(&contract, id, &empty).await else { return false };
        let loses = ["DELETE", "GET", "HEAD"].contains(&other.request.method.as_str());
        let of_fastapi = other.response.json().and_then(|body| body.pointer("/detail/0/loc").cloned());
        let calls = self.harness.notebook.calls(id);
        let mut right = calls.iter().filter(|call| call.is_right).map(|call| &call.response);
        let is_same = |right: &Response| (right.status, &right.body) == (other.response.status, &other.response.body);
        !(right.any(is_same) && (loses || of_fastapi == Some(json!(["body"]))))
    }

    /// Whether the contract's own call was refused as one whose parameters or body are wrong.
    fn is_refused_for_its_body(&self, id: &OperationId) -> bool {
        let contract = &self.harness.contract;
        let of_body = |refusal: &Refusal| {
            refusal.applies_to(Some(id))
                && [Cause::Body, Cause::Parameters].iter().any(|cause| refusal.on.contains(cause))
        };
        let wanted: Vec<u16> =
            contract.refusals.iter().filter(|refusal| of_body(refusal)).map(|refusal| refusal.status).collect();
        let calls = self.harness.notebook.calls(id);
        calls.iter().filter(|call| call.is_right).any(|call| {
            let status = call.response.status;
            [400, 422].contains(&status) || wanted.contains(&status)
        })
    }

    /// The call of `draft` as a provider that keeps `other` wants it; nothing where it must not or cannot be sent.
    async fn send(&mut self, other: &Contract, id: &OperationId, draft: &Draft) -> Option<Call> {
        let operation = other.operations.get(id)?;
        let draft = Draft {
            method: operation.method.clone(),
            path: operation.template.as_str().to_owned(),
            altered: false,
            ..draft.clone()
        };
        let plan = Plan { credential: drifted(operation.security.credentials()), ..Plan::default() };
        self.left -= 1;
        self.harness.probe(&self.base, other, &draft, &plan, self.allow_query, DEADLINE).await.ok()
    }
}

/// The code of the drift that a 405 tells of by itself.
const METHOD_CHANGED: &str = crate::drift::route::method_changed::KIND.code;
/// The code of the drift under which no body is right.
const BODY_IGNORED: &str = crate::drift::request::body_ignored::KIND.code;

fn is_of_request(drift: &Drift) -> bool {
    drift.code.starts_with("request-")
}

/// A draft with another body; nothing where the edits cannot be made, or change nothing.
fn edited(draft: &Draft, edits: &[Edit]) -> Option<Draft> {
    let mut edited = draft.clone();
    let body = edited.body_value_mut()?;
    for edit in edits {
        for edit in everywhere(edit, body) {
            edit.apply_to(body).ok()?;
        }
    }
    (edited.body != draft.body).then_some(edited)
}

/// The edit at every place of a body to which its pointer leads.
fn everywhere(edit: &Edit, body: &Value) -> Vec<Edit> {
    let at = |pointer: &str| match edit {
        Edit::SetField(_, value) => Some(Edit::SetField(pointer.to_owned(), value.clone())),
        Edit::RenameField(_, name) => Some(Edit::RenameField(pointer.to_owned(), name.clone())),
        Edit::RetypeField(_, kind) => Some(Edit::RetypeField(pointer.to_owned(), kind.clone())),
        Edit::DropField(_) => Some(Edit::DropField(pointer.to_owned())),
        Edit::SetHeader(..) | Edit::DropHeader(_) => None,
    };
    let pointers = edit.touches_body().map(|pointer| places(pointer, body)).unwrap_or_default();
    pointers.iter().filter_map(|pointer| at(pointer)).collect()
}

/// The places to which a pointer leads in which `*` stands for every item of an array and every value of an object.
fn places(pointer: &str, body: &Value) -> Vec<String> {
    let Some((before, after)) =
        pointer.split_once("/*").filter(|(_, after)| after.is_empty() || after.starts_with('/'))
    else {
        return vec![pointer.to_owned()];
    };
    let tokens: Vec<String> = match body.pointer(before) {
        Some(Value::Array(items)) => (0..items.len()).map(|index| index.to_string()).collect(),
        Some(Value::Object(object)) => object.keys().map(|key| pointer_token(key)).collect(),
        _ => Vec::new(),
    };
    tokens.iter().flat_map(|token| places(&format!("{before}/{token}{after}"), body)).collect()
}

/// A probe that takes longer says nothing.
const DEADLINE: Duration = Duration::from_secs(5);

/// The credential that a drift put in.
fn drifted(names: Vec<&CredentialName>) -> Option<CredentialName> {
    names.into_iter().find(|name| name.as_str().ends_with('\'')).cloned()
}
