//! `JUnit` XML: a suite per rule of a contract, a case per scenario. `tests/schemas/junit.xsd` describes it.

use crate::name::OperationId;
use crate::record::{CallRecord, ContractRecord, FindingRecord, NotRun, Record, ScenarioRecord};
use crate::report::{figures, finding};
use crate::verdict::Verdict;
use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::HashMap;
use std::time::Duration;

/// The group of what others called.
const CALLS: &str = "calls";
/// The group of findings that belong to no scenario and to no call.
const WHOLE: &str = "the contract as a whole";

/// The record as a `JUnit` document.
pub fn render(record: &Record) -> String {
    let mut report = Report::new("counterpart");
    report.set_time(Duration::from_millis(record.duration_ms));
    report.add_test_suites(record.contracts.iter().flat_map(|contract| suites(contract, record)));
    if !record.notes.is_empty() {
        report.add_test_suite(notes(record));
    }
    report.to_string().expect("a report without bytes of its own is text")
}

/// A suite for each rule of a contract, one for what others called, and one for the contract as a whole.
fn suites(contract: &ContractRecord, record: &Record) -> Vec<TestSuite> {
    let names = Names::of(contract);
    let mut groups: IndexMap<&str, Vec<TestCase>> = IndexMap::new();
    for scenario in &contract.scenarios {
        groups.entry(scenario.group()).or_default().push(ran(contract, scenario, &names));
    }
    for not_run in &contract.not_run {
        groups.entry(not_run.group()).or_default().push(left_out(not_run, &names));
    }
    let calls = contract.calls.iter().map(|call| called(contract, call)).collect();
    let groups = groups.into_iter().chain([(CALLS, calls), (WHOLE, as_a_whole(contract).into_iter().collect())]);
    groups.filter(|(_, cases)| !cases.is_empty()).map(|(group, cases)| suite(contract, record, group, cases)).collect()
}

fn suite(contract: &ContractRecord, record: &Record, group: &str, mut cases: Vec<TestCase>) -> TestSuite {
    let mut suite = TestSuite::new(format!("{} › {}", contract.name, finding::one_line(group)));
    suite.set_time(cases.iter().filter_map(|case| case.time).sum());
    suite.extra.insert("timestamp".into(), record.started.as_str().into());
    suite.extra.insert("package".into(), contract.name.as_str().into());
    let consumers = contract.consumers.join(", ");
    let properties = [
        ("target", record.target.as_str()),
        ("contract", contract.name.as_str()),
        ("verdict", contract.verdict.as_str()),
        ("consumers", &consumers),
        ("provider", &contract.provider),
        ("url", &contract.url),
    ];
    suite.add_properties(properties.map(|(name, value)| Property::new(name, value)));
    let class = class(contract, group);
    for case in &mut cases {
        case.set_classname(class.as_str());
    }
    suite.add_test_cases(cases);
    suite
}

/// `clip-embed.The signature covers what was sent`: Jenkins takes what is before the last dot for a package.
fn class(contract: &ContractRecord, group: &str) -> String {
    format!("{}.{}", contract.name, finding::one_line(group).replace('.', "_"))
}

fn ran(contract: &ContractRecord, scenario: &ScenarioRecord, names: &Names) -> TestCase {
    let status = status(scenario.verdict, &scenario.findings, contract);
    let mut case = TestCase::new(names.of_case(scenario), status);
    case.set_time(Duration::from_millis(scenario.duration_ms));
    place(&mut case, &scenario.feature, scenario.line);
    if !scenario.attempts.is_empty() {
        case.set_system_out(scenario.attempts.join("\n"));
    }
    case
}

fn left_out(not_run: &NotRun, names: &Names) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(not_run.reason.as_str());
    let mut case = TestCase::new(names.of_case(not_run), status);
    place(&mut case, &not_run.feature, not_run.line);
    case
}

/// What others called: a case an operation.
fn called(contract: &ContractRecord, call: &CallRecord) -> TestCase {
    let own = contract.findings.iter().filter(|finding| is_of(finding, call) && !finding.is_remark());
    let findings: Vec<FindingRecord> = own.cloned().collect();
    let name = call.operation.as_ref().map_or("no operation of the contract", OperationId::as_str);
    let mut case = TestCase::new(name, status(call.verdict, &findings, contract));
    case.set_system_out(figures::plural(call.requests, "request"));
    case
}

