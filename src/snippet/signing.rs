//! How a call is signed.

use super::WhyNot;
use super::call::{Call, Content, Signed};
use super::formula::Ground;
use super::piece::{Filter, Piece, Text, push};
use crate::contract::scheme::{Placed, PlacedPart, Signing};
use crate::credential::place::expand;
use crate::exchange::Request;
use crate::expression::Template;
use crate::name::OperationId;
use serde_json::Value;

impl Call {
    /// Reads what is signed.
    pub(super) fn sign(
        &mut self,
        placed: &Placed,
        signing: &Signing,
        operation: &OperationId,
        request: &Request,
        party: &str,
        secret: &str,
    ) -> Result<(), WhyNot> {
        if self.signed.is_some() {
            return Err(WhyNot("two credentials sign the same request".to_owned()));
        }
        let payload = placed.payload.get(operation);
        let each = payload.and_then(|payload| payload.each.as_deref());
        let body = request.json().unwrap_or(Value::Null);
        let list = match each.map(|each| (each, each.strip_suffix("/*"))) {
            None => None,
            Some((_, Some(list))) if !list.contains('*') => Some(list.to_owned()),
            Some((each, _)) => return Err(WhyNot(format!("items within items are signed: {each}"))),
        };
        let items: Option<Vec<Value>> =
            each.map(|each| expand(&body, each).iter().filter_map(|pointer| body.pointer(pointer).cloned()).collect());
        let is_body = |part: &&PlacedPart| matches!(part, PlacedPart::Body { .. });
        if each.is_some() && !placed.places.iter().all(|part| is_body(&part)) {
            return Err(WhyNot("each item is signed, and the signatures travel outside the body".to_owned()));
        }
        let own_query = placed.places.iter().any(|part| matches!(part, PlacedPart::Query(..)));
        let ground =
            Ground { request, party, items: items.as_deref(), query_is_open: own_query || !self.query.is_empty() };
        let read = |template: &Template| ground.read(template).map_err(WhyNot);
        let payload = payload.map(|payload| read(&payload.template)).transpose()?.unwrap_or_default();
        let mut message = Text::new();
        for piece in read(&signing.message)? {
            // Nothing differs by operation.
            if piece != Piece::Payload || !payload.is_empty() {
                push(&mut message, piece);
            }
        }
        let within = |wanted: &Piece| message.iter().chain(&payload).any(|piece| piece == wanted);
        if within(&Piece::RawBody) && (placed.places.iter().any(|part| is_body(&part)) || !self.parts.is_empty()) {
            return Err(WhyNot("the body as it is sent is signed, and it holds the signature".to_owned()));
        }
        let outside = |piece: &Piece| matches!(piece, Piece::Field(field) if !field.of_item);
        if each.is_some() && message.iter().chain(&payload).any(outside) {
            return Err(WhyNot("each item is signed, and something outside of it as well".to_owned()));
        }
        if within(&Piece::CanonicalBody) && !self.parts.is_empty() {
            return Err(WhyNot("another credential travels in the body that is signed".to_owned()));
        }
        let fields = message.iter().chain(&payload).any(|piece| matches!(piece, Piece::Field(_)));
        if (within(&Piece::RawBody) || within(&Piece::CanonicalBody)) && fields {
            return Err(WhyNot("both the body and values of it are signed".to_owned()));
        }
        if within(&Piece::Timestamp) {
            self.time = Some(placed.unit);
        }
        let Signing { algorithm, encoding, key, .. } = *signing;
        self.signed =
            Some(Signed { secret: secret.to_owned(), algorithm, encoding, key, message, payload, each: list });
        self.normalise();
        if let (true, Content::Json(body)) = (self.signs(&Piece::CanonicalBody), &mut self.body) {
            // Then every library writes its keys in that order.
            body.sort_all_objects();
        }
        Ok(())
    }

    /// URLs that are signed in their normal form are sent so, too: then what is signed is what is sent.
    fn normalise(&mut self) {
        let (Some(signed), Content::Json(body)) = (&self.signed, &mut self.body) else { return };
        for piece in signed.message.iter().chain(&signed.payload) {
            let Piece::Field(field) = piece else { continue };
            if !field.has(Filter::NormalizedUrl) {
                continue;
            }
            let at: String = field.keys.iter().map(|key| format!("/{key}")).collect();
            let list = if field.of_item { signed.each.as_deref() } else { None };
            let wholes = list.map_or_else(|| vec![String::new()], |list| expand(body, &format!("{list}/*")));
            for whole in wholes {
                if let Some(Value::String(text)) = body.pointer_mut(&format!("{whole}{at}"))
                    && let Ok(url) = url::Url::parse(text)
                {
                    *text = url.into();
                }
            }
        }
    }
}
