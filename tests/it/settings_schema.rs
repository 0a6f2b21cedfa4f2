//! `docs/counterpart.schema.json` and `docs/contract.schema.json`, from which editors complete and check: they know what the
//! program knows.

use crate::project::{Project, files, root};
use counterpart::contract::terms::Terms;
use jsonschema::Validator;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A name that is like no other.
const STRANGE: &str = "zzzzzzzz";

/// A table of a file that people write: the text before a key of it, and where the schema describes it.
type Table = (&'static str, &'static str);

/// The tables of `counterpart.toml`.
const SETTINGS: [Table; 3] = [
    ("", ""),
    ("[target.t]\n", "/$defs/target"),
    ("[target.t.contract.greeting]\nurl = \"http://x\"\n", "/$defs/site"),
];

/// The tables of `contract.toml`.
const TERMS: [Table; 8] = [
    ("", ""),
    ("[credential.c]\nsecret = \"S\"\n", "/$defs/credential"),
    ("[credential.c.party.p]\nsecret = \"S\"\n", "/$defs/party"),
    ("[credential.c]\nsecret = \"S\"\n[credential.c.body]\n", "/$defs/body"),
    ("[credential.c]\nsecret = \"S\"\n[credential.c.payload.o]\n", "/$defs/payload"),
    ("[refusal.r]\nstatus = 401\n", "/$defs/refusal"),
    ("[answer.a]\n", "/$defs/answer"),
    ("[answer.a.each]\n", "/$defs/each"),
];

/// The keys of `contract.toml` whose values are words: the text in which one of them stands, and where the schema lists them.
const WORDS: [Table; 6] = [
    ("order = [\"zzzzzzzz\"]", "/properties/order/items/enum"),
    ("alternatives = \"zzzzzzzz\"", "/properties/alternatives/enum"),
    ("[credential.c]\nalgorithm = \"zzzzzzzz\"", "/$defs/credential/properties/algorithm/enum"),
    ("[credential.c]\nencoding = \"zzzzzzzz\"", "/$defs/credential/properties/encoding/enum"),
    ("[credential.c]\nkey = \"zzzzzzzz\"", "/$defs/credential/properties/key/enum"),
    ("[credential.c]\ntimestamp = \"zzzzzzzz\"", "/$defs/credential/properties/timestamp/enum"),
];
const CAUSES: Table = ("[refusal.r]\nstatus = 401\non = [\"zzzzzzzz\"]", "/$defs/refusal/properties/on/items/enum");

fn schema(name: &str) -> Value {
    let text = std::fs::read_to_string(root().join("docs").join(name)).expect("the schema is there");
    serde_json::from_str(&text).expect("the schema is JSON")
}

