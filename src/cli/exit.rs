//! Exit codes: documented, and nothing tested is not success.

use crate::verdict::Verdict;
use std::process::ExitCode;

/// What the process ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: every contract is kept; or none changed since the revision that was asked for.
    Kept,
    /// 1: a contract is broken.
    Broken,
    /// 2: the command line or `counterpart.toml` is wrong.
    Usage,
    /// 3: nothing was tested, or nothing was proven.
    Inconclusive,
    /// 4: the run was not possible: an unreadable contract or feature, an unreachable target.
    CouldNotRun,
    /// 130: interrupted.
    Interrupted,
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Kept => Self::Kept,
            Verdict::Broken => Self::Broken,
            Verdict::Inconclusive => Self::Inconclusive,
            Verdict::Error => Self::CouldNotRun,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Kept => 0,
            Exit::Broken => 1,
            Exit::Usage => 2,
            Exit::Inconclusive => 3,
            Exit::CouldNotRun => 4,
            Exit::Interrupted => 130,
        })
    }
}
