//! What probing showed: a matrix of each credential, for a person, for programs, and for an incident's channel.

use crate::probe::matrix::{Does, Matrix, Probed, ProbedContract, Row};
use crate::report::console::ConsoleOptions;
use crate::report::figures::{duration, mark, plural};
use crate::report::markdown::{plain, row as table_row};
use crate::report::page::{BOLD, DIM, GREEN, PLAIN, Page, RED, YELLOW};
use crate::verdict::Verdict;
use anstyle::Style;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::str::FromStr;
use textwrap::core::display_width;

/// A format of what probing showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeFormat {
    /// Text for a person at a terminal.
    Console,
    /// All of it, versioned, for programs.
    Json,
    /// Tables for an incident's channel.
    Markdown,
}

impl FromStr for ProbeFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "console" => Ok(Self::Console),
            "json" => Ok(Self::Json),
            "markdown" => Ok(Self::Markdown),
            other => Err(format!("unknown format {other:?}: use one of console, json, markdown")),
        }
    }
}

/// All of it in a format; for the console without colour, 100 wide.
pub fn render(format: ProbeFormat, probed: &Probed) -> String {
    match format {
        ProbeFormat::Console => {
            let mut text = Vec::new();
            let options = ConsoleOptions { width: 100, colour: false, quiet: false, verbose: false };
            write(&mut text, probed, options).expect("memory takes every write");
            String::from_utf8(text).expect("only text was written")
        }
        ProbeFormat::Json => {
            let mut text = serde_json::to_string_pretty(probed).expect("it holds only what JSON can hold");
            text.push('\n');
            text
        }
        ProbeFormat::Markdown => markdown(probed),
    }
}

/// Each matrix with what it comes to above it, and a line for each at the end; `--quiet` leaves out the forms that are as the
/// contract says.
pub fn write(out: &mut dyn Write, probed: &Probed, options: ConsoleOptions) -> io::Result<()> {
    let page = &mut Page { out, width: options.width, colour: options.colour };
    for contract in &probed.contracts {
        for matrix in &contract.credentials {
            one(page, contract, matrix, options)?;
        }
    }
    for contract in &probed.contracts {
        for note in &contract.notes {
            let sign = contract.verdict.map_or("-", mark);
            page.hang(
                &format!("{sign} "),
                contract.verdict.map_or(DIM, style),
                PLAIN,
                &format!("{}: {note}", contract.name),
            )?;
        }
        for matrix in &contract.credentials {
            let text = format!("{} › {}: {}", contract.name, title(matrix), outcome(matrix));
            page.hang(&format!("{} ", mark(matrix.verdict)), style(matrix.verdict), PLAIN, &text)?;
        }
    }
    page.blank()?;
    let matrices: Vec<&Matrix> = matrices(probed).map(|(_, matrix)| matrix).collect();
    let forms = matrices.iter().map(|matrix| matrix.forms.len()).sum();
    let text = format!(
        "{}, {} at {} · {}",
        plural(matrices.len(), "matrix").replace("matrixs", "matrices"),
        plural(forms, "form"),
        if probed.target.as_str() == "fake" { "the fakes" } else { probed.target.as_str() },
        duration(probed.duration_ms)
    );
    page.hang(&format!("{} ", probed.verdict), style(probed.verdict), PLAIN, &text)
}

fn matrices(probed: &Probed) -> impl Iterator<Item = (&ProbedContract, &Matrix)> {
    probed.contracts.iter().flat_map(|contract| contract.credentials.iter().map(move |matrix| (contract, matrix)))
}

/// `bearerKey at validateKey`.
fn title(matrix: &Matrix) -> String {
    match &matrix.operation {
        Some(operation) => format!("{} at {operation}", matrix.credential),
        None => matrix.credential.to_string(),
    }
}

/// What it comes to, or why it comes to nothing.
fn outcome(matrix: &Matrix) -> String {
    match matrix.notes.first() {
        Some(note) if matrix.forms.is_empty() => note.clone(),
        _ => matrix.summary(),
    }
}

