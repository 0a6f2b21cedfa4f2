//! Whether the contract's paths are there: where all are missing, the prefix of the URL is wrong.

use crate::doctor::Line;
use crate::doctor::visit::{Answer, Visit, is_lost};

const CHECK: &str = "paths";

/// A line where every path that was asked is missing.
pub fn check(visit: &Visit<'_>) -> Option<Line> {
    let answers = visit.answers.as_ref().ok().filter(|answers| is_lost(answers))?;
    let asked: Vec<String> = answers.iter().map(Answer::asked).collect();
    let says = format!("every path that was asked answers 404: {}", asked.join(", "));
    let line = match &visit.elsewhere {
        Some((url, status)) => Line::wrong(CHECK, says, format!("write `url` as {url}: there it answers {status}")),
        // The example's values may be unknown to the provider.
        None if answers.iter().all(|answer| answer.is_of_contract() && answer.operation.promise(404).is_some()) => {
            let cure = "correct the prefix of `url`, or give the target `values` that the provider knows";
            Line::doubtful(CHECK, says, cure)
        }
        None => {
            let cure = "correct the prefix of `url`: the contract's paths follow it";
            Line::wrong(CHECK, says, cure)
        }
    };
    Some(line.of(&visit.contract.name).at(visit.target))
}
