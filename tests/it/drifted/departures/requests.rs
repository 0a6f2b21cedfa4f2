//! Requests that are wanted otherwise.

use super::{Departure, MESSAGES, ORDERS, TRANSFERS, drift};
use crate::drifted::desk::Reply;
use serde_json::json;

/// All of them.
pub fn all() -> Vec<Departure> {
    vec![
        drift(
            "field-required",
            MESSAGES,
            "wants the field reply_to, which may be left out",
            "request-field-required",
            &["asks for", "/reply_to"],
        )
        .says(|call, reply| {
            if reply.is_success() && call.body.get("reply_to").is_none() {
                *reply = Reply::invalid("reply_to is required");
            }
        }),
        drift(
            "field-renamed",
            ORDERS,
            "reads the field amount instead of quantity",
            "request-field-renamed",
            &["amount", "quantity"],
        )
        .hears(|call| {
            if let Some(body) = call.body.as_object_mut() {
                let amount = body.remove("amount").unwrap_or_default();
                body.insert("quantity".to_owned(), amount);
            }
        })
        .says(|call, reply| {
            if reply.status == 422 && call.body["quantity"].is_null() {
                *reply = Reply::invalid("amount is required");
            }
        }),
        drift(
            "field-retyped",
            TRANSFERS,
            "wants the field amount_cents as a text instead of a number",
            "request-field-retyped",
            &["/amount_cents", "as a text", "as an integer"],
        )
        .hears(|call| {
            if let Some(amount) = call.body.get_mut("amount_cents") {
                *amount = amount.as_str().and_then(|text| text.parse::<u64>().ok()).into();
            }
        })
        .says(|_, reply| {
            if reply.status == 422 {
                *reply = Reply::invalid("amount_cents must be a text of digits");
            }
        }),
        drift(
            "limit-stricter",
            ORDERS,
            "takes a quantity of 20 at most instead of 100",
            "request-field-stricter",
            &["/quantity", "only numbers below 24"],
        )
        .says(|call, reply| {
            if reply.is_success() && call.body["quantity"].as_u64() > Some(20) {
                *reply = Reply::invalid("quantity must be a whole number from 1 to 20");
            }
        }),
        drift(
            "limit-a-little-stricter",
            MESSAGES,
            "takes a text of 300 characters at most instead of 500",
            "request-field-stricter",
            &["/text"],
        )
        .says(|call, reply| {
            if reply.is_success() && call.body["text"].as_str().is_some_and(|text| text.chars().count() > 300) {
                *reply = Reply::invalid("text must be a text of 1 to 300 characters");
            }
        }),
        drift(
            "choice-gone",
            ORDERS,
            "no longer takes the priority express",
            "request-field-stricter",
            &["/priority", "express"],
        )
        .says(|call, reply| {
            if reply.is_success() && call.body["priority"] == "express" {
                *reply = Reply::invalid("priority must be one of standard");
            }
        }),
        drift("limit-looser", ORDERS, "takes a quantity of more than 100", "request-field-looser", &["/quantity"])
            .hears(|call| {
                if call.body["quantity"].as_u64() > Some(100) {
                    call.body["quantity"] = json!(100);
                }
            }),
    ]
}
