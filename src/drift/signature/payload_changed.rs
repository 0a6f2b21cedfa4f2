//! Something else of the request is signed.

use super::message::{Piece, pieces, shown, signed, template};
use crate::contract::Contract;
use crate::contract::schema::declared_properties;
use crate::drift::alter::{self, body_schema};
use crate::drift::credential::places::body_fields;
use crate::drift::{Drift, Kind};
use crate::expression::Template;

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-payload-changed",
    meaning: "Another part of the body is signed than the contract's, or the body although the contract leaves it out.",
    example: "the provider verifies the sha256 of the body without the credential; the contract signs body.text | sha256",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let own_fields = body_fields(signed.operation, signed.credential);
        if let Some(payload) = alter::payload(signed.placed, signed.operation) {
            let own = shown(&payload.template);
            let item = payload.each.is_some();
            let mut forms = Vec::new();
            if !item {
                let words = "the body without the credential";
                forms.push(("canonical_body | sha256".to_owned(), format!("the sha256 of {words}")));
                forms.push(("canonical_body".to_owned(), words.to_owned()));
            }
            // Nothing is signed that holds its own signature.
            if own_fields.is_empty() {
                forms.push(("raw_body | sha256".to_owned(), "the sha256 of the whole body".to_owned()));
                forms.push(("raw_body".to_owned(), "the whole body".to_owned()));
            }
            let subject = own.split('|').next().unwrap_or(&own).trim().to_owned();
            if !item && let Some(schema) = body_schema(signed.operation) {
                for (name, _) in declared_properties(&contract.schemas, &schema.pointer) {
                    let field = format!("body.{name}");
                    if field != subject && !own_fields.contains(&format!("/{name}")) {
                        forms.push((format!("{field} | sha256"), format!("the sha256 of {field}")));
                        forms.push((field.clone(), field));
                    }
                }
            }
            for filter in ["sha256", "base64", "hex"] {
                let form = format!("{subject} | {filter}");
                if form != own {
                    forms.push((form, format!("{subject} as {filter}")));
                }
            }
            forms.push((format!("{own} | sha256"), format!("the sha256 of {own}")));
            for (number, (form, words)) in forms.into_iter().enumerate() {
                let Ok(payload) = Template::new(&format!("{{{{ {form} }}}}")) else { continue };
                let drift = signed
                    .another_payload(&form, payload)
                    .provider(format!("verifies {words}"))
                    .client(format!("signs {words}"))
                    .contract(format!("signs {own}"))
                    .variation(number > 0);
                drifts.push(drift);
            }
        } else if signed.operation.body.is_some()
            && own_fields.is_empty()
            && !signed.signing.message.source().contains("raw_body")
        {
            let own = pieces(&signed.signing.message);
            let separator = own.iter().find(|piece| matches!(piece, Piece::Literal(_))).cloned();
            let forms = [("raw_body", "the body as well"), ("raw_body | sha256", "the sha256 of the body as well")];
            for (number, (form, words)) in forms.into_iter().enumerate() {
                let mut longer = own.clone();
                longer.extend(separator.clone());
                longer.push(Piece::Value(form.to_owned()));
                let Some(message) = template(&longer) else { continue };
                let drift = signed
                    .another_message(form, message)
                    .provider(format!("verifies {words}"))
                    .client(format!("signs {words}"))
                    .variation(number > 0);
                drifts.push(drift);
            }
        }
    }
    drifts
}
