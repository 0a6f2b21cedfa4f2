//! The canonical message and its signature.

use crate::contract::scheme::{Algorithm, Encoding, KeyForm, Payload, Placed, PlacedPart, Signing, TimestampUnit};
use crate::exchange::Request;
use crate::expression::Template;
use crate::name::OperationId;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};

/// A time as a credential writes it. `now_ms` is in milliseconds since 1970.
pub fn timestamp(now_ms: i64, unit: TimestampUnit) -> Value {
    match unit {
        TimestampUnit::Seconds => json!(now_ms.div_euclid(1000)),
        TimestampUnit::Milliseconds => json!(now_ms),
        TimestampUnit::Iso8601 => {
            let seconds = now_ms.div_euclid(1000);
            json!(jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX).to_string())
        }
    }
}

/// The time that a text written by [`timestamp`] stands for, in milliseconds since 1970.
pub fn read_timestamp(text: &str, unit: TimestampUnit) -> Option<i64> {
    match unit {
        TimestampUnit::Seconds => text.parse::<i64>().ok()?.checked_mul(1000),
        TimestampUnit::Milliseconds => text.parse().ok(),
        TimestampUnit::Iso8601 => text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond),
    }
}

/// The message that `request` has to sign.
///
/// `item` is the item for which it signs, where it signs for each of several.
pub fn message(
    template: &Template,
    placed: &Placed,
    operation: Option<&OperationId>,
    request: &Request,
    timestamp: &str,
    party: &str,
    item: Option<&Value>,
) -> Result<String, String> {
    let path = percent_encoding::percent_decode_str(&request.path).decode_utf8_lossy();
    let headers: serde_json::Map<String, Value> =
        request.headers.0.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect();
    let mut context = json!({
        "method": request.method,
        "path": path,
        "raw_path": request.path_and_query(),
        "query": request.query.as_deref().unwrap_or(""),
        "timestamp": timestamp,
        "party": party,
        "body": request.json(),
        "raw_body": String::from_utf8_lossy(&request.body),
        "canonical_body": canonical_body(placed, request),
        "header": headers,
        "item": item,
    });
    if let Some(payload) = operation.and_then(|operation| placed.payload.get(operation)) {
        // A body that lacks what is signed is signed as if that were empty: it is refused for its shape.
        context["payload"] = json!(payload.template.render(&context).unwrap_or_default());
    }
    template.render(&context)
}

/// The JSON body without what the credential places there, compact, with sorted keys; empty where there is no JSON.
fn canonical_body(placed: &Placed, request: &Request) -> String {
    let Some(mut body) = request.json() else { return String::new() };
    for part in &placed.places {
        if let PlacedPart::Body { at, .. } = part
            && let Some((parent, name)) = at.rsplit_once('/')
            && let Some(Value::Object(parent)) = body.pointer_mut(parent)
        {
            parent.shift_remove(name);
        }
    }
    body.sort_all_objects();
    body.to_string()
}

/// The items for which a credential is placed and signed: pointer and value; one without a value for the whole request.
pub fn items(payload: Option<&Payload>, request: &Request) -> Vec<(String, Option<Value>)> {
    let Some(each) = payload.and_then(|payload| payload.each.as_ref()) else {
        return vec![(String::new(), None)];
    };
    let body = request.json().unwrap_or(Value::Null);
    let pointers = super::place::expand(&body, each);
    pointers.into_iter().map(|pointer| (pointer.clone(), body.pointer(&pointer).cloned())).collect()
}

/// The signature of `message` under `secret`, written as the contract writes it.
pub fn signature(signing: &Signing, secret: &str, message: &str) -> Result<String, String> {
    let key = match signing.key {
        KeyForm::Text => secret.as_bytes().to_vec(),
        KeyForm::Hex => hex::decode(secret).map_err(|_| "the secret is not hexadecimal")?,
        KeyForm::Base64 => STANDARD.decode(secret).map_err(|_| "the secret is not base64")?,
    };
    macro_rules! keyed_hash {
        ($digest:ty) => {{
            let mut hash = Hmac::<$digest>::new_from_slice(&key).expect("a key of any length is fine (RFC 2104)");
            hash.update(message.as_bytes());
            hash.finalize().into_bytes().to_vec()
        }};
    }
    let bytes = match signing.algorithm {
        Algorithm::HmacSha1 => keyed_hash!(sha1::Sha1),
        Algorithm::HmacSha256 => keyed_hash!(sha2::Sha256),
        Algorithm::HmacSha512 => keyed_hash!(sha2::Sha512),
    };
    Ok(match signing.encoding {
        Encoding::Hex => hex::encode(bytes),
        Encoding::HexUpper => hex::encode_upper(bytes),
        Encoding::Base64 => STANDARD.encode(bytes),
        Encoding::Base64url => URL_SAFE_NO_PAD.encode(bytes),
    })
}

/// A signature with its last character changed, of the same length and alphabet.
pub fn altered(signing: &Signing, signature: &str) -> String {
    // Of base64's last characters not all stand for whole bytes; these two always do.
    let others = match signing.encoding {
        Encoding::Hex | Encoding::HexUpper => ['0', '1'],
        Encoding::Base64 | Encoding::Base64url => ['A', 'Q'],
    };
    let plain = signature.trim_end_matches('=');
    format!("{}{}", crate::secret::altered(plain, others), &signature[plain.len()..])
}
