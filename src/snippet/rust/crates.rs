//! The crates that a program needs, read from its code.

/// A crate by what the code says of it: the line of `[dependencies]`.
pub(super) const CRATES: [(&str, &str); 7] = [
    ("BASE64_", "base64 = \"0.22\""),
    ("hex::", "hex = \"0.4\""),
    ("Hmac::", "hmac = \"0.13\""),
    ("jiff::", "jiff = \"0.2\""),
    ("json!(", "serde_json = \"1\""),
    ("Sha1>", "sha1 = \"0.11\""),
    ("Sha256", "sha2 = \"0.11\""),
];

pub(super) fn dependencies(code: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        CRATES.iter().filter(|(sign, _)| code.contains(sign)).map(|(_, line)| (*line).to_owned()).collect();
    if code.contains("Sha512") && !code.contains("Sha256") {
        lines.push("sha2 = \"0.11\"".to_owned());
    }
    let features = [(".form(", "form"), (".json(", "json"), (".multipart(", "multipart"), (".query(", "query")];
    let features: Vec<String> =
        features.iter().filter(|(sign, _)| code.contains(sign)).map(|(_, feature)| format!("\"{feature}\"")).collect();
    lines.push(if features.is_empty() {
        "reqwest = \"0.13\"".to_owned()
    } else {
        format!("reqwest = {{ version = \"0.13\", features = [{}] }}", features.join(", "))
    });
    lines.push("tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }".to_owned());
    lines.sort();
    lines
}

/// What the code imports.
pub(super) fn imports(code: &str) -> Vec<&'static str> {
    let has = |sign: &str| code.contains(sign);
    let digests = match (has("Sha256"), has("Sha512"), has("Sha256::digest")) {
        (_, true, true) => Some("sha2::{Digest, Sha256, Sha512}"),
        (_, true, false) => Some("sha2::Sha512"),
        (_, false, true) => Some("sha2::{Digest, Sha256}"),
        (true, false, false) => Some("sha2::Sha256"),
        (false, false, false) => None,
    };
    let wanted = [
        (has("BASE64_STANDARD.") && !has("BASE64_URL"), "base64::prelude::{BASE64_STANDARD, Engine}"),
        (has("BASE64_URL") && !has("BASE64_STANDARD."), "base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine}"),
        (
            has("BASE64_URL") && has("BASE64_STANDARD."),
            "base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine}",
        ),
        (has("Hmac::"), "hmac::{Hmac, KeyInit, Mac}"),
        (has("json!("), "serde_json::json"),
        (has("Sha1>"), "sha1::Sha1"),
        (digests.is_some(), digests.unwrap_or_default()),
        (true, "std::env"),
        (has("SystemTime"), "std::time::{SystemTime, UNIX_EPOCH}"),
    ];
    wanted.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, line)| line).collect()
}
