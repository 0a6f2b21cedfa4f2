//! Asking the provider: which request, right under a drift, does it accept?

use super::provider::Ranking;
use crate::contract::Contract;
use crate::credential::Plan;
use crate::drift::Drift;
use crate::harness::Harness;
use crate::harness::notebook::Call;
use crate::name::{CredentialName, OperationId};
use crate::request::Draft;
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

impl Prober<'_> {
    /// Tries the drifts of a ranking in order until the provider accepts a request: what came of each, and the ids of
    /// those whose request was not accepted.
    pub async fn try_each(&mut self, ranking: &Ranking, id: &OperationId, draft: &Draft) -> (Vec<Call>, Vec<String>) {
        let mut drifts: Vec<&Drift> = ranking.candidates.iter().map(|candidate| &candidate.drift).collect();
        // What was found at one operation is likely at the next.
        drifts.sort_by_key(|drift| !self.found.contains(&drift.provider));
        let (mut calls, mut refuted) = (Vec::new(), Vec::new());
        for drift in drifts.into_iter().filter(|drift| drift.changes_a_call()) {
            if self.left == 0 {
                break;
            }
            let Some(other) = drift.another_contract(&self.harness.contract) else { continue };
            let Some(call) = self.send(&other, id, draft).await else { continue };
            let accepted = (200..300).contains(&call.response.status);
            calls.push(call);
            if accepted {
                self.found.push(drift.provider.clone());
                break;
            }
            refuted.push(drift.id());
        }
        (calls, refuted)
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
        self.harness.probe(&self.base, other, &draft, &plan, self.allow_query, DEADLINE).await
    }
}

/// A probe that takes longer says nothing.
const DEADLINE: Duration = Duration::from_secs(5);

/// The credential that a drift put in.
fn drifted(names: Vec<&CredentialName>) -> Option<CredentialName> {
    names.into_iter().find(|name| name.as_str().ends_with('\'')).cloned()
}
