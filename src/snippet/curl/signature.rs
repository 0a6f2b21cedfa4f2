//! What comes before the call: the time, the message, the signature.

use super::json::{items, json};
use super::word::{Shell, body_of, quoted};
use crate::contract::scheme::{Algorithm, Encoding, KeyForm, TimestampUnit};
use crate::snippet::call::{Call, Content, Signed};
use crate::snippet::piece::{Filter, Piece};

pub(super) const SHOWN: &str =
    "# openssl takes the secret as an argument: for a moment the list of processes shows it.\n";

/// What comes before the call: the time, the message, the signature.
pub(super) fn preparation(call: &Call) -> String {
    let mut lines = String::new();
    if call.signs(&Piece::RawBody) {
        lines += &format!("body=$(cat <<'JSON'\n{}\nJSON\n)\n", json(call, false));
    }
    if let (true, Content::Json(body)) = (call.signs(&Piece::CanonicalBody), &call.body) {
        lines += &format!("# The body, compact and with sorted keys.\ncanonical_body={}\n", quoted(&body.to_string()));
    }
    match call.time {
        Some(TimestampUnit::Seconds) => lines += "timestamp=$(date +%s)\n",
        Some(TimestampUnit::Milliseconds) => lines += "timestamp=$(date +%s)000 # in milliseconds\n",
        Some(TimestampUnit::Iso8601) => lines += "timestamp=$(date -u +%Y-%m-%dT%H:%M:%SZ)\n",
        None => {}
    }
    let Some(signed) = &call.signed else { return lines };
    if call.filters().contains(&Filter::NormalizedUrl) {
        lines += "# A URL is signed as a WHATWG parser writes it, as it stands here already.\n";
    }
    let keyed = format!("openssl dgst -{} {}", digest(signed.algorithm), key(signed));
    let written = written(signed.encoding);
    let Some(items) = items(call, signed) else {
        let shell = Shell { call, whole: body_of(call) };
        if !signed.payload.is_empty() {
            lines += &format!("payload={}\n", shell.word(&signed.payload));
        }
        lines += &format!("message={}\n{SHOWN}", shell.word(&signed.message));
        return lines + &format!("signature=$(printf %s \"$message\" | {keyed} {written})\n");
    };
    lines += &format!("{SHOWN}sign() {{\n  printf %s \"$1\" | {keyed} {written}\n}}\n");
    for (number, item) in items.iter().enumerate() {
        let shell = Shell { call, whole: item };
        if !signed.payload.is_empty() {
            lines += &format!("payload={}\n", shell.word(&signed.payload));
        }
        lines += &format!("signature_{}=$(sign {})\n", number + 1, shell.word(&signed.message));
    }
    lines
}

pub(super) fn digest(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::HmacSha1 => "sha1",
        Algorithm::HmacSha256 => "sha256",
        Algorithm::HmacSha512 => "sha512",
    }
}

pub(super) fn key(signed: &Signed) -> String {
    let Signed { key, secret, .. } = signed;
    match key {
        KeyForm::Text => format!("-hmac \"${secret}\""),
        KeyForm::Hex => format!("-mac HMAC -macopt \"hexkey:${secret}\""),
        KeyForm::Base64 => {
            let bytes = format!("printf %s \"${secret}\" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n'");
            format!("-mac HMAC -macopt \"hexkey:$({bytes})\"")
        }
    }
}

pub(super) fn written(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Hex => "-r | cut -d' ' -f1",
        Encoding::HexUpper => "-r | cut -d' ' -f1 | tr a-f A-F",
        Encoding::Base64 => "-binary | openssl base64 -A",
        Encoding::Base64url => "-binary | openssl base64 -A | tr '+/' '-_' | tr -d '='",
    }
}
