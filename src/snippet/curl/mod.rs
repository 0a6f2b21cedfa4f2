//! A script for bash that calls with curl and signs with openssl.

mod json;
mod signature;
mod word;

use super::call::{Call, Content};
use super::piece::{Piece, Text, push};
use json::json;
use signature::preparation;
use word::{Shell, body_of, escaped, quoted, quoted_if_needed};

/// What has to be installed.
pub fn needs(call: &Call) -> Vec<String> {
    let openssl = call.signed.is_some() || !call.filters().is_empty();
    // --fail-with-body came with 7.76, --url-query with 7.87.
    let curl = if call.query.is_empty() || is_bare_get(call) { "curl 7.76" } else { "curl 7.87" };
    let needs = ["bash", curl].into_iter().chain(openssl.then_some("openssl"));
    needs.map(str::to_owned).collect()
}

/// The script.
pub fn render(call: &Call) -> String {
    let mut script = format!("#!/usr/bin/env bash\n# {}\nset -euo pipefail\n", call.summary);
    for variable in &call.variables {
        script += &format!(": \"${{{}:?{}}}\"\n", variable.name, escaped(&variable.meaning).replace('}', "\\}"));
    }
    script += "\n";
    let before = preparation(call);
    if !before.is_empty() {
        script += &format!("{before}\n");
    }
    if call.headers.iter().any(|(_, value)| has_secret(value)) || call.query.iter().any(|(_, value)| has_secret(value))
    {
        script += "# <(printf …) keeps the key out of the list of processes.\n";
    }
    script + &command(call)
}

fn command(call: &Call) -> String {
    let shell = Shell { call, whole: body_of(call) };
    let mut url = call.base.clone();
    push(&mut url, Piece::Literal(call.path.clone()));
    let mut arguments = vec![format!("curl --fail-with-body --silent --show-error {}", shell.word(&url))];
    let has_body = call.body != Content::Empty;
    match call.method.as_str() {
        "GET" if !has_body => {}
        "POST" if has_body => {}
        "HEAD" => arguments.push("--head".to_owned()),
        method => arguments.push(format!("--request {method}")),
    }
    if is_bare_get(call) && !call.query.is_empty() {
        arguments.push("--get".to_owned());
    }
    let option = if is_bare_get(call) { "--data-urlencode" } else { "--url-query" };
    for (name, value) in &call.query {
        // curl encodes the value, and leaves the name as it is.
        let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        arguments.push(if has_secret(value) {
            format!("{option} {}@<(printf %s {})", quoted_if_needed(&name), shell.word(value))
        } else {
            let mut pair = vec![Piece::Literal(format!("{name}="))];
            pair.extend(value.iter().cloned());
            format!("{option} {}", shell.word(&pair))
        });
    }
    for (name, value) in &call.headers {
        let mut line = Text::new();
        push(&mut line, Piece::Literal(format!("{name}: ")));
        value.iter().for_each(|piece| push(&mut line, piece.clone()));
        let line = shell.word(&line);
        arguments.push(if has_secret(value) {
            format!("--header @<(printf %s {line})")
        } else {
            format!("--header {line}")
        });
    }
    if let Some((user, password)) = &call.basic {
        arguments.push(format!(
            "--user {}",
            shell.word(&vec![Piece::Literal(format!("{user}:")), Piece::Variable(password.clone())])
        ));
    }
    let mut behind = String::new();
    match &call.body {
        Content::Empty => {}
        _ if call.signs(&Piece::RawBody) => arguments.push("--data-binary \"$body\"".to_owned()),
        Content::Json(_) => {
            let is_filled = !call.parts.is_empty();
            let mark = if is_filled { "JSON" } else { "'JSON'" };
            arguments.push(format!("--data-binary @- <<{mark}"));
            behind = format!("{}\nJSON\n", json(call, is_filled));
        }
        Content::Text(body) => arguments.push(format!("--data-binary {}", quoted(body))),
        Content::Form(pairs) => {
            arguments.extend(
                pairs.iter().map(|(name, value)| format!("--data-urlencode {}", quoted(&format!("{name}={value}")))),
            );
        }
        Content::Multipart(fields) => arguments.extend(fields.iter().map(|(name, value, is_file)| {
            if *is_file {
                format!(
                    "--form {}@<(printf %s {})';filename={name}'",
                    quoted_if_needed(&format!("{name}=")),
                    quoted(value)
                )
            } else {
                format!("--form-string {}", quoted(&format!("{name}={value}")))
            }
        })),
    }
    format!("{}\n{behind}", arguments.join(" \\\n  "))
}

/// Whether nothing but the query can hold data.
fn is_bare_get(call: &Call) -> bool {
    call.method == "GET" && call.body == Content::Empty
}

fn has_secret(text: &Text) -> bool {
    text.iter().any(|piece| matches!(piece, Piece::Variable(_)))
}
