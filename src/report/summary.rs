//! The record as Markdown: the page of a workflow's step, a comment, a message to the other party.

use crate::record::{ContractRecord, FindingRecord, NotRun, Record, ScenarioRecord, Verb};
use crate::report::figures::{self, mark, plural};
use crate::report::finding;
use crate::report::markdown::{Markdown, fenced, folded, plain, row};
use crate::verdict::{Code, Verdict};
use indexmap::IndexMap;

/// How many findings of one cause are shown in full.
const MOST_OF_A_CAUSE: usize = 20;
/// How many scenarios that did not run for one reason are named.
const MOST_OF_A_REASON: usize = 50;

/// Verdicts; what is wrong, by its cause; the snapshots that changed; what did not run.
pub fn render(record: &Record) -> String {
    let mut page = Markdown::new(head(record));
    let mut worst_first: Vec<&ContractRecord> = record.contracts.iter().collect();
    worst_first.sort_by_key(|contract| std::cmp::Reverse(contract.verdict));
    for contract in worst_first {
        let heading = format!("\n### {} {}\n", mark(contract.verdict), plain(&told_of(contract)));
        page.section(&heading, &findings(contract));
    }
    page.section("\n### Snapshots\n", &record.contracts.iter().flat_map(snapshots).collect::<Vec<_>>());
    page.section("\n### Not run\n", &not_run(record));
    page.into_text()
}

fn head(record: &Record) -> String {
    let Record { verb, verdict, target, .. } = record;
    let at = if target.as_str() == "fake" { "the fakes" } else { target.as_str() };
    let done = if *verb == Verb::Check { "Scenarios" } else { "Calls" };
    let verb = verb.as_str();
    let mut text = format!("## {} {verb}: {verdict} at {}\n\n", mark(*verdict), plain(at));
    text += &row(&["", "Contract", "Verdict", "Parties", done]);
    text += &row(&["---"; 5]);
    for contract in &record.contracts {
        let (name, verdict) = (contract.name.as_str(), contract.verdict);
        let (parties, done) = (figures::parties(contract), figures::done(contract, record.verb));
        text += &row(&[mark(verdict), name, verdict.as_str(), &parties, &done]);
    }
    text += &format!("\n{}\n", plain(&figures::summary(record)));
    let notes = record.notes.iter().map(|note| format!("\n> {}\n", plain(&finding::one_line(note))));
    text + &notes.collect::<String>()
}

fn told_of(contract: &ContractRecord) -> String {
    format!("{}: {}", contract.name, figures::parties(contract))
}

/// A finding, and where it was found.
struct Found<'a> {
    finding: &'a FindingRecord,
    place: String,
}

fn all<'a>(contract: &'a ContractRecord) -> impl Iterator<Item = Found<'a>> {
    let of_scenario = |scenario: &'a ScenarioRecord| {
        let place = figures::place(scenario);
        scenario.findings.iter().map(move |finding| Found { finding, place: place.clone() })
    };
    let of_contract = |finding| Found { finding, place: figures::whole(contract).to_owned() };
    contract.scenarios.iter().flat_map(of_scenario).chain(contract.findings.iter().map(of_contract))
}

/// A block for each cause, the worst first, then the scenarios of which no finding says why, then the remarks.
fn findings(contract: &ContractRecord) -> Vec<String> {
    let mut causes: IndexMap<String, Vec<Found>> = IndexMap::new();
    let mut remarks = String::new();
    for found in all(contract) {
        if found.finding.is_remark() {
            remarks += &format!("\n- {}", plain(&finding::one_line(&finding::remark(found.finding))));
        } else {
            causes.entry(cause(found.finding, contract)).or_default().push(found);
        }
    }
    let worst = |found: &[Found]| found.iter().map(|found| found.finding.code.weight()).max();
    causes.sort_by(|_, one, _, other| worst(other).cmp(&worst(one)));
    let mut blocks: Vec<String> = causes.iter().map(|(cause, found)| block(cause, found, contract)).collect();
    let unsaid = contract.scenarios.iter().filter(|one| one.verdict != Verdict::Kept && one.findings.is_empty());
    blocks.extend(
        unsaid.map(|one| {
            format!("\n{} {}: {}\n", mark(one.verdict), plain(&figures::place(one)), "no finding says why.")
        }),
    );
    if !remarks.is_empty() {
        blocks.push(folded("Remarks", &format!("{remarks}\n")));
    }
    blocks
}

