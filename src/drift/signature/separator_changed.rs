//! Something else stands between the parts of the message.

use super::message::{Piece, pieces, signed, template};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-separator-changed",
    meaning: "The parts of the signed message are joined by something else.",
    example: "the client joins the parts of the message by \":\"; the contract signs method|path|payload|timestamp",
    drifts,
};

const SEPARATORS: [&str; 8] = ["|", ":", "\n", "", ".", ",", "&", " "];

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let pieces = pieces(&signed.signing.message);
        let own: Vec<&str> = pieces
            .iter()
            .filter_map(|piece| if let Piece::Literal(text) = piece { Some(text.as_str()) } else { None })
            .collect();
        let others = SEPARATORS.into_iter().filter(|other| own.iter().any(|known| known != other));
        for (number, other) in others.enumerate() {
            let joined: Vec<Piece> = pieces
                .iter()
                .map(
                    |piece| {
                        if let Piece::Literal(_) = piece { Piece::Literal(other.to_owned()) } else { piece.clone() }
                    },
                )
                .collect();
            let Some(message) = template(&joined) else { continue };
            let words = if other.is_empty() { "nothing".to_owned() } else { format!("{other:?}") };
            let drift = signed
                .another_message(&words, message)
                .provider(format!("joins the parts of the message by {words}"))
                .client(format!("joins the parts of the message by {words}"))
                .variation(number > 0);
            drifts.push(drift);
        }
    }
    drifts
}
