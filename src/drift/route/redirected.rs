//! The provider leads the caller elsewhere.

use super::trailing_slash::other_end;
use crate::contract::Contract;
use crate::drift::alter::call;
use crate::drift::{Drift, Kind};
use crate::exchange::{Headers, Request, Response};

/// The kind.
pub const KIND: Kind = Kind {
    code: "route-redirected",
    meaning: "The provider answers with a redirect, such as to the same path with a slash at its end.",
    example: "the provider redirects POST /keys/validate to POST /keys/validate/ with 307; the contract answers it there",
    drifts,
};

/// Where a redirect leads.
#[derive(Clone, Copy)]
enum To {
    /// The same path with the other end.
    OtherEnd,
    /// The same path and host with TLS.
    Https,
    /// A page for people.
    Login,
}

/// Status and aim, commonest first: that of frameworks that tidy up paths.
const FORMS: [(u16, To); 5] =
    [(307, To::OtherEnd), (308, To::OtherEnd), (301, To::OtherEnd), (301, To::Https), (302, To::Login)];

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for operation in contract.operations.values() {
        for (number, (status, to)) in FORMS.into_iter().enumerate() {
            let there = match to {
                To::OtherEnd => format!("{} {}", operation.method, other_end(operation.template.as_str())),
                To::Https => "https on the same host".to_owned(),
                To::Login => "/login".to_owned(),
            };
            let drift = Drift::new(format!("{} to {there} with {status}", operation.id), &[&operation.id])
                .provider(format!("redirects {} to {there} with {status}", call(operation)))
                .contract("answers it there")
                .variation(number > 0);
            let id = operation.id.clone();
            drifts.push(drift.answers(move |occasion, response| {
                if occasion.operation == Some(&id) {
                    let headers = Headers(vec![("location".to_owned(), location(to, occasion.request))]);
                    *response = Response { status, headers, body: Vec::new() };
                }
            }));
        }
    }
    drifts
}

/// What `Location` says in answer to a request.
fn location(to: To, request: &Request) -> String {
    let query = request.query.as_ref().map_or(String::new(), |query| format!("?{query}"));
    let host = request.headers.get("host").unwrap_or("localhost");
    match to {
        To::OtherEnd => format!("{}{query}", other_end(&request.path)),
        To::Https => format!("https://{host}{}{query}", request.path),
        To::Login => "/login".to_owned(),
    }
}
