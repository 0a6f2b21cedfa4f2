//! `counterpart explain`: what a code means, or under which drift a recorded exchange would be right.

use super::arguments::{Common, ExplainOptions};
use super::check::open_project;
use super::codes;
use super::diagnostic::{self, Failure};
use super::exit::Exit;
use super::output::{Outputs, print};
use super::recording::{self, Recorded};
use super::targets::{secrets, unknown};
use super::unredacted::unredacted;
use crate::check::{self, refusal};
use crate::contract::conduct::Cause;
use crate::contract::operation::Operation;
use crate::contract::{Contract, Route};
use crate::credential::verify::Keys;
use crate::diagnosis;
use crate::exchange::{Location, Request, Response};
use crate::harness::echo;
use crate::name::{ContractName, SecretName};
use crate::place::Problems;
use crate::project::Project;
use crate::record::{Explained, ExplainedExchange, ExplanationRecord, FindingRecord, VERSION};
use crate::report::{Format, explained};
use crate::secret::{Redactor, Vault};
use crate::verdict::{Code, Finding, Verdict};
use indexmap::IndexMap;
use jiff::Timestamp;
use std::path::Path;
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
    let unreadable = |error| Failure::CouldNotRun(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let written = file.metadata().and_then(|data| data.modified()).unwrap_or_else(|_| SystemTime::now());
    let recorded = recording::read(&file.to_string_lossy(), &text)
        .map_err(|problem| Failure::of_problems(Path::new(""), Problems(vec![problem]), Exit::CouldNotRun))?;
    let bench = Bench::new(&project, common, written)?;
    let exchanges: Vec<ExplainedExchange> = recorded.into_iter().filter_map(|one| bench.explain(one)).collect();
    let worst = exchanges.iter().filter_map(|exchange| exchange.verdict).max();
    let record = Explained { version: VERSION, verdict: worst.unwrap_or(Verdict::Inconclusive), exchanges };
    if format == Format::Json {
        let json = serde_json::to_string_pretty(&record).expect("a record holds only what JSON can hold");
        print(&format!("{json}\n"))?;
        return Ok(record.verdict.into());
    }
    if record.exchanges.is_empty() {
        print("? the file holds no exchange\n")?;
    }
    // A reader that has gone away does not keep the file from its verdict.
    drop(explained::write(&mut anstream::stdout().lock(), &record, Outputs::options(common)));
    Ok(record.verdict.into())
}

/// What exchanges are judged by.
struct Bench {
    /// The contracts that are asked for, each with the paths under which it is served.
    contracts: Vec<(Contract, Vec<String>)>,
    /// Whether they were asked for by name.
    named: bool,
    vault: Vault,
    redactor: Redactor,
    /// When the file was written.
    written: Timestamp,
}

/// Where a request leads: to an operation, the farther up the better.
struct Reach<'a> {
    contract: &'a Contract,
    operation: &'a Operation,
    /// 0: path and method; 1: both below a prefix; 2: the path only; 3: the path only, below a prefix.
    distance: usize,
    /// The deployment's own prefix.
    prefix: String,
    /// The path as the contract's own server has it.
    path: String,
}

