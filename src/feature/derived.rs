//! Derived scenarios: what a contract says of its credentials, written as Gherkin so that no author has to.
//!
//! Every operation with a required credential gets the rule "`<operation>` opens to its credential only" with a scenario
//! for each further alternative that opens it, and one for each way of not having it. They are read, selected, run and reported
//! like those of files.

use super::source::{Listed, read as read_feature};
use crate::contract::Contract;
use crate::contract::conduct::Cause;
use crate::contract::operation::Operation;
use crate::contract::scheme::{Credential, Placed, Scheme};
use crate::credential::authorise::MALFORMED;
use crate::credential::customary::{Carrier, WORDS, elsewhere, own_places};
use crate::credential::parts::{self, takes_an_object};
use crate::exchange::Location;
use crate::name::{CredentialName, SecretName};
use crate::place::Problem;
use gherkin::Feature;
use std::collections::HashSet;
use std::fmt::Write as _;

/// The tag of every derived scenario.
pub const TAG: &str = "derived";
/// The tag of a scenario that puts a right secret into the query, where the contract does not put it.
pub const IN_QUERY: &str = "in-query";
/// The tag of a scenario that sends the secret without its last character.
pub const TRUNCATED: &str = "truncated";
/// The tag of a scenario that sends the secret in another case.
pub const RECASED: &str = "another-case";
/// With this tag a feature says otherwise: nothing is derived for the operations that its scenarios name.
pub const OPENS_OTHERWISE: &str = "opens-otherwise";

/// The most scenarios that are derived for an operation; those that tell the least are left out first.
pub const MOST: usize = 40;
/// How many other words are tried before a key in `Authorization`.
const OTHER_WORDS: usize = 2;
/// A user whom no provider knows.
const NOBODY: &str = "counterpart-nobody";

/// What stands in the place of a derived feature's file.
pub fn file(contract: &Contract) -> String {
    format!("derived from contracts/{}", contract.name)
}

/// The derived feature of a contract beside those that were written; `None` where there is nothing to derive.
///
/// # Errors
/// What the vocabulary does not allow of it, such as an operation whose name cannot stand in a step.
pub fn read(contract: &Contract, authored: &[&Listed]) -> Result<Option<(Feature, Vec<Listed>)>, Vec<Problem>> {
    let Some(text) = text(contract, authored) else { return Ok(None) };
    let (feature, mut listed) = read_feature(&file(contract), &text, contract)?;
    listed.iter_mut().for_each(|listed| listed.derived = true);
    Ok(Some((feature, listed)))
}

/// The derived feature as Gherkin.
pub fn text(contract: &Contract, authored: &[&Listed]) -> Option<String> {
    let mut text = format!("@{TAG}\nFeature: Derived from the contract\n");
    let head = text.len();
    for operation in contract.operations.values().filter(|operation| is_derived_for(contract, operation, authored)) {
        let mut derivation = Derivation { contract, operation, authored, cases: Vec::new(), tried: HashSet::new() };
        derivation.derive();
        let tags = if writes(operation, authored) { "\n  @writes" } else { "" };
        writeln!(text, "{tags}\n  Rule: {} opens to its credential only", operation.id).expect(TAKES);
        derivation.cases.sort_by_key(|case| case.rank);
        for case in derivation.cases.iter().take(MOST) {
            case.write(operation, &mut text);
        }
    }
    (text.len() > head).then_some(text)
}

const TAKES: &str = "a text takes every write";

/// Whether the contract says how the operation refuses, and no feature says that it opens otherwise.
fn is_derived_for(contract: &Contract, operation: &Operation, authored: &[&Listed]) -> bool {
    let refuses = |cause| contract.refusal_on(cause, Some(&operation.id)).is_some();
    let otherwise = |listed: &&Listed| names(listed, operation) && listed.has(OPENS_OTHERWISE);
    operation.security.is_required()
        && (refuses(Cause::Missing) || refuses(Cause::Unknown))
        && !authored.iter().any(otherwise)
}

