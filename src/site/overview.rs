//! A contract's first page: what it is for, how to call it, what opens it, how a signed call goes.

use crate::contract::Contract;
use crate::contract::conduct::{Cause, Stage};
use crate::contract::operation::Operation;
use crate::contract::scheme::{Algorithm, Credential, Encoding, Party, Placed, Scheme, Signing, TimestampUnit};
use crate::credential::customary::own_places;
use crate::name::CredentialName;
use crate::site::picture::sequence::{self, Event};
use crate::snippet::{self, situation};
use indexmap::IndexMap;
use serde::Serialize;

/// How to call with one of the sets of credentials that open operations.
#[derive(Clone, Debug, Serialize)]
pub struct Way {
    /// What addresses call it.
    pub id: String,
    /// What is sent where: `bearerKey in header Authorization: Bearer …`.
    pub title: String,
    /// The operation that the snippets call.
    pub operation: String,
    /// The operations that it opens.
    pub operations: Vec<String>,
    /// How each of its signed credentials is made, in words.
    pub signed: Vec<String>,
    /// The code.
    pub snippets: Vec<Code>,
    /// Why there is none.
    pub why_not: Option<String>,
    /// What a fake has to be told before it answers the code.
    pub situation: Option<String>,
    /// The variables that it reads.
    pub variables: Vec<Variable>,
    /// The call in order, where a credential is signed.
    pub picture: Option<String>,
}

/// A piece of code.
#[derive(Clone, Debug, Serialize)]
pub struct Code {
    /// The language's name.
    pub title: String,
    /// The command that prints the same.
    pub command: String,
    /// What has to be installed.
    pub needs: Vec<String>,
    /// The code.
    pub text: String,
}

/// A variable of the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub meaning: String,
    /// Whether it is a secret.
    pub secret: bool,
}

/// Each way of calling: one for every set of credentials that opens anything, and one for what is open.
pub fn ways(contract: &Contract) -> Vec<Way> {
    let mut opened: IndexMap<&[CredentialName], Vec<&Operation>> = IndexMap::new();
    for operation in contract.operations.values() {
        let sets = &operation.security.alternatives;
        let none = sets.is_empty().then_some(&[][..]);
        for set in sets.iter().map(Vec::as_slice).chain(none) {
            opened.entry(set).or_default().push(operation);
        }
    }
    // What is protected comes first: that is what a reader has to learn.
    opened.sort_by(|one, _, other, _| one.is_empty().cmp(&other.is_empty()));
    let ways = opened.iter().enumerate();
    ways.map(|(index, (set, operations))| way(contract, format!("way-{}", index + 1), set, operations)).collect()
}

/// How to call with the credentials of `set`, which open `operations`: by one that a fake answers as soon as it stands.
fn way(contract: &Contract, id: String, set: &[CredentialName], operations: &[&Operation]) -> Way {
    let answers_at_once = |operation: &&&Operation| matches!(situation::of(contract, &operation.id), Ok(None));
    let operation = operations.iter().find(answers_at_once).unwrap_or(&operations[0]);
    let alternatives = snippet::alternatives(contract, &operation.id).unwrap_or_default();
    let (snippets, why_not) = match alternatives.into_iter().find(|one| one.credentials == set).map(|one| one.snippets)
    {
        Some(Ok(snippets)) => (snippets, None),
        Some(Err(why_not)) => (Vec::new(), Some(why_not.to_string())),
        None => (Vec::new(), None),
    };
    let mut variables: Vec<Variable> = Vec::new();
    for variable in snippets.iter().flat_map(|snippet| &snippet.variables) {
        let snippet::Variable { name, meaning, is_secret } = variable.clone();
        let variable = Variable { name, meaning, secret: is_secret };
        if !variables.contains(&variable) {
            variables.push(variable);
        }
    }
    let credentials: Vec<&Credential> = set.iter().filter_map(|name| contract.credentials.get(name)).collect();
    let situation = situation::of(contract, &operation.id).ok().flatten();
    Way {
        picture: picture(&id, contract, operation, &credentials),
        id,
        title: title(contract, set),
        operation: operation.id.to_string(),
        operations: operations.iter().map(|operation| operation.id.to_string()).collect(),
        signed: credentials.iter().filter_map(|one| signing(one, operation)).collect(),
        snippets: snippets.into_iter().map(|snippet| code(contract, operation, set.first(), snippet)).collect(),
        why_not,
        situation: situation.map(|situation| situation.words(contract).join(" ")),
        variables,
    }
}

const OPEN: &str = "No credential";

fn title(contract: &Contract, names: &[CredentialName]) -> String {
    let credentials = names.iter().filter_map(|name| contract.credentials.get(name));
    let all: Vec<String> = credentials.map(|one| format!("{} in {}", one.name, one.describe())).collect();
    if all.is_empty() { OPEN.to_owned() } else { all.join(" together with ") }
}

fn code(
    contract: &Contract,
    operation: &Operation,
    credential: Option<&CredentialName>,
    snippet: snippet::Snippet,
) -> Code {
    let is_alone = operation.security.alternatives.len() < 2;
    let credential = credential.filter(|_| !is_alone).map_or(String::new(), |name| format!(" --credential {name}"));
    let (contract, title) = (&contract.name, snippet.title);
    let language = title.to_lowercase();
    let command =
        format!("counterpart snippet {} --contract {contract} --language {language}{credential}", operation.id);
    Code { title: title.to_owned(), command, needs: snippet.needs, text: snippet.text }
}

