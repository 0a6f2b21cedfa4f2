//! A finding as pages show it.

use crate::record::FindingRecord;
use crate::site::wire::Wire;
use serde::Serialize;

/// A finding.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// Its code.
    pub code: String,
    /// What the code means.
    pub meaning: String,
    /// The drift that explains it: code and sentence.
    pub drift: Option<(String, String)>,
    /// Whether that drift is only the likeliest.
    pub likeliest: bool,
    /// Where in the exchange.
    pub location: String,
    /// What was wanted.
    pub expected: String,
    /// What was seen.
    pub actual: String,
    /// Where the contract says so.
    pub contract_place: Option<String>,
    /// Where the step stands.
    pub feature_place: Option<String>,
    /// The step.
    pub step: Option<String>,
    /// A command that repeats the call.
    pub curl: Option<String>,
    /// A longer text, such as a diff.
    pub detail: Option<String>,
    /// Whether it only remarks.
    pub remark: bool,
    /// The exchange on which it stands.
    pub wire: Option<Wire>,
}

impl Found {
    /// What a record has of it.
    pub fn of(finding: &FindingRecord) -> Self {
        let operation = finding.operation.as_ref().map_or(String::new(), |operation| format!("{operation}, "));
        Self {
            code: finding.code.to_string(),
            meaning: finding.code.meaning().to_owned(),
            drift: finding.drift.as_ref().map(|drift| (drift.code.to_string(), drift.sentence.clone())),
            likeliest: finding.drift.as_ref().is_some_and(|drift| !drift.certain),
            location: format!("{operation}{}", finding.location),
            expected: finding.expected.clone(),
            actual: finding.actual.clone(),
            contract_place: finding.contract_place.as_ref().map(ToString::to_string),
            feature_place: finding.feature_place.as_ref().map(ToString::to_string),
            step: finding.step.clone(),
            curl: finding.curl.clone(),
            detail: finding.detail.clone(),
            remark: finding.is_remark(),
            wire: finding.exchange.as_deref().map(Wire::of),
        }
    }
}
