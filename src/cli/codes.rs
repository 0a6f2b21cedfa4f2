//! `counterpart explain CODE`: what the code of a finding or of a drift means.

use super::diagnostic::Failure;
use super::exit::Exit;
use super::output::print;
use super::terminal::width;
use crate::drift::{self, Kind};
use crate::report::codes::{Page, Section, cure};
use crate::settings::nearest;
use crate::verdict::Code;

/// The groups of findings: what they are about, and how their codes begin.
const FINDINGS: [(&str, &[&str]); 5] = [
    ("The request departs from the contract", &["request-"]),
    ("The request's credential departs from the contract", &["credential-"]),
    ("The response departs from the contract", &["response-", "secret-echoed"]),
    (
        "The exchange is not as the feature states",
        &["status-", "header-", "field-", "refusal-", "acceptance-", "protection-", "snapshot-"],
    ),
    ("The scenario could not be carried out", &[""]),
];

/// Prints what `code` means, or all codes where there is none.
///
/// # Errors
/// There is no such code.
pub fn explain(code: Option<&str>) -> Result<Exit, Failure> {
    let page = Page { width: width() };
    let text = match code {
        None => page.list(&groups()),
        Some(code) => match (finding(code), drift::kind(code)) {
            (Some(finding), _) => page.finding(finding, cure(finding)),
            (None, Some(kind)) => page.drift(kind),
            (None, None) => return Err(unknown(code)),
        },
    };
    print(&text)?;
    Ok(Exit::Kept)
}

fn finding(code: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|known| known.as_str() == code)
}

fn unknown(code: &str) -> Failure {
    let known = Code::ALL.iter().map(|code| code.as_str()).chain(drift::kinds().map(|kind| kind.code));
    let help = match nearest(code, known) {
        Some(near) => format!("did you mean {near:?}?"),
        None => "`counterpart explain` lists all codes".to_owned(),
    };
    Failure::Usage(format!("there is no code {code:?}\n  help: {help}"))
}

/// All codes by group: the findings, then the drifts.
fn groups() -> Vec<Section> {
    let mut sections: Vec<Section> = FINDINGS
        .iter()
        .map(|(heading, _)| Section { heading: format!("Findings: {heading}"), codes: Vec::new() })
        .collect();
    for code in Code::ALL {
        let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| code.as_str().starts_with(beginning));
        let index = FINDINGS.iter().position(|(_, beginnings)| begins(beginnings)).unwrap_or(FINDINGS.len() - 1);
        sections[index].codes.push((code.as_str(), code.meaning()));
    }
    for kind in drift::kinds() {
        let heading = format!("Drifts: {}", kind.group());
        let Kind { code, meaning, .. } = kind;
        match sections.iter_mut().find(|section| section.heading == heading) {
            Some(section) => section.codes.push((code, meaning)),
            None => sections.push(Section { heading, codes: vec![(code, meaning)] }),
        }
    }
    sections
}
