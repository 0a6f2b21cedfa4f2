//! A key or a signature that stands where no drift of the catalogue puts it: found by its value.

use super::Explanation;
use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::contract::scheme::{Credential, Scheme};
use crate::credential::customary::own_places;
use crate::credential::{place, sign};
use crate::exchange::{Location, Request};
use crate::secret::Vault;
use crate::verdict::{Code, Finding};

/// The place where a credential stands that is missing from its own.
pub fn explain(
    contract: &Contract,
    operation: &Operation,
    request: &Request,
    vault: &Vault,
    findings: &[Finding],
) -> Option<Explanation> {
    let names = operation.security.credentials();
    let credentials: Vec<&Credential> = names.into_iter().filter_map(|name| contract.credentials.get(name)).collect();
    let of = |code: Code| findings.iter().find(|finding| finding.code == code).map(|finding| &finding.location);
    let explanation = |code, found: &Location, does: String, credential: &Credential, only: &str| {
        let sentence = format!("the client sends {does}; the contract places it in {}{only}", credential.describe());
        let is_else =
            |finding: &&Finding| !finding.code.as_str().starts_with("credential-") && !finding.location.is_same(found);
        let leaves = findings.iter().filter(is_else).cloned().collect();
        Some(Explanation { code, sentence, certain: true, leaves })
    };
    let first = *credentials.first()?;
    if let Some(further) = of(Code::CredentialOvershared).filter(|_| !first.is_signed()) {
        return explanation("credential-doubled", further, format!("the key in {further} as well"), first, " only");
    }
    if let Some(found) = of(Code::CredentialMisplaced) {
        let is_own = own_places(first).iter().any(|own| own.is_same(found));
        let does = format!("the key in {found}");
        return if is_own { None } else { explanation("credential-moved", found, does, first, "") };
    }
    of(Code::CredentialMissing)?;
    let texts = place::texts(request);
    for credential in credentials.into_iter().filter(|credential| credential.is_signed()) {
        if let Some((signature, timestamp)) = signature(credential, operation, request, vault, &texts) {
            let with_time = timestamp.map(|timestamp| format!(" and the timestamp in {timestamp}")).unwrap_or_default();
            let does = format!("the signature in {signature}{with_time}");
            return explanation("credential-moved", &signature, does, credential, "");
        }
        let parties = credential.parties.iter();
        let secrets: Vec<&str> = parties.filter_map(|party| Some(vault.get(&party.secret)?.expose())).collect();
        let holds_one = |text: &str| secrets.iter().any(|secret| text.contains(secret));
        if let Some((bare, _)) = texts.iter().find(|(_, text)| holds_one(text)) {
            let does = format!("the secret itself in {bare} instead of a signature");
            return explanation("credential-moved", bare, does, credential, "");
        }
    }
    None
}

/// Where the right signature of the request stands, and where the time for which it is right.
fn signature(
    credential: &Credential,
    operation: &Operation,
    request: &Request,
    vault: &Vault,
    texts: &[(Location, String)],
) -> Option<(Location, Option<Location>)> {
    let Scheme::Placed(placed) = &credential.scheme else { return None };
    let signing = placed.signing.as_ref()?;
    let times = texts.iter().filter(|(_, text)| sign::read_timestamp(text, placed.unit).is_some());
    let times: Vec<(Option<&Location>, &str)> =
        times.map(|(location, text)| (Some(location), text.as_str())).chain([(None, "")]).collect();
    for party in &credential.parties {
        let Some(secret) = vault.get(&party.secret) else { continue };
        for (at, time) in &times {
            let message =
                sign::message(&signing.message, placed, Some(&operation.id), request, time, party.name.as_str(), None);
            let Ok(wanted) = message.and_then(|message| sign::signature(signing, secret.expose(), &message)) else {
                continue;
            };
            if let Some((location, _)) = texts.iter().find(|(_, text)| *text == wanted) {
                return Some((location.clone(), at.map(Location::clone)));
            }
        }
    }
    None
}
