//! Values that cannot print themselves, and the redaction of whatever was derived from them.

use crate::name::SecretName;
use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use indexmap::IndexMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// Shorter secrets cannot be told from ordinary text when output is redacted.
pub const SHORTEST_SECRET: usize = 6;

/// A value that has no `Display`, and whose `Debug` hides it.
#[derive(Clone, Debug)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a value in; from here on only [`Secret::expose`] gives it out.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The value itself: for signing, for placing in a request, for comparing; never for printing.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The value without its last character, which holds as much of a secret as must not be printed either.
    #[must_use]
    pub fn truncated(&self) -> Self {
        Self::new(truncated(self.expose()))
    }

    /// The value with another last character.
    #[must_use]
    pub fn altered(&self) -> Self {
        Self::new(altered(self.expose(), ['0', '1']))
    }

    /// The first three quarters of the value.
    fn beginning(&self) -> Self {
        let value = self.expose();
        Self::new(&value[..value.floor_char_boundary(value.len() * 3 / 4)])
    }

    /// The value with the case of letters changed: of those in its second half, or of all where there are none. `None`
    /// where it holds no letter.
    pub fn recased(&self) -> Option<Self> {
        let value = self.expose();
        let other = |kept: usize| format!("{}{}", &value[..kept], recased(&value[kept..]));
        let variants = [value.floor_char_boundary(value.len() / 2), 0].map(other);
        variants.into_iter().find(|variant| variant != value).map(Self::new)
    }
}

/// A text without its last character.
pub fn truncated(text: &str) -> &str {
    &text[..text.floor_char_boundary(text.len().saturating_sub(1))]
}

/// A text whose last character is another: the first of two, or the second where it is the first already.
pub fn altered(text: &str, [first, second]: [char; 2]) -> String {
    format!("{}{}", truncated(text), if text.ends_with(first) { second } else { first })
}

/// A text with small letters for capitals and the other way round.
pub fn recased(text: &str) -> String {
    let other = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(other).collect()
}

/// What stands for a secret without its last character.
pub fn truncated_name(name: &SecretName) -> String {
    format!("{name}_TRUNCATED")
}

/// What stands for a secret in another case.
pub fn recased_name(name: &SecretName) -> String {
    format!("{name}_RECASED")
}

/// The secrets of one run, by name.
#[derive(Clone, Debug, Default)]
pub struct Vault {
    secrets: IndexMap<SecretName, Secret>,
}

impl Vault {
    /// Adds a secret; a later one of the same name replaces the earlier.
    pub fn insert(&mut self, name: SecretName, secret: Secret) {
        self.secrets.insert(name, secret);
    }

    /// The secret of that name, if the run has it.
    pub fn get(&self, name: &SecretName) -> Option<&Secret> {
        self.secrets.get(name)
    }

    /// All secrets in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&SecretName, &Secret)> {
        self.secrets.iter()
    }
}

/// Replaces secrets, in every derived form, by `${NAME}`.
#[derive(Clone)]
pub struct Redactor {
    automaton: Option<AhoCorasick>,
    marks: Vec<String>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} forms)", self.marks.len())
    }
}

impl Redactor {
    /// Knows every secret of the vaults as plain text, percent-encoded, in hex, in base64 (at each of its three
    /// alignments, so inside `user:password` too), JSON-escaped and HTML-escaped; and just so each without its last
    /// character, which is most of one with another last character too, and in another case.
    pub fn new<'a>(vaults: impl IntoIterator<Item = &'a Vault>) -> Self {
        let mut forms: Vec<(String, String)> = Vec::new();
        for (name, secret) in vaults.into_iter().flat_map(Vault::iter) {
            let value = secret.expose();
            if value.len() < SHORTEST_SECRET {
                continue;
            }
            let variants = [
                (name.to_string(), Some(secret.clone())),
                (truncated_name(name), Some(secret.truncated())),
                // As much of a secret as must not be printed either, however its end was lost.
                (truncated_name(name), Some(secret.beginning())),
                (recased_name(name), secret.recased()),
            ];
            for (name, variant) in variants {
                for form in variant.iter().flat_map(|variant| derived_forms(variant.expose())) {
                    if form.len() >= SHORTEST_SECRET && !forms.iter().any(|(known, _)| *known == form) {
                        forms.push((form, format!("${{{name}}}")));
                    }
                }
            }
        }
        let (needles, marks): (Vec<_>, Vec<_>) = forms.into_iter().unzip();
        let automaton = (!needles.is_empty()).then(|| {
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(&needles)
                .expect("a handful of short needles always fits an automaton")
        });
        Self { automaton, marks }
    }

    /// The text with every secret replaced by its mark.
    pub fn redact(&self, text: &str) -> String {
        match &self.automaton {
            Some(automaton) if automaton.is_match(text) => automaton.replace_all(text, &self.marks),
            _ => text.to_owned(),
        }
    }

    /// The bytes with every secret replaced by its mark.
    pub fn redact_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        match &self.automaton {
            Some(automaton) => automaton.replace_all_bytes(bytes, &self.marks),
            None => bytes.to_vec(),
        }
    }

    /// The mark of the first secret that occurs in `bytes`, if any does.
    pub fn first_in(&self, bytes: &[u8]) -> Option<&str> {
        let found = self.automaton.as_ref()?.find(bytes)?;
        Some(&self.marks[found.pattern().as_usize()])
    }
}

/// What URLs keep as it is (RFC 3986, section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What `encodeURIComponent` of ECMAScript keeps.
const COMPONENT: &AsciiSet = &UNRESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');

/// `%2f` for `%2F`, which means the same (RFC 3986, section 6.2.2.1).
fn with_small_escapes(form: &str) -> String {
    let mut parts = form.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.split_at_checked(2) {
        Some((escape, rest)) => format!("{text}%{}{rest}", escape.to_ascii_lowercase()),
        None => format!("{text}%{part}"),
    })
}

fn derived_forms(value: &str) -> Vec<String> {
    let json = serde_json::Value::from(value).to_string();
    let mut forms: Vec<String> = [NON_ALPHANUMERIC, UNRESERVED, COMPONENT]
        .into_iter()
        .map(|set| utf8_percent_encode(value, set).to_string())
        .chain([url::form_urlencoded::byte_serialize(value.as_bytes()).collect()])
        .flat_map(|form| [with_small_escapes(&form), form])
        .collect();
    forms.extend([
        value.to_owned(),
        hex::encode(value),
        hex::encode_upper(value),
        json[1..json.len() - 1].to_owned(),
        value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
    ]);
    for padding in 0..3 {
        let padded = [&b"\0\0"[..padding], value.as_bytes()].concat();
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            // Characters at both ends mix with the neighbours' bits; what is left belongs to the secret alone.
            let text = engine.encode(&padded);
            let start = (padding * 8).div_ceil(6);
            let whole = padded.len() * 8 / 6;
            forms.push(text[start..whole].to_owned());
        }
    }
    forms
}
