//! The pages of codes: of findings and of drifts.

use crate::drift;
use crate::report::codes::cure;
use crate::site::runs::Shown;
use crate::site::search::Entry;
use crate::verdict::Code;
use serde::Serialize;

/// Codes of a kind with what they mean.
#[derive(Serialize)]
pub struct Explanations {
    lead: &'static str,
    codes: Vec<Explained>,
}

#[derive(Serialize)]
struct Explained {
    code: &'static str,
    meaning: &'static str,
    leads_to: Option<Shown>,
    more: String,
}

/// What is found of them.
pub fn entries() -> impl Iterator<Item = Entry> {
    let entry = |kind, page: &str, code: &str, meaning: &str| Entry {
        kind,
        title: code.to_owned(),
        within: String::new(),
        address: format!("{page}.html#{code}"),
        words: meaning.to_owned(),
    };
    let findings = Code::ALL.iter().map(move |code| entry("code", "codes", code.as_str(), code.meaning()));
    findings.chain(drift::kinds().map(move |kind| entry("drift", "drifts", kind.code, kind.meaning)))
}

/// Every code of a finding.
pub fn findings() -> Explanations {
    let codes = Code::ALL.iter().map(|code| Explained {
        code: code.as_str(),
        meaning: code.meaning(),
        leads_to: Some(Shown::of(code.weight())),
        more: cure(*code).to_owned(),
    });
    Explanations { lead: "What the code of a finding means, and what to do about it.", codes: codes.collect() }
}

/// Every kind of drift.
pub fn drifts() -> Explanations {
    let codes = drift::kinds().map(|kind| Explained {
        code: kind.code,
        meaning: kind.meaning,
        leads_to: None,
        more: format!("For example: *{}*", kind.example),
    });
    let lead = "The named ways of departing from a contract. A finding names the drift that explains it; `mutate` plays every one.";
    Explanations { lead, codes: codes.collect() }
}
