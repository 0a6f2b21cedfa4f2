//! The path is signed in another form.

use super::message::{pieces, shown, signed, signed_once, template, values, with_value};
use crate::contract::Contract;
use crate::contract::scheme::PlacedPart;
use crate::drift::alter::placed_everywhere;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-path-changed",
    meaning: "The path is signed with or without the query, a prefix, or its percent-encoding.",
    example: "the provider verifies the path with the query; the contract signs method|path|payload|timestamp",
    drifts,
};

/// What stands for `path`, and what it is called.
const FORMS: [(&str, &str); 3] = [
    ("path ~ ('?' ~ query if query else '')", "the path with the query"),
    ("raw_path | split('?') | list | first", "the path percent-encoded"),
    ("raw_path", "the path percent-encoded, with the query"),
];

/// Whether a form of the path has the query in it.
fn holds_query(form: &str) -> bool {
    form == "raw_path" || form.contains("query")
}

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    // Only some calls show the difference: a provider signs in one place for all its operations.
    for (signed, operations) in signed_once(contract) {
        let pieces = pieces(&signed.signing.message);
        let Some(own) = values(&pieces).into_iter().find(|value| *value == "path" || *value == "raw_path") else {
            continue;
        };
        // Nothing is signed that holds its own signature.
        let is_in_query = signed.placed.places.iter().any(|part| matches!(part, PlacedPart::Query(..)));
        let forms = FORMS
            .iter()
            .filter(|(form, _)| *form != own && (!is_in_query || !holds_query(form)))
            .chain((own == "raw_path").then_some(&("path", "the path without query and percent-encoding")));
        for (number, (form, words)) in forms.enumerate() {
            let Some(message) = template(&with_value(&pieces, own, form)) else { continue };
            let ids: Vec<_> = operations.iter().map(|operation| &operation.id).collect();
            let name = signed.credential.name.clone();
            let drift = Drift::new(format!("{name} {words}"), &ids)
                .provider(format!("verifies {words}"))
                .client(format!("signs {words}"))
                .contract(format!("signs {}", shown(&signed.signing.message)))
                .variation(number > 1);
            drifts.push(drift.keeps(move |contract| {
                placed_everywhere(contract, &name, |placed| {
                    if let Some(signing) = &mut placed.signing {
                        signing.message = message.clone();
                    }
                })
            }));
        }
    }
    drifts.extend(of_prefixes(contract));
    drifts
}

/// The path with something before it, or without its first segment.
fn of_prefixes(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let pieces = pieces(&signed.signing.message);
        if !values(&pieces).contains(&"path") {
            continue;
        }
        let template_path = signed.operation.template.as_str();
        let first = template_path
            .split('/')
            .nth(1)
            .filter(|segment| !segment.contains('{'))
            .map(|segment| format!("/{segment}"));
        let mut forms = vec![("'/api' ~ path".to_owned(), "the path below /api".to_owned())];
        if let Some(first) = &first {
            forms.push((format!("path | replace('{first}', '')"), format!("the path without {first}")));
        }
        forms.push(("header.host ~ path".to_owned(), "the host before the path".to_owned()));
        forms.push(("'http://' ~ header.host ~ path".to_owned(), "the whole URL".to_owned()));
        forms.push(("'https://' ~ header.host ~ path".to_owned(), "the whole URL".to_owned()));
        forms.push(("path ~ '/'".to_owned(), "the path with a slash at its end".to_owned()));
        for (number, (form, words)) in forms.into_iter().enumerate() {
            let Some(message) = template(&with_value(&pieces, "path", &form)) else { continue };
            let drift = signed
                .another_message(&form, message)
                .provider(format!("verifies {words}"))
                .client(format!("signs {words}"))
                .variation(number > 0);
            drifts.push(drift);
        }
    }
    drifts
}