impl Bench {
    fn new(project: &Project, common: &Common, written: SystemTime) -> Result<Self, Failure> {
        let known = project.contract_names().map_err(|error| Failure::of_project(&project.folder, error))?;
        let named: Vec<ContractName> = common.contracts.iter().map(|name| ContractName::from(name.as_str())).collect();
        if let Some(name) = named.iter().find(|name| !known.contains(name)) {
            return Err(unknown("contract", name.as_str(), known.iter().map(ContractName::as_str)));
        }
        let mut contracts = Vec::new();
        let mut vault = Vault::default();
        for name in if named.is_empty() { &known } else { &named } {
            let contract = project
                .contract(name)
                .map_err(|problems| Failure::of_problems(&project.folder, problems, Exit::CouldNotRun))?;
            secrets(&contract, None, &mut vault)?;
            let own = IndexMap::new();
            let sites = project.targets.values().filter_map(|target| target.contracts.get(name));
            let variables = std::iter::once(&own).chain(sites.map(|site| &site.variables));
            let mut paths: Vec<String> =
                variables.filter_map(|variables| contract.server.path(variables).ok()).collect();
            let mut seen = std::collections::HashSet::new();
            paths.retain(|path| seen.insert(path.clone()));
            contracts.push((contract, paths));
        }
        let redactor = Redactor::new([&vault]);
        diagnostic::guard(&redactor);
        let written = Timestamp::try_from(written).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Self { contracts, named: !named.is_empty(), vault, redactor, written })
    }

    /// What is made of an exchange; `None` where it is of a contract that was not asked for.
    fn explain(&self, recorded: Recorded) -> Option<ExplainedExchange> {
        let Recorded { request, response, sent_ms, contract, request_is_cut, response_is_cut } = recorded;
        let request = unredacted(&request, &self.vault);
        let status = response.as_ref().map_or("no answer".to_owned(), |response| response.status.to_string());
        let headline = format!("{} {} → {status}", request.method, request.path);
        let mut explained = ExplainedExchange {
            exchange: self.redactor.redact(&headline),
            time: String::new(),
            contract: None,
            operation: None,
            provider: None,
            verdict: None,
            explanations: Vec::new(),
            findings: Vec::new(),
            notes: Vec::new(),
        };
        let now = self.sent(sent_ms, response.as_ref(), &mut explained.notes);
        explained.time = now.to_string();
        let candidates: Vec<_> = match &contract {
            Some(name) => self.contracts.iter().filter(|(known, _)| known.name == *name).collect(),
            None => self.contracts.iter().collect(),
        };
        if contract.is_some() && candidates.is_empty() {
            return None;
        }
        let (contract, reach) = match self.reached(&candidates, &request, contract.is_some()) {
            Ok(found) => found,
            Err(why) => {
                explained.notes.push(self.redactor.redact(&why));
                return Some(explained);
            }
        };
        explained.contract = Some(contract.name.clone());
        explained.provider = Some(contract.provider.clone());
        let mut request = request;
        if let Some(reach) = &reach {
            explained.operation = Some(reach.operation.id.clone());
            // A 404 that the operation does not promise says that the prefix is none of the deployment's own.
            let nowhere = response
                .as_ref()
                .is_some_and(|response| response.status == 404 && reach.operation.promise(404).is_none());
            if reach.prefix.is_empty() || !nowhere {
                request.path.clone_from(&reach.path);
            }
            if !reach.prefix.is_empty() && !nowhere {
                explained.notes.push(format!("{} is taken for the deployment's own prefix", reach.prefix));
            }
        }
        let case = Case {
            contract,
            operation: reach.as_ref().map(|reach| reach.operation),
            request: &request,
            response: response.as_ref(),
            bench: self,
            now_ms: now.as_millisecond(),
        };
        case.judge(request_is_cut, response_is_cut, &mut explained);
        Some(explained)
    }

    /// When the exchange was; where it does not say so, the provider's clock or the file's.
    fn sent(&self, sent_ms: Option<i64>, response: Option<&Response>, notes: &mut Vec<String>) -> Timestamp {
        if let Some(sent) = sent_ms.and_then(|sent| Timestamp::from_millisecond(sent).ok()) {
            return sent;
        }
        let date = response.and_then(|response| response.headers.get("date"));
        let date = date.and_then(|date| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok());
        let from = if date.is_some() { "the response's Date" } else { "the time at which the file was written" };
        notes.push(format!("the exchange does not say when it was sent: {from} is taken"));
        date.unwrap_or(self.written)
    }

    /// The contract to judge by, and the operation that was reached.
    fn reached<'a>(
        &'a self,
        candidates: &[&'a (Contract, Vec<String>)],
        request: &Request,
        in_record: bool,
    ) -> Result<(&'a Contract, Option<Reach<'a>>), String> {
        let mut reaches: Vec<Reach<'_>> =
            candidates.iter().filter_map(|(contract, paths)| reach(contract, paths, request)).collect();
        let nearest = reaches.iter().map(|reach| reach.distance).min();
        reaches.retain(|reach| Some(reach.distance) == nearest);
        match (reaches.len(), candidates) {
            (1, _) => Ok(reaches.pop().map(|reach| (reach.contract, Some(reach))).expect("there is one")),
            (0, [(contract, _)]) if self.named || in_record => Ok((contract, None)),
            (0, _) => {
                let help = "`--contract NAME` judges it all the same";
                Err(format!("no contract has an operation at {} {}: {help}", request.method, request.path))
            }
            _ => {
                let names: Vec<&str> = reaches.iter().map(|reach| reach.contract.name.as_str()).collect();
                Err(format!("it may be of any of {}: `--contract NAME` says which", names.join(", ")))
            }
        }
    }
}

