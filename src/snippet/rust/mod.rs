//! A program for Rust that calls with reqwest.

mod crates;
mod expression;
mod preparation;

use super::call::{Call, Content};
use super::piece::{Piece, Text, push};
use crate::contract::scheme::TimestampUnit;
use crates::{dependencies, imports};
use expression::{assigned, borrowed, local, text};
use preparation::preparation;

/// The lines of `[dependencies]`.
pub fn needs(call: &Call) -> Vec<String> {
    dependencies(&main(call))
}

/// The program, with its dependencies above it.
pub fn render(call: &Call) -> String {
    let main = main(call);
    let dependencies: String = dependencies(&main).iter().map(|line| format!("// {line}\n")).collect();
    let imports: String = imports(&main).into_iter().map(|line| format!("use {line};\n")).collect();
    let gap = if imports.is_empty() { "" } else { "\n" };
    format!("// {}\n//\n// [dependencies]\n{dependencies}\n{imports}{gap}{main}", call.summary)
}

fn main(call: &Call) -> String {
    let environment: String = call
        .variables
        .iter()
        .map(|variable| {
            let (name, text) = (&variable.name, text(&variable.name));
            assigned("    ", &local(name), &format!("env::var({text}).expect({text})"))
        })
        .collect();
    let lines = format!("{environment}\n{}{}", preparation(call), request(call));
    format!("#[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{lines}{ANSWERED}}}\n")
}

const ANSWERED: &str = "    \
    let status = response.status();
    let text = response.text().await?;
    if !status.is_success() {
        return Err(format!(\"{status} {text}\").into());
    }
    println!(\"{status} {text}\");
    Ok(())
";

fn request(call: &Call) -> String {
    let mut url = call.base.clone();
    push(&mut url, Piece::Literal(call.path.clone()));
    let url = borrowed(&url);
    let mut lines = "    let response = reqwest::Client::new()\n".to_owned();
    let mut step = |step: String| lines += &format!("        {step}\n");
    match call.method.as_str() {
        method @ ("GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD") => {
            step(format!(".{}({url})", method.to_ascii_lowercase()));
        }
        method => step(format!(".request({}.parse()?, {url})", text(method))),
    }
    for (name, value) in &call.query {
        step(format!(".query(&[({}, {})])", text(name), borrowed(value)));
    }
    for (name, value) in &call.headers {
        let sends_json = matches!(call.body, Content::Json(_)) && !call.signs(&Piece::RawBody);
        match value.as_slice() {
            [Piece::Literal(json)] if name == "Content-Type" && json == "application/json" && sends_json => {}
            [Piece::Literal(word), Piece::Variable(key)] if name == "Authorization" && word == "Bearer " => {
                step(format!(".bearer_auth(&{})", local(key)));
            }
            _ => step(format!(".header({}, {})", text(name), owned_time(call, value))),
        }
    }
    if let Some((user, password)) = &call.basic {
        step(format!(".basic_auth({}, Some(&{}))", text(user), local(password)));
    }
    match &call.body {
        Content::Empty => {}
        Content::Json(_) if !call.signs(&Piece::RawBody) => step(".json(&body)".to_owned()),
        Content::Json(_) | Content::Text(_) => step(".body(body)".to_owned()),
        Content::Form(pairs) => {
            let pairs: Vec<String> =
                pairs.iter().map(|(name, value)| format!("({}, {})", text(name), text(value))).collect();
            step(format!(".form(&[{}])", pairs.join(", ")));
        }
        Content::Multipart(_) => step(".multipart(form)".to_owned()),
    }
    lines + "        .send()\n        .await?;\n"
}

/// A header's value: a number is one by itself.
fn owned_time(call: &Call, value: &Text) -> String {
    match value.as_slice() {
        [Piece::Timestamp] if call.time != Some(TimestampUnit::Iso8601) => "timestamp".to_owned(),
        _ => borrowed(value),
    }
}
