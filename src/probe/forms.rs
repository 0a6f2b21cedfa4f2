//! The forms in which a client might send a credential: as the contract wants it, not at all, and in every way of the catalogue.

use crate::contract::Contract;
use crate::contract::operation::{Operation, ParameterIn};
use crate::contract::scheme::{Credential, Scheme};
use crate::credential::{Plan, Refused, State};
use crate::drift::alter::{current, noun};
use crate::drift::{self, Drift};
use crate::exchange::Request;
use crate::harness::Harness;
use crate::request::{Draft, draft, text};
use std::time::Duration;

/// One form.
#[derive(Debug)]
pub struct Form {
    /// What the client does: `sends the key in query parameter api_key`.
    pub client: String,
    /// The drift that such a client has, if it is one of the catalogue.
    pub drift: Option<Drift>,
    /// How the credential is sent, under the contract that the drift keeps.
    pub plan: Plan,
    /// The call.
    pub draft: Draft,
    /// What it is for.
    pub role: Role,
}

/// What a form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The contract's own form, in the contract's own example.
    Own,
    /// A form without which little is proven: no credential, another key.
    Basic,
    /// The contract's own form in another call.
    OwnElsewhere,
    /// Any other form.
    Other,
}

impl Role {
    /// Whether nothing is proven as long as it is not known.
    pub fn is_needed(self) -> bool {
        matches!(self, Self::Own | Self::Basic)
    }
}

/// The forms of one credential at one operation, and what kept others from being made.
#[derive(Debug, Default)]
pub struct Forms {
    /// Those that can be sent, no two of which are the same request.
    pub forms: Vec<Form>,
    /// Why others cannot.
    pub notes: Vec<String>,
    /// The requests that they are.
    requests: Vec<Request>,
}

/// What became of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Added {
    /// It is there now.
    New,
    /// It is the contract's own.
    Own,
    /// It is another that is there, or there is none.
    Not,
}

/// A credential at an operation.
#[derive(Clone, Copy, Debug)]
pub struct Seat<'a> {
    /// The contract at its target.
    pub harness: &'a Harness,
    /// The operation.
    pub operation: &'a Operation,
    /// The credential.
    pub credential: &'a Credential,
    /// What time it is, in milliseconds since 1970.
    pub now_ms: i64,
}

