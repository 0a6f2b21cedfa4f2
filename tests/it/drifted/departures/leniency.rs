//! Keys that open where they should not, are not needed, or are not compared.

use super::{Departure, MESSAGES, ORDERS, PARCELS, PROFILE, REPORTS, TRANSFERS, drift};
use crate::drifted::desk::{APP_KEY, BEARER_KEY, COOKIE_KEY, HEADER_KEY, PASSWORD, Reply, USER, USER_KEY};

/// All of them.
pub fn all() -> Vec<Departure> {
    [acceptances(), omissions(), values()].concat()
}

fn acceptances() -> Vec<Departure> {
    vec![
        drift(
            "also-in-the-query",
            ORDERS,
            "also takes the key in the query parameter api_key",
            "credential-also-accepted",
            &["query parameter api_key", "header X-API-Key"],
        )
        .hears(|call| {
            if let Some(key) = call.query.take("api_key") {
                call.headers.set("x-api-key", Some(key));
            }
        }),
        drift(
            "also-in-a-cookie",
            MESSAGES,
            "also takes the key in the cookie session",
            "credential-also-accepted",
            &["cookie session", "Authorization"],
        )
        .hears(|call| {
            if let Some(key) = call.cookies.take("session") {
                call.set_bearer(Some(key));
            }
        }),
        drift(
            "also-in-a-header",
            PARCELS,
            "also takes the key in the header X-API-Key",
            "credential-also-accepted",
            &["header X-API-Key", "query parameter api_key"],
        )
        .hears(|call| {
            if let Some(key) = call.headers.take("x-api-key") {
                call.query.set("api_key", Some(key));
            }
        }),
        drift(
            "also-in-the-body",
            ORDERS,
            "also takes the key in the field api_key of the body",
            "credential-also-accepted",
            &["body", "/api_key", "header X-API-Key"],
        )
        .hears(|call| {
            if let Some(key) = call.take("api_key") {
                call.headers.set("x-api-key", Some(key));
            }
        }),
        drift(
            "also-without-its-word",
            MESSAGES,
            "also takes the key in Authorization without the word Bearer",
            "credential-word-optional",
            &["bare key", "Authorization", "Bearer", "too"],
        )
        .hears(|call| {
            let raw = call.headers.get("authorization").filter(|value| !value.contains(' ')).map(str::to_owned);
            if raw.is_some() {
                call.set_bearer(raw);
            }
        }),
    ]
}

fn omissions() -> Vec<Departure> {
    vec![
        drift(
            "open-without-a-key",
            PROFILE,
            "opens without a key, and refuses a wrong one",
            "credential-not-required",
            &["cookie session"],
        )
        .hears(|call| {
            if call.cookies.get("session").is_none() {
                call.cookies.set("session", Some(COOKIE_KEY.to_owned()));
            }
        }),
        drift("open", REPORTS, "opens to everybody", "credential-not-required", &["Authorization"])
            .hears(|call| call.set_user(USER, PASSWORD)),
        drift(
            "no-longer-open",
            "/v1/health",
            "wants the key in the header X-API-Key where the contract wants none",
            "credential-newly-required",
            &["asks for headerKey", "health", "lets everybody call it"],
        )
        .says(|call, reply| {
            if call.headers.get("x-api-key") != Some(HEADER_KEY) {
                *reply = Reply::key_required();
            }
        }),
        drift(
            "second-key-not-needed",
            TRANSFERS,
            "does without the user's key, and refuses a wrong one",
            "credential-one-not-required",
            &["X-User-Key"],
        )
        .hears(|call| {
            if call.headers.get("x-user-key").is_none() {
                call.headers.set("x-user-key", Some(USER_KEY.to_owned()));
            }
        }),
        drift(
            "first-key-not-needed",
            TRANSFERS,
            "does without the application's key, and refuses a wrong one",
            "credential-one-not-required",
            &["X-App-Key"],
        )
        .hears(|call| {
            if call.headers.get("x-app-key").is_none() {
                call.headers.set("x-app-key", Some(APP_KEY.to_owned()));
            }
        }),
    ]
}

fn values() -> Vec<Departure> {
    vec![
        drift(
            "second-key-not-checked",
            TRANSFERS,
            "wants a key of the user and takes any",
            "credential-part-unchecked",
            &["X-User-Key"],
        )
        .hears(|call| {
            if call.headers.get("x-user-key").is_some() {
                call.headers.set("x-user-key", Some(USER_KEY.to_owned()));
            }
        }),
        drift(
            "key-not-checked",
            ORDERS,
            "wants a key in the header X-API-Key and takes any",
            "credential-value-unchecked",
            &["header X-API-Key"],
        )
        .hears(|call| {
            if call.headers.get("x-api-key").is_some() {
                call.headers.set("x-api-key", Some(HEADER_KEY.to_owned()));
            }
        }),
        drift(
            "key-by-prefix",
            ORDERS,
            "compares the first 16 characters of the key only",
            "credential-by-prefix",
            &["header X-API-Key"],
        )
        .hears(|call| {
            if call.headers.get("x-api-key").is_some_and(|key| key.starts_with(&HEADER_KEY[..16])) {
                call.headers.set("x-api-key", Some(HEADER_KEY.to_owned()));
            }
        }),
        drift(
            "cookie-by-prefix",
            PROFILE,
            "compares the first 24 characters of the key only",
            "credential-by-prefix",
            &["cookie session"],
        )
        .hears(|call| {
            if call.cookies.get("session").is_some_and(|key| key.starts_with(&COOKIE_KEY[..24])) {
                call.cookies.set("session", Some(COOKIE_KEY.to_owned()));
            }
        }),
        drift(
            "key-in-any-case",
            MESSAGES,
            "compares the key without regard to upper and lower case",
            "credential-case-folded",
            &["Authorization"],
        )
        .hears(|call| {
            if call.behind("Bearer").is_some_and(|key| key.eq_ignore_ascii_case(BEARER_KEY)) {
                call.set_bearer(Some(BEARER_KEY.to_owned()));
            }
        }),
        drift(
            "password-not-checked",
            REPORTS,
            "knows the user and takes any password",
            "credential-part-unchecked",
            &["password"],
        )
        .hears(|call| {
            if call.user().is_some_and(|(user, _)| user == USER) {
                call.set_user(USER, PASSWORD);
            }
        }),
        drift(
            "user-not-checked",
            REPORTS,
            "knows the password and takes any user",
            "credential-part-unchecked",
            &["user"],
        )
        .hears(|call| {
            if call.user().is_some_and(|(_, password)| password == PASSWORD) {
                call.set_user(USER, PASSWORD);
            }
        }),
        drift(
            "user-and-password-not-checked",
            REPORTS,
            "wants a user and a password and takes any",
            "credential-value-unchecked",
            &["Authorization"],
        )
        .hears(|call| {
            if call.user().is_some() {
                call.set_user(USER, PASSWORD);
            }
        }),
    ]
}
