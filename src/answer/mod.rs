//! What a provider that keeps the contract answers: strict, in the provider's own order of checks.

pub mod fastapi;
pub mod knowledge;
pub mod played;
pub mod promised;
pub mod refused;

use crate::check::request_body::{self, BodyFault};
use crate::check::request_parameters;
use crate::contract::conduct::{Cause, Stage};
use crate::contract::operation::Operation;
use crate::contract::scheme::Scheme;
use crate::contract::{Contract, Route};
use crate::credential::customary::own_places;
use crate::credential::verify::{Fault, Keys, Seen, verify};
use crate::exchange::{Headers, Request, Response};
use crate::expression::Context;
use crate::name::RefusalName;
use crate::secret::Vault;
use knowledge::Knowledge;
use played::{Manner, Occasion};
use serde_json::{Map, Value, json};
use std::cell::{Cell, OnceCell};

/// What a provider has at hand when a request arrives.
#[derive(Clone, Copy, Debug)]
pub struct Provider<'a> {
    /// The contract that it keeps.
    pub contract: &'a Contract,
    /// The path under which it serves the contract.
    pub server_path: &'a str,
    /// The secrets that are right.
    pub vault: &'a Vault,
    /// How it departs from the contract.
    pub manner: &'a Manner,
}

/// A request on its way through the provider's checks.
pub struct Visit<'a> {
    provider: Provider<'a>,
    request: &'a Request,
    operation: Option<&'a Operation>,
    path_parameters: Vec<(String, String)>,
    /// The methods of a path that does not have the request's.
    methods: Vec<&'a str>,
    seen: Seen,
    now_ms: i64,
    /// Made when an expression first asks for it, and anew once the credential was seen.
    context: OnceCell<Context>,
    /// The refusal that was answered with last.
    refusal: Cell<Option<&'a RefusalName>>,
}

/// The answer to `request`; `known` is read, and learns what the answer teaches. `now_ms` is in milliseconds since 1970.
///
/// # Errors
/// An expression of the contract that cannot be evaluated: which one, and why.
pub fn to(provider: Provider<'_>, known: &mut Knowledge, request: &Request, now_ms: i64) -> Result<Response, String> {
    let Manner { hears, answers, .. } = provider.manner;
    if hears.is_none() && answers.is_none() {
        return faithfully(provider, known, request, now_ms).map(|(response, ..)| response);
    }
    let mut heard = request.clone();
    if let Some(hears) = hears {
        let operation = match provider.contract.route(provider.server_path, request) {
            Route::Found(operation, _) => Some(&operation.id),
            Route::OtherMethods(..) | Route::Unknown => None,
        };
        hears(&Occasion { operation, refusal: None, request, vault: provider.vault }, &mut heard);
    }
    let (mut response, operation, refusal) = faithfully(provider, known, &heard, now_ms)?;
    if let Some(answers) = answers {
        let operation = operation.map(|operation| &operation.id);
        answers(&Occasion { operation, refusal, request, vault: provider.vault }, &mut response);
    }
    Ok(response)
}

/// An answer with the operation that was asked and the refusal that it is.
type Answered<'a> = (Response, Option<&'a Operation>, Option<&'a RefusalName>);

/// The answer of a provider that keeps the contract.
fn faithfully<'a>(
    provider: Provider<'a>,
    known: &mut Knowledge,
    request: &'a Request,
    now_ms: i64,
) -> Result<Answered<'a>, String> {
    let (operation, path_parameters, methods) = match provider.contract.route(provider.server_path, request) {
        Route::Found(operation, parameters) => (Some(operation), parameters, Vec::new()),
        Route::OtherMethods(methods, _) => (None, Vec::new(), methods),
        Route::Unknown => (None, Vec::new(), Vec::new()),
    };
    let (seen, context, refusal) = (Seen::default(), OnceCell::new(), Cell::new(None));
    let mut visit = Visit { provider, request, operation, path_parameters, methods, seen, now_ms, context, refusal };
    if let Some(name) = known.forced.clone() {
        let response = visit.forced(known, &name)?;
        return Ok((response, operation, visit.refusal.get()));
    }
    for stage in &provider.contract.order {
        if let Some(response) = visit.stage(*stage, known)? {
            return Ok((response, operation, visit.refusal.get()));
        }
    }
    let response = match operation {
        Some(operation) => promised::response(&visit, known, operation)?,
        None => plain(404, "Not Found"),
    };
    Ok((response, operation, None))
}

