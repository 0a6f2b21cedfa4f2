//! What a consumer's calls came to: how often each operation was called, and each way of departing once.

use super::Judgement;
use crate::contract::Contract;
use crate::diagnosis::Explanation;
use crate::exchange::Exchange;
use crate::name::OperationId;
use crate::record::{CallRecord, ContractRecord, DriftRecord, ExchangeRecord, FindingRecord};
use crate::verdict::{Code, Finding, Verdict};
use indexmap::IndexMap;
use std::sync::Arc;

/// The most kinds of departing that are kept; whoever comes after them is only counted.
const MOST: usize = 500;

/// The calls of one contract, and how they depart from it. It does not grow with their number.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    calls: IndexMap<Option<OperationId>, CallRecord>,
    findings: IndexMap<Kind, FindingRecord>,
    more: usize,
}

/// What makes two findings the same: not the values that were seen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    code: Code,
    operation: Option<OperationId>,
    location: String,
    expected: String,
}

impl Kind {
    fn of(finding: &Finding) -> Self {
        Self {
            code: finding.code,
            operation: finding.operation.clone(),
            location: finding.location.to_string(),
            expected: finding.expected.clone(),
        }
    }
}

impl Tally {
    /// Counts an exchange. `exchange` is what may be shown of it; `explain` is asked only where it departs in a new way.
    /// The findings that are new.
    pub fn note(
        &mut self,
        judgement: &Judgement,
        exchange: Option<&Exchange>,
        explain: impl FnOnce() -> Vec<Explanation>,
    ) -> Vec<FindingRecord> {
        let new = || CallRecord { operation: judgement.operation.clone(), requests: 0, verdict: Verdict::Kept };
        let call = self.calls.entry(judgement.operation.clone()).or_insert_with(new);
        call.requests += 1;
        call.verdict = call.verdict.max(judgement.verdict.unwrap_or(Verdict::Inconclusive));
        let mut fresh: Vec<&Finding> = Vec::new();
        for finding in &judgement.findings {
            match self.findings.get_mut(&Kind::of(finding)) {
                Some(known) => known.times += 1,
                None => fresh.push(finding),
            }
        }
        let departs = fresh.iter().any(|finding| finding.code.weight() == Verdict::Broken);
        let drift = if departs && judgement.is_explicable() { explain().into_iter().next() } else { None };
        let drift =
            drift.map(|found| DriftRecord { code: found.code, sentence: found.sentence, certain: found.certain });
        let exchange = exchange.filter(|_| !fresh.is_empty()).map(|exchange| Arc::new(ExchangeRecord::of(exchange)));
        let mut noted = Vec::new();
        for finding in fresh {
            let of_drift = finding.code.weight() == Verdict::Broken;
            let record = FindingRecord {
                exchange: exchange.clone(),
                drift: drift.clone().filter(|_| of_drift),
                ..FindingRecord::of(finding.clone())
            };
            if self.findings.len() < MOST {
                self.findings.insert(Kind::of(finding), record.clone());
            } else {
                self.more += 1;
            }
            noted.push(record);
        }
        noted
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
        self.findings.insert(Kind::of(&finding), FindingRecord::of(finding));
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
