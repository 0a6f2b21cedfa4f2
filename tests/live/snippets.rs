//! The snippets in Python and Rust, run at the fakes. Those with curl run in `tests/it`.

use super::fakes::{Called, PROJECTS, all_open, calls, contracts, none_opens_with_another_secret};
use counterpart::snippet::Language;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_operation_opens_in_python_as_its_snippet_calls_it_and_with_no_other_secret() {
    // Nothing that is installed beside the standard library is found.
    let command = |_: &Called| "python3 -I -S -".to_owned();
    all_open(Language::Python, &command);
    none_opens_with_another_secret(Language::Python, &command);
}

#[test]
fn every_operation_opens_in_rust_as_its_snippet_calls_it_and_with_no_other_secret() {
    let program = built();
    let command = |call: &Called| format!("{} '{}'", program.display(), call.label);
    all_open(Language::Rust, &command);
    none_opens_with_another_secret(Language::Rust, &command);
}

/// One program with the `main` of every snippet, which its argument chooses: so the crates are built and linked once.
fn built() -> PathBuf {
    let folder = super::root().join("target/snippets");
    let source = folder.join("src");
    std::fs::create_dir_all(&source).expect("folders can be made");
    let (mut needs, mut modules, mut choice) = (BTreeMap::new(), String::new(), String::new());
    let all = PROJECTS.into_iter().flat_map(|project| contracts(&super::root().join(project)));
    for (number, call) in all.flat_map(|contract| calls(&contract, Language::Rust)).enumerate() {
        let Called { label, snippet, .. } = call;
        std::fs::write(source.join(format!("snippet_{number}.rs")), snippet.text).expect("files can be written");
        let run = "pub fn run() -> Result<(), Box<dyn std::error::Error>> { main() }";
        modules += &format!("mod snippet_{number} {{\n    include!(\"snippet_{number}.rs\");\n    {run}\n}}\n");
        choice += &format!("        {label:?} => snippet_{number}::run(),\n");
        snippet.needs.iter().for_each(|line| add(&mut needs, line));
    }
    let main = format!(
        "#![deny(warnings)]\n{modules}\nfn main() -> Result<(), Box<dyn std::error::Error>> {{\n    match \
         std::env::args().nth(1).expect(\"which one\").as_str() {{\n{choice}        other => panic!(\"no {{other}}\"),\n    }}\n}}\n"
    );
    let package = "[package]\nname = \"snippets\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                   [profile.dev]\ndebug = false\n\n[dependencies]\n";
    std::fs::write(source.join("main.rs"), main).expect("files can be written");
    std::fs::write(folder.join("Cargo.toml"), package.to_owned() + &lines(&needs)).expect("files can be written");
    // The versions of this repository, which are there already.
    std::fs::copy(super::root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("there is a lock file");
    let offline = cargo(&folder, &["build", "--quiet", "--offline"]);
    let built = offline.or_else(|_| cargo(&folder, &["build", "--quiet"]));
    built.unwrap_or_else(|said| panic!("the snippets in Rust do not build:\n{said}"));
    folder.join("target/debug/snippets")
}

/// Runs cargo; what it said where it failed.
fn cargo(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO"));
    let output = command.args(arguments).current_dir(folder).env_remove("CARGO_TARGET_DIR").output();
    let output = output.expect("there is cargo");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Adds a line of `[dependencies]`: a crate has the features of all snippets.
fn add(needs: &mut BTreeMap<String, (String, Vec<String>)>, line: &str) {
    let table: toml::Table = line.parse().expect("it is a line of TOML");
    for (name, value) in table {
        let version = value.as_str().or_else(|| value["version"].as_str()).expect("a version").to_owned();
        let features = value.get("features").and_then(|features| features.as_array()).into_iter().flatten();
        let known = needs.entry(name).or_insert_with(|| (version, Vec::new()));
        for feature in features.map(ToString::to_string) {
            if !known.1.contains(&feature) {
                known.1.push(feature);
            }
        }
    }
}

fn lines(needs: &BTreeMap<String, (String, Vec<String>)>) -> String {
    let line = |(name, (version, features)): (&String, &(String, Vec<String>))| {
        format!("{name} = {{ version = \"{version}\", features = [{}] }}\n", features.join(", "))
    };
    needs.iter().map(line).collect()
}
