//! Refusals as the contract words them.

use super::knowledge::Knowledge;
use super::{Visit, json_response};
use crate::contract::conduct::{Cause, Refusal};
use crate::contract::operation::is_json;
use crate::exchange::{Headers, Response};
use crate::expression::{Context, Expression};
use crate::request::{set_field, text};
use indexmap::IndexMap;
use serde_json::Value;

/// The refusal for a cause; `wording` gives the body where the contract wants it worded as FastAPI does.
/// `None` where the contract does not say how it refuses for that cause.
pub fn worded(
    visit: &Visit<'_>,
    cause: Cause,
    known: &Knowledge,
    wording: &dyn Fn() -> Value,
) -> Result<Option<Response>, String> {
    let mut next = Some(cause);
    while let Some(cause) = next {
        for refusal in &visit.provider.contract.refusals {
            let named =
                refusal.on.contains(&cause) && refusal.applies_to(visit.operation.map(|operation| &operation.id));
            let holds = match &refusal.when {
                Some(when) if named => when.holds(visit.context(known))?,
                _ => named,
            };
            if holds && refusal.fastapi {
                visit.refusal.set(Some(&refusal.name));
                return Ok(Some(json_response(refusal.status, "application/json", &wording())));
            }
            if holds {
                return response(visit, refusal, visit.context(known)).map(Some);
            }
        }
        next = cause.fallback();
    }
    Ok(None)
}

/// The response that a refusal promises, made from its example.
pub fn response<'a>(visit: &Visit<'a>, refusal: &'a Refusal, context: &Context) -> Result<Response, String> {
    let contract = visit.provider.contract;
    let Some((promised, example)) = contract.refusal_example(refusal, visit.operation) else {
        return Err(format!("{}: the document has no example for it", refusal.name));
    };
    visit.refusal.set(Some(&refusal.name));
    let mut response = match example {
        Some((media_type, _, value)) if is_json(media_type) => {
            let mut body = value.clone();
            set_all(&mut body, &refusal.set, context)?;
            json_response(refusal.status, media_type, &body)
        }
        Some((media_type, _, value)) => {
            let headers = Headers(vec![("content-type".to_owned(), media_type.to_owned())]);
            Response { status: refusal.status, headers, body: text(value).into_bytes() }
        }
        None => Response { status: refusal.status, headers: Headers::default(), body: Vec::new() },
    };
    for header in &promised.headers {
        if let Some(value) = &header.example {
            response.headers.set(&header.name, text(value));
        }
    }
    for (name, expression) in &refusal.headers {
        response.headers.set(name, text(&expression.evaluate(context)?));
    }
    Ok(response)
}

/// Replaces values of `body` by those of expressions, which see the body so far as `example`.
pub fn set_all(body: &mut Value, set: &IndexMap<String, Expression>, context: &Context) -> Result<(), String> {
    let mut context = context.clone();
    for (pointer, expression) in set {
        context.set("example", body);
        set_field(body, pointer, expression.evaluate(&context)?)?;
    }
    Ok(())
}