/// The drift that explains a finding, else what its code means.
fn cause(finding: &FindingRecord, contract: &ContractRecord) -> String {
    let drift = finding.drift.as_ref();
    drift.map_or_else(|| finding::coded(finding, contract), |drift| format!("{}: {}", drift.code, drift.sentence))
}

/// The cause as a heading, its first finding open and the others folded.
fn block(cause: &str, found: &[Found], contract: &ContractRecord) -> String {
    let Some((first, others)) = found.split_first() else { return String::new() };
    let mut text = format!("\n#### {}\n", plain(&finding::one_line(cause)));
    if first.finding.drift.as_ref().is_some_and(|drift| !drift.certain) {
        text += "\nThe likeliest drift: it does not explain all that was seen, or another would as well.\n";
    }
    text += &one(first, contract);
    text += &first.finding.curl.as_ref().map_or_else(String::new, |curl| folded("curl", &fenced("sh", curl)));
    if others.is_empty() {
        return text;
    }
    let mut more: String = others.iter().take(MOST_OF_A_CAUSE).map(|found| one(found, contract)).collect();
    if others.len() > MOST_OF_A_CAUSE {
        more += &format!("\nAnd {} more: see the log.\n", others.len() - MOST_OF_A_CAUSE);
    }
    text + &folded(&format!("{} of the same cause", plural(others.len(), "finding")), &more)
}

fn one(found: &Found, contract: &ContractRecord) -> String {
    let Found { finding, place } = found;
    let coded = finding.drift.as_ref().map(|_| format!("{}\n", finding::coded(finding, contract)));
    // What changed in a snapshot has a part of its own.
    let detail = finding.detail.as_ref().filter(|_| !is_of_snapshot(finding)).map(|detail| format!("\n{detail}"));
    let text = format!("{}{}{}", coded.unwrap_or_default(), finding::fields(finding), detail.unwrap_or_default());
    format!("\n{}\n{}", plain(&finding::one_line(place)), fenced("text", &text))
}

fn is_of_snapshot(finding: &FindingRecord) -> bool {
    matches!(finding.code, Code::SnapshotChanged | Code::SnapshotMissing)
}

/// The difference of each changed shape, and each new shape folded.
fn snapshots(contract: &ContractRecord) -> Vec<String> {
    let of_found = |found: Found| {
        let title = format!("{} › {}", contract.name, finding::one_line(&found.place));
        let detail = found.finding.detail.as_ref().filter(|_| is_of_snapshot(found.finding))?;
        Some(match found.finding.code {
            Code::SnapshotChanged => format!("\n{}\n{}", plain(&title), fenced("diff", detail)),
            _ => folded(&format!("new: {title}"), &fenced("text", detail)),
        })
    };
    all(contract).filter_map(of_found).collect()
}

/// What did not run, by reason.
fn not_run(record: &Record) -> Vec<String> {
    let of_reason = |(reason, left_out): (&str, Vec<(_, &NotRun)>)| {
        let lines = left_out.iter().take(MOST_OF_A_REASON).map(|(contract, one)| {
            let text = format!("{contract} › {}", figures::place_of_not_run(one));
            format!("\n- {}", plain(&finding::one_line(&text)))
        });
        let mut lines: String = lines.collect();
        if left_out.len() > MOST_OF_A_REASON {
            lines += &format!("\n- and {} more", left_out.len() - MOST_OF_A_REASON);
        }
        let title = format!("{}: {}", plural(left_out.len(), "scenario"), finding::one_line(reason));
        folded(&title, &format!("{lines}\n"))
    };
    figures::not_run(record).into_iter().map(of_reason).collect()
}
