//! One scenario: its steps are carried out one after another, and it leaves a record.

use super::catalogue::{resolve, value_parameters};
use super::source::Listed;
use super::step::{Arguments, Kind, Run};
use super::world::{Evidence, Found, Stop, World};
use crate::exchange::Location;
use crate::harness::Harness;
use crate::harness::notebook::Failure;
use crate::place::Place;
use crate::record::{FindingRecord, ScenarioRecord};
use crate::verdict::{Code, Finding, Verdict};
use gherkin::{Feature, Scenario};
use std::sync::Arc;

/// Runs a scenario of `feature` from its first step to its end.
pub async fn run(harness: &Arc<Harness>, feature: &Feature, scenario: &Scenario, listed: &Listed) -> ScenarioRecord {
    let mut world = World::default();
    world.begin(harness.clone());
    let rule = feature
        .rules
        .iter()
        .find(|rule| rule.scenarios.iter().any(|known| known.position.line == scenario.position.line));
    let backgrounds = [feature.background.as_ref(), rule.and_then(|rule| rule.background.as_ref())];
    let before = backgrounds.into_iter().flatten().flat_map(|background| &background.steps);
    for step in before.chain(&scenario.steps) {
        take_step(&mut world, step).await;
    }
    end(harness, listed, &mut world, None).await
}

/// The record of a scenario whose steps were taken; its fake is given back. `crash` is the message of a panic in a step.
pub async fn end(harness: &Harness, listed: &Listed, world: &mut World, crash: Option<String>) -> ScenarioRecord {
    let fake = world.end();
    let record = record(harness, listed, world, crash);
    // wiremock blocks while it drops a server; inside a task's budget it would wait for itself.
    tokio::task::unconstrained(async move { drop(fake) }).await;
    record
}

/// Takes a step, unless the scenario has ended, and notes what it found.
pub async fn take_step(world: &mut World, step: &gherkin::Step) {
    if world.stopped {
        return;
    }
    let result = carry_out(world, step).await;
    let (findings, ends): (Vec<(Finding, Evidence)>, bool) = match result {
        Ok(()) => return,
        // A response that departs from the contract does not keep the scenario from stating what it should be.
        Err(Stop::Found(findings)) => {
            let stating = step.ty == gherkin::StepType::Then || remembers(step);
            let of_shape = |finding: &Finding| matches!(finding.code, Code::SnapshotMissing | Code::SnapshotChanged);
            let ends = stating && !findings.iter().all(of_shape);
            let evidence = world.outcome.as_ref().map(Evidence::of).unwrap_or_default();
            (findings.into_iter().map(|finding| (finding, evidence.clone())).collect(), ends)
        }
        Err(Stop::Proven(findings)) => (findings, true),
        Err(Stop::Failed(reason)) => {
            let finding = Finding::new(Code::StepFailed, Location::Path, "a step that can be carried out", reason);
            (vec![(finding, world.outcome.as_ref().map(Evidence::of).unwrap_or_default())], true)
        }
    };
    world.stopped = ends
        || findings
            .iter()
            .any(|(finding, _)| finding.code.weight() == Verdict::Error || finding.code == Code::SecretUnset);
    for (finding, evidence) in findings {
        let known = world.found.iter().any(|found| found.finding == finding);
        if !known {
            let step_text = format!("{}{}", step.keyword, step.value);
            let position = (step.position.line, step.position.col);
            world.found.push(Found { finding, step: step_text, position, evidence });
        }
    }
}

/// Whether the scenario cannot go on without what the step finds.
fn remembers(step: &gherkin::Step) -> bool {
    resolve(step.ty, &step.value).is_ok_and(|(found, _)| found.kind == Kind::Memory)
}

