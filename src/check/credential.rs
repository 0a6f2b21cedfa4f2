//! Rule: a request's credential is in its place and its form, somebody's, and fresh.

use super::RequestCase;
use crate::contract::conduct::Cause;
use crate::credential::verify::verify;
use crate::verdict::{Code, Finding};

/// What is wrong with the credential.
pub fn check(case: &RequestCase<'_>) -> Vec<Finding> {
    let Err(fault) = verify(case.contract, Some(case.operation), case.request, case.keys, case.now_ms) else {
        return Vec::new();
    };
    let code = match fault.cause {
        Cause::Misplaced => Code::CredentialMisplaced,
        Cause::Malformed => Code::CredentialMalformed,
        Cause::Unknown => Code::CredentialUnknown,
        Cause::Stale => Code::CredentialStale,
        _ => Code::CredentialMissing,
    };
    let finding = Finding::new(code, fault.location, fault.expected, fault.actual).of(&case.operation.id);
    let place = case.contract.credentials.get(&fault.credential).map(|credential| credential.place.clone());
    vec![match place {
        Some(place) => finding.at(place),
        None => finding,
    }]
}
