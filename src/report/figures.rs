//! Numbers and verdicts in the words that all formats share.

use crate::name::ContractName;
use crate::record::{CallRecord, ContractRecord, NotRun, Record, ScenarioRecord, Verb};
use crate::verdict::Verdict;
use indexmap::IndexMap;

/// `1 scenario`, `2 scenarios`.
pub fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// `213 ms`, `1.2 s`, `2 min 5 s`.
pub fn duration(milliseconds: u64) -> String {
    let (tenths, seconds) = (milliseconds.saturating_add(50) / 100, milliseconds.saturating_add(500) / 1_000);
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        _ if tenths < 600 => format!("{}.{} s", tenths / 10, tenths % 10),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// The sign of a verdict, readable without colour.
pub fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "✓",
        Verdict::Inconclusive => "?",
        Verdict::Broken => "✗",
        Verdict::Error => "!",
    }
}

/// How many came to which verdict.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    kept: usize,
    broken: usize,
    error: usize,
    inconclusive: usize,
    not_run: usize,
}

/// The scenarios that people wrote, and those that were derived from the contract.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scenarios {
    authored: Tally,
    derived: Tally,
}

impl Scenarios {
    /// All of a run.
    pub fn of_run(record: &Record) -> Self {
        let mut scenarios = Self::default();
        record.contracts.iter().for_each(|contract| scenarios.count(contract));
        scenarios
    }

    /// Those of a contract.
    pub fn of_contract(contract: &ContractRecord) -> Self {
        let mut scenarios = Self::default();
        scenarios.count(contract);
        scenarios
    }

    fn count(&mut self, contract: &ContractRecord) {
        for scenario in &contract.scenarios {
            let tally = if scenario.derived { &mut self.derived } else { &mut self.authored };
            tally.count(scenario.verdict);
        }
        for not_run in &contract.not_run {
            let tally = if not_run.derived { &mut self.derived } else { &mut self.authored };
            tally.not_run += 1;
        }
    }

    /// `12 scenarios: 12 kept · 40 derived: 40 kept`; the second part only where there are any.
    pub fn words(self) -> String {
        let authored = self.authored.words("scenario");
        if self.derived.all() + self.derived.not_run == 0 {
            return authored;
        }
        format!("{authored} · {}", self.derived.told(&format!("{} derived", self.derived.all())))
    }
}

impl Tally {
    /// The contracts of a run.
    pub fn of_contracts(record: &Record) -> Self {
        let mut tally = Self::default();
        record.contracts.iter().for_each(|contract| tally.count(contract.verdict));
        tally
    }

    fn count(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Kept => &mut self.kept,
            Verdict::Inconclusive => &mut self.inconclusive,
            Verdict::Broken => &mut self.broken,
            Verdict::Error => &mut self.error,
        } += 1;
    }

    /// How many there are, without those that did not run.
    fn all(self) -> usize {
        self.kept + self.broken + self.error + self.inconclusive
    }

    /// `182 scenarios: 180 kept, 2 broken, 3 not run`; those that did not run are not in the first number.
    pub fn words(self, noun: &str) -> String {
        self.told(&plural(self.all(), noun))
    }

    /// The verdicts behind the words for their sum.
    fn told(self, all: &str) -> String {
        let Self { kept, broken, error, inconclusive, not_run } = self;
        let errors = if error == 1 { "error" } else { "errors" };
        let parts =
            [(kept, "kept"), (broken, "broken"), (error, errors), (inconclusive, "inconclusive"), (not_run, "not run")];
        let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        let parts = parts.collect::<Vec<_>>().join(", ");
        if parts.is_empty() { all.to_owned() } else { format!("{all}: {parts}") }
    }
}

/// The whole run in one line.
pub fn summary(record: &Record) -> String {
    let contracts = Tally::of_contracts(record).words("contract");
    let done = match record.verb {
        Verb::Check => Scenarios::of_run(record).words(),
        Verb::Consumer | Verb::Proxy | Verb::Replay => calls(record.contracts.iter().flat_map(|one| &one.calls)),
    };
    format!("{contracts} · {done} · {}", duration(record.duration_ms))
}

/// What was done for a contract: the scenarios that ran, or what others called.
pub fn done(contract: &ContractRecord, verb: Verb) -> String {
    match verb {
        Verb::Check => Scenarios::of_contract(contract).words(),
        Verb::Consumer | Verb::Proxy | Verb::Replay => calls(&contract.calls),
    }
}

/// `3 operations called: 14 requests`, `no operation reached: 2 requests`, `no request`.
fn calls<'a>(calls: impl IntoIterator<Item = &'a CallRecord>) -> String {
    let (mut operations, mut requests) = (0, 0);
    for call in calls {
        operations += usize::from(call.operation.is_some());
        requests += call.requests;
    }
    match (operations, requests) {
        (_, 0) => "no request".to_owned(),
        (0, _) => format!("no operation reached: {}", plural(requests, "request")),
        _ => format!("{} called: {}", plural(operations, "operation"), plural(requests, "request")),
    }
}

/// What a contract's own findings are about.
pub fn whole(contract: &ContractRecord) -> &'static str {
    if contract.calls.is_empty() { "the contract as a whole" } else { "what was called" }
}

/// `search-api → clip-worker at http://localhost:8001`.
pub fn parties(contract: &ContractRecord) -> String {
    let url = if contract.url == "fake" { "its fake" } else { &contract.url };
    format!("{} → {} at {url}", contract.consumers.join(", "), contract.provider)
}

/// Where a scenario stands, and its name: `features/a.feature:3 › A right key`; for a derived one its rule and its name.
pub fn place(scenario: &ScenarioRecord) -> String {
    let ScenarioRecord { feature, line, name, rule, .. } = scenario;
    match rule {
        Some(rule) if scenario.derived => format!("{rule} › {name}"),
        _ => format!("{feature}:{line} › {name}"),
    }
}

/// Where a scenario that did not run stands, and its name.
pub fn place_of_not_run(not_run: &NotRun) -> String {
    let NotRun { feature, line, name, .. } = not_run;
    if not_run.derived { format!("{feature} › {name}") } else { format!("{feature}:{line} › {name}") }
}

/// What did not run, by reason, in the order in which the reasons first appear.
pub fn not_run(record: &Record) -> IndexMap<&str, Vec<(&ContractName, &NotRun)>> {
    let mut reasons: IndexMap<&str, Vec<_>> = IndexMap::new();
    for contract in &record.contracts {
        for not_run in &contract.not_run {
            reasons.entry(&not_run.reason).or_default().push((&contract.name, not_run));
        }
    }
    reasons
}
