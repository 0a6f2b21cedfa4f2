//! Sending the forms, one after the other, and saying of each whether the provider does what the contract says.

use super::forms::{Form, Role, Seat};
use super::matrix::{Does, Matrix, Row, Says};
use crate::answer::knowledge::Knowledge;
use crate::answer::played::Manner;
use crate::answer::{self, Provider};
use crate::check::refusal;
use crate::contract::Contract;
use crate::contract::conduct::{Cause, Refusal, Stage};
use crate::contract::operation::Operation;
use crate::contract::scheme::Scheme;
use crate::drift::Drift;
use crate::exchange::{Request, Response};
use crate::harness::{Harness, Unseen};
use crate::name::CredentialName;
use crate::record::DriftRecord;
use crate::verdict::Verdict;
use jiff::Timestamp;
use std::time::Duration;

/// Sends the forms of one contract's credentials.
pub struct Trial<'a> {
    /// The contract at its target.
    pub harness: &'a Harness,
    /// The base URL.
    pub base: String,
    /// Whether a secret may be put into the query where the contract does not put it: queries are logged by design.
    pub allow_query: bool,
    /// How many forms it may still send.
    pub left: usize,
    /// Told how many forms a matrix has, and then of each that was sent.
    pub progress: &'a (dyn Fn(Step) + Sync),
}

/// How far a trial is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many forms will be sent.
    Expected(usize),
    /// One was sent.
    Sent,
}

impl Trial<'_> {
    /// The first of `operations` whose own form the provider either accepts or refuses; else the first.
    pub async fn telling<'o>(&self, operations: &[&'o Operation], name: &CredentialName) -> Option<&'o Operation> {
        if let [_, _, ..] = operations {
            for operation in operations.iter().take(MOST_OPERATIONS) {
                let Some(seat) = seat(self.harness, operation, name) else { continue };
                let Ok(own) = seat.own() else { continue };
                if self.row(&seat, own).await.provider != Does::NotKnown {
                    return Some(operation);
                }
            }
        }
        operations.first().copied()
    }

    /// Tries every form of a credential at an operation.
    pub async fn run(&mut self, operation: &Operation, name: &CredentialName) -> Option<Matrix> {
        let seat = seat(self.harness, operation, name)?;
        let id = Some(operation.id.clone());
        let place = seat.credential.describe();
        let found = match seat.forms() {
            Ok(found) => found,
            Err(refused) => return Some(Matrix::empty(name.clone(), place, id, refused.to_string())),
        };
        let mut notes = found.notes;
        let mut forms = found.forms;
        let needed = forms.iter().filter(|form| form.role.is_needed()).count();
        if forms.len() > self.left {
            let cut = forms.len() - self.left;
            notes.push(format!("{cut} of {} forms were not tried: --most allows no more for a contract", forms.len()));
            forms.truncate(self.left);
        }
        self.left -= forms.len();
        (self.progress)(Step::Expected(forms.len()));
        let mut tried = Vec::new();
        for form in forms {
            let (role, drift) = (form.role, form.drift.clone());
            tried.push(Tried { role, drift, row: self.row(&seat, form).await });
            (self.progress)(Step::Sent);
        }
        let drift = explanation(&tried).map(|drift| DriftRecord {
            code: drift.code.into(),
            sentence: self.harness.redactor.redact(&drift.of_provider()),
            certain: true,
        });
        let is_known =
            tried.iter().filter(|tried| tried.row.agrees.is_some() && tried.role.is_needed()).count() == needed;
        let rows: Vec<Row> = tried.into_iter().map(|tried| tried.row).collect();
        let verdict = match rows.iter().any(|row| row.agrees == Some(false)) {
            true => Verdict::Broken,
            false if is_known => Verdict::Kept,
            false => Verdict::Inconclusive,
        };
        Some(Matrix { credential: name.clone(), place, operation: id, verdict, drift, forms: rows, notes })
    }

    /// Sends a form, and asks the contract what it says of it.
    async fn row(&self, seat: &Seat<'_>, form: Form) -> Row {
        let harness = self.harness;
        let narrowed = harness.contract.only(&seat.operation.id);
        let other = form.drift.as_ref().and_then(|drift| drift.another_contract(&narrowed));
        let other = other.as_ref().unwrap_or(&narrowed);
        if matches!(&seat.credential.scheme, Scheme::Placed(placed) if placed.once) {
            // The same signature would be refused for being the second.
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let deadline = harness.client.deadline();
        let called = harness.probe(&self.base, other, &form.draft, &form.plan, self.allow_query, deadline).await;
        let mut row = Row {
            client: harness.redactor.redact(&form.client),
            code: form.drift.as_ref().map(|drift| drift.code),
            contract: Says::Refused,
            provider: Does::NotKnown,
            status: None,
            refusals: Vec::new(),
            agrees: None,
            reason: None,
        };
        let judged = if let Ok(call) = &called {
            judge(seat, other, &call.request, call.sent_ms)
        } else {
            let unsent = harness.authorise(other, &form.draft, &form.plan, seat.now_ms);
            let request = unsent.map(|unsent| unsent.request).map_err(|refused| refused.to_string());
            request.and_then(|request| judge(seat, other, &request, seat.now_ms))
        };
        let (says, is_of_credential) = match judged {
            Ok(judged) => judged,
            Err(why) => return Row { reason: Some(harness.redactor.redact(&why)), ..row },
        };
        row.contract = says;
        let call = match called {
            Ok(call) => call,
            Err(unseen @ Unseen::Logged) => {
                return Row { reason: Some(format!("not sent: {unseen} (--allow-query sends it)")), ..row };
            }
            Err(unseen) => return Row { reason: Some(harness.redactor.redact(&unseen.to_string())), ..row },
        };
        let status = call.response.status;
        row.status = Some(status);
        (row.provider, row.refusals) = does(&harness.contract, seat.operation, &call.response);
        (row.agrees, row.reason) = match (says, row.provider) {
            (_, Does::NotKnown) => (None, Some(format!("{status} says nothing of a credential"))),
            (Says::Refused, Does::Accepted) if !is_of_credential => {
                (None, Some("the contract refuses it for its body, not for its credential".to_owned()))
            }
            (Says::Accepted, does) => (Some(does == Does::Accepted), None),
            (Says::Refused, does) => (Some(does == Does::Refused), None),
        };
        row
    }
}

