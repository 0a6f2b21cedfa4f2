//! A credential's places in a call.

use super::call::{Call, Content};
use super::piece::{Node, Piece, Text, literal, of, push};
use super::{Variable, WhyNot};
use crate::contract::operation::ParameterIn;
use crate::contract::scheme::{Credential, Placed, PlacedPart, Scheme};
use crate::exchange::Request;
use crate::expression::Template;
use crate::name::OperationId;
use serde_json::{Value, json};

impl Call {
    /// Puts a credential on the call.
    pub(super) fn take(
        &mut self,
        credential: &Credential,
        operation: &OperationId,
        request: &Request,
    ) -> Result<(), WhyNot> {
        let party = credential.party_for(operation);
        let secret = party.secret.to_string();
        let key = || vec![Piece::Variable(secret.clone())];
        match &credential.scheme {
            Scheme::Key { location: ParameterIn::Query, name } => self.query.push((name.clone(), key())),
            Scheme::Key { location: ParameterIn::Cookie, name } => self.add_cookie(name, key()),
            Scheme::Key { name, .. } => self.set_header(name, key()),
            Scheme::Word { word, .. } => {
                let mut value = literal(&format!("{word} "));
                value.extend(key());
                self.set_header("Authorization", value);
            }
            Scheme::Basic { user } => self.basic = Some((user.clone(), secret.clone())),
            Scheme::Placed(placed) => {
                let piece = |name: &str| match name {
                    "timestamp" => Piece::Timestamp,
                    "signature" => Piece::Signature,
                    "party" => Piece::Literal(party.name.to_string()),
                    _ => Piece::Variable(secret.clone()),
                };
                if let Some(signing) = &placed.signing {
                    self.sign(placed, signing, operation, request, party.name.as_str(), &secret)?;
                }
                self.place(placed, &piece)?;
                let times = self.texts().into_iter().flatten().any(|piece| *piece == Piece::Timestamp);
                self.time = self.time.or_else(|| times.then_some(placed.unit));
            }
        }
        self.variables.push(Variable { name: secret, meaning: meaning(credential, operation), is_secret: true });
        self.variables.dedup_by(|one, other| one.name == other.name);
        Ok(())
    }

    fn place(&mut self, placed: &Placed, piece: &dyn Fn(&str) -> Piece) -> Result<(), WhyNot> {
        let filled = |template: &Template| of(template.parts().unwrap_or_default(), piece);
        for part in &placed.places {
            match part {
                PlacedPart::Header(name, template) => self.set_header(name, filled(template)),
                PlacedPart::Query(name, template) => self.query.push((name.clone(), filled(template))),
                PlacedPart::Cookie(name, template) => self.add_cookie(name, filled(template)),
                PlacedPart::Body { at, value } => {
                    if self.body == Content::Empty {
                        self.body = Content::Json(json!({}));
                        self.set_header("Content-Type", literal("application/json"));
                    }
                    let part = self.rooted(at, Node::of_templates(value, piece))?;
                    self.parts.push(part);
                }
            }
        }
        Ok(())
    }

    /// A part of the body with what has to be made around it, since nothing is there yet.
    fn rooted(&self, at: &str, mut node: Node) -> Result<(String, Node), WhyNot> {
        let Content::Json(body) = &self.body else {
            return Err(WhyNot("the credential travels in the body, and the body is not JSON".to_owned()));
        };
        let list = self.signed.as_ref().and_then(|signed| signed.each.as_deref());
        let whole = list.map_or_else(String::new, |list| format!("{list}/0"));
        let mut at = at.to_owned();
        let signs_body = self.signs(&Piece::CanonicalBody);
        while let Some((parent, token)) = at.clone().rsplit_once('/') {
            match body.pointer(&format!("{whole}{parent}")) {
                Some(Value::Object(_)) => break,
                Some(_) => {
                    return Err(WhyNot(format!("the credential travels at {at}, where the example has no object")));
                }
                None if signs_body => {
                    return Err(WhyNot(format!(
                        "the body is signed, and the example has nothing at {parent} for the signature"
                    )));
                }
                None => node = Node::Object(vec![(token.replace("~1", "/").replace("~0", "~"), node)]),
            }
            parent.clone_into(&mut at);
        }
        Ok((at, node))
    }

    /// Sets a header.
    pub(super) fn set_header(&mut self, name: &str, value: Text) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value));
    }

    /// Cookies travel in one header (RFC 6265, section 5.4).
    fn add_cookie(&mut self, name: &str, value: Text) {
        let mut line = Text::new();
        if let Some(index) = self.headers.iter().position(|(known, _)| known.eq_ignore_ascii_case("cookie")) {
            line = self.headers.remove(index).1;
            push(&mut line, Piece::Literal("; ".to_owned()));
        }
        push(&mut line, Piece::Literal(format!("{name}=")));
        value.into_iter().for_each(|piece| push(&mut line, piece));
        self.headers.push(("Cookie".to_owned(), line));
    }
}

/// What a secret is for.
fn meaning(credential: &Credential, operation: &OperationId) -> String {
    let party = &credential.party_for(operation).name;
    let whose = if party.as_str().is_empty() { "the consumer" } else { party.as_str() };
    match &credential.scheme {
        Scheme::Basic { user } => format!("the password of {user}"),
        Scheme::Word { word, .. } => format!("the key that travels behind the word {word}"),
        Scheme::Key { .. } => format!("the key that travels in the {}", credential.describe()),
        Scheme::Placed(placed) if placed.signing.is_some() => format!("the secret with which {whose} signs"),
        Scheme::Placed(_) => format!("the secret of {whose}"),
    }
}
