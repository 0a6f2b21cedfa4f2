//! The modules import one way only: each from those that `src/lib.rs` declares above it.

use crate::project::{files, root};
use regex::Regex;

struct Source {
    /// `feature/steps/call.rs`
    file: String,
    text: String,
}

impl Source {
    fn all() -> Vec<Self> {
        let folder = root().join("src");
        let sources = files(&folder).into_iter().map(|path| {
            let file = path.strip_prefix(&folder).expect("it is below").to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(&path).expect("sources are text");
            Self { file, text }
        });
        sources.collect()
    }

    /// The module of `lib.rs` that it is a part of.
    fn module(&self) -> &str {
        self.file.split(['/', '.']).next().unwrap_or_default()
    }

    /// Its code without comments, with line numbers.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        lines.filter(|(_, line)| !line.starts_with("//"))
    }

    /// `src/file.rs:line: what`, for each line that `wrong` says something about.
    fn faults(&self, wrong: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let faults = self.lines().filter_map(|(number, line)| Some((number, wrong(line)?)));
        faults.map(|(number, what)| format!("src/{}:{number}: {what}", self.file)).collect()
    }
}

fn declared() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("src/lib.rs")).expect("there is a library");
    let modules = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    modules.map(str::to_owned).collect()
}

fn all_faults(wrong: impl Fn(&Source, &str) -> Option<String>) -> Vec<String> {
    Source::all().iter().flat_map(|source| source.faults(|line| wrong(source, line))).collect()
}

#[test]
fn a_module_imports_only_from_those_above_it() {
    let declared = declared();
    let path = Regex::new(r"\bcrate::(\w+|\{)").expect("the pattern is right");
    let faults = all_faults(|source, line| {
        let level = |name: &str| declared.iter().position(|module| module == name);
        let own = level(source.module());
        path.captures_iter(line).find_map(|captures| match level(&captures[1]) {
            // `main.rs` and `lib.rs` are no modules: they may use all.
            Some(used) if own.is_some_and(|own| used > own) => {
                Some(format!("{} imports from {}, which stands below it", source.module(), &captures[1]))
            }
            Some(_) => None,
            None => Some(format!("crate::{} is none of the modules of lib.rs", &captures[1])),
        })
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_path_climbs_out_of_its_module() {
    let faults = all_faults(|source, line| {
        // In `src/name.rs` and `src/name/mod.rs`, `super` is the crate.
        let is_top =
            !source.file.contains('/') || source.file.matches('/').count() == 1 && source.file.ends_with("mod.rs");
        let climbs = line.contains("super::super") || is_top && line.contains("super::");
        climbs.then(|| format!("write the path from crate:: on: {line}"))
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn nothing_is_imported_by_a_star() {
    let star = Regex::new(r"^(pub )?use .*::\*|^\*,?$|[{,] *\*[,}]").expect("the pattern is right");
    let faults = all_faults(|_, line| star.is_match(line).then(|| format!("name what is used: {line}")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn nothing_is_exported_under_a_second_name() {
    let faults = all_faults(|_, line| {
        let again =
            line.starts_with("pub use ") || line.starts_with("pub(crate) use ") || line.starts_with("pub extern crate");
        again.then(|| format!("let everybody use it where it is: {line}"))
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_belongs_to_a_declared_module() {
    let declared = declared();
    let strays: Vec<String> = Source::all()
        .into_iter()
        .filter(|source| {
            !["lib", "main"].contains(&source.module()) && !declared.iter().any(|name| name == source.module())
        })
        .map(|source| source.file)
        .collect();
    assert!(strays.is_empty(), "{strays:?}");
}

#[test]
fn the_map_of_the_code_names_every_module_and_no_other() {
    let page = root().join("docs/architecture.md");
    let text = std::fs::read_to_string(&page).expect("docs/architecture.md is the map of the code");
    let declared = declared();
    let missing: Vec<&String> = declared.iter().filter(|module| !text.contains(&format!("`{module}`"))).collect();
    assert!(missing.is_empty(), "docs/architecture.md does not name {missing:?}");
    let source = Regex::new(r"`src/(\w+)").expect("the pattern is right");
    let gone: Vec<&str> = source
        .captures_iter(&text)
        .map(|captures| captures.get(1).expect("the pattern has a group").as_str())
        .filter(|name| !["lib", "main"].contains(name) && !declared.iter().any(|module| module == name))
        .collect();
    assert!(gone.is_empty(), "docs/architecture.md names {gone:?}, which lib.rs does not declare");
}
