//! Credentials as the contract describes them: their form, their places, how they are signed.

use super::operation::ParameterIn;
use crate::exchange::Location;
use crate::expression::Template;
use crate::name::{CredentialName, OperationId, PartyName, SecretName};
use crate::place::Place;
use indexmap::IndexMap;
use regex::Regex;
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// A credential that operations ask for.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Its name in `securitySchemes` or in `contract.toml`.
    pub name: CredentialName,
    /// What it looks like on the wire.
    pub scheme: Scheme,
    /// Who holds a secret for it.
    pub parties: Vec<Party>,
    /// How a fake makes a secret, and how an unknown one looks.
    pub sample: Template,
    /// The form of a secret; others are malformed.
    pub pattern: Option<Regex>,
    /// How a provider compares a value with the right one.
    pub comparison: Comparison,
    /// Where it stands in the contract.
    pub place: Place,
}

/// How a provider compares a credential with the right one. A contract always says `Exact`; providers drift from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comparison {
    /// It has to be the same.
    #[default]
    Exact,
    /// Any value is right.
    None,
    /// Its beginning is enough: so many hundredths of it.
    Prefix(usize),
    /// Upper and lower case are the same.
    Folded,
    /// Of Basic, the user's name is not looked at.
    AnyUser,
    /// Of Basic, the password is not looked at.
    AnyPassword,
}

/// One holder of a secret.
#[derive(Clone, Debug)]
pub struct Party {
    /// Its name.
    pub name: PartyName,
    /// The environment variable of its secret.
    pub secret: SecretName,
    /// What it calls; `None` for all operations of the credential.
    pub operations: Option<Vec<OperationId>>,
}

/// What a credential looks like on the wire.
#[derive(Clone, Debug)]
pub enum Scheme {
    /// `apiKey`: the secret itself under a name.
    Key {
        /// Header, query or cookie.
        location: ParameterIn,
        /// The header's, parameter's or cookie's name.
        name: String,
    },
    /// `http`: a word and the secret in `Authorization` (RFC 9110, section 11.4).
    Word {
        /// `Bearer`, or another word.
        word: String,
        /// Whether the word's case counts; RFC 9110, section 11.1 says that it does not.
        case_sensitive: bool,
    },
    /// `http` `basic`: user and password (RFC 7617).
    Basic {
        /// The user's name, which is not a secret.
        user: String,
    },
    /// What OpenAPI cannot say: templates at places, signed or not.
    Placed(Box<Placed>),
}

/// A credential that is put together from templates.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The operations that it protects.
    pub operations: Vec<OperationId>,
    /// Where its parts go.
    pub places: Vec<PlacedPart>,
    /// How it is signed, if it is.
    pub signing: Option<Signing>,
    /// How the time is written.
    pub unit: TimestampUnit,
    /// How old it may be.
    pub window: Option<Duration>,
    /// How early it may be.
    pub ahead: Option<Duration>,
    /// Whether it opens once only.
    pub once: bool,
    /// `{{ payload }}` by operation.
    pub payload: IndexMap<OperationId, Payload>,
}

/// One part of a placed credential.
#[derive(Clone, Debug)]
pub enum PlacedPart {
    /// A header.
    Header(String, Template),
    /// A parameter of the query.
    Query(String, Template),
    /// A cookie.
    Cookie(String, Template),
    /// A value in a JSON body, whose texts are templates.
    Body {
        /// The JSON pointer; below the item where the payload is signed for each of several.
        at: String,
        /// The value.
        value: Value,
    },
}

/// How a message is signed.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The keyed hash.
    pub algorithm: Algorithm,
    /// How the signature is written.
    pub encoding: Encoding,
    /// How the secret becomes the key.
    pub key: KeyForm,
    /// What is signed.
    pub message: Template,
}

/// The part of the message that differs by operation.
#[derive(Clone, Debug)]
pub struct Payload {
    /// `/items/*`: sign and place for each item; `None` for the whole request.
    pub each: Option<String>,
    /// The payload.
    pub template: Template,
}

/// A keyed hash (RFC 2104).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    /// HMAC with SHA-1.
    #[serde(rename = "hmac-sha1")]
    HmacSha1,
    /// HMAC with SHA-256.
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
    /// HMAC with SHA-512.
    #[serde(rename = "hmac-sha512")]
    HmacSha512,
}

/// How the bytes of a signature are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Lower-case hexadecimal.
    #[default]
    Hex,
    /// Upper-case hexadecimal.
    HexUpper,
    /// Base64 with padding (RFC 4648, section 4).
    Base64,
    /// Base64 for URLs, without padding (RFC 4648, section 5).
    Base64url,
}

/// How a secret's text becomes the bytes of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyForm {
    /// Its UTF-8 bytes.
    #[default]
    Text,
    /// Decoded from hexadecimal.
    Hex,
    /// Decoded from base64.
    Base64,
}

/// How a time is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimestampUnit {
    /// Seconds since 1970.
    #[default]
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
    /// `2026-01-01T00:00:00Z` (RFC 3339).
    Iso8601,
}

impl std::str::FromStr for TimestampUnit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "seconds" => Ok(Self::Seconds),
            "milliseconds" => Ok(Self::Milliseconds),
            "iso8601" => Ok(Self::Iso8601),
            other => Err(format!("{other:?} is no unit of time; known: seconds, milliseconds, iso8601")),
        }
    }
}

impl Credential {
    /// Who calls `operation`: the first party that names it, else the first that names none, else the first.
    pub fn party_for(&self, operation: &OperationId) -> &Party {
        let names = |party: &&Party| party.operations.as_ref().is_some_and(|operations| operations.contains(operation));
        let any = |party: &&Party| party.operations.is_none();
        let found = self.parties.iter().find(names).or_else(|| self.parties.iter().find(any));
        found.unwrap_or(&self.parties[0])
    }

    /// How old or early it may be, if that matters.
    pub fn window(&self) -> Option<Duration> {
        match &self.scheme {
            Scheme::Placed(placed) => placed.window,
            _ => None,
        }
    }

    /// Whether a signature travels in place of the secret.
    pub fn is_signed(&self) -> bool {
        matches!(&self.scheme, Scheme::Placed(placed) if placed.signing.is_some())
    }

    /// One line that says what it is and where it sits: `Authorization: Bearer …`.
    pub fn describe(&self) -> String {
        match &self.scheme {
            Scheme::Key { location, name } => location.named(name).to_string(),
            Scheme::Word { word, .. } => format!("header Authorization: {word} …"),
            Scheme::Basic { .. } => "header Authorization: Basic …".to_owned(),
            Scheme::Placed(placed) => {
                let places: Vec<String> = placed.places.iter().map(PlacedPart::describe).collect();
                places.join(", ")
            }
        }
    }
}

impl PlacedPart {
    /// Where it sits; in a body below the item where the payload is signed for each of several.
    pub fn location(&self) -> Location {
        match self {
            Self::Header(name, _) => Location::Header(name.clone()),
            Self::Query(name, _) => Location::Query(name.clone()),
            Self::Cookie(name, _) => Location::Cookie(name.clone()),
            Self::Body { at, .. } => Location::Body(at.clone()),
        }
    }

    /// Where it sits: `header X-Service-ID`.
    pub fn describe(&self) -> String {
        self.location().to_string()
    }
}
