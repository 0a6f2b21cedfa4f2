//! What `doctor` saw, for a person and for programs.

use crate::doctor::{Examination, Line, Mark};
use crate::report::console::ConsoleOptions;
use crate::report::figures::plural;
use crate::report::page::{DIM, GREEN, PLAIN, Page, RED, YELLOW};
use anstyle::Style;
use std::io::{self, Write};

/// As JSON, with a newline at its end.
pub fn json(examination: &Examination) -> String {
    let mut text = serde_json::to_string_pretty(examination).expect("lines hold only what JSON can hold");
    text.push('\n');
    text
}

/// As text: a line each, the cure below; with `quiet` only what is not well.
pub fn write(out: &mut dyn Write, examination: &Examination, options: ConsoleOptions) -> io::Result<()> {
    let page = &mut Page { out, width: options.width, colour: options.colour };
    let wide = examination.lines.iter().map(|line| line.check.len()).max().unwrap_or(0);
    for line in examination.lines.iter().filter(|line| !options.quiet || line.mark != Mark::Well) {
        let lead = format!("{} {:wide$}  ", mark(line.mark), line.check);
        page.hang(&lead, style(line.mark), PLAIN, &format!("{}{}", about(line), line.says))?;
        if let Some(cure) = &line.cure {
            page.hang(&format!("{:width$}→ ", "", width = wide + 4), DIM, PLAIN, cure)?;
        }
    }
    page.blank()?;
    let count = |mark| examination.lines.iter().filter(|line| line.mark == mark).count();
    let parts = [(Mark::Well, "well"), (Mark::Doubtful, "doubtful"), (Mark::Wrong, "wrong")];
    let parts = parts.iter().map(|(mark, word)| (count(*mark), word)).filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, word)| format!("{count} {word}")).collect();
    let text = format!("{}: {}", plural(examination.lines.len(), "line"), parts.join(" · "));
    page.verbatim(style(examination.mark), &text)
}

/// `staging › greeting: `.
fn about(line: &Line) -> String {
    match (&line.target, &line.contract) {
        (Some(target), Some(contract)) => format!("{target} › {contract}: "),
        (None, Some(contract)) => format!("{contract}: "),
        (Some(target), None) => format!("{target}: "),
        (None, None) => String::new(),
    }
}

fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Well => "✓",
        Mark::Doubtful => "!",
        Mark::Wrong => "✗",
    }
}

fn style(mark: Mark) -> Style {
    match mark {
        Mark::Well => GREEN,
        Mark::Doubtful => YELLOW,
        Mark::Wrong => RED,
    }
}
