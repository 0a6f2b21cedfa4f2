//! What a consumer's calls came to: how often each operation was called, and each way of departing once.

use super::Judgement;
use crate::contract::Contract;
use crate::diagnosis::Explanation;
use crate::exchange::Exchange;
use crate::name::OperationId;
use crate::record::{CallRecord, ContractRecord, DriftRecord, ExchangeRecord, FindingRecord};
use crate::verdict::{Code, Finding, Verdict};
use indexmap::IndexMap;
use std::cell::LazyCell;
use std::collections::HashMap;
use std::sync::Arc;

/// The most kinds of departing that are kept; whoever comes after them is only counted.
const MOST: usize = 500;
/// Of how many exchanges that depart alike the drift is looked for.
const MOST_EXPLAINED: usize = 5;
/// Of how many exchanges in all: each takes its time, and the consumer waits for its answer.
const MOST_EXPLANATIONS: usize = 200;

/// The calls of one contract, and how they depart from it. It does not grow with their number.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    calls: IndexMap<Option<OperationId>, CallRecord>,
    findings: IndexMap<Kind, FindingRecord>,
    /// How many exchanges that depart alike were explained, and by what the last one.
    explained: HashMap<Kind, (usize, Option<Explanation>)>,
    /// How many were explained in all.
    explanations: usize,
    more: usize,
}

/// What makes two findings the same: not the values that were seen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    code: Code,
    operation: Option<OperationId>,
    location: String,
    expected: String,
    /// The sentence of the drift that explains it.
    drift: Option<String>,
}

/// A finding of an exchange, and whether it is the first of its kind.
#[derive(Clone, Debug)]
pub struct Noted {
    /// The finding.
    pub finding: FindingRecord,
    /// Whether none was like it before.
    pub is_new: bool,
}

impl Kind {
    fn of(finding: &Finding, drift: Option<&DriftRecord>) -> Self {
        Self {
            code: finding.code,
            operation: finding.operation.clone(),
            location: finding.location.to_string(),
            expected: finding.expected.clone(),
            drift: drift.map(|drift| drift.sentence.clone()),
        }
    }
}

impl Tally {
    /// Counts an exchange. `exchange` is what may be shown of it. `explain` is asked for the first exchanges that depart
    /// in one way; the drift of the last one stands for those after them.
    pub fn note(
        &mut self,
        judgement: &Judgement,
        exchange: impl FnOnce() -> Option<Exchange>,
        explain: impl FnOnce() -> Vec<Explanation>,
    ) -> Vec<Noted> {
        let new = || CallRecord { operation: judgement.operation.clone(), requests: 0, verdict: Verdict::Kept };
        let call = self.calls.entry(judgement.operation.clone()).or_insert_with(new);
        call.requests += 1;
        call.verdict = call.verdict.max(judgement.verdict.unwrap_or(Verdict::Inconclusive));
        if judgement.findings.is_empty() {
            return Vec::new();
        }
        let explanation = self.explanation(judgement, explain);
        let drift_of = |finding: &Finding| {
            let stays = |left: &Finding| Kind::of(left, None) == Kind::of(finding, None);
            let explains =
                |one: &&Explanation| finding.code.weight() == Verdict::Broken && !one.leaves.iter().any(stays);
            let one = explanation.as_ref().filter(explains)?;
            Some(DriftRecord { code: one.code.into(), sentence: one.sentence.clone(), certain: one.certain })
        };
        let exchange = LazyCell::new(|| exchange().map(|exchange| Arc::new(ExchangeRecord::of(&exchange))));
        let noted = judgement.findings.iter().map(|finding| {
            let drift = drift_of(finding);
            let kind = Kind::of(finding, drift.as_ref());
            if let Some(known) = self.findings.get_mut(&kind) {
                known.times += 1;
                // What was seen may be another value than the first time.
                let finding = FindingRecord { times: known.times, drift, ..FindingRecord::of(finding.clone()) };
                return Noted { finding, is_new: false };
            }
            let finding = FindingRecord { exchange: exchange.clone(), drift, ..FindingRecord::of(finding.clone()) };
            if self.findings.len() < MOST {
                self.findings.insert(kind, finding.clone());
            } else {
                self.more += 1;
            }
            Noted { finding, is_new: true }
        });
        noted.collect()
    }

    /// Whether the drift of an exchange is to be looked for: it is one of the first that depart alike.
    pub fn asks(&self, judgement: &Judgement) -> bool {
        kind_to_explain(judgement).is_some_and(|kind| self.is_asked(&kind))
    }

    fn is_asked(&self, kind: &Kind) -> bool {
        let tried = self.explained.get(kind).map_or(0, |(tried, _)| *tried);
        tried < MOST_EXPLAINED && self.explanations < MOST_EXPLANATIONS
    }

    /// The drift of an exchange that departs: found out for the first ones that depart alike.
    fn explanation(
        &mut self,
        judgement: &Judgement,
        explain: impl FnOnce() -> Vec<Explanation>,
    ) -> Option<Explanation> {
        let kind = kind_to_explain(judgement)?;
        if self.is_asked(&kind) {
            let found = explain().into_iter().next();
            self.explanations += 1;
            let (tried, last) = self.explained.entry(kind).or_default();
            (*tried, *last) = (*tried + 1, found.clone());
            return found;
        }
        self.explained.get(&kind).and_then(|(_, explanation)| explanation.clone())
    }

    /// How many requests there were.
    pub fn requests(&self) -> usize {
        self.calls.values().map(|call| call.requests).sum()
    }

    /// Whether an operation was called.
    pub fn has_called(&self, operation: &OperationId) -> bool {
        self.calls.contains_key(&Some(operation.clone()))
    }

    /// Adds a finding of the contract as a whole.
    pub fn add(&mut self, finding: Finding) {
        self.findings.insert(Kind::of(&finding, None), FindingRecord::of(finding));
    }

    /// The contract's part of a record, with what could not be kept of it. `url` is what was called.
    pub fn record(self, contract: &Contract, url: String) -> (ContractRecord, Option<String>) {
        let findings: Vec<FindingRecord> = self.findings.into_values().collect();
        let worst = findings.iter().map(|finding| finding.code.weight()).max().unwrap_or_default();
        let called = self.calls.values().map(|call| call.verdict).max().unwrap_or(Verdict::Inconclusive);
        let more = (self.more > 0).then(|| format!("{}: {} more findings are not shown", contract.name, self.more));
        let mut calls: Vec<CallRecord> = self.calls.into_values().collect();
        let order = |call: &CallRecord| {
            call.operation.as_ref().and_then(|id| contract.operations.get_index_of(id)).unwrap_or(usize::MAX)
        };
        calls.sort_by_key(order);
        let record = ContractRecord {
            name: contract.name.clone(),
            verdict: worst.max(called),
            consumers: contract.consumers.clone(),
            provider: contract.provider.clone(),
            url,
            calls,
            findings,
            scenarios: Vec::new(),
            not_run: Vec::new(),
            protections: Vec::new(),
        };
        (record, more)
    }
}

/// What makes exchanges depart alike: the first finding that a drift may explain.
fn kind_to_explain(judgement: &Judgement) -> Option<Kind> {
    let broken = judgement.findings.iter().find(|finding| finding.code.weight() == Verdict::Broken);
    broken.filter(|_| judgement.is_explicable()).map(|finding| Kind::of(finding, None))
}
