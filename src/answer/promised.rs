//! Promised answers: from the document's examples, made dynamic where the contract says so, else from the schema.

use super::knowledge::Knowledge;
use super::{Visit, json_response};
use crate::contract::conduct::Answer;
use crate::contract::operation::{Operation, PromisedResponse, is_json};
use crate::contract::sample;
use crate::exchange::{Headers, Response};
use crate::request::{set_field, text};
use serde_json::{Value, json};

/// The answer to a call that passed every check.
pub fn response(visit: &Visit<'_>, known: &mut Knowledge, operation: &Operation) -> Result<Response, String> {
    for answer in &visit.provider.contract.answers {
        let holds = match &answer.when {
            Some(when) => answer.operations.contains(&operation.id) && when.holds(visit.context(known))?,
            None => answer.operations.contains(&operation.id),
        };
        if holds {
            return by(visit, known, operation, Some(answer));
        }
    }
    by(visit, known, operation, None)
}

/// The answer that `answer` makes dynamic, if there is one.
pub fn by(
    visit: &Visit<'_>,
    known: &mut Knowledge,
    operation: &Operation,
    answer: Option<&Answer>,
) -> Result<Response, String> {
    let status = answer.and_then(|answer| answer.status).or(operation.success()).unwrap_or(200);
    let Some(promised) = operation.promise(status) else {
        return Ok(Response { status, headers: Headers::default(), body: Vec::new() });
    };
    let contents = &promised.contents;
    let content = contents.iter().find(|(media_type, _)| is_json(media_type)).or_else(|| contents.first());
    let Some((media_type, content)) = content else {
        return Ok(with_headers(Response { status, headers: Headers::default(), body: Vec::new() }, promised));
    };
    let named = answer.and_then(|answer| answer.example.as_deref());
    let sound = |value: &&Value| content.schema.as_ref().is_none_or(|schema| schema.accepts(value));
    let example = match named {
        Some(name) => content.examples.get(name),
        // A provider's own document may hold examples that break its schemas; a fake does not repeat them.
        None => content.examples.values().find(sound),
    };
    let schemas = &visit.provider.contract.schemas;
    let from_schema = || content.schema.as_ref().map_or(Value::Null, |schema| sample::value(schemas, &schema.pointer));
    let mut body = example.cloned().unwrap_or_else(from_schema);
    if let Some(answer) = answer {
        let mut context = visit.context(known).clone();
        super::refused::set_all(&mut body, &answer.set, &context)?;
        for each in &answer.each {
            context.set("example", &body);
            let items = each.over.evaluate(&context)?;
            let mut results = Vec::new();
            for (index, item) in items.as_array().into_iter().flatten().enumerate() {
                context.set("example", &body);
                context.set("item", item);
                context.set("index", &json!(index));
                results.push(each.item.evaluate(&context)?);
            }
            set_field(&mut body, &each.at, Value::Array(results))?;
        }
        context.set("answer", &body);
        for (list, expression) in &answer.learns {
            known.add(list, text(&expression.evaluate(&context)?));
        }
    }
    if is_json(media_type) {
        return Ok(with_headers(json_response(status, media_type, &body), promised));
    }
    let headers = Headers(vec![("content-type".to_owned(), media_type.clone())]);
    Ok(with_headers(Response { status, headers, body: text(&body).into_bytes() }, promised))
}

fn with_headers(mut response: Response, promised: &PromisedResponse) -> Response {
    for header in &promised.headers {
        if let Some(value) = &header.example {
            response.headers.set(&header.name, text(value));
        }
    }
    response
}
