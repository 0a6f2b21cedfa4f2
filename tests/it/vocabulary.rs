//! The words that a project is written and answered in: `docs/steps.md`, `docs/codes.md` and `docs/drifts.md` are what the code has.
//!
//! After a wanted change, `COUNTERPART_BLESS=1 cargo test vocabulary` writes what is rendered anew. What people wrote stays: the heads
//! of `docs/steps.md` and `docs/drifts.md`, and the cure below each code of `docs/codes.md`.

use crate::project::{Project, is_as_in, root};
use counterpart::drift;
use counterpart::feature::catalogue::{Unresolved, resolve, steps};
use counterpart::feature::step::{Kind, Step};
use counterpart::verdict::Code;
use gherkin::{Feature, GherkinEnv, StepType};
use std::collections::HashSet;
use std::fmt::Write as _;

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("docs").join(name)).unwrap_or_default()
}

fn keyword(keyword: StepType) -> &'static str {
    match keyword {
        StepType::Given => "Given",
        StepType::When => "When",
        StepType::Then => "Then",
    }
}

/// The part of the reference that the code has.
fn reference() -> String {
    let mut text = String::new();
    for kind in Kind::ALL {
        let keywords: Vec<String> = kind.keywords().iter().map(|word| format!("`{}`", keyword(*word))).collect();
        write!(text, "## {}\n\nWith {}.\n", kind.heading(), keywords.join(" or ")).expect("a text takes every write");
        for step in steps().iter().filter(|step| step.kind == kind) {
            let Step { expression, meaning, example, .. } = step;
            write!(text, "\n### {expression}\n\n{meaning}\n\n```gherkin\n{example}\n```\n")
                .expect("a text takes every write");
        }
        text.push('\n');
    }
    format!("{}\n", text.trim_end())
}

#[test]
fn the_reference_of_steps_is_what_the_code_has() {
    let page = page("steps.md");
    let first = format!("## {}", Kind::ALL[0].heading());
    let head = page.split(&first).next().unwrap_or_default();
    is_as_in(&root().join("docs/steps.md"), &format!("{head}{}", reference()));
}

#[test]
fn the_head_of_the_reference_explains_what_all_steps_share() {
    let page = page("steps.md");
    for word in ["`${name}`", "JSON pointer", "doc string", "table", "@fake", "@writes", "{value}", "{string}", "{int}"]
    {
        let head = page.split("\n## The fake").next().unwrap_or_default().to_lowercase();
        assert!(head.contains(&word.to_lowercase()), "the head of docs/steps.md does not explain {word}");
    }
}

#[test]
fn every_example_is_the_step_that_it_shows() {
    for step in steps() {
        let (first, text) = step.example.lines().next().and_then(|line| line.split_once(' ')).expect("it has words");
        let keywords = step.kind.keywords();
        assert!(first == "And" || keywords.iter().any(|word| keyword(*word) == first), "{:?}", step.example);
        for word in keywords {
            match resolve(*word, text) {
                Ok((found, _)) => assert_eq!(found.expression, step.expression, "{text:?} reads as another step"),
                Err(Unresolved::Undefined(_)) => panic!("{text:?} is no step"),
                Err(Unresolved::Ambiguous(all)) => panic!("{text:?} reads as each of {all:?}"),
                Err(Unresolved::WrongKeyword(_)) => panic!("{text:?} does not go with {}", keyword(*word)),
            }
        }
    }
}

#[test]
fn every_example_is_gherkin() {
    for step in steps() {
        let feature = format!("Feature: x\n  Scenario: y\n    Given \"a\" is a new name\n    {}\n", step.example);
        let feature =
            Feature::parse(&feature, GherkinEnv::default()).unwrap_or_else(|error| panic!("{feature}: {error}"));
        let parsed = &feature.scenarios[0].steps[1];
        assert_eq!(parsed.table.is_some(), step.example.contains("\n  |"), "{:?}", step.example);
        assert_eq!(parsed.docstring.is_some(), step.example.contains("\"\"\""), "{:?}", step.example);
    }
}

