//! For GitHub: annotations on the features' lines. The page of a workflow's step is the record as Markdown.

use crate::place::Place;
use crate::record::{ContractRecord, FindingRecord, NotRun, Record, ScenarioRecord};
use crate::report::figures::plural;
use crate::report::finding;
use crate::verdict::Verdict;

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

/// The same commands, for a project in a folder of the repository: GitHub counts files from the repository's own.
pub fn below(folder: &str, commands: &str) -> String {
    let folder = property(folder);
    let moved = commands.split_inclusive('\n').map(|command| match command.split_once(" file=") {
        Some((level @ ("::error" | "::warning" | "::notice"), rest)) => format!("{level} file={folder}/{rest}"),
        _ => command.to_owned(),
    });
    moved.collect()
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

/// A workflow command that annotates a place, or the run as a whole.
pub fn command(level: &str, place: Option<(&str, usize)>, title: &str, message: &str) -> String {
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
