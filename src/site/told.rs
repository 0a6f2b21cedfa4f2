//! What a run said of a scenario, as its feature's page shows it.

use crate::feature::source::Listed;
use crate::record::ScenarioRecord;
use crate::report::figures::duration;
use crate::site::finding::Found;
use crate::site::runs::{Shown, Told};
use crate::site::wire::Wire;
use serde::Serialize;

/// What a run said of a scenario.
#[derive(Clone, Debug, Serialize)]
pub struct ToldOf {
    /// Where it ran.
    pub label: String,
    /// Its verdict; `None` where it was left out.
    pub verdict: Option<Shown>,
    /// How long it took.
    pub duration: String,
    /// Why it was left out.
    pub reason: Option<String>,
    /// Retries.
    pub attempts: Vec<String>,
    /// What it found.
    pub findings: Vec<Found>,
    /// What went over the wire.
    pub wire: Vec<Wire>,
    /// How many further exchanges there were.
    pub more: usize,
    /// Where an exchange like these is shown, where they are left out.
    pub like: Option<String>,
}

/// Leaves out what the page shows already: of what was kept the exchanges of the last place are enough, and an exchange
/// with several findings stands below the first.
pub fn leave_out_repeated(told: &mut [ToldOf]) {
    let is_plain = |one: &ToldOf| one.findings.is_empty() && !one.wire.is_empty();
    if let Some(last) = told.iter().rposition(is_plain) {
        let label = told[last].label.clone();
        for one in told[..last].iter_mut().filter(|one| is_plain(one)) {
            one.wire.clear();
            one.more = 0;
            one.like = Some(label.clone());
        }
    }
    for one in told {
        for index in (1..one.findings.len()).rev() {
            if one.findings[..index].iter().any(|earlier| earlier.wire == one.findings[index].wire) {
                one.findings[index].wire = None;
                one.findings[index].curl = None;
            }
        }
    }
}

/// What a run said of the scenario `listed` in the column `label`.
pub fn told_of(label: &str, told: &Told<'_>, listed: &Listed) -> ToldOf {
    let label = label.to_owned();
    match told {
        Told::NotRun(left_out) => ToldOf {
            label,
            verdict: None,
            duration: String::new(),
            reason: Some(left_out.reason.clone()),
            attempts: Vec::new(),
            findings: Vec::new(),
            wire: Vec::new(),
            more: 0,
            like: None,
        },
        Told::Ran(scenario) => {
            let ScenarioRecord { verdict, duration_ms, attempts, findings, wire, exchanges, .. } = scenario;
            // What was derived is short and much: its exchanges are worth their place where something is wrong.
            let shown = if listed.derived { 0 } else { wire.len() };
            ToldOf {
                label,
                verdict: Some(Shown::of(*verdict)),
                duration: duration(*duration_ms),
                reason: None,
                attempts: attempts.clone(),
                findings: findings.iter().map(Found::of).collect(),
                wire: wire.iter().take(shown).map(|exchange| Wire::of(exchange)).collect(),
                more: if listed.derived { 0 } else { exchanges - exchanges.min(&shown) },
                like: None,
            }
        }
    }
}
