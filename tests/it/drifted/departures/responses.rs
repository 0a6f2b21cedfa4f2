//! Responses that say something else, or too late.

use super::{Departure, MESSAGES, ORDERS, PARCELS, PROFILE, REPORTS, TRANSFERS, drift};
use crate::drifted::desk::{COOKIE_KEY, HEADER_KEY, Reply};
use serde_json::{Value, json};
use std::time::Duration;

/// All of them.
pub fn all() -> Vec<Departure> {
    [fields(), contents()].concat()
}

/// A provider whose successful answers are otherwise.
fn change(
    name: &'static str,
    path: &'static str,
    does: &'static str,
    code: &'static str,
    words: &'static [&'static str],
    changes: fn(&mut Reply),
) -> Departure {
    Departure { changes, ..drift(name, path, does, code, words) }
}

fn fields() -> Vec<Departure> {
    vec![
        change(
            "required-field-dropped",
            ORDERS,
            "answers without total_cents",
            "response-field-dropped",
            &["leaves out", "total_cents"],
            |reply| reply.drop("total_cents"),
        ),
        change(
            "optional-field-dropped",
            PROFILE,
            "answers without display_name, which it may leave out",
            "response-field-dropped",
            &["/display_name"],
            |reply| reply.drop("display_name"),
        ),
        change(
            "answer-renamed",
            PARCELS,
            "answers with weight instead of weight_grams",
            "response-field-renamed",
            &["\"weight\"", "\"weight_grams\""],
            |reply| reply.rename("weight_grams", "weight"),
        ),
        change(
            "answer-retyped",
            PROFILE,
            "answers with unread as a text instead of a number",
            "response-field-retyped",
            &["/unread", "as a text", "as an integer"],
            |reply| reply.body["unread"] = json!("3"),
        ),
        change(
            "answer-null",
            PROFILE,
            "answers with null as the language",
            "response-field-nulled",
            &["/language", "null"],
            |reply| reply.body["language"] = Value::Null,
        ),
        change(
            "answer-added",
            TRANSFERS,
            "answers with a field fee_cents that the contract does not know",
            "response-field-added",
            &["sends", "fee_cents", "knows no such field"],
            |reply| reply.body["fee_cents"] = json!(0),
        ),
        change(
            "answer-wrapped",
            PARCELS,
            "wraps its answer in an object data",
            "response-wrapped",
            &["data"],
            |reply| {
                reply.body = json!({ "data": reply.body.take() });
            },
        ),
    ]
}

fn contents() -> Vec<Departure> {
    vec![
        change(
            "answer-of-another-choice",
            ORDERS,
            "answers with the status backordered, which the contract does not know",
            "response-enum-widened",
            &["/status", "backordered"],
            |reply| reply.body["status"] = json!("backordered"),
        ),
        change(
            "answer-out-of-range",
            REPORTS,
            "answers with a total below 0",
            "response-number-out-of-range",
            &["/total"],
            |reply| reply.body["total"] = json!(-310.5),
        ),
        change(
            "answer-without-items",
            REPORTS,
            "answers with no days at all",
            "response-array-length",
            &["/days"],
            |reply| reply.body["days"] = json!([]),
        ),
        change(
            "answer-no-echo",
            MESSAGES,
            "answers with another receiver than it was given",
            "response-echo-changed",
            &["/to", "customer:c-204", "what the request says"],
            |reply| reply.body["to"] = json!("customer:c-204"),
        ),
        change(
            "answer-as-text",
            ORDERS,
            "answers with text/plain instead of application/json",
            "response-media-type",
            &["text/plain", "application/json"],
            |reply| reply.media_type = "text/plain",
        ),
        change(
            "key-in-a-response-header",
            ORDERS,
            "answers with the key in the header X-Debug-Key",
            "response-secret-echoed",
            &["X-Debug-Key"],
            |reply| reply.headers.push(("X-Debug-Key", HEADER_KEY.to_owned())),
        ),
        change(
            "key-in-the-answer",
            PROFILE,
            "answers with the key in the field session of the body",
            "response-secret-echoed",
            &["/session"],
            |reply| reply.body["session"] = json!(COOKIE_KEY),
        ),
        change("slow", PROFILE, "answers after the second that the consumer waits", "time-slow", &[], |_| {
            std::thread::sleep(Duration::from_millis(1500));
        }),
    ]
}
