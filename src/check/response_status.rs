//! Rule: a response's status is promised.

use super::ResponseCase;
use crate::exchange::Location;
use crate::verdict::{Code, Finding};

/// The undocumented status, with the beginning of its body.
pub fn check(case: &ResponseCase<'_>) -> Vec<Finding> {
    if case.operation.promise(case.response.status).is_some() {
        return Vec::new();
    }
    let promised: Vec<String> = case.operation.responses.iter().map(|response| response.status.to_string()).collect();
    let actual = format!("{} {}", case.response.status, excerpt(&case.response.body));
    let finding = Finding::new(Code::ResponseStatusUndocumented, Location::Status, promised.join(", "), actual.trim());
    vec![finding.of(&case.operation.id).at(case.operation.place.clone())]
}

/// The beginning of a body on one line.
pub fn excerpt(body: &[u8]) -> String {
    const LENGTH: usize = 200;
    let text = String::from_utf8_lossy(body);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > LENGTH { format!("{}…", line.chars().take(LENGTH).collect::<String>()) } else { line }
}
