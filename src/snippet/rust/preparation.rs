//! What comes before the call: body, time, message, signature.

use super::expression::{assigned, borrowed, local, path, text, written};
use crate::contract::scheme::{Algorithm, Encoding, KeyForm, TimestampUnit};
use crate::snippet::call::{Call, Content, Signed};
use crate::snippet::piece::{Filter, Node, Piece};

/// Body, time, message, signature.
pub(super) fn preparation(call: &Call) -> String {
    let mut lines = body(call);
    if call.signs(&Piece::CanonicalBody) {
        lines += "    // Compact, with sorted keys.\n    let canonical_body = body.to_string();\n";
    }
    let since = "SystemTime::now().duration_since(UNIX_EPOCH)?";
    match call.time {
        Some(TimestampUnit::Seconds) => lines += &format!("    let timestamp = {since}.as_secs();\n"),
        Some(TimestampUnit::Milliseconds) => lines += &format!("    let timestamp = {since}.as_millis() as u64;\n"),
        Some(TimestampUnit::Iso8601) => {
            lines += "    let timestamp = jiff::Timestamp::now().strftime(\"%Y-%m-%dT%H:%M:%SZ\").to_string();\n";
        }
        None => {}
    }
    match &call.signed {
        None => lines += &placed(call, "body", "    "),
        Some(signed) => match &signed.each {
            None => lines += &format!("{}{}", signature(call, signed, "    "), placed(call, "body", "    ")),
            Some(list) => {
                let items = path("body", list);
                lines += &format!("    for item in {items}.as_array_mut().expect(\"the items are a list\") {{\n");
                let (signature, placed) = (signature(call, signed, "        "), placed(call, "item", "        "));
                lines += &format!("{signature}{placed}    }}\n");
            }
        },
    }
    if lines.is_empty() { lines } else { lines + "\n" }
}

pub(super) fn body(call: &Call) -> String {
    let changes = if call.parts.is_empty() { "" } else { "mut " };
    match &call.body {
        Content::Json(value) => {
            let before = format!("    let {changes}body = json!(");
            let end = if call.signs(&Piece::RawBody) { "    let body = body.to_string();\n" } else { "" };
            format!("{before}{});\n{end}", written(&Node::of(value), &before))
        }
        Content::Text(body) => format!("    let body = {};\n", text(body)),
        Content::Multipart(fields) => {
            let mut lines = "    let form = reqwest::multipart::Form::new()".to_owned();
            for (name, value, is_file) in fields {
                let (name, value) = (text(name), text(value));
                lines += &if *is_file {
                    format!(
                        "\n        .part({name}, reqwest::multipart::Part::bytes({value}.as_bytes()).file_name({name}))"
                    )
                } else {
                    format!("\n        .text({name}, {value})")
                };
            }
            lines + ";\n"
        }
        Content::Empty | Content::Form(_) => String::new(),
    }
}

/// The message and its signature.
pub(super) fn signature(call: &Call, signed: &Signed, margin: &str) -> String {
    let mut lines = String::new();
    if call.filters().contains(&Filter::NormalizedUrl) {
        lines += &format!("{margin}// A URL is signed as a WHATWG parser writes it.\n");
    }
    if !signed.payload.is_empty() {
        lines += &assigned(margin, "payload", &borrowed(&signed.payload));
    }
    lines += &assigned(margin, "message", &borrowed(&signed.message));
    let secret = local(&signed.secret);
    let key = match signed.key {
        KeyForm::Text => format!("{secret}.as_bytes()"),
        KeyForm::Hex => format!("&hex::decode(&{secret})?"),
        KeyForm::Base64 => format!("&BASE64_STANDARD.decode(&{secret})?"),
    };
    let digest = match signed.algorithm {
        Algorithm::HmacSha1 => "Sha1",
        Algorithm::HmacSha256 => "Sha256",
        Algorithm::HmacSha512 => "Sha512",
    };
    lines += &format!("{margin}let mut mac = Hmac::<{digest}>::new_from_slice({key})?;\n");
    lines += &format!("{margin}mac.update(message.as_bytes());\n");
    let bytes = "mac.finalize().into_bytes()";
    let signature = match signed.encoding {
        Encoding::Hex => format!("hex::encode({bytes})"),
        Encoding::HexUpper => format!("hex::encode_upper({bytes})"),
        Encoding::Base64 => format!("BASE64_STANDARD.encode({bytes})"),
        Encoding::Base64url => format!("BASE64_URL_SAFE_NO_PAD.encode({bytes})"),
    };
    lines + &format!("{margin}let signature = {signature};\n")
}

/// The parts of the credential in the body.
pub(super) fn placed(call: &Call, whole: &str, margin: &str) -> String {
    let part = |(at, node): &(String, Node)| {
        let target = match path(whole, at) {
            place if place == "item" => "*item".to_owned(),
            place => place,
        };
        let before = format!("{margin}{target} = json!(");
        format!("{before}{});\n", written(node, &before))
    };
    call.parts.iter().map(part).collect()
}
