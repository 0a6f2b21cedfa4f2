//! Credentials at work: a draft becomes an authorised request, and a request's credential is read back and verified.

pub mod authorise;
pub mod customary;
pub mod parts;
pub mod place;
pub mod sign;
pub mod verify;

use crate::contract::conduct::Cause;
use crate::contract::scheme::TimestampUnit;
use crate::exchange::{Location, Request};
use crate::expression::Template;
use crate::name::{CredentialName, PartyName, SecretName};
use customary::Carrier;
use std::fmt;

/// In which state a credential is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// As the contract wants it.
    #[default]
    Valid,
    /// Not at all.
    Missing,
    /// Of the right form, but nobody's: another key, or signed with another key.
    Unknown,
    /// Not of the right form.
    Malformed,
    /// Signed so long ago that the window has passed.
    Stale,
    /// Signed so far ahead that the window has not begun.
    Early,
    /// Without its last character: the secret, or the signature of one that signs.
    Truncated,
    /// With another last character: the secret, or the signature of one that signs.
    Altered,
    /// With the case of letters changed, in the secret or in the signature.
    Recased,
}

impl std::str::FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "valid" => Ok(Self::Valid),
            "missing" => Ok(Self::Missing),
            "unknown" => Ok(Self::Unknown),
            "malformed" => Ok(Self::Malformed),
            "stale" => Ok(Self::Stale),
            "early" => Ok(Self::Early),
            "truncated" => Ok(Self::Truncated),
            "altered" => Ok(Self::Altered),
            other => Err(format!("{other:?} is no state of a credential")),
        }
    }
}

/// How a call's credential is to be sent; the default is as the contract wants it.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Its state.
    pub state: State,
    /// This very value instead of the secret.
    pub literal: Option<String>,
    /// Which of several alternatives; the first where it says nothing.
    pub credential: Option<CredentialName>,
    /// The one of several that belong together which is sent in this way; the others are right.
    pub member: Option<CredentialName>,
    /// Another user than the contract's, for Basic.
    pub user: Option<String>,
    /// Whose secret; that of the operation's own party where it says nothing.
    pub party: Option<PartyName>,
    /// How many seconds ago it was signed; negative for ahead.
    pub age: Option<i64>,
    /// Another unit of time than the contract's.
    pub unit: Option<TimestampUnit>,
    /// Another message than the contract's.
    pub message: Option<Template>,
    /// Other places than the contract's.
    pub places: Vec<OtherPlace>,
    /// Other places for each value of a placed credential, in their order, instead of the contract's.
    pub parts: Vec<Location>,
    /// Another word in `Authorization`; an empty one for none at all.
    pub word: Option<String>,
}

impl Plan {
    /// Whether the credential is sent exactly as the contract wants it.
    pub fn is_right(&self) -> bool {
        self.state == State::Valid
            && self.literal.is_none()
            && self.age.is_none()
            && self.unit.is_none()
            && self.message.is_none()
            && self.places.is_empty()
            && self.parts.is_empty()
            && self.word.is_none()
            && self.user.is_none()
    }

    /// How a member of several credentials that belong together is sent, where the plan is for one of them.
    #[must_use]
    pub fn of_member(&self, name: &CredentialName) -> Self {
        match &self.member {
            Some(member) if member != name => Self { party: self.party.clone(), ..Self::default() },
            _ => self.clone(),
        }
    }

    /// The causes for which a call with such a credential may be refused, the most likely first.
    pub fn causes(&self) -> Vec<Cause> {
        let likely = match self.state {
            State::Missing => Cause::Missing,
            State::Malformed => Cause::Malformed,
            State::Stale | State::Early => Cause::Stale,
            _ if self.age.is_some() || self.unit.is_some() => Cause::Stale,
            State::Valid if !self.places.is_empty() || !self.parts.is_empty() || self.word.is_some() => {
                Cause::Misplaced
            }
            _ => Cause::Unknown,
        };
        let mut causes = vec![likely];
        causes.extend(Cause::OF_CREDENTIALS.into_iter().filter(|cause| *cause != likely));
        causes
    }
}

