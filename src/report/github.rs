//! For GitHub: annotations on the features' lines, and the page of a workflow's step.

use crate::place::Place;
use crate::record::{ContractRecord, FindingRecord, NotRun, Record, ScenarioRecord, Verb};
use crate::report::figures::{self, mark, plural};
use crate::report::finding;
use crate::verdict::Verdict;
use std::fmt::Write;

/// GitHub refuses a step's page of more than 1 MiB; what comes after the findings fits into the rest.
const LARGEST: usize = 900_000;

/// Workflow commands, one a line: an annotation for every finding, and for what did not run.
pub fn render(record: &Record) -> String {
    let mut commands = Vec::new();
    for contract in &record.contracts {
        contract.scenarios.iter().for_each(|scenario| commands.extend(of_scenario(contract, scenario)));
        commands.extend(contract.findings.iter().map(|finding| of_contract(contract, finding)));
        commands.extend(left_out(contract));
    }
    commands.extend(record.notes.iter().map(|note| command("notice", None, "counterpart", note)));
    commands.concat()
}

fn of_scenario(contract: &ContractRecord, scenario: &ScenarioRecord) -> Vec<String> {
    let title = format!("{} {}: {}", contract.name, scenario.verdict, scenario.name);
    // A derived scenario stands in no file: the contract's place is shown.
    let here = (!scenario.derived).then_some((scenario.feature.as_str(), scenario.line));
    if scenario.findings.is_empty() && scenario.verdict != Verdict::Kept {
        return vec![command(level(scenario.verdict), here, &title, "No finding says why.")];
    }
    let of_finding = |finding: &FindingRecord| {
        let known = |place: &'_ Option<Place>| place.as_ref().map(|place| (place.file.to_string(), place.line));
        let place = known(&finding.feature_place);
        let place = if scenario.derived { place.or_else(|| known(&finding.contract_place)) } else { place };
        let place = place.as_ref().map_or(here, |(file, line)| Some((file.as_str(), *line)));
        command(level(finding.code.weight()), place, &title, finding::text(finding, contract).trim_end())
    };
    scenario.findings.iter().map(of_finding).collect()
}

fn of_contract(contract: &ContractRecord, finding: &FindingRecord) -> String {
    let weight = finding.code.weight();
    let place = finding.contract_place.as_ref().map(|place| (&*place.file, place.line));
    let word = if finding.is_remark() { "remark" } else { weight.as_str() };
    let title = format!("{} {word}", contract.name);
    command(level(weight), place, &title, finding::text(finding, contract).trim_end())
}

/// One annotation per file and reason, since GitHub shows only the first ten of a step.
fn left_out(contract: &ContractRecord) -> Vec<String> {
    let mut groups: indexmap::IndexMap<(&str, &str), Vec<&NotRun>> = indexmap::IndexMap::new();
    for not_run in &contract.not_run {
        groups.entry((&not_run.feature, &not_run.reason)).or_default().push(not_run);
    }
    let of_group = |((feature, reason), group): ((&str, &str), Vec<&NotRun>)| {
        let names: Vec<String> = group.iter().map(|not_run| format!("  {}: {}", not_run.line, not_run.name)).collect();
        let title = format!("{}: {} not run", contract.name, plural(group.len(), "scenario"));
        let place = (!group[0].derived).then_some((feature, group[0].line));
        command("notice", place, &title, &format!("{reason}\n{}", names.join("\n")))
    };
    groups.into_iter().map(of_group).collect()
}

fn level(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "notice",
        Verdict::Inconclusive => "warning",
        Verdict::Broken | Verdict::Error => "error",
    }
}

fn command(level: &str, place: Option<(&str, usize)>, title: &str, message: &str) -> String {
    let place = place.map_or(String::new(), |(file, line)| format!("file={},line={line},", property(file)));
    format!("::{level} {place}title={}::{}\n", property(title), data(message))
}

/// A message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The page of the step, as Markdown: write it to the file that `GITHUB_STEP_SUMMARY` names.
pub fn summary(record: &Record) -> String {
    let verdict = record.verdict;
    let mut page = format!("## {} {verdict} at {}\n\n", mark(verdict), escape(record.target.as_str()));
    let done = if record.verb == Verb::Check { "Scenarios" } else { "Calls" };
    put(&mut page, &format!("| | Contract | Verdict | Parties | {done} |\n| --- | --- | --- | --- | --- |\n"));
    for contract in &record.contracts {
        let cells = [contract.name.as_str(), contract.verdict.as_str(), &figures::parties(contract)].map(escape);
        let tally = figures::done(contract, record.verb);
        put(&mut page, &format!("| {} | {} | {tally} |\n", mark(contract.verdict), cells.join(" | ")));
    }
    put(&mut page, &format!("\n{}\n", escape(&figures::summary(record))));
    record.notes.iter().for_each(|note| put(&mut page, &format!("\n> {}\n", escape(&finding::one_line(note)))));
    findings(&mut page, record);
    not_run(&mut page, record);
    page
}

fn put(page: &mut String, text: &str) {
    page.push_str(text);
}

fn findings(page: &mut String, record: &Record) {
    let details: Vec<String> = record.contracts.iter().flat_map(details_of).collect();
    if details.is_empty() {
        return;
    }
    page.push_str("\n### Findings\n");
    for (index, details_of_one) in details.iter().enumerate() {
        if page.len() + details_of_one.len() > LARGEST {
            put(page, &format!("\nAnd {} more: see the log.\n", details.len() - index));
            return;
        }
        page.push_str(details_of_one);
    }
}

fn details_of(contract: &ContractRecord) -> Vec<String> {
    let of_scenario = |scenario: &ScenarioRecord| {
        let title = format!("{} › {}", contract.name, figures::place(scenario));
        details(contract, scenario.verdict, &title, &scenario.findings)
    };
    let is_worth_it = |scenario: &&ScenarioRecord| scenario.verdict != Verdict::Kept || !scenario.findings.is_empty();
    let mut all: Vec<String> = contract.scenarios.iter().filter(is_worth_it).map(of_scenario).collect();
    if let Some(worst) = contract.findings.iter().map(|finding| finding.code.weight()).max() {
        let title = format!("{} › {}", contract.name, figures::whole(contract));
        all.push(details(contract, worst, &title, &contract.findings));
    }
    all
}

fn details(contract: &ContractRecord, verdict: Verdict, title: &str, findings: &[FindingRecord]) -> String {
    let texts: Vec<String> = findings.iter().map(|finding| finding::full_text(finding, contract)).collect();
    let title = escape(&finding::one_line(title));
    let text = escape(texts.join("\n").trim_end());
    format!("\n<details><summary>{} {title}</summary>\n\n<pre>{text}</pre>\n</details>\n", mark(verdict))
}

fn not_run(page: &mut String, record: &Record) {
    let reasons = figures::not_run(record);
    if reasons.is_empty() {
        return;
    }
    page.push_str("\n### Not run\n");
    for (reason, left_out) in reasons {
        let count = plural(left_out.len(), "scenario");
        put(page, &format!("\n- {count}: {}\n", escape(&finding::one_line(reason))));
        for (contract, one) in left_out {
            let text = format!("{contract} › {}", figures::place_of_not_run(one));
            put(page, &format!("  - {}\n", escape(&finding::one_line(&text))));
        }
    }
}

/// What Markdown or HTML would take for its own, as entities, which both read alike in tables, lists and `<pre>`.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if "&<>\"'`|*_[]\\~#@$".contains(character) {
            write!(escaped, "&#{};", u32::from(character)).expect("a string takes every write");
        } else {
            escaped.push(character);
        }
    }
    escaped
}
