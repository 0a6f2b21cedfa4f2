//! A project on disk: `counterpart.toml`, the contracts, and where features and snapshots lie.

use crate::contract::Contract;
use crate::contract::terms::duration;
use crate::name::{ContractName, SecretName, TargetName};
use crate::place::{Place, Problem, Problems};
use crate::settings::{Entry, Settings, nearest};
use indexmap::IndexMap;
use regex::{Captures, Regex};
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

/// The file that makes a folder a project.
pub const SETTINGS_FILE: &str = "counterpart.toml";

/// A project.
#[derive(Debug)]
pub struct Project {
    /// Its folder.
    pub folder: PathBuf,
    /// The targets of `counterpart.toml`.
    pub targets: IndexMap<TargetName, Target>,
}

/// A named set of deployments.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where the target is declared.
    pub place: Option<Place>,
    /// The deadline of a call.
    pub deadline: Duration,
    /// How many scenarios run at a time.
    pub concurrency: usize,
    /// Whether scenarios that write may run.
    pub writes: bool,
    /// How often a call is tried again after a transport fault, 429, 502, 503 or 504.
    pub retries: u32,
    /// The most derived scenarios of each contract that may run.
    pub derived: usize,
    /// The least time between two calls.
    pub pause: Duration,
    /// Whether a secret may be put into the query, where the contract does not put it: queries are logged.
    pub allow_query: bool,
    /// The deployments, by contract.
    pub contracts: IndexMap<ContractName, Site>,
}

/// One contract's deployment.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Where it is declared.
    pub place: Option<Place>,
    /// The base URL.
    pub url: String,
    /// The document's server variables.
    pub variables: IndexMap<String, String>,
    /// What features write as `${name}`.
    pub values: IndexMap<String, Value>,
    /// Where the secrets come from, where it is not the variable of the same name.
    pub secrets: IndexMap<SecretName, Source>,
    /// A tag expression: which scenarios run here.
    pub tags: Option<String>,
    /// Whether it asks for no credential by intention: nothing is to be proven then.
    pub open: bool,
    /// Where the provider publishes its own OpenAPI document.
    pub document: Published,
    /// Variables of the environment that it needs and that are not set: mistakes only where it is to be called.
    pub unset: Vec<Problem>,
}

/// Where a provider publishes its own OpenAPI document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Published {
    /// At `/openapi.json`, if anywhere.
    #[default]
    Usual,
    /// At this path below the base URL.
    At(String),
    /// It is not to be read.
    Unread,
}

impl Published {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(false) => Some(Self::Unread),
            Value::String(path) if path.starts_with('/') => Some(Self::At(path.clone())),
            _ => None,
        }
    }
}

/// Where a secret comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// An environment variable.
    Env(String),
    /// A file, whose last line break is cut off.
    File(PathBuf),
}

impl Default for Target {
    fn default() -> Self {
        Self {
            place: None,
            deadline: Duration::from_secs(10),
            concurrency: 4,
            writes: false,
            retries: 2,
            derived: 800,
            pause: Duration::ZERO,
            allow_query: false,
            contracts: IndexMap::new(),
        }
    }
}

/// Why a project could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// There is none here.
    #[error("no {SETTINGS_FILE} in {} or any folder above it", .0.display())]
    NotFound(PathBuf),
    /// A file could not be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// `counterpart.toml` is wrong.
    #[error("{0}")]
    Settings(Problems),
}

impl Project {
    /// The nearest folder at or above `start` that holds a `counterpart.toml`.
    ///
    /// # Errors
    /// There is none.
    pub fn find(start: &Path) -> Result<PathBuf, ProjectError> {
        let found = start.ancestors().find(|folder| folder.join(SETTINGS_FILE).is_file());
        found.map(Path::to_path_buf).ok_or_else(|| ProjectError::NotFound(start.to_path_buf()))
    }

    /// Reads the project in `folder`; `environment` gives the value of a variable.
    ///
    /// # Errors
    /// Everything that is wrong with its `counterpart.toml`, together.
    pub fn open(folder: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, ProjectError> {
        let path = folder.join(SETTINGS_FILE);
        let text = std::fs::read_to_string(&path).map_err(|error| ProjectError::Unreadable { path, source: error })?;
        let mut reader = TargetReader { environment, targets: IndexMap::new() };
        let (mut settings, entries) = Settings::parse(SETTINGS_FILE, &text);
        for entry in entries {
            match entry.key.as_str() {
                "target" => settings.table(entry).into_iter().for_each(|entry| reader.target(&mut settings, entry)),
                _ => settings.unknown(&entry, &["target"]),
            }
        }
        let mut problems = settings.problems;
        let known = contract_names(folder)?;
        for target in reader.targets.values() {
            for (name, site) in &target.contracts {
                if !known.contains(name)
                    && let Some(place) = &site.place
                {
                    let help = match nearest(name.as_str(), known.iter().map(ContractName::as_str)) {
                        Some(nearest) => format!("did you mean {nearest:?}?"),
                        None => "a contract is a folder below contracts/".to_owned(),
                    };
                    problems.push(Problem::new(
                        place.clone(),
                        format!("there is no contract {:?}", name.as_str()),
                        help,
                    ));
                }
            }
        }
        problems.sort_by(|a, b| a.place.cmp(&b.place));
        Problems(problems).or(()).map_err(ProjectError::Settings)?;
        // A path in the settings is the project's, wherever one stands.
        let sites = reader.targets.values_mut().flat_map(|target| target.contracts.values_mut());
        for source in sites.flat_map(|site| site.secrets.values_mut()) {
            if let Source::File(path) = source {
                *path = folder.join(&path);
            }
        }
        Ok(Self { folder: folder.to_path_buf(), targets: reader.targets })
    }

    /// The names of the contracts, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn contract_names(&self) -> Result<Vec<ContractName>, ProjectError> {
        contract_names(&self.folder)
    }