fn names(listed: &Listed, operation: &Operation) -> bool {
    listed.operations.iter().any(|name| name == operation.id.as_str())
}

/// Whether a call may change what the provider keeps: as the authors see it, else by its method.
fn writes(operation: &Operation, authored: &[&Listed]) -> bool {
    let mut callers = authored.iter().filter(|listed| names(listed, operation)).peekable();
    match callers.peek() {
        None => !operation.is_safe(),
        Some(_) => callers.all(|listed| listed.has("writes")),
    }
}

/// Whether a call with the right credential may do so, which one that is refused does not show: where in doubt, it may.
fn opening_writes(operation: &Operation, authored: &[&Listed]) -> bool {
    let is_writing = |listed: &&Listed| names(listed, operation) && listed.has("writes");
    writes(operation, authored) || (!operation.is_safe() && authored.iter().any(is_writing))
}

/// How much a case tells beside the others: what is least is left out first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    None,
    Right,
    Other,
    Elsewhere,
    Part,
    Form,
    Case,
}

/// One way of having or not having an operation's credential.
struct Case {
    rank: Rank,
    name: String,
    tag: Option<&'static str>,
    steps: Vec<String>,
}

impl Case {
    fn write(&self, operation: &Operation, text: &mut String) {
        let tag = self.tag.map_or(String::new(), |tag| format!("    @{tag}\n"));
        let name = quoted(operation.id.as_str());
        write!(text, "\n{tag}    Scenario: {}\n      Given a call of {name}\n", self.name).expect(TAKES);
        for step in &self.steps {
            writeln!(text, "      And the credential{step}").expect(TAKES);
        }
        let promise = if self.rank == Rank::Right { "is not" } else { "is" };
        writeln!(text, "      When the call is sent\n      Then it {promise} refused for its credential").expect(TAKES);
    }
}

/// A text as a parameter of a step.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\\\""))
}

/// A credential as one alternative, or as one of several that belong together.
#[derive(Clone, Copy)]
struct Subject<'a> {
    credential: &'a Credential,
    is_member: bool,
    /// Whether the credential has to be named.
    is_one_of_several: bool,
}

impl Subject<'_> {
    /// `The right credential as headerKey`.
    fn named(&self, what: &str) -> String {
        if self.is_member || self.is_one_of_several {
            format!("{what} as {}", self.credential.name)
        } else {
            what.into()
        }
    }

    /// The steps that send it in a state.
    fn state(&self, state: &str) -> Vec<String> {
        let name = quoted(self.credential.name.as_str());
        if self.is_member {
            return vec![format!(" {name} is {state}")];
        }
        let scheme = self.is_one_of_several.then(|| format!(" is the scheme {name}"));
        scheme.into_iter().chain([format!(" is {state}")]).collect()
    }

    /// The steps that send it right but for these.
    fn but(&self, steps: &[String]) -> Vec<String> {
        let name = quoted(self.credential.name.as_str());
        let first = match (self.is_member, self.is_one_of_several) {
            (true, _) => Some(format!(" {name} is valid")),
            (false, true) => Some(format!(" is the scheme {name}")),
            (false, false) => None,
        };
        first.into_iter().chain(steps.iter().cloned()).collect()
    }
}

/// The cases of one operation in the making.
struct Derivation<'a> {
    contract: &'a Contract,
    operation: &'a Operation,
    authored: &'a [&'a Listed],
    cases: Vec<Case>,
    /// Where each secret was tried already: several alternatives may share one.
    tried: HashSet<(SecretName, String)>,
}

