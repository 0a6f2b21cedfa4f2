//! The catalogue of drifts: named ways of departing from a contract. One kind a file, and a line in [`CATALOGUE`].

pub mod alter;
pub mod credential;
pub mod fields;
pub mod refusal;
pub mod request;
pub mod response;
pub mod route;
pub mod signature;
pub mod time;

use crate::answer::played::{Answers, Hears, Manner, Occasion, Played};
use crate::contract::Contract;
use crate::exchange::{Request, Response};
use crate::name::OperationId;
use crate::request::Edit;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Every kind of drift, in the order in which a diagnosis tries them.
pub const CATALOGUE: &[&[Kind]] =
    &[credential::KINDS, signature::KINDS, route::KINDS, refusal::KINDS, request::KINDS, response::KINDS, time::KINDS];

/// A kind of drift.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its stable code: the group, a hyphen, what happened.
    pub code: &'static str,
    /// What it means, in a sentence.
    pub meaning: &'static str,
    /// A sentence that names one such drift.
    pub example: &'static str,
    /// Every drift of the kind that a contract can have.
    pub drifts: fn(&Contract) -> Vec<Drift>,
}

/// One drift of one contract.
#[derive(Clone)]
pub struct Drift {
    /// The code of its kind.
    pub code: &'static str,
    /// What it is about, as the only one of its kind: `embedText auth to header`.
    pub subject: String,
    /// The operations that it touches.
    pub operations: Vec<OperationId>,
    /// What a provider with it does: a verb and what follows.
    pub provider: String,
    /// What a client does that departs from the contract in the same way; empty where only a provider can.
    pub client: String,
    /// What the contract says about it: a verb and what follows.
    pub contract: String,
    /// Whether it is one of several of its like, of which `mutate` tries another: a diagnosis tries all.
    pub is_variation: bool,
    /// What makes the body of a call that is right by contract right under it; `*` in a pointer stands for every item.
    pub asks: Vec<Edit>,
    change: Change,
}

/// How a provider with the drift comes to be.
#[derive(Clone)]
enum Change {
    /// It keeps another contract.
    Contract(Arc<AnotherContract>),
    /// It keeps the contract, and departs from what it would make it do.
    Manner(Manner),
}

/// A contract with one change; `None` where the change is impossible after all.
type AnotherContract = dyn Fn(&Contract) -> Option<Contract> + Send + Sync;

impl Kind {
    /// Every drift of the kind that `contract` can have.
    pub fn of(&self, contract: &Contract) -> Vec<Drift> {
        (self.drifts)(contract).into_iter().map(|drift| Drift { code: self.code, ..drift }).collect()
    }

    /// The group: the code's first word.
    pub fn group(&self) -> &'static str {
        self.code.split('-').next().unwrap_or(self.code)
    }
}

/// Every kind, in order.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    CATALOGUE.iter().copied().flatten()
}

/// The kind of that code.
pub fn kind(code: &str) -> Option<&'static Kind> {
    kinds().find(|kind| kind.code == code)
}

/// Every drift that `contract` can have.
pub fn of(contract: &Contract) -> Vec<Drift> {
    kinds().flat_map(|kind| kind.of(contract)).collect()
}

impl Drift {
    /// A drift of `operations`; the subject tells it from others of its kind.
    pub fn new(subject: impl Into<String>, operations: &[&OperationId]) -> Self {
        Self {
            code: "",
            subject: subject.into(),
            operations: operations.iter().map(|id| (*id).clone()).collect(),
            provider: String::new(),
            client: String::new(),
            contract: String::new(),
            is_variation: false,
            asks: Vec::new(),
            change: Change::Manner(Manner::default()),
        }
    }

    /// What a provider with it does: `reads the key from the query parameter api_key`.
    #[must_use]
    pub fn provider(mut self, does: impl Into<String>) -> Self {
        self.provider = does.into();
        self
    }

    /// What a client does that departs in the same way: `sends the key in the query parameter api_key`.
    #[must_use]
    pub fn client(mut self, does: impl Into<String>) -> Self {
        self.client = does.into();
        self
    }

    /// What the contract says: `places it in header Authorization: Bearer …`.
    #[must_use]
    pub fn contract(mut self, says: impl Into<String>) -> Self {
        self.contract = says.into();
        self
    }

    /// One of several of its like.
    #[must_use]
    pub fn variation(mut self, is_variation: bool) -> Self {
        self.is_variation = is_variation;
        self
    }

    /// A call that is right under it has another body.
    #[must_use]
    pub fn asks(mut self, edit: impl Into<Option<Edit>>) -> Self {
        self.asks.extend(edit.into());
        self
    }

    /// The provider keeps another contract.
    #[must_use]
    pub fn keeps(mut self, other: impl Fn(&Contract) -> Option<Contract> + Send + Sync + 'static) -> Self {
        self.change = Change::Contract(Arc::new(other));
        self
    }

    /// The provider takes a request for another one.
    #[must_use]
    pub fn hears(mut self, hears: impl Fn(&Occasion<'_>, &mut Request) + Send + Sync + 'static) -> Self {
        let hears: Arc<Hears> = Arc::new(hears);
        self.change = Change::Manner(Manner { hears: Some(hears), ..Manner::default() });
        self
    }

    /// The provider makes something else of its answer.
    #[must_use]
    pub fn answers(mut self, answers: impl Fn(&Occasion<'_>, &mut Response) + Send + Sync + 'static) -> Self {
        let answers: Arc<Answers> = Arc::new(answers);
        self.change = Change::Manner(Manner { answers: Some(answers), ..Manner::default() });
        self
    }

    /// The provider takes that much longer for its operations.
    #[must_use]
    pub fn takes(mut self, delay: Duration) -> Self {
        self.change = Change::Manner(Manner { delay: Some((self.operations.clone(), delay)), ..Manner::default() });
        self
    }

    /// Whether a call that is right under it differs from one that is right by contract.
    pub fn changes_a_call(&self) -> bool {
        !self.client.is_empty()
            || !self.asks.is_empty()
            || matches!(self.code, "credential-also-accepted" | "credential-word-optional")
    }

    /// Whether a provider with it answers later than anybody waits.
    pub fn is_slow(&self) -> bool {
        matches!(&self.change, Change::Manner(Manner { delay: Some(_), .. }))
    }

    /// Code and subject: what tells it from every other drift of the contract.
    pub fn id(&self) -> String {
        format!("{} {}", self.code, self.subject)
    }

    /// What it is, told of a provider: `the provider reads …; the contract places it in …`.
    pub fn of_provider(&self) -> String {
        format!("the provider {}; the contract {}", self.provider, self.contract)
    }

    /// What it is, told of a client; `None` where only a provider can have it.
    pub fn of_client(&self) -> Option<String> {
        (!self.client.is_empty()).then(|| format!("the client {}; the contract {}", self.client, self.contract))
    }

    /// The contract that a provider with the drift keeps; `None` where it keeps the true one in a manner of its own.
    pub fn another_contract(&self, contract: &Contract) -> Option<Contract> {
        match &self.change {
            Change::Contract(other) => other(contract),
            Change::Manner(_) => None,
        }
    }

    /// A provider with the drift, for a fake to play; `None` where the contract cannot have it after all.
    pub fn played(&self, contract: &Arc<Contract>) -> Option<Played> {
        match &self.change {
            Change::Contract(other) => other(contract).map(|other| Played::faithful(Arc::new(other))),
            Change::Manner(manner) => Some(Played { contract: contract.clone(), manner: manner.clone() }),
        }
    }
}

impl fmt::Debug for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Drift({})", self.id())
    }
}
