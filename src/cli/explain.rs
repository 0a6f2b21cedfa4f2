//! `counterpart explain`: what a code means, or under which drift a recorded exchange would be right.

use super::arguments::Common;
use super::arguments::explain::ExplainOptions;
use super::check::open_project;
use super::codes;
use super::diagnostic::{self, Failure};
use super::exit::Exit;
use super::output::{Outputs, print};
use super::recording::{self, Lack, Recorded};
use super::targets::{asked, secrets};
use super::unredacted::{unredacted, unredacted_response};
use crate::exchange::{Location, Request, Response};
use crate::name::{ContractName, OperationId};
use crate::place::Problems;
use crate::project::Project;
use crate::proxy::judged::completed;
use crate::record::{Explained, ExplainedExchange, ExplanationRecord, FindingRecord, VERSION};
use crate::report::{Format, explained};
use crate::secret::{Redactor, Vault};
use crate::verdict::{Code, Finding, Verdict};
use crate::witness::{Judgement, Witness, Witnessed, reach};
use indexmap::{IndexMap, IndexSet};
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// Runs the verb.
///
/// # Errors
/// An unknown code or contract, or a file that is none of those that are known.
pub fn explain(common: &Common, options: &ExplainOptions) -> Result<Exit, Failure> {
    match &options.exchange {
        Some(file) => recording(common, options.format.unwrap_or(Format::Console), file),
        None => codes::explain(options.code.as_deref()),
    }
}

fn recording(common: &Common, format: Format, file: &Path) -> Result<Exit, Failure> {
    if !matches!(format, Format::Console | Format::Json) {
        return Err(Failure::Usage(format!("explain writes console or json, not {format}")));
    }
    let project = open_project(common)?;
    let (recorded, written) = read(file)?;
    let bench = Bench::new(&project, common, written)?;
    let exchanges: Vec<ExplainedExchange> = recorded.iter().filter_map(|one| bench.explain(one)).collect();
    let worst = exchanges.iter().filter_map(|exchange| exchange.verdict).max();
    let record = Explained { version: VERSION, verdict: worst.unwrap_or(Verdict::Inconclusive), exchanges };
    if format == Format::Json {
        let json = serde_json::to_string_pretty(&record).expect("a record holds only what JSON can hold");
        print(&format!("{json}\n"))?;
        return Ok(record.verdict.into());
    }
    if record.exchanges.is_empty() {
        print("? the file holds no exchange to explain; of a report those with findings are looked at\n")?;
    }
    // A reader that has gone away does not keep the file from its verdict.
    drop(explained::write(&mut anstream::stdout().lock(), &record, Outputs::options(common)));
    Ok(record.verdict.into())
}

/// The exchanges of a file, and when it was written.
///
/// # Errors
/// It cannot be read, or is none of the forms that are known.
pub fn read(file: &Path) -> Result<(Vec<Recorded>, SystemTime), Failure> {
    let unreadable = |error| Failure::CouldNotRun(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let written = file.metadata().and_then(|data| data.modified()).unwrap_or_else(|_| SystemTime::now());
    let recorded = recording::read(&file.to_string_lossy(), &text)
        .map_err(|problem| Failure::of_problems(Path::new(""), Problems(vec![problem]), Exit::CouldNotRun))?;
    Ok((recorded, written))
}

/// What exchanges are judged by.
pub struct Bench {
    /// For each contract that is asked for a witness a path under which it is served.
    witnesses: Vec<Witness>,
    /// Whether the contracts were asked for by name.
    named: bool,
    /// When the file was written.
    written: Timestamp,
}

/// An exchange with the witness who judges it.
pub struct Placed<'a> {
    /// Who judges it.
    pub witness: &'a Witness,
    /// What was sent, without the deployment's own prefix and with its secrets.
    pub request: Request,
    /// What came back, with its secrets.
    pub response: Option<Response>,
    /// The operation that it reached.
    pub operation: Option<OperationId>,
    /// The prefix that was taken for the deployment's own.
    pub prefix: String,
}

impl Placed<'_> {
    /// The exchange as its witness sees it.
    pub fn seen(&self, recorded: &Recorded, sent: Timestamp) -> Witnessed<'_> {
        recorded.witnessed(&self.request, self.response.as_ref(), sent.as_millisecond())
    }

    /// What its witness says of it.
    pub fn judgement(&self, recorded: &Recorded, sent: Timestamp) -> Judgement {
        let judgement = self.witness.judge(&self.seen(recorded, sent), &[]);
        let failed = |why: &String| {
            let why = self.witness.redactor.redact(why);
            let finding = Finding::new(Code::CallFailed, Location::Path, "a response", why);
            Finding { operation: judgement.operation.clone(), ..finding }
        };
        let (failed, is_unseen) = match &recorded.lack {
            Some(Lack::Failed(why)) => (Some(failed(why)), false),
            Some(Lack::Unseen) => (None, true),
            None => (None, false),
        };
        completed(judgement, recorded.is_open, failed, is_unseen)
    }
}