impl Visit<'_> {
    /// The refusal of a stage, or nothing where the request passes it.
    fn stage(&mut self, stage: Stage, known: &mut Knowledge) -> Result<Option<Response>, String> {
        match stage {
            Stage::Path if self.operation.is_none() && self.methods.is_empty() => self
                .refuse(Cause::Path, known)
                .map(|response| Some(response.unwrap_or_else(|| plain(404, "Not Found")))),
            Stage::Method if !self.methods.is_empty() => {
                let response = self.refuse(Cause::Method, known)?;
                let mut response = response.unwrap_or_else(|| plain(405, "Method Not Allowed"));
                // RFC 9110, section 15.5.6: a 405 names the methods that the path has.
                response.headers.set("Allow", self.methods.join(", "));
                Ok(Some(response))
            }
            Stage::Credential => self.credential(known),
            Stage::Parameters => self.parameters(known),
            Stage::Body => self.body(known),
            Stage::Situation => self.situation(known),
            Stage::Path | Stage::Method => Ok(None),
        }
    }

    fn credential(&mut self, known: &mut Knowledge) -> Result<Option<Response>, String> {
        let contract = self.provider.contract;
        let keys = Keys { vault: self.provider.vault, further: known.list("keys") };
        match verify(contract, self.operation, self.request, keys, self.now_ms) {
            Ok(seen) => {
                let was_seen = self.opens_once(&seen) && !known.is_first(seen.signature.as_deref());
                self.see(seen);
                // What was used before is as good as too old.
                if was_seen {
                    self.refuse(Cause::Stale, known)
                        .map(|response| Some(response.unwrap_or_else(|| plain(401, "replayed"))))
                } else {
                    Ok(None)
                }
            }
            Err(fault) => self.refuse_credential(*fault, known).map(Some),
        }
    }

    fn opens_once(&self, seen: &Seen) -> bool {
        let credential = seen.name.as_ref().and_then(|name| self.provider.contract.credentials.get(name));
        credential.is_some_and(|credential| matches!(&credential.scheme, Scheme::Placed(placed) if placed.once))
    }

    fn see(&mut self, seen: Seen) {
        self.seen = seen;
        self.context = OnceCell::new();
    }

    fn refuse_credential(&mut self, fault: Fault, known: &Knowledge) -> Result<Response, String> {
        self.see(fault.seen);
        // One that was found elsewhere is missing in its own place.
        let credential = self.provider.contract.credentials.get(&fault.credential);
        let own =
            credential.filter(|_| fault.cause == Cause::Misplaced).and_then(|own| own_places(own).into_iter().next());
        let wording = || fastapi::of_credential(own.as_ref().unwrap_or(&fault.location));
        let response = refused::worded(self, fault.cause, known, &wording)?;
        Ok(response.unwrap_or_else(|| plain(401, &format!("{}: {}", fault.location, fault.actual))))
    }

    fn parameters(&self, known: &Knowledge) -> Result<Option<Response>, String> {
        let Some(operation) = self.operation else { return Ok(None) };
        let faults = request_parameters::faults(operation, &self.path_parameters, self.request);
        if faults.is_empty() {
            return Ok(None);
        }
        let wording = || fastapi::of_parameters(self.provider.contract, &faults);
        let response = refused::worded(self, Cause::Parameters, known, &wording)?;
        Ok(Some(response.unwrap_or_else(|| plain(400, "invalid parameters"))))
    }

    fn body(&self, known: &Knowledge) -> Result<Option<Response>, String> {
        let Some(operation) = self.operation else { return Ok(None) };
        let Some(fault) = request_body::fault(operation, self.request) else { return Ok(None) };
        let wording = || fastapi::of_body(self.provider.contract, &fault);
        let response = refused::worded(self, Cause::Body, known, &wording)?;
        let reason = match &fault {
            BodyFault::Missing => "a body is required",
            BodyFault::MediaType(_) => "unsupported media type",
            BodyFault::NotJson(..) => "the body is not JSON",
            BodyFault::Violations(..) => "the body departs from its schema",
        };
        Ok(Some(response.unwrap_or_else(|| plain(400, reason))))
    }

    fn situation(&self, known: &Knowledge) -> Result<Option<Response>, String> {
        let Some(operation) = self.operation else { return Ok(None) };
        let context = self.context(known);
        for refusal in &self.provider.contract.refusals {
            let Some(when) = &refusal.when else { continue };
            if refusal.on.is_empty() && refusal.applies_to(Some(&operation.id)) && when.holds(context)? {
                return refused::response(self, refusal, context).map(Some);
            }
        }
        Ok(None)
    }

    fn refuse(&self, cause: Cause, known: &Knowledge) -> Result<Option<Response>, String> {
        refused::worded(self, cause, known, &|| Value::Null)
    }

    fn forced(&mut self, known: &mut Knowledge, name: &str) -> Result<Response, String> {
        let contract = self.provider.contract;
        if let Some(refusal) = contract.refusal(name) {
            return refused::response(self, refusal, self.context(known));
        }
        match (contract.answers.iter().find(|answer| answer.name == name), self.operation) {
            (Some(answer), Some(operation)) => promised::by(self, known, operation, Some(answer)),
            _ => Err(format!("the contract has no refusal or answer {name:?}")),
        }
    }

    /// What the contract's expressions see.
    pub(crate) fn context(&self, known: &Knowledge) -> &Context {
        self.context.get_or_init(|| self.new_context(known))
    }

    fn new_context(&self, known: &Knowledge) -> Context {
        let object = |pairs: &[(String, String)]| -> Value {
            Value::Object(pairs.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Map<_, _>>())
        };
        let headers: Vec<(String, String)> =
            self.request.headers.0.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
        let mut context = Context::default();
        context.set("operation", &json!(self.operation.map(|operation| operation.id.as_str())));
        context.set("method", &json!(self.request.method));
        context.set("path", &object(&self.path_parameters));
        context.set("query", &object(&self.request.query_pairs()));
        context.set("header", &object(&headers));
        context.set("body", &self.request.json().unwrap_or_default());
        context.set("known", &json!(known.lists()));
        context.set("value", &json!(self.provider.contract.values));
        context.set("credential", &self.seen.context());
        context.set("now", &json!(self.now_ms.div_euclid(1000)));
        context
    }
}

/// A response with a JSON body.
pub(crate) fn json_response(status: u16, media_type: &str, body: &Value) -> Response {
    let headers = Headers(vec![("content-type".to_owned(), media_type.to_owned())]);
    Response { status, headers, body: body.to_string().into_bytes() }
}

/// The answer where the contract says nothing of how it is worded.
fn plain(status: u16, text: &str) -> Response {
    let headers = Headers(vec![("content-type".to_owned(), "text/plain".to_owned())]);
    Response { status, headers, body: text.as_bytes().to_vec() }
}