/// Where the path leads as it stands, else below a prefix that belongs to the deployment.
fn reach<'a>(contract: &'a Contract, server_paths: &[String], request: &Request) -> Option<Reach<'a>> {
    let own = server_paths.first().map_or("", String::as_str);
    let starts = request.path.match_indices('/').map(|(start, _)| start);
    let ways = starts.flat_map(|start| server_paths.iter().map(move |server| (start, server)));
    let reaches = ways.filter_map(|(start, server)| {
        let rest = &request.path[start..];
        let below = Request { path: rest.to_owned(), ..request.clone() };
        let (operation, far) = match contract.route(server, &below) {
            Route::Found(operation, _) => (operation, 0),
            Route::OtherMethods(_, operation) => (operation, 2),
            Route::Unknown => return None,
        };
        let path = format!("{own}{}", rest.strip_prefix(server.as_str())?);
        let prefix = request.path[..start].to_owned();
        Some(Reach { contract, operation, distance: far + usize::from(start > 0), prefix, path })
    });
    // Of equals the first counts: that with the shortest prefix.
    reaches.min_by_key(|reach| reach.distance)
}

/// An exchange beside the contract by which it is judged.
struct Case<'a> {
    contract: &'a Contract,
    operation: Option<&'a Operation>,
    request: &'a Request,
    response: Option<&'a Response>,
    bench: &'a Bench,
    now_ms: i64,
}

