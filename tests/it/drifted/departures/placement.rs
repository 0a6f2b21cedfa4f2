//! Keys at other places, under other names, in other forms.

use super::{Departure, MESSAGES, ORDERS, PARCELS, PROFILE, drift};
use crate::drifted::desk::BEARER_KEY;

/// All of them.
pub fn all() -> Vec<Departure> {
    [places(), forms()].concat()
}

fn places() -> Vec<Departure> {
    vec![
        drift(
            "header-to-query",
            ORDERS,
            "reads the key from the query parameter api_key instead of the header X-API-Key",
            "credential-moved",
            &["query parameter api_key", "header X-API-Key"],
        )
        .hears(|call| call.headers.set("x-api-key", call.query.take("api_key"))),
        drift(
            "header-to-bearer",
            ORDERS,
            "reads the key from Authorization: Bearer instead of the header X-API-Key",
            "credential-moved",
            &["Authorization", "header X-API-Key"],
        )
        .hears(|call| call.headers.set("x-api-key", call.behind("Bearer"))),
        drift(
            "query-to-header",
            PARCELS,
            "reads the key from the header X-API-Key instead of the query parameter api_key",
            "credential-moved",
            &["header X-API-Key", "query parameter api_key"],
        )
        .hears(|call| call.query.set("api_key", call.headers.take("x-api-key"))),
        drift(
            "cookie-to-header",
            PROFILE,
            "reads the key from the header X-API-Key instead of the cookie session",
            "credential-moved",
            &["header X-API-Key", "cookie session"],
        )
        .hears(|call| call.cookies.set("session", call.headers.take("x-api-key"))),
        drift(
            "bearer-to-body",
            MESSAGES,
            "reads the key from the field api_key of the body instead of Authorization",
            "credential-moved",
            &["body", "/api_key", "Authorization"],
        )
        .hears(|call| {
            let key = call.take("api_key");
            call.set_bearer(key);
        }),
        drift(
            "bearer-to-header",
            MESSAGES,
            "reads the key from the header X-API-Key instead of Authorization",
            "credential-moved",
            &["header X-API-Key", "Authorization"],
        )
        .hears(|call| {
            let key = call.headers.take("x-api-key");
            call.set_bearer(key);
        }),
        drift(
            "header-renamed",
            ORDERS,
            "reads the key from the header X-Auth-Token instead of X-API-Key",
            "credential-renamed",
            &["X-Auth-Token", "X-API-Key"],
        )
        .hears(|call| {
            let key = call.headers.take("x-auth-token");
            call.headers.set("x-api-key", key);
        }),
        drift(
            "query-renamed",
            PARCELS,
            "reads the key from the query parameter key instead of api_key",
            "credential-renamed",
            &["query parameter key", "query parameter api_key"],
        )
        .hears(|call| {
            let key = call.query.take("key");
            call.query.set("api_key", key);
        }),
        drift(
            "cookie-renamed",
            PROFILE,
            "reads the key from the cookie session_id instead of session",
            "credential-renamed",
            &["cookie session_id", "cookie session"],
        )
        .hears(|call| {
            let key = call.cookies.take("session_id");
            call.cookies.set("session", key);
        }),
    ]
}

fn forms() -> Vec<Departure> {
    vec![
        drift(
            "word-changed",
            MESSAGES,
            "wants the word Token before the key instead of Bearer",
            "credential-word-changed",
            &["Token", "Bearer"],
        )
        .hears(|call| {
            let key = call.behind("Token");
            call.set_bearer(key);
        }),
        drift(
            "word-dropped",
            MESSAGES,
            "wants the key in Authorization without the word Bearer",
            "credential-word-dropped",
            &["bare key", "Authorization", "Bearer"],
        )
        .hears(|call| {
            let key = call.headers.take("authorization").filter(|value| !value.contains(' '));
            call.set_bearer(key);
        }),
        drift(
            "wanted-in-the-body-too",
            MESSAGES,
            "wants the key in the field api_key of the body as well as in Authorization",
            "credential-doubled",
            &["body", "/api_key", "Authorization"],
        )
        .hears(|call| {
            if call.take("api_key").as_deref() != Some(BEARER_KEY) {
                call.set_bearer(None);
            }
        }),
    ]
}
