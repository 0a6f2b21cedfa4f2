//! The living documentation: contracts, features and what past runs showed of them, as a static site.
//!
//! Every page is made from values: nothing is read or written here. `templates` holds what the pages look like.

pub mod cause;
pub mod feature;
pub mod gaps;
pub mod matrix;
pub mod operation;
pub mod overview;
pub mod picture;
pub mod runs;
pub mod search;
pub mod table;
pub mod template;
pub mod wire;

use crate::contract::Contract;
use crate::drift;
use crate::feature::source::Listed;
use crate::record::Record;
use crate::report::codes;
use crate::score::Score;
use crate::verdict::{Code, Verdict};
use feature::{Found, Prose};
use gherkin::Feature;
use picture::parties;
use runs::{Runs, Shown};
use search::Entry;
use serde::Serialize;
use template::render;

/// What the pages are made of.
pub struct Material {
    /// What the site is called.
    pub title: String,
    /// The contracts in order.
    pub contracts: Vec<Documented>,
    /// Past runs, in any order.
    pub records: Vec<Record>,
    /// Past runs of `mutate`, in any order.
    pub scores: Vec<Score>,
}

/// A contract with all that is said of it.
pub struct Documented {
    /// The contract.
    pub contract: Contract,
    /// Its features as they were read.
    pub features: Vec<(Feature, Vec<Listed>)>,
    /// The feature that is derived from it.
    pub derived: Option<(Feature, Vec<Listed>)>,
    /// Its accepted snapshots: name and shape.
    pub snapshots: Vec<(String, String)>,
}

/// A file of the site.
pub struct File {
    /// Its path below the site's folder, with `/`.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// What every page has.
#[derive(Serialize)]
struct Page<'a, T: Serialize> {
    /// The way from the page to the site's folder: empty, or `../`.
    root: &'a str,
    site: &'a str,
    title: String,
    /// The contracts, for the menu.
    contracts: &'a [String],
    /// The contract that the page is about.
    contract: Option<&'a str>,
    /// Which of a contract's pages it is.
    here: &'a str,
    #[serde(flatten)]
    content: T,
}

/// Every file of the site.
pub fn files(material: &Material) -> Vec<File> {
    let runs = Runs::of(&material.records);
    let names: Vec<String> = material.contracts.iter().map(|one| one.contract.name.to_string()).collect();
    let mut site = Site { material, runs: &runs, names, files: Vec::new(), entries: Vec::new() };
    site.front();
    for documented in &material.contracts {
        site.contract(documented);
    }
    site.codes();
    site.page("search.html", "search", "", "Search", None, ());
    let script = search::script(&site.entries);
    let mut files = site.files;
    let fixed = [
        ("search.js", script),
        ("site.js", include_str!("templates/site.js").to_owned()),
        ("style.css", include_str!("templates/style.css").to_owned()),
    ];
    files.extend(fixed.into_iter().map(|(path, text)| File { path: path.to_owned(), text }));
    files
}

struct Site<'a> {
    material: &'a Material,
    runs: &'a Runs<'a>,
    names: Vec<String>,
    files: Vec<File>,
    entries: Vec<Entry>,
}

/// A row of the front page's table.
#[derive(Serialize)]
struct Standing<'a> {
    name: &'a str,
    title: &'a str,
    consumers: String,
    provider: &'a str,
    last: Vec<Option<runs::Last>>,
    score: Option<gaps::Mutants>,
}

#[derive(Serialize)]
struct Front<'a> {
    picture: String,
    columns: &'a [runs::Column],
    rows: Vec<Standing<'a>>,
    /// When the run of each column began, where it was one for all rows.
    whens: Vec<Option<String>>,
    /// When `mutate` ran, where it was once for all rows.
    scored: Option<String>,
    has_scores: bool,
    has_runs: bool,
}

#[derive(Serialize)]
struct Overview<'a> {
    heading: &'a str,
    description: &'a str,
    consumers: String,
    provider: &'a str,
    last: Vec<runs::Last>,
    ways: Vec<overview::Way>,
    operations: Vec<operation::Described>,
    matrix: Option<matrix::Matrix>,
    features: Vec<Prose>,
    causes: Vec<cause::Causes>,
    findings: Vec<(String, Vec<Found>)>,
    gaps: usize,
    snapshots: &'a [(String, String)],
}

