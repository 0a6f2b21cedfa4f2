//! A step of the vocabulary: what it is for, how it reads, what carries it out.

use super::world::{Stop, World};
use futures::future::LocalBoxFuture;
use gherkin::StepType;

/// What a step is for; it decides under which keywords the step may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Steers the fake: Given, in a scenario that is tagged `@fake`.
    Fake,
    /// Prepares a call: Given or When.
    Call,
    /// Chooses and places the credential: Given or When.
    Credential,
    /// Sends: Given or When.
    Sending,
    /// Remembers: anywhere.
    Memory,
    /// Asserts: Then.
    Promise,
}

impl Kind {
    /// Every kind, in the order of the reference.
    pub const ALL: [Self; 6] = [Self::Fake, Self::Call, Self::Credential, Self::Sending, Self::Memory, Self::Promise];

    /// The heading of its part of the reference.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Fake => "The fake",
            Self::Call => "The call",
            Self::Credential => "The credential",
            Self::Sending => "Sending",
            Self::Memory => "What is remembered",
            Self::Promise => "What is promised",
        }
    }

    /// The keywords under which a step of this kind may stand.
    pub fn keywords(self) -> &'static [StepType] {
        match self {
            Self::Fake => &[StepType::Given],
            Self::Call | Self::Credential | Self::Sending => &[StepType::Given, StepType::When],
            Self::Memory => &[StepType::Given, StepType::When, StepType::Then],
            Self::Promise => &[StepType::Then],
        }
    }
}

/// The keyword as it is written.
pub fn keyword_name(keyword: StepType) -> &'static str {
    match keyword {
        StepType::Given => "Given",
        StepType::When => "When",
        StepType::Then => "Then",
    }
}

/// How a step is carried out.
#[derive(Clone, Copy)]
pub enum Run {
    /// At once.
    Now(fn(&mut World, &Arguments) -> Result<(), Stop>),
    /// By talking to the target.
    Later(for<'a> fn(&'a mut World, &'a Arguments) -> LocalBoxFuture<'a, Result<(), Stop>>),
}

/// One step of the vocabulary.
#[derive(Clone, Copy)]
pub struct Step {
    /// What it is for.
    pub kind: Kind,
    /// Its cucumber expression.
    pub expression: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// A line of a feature that uses it, with its keyword.
    pub example: &'static str,
    /// What carries it out.
    pub run: Run,
}

/// What a step was written with; `${names}` are filled in.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// The expression's parameters in order.
    pub values: Vec<String>,
    /// The doc string.
    pub text: Option<String>,
    /// The table's rows.
    pub rows: Vec<Vec<String>>,
}

impl Arguments {
    /// The parameter at `index` as a whole number.
    ///
    /// # Errors
    /// It is negative or too large.
    pub fn number(&self, index: usize) -> Result<u64, String> {
        let text = &self.values[index];
        text.parse().map_err(|_| format!("{text:?} is no number from 0 up"))
    }

    /// The parameter at `index` as a number.
    ///
    /// # Errors
    /// It is none.
    pub fn decimal(&self, index: usize) -> Result<f64, String> {
        let text = &self.values[index];
        text.parse().map_err(|_| format!("{text:?} is no number"))
    }

    /// The table's rows, each of `width` cells; a heading row is left out.
    ///
    /// # Errors
    /// A row of another width.
    pub fn rows_of(&self, width: usize) -> Result<impl Iterator<Item = &Vec<String>>, String> {
        const HEADINGS: [&str; 3] = ["name", "field", "pointer"];
        if let Some(row) = self.rows.iter().find(|row| row.len() != width) {
            return Err(format!("the table's rows have {width} cells, not {}", row.len()));
        }
        let has_heading = self.rows.first().is_some_and(|row| HEADINGS.contains(&row[0].as_str()) && row[1] == "value");
        Ok(self.rows.iter().skip(usize::from(has_heading)))
    }
}
