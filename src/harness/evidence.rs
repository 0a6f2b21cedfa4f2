//! What a call shows of an operation: its protection, and what the provider's published document is held against.

use super::{Harness, Outcome};
use crate::check::refusal;
use crate::contract::conduct::Cause;
use crate::credential::{Plan, State};
use crate::published::seen::{Circumstances, Sent};
use crate::record::Protection;
use crate::request::Draft;
use std::sync::PoisonError;

impl Harness {
    pub(super) fn note_protection(&self, draft: &Draft, plan: &Plan, outcome: &Outcome) {
        let Some(operation) = draft.operation.as_ref().and_then(|id| self.contract.operations.get(id)) else { return };
        if !operation.security.is_required() || self.open {
            return;
        }
        let mut protections = self.protections.lock().unwrap_or_else(PoisonError::into_inner);
        let protection = protections.entry(operation.id.clone()).or_insert_with(|| Protection {
            operation: operation.id.clone(),
            accepted: false,
            refused_without: false,
            refused_wrong: false,
        });
        let Ok(exchange) = &outcome.exchange else { return };
        let refused = |cause| refusal::check_cause(&self.contract, cause, operation, &exchange.response).is_empty();
        let only_state = Plan { state: State::Valid, credential: None, party: None, ..plan.clone() }.is_right()
            && draft.late_edits.is_empty();
        match plan.state {
            State::Valid if only_state => protection.accepted |= exchange.response.is_success(),
            State::Missing if !draft.altered && plan.member.is_none() => {
                protection.refused_without |= refused(Cause::Missing);
            }
            State::Unknown if only_state && !draft.altered => protection.refused_wrong |= refused(Cause::Unknown),
            _ => {}
        }
    }

    pub(super) fn note_seen(&self, draft: &Draft, plan: &Plan, outcome: &Outcome) {
        let operation = draft.operation.as_ref().and_then(|id| self.contract.operations.get(id));
        let (Some(operation), Ok(exchange)) = (operation, &outcome.exchange) else { return };
        let as_meant = draft.late_edits.is_empty();
        let refused = |cause| refusal::check_cause(&self.contract, cause, operation, &exchange.response).is_empty();
        let only_placed = Plan { places: Vec::new(), ..plan.clone() }.is_right() && as_meant;
        let sent = match plan.places.as_slice() {
            [] if plan.is_right() && plan.party.is_none() && as_meant => Sent::Right,
            [] if plan.state == State::Missing && as_meant => Sent::Without,
            [place] if !place.also && only_placed => Sent::Elsewhere(&place.location),
            _ => Sent::Other,
        };
        let unknown = refused(Cause::Unknown) && !refused(Cause::Missing);
        let circumstances = Circumstances { sent, as_promised: !draft.altered, unknown };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.entry(operation.id.clone()).or_default().note(operation, circumstances, exchange);
    }
}
