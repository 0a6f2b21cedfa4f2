//! The pieces of a text in Markdown. What others sent stays text in them.

use crate::report::printable::printable;

/// GitHub refuses a step's page of more than 1 MiB.
const LARGEST: usize = 1_000_000;
/// The longest text in a fence, in characters; the JSON has all of it.
const LONGEST_SHOWN: usize = 8_000;

/// A text that stays as small as GitHub takes it: what is too much is counted.
pub struct Markdown(String);

impl Markdown {
    /// A text that begins with these lines.
    pub fn new(beginning: String) -> Self {
        Self(beginning)
    }

    /// Adds as many of the blocks as fit below their heading, and says how many more there are; no heading without a block.
    pub fn section(&mut self, heading: &str, blocks: &[String]) {
        if blocks.is_empty() {
            return;
        }
        self.0.push_str(heading);
        for (index, block) in blocks.iter().enumerate() {
            if self.0.len() + block.len() > LARGEST {
                self.0.push_str(&format!("\nAnd {} more: see the log.\n", blocks.len() - index));
                return;
            }
            self.0.push_str(block);
        }
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.0
    }
}

/// Text in a line, which Markdown leaves as it is.
pub fn plain(text: &str) -> String {
    let mut plain = String::new();
    for character in printable(text).replace('\n', " ").chars() {
        if "|`*_<[]\\~&#$".contains(character) {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}

/// A row of a table.
pub fn row(cells: &[&str]) -> String {
    let cells = cells.iter().map(|cell| if cell.is_empty() { " |".to_owned() } else { format!(" {} |", plain(cell)) });
    format!("|{}\n", cells.collect::<String>())
}

/// Text of several lines as it stands, cut where it is very long; no line of it can end it.
pub fn fenced(language: &str, text: &str) -> String {
    let mut text = printable(text.trim_end());
    if let Some((end, _)) = text.char_indices().nth(LONGEST_SHOWN) {
        text.truncate(end);
        text.push_str("…\n(the JSON report has all of it)");
    }
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("\n{fence}{language}\n{text}\n{fence}\n")
}

/// A part that is shown when somebody asks for it.
pub fn folded(title: &str, content: &str) -> String {
    let title = printable(title).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', " ");
    format!("\n<details><summary>{title}</summary>\n{content}\n</details>\n")
}
