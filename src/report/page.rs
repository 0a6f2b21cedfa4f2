//! Lines of a given width, with or without colour. What a provider sent cannot steer the terminal.
//!
//! Lines break at spaces only, so that a place or an address stays whole.

use crate::report::printable::printable;
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// No style.
pub const PLAIN: Style = Style::new();
/// For headings.
pub const BOLD: Style = Style::new().bold();
/// For what is there to be looked up.
pub const DIM: Style = Style::new().dimmed();
/// For what is well.
pub const GREEN: Style = AnsiColor::Green.on_default();
/// For what is open.
pub const YELLOW: Style = AnsiColor::Yellow.on_default();
/// For what is wrong.
pub const RED: Style = AnsiColor::Red.on_default();

/// However narrow the page, text gets this much.
const LEAST: usize = 20;

/// Where lines go, and how.
pub struct Page<'a> {
    /// Takes the lines.
    pub out: &'a mut dyn Write,
    /// Columns.
    pub width: usize,
    /// Whether styles show.
    pub colour: bool,
}

impl Page<'_> {
    /// An empty line.
    pub fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// Text as it is, neither indented nor wrapped.
    pub fn verbatim(&mut self, style: Style, text: &str) -> io::Result<()> {
        printable(text).trim_end().lines().try_for_each(|line| self.put(PLAIN, "", style, line))
    }

    /// Text, wrapped; further lines stand below the first.
    pub fn line(&mut self, indent: usize, style: Style, text: &str) -> io::Result<()> {
        self.hang(&" ".repeat(indent), PLAIN, style, text)
    }

    /// Text behind a lead, such as a mark or a label; further lines stand below the text.
    pub fn hang(&mut self, lead: &str, lead_style: Style, style: Style, text: &str) -> io::Result<()> {
        self.flow(lead, lead_style, style, text, display_width(lead))
    }

    /// Text behind a lead; further lines are indented by `indent`.
    pub fn flow(&mut self, lead: &str, lead_style: Style, style: Style, text: &str, indent: usize) -> io::Result<()> {
        let (first, further) = (" ".repeat(display_width(lead)), " ".repeat(indent));
        let options = Options::new(self.width.max(first.len().max(indent) + LEAST))
            .initial_indent(&first)
            .subsequent_indent(&further)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        for (index, line) in textwrap::wrap(&printable(text), options).iter().enumerate() {
            let (lead, lead_style, skip) =
                if index == 0 { (lead, lead_style, first.len()) } else { (&*further, PLAIN, indent) };
            self.put(lead_style, lead, style, line.get(skip..).unwrap_or(""))?;
        }
        Ok(())
    }

    /// As [`Page::hang`], without wrapping.
    pub fn hang_place(&mut self, lead: &str, lead_style: Style, style: Style, text: &str) -> io::Result<()> {
        let space = " ".repeat(display_width(lead));
        for (index, line) in printable(text).lines().enumerate() {
            self.put(lead_style, if index == 0 { lead } else { &space }, style, line)?;
        }
        Ok(())
    }

    /// GitHub's runner would take a line that begins with `::` for a command, so its second colon becomes an escape.
    fn put(&mut self, lead_style: Style, lead: &str, style: Style, text: &str) -> io::Result<()> {
        let lead = if text.is_empty() { lead.trim_end() } else { lead };
        let is_command = lead.trim().is_empty() && text.trim_start().starts_with("::");
        let text = if is_command { &text.replacen("::", ":\\u{3a}", 1) } else { text };
        if self.colour {
            writeln!(self.out, "{lead_style}{lead}{lead_style:#}{style}{text}{style:#}")
        } else {
            writeln!(self.out, "{lead}{text}")
        }
    }
}
