//! What an OpenAPI document could not tell, each with the place at which to say it.

use super::features::{computes, says_nothing, writes};
use super::refusals::{self, Refusal, main_content, takes_anything};
use super::{File, Notice, terms};
use crate::contract::Contract;
use crate::contract::conduct::Cause;
use crate::contract::operation::{Operation, ParameterIn};
use crate::contract::schema::declared_properties;
use crate::contract::scheme::Scheme;
use crate::name::OperationId;
use crate::place::Place;

/// Names in a body or a header that probably hold a credential.
const OF_CREDENTIALS: [&str; 10] = [
    "apikey",
    "xapikey",
    "token",
    "accesstoken",
    "secret",
    "password",
    "auth",
    "authorization",
    "xtoken",
    "credential",
];
/// Parts of names that probably hold a signature.
const OF_SIGNATURES: [&str; 4] = ["signature", "hmac", "xsig", "digest"];
/// The most names in a line.
const MOST: usize = 4;

/// Everything that the files leave open, in the order in which a person would go through it.
pub fn of(contract: &Contract, refusals: &[Refusal], files: &[File]) -> Vec<Notice> {
    let search = Search { contract, refusals, files };
    [
        search.parties(),
        search.credentials(),
        search.credentials_elsewhere(),
        search.refusals(),
        search.shapes(),
        search.answers(),
        search.writes(),
    ]
    .concat()
}

struct Search<'a> {
    contract: &'a Contract,
    refusals: &'a [Refusal],
    files: &'a [File],
}

