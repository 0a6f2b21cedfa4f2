//! The requests of `tests/cases/six-schemes/requests.toml`, each sent to the parcel desk's fake and judged.

use crate::consumer::needs_curl;
use crate::project::{Project, root};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requests {
    keys: BTreeMap<String, String>,
    bodies: BTreeMap<String, String>,
    request: Vec<Request>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    name: String,
    #[serde(rename = "request")]
    line: String,
    #[serde(default)]
    headers: Vec<String>,
    body: Option<String>,
    #[serde(default)]
    kept: bool,
    #[serde(default)]
    code: String,
    #[serde(default)]
    at: String,
    #[serde(default = "yes")]
    alone: bool,
}

fn yes() -> bool {
    true
}

/// How many requests are sent at a time.
const AT_ONCE: usize = 4;

#[test]
fn every_request_to_the_six_schemes_is_judged_rightly() {
    needs_curl();
    let folder = root().join("tests/cases/six-schemes");
    let text = std::fs::read_to_string(folder.join("requests.toml")).expect("there are requests");
    let requests: Requests = toml::from_str(&text).expect("they can be read");
    assert!(requests.request.len() >= 35, "{} requests", requests.request.len());
    let project = Project::empty().folder(&folder);
    let wrong = std::thread::scope(|scope| {
        let share = requests.request.len().div_ceil(AT_ONCE);
        let threads: Vec<_> = requests
            .request
            .chunks(share)
            .map(|some| {
                let (project, requests) = (&project, &requests);
                scope.spawn(move || some.iter().filter_map(|one| misjudged(project, requests, one)).collect::<String>())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect::<String>()
    });
    assert!(wrong.is_empty(), "{wrong}");
}

/// What is said wrongly of a request.
fn misjudged(project: &Project, requests: &Requests, one: &Request) -> Option<String> {
    let (method, target) = one.line.split_once(' ').expect("a method and a target");
    let path = target.split('?').next().unwrap_or_default();
    let body = one.body.as_ref().or_else(|| requests.bodies.get(&format!("{method} {path}")));
    let script = "target=$1; shift; curl -sS -o /dev/null --globoff \"$@\" \"$DESK_URL$target\"";
    let call = project.call("consumer --format json --").argument("sh").argument("-c").argument(script);
    let mut call = call.argument("sh").argument(target).argument("-X").argument(method);
    for header in &one.headers {
        call = call.argument("-H").argument(header);
    }
    if let Some(body) = body {
        call = call.argument("-H").argument("Content-Type: application/json").argument("--data").argument(body);
    }
    let ran = requests.keys.iter().fold(call, |call, (name, key)| call.variable(name, key)).run();
    let record: Value = ran.json();
    let found = record["contracts"][0]["findings"].as_array().cloned().unwrap_or_default();
    let is_it = |finding: &Value| {
        let there = finding["location"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(&one.at));
        finding["code"].as_str() == Some(&one.code) && there
    };
    let is_right = if one.kept {
        ran.exit == 0 && found.is_empty()
    } else {
        ran.exit == 1 && found.iter().any(is_it) && (found.len() == 1 || !one.alone)
    };
    let told = |finding: &Value| format!("    {} at {}: {}\n", finding["code"], finding["location"], finding["actual"]);
    let told = || found.iter().map(told).collect::<String>();
    (!is_right).then(|| format!("{}: exit {}\n{}", one.name, ran.exit, told()))
}
