//! Aspect: the statuses. What the document merely omits is one remark, however many there are.

use super::{Aspect, Blame, Disagreement, Pair};
use crate::contract::operation::{Operation, StatusPattern};
use crate::exchange::Location;

/// The disagreements about the statuses of an operation.
pub fn compare(pair: Pair<'_>) -> Vec<Disagreement> {
    let (ours, theirs) = (promised(pair.ours), promised(pair.theirs));
    let is_covered = |operation: &Operation, status: u16| operation.promise(status).is_some();
    let omitted: Vec<u16> = ours.iter().copied().filter(|status| !is_covered(pair.theirs, *status)).collect();
    let mut found = Vec::new();
    if !omitted.is_empty() && !pair.theirs.responses.is_empty() {
        let promises = format!("{}, without {}", listed(&theirs), listed(&omitted));
        let mut disagreement = pair.disagreement(Aspect::Status, Location::Status, listed(&ours), promises);
        let came: Vec<u16> = omitted.into_iter().filter(|status| pair.seen.statuses.contains(status)).collect();
        if !came.is_empty() {
            disagreement.blame = Blame::Document(format!("the provider answers {} too", listed(&came)));
        }
        found.push(disagreement);
    }
    let beyond = |status: &u16| theirs.contains(status) && !is_covered(pair.ours, *status);
    let beyond: Vec<u16> = pair.seen.statuses.iter().copied().filter(beyond).collect();
    if !beyond.is_empty() {
        let mut disagreement = pair.disagreement(Aspect::Status, Location::Status, listed(&ours), listed(&theirs));
        disagreement.blame = Blame::Contract(format!("the provider answers {} too", listed(&beyond)));
        found.push(disagreement);
    }
    found
}

/// The statuses that are promised one by one.
fn promised(operation: &Operation) -> Vec<u16> {
    let exact = operation.responses.iter().filter_map(|response| match response.status {
        StatusPattern::Exactly(status) => Some(status),
        StatusPattern::Hundred(_) | StatusPattern::Default => None,
    });
    let mut statuses: Vec<u16> = exact.collect();
    statuses.sort_unstable();
    statuses
}

fn listed(statuses: &[u16]) -> String {
    if statuses.is_empty() {
        return "no status by its number".to_owned();
    }
    statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}
