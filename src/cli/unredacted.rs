//! Marks such as `${NAME}` in a record stand for the secret of that name: they become the secret again.

use crate::exchange::{Headers, Request, Response};
use crate::secret::{Secret, Vault};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The request with every mark replaced whose secret the run has, in the form that its place needs.
pub fn unredacted(request: &Request, vault: &Vault) -> Request {
    let mut request = request.clone();
    for (name, secret) in vault.iter() {
        let mark = format!("${{{name}}}");
        let in_url = || utf8_percent_encode(secret.expose(), NON_ALPHANUMERIC).to_string();
        request.path = filled(&request.path, &mark, in_url);
        request.query = request.query.map(|query| filled(&query, &mark, in_url));
        request.headers = in_headers(request.headers, &mark, secret);
        request.body = in_body(request.body, &request.headers, &mark, secret);
    }
    request
}

/// The response likewise.
pub fn unredacted_response(response: &Response, vault: &Vault) -> Response {
    let mut response = response.clone();
    for (name, secret) in vault.iter() {
        let mark = format!("${{{name}}}");
        response.headers = in_headers(response.headers, &mark, secret);
        response.body = in_body(response.body, &response.headers, &mark, secret);
    }
    response
}

fn in_headers(headers: Headers, mark: &str, secret: &Secret) -> Headers {
    Headers(headers.0.into_iter().map(|(name, value)| (name, in_header(value, mark, secret))).collect())
}

fn in_body(bytes: Vec<u8>, headers: &Headers, mark: &str, secret: &Secret) -> Vec<u8> {
    let Some(body) = std::str::from_utf8(&bytes).ok().filter(|body| body.contains(mark)) else { return bytes };
    let json = serde_json::Value::from(secret.expose()).to_string();
    let is_json = headers.media_type().is_some_and(|name| name.contains("json"));
    let text = if is_json { &json[1..json.len() - 1] } else { secret.expose() };
    body.replace(mark, text).into_bytes()
}

fn filled(text: &str, mark: &str, secret: impl Fn() -> String) -> String {
    if text.contains(mark) { text.replace(mark, &secret()) } else { text.to_owned() }
}

/// In `Basic` the mark stands in the midst of base64: what stands before it is decoded, and the whole is encoded again.
fn in_header(value: String, mark: &str, secret: &Secret) -> String {
    let Some((before, after)) = value.split_once(mark) else { return value };
    let basic = before.split_once(' ').filter(|(word, _)| word.eq_ignore_ascii_case("basic"));
    let again = basic.and_then(|(word, encoded)| {
        // The last of these characters holds bits of the secret, too.
        let whole = encoded.len() * 6 / 8;
        let padded = format!("{encoded:A<width$}", width = encoded.len().next_multiple_of(4));
        let mut pair = STANDARD.decode(padded).ok()?;
        pair.truncate(whole);
        pair.extend_from_slice(secret.expose().as_bytes());
        let pair = STANDARD.encode(pair);
        pair.ends_with(after).then(|| format!("{word} {pair}"))
    });
    again.unwrap_or_else(|| value.replace(mark, secret.expose()))
}
