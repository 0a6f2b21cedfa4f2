//! A provider that departs: which drift predicts what was seen?
//!
//! Every drift of the catalogue can be played. So each is asked what a provider with it would have answered to the very
//! requests that were sent, and the one is taken whose answers are those that were seen.

use super::Explanation;
use super::fingerprint::{Fingerprint, SAME};
use crate::answer::knowledge::Knowledge;
use crate::answer::played::Played;
use crate::answer::{self, Provider};
use crate::contract::Contract;
use crate::contract::conduct::Stage;
use crate::contract::operation::Operation;
use crate::drift::{self, Drift};
use crate::harness::notebook::Call;
use crate::name::OperationId;
use crate::secret::Vault;
use std::sync::Arc;

/// What a diagnosis of one contract at one target reasons with.
#[derive(Clone, Copy, Debug)]
pub struct Bench<'a> {
    /// The contract.
    pub contract: &'a Arc<Contract>,
    /// The path under which the target serves it.
    pub server_path: &'a str,
    /// The secrets that are right.
    pub vault: &'a Vault,
}

/// A drift with what it predicts.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The drift.
    pub drift: Drift,
    /// How like each call's answer is to the predicted one.
    likeness: Vec<u32>,
    /// How much more it predicts than a provider that keeps the contract.
    worth: i64,
    /// Whether it leaves nothing that was seen unexplained.
    is_whole: bool,
}

/// The drifts of an operation, the likeliest first.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    /// The likeness of each call's answer to that of a provider that keeps the contract.
    faithful: Vec<u32>,
    /// The drifts that explain anything.
    pub candidates: Vec<Candidate>,
}

impl Candidate {
    /// The drift with its predictions, if it explains anything that a faithful provider does not.
    fn weighed(drift: Drift, likeness: Vec<u32>, faithful: &[u32]) -> Option<Self> {
        let pairs = || likeness.iter().zip(faithful).map(|(now, before)| (i64::from(*now), i64::from(*before)));
        // Another status than was seen speaks against a drift much more than another wording does.
        let worth = pairs()
            .map(|(now, before)| match (now, before) {
                (0, before) => -4 * before,
                (now, before) if now > before => 2 * (now - before),
                (now, before) => now - before,
            })
            .sum();
        let explains = likeness.iter().zip(faithful).any(|(now, before)| is_surprising(*before) && now > before);
        let surprising = faithful.iter().filter(|before| is_surprising(**before)).count();
        let left = likeness
            .iter()
            .zip(faithful)
            .filter(|(now, before)| if is_surprising(**before) { now <= before } else { **now == 0 });
        // Small differences of wording between a deployment and a fake are no drift of their own.
        let is_whole = left.count() * FEW <= surprising;
        (explains && worth > 0).then_some(Self { drift, likeness, worth, is_whole })
    }

    fn explanation(&self, certain: bool) -> Explanation {
        let behind = if self.is_whole { "" } else { "; another drift may hide behind it" };
        let sentence = format!("{}{behind}", self.drift.of_provider());
        Explanation { code: self.drift.code, sentence, certain, leaves: Vec::new() }
    }
}

impl Ranking {
    fn worth(&self) -> i64 {
        self.candidates.first().map_or(0, |best| best.worth)
    }

    /// Whether the best drift leaves nothing unexplained.
    pub fn is_whole(&self) -> bool {
        self.candidates.first().is_some_and(|best| best.is_whole)
    }

    /// The drifts that explain as much as the best one.
    pub fn best(&self) -> impl Iterator<Item = &Candidate> {
        let most = self.candidates.first().map(|best| best.worth);
        self.candidates.iter().filter(move |candidate| Some(candidate.worth) == most)
    }

    /// The best explanations, at most `most`.
    pub fn explanations(&self, most: usize) -> Vec<Explanation> {
        let only = self.best().count() == 1;
        self.best().take(most).map(|candidate| candidate.explanation(only && candidate.is_whole)).collect()
    }

    /// The best explanation of the call at `index`: the best drift of all where it predicts the status, else another.
    pub fn of_call(&self, index: usize) -> Option<Explanation> {
        if !is_surprising(self.faithful[index]) {
            return None;
        }
        let best = self.candidates.first().filter(|best| best.likeness[index] > 0);
        let explains = |candidate: &&Candidate| candidate.likeness[index] > self.faithful[index];
        let found = best.or_else(|| self.candidates.iter().find(explains))?;
        let only = self.best().count() == 1;
        Some(found.explanation(only && found.is_whole))
    }
}

/// One call in so many may be left unexplained.
const FEW: usize = 8;

