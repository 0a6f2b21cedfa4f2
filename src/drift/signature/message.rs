//! The message that is signed, in pieces that drifts can move.

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::contract::scheme::{Credential, Placed, Signing};
use crate::drift::Drift;
use crate::drift::alter::{self, placements};
use crate::drift::credential::places::loosened;
use crate::expression::Template;

/// A signed credential of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// The credential.
    pub credential: &'a Credential,
    /// How it is placed.
    pub placed: &'a Placed,
    /// How it is signed.
    pub signing: &'a Signing,
}

impl Signed<'_> {
    /// A drift of the signature; `detail` tells it from others of its kind.
    fn drift(&self, detail: &str) -> Drift {
        let subject = format!("{} {} {detail}", self.operation.id, self.credential.name);
        Drift::new(subject.trim_end(), &[&self.operation.id])
    }

    /// The drift by which another message is signed.
    pub fn another_message(&self, detail: &str, message: Template) -> Drift {
        let (operation, credential) = (self.operation.clone(), self.credential.clone());
        self.drift(detail)
            .contract(format!("signs {}", shown(&self.signing.message)))
            .keeps(move |contract| with_message(contract, &operation, &credential, &message))
    }

    /// The drift by which another payload is signed.
    pub fn another_payload(&self, detail: &str, payload: Template) -> Drift {
        let (operation, credential) = (self.operation.clone(), self.credential.clone());
        self.drift(detail).keeps(move |contract| with_payload(contract, &operation, &credential, &payload))
    }

    /// The drift by which the credential is written otherwise; the body's schema lets it through.
    pub fn another_form(&self, detail: &str, change: impl Fn(&mut Placed) + Send + Sync + 'static) -> Drift {
        let (operation, credential) = (self.operation.clone(), self.credential.clone());
        self.drift(detail).keeps(move |contract| {
            let changed = alter::placed(contract, &operation.id, &credential.name, &change)?;
            Some(loosened(changed, &operation, &credential))
        })
    }
}

/// Each operation with each signed credential that it asks for.
pub fn signed(contract: &Contract) -> Vec<Signed<'_>> {
    let placements = placements(contract).into_iter();
    placements
        .filter_map(|(operation, credential, placed)| {
            Some(Signed { operation, credential, placed, signing: placed.signing.as_ref()? })
        })
        .collect()
}

/// Each signed credential once, with the operations that ask for it.
pub fn signed_once(contract: &Contract) -> Vec<(Signed<'_>, Vec<&Operation>)> {
    let mut found: Vec<(Signed<'_>, Vec<&Operation>)> = Vec::new();
    for signed in signed(contract) {
        match found.iter_mut().find(|(known, _)| known.credential.name == signed.credential.name) {
            Some((_, operations)) => operations.push(signed.operation),
            None => found.push((signed, vec![signed.operation])),
        }
    }
    found
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text between the values.
    Literal(String),
    /// What stands in `{{ }}`.
    Value(String),
}

/// The pieces of a template without blocks; none where it has any.
pub fn pieces(template: &Template) -> Vec<Piece> {
    let source = template.source();
    if source.contains("{%") {
        return Vec::new();
    }
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some((literal, after)) = rest.split_once("{{") {
        let Some((value, behind)) = after.split_once("}}") else { return Vec::new() };
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.to_owned()));
        }
        pieces.push(Piece::Value(value.trim().to_owned()));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    pieces
}

/// The template of pieces.
pub fn template(pieces: &[Piece]) -> Option<Template> {
    let text: String = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Value(value) => format!("{{{{ {value} }}}}"),
        })
        .collect();
    Template::new(&text).ok()
}

/// The values of a message in order.
pub fn values(pieces: &[Piece]) -> Vec<&str> {
    let mut values = Vec::new();
    for piece in pieces {
        if let Piece::Value(value) = piece {
            values.push(value.as_str());
        }
    }
    values
}

/// The message with only the values that `keep` keeps, joined by the separator that stood before each.
pub fn only(pieces: &[Piece], keep: &dyn Fn(&str) -> bool) -> Vec<Piece> {
    let mut kept = Vec::new();
    let mut between = None;
    for piece in pieces {
        match piece {
            Piece::Literal(_) => between = Some(piece.clone()),
            Piece::Value(value) => {
                let before = between.take();
                if keep(value) {
                    kept.extend(before.filter(|_| !kept.is_empty()));
                    kept.push(piece.clone());
                }
            }
        }
    }
    kept
}

/// The message with one value replaced by another.
pub fn with_value(pieces: &[Piece], value: &str, other: &str) -> Vec<Piece> {
    let replace = |piece: &Piece| match piece {
        Piece::Value(known) if known == value => Piece::Value(other.to_owned()),
        piece => piece.clone(),
    };
    pieces.iter().map(replace).collect()
}

/// The contract in which one operation's credential signs another message.
pub fn with_message(
    contract: &Contract,
    operation: &Operation,
    credential: &Credential,
    message: &Template,
) -> Option<Contract> {
    alter::placed(contract, &operation.id, &credential.name, |placed| {
        if let Some(signing) = &mut placed.signing {
            signing.message = message.clone();
        }
    })
}

/// The contract in which the payload of one operation is another.
pub fn with_payload(
    contract: &Contract,
    operation: &Operation,
    credential: &Credential,
    payload: &Template,
) -> Option<Contract> {
    alter::placed(contract, &operation.id, &credential.name, |placed| {
        if let Some(known) = placed.payload.get_mut(&operation.id) {
            known.template = payload.clone();
        }
    })
}

/// What a person calls a value of a message.
pub fn in_words(value: &str) -> String {
    match value {
        "party" => "the consumer's name".to_owned(),
        "raw_body" | "canonical_body" => "the whole body".to_owned(),
        "raw_path" => "the path as on the wire".to_owned(),
        other => format!("the {}", other.split('|').next().unwrap_or(other).trim()),
    }
}

/// What a contract signs, without the braces: `method|path|payload|timestamp`.
pub fn shown(template: &Template) -> String {
    template.source().replace("{{ ", "").replace(" }}", "").replace("{{", "").replace("}}", "").replace('\n', "\\n")
}
