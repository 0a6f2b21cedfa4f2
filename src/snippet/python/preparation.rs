//! What comes before the call: body, time, message, signature.

use super::expression::{expression, local, path, text, written};
use crate::contract::scheme::{Algorithm, Encoding, KeyForm, TimestampUnit};
use crate::snippet::call::{Call, Content, Signed};
use crate::snippet::piece::{Filter, Node, Piece};
use serde_json::json;

/// Body, time, message, signature.
pub(super) fn preparation(call: &Call) -> String {
    let mut lines = body(call);
    if call.signs(&Piece::CanonicalBody) {
        let form = "separators=(\",\", \":\"), sort_keys=True, ensure_ascii=False";
        lines += &format!("canonical_body = json.dumps(body, {form})\n");
    }
    match call.time {
        Some(TimestampUnit::Seconds) => lines += "timestamp = int(time.time())\n",
        Some(TimestampUnit::Milliseconds) => lines += "timestamp = int(time.time() * 1000)\n",
        Some(TimestampUnit::Iso8601) => {
            lines += "timestamp = datetime.now(timezone.utc).strftime(\"%Y-%m-%dT%H:%M:%SZ\")\n";
        }
        None => {}
    }
    match &call.signed {
        None => lines += &placed(call, "body", ""),
        Some(signed) => match &signed.each {
            None => lines += &format!("{}{}", signature(call, signed, ""), placed(call, "body", "")),
            Some(list) => {
                lines += &format!("for item in {}:\n", path("body", list));
                lines += &format!("{}{}", signature(call, signed, "    "), placed(call, "item", "    "));
            }
        },
    }
    if lines.is_empty() { lines } else { lines + "\n" }
}

pub(super) fn body(call: &Call) -> String {
    match &call.body {
        Content::Empty => String::new(),
        Content::Json(value) if call.signs(&Piece::RawBody) => {
            format!("body = json.dumps({})\n", written(&Node::of(value), "body = json.dumps("))
        }
        Content::Json(value) => format!("body = {}\n", written(&Node::of(value), "body = ")),
        Content::Text(body) => format!("body = {}\n", text(body)),
        Content::Form(pairs) => {
            let pairs = pairs.iter().map(|(name, value)| (name.clone(), Node::Plain(json!(value)))).collect();
            format!(
                "body = urllib.parse.urlencode({})\n",
                written(&Node::Object(pairs), "body = urllib.parse.urlencode(")
            )
        }
        Content::Multipart(fields) => multipart(fields),
    }
}

pub(super) fn multipart(fields: &[(String, String, bool)]) -> String {
    let mut lines = "boundary = uuid.uuid4().hex\nbody = (\n".to_owned();
    for (name, value, is_file) in fields {
        let file = if *is_file { format!("; filename=\"{name}\"") } else { String::new() };
        lines += "    f\"--{boundary}\\r\\n\"\n";
        lines += &format!("    'Content-Disposition: form-data; name=\"{name}\"{file}\\r\\n'\n");
        if *is_file {
            lines += "    \"Content-Type: application/octet-stream\\r\\n\"\n";
        }
        lines += &format!("    \"\\r\\n\"\n    {}\n", text(&format!("{value}\r\n")));
    }
    lines + "    f\"--{boundary}--\\r\\n\"\n)\n"
}

/// The message and its signature.
pub(super) fn signature(call: &Call, signed: &Signed, margin: &str) -> String {
    let mut lines = String::new();
    if call.filters().contains(&Filter::NormalizedUrl) {
        lines += &format!("{margin}# A URL is signed as a WHATWG parser writes it, as it stands here already.\n");
    }
    if !signed.payload.is_empty() {
        lines += &format!("{margin}payload = {}\n", expression(&signed.payload));
    }
    lines += &format!("{margin}message = {}\n", expression(&signed.message));
    let secret = local(&signed.secret);
    let key = match signed.key {
        KeyForm::Text => format!("{secret}.encode()"),
        KeyForm::Hex => format!("bytes.fromhex({secret})"),
        KeyForm::Base64 => format!("base64.b64decode({secret})"),
    };
    let digest = match signed.algorithm {
        Algorithm::HmacSha1 => "sha1",
        Algorithm::HmacSha256 => "sha256",
        Algorithm::HmacSha512 => "sha512",
    };
    let keyed = format!("hmac.new({key}, message.encode(), hashlib.{digest})");
    let signature = match signed.encoding {
        Encoding::Hex => format!("{keyed}.hexdigest()"),
        Encoding::HexUpper => format!("{keyed}.hexdigest().upper()"),
        Encoding::Base64 => format!("base64.b64encode({keyed}.digest()).decode()"),
        Encoding::Base64url => format!("base64.urlsafe_b64encode({keyed}.digest()).decode().rstrip(\"=\")"),
    };
    lines + &format!("{margin}signature = {signature}\n")
}

/// The parts of the credential in the body.
pub(super) fn placed(call: &Call, whole: &str, margin: &str) -> String {
    let part = |(at, node): &(String, Node)| {
        let before = format!("{margin}{} = ", path(whole, at));
        format!("{before}{}\n", written(node, &before))
    };
    call.parts.iter().map(part).collect()
}
