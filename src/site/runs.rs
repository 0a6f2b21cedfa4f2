//! What past runs showed, the last of each contract at each place where it ran.

use crate::feature::source::Listed;
use crate::name::ContractName;
use crate::record::{ContractRecord, NotRun, Record, ScenarioRecord, Verb};
use crate::report::figures::{done, mark};
use crate::site::template::slug;
use crate::verdict::Verdict;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::HashMap;

/// Where contracts were checked or watched: a column of every table of verdicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// A word for addresses.
    pub id: String,
    /// What people call it: `fake`, `staging`, `consumer at the fake`.
    pub label: String,
    #[serde(skip)]
    verb: Verb,
    #[serde(skip)]
    target: String,
}

/// A verdict as pages show it.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// The word, which styles know too.
    pub word: &'static str,
    /// The sign.
    pub mark: &'static str,
}

/// What the last run of a contract in a column came to.
#[derive(Clone, Debug, Serialize)]
pub struct Last {
    /// The column.
    pub column: Column,
    /// The verdict.
    pub verdict: Shown,
    /// When it began: `22 November 2026, 10:01 UTC`.
    pub when: String,
    /// The same for machines (RFC 3339).
    pub time: String,
    /// What was done: `53 scenarios: 53 kept`.
    pub done: String,
    /// What was called.
    pub url: String,
}

/// What a run says of one scenario.
pub enum Told<'a> {
    /// It ran.
    Ran(&'a ScenarioRecord),
    /// It was left out.
    NotRun(&'a NotRun),
}

/// The last run of each contract in each column.
pub struct Runs<'a> {
    columns: Vec<Column>,
    last: HashMap<(usize, ContractName), OfContract<'a>>,
}

struct OfContract<'a> {
    record: &'a Record,
    contract: &'a ContractRecord,
    scenarios: HashMap<(String, usize, String), Told<'a>>,
}

impl Shown {
    /// A verdict.
    pub fn of(verdict: Verdict) -> Self {
        Self { word: verdict.as_str(), mark: mark(verdict) }
    }
}

impl<'a> Runs<'a> {
    /// Of all records those that were made last.
    pub fn of(records: &'a [Record]) -> Self {
        let mut columns: Vec<Column> = Vec::new();
        for record in records {
            let column = Column::of(record);
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns.sort_by(|a, b| {
            (a.verb as u8, a.target != "fake", &a.target).cmp(&(b.verb as u8, b.target != "fake", &b.target))
        });
        let mut last: HashMap<(usize, ContractName), OfContract<'_>> = HashMap::new();
        let mut sorted: Vec<&Record> = records.iter().collect();
        sorted.sort_by_key(|record| record.started.parse::<Timestamp>().ok());
        for record in sorted {
            let of_record = Column::of(record);
            let index = columns.iter().position(|column| *column == of_record).expect("each record has its column");
            for contract in &record.contracts {
                last.insert((index, contract.name.clone()), OfContract::new(record, contract));
            }
        }
        Self { columns, last }
    }

    /// Where anything ran, the fakes first.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Where the features of the contract ran.
    pub fn checked(&self, contract: &ContractName) -> impl Iterator<Item = (&Column, &'a ContractRecord)> {
        let columns = self.columns.iter().enumerate().filter(|(_, column)| column.verb == Verb::Check);
        columns.filter_map(move |(index, column)| Some((column, self.last.get(&(index, contract.clone()))?.contract)))
    }

    /// Every last record of a contract, with its column.
    pub fn of_contract(&self, contract: &ContractName) -> impl Iterator<Item = (&Column, &'a ContractRecord)> {
        let columns = self.columns.iter().enumerate();
        columns.filter_map(move |(index, column)| Some((column, self.last.get(&(index, contract.clone()))?.contract)))
    }

    /// What the last run in each column came to; `None` where the contract did not run there.
    pub fn last(&self, contract: &ContractName) -> Vec<Option<Last>> {
        let of_column = |(index, column): (usize, &Column)| {
            let OfContract { record, contract, .. } = self.last.get(&(index, contract.clone()))?;
            Some(Last {
                column: column.clone(),
                verdict: Shown::of(contract.verdict),
                when: moment(&record.started),
                time: record.started.clone(),
                done: done(contract, record.verb),
                url: if contract.url == "fake" { "its fake".to_owned() } else { contract.url.clone() },
            })
        };
        self.columns.iter().enumerate().map(of_column).collect()
    }

    /// Where the features of the contract ran, and when that began.
    pub fn checked_when(&self, contract: &ContractName) -> Vec<(String, String)> {
        let columns = self.columns.iter().enumerate().filter(|(_, column)| column.verb == Verb::Check);
        let when = |(index, column): (usize, &Column)| {
            let of_contract = self.last.get(&(index, contract.clone()))?;
            Some((column.label.clone(), moment(&of_contract.record.started)))
        };
        columns.filter_map(when).collect()
    }

    /// What the runs say of a scenario: where, and what.
    pub fn told<'s>(&'s self, contract: &ContractName, listed: &Listed) -> Vec<(&'s str, &'s Told<'a>)> {
        let key = (listed.file.clone(), listed.line, listed.name.clone());
        let told = |(index, column): (usize, &'s Column)| {
            let of_contract = self.last.get(&(index, contract.clone()))?;
            Some((column.label.as_str(), of_contract.scenarios.get(&key)?))
        };
        self.columns.iter().enumerate().filter_map(told).collect()
    }
}

impl Column {
    fn of(record: &Record) -> Self {
        let target = record.target.to_string();
        let label = match record.verb {
            Verb::Check => target.clone(),
            Verb::Consumer => "consumer at the fake".to_owned(),
            Verb::Proxy => format!("proxy at {target}"),
            Verb::Replay => format!("recording {target}"),
        };
        Self { id: slug(&label), label, verb: record.verb, target }
    }
}

impl<'a> OfContract<'a> {
    fn new(record: &'a Record, contract: &'a ContractRecord) -> Self {
        let key = |feature: &String, line: usize, name: &String| (feature.clone(), line, name.clone());
        let ran = contract.scenarios.iter().map(|one| (key(&one.feature, one.line, &one.name), Told::Ran(one)));
        let left = contract.not_run.iter().map(|one| (key(&one.feature, one.line, &one.name), Told::NotRun(one)));
        Self { record, contract, scenarios: ran.chain(left).collect() }
    }
}

/// `2026-11-22T10:01:44Z` as `22 November 2026, 10:01 UTC`.
pub fn moment(time: &str) -> String {
    time.parse::<Timestamp>().map_or_else(|_| time.to_owned(), |time| time.strftime("%-d %B %Y, %H:%M UTC").to_string())
}
