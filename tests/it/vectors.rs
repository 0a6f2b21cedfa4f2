//! Signatures that the real parties computed, put through the library with the repository's own contracts.
//!
//! The figures come from the consumers' and providers' own test suites: the search API and the CLIP worker for `clip-embed`,
//! the three workers and the backend for `service-signature`.

use counterpart::contract::Contract;
use counterpart::contract::conduct::Cause;
use counterpart::credential::Plan;
use counterpart::credential::authorise::authorise;
use counterpart::credential::verify::{Fault, Keys, Seen, verify};
use counterpart::exchange::Request;
use counterpart::name::PartyName;
use counterpart::project::Project;
use counterpart::request::{Draft, Edit, draft};
use counterpart::secret::{Redactor, Secret, Vault};
use serde_json::{Value, json};

/// 2025-12-28T06:44:19Z
const CLIP_TIME: i64 = 1_766_904_259;
/// 2025-10-06T09:27:56Z
const SERVICE_TIME: i64 = 1_759_742_876;

/// A contract of the repository with the secrets of its vectors.
struct Bench {
    contract: Contract,
    vault: Vault,
}

impl Bench {
    fn new(contract: &str, secrets: &[(&str, String)]) -> Self {
        let project = Project::open(crate::project::root(), &|_| None).expect("the repository is a project");
        let contract = project.contract(&contract.into()).expect("its contracts are right");
        let mut vault = Vault::default();
        for (name, value) in secrets {
            vault.insert((*name).into(), Secret::new(value.as_str()));
        }
        Self { contract, vault }
    }

    fn clip() -> Self {
        Self::new("clip-embed", &[("CLIP_RUNPOD_SECRET", "contract-secret".to_owned())])
    }

    fn workers() -> Self {
        let secrets = [
            ("SERVICE_KEY_NPU_WORKER", "00112233445566778899aabbccddeeff".repeat(2)),
            ("SERVICE_KEY_AI_STACK", format!("{}aaaa", "1".repeat(60))),
            ("SERVICE_KEY_BROWSER_SERVICE", format!("{}bbbb", "2".repeat(60))),
        ];
        Self::new("service-signature", &secrets)
    }

    /// A call of an operation with the contract's examples.
    fn call(&self, operation: &str) -> Draft {
        draft(&self.contract, &self.contract.operations[operation], None, &|_| None).expect("it has examples")
    }

    /// A call with one path parameter.
    fn call_with(&self, operation: &str, parameter: &str, value: &str) -> Draft {
        let mut draft = self.call(operation);
        let parameter = self.contract.operations[operation].parameter(parameter).expect("it has the parameter");
        draft.set_parameter(parameter, value.to_owned());
        draft
    }

    /// A call with one field of the body.
    fn call_saying(&self, operation: &str, pointer: &str, value: Value) -> Draft {
        let mut draft = self.call(operation);
        let body = draft.body_value_mut().expect("it has a body");
        Edit::SetField(pointer.to_owned(), value).apply_to(body).expect("the field can be set");
        draft
    }

    /// The draft as it goes over the wire when it is signed at `time`.
    fn signed(&self, draft: &Draft, plan: &Plan, time: i64) -> Request {
        let redactor = Redactor::new([&self.vault]);
        let authorised = authorise(&self.contract, draft, plan, &self.vault, &redactor, "", time * 1000);
        authorised.unwrap_or_else(|refused| panic!("{refused}")).request
    }

    fn verified(&self, operation: &str, request: &Request, time: i64) -> Result<Seen, Box<Fault>> {
        let keys = Keys { vault: &self.vault, further: &[] };
        verify(&self.contract, self.contract.operations.get(operation), request, keys, time * 1000)
    }

    /// The provider's side: accepted when it was signed and to both ends of the window, stale one second beyond either.
    #[track_caller]
    fn accepts_within(&self, window: i64, operation: &str, request: &Request, time: i64) {
        for age in [0, window, -window] {
            if let Err(fault) = self.verified(operation, request, time + age) {
                panic!("refused {age} s after it was signed: {fault:?}");
            }
        }
        for age in [window + 1, -window - 1] {
            let fault = self.verified(operation, request, time + age).expect_err("it is outside the window");
            assert_eq!(fault.cause, Cause::Stale, "{age} s after it was signed");
        }
    }

