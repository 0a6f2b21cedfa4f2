//! The real `mlflow` client of both major versions registers a model: at the fake, and through the proxy at a real server.

use super::consumers::{Judged, folder, run};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The pinned versions: `tests/live/clients/mlflow-2.txt` and its neighbour.
const VERSIONS: [&str; 2] = ["mlflow-2", "mlflow-3"];

/// The operations that the flow calls with either version.
const CALLED: [&str; 16] = [
    "createExperiment",
    "getExperiment",
    "getExperimentByName",
    "searchExperiments",
    "createRun",
    "logParameter",
    "logMetric",
    "logBatch",
    "setTag",
    "getRun",
    "updateRun",
    "createRegisteredModel",
    "createModelVersion",
    "setAlias",
    "getAlias",
    "deleteAlias",
];

#[test]
fn real_mlflow_clients_register_a_model_at_the_fake() {
    for version in VERSIONS {
        let (python, script) = (python(version), script());
        let command = [&python, &script].map(|path| path.to_str().expect("paths are text"));
        let judged = Judged::of(&["mlflow"], &command);
        assert_eq!((judged.exit, judged.listed()), (0, String::new()), "{version}: {}", judged.said);
        calls_all(version, &judged.record);
    }
}

/// The same clients at the running deployment's MLflow, with the proxy between them, which judges both sides.
pub fn real_clients_keep_the_contract_through_the_proxy(credentials: &[(String, String)]) {
    for version in VERSIONS {
        let mut proxy = Command::new(env!("CARGO_BIN_EXE_counterpart"))
            .args(["proxy", "--target", "local", "--contract", "mlflow", "--format", "json"])
            .current_dir(super::root())
            .envs(credentials.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut said = BufReader::new(proxy.stderr.take().expect("it is piped"));
        let url = greeted(&mut said);
        let key = credentials.iter().find(|(name, _)| name == "HOKUSAI_API_KEY").map(|(_, key)| key.as_str());
        run(Command::new(python(version))
            .arg(script())
            .env("MLFLOW_TRACKING_URI", url)
            .env("MLFLOW_TRACKING_TOKEN", key.expect("the deployment has a key")));
        run(Command::new("kill").args(["-INT", &proxy.id().to_string()]));
        let mut report = String::new();
        proxy.stdout.take().expect("it is piped").read_to_string(&mut report).expect("a report is text");
        let exit = proxy.wait().expect("it ends").code();
        let record: Value = serde_json::from_str(&report).unwrap_or_else(|error| panic!("{error}:\n{report}"));
        assert_eq!(exit, Some(0), "{version}: {record:#}");
        assert_eq!(record["contracts"][0]["findings"], serde_json::json!([]), "{version}");
        calls_all(version, &record);
    }
}

/// The proxy's URL, from the first line that names one.
fn greeted(said: &mut impl std::io::BufRead) -> String {
    for line in said.lines() {
        let line = line.expect("it says text");
        if let Some(url) = line.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:")) {
            return url.to_owned();
        }
    }
    panic!("the proxy names no URL")
}

fn calls_all(version: &str, record: &Value) {
    let calls = record["contracts"][0]["calls"].as_array().into_iter().flatten();
    let called: Vec<&str> = calls.filter_map(|call| call["operation"].as_str()).collect();
    let missed: Vec<&&str> = CALLED.iter().filter(|operation| !called.contains(operation)).collect();
    assert!(missed.is_empty(), "{version} did not call {missed:?}");
}

fn script() -> PathBuf {
    folder().join("mlflow_registration.py")
}

/// A Python with the client of that version, installed the first time.
fn python(version: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(version);
    let (python, stamp) = (home.join("bin/python"), home.join("installed"));
    if !stamp.exists() {
        drop(std::fs::remove_dir_all(&home));
        run(Command::new("python3").args(["-m", "venv"]).arg(&home));
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(&python).args(install).arg(folder().join(format!("{version}.txt"))));
        std::fs::write(stamp, "").expect("the folder is there");
    }
    python
}
