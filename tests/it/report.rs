//! What each format says of one small run, compared as a whole with the files in `tests/cases/report`.
//!
//! After a wanted change, `COUNTERPART_BLESS=1 cargo test report` writes the files anew; read them before committing.

use counterpart::name::ContractName;
use counterpart::place::Place;
use counterpart::record::{
    BodyRecord, ContractRecord, DriftRecord, ExchangeRecord, FindingRecord, NotRun, Protection, Record, RequestRecord,
    ResponseRecord, ScenarioRecord, VERSION, Verb,
};
use counterpart::report::console::{Console, ConsoleOptions};
use counterpart::report::{Format, render};
use counterpart::verdict::{Code, Verdict};
use similar::TextDiff;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Text with everything that some format has to escape.
const AWKWARD: &str = "<&>\"'` 100% ::error:: a,b | _c_ 🦀\nsecond line \u{1b}[31mred\n::stop-commands::x";

const FEATURE: &str = "The signature travels in the body and nowhere else";
const EMBED: &str = "features/clip-embed/signature.feature";
const KEYS: &str = "features/auth-validate/key.feature";
const SERVE: &str = "features/mlflow/serve.feature";

#[test]
fn every_format_is_found_by_its_word() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(*format));
    }
    let unknown = "html".parse::<Format>().expect_err("no such format");
    assert_eq!(unknown.to_string(), "unknown format \"html\": use one of console, json, junit, markdown, github");
}

#[test]
fn json_says_it_all() {
    is_as_in("run.json", &render(Format::Json, &record()));
}

#[test]
fn json_keeps_to_its_schema() {
    let schema = std::fs::read_to_string(root().join("docs/report.schema.json")).expect("the schema is there");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema compiles");
    for record in [record(), kept(), empty()] {
        let mut json = serde_json::from_str(&render(Format::Json, &record)).expect("the report is JSON");
        let errors: Vec<String> =
            validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new());
        json["verdict"] = "green".into();
        assert!(!validator.is_valid(&json));
    }
}

#[test]
fn junit_says_what_failed_and_what_was_left_out() {
    is_as_in("run.junit.xml", &render(Format::Junit, &record()));
}