async fn carry_out(world: &mut World, step: &gherkin::Step) -> Result<(), Stop> {
    let (found, values) = resolve(step.ty, &step.value).map_err(|_| format!("undefined step {:?}", step.value))?;
    let arguments = world.with_variables(|variables| {
        let is_value = value_parameters(found);
        let values: Result<Vec<String>, String> = values
            .into_iter()
            .enumerate()
            .map(|(index, value)| match is_value.get(index) {
                Some(true) => Ok(value),
                _ => variables.fill(&value.replace("\\\"", "\"")),
            })
            .collect();
        let text = step.docstring.as_deref().map(|text| variables.fill(doc_string(text).as_str())).transpose();
        let rows = step.table.as_ref().map(|table| table.rows.clone()).unwrap_or_default();
        Ok::<_, String>(Arguments { values: values?, text: text?, rows })
    })?;
    match found.run {
        Run::Now(run) => run(world, &arguments),
        Run::Later(run) => run(world, &arguments).await,
    }
}

/// A doc string without its media type, its first line break and its indentation.
fn doc_string(raw: &str) -> String {
    let body = match raw.split_once('\n') {
        Some((first, rest)) if !first.trim().is_empty() && !first.contains(['{', '[', ' ', '"']) => rest,
        Some((first, rest)) if first.trim().is_empty() => rest,
        _ => raw,
    };
    let indent =
        body.lines().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len()).min();
    let lines: Vec<&str> = body.lines().map(|line| line.get(indent.unwrap_or(0)..).unwrap_or("")).collect();
    lines.join("\n").trim_end().to_owned()
}

fn record(harness: &Harness, listed: &Listed, world: &mut World, crash: Option<String>) -> ScenarioRecord {
    for (index, found) in world.found.iter().enumerate() {
        if let (Some(call), true) = (&found.evidence.call, found.finding.code.weight() >= Verdict::Broken) {
            let (file, line) = (listed.file.clone(), listed.line);
            let (finding, call) = (found.finding.clone(), call.clone());
            harness.notebook.note_failure(Failure { file, line, index, finding, call });
        }
    }
    let mut findings: Vec<FindingRecord> =
        world.found.drain(..).map(|found| finding_record(&listed.file, found)).collect();
    if let Some(reason) = crash {
        let finding = Finding::new(Code::StepFailed, Location::Path, "a step that can be carried out", reason);
        let found =
            Found { finding, step: listed.name.clone(), position: (listed.line, 1), evidence: Evidence::default() };
        findings.push(finding_record(&listed.file, found));
    }
    if !listed.asserts {
        let finding = Finding::new(Code::NothingAsserted, Location::Path, "at least one Then", "none");
        let found = Found {
            finding,
            step: format!("Scenario: {}", listed.name),
            position: (listed.line, 1),
            evidence: Evidence::default(),
        };
        findings.push(finding_record(&listed.file, found));
    }
    for finding in &mut findings {
        if listed.derived {
            finding.feature_place = None;
        }
        // What a feature states of an operation is held against the operation where no closer place is known.
        let operation = finding.operation.as_ref().and_then(|id| harness.contract.operations.get(id));
        finding.contract_place = finding.contract_place.take().or_else(|| Some(operation?.place.clone()));
        for text in [&mut finding.expected, &mut finding.actual].into_iter().chain(&mut finding.detail) {
            *text = harness.redactor.redact(text);
        }
    }
    let attempts = std::mem::take(&mut world.attempts);
    ScenarioRecord {
        feature: listed.file.clone(),
        feature_name: listed.feature.clone(),
        rule: listed.rule.clone(),
        name: listed.name.clone(),
        line: listed.line,
        tags: listed.tags.clone(),
        derived: listed.derived,
        verdict: findings.iter().map(|finding| finding.code.weight()).max().unwrap_or_default(),
        duration_ms: world
            .started
            .map_or(0, |started| u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)),
        exchanges: world.exchanges,
        wire: std::mem::take(&mut world.wire),
        attempts: attempts.iter().map(|attempt| harness.redactor.redact(attempt)).collect(),
        findings,
    }
}

fn finding_record(file: &str, found: Found) -> FindingRecord {
    let Found { finding, step, position, evidence } = found;
    FindingRecord {
        feature_place: Some(Place::new(file, position.0, position.1)),
        step: Some(step),
        curl: evidence.curl,
        exchange: evidence.exchange,
        ..FindingRecord::of(finding)
    }
}
