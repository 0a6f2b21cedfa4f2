//! Requests that are sent as a scenario writes them, byte for byte.

use crate::project::Project;
use crate::provider::{Answer, Provider, greeting};
use std::sync::{Arc, Mutex};

const AS_IT_STANDS: &str = r#"Feature: Bytes
  Scenario: A path that a client would tidy up
    Given this request is sent as it stands
      """
      GET /a/../health?x=%2F HTTP/1.1
      X-Mixed-Case: kept
      """
    When the same request is sent again
    Then the status is 404

  Scenario: A request of an operation
    When this request is sent as it stands
      """
      GET /health HTTP/1.1
      """
    Then the status is 200
    And the response conforms
"#;

#[test]
fn a_written_request_arrives_as_it_was_written_and_again() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = seen.clone();
    let provider = Provider::answering(move |asked| {
        noted.lock().expect("nobody panicked").push(format!("{} {}", asked.line, asked.headers));
        if asked.line.contains("..") { Answer::json(404, r#"{"error":"no such path"}"#) } else { greeting(asked) }
    });
    let project = Project::greeting().without("features").file("features/greeting/raw.feature", AS_IT_STANDS);
    let call = project.call(&format!("check --url greeting={} --format json", provider.url()));
    let record = call.variable("GREETING_KEY", "hk_test_0123456789").run().json();
    let scenarios = &record["contracts"][0]["scenarios"];
    assert_eq!(scenarios[0]["verdict"], "kept", "{record:#}");
    assert_eq!(scenarios[1]["verdict"], "kept", "{record:#}");
    let seen = seen.lock().expect("nobody panicked");
    let tidied: Vec<_> = seen.iter().filter(|request| request.contains("..")).collect();
    assert_eq!(tidied.len(), 2, "sent once and once again: {seen:#?}");
    assert!(tidied.iter().all(|request| request.starts_with("GET /a/../health?x=%2F ")), "{tidied:#?}");
    assert!(tidied.iter().all(|request| request.contains("X-Mixed-Case: kept")), "{tidied:#?}");
}