impl Site<'_> {
    fn page(
        &mut self,
        path: &str,
        template: &str,
        here: &str,
        title: &str,
        contract: Option<&str>,
        content: impl Serialize,
    ) {
        let root = "../".repeat(path.matches('/').count());
        let page = Page {
            root: &root,
            site: &self.material.title,
            title: title.to_owned(),
            contracts: &self.names,
            contract,
            here,
            content,
        };
        let text = render(&format!("{template}.html"), &page);
        self.files.push(File { path: path.to_owned(), text });
    }

    fn front(&mut self) {
        let material = self.material;
        let rows: Vec<Standing<'_>> = material
            .contracts
            .iter()
            .map(|Documented { contract, .. }| Standing {
                name: contract.name.as_str(),
                title: &contract.title,
                consumers: contract.consumers.join(", "),
                provider: &contract.provider,
                last: self.runs.last(&contract.name),
                score: gaps::last_score(contract, &material.scores),
            })
            .collect();
        let lines = material.contracts.iter().map(|Documented { contract, .. }| parties::Line {
            contract: contract.name.as_str(),
            consumers: &contract.consumers,
            provider: &contract.provider,
            verdict: self.worst(contract),
        });
        let of_column = |index: usize| rows.iter().filter_map(move |row| Some(row.last[index].as_ref()?.when.as_str()));
        let front = Front {
            whens: (0..self.runs.columns().len()).map(|index| only(of_column(index))).collect(),
            scored: only(rows.iter().filter_map(|row| Some(row.score.as_ref()?.when.as_str()))),
            picture: parties::draw(&lines.collect::<Vec<_>>()),
            columns: self.runs.columns(),
            has_scores: !material.scores.is_empty(),
            has_runs: !material.records.is_empty(),
            rows,
        };
        self.page("index.html", "front", "", &material.title, None, front);
    }

    /// The worst of a contract's last verdicts.
    fn worst(&self, contract: &Contract) -> Option<Verdict> {
        self.runs.of_contract(&contract.name).map(|(_, record)| record.verdict).max()
    }

    fn contract(&mut self, documented: &Documented) {
        let Documented { contract, features, derived, snapshots } = documented;
        let name = contract.name.as_str();
        let runs = self.runs;
        let operations: Vec<operation::Described> =
            contract.operations.values().map(|operation| operation::described(contract, operation)).collect();
        let proses: Vec<Prose> =
            features.iter().map(|(feature, listed)| feature::prose(contract, feature, listed, runs)).collect();
        let of_derived = derived.as_ref().map(|(feature, listed)| feature::prose(contract, feature, listed, runs));
        let gaps = gaps::of(contract, features, runs, &self.material.scores);
        self.index(contract, &operations, proses.iter().chain(&of_derived));
        let listed = derived.as_ref().map(|(_, listed)| listed.as_slice()).unwrap_or_default();
        let findings = runs.of_contract(&contract.name).filter(|(_, record)| !record.findings.is_empty());
        let overview = Overview {
            heading: &contract.title,
            description: contract.description.as_deref().unwrap_or_default(),
            consumers: contract.consumers.join(", "),
            provider: &contract.provider,
            last: runs.last(&contract.name).into_iter().flatten().collect(),
            ways: overview::ways(contract),
            operations: operations.clone(),
            matrix: matrix::of(contract, listed, runs),
            features: proses
                .iter()
                .chain(&of_derived)
                .cloned()
                .map(|prose| Prose { rules: Vec::new(), ..prose })
                .collect(),
            findings: findings
                .map(|(column, record)| (column.label.clone(), record.findings.iter().map(Found::of).collect()))
                .collect(),
            causes: cause::of(proses.iter().chain(&of_derived)),
            gaps: gaps.count(),
            snapshots,
        };
        self.page(&format!("{name}/index.html"), "contract", "overview", &contract.title, Some(name), overview);
        let title = format!("Operations of {name}");
        self.page(
            &format!("{name}/operations.html"),
            "operations",
            "operations",
            &title,
            Some(name),
            OfOperations { operations },
        );
        let title = format!("Not covered of {name}");
        self.page(&format!("{name}/gaps.html"), "gaps", "gaps", &title, Some(name), gaps);
        for prose in proses.into_iter().chain(of_derived) {
            let path = format!("{name}/features/{}.html", prose.page);
            let title = prose.name.clone();
            self.page(&path, "feature", "features", &title, Some(name), prose);
        }
    }

    /// Notes what can be found of a contract.
    fn index<'p>(
        &mut self,
        contract: &Contract,
        operations: &[operation::Described],
        proses: impl Iterator<Item = &'p Prose>,
    ) {
        let name = contract.name.to_string();
        let mut note = |kind, title: &str, address: String, words: String| {
            self.entries.push(Entry { kind, title: title.to_owned(), within: name.clone(), address, words });
        };
        let parties = format!("{} {}", contract.consumers.join(" "), contract.provider);
        note("contract", &contract.title, format!("{name}/index.html"), parties);
        for operation in operations {
            let words = format!("{} {} {}", operation.method, operation.path, operation.summary);
            note("operation", &operation.id, format!("{name}/operations.html#{}", operation.id), words);
            for refusal in &operation.refusals {
                let address = format!("{name}/operations.html#{}-{}", operation.id, refusal.name);
                let title = format!("{} at {}", refusal.name, operation.id);
                note("refusal", &title, address, refusal.status.to_string());
            }
        }
        for prose in proses {
            let page = format!("{name}/features/{}.html", prose.page);
            note("feature", &prose.name, page.clone(), prose.file.clone());
            for rule in &prose.rules {
                if !rule.name.is_empty() {
                    note("rule", &rule.name, format!("{page}#{}", rule.id), String::new());
                }
                // What is derived has the same few names below every operation: its rules are enough.
                for case in rule.scenarios.iter().filter(|_| !prose.derived) {
                    let words = case.tags.iter().map(|tag| format!("@{tag}")).collect::<Vec<_>>().join(" ");
                    note("scenario", &case.name, format!("{page}#{}", case.id), words);
                }
            }
        }
    }

    fn codes(&mut self) {
        for code in Code::ALL {
            self.entries.push(Entry {
                kind: "code",
                title: code.to_string(),
                within: String::new(),
                address: format!("codes.html#{code}"),
                words: code.meaning().to_owned(),
            });
        }
        for kind in drift::kinds() {
            self.entries.push(Entry {
                kind: "drift",
                title: kind.code.to_owned(),
                within: String::new(),
                address: format!("drifts.html#{}", kind.code),
                words: kind.meaning.to_owned(),
            });
        }
        let findings = Code::ALL.iter().map(|code| Explained {
            code: code.as_str(),
            meaning: code.meaning(),
            leads_to: Some(Shown::of(code.weight())),
            more: codes::cure(*code).to_owned(),
        });
        let text = Explanations {
            lead: "What the code of a finding means, and what to do about it.",
            codes: findings.collect(),
        };
        self.page("codes.html", "text", "codes", "Findings", None, text);
        let drifts = drift::kinds().map(|kind| Explained {
            code: kind.code,
            meaning: kind.meaning,
            leads_to: None,
            more: format!("For example: *{}*", kind.example),
        });
        let lead = "The named ways of departing from a contract. A finding names the drift that explains it; `mutate` plays every one.";
        let text = Explanations { lead, codes: drifts.collect() };
        self.page("drifts.html", "text", "drifts", "Drifts", None, text);
    }
}

/// What all are; `None` where they differ or there are none.
fn only<'t>(mut all: impl Iterator<Item = &'t str>) -> Option<String> {
    let first = all.next()?;
    all.all(|other| other == first).then(|| first.to_owned())
}

#[derive(Serialize)]
struct OfOperations {
    operations: Vec<operation::Described>,
}

#[derive(Serialize)]
struct Explanations {
    lead: &'static str,
    codes: Vec<Explained>,
}

#[derive(Serialize)]
struct Explained {
    code: &'static str,
    meaning: &'static str,
    leads_to: Option<Shown>,
    more: String,
}
