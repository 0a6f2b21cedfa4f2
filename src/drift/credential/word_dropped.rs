//! The key is wanted in `Authorization` without its word.

use crate::contract::Contract;
use crate::contract::operation::ParameterIn;
use crate::contract::scheme::{Credential, Scheme};
use crate::drift::alter::{Join, joined, noun, protections};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-word-dropped",
    meaning: "The credential is wanted in `Authorization` without the scheme's word.",
    example: "the provider reads the bare key from header Authorization; the contract places it in header Authorization: Bearer …",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential) in protections(contract) {
        let Some(bare) = bare(credential) else { continue };
        let noun = noun(credential).trim_start_matches("the ");
        let drift = Drift::new(format!("{} {}", operation.id, credential.name), &[&operation.id])
            .provider(format!("reads the bare {noun} from header Authorization"))
            .client(format!("sends the bare {noun} in header Authorization"))
            .contract(format!("places it in {}", credential.describe()));
        let (id, name) = (operation.id.clone(), credential.name.clone());
        drifts.push(drift.keeps(move |contract| Some(joined(contract, &id, &name, bare.clone(), Join::Instead))));
    }
    drifts
}

/// The credential in `Authorization` without a word, where it has one.
pub fn bare(credential: &Credential) -> Option<Credential> {
    let scheme = Scheme::Key { location: ParameterIn::Header, name: "Authorization".to_owned() };
    matches!(credential.scheme, Scheme::Word { .. }).then(|| Credential { scheme, ..credential.clone() })
}