fn is_of(finding: &FindingRecord, call: &CallRecord) -> bool {
    finding.operation == call.operation && finding.exchange.is_some()
}

/// Findings that belong to no scenario and to no call.
fn as_a_whole(contract: &ContractRecord) -> Option<TestCase> {
    let is_told =
        |finding: &&FindingRecord| !finding.is_remark() && contract.calls.iter().any(|call| is_of(finding, call));
    let rest: Vec<FindingRecord> = contract.findings.iter().filter(|finding| !is_told(finding)).cloned().collect();
    let worst = rest.iter().map(|finding| finding.code.weight()).max()?;
    let (remarks, findings): (Vec<_>, Vec<_>) = rest.into_iter().partition(FindingRecord::is_remark);
    let mut case = TestCase::new(WHOLE, status(worst, &findings, contract));
    if !remarks.is_empty() {
        case.set_system_out(remarks.iter().map(finding::remark).collect::<Vec<_>>().join("\n"));
    }
    Some(case)
}

/// What the run says of itself, such as an empty selection, which must not look like success.
fn notes(record: &Record) -> TestSuite {
    let mut suite = TestSuite::new("notes of the run");
    suite.extra.insert("timestamp".into(), record.started.as_str().into());
    suite.add_test_cases(record.notes.iter().map(|note| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(finding::one_line(note));
        TestCase::new(finding::one_line(note), status)
    }));
    suite
}

fn status(verdict: Verdict, findings: &[FindingRecord], contract: &ContractRecord) -> TestCaseStatus {
    let mut status = match verdict {
        Verdict::Kept => return TestCaseStatus::success(),
        Verdict::Inconclusive => TestCaseStatus::skipped(),
        Verdict::Broken => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    let worst = findings.iter().find(|finding| finding.code.weight() == verdict).or(findings.first());
    match worst {
        Some(worst) => status.set_message(finding::gist(worst)).set_type(worst.code.as_str()),
        None => status.set_message(verdict.as_str()).set_type(verdict.as_str()),
    };
    let texts: Vec<String> = findings.iter().map(|finding| finding::full_text(finding, contract)).collect();
    if !texts.is_empty() {
        status.set_description(texts.join("\n"));
    }
    status
}

fn place(case: &mut TestCase, feature: &str, line: usize) {
    case.extra.insert("file".into(), feature.into());
    case.extra.insert("line".into(), line.to_string().into());
}

/// What has a place among the cases of a contract.
trait Case {
    /// Its rule, or the name of its feature where it has none.
    fn group(&self) -> &str;
    /// Its name, file and line.
    fn known_by(&self) -> (&str, &str, usize);
}

impl Case for ScenarioRecord {
    fn group(&self) -> &str {
        self.rule.as_deref().unwrap_or(&self.feature_name)
    }

    fn known_by(&self) -> (&str, &str, usize) {
        (&self.name, &self.feature, self.line)
    }
}

impl Case for NotRun {
    fn group(&self) -> &str {
        self.rule.as_deref().unwrap_or(&self.feature_name)
    }

    fn known_by(&self) -> (&str, &str, usize) {
        (&self.name, &self.feature, self.line)
    }
}

/// In which files each name of a group stands, and how often: the rows of an outline share theirs.
struct Names<'a>(HashMap<(&'a str, &'a str), Vec<&'a str>>);

impl<'a> Names<'a> {
    fn of(contract: &'a ContractRecord) -> Self {
        let mut names: HashMap<_, Vec<&str>> = HashMap::new();
        let mut note = |case: &'a dyn Case| {
            let (name, feature, _) = case.known_by();
            names.entry((case.group(), name)).or_default().push(feature);
        };
        contract.scenarios.iter().for_each(|scenario| note(scenario));
        contract.not_run.iter().for_each(|not_run| note(not_run));
        Self(names)
    }

    /// The name, with the line where it is not the only one, and with the file where several have it.
    fn of_case(&self, case: &dyn Case) -> String {
        let (name, feature, line) = case.known_by();
        match self.0.get(&(case.group(), name)).map(Vec::as_slice) {
            None | Some([_]) => name.to_owned(),
            Some(features) if features.iter().all(|other| *other == feature) => format!("{name} (line {line})"),
            Some(_) => format!("{name} ({feature}:{line})"),
        }
    }
}