/// `xmllint` (libxml2) is the judge; a machine that lacks it compares the text only.
#[test]
fn junit_keeps_to_its_schema() {
    let schema = root().join("tests/schemas/junit.xsd");
    for record in [record(), kept(), empty()] {
        let xmllint = Command::new("xmllint")
            .args(["--noout", "--nonet", "--schema"])
            .args([schema.as_path(), Path::new("-")])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let Ok(mut xmllint) = xmllint else { return };
        let mut stdin = xmllint.stdin.take().expect("it was piped");
        stdin.write_all(render(Format::Junit, &record).as_bytes()).expect("xmllint reads");
        drop(stdin);
        let output = xmllint.wait_with_output().expect("xmllint ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn github_annotations_are_escaped() {
    let text = render(Format::Github, &record());
    is_as_in("run.github.txt", &text);
    assert!(text.lines().all(|line| line.starts_with("::")), "a line break got through");
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "a control character got through");
}

#[test]
fn markdown_says_what_is_wrong_and_what_changed() {
    let mut record = record();
    let finding = &mut record.contracts[1].scenarios[1].findings[0];
    finding.drift = Some(DriftRecord {
        code: "signature-part-dropped".into(),
        sentence: "the provider verifies a message without the *timestamp*; the contract signs it <too>".to_owned(),
        certain: false,
    });
    is_as_in("run.md", &render(Format::Markdown, &record));
}

#[test]
fn markdown_stays_below_the_size_that_github_takes() {
    let mut record = record();
    let large = record.contracts[1].scenarios[2].clone();
    let of_its_own = |number: usize| {
        let mut scenario = large.clone();
        scenario.findings.iter_mut().for_each(|finding| {
            finding.detail = Some("- status: 401\n".repeat(200));
            finding.drift = Some(DriftRecord {
                code: "refusal-status-changed".into(),
                sentence: format!("the provider does {number}; the contract says another"),
                certain: true,
            });
        });
        scenario
    };
    record.contracts[1].scenarios = (0..2_000).map(of_its_own).collect();
    let text = render(Format::Markdown, &record);
    assert!(text.len() < 1 << 20);
    assert!(text.contains(" more: see the log."));
}

#[test]
fn markdown_names_fifty_scenarios_that_did_not_run_for_a_reason() {
    let mut record = record();
    let left_out = record.contracts[0].not_run[0].clone();
    record.contracts[0].not_run = vec![left_out; 60];
    let text = render(Format::Markdown, &record);
    assert!(text.contains("<summary>60 scenarios: @writes"), "{text}");
    assert!(text.contains("\n- and 10 more\n"), "{text}");
}

#[test]
fn markdown_names_a_cause_once_and_folds_what_it_has_in_common() {
    let mut record = record();
    let broken = record.contracts[1].scenarios[1].clone();
    record.contracts[1].scenarios = vec![broken; 30];
    let text = render(Format::Markdown, &record);
    assert_eq!(text.matches("#### refusal-missing: clip-worker accepted a call").count(), 1);
    assert!(text.contains("<summary>29 findings of the same cause</summary>"), "{text}");
    assert!(text.contains("And 9 more: see the log."), "{text}");
}

#[test]
fn the_console_fits_a_narrow_page() {
    let text = console(&record(), ConsoleOptions { width: 60, ..plain() });
    is_as_in("run.console-60.txt", &text);
}

#[test]
fn the_console_fits_a_wide_page() {
    is_as_in("run.console-120.txt", &console(&record(), ConsoleOptions { width: 120, ..plain() }));
}

#[test]
fn a_quiet_console_shows_findings_and_outcome() {
    is_as_in("run.console-quiet.txt", &console(&record(), ConsoleOptions { quiet: true, ..plain() }));
}

#[test]
fn a_verbose_console_shows_exchanges_and_retries() {
    is_as_in("run.console-verbose.txt", &console(&record(), ConsoleOptions { verbose: true, ..plain() }));
}

#[test]
fn a_kept_run_is_short_and_shows_no_red() {
    let text = console(&kept(), plain());
    is_as_in("kept.console.txt", &text);
    let coloured = console(&kept(), ConsoleOptions { colour: true, ..plain() });
    assert!(coloured.contains("\u{1b}[32m"));
    assert!(!coloured.contains("\u{1b}[31m"));
}

#[test]
fn an_empty_run_says_so() {
    is_as_in("empty.console.txt", &render(Format::Console, &empty()));
}

#[test]
fn only_colour_adds_control_characters() {
    let text = console(&record(), plain());
    assert!(!text.contains('\u{1b}'));
    let coloured = console(&record(), ConsoleOptions { colour: true, ..plain() });
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), text);
}

#[test]
fn what_a_provider_sent_is_no_command_to_the_runner_of_github() {
    for width in 1..130 {
        let text = console(&record(), ConsoleOptions { width, ..plain() });
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{width} wide");
    }
}

#[test]
fn commands_are_never_wrapped() {
    let text = console(&record(), ConsoleOptions { width: 60, ..plain() });
    assert!(text.lines().any(|line| line == curl()));
}

fn console(record: &Record, options: ConsoleOptions) -> String {
    let mut text = Vec::new();
    let mut console = Console::new(options);
    for contract in &record.contracts {
        for scenario in &contract.scenarios {
            console.scenario(&mut text, &contract.name, scenario).expect("memory takes every write");
        }
    }
    console.finish(&mut text, record).expect("memory takes every write");
    String::from_utf8(text).expect("only text was written")
}

