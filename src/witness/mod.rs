//! The judge of exchanges that others made: a consumer's at a fake, those on the way through a proxy, recorded ones.

pub mod mask;
pub mod reach;
pub mod signatures;
pub mod tally;

use crate::check::{self, refusal};
use crate::contract::conduct::Cause;
use crate::contract::operation::Operation;
use crate::contract::{Contract, Route};
use crate::credential::verify::Keys;
use crate::diagnosis::{self, Explanation};
use crate::exchange::{Location, Request, Response};
use crate::harness::echo;
use crate::name::{OperationId, SecretName};
use crate::secret::{Redactor, Vault};
use crate::verdict::{Code, Finding, Verdict};
use signatures::Signatures;
use std::sync::Arc;

/// What exchanges of one contract are judged by.
#[derive(Debug)]
pub struct Witness {
    /// The contract.
    pub contract: Arc<Contract>,
    /// The path under which the provider serves it.
    pub server_path: String,
    /// The secrets that are right.
    pub vault: Arc<Vault>,
    /// Takes them out of everything that is said.
    pub redactor: Arc<Redactor>,
    /// What was signed before.
    pub signatures: Signatures,
}

/// An exchange that somebody else made, as it stood on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Witnessed<'a> {
    /// What was sent, without the deployment's own prefix.
    pub request: &'a Request,
    /// What came back; `None` where nothing did, or where it is not to be judged.
    pub response: Option<&'a Response>,
    /// When it was sent, in milliseconds since 1970.
    pub sent_ms: i64,
    /// Whether the request's body is only its beginning.
    pub request_is_cut: bool,
    /// Whether the response's body is only its beginning.
    pub response_is_cut: bool,
}

/// What is said of an exchange, without a secret.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The operation that the request reached.
    pub operation: Option<OperationId>,
    /// How it departs from the contract.
    pub findings: Vec<Finding>,
    /// The worst of them; `None` where nothing could be judged.
    pub verdict: Option<Verdict>,
    /// What else has to be said, such as why it could not be judged.
    pub notes: Vec<String>,
}

impl Judgement {
    /// Whether a drift may explain it. Without the secret one could only be guessed.
    pub fn is_explicable(&self) -> bool {
        self.verdict == Some(Verdict::Broken) && self.findings.iter().all(|finding| finding.code != Code::SecretUnset)
    }
}

impl Witness {
    /// A witness who has seen nothing yet.
    pub fn new(contract: Arc<Contract>, server_path: String, vault: Arc<Vault>, redactor: Arc<Redactor>) -> Self {
        Self { contract, server_path, vault, redactor, signatures: Signatures::default() }
    }

    /// Judges both sides. `further` are keys that count as right for every credential that is a plain key.
    pub fn judge(&self, seen: &Witnessed<'_>, further: &[String]) -> Judgement {
        let operation = self.operation(seen.request);
        let mut judgement =
            Judgement { operation: operation.map(|operation| operation.id.clone()), ..Judgement::default() };
        let mut findings = Vec::new();
        if seen.request_is_cut {
            judgement.notes.push(only_beginning("request"));
        } else {
            findings.extend(self.of_request(seen, operation, further, &mut judgement.notes));
        }
        if seen.response_is_cut {
            judgement.notes.push(only_beginning("response"));
        }
        let departs = findings.iter().any(|finding| finding.code.weight() > Verdict::Kept);
        let request_is_right = !departs && !seen.request_is_cut;
        if let (Some(response), Some(operation), false) = (seen.response, operation, seen.response_is_cut) {
            let (response, echoes) = echo::redacted(&self.redactor, response.clone());
            findings.extend(self.of_refusal(operation, &response, &findings, request_is_right));
            findings.extend(check::response(&self.contract, operation, &response, &echoes));
        }
        let worst = findings.iter().map(|finding| finding.code.weight()).max();
        let nothing_judged = seen.request_is_cut && worst.is_none();
        judgement.verdict = (!nothing_judged).then(|| worst.unwrap_or(Verdict::Kept));
        let keys = if findings.is_empty() { Vec::new() } else { mask::keys(&self.contract, seen.request) };
        judgement.findings = findings.into_iter().map(|finding| self.redacted(finding, &keys)).collect();
        judgement
    }

    /// The drifts under which the exchange would be right, the likeliest first; without a secret.
    pub fn explain(&self, seen: &Witnessed<'_>) -> Vec<Explanation> {
        let response = seen.response.map(|response| echo::redacted(&self.redactor, response.clone()).0);
        let bench =
            diagnosis::provider::Bench { contract: &self.contract, server_path: &self.server_path, vault: &self.vault };
        let found = diagnosis::of_exchange(&bench, seen.request, response.as_ref(), seen.sent_ms);
        let keys = mask::keys(&self.contract, seen.request);
        let redacted = found
            .into_iter()
            .map(|found| Explanation { sentence: mask::text(&self.redactor.redact(&found.sentence), &keys), ..found });
        redacted.collect()
    }

