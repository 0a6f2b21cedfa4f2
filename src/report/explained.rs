//! What was made of recorded exchanges, as text for a person.

use crate::record::{Explained, ExplainedExchange, FindingRecord};
use crate::report::console::ConsoleOptions;
use crate::report::figures::{mark, plural};
use crate::report::finding;
use crate::report::page::{BOLD, DIM, GREEN, PLAIN, Page, RED, YELLOW};
use crate::verdict::{Code, Verdict};
use anstyle::Style;
use std::io::{self, Write};

/// Each exchange: its headline, the first explanation, how it departs from the contract.
///
/// Of several, those of which nothing can be said are only counted, unless more is asked for; `--quiet` leaves out those
/// that keep their contract.
pub fn write(out: &mut dyn Write, record: &Explained, options: ConsoleOptions) -> io::Result<()> {
    let page = &mut Page { out, width: options.width, colour: options.colour };
    let several = record.exchanges.len() > 1;
    let mut strangers = 0;
    for exchange in &record.exchanges {
        match exchange.verdict {
            None if several && !options.verbose => strangers += 1,
            Some(Verdict::Kept) if options.quiet => {}
            _ => one(page, exchange, options.verbose)?,
        }
    }
    if strangers > 0 {
        let text = format!("{} that reach no operation of a contract (named with -v)", plural(strangers, "exchange"));
        page.hang("- ", DIM, PLAIN, &text)?;
    }
    Ok(())
}

fn one(page: &mut Page, exchange: &ExplainedExchange, verbose: bool) -> io::Result<()> {
    let sign = exchange.verdict.map_or("-", mark);
    let colour = exchange.verdict.map_or(DIM, style);
    let reached: Vec<String> =
        [exchange.contract.as_ref().map(ToString::to_string), exchange.operation.as_ref().map(ToString::to_string)]
            .into_iter()
            .flatten()
            .collect();
    let of = if reached.is_empty() { String::new() } else { format!("  ({})", reached.join(", ")) };
    page.hang(&format!("{sign} "), colour, BOLD, &format!("{}{of}", exchange.exchange))?;
    if verbose {
        page.line(2, DIM, &format!("sent {}", exchange.time))?;
    }
    let shown = if verbose { exchange.explanations.len() } else { 1 };
    for (index, explanation) in exchange.explanations.iter().take(shown).enumerate() {
        let lead = match (index, explanation.certain) {
            (0, true) => format!("  {}: ", explanation.code),
            (0, false) => format!("  {}, probably: ", explanation.code),
            _ => format!("  or {}: ", explanation.code),
        };
        page.flow(&lead, if index == 0 { RED } else { DIM }, PLAIN, &explanation.sentence, 4)?;
    }
    let is_known = exchange.findings.iter().all(|finding| finding.code != Code::SecretUnset);
    if exchange.explanations.is_empty() && exchange.verdict == Some(Verdict::Broken) && is_known {
        page.line(2, PLAIN, "No drift of the catalogue explains it.")?;
    }
    exchange.findings.iter().try_for_each(|finding| departure(page, exchange, finding))?;
    if exchange.verdict == Some(Verdict::Kept) {
        page.line(2, GREEN, "keeps the contract")?;
    }
    exchange.notes.iter().try_for_each(|note| page.hang("  note: ", YELLOW, PLAIN, note))?;
    page.blank()
}

fn departure(page: &mut Page, exchange: &ExplainedExchange, finding: &FindingRecord) -> io::Result<()> {
    let meaning = match finding.code {
        Code::SecretUnset => "The credential cannot be judged without its secret.",
        code => code.meaning(),
    };
    let sentence = match &exchange.provider {
        Some(provider) => meaning.replace("The provider", provider),
        None => meaning.to_owned(),
    };
    page.flow(&format!("  {}: ", finding.code), style(finding.code.weight()), PLAIN, &sentence, 4)?;
    for row in finding::rows(finding) {
        let lead = format!("    {:<10}", row.label);
        if row.wraps {
            page.hang(&lead, DIM, PLAIN, &row.value)?;
        } else {
            page.hang_place(&lead, DIM, PLAIN, &row.value)?;
        }
    }
    Ok(())
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Kept => GREEN,
        Verdict::Inconclusive => YELLOW,
        Verdict::Broken | Verdict::Error => RED,
    }
}