fn seat<'a>(harness: &'a Harness, operation: &'a Operation, name: &CredentialName) -> Option<Seat<'a>> {
    let credential = harness.contract.credentials.get(name)?;
    Some(Seat { harness, operation, credential, now_ms: Timestamp::now().as_millisecond() })
}

/// The most operations of which the contract's own form is tried before one is chosen.
const MOST_OPERATIONS: usize = 5;

/// What the contract says of a request, and whether it says it of the credential: a field that the credential brings into the
/// body may be one that the body's schema does not take.
fn judge(seat: &Seat<'_>, other: &Contract, request: &Request, now_ms: i64) -> Result<(Says, bool), String> {
    let (harness, id) = (seat.harness, &seat.operation.id);
    let says = answered(harness, harness.contract.only(id), request, now_ms)?;
    if says == Says::Accepted {
        return Ok((says, true));
    }
    // The body of the other contract takes the field; the credentials are the contract's.
    let mut lenient = other.only(id);
    lenient.credentials.clone_from(&harness.contract.credentials);
    if let Some(operation) = lenient.operations.get_mut(id) {
        operation.security = seat.operation.security.clone();
    }
    Ok((says, answered(harness, lenient, request, now_ms)? == Says::Refused))
}

/// Whether a provider that keeps the contract, and knows what it has to, opens to a request.
fn answered(harness: &Harness, mut contract: Contract, request: &Request, now_ms: i64) -> Result<Says, String> {
    contract.order.retain(|stage| *stage != Stage::Situation);
    let manner = &Manner::default();
    let Harness { vault, server_path, .. } = harness;
    let provider = Provider { contract: &contract, server_path, vault, manner };
    let answer = answer::to(provider, &mut Knowledge::of(&contract), request, now_ms)?;
    Ok(if answer.is_success() { Says::Accepted } else { Says::Refused })
}

/// What the provider does, and which refusals of the contract it is.
fn does(contract: &Contract, operation: &Operation, response: &Response) -> (Does, Vec<String>) {
    let of_credentials = |refusal: &&Refusal| refusal.on.iter().any(|cause| Cause::OF_CREDENTIALS.contains(cause));
    let (promised, others): (Vec<&Refusal>, Vec<&Refusal>) =
        refusal::kept(contract, operation, response).into_iter().partition(of_credentials);
    let is_promised = !promised.is_empty();
    let told = if is_promised { promised } else { others };
    let refusals: Vec<String> = told.into_iter().map(|refusal| refusal.name.to_string()).collect();
    match response.status {
        200..300 => (Does::Accepted, Vec::new()),
        404 | 405 | 500.. => (Does::NotKnown, refusals),
        400 | 401 | 403 | 422 => (Does::Refused, refusals),
        _ if is_promised => (Does::Refused, refusals),
        _ => (Does::NotKnown, refusals),
    }
}

/// A form that was sent.
struct Tried {
    role: Role,
    drift: Option<Drift>,
    row: Row,
}

/// The drift under which everything is right: the contract's own form is refused, and one other opens.
fn explanation(tried: &[Tried]) -> Option<&Drift> {
    let is_refused = |role| tried.iter().any(|tried| tried.role == role && tried.row.provider == Does::Refused);
    let open: Vec<&Tried> = if is_refused(Role::Own) {
        tried.iter().filter(|tried| tried.row.provider == Does::Accepted).collect()
    } else if is_refused(Role::OwnElsewhere) {
        tried.iter().filter(|tried| tried.row.opens_wrongly()).collect()
    } else {
        return None;
    };
    let open: Vec<&Drift> = open.into_iter().map(|tried| tried.drift.as_ref()).collect::<Option<_>>()?;
    // A place that opens alone opens beside the contract's place as well.
    let alone: Vec<&Drift> = open.iter().filter(|drift| drift.code != "credential-doubled").copied().collect();
    match (alone.as_slice(), open.as_slice()) {
        ([drift], _) | ([], [drift]) => Some(drift),
        _ => None,
    }
}