fn validator(name: &str) -> Validator {
    let schema = schema(name);
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

/// What the loader says of a key or a word that it does not know in a `contract.toml`: those that it knows there.
fn known_in_terms(text: &str) -> BTreeSet<String> {
    let (_, problems) = Terms::parse("contract.toml", text);
    let helps = problems.iter().map(|problem| problem.help.as_str());
    known(helps.clone()).unwrap_or_else(|| panic!("{text}\nnames none that are known: {:?}", helps.collect::<Vec<_>>()))
}

fn known_in_settings(text: &str) -> BTreeSet<String> {
    let ran = Project::greeting().file("counterpart.toml", text).run("list targets").exits(2);
    let text = ran.stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    known(text.split("help: ")).unwrap_or_else(|| panic!("none is named: {text}"))
}

fn known<'a>(mut helps: impl Iterator<Item = &'a str>) -> Option<BTreeSet<String>> {
    let list = helps.find_map(|help| help.strip_prefix("known here: "))?;
    let list = list.split(" error: ").next().unwrap_or(list);
    Some(list.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

fn keys(schema: &Value, pointer: &str) -> BTreeSet<String> {
    let table = schema.pointer(pointer).unwrap_or_else(|| panic!("the schema has no {pointer}"));
    assert_eq!(table["additionalProperties"], false, "{pointer} takes any key");
    table["properties"].as_object().expect("it has properties").keys().cloned().collect()
}

/// Every file of that name in the repository that a run reads, with its text.
fn all(name: &str) -> Vec<(PathBuf, String)> {
    let folders = ["contracts", "tests/cases", "tests/projects", "examples"].map(|folder| files(&root().join(folder)));
    let found = folders.into_iter().flatten().chain([root().join("counterpart.toml")]);
    let found = found.filter(|path| path.file_name().is_some_and(|known| known == name));
    found.map(|path| (path.clone(), std::fs::read_to_string(&path).expect("it is text"))).collect()
}

fn json(text: &str) -> Option<Value> {
    toml::from_str(text).ok()
}

#[test]
fn the_schemas_know_every_key_of_the_loader_and_no_other() {
    let settings = schema("counterpart.schema.json");
    for (before, pointer) in SETTINGS {
        let loader = known_in_settings(&format!("{before}{STRANGE} = 1\n"));
        assert_eq!(keys(&settings, pointer), loader, "counterpart.schema.json{pointer}, the loader's on the right");
    }
    let terms = schema("contract.schema.json");
    for (before, pointer) in TERMS {
        let loader = known_in_terms(&format!("{before}{STRANGE} = 1\n"));
        assert_eq!(keys(&terms, pointer), loader, "contract.schema.json{pointer}, the loader's on the right");
    }
    let described = |schema: &Value| {
        let tables = schema["$defs"].as_object().into_iter().flatten();
        tables.filter(|(_, table)| table["additionalProperties"] == false).count()
    };
    // `source` has a test of its own.
    assert_eq!(described(&settings), SETTINGS.len(), "a table of counterpart.schema.json is not compared");
    assert_eq!(described(&terms), TERMS.len() - 1, "a table of contract.schema.json is not compared");
}

#[test]
fn the_schemas_know_every_word_of_the_loader_and_no_other() {
    let terms = schema("contract.schema.json");
    for (text, pointer) in WORDS.into_iter().chain([CAUSES]) {
        let words = terms.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("there is no {pointer}"));
        let words: BTreeSet<String> = words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        assert_eq!(words, known_in_terms(text), "{pointer}, the loader's on the right");
    }
}

#[test]
fn a_secrets_source_is_one_of_those_that_the_loader_takes() {
    let validator = validator("counterpart.schema.json");
    let source = |source: &str| {
        format!("[target.t.contract.greeting]\nurl = \"http://x\"\nsecrets = {{ GREETING_KEY = {source} }}\n")
    };
    for (text, is_right) in [
        ("{ env = \"A\" }", true),
        ("{ file = \"a\" }", true),
        ("{ value = \"a\" }", false),
        ("{ env = \"A\", file = \"a\" }", false),
        ("{}", false),
        ("\"A\"", false),
    ] {
        let text = source(text);
        let exit = if is_right { 0 } else { 2 };
        Project::greeting().file("counterpart.toml", &text).run("list targets").exits(exit);
        assert_eq!(validator.is_valid(&json(&text).expect("it is TOML")), is_right, "{text}");
    }
}

#[test]
fn what_the_loader_refuses_by_form_the_schema_refuses_too() {
    let validator = validator("contract.schema.json");
    let parties = "consumer = \"a\"\nprovider = \"b\"\n";
    for wrong in [
        "",
        "consumer = \"a\"",
        "consumer = 1\nprovider = \"b\"",
        &format!("{parties}order = [\"path\"]"),
        &format!("{parties}[credential.c]\nsample = \"x\""),
        &format!("{parties}[credential.c]\nsecret = \"S\"\nalgorithm = \"hmac-sha1\""),
        &format!("{parties}[credential.c]\nsecret = \"S\"\nbody = {{ at = \"/a\" }}"),
        &format!("{parties}[credential.c]\nsecret = \"S\"\n[credential.c.payload]\no = 1"),
        &format!("{parties}[credential.c]\nsecret = \"S\"\n[credential.c.payload]\no = {{ each = \"/a\" }}"),
        &format!("{parties}[credential.c]\nsecret = \"S\"\nwindow = \"soon\""),
        &format!("{parties}[refusal.r]\non = [\"body\"]"),
        &format!("{parties}[refusal.r]\nstatus = 401\nwording = \"flask\""),
        &format!("{parties}[answer.a]\neach = {{ at = \"/a\" }}"),
        &format!("{parties}[knowledge]\nmodels = \"21\""),
        &format!("{parties}[variables]\nA = 1"),
        &format!("{parties}[equivalent]\na = true"),
    ] {
        let (_, problems) = Terms::parse("contract.toml", wrong);
        assert!(!problems.is_empty(), "the loader takes it:\n{wrong}");
        assert!(!validator.is_valid(&json(wrong).expect("it is TOML")), "the schema takes it:\n{wrong}");
    }
}

#[test]
fn every_contract_toml_that_the_loader_takes_keeps_to_its_schema() {
    let validator = validator("contract.schema.json");
    let mut taken = 0;
    for (path, text) in all("contract.toml") {
        let (_, problems) = Terms::parse("contract.toml", &text);
        if problems.is_empty() {
            taken += 1;
            let wrong: Vec<String> =
                validator.iter_errors(&json(&text).expect("it is TOML")).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{}: {wrong:?}", path.display());
        }
    }
    assert!(taken >= 10, "only {taken} were found");
}

#[test]
fn every_counterpart_toml_that_the_loader_takes_keeps_to_its_schema() {
    let validator = validator("counterpart.schema.json");
    let mut taken = 0;
    for (path, text) in all("counterpart.toml") {
        let names = ["greeting", "notes"];
        let project =
            names.into_iter().fold(Project::of_repository().file("counterpart.toml", &text), |project, name| {
                project.file(&format!("contracts/{name}/contract.toml"), "")
            });
        if project.run("list targets").exit == 0 {
            taken += 1;
            let wrong: Vec<String> =
                validator.iter_errors(&json(&text).expect("it is TOML")).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{}: {wrong:?}", path.display());
        }
    }
    assert!(taken >= 5, "only {taken} were found");
}
