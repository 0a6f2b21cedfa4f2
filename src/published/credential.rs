//! Aspect: the credential. Frameworks often say nothing of it, and what they leave out is no disagreement.

use super::fields;
use super::{Aspect, Blame, Disagreement, Pair};
use crate::contract::Contract;
use crate::contract::document::parent;
use crate::contract::operation::{Operation, Parameter, ParameterIn, is_json};
use crate::contract::scheme::{Credential, PlacedPart, Scheme};
use crate::credential::parts::each;
use crate::exchange::Location;

/// A place of a credential, and the scheme's word there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Form {
    location: Location,
    word: Option<String>,
}

/// The forms that belong together, and whether OpenAPI can say all of them.
struct Together {
    forms: Vec<Form>,
    sayable: bool,
}

/// The disagreement about an operation's credential, and the places that the document has for it.
pub fn compare(pair: Pair<'_>) -> Option<(Disagreement, Vec<Location>)> {
    let (ours, theirs) = (alternatives(pair.contract, pair.ours)?, alternatives(pair.document, pair.theirs)?);
    let theirs_says = if theirs.is_empty() { unsaid(pair, &ours)? } else { said(pair, &ours, &theirs)? };
    let location = ours.iter().flat_map(|set| &set.forms).next().map(|form| form.location.clone());
    let location = location.or_else(|| theirs_says.locations().first().cloned()).unwrap_or(Location::Path);
    let contract = described(&ours);
    let blame = blame(pair, &contract, &theirs_says);
    let disagreement = pair.disagreement(Aspect::Credential, location, contract, theirs_says.words());
    Some((Disagreement { blame, ..disagreement }, theirs_says.locations().to_vec()))
}

/// What the document says and the contract does not.
enum Says {
    /// No credential is asked for.
    Nothing,
    /// One may be left out.
    Optional,
    /// It sits in these places.
    In(Vec<Location>, String),
}

impl Says {
    fn words(&self) -> String {
        match self {
            Self::Nothing => "no credential".to_owned(),
            Self::Optional => "the credential may be left out".to_owned(),
            Self::In(_, words) => words.clone(),
        }
    }

    fn locations(&self) -> &[Location] {
        match self {
            Self::In(locations, _) => locations,
            Self::Nothing | Self::Optional => &[],
        }
    }
}

/// How a document with security requirements departs.
fn said(pair: Pair<'_>, ours: &[Together], theirs: &[Together]) -> Option<Says> {
    let elsewhere = || {
        let locations = theirs.iter().flat_map(|set| &set.forms).map(|form| form.location.clone());
        Says::In(locations.collect(), described(theirs))
    };
    let (wanted, asked) = (pair.ours.security.is_required(), pair.theirs.security.is_required());
    if !wanted {
        return asked.then(elsewhere);
    }
    if !asked {
        return Some(Says::Optional);
    }
    let is_there = |set: &Together| theirs.iter().any(|other| set.is_said_by(other));
    (!ours.iter().all(is_there)).then(elsewhere)
}

/// How a document without security requirements for the operation departs.
fn unsaid(pair: Pair<'_>, ours: &[Together]) -> Option<Says> {
    if !pair.ours.security.is_required() {
        return None;
    }
    let declared = declared(pair.document, pair.theirs);
    let is_ours =
        |location: &Location| ours.iter().flat_map(|set| &set.forms).any(|form| form.location.is_same(location));
    if declared.iter().any(|(location, _)| is_ours(location)) {
        return None;
    }
    let required: Vec<Location> =
        declared.into_iter().filter(|(_, must)| *must).map(|(location, _)| location).collect();
    if !required.is_empty() {
        let words = required.iter().map(Location::to_string).collect::<Vec<_>>().join(", ");
        return Some(Says::In(required, words));
    }
    // A document that asks for credentials elsewhere means what it leaves out.
    let asks = |operation: &Operation| !operation.security.alternatives.is_empty();
    pair.document.operations.values().any(asks).then_some(Says::Nothing)
}

fn blame(pair: Pair<'_>, ours: &str, theirs: &Says) -> Blame {
    let seen = pair.seen;
    let opens = || "the provider accepted a call without a credential".to_owned();
    let refuses = || "the provider refused a call without a credential".to_owned();
    match theirs {
        Says::In(..) if !pair.ours.security.is_required() => match (seen.without.accepted, seen.without.refused) {
            (true, _) => Blame::Document(opens()),
            (false, true) => Blame::Contract(refuses()),
            (false, false) => Blame::Nobody,
        },
        Says::In(locations, words) => {
            let in_both = seen.accepted_in.iter().any(|location| locations.iter().any(|other| location.is_same(other)));
            match (seen.right.accepted, seen.right.refused) {
                (true, _) if in_both => Blame::Nobody,
                (true, _) => Blame::Document(format!("the provider accepted the credential in {ours}")),
                (false, _) if in_both => Blame::Contract(format!("the provider accepted the credential in {words}")),
                (false, true) => Blame::Contract(format!(
                    "the provider refused the right credential in {ours}, and its document asks for {words}"
                )),
                (false, false) => Blame::Nobody,
            }
        }
        Says::Nothing | Says::Optional => match (seen.without.accepted, seen.without.refused) {
            (true, _) => Blame::Contract(opens()),
            (false, true) => Blame::Document(refuses()),
            (false, false) => Blame::Nobody,
        },
    }
}

