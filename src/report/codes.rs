//! What codes mean, as text for a person.

use crate::drift::Kind;
use crate::verdict::Code;
use textwrap::{Options, WordSeparator, WordSplitter};

/// What `docs/codes.md` says of each finding.
const CODES: &str = include_str!("../../docs/codes.md");

/// An example of a finding and what to do about it, as the page of codes has them below the verdict.
pub fn cure(code: Code) -> &'static str {
    let section = CODES.split("\n## ").find_map(|section| section.strip_prefix(code.as_str())?.strip_prefix('\n'));
    let below = section.and_then(|section| section.split_once("Verdict: ")?.1.split_once("\n\n"));
    below.map_or("", |(_, cure)| cure.trim())
}

/// A page of a width.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Columns.
    pub width: usize,
}

/// Codes that belong together.
#[derive(Clone, Debug)]
pub struct Section {
    /// What they have in common.
    pub heading: String,
    /// Each with its meaning.
    pub codes: Vec<(&'static str, &'static str)>,
}

impl Page {
    /// A finding's code: meaning, verdict, an example and what to do.
    pub fn finding(self, code: Code, cure: &str) -> String {
        let meaning = self.wrapped(code.meaning());
        format!("{code}\n\n{meaning}\nVerdict: {}.\n\n{}", code.weight(), self.wrapped(cure))
    }

    /// A drift's code: meaning and example.
    pub fn drift(self, kind: &Kind) -> String {
        let example = self.wrapped(kind.example);
        format!("{}\n\n{}\nFor example:\n\n{example}", kind.code, self.wrapped(kind.meaning))
    }

    /// All codes, one line each where it is wide enough.
    pub fn list(self, sections: &[Section]) -> String {
        let codes = || sections.iter().flat_map(|section| &section.codes);
        let wide = codes().map(|(code, _)| code.len()).max().unwrap_or_default();
        let indent = " ".repeat(wide + 4);
        let mut text = String::new();
        for Section { heading, codes } in sections {
            text.push_str(&format!("{heading}\n"));
            for (code, meaning) in codes {
                let lead = format!("  {code:wide$}  ");
                let options = self.options().initial_indent(&lead).subsequent_indent(&indent);
                text.push_str(&textwrap::fill(meaning, options));
                text.push('\n');
            }
            text.push('\n');
        }
        text.push_str("`counterpart explain CODE` says more of each.\n");
        text
    }

    /// Paragraphs.
    fn wrapped(self, text: &str) -> String {
        let options = self.options();
        text.trim_end().lines().map(|line| format!("{}\n", textwrap::fill(line, &options))).collect()
    }

    /// Lines break at spaces only, as in all reports.
    fn options<'a>(self) -> Options<'a> {
        Options::new(self.width)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
    }
}
