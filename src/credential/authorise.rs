//! From a draft to a request that may be sent: the credential is placed and signed.

use super::place::{put, put_json};
use super::{Authorised, Plan, Refused, State, parts, sign};
use crate::contract::Contract;
use crate::contract::operation::ParameterIn;
use crate::contract::scheme::{
    Algorithm, Credential, Encoding, KeyForm, Placed, PlacedPart, Scheme, Signing, TimestampUnit,
};
use crate::exchange::{Location, Request};
use crate::expression::{Part, Template};
use crate::name::{OperationId, SecretName};
use crate::request::{Draft, Edit, text};
use crate::secret::{Redactor, SHORTEST_SECRET, Secret, Vault, recased, recased_name, truncated, truncated_name};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// How far outside its window a stale or early credential is signed, in seconds.
const BEYOND: i64 = 60;
/// What a malformed credential looks like.
pub const MALFORMED: &str = "not-a-credential";

/// Puts the credential on `draft` as `plan` wants it.
///
/// `server_path` is the path under which the target serves the contract; `now_ms` the time in milliseconds since 1970.
///
/// # Errors
/// A secret that the run does not have, or a plan that the contract's credentials do not allow.
pub fn authorise(
    contract: &Contract,
    draft: &Draft,
    plan: &Plan,
    vault: &Vault,
    redactor: &Redactor,
    server_path: &str,
    now_ms: i64,
) -> Result<Authorised, Refused> {
    let mut request = draft.request(contract.served_under.as_deref().unwrap_or(server_path));
    let mut twin = request.clone();
    let mut preamble = Vec::new();
    for credential in chosen(contract, draft, plan)? {
        let plan = &plan.of_member(&credential.name);
        if plan.state == State::Missing {
            continue;
        }
        let hand = Hand { plan, vault, now_ms, operation: draft.operation.as_ref(), credential };
        match &credential.scheme {
            Scheme::Placed(placed) => hand.place_templates(placed, &mut request, &mut twin, &mut preamble)?,
            scheme => {
                let value = hand.value().map_err(|error| with_name(credential, error))?;
                preamble.extend(hand.shell_variant()?);
                for request in [&mut request, &mut twin] {
                    hand.place_key(scheme, &value, request).map_err(|error| with_name(credential, error))?;
                }
            }
        }
    }
    for edit in &draft.late_edits {
        for request in [&mut request, &mut twin] {
            apply_late(edit, request).map_err(Refused::Impossible)?;
        }
    }
    let mut twin = redact(redactor, &twin);
    if !preamble.is_empty() {
        // In a JSON body the time is a number: the variable that stands for it loses its quotes.
        twin.body = String::from_utf8_lossy(&twin.body).replace("\"${TS}\"", "${TS}").into_bytes();
    }
    Ok(Authorised { request, twin, preamble })
}

fn with_name(credential: &Credential, error: Refused) -> Refused {
    match error {
        Refused::Impossible(reason) => Refused::Impossible(format!("credential {}: {reason}", credential.name)),
        unset @ Refused::Unset(_) => unset,
    }
}

/// A request with every secret replaced by its mark.
pub fn redact(redactor: &Redactor, request: &Request) -> Request {
    let headers = request.headers.0.iter().map(|(name, value)| (name.clone(), redactor.redact(value)));
    Request {
        method: request.method.clone(),
        path: redactor.redact(&request.path),
        query: request.query.as_deref().map(|query| redactor.redact(query)),
        headers: crate::exchange::Headers(headers.collect()),
        body: redactor.redact_bytes(&request.body),
    }
}

/// The credentials to send: those of the alternative that the plan names, else of the first.
fn chosen<'a>(contract: &'a Contract, draft: &Draft, plan: &Plan) -> Result<Vec<&'a Credential>, Refused> {
    if plan.state == State::Missing && plan.member.is_none() {
        return Ok(Vec::new());
    }
    let find = |name: &crate::name::CredentialName| {
        contract.credentials.get(name).ok_or_else(|| {
            let known: Vec<&str> = contract.credentials.keys().map(crate::name::CredentialName::as_str).collect();
            Refused::Impossible(format!(
                "the contract has no credential {:?}; it has: {}",
                name.as_str(),
                known.join(", ")
            ))
        })
    };
    let Some(operation) = draft.operation.as_ref().and_then(|id| contract.operations.get(id)) else {
        let named = plan.credential.as_ref().map(find).transpose()?;
        return Ok(named.or_else(|| contract.credentials.values().next()).into_iter().collect());
    };
    let alternatives = &operation.security.alternatives;
    let set = match plan.member.as_ref().or(plan.credential.as_ref()) {
        Some(name) => {
            find(name)?;
            alternatives.iter().find(|set| set.contains(name)).cloned().unwrap_or_else(|| vec![name.clone()])
        }
        None => alternatives.iter().find(|set| !set.is_empty()).cloned().unwrap_or_default(),
    };
    set.iter().map(find).collect()
}

