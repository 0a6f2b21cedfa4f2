//! A feature as prose: rule by rule, each scenario with what the last runs said of it.

use crate::contract::Contract;
use crate::feature::source::Listed;
use crate::site::flow;
use crate::site::runs::{Runs, Shown, Told};
use crate::site::template::slug;
use crate::site::told::{ToldOf, leave_out_repeated, told_of};
use crate::verdict::Verdict;
use gherkin::{Background, Feature, Scenario, Step};
use regex::Regex;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A feature.
#[derive(Clone, Debug, Serialize)]
pub struct Prose {
    /// Its name.
    pub name: String,
    /// Its description, in CommonMark.
    pub description: String,
    /// Its file.
    pub file: String,
    /// The page's name, without `.html`.
    pub page: String,
    /// The steps before every scenario.
    pub background: Vec<Line>,
    /// Its rules; scenarios without one stand in a first one without a name.
    pub rules: Vec<Section>,
    /// The worst verdict of its scenarios at any place; `None` where none ran.
    pub verdict: Option<Shown>,
    /// How many scenarios it has.
    pub count: usize,
    /// Whether it is derived from the contract.
    pub derived: bool,
    /// The runs that tell of it: where, and when they began.
    pub runs: Vec<(String, String)>,
}

/// A rule.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// What addresses call it.
    pub id: String,
    /// Its name; empty for scenarios without a rule.
    pub name: String,
    /// Its description.
    pub description: String,
    /// The steps before each of its scenarios.
    pub background: Vec<Line>,
    /// Its scenarios.
    pub scenarios: Vec<Case>,
}

/// A scenario.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// What addresses call it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its steps.
    pub steps: Vec<Line>,
    /// What each run said of it.
    pub told: Vec<ToldOf>,
    /// The worst of that.
    pub verdict: Option<Shown>,
    /// Its calls as a picture, where there are several.
    pub picture: Option<String>,
}

/// A step.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// `Given`, `And`, …
    pub keyword: String,
    /// What follows, its values set apart.
    pub parts: Vec<Part>,
    /// A text below it.
    pub doc: Option<String>,
    /// A table below it.
    pub table: Vec<Vec<String>>,
}

/// A part of a step's text.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// The text.
    pub text: String,
    /// Whether it is a value.
    pub value: bool,
    /// The operation that it names.
    pub operation: Option<String>,
}

/// The page's name of a feature's file: its path below the contract's folder.
pub fn page_name(contract: &Contract, file: &str) -> String {
    let folder = format!("features/{}/", contract.name);
    let name = file.strip_prefix(&folder).unwrap_or(file);
    slug(name.strip_suffix(".feature").unwrap_or(name))
}

/// The feature, told with what `runs` know of it.
pub fn prose(contract: &Contract, feature: &Feature, listed: &[Listed], runs: &Runs<'_>) -> Prose {
    let file = listed.first().map_or(String::new(), |listed| listed.file.clone());
    let is_derived = listed.first().is_some_and(|listed| listed.derived);
    let mut teller = Teller { contract, listed, runs, ids: HashMap::new() };
    let background = teller.lines(feature.background.as_ref());
    let mut rules = Vec::new();
    if !feature.scenarios.is_empty() {
        let scenarios = teller.cases(&feature.scenarios);
        rules.push(Section {
            id: String::new(),
            name: String::new(),
            description: String::new(),
            background: Vec::new(),
            scenarios,
        });
    }
    for rule in &feature.rules {
        rules.push(Section {
            id: teller.id(&rule.name),
            name: rule.name.clone(),
            description: words(rule.description.as_deref()),
            background: teller.lines(rule.background.as_ref()),
            scenarios: teller.cases(&rule.scenarios),
        });
    }
    let of_cases = listed.iter().flat_map(|listed| verdicts(runs, contract, listed));
    Prose {
        name: feature.name.clone(),
        description: words(feature.description.as_deref()),
        page: if is_derived { "derived".to_owned() } else { page_name(contract, &file) },
        file,
        background,
        rules,
        verdict: of_cases.max().map(Shown::of),
        count: listed.len(),
        derived: is_derived,
        runs: runs.checked_when(&contract.name),
    }
}

fn verdicts<'a>(runs: &'a Runs<'_>, contract: &Contract, listed: &Listed) -> impl Iterator<Item = Verdict> + use<'a> {
    let told = runs.told(&contract.name, listed);
    told.into_iter().filter_map(|(_, told)| match told {
        Told::Ran(scenario) => Some(scenario.verdict),
        Told::NotRun(_) => None,
    })
}

/// The description's lines without their indentation.
fn words(description: Option<&str>) -> String {
    description.unwrap_or_default().lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// What is a value in a step: what stands in quotes, and a number.
static VALUE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#""[^"]*"|\b\d+(?:\.\d+)?\b"#).expect("the pattern is a fixed one"));

fn parts(contract: &Contract, text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut end = 0;
    for found in VALUE.find_iter(text) {
        parts.push(Part { text: text[end..found.start()].to_owned(), value: false, operation: None });
        let name = found.as_str().trim_matches('"');
        let operation = contract.operations.get(name).map(|operation| operation.id.to_string());
        parts.push(Part { text: found.as_str().to_owned(), value: true, operation });
        end = found.end();
    }
    parts.push(Part { text: text[end..].to_owned(), value: false, operation: None });
    parts
}

struct Teller<'a, 'r> {
    contract: &'a Contract,
    listed: &'a [Listed],
    runs: &'a Runs<'r>,
    ids: HashMap<String, usize>,
}

impl Teller<'_, '_> {
    /// An address that no other part of the page has.
    fn id(&mut self, name: &str) -> String {
        let id = slug(name);
        let count = self.ids.entry(id.clone()).or_default();
        *count += 1;
        if *count == 1 { id } else { format!("{id}-{count}") }
    }

    fn lines(&self, background: Option<&Background>) -> Vec<Line> {
        background.map(|background| background.steps.iter().map(|step| self.line(step)).collect()).unwrap_or_default()
    }

    fn line(&self, step: &Step) -> Line {
        Line {
            keyword: step.keyword.trim().to_owned(),
            parts: parts(self.contract, &step.value),
            doc: step.docstring.clone(),
            table: step.table.as_ref().map(|table| table.rows.clone()).unwrap_or_default(),
        }
    }

    fn cases(&mut self, scenarios: &[Scenario]) -> Vec<Case> {
        scenarios.iter().filter_map(|scenario| self.case(scenario)).collect()
    }

    fn case(&mut self, scenario: &Scenario) -> Option<Case> {
        let listed = self.listed.iter().find(|listed| listed.line == scenario.position.line)?;
        let told = self.runs.told(&self.contract.name, listed);
        let mut told: Vec<ToldOf> = told.into_iter().map(|(label, told)| told_of(label, told, listed)).collect();
        leave_out_repeated(&mut told);
        let id = self.id(&scenario.name);
        Some(Case {
            picture: flow::picture(&id, self.contract, scenario),
            id,
            name: scenario.name.clone(),
            description: words(scenario.description.as_deref()),
            tags: scenario.tags.clone(),
            steps: scenario.steps.iter().map(|step| self.line(step)).collect(),
            verdict: verdicts(self.runs, self.contract, listed).max().map(Shown::of),
            told,
        })
    }
}