impl Derivation<'_> {
    fn add(&mut self, rank: Rank, name: impl Into<String>, tag: Option<&'static str>, steps: Vec<String>) {
        self.cases.push(Case { rank, name: name.into(), tag, steps });
    }

    fn derive(&mut self) {
        self.add(Rank::None, "No credential", None, vec![" is missing".to_owned()]);
        let alternatives = &self.operation.security.alternatives;
        self.openings(alternatives);
        for set in alternatives {
            let credentials: Vec<_> = set.iter().filter_map(|name| self.contract.credentials.get(name)).collect();
            let is_member = credentials.len() > 1;
            for credential in credentials {
                let subject = Subject { credential, is_member, is_one_of_several: alternatives.len() > 1 };
                self.subject(subject);
            }
        }
    }

    /// What opens the operation beside its first alternative. That the first one does is for an author to show: what nobody
    /// calls stays unproven, and so does an operation of which no author says anything.
    fn openings(&mut self, alternatives: &[Vec<CredentialName>]) {
        if !self.authored.iter().any(|listed| names(listed, self.operation)) {
            return;
        }
        let tag = opening_writes(self.operation, self.authored).then_some("writes");
        for (index, set) in alternatives.iter().enumerate().skip(1) {
            // An alternative is chosen by a credential that no earlier one has.
            let is_its_own = |name: &&CredentialName| !alternatives[..index].iter().any(|other| other.contains(name));
            let Some(chosen) = set.iter().find(is_its_own) else { continue };
            let names: Vec<&str> = set.iter().map(CredentialName::as_str).collect();
            let name = match names.as_slice() {
                [name] => format!("The right credential as {name} opens it"),
                _ => format!("The right credentials as {} open it", names.join(" and ")),
            };
            self.add(Rank::Right, name, tag, vec![format!(" is the scheme {}", quoted(chosen.as_str()))]);
        }
    }

    fn subject(&mut self, subject: Subject<'_>) {
        let credential = subject.credential;
        if subject.is_member {
            let step = format!(" {} is left out", quoted(credential.name.as_str()));
            self.add(Rank::Other, format!("Without {}", credential.name), None, vec![step]);
        }
        let unknown = if matches!(credential.scheme, Scheme::Basic { .. }) { "password" } else { "credential" };
        self.add(Rank::Other, subject.named(&format!("An unknown {unknown}")), None, subject.state("unknown"));
        match &credential.scheme {
            Scheme::Placed(placed) if placed.signing.is_some() => self.signed(subject, placed),
            scheme => {
                if let Scheme::Placed(placed) = scheme {
                    self.parts(subject, placed);
                }
                if let Scheme::Basic { .. } = scheme {
                    let name = subject.named("Another user with the right password");
                    self.add(Rank::Other, name, None, subject.but(&[format!("'s user is {}", quoted(NOBODY))]));
                }
                self.words(subject);
                self.places(subject);
                self.add(
                    Rank::Part,
                    subject.named("The right credential without its last character"),
                    Some(TRUNCATED),
                    subject.state("truncated"),
                );
                let name = subject.named("The right credential in another case");
                self.add(Rank::Case, name, Some(RECASED), subject.but(&[" is in another case".to_owned()]));
                if credential.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(MALFORMED)) {
                    self.add(Rank::Form, subject.named("A malformed credential"), None, subject.state("malformed"));
                }
            }
        }
    }

    /// Whether the credential's secret was not tried like this before.
    fn is_new(&mut self, subject: Subject<'_>, way: &str) -> bool {
        let secret = subject.credential.party_for(&self.operation.id).secret.clone();
        self.tried.insert((secret, way.to_owned()))
    }

    /// The words of the operation's alternatives before a key in `Authorization`.
    fn own_words(&self) -> Vec<String> {
        let names = self.operation.security.credentials();
        let credentials = names.into_iter().filter_map(|name| self.contract.credentials.get(name));
        let words = credentials.filter_map(|credential| match &credential.scheme {
            Scheme::Word { word, .. } => Some(word.clone()),
            Scheme::Basic { .. } => Some("Basic".to_owned()),
            Scheme::Key { .. } | Scheme::Placed(_) => None,
        });
        words.collect()
    }

    fn words(&mut self, subject: Subject<'_>) {
        let (word, exact) = match &subject.credential.scheme {
            Scheme::Word { word, case_sensitive } => (word.as_str(), *case_sensitive),
            Scheme::Basic { .. } => ("Basic", false),
            Scheme::Key { .. } | Scheme::Placed(_) => return,
        };
        if self.is_new(subject, "no word") {
            let name = subject.named("The right credential without its word");
            self.add(Rank::Elsewhere, name, None, subject.but(&[" is sent without a scheme".to_owned()]));
        }
        let own = self.own_words();
        let others = WORDS.iter().filter(|other| !own.iter().any(|own| own.eq_ignore_ascii_case(other)));
        let small = word.to_lowercase();
        let small = (exact && small != word).then_some(small.as_str());
        for other in others.copied().take(OTHER_WORDS).chain(small) {
            if self.is_new(subject, &format!("word {other}")) {
                let name = subject.named(&format!("The right credential behind the word {other}"));
                let step = format!(" is sent with the scheme {}", quoted(other));
                self.add(Rank::Elsewhere, name, None, subject.but(&[step]));
            }
        }
    }

    fn places(&mut self, subject: Subject<'_>) {
        for carrier in Carrier::ALL {
            let has_place = carrier != Carrier::Body || takes_an_object(self.operation);
            let places = elsewhere(self.contract, Some(self.operation), subject.credential, carrier);
            if has_place && !places.is_empty() && self.is_new(subject, carrier.as_str()) {
                let name = subject.named(&format!("The right credential in the {carrier} instead"));
                let tag = (carrier == Carrier::Query).then_some(IN_QUERY);
                let step = format!(" is sent in every other {carrier} instead");
                self.add(Rank::Elsewhere, name, tag, subject.but(&[step]));
            }
        }
        if !self.takes_authorization() && self.is_new(subject, "word Bearer") {
            let name = subject.named("The right credential as a bearer token instead");
            let steps = [" is sent with the scheme \"Bearer\"", " is sent in the header \"Authorization\" instead"];
            self.add(Rank::Elsewhere, name, None, subject.but(&steps.map(str::to_owned)));
        }
    }

    /// A signature that is one value, under every customary name in each kind of place.
    fn signature_elsewhere(&mut self, subject: Subject<'_>, placed: &Placed) {
        for carrier in Carrier::ALL {
            let has_place = carrier != Carrier::Body || takes_an_object(self.operation);
            let can_sit = has_place && parts::can_sit(placed, self.operation, carrier);
            if can_sit && !elsewhere(self.contract, Some(self.operation), subject.credential, carrier).is_empty() {
                let name = subject.named(&format!("The right signature in the {carrier} instead"));
                let step = format!(" is sent in every other {carrier} instead");
                self.add(Rank::Elsewhere, name, None, subject.but(&[step]));
            }
        }
    }

    /// Whether one of the operation's credentials or parameters is the header `Authorization`.
    fn takes_authorization(&self) -> bool {
        let names = self.operation.security.credentials();
        let credentials = names.into_iter().filter_map(|name| self.contract.credentials.get(name));
        let parameter = self.operation.parameter("Authorization").is_some();
        let is_it = |place| matches!(place, Location::Header(name) if name.eq_ignore_ascii_case("authorization"));
        parameter || credentials.flat_map(own_places).any(is_it)
    }

    /// The values of one that has several, each under its own name in another kind of place.
    fn parts(&mut self, subject: Subject<'_>, placed: &Placed) {
        for carrier in Carrier::ALL {
            if !parts::elsewhere(self.contract, self.operation, subject.credential, carrier).is_empty() {
                let what = if placed.signing.is_some() { "signature" } else { "credential" };
                let name = subject.named(&format!("The right {what} part by part in the {carrier} instead"));
                // A signature opens nothing later: it may stand in a log.
                let tag = (carrier == Carrier::Query && placed.signing.is_none()).then_some(IN_QUERY);
                let step = format!(" is sent part by part in the {carrier} instead");
                self.add(Rank::Elsewhere, name, tag, subject.but(&[step]));
            }
        }
    }

    fn signed(&mut self, subject: Subject<'_>, placed: &Placed) {
        self.parts(subject, placed);
        if parts::of(placed).len() == 1 && parts::each(placed, self.operation).is_empty() {
            self.signature_elsewhere(subject, placed);
        }
        if placed.window.is_some() {
            self.add(Rank::Other, subject.named("A signature from before the window"), None, subject.state("stale"));
            self.add(Rank::Other, subject.named("A signature from after the window"), None, subject.state("early"));
        }
        for (what, message) in placed.signing.iter().flat_map(|signing| {
            let has_payload = placed.payload.contains_key(&self.operation.id);
            other_messages(signing.message.source(), has_payload)
        }) {
            let step = format!(" is signed over {}", quoted(&message));
            self.add(Rank::Elsewhere, subject.named(&format!("A signature {what}")), None, subject.but(&[step]));
        }
        // A signature of another length could be refused for its form.
        let name = subject.named("The right signature with its last character changed");
        self.add(Rank::Part, name, None, subject.state("altered"));
        let name = subject.named("The right signature in another case");
        self.add(Rank::Case, name, None, subject.but(&[" is in another case".to_owned()]));
        self.add(Rank::Form, subject.named("A malformed signature"), None, subject.state("malformed"));
    }
}

