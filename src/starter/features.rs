//! The features of a contract, as far as the document tells what to rely on: what is promised, protected and refused.

use super::naming;
use super::refusals::{Refusal, main_content};
use super::terms::provider;
use super::variants::{self, Change, Variant, Variants};
use crate::contract::Contract;
use crate::contract::conduct::Cause;
use crate::contract::operation::{Content, Operation};
use crate::name::OperationId;
use indexmap::IndexMap;
use std::fmt::Write as _;

/// Up to so many operations have a feature each; of more, those that share a tag share a feature.
const FEW: usize = 6;
/// Words of a POST that only computes.
const COMPUTES: [&str; 16] = [
    "search",
    "query",
    "predict",
    "validate",
    "verify",
    "check",
    "embed",
    "score",
    "calculate",
    "convert",
    "preview",
    "estimate",
    "classify",
    "translate",
    "parse",
    "introspect",
];

const TAKES: &str = "a text takes every write";

/// A feature file: its name without the ending, and its text.
pub type Feature = (String, String);

/// The features of a contract.
pub fn of(contract: &Contract, tags: &IndexMap<OperationId, String>, refusals: &[Refusal]) -> Vec<Feature> {
    if contract.operations.len() <= FEW {
        let operations = contract.operations.values();
        let features = operations.map(|operation| {
            let mut text = String::new();
            if writes(operation) {
                text.push_str(&written(operation));
            }
            writeln!(text, "Feature: {}", title(operation)).expect(TAKES);
            writeln!(text, "  {} of {}.", headline(operation), provider(&contract.title)).expect(TAKES);
            text.push_str(&scenarios(contract, operation, refusals));
            (naming::kebab(operation.id.as_str()), text)
        });
        return distinct(features.collect());
    }
    let mut groups: IndexMap<String, Vec<&Operation>> = IndexMap::new();
    for operation in contract.operations.values() {
        let tag = tags.get(&operation.id).map_or_else(|| first_segment(operation), String::as_str);
        groups.entry(tag.to_owned()).or_default().push(operation);
    }
    let features = groups.into_iter().map(|(tag, operations)| {
        let mut text = format!("Feature: {}\n  What is relied on of {}.\n", one_line(&tag), provider(&contract.title));
        for operation in operations {
            text.push('\n');
            if writes(operation) {
                text.push_str(&indented(&written(operation), 2));
            }
            writeln!(text, "  Rule: {}", title(operation)).expect(TAKES);
            writeln!(text, "    {}.", headline(operation)).expect(TAKES);
            text.push_str(&indented(&scenarios(contract, operation, refusals), 2));
        }
        (naming::plain(&tag), text)
    });
    distinct(features.collect())
}

/// The name of the snapshot of an operation's promised answer.
pub fn snapshot(operation: &Operation) -> String {
    let name = naming::kebab(operation.id.as_str());
    if name.is_empty() { "answer".to_owned() } else { name }
}

/// Whether a call probably changes what the provider keeps.
pub fn writes(operation: &Operation) -> bool {
    !operation.is_safe() && !computes(operation)
}

/// Whether a POST probably only computes: its name or its path says so.
pub fn computes(operation: &Operation) -> bool {
    let last = operation.template.as_str().rsplit('/').find(|segment| !segment.contains('{')).unwrap_or_default();
    let words = naming::kebab(&format!("{} {last}", operation.id));
    operation.method == "POST" && words.split('-').any(|word| COMPUTES.contains(&word))
}

fn written(operation: &Operation) -> String {
    let hint = if operation.method == "POST" { "# Take the tag out if it only computes.\n" } else { "" };
    format!("# It looks like a call that writes: it runs only where a target says `writes = true`.\n{hint}@writes\n")
}

fn first_segment(operation: &Operation) -> &str {
    operation.template.as_str().split('/').find(|segment| !segment.is_empty()).unwrap_or("root")
}

fn title(operation: &Operation) -> String {
    let summary = operation.summary.as_deref().map(one_line).filter(|summary| !summary.is_empty());
    summary.unwrap_or_else(|| operation.id.to_string())
}

fn headline(operation: &Operation) -> String {
    format!("`{} {}`", operation.method, operation.template.as_str())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn indented(text: &str, by: usize) -> String {
    let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("{}{line}\n", " ".repeat(by)) };
    text.lines().map(line).collect()
}

