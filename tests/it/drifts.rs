//! The catalogue at work: what a provider with a drift takes, what it refuses, and how a drift is told.

use crate::project::root;
use counterpart::answer::knowledge::Knowledge;
use counterpart::answer::played::{Manner, Played};
use counterpart::answer::{self, Provider};
use counterpart::check;
use counterpart::contract::Contract;
use counterpart::credential::Plan;
use counterpart::credential::authorise::authorise;
use counterpart::drift::{self, Drift};
use counterpart::exchange::{Request, Response};
use counterpart::fake::make_secrets;
use counterpart::name::{CredentialName, OperationId};
use counterpart::project::Project;
use counterpart::request::draft;
use counterpart::secret::{Redactor, Vault};
use indexmap::IndexMap;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// 2025-12-28T06:44:19Z
const NOW: i64 = 1_766_904_259_000;

/// Kinds after which a provider wants another request than the contract's, and no longer takes the contract's.
const EXCLUSIVE: [&str; 17] = [
    "credential-moved",
    "credential-renamed",
    "credential-word-changed",
    "credential-word-dropped",
    "credential-flattened",
    "credential-wrapped",
    "credential-keys-renamed",
    "credential-doubled",
    "signature-part-dropped",
    "signature-parts-swapped",
    "signature-separator-changed",
    "signature-method-case",
    "signature-time-unit",
    "signature-encoding-changed",
    "signature-algorithm-changed",
    "signature-key-decoded",
    "signature-hash-case",
];

/// Kinds whose drifts some calls do not show: the contract's own request may pass.
const SHOWN_BY_SOME: [&str; 4] =
    ["signature-path-changed", "signature-payload-changed", "signature-part-raw", "signature-part-hashed"];

/// Kinds of which the commonest name stands for all.
const MANY_NAMES: [&str; 3] = ["credential-moved", "credential-renamed", "credential-doubled"];

/// A contract with secrets of its own.
struct Bench {
    contract: Arc<Contract>,
    vault: Vault,
    redactor: Redactor,
}

impl Bench {
    /// Every contract of a project.
    fn all(folder: &Path) -> Vec<Self> {
        let project = Project::open(folder, &|_| None).expect("it is a project");
        let names = project.contract_names().expect("its folder can be read");
        let contracts = names.iter().map(|name| project.contract(name).expect("its contracts are right"));
        contracts
            .map(|contract| {
                let mut vault = Vault::default();
                make_secrets(&contract, &mut vault).expect("its samples can be rendered");
                let redactor = Redactor::new([&vault]);
                Self { contract: Arc::new(contract), vault, redactor }
            })
            .collect()
    }

    /// What a provider answers, when it was told to refuse so and so or was told nothing.
    fn answer(&self, played: &Played, request: &Request, forced: Option<&str>) -> Response {
        let server_path = self.contract.server.path(&IndexMap::new()).expect("it has defaults");
        let manner: &Manner = &played.manner;
        let provider = Provider { contract: &played.contract, server_path: &server_path, vault: &self.vault, manner };
        let mut knowledge = Knowledge::of(&self.contract);
        knowledge.forced = forced.map(str::to_owned);
        answer::to(provider, &mut knowledge, request, NOW).expect("it can answer")
    }

    /// The status with which a provider answers.
    fn status(&self, played: &Played, request: &Request) -> u16 {
        self.answer(played, request, None).status
    }

    /// The right request of a contract for an operation, with one of the credentials that open it.
    fn request(&self, contract: &Contract, id: &OperationId, credential: Option<CredentialName>) -> Request {
        self.example(contract, id, None, credential)
    }

    /// The right request with one of the operation's examples.
    fn example(
        &self,
        contract: &Contract,
        id: &OperationId,
        example: Option<&str>,
        credential: Option<CredentialName>,
    ) -> Request {
        let draft = draft(contract, &contract.operations[id], example, &|_| None).expect("it has examples");
        let server_path = contract.server.path(&IndexMap::new()).expect("it has defaults");
        let plan = Plan { credential, ..Plan::default() };
        let authorised = authorise(contract, &draft, &plan, &self.vault, &self.redactor, &server_path, NOW);
        authorised.unwrap_or_else(|refused| panic!("{id}: {refused}")).request
    }

    /// The contract without refusals that depend on what the provider knows.
    fn in_any_situation(self) -> Self {
        let mut contract = Contract::clone(&self.contract);
        contract.refusals.retain(|refusal| refusal.when.is_none());
        Self { contract: Arc::new(contract), ..self }
    }

