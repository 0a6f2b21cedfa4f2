//! The terminal that the program talks to.

use std::io::{self, IsTerminal as _};

/// The widest line of text that people like to read.
const WIDEST: usize = 120;
/// The width where there is no terminal.
pub const IN_A_PIPE: usize = 100;

/// The width of the terminal, within reason.
pub fn width() -> usize {
    let terminal = io::stdout().is_terminal().then(|| usize::from(console::Term::stdout().size().1));
    terminal.filter(|width| *width > 0).map_or(IN_A_PIPE, |width| width.clamp(40, WIDEST))
}

/// The width of output that is read by the line: in a pipe a line stays whole.
pub fn line_width() -> usize {
    width_at_a_terminal().unwrap_or(UNBROKEN)
}

/// The width of the terminal; `None` in a pipe.
pub fn width_at_a_terminal() -> Option<usize> {
    io::stdout().is_terminal().then(width)
}

/// No line is as long.
const UNBROKEN: usize = 1 << 20;