/// Gives each file a name of its own.
fn distinct(features: Vec<Feature>) -> Vec<Feature> {
    let mut named: Vec<Feature> = Vec::new();
    for (name, text) in features {
        let name = if name.is_empty() { "operation".to_owned() } else { name };
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let mut candidates = std::iter::once(name.clone()).chain(numbered);
        let free = candidates.find(|candidate| named.iter().all(|(known, _)| known != candidate));
        named.push((free.expect("there is no end of numbers"), text));
    }
    named
}

/// A text as a parameter of a step.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\\\""))
}

/// The scenarios of an operation, indented as those of a feature are.
fn scenarios(contract: &Contract, operation: &Operation, refusals: &[Refusal]) -> String {
    let name = quoted(operation.id.as_str());
    let mut text = String::new();
    let status = operation.success().unwrap_or(200);
    writeln!(
        text,
        "\n  Scenario: The promised answer\n    When {name} is called\n    Then the status is {status}\n    \
         And the exchange conforms"
    )
    .expect(TAKES);
    if shows_a_shape(contract, operation) {
        let snapshot = quoted(&snapshot(operation));
        writeln!(
            text,
            "\n  Scenario: The shape of the answer\n    When {name} is called\n    \
             Then the exchange equals the snapshot {snapshot}"
        )
        .expect(TAKES);
    }
    if operation.security.is_required() {
        writeln!(
            text,
            "\n  Scenario: Only the right credential opens it\n    Then {name} opens to its credential only"
        )
        .expect(TAKES);
    }
    examples(operation, &name, &mut text);
    let variants = variants::of(contract, operation);
    for (change, rows) in &variants.taken {
        let then = format!("    Then the status is {status}\n    And the exchange conforms");
        outline(&name, *change, rows, &then, "taken", &mut text);
    }
    if let Some(refusal) = of_shape(operation, refusals) {
        // FastAPI's own words are no example of the document: their key is stated here.
        let detail = if refusal.fastapi { "\n    And the response field \"/detail\" is an array" } else { "" };
        for (change, rows) in &variants.refused {
            let then = format!("    Then it is refused as {}{detail}", quoted(&refusal.name));
            outline(&name, *change, rows, &then, "refused", &mut text);
        }
        if refusal.fastapi {
            order(operation, refusals, &variants, &name, &mut text);
        }
    }
    uncaused(operation, refusals, &name, &mut text);
    text
}

/// Whether an answer has a shape that somebody promised: an empty body has one, a schema that allows anything has none.
fn shows_a_shape(contract: &Contract, operation: &Operation) -> bool {
    let promised = operation.promise(operation.success().unwrap_or(200));
    let Some((_, content)) = promised.and_then(main_content) else { return true };
    !content.examples.is_empty() || !says_nothing(contract, content)
}

/// Whether a content has no schema, or one that allows anything.
pub fn says_nothing(contract: &Contract, content: &Content) -> bool {
    let schema = content.schema.as_ref().and_then(|schema| contract.schemas.at(&schema.pointer));
    !schema.is_some_and(|(_, schema)| {
        schema.as_object().is_some_and(|schema| schema.keys().any(|key| key != "title" && key != "description"))
    })
}

/// FastAPI looks at the credential before it looks at anything else: both mistakes at once show it.
fn order(operation: &Operation, refusals: &[Refusal], variants: &Variants, name: &str, text: &mut String) {
    let is_it = |refusal: &&Refusal| refusal.on.contains(&Cause::Missing) && refusal.operations.contains(&operation.id);
    let Some(refusal) = refusals.iter().find(is_it).filter(|_| operation.security.is_required()) else { return };
    let of_parameter = variants.refused.get(&Change::ParameterIs).and_then(|rows| rows.last());
    let of_parameter = of_parameter
        .map(|row| ("a wrong parameter", format!("the parameter {} is {}", quoted(&row.subject), row.value)));
    let is_needed = variants.refused.contains_key(&Change::BodyLeftOut);
    let of_body = is_needed.then(|| ("no body", "the body is left out".to_owned()));
    for (mistake, step) in of_parameter.into_iter().chain(of_body) {
        writeln!(
            text,
            "\n  Scenario: Neither a credential nor a right call: {mistake}\n    Given a call of {name}\n    \
             And the credential is missing\n    And {step}\n    When the call is sent\n    \
             Then it is refused as {}",
            quoted(&refusal.name)
        )
        .expect(TAKES);
    }
}

