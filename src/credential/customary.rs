//! Where a key customarily travels: the names by which providers look for one, in every place of a request.

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::contract::schema::declared_properties;
use crate::contract::scheme::{Credential, PlacedPart, Scheme};
use crate::exchange::Location;
use std::fmt;
use std::str::FromStr;

/// A kind of place in a request that can carry a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// A header field.
    Header,
    /// A parameter of the query.
    Query,
    /// A cookie.
    Cookie,
    /// A field of a JSON body.
    Body,
}

/// Customary names of a header with a key.
pub const HEADERS: &[&str] = &["Authorization", "X-API-Key", "Api-Key", "X-Auth-Token"];
/// Customary names of a parameter of the query with a key.
pub const QUERY: &[&str] = &["api_key", "apikey", "key", "token", "access_token"];
/// Customary names of a cookie with a key.
pub const COOKIES: &[&str] = &["api_key", "key", "session", "session_id", "token"];
/// Customary JSON pointers to a key in a body.
pub const BODY: &[&str] = &["/api_key", "/apiKey", "/key", "/token"];
/// Customary words before a key in `Authorization`.
pub const WORDS: &[&str] = &["Bearer", "Token", "ApiKey", "Basic"];

impl Carrier {
    /// Every carrier.
    pub const ALL: [Self; 4] = [Self::Header, Self::Query, Self::Cookie, Self::Body];

    /// The word that features use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Query => "query",
            Self::Cookie => "cookie",
            Self::Body => "body",
        }
    }

    /// The customary names of a key there; in a body JSON pointers.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Header => HEADERS,
            Self::Query => QUERY,
            Self::Cookie => COOKIES,
            Self::Body => BODY,
        }
    }

    /// The place of that name; in a body the name is a JSON pointer.
    pub fn location(self, name: impl Into<String>) -> Location {
        match self {
            Self::Header => Location::Header(name.into()),
            Self::Query => Location::Query(name.into()),
            Self::Cookie => Location::Cookie(name.into()),
            Self::Body => Location::Body(name.into()),
        }
    }

    /// The kind of a place, and its name there; `None` for what carries no key.
    pub fn of(location: &Location) -> Option<(Self, &str)> {
        match location {
            Location::Header(name) => Some((Self::Header, name)),
            Location::Query(name) => Some((Self::Query, name)),
            Location::Cookie(name) => Some((Self::Cookie, name)),
            Location::Body(pointer) if !pointer.is_empty() => Some((Self::Body, pointer)),
            _ => None,
        }
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Carrier {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|carrier| carrier.as_str() == text);
        found.ok_or_else(|| format!("{text:?} is no place; known: header, query, cookie, body"))
    }
}

/// Where the contract itself puts a credential.
pub fn own_places(credential: &Credential) -> Vec<Location> {
    match &credential.scheme {
        Scheme::Key { location, name } => vec![location.named(name)],
        Scheme::Word { .. } | Scheme::Basic { .. } => vec![Location::Header("Authorization".to_owned())],
        Scheme::Placed(placed) => placed.places.iter().map(PlacedPart::location).collect(),
    }
}

/// Every customary place of a kind in which `operation` takes nothing: no credential and no parameter of its own.
///
/// The name that the contract gives the key in its own place is customary everywhere.
pub fn elsewhere(
    contract: &Contract,
    operation: Option<&Operation>,
    credential: &Credential,
    carrier: Carrier,
) -> Vec<Location> {
    let taken = taken(contract, operation, credential);
    let names = carrier.names().iter().map(|name| (*name).to_owned()).chain(carried_over(credential, carrier));
    let mut places: Vec<Location> = Vec::new();
    for place in names.map(|name| carrier.location(name)) {
        if !taken.iter().chain(&places).any(|other| other.is_same(&place)) {
            places.push(place);
        }
    }
    places
}

/// The names of a credential's own places, as names of another kind of place. `Authorization` is no key's name.
fn carried_over(credential: &Credential, carrier: Carrier) -> Vec<String> {
    let own = own_places(credential);
    let names = own.iter().filter_map(Carrier::of).filter_map(|(own, name)| {
        let name = name.trim_start_matches('/');
        let is_plain = !name.contains('/') && !name.eq_ignore_ascii_case("authorization");
        // Names of headers and cookies are tokens (RFC 9110, section 5.1; RFC 6265, section 4.1.1).
        let is_name = !matches!(carrier, Carrier::Header | Carrier::Cookie) || http::HeaderName::try_from(name).is_ok();
        (own != carrier && is_plain && is_name).then(|| name.to_owned())
    });
    names.map(|name| if carrier == Carrier::Body { format!("/{name}") } else { name }).collect()
}

/// Where an operation takes a credential or a parameter.
fn taken(contract: &Contract, operation: Option<&Operation>, credential: &Credential) -> Vec<Location> {
    let mut taken = own_places(credential);
    let Some(operation) = operation else { return taken };
    let credentials = operation.security.credentials().into_iter().filter_map(|name| contract.credentials.get(name));
    taken.extend(credentials.flat_map(own_places));
    taken.extend(operation.parameters.iter().map(|parameter| parameter.location.named(&parameter.name)));
    if let Some((_, content)) = operation.default_content() {
        let schema = content.schema.as_ref();
        let declared = schema.map(|schema| declared_properties(&contract.schemas, &schema.pointer));
        taken.extend(declared.into_iter().flatten().map(|(name, _)| Location::Body(format!("/{name}"))));
        let example = content.example(None).and_then(serde_json::Value::as_object);
        taken.extend(example.into_iter().flatten().map(|(name, _)| Location::Body(format!("/{name}"))));
    }
    taken
}
