//! What is not covered: operations, statuses, refusals and credentials that no scenario touches, and mutants that survive.

use crate::contract::Contract;
use crate::contract::Route;
use crate::contract::operation::StatusPattern;
use crate::exchange::{Headers, Request};
use crate::feature::catalogue::resolve;
use crate::feature::source::Listed;
use crate::record::ExchangeRecord;
use crate::score::{ContractScore, End, Score};
use crate::site::runs::Runs;
use gherkin::Feature;
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::HashSet;

/// What is not covered of a contract.
#[derive(Clone, Debug, Serialize)]
pub struct Gaps {
    /// Operations that no scenario names.
    pub operations: Vec<String>,
    /// Documented statuses that no run saw: the operation and the status.
    pub statuses: Vec<(String, String)>,
    /// Refusals that no scenario names.
    pub refusals: Vec<String>,
    /// Protected operations of which no run proved the protection.
    pub credentials: Vec<String>,
    /// Whether any run's exchanges were at hand to tell which statuses were seen.
    pub has_exchanges: bool,
    /// What `mutate` said; `None` where it did not run.
    pub score: Option<Mutants>,
}

/// What `mutate` said of a contract.
#[derive(Clone, Debug, Serialize)]
pub struct Mutants {
    /// When it ran.
    pub when: String,
    /// The score in per cent, with a digit behind the point.
    pub percent: String,
    /// How many were killed.
    pub killed: usize,
    /// Those that survived: id, sentence, and the scenario that is needed.
    pub survived: Vec<(String, String, String)>,
    /// Those that nobody can see: id, sentence, reason.
    pub equivalent: Vec<(String, String, String)>,
    /// Which part of the mutants ran, where not all did.
    pub shard: Option<String>,
}

impl Gaps {
    /// How many things are not covered.
    pub fn count(&self) -> usize {
        let survived = self.score.as_ref().map_or(0, |score| score.survived.len());
        self.operations.len() + self.statuses.len() + self.refusals.len() + self.credentials.len() + survived
    }
}

/// What `features` and `runs` leave uncovered; `scores` are those of past runs of `mutate`.
pub fn of(contract: &Contract, features: &[(Feature, Vec<Listed>)], runs: &Runs<'_>, scores: &[Score]) -> Gaps {
    let named: HashSet<&str> =
        features.iter().flat_map(|(_, listed)| listed).flat_map(|one| &one.operations).map(String::as_str).collect();
    let operations = contract.operations.keys().map(ToString::to_string).filter(|id| !named.contains(id.as_str()));
    let refusals = refusals_named(features);
    let unnamed = contract.refusals.iter().map(|refusal| refusal.name.to_string());
    let records: Vec<_> = runs.of_contract(&contract.name).map(|(_, record)| record).collect();
    let exchanges = records.iter().flat_map(|record| &record.scenarios).flat_map(|scenario| &scenario.wire);
    let seen: HashSet<(String, u16)> = exchanges.filter_map(|exchange| answered(contract, exchange)).collect();
    let proven = |id: &str| {
        let all = records.iter().flat_map(|record| &record.protections);
        all.filter(|protection| protection.operation.as_str() == id).any(crate::record::Protection::is_proven)
    };
    let protected = contract.operations.values().filter(|operation| operation.security.is_required());
    let statuses = contract.operations.values().flat_map(|operation| {
        operation.responses.iter().filter(|promised| promised.status != StatusPattern::Default).filter_map(|promised| {
            let was_seen =
                |(id, status): &(String, u16)| id == operation.id.as_str() && promised.status.covers(*status);
            (!seen.iter().any(was_seen)).then(|| (operation.id.to_string(), promised.status.to_string()))
        })
    });
    Gaps {
        operations: operations.collect(),
        refusals: unnamed.filter(|name| !refusals.contains(name)).collect(),
        credentials: protected.map(|operation| operation.id.to_string()).filter(|id| !proven(id)).collect(),
        statuses: if seen.is_empty() { Vec::new() } else { statuses.collect() },
        has_exchanges: !seen.is_empty(),
        score: last_score(contract, scores),
    }
}

/// The names in `it is refused as "…"`.
fn refusals_named(features: &[(Feature, Vec<Listed>)]) -> HashSet<String> {
    let scenarios = features
        .iter()
        .flat_map(|(feature, _)| feature.scenarios.iter().chain(feature.rules.iter().flat_map(|rule| &rule.scenarios)));
    let named = scenarios.flat_map(|scenario| &scenario.steps).filter_map(|step| {
        let (_, values) = resolve(step.ty, &step.value).ok()?;
        (step.value.contains("refused as") || step.value.starts_with("the fake answers with"))
            .then(|| values.first().cloned())?
    });
    named.collect()
}

/// The operation that an exchange reached, and its status.
fn answered(contract: &Contract, exchange: &ExchangeRecord) -> Option<(String, u16)> {
    let request = Request {
        method: exchange.request.method.clone(),
        path: exchange.request.path.clone(),
        query: None,
        headers: Headers::default(),
        body: Vec::new(),
    };
    let server = contract.server.path(&IndexMap::new()).ok()?;
    match contract.route(&server, &request) {
        Route::Found(operation, _) => Some((operation.id.to_string(), exchange.response.status)),
        _ => None,
    }
}

/// What the last run of `mutate` said of a contract.
pub fn last_score(contract: &Contract, scores: &[Score]) -> Option<Mutants> {
    let of_contract = |score: &'_ Score| score.contracts.iter().position(|one| one.name == contract.name);
    let (score, index) =
        scores.iter().filter_map(|score| Some((score, of_contract(score)?))).max_by_key(|(score, _)| &score.started)?;
    let ContractScore { total, mutants, .. } = &score.contracts[index];
    let tenths = total.tenths();
    let told = |wanted: fn(&End) -> Option<String>| {
        let found = mutants
            .iter()
            .filter_map(|mutant| Some((mutant.id.clone(), mutant.sentence.clone(), wanted(&mutant.end)?)));
        found.collect::<Vec<_>>()
    };
    Some(Mutants {
        when: crate::site::runs::moment(&score.started),
        percent: format!("{}.{}", tenths / 10, tenths % 10),
        killed: total.killed,
        survived: told(|end| if let End::Survived { needed } = end { Some(needed.to_string()) } else { None }),
        equivalent: told(|end| if let End::Equivalent { reason } = end { Some(reason.clone()) } else { None }),
        shard: score.shard.clone(),
    })
}
