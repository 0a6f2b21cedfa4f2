//! A port as it is typed.

use std::str::FromStr;

/// A port with the contract that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPort {
    /// The contract, or `control`.
    pub name: String,
    /// The port; 0 for a free one.
    pub port: u16,
}

impl FromStr for NamedPort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let pair = text.split_once('=').and_then(|(name, port)| Some((name.to_owned(), port.parse().ok()?)));
        let (name, port) = pair.ok_or_else(|| "write a port as clip-embed=8000".to_owned())?;
        Ok(Self { name, port })
    }
}
