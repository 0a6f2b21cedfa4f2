//! Scenarios printed in the order of their files while they finish in any order, and how far the run is.

use crate::name::ContractName;
use crate::record::ScenarioRecord;
use crate::report::console::Console;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::HashMap;
use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

/// A run that takes longer than this shows how far it is.
const SHOWN_AFTER: Duration = Duration::from_secs(1);

/// How far a run is and how long it will take, shown at a terminal only.
#[derive(Clone)]
pub struct Bar {
    bar: ProgressBar,
    started: Instant,
}

impl Bar {
    /// At the beginning of as many things of a name.
    pub fn new(count: usize, noun: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template(&format!("{{pos}} of {{len}} {noun}, {{eta}} left {{wide_bar}}"));
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, started: Instant::now() }
    }

    /// One more is done.
    pub fn advance(&self) {
        if self.started.elapsed() > SHOWN_AFTER && self.bar.is_hidden() && io::stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }

    /// Nothing is shown any more.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Where a scenario stands: file and line.
pub type Key = (String, usize);

/// Collects records and prints them in order.
pub struct Progress {
    order: Vec<(ContractName, Key)>,
    next: usize,
    finished: HashMap<Key, ScenarioRecord>,
    console: Option<Console>,
    bar: ProgressBar,
    started: Instant,
}

impl Progress {
    /// Expects the scenarios of `order`; prints through `console`, if there is one.
    pub fn new(order: Vec<(ContractName, Key)>, console: Option<Console>) -> Self {
        let bar = ProgressBar::with_draw_target(Some(order.len() as u64), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{pos} of {len} scenarios, {elapsed} {wide_bar}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { order, next: 0, finished: HashMap::new(), console, bar, started: Instant::now() }
    }

    /// Takes a scenario's record.
    pub fn finished(&mut self, record: ScenarioRecord) {
        self.finished.insert((record.feature.clone(), record.line), record);
        if self.started.elapsed() > SHOWN_AFTER && self.bar.is_hidden() && io::stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_position(self.finished.len() as u64);
        while let Some((contract, key)) = self.order.get(self.next)
            && let Some(record) = self.finished.get(key)
        {
            if let Some(console) = &mut self.console {
                // A reader that has gone away does not keep the run from its verdict.
                self.bar.suspend(|| drop(console.scenario(&mut anstream::stdout().lock(), contract, record)));
            }
            self.next += 1;
        }
    }

    /// The records by place, and the console to finish with.
    pub fn end(self) -> (HashMap<Key, ScenarioRecord>, Option<Console>) {
        self.bar.finish_and_clear();
        (self.finished, self.console)
    }
}
