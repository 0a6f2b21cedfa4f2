//! The calls that show an operation's protection, made one after another.

use super::{Harness, Outcome, failed};
use crate::check;
use crate::check::refusal;
use crate::contract::conduct::Cause;
use crate::contract::operation::Operation;
use crate::credential::{Plan, Refused, State};
use crate::exchange::Location;
use crate::request::Draft;
use crate::verdict::{Code, Finding};

/// One of the calls that show an operation's protection, and what it found.
#[derive(Clone, Debug)]
pub struct Proof {
    /// What it found.
    pub findings: Vec<Finding>,
    /// What came of it.
    pub outcome: Outcome,
}

impl Harness {
    /// Shows an operation's protection: without a credential, with a wrong one for each alternative, with the right one of
    /// the first. Every response is judged against the contract too.
    ///
    /// # Errors
    /// A call cannot be made as planned.
    pub async fn prove(&self, base: &str, draft: &Draft) -> Result<Vec<Proof>, Refused> {
        let Some(operation) = draft.operation.as_ref().and_then(|id| self.contract.operations.get(id)) else {
            return Err(Refused::Impossible("only an operation has a protection".to_owned()));
        };
        if !operation.security.is_required() {
            return Err(Refused::Impossible(format!("{} asks for no credential", operation.id)));
        }
        let draft = Draft { altered: false, ..draft.clone() };
        // The only one needs no name.
        let alternatives: Vec<Option<_>> = match operation.security.alternatives.as_slice() {
            [_] => vec![None],
            several => several.iter().map(|set| set.first().cloned()).collect(),
        };
        let without = Plan { state: State::Missing, ..Plan::default() };
        let mut refusals = vec![self.expect_refusal(base, &draft, operation, &without, Cause::Missing).await?];
        for credential in &alternatives {
            let wrong = Plan { state: State::Unknown, credential: credential.clone(), ..Plan::default() };
            refusals.push(self.expect_refusal(base, &draft, operation, &wrong, Cause::Unknown).await?);
        }
        // The right one comes last, and once only: it may write.
        let right = Plan { credential: alternatives.into_iter().next().flatten(), ..Plan::default() };
        let outcome = self.call(base, &draft, &right, None).await?;
        // It is told first: where the right credential is refused, the refusals of others say little.
        let mut proofs = vec![Proof { findings: acceptance(operation, &outcome).into_iter().collect(), outcome }];
        proofs.extend(refusals);
        for Proof { findings, outcome } in &mut proofs {
            findings.extend(outcome.response_findings.iter().cloned());
        }
        Ok(proofs)
    }

    async fn expect_refusal(
        &self,
        base: &str,
        draft: &Draft,
        operation: &Operation,
        plan: &Plan,
        cause: Cause,
    ) -> Result<Proof, Refused> {
        let outcome = self.call(base, draft, plan, None).await?;
        let findings = match &outcome.exchange {
            Ok(exchange) => refusal::check_cause(&self.contract, cause, operation, &exchange.response),
            Err(unanswered) => vec![failed(Some(&operation.id), unanswered)],
        };
        Ok(Proof {
            findings: findings.into_iter().map(|finding| outcome.naming_credential(finding)).collect(),
            outcome,
        })
    }
}

/// What is wrong with the response to a right credential.
fn acceptance(operation: &Operation, outcome: &Outcome) -> Option<Finding> {
    let exchange = match &outcome.exchange {
        Ok(exchange) => exchange,
        Err(unanswered) => return Some(failed(Some(&operation.id), unanswered)),
    };
    let status = exchange.response.status;
    let code = match status {
        200..300 => return None,
        401 | 403 => Code::AcceptanceMissing,
        _ => Code::ProtectionUnproven,
    };
    let actual = format!("{status} {}", check::response_status::excerpt(&exchange.response.body));
    let expected = operation.success().unwrap_or(200).to_string();
    let finding = Finding::new(code, Location::Status, expected, actual.trim());
    Some(outcome.naming_credential(finding.of(&operation.id).at(operation.place.clone())))
}
