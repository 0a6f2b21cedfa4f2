//! Providers that drifted from the contract `tests/cases/six-schemes`, written by hand: how many `check` catches, and how
//! many of the drifts it names rightly, with the features of an author who wrote no more than had to be.

mod departures;
mod desk;

use crate::project::{Call, Project, Ran, root};
use departures::{Departure, all};
use desk::{KEYS, desk, right};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Mutex;

/// How `check` is asked.
const CHECK: &str = "check --diagnose --format json --target desk";
/// Checks that run side by side.
const AT_ONCE: usize = 4;

/// What makes a right call one that a drifted provider answers otherwise than a right one.
type Witness = fn(&mut desk::Call);

/// What `check` does not catch, each with what a call would have to do to show it.
const MISSED: &[(&str, Witness)] = &[
    // What the consumer never sends or reads in these features.
    ("body-first", |call| {
        call.headers.set("x-api-key", None);
        call.body["quantity"] = 0.into();
    }),
    ("limit-a-little-stricter", |call| call.body["text"] = "a".repeat(400).into()),
    ("limit-looser", |call| call.body["quantity"] = 101.into()),
    ("optional-field-dropped", |_| ()),
];

/// What is caught and not named rightly, each with the reason.
const UNNAMED: &[(&str, &str)] = &[
    ("field-renamed", "no name: nobody could guess amount, and the text of a refusal is not read"),
    ("refusal-as-success", "the flag is told as `success: false`, and is `ok: false`"),
];

fn project() -> Project {
    // The desk of the tests logs no query, so that a key may be tried there.
    let desk =
        "[target.desk]\nallow_query = true\n\n[target.desk.contract.six-schemes]\nurl = \"http://127.0.0.1:9\"\n";
    Project::empty().folder(&root().join("tests/cases/six-schemes")).file("counterpart.toml", desk)
}

fn at(project: &Project, url: &str) -> Call {
    let call = project.call(&format!("{CHECK} --url six-schemes={url}"));
    KEYS.iter().fold(call, |call, (name, key)| call.variable(name, key))
}

#[test]
fn the_six_schemes_are_kept_at_their_fake() {
    project().run("check").exits(0).says("15 scenarios: 15 kept");
}

#[test]
fn the_six_schemes_are_kept_by_a_provider_written_by_hand() {
    let record = at(&project(), &desk(|call| right(&call)).url()).run().exits(0).json();
    assert_eq!(findings(&record), Vec::<&Value>::new());
}

#[test]
fn what_is_missed_can_be_seen_by_a_call_that_no_scenario_makes() {
    let departures = all();
    for (name, witness) in MISSED {
        let departure = departures.iter().find(|departure| departure.name == *name).expect("it is in the table");
        let call = || {
            let mut call = desk::Call::right(departure.below);
            assert!(right(&call).is_success(), "the call before {name} is right");
            witness(&mut call);
            call
        };
        assert_ne!(departure.answer(call()), right(&call()), "{name}");
    }
}

/// What came of the check of one drifted provider.
struct Checked {
    departure: Departure,
    ran: Ran,
    is_named: bool,
}

#[test]
fn drifted_providers_are_caught_and_their_drifts_named() {
    let checked = check_all();
    let missed: BTreeSet<&str> =
        checked.iter().filter(|one| !is_caught(&one.ran)).map(|one| one.departure.name).collect();
    let is_unnamed = |one: &&Checked| is_caught(&one.ran) && !one.is_named;
    let unnamed: BTreeSet<&str> = checked.iter().filter(is_unnamed).map(|one| one.departure.name).collect();
    let caught = checked.len() - missed.len();
    let named = checked.iter().filter(|one| one.is_named).count();
    let mut told = format!("{} drifted providers: {caught} caught, {named} named rightly\n", checked.len());
    for Checked { departure, ran, is_named } in &checked {
        let Departure { name, does, code, .. } = departure;
        let exit = ran.exit;
        if !is_caught(ran) {
            told += &format!("not caught (exit {exit}): {name}: the provider {does}\n");
        } else if !is_named {
            told += &format!("not named: {name}: the provider {does}; wanted {code}, told {}\n", said(ran));
        }
    }
    tell(&told);
    assert!(checked.len() >= 36, "{told}");
    assert_eq!(missed, MISSED.iter().map(|(name, _)| *name).collect(), "{told}");
    assert_eq!(unnamed, UNNAMED.iter().map(|(name, _)| *name).collect(), "{told}");
}

