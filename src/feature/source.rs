//! Feature files: parsed, expanded, and held to the vocabulary before anything runs.

use super::catalogue::{Unresolved, resolve};
use super::step::{Kind, Step, keyword_name};
use crate::contract::Contract;
use crate::place::{Place, Problem};
use crate::settings::nearest;
use cucumber::feature::Ext as _;
use gherkin::{Feature, GherkinEnv, Rule, Scenario};
use std::path::PathBuf;

/// The keywords with which a line of a scenario begins.
const KEYWORDS: [&str; 14] = [
    "Feature:",
    "Rule:",
    "Background:",
    "Scenario:",
    "Scenario Outline:",
    "Examples:",
    "Example:",
    "Given",
    "When",
    "Then",
    "And",
    "But",
    "*",
    "Scenarios:",
];

/// A scenario that may be run, as it stands in its file.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The feature's file.
    pub file: String,
    /// The feature's name.
    pub feature: String,
    /// The rule's name.
    pub rule: Option<String>,
    /// Its name.
    pub name: String,
    /// Its line; for a row of an outline, the row's.
    pub line: usize,
    /// Its tags with those of rule and feature, without `@`.
    pub tags: Vec<String>,
    /// Whether it asserts anything.
    pub asserts: bool,
    /// Whether it chooses a credential or proves a protection.
    pub about_credentials: bool,
    /// Its operations, as far as its steps name them.
    pub operations: Vec<String>,
    /// Whether nobody wrote it: it was derived from the contract.
    pub derived: bool,
}

impl Listed {
    /// Whether it has a tag, without `@`.
    pub fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|known| known == tag)
    }
}

/// Reads one feature file, with outlines expanded; everything that is wrong with it, together.
///
/// # Errors
/// Syntax, undefined or ambiguous steps, steps under a wrong keyword, scenarios without steps, names that the contract does not have.
pub fn read(file: &str, text: &str, contract: &Contract) -> Result<(Feature, Vec<Listed>), Vec<Problem>> {
    let feature = match Feature::parse(text, GherkinEnv::default()) {
        Ok(mut feature) => {
            feature.path = Some(PathBuf::from(file));
            feature
        }
        Err(error) => return Err(vec![syntax_problem(file, text, position_of(&error))]),
    };
    let feature = feature.expand_examples().map_err(|error| {
        let place = Place::new(file, error.pos.line, error.pos.col);
        let wrong = format!("<{}> stands for nothing", error.name);
        vec![Problem::new(place, wrong, format!("give the Examples a column `{}`", error.name))]
    })?;
    let mut lint = Lint { file, text, contract, problems: Vec::new() };
    let mut listed = Vec::new();
    lint.background(feature.background.as_ref());
    for scenario in &feature.scenarios {
        listed.push(lint.scenario(&feature, None, scenario));
    }
    for rule in &feature.rules {
        lint.background(rule.background.as_ref());
        for scenario in &rule.scenarios {
            listed.push(lint.scenario(&feature, Some(rule), scenario));
        }
    }
    if listed.is_empty() && lint.problems.is_empty() {
        let place = Place::new(file, feature.position.line, feature.position.col);
        lint.problems.push(Problem::new(place, "the feature has no scenario", "add one, or remove the file"));
    }
    lint.problems.dedup();
    if lint.problems.is_empty() { Ok((feature, listed)) } else { Err(lint.problems) }
}

/// The line at which the parser stopped, which only its message says: `Error at 5:1: …`.
fn position_of(error: &gherkin::ParseError) -> usize {
    let text = error.to_string();
    let line = text.strip_prefix("Error at ").and_then(|rest| rest.split(':').next());
    line.and_then(|line| line.parse().ok()).unwrap_or(1)
}

/// The line at fault: the parser stops just behind it.
fn syntax_problem(file: &str, text: &str, stopped_at: usize) -> Problem {
    let lines: Vec<&str> = text.lines().collect();
    let near = [stopped_at, stopped_at.saturating_sub(1), stopped_at + 1];
    let suspicious = near.into_iter().filter(|line| *line >= 1).find(|line| {
        lines.get(line - 1).is_some_and(|text| {
            let text = text.trim();
            !text.is_empty() && !is_gherkin(text)
        })
    });
    let line = suspicious.unwrap_or(stopped_at.saturating_sub(1).clamp(1, lines.len().max(1)));
    let content = lines.get(line - 1).copied().unwrap_or("");
    let column = content.len() - content.trim_start().len() + 1;
    let first = content.split_whitespace().next().unwrap_or("");
    let help = match nearest(first, KEYWORDS.into_iter()) {
        Some(keyword) if keyword != first => format!("did you mean `{keyword}`?"),
        _ => "a line begins with a keyword (Given, When, Then, And, But, Scenario:, Rule:, …), `|`, `@`, `#` or \"\"\""
            .to_owned(),
    };
    Problem::new(Place::new(file, line, column), format!("not Gherkin: {:?}", content.trim()), help)
}

fn is_gherkin(line: &str) -> bool {
    KEYWORDS.iter().any(|keyword| line.starts_with(keyword))
        || line.starts_with(['|', '@', '#'])
        || line.starts_with("\"\"\"")
}

struct Lint<'a> {
    file: &'a str,
    text: &'a str,
    contract: &'a Contract,
    problems: Vec<Problem>,
}

