//! The judge: an exchange against its contract. One rule a file; a new rule is a file and a line.

pub mod credential;
pub mod over_sharing;
pub mod refusal;
pub mod request_body;
pub mod request_fields;
pub mod request_headers;
pub mod request_parameters;
pub mod response_body;
pub mod response_headers;
pub mod response_status;
pub mod routing;
pub mod secret_echo;

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::credential::verify::Keys;
use crate::exchange::{Location, Request, Response};
use crate::verdict::Finding;

/// A request that reached an operation, as its rules see it.
#[derive(Clone, Copy, Debug)]
pub struct RequestCase<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// The operation that was called.
    pub operation: &'a Operation,
    /// The path's parameters, decoded.
    pub path_parameters: &'a [(String, String)],
    /// The request as it stood on the wire.
    pub request: &'a Request,
    /// The keys that count as right.
    pub keys: Keys<'a>,
    /// When it was received, in milliseconds since 1970.
    pub now_ms: i64,
}

/// A response to an operation, as its rules see it.
#[derive(Clone, Copy, Debug)]
pub struct ResponseCase<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// The operation that was called.
    pub operation: &'a Operation,
    /// The response, redacted.
    pub response: &'a Response,
    /// Where it held secrets, and which.
    pub echoes: &'a [(Location, String)],
}

/// The rules for requests.
const REQUEST_RULES: &[fn(&RequestCase<'_>) -> Vec<Finding>] = &[
    credential::check,
    over_sharing::check,
    request_parameters::check,
    request_headers::check,
    request_body::check,
    request_fields::check,
];

/// The rules for responses.
const RESPONSE_RULES: &[fn(&ResponseCase<'_>) -> Vec<Finding>] =
    &[response_status::check, response_headers::check, response_body::check, secret_echo::check];

/// What is wrong with a request to a contract that is served under `server_path`; empty where it keeps the contract.
pub fn request(contract: &Contract, server_path: &str, request: &Request, keys: Keys<'_>, now_ms: i64) -> Vec<Finding> {
    match routing::route(contract, server_path, request) {
        Ok((operation, path_parameters)) => {
            let case = RequestCase { contract, operation, path_parameters: &path_parameters, request, keys, now_ms };
            REQUEST_RULES.iter().flat_map(|rule| rule(&case)).collect()
        }
        Err(finding) => vec![*finding],
    }
}

/// What is wrong with the response to a call of `operation`; empty where it keeps the contract.
pub fn response(
    contract: &Contract,
    operation: &Operation,
    response: &Response,
    echoes: &[(Location, String)],
) -> Vec<Finding> {
    let case = ResponseCase { contract, operation, response, echoes };
    RESPONSE_RULES.iter().flat_map(|rule| rule(&case)).collect()
}
