//! Redaction of what came back, and where it held a secret.

use crate::credential::place;
use crate::exchange::{Headers, Location, Request, Response};
use crate::secret::Redactor;

/// The response without secrets; where it held one, and its mark.
pub fn redacted(redactor: &Redactor, response: Response) -> (Response, Vec<(Location, String)>) {
    let mut echoes = Vec::new();
    let mut headers = Vec::new();
    for (name, value) in response.headers.0 {
        if let Some(mark) = redactor.first_in(value.as_bytes()) {
            echoes.push((Location::Header(name.clone()), mark.to_owned()));
        }
        headers.push((name, redactor.redact(&value)));
    }
    if let Some(mark) = redactor.first_in(&response.body) {
        echoes.push((in_body(redactor, &response.body), mark.to_owned()));
    }
    let body = redactor.redact_bytes(&response.body);
    (Response { status: response.status, headers: Headers(headers), body }, echoes)
}

fn in_body(redactor: &Redactor, body: &[u8]) -> Location {
    let request = Request {
        method: String::new(),
        path: String::new(),
        query: None,
        headers: Headers::default(),
        body: body.to_vec(),
    };
    let found = place::texts(&request).into_iter().find(|(_, text)| redactor.first_in(text.as_bytes()).is_some());
    found.map_or(Location::Body(String::new()), |(location, _)| location)
}
