//! The form of what a verb prints that leaves no record.

use std::fmt;
use std::str::FromStr;

/// For a person, or for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text for a person at a terminal.
    Console,
    /// JSON for programs.
    Json,
}

impl FromStr for Form {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "console" => Ok(Self::Console),
            "json" => Ok(Self::Json),
            other => Err(format!("unknown format {other:?}: use one of console, json")),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Console => "console",
            Self::Json => "json",
        })
    }
}
