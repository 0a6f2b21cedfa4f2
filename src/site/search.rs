//! What the search looks through: a script that gives the page its entries, since a file cannot fetch another.

use serde::Serialize;

/// Something that can be found.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// What kind of thing: `operation`, `scenario`.
    #[serde(rename = "k")]
    pub kind: &'static str,
    /// Its name.
    #[serde(rename = "t")]
    pub title: String,
    /// Where: the contract, or nothing.
    #[serde(rename = "w")]
    pub within: String,
    /// Its address within the site.
    #[serde(rename = "u")]
    pub address: String,
    /// Further words by which it is found.
    #[serde(rename = "x", skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// The script.
pub fn script(entries: &[Entry]) -> String {
    let json = serde_json::to_string(entries).expect("entries are texts");
    format!("window.searchEntries = {json};\n")
}
