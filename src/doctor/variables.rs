//! The variables by which a consumer finds its provider: what they are, and whether two contracts want the same one.

use crate::contract::Contract;
use crate::doctor::Line;
use crate::expression::Template;

const CHECK: &str = "variables";

/// A line for each contract that names variables; `is_set` says which are set here. Their values may hold secrets.
pub fn check(contracts: &[&Contract], is_set: &dyn Fn(&str) -> bool) -> Vec<Line> {
    contracts
        .iter()
        .filter(|contract| !contract.variables.is_empty())
        .map(|contract| of(contract, contracts, is_set))
        .collect()
}

fn of(contract: &Contract, all: &[&Contract], is_set: &dyn Fn(&str) -> bool) -> Line {
    let names: Vec<&str> = contract.variables.keys().map(String::as_str).collect();
    // A secret may be the same for several contracts; the fake of each stands at a port of its own.
    let tells_the_place =
        |template: &Template| template.names().iter().any(|name| ["url", "host", "port"].contains(&name.as_str()));
    let own =
        contract.variables.iter().filter(|(_, template)| tells_the_place(template)).map(|(name, _)| name.as_str());
    let shared = own.into_iter().find_map(|name| {
        let other = all.iter().find(|other| other.name != contract.name && other.variables.contains_key(name))?;
        Some((name, other))
    });
    if let Some((name, other)) = shared {
        let says = format!(
            "{name} leads to {} and to {}: the fakes of both cannot stand in one environment",
            contract.name, other.name
        );
        let cure = "give each contract a variable of its own, or run the consumer with --contract";
        return Line::doubtful(CHECK, says, cure).of(&contract.name);
    }
    let set: Vec<&str> = names.iter().copied().filter(|name| is_set(name)).collect();
    let here = match set.len() {
        0 => "not set here".to_owned(),
        count if count == names.len() => "set here".to_owned(),
        _ => format!("set here: {}", set.join(", ")),
    };
    let says = format!("{} ({here}); `counterpart consumer` and `serve` set them", names.join(", "));
    Line::well(CHECK, says).of(&contract.name)
}
