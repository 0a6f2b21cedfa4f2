//! Places in the files that people write, and the problems found there.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A place in a file: what a message points at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file, as the reader would type it: relative to the project.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// A place in `file`; `line` and `column` count from 1.
    pub fn new(file: impl Into<Arc<str>>, line: usize, column: usize) -> Self {
        Self { file: file.into(), line, column }
    }

    /// The place of a byte offset in `text`.
    pub fn of_offset(file: impl Into<Arc<str>>, text: &str, offset: usize) -> Self {
        let before = &text[..text.floor_char_boundary(offset)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self::new(file, line, column)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Something a person has to mend in a file: where, what is wrong, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub place: Place,
    /// What is wrong, as a lower-case fragment.
    pub wrong: String,
    /// What to do about it.
    pub help: String,
    /// Whether the line must not be shown, since it may hold a secret.
    pub hides_line: bool,
}

impl Problem {
    /// A problem at `place`.
    pub fn new(place: Place, wrong: impl Into<String>, help: impl Into<String>) -> Self {
        Self { place, wrong: wrong.into(), help: help.into(), hides_line: false }
    }

    /// The same, at a line that must not be shown.
    #[must_use]
    pub fn hiding_line(self) -> Self {
        Self { hides_line: true, ..self }
    }
}

/// All problems that were found together; never empty when returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// `Ok(value)` where nothing was found, all problems otherwise.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{}: {}\n  help: {}", problem.place, problem.wrong, problem.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