impl Case<'_> {
    fn judge(&self, request_is_cut: bool, response_is_cut: bool, explained: &mut ExplainedExchange) {
        let mut findings = Vec::new();
        if request_is_cut {
            explained
                .notes
                .push("the record has only the beginning of the request's body: it is not judged".to_owned());
        } else {
            findings.extend(self.of_request(&mut explained.notes));
        }
        if response_is_cut {
            explained
                .notes
                .push("the record has only the beginning of the response's body: it is not judged".to_owned());
        }
        let request_is_right = findings.is_empty() && !request_is_cut;
        let (response, echoes) = match self.response {
            Some(response) => {
                let (response, echoes) = echo::redacted(&self.bench.redactor, response.clone());
                (Some(response), echoes)
            }
            None => (None, Vec::new()),
        };
        if let (Some(response), Some(operation), false) = (&response, self.operation, response_is_cut) {
            findings.extend(self.of_refusal(operation, response, &findings, request_is_right));
            findings.extend(check::response(self.contract, operation, response, &echoes));
        }
        let worst = findings.iter().map(|finding| finding.code.weight()).max();
        let nothing_judged = request_is_cut && worst.is_none();
        explained.verdict = (!nothing_judged).then(|| worst.unwrap_or(Verdict::Kept));
        // Without the secret a drift could only be guessed.
        let is_known = findings.iter().all(|finding| finding.code != Code::SecretUnset);
        if explained.verdict == Some(Verdict::Broken) && is_known {
            let found =
                diagnosis::of_exchange(self.contract, self.request, response.as_ref(), &self.bench.vault, self.now_ms);
            explained.explanations.extend(found.into_iter().map(|found| ExplanationRecord {
                code: found.code.to_owned(),
                sentence: self.bench.redactor.redact(&found.sentence),
                certain: found.certain,
            }));
        }
        explained.findings = findings.into_iter().map(|finding| self.redacted(finding)).collect();
    }

    /// What is wrong with the request. Where a secret is missing, nothing can be said of a key or a signature.
    fn of_request(&self, notes: &mut Vec<String>) -> Vec<Finding> {
        let server_path = self.contract.server.path(&IndexMap::new()).unwrap_or_default();
        let keys = Keys { vault: &self.bench.vault, further: &[] };
        let findings = check::request(self.contract, &server_path, self.request, keys, self.now_ms);
        let unset = self.unset_secrets();
        let mut judged = Vec::new();
        for finding in findings {
            match finding.code {
                Code::CredentialUnknown if !unset.is_empty() => judged.extend(unset.iter().map(|name| {
                    let expected = format!("the environment variable {name}");
                    let missing = Finding::new(Code::SecretUnset, finding.location.clone(), expected, "it is not set");
                    Finding { operation: finding.operation.clone(), ..missing }
                })),
                Code::CredentialMissing if !unset.is_empty() => {
                    let names: Vec<&str> = unset.iter().map(SecretName::as_str).collect();
                    notes.push(format!(
                        "{} is not set, so the key would not be known in another place",
                        names.join(" or ")
                    ));
                    judged.push(finding);
                }
                _ => judged.push(finding),
            }
        }
        judged
    }

    /// The secrets that open the operation and that the environment does not have.
    fn unset_secrets(&self) -> Vec<SecretName> {
        let Some(operation) = self.operation else { return Vec::new() };
        let credentials = operation.security.credentials().into_iter();
        let credentials = credentials.filter_map(|name| self.contract.credentials.get(name));
        let mut names: Vec<SecretName> =
            credentials.map(|credential| credential.party_for(&operation.id).secret.clone()).collect();
        names.dedup();
        names.retain(|name| self.bench.vault.get(name).is_none());
        names
    }

    /// Whether the provider refuses what it should accept, or accepts what it should refuse.
    fn of_refusal(
        &self,
        operation: &Operation,
        response: &Response,
        of_request: &[Finding],
        request_is_right: bool,
    ) -> Vec<Finding> {
        if !operation.security.is_required() {
            return Vec::new();
        }
        if request_is_right && matches!(response.status, 401 | 403) {
            let actual = format!("{} {}", response.status, check::response_status::excerpt(&response.body));
            let expected = format!("{}, with the right credential", operation.success().unwrap_or(200));
            let finding = Finding::new(Code::AcceptanceMissing, Location::Status, expected, actual.trim());
            return vec![finding.of(&operation.id).at(operation.place.clone())];
        }
        // Of a request that is wrong in several ways any refusal may be the right one.
        let [finding] = of_request else { return Vec::new() };
        let cause = match finding.code {
            Code::CredentialMissing => Cause::Missing,
            Code::CredentialMisplaced => Cause::Misplaced,
            Code::CredentialMalformed => Cause::Malformed,
            Code::CredentialUnknown => Cause::Unknown,
            Code::CredentialStale => Cause::Stale,
            _ => return Vec::new(),
        };
        let mut findings = refusal::check_cause(self.contract, cause, operation, response);
        findings.retain(|finding| matches!(finding.code, Code::RefusalMissing | Code::RefusalIsServerError));
        findings
    }

    fn redacted(&self, finding: Finding) -> FindingRecord {
        let mut record = FindingRecord::of(finding);
        for text in [&mut record.expected, &mut record.actual].into_iter().chain(&mut record.detail) {
            *text = self.bench.redactor.redact(text);
        }
        record
    }
}
