//! Rule: a request carries no `X-` header that the contract does not name.

use super::RequestCase;
use crate::contract::operation::ParameterIn;
use crate::contract::scheme::{PlacedPart, Scheme};
use crate::exchange::Location;
use crate::verdict::{Code, Finding};

/// Headers that proxies add on the way.
const ADDED_ON_THE_WAY: [&str; 6] =
    ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-real-ip", "x-request-id"];

/// The undocumented headers.
pub fn check(case: &RequestCase<'_>) -> Vec<Finding> {
    let names = case.request.headers.0.iter().map(|(name, _)| name);
    let unknown = names.filter(|name| {
        let lower = name.to_ascii_lowercase();
        lower.starts_with("x-") && !ADDED_ON_THE_WAY.contains(&lower.as_str()) && !is_documented(case, name)
    });
    unknown
        .map(|name| {
            let location = Location::Header(name.clone());
            let finding = Finding::new(Code::RequestHeaderUndocumented, location, "no such header", "the header");
            finding.of(&case.operation.id).at(case.operation.place.clone())
        })
        .collect()
}

fn is_documented(case: &RequestCase<'_>, name: &str) -> bool {
    let declared = case
        .operation
        .parameters
        .iter()
        .any(|known| known.location == ParameterIn::Header && known.name.eq_ignore_ascii_case(name));
    declared
        || case.operation.security.credentials().into_iter().filter_map(|id| case.contract.credentials.get(id)).any(
            |credential| match &credential.scheme {
                Scheme::Key { location: ParameterIn::Header, name: known } => known.eq_ignore_ascii_case(name),
                Scheme::Placed(placed) => placed
                    .places
                    .iter()
                    .any(|part| matches!(part, PlacedPart::Header(known, _) if known.eq_ignore_ascii_case(name))),
                _ => false,
            },
        )
}
