//! Everything a report may say of a run of `mutate`: which mutants were killed and by what, and which survived.
//!
//! Its JSON form is versioned and described by `docs/mutation.schema.json`.

use crate::name::{ContractName, OperationId};
use crate::verdict::{Code, Verdict};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;

/// The version of the JSON form.
pub const VERSION: u32 = 1;

/// A run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Score {
    /// [`VERSION`].
    pub version: u32,
    /// `kept` where the score is high enough, `broken` where it is not, `inconclusive` where there was no mutant.
    pub verdict: Verdict,
    /// When the run began (RFC 3339, UTC).
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The lowest score that is high enough, in per cent.
    pub fail_under: u8,
    /// Which part of the mutants ran: `1/2`; null where all did.
    pub shard: Option<String>,
    /// The numbers of all contracts.
    pub total: Count,
    /// The contracts in order.
    pub contracts: Vec<ContractScore>,
    /// What the run as a whole has to say, such as an empty selection.
    pub notes: Vec<String>,
}

/// A contract's part of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContractScore {
    /// The contract.
    pub name: ContractName,
    /// Its numbers.
    pub total: Count,
    /// The numbers by kind of drift, in the catalogue's order.
    pub kinds: IndexMap<Cow<'static, str>, Count>,
    /// Its mutants, in the catalogue's order.
    pub mutants: Vec<Mutant>,
    /// What the contract's `[equivalent]` says that is not so.
    pub notes: Vec<String>,
}

/// How many mutants came to which end.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Count {
    /// A scenario noticed them.
    pub killed: usize,
    /// No scenario did.
    pub survived: usize,
    /// No scenario did, and the contract says why nobody can.
    pub equivalent: usize,
}

/// A mutant: a provider that keeps the contract but for one drift.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mutant {
    /// The drift: its code, and what it is about.
    pub id: String,
    /// The drift's code.
    pub code: Cow<'static, str>,
    /// The operations that it touches; none where it touches all.
    pub operations: Vec<OperationId>,
    /// What it is: `the provider reads …; the contract places it in …`.
    pub sentence: String,
    /// What became of it.
    #[serde(flatten)]
    pub end: End,
}

/// What became of a mutant.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "lowercase")]
pub enum End {
    /// A scenario noticed it.
    Killed {
        /// The first that did.
        by: Killer,
    },
    /// No scenario noticed it.
    Survived {
        /// The scenario that would.
        needed: Cow<'static, str>,
    },
    /// No scenario noticed it, and the contract says why nobody can.
    Equivalent {
        /// Why.
        reason: String,
    },
}

/// A scenario that noticed a mutant, and by what.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Killer {
    /// The feature's file.
    pub feature: String,
    /// The scenario's line.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// The code of what it found.
    pub code: Code,
    /// Where in the exchange.
    pub location: String,
}

impl Count {
    /// How many mutants there were.
    pub fn mutants(self) -> usize {
        self.killed + self.survived + self.equivalent
    }

    /// The share of killed mutants among those that can be, in tenths of a per cent, rounded down.
    pub fn tenths(self) -> usize {
        (1000 * self.killed).checked_div(self.killed + self.survived).unwrap_or(1000)
    }

    /// Whether the share is at least that many per cent.
    pub fn reaches(self, percent: u8) -> bool {
        100 * self.killed >= usize::from(percent) * (self.killed + self.survived)
    }

    /// Counts a mutant.
    pub fn add(&mut self, end: &End) {
        *match end {
            End::Killed { .. } => &mut self.killed,
            End::Survived { .. } => &mut self.survived,
            End::Equivalent { .. } => &mut self.equivalent,
        } += 1;
    }
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.killed += other.killed;
        self.survived += other.survived;
        self.equivalent += other.equivalent;
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut count = serializer.serialize_struct("Count", 5)?;
        count.serialize_field("mutants", &self.mutants())?;
        count.serialize_field("killed", &self.killed)?;
        count.serialize_field("survived", &self.survived)?;
        count.serialize_field("equivalent", &self.equivalent)?;
        #[expect(clippy::cast_precision_loss, reason = "tenths of a per cent are small")]
        let percent = self.tenths() as f64 / 10.0;
        count.serialize_field("percent", &percent)?;
        count.end()
    }
}

impl ContractScore {
    /// The numbers that follow from the mutants.
    pub fn new(name: ContractName, mutants: Vec<Mutant>, notes: Vec<String>) -> Self {
        let (mut total, mut kinds) = (Count::default(), IndexMap::<Cow<'static, str>, Count>::new());
        for mutant in &mutants {
            total.add(&mutant.end);
            kinds.entry(mutant.code.clone()).or_default().add(&mutant.end);
        }
        Self { name, total, kinds, mutants, notes }
    }
}
