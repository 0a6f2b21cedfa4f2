//! Bodies as they were before they were encoded (RFC 9110, section 8.4): for the judge only, never for the wire.

use super::tee::MOST;
use crate::exchange::Headers;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::io::{self, Read};

/// The body without the encodings that `headers` name.
///
/// # Errors
/// Why it cannot be read: `encoded as br`.
pub fn decoded(headers: &Headers, body: Vec<u8>) -> Result<Vec<u8>, String> {
    if body.is_empty() {
        return Ok(body);
    }
    let lines: Vec<&str> = headers.all("content-encoding").collect();
    let encodings = lines.iter().flat_map(|line| line.split(',')).map(|name| name.trim().to_ascii_lowercase());
    let encodings: Vec<String> = encodings.filter(|name| !name.is_empty()).collect();
    encodings.iter().rev().try_fold(body, |body, encoding| {
        let plain = match encoding.as_str() {
            "identity" => return Ok(body),
            "gzip" | "x-gzip" => whole(MultiGzDecoder::new(body.as_slice())),
            // It stands for zlib, but some send it without zlib's frame.
            "deflate" => whole(ZlibDecoder::new(body.as_slice())).or_else(|_| whole(DeflateDecoder::new(&*body))),
            _ => return Err(format!("encoded as {encoding}")),
        };
        plain.map_err(|error| format!("encoded as {encoding}, which cannot be read: {error}"))
    })
}

fn whole(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    let most = u64::try_from(MOST).unwrap_or(u64::MAX);
    reader.take(most + 1).read_to_end(&mut plain)?;
    if plain.len() > MOST { Err(io::Error::other("it is too long")) } else { Ok(plain) }
}
