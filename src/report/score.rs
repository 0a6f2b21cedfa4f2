//! What `mutate` found, for a person and for programs.

use crate::drift::kinds;
use crate::report::console::ConsoleOptions;
use crate::report::figures::{duration, plural};
use crate::report::github::command;
use crate::report::markdown::{Markdown, folded, plain, row};
use crate::report::page::{BOLD, DIM, GREEN, PLAIN, Page, RED, YELLOW};
use crate::score::{ContractScore, Count, End, Killer, Mutant, Score};
use anstyle::Style;
use std::io::{self, Write};

/// As JSON, as `docs/mutation.schema.json` describes it, with a newline at its end.
pub fn json(score: &Score) -> String {
    let mut text = serde_json::to_string_pretty(score).expect("a score holds only what JSON can hold");
    text.push('\n');
    text
}

/// As Markdown: the score of each contract, the survivors with the scenario that each needs, the equivalents folded.
pub fn markdown(score: &Score) -> String {
    let shard = score.shard.as_ref().map(|shard| format!(" · shard {shard}")).unwrap_or_default();
    let mut head = format!("## {} mutate: {}{}\n\n", mark(score.total), plain(&words(score.total)), plain(&shard));
    head += &row(&["", "Contract", "Score", "Killed", "Survived", "Equivalent"]);
    head += &row(&["---"; 6]);
    for contract in &score.contracts {
        let Count { killed, survived, equivalent } = contract.total;
        let [killed, survived, equivalent] = [killed, survived, equivalent].map(|count| count.to_string());
        let (name, percent) = (contract.name.as_str(), percent(contract.total));
        head += &row(&[mark(contract.total), name, &percent, &killed, &survived, &equivalent]);
    }
    let notes = score.contracts.iter().flat_map(|contract| &contract.notes).chain(&score.notes);
    notes.for_each(|note| head += &format!("\n> {}\n", plain(note)));
    let mut page = Markdown::new(head);
    let survivors: Vec<String> = all_survivors(score)
        .map(|(contract, mutant, needed)| {
            let title = plain(&format!("{} › {}", contract.name, mutant.id));
            let (sentence, needed) = (plain(&mutant.sentence), plain(needed));
            let operations = plain(&operations(mutant));
            format!("\n#### {title}\n\n{sentence}.\n\n- operations: {operations}\n- needed: a scenario that {needed}\n")
        })
        .collect();
    page.section("\n### Survivors\n", &survivors);
    let equivalents: Vec<String> = score.contracts.iter().filter_map(folded_equivalents).collect();
    page.section("\n### Equivalent\n", &equivalents);
    page.into_text()
}

fn folded_equivalents(contract: &ContractScore) -> Option<String> {
    let lines = contract.mutants.iter().filter_map(|mutant| match &mutant.end {
        End::Equivalent { reason } => Some(format!("\n- {}", plain(&format!("{}: {reason}", mutant.id)))),
        _ => None,
    });
    let lines: String = lines.collect();
    (!lines.is_empty()).then(|| folded(contract.name.as_str(), &format!("{lines}\n")))
}

/// As workflow commands of GitHub: an annotation for each survivor, a warning where the score is high enough all the same.
pub fn github(score: &Score) -> String {
    let level = if score.total.reaches(score.fail_under) { "warning" } else { "error" };
    let survivors = all_survivors(score).map(|(contract, mutant, needed)| {
        let title = format!("{} survived: {}", contract.name, mutant.id);
        command(level, None, &title, &format!("{}.\nneeded: a scenario that {needed}", mutant.sentence))
    });
    let notes = score.contracts.iter().flat_map(|contract| &contract.notes).chain(&score.notes);
    survivors.chain(notes.map(|note| command("notice", None, "counterpart", note))).collect()
}

fn all_survivors(score: &Score) -> impl Iterator<Item = (&ContractScore, &Mutant, &str)> {
    score.contracts.iter().flat_map(of_contract)
}

fn of_contract(contract: &ContractScore) -> impl Iterator<Item = (&ContractScore, &Mutant, &str)> {
    contract.mutants.iter().filter_map(move |mutant| match &mutant.end {
        End::Survived { needed } => Some((contract, mutant, &**needed)),
        _ => None,
    })
}