/// Whether an answer is another one than a provider gives that keeps the contract; optional keys may differ.
fn is_surprising(likeness: u32) -> bool {
    likeness + 1 < SAME
}

/// Of how many calls all drifts are asked; the likeliest are asked of every call.
const SAMPLE: usize = 16;
/// How many drifts are asked of every call.
const LIKELIEST: usize = 40;

/// The drifts of an operation that `is_asked` lets through, ranked by how well they predict `calls`.
pub fn rank(bench: &Bench<'_>, id: &OperationId, calls: &[Call], is_asked: &dyn Fn(&Drift) -> bool) -> Ranking {
    let strict = Arc::new(bench.contract.only(id));
    // A deployment knows other things than a fake does: what situation a request is in may not be predicted at all.
    let calm = Arc::new(without_situations(&strict));
    let sample = sample(calls);
    let mut best = (Ranking::default(), strict.clone());
    for contract in [&strict, &calm] {
        let bench = Bench { contract, ..*bench };
        let ranking = bench.weigh(id, &sample, drift::of(contract).into_iter().filter(is_asked));
        if ranking.worth() > best.0.worth() || best.0.faithful.is_empty() {
            best = (ranking, contract.clone());
        }
        if bench.is_told_alike(id, &sample, &calm) {
            break;
        }
    }
    let (likely, contract) = best;
    let drifts = likely.candidates.into_iter().take(LIKELIEST).map(|candidate| candidate.drift);
    Bench { contract: &contract, ..*bench }.weigh(id, calls, drifts)
}

/// Some of the calls: the first ones, and others evenly from the rest.
fn sample(calls: &[Call]) -> Vec<Call> {
    let first = calls.len().min(SAMPLE / 2);
    let step = (calls.len() - first).div_ceil(SAMPLE - first).max(1);
    let mut sample: Vec<Call> = calls[..first].iter().chain(calls[first..].iter().step_by(step)).cloned().collect();
    // The last one is what was asked last, and may have been accepted.
    sample.extend(calls.last().cloned());
    sample
}

impl Bench<'_> {
    /// Whether a provider that keeps `other` would answer the calls as one that keeps the contract.
    fn is_told_alike(&self, id: &OperationId, calls: &[Call], other: &Arc<Contract>) -> bool {
        let faithful = |contract: &Arc<Contract>| {
            let bench = Bench { contract, ..*self };
            bench.weigh(id, calls, std::iter::empty()).faithful
        };
        faithful(self.contract) == faithful(other)
    }

    /// How well each drift predicts `calls`; those that predict no more than the contract are left out.
    fn weigh(&self, id: &OperationId, calls: &[Call], drifts: impl Iterator<Item = Drift>) -> Ranking {
        let Some(operation) = self.contract.operations.get(id) else { return Ranking::default() };
        let seen: Vec<Fingerprint> =
            calls.iter().map(|call| Fingerprint::of(self.contract, operation, &call.response)).collect();
        let predict = |played: &Played| self.likeness(operation, played, calls, &seen);
        let faithful = predict(&Played::faithful(self.contract.clone()));
        let mut ranking = Ranking { faithful, candidates: Vec::new() };
        if !ranking.faithful.iter().any(|likeness| is_surprising(*likeness)) {
            return ranking;
        }
        for drift in drifts {
            if let Some(played) = drift.played(self.contract) {
                let likeness = predict(&played);
                ranking.candidates.extend(Candidate::weighed(drift, likeness, &ranking.faithful));
            }
        }
        ranking.candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.worth));
        ranking
    }

    /// How like each call's answer is to that of `played`.
    fn likeness(&self, operation: &Operation, played: &Played, calls: &[Call], seen: &[Fingerprint]) -> Vec<u32> {
        let Self { contract, server_path, vault } = *self;
        let provider = Provider { contract: &played.contract, server_path, vault, manner: &played.manner };
        let one = |(call, seen): (&Call, &Fingerprint)| {
            let mut known = Knowledge::of(contract);
            let answered = answer::to(provider, &mut known, &call.request, call.sent_ms).ok()?;
            // What is wrong with an answer is only looked at where its status is the one that was seen.
            (answered.status == seen.status).then(|| Fingerprint::of(contract, operation, &answered).likeness(seen))
        };
        calls.iter().zip(seen).map(one).map(Option::unwrap_or_default).collect()
    }
}

fn without_situations(contract: &Contract) -> Contract {
    let mut calm = contract.clone();
    calm.order.retain(|stage| *stage != Stage::Situation);
    calm
}
