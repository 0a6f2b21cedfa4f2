//! TOML files that people write: read section by section, so that all their problems are reported together.

use crate::place::{Place, Problem};
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// A TOML file while it is being read.
#[derive(Debug)]
pub struct Settings<'a> {
    file: Arc<str>,
    text: &'a str,
    /// What was wrong so far.
    pub problems: Vec<Problem>,
}

/// An entry of a table: key, its place, value.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    value: Spanned<DeValue<'a>>,
}

impl<'a> Settings<'a> {
    /// Reads the file's outermost table. `file` is the name that messages use.
    pub fn parse(file: &str, text: &'a str) -> (Self, Vec<Entry<'a>>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut settings = Self { file: file.into(), text, problems: Vec::new() };
        for error in errors {
            let place = settings.place(&error.span().unwrap_or(0..0));
            settings.problem(place, format!("not TOML: {}", error.message()), "mend the syntax");
        }
        // What a recovered table lacks is lacking because of the syntax.
        let entries = if settings.problems.is_empty() { settings.entries(table.into_inner()) } else { Vec::new() };
        (settings, entries)
    }

    /// Where a range of bytes of the file begins.
    pub fn place(&self, span: &Range<usize>) -> Place {
        Place::of_offset(self.file.clone(), self.text, span.start)
    }

    /// The entries of a table; a value that is no table is a problem.
    pub fn table(&mut self, entry: Entry<'a>) -> Vec<Entry<'a>> {
        if let DeValue::Table(table) = entry.value.into_inner() {
            self.entries(table)
        } else {
            let wrong = format!("`{}` is not a table", entry.key);
            self.problems.push(Problem::new(entry.place, wrong, format!("write it as `[{}.name]`", entry.key)));
            Vec::new()
        }
    }

    /// The entry as a type; where it is none, the problem is noted.
    pub fn read<T: DeserializeOwned>(&mut self, entry: Entry<'_>) -> Option<T> {
        match T::deserialize(ValueDeserializer::from(entry.value)) {
            Ok(value) => Some(value),
            Err(error) => {
                let place = error.span().map_or_else(|| entry.place.clone(), |span| self.place(&span));
                let (wrong, help) = in_words(error.message().lines().next().unwrap_or(""), &entry.key, self.page());
                self.problems.push(Problem::new(place, wrong, help));
                None
            }
        }
    }

    /// The page that explains the file.
    fn page(&self) -> &'static str {
        if self.file.ends_with("contract.toml") { "docs/contract-format.md" } else { "docs/targets.md" }
    }

    /// Notes that a key is not known, naming the nearest of those that are.
    pub fn unknown(&mut self, entry: &Entry<'a>, known: &[&str]) {
        let help = one_of(&entry.key, known);
        self.problems.push(Problem::new(entry.place.clone(), format!("unknown key `{}`", entry.key), help));
    }

    /// Notes a problem.
    pub fn problem(&mut self, place: Place, wrong: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::new(place, wrong, help));
    }

    fn entries(&self, table: DeTable<'a>) -> Vec<Entry<'a>> {
        let mut entries: Vec<(usize, Entry<'a>)> = table
            .into_iter()
            .map(|(key, value)| {
                let span = key.span();
                (span.start, Entry { place: self.place(&span), key: key.into_inner().into_owned(), value })
            })
            .collect();
        // The table sorts its keys; the order of the file has a meaning (the first refusal that applies is taken).
        entries.sort_by_key(|(start, _)| *start);
        entries.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// What serde says, as a person would: what is wrong with the entry `key`, and what to do.
fn in_words(message: &str, key: &str, page: &str) -> (String, String) {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.as_slice() {
        [name, known @ ..] if message.starts_with("unknown field") => {
            (format!("unknown key `{name}`"), one_of(name, known))
        }
        [name, known @ ..] if message.starts_with("unknown variant") => {
            (format!("unknown word \"{name}\""), one_of(name, known))
        }
        [name] if message.starts_with("missing field") => {
            (format!("`{name}` is missing"), format!("add `{name}` to `{key}`"))
        }
        _ => (of_type(message), format!("write `{key}` as {page} has it")),
    }
}

/// A message of serde's about types, without the names that only Rust knows.
fn of_type(message: &str) -> String {
    let message =
        message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: ")).unwrap_or(message);
    match message.rsplit_once(", expected ") {
        Some((given, "usize" | "u64" | "u32" | "u16")) => format!("{given}, expected a whole number from 0 up"),
        _ => message.to_owned(),
    }
}

fn one_of(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    }
}

/// The most similar of `candidates`, if any is similar at all.
pub fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |candidate: &str| {
        // In a short word two letters that changed places leave little alike.
        let one_slip = if strsim::damerau_levenshtein(text, candidate) == 1 { 0.9 } else { 0.0 };
        strsim::jaro_winkler(text, candidate).max(one_slip)
    };
    let scored = candidates.map(|candidate| (likeness(candidate), candidate));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 > 0.75).then_some(best.1)
}
