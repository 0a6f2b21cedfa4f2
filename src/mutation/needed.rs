//! The scenario that would notice a drift, in words that an author of features can use.

/// Beginnings of codes and what a scenario does that notices such a drift: the first that fits counts.
const NEEDED: &[(&str, &str)] = &[
    ("credential-also-accepted", "sends the credential there instead of in its place, and is refused"),
    ("credential-alternative-dropped", "sends that credential by itself, and is accepted"),
    ("credential-by-prefix", "sends the right credential cut short or with more behind it, and is refused"),
    ("credential-case-folded", "sends the right credential in other case, and is refused"),
    ("credential-newly-required", "calls it without a credential, and is accepted"),
    ("credential-not-required", "calls it without a credential, and is refused"),
    ("credential-one-not-required", "leaves out that one of its credentials, and is refused"),
    ("credential-part-unchecked", "sends a right credential of which that part is wrong, and is refused"),
    ("credential-value-unchecked", "sends an unknown credential in its place and form, and is refused"),
    ("credential-word-optional", "sends the right credential without its scheme, and is refused"),
    ("credential-", "sends the right credential in its place and form, and is accepted"),
    ("signature-replay", "sends the same signed request again, and states what comes back"),
    ("signature-unchecked", "sends a signature of the right form made with another key, and is refused"),
    ("signature-key-changed", "calls as each consumer, and is accepted; and with the key of another, and is refused"),
    ("signature-window-changed", "sends signatures from just inside and outside of the window, on both sides of now"),
    (
        "signature-path-changed",
        "signs a path with a query, and one with characters that are percent-encoded, and is accepted",
    ),
    ("signature-payload-changed", "signs bodies that differ in what is signed and in what is not, and is accepted"),
    ("signature-", "sends a call rightly signed over values that show the difference, and is accepted"),
    ("route-", "calls it by the contract's path and method, and states what comes back"),
    ("refusal-header-gone", "provokes that refusal, and states the header"),
    ("refusal-order-changed", "makes both mistakes at once, and states which of them it is refused for"),
    ("refusal-situation-dropped", "brings that situation about, and is refused"),
    ("refusal-", "provokes that refusal, and states it with `it is refused as`"),
    ("request-field-required", "leaves that field out, and is accepted"),
    ("request-field-renamed", "gives that field a value that is refused or that changes the answer, and states so"),
    ("request-field-retyped", "sends that field as the contract has it, and is accepted"),
    ("request-field-stricter", "sends that field at its limit, and is accepted"),
    ("request-field-looser", "sends that field just beyond its limit, and is refused"),
    ("request-null-accepted", "sends null in that field, and is refused"),
    ("request-null-refused", "sends null in that field, and is accepted"),
    ("request-unknown-accepted", "sends a field that the contract does not know, and is refused"),
    ("request-unknown-refused", "sends a field that the contract does not know, and is accepted"),
    ("request-", "sends a request in which that part of it stands at its limits, and states what comes back"),
    ("response-echo-changed", "sends a value of its own there, and states that the answer holds it"),
    ("response-", "brings that answer about, and states that the exchange conforms and what the part holds"),
    ("time-slow", "states what comes back of the call, or within which time"),
];

/// What a scenario does that would notice a drift of that code: `sends …, and is refused`.
pub fn of(code: &str) -> &'static str {
    let found = NEEDED.iter().find(|(beginning, _)| code.starts_with(beginning));
    found.map_or("calls it, and states what comes back", |(_, needed)| needed)
}