/// The messages that somebody might sign instead: without each of its variables, and over another payload.
fn other_messages(source: &str, has_payload: bool) -> Vec<(String, String)> {
    /// What is never empty, so that leaving it out changes the message.
    const NEVER_EMPTY: [&str; 5] = ["method", "path", "raw_path", "timestamp", "party"];
    let Some(parts) = parts_of(source) else { return Vec::new() };
    let variables = parts.iter().enumerate().filter_map(|(index, part)| Some((index, variable(part)?)));
    let mut messages = Vec::new();
    for (index, name) in variables {
        // A separator goes with it: the one behind, or the last one before.
        let is_separator = |index: &usize| parts.get(*index).is_some_and(|part| variable(part).is_none());
        let separator = [index + 1, index.wrapping_sub(1)].into_iter().find(is_separator);
        if separator.is_some() || NEVER_EMPTY.contains(&name) {
            let kept = parts.iter().enumerate().filter(|(other, _)| *other != index && Some(*other) != separator);
            messages.push((format!("that leaves out {name}"), kept.map(|(_, part)| *part).collect::<String>()));
        }
        let is_payload = (name == "payload" && has_payload) || name.starts_with("body") || name.starts_with("raw_body");
        if is_payload {
            let other =
                |(other, part): (usize, &&str)| if other == index { "another payload" } else { *part }.to_owned();
            messages.push(("of another payload".to_owned(), parts.iter().enumerate().map(other).collect()));
        }
    }
    messages.retain(|(_, message)| variables_in(message) > 0);
    messages
}

fn variables_in(source: &str) -> usize {
    source.matches("{{").count()
}

/// A template's literal texts and `{{ variables }}` in order; `None` where it is more than these, or no line of a feature.
fn parts_of(source: &str) -> Option<Vec<&str>> {
    if source.contains("{%") || source.contains("{#") || source.contains("${") || source.contains('\n') {
        return None;
    }
    let mut parts = Vec::new();
    let mut rest = source;
    while let Some(open) = rest.find("{{") {
        let close = rest[open..].find("}}")? + open + 2;
        parts.extend([&rest[..open], &rest[open..close]].into_iter().filter(|part| !part.is_empty()));
        rest = &rest[close..];
    }
    parts.extend(Some(rest).filter(|rest| !rest.is_empty()));
    Some(parts)
}

/// What a part stands for, if it is a variable.
fn variable(part: &str) -> Option<&str> {
    part.strip_prefix("{{").and_then(|part| part.strip_suffix("}}")).map(str::trim)
}
