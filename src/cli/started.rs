//! What `counterpart init` says of what it wrote.

use super::terminal::width;
use crate::record::Record;
use crate::starter::{File, Notice, Started};
use crate::verdict::{Code, Verdict};
use std::io::Write as _;
use std::path::Path;

/// What was written for a contract.
#[derive(Debug)]
pub struct Written<'a> {
    /// The files.
    pub files: &'a [File],
    /// Whether `.gitignore` is one of them.
    pub ignored_is_new: bool,
    /// How many shapes there are.
    pub shapes: usize,
    /// Whether they were accepted.
    pub accepted: bool,
}

/// A folder as a person here would name it; empty for this one.
pub fn shown(here: &Path, folder: &Path) -> String {
    let relative = folder.strip_prefix(here).unwrap_or(folder).display().to_string();
    if relative == "." { String::new() } else { relative }
}

/// Says what was written of the small project, and what to do next.
pub fn example(files: &[File], ignored_is_new: bool, folder: &str) {
    let mut page = Page(String::new());
    let ignored = ignored_is_new.then_some(".gitignore");
    let paths = files.iter().map(|file| file.path.as_str()).chain(ignored);
    page.files(folder, paths.map(|path| (path, purpose(path).to_owned())));
    page.unignored(ignored_is_new);
    page.next(
        folder,
        &[
            ("check", "the features at the fake: kept"),
            ("init --from FILE_OR_URL", "a contract of yours, from its OpenAPI document"),
        ],
    );
    page.print();
}

fn purpose(path: &str) -> &'static str {
    match path.rsplit(['/', '.']).next().unwrap_or_default() {
        "feature" => "what the consumer relies on, in sentences",
        "snap" => "an accepted shape",
        "gitignore" => "pending shapes and secrets stay out of the repository",
        "toml" if path.starts_with("contracts") => "what OpenAPI cannot say: who calls, which key, which refusals",
        "toml" => "where features run beside the fakes: examples, as comments",
        _ if path.contains("/openapi.") => "what goes over the wire",
        _ => "a part of the OpenAPI document",
    }
}

/// Says what was written of a contract, what was changed, what is open, and what to do next.
pub fn contract(started: &Started, written: &Written<'_>, record: &Record, folder: &str, quiet: bool) {
    let mut page = Page(String::new());
    if !quiet {
        let paths = written.files.iter().map(|file| (file.path.as_str(), purpose(&file.path).to_owned()));
        let shapes = format!("snapshots/{}", started.name);
        let state = if written.accepted { "accepted" } else { "pending" };
        let shapes = (written.shapes > 0).then(|| {
            (shapes.as_str(), format!("{} {state}: what was seen at the fake", counted(written.shapes, "shape")))
        });
        let ignored = written.ignored_is_new.then(|| (".gitignore", purpose(".gitignore").to_owned()));
        page.files(folder, paths.chain(shapes).chain(ignored));
    }
    page.notices("not as it was read", &started.changes, folder);
    page.notices("OpenAPI could not tell; have a look", &started.unsaid, folder);
    let faults = faults(record);
    page.notices("not kept at its own fake yet", &faults, folder);
    let ran = record.contracts.iter().flat_map(|contract| &contract.scenarios).filter(|one| !one.derived).count();
    let derived = record.contracts.iter().flat_map(|contract| &contract.scenarios).filter(|one| one.derived).count();
    if faults.is_empty() {
        let derived = if derived > 0 { format!(" and {derived} derived ones") } else { String::new() };
        let shapes = if written.accepted || written.shapes == 0 { "" } else { ", but for the shapes" };
        page.line(&format!("{}{derived} are kept at the fake{shapes}.", counted(ran, "scenario")));
        page.line("");
    }
    page.unignored(written.ignored_is_new);
    let accept = format!("accept --contract {}", started.name);
    let check = format!("check --contract {}", started.name);
    let accepting = (accept.as_str(), "once you have looked at the shapes");
    let checking = (check.as_str(), "the features at the fake");
    let steps = if written.accepted || written.shapes == 0 { vec![checking] } else { vec![accepting, checking] };
    page.next(folder, &steps);
    page.print();
}

/// What a run at the fake found, but for shapes that nobody has accepted yet.
pub fn faults(record: &Record) -> Vec<Notice> {
    let mut faults = Vec::new();
    for contract in &record.contracts {
        let of_scenarios = contract.scenarios.iter().filter(|scenario| scenario.verdict != Verdict::Kept);
        let findings = of_scenarios.flat_map(|scenario| &scenario.findings).chain(&contract.findings);
        for finding in
            findings.filter(|finding| finding.code != Code::SnapshotMissing && finding.code.weight() > Verdict::Kept)
        {
            let Some(place) = finding.feature_place.clone().or_else(|| finding.contract_place.clone()) else {
                continue;
            };
            let operation = finding.operation.as_ref().map_or(String::new(), |operation| format!("{operation}, "));
            let text =
                format!("{operation}{}: expected {}, actual {}", finding.location, finding.expected, finding.actual);
            faults.push(Notice { place, text });
        }
    }
    faults
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The text in the making.
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn files<'f>(&mut self, folder: &str, files: impl Iterator<Item = (&'f str, String)>) {
        let files: Vec<(String, String)> = files.map(|(path, purpose)| (within(folder, path), purpose)).collect();
        let wide = files.iter().map(|(path, _)| path.chars().count()).max().unwrap_or(0);
        self.line("written");
        for (path, purpose) in files {
            self.hanging(&format!("  {path:wide$}  "), &purpose);
        }
        self.line("");
    }

    fn notices(&mut self, title: &str, notices: &[Notice], folder: &str) {
        if notices.is_empty() {
            return;
        }
        self.line(title);
        for notice in notices {
            self.line(&format!("  {}", within(folder, &notice.place.to_string())));
            self.hanging("      ", &notice.text);
        }
        self.line("");
    }

    fn unignored(&mut self, ignored_is_new: bool) {
        if !ignored_is_new {
            self.line("A .gitignore is there: these lines belong into it: *.snap.new, .env, .env.*");
        }
    }

    fn next(&mut self, folder: &str, steps: &[(&str, &str)]) {
        let project = if folder.is_empty() { String::new() } else { format!(" --project {folder}") };
        let commands: Vec<(String, &str)> =
            steps.iter().map(|(step, what)| (format!("counterpart {step}{project}"), *what)).collect();
        let wide = commands.iter().map(|(command, _)| command.chars().count()).max().unwrap_or(0);
        self.line("next");
        for (command, what) in commands {
            self.hanging(&format!("  {command:wide$}  "), what);
        }
    }

    fn hanging(&mut self, lead: &str, text: &str) {
        let indent = " ".repeat(lead.chars().count().min(width() / 2));
        let options =
            textwrap::Options::new(width()).initial_indent(lead).subsequent_indent(&indent).break_words(false);
        let filled = textwrap::fill(text, options);
        self.line(&filled);
    }

    fn print(self) {
        // A closed stdout leaves nobody to tell.
        drop(anstream::stdout().write_all(self.0.as_bytes()));
    }
}

fn within(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{}/{path}", folder.trim_end_matches('/')) }
}