fn plain() -> ConsoleOptions {
    ConsoleOptions { width: 100, colour: false, quiet: false, verbose: false }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[track_caller]
fn is_as_in(file: &str, text: &str) {
    let path = root().join("tests/cases/report").join(file);
    if std::env::var_os("COUNTERPART_BLESS").is_some() {
        std::fs::write(&path, text).expect("the cases can be written");
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    let diff = TextDiff::from_lines(wanted.as_str(), text);
    assert!(wanted == text, "{} differs:\n{}", path.display(), diff.unified_diff());
}

fn curl() -> &'static str {
    "curl -sS -X POST 'http://localhost:8001/embed' -H 'content-type: application/json' --data '{\"text\":\"a cat\",\
     \"auth\":{\"ts\":1,\"sig\":\"'\"$CLIP_RUNPOD_SECRET\"'\"}}'"
}

/// Every verdict, a finding of each sort, two reasons for not running, an unproven protection.
fn record() -> Record {
    Record {
        version: VERSION,
        verb: Verb::Check,
        verdict: Verdict::Error,
        target: "staging".into(),
        started: "2026-11-22T01:02:03Z".to_owned(),
        duration_ms: 1_234,
        contracts: vec![auth_validate(), clip_embed(), mlflow()],
        notes: vec!["the answers of mlflow are 2 s behind the clock of this machine".to_owned()],
    }
}

fn kept() -> Record {
    let mut clip_embed = contract("clip-embed", "search-api", "clip-worker", "fake");
    clip_embed.scenarios = vec![
        scenario(EMBED, Some("A signed call is answered"), "A text", 9, Verdict::Kept),
        scenario(EMBED, Some("A signed call is answered"), "An image", 14, Verdict::Kept),
    ];
    clip_embed.protections =
        vec![Protection { operation: "embedText".into(), accepted: true, refused_without: true, refused_wrong: true }];
    let notes = Vec::new();
    Record { verdict: Verdict::Kept, target: "fake".into(), contracts: vec![clip_embed], notes, ..record() }
}

fn empty() -> Record {
    let notes = vec!["no scenario has the tag @smoek".to_owned()];
    Record { verdict: Verdict::Inconclusive, contracts: Vec::new(), notes, ..record() }
}

fn auth_validate() -> ContractRecord {
    let mut contract = contract("auth-validate", "api", "auth-service", "https://auth.staging.example");
    let rule = Some("A valid key is accepted");
    let retried = ScenarioRecord {
        attempts: vec!["attempt 1: 503, waited 1 s".to_owned()],
        duration_ms: 1_040,
        ..scenario(KEYS, rule, "A valid key", 6, Verdict::Kept)
    };
    let nothing = finding(Code::NothingAsserted, None, "scenario", "a Then", "none");
    let inconclusive = ScenarioRecord {
        findings: vec![FindingRecord { feature_place: Some(Place::new(KEYS, 12, 3)), ..nothing }],
        ..scenario(KEYS, rule, "A key that nobody looks at", 12, Verdict::Inconclusive)
    };
    contract.verdict = Verdict::Inconclusive;
    contract.scenarios = vec![retried, inconclusive];
    contract.not_run = vec![
        not_run(KEYS, "A new key", 30, "@writes: the target staging does not allow it"),
        not_run(KEYS, "The auth service is slow", 41, "@fake: only the fake can be steered"),
    ];
    contract.protections = vec![Protection {
        operation: "validateKey".into(),
        accepted: true,
        refused_without: true,
        refused_wrong: false,
    }];
    contract.findings = vec![FindingRecord {
        contract_place: Some(Place::new("contracts/auth-validate/openapi.yaml", 18, 7)),
        ..finding(Code::ProtectionUnproven, Some("validateKey"), "status", "a wrong credential refused", "not seen")
    }];
    contract
}

fn clip_embed() -> ContractRecord {
    let mut contract = contract("clip-embed", "search-api", "clip-worker", "http://localhost:8001");
    let rule = Some("The signature covers what was sent");
    let status = FindingRecord {
        contract_place: Some(Place::new("contracts/clip-embed/openapi.yaml", 42, 9)),
        feature_place: Some(Place::new(EMBED, 18, 7)),
        step: Some("Then \"embedText\" opens to its credential only".to_owned()),
        curl: Some(curl().to_owned()),
        exchange: Some(Arc::new(exchange())),
        ..finding(
            Code::RefusalMissing,
            Some("embedText"),
            "status",
            "401 with the body {\"detail\":\"invalid signature\"}, as the contract words the refusal of a wrong signature",
            "200",
        )
    };
    let awkward = finding(Code::FieldUnexpected, Some("embedText"), "body /detail", "\"stale: 2 min\"", AWKWARD);
    let awkward = FindingRecord { feature_place: Some(Place::new(EMBED, 26, 7)), ..awkward };
    let snapshot = FindingRecord {
        detail: Some("  response:\n-   status: 401\n+   status: 200\n    body: object".to_owned()),
        ..finding(Code::SnapshotChanged, Some("embedText"), "status", "the accepted shape", "another shape")
    };
    let broken =
        ScenarioRecord { findings: vec![status], ..scenario(EMBED, rule, "A wrong signature", 14, Verdict::Broken) };
    let stale = ScenarioRecord {
        findings: vec![awkward, snapshot],
        ..scenario(EMBED, rule, "A signature, 100% stale: <old>", 22, Verdict::Broken)
    };
    contract.verdict = Verdict::Broken;
    contract.scenarios = vec![scenario(EMBED, rule, "A right signature", 9, Verdict::Kept), broken, stale];
    contract
}

fn mlflow() -> ContractRecord {
    let mut contract = contract("mlflow", "api", "mlflow", "http://localhost:5000/mlflow");
    let failed = ScenarioRecord {
        findings: vec![FindingRecord {
            feature_place: Some(Place::new(SERVE, 8, 5)),
            step: Some("When the call is sent".to_owned()),
            ..finding(Code::CallFailed, Some("getRun"), "time", "an answer within 5 s", "connection refused")
        }],
        ..scenario(SERVE, None, "A run of the <client>", 21, Verdict::Error)
    };
    let row = scenario(SERVE, None, "A run of the <client>", 22, Verdict::Kept);
    contract.verdict = Verdict::Error;
    contract.scenarios = vec![failed, row];
    contract.not_run = vec![not_run(SERVE, "A slow server", 31, "@fake: only the fake can be steered")];
    contract
}

fn contract(name: &str, consumer: &str, provider: &str, url: &str) -> ContractRecord {
    ContractRecord {
        name: ContractName::from(name),
        verdict: Verdict::Kept,
        consumers: vec![consumer.to_owned()],
        provider: provider.to_owned(),
        url: url.to_owned(),
        scenarios: Vec::new(),
        not_run: Vec::new(),
        protections: Vec::new(),
        calls: Vec::new(),
        findings: Vec::new(),
    }
}

fn scenario(feature: &str, rule: Option<&str>, name: &str, line: usize, verdict: Verdict) -> ScenarioRecord {
    ScenarioRecord {
        feature: feature.to_owned(),
        feature_name: FEATURE.to_owned(),
        rule: rule.map(str::to_owned),
        name: name.to_owned(),
        line,
        tags: vec!["incident".to_owned()],
        derived: false,
        verdict,
        duration_ms: 7,
        exchanges: 3,
        wire: Vec::new(),
        attempts: Vec::new(),
        findings: Vec::new(),
    }
}

fn not_run(feature: &str, name: &str, line: usize, reason: &str) -> NotRun {
    NotRun {
        feature: feature.to_owned(),
        feature_name: FEATURE.to_owned(),
        rule: None,
        name: name.to_owned(),
        line,
        derived: false,
        reason: reason.to_owned(),
    }
}

fn finding(code: Code, operation: Option<&str>, location: &str, expected: &str, actual: &str) -> FindingRecord {
    FindingRecord {
        code,
        operation: operation.map(Into::into),
        location: location.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        contract_place: None,
        feature_place: None,
        step: None,
        curl: None,
        detail: None,
        exchange: None,
        drift: None,
        times: 1,
    }
}

fn exchange() -> ExchangeRecord {
    let json = vec![("content-type".to_owned(), "application/json".to_owned())];
    let text = |text: &str| BodyRecord { text: Some(text.to_owned()), ..BodyRecord::default() };
    ExchangeRecord {
        time: "2026-11-22T01:02:04.5Z".to_owned(),
        duration_ms: 12,
        request: RequestRecord {
            method: "POST".to_owned(),
            path: "/embed".to_owned(),
            query: None,
            headers: json.clone(),
            body: text("{\"text\":\"a cat\",\"auth\":{\"ts\":1,\"sig\":\"${CLIP_RUNPOD_SECRET}\"}}"),
        },
        response: ResponseRecord {
            status: 200,
            headers: json,
            body: BodyRecord { truncated: true, ..text(&format!("{{\"note\":{AWKWARD:?},\"embedding\":[0.1,")) },
        },
    }
}
