//! One exchange as it is seen, as text for a person who watches.

use super::console::ConsoleOptions;
use super::figures::mark;
use super::finding::{drift_code, headline};
use super::page::{BOLD, DIM, GREEN, PLAIN, Page, RED, YELLOW};
use crate::verdict::Verdict;
use crate::witness::tally::Noted;
use std::io::{self, Write};

/// An exchange that just ended; nothing of it is secret.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// `12:03:04`.
    pub time: String,
    /// The contract.
    pub contract: &'a str,
    /// `POST /v1/embed/text`.
    pub asked: String,
    /// The status of the answer.
    pub status: Option<u16>,
    /// What is said of it; `None` where nothing can be.
    pub verdict: Option<Verdict>,
    /// Its findings.
    pub noted: &'a [Noted],
}

/// Writes a line an exchange, and below it what is wrong; with `quiet` only exchanges that depart.
pub fn write(out: &mut dyn Write, line: &Line<'_>, options: ConsoleOptions) -> io::Result<()> {
    let departs = line.verdict.is_none_or(|verdict| verdict > Verdict::Kept);
    if options.quiet && !departs {
        return Ok(());
    }
    let page = &mut Page { out, width: options.width, colour: options.colour };
    let (sign, style) = match line.verdict {
        Some(Verdict::Kept) => (mark(Verdict::Kept), GREEN),
        Some(Verdict::Inconclusive) | None => ("?", YELLOW),
        Some(verdict) => (mark(verdict), RED),
    };
    let status = line.status.map_or("no answer".to_owned(), |status| status.to_string());
    let text = format!("{}  {} → {status}", line.contract, line.asked);
    page.hang(&format!("{} {sign} ", line.time), style, PLAIN, &text)?;
    let mut told = None;
    for Noted { finding, is_new } in line.noted {
        if finding.is_remark() && !(*is_new || options.verbose) {
            continue;
        }
        let drift = finding.drift.as_ref().filter(|drift| told != Some(drift.sentence.as_str()));
        if let Some(drift) = drift.filter(|_| *is_new || options.verbose) {
            page.flow(&format!("           {}: ", drift_code(drift)), style, BOLD, &drift.sentence, 13)?;
            told = Some(&drift.sentence);
        }
        let style = if finding.is_remark() { DIM } else { style };
        let again = if *is_new { "" } else { " (again)" };
        page.flow(
            &format!("           {}: ", finding.code),
            style,
            PLAIN,
            &format!("{}{again}", headline(finding)),
            13,
        )?;
    }
    Ok(())
}