/// Broken, or an error because no response came in time.
fn is_caught(ran: &Ran) -> bool {
    [1, 4].contains(&ran.exit) && !findings(&ran.json()).is_empty()
}

/// Checks every drifted provider, a few side by side.
fn check_all() -> Vec<Checked> {
    let project = project();
    // The last of the table, which takes longest, comes first.
    let waiting = Mutex::new(all().into_iter().enumerate().collect::<Vec<_>>());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().expect("no thread panics with it").pop();
                    let Some((number, departure)) = next else { break };
                    let provider = desk(move |call| departure.answer(call));
                    let ran = at(&project, &provider.url()).run();
                    let is_named = is_caught(&ran) && names(&ran.json(), &departure);
                    done.lock().expect("no thread panics with it").push((number, Checked { departure, ran, is_named }));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no thread panicked");
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, checked)| checked).collect()
}

fn findings(record: &Value) -> Vec<&Value> {
    let contracts = list(&record["contracts"]);
    let scenarios = contracts.iter().flat_map(|contract| list(&contract["scenarios"]));
    scenarios.chain(contracts).flat_map(|part| list(&part["findings"])).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Whether a run names the departure's drift, in words that say what departs from what.
///
/// The first drift counts, in the order in which the console shows the findings, and the one that most findings carry:
/// these are the two that a reader meets. That some other finding carries the right one does not count.
fn names(record: &Value, departure: &Departure) -> bool {
    let told: Vec<&Value> =
        findings(record).into_iter().map(|finding| &finding["drift"]).filter(|drift| drift.is_object()).collect();
    let times = |drift: &Value| told.iter().filter(|other| other["sentence"] == drift["sentence"]).count();
    let most = told.iter().map(|drift| times(drift)).max();
    let commonest = told.iter().find(|drift| Some(times(drift)) == most);
    told.first().into_iter().chain(commonest).any(|drift| {
        let sentence = drift["sentence"].as_str().unwrap_or_default().to_lowercase();
        drift["code"] == departure.code && departure.words.iter().all(|word| sentence.contains(&word.to_lowercase()))
    })
}

#[test]
fn a_drift_is_named_rightly_by_its_code_and_in_words_that_say_what_moved_where() {
    let departures = all();
    let departure = departures.iter().find(|departure| departure.name == "header-to-query").expect("it is there");
    let drift = |code: &str, sentence: &str| json!({ "drift": { "code": code, "sentence": sentence } });
    let told = |findings: &[Value]| {
        names(&json!({ "contracts": [{ "scenarios": [{ "findings": findings }], "findings": [] }] }), departure)
    };
    let right = drift(
        "credential-moved",
        "the provider reads the key from query parameter api_key; the contract places it in header x-api-key",
    );
    let of_another_kind = drift("credential-renamed", right["drift"]["sentence"].as_str().unwrap_or_default());
    let vague = drift("credential-moved", "the provider reads the key elsewhere");
    let (none, wrong) = (json!({ "drift": null }), drift("route-missing", "the provider has no createOrder"));
    assert!(told(&[none, right.clone(), wrong.clone(), wrong.clone()]), "it comes first");
    assert!(told(&[wrong.clone(), right.clone(), right.clone()]), "most findings carry it");
    assert!(!told(&[wrong.clone(), wrong, right]), "another drift comes first, and more often");
    assert!(!told(&[of_another_kind]));
    assert!(!told(&[vague]));
}

/// The drifts that a run told, or else the codes of its findings.
fn said(ran: &Ran) -> String {
    let record = ran.json();
    let told = findings(&record).into_iter().map(|finding| match &finding["drift"] {
        Value::Null => finding["code"].as_str().unwrap_or_default().to_owned(),
        drift => format!("{} ({})", drift["code"], drift["sentence"]),
    });
    told.collect::<BTreeSet<String>>().into_iter().collect::<Vec<_>>().join(", ")
}

#[expect(clippy::print_stdout, reason = "the numbers are what the test is for; --nocapture shows them")]
fn tell(text: &str) {
    println!("{text}");
}
