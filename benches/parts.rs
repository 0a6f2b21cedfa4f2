//! The parts of a run by themselves, on the five contracts of this repository: `cargo bench --bench parts`.

use counterpart::answer::knowledge::Knowledge;
use counterpart::answer::played::Manner;
use counterpart::answer::{self, Provider};
use counterpart::check;
use counterpart::contract::Contract;
use counterpart::credential::Plan;
use counterpart::credential::authorise::{authorise, redact};
use counterpart::credential::verify::Keys;
use counterpart::exchange::{Exchange, Request};
use counterpart::fake::make_secrets;
use counterpart::feature::catalogue::resolve;
use counterpart::feature::source;
use counterpart::name::ContractName;
use counterpart::project::Project;
use counterpart::request::{Draft, draft, text};
use counterpart::secret::{Redactor, Vault};
use counterpart::shape;
use divan::Bencher;
use gherkin::StepType;
use indexmap::IndexMap;
use std::path::Path;
use std::time::Duration;

/// A contract, and an operation of it with whose example the parts are measured.
const CALLS: [(&str, &str); 5] = [
    ("auth-validate", "validateKey"),
    ("clip-embed", "embedText"),
    ("mlflow", "searchExperiments"),
    ("model-predict", "predict"),
    ("service-signature", "aiStackSendInferenceResult"),
];

/// When everything happens, in milliseconds since 1970.
const NOW_MS: i64 = 1_750_000_000_000;

fn main() {
    divan::main();
}

fn project() -> Project {
    Project::open(Path::new(env!("CARGO_MANIFEST_DIR")), &|_| None).expect("this repository is a project")
}

fn contract(name: &str) -> Contract {
    project().contract(&ContractName::from(name)).expect("the contract is sound")
}

/// One call at a contract: what a harness and a fake have at hand.
struct Case {
    contract: Contract,
    operation: &'static str,
    server_path: String,
    vault: Vault,
    redactor: Redactor,
    manner: Manner,
}

impl Case {
    fn of((name, operation): (&str, &'static str)) -> Self {
        let contract = contract(name);
        let server_path = contract.server.path(&IndexMap::new()).expect("its variables have defaults");
        let mut vault = Vault::default();
        make_secrets(&contract, &mut vault).expect("its samples can be rendered");
        let redactor = Redactor::new([&vault]);
        Self { contract, operation, server_path, vault, redactor, manner: Manner::default() }
    }

    fn draft(&self) -> Draft {
        let values = |name: &str| self.contract.values.get(name).map(text);
        draft(&self.contract, &self.contract.operations[self.operation], None, &values).expect("it has an example")
    }

    fn request(&self) -> Request {
        let (draft, plan) = (self.draft(), Plan::default());
        authorise(&self.contract, &draft, &plan, &self.vault, &self.redactor, &self.server_path, NOW_MS)
            .expect("its secrets were made")
            .request
    }

    fn provider(&self) -> Provider<'_> {
        let Self { contract, server_path, vault, manner, .. } = self;
        Provider { contract, server_path, vault, manner }
    }

    fn exchange(&self) -> Exchange {
        let request = self.request();
        let mut knowledge = Knowledge::of(&self.contract);
        let response = answer::to(self.provider(), &mut knowledge, &request, NOW_MS).expect("the fake can answer");
        assert_eq!(response.status, 200, "{} is measured on what it accepts", self.operation);
        let request = redact(&self.redactor, &request);
        Exchange { request, response, sent_ms: NOW_MS, duration: Duration::ZERO, echoes: Vec::new() }
    }
}

#[divan::bench(args = CALLS.map(|(name, _)| name))]
fn contract_is_read(name: &str) -> Contract {
    contract(name)
}

#[divan::bench(args = CALLS.map(|(name, _)| name))]
fn features_are_read(bencher: Bencher<'_, '_>, name: &str) {
    let (contract, name) = (contract(name), ContractName::from(name));
    let features = project().features(&name).expect("its features can be read");
    bencher.bench(|| {
        let read = |(file, text): &(String, String)| source::read(file, text, &contract).expect("they are sound");
        features.iter().map(read).collect::<Vec<_>>()
    });
}

#[divan::bench(args = CALLS)]
fn draft_is_made_and_authorised(bencher: Bencher<'_, '_>, call: (&str, &'static str)) {
    let case = Case::of(call);
    bencher.bench(|| case.request());
}

#[divan::bench(args = CALLS)]
fn fake_answers(bencher: Bencher<'_, '_>, call: (&str, &'static str)) {
    let case = Case::of(call);
    let request = case.request();
    bencher
        .with_inputs(|| Knowledge::of(&case.contract))
        .bench_refs(|knowledge| answer::to(case.provider(), knowledge, &request, NOW_MS));
}

#[divan::bench(args = CALLS)]
fn request_is_judged(bencher: Bencher<'_, '_>, call: (&str, &'static str)) {
    let case = Case::of(call);
    let request = case.request();
    let keys = Keys { vault: &case.vault, further: &[] };
    bencher.bench(|| check::request(&case.contract, &case.server_path, &request, keys, NOW_MS));
}

#[divan::bench(args = CALLS)]
fn response_is_judged(bencher: Bencher<'_, '_>, call: (&str, &'static str)) {
    let case = Case::of(call);
    let exchange = case.exchange();
    let operation = &case.contract.operations[case.operation];
    bencher.bench(|| check::response(&case.contract, operation, &exchange.response, &exchange.echoes));
}

#[divan::bench(args = CALLS)]
fn exchange_becomes_a_shape(bencher: Bencher<'_, '_>, call: (&str, &'static str)) {
    let case = Case::of(call);
    let exchange = case.exchange();
    let operation = &case.contract.operations[case.operation];
    bencher.bench(|| shape::of(&case.contract, Some(operation), &case.server_path, &exchange));
}

#[divan::bench(args = CALLS)]
fn request_is_redacted(bencher: Bencher<'_, '_>, call: (&str, &'static str)) {
    let case = Case::of(call);
    let request = case.request();
    bencher.bench(|| redact(&case.redactor, &request));
}

#[divan::bench(args = [
    (StepType::When, r#""validateKey" is called"#),
    (StepType::Then, "the status is 200"),
    (StepType::Then, r#"the response field "/predictions/lead_score" is between 0 and 100"#),
])]
fn step_is_resolved(bencher: Bencher<'_, '_>, (keyword, text): (StepType, &str)) {
    bencher.bench(|| resolve(keyword, text).is_ok());
}