impl Seat<'_> {
    /// The contract's own form of a call with the contract's example.
    ///
    /// # Errors
    /// The contract's example cannot be drafted.
    pub fn own(&self) -> Result<Form, Refused> {
        let values = |name: &str| self.harness.values.get(name).map(text);
        let contract = &self.harness.contract;
        let draft = draft(contract, self.operation, None, &values).map_err(Refused::Impossible)?;
        let client = format!("sends {} in {}", noun(self.credential), self.credential.describe());
        Ok(Form { client, drift: None, plan: self.plan(), draft, role: Role::Own })
    }

    /// Every form.
    ///
    /// # Errors
    /// Not even the contract's own form can be made: its secret is not set.
    pub fn forms(&self) -> Result<Forms, Refused> {
        let mut found = Forms::default();
        let own = self.own()?;
        let plain = own.draft.clone();
        let request = self.request(&self.harness.contract, &plain, &own.plan)?;
        found.take(own, request);
        for (client, plan) in self.plans() {
            let is_basic = matches!(plan.state, State::Missing | State::Unknown) && plan.user.is_none();
            let role = if is_basic { Role::Basic } else { Role::Other };
            let form = Form { client, drift: None, plan, draft: plain.clone(), role };
            self.add(&mut found, form, &self.harness.contract);
        }
        let narrowed = self.harness.contract.only(&self.operation.id);
        let drifts: Vec<Drift> =
            drift::of(&narrowed).into_iter().filter(|drift| self.changes_credential(drift)).collect();
        let mut hidden = Vec::new();
        for drift in drifts {
            if self.add_drift(&mut found, &narrowed, &drift, &plain, "") == Added::Own && self.credential.is_signed() {
                hidden.push(drift);
            }
        }
        // What is signed otherwise may only show where there is more to sign.
        for (occasion, draft) in self.occasions(&plain) {
            let count = found.forms.len();
            let client = format!("{}{occasion}", found.forms[0].client);
            let own = Form { client, drift: None, plan: self.plan(), draft: draft.clone(), role: Role::OwnElsewhere };
            self.add(&mut found, own, &self.harness.contract);
            let only_own = found.forms.len();
            for drift in &hidden {
                self.add_drift(&mut found, &narrowed, drift, &draft, occasion);
            }
            if found.forms.len() == only_own {
                found.forms.truncate(count);
                found.requests.truncate(count);
            }
        }
        Ok(found)
    }

    fn plan(&self) -> Plan {
        Plan { credential: Some(self.credential.name.clone()), ..Plan::default() }
    }

    /// Whether a client with the drift sends this operation's credential in another way.
    fn changes_credential(&self, drift: &Drift) -> bool {
        let is_of_credentials = drift.code.starts_with("credential-") || drift.code.starts_with("signature-");
        is_of_credentials && !drift.client.is_empty() && drift.operations.contains(&self.operation.id)
    }

    fn add_drift(&self, found: &mut Forms, narrowed: &Contract, drift: &Drift, draft: &Draft, occasion: &str) -> Added {
        let Some(other) = drift.another_contract(narrowed) else { return Added::Not };
        let credential = Some(current(&other, &self.operation.id, &self.credential.name));
        let client = format!("{}{occasion}", drift.client);
        let plan = Plan { credential, ..Plan::default() };
        let form = Form { client, drift: Some(drift.clone()), plan, draft: draft.clone(), role: Role::Other };
        self.add(found, form, &other)
    }

    /// Adds a form whose request is none of those that are there.
    fn add(&self, found: &mut Forms, form: Form, contract: &Contract) -> Added {
        match self.request(contract, &form.draft, &form.plan) {
            Ok(request) => found.take(form, request),
            Err(unset @ Refused::Unset(_)) => {
                let note = format!("not tried, since {unset}: a client that {}", form.client);
                found.notes.push(note);
                Added::Not
            }
            // Such as a key without letters in another case: there is no such form.
            Err(Refused::Impossible(_)) => Added::Not,
        }
    }

    fn request(&self, contract: &Contract, draft: &Draft, plan: &Plan) -> Result<Request, Refused> {
        Ok(self.harness.authorise(contract, draft, plan, self.now_ms)?.request)
    }

    /// The ways of sending the credential under the contract itself, with what the client does.
    fn plans(&self) -> Vec<(String, Plan)> {
        let name = &self.credential.name;
        let noun = noun(self.credential);
        let bare = noun.trim_start_matches("the ");
        let member = self.operation.security.is_one_of_several(name).then(|| name.clone());
        let of = |state| Plan { state, member: member.clone(), ..self.plan() };
        let rest = if member.is_some() { format!(" in place of {name}, the rest right") } else { String::new() };
        let without = if member.is_some() {
            format!("sends no {name}, the rest right")
        } else {
            "sends no credential".to_owned()
        };
        let mut plans = vec![(without, of(State::Missing))];
        let unknown =
            if self.credential.is_signed() { "signs with another secret" } else { &format!("sends another {bare}") };
        plans.push((format!("{unknown}{rest}"), of(State::Unknown)));
        plans.push((format!("sends what has not the form of a {bare}{rest}"), of(State::Malformed)));
        plans.push((format!("sends {noun} without its last character"), of(State::Truncated)));
        plans.push((format!("sends {noun} with another last character"), of(State::Altered)));
        plans.push((format!("sends {noun} in another case"), of(State::Recased)));
        let word = match &self.credential.scheme {
            Scheme::Word { word, .. } => Some(word.as_str()),
            Scheme::Basic { .. } => Some("Basic"),
            _ => None,
        };
        if let Some(word) = word {
            let small = word.to_lowercase();
            plans.push((
                format!("sends the word {small} before {noun}"),
                Plan { word: Some(small), ..of(State::Valid) },
            ));
        }
        if matches!(self.credential.scheme, Scheme::Basic { .. }) {
            let user = Some("somebody-else".to_owned());
            plans.push(("sends the right password of another user".to_owned(), Plan { user, ..of(State::Valid) }));
        }
        plans
            .extend(self.ages().into_iter().map(|(client, age)| (client, Plan { age: Some(age), ..of(State::Valid) })));
        plans
    }

    /// Ages within the window and beyond it, on both sides.
    fn ages(&self) -> Vec<(String, i64)> {
        let Scheme::Placed(placed) = &self.credential.scheme else { return Vec::new() };
        let side = |limit: Option<Duration>| {
            let limit = limit.map(|limit| i64::try_from(limit.as_secs()).unwrap_or(i64::MAX / 4));
            // Far enough from the edge for clocks that differ a little, near enough to know another window.
            limit.map_or_else(Vec::new, |limit| {
                let margin = (limit / 4).min(EDGE);
                vec![limit - margin, limit + margin, limit + FAR]
            })
        };
        let past = side(placed.window).into_iter().map(|age| (format!("signs with a time {age} s ago"), age));
        let ahead = side(placed.ahead).into_iter().map(|age| (format!("signs with a time {age} s ahead"), -age));
        past.chain(ahead).collect()
    }

    /// Calls in which more is there to be signed.
    fn occasions(&self, plain: &Draft) -> Vec<(&'static str, Draft)> {
        if !self.credential.is_signed() {
            return Vec::new();
        }
        let mut with_query = plain.clone();
        with_query.query.push(("counterpart".to_owned(), "probe".to_owned()));
        let mut occasions = vec![(", in a call with a query", with_query)];
        let in_path = self.operation.parameters.iter().rev().find(|parameter| parameter.location == ParameterIn::Path);
        if let Some(parameter) = in_path
            && let Some(value) = plain.path_parameters.get(&parameter.name)
        {
            let mut encoded = plain.clone();
            encoded.set_parameter(parameter, format!("{value} é"));
            occasions.push((", in a call with a percent-encoded path", encoded));
        }
        occasions
    }
}

/// How near to the edge of the window a time is tried, in seconds.
const EDGE: i64 = 10;
/// How far beyond the window a time is tried, in seconds.
const FAR: i64 = 3600;

impl Forms {
    fn take(&mut self, form: Form, request: Request) -> Added {
        match self.requests.iter().position(|known| *known == request) {
            Some(0) => Added::Own,
            Some(_) => Added::Not,
            None => {
                self.requests.push(request);
                self.forms.push(form);
                Added::New
            }
        }
    }
}
