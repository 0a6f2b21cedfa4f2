//! The record as JSON, as `docs/report.schema.json` describes it.

use crate::record::Record;

/// The record, indented, with a newline at its end.
pub fn render(record: &Record) -> String {
    let mut text = serde_json::to_string_pretty(record).expect("a record holds only what JSON can hold");
    text.push('\n');
    text
}
