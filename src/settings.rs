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
        let mut settings = Self { file: file.into(), text, problems: Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            settings.note(error.span(), format!("not TOML: {}", error.message()), "mend the syntax");
        }
        let entries = settings.entries(table.into_inner());
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
                let message = error.message().lines().next().unwrap_or("").to_owned();
                let help = format!("see docs/contract-format.md for what `{}` takes", entry.key);
                self.problems.push(Problem::new(place, message, help));
                None
            }
        }
    }

    /// Notes that a key is not known, naming the nearest of those that are.
    pub fn unknown(&mut self, entry: &Entry<'a>, known: &[&str]) {
        let nearest = nearest(&entry.key, known.iter().copied());
        let help = match nearest {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.problems.push(Problem::new(entry.place.clone(), format!("unknown key `{}`", entry.key), help));
    }

    /// Notes a problem.
    pub fn problem(&mut self, place: Place, wrong: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::new(place, wrong, help));
    }

    fn note(&mut self, span: Option<Range<usize>>, wrong: String, help: &str) {
        let place = self.place(&span.unwrap_or(0..0));
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

/// The most similar of `candidates`, if any is similar at all.
pub fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = candidates.map(|candidate| (strsim::jaro_winkler(text, candidate), candidate));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 > 0.75).then_some(best.1)
}
