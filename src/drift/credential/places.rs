//! The places to which a credential may drift.

use crate::contract::Contract;
use crate::contract::operation::{Operation, ParameterIn};
use crate::contract::scheme::{Credential, Placed, PlacedPart, Scheme, TimestampUnit};
use crate::credential::customary::{self, Carrier};
use crate::credential::parts::{self, can_sit, each};
use crate::drift::Drift;
use crate::drift::alter::{self, Join, noun};
use crate::exchange::Location;
use indexmap::IndexMap;
use serde_json::{Value, json};

/// A credential somewhere else than in its contract's place.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// Where it sits: `query parameter api_key`.
    pub describe: String,
    /// The credential as it looks there.
    pub credential: Credential,
    /// Whether the place has another, more customary name that is tried first.
    pub is_variation: bool,
    /// The fields of the body in which it sits, from the body's root.
    fields: Vec<String>,
}

impl Elsewhere {
    /// The drift by which an operation's credential joins its own place there, or leaves it; `word` stands in the subject
    /// between the two.
    pub fn drift(&self, operation: &Operation, credential: &Credential, word: &str, join: Join) -> Drift {
        let subject = format!("{} {} {word} {}", operation.id, credential.name, self.describe);
        let (there, operation, credential) = (self.clone(), operation.clone(), credential.clone());
        Drift::new(subject, &[&operation.id])
            .variation(self.is_variation)
            .keeps(move |contract| Some(there.settled(contract, &operation, &credential, join)))
    }

    /// The drift by which an operation's credential sits there instead of in its own place.
    pub fn instead(&self, operation: &Operation, credential: &Credential) -> Drift {
        let noun = noun(credential);
        self.drift(operation, credential, "to", Join::Instead)
            .provider(format!("reads {noun} from {}", self.describe))
            .client(format!("sends {noun} in {}", self.describe))
            .contract(format!("places it in {}", credential.describe()))
    }

    /// The contract with the drift.
    fn settled(&self, contract: &Contract, operation: &Operation, credential: &Credential, join: Join) -> Contract {
        let id = &operation.id;
        let mut changed = alter::joined(contract, id, &credential.name, self.credential.clone(), join);
        for field in &self.fields {
            // A schema that does not know what is around the field lets it through.
            changed = alter::with_body_field(&changed, id, field, &Value::Bool(true)).unwrap_or(changed);
        }
        if join != Join::Both {
            for field in body_fields(operation, credential) {
                changed = alter::without_body_field(&changed, id, &field).unwrap_or(changed);
            }
        }
        changed
    }
}

/// The credential of an operation in every other kind of place, under every customary name.
pub fn elsewhere(contract: &Contract, operation: &Operation, credential: &Credential) -> Vec<Elsewhere> {
    let mut found = Vec::new();
    for carrier in Carrier::ALL {
        if carrier != carrier_of(credential) {
            found.extend(in_carrier(contract, operation, credential, carrier));
        }
    }
    found
}

/// The credential of an operation in its own kind of place, under every other customary name.
pub fn renamed(contract: &Contract, operation: &Operation, credential: &Credential) -> Vec<Elsewhere> {
    in_carrier(contract, operation, credential, carrier_of(credential))
}

/// Whether it moves although the kind of place stays: to or from `Authorization`, or from several headers to one.
pub fn is_moved_within(credential: &Credential, there: &Elsewhere) -> bool {
    let is_in_authorization = |one: &Credential| match &one.scheme {
        Scheme::Word { .. } | Scheme::Basic { .. } => true,
        Scheme::Placed(placed) => {
            matches!(placed.places.as_slice(), [PlacedPart::Header(name, _)] if name.eq_ignore_ascii_case("authorization"))
        }
        Scheme::Key { .. } => false,
    };
    is_in_authorization(credential) != is_in_authorization(&there.credential)
}

/// The kind of place in which it sits by contract.
pub fn carrier_of(credential: &Credential) -> Carrier {
    let own = customary::own_places(credential);
    own.iter().find_map(Carrier::of).map_or(Carrier::Header, |(carrier, _)| carrier)
}

fn in_carrier(contract: &Contract, operation: &Operation, credential: &Credential, carrier: Carrier) -> Vec<Elsewhere> {
    if carrier == Carrier::Body && alter::body_schema(operation).is_none() {
        return Vec::new();
    }
    let placed = if let Scheme::Placed(placed) = &credential.scheme { Some(placed.as_ref()) } else { None };
    if placed.is_some_and(|placed| !can_sit(placed, operation, carrier)) {
        return Vec::new();
    }
    let each = placed.map_or(String::new(), |placed| each(placed, operation));
    if let Some(placed) = placed
        && parts::of(placed).len() > 1
    {
        return of_parts(operation, credential, placed, carrier);
    }
    let free = customary::elsewhere(contract, Some(operation), credential, carrier).into_iter();
    let authorization = Location::Header("Authorization".to_owned());
    let plain = free.clone().filter(|location| *location != authorization);
    let plain = plain.filter_map(|location| Some((single(credential, &location)?, location.to_string(), location)));
    // A key in `Authorization` has a word before it.
    let bearer = free.filter(|location| *location == authorization && placed.is_none()).map(|location| {
        let scheme = Scheme::Word { word: "Bearer".to_owned(), case_sensitive: false };
        (scheme, "header Authorization: Bearer …".to_owned(), location)
    });
    plain
        .chain(bearer)
        .enumerate()
        .map(|(index, (scheme, describe, location))| Elsewhere {
            describe,
            credential: Credential { scheme, ..credential.clone() },
            is_variation: index > 0,
            fields: match location {
                Location::Body(at) => vec![format!("{each}{at}")],
                _ => Vec::new(),
            },
        })
        .collect()
}