    /// Reads one contract.
    ///
    /// # Errors
    /// Everything that is wrong with its files, together.
    pub fn contract(&self, name: &ContractName) -> Result<Contract, Problems> {
        let folder = self.folder.join("contracts").join(name.as_str());
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).map_err(|error| error.to_string());
        Contract::parse(name.clone(), &format!("contracts/{name}"), &read)
    }

    /// The feature files of a contract, sorted; each with its name relative to the project and its text.
    ///
    /// # Errors
    /// A file or folder that cannot be read.
    pub fn features(&self, name: &ContractName) -> Result<Vec<(String, String)>, ProjectError> {
        let mut files = Vec::new();
        collect_features(&self.folder.join("features").join(name.as_str()), &mut files)?;
        files.sort();
        let read = |path: PathBuf| {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| ProjectError::Unreadable { path: path.clone(), source: error })?;
            let relative = path.strip_prefix(&self.folder).unwrap_or(&path);
            Ok((relative.to_string_lossy().replace('\\', "/"), text))
        };
        files.into_iter().map(read).collect()
    }

    /// Where a contract's snapshots lie.
    pub fn snapshots(&self, name: &ContractName) -> PathBuf {
        self.folder.join("snapshots").join(name.as_str())
    }
}

fn contract_names(folder: &Path) -> Result<Vec<ContractName>, ProjectError> {
    let path = folder.join("contracts");
    let entries = match std::fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(ProjectError::Unreadable { path, source: error }),
    };
    let folders = entries.filter_map(Result::ok).filter(|entry| entry.path().is_dir());
    let mut names: Vec<ContractName> = folders
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .map(ContractName::from)
        .collect();
    names.sort();
    Ok(names)
}

fn collect_features(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), ProjectError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(ProjectError::Unreadable { path: folder.to_path_buf(), source: error }),
    };
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            collect_features(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "feature") {
            files.push(path);
        }
    }
    Ok(())
}

struct TargetReader<'e> {
    environment: &'e dyn Fn(&str) -> Option<String>,
    targets: IndexMap<TargetName, Target>,
}

