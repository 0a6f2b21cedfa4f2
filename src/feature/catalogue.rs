//! The vocabulary: every step with its expression, meaning and example; the reference, the lint and the runner read it.

use super::step::Step;
use super::steps;
use crate::settings::nearest;
use cucumber_expressions::Expression;
use cucumber_expressions::expand::IntoRegexCharIter as _;
use gherkin::StepType;
use regex::Regex;
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
    /// The steps that texts were found to be: a run asks at least twice for each, and many scenarios share theirs.
    found: RwLock<HashMap<String, usize>>,
}

struct Entry {
    /// What every text of the step begins and ends with: cheaper to look at than the expression.
    literal_ends: (&'static str, &'static str),
    /// Compiled when a text might be of the step.
    regex: OnceLock<Regex>,
    /// Which of the parameters are JSON values.
    values: Vec<bool>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let steps: Vec<&Step> = steps::ALL.iter().flat_map(|group| group.iter()).collect();
    let parameter = Regex::new(r"\{(\w+)\}").expect("the pattern is right");
    let values = |step: &&Step| {
        parameter.captures_iter(step.expression).map(|captures| &captures[1] == "value").collect::<Vec<_>>()
    };
    let entry = |step: &&'static Step| Entry {
        literal_ends: literal_ends(step.expression),
        regex: OnceLock::new(),
        values: values(step),
    };
    let entries = steps.iter().map(entry).collect();
    Catalogue { steps, entries, found: RwLock::default() }
});

const RIGHT: &str = "the vocabulary's expressions are right";

/// The parameter types that are not cucumber's own, each with its pattern.
pub fn own_parameters() -> [(&'static str, &'static str); 2] {
    [
        ("value", r#""(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\[.*\]|\{.*\}|\$\{\w+\}"#),
        ("state", "valid|missing|unknown|malformed|stale|early|truncated|altered"),
    ]
}

fn pattern(expression: &str) -> String {
    let own = HashMap::from(own_parameters());
    let characters = Expression::parse(expression).expect(RIGHT).with_parameters(&own).into_regex_char_iter();
    characters.collect::<Result<String, _>>().expect(RIGHT)
}

/// The text before an expression's first parameter, optional or alternative text, and that behind the last.
fn literal_ends(expression: &str) -> (&str, &str) {
    let is_special = |c| matches!(c, '{' | '}' | '(' | ')' | '\\' | '/');
    let Some((first, last)) = expression.find(is_special).zip(expression.rfind(is_special)) else {
        return (expression, expression);
    };
    let word = |at: usize| {
        let start = expression[..at].rfind(' ').map_or(0, |space| space + 1);
        let end = expression[at..].find(' ').map_or(expression.len(), |space| at + space);
        start..end
    };
    // All of a word with a slash is alternatives.
    let has_alternatives = |at: usize| expression[word(at)].contains('/');
    let before = if has_alternatives(first) { word(first).start } else { first };
    let behind = if has_alternatives(last) { word(last).end } else { last + 1 };
    (&expression[..before], &expression[behind..])
}

impl Catalogue {
    /// The step that a text is, by its place in the catalogue.
    fn find(&self, text: &str) -> Result<usize, Unresolved> {
        if let Some(index) = self.found.read().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Ok(*index);
        }
        let might_be = |index: &usize| {
            let (before, behind) = self.entries[*index].literal_ends;
            text.starts_with(before) && text.ends_with(behind)
        };
        let candidates = (0..self.steps.len()).filter(might_be);
        let found: Vec<usize> = candidates.filter(|index| self.regex(*index).is_match(text)).collect();
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
    let captures = CATALOGUE.regex(index).captures(text).expect("it was found to match");
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
