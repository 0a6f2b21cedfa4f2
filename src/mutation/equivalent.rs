//! Drifts that nobody can see, as a contract's `[equivalent]` lists them.

use crate::contract::Contract;
use crate::drift::Drift;
use regex::Regex;

/// What a contract lists.
#[derive(Debug)]
pub struct Equivalents(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    pattern: String,
    regex: Regex,
    reason: String,
}

impl Equivalents {
    /// The entries of a contract: patterns of drifts, in which `*` stands for any text, and reasons.
    pub fn of(contract: &Contract) -> Self {
        let entry = |(pattern, reason): (&String, &String)| {
            let escaped = regex::escape(pattern).replace(r"\*", ".*");
            let regex = Regex::new(&format!("(?s)^{escaped}$")).expect("an escaped text is a pattern");
            Entry { pattern: pattern.clone(), regex, reason: reason.clone() }
        };
        Self(contract.equivalents.iter().map(entry).collect())
    }

    /// Why nobody can see a drift, where the contract lists it.
    pub fn reason(&self, id: &str) -> Option<&str> {
        self.entry(id).map(|entry| entry.reason.as_str())
    }

    /// The pattern that lists a drift.
    pub fn pattern(&self, id: &str) -> Option<&str> {
        self.entry(id).map(|entry| entry.pattern.as_str())
    }

    /// The patterns that match none of these drifts.
    pub fn idle(&self, drifts: &[Drift]) -> Vec<&str> {
        let ids: Vec<String> = drifts.iter().map(Drift::id).collect();
        let idle = self.0.iter().filter(|entry| !ids.iter().any(|id| entry.regex.is_match(id)));
        idle.map(|entry| entry.pattern.as_str()).collect()
    }

    fn entry(&self, id: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.regex.is_match(id))
    }
}
