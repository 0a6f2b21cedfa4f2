//! A scenario's calls in order, as a picture.

use crate::contract::Contract;
use crate::feature::catalogue::resolve;
use crate::feature::step::Kind;
use crate::site::picture::sequence::{self, Event};
use gherkin::Scenario;

/// The calls of a scenario with what it promises of each; nothing where there are fewer than two.
pub fn picture(id: &str, contract: &Contract, scenario: &Scenario) -> Option<String> {
    let mut events: Vec<Event> = Vec::new();
    let mut named: Option<String> = None;
    for step in &scenario.steps {
        let Ok((found, values)) = resolve(step.ty, &step.value) else { continue };
        let operation = values.first().and_then(|name| contract.operations.get(name.as_str()));
        if let (Some(operation), true) = (operation, matches!(found.kind, Kind::Call | Kind::Sending)) {
            named = Some(format!("{} {}", operation.method, operation.template.as_str()));
        }
        match found.kind {
            Kind::Sending => events.extend(named.clone().map(Event::Asks)),
            Kind::Promise => {
                let is_open = matches!(events.last(), Some(Event::Asks(_)));
                let answer = answer(contract, &step.value, &values);
                events.extend(answer.filter(|_| is_open));
            }
            _ => {}
        }
    }
    let calls = events.iter().filter(|event| matches!(event, Event::Asks(_))).count();
    let consumer = contract.consumers.first().map_or("consumer", String::as_str);
    (calls > 1).then(|| sequence::draw(&format!("picture-{id}"), consumer, &contract.provider, &events))
}

/// What a step promises of an answer as a whole.
fn answer(contract: &Contract, text: &str, values: &[String]) -> Option<Event> {
    let value = values.first()?;
    if text.starts_with("the status is ") {
        return Some(Event::Answers(value.clone(), !value.starts_with('2')));
    }
    let refusal = text.starts_with("it is refused as ").then(|| contract.refusal(value)).flatten()?;
    Some(Event::Answers(format!("{} {}", refusal.status, refusal.name), true))
}