fn one(page: &mut Page, contract: &ProbedContract, matrix: &Matrix, options: ConsoleOptions) -> io::Result<()> {
    if matrix.forms.is_empty() || options.quiet && matrix.verdict == Verdict::Kept {
        return Ok(());
    }
    let at = if contract.url == "fake" { "its fake" } else { &contract.url };
    let heading = format!("{} › {}  ({} at {at})", contract.name, title(matrix), contract.provider);
    page.hang(&format!("{} ", mark(matrix.verdict)), style(matrix.verdict), BOLD, &heading)?;
    for sentence in matrix.sentences() {
        let lead = matrix.drift.as_ref().map_or_else(String::new, |drift| format!("{}: ", drift.code));
        page.flow(&format!("  {lead}"), RED, PLAIN, &sentence, 4)?;
    }
    let shown: Vec<&Row> = matrix.forms.iter().filter(|row| !options.quiet || row.agrees != Some(true)).collect();
    let wide = shown.iter().map(|row| display_width(&row.seen())).max().unwrap_or_default().min(WIDEST);
    page.line(2, DIM, &format!("  contract  {:<wide$}  a client that", "provider"))?;
    for row in shown {
        let (sign, colour) = sign(row);
        let lead = format!("  {sign} {:<8}  {:<wide$}  ", row.contract.as_str(), row.seen());
        page.hang(&lead, colour, PLAIN, &row.client)?;
        if let Some(reason) = reason(row) {
            page.line(4, DIM, reason)?;
        }
    }
    matrix.notes.iter().try_for_each(|note| page.hang("  note: ", YELLOW, PLAIN, note))?;
    page.blank()
}

/// Why it is not known whether both are the same, where what was seen does not say it.
fn reason(row: &Row) -> Option<&str> {
    row.reason.as_deref().filter(|_| row.status.is_none() || row.provider == Does::Accepted)
}

/// The widest column of what the provider does.
const WIDEST: usize = 44;

fn sign(row: &Row) -> (&'static str, Style) {
    match row.agrees {
        Some(true) => ("✓", GREEN),
        Some(false) => ("✗", RED),
        None => ("?", YELLOW),
    }
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Kept => GREEN,
        Verdict::Inconclusive => YELLOW,
        Verdict::Broken | Verdict::Error => RED,
    }
}

fn markdown(probed: &Probed) -> String {
    let mut text = String::new();
    for (contract, matrix) in matrices(probed) {
        let heading = format!("{} {} › {}", mark(matrix.verdict), contract.name, title(matrix));
        write_line(&mut text, &format!("### {}", plain(&heading)));
        let code = matrix.drift.as_ref().map_or_else(String::new, |drift| format!("{}: ", drift.code));
        for sentence in matrix.sentences() {
            write_line(&mut text, &format!("**{}**\n", plain(&format!("{code}{sentence}"))));
        }
        write_line(&mut text, &format!("{}\n", plain(&outcome(matrix))));
        if !matrix.forms.is_empty() {
            write_line(&mut text, "| | a client that | contract | provider |\n| --- | --- | --- | --- |");
            for row in &matrix.forms {
                let seen = reason(row).map_or_else(|| row.seen(), |reason| format!("{}: {reason}", row.seen()));
                text.push_str(&table_row(&[sign(row).0, &row.client, row.contract.as_str(), &seen]));
            }
            text.push('\n');
        }
        for note in matrix.notes.iter().filter(|_| !matrix.forms.is_empty()) {
            write_line(&mut text, &format!("{}\n", plain(note)));
        }
    }
    for contract in &probed.contracts {
        for note in &contract.notes {
            let sign = contract.verdict.map_or("-", mark);
            write_line(&mut text, &format!("{sign} {}: {}\n", contract.name, plain(note)));
        }
    }
    write_line(&mut text, &format!("{} at {}", probed.verdict, probed.target));
    text
}

fn write_line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a text takes every write");
}
