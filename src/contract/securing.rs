//! The credentials of a contract: the document's security schemes, and those that only `contract.toml` knows.

use super::library::{Library, Pointer};
use super::operation::ParameterIn;
use super::scheme::{Comparison, Credential, Placed, Scheme};
use super::terms::{CredentialTerms, Terms};
use crate::name::{CredentialName, OperationId};
use crate::place::{Place, Problem};
use crate::settings::nearest;
use indexmap::IndexMap;
use serde_json::Value;

/// Puts credentials together from both files.
pub struct Securing<'a> {
    /// The document's files.
    pub library: &'a Library,
    /// What `contract.toml` says.
    pub terms: &'a Terms,
    /// What is wrong with them.
    pub problems: Vec<Problem>,
}

impl Securing<'_> {
    /// Every credential, by name; what is wrong with one is noted.
    pub fn credentials(&mut self) -> IndexMap<CredentialName, Credential> {
        let mut credentials = IndexMap::new();
        let root = Pointer { file: self.library.root().0.to_owned(), path: String::new() };
        let schemes = self.library.root().1.value.pointer("/components/securitySchemes");
        let empty = serde_json::Map::new();
        let schemes = schemes.and_then(Value::as_object).unwrap_or(&empty);
        for (name, _) in schemes {
            let pointer = root.join("components").join("securitySchemes").join(name);
            let place = self.library.place(&pointer);
            let (_, value) = match self.library.follow(pointer) {
                Ok(found) => found,
                Err(problem) => {
                    self.problems.push(problem);
                    continue;
                }
            };
            let terms = self.terms.credentials.get(name);
            let Some(scheme) = self.scheme(value, terms, &place) else { continue };
            match terms {
                Some(terms) => {
                    let credential = credential(name, scheme, terms, place);
                    credentials.insert(CredentialName::from(name.as_str()), credential);
                }
                None if !self.terms.is_whole => {}
                None => self.problems.push(Problem::new(
                    place,
                    format!("nothing says which secret the scheme {name:?} takes"),
                    format!("add to contract.toml: [credential.{name}] with secret = \"NAME_OF_A_VARIABLE\""),
                )),
            }
        }
        for (name, terms) in &self.terms.credentials {
            if schemes.contains_key(name) {
                continue;
            }
            let Some(operations) = protected(terms).filter(|_| !terms.places.is_empty()) else {
                let known: Vec<&str> = schemes.keys().map(String::as_str).collect();
                let help = match nearest(name, known.iter().copied()) {
                    Some(nearest) => format!("did you mean {nearest:?}?"),
                    None => {
                        "a credential that is not in the document needs `operations` and a place (`headers`, `body`, …)"
                            .to_owned()
                    }
                };
                let wrong = format!("{name:?} is no security scheme of the document");
                self.problems.push(Problem::new(terms.place.clone(), wrong, help));
                continue;
            };
            let placed = Placed {
                operations,
                places: terms.places.clone(),
                signing: terms.signing.clone(),
                unit: terms.unit,
                window: terms.window,
                ahead: terms.window,
                once: terms.once,
                payload: terms.payload.clone(),
            };
            let credential = credential(name, Scheme::Placed(Box::new(placed)), terms, terms.place.clone());
            credentials.insert(CredentialName::from(name.as_str()), credential);
        }
        credentials
    }

    fn scheme(&mut self, value: &Value, terms: Option<&CredentialTerms>, place: &Place) -> Option<Scheme> {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let scheme = match (text("type"), text("in"), text("name"), text("scheme")) {
            (Some("apiKey"), Some(location), Some(name), _) => {
                let location = match location {
                    "header" => ParameterIn::Header,
                    "query" => ParameterIn::Query,
                    "cookie" => ParameterIn::Cookie,
                    _ => return self.bad_scheme(place, "`in` is header, query or cookie"),
                };
                Scheme::Key { location, name: name.to_owned() }
            }
            (Some("http"), _, _, Some(word)) if word.eq_ignore_ascii_case("basic") => {
                let Some(user) = terms.and_then(|terms| terms.user.clone()) else {
                    return self.bad_scheme(place, "Basic needs a `user` in its table of contract.toml");
                };
                Scheme::Basic { user }
            }
            (Some("http"), _, _, Some(word)) => {
                let word = if word.eq_ignore_ascii_case("bearer") { "Bearer" } else { word };
                Scheme::Word { word: word.to_owned(), case_sensitive: terms.is_some_and(|terms| terms.case_sensitive) }
            }
            // A token of OAuth 2 or OpenID Connect travels as a bearer token (RFC 6750, section 2.1).
            (Some("oauth2" | "openIdConnect"), ..) => Scheme::Word {
                word: "Bearer".to_owned(),
                case_sensitive: terms.is_some_and(|terms| terms.case_sensitive),
            },
            _ => return self.bad_scheme(place, "known: apiKey (in, name), http (scheme), oauth2, openIdConnect"),
        };
        Some(scheme)
    }

    fn bad_scheme(&mut self, place: &Place, help: &str) -> Option<Scheme> {
        self.problems.push(Problem::new(place.clone(), "not a security scheme that a call can carry", help));
        None
    }
}

/// The operations that a placed credential protects: its own, or those of its parties together.
fn protected(terms: &CredentialTerms) -> Option<Vec<OperationId>> {
    let of_parties = || {
        let lists: Option<Vec<_>> = terms.parties.iter().map(|party| party.operations.clone()).collect();
        lists.map(|lists| lists.concat()).filter(|operations| !operations.is_empty())
    };
    terms.operations.clone().or_else(of_parties)
}

fn credential(name: &str, scheme: Scheme, terms: &CredentialTerms, place: Place) -> Credential {
    Credential {
        name: CredentialName::from(name),
        scheme,
        parties: terms.parties.clone(),
        sample: terms.sample.clone(),
        pattern: terms.pattern.clone(),
        comparison: Comparison::Exact,
        place,
    }
}
