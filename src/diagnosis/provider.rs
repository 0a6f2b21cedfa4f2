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
        let is_whole =
            likeness.iter().zip(faithful).all(|(now, before)| *now > 0 && (now > before || !is_surprising(*before)));
        (explains && worth > 0).then_some(Self { drift, likeness, worth, is_whole })
    }

    fn explanation(&self, certain: bool) -> Explanation {
        let behind = if self.is_whole { "" } else { "; another drift may hide behind it" };
        Explanation { code: self.drift.code, sentence: format!("{}{behind}", self.drift.of_provider()), certain }
    }
}

impl Ranking {
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

    /// The best explanation of the call at `index`.
    pub fn of_call(&self, index: usize) -> Option<Explanation> {
        let explains = |candidate: &&Candidate| {
            is_surprising(self.faithful[index]) && candidate.likeness[index] > self.faithful[index]
        };
        let found = self.candidates.iter().find(explains)?;
        let only = self.best().count() == 1;
        Some(found.explanation(only && found.is_whole))
    }
}

/// Whether an answer is another one than a provider gives that keeps the contract; optional keys may differ.
fn is_surprising(likeness: u32) -> bool {
    likeness + 1 < SAME
}

/// The drifts of an operation, ranked by how well they predict `calls`.
pub fn rank(bench: &Bench<'_>, id: &OperationId, calls: &[Call]) -> Ranking {
    let narrowed = Arc::new(bench.contract.only(id));
    let bench = &Bench { contract: &narrowed, ..*bench };
    let Some(operation) = narrowed.operations.get(id) else { return Ranking::default() };
    let seen: Vec<Fingerprint> =
        calls.iter().map(|call| Fingerprint::of(bench.contract, operation, &call.response)).collect();
    let predict = |played: &Played| likeness(bench, operation, played, calls, &seen);
    let strict = predict(&Played::faithful(bench.contract.clone()));
    let calm = Arc::new(without_situations(bench.contract));
    let unmoved = predict(&Played::faithful(calm.clone()));
    // A deployment knows other things than a fake does.
    let is_calmer = unmoved.iter().sum::<u32>() > strict.iter().sum::<u32>();
    let (contract, faithful) = if is_calmer { (&calm, unmoved) } else { (bench.contract, strict) };
    let mut ranking = Ranking { faithful, candidates: Vec::new() };
    if !ranking.faithful.iter().any(|likeness| is_surprising(*likeness)) {
        return ranking;
    }
    for drift in drift::of(contract) {
        if !drift.operations.is_empty() && !drift.operations.contains(id) {
            continue;
        }
        let Some(played) = drift.played(contract) else { continue };
        let likeness = predict(&played);
        ranking.candidates.extend(Candidate::weighed(drift, likeness, &ranking.faithful));
    }
    ranking.candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.worth));
    ranking
}

fn without_situations(contract: &Contract) -> Contract {
    let mut calm = contract.clone();
    calm.order.retain(|stage| *stage != Stage::Situation);
    calm
}

fn likeness(
    bench: &Bench<'_>,
    operation: &Operation,
    played: &Played,
    calls: &[Call],
    seen: &[Fingerprint],
) -> Vec<u32> {
    let Bench { server_path, vault, .. } = *bench;
    let provider = Provider { contract: &played.contract, server_path, vault, manner: &played.manner };
    let one = |(call, seen): (&Call, &Fingerprint)| {
        let mut known = Knowledge::of(bench.contract);
        let answered = answer::to(provider, &mut known, &call.request, call.sent_ms).ok()?;
        Some(Fingerprint::of(bench.contract, operation, &answered).likeness(seen))
    };
    calls.iter().zip(seen).map(one).map(Option::unwrap_or_default).collect()
}
