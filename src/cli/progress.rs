//! A run on its way: scenarios printed in the order of their files while they finish in any order, how far it is, and what
//! ends it early.

use super::diagnostic::Failure;
use crate::name::ContractName;
use crate::record::ScenarioRecord;
use crate::report::console::Console;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::HashMap;
use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

/// A run that takes longer than this shows how far it is.
const SHOWN_AFTER: Duration = Duration::from_secs(1);

/// Carries out a run, unless Ctrl-C ends it before.
///
/// # Errors
/// Those of the run, or that it was interrupted.
pub fn until_interrupted<T>(run: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::CouldNotRun(error.to_string()))?;
    runtime.block_on(async {
        tokio::select! {
            result = run => result,
            _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
        }
    })
}

/// How far a run is and how long it will take, shown at a terminal only.
#[derive(Clone)]
pub struct Bar {
    bar: ProgressBar,
    started: Instant,
}

impl Bar {
    /// At the beginning of as many things; `words` say of what, and of the time: `mutants, {eta} left`.
    pub fn new(count: usize, words: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template(&format!("{{pos}} of {{len}} {words} {{wide_bar}}"));
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, started: Instant::now() }
    }

    /// There are as many more.
    pub fn expect(&self, count: usize) {
        self.bar.inc_length(count as u64);
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
    bar: Bar,
}

impl Progress {
    /// Expects the scenarios of `order`; prints through `console`, if there is one.
    pub fn new(order: Vec<(ContractName, Key)>, console: Option<Console>) -> Self {
        let bar = Bar::new(order.len(), "scenarios, {elapsed}");
        Self { order, next: 0, finished: HashMap::new(), console, bar }
    }

    /// Takes a scenario's record.
    pub fn finished(&mut self, record: ScenarioRecord) {
        self.finished.insert((record.feature.clone(), record.line), record);
        self.bar.advance();
        while let Some((contract, key)) = self.order.get(self.next)
            && let Some(record) = self.finished.get(key)
        {
            if let Some(console) = &mut self.console {
                // A reader that has gone away does not keep the run from its verdict.
                self.bar.bar.suspend(|| drop(console.scenario(&mut anstream::stdout().lock(), contract, record)));
            }
            self.next += 1;
        }
    }

    /// The records by place, and the console to finish with.
    pub fn end(self) -> (HashMap<Key, ScenarioRecord>, Option<Console>) {
        self.bar.end();
        (self.finished, self.console)
    }
}
