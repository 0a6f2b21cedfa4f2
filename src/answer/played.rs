//! The provider that a fake plays: the contract that it keeps, and how it departs from what that would make it do.

use crate::contract::Contract;
use crate::exchange::{Request, Response};
use crate::name::{OperationId, RefusalName};
use crate::secret::Vault;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A provider as a fake plays it.
#[derive(Clone, Debug)]
pub struct Played {
    /// The contract that it keeps.
    pub contract: Arc<Contract>,
    /// How it departs from it.
    pub manner: Manner,
}

/// How a provider departs from what its contract would make it do; the default is not at all.
#[derive(Clone, Default)]
pub struct Manner {
    /// What it takes a request for.
    pub hears: Option<Arc<Hears>>,
    /// What it makes of an answer.
    pub answers: Option<Arc<Answers>>,
    /// How much longer than the fake's own delay it takes, for the operations that it takes longer for.
    pub delay: Option<(Vec<OperationId>, Duration)>,
}

/// Changes a request before the provider looks at it.
pub type Hears = dyn Fn(&Occasion<'_>, &mut Request) + Send + Sync;
/// Changes an answer before it goes out.
pub type Answers = dyn Fn(&Occasion<'_>, &mut Response) + Send + Sync;

/// What is answered, and to what.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// The operation that the request reached.
    pub operation: Option<&'a OperationId>,
    /// The refusal that the answer is; `None` for a promised answer, and before it is made.
    pub refusal: Option<&'a RefusalName>,
    /// The request as it came in.
    pub request: &'a Request,
    /// The secrets that are right.
    pub vault: &'a Vault,
}

impl Played {
    /// A provider that keeps the contract.
    pub fn faithful(contract: Arc<Contract>) -> Self {
        Self { contract, manner: Manner::default() }
    }
}

impl fmt::Debug for Manner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Manner(…)")
    }
}