#[test]
fn no_step_is_there_twice() {
    let mut expressions = HashSet::new();
    for step in steps() {
        assert!(expressions.insert(step.expression), "{:?}", step.expression);
    }
}

#[test]
fn the_feature_that_the_reference_shows_is_kept() {
    let page = page("steps.md");
    let feature = page.split("```gherkin\n").nth(1).and_then(|part| part.split("```").next()).expect("it shows one");
    let project = Project::of_repository().without("features").file("features/model-predict/page.feature", feature);
    // Inconclusive, since it says nothing of the contract's other two operations.
    project.run("check --contract model-predict").exits(3).says("3 scenarios: 3 kept");
}

/// What the code has of a code's section: all above its cure.
fn opening(code: Code) -> String {
    format!("## {code}\n\n{}\n\nVerdict: {}.\n\n", code.meaning(), code.weight())
}

#[test]
fn the_page_of_codes_has_a_section_for_each_and_no_other() {
    let page = page("codes.md");
    let mut sections = page.split("\n## ");
    let head = sections.next().unwrap_or_default().trim_end().to_owned();
    let sections: Vec<(&str, &str)> = sections.filter_map(|section| section.split_once('\n')).collect();
    let mut rendered = head;
    for code in Code::ALL {
        let written = sections.iter().find(|(name, _)| *name == code.as_str()).map_or("", |(_, text)| text);
        let cure =
            written.split_once("Verdict: ").and_then(|(_, rest)| rest.split_once("\n\n")).map_or("", |(_, cure)| cure);
        write!(rendered, "\n\n{}{}", opening(*code), cure.trim()).expect("a text takes every write");
    }
    rendered.push('\n');
    is_as_in(&root().join("docs/codes.md"), &rendered);
}

#[test]
fn every_code_has_an_example_and_a_cure() {
    let page = page("codes.md");
    for code in Code::ALL {
        let Some((_, after)) = page.split_once(&opening(*code)) else { panic!("{code} has no section") };
        let cure = after.split("\n## ").next().unwrap_or_default().trim();
        let (example, cure) = cure.split_once("\n\n").unwrap_or_default();
        let shows = ["For example: `", ": expected ", ", actual "].iter().all(|part| example.contains(part));
        assert!(shows && example.ends_with("`."), "{code}: show such a finding in one line: {example:?}");
        assert!(cure.ends_with('.') && cure.len() > 40, "{code}: say what to do about it: {cure:?}");
    }
}

/// The catalogue of drifts, group by group.
fn catalogue() -> String {
    let mut text = String::new();
    for kinds in drift::CATALOGUE.iter().filter(|kinds| !kinds.is_empty()) {
        write!(text, "## {}\n\n", kinds[0].group()).expect("a text takes every write");
        for kind in *kinds {
            let drift::Kind { code, meaning, example, .. } = kind;
            write!(text, "### {code}\n\n{meaning}\n\n> {example}\n\n").expect("a text takes every write");
        }
    }
    format!("{}\n", text.trim_end())
}

#[test]
fn the_page_of_drifts_is_what_the_catalogue_has() {
    let page = page("drifts.md");
    let head = page.split("## credential\n").next().unwrap_or_default();
    is_as_in(&root().join("docs/drifts.md"), &format!("{head}{}", catalogue()));
}

#[test]
fn every_kind_of_drift_has_a_code_of_its_group_a_meaning_and_an_example() {
    let mut codes = HashSet::new();
    for kinds in drift::CATALOGUE {
        for kind in *kinds {
            assert!(codes.insert(kind.code), "{} is there twice", kind.code);
            assert_eq!(kind.group(), kinds[0].group(), "{} stands in another group", kind.code);
            assert!(kind.meaning.ends_with('.'), "{}: {:?} is no sentence", kind.code, kind.meaning);
            let names_a_party = ["the provider ", "the client "].iter().any(|party| kind.example.starts_with(party));
            assert!(names_a_party && kind.example.contains("; the contract "), "{}: {:?}", kind.code, kind.example);
        }
    }
}