/// Whether a credential of the operation sits at a place, or around it.
pub fn is_place_of(contract: &Contract, operation: &Operation, place: &Location) -> bool {
    let sets = alternatives(contract, operation).unwrap_or_default();
    sets.iter().flat_map(|set| &set.forms).any(|form| match (&form.location, place) {
        (Location::Body(known), Location::Body(field)) => field == known || field.starts_with(&format!("{known}/")),
        (known, place) => known.is_same(place),
    })
}

/// The alternatives of an operation; `None` where one is of a kind that is not known.
fn alternatives(contract: &Contract, operation: &Operation) -> Option<Vec<Together>> {
    let sets = operation.security.alternatives.iter().map(|set| {
        let credentials: Vec<&Credential> =
            set.iter().map(|name| contract.credentials.get(name)).collect::<Option<_>>()?;
        let sayable = credentials.iter().all(|credential| !matches!(credential.scheme, Scheme::Placed(_)));
        let forms = credentials.into_iter().flat_map(|credential| forms(credential, operation)).collect();
        Some(Together { forms, sayable })
    });
    sets.collect()
}

fn forms(credential: &Credential, operation: &Operation) -> Vec<Form> {
    let at = |location| Form { location, word: None };
    let authorization =
        |word: &str| Form { location: Location::Header("Authorization".to_owned()), word: Some(word.to_owned()) };
    match &credential.scheme {
        Scheme::Key { location, name } => vec![at(location.named(name))],
        Scheme::Word { word, .. } => vec![authorization(word)],
        Scheme::Basic { .. } => vec![authorization("Basic")],
        Scheme::Placed(placed) => {
            let each = each(placed, operation);
            let part = |part: &PlacedPart| match part.location() {
                Location::Body(at) => Location::Body(format!("{each}{at}")),
                other => other,
            };
            placed.places.iter().map(part).map(at).collect()
        }
    }
}

impl Together {
    /// Whether `other` of the document says the same, as far as OpenAPI can.
    fn is_said_by(&self, other: &Self) -> bool {
        let is_in = |form: &Form, set: &Self| set.forms.iter().any(|known| known.is_like(form));
        let said = other.forms.iter().all(|form| is_in(form, self)) && !other.forms.is_empty();
        said && (!self.sayable || self.forms.iter().all(|form| is_in(form, other)))
    }
}

impl Form {
    fn is_like(&self, other: &Self) -> bool {
        let words = self.word.as_ref().zip(other.word.as_ref());
        self.location.is_same(&other.location) && words.is_none_or(|(one, other)| one.eq_ignore_ascii_case(other))
    }

    fn words(&self) -> String {
        match &self.word {
            Some(word) => format!("{}: {word} …", self.location),
            None => self.location.to_string(),
        }
    }
}

fn described(sets: &[Together]) -> String {
    let of_set = |set: &Together| set.forms.iter().map(Form::words).collect::<Vec<_>>().join(" and ");
    let words: Vec<String> = sets.iter().filter(|set| !set.forms.is_empty()).map(of_set).collect();
    if words.is_empty() { "no credential".to_owned() } else { words.join(", or ") }
}

/// Parameters and top fields of the body that by their names are credentials, and whether they must be there.
fn declared(document: &Contract, operation: &Operation) -> Vec<(Location, bool)> {
    let mut found = Vec::new();
    let is_free = |parameter: &&Parameter| parameter.location != ParameterIn::Path && is_credential(&parameter.name);
    for parameter in operation.parameters.iter().filter(is_free) {
        found.push((parameter.location.named(&parameter.name), parameter.required));
    }
    let contents = operation.body.iter().flat_map(|body| &body.contents);
    let schema =
        contents.filter(|(media_type, _)| is_json(media_type)).find_map(|(_, content)| content.schema.as_ref());
    let fields = schema.map(|schema| fields::of(&document.schemas, &schema.pointer)).unwrap_or_default();
    let is_top = |place: &Location| matches!(place, Location::Body(at) if parent(at).is_empty() && is_credential(at));
    found.extend(fields.into_iter().filter(|(place, _)| is_top(place)));
    found
}

/// Whether a name is one that credentials have: `api_key`, `X-API-Key`, `accessToken`, `signature`.
fn is_credential(name: &str) -> bool {
    const ENDS: [&str; 7] = ["apikey", "accesskey", "secret", "password", "signature", "authtoken", "accesstoken"];
    const WHOLE: [&str; 6] = ["key", "token", "auth", "authorization", "sig", "credential"];
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    ENDS.iter().any(|end| plain.ends_with(end)) || WHOLE.contains(&plain.as_str())
}