    /// Neither accepts it with a digit of the signature changed, nor with another secret.
    #[track_caller]
    fn refuses_any_other(&self, operation: &str, request: &Request, time: i64, signature: &str) {
        let flipped = signature.replacen(|digit: char| digit != '0', "0", 1);
        let mut wrong = request.clone();
        wrong.body = String::from_utf8_lossy(&request.body).replace(signature, &flipped).into_bytes();
        for (_, value) in &mut wrong.headers.0 {
            *value = value.replace(signature, &flipped);
        }
        assert_ne!(&wrong, request, "the signature is somewhere in the request");
        let fault = self.verified(operation, &wrong, time).expect_err("the signature is another");
        assert_eq!(fault.cause, Cause::Unknown);
        let mut vault = Vault::default();
        for (name, _) in self.vault.iter() {
            vault.insert(name.clone(), Secret::new("another-secret"));
        }
        let other = Self { contract: self.contract.clone(), vault };
        let fault = other.verified(operation, request, time).expect_err("the secret is another");
        assert_eq!(fault.cause, Cause::Unknown);
    }
}

#[track_caller]
fn clip_signs(operation: &str, field: &str, value: &str, auth: &str, signature: &str) {
    let bench = Bench::clip();
    let draft = bench.call_saying(operation, field, json!(value));
    let request = bench.signed(&draft, &Plan::default(), CLIP_TIME);
    let body = request.json().expect("the body is JSON");
    assert_eq!(body.pointer(auth), Some(&json!({ "ts": CLIP_TIME, "sig": signature })));
    assert_eq!(body.pointer(field), Some(&json!(value)), "what is signed is sent as it was typed");
    bench.accepts_within(120, operation, &request, CLIP_TIME);
    bench.refuses_any_other(operation, &request, CLIP_TIME, signature);
}

#[test]
fn a_text_is_signed_by_its_hash() {
    let signature = "162b836b2cd52bfccb9a1d77d851f22e38aabe8b1fd1014be5a822e4888c3d41";
    clip_signs("embedText", "/text", "red car", "/auth", signature);
    let signature = "090edb5572ad9c3c11da6e199c309602acb3cc3712587920d91ee7cd07b1f9d9";
    clip_signs("embedText", "/text", "a person walking in the rain", "/auth", signature);
}

#[test]
fn a_text_beyond_ascii_is_signed_as_its_utf_8_bytes() {
    let signature = "ef0fb8d7cd7936c83f3822e134e9bf4d1f87e2fb77abeb9813f3c18d78963f6d";
    // Composed (NFC): 빨간 자동차 🚗 café.
    let composed = "\u{be68}\u{ac04} \u{c790}\u{b3d9}\u{cc28} \u{1f697} caf\u{e9}";
    clip_signs("embedText", "/text", composed, "/auth", signature);
    let bench = Bench::clip();
    let decomposed = composed.replace('\u{e9}', "e\u{301}");
    let request =
        bench.signed(&bench.call_saying("embedText", "/text", json!(decomposed)), &Plan::default(), CLIP_TIME);
    let body = request.json().expect("the body is JSON");
    assert_ne!(body["auth"]["sig"], json!(signature), "nobody composes a text behind its writer's back");
}

#[test]
fn an_image_is_signed_by_its_url() {
    let signature = "8d203fc3ab69cb8a965fb394376e7315bdcb5948cae5e739e05b5ef7174b5a7d";
    clip_signs("embedImage", "/image_url", "https://example.com/image.jpg", "/auth", signature);
}

#[test]
fn an_image_is_signed_by_its_normalised_url() {
    let signature = "0d953e2d076ca54930cd1bd01709c3383e9d3a5602fae31ae96ecde68dc789cc";
    for typed in ["https://example.com", "https://example.com/", "HTTPS://EXAMPLE.com:443"] {
        clip_signs("embedImage", "/image_url", typed, "/auth", signature);
    }
}

#[test]
fn an_image_of_a_batch_is_signed_with_the_path_of_the_batch() {
    let signature = "b87fe76690dbc558ba4459393d01cc1f9d378ca734e3ff80ebf037863209eb97";
    let url = "https://example.com/image.jpg";
    clip_signs("embedImageBatch", "/items/0/image_url", url, "/items/0/auth", signature);
}

