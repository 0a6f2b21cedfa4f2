//! The credential has another name in the same kind of place.

use super::places::{Elsewhere, body_fields, is_moved_within, renamed};
use crate::contract::Contract;
use crate::contract::document::{last_token, parent};
use crate::contract::operation::Operation;
use crate::contract::scheme::{Credential, PlacedPart, Scheme};
use crate::credential::customary::Carrier;
use crate::drift::alter::{self, protections};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-renamed",
    meaning: "The credential, or one of its parts, has another name in its kind of place.",
    example: "the provider reads the key from header Api-Key; the contract places it in header X-API-Key",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential) in protections(contract) {
        // To or from `Authorization` a credential moves: its form changes, too.
        let same = |there: &Elsewhere| !is_moved_within(credential, there);
        let others = renamed(contract, operation, credential).into_iter().filter(same);
        drifts.extend(others.map(|there| there.instead(operation, credential)));
        drifts.extend(of_parts(operation, credential));
    }
    drifts
}

/// Each part of a placed credential under another name.
fn of_parts(operation: &Operation, credential: &Credential) -> Vec<Drift> {
    let Scheme::Placed(placed) = &credential.scheme else { return Vec::new() };
    let mut drifts = Vec::new();
    for (index, part) in placed.places.iter().enumerate() {
        let (carrier, name) = match part {
            PlacedPart::Header(name, _) => (Carrier::Header, name.clone()),
            PlacedPart::Query(name, _) => (Carrier::Query, name.clone()),
            PlacedPart::Cookie(name, _) => (Carrier::Cookie, name.clone()),
            PlacedPart::Body { at, .. } => (Carrier::Body, last_token(at)),
        };
        for (number, other) in other_names(&name).into_iter().enumerate() {
            let there = carrier.location(if carrier == Carrier::Body { format!("/{other}") } else { other.clone() });
            let drift = Drift::new(format!("{} {} {name} to {there}", operation.id, credential.name), &[&operation.id])
                .provider(format!("reads {name} from {there}"))
                .client(format!("sends {name} in {there}"))
                .contract(format!("places it in {}", part.describe()))
                .variation(number > 0);
            let (owner, known) = (operation.clone(), credential.clone());
            drifts.push(drift.keeps(move |contract| with_part_renamed(contract, &owner, &known, index, &other)));
        }
    }
    drifts
}

fn other_names(name: &str) -> Vec<String> {
    let shortened = name.strip_prefix("X-").and_then(|rest| rest.split_once('-')).map(|(_, rest)| format!("X-{rest}"));
    let bare = name.strip_prefix("X-").map(str::to_owned);
    let prefixed = (!name.starts_with("X-")).then(|| format!("x_{name}"));
    let customary = ["signature", "authentication", "authorization", "credentials"].map(str::to_owned);
    let customary = if name.contains('-') { Vec::new() } else { customary.to_vec() };
    bare.into_iter().chain(shortened).chain(prefixed).chain(customary).filter(|other| other != name).collect()
}

fn with_part_renamed(
    contract: &Contract,
    operation: &Operation,
    credential: &Credential,
    index: usize,
    other: &str,
) -> Option<Contract> {
    let id = &operation.id;
    let mut changed = alter::placed(contract, id, &credential.name, |placed| match placed.places.get_mut(index) {
        Some(PlacedPart::Header(name, _) | PlacedPart::Query(name, _) | PlacedPart::Cookie(name, _)) => {
            other.clone_into(name);
        }
        Some(PlacedPart::Body { at, .. }) => {
            *at = format!("{}/{other}", parent(at));
        }
        None => {}
    })?;
    for field in body_fields(operation, credential) {
        // A schema that does not know the field takes it under any name.
        let declared = contract.schemas.declaration(&alter::body_schema(operation)?.pointer, &field);
        let Some((_, property)) = declared else { continue };
        let schema = contract.schemas.at(&property)?.1.clone();
        let renamed = format!("{}/{other}", parent(&field));
        changed = alter::without_body_field(&changed, id, &field)?;
        changed = alter::with_required_body_field(&changed, id, &renamed, &schema)?;
    }
    Some(changed)
}