/// How a signature is made, in a sentence of CommonMark.
fn signing(credential: &Credential, operation: &Operation) -> Option<String> {
    let Scheme::Placed(placed) = &credential.scheme else { return None };
    let Placed { signing: Some(signing), payload, .. } = &**placed else { return None };
    let payload = payload.get(&operation.id);
    let of_payload = payload.map_or(String::new(), |payload| {
        let each = payload.each.as_ref().map_or(String::new(), |each| format!(", for each of `{each}` by itself"));
        format!("; the payload of {} is `{}`{each}", operation.id, applied(payload.template.source()))
    });
    let secret = match credential.parties.as_slice() {
        [only] => format!("in `{}`", only.secret),
        several => {
            let of_party = |party: &Party| format!("in `{}` for {}", party.secret, party.name);
            format!("of the party ({})", several.iter().map(of_party).collect::<Vec<_>>().join(", "))
        }
    };
    let window = placed.window.map_or(String::new(), |window| format!(" It holds for {} s.", window.as_secs()));
    Some(format!(
        "Sign `{}` with {} and the secret {secret}, and write the signature in {}{of_payload}. The timestamp is in {}.{window}",
        applied(signing.message.source()),
        algorithm(signing),
        encoding(signing),
        unit(placed.unit),
    ))
}

fn algorithm(signing: &Signing) -> &'static str {
    match signing.algorithm {
        Algorithm::HmacSha1 => "HMAC-SHA-1",
        Algorithm::HmacSha256 => "HMAC-SHA-256",
        Algorithm::HmacSha512 => "HMAC-SHA-512",
    }
}

fn encoding(signing: &Signing) -> &'static str {
    match signing.encoding {
        Encoding::Hex => "lower-case hex",
        Encoding::HexUpper => "upper-case hex",
        Encoding::Base64 => "base64",
        Encoding::Base64url => "base64 for URLs",
    }
}

fn unit(unit: TimestampUnit) -> &'static str {
    match unit {
        TimestampUnit::Seconds => "seconds since 1970",
        TimestampUnit::Milliseconds => "milliseconds since 1970",
        TimestampUnit::Iso8601 => "the form of ISO 8601",
    }
}

/// A template with its filters as functions: `{{ body.text | sha256 }}` is `sha256(body.text)`.
fn applied(template: &str) -> String {
    let mut text = String::new();
    for (index, piece) in template.split("{{").enumerate() {
        let (expression, rest) = if index == 0 { ("", piece) } else { piece.split_once("}}").unwrap_or((piece, "")) };
        let mut filters = expression.split('|').map(str::trim);
        let value = filters.next().unwrap_or_default().to_owned();
        text.push_str(&filters.fold(value, |value, filter| format!("{filter}({value})")));
        text.push_str(rest);
    }
    text
}

/// A signed call from the secret to the answer; `None` where nothing is signed.
fn picture(id: &str, contract: &Contract, operation: &Operation, credentials: &[&Credential]) -> Option<String> {
    let (credential, placed, signing) = credentials.iter().find_map(|credential| match &credential.scheme {
        Scheme::Placed(placed) => Some((*credential, placed, placed.signing.as_ref()?)),
        _ => None,
    })?;
    let party = credential.party_for(&operation.id);
    let message = signing.message.source();
    let payload = placed.payload.get(&operation.id).map(|payload| payload.template.source());
    let message = payload.map_or_else(|| message.to_owned(), |payload| message.replace("{{ payload }}", payload));
    let names = [("{{ method }}", operation.method.as_str()), ("{{ path }}", operation.template.as_str())];
    let message = names.iter().fold(message, |message, (name, value)| message.replace(name, value));
    let message = applied(&message);
    let places: Vec<String> = own_places(credential).iter().map(ToString::to_string).collect();
    let mut events = vec![
        Event::Prepares(vec![
            format!("timestamp = now, in {}", unit(placed.unit)),
            format!("message = {message}"),
            format!("signature = {} of {}({}, message)", encoding(signing), algorithm(signing), party.secret),
            format!("they go to {}", places.join(", ")),
        ]),
        Event::Asks(format!("{} {}", operation.method, operation.template.as_str())),
    ];
    let refusal = |cause| contract.refusal_on(cause, Some(&operation.id));
    let mut checks = Vec::new();
    for stage in &contract.order {
        let causes: &[(Cause, &str)] = match stage {
            Stage::Body => &[(Cause::Body, "body and its shape")],
            Stage::Parameters => &[(Cause::Parameters, "parameters")],
            Stage::Credential => &[
                (Cause::Missing, "a credential is there"),
                (Cause::Stale, "the timestamp is in the window"),
                (Cause::Unknown, "the signature is the message's"),
            ],
            Stage::Path | Stage::Method | Stage::Situation => &[],
        };
        for (cause, words) in causes {
            checks.extend(refusal(*cause).map(|refusal| format!("{words}, else {} {}", refusal.status, refusal.name)));
        }
    }
    events.push(Event::Checks(checks));
    events.extend(operation.success().map(|status| Event::Answers(status.to_string(), false)));
    let consumer = if credential.parties.len() > 1 {
        party.name.as_str()
    } else {
        contract.consumers.first().map_or("consumer", String::as_str)
    };
    Some(sequence::draw(&format!("picture-{id}"), consumer, &contract.provider, &events))
}
