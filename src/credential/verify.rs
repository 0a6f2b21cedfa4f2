//! Reading a request's credential back: is it there, in its form, somebody's, and fresh?

use super::{place, sign};
use crate::contract::Contract;
use crate::contract::conduct::{Alternatives, Cause};
use crate::contract::operation::{Operation, ParameterIn};
use crate::contract::scheme::{Comparison, Credential, Placed, PlacedPart, Scheme};
use crate::exchange::{Location, Request};
use crate::expression::{Part, Template};
use crate::name::CredentialName;
use crate::request::text;
use crate::secret::Vault;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The shortest key that is looked for within a longer text, in bytes: a shorter one may stand there by chance.
const LEAST_HELD: usize = 6;

/// The keys that count as right.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    /// The run's secrets, by the name that the contract gives them.
    pub vault: &'a Vault,
    /// Further keys that are right for every credential that is a plain key.
    pub further: &'a [String],
}

/// A credential as it was seen in a request: what expressions know as `credential`.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Its name.
    pub name: Option<CredentialName>,
    /// The holder that it names.
    pub party: Option<String>,
    /// The key, for a plain key.
    pub value: Option<String>,
    /// When it was signed, in milliseconds since 1970.
    pub timestamp_ms: Option<i64>,
    /// The signature, for a signed credential.
    pub signature: Option<String>,
    /// How old it is, in milliseconds; negative when early.
    pub age_ms: Option<i64>,
    /// How old it may be.
    pub window: Option<Duration>,
    /// The item for which it was signed, where there are several.
    pub item: Option<Value>,
}

impl Seen {
    /// What expressions see.
    pub fn context(&self) -> Value {
        json!({
            "name": self.name,
            "party": self.party,
            "value": self.value,
            "timestamp": self.timestamp_ms.map(|ms| ms.div_euclid(1000)),
            "age": self.age_ms.map(|ms| ms.div_euclid(1000).abs()),
            "window": self.window.map(|window| window.as_secs()),
            "item": self.item,
        })
    }
}

/// Why a request's credential does not open an operation.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The kind of fault.
    pub cause: Cause,
    /// The credential that was wanted.
    pub credential: CredentialName,
    /// Where it was looked for, or found.
    pub location: Location,
    /// What the contract wants.
    pub expected: String,
    /// What was seen, without the credential's value.
    pub actual: String,
    /// What could be read of it.
    pub seen: Seen,
}

impl Fault {
    /// How far the request came: of several alternatives the one that came farthest is reported.
    fn progress(&self) -> usize {
        Cause::OF_CREDENTIALS.iter().position(|cause| *cause == self.cause).unwrap_or(0)
    }
}

/// Verifies the credentials of a request: what was seen of them, or what is wrong with them.
///
/// A request to an `operation` needs those of one of its alternatives, and none where it asks for none or they are
/// optional; a request that reached no operation needs any one of the contract's. `now_ms` is in milliseconds since 1970.
///
/// # Errors
/// The fault of the alternative that came farthest.
pub fn verify(
    contract: &Contract,
    operation: Option<&Operation>,
    request: &Request,
    keys: Keys<'_>,
    now_ms: i64,
) -> Result<Seen, Box<Fault>> {
    let each = || contract.credentials.keys().map(|name| vec![name.clone()]).collect();
    let alternatives: Vec<Vec<CredentialName>> =
        operation.map_or_else(each, |operation| operation.security.alternatives.clone());
    let mut farthest: Option<Box<Fault>> = None;
    for set in &alternatives {
        let credentials = set.iter().filter_map(|name| contract.credentials.get(name));
        let read = |credential| Reader { credential, operation, request, keys, now_ms }.read();
        match credentials.map(read).collect::<Result<Vec<Seen>, _>>() {
            Ok(seen) => return Ok(seen.into_iter().next().unwrap_or_default()),
            Err(fault) => {
                let is_there = !matches!(fault.cause, Cause::Missing | Cause::Misplaced);
                if is_there && contract.alternatives == Alternatives::First {
                    return Err(fault);
                }
                if farthest.as_ref().is_none_or(|other| other.progress() < fault.progress()) {
                    farthest = Some(fault);
                }
            }
        }
    }
    farthest.map_or_else(|| Ok(Seen::default()), Err)
}

