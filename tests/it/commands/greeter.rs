//! `examples/greeter/app.py` as the guide's reader has it running, written by hand once more: no test needs FastAPI.

use crate::project::root;
use crate::provider::{Answer, Asked, Provider};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const KEY: &str = "hk_test_greeter_0123456789";

/// The service; it reads the key from the header `Api-Key` once `is_changed` says so.
pub fn greeter(is_changed: Arc<AtomicBool>) -> Provider {
    Provider::answering(move |asked| {
        let header = if is_changed.load(Ordering::Relaxed) { "api-key" } else { "x-api-key" };
        match asked.line.as_str() {
            "GET /openapi.json" => Answer::json(200, document(header)),
            "GET /health" => Answer::json(200, r#"{"status":"ok"}"#),
            "POST /greetings" => greet(asked, header),
            line if line.ends_with(" /health") || line.ends_with(" /greetings") => detail(405, "Method Not Allowed"),
            _ => detail(404, "Not Found"),
        }
    })
}

/// What FastAPI publishes of it.
fn document(header: &str) -> String {
    let text = std::fs::read_to_string(root().join("examples/greeter/openapi.json")).expect("the example publishes it");
    if header == "x-api-key" { text } else { text.replace("X-API-Key", "Api-Key") }
}

fn detail(status: u16, text: &str) -> Answer {
    Answer::json(status, json!({ "detail": text }).to_string())
}

fn greet(asked: &Asked, header: &str) -> Answer {
    let fields = asked.headers.lines().filter_map(|line| line.split_once(':'));
    let mut keys = fields.filter(|(name, _)| name.eq_ignore_ascii_case(header)).map(|(_, value)| value.trim());
    match keys.next() {
        None => return detail(401, "API key required"),
        Some(KEY) => {}
        Some(_) => return detail(401, "unknown API key"),
    }
    let wish: Value = serde_json::from_str(&asked.body).unwrap_or(Value::Null);
    let name = wish["name"].as_str().filter(|name| (1..=40).contains(&name.chars().count()));
    let language = wish.get("language").map_or(Some("en"), Value::as_str);
    let (Some(name), Some(language)) = (name, language) else { return invalid() };
    let word = match language {
        "en" => "Hello",
        "eo" => "Saluton",
        _ => return detail(404, &format!("no greeting in {language}")),
    };
    Answer::json(200, json!({ "text": format!("{word}, {name}"), "language": language }).to_string())
}

fn invalid() -> Answer {
    let wrong = json!({ "type": "value_error", "loc": ["body"], "msg": "Value error", "input": null });
    Answer::json(422, json!({ "detail": [wrong] }).to_string())
}
