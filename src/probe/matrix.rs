//! What probing showed: redacted, ready to be written in any format. `docs/probe.schema.json` describes its JSON form.

use crate::name::{ContractName, CredentialName, OperationId, TargetName};
use crate::record::DriftRecord;
use crate::verdict::Verdict;
use serde::Serialize;

/// The version of the JSON form.
pub const VERSION: u32 = 1;

/// What probing showed of every contract.
#[derive(Clone, Debug, Serialize)]
pub struct Probed {
    /// [`VERSION`].
    pub version: u32,
    /// The worst verdict of the contracts that ask for credentials; `inconclusive` where none does.
    pub verdict: Verdict,
    /// What was probed: `fake`, or a target's name.
    pub target: TargetName,
    /// When it began (RFC 3339, UTC).
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The contracts in order.
    pub contracts: Vec<ProbedContract>,
}

/// What probing showed of a contract.
#[derive(Clone, Debug, Serialize)]
pub struct ProbedContract {
    /// The contract.
    pub name: ContractName,
    /// Its verdict; `None` where it asks for no credential.
    pub verdict: Option<Verdict>,
    /// Who answers.
    pub provider: String,
    /// What was called: `fake`, or a base URL.
    pub url: String,
    /// Its credentials in the contract's order, each at every operation that was tried.
    pub credentials: Vec<Matrix>,
    /// What else has to be said, such as why nothing was tried.
    pub notes: Vec<String>,
}

/// The forms of one credential at one operation.
#[derive(Clone, Debug, Serialize)]
pub struct Matrix {
    /// The credential.
    pub credential: CredentialName,
    /// Where the contract places it: `header Authorization: Bearer …`.
    pub place: String,
    /// The operation that was called; `None` where there was none to call.
    pub operation: Option<OperationId>,
    /// Whether the provider does what the contract says.
    pub verdict: Verdict,
    /// The drift under which what was seen would be right, where the contract's own form is refused and one other opens.
    pub drift: Option<DriftRecord>,
    /// The forms in the order in which they were tried: the contract's own, none, another key, then the others.
    pub forms: Vec<Row>,
    /// What else has to be said, such as a secret that is not set.
    pub notes: Vec<String>,
}

/// One form in which a client might send a credential.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What the client does: `sends the key in query parameter api_key`.
    pub client: String,
    /// The code of the drift that such a client has; `None` for forms that are none of the catalogue's.
    pub code: Option<&'static str>,
    /// What the contract says of it.
    pub contract: Says,
    /// What the provider does.
    pub provider: Does,
    /// The status that it answered with.
    pub status: Option<u16>,
    /// The refusals of the contract that the answer is.
    pub refusals: Vec<String>,
    /// Whether both are the same as far as the credential goes; `None` where that is not known.
    pub agrees: Option<bool>,
    /// Why that is not known.
    pub reason: Option<String>,
}

/// What a contract says of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Says {
    /// It opens.
    Accepted,
    /// It is refused.
    Refused,
}

/// What a provider does with a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// It opens.
    Accepted,
    /// It is refused.
    Refused,
    /// Neither is known.
    NotKnown,
}

impl Says {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
}

impl Row {
    /// Whether the provider opens to it, and the contract says that it does not.
    pub fn opens_wrongly(&self) -> bool {
        self.contract == Says::Refused && self.provider == Does::Accepted && self.agrees == Some(false)
    }

    /// What the provider does, in few words: `accepted, 200`, `refused, 401 keyRequired`, `not known`.
    pub fn seen(&self) -> String {
        match (self.status, self.provider) {
            (None, _) => "not known".to_owned(),
            (Some(status), Does::Accepted) => format!("accepted, {status}"),
            (Some(status), Does::Refused) if self.refusals.is_empty() => format!("refused, {status}, not as promised"),
            (Some(status), Does::Refused) => format!("refused, {status} {}", self.refusals.join(" or ")),
            (Some(status), Does::NotKnown) => format!("not known, {status}"),
        }
    }
}

impl Matrix {
    /// A matrix without any form, and why.
    pub fn empty(credential: CredentialName, place: String, operation: Option<OperationId>, note: String) -> Self {
        let verdict = Verdict::Inconclusive;
        Self { credential, place, operation, verdict, drift: None, forms: Vec::new(), notes: vec![note] }
    }

    /// How many forms are as the contract says: `34 forms, 34 as the contract says`.
    pub fn summary(&self) -> String {
        let count = |wanted: Option<bool>| self.forms.iter().filter(|row| row.agrees == wanted).count();
        let forms = if self.forms.len() == 1 { "1 form".to_owned() } else { format!("{} forms", self.forms.len()) };
        let mut text = format!("{forms}, {} as the contract says", count(Some(true)));
        for (count, words) in [(count(Some(false)), "otherwise"), (count(None), "undecided")] {
            if count > 0 {
                text.push_str(&format!(", {count} {words}"));
            }
        }
        text
    }

    /// What the matrix comes to, in sentences, the most telling first.
    pub fn sentences(&self) -> Vec<String> {
        if let Some(drift) = &self.drift {
            return vec![drift.sentence.clone()];
        }
        let Some(own) = self.forms.first() else { return Vec::new() };
        let open: Vec<&str> =
            self.forms.iter().filter(|row| row.opens_wrongly()).map(|row| row.client.as_str()).collect();
        let mut sentences = Vec::new();
        if own.provider == Does::Refused {
            let others = if open.is_empty() { ", and no other form that was sent opens" } else { "" };
            sentences.push(format!("the provider refuses the contract's own form{others}"));
        }
        if let Some((last, rest)) = open.split_last() {
            let all = if rest.len() > 4 {
                format!("{}, and {} others", rest[..4].join("; "), rest.len() - 3)
            } else {
                [rest, &[last]].concat().join("; ")
            };
            sentences.push(format!("the provider opens to a client that {all}; the contract refuses it"));
        }
        sentences
    }
}
