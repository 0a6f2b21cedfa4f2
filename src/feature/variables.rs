//! `${names}` in features: what the scenario remembered, then the target's values, then the contract's.

use crate::request::text;
use indexmap::IndexMap;
use regex::{Captures, Regex};
use serde_json::Value;
use std::sync::LazyLock;

static NAME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$\{(\w+)\}").expect("the pattern is right"));

/// What names stand for, nearest first.
#[derive(Clone, Copy, Debug)]
pub struct Variables<'a> {
    /// What the scenario remembered.
    pub remembered: &'a IndexMap<String, Value>,
    /// The target's values, over the contract's.
    pub values: &'a IndexMap<String, Value>,
}

impl Variables<'_> {
    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.remembered.get(name).or_else(|| self.values.get(name))
    }

    /// The text with every `${name}` filled in.
    ///
    /// # Errors
    /// A name that stands for nothing, and those that stand for something.
    pub fn fill(&self, source: &str) -> Result<String, String> {
        if !source.contains("${") {
            return Ok(source.to_owned());
        }
        let mut unknown = None;
        let filled = NAME.replace_all(source, |captures: &Captures<'_>| {
            self.get(&captures[1]).map_or_else(
                || {
                    unknown.get_or_insert_with(|| captures[1].to_owned());
                    String::new()
                },
                text,
            )
        });
        match unknown {
            Some(name) => Err(self.unknown(&name)),
            None => Ok(filled.into_owned()),
        }
    }

    /// The JSON value that a feature writes: a literal, or `${name}` with the type that it was remembered with.
    ///
    /// # Errors
    /// It is neither.
    pub fn value(&self, source: &str) -> Result<Value, String> {
        if let Some(captures) = NAME.captures(source)
            && captures[0] == *source
        {
            return self.get(&captures[1]).cloned().ok_or_else(|| self.unknown(&captures[1]));
        }
        let filled = self.fill(source)?;
        serde_json::from_str(&filled).map_err(|error| format!("{filled} is not JSON: {error}"))
    }

    /// The value of a table's cell: JSON where it is JSON, else its text.
    ///
    /// # Errors
    /// A name that stands for nothing.
    pub fn cell(&self, source: &str) -> Result<Value, String> {
        match self.value(source) {
            Ok(value) => Ok(value),
            Err(_) => self.fill(source).map(Value::from),
        }
    }

    fn unknown(&self, name: &str) -> String {
        let known: Vec<&str> = self.remembered.keys().chain(self.values.keys()).map(String::as_str).collect();
        format!("${{{name}}} stands for nothing; known: {}", known.join(", "))
    }
}