fn apply_late(edit: &Edit, request: &mut Request) -> Result<(), String> {
    match edit {
        Edit::SetHeader(name, value) => request.headers.set(name, value.clone()),
        Edit::DropHeader(name) => request.headers.remove(name),
        edit => {
            let mut body = request.json().ok_or("the body is not JSON")?;
            edit.apply_to(&mut body)?;
            request.body = body.to_string().into_bytes();
        }
    }
    Ok(())
}

/// One credential being placed.
struct Hand<'a> {
    plan: &'a Plan,
    vault: &'a Vault,
    now_ms: i64,
    operation: Option<&'a OperationId>,
    credential: &'a Credential,
}

impl Hand<'_> {
    fn party(&self) -> Result<&crate::contract::scheme::Party, Refused> {
        match (&self.plan.party, self.operation) {
            (Some(name), _) => self.credential.parties.iter().find(|party| party.name == *name).ok_or_else(|| {
                let known: Vec<&str> = self.credential.parties.iter().map(|party| party.name.as_str()).collect();
                Refused::Impossible(format!("there is no consumer {:?}; there is: {}", name.as_str(), known.join(", ")))
            }),
            (None, Some(operation)) => Ok(self.credential.party_for(operation)),
            (None, None) => Ok(&self.credential.parties[0]),
        }
    }

    /// The value that stands for the secret, as the plan wants it.
    fn value(&self) -> Result<String, Refused> {
        if let Some(literal) = &self.plan.literal {
            return Ok(literal.clone());
        }
        match self.plan.state {
            State::Unknown => self.credential.sample.render(&json!({})).map_err(Refused::Impossible),
            State::Malformed if !matches!(self.credential.scheme, Scheme::Placed(_)) => Ok(MALFORMED.to_owned()),
            state => {
                let name: &SecretName = &self.party()?.secret;
                let secret: &Secret = self.vault.get(name).ok_or_else(|| Refused::Unset(name.clone()))?;
                let impossible = |reason: &str| Refused::Impossible(format!("the secret {name} {reason}"));
                let secret = match state {
                    State::Truncated | State::Altered | State::Recased if self.credential.is_signed() => secret.clone(),
                    State::Truncated | State::Altered if secret.truncated().expose().len() < SHORTEST_SECRET => {
                        return Err(impossible("is so short that a part of it could not be kept out of the output"));
                    }
                    State::Truncated => secret.truncated(),
                    State::Altered => secret.altered(),
                    State::Recased => secret.recased().ok_or_else(|| impossible("has no letter"))?,
                    _ => secret.clone(),
                };
                Ok(secret.expose().to_owned())
            }
        }
    }

    /// The command that makes the variant of the secret that is sent, for the shell.
    fn shell_variant(&self) -> Result<Option<String>, Refused> {
        if self.plan.literal.is_some() {
            return Ok(None);
        }
        let name = &self.party()?.secret;
        let part = |from: &str| format!("printf %s \"${name}\" | cut -c{from}");
        Ok(match self.plan.state {
            // An altered one is written as a truncated one and the other character.
            State::Truncated | State::Altered => {
                Some(format!("{}=$({})", truncated_name(name), part(&format!("1-$((${{#{name}}} - 1))"))))
            }
            State::Recased if self.has_letters_behind() => {
                let first = part(&format!("1-$((${{#{name}}} / 2))"));
                let second = part(&format!("$((${{#{name}}} / 2 + 1))-"));
                Some(format!("{}=$({first})$({second} | tr a-zA-Z A-Za-z)", recased_name(name)))
            }
            State::Recased => Some(format!("{}=$(printf %s \"${name}\" | tr a-zA-Z A-Za-z)", recased_name(name))),
            _ => None,
        })
    }

    /// Whether the second half of the secret holds letters, whose case is changed then and not that of the first half's.
    fn has_letters_behind(&self) -> bool {
        let secret = self.party().ok().and_then(|party| self.vault.get(&party.secret));
        secret.is_some_and(|secret| {
            let value = secret.expose();
            value[value.floor_char_boundary(value.len() / 2)..].contains(|c: char| c.is_ascii_alphabetic())
        })
    }

    fn place_key(&self, scheme: &Scheme, value: &str, request: &mut Request) -> Result<(), Refused> {
        let (location, text) = match scheme {
            Scheme::Key { location: ParameterIn::Query, name } => (Location::Query(name.clone()), value.to_owned()),
            Scheme::Key { location: ParameterIn::Cookie, name } => (Location::Cookie(name.clone()), value.to_owned()),
            Scheme::Key { name, .. } => (Location::Header(name.clone()), value.to_owned()),
            Scheme::Word { word, .. } => {
                let word = self.plan.word.as_deref().unwrap_or(word);
                (Location::Header("Authorization".to_owned()), format!("{word} {value}").trim_start().to_owned())
            }
            Scheme::Basic { user } => {
                let word = self.plan.word.as_deref().unwrap_or("Basic");
                let user = self.plan.user.as_ref().unwrap_or(user);
                let pair = STANDARD.encode(format!("{user}:{value}"));
                (Location::Header("Authorization".to_owned()), format!("{word} {pair}").trim_start().to_owned())
            }
            Scheme::Placed(_) => unreachable!("placed credentials are put together from templates"),
        };
        if !self.plan.places.iter().any(|place| !place.also) {
            put(request, &location, &text).map_err(Refused::Impossible)?;
        }
        for place in &self.plan.places {
            let in_authorization = |location: &Location| matches!(location, Location::Header(name) if name.eq_ignore_ascii_case("authorization"));
            // In another `Authorization` header the word goes along; elsewhere the bare key does.
            let text = match &self.plan.word {
                _ if place.location == location => text.clone(),
                Some(word) if in_authorization(&place.location) => format!("{word} {value}").trim_start().to_owned(),
                _ => value.to_owned(),
            };
            put(request, &place.location, &text).map_err(Refused::Impossible)?;
        }
        Ok(())
    }

    fn age(&self) -> i64 {
        let window =
            self.credential.window().map_or(0, |window| i64::try_from(window.as_secs()).unwrap_or(i64::MAX / 2));
        match (self.plan.age, self.plan.state) {
            (Some(age), _) => age,
            (None, State::Stale) => window + BEYOND,
            (None, State::Early) => -(window + BEYOND),
            (None, _) => 0,
        }
    }

    fn place_templates(
        &self,
        placed: &Placed,
        request: &mut Request,
        twin: &mut Request,
        preamble: &mut Vec<String>,
    ) -> Result<(), Refused> {
        let party = self.party()?.name.to_string();
        let secret_name = self.party()?.secret.clone();
        let secret = self.value()?;
        if placed.signing.is_none() {
            preamble.extend(self.shell_variant()?);
        }
        let timestamp = sign::timestamp(self.now_ms - self.age() * 1000, self.plan.unit.unwrap_or(placed.unit));
        let payload = self.operation.and_then(|operation| placed.payload.get(operation));
        let repeatable = self.plan.is_right() && placed.signing.as_ref().is_some_and(can_repeat)
            // The shell's clock counts seconds.
            && placed.unit != TimestampUnit::Iso8601;
        if repeatable {
            preamble
                .push(format!("TS=$(date +{})", if placed.unit == TimestampUnit::Seconds { "%s" } else { "%s000" }));
        }
        for (index, (pointer, item)) in sign::items(payload, request).into_iter().enumerate() {
            let signed = match &placed.signing {
                Some(_) if self.plan.state == State::Malformed => MALFORMED.to_owned(),
                Some(signing) => {
                    let template = self.plan.message.as_ref().unwrap_or(&signing.message);
                    let message = |timestamp: &str| {
                        sign::message(template, placed, self.operation, request, timestamp, &party, item.as_ref())
                    };
                    if repeatable {
                        let message = message("${TS}").map_err(Refused::Impossible)?;
                        preamble.push(shell_signature(signing, &secret_name, &message, index));
                    }
                    let message = message(&text(&timestamp)).map_err(Refused::Impossible)?;
                    let signature = sign::signature(signing, &secret, &message).map_err(Refused::Impossible)?;
                    match self.plan.state {
                        State::Truncated => truncated(&signature).to_owned(),
                        State::Altered => sign::altered(signing, &signature),
                        State::Recased => recased(&signature),
                        _ => signature,
                    }
                }
                None => String::new(),
            };
            let values = Values {
                timestamp: timestamp.clone(),
                signature: signed,
                party: party.clone(),
                secret: secret.clone(),
            };
            let shell = Values {
                timestamp: json!("${TS}"),
                signature: format!("${{SIG{index}}}"),
                party: party.clone(),
                secret: secret.clone(),
            };
            let written = if repeatable { &shell } else { &values };
            for ((_, value), place) in parts::of(placed).iter().zip(&self.plan.parts) {
                let place = match place {
                    Location::Body(at) => Location::Body(format!("{pointer}{at}")),
                    other => other.clone(),
                };
                put_value(request, &place, &values.fill_value(value))?;
                put_value(twin, &place, &written.fill_value(value))?;
            }
            if !self.plan.parts.is_empty() {
                continue;
            }
            for part in &placed.places {
                self.place_part(part, &pointer, &values, request)?;
                self.place_part(part, &pointer, written, twin)?;
            }
        }
        Ok(())
    }

    fn place_part(&self, part: &PlacedPart, item: &str, values: &Values, request: &mut Request) -> Result<(), Refused> {
        let (location, value) = match part {
            PlacedPart::Header(name, template) => (Location::Header(name.clone()), values.fill(template)),
            PlacedPart::Query(name, template) => (Location::Query(name.clone()), values.fill(template)),
            PlacedPart::Cookie(name, template) => (Location::Cookie(name.clone()), values.fill(template)),
            PlacedPart::Body { at, value } => (Location::Body(format!("{item}{at}")), values.fill_value(value)),
        };
        if !self.plan.places.iter().any(|place| !place.also) {
            put_value(request, &location, &value)?;
        }
        self.plan.places.iter().try_for_each(|place| put_value(request, &place.location, &value))
    }
}

