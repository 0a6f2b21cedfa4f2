//! What pages show is what there is: files, outputs, settings, links.
//!
//! An HTML comment right before a block says what the block is:
//!
//! - `<!-- file: PATH -->`: lines of a file of the repository; a line `…` leaves lines out;
//! - `<!-- output of: COMMAND -->`: what the command prints in this repository, where `…` stands for any text, and a line `…` for
//!   any lines. Durations, times of day, ports and sizes differ from run to run;
//! - `<!-- sketch: REASON -->`: neither.
//!
//! Blocks for a shell are run by `commands`, TOML is held to the JSON Schema of its file.

mod drifted_auth;

use crate::commands::stage::Stage;
use crate::markdown::{Block, Page};
use crate::project::root;
use regex::Regex;
use serde_json::Value;
use std::path::Path;

/// What is written from the code, and held to it by `vocabulary`.
const WRITTEN: [&str; 1] = ["docs/steps.md"];
/// The page that is followed step by step by `commands`.
const FOLLOWED: &str = "docs/guide.md";
/// The pages whose files are held to the repository's by `pipelines`.
const PIPELINES: &str = "docs/ci.md";

/// Every block of every page that says something else than what to type.
fn blocks() -> Vec<(Page, Block)> {
    let pages = Page::all().into_iter().filter(|page| !WRITTEN.contains(&page.name.as_str()) && page.name != FOLLOWED);
    let blocks = pages.flat_map(|page| {
        let blocks = page.blocks();
        blocks.into_iter().map(move |block| (Page::named(&page.name), block))
    });
    blocks.filter(|(_, block)| !["sh", "console"].contains(&block.language.as_str())).collect()
}

/// What a block is said to be.
fn claim<'a>(block: &'a Block, kind: &str) -> Option<&'a str> {
    block.claim.as_deref()?.strip_prefix(kind).map(str::trim)
}

#[test]
fn every_block_says_what_it_is() {
    let known = ["file:", "output of:", "sketch:"];
    let is_known = |block: &Block| known.iter().any(|kind| claim(block, kind).is_some_and(|what| !what.is_empty()));
    let unsaid = blocks()
        .into_iter()
        .filter(|(page, block)| !is_known(block) && block.language != "toml" && page.name != PIPELINES);
    let unsaid: Vec<String> = unsaid.map(|(page, block)| format!("{}:{}", page.name, block.line)).collect();
    assert!(unsaid.is_empty(), "tests/it/pages.rs says how: {unsaid:#?}");
}

#[test]
fn a_file_that_is_shown_is_the_real_one() {
    let mut count = 0;
    for (page, block) in blocks() {
        let Some(name) = claim(&block, "file:") else { continue };
        count += 1;
        let real = std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(holds(&real, &block.text), "{}:{}: {name} does not hold\n{}", page.name, block.line, block.text);
    }
    assert!(count > 0);
}

/// Whether a file has these lines, in their order, with others where a line `…` stands.
pub fn holds(file: &str, shown: &str) -> bool {
    let mut rest: Vec<&str> = file.lines().collect();
    let parts = shown.trim_end().split("\n…\n").map(|part| part.lines().collect::<Vec<_>>());
    parts.into_iter().all(|part| {
        let start = rest.windows(part.len()).position(|lines| alike(lines, &part));
        start.inspect(|start| drop(rest.drain(..start + part.len()))).is_some()
    })
}

/// Lines are the same but for an indentation that all of them share.
fn alike(lines: &[&str], part: &[&str]) -> bool {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let deeper = depth(lines[0]).checked_sub(depth(part[0]));
    let Some(deeper) = deeper else { return false };
    lines
        .iter()
        .zip(part)
        .all(|(line, wanted)| line.trim().is_empty() && wanted.is_empty() || line.get(deeper..) == Some(*wanted))
}

#[test]
fn toml_that_is_shown_has_the_keys_of_its_file() {
    for (page, block) in blocks() {
        if block.language != "toml" || claim(&block, "sketch:").is_some() {
            continue;
        }
        let place = format!("{}:{}", page.name, block.line);
        let shown: toml::Table = block.text.parse().unwrap_or_else(|error| panic!("{place}: {error}"));
        let schema = schema(if shown.contains_key("target") { "counterpart" } else { "contract" });
        let shown = serde_json::to_value(shown).expect("TOML is JSON, but for times");
        let wrong: Vec<String> =
            schema.iter_errors(&shown).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{place}: {wrong:#?}");
    }
}

/// The schema of a file, for a part of one.
fn schema(name: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(root().join(format!("docs/{name}.schema.json"))).expect("there is a schema");
    let mut schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
    lift_requirements(&mut schema);
    jsonschema::validator_for(&schema).expect("it is a schema")
}

fn lift_requirements(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.retain(|name, value| name != "required" || !value.is_array());
            fields.values_mut().for_each(lift_requirements);
        }
        Value::Array(items) => items.iter_mut().for_each(lift_requirements),
        _ => {}
    }
}