impl TargetReader<'_> {
    fn target<'t>(&mut self, settings: &mut Settings<'t>, entry: Entry<'t>) {
        const KNOWN: [&str; 8] =
            ["deadline", "concurrency", "writes", "retries", "derived", "pause", "allow_query", "contract"];
        let name = entry.key.clone();
        let place = entry.place.clone();
        if name == "fake" {
            settings.problem(place, "`fake` is the built-in target of the fakes", "give the target another name");
            return;
        }
        let mut target = Target { place: Some(place.clone()), ..Target::default() };
        for entry in settings.table(entry) {
            let place = entry.place.clone();
            match entry.key.as_str() {
                "deadline" => match settings.read::<String>(entry).map(|text| duration(&text)) {
                    Some(Ok(deadline)) if !deadline.is_zero() => target.deadline = deadline,
                    Some(Ok(_)) => {
                        settings.problem(place, "`deadline` is zero", "write a span of time: deadline = \"5s\"");
                    }
                    Some(Err(wrong)) => {
                        settings.problem(place, format!("`deadline`: {wrong}"), "write it as \"5s\" or \"1.5s\"");
                    }
                    None => {}
                },
                "concurrency" => match settings.read::<usize>(entry) {
                    Some(0) => settings.problem(place, "`concurrency` is zero", "at least one scenario runs at a time"),
                    Some(concurrency) => target.concurrency = concurrency,
                    None => {}
                },
                "writes" => target.writes = settings.read(entry).unwrap_or_default(),
                "retries" => target.retries = settings.read(entry).unwrap_or_default(),
                "derived" => target.derived = settings.read(entry).unwrap_or_default(),
                "allow_query" => target.allow_query = settings.read(entry).unwrap_or_default(),
                "pause" => match settings.read::<String>(entry).map(|text| duration(&text)) {
                    Some(Ok(pause)) => target.pause = pause,
                    Some(Err(wrong)) => {
                        settings.problem(place, format!("`pause`: {wrong}"), "write it as \"50ms\" or \"1s\"");
                    }
                    None => {}
                },
                "contract" => {
                    settings.table(entry).into_iter().for_each(|entry| self.site(settings, entry, &mut target));
                }
                _ => settings.unknown(&entry, &KNOWN),
            }
        }
        if target.contracts.is_empty() && settings.problems.is_empty() {
            let help = format!("add [target.{name}.contract.NAME] with url = \"https://…\"");
            settings.problem(place, format!("the target {name:?} has no contract"), help);
        }
        self.targets.insert(TargetName::from(name), target);
    }

    fn site<'t>(&self, settings: &mut Settings<'t>, entry: Entry<'t>, target: &mut Target) {
        const KNOWN: [&str; 7] = ["url", "variables", "values", "secrets", "tags", "open", "document"];
        let name = ContractName::from(entry.key.as_str());
        let mut site = Site { place: Some(entry.place.clone()), ..Site::default() };
        let mut has_url = false;
        for entry in settings.table(entry) {
            let place = entry.place.clone();
            match entry.key.as_str() {
                "url" => {
                    has_url = true;
                    let text: Option<String> = settings.read(entry);
                    site.url = text.and_then(|text| self.filled(&mut site, &place, &text)).unwrap_or_default();
                    if !site.url.is_empty()
                        && let Err(wrong) = base_url(&site.url)
                    {
                        settings.problem(place, wrong, "write a base URL: url = \"https://host/prefix\"");
                    }
                }
                "variables" => {
                    for (name, text) in settings.read::<IndexMap<String, String>>(entry).unwrap_or_default() {
                        let value = self.filled(&mut site, &place, &text).unwrap_or_default();
                        site.variables.insert(name, value);
                    }
                }
                "values" => {
                    for (name, value) in settings.read::<IndexMap<String, Value>>(entry).unwrap_or_default() {
                        let text = value.as_str().and_then(|text| self.filled(&mut site, &place, text));
                        site.values.insert(name, text.map_or(value, Value::from));
                    }
                }
                "secrets" => {
                    let before = settings.problems.len();
                    site.secrets = settings.read(entry).unwrap_or_default();
                    if settings.problems.len() > before {
                        // What was written instead may be the secret itself.
                        settings.problems.truncate(before);
                        let wrong = "`secrets` does not say where each secret comes from";
                        let help =
                            "write { NAME = { env = \"VARIABLE\" } } or { NAME = { file = \"path\" } }, never a value";
                        settings.problems.push(Problem::new(place, wrong, help).hiding_line());
                    }
                }
                "tags" => {
                    site.tags = settings.read(entry);
                    if site.tags.as_ref().is_some_and(|text| text.parse::<gherkin::tagexpr::TagOperation>().is_err()) {
                        let help = "write it as \"not @proxy and @smoke\"";
                        settings.problem(place, "`tags` is no tag expression", help);
                    }
                }
                "open" => site.open = settings.read(entry).unwrap_or_default(),
                "document" => match settings.read::<Value>(entry).map(|value| Published::of(&value)) {
                    Some(Some(document)) => site.document = document,
                    Some(None) => {
                        let help = "write a path below `url`: document = \"/docs/openapi.json\", or document = false";
                        settings.problem(place, "`document` is neither a path nor false", help);
                    }
                    None => {}
                },
                _ => settings.unknown(&entry, &KNOWN),
            }
        }
        if !has_url && let Some(place) = site.place.clone() {
            settings.problem(
                place,
                "`url` is missing",
                "say where the contract is served: url = \"https://host/prefix\"",
            );
        }
        target.contracts.insert(name, site);
    }

    /// The text with its `${VARIABLES}` filled in; a missing one is noted.
    fn filled(&self, site: &mut Site, place: &Place, text: &str) -> Option<String> {
        let missing = match substituted(text, self.environment) {
            Ok(text) => return Some(text),
            Err(missing) => missing,
        };
        let wrong = format!("the environment variable {missing} is not set");
        let help = format!("set it, or give a default: ${{{missing}:-value}}");
        site.unset.push(Problem::new(place.clone(), wrong, help));
        None
    }
}

/// A base URL without its last slash: `http` or `https`, with a host, without user, query and fragment.
///
/// # Errors
/// What is wrong with it; the text itself may hold a secret and is not repeated.
pub fn base_url(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|error| format!("not a URL: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the URL holds a user or a password; credentials belong to the contract".to_owned());
    }
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err("not an http or https URL".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("the URL has a query or a fragment; a base URL has neither".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// The text with each `${NAME}` and `${NAME:-default}` replaced by the variable's value.
fn substituted(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    static VARIABLE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\$\{(?<name>\w+)(?::-(?<default>[^}]*))?\}").expect("the pattern is right"));
    let mut missing = None;
    let result = VARIABLE.replace_all(text, |captures: &Captures<'_>| {
        let default = captures.name("default").map(|default| default.as_str().to_owned());
        environment(&captures["name"]).or(default).unwrap_or_else(|| {
            missing.get_or_insert_with(|| captures["name"].to_owned());
            String::new()
        })
    });
    let result = result.into_owned();
    missing.map_or(Ok(result), Err)
}
