//! Refusals with another status, in other words, in another order.

use super::{ALL, Departure, MESSAGES, ORDERS, PARCELS, PROFILE, REPORTS, TRANSFERS, drift};
use crate::drifted::desk::{HEADER_KEY, right};
use serde_json::json;

/// All of them.
pub fn all() -> Vec<Departure> {
    [statuses(), wordings()].concat()
}

fn statuses() -> Vec<Departure> {
    vec![
        drift("forbidden", ALL, "refuses every key with 403 instead of 401", "refusal-status-changed", &["403", "401"])
            .says(|_, reply| {
                if reply.status == 401 {
                    reply.status = 403;
                }
            }),
        drift(
            "forbidden-when-unknown",
            PARCELS,
            "refuses an unknown key with 403 instead of 401",
            "refusal-status-changed",
            &["403", "401"],
        )
        .says(|_, reply| {
            if reply.body["code"] == "key_unknown" {
                reply.status = 403;
            }
        }),
        drift("bad-request", ORDERS, "answers 400 instead of 405", "refusal-status-changed", &["400", "405"]).says(
            |_, reply| {
                if reply.status == 405 {
                    reply.status = 400;
                }
            },
        ),
        drift(
            "refusal-as-success",
            PROFILE,
            "answers 200 with ok: false to a wrong key instead of 401",
            "refusal-as-success",
            &["refusal of a credential", "200", "ok"],
        )
        .says(|_, reply| {
            if reply.status == 401 {
                reply.status = 200;
                reply.body["ok"] = json!(false);
            }
        }),
        drift(
            "refusal-as-server-error",
            TRANSFERS,
            "fails with 500 at a wrong key instead of answering 401",
            "refusal-as-server-error",
            &["every refusal of a credential", "500"],
        )
        .says(|_, reply| {
            if reply.status == 401 {
                reply.status = 500;
                reply.body = json!({ "code": "internal", "message": "Something went wrong" });
            }
        }),
    ]
}

fn wordings() -> Vec<Departure> {
    vec![
        drift(
            "refusal-field-renamed",
            ALL,
            "words refusals with detail instead of message",
            "refusal-envelope-changed",
            &["detail", "message"],
        )
        .says(|_, reply| {
            if !reply.is_success() {
                reply.rename("message", "detail");
            }
        }),
        drift("refusal-wrapped", PARCELS, "wraps refusals in an object error", "refusal-envelope-changed", &["error"])
            .says(|_, reply| {
                if !reply.is_success() {
                    reply.body = json!({ "error": reply.body.take() });
                }
            }),
        drift(
            "refusal-as-html",
            REPORTS,
            "refuses with an HTML page instead of JSON",
            "refusal-as-html",
            &["HTML", "JSON"],
        )
        .says(|_, reply| {
            if reply.status == 401 {
                reply.media_type = "text/html";
                reply.body = json!("<html><body><h1>401 Authorization Required</h1></body></html>");
            }
        }),
        drift(
            "challenge-gone",
            MESSAGES,
            "refuses without WWW-Authenticate",
            "refusal-header-gone",
            &["WWW-Authenticate"],
        )
        .says(|_, reply| reply.forget("WWW-Authenticate")),
        drift("allow-gone", ALL, "answers 405 without Allow", "refusal-header-gone", &["Allow"])
            .says(|_, reply| reply.forget("Allow")),
        drift(
            "refusal-text",
            ORDERS,
            "refuses an unknown key in other words",
            "refusal-text-changed",
            &["Invalid API key", "/message", "keyUnknown", "Nobody knows this key"],
        )
        .says(|_, reply| {
            if reply.body["code"] == "key_unknown" {
                reply.body["message"] = json!("Invalid API key");
            }
        }),
        drift("body-first", ORDERS, "judges the body before the key", "refusal-order-changed", &["body", "credential"])
            .hears(|call| {
                let key = call.headers.get("x-api-key").map(str::to_owned);
                call.headers.set("x-api-key", Some(HEADER_KEY.to_owned()));
                let is_wrong = right(call).status == 422;
                if !is_wrong {
                    call.headers.set("x-api-key", key);
                }
            }),
    ]
}
