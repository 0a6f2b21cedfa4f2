//! A log that is written as things happen, by a thread of its own: whoever answers a request never waits for a terminal.

use crate::report::console::ConsoleOptions;
use crate::report::live::{self, Line};
use jiff::Timestamp;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

/// How many entries may wait for the terminal; those beyond are only counted.
const WAITING: usize = 4_096;

/// A log on stdout.
#[derive(Debug)]
pub struct Log {
    options: ConsoleOptions,
    entries: SyncSender<Vec<u8>>,
    lost: AtomicUsize,
    writer: JoinHandle<()>,
}

impl Log {
    /// An empty log.
    pub fn new(options: ConsoleOptions) -> Self {
        let (entries, waiting) = sync_channel::<Vec<u8>>(WAITING);
        let writer = std::thread::spawn(move || {
            // A reader that has gone away does not end a server.
            waiting.into_iter().for_each(|entry| drop(anstream::stdout().write_all(&entry)));
        });
        Self { options, entries, lost: AtomicUsize::new(0), writer }
    }

    /// Notes an exchange.
    pub fn note(&self, line: &Line<'_>) {
        let mut text = Vec::new();
        live::write(&mut text, line, self.options).expect("memory takes every write");
        if text.is_empty() {
            return;
        }
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            text.splice(0..0, format!("({lost} entries left out)\n").into_bytes());
        }
        if let Err(TrySendError::Full(_)) = self.entries.try_send(text) {
            self.lost.fetch_add(lost + 1, Ordering::Relaxed);
        }
    }

    /// Whether an exchange that keeps its contract is noted, too.
    pub fn notes_all(&self) -> bool {
        !self.options.quiet
    }

    /// Waits until everything is written.
    pub fn end(self) {
        drop(self.entries);
        drop(self.writer.join());
    }
}

/// The time of day (UTC) for an entry: `12:03:04`.
pub fn now() -> String {
    Timestamp::now().strftime("%H:%M:%S").to_string()
}
