//! Rule: promised headers are there and right; headers that steer a client are promised.

use super::ResponseCase;
use crate::exchange::Location;
use crate::verdict::{Code, Finding};
use serde_json::{Value, json};

/// Headers upon which clients act: one of them that is not promised changes what a consumer does.
const STEERING: [&str; 8] =
    ["location", "set-cookie", "www-authenticate", "retry-after", "deprecation", "sunset", "ratelimit", "x-ratelimit-"];

/// What is wrong with the headers.
pub fn check(case: &ResponseCase<'_>) -> Vec<Finding> {
    let Some(promised) = case.operation.promise(case.response.status) else { return Vec::new() };
    let mut findings = Vec::new();
    for header in &promised.headers {
        let location = Location::Header(header.name.clone());
        match case.response.headers.get(&header.name) {
            None if header.required => {
                let finding = Finding::new(Code::ResponseHeaderMissing, location, "the promised header", "nothing");
                findings.push(finding.of(&case.operation.id).at(header.place.clone()));
            }
            None => {}
            Some(given) => {
                let Some(schema) = &header.schema else { continue };
                let read = serde_json::from_str::<Value>(given).ok();
                if !schema.accepts(&json!(given)) && !read.is_some_and(|value| schema.accepts(&value)) {
                    let violations = schema.violations(&json!(given));
                    let expected = violations.first().map_or("its schema".to_owned(), |first| first.expected.clone());
                    let finding = Finding::new(Code::ResponseHeaderInvalid, location, expected, given);
                    findings.push(finding.of(&case.operation.id).at(header.place.clone()));
                }
            }
        }
    }
    for (name, value) in &case.response.headers.0 {
        let lower = name.to_ascii_lowercase();
        let steers = STEERING.iter().any(|known| {
            lower == *known
                || (known.ends_with('-') && lower.starts_with(known))
                || (*known == "ratelimit" && lower.starts_with("ratelimit"))
        });
        if steers && !promised.headers.iter().any(|header| header.name.eq_ignore_ascii_case(name)) {
            let location = Location::Header(name.clone());
            let finding = Finding::new(Code::ResponseHeaderUndocumented, location, "no such header", value);
            findings.push(finding.of(&case.operation.id).at(promised.place.clone()));
        }
    }
    findings
}