/// A credential that is one value, at a location.
fn single(credential: &Credential, location: &Location) -> Option<Scheme> {
    let key = |location, name: &str| Some(Scheme::Key { location, name: name.to_owned() });
    let placed = match &credential.scheme {
        Scheme::Placed(placed) => placed.as_ref().clone(),
        _ => match location {
            Location::Header(name) => return key(ParameterIn::Header, name),
            Location::Query(name) => return key(ParameterIn::Query, name),
            Location::Cookie(name) => return key(ParameterIn::Cookie, name),
            _ => Placed {
                operations: Vec::new(),
                places: Vec::new(),
                signing: None,
                unit: TimestampUnit::Seconds,
                window: None,
                ahead: None,
                once: false,
                payload: IndexMap::new(),
            },
        },
    };
    let value = parts::of(&placed).into_iter().next().map_or_else(|| json!("{{ secret }}"), |(_, value)| value);
    let part = alter::part(location, value)?;
    Some(Scheme::Placed(Box::new(Placed { places: vec![part], ..placed })))
}

/// A credential of several values, each in a place of that kind under the name that it has.
fn of_parts(operation: &Operation, credential: &Credential, placed: &Placed, carrier: Carrier) -> Vec<Elsewhere> {
    let values = parts::of(placed);
    let together: Vec<Elsewhere> =
        if carrier == Carrier::Header { in_one_header(credential, placed, &values) } else { Vec::new() };
    if carrier == carrier_of(credential) {
        return together;
    }
    let at = |name: &str| carrier.location(if carrier == Carrier::Body { format!("/{name}") } else { name.to_owned() });
    let places: Option<Vec<PlacedPart>> =
        values.iter().map(|(name, value)| alter::part(&at(name), value.clone())).collect();
    let Some(places) = places else { return Vec::new() };
    let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
    let plural = match carrier {
        Carrier::Header => "headers",
        Carrier::Query => "query parameters",
        Carrier::Cookie => "cookies",
        Carrier::Body => "fields of the body",
    };
    let each = each(placed, operation);
    let is_body = carrier == Carrier::Body;
    let fields = if is_body { names.iter().map(|name| format!("{each}/{name}")).collect() } else { Vec::new() };
    let scheme = Scheme::Placed(Box::new(Placed { places, ..placed.clone() }));
    let each_its_own = Elsewhere {
        describe: format!("{plural} {}", names.join(", ")),
        credential: Credential { scheme, ..credential.clone() },
        is_variation: false,
        fields,
    };
    std::iter::once(each_its_own).chain(together).collect()
}

/// Several values in one `Authorization` header, as many signing schemes have them.
fn in_one_header(credential: &Credential, placed: &Placed, values: &[(String, Value)]) -> Vec<Elsewhere> {
    let texts: Option<Vec<&str>> = values.iter().map(|(_, value)| value.as_str()).collect();
    let Some(texts) = texts else { return Vec::new() };
    let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
    let forms =
        ["HMAC ", "HMAC-SHA256 ", "Signature ", ""].into_iter().flat_map(|word| [":", ".", ","].map(|by| (word, by)));
    forms
        .filter_map(|(word, by)| {
            let value = Value::from(format!("{word}{}", texts.join(by)));
            let place = alter::part(&Location::Header("Authorization".to_owned()), value)?;
            let scheme = Scheme::Placed(Box::new(Placed { places: vec![place], ..placed.clone() }));
            Some(Elsewhere {
                describe: format!("one header Authorization: {word}{}", names.join(by)),
                credential: Credential { scheme, ..credential.clone() },
                is_variation: true,
                fields: Vec::new(),
            })
        })
        .collect()
}

/// Where in an operation's body its credential sits, as far as the body's schema knows of it.
pub fn body_fields(operation: &Operation, credential: &Credential) -> Vec<String> {
    let Scheme::Placed(placed) = &credential.scheme else { return Vec::new() };
    let each = each(placed, operation);
    let fields = placed.places.iter().filter_map(|part| match part {
        PlacedPart::Body { at, .. } => Some(format!("{each}{at}")),
        _ => None,
    });
    fields.collect()
}

/// The contract whose body schema asks of an operation's credential no more than its keys: what they hold is written otherwise.
pub fn loosened(contract: Contract, operation: &Operation, credential: &Credential) -> Contract {
    let Scheme::Placed(placed) = &credential.scheme else { return contract };
    let mut changed = contract;
    for part in &placed.places {
        let PlacedPart::Body { at, value } = part else { continue };
        let keys: Option<Vec<&String>> = value.as_object().map(|object| object.keys().collect());
        let schema = keys.map_or(json!(true), |keys| json!({ "type": "object", "required": keys }));
        let field = format!("{}{at}", each(placed, operation));
        changed = alter::with_body_field(&changed, &operation.id, &field, &schema).unwrap_or(changed);
    }
    changed
}
