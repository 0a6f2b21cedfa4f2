//! Where the provider is: the variables of the contract from which its consumers read it.

use super::Variable;
use super::piece::{Piece, Text, literal};
use crate::contract::Contract;
use crate::expression::{Part, Template};

/// The beginning of a URL as variables, and what is left of `path` behind it.
pub fn of(contract: &Contract, path: &str) -> (Text, String, Vec<Variable>) {
    let plain = |template: &Template| template.parts().unwrap_or_default();
    let is = |part: &Part, name: &str| matches!(part, Part::Variable(known) if known == name);
    let provider = &contract.provider;
    let read = |name: &str, meaning: String| Variable { name: name.to_owned(), meaning, is_secret: false };
    let variable = |name: &str| Piece::Variable(name.to_owned());
    // `{{ url }}`, perhaps with a path.
    let whole = contract.variables.iter().find_map(|(name, template)| match plain(template).as_slice() {
        [url] if is(url, "url") => Some((name, path.to_owned())),
        [url, Part::Literal(prefix)] if is(url, "url") => Some((name, path.strip_prefix(prefix.as_str())?.to_owned())),
        _ => None,
    });
    if let Some((name, rest)) = whole {
        return (vec![variable(name)], rest, vec![read(name, format!("the base URL of the {provider}"))]);
    }
    let alone = |wanted: &str| {
        let mut variables = contract.variables.iter();
        let found = variables.find(|(_, template)| matches!(plain(template).as_slice(), [part] if is(part, wanted)));
        found.map(|(name, _)| name)
    };
    if let (Some(host), Some(port)) = (alone("host"), alone("port")) {
        let mut base = literal("http://");
        base.extend([variable(host), Piece::Literal(":".to_owned()), variable(port)]);
        let host = read(host, format!("the host of the {provider}"));
        return (base, path.to_owned(), vec![host, read(port, "its port".to_owned())]);
    }
    let at = contract.variables.iter().find(|(_, template)| match plain(template).as_slice() {
        [host, Part::Literal(colon), port] => is(host, "host") && colon == ":" && is(port, "port"),
        _ => false,
    });
    if let Some((name, _)) = at {
        let mut base = literal("http://");
        base.push(variable(name));
        return (base, path.to_owned(), vec![read(name, format!("host and port of the {provider}"))]);
    }
    let name = format!("COUNTERPART_{}_URL", upper(contract.name.as_str()));
    let meaning = format!("the base URL of the {provider}, as `counterpart serve` prints it beside {}", contract.name);
    (vec![variable(&name)], path.to_owned(), vec![read(&name, meaning)])
}

/// A name as variables of the environment are written.
fn upper(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}
