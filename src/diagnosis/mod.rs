//! Diagnosis: from what was seen to the drift under which it would be right.

pub mod client;
pub mod displaced;
pub mod fingerprint;
pub mod probing;
pub mod provider;
pub mod response;
pub mod run;

use crate::contract::Route;
use crate::exchange::{Request, Response};
use crate::harness::notebook::Call;
use crate::verdict::Finding;

/// A drift that explains what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The drift's code.
    pub code: &'static str,
    /// Who does what, and what the contract says.
    pub sentence: String,
    /// Whether it explains everything that was seen, and nothing else of the catalogue does so as well.
    pub certain: bool,
    /// What stays as wrong under the drift: it does not explain these findings.
    pub leaves: Vec<Finding>,
}

/// The drifts that explain one exchange, the best first; none where no drift of the catalogue does.
///
/// A request that departs from the contract is the client's; else the response is looked at. `request` has its secrets, and
/// `response` is redacted. `now_ms` is when the request was sent, in milliseconds since 1970.
pub fn of_exchange(
    bench: &provider::Bench<'_>,
    request: &Request,
    response: Option<&Response>,
    now_ms: i64,
) -> Vec<Explanation> {
    let provider::Bench { contract, server_path, vault } = *bench;
    let by_client = client::explain(contract, server_path, request, vault, now_ms);
    if !by_client.is_empty() {
        return by_client;
    }
    let Some(response) = response else { return Vec::new() };
    let Route::Found(operation, _) = contract.route(server_path, request) else { return Vec::new() };
    let findings = crate::check::response(contract, operation, response, &[]);
    let direct: Vec<Explanation> =
        findings.iter().filter_map(|finding| response::explain(contract, finding, request, response)).collect();
    if !direct.is_empty() {
        return direct;
    }
    let call = Call {
        operation: operation.id.clone(),
        request: request.clone(),
        sent_ms: now_ms,
        response: response.clone(),
        is_right: true,
    };
    provider::rank(bench, &operation.id, &[call], &|_| true).explanations(3)
}
