//! Writes a record in the formats that people and machines read.
//!
//! A format is a file with a function from a record to text, and a line in the list below.

pub mod codes;
pub mod console;
pub mod doctor;
pub mod explained;
pub mod figures;
pub mod finding;
pub mod github;
pub mod inventory;
mod json;
pub mod live;
mod junit;
mod markdown;
mod page;
mod printable;
pub mod probed;
pub mod score;
mod summary;

use crate::record::Record;
use std::fmt;
use std::str::FromStr;

macro_rules! formats {
    ($($variant:ident = $text:literal, $render:path, $meaning:literal;)+) => {
        /// A format that a record can be written in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Format {
            $(#[doc = $meaning] $variant,)+
        }

        impl Format {
            /// Every format.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that chooses it on the command line.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What it is for, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }

        /// The whole record in a format; for the console without colour, 100 wide.
        pub fn render(format: Format, record: &Record) -> String {
            match format { $(Format::$variant => $render(record),)+ }
        }
    };
}

formats! {
    Console = "console", console::render, "Text for a person at a terminal or in a log.";
    Json = "json", json::render, "The whole record, versioned, for programs.";
    Junit = "junit", junit::render, "XML for the test pages of CI systems.";
    Markdown = "markdown", summary::render, "Tables and differences for a comment, a message or a page.";
    Github = "github", github::render, "Workflow commands that annotate the features on GitHub, and Markdown for the step's page.";
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The word names no format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFormat(pub String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
        write!(f, "unknown format {:?}: use one of {}", self.0, known.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|format| format.as_str() == text);
        found.copied().ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}
