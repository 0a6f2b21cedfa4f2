//! `counterpart docs`: the living documentation as a static site.

use crate::fakes::Fakes;
use crate::project::{Project, Ran, files};
use crate::provider::{Answer, GREETING_KEY, Provider, greeting};
use crate::secrets::forms;
use regex::Regex;
use std::collections::{HashMap, HashSet};
use std::path::Path;

const FEATURE: &str = "features/greeting/greeting.feature";
const OF_FEATURE: &str = "site/greeting/features/greeting.html";

/// The text of a page without its marks; each run of blanks is one.
fn text(page: &str) -> String {
    let text = Regex::new(r"<[^>]*>").expect("it is a pattern").replace_all(page, " ").into_owned();
    unescaped(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text of a page as a reader copies it.
fn unescaped(text: &str) -> String {
    let marks = [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    marks.into_iter().fold(text.to_owned(), |text, (mark, character)| text.replace(mark, character))
}

#[track_caller]
fn shows(project: &Project, page: &str, words: &str) {
    let text = text(&project.read(page));
    assert!(text.contains(words), "{page} does not show {words:?}:\n{text}");
}

/// A record of the project's features at its fakes, or with other options.
fn recorded(project: &Project, options: &str) -> Ran {
    project
        .call(&format!("check --format json --output record.json {options}"))
        .variable("GREETING_KEY", GREETING_KEY)
        .run()
}

/// Where each link of a site leads that leads nowhere, and each address that stands twice on a page.
fn faults(folder: &Path) -> Vec<String> {
    let attribute = |name: &str| Regex::new(&format!(r#"\s{name}="([^"]*)""#)).expect("it is a pattern");
    let (id, link) = (attribute("id"), Regex::new(r#"\s(?:href|src)="([^"]*)""#).expect("it is a pattern"));
    let pages: HashMap<_, String> = files(folder)
        .into_iter()
        .filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?)))
        .collect();
    let mut faults = Vec::new();
    let ids: HashMap<_, HashSet<&str>> = pages
        .iter()
        .map(|(path, page)| {
            let mut known = HashSet::new();
            for found in id.captures_iter(page).map(|found| found.get(1).expect("it has one").as_str()) {
                if !known.insert(found) {
                    faults.push(format!("{}: {found:?} stands twice", path.display()));
                }
            }
            (path, known)
        })
        .collect();
    for (path, page) in pages.iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "html")) {
        for found in link.captures_iter(page).map(|found| found.get(1).expect("it has one").as_str()) {
            if found.starts_with("data:") {
                continue;
            }
            let (file, fragment) = found.split_once('#').unwrap_or((found, ""));
            let target = path.parent().expect("a page is in a folder").join(file);
            let target = if file.is_empty() {
                path.clone()
            } else {
                std::path::absolute(normal(&target)).expect("it is a path")
            };
            let leads = ids.get(&target).is_some_and(|ids| fragment.is_empty() || ids.contains(fragment));
            if !leads {
                faults.push(format!("{}: {found} leads nowhere", path.display()));
            }
        }
    }
    faults.sort();
    faults
}

/// A path without `..`.
fn normal(path: &Path) -> std::path::PathBuf {
    path.components().fold(std::path::PathBuf::new(), |mut path, part| {
        if part == std::path::Component::ParentDir {
            path.pop();
        } else {
            path.push(part);
        }
        path
    })
}

#[test]
fn every_link_of_the_repositorys_site_leads_somewhere_and_no_address_stands_twice() {
    let project = Project::of_repository();
    recorded(&project, "").exits(0);
    project.run("docs --record record.json").exits(0).says("open site/index.html");
    let faults = faults(&project.path("site"));
    assert!(faults.is_empty(), "{} faults, such as {:#?}", faults.len(), &faults[..faults.len().min(5)]);
    shows(&project, "site/index.html", "clip-embed search API → CLIP worker ✓ kept 103 scenarios: 103 kept");
}

#[test]
fn a_site_asks_nobody_for_anything() {
    let project = Project::of_repository();
    project.run("docs --quiet").exits(0);
    let outside =
        Regex::new(r#"(?:src|href)="(?:[a-z]+:)?//|url\(|@import|fetch\(|XMLHttpRequest"#).expect("it is a pattern");
    for path in files(&project.path("site")) {
        let page = std::fs::read_to_string(&path).expect("pages are text");
        assert!(!outside.is_match(&page), "{} asks another host: {:?}", path.display(), outside.find(&page));
    }
}

#[test]
fn the_code_of_every_contract_page_works_as_it_is_copied() {
    let project = Project::of_repository();
    project.run("docs --quiet").exits(0);
    let fakes = Fakes::of(".");
    let code = Regex::new(r#"(?s)aria-label="curl for \w+"><code>(.*?)</code>"#).expect("it is a pattern");
    for contract in &fakes.contracts {
        let page = project.read(&format!("site/{}/index.html", contract.name));
        let scripts: Vec<String> = code.captures_iter(&page).map(|found| unescaped(&found[1])).collect();
        assert!(!scripts.is_empty(), "{} has no code", contract.name);
        for script in scripts {
            let outcome = fakes.run(contract, "", "bash", &script);
            assert!(outcome.succeeds, "{}: {}\n{script}", contract.name, outcome.said);
        }
    }
    let said = fakes.stop();
    assert!(said.contains("; 0 departed from their contract"), "{said}");
}

#[test]
fn a_broken_scenario_is_shown_with_its_drift_its_finding_and_its_exchange() {
    let project = Project::greeting();
    let provider = Provider::answering(|asked| {
        let is_glued = asked.line == format!("POST /greetings/en?key={GREETING_KEY}");
        if is_glued {
            Answer::json(200, r#"{"text":"Hello","language":"en"}"#)
        } else {
            Answer::json(401, r#"{"error":"key required"}"#)
        }
    });
    recorded(&project, &format!("--url greeting={}", provider.url())).exits(1);
    project.run("docs --record record.json").exits(0);
    shows(&project, "site/index.html", "greeting");
    shows(&project, "site/index.html", "✗ broken");
    // Nobody asked the provider; another drift would explain as much.
    shows(&project, OF_FEATURE, "credential-moved , probably: the provider reads the key from");
    shows(&project, OF_FEATURE, "acceptance-missing : The provider refused the right credential.");
    shows(&project, OF_FEATURE, "POST /greetings/en");
    shows(&project, OF_FEATURE, "Authorization: Bearer ${GREETING_KEY}");
    shows(&project, OF_FEATURE, r#""error": "key required""#);
}

#[test]
fn a_shape_that_changed_is_shown_with_its_difference() {
    let promise = "    And the exchange equals the snapshot \"greet\"\n";
    let project = Project::greeting().replace(FEATURE, "    And the exchange conforms\n", promise);
    recorded(&project, "").exits(3);
    project.run("accept").exits(0);
    let accepted = "snapshots/greeting/greet.snap";
    let project = project.replace(accepted, "language: string", "tongue: string");
    recorded(&project, "").exits(1);
    project.run("docs --record record.json").exits(0);
    shows(&project, OF_FEATURE, "- tongue: string");
    shows(&project, OF_FEATURE, "+ language: string");
}

#[test]
fn the_last_run_of_a_contract_at_a_target_counts_whatever_the_order_of_the_records() {
    let project = Project::greeting();
    recorded(&project, "").exits(0);
    let early = project.read("record.json");
    let mut late: serde_json::Value = serde_json::from_str(&early).expect("a record is JSON");
    late["started"] = "2199-01-01T00:00:00Z".into();
    late["contracts"][0]["verdict"] = "broken".into();
    let project = project.file("late.json", &late.to_string());
    for order in ["--record record.json --record late.json", "--record late.json --record record.json"] {
        project.run(&format!("docs {order}")).exits(0);
        shows(&project, "site/index.html", "✗ broken");
        shows(&project, "site/index.html", "1 January 2199, 00:00 UTC");
    }
}

#[test]
fn a_scenario_that_did_not_run_says_why() {
    let project = Project::greeting().replace(
        FEATURE,
        "  Scenario: The service is there",
        "  @writes\n  Scenario: The service is there",
    );
    recorded(&project, &format!("--url greeting={}", Provider::answering(greeting).url())).exits(0);
    project.run("docs --record record.json").exits(0);
    shows(&project, OF_FEATURE, "not run at url");
    shows(&project, OF_FEATURE, "@writes: the target url does not allow it");
}

#[test]
fn what_no_scenario_touches_is_listed() {
    let project = Project::greeting();
    let without =
        project.read(FEATURE).split("  Scenario: The service is there").next().expect("it has one").to_owned();
    let project = project.file(FEATURE, &without);
    recorded(&project, "").exits(0);
    project.run("docs --record record.json").exits(0);
    shows(&project, "site/greeting/gaps.html", "Operations that no scenario names # health");
    shows(&project, "site/greeting/gaps.html", "health 200");
}

#[test]
fn a_mutant_that_survives_is_shown_with_the_scenario_that_is_needed() {
    let feature = "Feature: Greetings\n\n  Scenario: Somebody is greeted\n    When \"greet\" is called\n    Then the status is 200\n";
    let project = Project::greeting().file(FEATURE, feature);
    let mutate = "mutate --kind credential-not-required --format json --output mutation.json --tags";
    project.call(mutate).argument("not @derived").run().exits(1);
    project.run("docs --record mutation.json").exits(0);
    shows(&project, "site/index.html", "0.0 %");
    shows(&project, "site/greeting/gaps.html", "the provider asks for no credential at greet");
    shows(
        &project,
        "site/greeting/gaps.html",
        "Needed: a scenario that calls it without a credential, and is refused.",
    );
}

#[test]
fn a_description_cannot_change_the_page() {
    let evil = "A <b onclick=\"alert(1)\">word</b> ![x](https://example.com/x.png) [y](javascript:alert(1))";
    let project =
        Project::greeting().replace(FEATURE, "Feature: Greetings\n", &format!("Feature: Greetings\n  {evil}\n"));
    project.run("docs").exits(0);
    let page = project.read(OF_FEATURE);
    for part in ["<b ", "<img", "javascript:"] {
        assert!(!page.contains(part), "the page holds {part:?}");
    }
    shows(&project, OF_FEATURE, "A <b onclick=\"alert(1)\">word</b>");
}

#[test]
fn a_site_holds_no_secret_even_where_the_provider_repeats_it() {
    let canary = "hk_test_canary~of/the greeter=77";
    let project = Project::greeting();
    let provider = Provider::answering(|asked| {
        let said = asked.headers.replace(['\r', '\n', '"'], " ");
        Answer::json(200, serde_json::json!({ "text": said, "language": "en" }).to_string())
    });
    let check = format!("check --format json --output record.json --url greeting={}", provider.url());
    project.call(&check).variable("GREETING_KEY", canary).run().exits(1);
    project.call("docs --record record.json").variable("GREETING_KEY", canary).run().exits(0);
    for path in files(&project.path("site")) {
        let page = std::fs::read_to_string(&path).expect("pages are text");
        for form in forms(canary) {
            assert!(!page.contains(&form), "{} holds {form}", path.display());
        }
    }
    shows(&project, OF_FEATURE, "secret-echoed");
}

#[test]
fn the_same_contracts_and_records_make_the_same_site() {
    let project = Project::greeting();
    recorded(&project, "").exits(0);
    let sites = ["one", "two"].map(|name| {
        project.run(&format!("docs --title greetings --record record.json --output {name}")).exits(0);
        files(&project.path(name))
            .iter()
            .map(|path| std::fs::read_to_string(path).expect("pages are text"))
            .collect::<Vec<_>>()
    });
    assert!(sites[0] == sites[1], "the two sites differ");
}

#[test]
fn a_record_that_cannot_be_read_is_named_with_its_place_and_nothing_is_written() {
    let project = Project::greeting().file("broken.json", "{\n  \"verb\": \n").file("other.json", "{\"a\": 1}");
    project.run("docs --record broken.json").exits(4).says("broken.json:3:").says("not JSON");
    project.run("docs --record other.json").exits(4).says("other.json: not the record of a run").says("--format json");
    project.run("docs --record absent.json").exits(4).says("absent.json");
    assert!(!project.path("site").exists(), "a site was written");
}

#[test]
fn what_is_wrong_with_contracts_and_features_is_said_together_and_nothing_is_written() {
    let project = Project::greeting().replace(FEATURE, "When \"greet\" is called", "When somebody sings");
    project.run("docs").exits(4).says("undefined step \"somebody sings\"").says("greeting.feature:4");
    assert!(!project.path("site").exists(), "a site was written");
}