/// Which credential it is and how it is sent: `with the right credential in query parameter api_key instead`.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.state {
            State::Missing => match &self.member {
                Some(member) => return write!(f, "without {member}, the rest right"),
                None => return f.write_str("without a credential"),
            },
            State::Truncated => "with the right credential cut short",
            State::Altered => "with the right credential but for its last character",
            State::Recased => "with the right credential in another case",
            State::Unknown if self.user.is_some() => "with a wrong password",
            State::Valid if self.user.is_some() && self.literal.is_none() => "with the right password",
            State::Valid if self.literal.is_some() => "with a credential of the feature's own",
            State::Valid if self.message.is_some() || self.age.is_some() || self.unit.is_some() => {
                "with the right secret"
            }
            State::Valid => "with the right credential",
            State::Unknown => "with a wrong credential",
            State::Malformed => "with a malformed credential",
            State::Stale => "with a credential from before the window",
            State::Early => "with a credential from after the window",
        })?;
        if let Some(credential) = self.member.as_ref().or(self.credential.as_ref()) {
            write!(f, " as {credential}")?;
        }
        if let Some(user) = &self.user {
            write!(f, " of the user {user:?}")?;
        }
        if let Some(party) = &self.party {
            write!(f, " of {party}")?;
        }
        match self.word.as_deref() {
            None => {}
            Some("") => f.write_str(" without a scheme")?,
            Some(word) => write!(f, " behind the word {word:?}")?,
        }
        for group in self.places.chunk_by(OtherPlace::is_beside) {
            let places: Vec<&Location> = group.iter().map(|place| &place.location).collect();
            write!(f, " in {}{}", listed(&places), if group[0].also { " as well" } else { " instead" })?;
        }
        if !self.parts.is_empty() {
            write!(f, " part by part in {} instead", listed(&self.parts.iter().collect::<Vec<_>>()))?;
        }
        match self.age {
            None => {}
            Some(age) if age < 0 => write!(f, ", signed {} s ahead", -age)?,
            Some(age) => write!(f, ", signed {age} s ago")?,
        }
        match self.unit {
            None => {}
            Some(TimestampUnit::Seconds) => f.write_str(", signed in seconds")?,
            Some(TimestampUnit::Milliseconds) => f.write_str(", signed in milliseconds")?,
            Some(TimestampUnit::Iso8601) => f.write_str(", signed in ISO 8601")?,
        }
        if let Some(message) = &self.message {
            write!(f, ", signed over {:?}", message.source())?;
        }
        match &self.member {
            None => Ok(()),
            Some(_) => f.write_str(", the rest right"),
        }
    }
}

/// Places of one kind in words: `query parameter key`, `query parameters api_key, key`.
fn listed(places: &[&Location]) -> String {
    let names: Vec<&str> = places.iter().filter_map(|place| Some(Carrier::of(place)?.1)).collect();
    match (places, Carrier::of(places[0])) {
        ([_, _, ..], Some((Carrier::Header, _))) => format!("headers {}", names.join(", ")),
        ([_, _, ..], Some((Carrier::Query, _))) => format!("query parameters {}", names.join(", ")),
        ([_, _, ..], Some((Carrier::Cookie, _))) => format!("cookies {}", names.join(", ")),
        ([_, _, ..], Some((Carrier::Body, _))) => format!("body {}", names.join(", ")),
        (places, _) => places[0].to_string(),
    }
}

/// A place that the contract does not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherPlace {
    /// Where.
    pub location: Location,
    /// Whether as well as its right place, or instead of it.
    pub also: bool,
}

impl OtherPlace {
    /// Whether it is told together with another place: of the same kind, and meant in the same way.
    fn is_beside(&self, other: &Self) -> bool {
        let kind = |place: &Self| Carrier::of(&place.location).map(|(carrier, _)| carrier);
        self.also == other.also && kind(self) == kind(other)
    }
}

/// A request that may be sent, and how to repeat it by hand.
pub struct Authorised {
    /// What goes over the wire; it holds secrets.
    pub request: Request,
    /// The same with `${VARIABLES}` where it holds secrets, times or signatures.
    pub twin: Request,
    /// Shell commands that set the twin's variables.
    pub preamble: Vec<String>,
}

/// Why a draft could not be authorised.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The run does not have a secret that the call needs.
    #[error("the secret {0} is not set")]
    Unset(SecretName),
    /// The plan cannot be carried out.
    #[error("{0}")]
    Impossible(String),
}
