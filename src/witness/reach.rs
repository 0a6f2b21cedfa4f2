//! Where a request leads whose provider is not known: to an operation of one of several contracts.

use crate::contract::Route;
use crate::contract::operation::Operation;
use crate::exchange::Request;
use crate::witness::Witness;

/// Where a request leads: to an operation, the nearer the better.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// Who judges it.
    pub witness: &'a Witness,
    /// The operation.
    pub operation: &'a Operation,
    /// 0: path and method; 1: both below a prefix; 2: the path only; 3: the path only, below a prefix.
    distance: usize,
    /// How many bytes of the path are the deployment's own prefix.
    pub prefix: usize,
}

/// The ways that lead nearest: as the path stands, else below a prefix that belongs to the deployment. Of the several
/// witnesses of one contract, which know it under different paths, the first counts.
pub fn nearest<'a>(witnesses: impl IntoIterator<Item = &'a Witness>, request: &Request) -> Vec<Reach<'a>> {
    let mut reaches: Vec<Reach<'_>> = witnesses.into_iter().filter_map(|witness| reach(witness, request)).collect();
    let nearest = reaches.iter().map(|reach| reach.distance).min();
    reaches.retain(|reach| Some(reach.distance) == nearest);
    let mut seen = Vec::new();
    reaches.retain(|reach| {
        let name = &reach.witness.contract.name;
        let is_new = !seen.contains(name);
        seen.push(name.clone());
        is_new
    });
    reaches
}

fn reach<'a>(witness: &'a Witness, request: &Request) -> Option<Reach<'a>> {
    let starts = request.path.match_indices('/').map(|(start, _)| start);
    let reaches = starts.filter_map(|start| {
        let below = Request { path: request.path[start..].to_owned(), ..request.clone() };
        let (operation, far) = match witness.contract.route(&witness.server_path, &below) {
            Route::Found(operation, _) => (operation, 0),
            Route::OtherMethods(_, operation) => (operation, 2),
            Route::Unknown => return None,
        };
        Some(Reach { witness, operation, distance: far + usize::from(start > 0), prefix: start })
    });
    // Of equals the first counts: that with the shortest prefix.
    reaches.min_by_key(|reach| reach.distance)
}
