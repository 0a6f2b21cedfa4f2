//! What a run needs, looked at before it: each thing in a line, and beside what is wrong its cure.
//!
//! A check of a deployment is a file with a function from a visit to a line, and an entry in the list below. Only `door` and
//! `visit` talk to anybody; the checks judge what those two met.

pub mod answered;
pub mod clock;
pub mod door;
pub mod paths;
pub mod proxies;
pub mod reached;
pub mod secrets;
pub mod variables;
pub mod visit;

use crate::name::{ContractName, TargetName};
use serde::Serialize;
use visit::Visit;

/// The version of the JSON form.
pub const VERSION: u32 = 1;

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// As a run needs it.
    Well,
    /// It may be wrong, or will be.
    Doubtful,
    /// A run would fail for it, or prove nothing.
    Wrong,
}

/// What is to be said of one thing.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What was looked at, in a word.
    pub check: &'static str,
    /// At which target.
    pub target: Option<TargetName>,
    /// Of which contract.
    pub contract: Option<ContractName>,
    /// How it is.
    pub mark: Mark,
    /// What was seen.
    pub says: String,
    /// What to do about it; none where all is well.
    pub cure: Option<String>,
}

impl Line {
    /// A line that says that something is well.
    pub fn well(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, target: None, contract: None, mark: Mark::Well, says: says.into(), cure: None }
    }

    /// A line of something that may be wrong.
    pub fn doubtful(check: &'static str, says: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { mark: Mark::Doubtful, cure: Some(cure.into()), ..Self::well(check, says) }
    }

    /// A line of something that is wrong.
    pub fn wrong(check: &'static str, says: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { mark: Mark::Wrong, cure: Some(cure.into()), ..Self::well(check, says) }
    }

    /// The same, of a contract.
    #[must_use]
    pub fn of(self, contract: &ContractName) -> Self {
        Self { contract: Some(contract.clone()), ..self }
    }

    /// The same, at a target.
    #[must_use]
    pub fn at(self, target: &TargetName) -> Self {
        Self { target: Some(target.clone()), ..self }
    }
}

/// All lines, as programs read them: `docs/doctor.md` describes them.
#[derive(Clone, Debug, Serialize)]
pub struct Examination {
    /// [`VERSION`].
    pub version: u32,
    /// The worst mark.
    pub mark: Mark,
    /// What was seen, in the order in which a run would need it.
    pub lines: Vec<Line>,
}

impl Examination {
    /// What lines come to.
    pub fn of(lines: Vec<Line>) -> Self {
        let mark = lines.iter().map(|line| line.mark).max().unwrap_or(Mark::Well);
        Self { version: VERSION, mark, lines }
    }
}

/// What is looked at of a deployment, in the order of the lines. One that has nothing to say says nothing.
pub const CHECKS: [fn(&Visit<'_>) -> Option<Line>; 4] = [reached::check, answered::check, paths::check, clock::check];