    fn operation(&self, request: &Request) -> Option<&Operation> {
        match self.contract.route(&self.server_path, request) {
            Route::Found(operation, _) => Some(operation),
            Route::OtherMethods(..) | Route::Unknown => None,
        }
    }

    /// What is wrong with the request. Where a secret is missing, nothing can be said of a key or a signature.
    fn of_request(
        &self,
        seen: &Witnessed<'_>,
        operation: Option<&Operation>,
        further: &[String],
        notes: &mut Vec<String>,
    ) -> Vec<Finding> {
        let keys = Keys { vault: &self.vault, further };
        let findings = check::request(&self.contract, &self.server_path, seen.request, keys, seen.sent_ms);
        let again = operation
            .and_then(|operation| self.signatures.earlier(&self.contract, operation, seen.request, seen.sent_ms));
        let unset = || self.unset_secrets(operation);
        let mut judged = Vec::new();
        for mut finding in findings {
            match finding.code {
                Code::CredentialUnknown if !unset().is_empty() => judged.extend(unset().iter().map(|name| {
                    let expected = format!("the environment variable {name}");
                    let missing = Finding::new(Code::SecretUnset, finding.location.clone(), expected, "it is not set");
                    Finding { operation: finding.operation.clone(), ..missing }
                })),
                Code::CredentialMissing if !unset().is_empty() => {
                    let names: Vec<String> = unset().iter().map(ToString::to_string).collect();
                    notes.push(format!(
                        "{} is not set, so the key would not be known in another place",
                        names.join(" or ")
                    ));
                    judged.push(finding);
                }
                Code::CredentialStale => {
                    if let Some(earlier) = again {
                        let ago = earlier.as_secs();
                        finding.actual += &format!(", and sent before, {ago} s ago: a retry has to be signed anew");
                    }
                    judged.push(finding);
                }
                _ => judged.push(finding),
            }
        }
        judged
    }

    /// The secrets that open the operation and that the run does not have.
    fn unset_secrets(&self, operation: Option<&Operation>) -> Vec<SecretName> {
        let Some(operation) = operation else { return Vec::new() };
        let credentials = operation.security.credentials().into_iter();
        let credentials = credentials.filter_map(|name| self.contract.credentials.get(name));
        let mut names: Vec<SecretName> =
            credentials.map(|credential| credential.party_for(&operation.id).secret.clone()).collect();
        names.dedup();
        names.retain(|name| self.vault.get(name).is_none());
        names
    }

    /// Whether the provider refuses what it should accept, or accepts what it should refuse.
    fn of_refusal(
        &self,
        operation: &Operation,
        response: &Response,
        of_request: &[Finding],
        request_is_right: bool,
    ) -> Vec<Finding> {
        if !operation.security.is_required() {
            return Vec::new();
        }
        if request_is_right && matches!(response.status, 401 | 403) {
            let actual = format!("{} {}", response.status, check::response_status::excerpt(&response.body));
            let expected = format!("{}, with the right credential", operation.success().unwrap_or(200));
            let finding = Finding::new(Code::AcceptanceMissing, Location::Status, expected, actual.trim());
            return vec![finding.of(&operation.id).at(operation.place.clone())];
        }
        // Of a request that is wrong in several ways any refusal may be the right one.
        let mut departing = of_request.iter().filter(|finding| finding.code.weight() > Verdict::Kept);
        let (Some(finding), None) = (departing.next(), departing.next()) else { return Vec::new() };
        let cause = match finding.code {
            Code::CredentialMissing => Cause::Missing,
            Code::CredentialMisplaced => Cause::Misplaced,
            Code::CredentialMalformed => Cause::Malformed,
            Code::CredentialUnknown => Cause::Unknown,
            Code::CredentialStale => Cause::Stale,
            _ => return Vec::new(),
        };
        let mut findings = refusal::check_cause(&self.contract, cause, operation, response);
        findings.retain(|finding| matches!(finding.code, Code::RefusalMissing | Code::RefusalIsServerError));
        findings
    }

    /// Without the run's secrets, and without the `keys` of others.
    fn redacted(&self, mut finding: Finding, keys: &[String]) -> Finding {
        for text in [&mut finding.expected, &mut finding.actual].into_iter().chain(&mut finding.detail) {
            *text = mask::text(&self.redactor.redact(text), keys);
        }
        if let Location::Query(name) = &mut finding.location {
            *name = mask::text(&self.redactor.redact(name), keys);
        }
        finding
    }
}

fn only_beginning(message: &str) -> String {
    format!("the record has only the beginning of the {message}'s body: it is not judged")
}