    /// Every example of an operation's request, with what a provider is told to answer: nothing, or one of its answers.
    fn examples(&self, id: &OperationId) -> Vec<(Request, Option<&str>)> {
        let operation = &self.contract.operations[id];
        let named = operation.default_content().into_iter().flat_map(|(_, content)| content.examples.keys());
        let requests: Vec<Request> = std::iter::once(None)
            .chain(named.map(Some))
            .map(|example| self.example(&self.contract, id, example.map(String::as_str), None))
            .collect();
        let answers = self.contract.answers.iter().filter(|answer| answer.operations.contains(id));
        let told: Vec<Option<&str>> =
            std::iter::once(None).chain(answers.map(|answer| Some(answer.name.as_str()))).collect();
        requests.iter().flat_map(|request| told.iter().map(|told| (request.clone(), *told))).collect()
    }

    /// What is wrong with a drift after which another request is wanted; empty where nothing is.
    fn faults(&self, drift: &Drift, is_exclusive: bool) -> Vec<String> {
        let Some(other) = drift.another_contract(&self.contract).map(Arc::new) else {
            return vec![format!("{}: nobody keeps another contract", drift.id())];
        };
        let (faithful, drifted) = (Played::faithful(self.contract.clone()), Played::faithful(other.clone()));
        let mut faults = Vec::new();
        for id in &drift.operations {
            let theirs = other.operations[id].security.credentials();
            let ours = self.contract.operations[id].security.credentials();
            let new = theirs.into_iter().find(|name| !ours.contains(name));
            let old = new.map(|name| CredentialName::from(name.as_str().trim_end_matches('\'')));
            let right = self.request(&self.contract, id, old);
            let wanted = self.request(&other, id, new.cloned());
            let due = self.status(&faithful, &right);
            let given = self.status(&drifted, &wanted);
            if given != due {
                faults.push(format!("{} at {id}: what it wants is answered with {given}, not {due}", drift.id()));
            }
            let is_open = !self.contract.operations[id].security.is_required();
            if is_exclusive && !is_open && self.status(&drifted, &right) == due {
                faults.push(format!("{} at {id}: it still takes the contract's own request", drift.id()));
            }
        }
        faults
    }
}

#[test]
fn a_provider_with_a_drift_takes_the_request_of_a_client_with_the_same_drift() {
    let mut faults = Vec::new();
    let mut tried = HashSet::new();
    for bench in Bench::all(root()).iter().chain(&Bench::all(&root().join("tests/projects/schemes"))) {
        for drift in drift::of(&bench.contract) {
            let is_exclusive = EXCLUSIVE.contains(&drift.code);
            let is_another_name = drift.is_variation && MANY_NAMES.contains(&drift.code);
            if is_another_name {
                continue;
            }
            if is_exclusive || SHOWN_BY_SOME.contains(&drift.code) {
                tried.insert(drift.code);
                faults.extend(bench.faults(&drift, is_exclusive));
            }
        }
    }
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(tried.len(), EXCLUSIVE.len() + SHOWN_BY_SOME.len(), "each of the kinds was there: {tried:?}");
}

#[test]
fn no_two_drifts_of_a_contract_have_the_same_id() {
    for bench in Bench::all(root()) {
        let mut ids = HashSet::new();
        for drift in drift::of(&bench.contract) {
            assert!(ids.insert(drift.id()), "{}: {}", bench.contract.name, drift.id());
        }
    }
}

#[test]
fn every_drift_of_a_contract_can_be_played() {
    for bench in Bench::all(root()) {
        for drift in drift::of(&bench.contract) {
            assert!(drift.played(&bench.contract).is_some(), "{}: {}", bench.contract.name, drift.id());
        }
    }
}

#[test]
fn every_example_of_the_catalogue_is_a_sentence_that_some_contract_gives() {
    let mut said = HashSet::new();
    for bench in Bench::all(root()).iter().chain(&Bench::all(&root().join("tests/projects/schemes"))) {
        for drift in drift::of(&bench.contract) {
            said.extend(drift.of_client());
            said.insert(drift.of_provider());
        }
    }
    let invented: Vec<String> = drift::kinds()
        .filter(|kind| !said.contains(kind.example))
        .map(|kind| {
            let (party, _) = kind.example.split_at("the client".len());
            let near = |other: &&String| other.starts_with(party);
            let nearest = said
                .iter()
                .filter(near)
                .max_by(|one, other| strsim::jaro(one, kind.example).total_cmp(&strsim::jaro(other, kind.example)));
            format!("{}: {}\n  nearest: {}", kind.code, kind.example, nearest.map_or("none", String::as_str))
        })
        .collect();
    assert!(invented.is_empty(), "nobody says:\n{}", invented.join("\n"));
}

