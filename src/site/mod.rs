//! The living documentation: contracts, features and what past runs showed of them, as a static site.
//!
//! Every page is made from values: nothing is read or written here. `templates` holds what the pages look like.

pub mod cause;
pub mod codes;
pub mod feature;
pub mod finding;
pub mod flow;
pub mod front;
pub mod gaps;
pub mod matrix;
pub mod operation;
pub mod overview;
pub mod picture;
pub mod runs;
pub mod search;
pub mod table;
pub mod template;
pub mod told;
pub mod wire;

use crate::contract::Contract;
use crate::feature::source::Listed;
use crate::record::Record;
use crate::score::Score;
use feature::Prose;
use finding::Found;
use gherkin::Feature;
use runs::Runs;
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
        let front = front::of(self.material, self.runs);
        self.page("index.html", "front", "", &self.material.title, None, front);
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
        self.entries.extend(codes::entries());
        self.page("codes.html", "text", "codes", "Findings", None, codes::findings());
        self.page("drifts.html", "text", "drifts", "Drifts", None, codes::drifts());
    }
}

#[derive(Serialize)]
struct OfOperations {
    operations: Vec<operation::Described>,
}