impl Bench {
    /// Reads the contracts that are asked for, and the secrets of the environment. `written` is when the file was.
    ///
    /// # Errors
    /// An unknown contract, or one that is wrong.
    pub fn new(project: &Project, common: &Common, written: SystemTime) -> Result<Self, Failure> {
        let mut contracts = Vec::new();
        let mut vault = Vault::default();
        for name in &asked(project, common)? {
            let contract = project
                .contract(name)
                .map_err(|problems| Failure::of_problems(&project.folder, problems, Exit::CouldNotRun))?;
            secrets(&contract, None, &mut vault)?;
            contracts.push(Arc::new(contract));
        }
        let (redactor, vault) = (Arc::new(Redactor::new([&vault])), Arc::new(vault));
        diagnostic::guard(&redactor);
        let mut witnesses = Vec::new();
        for contract in contracts {
            let own = IndexMap::new();
            let sites = project.targets.values().filter_map(|target| target.contracts.get(&contract.name));
            let variables = std::iter::once(&own).chain(sites.map(|site| &site.variables));
            let paths: IndexSet<String> =
                variables.filter_map(|variables| contract.server.path(variables).ok()).collect();
            let witness = |path| Witness::new(contract.clone(), path, vault.clone(), redactor.clone());
            witnesses.extend(paths.into_iter().map(witness));
        }
        let written = Timestamp::try_from(written).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Self { witnesses, named: !common.contracts.is_empty(), written })
    }

    /// Whether a recorded exchange is of a contract that was asked for, as far as the recording says.
    pub fn is_asked_for(&self, recorded: &Recorded) -> bool {
        let is_known = |name: &ContractName| self.witnesses.iter().any(|witness| witness.contract.name == *name);
        recorded.contract.as_ref().is_none_or(is_known)
    }

    /// The witness who judges a recorded exchange.
    ///
    /// # Errors
    /// None can, or several: why, without a secret.
    pub fn place(&self, recorded: &Recorded) -> Result<Placed<'_>, String> {
        let of = |witness: &&Witness| recorded.contract.as_ref().is_none_or(|name| witness.contract.name == *name);
        let candidates: Vec<&Witness> = self.witnesses.iter().filter(of).collect();
        let Some(first) = candidates.first() else { return Err("the project has no contract".to_owned()) };
        let request = unredacted(&recorded.request, &first.vault);
        let response = recorded.response.as_ref().map(|response| unredacted_response(response, &first.vault));
        let mut reaches = reach::nearest(candidates.iter().copied(), &request);
        // Where the contract is known, so is the path without the deployment's prefix.
        reaches.retain(|reach| recorded.contract.is_none() || reach.prefix == 0);
        let one = candidates.iter().all(|witness| witness.contract.name == first.contract.name);
        match (reaches.len(), one && (self.named || recorded.contract.is_some())) {
            (1, _) => {
                let reach = reaches.pop().expect("there is one");
                // A 404 that the operation does not promise says that the prefix is none of the deployment's own.
                let nowhere = recorded
                    .response
                    .as_ref()
                    .is_some_and(|response| response.status == 404 && reach.operation.promise(404).is_none());
                let (prefix, path) = request.path.split_at(if nowhere { 0 } else { reach.prefix });
                let (prefix, path) = (prefix.to_owned(), path.to_owned());
                let operation = Some(reach.operation.id.clone());
                Ok(Placed { witness: reach.witness, request: Request { path, ..request }, response, operation, prefix })
            }
            (0, true) => Ok(Placed { witness: first, request, response, operation: None, prefix: String::new() }),
            (0, false) => {
                let help = "`--contract NAME` judges it all the same";
                let wrong = format!("no contract has an operation at {} {}: {help}", request.method, request.path);
                Err(first.redactor.redact(&wrong))
            }
            _ => {
                let names: Vec<&str> = reaches.iter().map(|reach| reach.witness.contract.name.as_str()).collect();
                Err(format!("it may be of any of {}: `--contract NAME` says which", names.join(", ")))
            }
        }
    }

    /// What is made of an exchange; `None` where it is of a contract that was not asked for.
    fn explain(&self, recorded: &Recorded) -> Option<ExplainedExchange> {
        if !self.is_asked_for(recorded) {
            return None;
        }
        let mut notes = Vec::new();
        let sent = self.sent(recorded, &mut notes);
        let status = recorded.response.as_ref().map_or("no answer".to_owned(), |response| response.status.to_string());
        let headline = format!("{} {} → {status}", recorded.request.method, recorded.request.path);
        let mut explained = ExplainedExchange {
            exchange: diagnostic::redacted(&headline),
            time: sent.to_string(),
            contract: None,
            operation: None,
            provider: None,
            verdict: None,
            explanations: Vec::new(),
            findings: Vec::new(),
            notes,
        };
        let placed = match self.place(recorded) {
            Ok(placed) => placed,
            Err(why) => {
                explained.notes.push(why);
                return Some(explained);
            }
        };
        let judgement = placed.judgement(recorded, sent);
        if judgement.is_explicable() {
            let found = placed.witness.explain(&placed.seen(recorded, sent)).into_iter();
            explained.explanations.extend(found.map(|found| ExplanationRecord {
                code: found.code.to_owned(),
                sentence: found.sentence,
                certain: found.certain,
            }));
        }
        let Placed { witness, operation, prefix, .. } = placed;
        explained.contract = Some(witness.contract.name.clone());
        explained.provider = Some(witness.contract.provider.clone());
        explained.operation = operation;
        if !prefix.is_empty() {
            explained.notes.push(format!("{prefix} is taken for the deployment's own prefix"));
        }
        explained.verdict = judgement.verdict;
        explained.notes.extend(judgement.notes);
        explained.findings = judgement.findings.into_iter().map(FindingRecord::of).collect();
        Some(explained)
    }

    /// When an exchange was sent; where it does not say so, the provider's clock or the file's is taken, and noted.
    pub fn sent(&self, recorded: &Recorded, notes: &mut Vec<String>) -> Timestamp {
        if let Some(sent) = recorded.sent_ms.and_then(|sent| Timestamp::from_millisecond(sent).ok()) {
            return sent;
        }
        let date = recorded.response.as_ref().and_then(|response| response.headers.get("date"));
        let date = date.and_then(|date| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok());
        let from = if date.is_some() { "the response's Date" } else { "the time at which the file was written" };
        notes.push(format!("the exchange does not say when it was sent: {from} is taken"));
        date.unwrap_or(self.written)
    }
}