#[test]
fn an_output_that_is_shown_is_the_real_one() {
    let stage = Stage::prepared();
    let drifted = drifted_auth::reading_the_key_from_the_body(&stage.url("auth-validate"));
    let local = format!("\n[target.local.contract.auth-validate]\nurl = \"{}\"\n", drifted.url());
    stage.write("counterpart.toml", &(stage.read("counterpart.toml") + &local));
    let mut count = 0;
    for (page, block) in blocks() {
        let Some(command) = claim(&block, "output of:") else { continue };
        count += 1;
        let ended = stage.run(command, count);
        let shown = block
            .text
            .lines()
            .filter(|line| !line.starts_with("$ "))
            .map(|line| format!("{line}\n"))
            .collect::<String>();
        assert!(
            says(&ended.text(), &shown),
            "{}:{}: {command} does not say\n{shown}\nbut\n{}",
            page.name,
            block.line,
            ended.text()
        );
    }
    assert!(count > 0);
}

/// Whether an output has these lines.
pub fn says(output: &str, shown: &str) -> bool {
    let lines = shown.trim_matches('\n').lines().map(|line| match line.trim() {
        "…" => r"(?:.*\n)*?".to_owned(),
        _ => format!("{}\n", pattern(line)),
    });
    let pattern = format!("(?:^|\n){}", lines.collect::<String>());
    Regex::new(&pattern).expect("the pattern is right").is_match(&format!("{output}\n"))
}

/// A line, with any text for `…` and for what differs from run to run.
fn pattern(line: &str) -> String {
    let differing = [
        (r"[0-9]+(\\\.[0-9]+)? (ms|s)\b", r"[0-9]+(\.[0-9]+)? (ms|s)"),
        (r"[0-9]+ files\b", "[0-9]+ files"),
        (r"[0-9]+ kB\b", "[0-9]+ kB"),
        (r"127\\\.0\\\.0\\\.1:[0-9]+", r"127\.0\.0\.1:[0-9]+"),
        (r"\b[0-9]{2}:[0-9]{2}:[0-9]{2}\b", "[0-9]{2}:[0-9]{2}:[0-9]{2}"),
        ("…", ".*"),
    ];
    differing.iter().fold(regex::escape(line), |line, (found, pattern)| {
        Regex::new(found).expect("the pattern is right").replace_all(&line, regex::NoExpand(pattern)).into_owned()
    })
}

#[test]
fn a_shown_file_and_a_shown_output_may_leave_something_out_and_nothing_else() {
    assert!(holds("a\n  b\n  c\nd\n", "b\nc\n"));
    assert!(holds("a\nb\nc\nd\n", "a\n…\nd\n"));
    assert!(!holds("a\nb\nc\n", "a\nc\n"));
    assert!(!holds("a\nb\n", "b\n…\na\n"));
    assert!(says("1 kept · 12 ms\nend\n", "1 kept · 3.4 s\n…\n"));
    assert!(says("one\ntwo\nthree\n", "one\n…\nthree\n"));
    assert!(!says("1 kept · 12 ms\n", "2 kept · 12 ms\n"));
    assert!(!says("one\ntwo\n", "one\nthree\n"));
}

#[test]
fn every_link_leads_somewhere() {
    let mut wrong = Vec::new();
    for page in Page::all() {
        for link in page.links() {
            if !is_reached(&page, &link.text) {
                wrong.push(format!("{}:{}: {}", page.name, link.line, link.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_readme_leads_to_every_page() {
    let links: Vec<String> = Page::named("README.md").links().into_iter().map(|link| link.text).collect();
    let pages = Page::all().into_iter().map(|page| page.name).filter(|name| name.starts_with("docs/"));
    let missing: Vec<String> = pages.filter(|name| !links.contains(name)).collect();
    assert!(missing.is_empty(), "README.md does not lead to {missing:?}");
}

/// Whether a link leads to a file of the repository, and to a heading of it; others are not looked at.
fn is_reached(page: &Page, link: &str) -> bool {
    if link.contains("://") {
        return true;
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let folder = Path::new(&page.name).parent().unwrap_or(Path::new(""));
    let target = if path.is_empty() { root().join(&page.name) } else { root().join(folder).join(path) };
    let Ok(target) = target.canonicalize() else { return false };
    anchor.is_none_or(|anchor| {
        let name = target.strip_prefix(root()).unwrap_or(&target).display().to_string();
        target.extension().is_some_and(|ending| ending == "md")
            && Page::named(&name).anchors().contains(&anchor.to_owned())
    })
}