/// Puts a value at a location. A body that has no place for it is sent without: it is refused for its shape.
fn put_value(request: &mut Request, location: &Location, value: &Value) -> Result<(), Refused> {
    match location {
        Location::Body(pointer) => {
            put_json(request, pointer, value.clone()).ok();
            Ok(())
        }
        location => put(request, location, &text(value)).map_err(Refused::Impossible),
    }
}

/// Whether openssl on a command line makes the same signature.
fn can_repeat(signing: &Signing) -> bool {
    signing.encoding == Encoding::Hex && signing.key == KeyForm::Text
}

fn shell_signature(signing: &Signing, secret: &SecretName, message: &str, index: usize) -> String {
    let digest = match signing.algorithm {
        Algorithm::HmacSha1 => "sha1",
        Algorithm::HmacSha256 => "sha256",
        Algorithm::HmacSha512 => "sha512",
    };
    let message = message.replace('\'', "'\\''").replace("${TS}", "'\"$TS\"'");
    format!("SIG{index}=$(printf %s '{message}' | openssl dgst -{digest} -hmac \"${secret}\" -r | cut -d' ' -f1)")
}

/// What the templates of places are filled with.
struct Values {
    timestamp: Value,
    signature: String,
    party: String,
    secret: String,
}

impl Values {
    fn get(&self, name: &str) -> Value {
        match name {
            "timestamp" => self.timestamp.clone(),
            "signature" => json!(self.signature),
            "party" => json!(self.party),
            _ => json!(self.secret),
        }
    }

    /// A template that is one variable keeps the variable's type; any other is a text.
    fn fill(&self, template: &Template) -> Value {
        match template.parts().unwrap_or_default().as_slice() {
            [Part::Variable(name)] => self.get(name),
            parts => {
                let texts = parts.iter().map(|part| match part {
                    Part::Literal(literal) => literal.clone(),
                    Part::Variable(name) => text(&self.get(name)),
                });
                json!(texts.collect::<String>())
            }
        }
    }

    fn fill_value(&self, value: &Value) -> Value {
        match value {
            Value::String(source) => {
                Template::new(source).map_or_else(|_| value.clone(), |template| self.fill(&template))
            }
            Value::Array(items) => items.iter().map(|item| self.fill_value(item)).collect(),
            Value::Object(object) => {
                Value::Object(object.iter().map(|(key, item)| (key.clone(), self.fill_value(item))).collect())
            }
            other => other.clone(),
        }
    }
}