impl Search<'_> {
    /// The line of `contract.toml` that begins so.
    fn terms(&self, beginning: &str) -> Place {
        let path = format!("contracts/{}/contract.toml", self.contract.name);
        let file = self.files.iter().find(|file| file.path == path);
        let lines = file.map(|file| file.text.lines().enumerate()).into_iter().flatten();
        let line = lines.filter(|(_, line)| line.starts_with(beginning)).map(|(index, _)| index + 1).next();
        Place::new(path, line.unwrap_or(1), 1)
    }

    fn parties(&self) -> Vec<Notice> {
        vec![notice(self.terms("consumer"), "who calls: OpenAPI does not name the consumer")]
    }

    fn credentials(&self) -> Vec<Notice> {
        let mut notices = Vec::new();
        for credential in self.contract.credentials.values() {
            let place = self.terms(&format!("[credential.{}]", terms::key(credential.name.as_str())));
            let scheme = &credential.scheme;
            if let Scheme::Key { name, .. } = scheme
                && holds(name, &OF_SIGNATURES)
            {
                let text =
                    format!("{name} looks like a signature: of which message, by which algorithm, how long valid?");
                notices.push(notice(place, text));
                continue;
            }
            let text = match scheme {
                Scheme::Basic { .. } => format!("{}: the user's name is a guess", credential.name),
                _ => format!("{}: the form of a key, and whether it is signed with", credential.name),
            };
            notices.push(notice(place, text));
        }
        let is_open = self.contract.operations.values().all(|operation| !operation.security.is_required());
        if is_open {
            let text = "no operation asks for a credential: is that so, or does the document only not say it?";
            notices.extend(self.contract.operations.values().next().map(|first| notice(first.place.clone(), text)));
        }
        notices
    }

    /// Parameters and fields that look like credentials.
    fn credentials_elsewhere(&self) -> Vec<Notice> {
        let mut notices: Vec<Notice> = Vec::new();
        for operation in self.contract.operations.values() {
            for parameter in operation.parameters.iter().filter(|parameter| parameter.location != ParameterIn::Path) {
                let place = parameter.location.named(&parameter.name);
                if holds(&parameter.name, &OF_SIGNATURES) {
                    let text =
                        format!("{place} looks like a part of a signature: how it is made is for [credential.NAME]");
                    notices.push(notice(parameter.place.clone(), text));
                } else if is_one(&parameter.name, &OF_CREDENTIALS) {
                    let text = format!(
                        "{place} looks like a credential, and the document has it as a parameter: nothing is proven of it"
                    );
                    notices.push(notice(parameter.place.clone(), text));
                }
            }
            let schema = operation.default_content().and_then(|(_, content)| content.schema.as_ref());
            let fields =
                schema.map(|schema| declared_properties(&self.contract.schemas, &schema.pointer)).unwrap_or_default();
            for (name, pointer) in fields {
                if is_one(&name, &OF_CREDENTIALS) || holds(&name, &OF_SIGNATURES) {
                    let text = format!(
                        "body /{name} of {} looks like a credential: if it is one, [credential.NAME] says so with `body`",
                        operation.id
                    );
                    notices.push(notice(self.contract.place(&pointer), text));
                }
            }
        }
        notices.dedup_by(|one, other| one.place == other.place);
        notices
    }

    fn refusals(&self) -> Vec<Notice> {
        let mut notices = Vec::new();
        for refusal in self.refusals {
            let place = self.terms(&format!("[refusal.{}]", terms::key(&refusal.name)));
            let of_credential = refusal.on.iter().any(|cause| matches!(cause, Cause::Missing | Cause::Unknown));
            if of_credential {
                let text =
                    format!("how the {} is worded, and whether a missing key is told from a wrong one", refusal.status);
                notices.push(notice(place, text));
            } else if refusal.on.is_empty() {
                let text = format!("which calls are refused as {:?}, {}", refusal.name, refusal.status);
                notices.push(notice(place, text));
            }
        }
        let checks = self.contract.operations.values().any(|operation| {
            operation.security.is_required() && takes_anything(operation) && refusals::of_shape(operation).is_some()
        });
        if checks {
            let text =
                "in which order the provider checks: `order` says it, where it is not credential, parameters, body";
            notices.push(notice(self.terms("provider"), text));
        }
        notices
    }

    fn shapes(&self) -> Vec<Notice> {
        let unsaid = |operation: &&Operation| takes_anything(operation) && refusals::of_shape(operation).is_none();
        let operations: Vec<&Operation> = self.contract.operations.values().filter(unsaid).collect();
        let text =
            |names: &str| format!("how a call that departs from the schema is refused: no 400 or 422 of {names}");
        gathered(&operations, text)
    }

    fn answers(&self) -> Vec<Notice> {
        let content = |operation: &Operation| {
            let promised = operation.promise(operation.success().unwrap_or(200));
            promised.and_then(main_content).map(|(_, content)| content.clone())
        };
        let is_silent =
            |operation: &&Operation| content(operation).is_some_and(|content| says_nothing(self.contract, &content));
        let silent: Vec<&Operation> = self.contract.operations.values().filter(is_silent).collect();
        let mut notices = gathered(&silent, |names| format!("what the answer holds: the schema of {names} is empty"));
        let is_made = |operation: &&Operation| {
            !is_silent(operation) && content(operation).is_some_and(|content| content.examples.is_empty())
        };
        let made: Vec<&Operation> = self.contract.operations.values().filter(is_made).collect();
        notices.extend(gathered(&made, |names| {
            format!("how a real answer looks: the shape of {names} is made from its schema, until it has an `example`")
        }));
        let several = |operation: &&Operation| {
            operation.responses.iter().filter(|promised| is_success(&promised.status.to_string())).count() > 1
        };
        let operations: Vec<&Operation> = self.contract.operations.values().filter(several).collect();
        let text = |names: &str| format!("when which of several answers comes: [answer.NAME] says it of {names}");
        notices.extend(gathered(&operations, text));
        notices
    }

    fn writes(&self) -> Vec<Notice> {
        let posts: Vec<&Operation> =
            self.contract.operations.values().filter(|one| one.method == "POST" && writes(one)).collect();
        let computing: Vec<&Operation> = self.contract.operations.values().filter(|one| computes(one)).collect();
        let mut notices = gathered(&posts, |names| {
            format!("what really writes: the scenarios of {names} are tagged @writes, as those of most POSTs should be")
        });
        notices.extend(gathered(&computing, |names| {
            format!("what only computes: the scenarios of {names} are not tagged @writes, since its name says so")
        }));
        notices
    }
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// One line about several operations, at the place of the first.
fn gathered(operations: &[&Operation], text: impl Fn(&str) -> String) -> Vec<Notice> {
    let Some(first) = operations.first() else { return Vec::new() };
    let names: Vec<&str> = operations.iter().map(|operation| OperationId::as_str(&operation.id)).take(MOST).collect();
    let more = operations.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    vec![notice(first.place.clone(), text(&format!("{}{more}", names.join(", "))))]
}

fn notice(place: Place, text: impl Into<String>) -> Notice {
    Notice { place, text: text.into() }
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', '-', ' '], "")
}

fn is_one(name: &str, names: &[&str]) -> bool {
    names.contains(&plain(name).as_str())
}

fn holds(name: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| plain(name).contains(part))
}
