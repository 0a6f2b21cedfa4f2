//! The vocabulary: every step with its expression, meaning and example; the reference, the lint and the runner read it.

use super::step::Step;
use super::steps;
use crate::settings::nearest;
use cucumber_expressions::Expression;
use cucumber_expressions::expand::IntoRegexCharIter as _;
use gherkin::StepType;
use regex::{Regex, RegexSet};
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock, PoisonError, RwLock};

/// Why a line of a feature is no step.
#[derive(Clone)]
pub enum Unresolved {
    /// No step reads like it; the nearest that there is.
    Undefined(Option<&'static str>),
    /// Several do.
    Ambiguous(Vec<&'static str>),
    /// It stands under a keyword that it does not go with.
    WrongKeyword(&'static Step),
}

struct Catalogue {
    steps: Vec<&'static Step>,
    entries: Vec<Entry>,
    /// The expressions' patterns in order.
    set: RegexSet,
    /// The steps that texts were found to be: a run asks at least twice for each, and many scenarios share theirs.
    found: RwLock<HashMap<String, usize>>,
}

struct Entry {
    /// Compiled when the step is first used.
    regex: OnceLock<Regex>,
    /// Which of the parameters are JSON values.
    values: Vec<bool>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let steps: Vec<&Step> = steps::ALL.iter().flat_map(|group| group.iter()).collect();
    let set = RegexSet::new(steps.iter().map(|step| pattern(step.expression))).expect(RIGHT);
    let parameter = Regex::new(r"\{(\w+)\}").expect("the pattern is right");
    let values = |step: &&Step| {
        parameter.captures_iter(step.expression).map(|captures| &captures[1] == "value").collect::<Vec<_>>()
    };
    let entries = steps.iter().map(|step| Entry { regex: OnceLock::new(), values: values(step) }).collect();
    Catalogue { steps, entries, set, found: RwLock::default() }
});

const RIGHT: &str = "the vocabulary's expressions are right";

fn pattern(expression: &str) -> String {
    let own = HashMap::from([
        ("value", r#""(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\[.*\]|\{.*\}|\$\{\w+\}"#),
        ("state", "valid|missing|unknown|malformed|stale|early"),
    ]);
    let characters = Expression::parse(expression).expect(RIGHT).with_parameters(&own).into_regex_char_iter();
    characters.collect::<Result<String, _>>().expect(RIGHT)
}

impl Catalogue {
    /// The step that a text is, by its place in the catalogue.
    fn find(&self, text: &str) -> Result<usize, Unresolved> {
        if let Some(index) = self.found.read().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Ok(*index);
        }
        let found: Vec<usize> = self.set.matches(text).into_iter().collect();
        match found.as_slice() {
            [] => {
                let expressions = self.steps.iter().map(|step| step.expression);
                Err(Unresolved::Undefined(nearest(&generalised(text), expressions)))
            }
            [one] => {
                self.found.write().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned(), *one);
                Ok(*one)
            }
            several => Err(Unresolved::Ambiguous(several.iter().map(|index| self.steps[*index].expression).collect())),
        }
    }

    fn regex(&self, index: usize) -> &Regex {
        let compile = || Regex::new(&pattern(self.steps[index].expression)).expect(RIGHT);
        self.entries[index].regex.get_or_init(compile)
    }
}

/// Every step, in the order of the reference.
pub fn steps() -> &'static [&'static Step] {
    &CATALOGUE.steps
}

/// The step that a line of a feature is, and its parameters.
///
/// # Errors
/// There is none, there are several, or it stands under another keyword.
pub fn resolve(keyword: StepType, text: &str) -> Result<(&'static Step, Vec<String>), Unresolved> {
    let index = CATALOGUE.find(text)?;
    let step = CATALOGUE.steps[index];
    if !step.kind.keywords().contains(&keyword) {
        return Err(Unresolved::WrongKeyword(step));
    }
    let captures = CATALOGUE.regex(index).captures(text).expect("the set said that it matches");
    let values = captures.iter().skip(1).flatten().map(|group| group.as_str().to_owned());
    Ok((step, values.collect()))
}

/// Which of an expression's parameters are JSON values, in order.
pub fn value_parameters(step: &'static Step) -> &'static [bool] {
    let index = CATALOGUE.steps.iter().position(|known| std::ptr::eq(*known, step));
    index.map_or(&[], |index| &CATALOGUE.entries[index].values)
}

/// The text with its quoted parts and numbers as parameters, so that it compares with expressions.
fn generalised(text: &str) -> String {
    static STRING: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""[^"]*"|'[^']*'"#).expect("the pattern is right"));
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d+\b").expect("the pattern is right"));
    let text = STRING.replace_all(text, "{string}");
    NUMBER.replace_all(&text, "{int}").into_owned()
}
