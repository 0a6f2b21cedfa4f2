//! The five contracts at real services: kept where nothing is wrong, and broken at the right place by each incident.
//!
//! `cargo test --features live --test live` starts `examples/deployment`, which needs Python 3.11 and, the first time, the
//! network. A deployment that runs already is used, and healed at the end.

mod checked;
mod consumers;
mod deployment;
#[path = "../it/fakes.rs"]
mod fakes;
mod naming;
mod registration;
mod sighting;
mod snippets;

use checked::Checked;
use deployment::{Deployment, Incident};
use naming::{NAMES, UNNAMED};
use sighting::SIGHTINGS;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The contracts in the order of their names.
const CONTRACTS: [&str; 5] = ["auth-validate", "clip-embed", "mlflow", "model-predict", "service-signature"];

/// What a run must not write to.
const PROJECT: [&str; 4] = ["contracts", "counterpart.toml", "features", "snapshots"];

/// The repository's own folder, which is a project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

// The deployment is one and its incidents exclude each other, so that one test goes through them in turn.
#[test]
fn the_healthy_deployment_keeps_all_contracts_and_each_incident_breaks_its_own_at_the_right_place() {
    let deployment = Deployment::up();
    let credentials = deployment.credentials();
    let before = project_files();

    kept("--target local", &CONTRACTS, &credentials);
    kept("--target mlflow-direct", &["mlflow"], &credentials);
    kept("--target mlflow-prefixed", &["mlflow"], &credentials);

    registration::real_clients_keep_the_contract_through_the_proxy(&credentials);

    let incidents = deployment.incidents();
    each_incident_has_a_sighting(&incidents);
    let mut missed = String::new();
    for incident in &incidents {
        deployment.suffer(incident);
        missed += &what_is_missed(incident, &credentials);
    }
    assert!(missed.is_empty(), "{missed}");

    deployment.heal();
    kept("--target local", &CONTRACTS, &credentials);
    assert!(project_files() == before, "a run at a deployment has written to the project");
}

fn kept(arguments: &str, contracts: &[&str], credentials: &[(String, String)]) {
    let checked = Checked::run(arguments, credentials);
    checked.all_are("kept", contracts);
    assert_eq!(checked.exit, 0, "check {arguments}");
}

/// A new incident needs a line in the table, or its test would say no more than "broken".
fn each_incident_has_a_sighting(incidents: &[Incident]) {
    let listed: BTreeSet<&str> = incidents.iter().map(|incident| incident.name.as_str()).collect();
    let sighted: BTreeSet<&str> = SIGHTINGS.iter().map(|sighting| sighting.incident).collect();
    assert_eq!(listed, sighted);
    let named = NAMES.iter().map(|name| name.incident).chain(UNNAMED.iter().map(|(incident, _)| *incident));
    assert_eq!(listed, named.collect());
    assert_eq!(listed.len(), incidents.len(), "an incident is listed twice");
}

/// What the run says wrongly, or does not say, of the incident that is on.
fn what_is_missed(incident: &Incident, credentials: &[(String, String)]) -> String {
    let Incident { name, contract, spreads } = incident;
    let checked = Checked::run(&format!("--target local --contract {contract} --diagnose"), credentials);
    checked.all_are("broken", &[contract]);
    assert_eq!(checked.exit, 1, "{name}");
    if *spreads {
        let spread = Checked::run("--target local --contract model-predict --contract mlflow", credentials);
        spread.all_are("broken", &["mlflow", "model-predict"]);
        assert_eq!(spread.exit, 1, "{name} at the API");
    }
    let told = checked.most_told();
    let named = NAMES.iter().find(|known| known.incident == name).is_none_or(|known| {
        told.as_ref().is_some_and(|(code, sentence)| code == known.code && sentence.contains(known.words))
    });
    let misnamed = if named { String::new() } else { format!("{name} is named {told:?}\n") };
    let sightings = SIGHTINGS.iter().filter(|sighting| sighting.incident == name);
    let unseen = sightings.filter(|sighting| !checked.has_seen(sighting));
    let missed = |sighting: &sighting::Sighting| {
        let sighting::Sighting { code, operation, location, words, .. } = sighting;
        format!("{name}: no finding {code} {operation} {location} with {words:?}, but:\n{}", checked.listed())
    };
    misnamed + &unseen.map(missed).collect::<String>()
}

/// The project's files with what they hold.
fn project_files() -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut waiting: Vec<PathBuf> = PROJECT.iter().map(|name| root().join(name)).collect();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("a folder of the project can be read");
            waiting.extend(entries.map(|entry| entry.expect("an entry can be read").path()));
        } else {
            let held = std::fs::read(&path).expect("a file of the project can be read");
            files.insert(path, held);
        }
    }
    files
}
