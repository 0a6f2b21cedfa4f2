//! `JUnit` XML: a suite per contract, a case per scenario. `tests/schemas/junit.xsd` describes it.

use crate::name::OperationId;
use crate::record::{CallRecord, ContractRecord, FindingRecord, NotRun, Record, ScenarioRecord};
use crate::report::{figures, finding};
use crate::verdict::Verdict;
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::HashMap;
use std::time::Duration;

/// The record as a `JUnit` document.
pub fn render(record: &Record) -> String {
    let mut report = Report::new("counterpart");
    report.set_time(Duration::from_millis(record.duration_ms));
    report.add_test_suites(record.contracts.iter().map(|contract| suite(contract, record)));
    if !record.notes.is_empty() {
        report.add_test_suite(notes(record));
    }
    report.to_string().expect("a report without bytes of its own is text")
}

fn suite(contract: &ContractRecord, record: &Record) -> TestSuite {
    let mut suite = TestSuite::new(contract.name.as_str());
    let duration = contract.scenarios.iter().map(|scenario| scenario.duration_ms).sum();
    suite.set_time(Duration::from_millis(duration));
    suite.extra.insert("timestamp".into(), record.started.as_str().into());
    let consumers = contract.consumers.join(", ");
    let properties = [
        ("target", record.target.as_str()),
        ("verdict", contract.verdict.as_str()),
        ("consumers", &consumers),
        ("provider", &contract.provider),
        ("url", &contract.url),
    ];
    suite.add_properties(properties.map(|(name, value)| Property::new(name, value)));
    let names = Names::of(contract);
    suite.add_test_cases(contract.scenarios.iter().map(|scenario| ran(contract, scenario, &names)));
    suite.add_test_cases(contract.not_run.iter().map(|not_run| left_out(contract, not_run, &names)));
    suite.add_test_cases(contract.calls.iter().map(|call| called(contract, call)));
    suite.add_test_cases(as_a_whole(contract));
    suite
}

fn ran(contract: &ContractRecord, scenario: &ScenarioRecord, names: &Names) -> TestCase {
    let status = status(scenario.verdict, &scenario.findings, contract);
    let name = names.name(&scenario.feature, &full_name(scenario), scenario.line);
    let mut case = TestCase::new(name, status);
    case.set_time(Duration::from_millis(scenario.duration_ms));
    place(&mut case, contract, &scenario.feature, scenario.line);
    if !scenario.attempts.is_empty() {
        case.set_system_out(scenario.attempts.join("\n"));
    }
    case
}

fn left_out(contract: &ContractRecord, not_run: &NotRun, names: &Names) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(not_run.reason.as_str());
    let mut case = TestCase::new(names.name(&not_run.feature, &not_run.name, not_run.line), status);
    place(&mut case, contract, &not_run.feature, not_run.line);
    case
}

/// What others called: a case an operation.
fn called(contract: &ContractRecord, call: &CallRecord) -> TestCase {
    let own = contract.findings.iter().filter(|finding| is_of(finding, call) && !finding.is_remark());
    let findings: Vec<FindingRecord> = own.cloned().collect();
    let name = call.operation.as_ref().map_or("no operation of the contract", OperationId::as_str);
    let mut case = TestCase::new(name, status(call.verdict, &findings, contract));
    case.set_classname(format!("{}.calls", contract.name));
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
    let mut case = TestCase::new("the contract as a whole", status(worst, &findings, contract));
    case.set_classname(contract.name.as_str());
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

fn place(case: &mut TestCase, contract: &ContractRecord, feature: &str, line: usize) {
    let stem = feature.rsplit('/').next().unwrap_or(feature).trim_end_matches(".feature");
    case.set_classname(format!("{}.{stem}", contract.name));
    case.extra.insert("file".into(), feature.into());
    case.extra.insert("line".into(), line.to_string().into());
}

fn full_name(scenario: &ScenarioRecord) -> String {
    match &scenario.rule {
        Some(rule) => format!("{rule} — {}", scenario.name),
        None => scenario.name.clone(),
    }
}

/// How often each name stands in a feature: the rows of an outline share theirs.
struct Names(HashMap<(String, String), usize>);

impl Names {
    fn of(contract: &ContractRecord) -> Self {
        let ran = contract.scenarios.iter().map(|scenario| (scenario.feature.clone(), full_name(scenario)));
        let left_out = contract.not_run.iter().map(|not_run| (not_run.feature.clone(), not_run.name.clone()));
        let mut names = HashMap::new();
        ran.chain(left_out).for_each(|name| *names.entry(name).or_default() += 1);
        Self(names)
    }

    /// The name, with the line where it is not the only one.
    fn name(&self, feature: &str, name: &str, line: usize) -> String {
        let count = self.0.get(&(feature.to_owned(), name.to_owned()));
        if count.is_some_and(|count| *count > 1) { format!("{name} (line {line})") } else { name.to_owned() }
    }
}