/// As text: the score of each contract, with `verbose` by kind; survivors; equivalents, unless `quiet`; the whole last.
pub fn write(out: &mut dyn Write, score: &Score, options: ConsoleOptions) -> io::Result<()> {
    let page = &mut Page { out, width: options.width, colour: options.colour };
    let wide = score.contracts.iter().map(|contract| contract.name.as_str().chars().count()).max().unwrap_or(0);
    for contract in &score.contracts {
        let lead = format!("{} {:wide$}  ", mark(contract.total), contract.name.as_str());
        page.flow(&lead, style(contract.total), PLAIN, &words(contract.total), 4)?;
        if options.verbose {
            by_kind(page, contract)?;
        }
    }
    page.blank()?;
    for contract in &score.contracts {
        survivors(page, contract)?;
        if !options.quiet {
            equivalents(page, contract)?;
        }
        if options.verbose {
            killed(page, contract)?;
        }
    }
    let notes = score.contracts.iter().flat_map(|contract| &contract.notes).chain(&score.notes);
    let notes: Vec<&String> = notes.collect();
    notes.iter().try_for_each(|note| page.hang("note: ", YELLOW, PLAIN, note))?;
    if !notes.is_empty() {
        page.blank()?;
    }
    let contracts = plural(score.contracts.len(), "contract");
    let shard = score.shard.as_ref().map(|shard| format!(" · shard {shard}")).unwrap_or_default();
    let text = format!("{contracts} · {}{shard} · {}", words(score.total), duration(score.duration_ms));
    page.verbatim(style(score.total), &text)?;
    if score.total.reaches(score.fail_under) || score.total.mutants() == 0 {
        return Ok(());
    }
    page.line(0, RED, &format!("The score is below {} %: add the scenarios that are needed.", score.fail_under))
}

/// The mutants without what became of them, one a line: what `--list` prints.
pub fn list(out: &mut dyn Write, contract: &str, mutants: &[Mutant], options: ConsoleOptions) -> io::Result<()> {
    let page = &mut Page { out, width: options.width, colour: options.colour };
    page.line(0, BOLD, &format!("{contract} · {}", plural(mutants.len(), "mutant")))?;
    for mutant in mutants {
        page.line(2, PLAIN, &mutant.id)?;
        page.line(4, DIM, &mutant.sentence)?;
        page.line(4, DIM, &operations(mutant))?;
    }
    page.blank()
}

/// `98.7 % · 312 mutants: 305 killed · 4 survived · 3 equivalent`.
fn words(count: Count) -> String {
    let parts = [(count.killed, "killed"), (count.survived, "survived"), (count.equivalent, "equivalent")];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    let parts = parts.collect::<Vec<_>>().join(" · ");
    let mutants = plural(count.mutants(), "mutant");
    if parts.is_empty() { mutants } else { format!("{} · {mutants}: {parts}", percent(count)) }
}

fn percent(count: Count) -> String {
    match count.tenths() {
        tenths if tenths % 10 == 0 => format!("{} %", tenths / 10),
        tenths => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

fn mark(count: Count) -> &'static str {
    match count {
        Count { survived: 0, killed: 0, .. } => "?",
        Count { survived: 0, .. } => "✓",
        _ => "✗",
    }
}

fn style(count: Count) -> Style {
    match count {
        Count { survived: 0, killed: 0, .. } => YELLOW,
        Count { survived: 0, .. } => GREEN,
        _ => RED,
    }
}

fn by_kind(page: &mut Page, contract: &ContractScore) -> io::Result<()> {
    let wide = kinds().map(|kind| kind.code.len()).max().unwrap_or(0);
    page.line(4, DIM, &format!("{:wide$}  {:>7} {:>8} {:>10}", "", "killed", "survived", "equivalent"))?;
    for (code, count) in &contract.kinds {
        let line = format!("    {code:wide$}  {:>7} {:>8} {:>10}", count.killed, count.survived, count.equivalent);
        page.verbatim(if count.survived > 0 { RED } else { PLAIN }, &line)?;
    }
    Ok(())
}

fn survivors(page: &mut Page, contract: &ContractScore) -> io::Result<()> {
    for (_, mutant, needed) in of_contract(contract) {
        page.hang("✗ ", RED, BOLD, &format!("{} › {}", contract.name, mutant.id))?;
        page.line(2, PLAIN, &format!("{}.", mutant.sentence))?;
        page.hang("  operations  ", DIM, PLAIN, &operations(mutant))?;
        page.hang("  needed      ", DIM, PLAIN, &format!("a scenario that {needed}"))?;
        page.blank()?;
    }
    Ok(())
}

fn equivalents(page: &mut Page, contract: &ContractScore) -> io::Result<()> {
    let mut is_first = true;
    for mutant in &contract.mutants {
        let End::Equivalent { reason } = &mutant.end else { continue };
        if is_first {
            page.line(0, BOLD, &format!("{} › equivalent", contract.name))?;
            is_first = false;
        }
        page.hang("  = ", DIM, PLAIN, &format!("{}: {reason}", mutant.id))?;
    }
    if is_first { Ok(()) } else { page.blank() }
}

fn killed(page: &mut Page, contract: &ContractScore) -> io::Result<()> {
    let mut is_first = true;
    for mutant in &contract.mutants {
        let End::Killed { by: Killer { feature, line, code, name, .. } } = &mutant.end else { continue };
        if is_first {
            page.line(0, BOLD, &format!("{} › killed", contract.name))?;
            is_first = false;
        }
        page.hang("  ✓ ", GREEN, PLAIN, &mutant.id)?;
        page.line(6, DIM, &format!("{feature}:{line} {name}: {code}"))?;
    }
    if is_first { Ok(()) } else { page.blank() }
}

fn operations(mutant: &Mutant) -> String {
    let names: Vec<&str> = mutant.operations.iter().map(crate::name::OperationId::as_str).collect();
    if names.is_empty() { "all".to_owned() } else { names.join(", ") }
}
