//! Mistakes in the files that people write, one folder each in `tests/cases`: every one is answered with file, line, what is
//! wrong and what to do, as `expected.txt` has it word for word.
//!
//! A case's folder holds `command` (the arguments), `exit` (the code), `expected.txt` (stderr, then stdout), and the files
//! that differ from the right project in `tests/cases/base`. After a wanted change, `COUNTERPART_BLESS=1 cargo test cases`
//! writes the texts anew; read them before committing.

use crate::project::{Project, Ran, files, root};
use similar::TextDiff;
use std::fmt::Write as _;
use std::path::PathBuf;

/// The files of a case that are not the project's.
const ABOUT: [&str; 3] = ["command", "exit", "expected.txt"];

struct Case {
    name: String,
    folder: PathBuf,
}

impl Case {
    fn all() -> Vec<Self> {
        let entries = std::fs::read_dir(root().join("tests/cases")).expect("there are cases");
        let folders = entries.map(|entry| entry.expect("cases can be read").path());
        let mut cases: Vec<Self> = folders
            .filter(|folder| folder.join("command").is_file())
            .map(|folder| Self { name: folder.file_name().expect("named").to_string_lossy().into_owned(), folder })
            .collect();
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        cases
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    fn run(&self) -> Ran {
        let project = files(&self.folder).into_iter().fold(Project::greeting(), |project, path| {
            let name = path.strip_prefix(&self.folder).expect("it is below").to_str().expect("names are text");
            let text = std::fs::read_to_string(&path).expect("cases are text");
            if ABOUT.contains(&name) { project } else { project.file(name, &text) }
        });
        project.run(self.read("command").trim())
    }
}

#[test]
fn every_mistake_is_answered_as_written_down() {
    let mut wrong = String::new();
    for case in Case::all() {
        let ran = case.run();
        if std::env::var_os("COUNTERPART_BLESS").is_some() {
            std::fs::write(case.folder.join("expected.txt"), ran.text()).expect("cases can be written");
        }
        let expected = case.read("expected.txt");
        if ran.text() != expected {
            let diff = TextDiff::from_lines(expected, ran.text()).unified_diff().to_string();
            writeln!(wrong, "{}/expected.txt differs:\n{diff}", case.name).expect("a text takes every write");
        }
        if ran.exit.to_string() != case.read("exit").trim() {
            writeln!(wrong, "{} exits with {}:\n{}", case.name, ran.exit, ran.text())
                .expect("a text takes every write");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_answer_names_the_file_the_line_and_what_to_do() {
    for case in Case::all() {
        let expected = case.read("expected.txt");
        let lines: Vec<&str> = expected.lines().collect();
        let mistakes = lines.iter().filter(|line| line.trim_start().starts_with("help: ")).count();
        let places = lines.iter().filter(|line| names_a_place(line)).count();
        assert!(mistakes > 0 && mistakes == places, "{}: {places} places, {mistakes} helps:\n{expected}", case.name);
        let summary = format!("error: {mistakes} problem{} in ", if mistakes == 1 { "" } else { "s" });
        assert!(expected.contains(&summary), "{}: the last line counts otherwise:\n{expected}", case.name);
        assert!(["2", "4"].contains(&case.read("exit").trim()), "{}: exit {}", case.name, case.read("exit"));
        assert!(!expected.contains("bug in counterpart"), "{}: a panic", case.name);
    }
}

/// `╭─[contracts/greeting/openapi.yaml:12:7]`, or `contracts/greeting/openapi.yaml:1:1: …` where the file cannot be read.
fn names_a_place(line: &str) -> bool {
    let place = line.split_once("─[").map_or(line, |(_, place)| place);
    let mut parts = place.split([':', ']']);
    let is_file = parts.next().is_some_and(|file| {
        let file = file.trim_start_matches([' ', '×']);
        [".yaml", ".toml", ".feature"].iter().any(|ending| file.ends_with(ending)) && !file.contains(' ')
    });
    is_file && parts.next().is_some_and(|line| line.parse::<usize>().is_ok_and(|line| line > 0))
}

#[test]
fn all_mistakes_of_a_file_are_reported_together() {
    let several = Case::all().into_iter().filter(|case| {
        let expected = case.read("expected.txt");
        expected.contains(" problems in 1 file")
    });
    assert!(several.count() >= 3);
}

#[test]
fn there_are_twenty_mistakes_at_least() {
    assert!(Case::all().len() >= 20);
}

#[test]
fn a_property_may_have_the_name_of_a_keyword() {
    let document = "contracts/greeting/openapi.yaml";
    let project = Project::greeting()
        .replace(
            document,
            "{ text: { type: string }",
            "{ value: { $ref: \"words.yaml#/Text\" }, text: { type: string }",
        )
        .replace(document, "{ text: \"Hello, Ada\"", "{ value: Hello, text: \"Hello, Ada\"")
        .file("contracts/greeting/words.yaml", "Text: { type: string }\n");
    project.run("check").exits(0);
    project.without("contracts/greeting/words.yaml").run("check").exits(4).says("\"words.yaml\" cannot be read");
}

#[test]
fn the_project_that_they_depart_from_is_right() {
    Project::greeting().run("check").exits(0).says("1 contract: 1 kept");
}
