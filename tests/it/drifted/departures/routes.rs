//! Operations at another path or with another method, or nowhere.

use super::{ALL, Departure, MESSAGES, ORDERS, REPORTS, TRANSFERS, drift};
use crate::drifted::desk::Reply;

/// All of them.
pub fn all() -> Vec<Departure> {
    vec![
        drift("other-prefix", ALL, "serves everything below /v2 instead of /v1", "route-prefixed", &["/v2", "/v1"])
            .hears(|call| {
                call.path = match call.path.strip_prefix("/v2/") {
                    Some(rest) => format!("/v1/{rest}"),
                    None => "/gone".to_owned(),
                }
            }),
        drift("gone", REPORTS, "has no reports", "route-missing", &["/reports"])
            .says(|_, reply| *reply = Reply::not_found()),
        drift("other-method", ORDERS, "takes orders by PUT instead of POST", "route-method-changed", &["PUT", "POST"])
            .hears(|call| {
                call.method = String::from(if call.method == "PUT" { "POST" } else { "DELETE" });
            })
            .says(|_, reply| {
                if reply.status == 405 {
                    reply.headers = vec![("Allow", "PUT".to_owned())];
                }
            }),
        drift(
            "slash-wanted",
            MESSAGES,
            "has messages at /messages/ only",
            "route-trailing-slash",
            &["/messages/", "/messages"],
        )
        .hears(|call| {
            call.path = String::from(if call.path == "/v1/messages/" { MESSAGES } else { "/gone" });
        }),
        drift(
            "redirected",
            TRANSFERS,
            "redirects from /transfers to /transfers/",
            "route-redirected",
            &["/transfers/", "/transfers"],
        )
        .hears(|call| {
            call.path = String::from(if call.path == "/v1/transfers/" { TRANSFERS } else { "/moved" });
        })
        .says(|call, reply| {
            if call.path == "/moved" {
                *reply = Reply::redirect("/v1/transfers/");
            }
        }),
    ]
}