#[test]
fn a_provider_with_another_route_answers_the_contracts_call_otherwise() {
    for bench in Bench::all(root()) {
        let faithful = Played::faithful(bench.contract.clone());
        for drift in drift::of(&bench.contract).iter().filter(|drift| drift.code.starts_with("route-")) {
            let played = drift.played(&bench.contract).expect("it can be played");
            let right = bench.request(&bench.contract, &drift.operations[0], None);
            let (due, given) = (bench.answer(&faithful, &right, None), bench.answer(&played, &right, None));
            assert_ne!(due, given, "{}: {}", bench.contract.name, drift.id());
        }
    }
}

#[test]
fn a_drift_of_a_promised_answer_shows_in_an_answer_to_an_example_of_the_contract() {
    // What no example of a request asks for: an image that cannot be fetched, a vector that is not normalized, a status, what
    // was logged before.
    let by_other_calls = [
        "embedImageBatch body /results/*/error",
        "embedImageBatch body /results/*/normalized",
        "updateRun body /run_info/status",
        "getRun body /run/data/",
    ];
    let mut unseen = Vec::new();
    for bench in Bench::all(root()).into_iter().map(Bench::in_any_situation) {
        let faithful = Played::faithful(bench.contract.clone());
        let drifts = drift::of(&bench.contract).into_iter().filter(|drift| drift.code.starts_with("response-"));
        for drift in drifts.filter(|drift| !drift.is_variation) {
            let played = drift.played(&bench.contract).expect("it can be played");
            let shows = |(call, told): &(Request, Option<&str>)| {
                bench.answer(&faithful, call, *told) != bench.answer(&played, call, *told)
            };
            let is_excused = by_other_calls.iter().any(|call| drift.subject.starts_with(call));
            if !is_excused && !bench.examples(&drift.operations[0]).iter().any(shows) {
                unseen.push(format!("{} {}", bench.contract.name, drift.id()));
            }
        }
    }
    assert!(unseen.is_empty(), "{}:\n{}", unseen.len(), unseen.join("\n"));
}

#[test]
fn a_drift_of_a_refusal_changes_it_so_that_the_judge_sees_it() {
    let in_other_ways = ["refusal-order-changed", "refusal-situation-dropped", "refusal-unprovoked"];
    for bench in Bench::all(root()) {
        let contract = &bench.contract;
        let faithful = Played::faithful(contract.clone());
        let drifts = drift::of(contract).into_iter().filter(|drift| drift.code.starts_with("refusal-"));
        let of_one = |drift: &Drift| !in_other_ways.contains(&drift.code) && !drift.subject.starts_with("every ");
        for drift in drifts.filter(of_one) {
            let refusal = drift.subject.split(' ').next().and_then(|name| contract.refusal(name));
            let refusal = refusal.expect("its subject begins with the refusal");
            let operation = &contract.operations[&drift.operations[0]];
            let right = bench.request(contract, &operation.id, None);
            let forced = Some(refusal.name.as_str());
            let due = bench.answer(&faithful, &right, forced);
            assert!(check::refusal::check(contract, refusal, Some(operation), &due).is_empty(), "{}", refusal.name);
            let given = bench.answer(&drift.played(contract).expect("it can be played"), &right, forced);
            assert_ne!(due, given, "{}: {}", contract.name, drift.id());
            // Promised headers are judged with the operation's other promises.
            if drift.code != "refusal-header-gone" {
                let findings = check::refusal::check(contract, refusal, Some(operation), &given);
                assert!(!findings.is_empty(), "{}: nobody sees {}", contract.name, drift.id());
            }
        }
    }
}

#[test]
fn a_refusal_in_the_words_of_fastapi_names_the_place_of_the_missing_credential() {
    let benches = Bench::all(root());
    let bench = benches.iter().find(|bench| bench.contract.name.as_str() == "clip-embed").expect("it is there");
    let drifts = drift::of(&bench.contract);
    let moved = drifts.iter().find(|drift| drift.id() == "credential-moved embedText auth to headers ts, sig");
    let played = moved.expect("it can move there").played(&bench.contract).expect("it can be played");
    let right = bench.request(&bench.contract, &"embedText".into(), None);
    let answer = bench.answer(&played, &right, None);
    let body = answer.json().expect("it is JSON");
    assert_eq!(body["detail"][0]["loc"], serde_json::json!(["header", "ts"]), "{body}");
}