#[test]
fn each_image_of_a_batch_has_a_signature_of_its_own() {
    let bench = Bench::clip();
    let item = |url: &str| json!({ "image_url": url, "request_id": url });
    let items = json!([item("https://example.com/image.jpg"), item("https://example.com/other.jpg")]);
    let draft = bench.call_saying("embedImageBatch", "/items", items);
    let request = bench.signed(&draft, &Plan::default(), CLIP_TIME);
    bench.accepts_within(120, "embedImageBatch", &request, CLIP_TIME);
    let mut body = request.json().expect("the body is JSON");
    assert_ne!(body["items"][0]["auth"]["sig"], body["items"][1]["auth"]["sig"]);
    // One item that is not authentic is enough.
    body["items"][1]["auth"] = body["items"][0]["auth"].clone();
    let swapped = Request { body: body.to_string().into_bytes(), ..request };
    let fault = bench.verified("embedImageBatch", &swapped, CLIP_TIME).expect_err("the second is signed for the first");
    assert_eq!(fault.cause, Cause::Unknown);
}

#[track_caller]
fn worker_signs(bench: &Bench, draft: &Draft, party: &str, path: &str, signature: &str) {
    let plan = Plan { party: Some(PartyName::from(party)), ..Plan::default() };
    let request = bench.signed(draft, &plan, SERVICE_TIME);
    assert_eq!(request.path, path, "the path on the wire");
    let expected = [("X-Service-ID", party), ("X-Service-Timestamp", "1759742876"), ("X-Service-Signature", signature)];
    for (name, value) in expected {
        assert_eq!(request.headers.all(name).collect::<Vec<_>>(), [value], "{name}");
    }
    let operation = draft.operation.as_ref().map_or("", |operation| operation.as_str());
    bench.accepts_within(300, operation, &request, SERVICE_TIME);
    bench.refuses_any_other(operation, &request, SERVICE_TIME, signature);
    // Query and body are not signed.
    let carried = Request { query: Some("attempt=2".to_owned()), body: b"{}".to_vec(), ..request };
    bench.verified(operation, &carried, SERVICE_TIME).unwrap_or_else(|fault| panic!("{fault:?}"));
}

#[test]
fn a_worker_signs_its_name_the_method_the_path_and_the_time() {
    let bench = Bench::workers();
    let draft = bench.call("npuHeartbeat");
    let signature = "91103e75ea84688b5acfeae5b99d08d56239f41defe075bfd7f8f2fc6f6659b4";
    worker_signs(&bench, &draft, "npu-worker", "/api/npu/heartbeat", signature);
    let draft = Draft::outside("GET", "/api/system/health");
    let signature = "6bbe8b07578a95e4589ef52ae5874baaa671bebad33b6743a540390aa44ba634";
    worker_signs(&bench, &draft, "npu-worker", "/api/system/health", signature);
}

#[test]
fn each_worker_signs_with_its_own_key() {
    let bench = Bench::workers();
    let draft = bench.call_with("aiStackSendInferenceResult", "request_id", "req-123");
    let signature = "f3b5b5abef002f606bebb0456735cdcb119016b7cc9ba8a009e6808456963c17";
    worker_signs(&bench, &draft, "ai-stack", "/api/ai-stack/results/req-123", signature);
    let draft = bench.call("browserUploadScreenshot");
    let signature = "0c3d0fa23d2941c3c0d411fc88d2c73c4f3d2fd4d29af0b2aacdf5a1d6dd5298";
    worker_signs(&bench, &draft, "browser-service", "/api/browser/screenshots", signature);
}

#[test]
fn a_path_is_signed_percent_decoded_and_sent_percent_encoded() {
    let bench = Bench::workers();
    let vectors = [
        ("task-123", "task-123", "f8505adeadff7e85e13ee75115a6f1d130b0c716413317a6e7d6f7cad11039ec"),
        ("caf\u{e9}", "caf%C3%A9", "5ee454afb1da0b0bad547871ccdddfbaef9160ff51938091e1a1e48aeb84449c"),
        ("a b", "a%20b", "334a9dcb8386bcf6ed0269165e6bbfd06c232ba6c7e09f2758abade0269ff58a"),
    ];
    for (task, wire, signature) in vectors {
        let draft = bench.call_with("npuSendInferenceResult", "task_id", task);
        worker_signs(&bench, &draft, "npu-worker", &format!("/api/npu/results/{wire}"), signature);
    }
}

#[test]
fn the_operations_party_signs_where_nobody_is_named() {
    let bench = Bench::workers();
    for (operation, party) in
        [("npuHeartbeat", "npu-worker"), ("aiStackHeartbeat", "ai-stack"), ("browserHeartbeat", "browser-service")]
    {
        let request = bench.signed(&bench.call(operation), &Plan::default(), SERVICE_TIME);
        assert_eq!(request.headers.get("X-Service-ID"), Some(party));
    }
}