struct Reader<'a> {
    credential: &'a Credential,
    operation: Option<&'a Operation>,
    request: &'a Request,
    keys: Keys<'a>,
    now_ms: i64,
}

impl Reader<'_> {
    fn read(&self) -> Result<Seen, Box<Fault>> {
        match &self.credential.scheme {
            Scheme::Placed(placed) => self.read_placed(placed),
            scheme => self.read_key(scheme),
        }
    }

    fn fault(&self, cause: Cause, location: Location, actual: impl Into<String>, seen: &Seen) -> Box<Fault> {
        let expected = format!("{} in {}", self.credential.name, self.credential.describe());
        let credential = self.credential.name.clone();
        Box::new(Fault { cause, credential, location, expected, actual: actual.into(), seen: seen.clone() })
    }

    /// Whether a value is one of the right ones, as the provider compares them.
    fn is_right(&self, value: &str) -> bool {
        self.right_values().iter().any(|right| self.compares(right, value))
    }

    fn compares(&self, right: &str, given: &str) -> bool {
        match self.credential.comparison {
            Comparison::Exact | Comparison::AnyUser => right == given,
            // Basic without its user comes as an empty password.
            Comparison::AnyPassword => !given.is_empty(),
            Comparison::None => true,
            Comparison::Prefix(hundredths) => {
                given.starts_with(&right[..right.floor_char_boundary(right.len() * hundredths / 100)])
            }
            Comparison::Folded => right.eq_ignore_ascii_case(given),
        }
    }

    fn right_values(&self) -> Vec<&str> {
        let secrets = self.credential.parties.iter().filter_map(|party| self.keys.vault.get(&party.secret));
        secrets.map(crate::secret::Secret::expose).chain(self.keys.further.iter().map(String::as_str)).collect()
    }

    /// A text that is one of the right keys, or looks like a key.
    fn is_key(&self, text: &str) -> bool {
        let word_cut = text.split_once(' ').map_or(text, |(_, key)| key);
        [text, word_cut].iter().any(|text| {
            self.right_values().contains(text)
                || self.credential.pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
        })
    }

    /// A text that holds one of the right keys, and more: `Bearerhk_…`, `"hk_…"`, `key=hk_…`.
    fn holds_key(&self, text: &str) -> bool {
        let is_held = |key: &&str| key.len() >= LEAST_HELD && text.contains(*key);
        self.right_values().iter().any(is_held)
    }

    /// What is said where the credential's own place holds none: the key may stand in another place, or be spoilt in its own.
    fn missing(&self, location: Location) -> Box<Fault> {
        let seen = Seen { name: Some(self.credential.name.clone()), ..Seen::default() };
        let texts = place::texts(self.request);
        let found = texts.iter().find(|(_, text)| self.is_key(text));
        match found.or_else(|| texts.iter().find(|(_, text)| self.holds_key(text))) {
            // Off the wire the names of headers come in small letters: the contract's spelling is told.
            Some((found, _)) if found.is_same(&location) => {
                let actual = format!("the key in {location}, in another form");
                self.fault(Cause::Misplaced, location, actual, &seen)
            }
            Some((found, _)) => self.fault(Cause::Misplaced, found.clone(), format!("the key in {found}"), &seen),
            None => self.fault(Cause::Missing, location, "no credential", &seen),
        }
    }

    fn read_key(&self, scheme: &Scheme) -> Result<Seen, Box<Fault>> {
        let authorization = Location::Header("Authorization".to_owned());
        let word = |word: &str, exact: bool| {
            let header = self.request.headers.get("authorization")?;
            let (given, key) = header.split_once(' ')?;
            let same = if exact { given == word } else { given.eq_ignore_ascii_case(word) };
            (same && !key.trim().is_empty()).then(|| key.trim().to_owned())
        };
        let decoded = |pair: &str| {
            let bytes = STANDARD.decode(pair).ok()?;
            let (user, password) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
            Some((user.to_owned(), password.to_owned()))
        };
        let (location, value) = match scheme {
            Scheme::Key { location: ParameterIn::Query, name } => {
                let pairs = self.request.query_pairs();
                (
                    Location::Query(name.clone()),
                    pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value),
                )
            }
            Scheme::Key { location: ParameterIn::Cookie, name } => {
                let pairs = self.request.cookies();
                (
                    Location::Cookie(name.clone()),
                    pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value),
                )
            }
            Scheme::Key { name, .. } => {
                (Location::Header(name.clone()), self.request.headers.get(name).map(str::to_owned))
            }
            Scheme::Word { word: wanted, case_sensitive } => (authorization, word(wanted, *case_sensitive)),
            Scheme::Basic { user } => {
                let pair = word("Basic", false);
                let password = pair.as_ref().map(|pair| {
                    let any_user = matches!(self.credential.comparison, Comparison::AnyUser | Comparison::None);
                    let split = decoded(pair).filter(|(given, _)| any_user || given == user);
                    // Without the right user no password is right.
                    split.map_or(String::new(), |(_, password)| password)
                });
                (authorization, password)
            }
            Scheme::Placed(_) => unreachable!("placed credentials are read by their templates"),
        };
        let Some(value) = value.filter(|value| !value.is_empty() || matches!(scheme, Scheme::Basic { .. })) else {
            return Err(self.missing(location));
        };
        let party = self
            .credential
            .parties
            .iter()
            .find(|party| self.keys.vault.get(&party.secret).is_some_and(|secret| secret.expose() == value));
        let seen = Seen {
            name: Some(self.credential.name.clone()),
            party: party.map(|party| party.name.to_string()),
            value: Some(value.clone()),
            ..Seen::default()
        };
        if self.is_right(&value) {
            return Ok(seen);
        }
        if self.credential.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&value)) {
            return Err(self.fault(Cause::Malformed, location, "a key of another form", &seen));
        }
        let is_basic = matches!(scheme, Scheme::Basic { .. });
        if is_basic && word("Basic", false).is_none_or(|pair| decoded(&pair).is_none()) {
            return Err(self.fault(Cause::Malformed, location, "no user:password in base64", &seen));
        }
        let actual =
            if self.holds_key(&value) { "the right key, with more around it" } else { "a key that nobody holds" };
        Err(self.fault(Cause::Unknown, location, actual, &seen))
    }

    fn read_placed(&self, placed: &Placed) -> Result<Seen, Box<Fault>> {
        let payload = self.operation.and_then(|operation| placed.payload.get(&operation.id));
        let mut seen = Seen::default();
        for (pointer, item) in sign::items(payload, self.request) {
            seen = self.read_item(placed, &pointer, item)?;
        }
        Ok(seen)
    }

    fn read_item(&self, placed: &Placed, pointer: &str, item: Option<Value>) -> Result<Seen, Box<Fault>> {
        let mut seen =
            Seen { name: Some(self.credential.name.clone()), window: placed.window, item, ..Seen::default() };
        let (values, location) = self.captures(placed, pointer, &seen)?;
        seen.party = values.get("party").cloned();
        if let Some(written) = values.get("timestamp") {
            let Some(signed_ms) = sign::read_timestamp(written, placed.unit) else {
                return Err(self.fault(Cause::Malformed, location, "a time of another form", &seen));
            };
            seen.timestamp_ms = Some(signed_ms);
            seen.age_ms = Some(self.now_ms.saturating_sub(signed_ms));
            let side = if seen.age_ms.is_some_and(|age| age < 0) { placed.ahead } else { placed.window };
            if let (Some(window), Some(age)) = (side, seen.age_ms)
                && u128::from(age.unsigned_abs()) / 1000 > u128::from(window.as_secs())
            {
                let actual = format!("signed {} s {}", age.abs() / 1000, if age > 0 { "ago" } else { "ahead" });
                return Err(self.fault(Cause::Stale, location, actual, &seen));
            }
        }
        let holders = self.credential.parties.iter().filter(|party| match &seen.party {
            Some(name) => party.name.as_str() == name,
            None => true,
        });
        let mut known = false;
        for party in holders {
            known = true;
            let Some(secret) = self.keys.vault.get(&party.secret) else { continue };
            let right = match (&placed.signing, values.get("signature"), values.get("secret")) {
                (Some(signing), Some(given), _) => {
                    let operation = self.operation.map(|operation| &operation.id);
                    let written = values.get("timestamp").map_or("", String::as_str);
                    let message = sign::message(
                        &signing.message,
                        placed,
                        operation,
                        self.request,
                        written,
                        party.name.as_str(),
                        seen.item.as_ref(),
                    );
                    message
                        .and_then(|message| sign::signature(signing, secret.expose(), &message))
                        .is_ok_and(|wanted| self.compares(&wanted, given))
                }
                (None, _, Some(given)) => self.compares(secret.expose(), given),
                _ => false,
            };
            if right {
                seen.party = Some(party.name.to_string());
                seen.signature = values.get("signature").cloned();
                return Ok(seen);
            }
        }
        let actual =
            if known { "a signature of something else, or by another key" } else { "a consumer that nobody knows" };
        Err(self.fault(Cause::Unknown, location, actual, &seen))
    }

    /// What the templates of all places hold, by variable; and the place that is reported.
    fn captures(
        &self,
        placed: &Placed,
        item: &str,
        seen: &Seen,
    ) -> Result<(BTreeMap<String, String>, Location), Box<Fault>> {
        let mut values = BTreeMap::new();
        let mut reported = Location::Path;
        for part in &placed.places {
            let (location, found) = match part {
                PlacedPart::Header(name, template) => {
                    let value = self.request.headers.get(name).filter(|value| !value.is_empty());
                    (Location::Header(name.clone()), value.map(|value| capture(template, value, &mut values)))
                }
                PlacedPart::Query(name, template) => {
                    let value = self.request.query_pairs().into_iter().find(|(known, _)| known == name);
                    (Location::Query(name.clone()), value.map(|(_, value)| capture(template, &value, &mut values)))
                }
                PlacedPart::Cookie(name, template) => {
                    let value = self.request.cookies().into_iter().find(|(known, _)| known == name);
                    (Location::Cookie(name.clone()), value.map(|(_, value)| capture(template, &value, &mut values)))
                }
                PlacedPart::Body { at, value: wanted } => {
                    let pointer = format!("{item}{at}");
                    let body = self.request.json();
                    let given = body.as_ref().and_then(|body| body.pointer(&pointer));
                    (Location::Body(pointer), given.map(|given| capture_value(wanted, given, &mut values)))
                }
            };
            match found {
                None => return Err(self.fault(Cause::Missing, location, "nothing there", seen)),
                Some(false) => return Err(self.fault(Cause::Malformed, location, "something of another form", seen)),
                Some(true) => reported = location,
            }
        }
        Ok((values, reported))
    }
}

