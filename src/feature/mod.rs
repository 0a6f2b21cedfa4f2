//! Gherkin → harness. The steps translate and call; they do not judge.

pub mod catalogue;
pub mod derived;
pub mod glue;
pub mod run;
pub mod scenario;
pub mod source;
pub mod step;
pub mod steps;
pub mod variables;
pub mod world;
