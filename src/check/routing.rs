//! Rule: a request's path and method are the contract's.

use crate::contract::operation::Operation;
use crate::contract::{Contract, Route};
use crate::exchange::{Location, Request};
use crate::settings::nearest;
use crate::verdict::{Code, Finding};

/// An operation that a request reached, and its path parameters, decoded.
pub type Reached<'a> = (&'a Operation, Vec<(String, String)>);

/// The operation of a request and its path parameters, or what is wrong with path or method.
///
/// # Errors
/// The finding: an undocumented path or method.
pub fn route<'a>(contract: &'a Contract, server_path: &str, request: &Request) -> Result<Reached<'a>, Box<Finding>> {
    match contract.route(server_path, request) {
        Route::Found(operation, parameters) => Ok((operation, parameters)),
        Route::OtherMethods(methods, operation) => {
            let expected = format!("{} {}", methods.join(" or "), operation.template.as_str());
            let finding = Finding::new(Code::RequestMethodUndocumented, Location::Method, expected, &request.method);
            Err(Box::new(finding.at(operation.place.clone())))
        }
        Route::Unknown => {
            let paths = contract.operations.values().map(|operation| operation.template.as_str());
            let expected = match nearest(request.path.strip_prefix(server_path).unwrap_or(&request.path), paths) {
                Some(path) => format!("a path of the contract, such as {server_path}{path}"),
                None => format!("a path of the contract, below {server_path:?}"),
            };
            Err(Box::new(Finding::new(Code::RequestPathUndocumented, Location::Path, expected, &request.path)))
        }
    }
}