/// Reads a text by a template; says whether it fits, and notes the variables' values.
fn capture(template: &Template, value: &str, values: &mut BTreeMap<String, String>) -> bool {
    let parts = template.parts().unwrap_or_default();
    if let [Part::Variable(name)] = parts.as_slice() {
        values.insert(name.clone(), value.to_owned());
        return true;
    }
    let pattern: String = parts
        .iter()
        .map(|part| match part {
            Part::Literal(literal) => regex::escape(literal),
            Part::Variable(name) => format!("(?<{name}>.+?)"),
        })
        .collect();
    let Some(captures) = Regex::new(&format!("^{pattern}$")).ok().and_then(|regex| regex.captures(value)) else {
        return false;
    };
    for part in &parts {
        if let Part::Variable(name) = part
            && let Some(found) = captures.name(name)
        {
            values.insert(name.clone(), found.as_str().to_owned());
        }
    }
    true
}

fn capture_value(wanted: &Value, given: &Value, values: &mut BTreeMap<String, String>) -> bool {
    match (wanted, given) {
        (Value::Object(wanted), Value::Object(given)) => {
            wanted.iter().all(|(key, wanted)| given.get(key).is_some_and(|given| capture_value(wanted, given, values)))
        }
        (Value::Array(wanted), Value::Array(given)) => {
            wanted.len() == given.len()
                && wanted.iter().zip(given).all(|(wanted, given)| capture_value(wanted, given, values))
        }
        (Value::String(source), Value::String(_) | Value::Number(_)) => {
            Template::new(source).is_ok_and(|template| capture(&template, &text(given), values))
        }
        (wanted, given) => wanted == given,
    }
}
