//! The front page: who calls whom, and each contract's last verdicts.

use super::{Documented, Material};
use crate::contract::Contract;
use crate::site::gaps;
use crate::site::picture::parties;
use crate::site::runs::{self, Runs, moment};
use crate::verdict::Verdict;
use serde::Serialize;

/// A row of the front page's table.
#[derive(Serialize)]
struct Standing<'a> {
    name: &'a str,
    consumers: String,
    provider: &'a str,
    last: Vec<Option<runs::Last>>,
    score: Option<gaps::Mutants>,
}

/// What the front page shows.
#[derive(Serialize)]
pub struct Front<'a> {
    picture: String,
    columns: &'a [runs::Column],
    rows: Vec<Standing<'a>>,
    /// When the run of each column began, where it was one for all rows: for machines and for people.
    whens: Vec<Option<(String, String)>>,
    /// When `mutate` ran, where it was once for all rows.
    scored: Option<String>,
    has_scores: bool,
    has_runs: bool,
}

/// The front page of `material`, whose runs are `runs`.
pub fn of<'a>(material: &'a Material, runs: &'a Runs<'a>) -> Front<'a> {
    let rows: Vec<Standing<'_>> = material
        .contracts
        .iter()
        .map(|Documented { contract, .. }| Standing {
            name: contract.name.as_str(),
            consumers: contract.consumers.join(", "),
            provider: &contract.provider,
            last: runs.last(&contract.name),
            score: gaps::last_score(contract, &material.scores),
        })
        .collect();
    let lines = material.contracts.iter().map(|Documented { contract, .. }| parties::Line {
        contract: contract.name.as_str(),
        consumers: &contract.consumers,
        provider: &contract.provider,
        verdict: worst(runs, contract),
    });
    let of_column = |index: usize| rows.iter().filter_map(move |row| Some(row.last[index].as_ref()?.time.as_str()));
    Front {
        whens: (0..runs.columns().len())
            .map(|index| only(of_column(index)).map(|time| (time.clone(), moment(&time))))
            .collect(),
        scored: only(rows.iter().filter_map(|row| Some(row.score.as_ref()?.when.as_str()))),
        picture: parties::draw(&lines.collect::<Vec<_>>()),
        columns: runs.columns(),
        has_scores: !material.scores.is_empty(),
        has_runs: !material.records.is_empty(),
        rows,
    }
}

/// The worst of a contract's last verdicts.
fn worst(runs: &Runs<'_>, contract: &Contract) -> Option<Verdict> {
    runs.of_contract(&contract.name).map(|(_, record)| record.verdict).max()
}

/// What all are; `None` where they differ or there are none.
fn only<'t>(mut all: impl Iterator<Item = &'t str>) -> Option<String> {
    let first = all.next()?;
    all.all(|other| other == first).then(|| first.to_owned())
}
