//! `counterpart replay`: judge recorded exchanges against the contracts, offline.

use super::arguments::Common;
use super::arguments::replay::ReplayOptions;
use super::check::open_project;
use super::diagnostic::Failure;
use super::exit::Exit;
use super::explain::{Bench, Placed, read};
use super::output::Outputs;
use crate::contract::Contract;
use crate::exchange::Exchange;
use crate::name::{ContractName, TargetName};
use crate::record::{Record, Verb};
use crate::witness::mask;
use crate::witness::tally::Tally;
use clap::ArgMatches;
use indexmap::IndexMap;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// How many exchanges that reach nothing are named.
const NAMED: usize = 3;

/// Runs the verb.
///
/// # Errors
/// A file that cannot be read, or a wrong contract; what the exchanges show is not an error.
pub fn replay(common: &Common, options: &ReplayOptions, matches: Option<&ArgMatches>) -> Result<Exit, Failure> {
    let began = Timestamp::now();
    let outputs = Outputs::of(&options.formats, &options.outputs, matches)?;
    let project = open_project(common)?;
    let (recorded, written) = read(&options.file)?;
    let bench = Bench::new(&project, common, written)?;
    let mut tallies: IndexMap<ContractName, (Arc<Contract>, Tally)> = IndexMap::new();
    let mut notes = Vec::new();
    let mut strangers: IndexMap<String, usize> = IndexMap::new();
    for one in recorded.iter().filter(|one| bench.is_asked_for(one)) {
        let placed = match bench.place(one) {
            Ok(placed) => placed,
            Err(why) => {
                *strangers.entry(why).or_default() += 1;
                continue;
            }
        };
        let sent = bench.sent(one, &mut Vec::new());
        let judgement = placed.judgement(one, sent);
        let Placed { witness, request, response, .. } = &placed;
        let exchange = || {
            let response = response.as_ref()?;
            Some(Exchange {
                request: mask::request(&witness.contract, &witness.redactor, request),
                response: mask::answer(&witness.contract, &witness.redactor, request, response),
                sent_ms: sent.as_millisecond(),
                duration: Duration::ZERO,
                echoes: Vec::new(),
            })
        };
        let contract = &witness.contract;
        let (_, tally) = tallies.entry(contract.name.clone()).or_insert_with(|| (contract.clone(), Tally::default()));
        tally.note(&judgement, exchange, || witness.explain(&placed.seen(one, sent)));
        notes.extend(judgement.notes);
    }
    notes.extend(strangers.keys().take(NAMED).cloned());
    if strangers.len() > NAMED {
        let more: usize = strangers.values().skip(NAMED).sum();
        notes.push(format!("{more} more exchanges reach no operation of a contract"));
    }
    notes.dedup();
    if tallies.is_empty() {
        notes.push("no exchange of the file could be judged".to_owned());
    }
    tallies.sort_keys();
    let mut contracts = Vec::new();
    for (contract, tally) in tallies.into_values() {
        let (record, more) = tally.record(&contract, "a recording".to_owned());
        contracts.push(record);
        notes.extend(more);
    }
    let target = TargetName::from(options.file.to_string_lossy().as_ref());
    let record = Record::ended(Verb::Replay, target, began, contracts, notes);
    outputs.tell(common, &record)?;
    Ok(record.verdict.into())
}