impl Lint<'_> {
    fn problem(&mut self, position: gherkin::LineCol, wrong: String, help: impl Into<String>) {
        self.problems.push(Problem::new(Place::new(self.file, position.line, position.col), wrong, help));
    }

    fn background(&mut self, background: Option<&gherkin::Background>) {
        if let Some(background) = background {
            background.steps.iter().for_each(|step| drop(self.step(step)));
        }
    }

    fn scenario(&mut self, feature: &Feature, rule: Option<&Rule>, scenario: &Scenario) -> Listed {
        self.misspelt_first_step(scenario);
        let tags = feature.tags.iter().chain(rule.iter().flat_map(|rule| &rule.tags)).chain(&scenario.tags);
        let tags: Vec<String> = tags.cloned().collect();
        let backgrounds = [feature.background.as_ref(), rule.and_then(|rule| rule.background.as_ref())];
        let before = backgrounds.into_iter().flatten().flat_map(|background| &background.steps);
        let mut resolved: Vec<&'static Step> =
            before.filter_map(|step| resolve(step.ty, &step.value).ok()).map(|(step, _)| step).collect();
        let mut operations = Vec::new();
        for step in &scenario.steps {
            if let Some((found, values)) = self.step(step) {
                if found.kind == Kind::Fake && !tags.iter().any(|tag| tag == "fake") {
                    let help = "tag the scenario `@fake`: it cannot run anywhere else";
                    self.problem(step.position, format!("{:?} steers the fake", step.value), help);
                }
                if let Some(operation) = self.operation_of(found, &values, step) {
                    operations.push(operation);
                }
                resolved.push(found);
            }
        }
        if scenario.steps.is_empty() {
            self.problem(
                scenario.position,
                format!("the scenario {:?} has no steps", scenario.name),
                "add its steps, or remove it",
            );
        }
        Listed {
            file: self.file.to_owned(),
            feature: feature.name.clone(),
            rule: rule.map(|rule| rule.name.clone()),
            name: scenario.name.clone(),
            line: scenario.position.line,
            tags,
            asserts: resolved.iter().any(|step| step.kind == Kind::Promise),
            about_credentials: resolved
                .iter()
                .any(|step| step.kind == Kind::Credential || step.expression.ends_with("opens to its credential only")),
            operations,
            derived: false,
        }
    }

    /// The parser takes a first line with a misspelt keyword for a description, and the step would vanish.
    fn misspelt_first_step(&mut self, scenario: &Scenario) {
        let Some(description) = &scenario.description else { return };
        for line in description.lines() {
            let first = line.split_whitespace().next().unwrap_or("");
            let close = ["Given", "When", "Then", "And", "But"].into_iter().find(|keyword| {
                strsim::damerau_levenshtein(first, keyword) == 1 && first.chars().next().is_some_and(char::is_uppercase)
            });
            if let Some(keyword) = close.filter(|keyword| {
                !matches!(first, "An" | "Any" | "Where" | "They" | "Them" | "The") || first == *keyword
            }) {
                let wrong = format!("{:?} is taken for a description, not a step", line.trim());
                let position = self.position_below(scenario.position, line);
                self.problem(position, wrong, format!("did you mean `{keyword}`?"));
            }
        }
    }

    /// Where a line of a description stands, which the parser does not say.
    fn position_below(&self, above: gherkin::LineCol, line: &str) -> gherkin::LineCol {
        let below = self.text.lines().enumerate().skip(above.line);
        let found = below.into_iter().find(|(_, text)| text.trim() == line.trim());
        found.map_or(above, |(index, text)| gherkin::LineCol {
            line: index + 1,
            col: text.len() - text.trim_start().len() + 1,
        })
    }

    fn step(&mut self, step: &gherkin::Step) -> Option<(&'static Step, Vec<String>)> {
        match resolve(step.ty, &step.value) {
            Ok(found) => Some(found),
            Err(Unresolved::Undefined(near)) => {
                let help = match near {
                    Some(expression) => format!("the nearest step: {expression}"),
                    None => "docs/steps.md lists every step".to_owned(),
                };
                self.problem(step.position, format!("undefined step {:?}", step.value), help);
                None
            }
            Err(Unresolved::Ambiguous(expressions)) => {
                let help = format!("it reads as each of: {}", expressions.join("; "));
                self.problem(step.position, format!("ambiguous step {:?}", step.value), help);
                None
            }
            Err(Unresolved::WrongKeyword(found)) => {
                let names: Vec<&str> = found.kind.keywords().iter().map(|keyword| keyword_name(*keyword)).collect();
                let wrong = format!("{:?} stands under {}", step.value, keyword_name(step.ty));
                self.problem(step.position, wrong, format!("it goes with {}", names.join(" or ")));
                None
            }
        }
    }

    fn operation_of(&mut self, found: &Step, values: &[String], step: &gherkin::Step) -> Option<String> {
        let names_operation = found.expression.starts_with("a call of {string}")
            || found.expression.starts_with("{string} is called")
            || found.expression.starts_with("{string} opens");
        let id = values.first().filter(|_| names_operation)?;
        if !self.contract.operations.contains_key(id.as_str()) {
            let known: Vec<&str> = self.contract.operations.keys().map(crate::name::OperationId::as_str).collect();
            let help = match nearest(id, known.iter().copied()) {
                Some(nearest) => format!("did you mean {nearest:?}?"),
                None => format!("the contract's operations: {}", known.join(", ")),
            };
            self.problem(step.position, format!("{} has no operation {id:?}", self.contract.name), help);
        }
        Some(id.clone())
    }
}