fn of_shape<'a>(operation: &Operation, refusals: &'a [Refusal]) -> Option<&'a Refusal> {
    refusals.iter().find(|refusal| refusal.on.contains(&Cause::Body) && refusal.operations.contains(&operation.id))
}

/// The document's further examples of a call.
fn examples(operation: &Operation, name: &str, text: &mut String) {
    let Some((_, content)) = operation.default_content() else { return };
    let is_sound = |value| content.schema.as_ref().is_none_or(|schema| schema.accepts(value));
    let further: Vec<&String> =
        content.examples.iter().skip(1).filter(|(_, value)| is_sound(value)).map(|(name, _)| name).collect();
    if further.is_empty() {
        return;
    }
    let status = operation.success().unwrap_or(200);
    writeln!(
        text,
        "\n  Scenario Outline: The example <example>\n    When {name} is called with the example \"<example>\"\n    Then the status is {status}\n    And the exchange conforms\n"
    )
    .expect(TAKES);
    let rows: Vec<Vec<String>> = further.into_iter().map(|example| vec![example.clone()]).collect();
    text.push_str(&table(&["example"], &rows));
}

/// The refusals of which nothing says when they come: a fake shows how they look.
fn uncaused(operation: &Operation, refusals: &[Refusal], name: &str, text: &mut String) {
    let is_of = |refusal: &&Refusal| refusal.on.is_empty() && refusal.operations.contains(&operation.id);
    let rows: Vec<Vec<String>> =
        refusals.iter().filter(is_of).map(|refusal| vec![refusal.name.clone(), refusal.status.to_string()]).collect();
    if rows.is_empty() {
        return;
    }
    writeln!(
        text,
        "\n  @fake\n  Scenario Outline: It may be refused as <refusal>\n    Given the fake answers with \"<refusal>\"\n    When {name} is called\n    Then it is refused as \"<refusal>\"\n    And the status is <status>\n"
    )
    .expect(TAKES);
    text.push_str(&table(&["refusal", "status"], &rows));
}

/// An outline of calls that are changed in the same way.
fn outline(name: &str, change: Change, rows: &[Variant], then: &str, fate: &str, text: &mut String) {
    let (title, step, columns): (&str, &str, &[&str]) = match change {
        Change::BodyLeftOut => ("A call without a body", "the body is left out", &[]),
        Change::FieldLeftOut => ("Without <field>", "the field \"<field>\" is left out", &["field"]),
        Change::FieldIs => ("<value> in <field>", "the field \"<field>\" is <value>", &["field", "value"]),
        Change::FieldOfLength => (
            "<field> of length <length>",
            "the field \"<field>\" is a text of <length> characters",
            &["field", "length"],
        ),
        Change::FieldOfItems => {
            ("<field> with items: <count>", "the field \"<field>\" has <count> items", &["field", "count"])
        }
        Change::ParameterLeftOut => {
            ("Without <parameter>", "the parameter \"<parameter>\" is left out", &["parameter"])
        }
        Change::ParameterIs => {
            ("<value> as <parameter>", "the parameter \"<parameter>\" is <value>", &["parameter", "value"])
        }
    };
    let keyword = if columns.is_empty() { "Scenario" } else { "Scenario Outline" };
    writeln!(text, "\n  {keyword}: {title} is {fate}\n    Given a call of {name}\n    And {step}\n    When the call is sent\n{then}")
        .expect(TAKES);
    if columns.is_empty() {
        return;
    }
    let cells = |variant: &Variant| -> Vec<String> {
        [&variant.subject, &variant.value].into_iter().take(columns.len()).cloned().collect()
    };
    text.push('\n');
    text.push_str(&table(columns, &rows.iter().map(cells).collect::<Vec<_>>()));
}

/// An `Examples:` table with its columns in line.
fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let escaped = |cell: &String| cell.replace('\\', "\\\\").replace('|', "\\|");
    let mut lines: Vec<Vec<String>> = vec![columns.iter().map(|column| (*column).to_owned()).collect()];
    lines.extend(rows.iter().map(|row| row.iter().map(escaped).collect()));
    let wide = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(wide).collect();
    let mut text = "    Examples:\n".to_owned();
    for line in lines {
        let cells: Vec<String> =
            line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width)).collect();
        writeln!(text, "      | {} |", cells.join(" | ")).expect(TAKES);
    }
    text
}
