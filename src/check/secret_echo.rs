//! Rule: a provider never sends a secret back.

use super::ResponseCase;
use crate::verdict::{Code, Finding};

/// The echoes.
pub fn check(case: &ResponseCase<'_>) -> Vec<Finding> {
    let echoes = case.echoes.iter().map(|(location, mark)| {
        let actual = format!("the secret {mark}");
        Finding::new(Code::SecretEchoed, location.clone(), "no secret", actual).of(&case.operation.id)
    });
    echoes.collect()
}
