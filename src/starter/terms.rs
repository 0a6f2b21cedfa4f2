//! `contract.toml`, as far as the document tells what stands in it.

use super::naming;
use super::refusals::Refusal;
use crate::contract::Contract;
use crate::contract::conduct::Cause;
use crate::contract::scheme::Scheme;
use crate::name::OperationId;
use serde_json::json;
use std::fmt::Write as _;

/// How wide a list may be on one line.
const WIDE: usize = 100;

/// The text of `contract.toml`.
pub fn text(contract: &Contract, refusals: &[Refusal]) -> String {
    let mut text = format!(
        "# What the OpenAPI document cannot say. Written by `counterpart init`; what it guessed is marked `guessed`.\n\
         consumer = \"consumer\"   # guessed: who calls? A name, or a list of names\n\
         provider = {}\n",
        quoted(provider(&contract.title))
    );
    for credential in contract.credentials.values() {
        let name = credential.name.as_str();
        let variable = naming::variable(contract.name.as_str(), name);
        let what = match &credential.scheme {
            Scheme::Basic { .. } => "the variable of the password, never the password itself",
            _ => "the variable of the key, never the key itself",
        };
        write!(text, "\n# {}\n[credential.{}]\n", credential.describe(), key(name)).expect(TAKES);
        writeln!(text, "secret = {}   # {what}", quoted(&variable)).expect(TAKES);
        if let Scheme::Basic { .. } = credential.scheme {
            text.push_str("user   = \"user\"   # guessed: the user's name, which is no secret\n");
        }
        text.push_str("sample = \"test_{{ random_hex(24) }}\"   # how a fake makes one\n");
        text.push_str("# pattern = '^test_[0-9a-f]+$'   # the form of a key, if there is one: others are malformed\n");
    }
    for refusal in refusals {
        text.push('\n');
        text.push_str(&comment(refusal));
        writeln!(text, "[refusal.{}]", key(&refusal.name)).expect(TAKES);
        if !refusal.on.is_empty() {
            let causes: Vec<String> = refusal.on.iter().map(|cause| quoted(word(*cause))).collect();
            writeln!(text, "on = [{}]   # guessed", causes.join(", ")).expect(TAKES);
        }
        writeln!(text, "status = {}", refusal.status).expect(TAKES);
        if let Some(example) = refusal.example.as_ref().filter(|example| **example != refusal.name) {
            writeln!(text, "example = {}", quoted(example)).expect(TAKES);
        }
        if !is_everywhere(contract, refusal, refusals) {
            writeln!(text, "operations = {}", list(&refusal.operations)).expect(TAKES);
        }
        if refusal.fastapi {
            text.push_str("wording = \"fastapi\"\n");
        }
    }
    text
}

const TAKES: &str = "a text takes every write";

/// The provider's name, from the document's title.
pub fn provider(title: &str) -> &str {
    let title = title.trim();
    if title.is_empty() { "provider" } else { title }
}

fn comment(refusal: &Refusal) -> String {
    let of_credential = refusal.on.contains(&Cause::Missing) || refusal.on.contains(&Cause::Unknown);
    match (of_credential, refusal.on.is_empty()) {
        (true, _) => "# Promise its text, so that one refusal is told from another: promises = { \"/detail\" = \"…\" }\n",
        (false, true) => {
            "# Which calls are refused so? Until `on` or `when` says it, a fake does so only when a scenario asks it to.\n"
        }
        (false, false) => "",
    }
    .to_owned()
}

/// Whether it need not be limited to its operations: every one shows it, or no other is refused for its causes.
fn is_everywhere(contract: &Contract, refusal: &Refusal, refusals: &[Refusal]) -> bool {
    if refusal.operations.len() == contract.operations.len() {
        return true;
    }
    let of_credential = |cause: &Cause| matches!(cause, Cause::Missing | Cause::Unknown);
    let concerned = contract.operations.values().filter(|operation| {
        if refusal.on.iter().any(of_credential) {
            operation.security.is_required()
        } else {
            super::refusals::takes_anything(operation)
        }
    });
    let is_only = refusals.iter().filter(|other| other.on.iter().any(|cause| refusal.on.contains(cause))).count() == 1;
    !refusal.on.is_empty() && is_only && concerned.clone().all(|operation| refusal.operations.contains(&operation.id))
}

fn word(cause: Cause) -> &'static str {
    match cause {
        Cause::Path => "path",
        Cause::Method => "method",
        Cause::Missing => "missing",
        Cause::Misplaced => "misplaced",
        Cause::Malformed => "malformed",
        Cause::Unknown => "unknown",
        Cause::Stale => "stale",
        Cause::Parameters => "parameters",
        Cause::Body => "body",
    }
}

fn list(operations: &[OperationId]) -> String {
    let names: Vec<String> = operations.iter().map(|id| quoted(id.as_str())).collect();
    let line = names.join(", ");
    if line.len() < WIDE { format!("[{line}]") } else { format!("[\n    {},\n]", names.join(",\n    ")) }
}

/// A text in quotes: what JSON writes is a basic string of TOML too.
fn quoted(text: &str) -> String {
    json!(text).to_string()
}

/// A key of TOML: in quotes where it has to be.
pub fn key(name: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}
