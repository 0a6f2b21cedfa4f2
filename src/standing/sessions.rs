//! What a standing fake knows: for everybody the same, and apart for each client that names a session.

use crate::answer::knowledge::Knowledge;
use indexmap::IndexMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The request header that names a session.
pub const SESSION: &str = "X-Counterpart-Session";
/// The most sessions that are kept; of more the one is forgotten that was not asked for the longest.
const MOST: usize = 1_000;

/// The sessions of one fake.
#[derive(Debug)]
pub struct Sessions {
    fresh: Knowledge,
    shared: Arc<Session>,
    named: Mutex<IndexMap<String, Arc<Session>>>,
}

/// One session.
#[derive(Debug)]
pub struct Session(Mutex<State>);

/// What a fake knows and how it behaves in a session.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What it knows, and how it answers.
    pub knowledge: Knowledge,
    /// Whether it closes every connection without an answer.
    pub unreachable: bool,
}

impl Session {
    fn new(knowledge: Knowledge) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State { knowledge, unreachable: false })))
    }

    /// Its state.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sessions {
    /// Sessions that all begin with `fresh`.
    pub fn new(fresh: Knowledge) -> Self {
        Self { shared: Session::new(fresh.clone()), fresh, named: Mutex::default() }
    }

    /// The session of that name, which begins now if there is none; without a name the one that all share.
    pub fn of(&self, name: Option<&str>) -> Arc<Session> {
        let Some(name) = named(name) else { return self.shared.clone() };
        let mut sessions = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = sessions.get_index_of(name) {
            let last = sessions.len() - 1;
            sessions.move_index(index, last);
            return sessions[last].clone();
        }
        if sessions.len() >= MOST {
            sessions.shift_remove_index(0);
        }
        sessions.entry(name.to_owned()).or_insert_with(|| Session::new(self.fresh.clone())).clone()
    }

    /// The session of that name for one that only looks: none begins.
    pub fn seen(&self, name: Option<&str>) -> Arc<Session> {
        let Some(name) = named(name) else { return self.shared.clone() };
        let sessions = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(name).cloned().unwrap_or_else(|| Session::new(self.fresh.clone()))
    }

    /// Begins a session anew; one with a name is forgotten.
    pub fn reset(&self, name: Option<&str>) {
        match named(name) {
            None => *self.shared.state() = State { knowledge: self.fresh.clone(), unreachable: false },
            Some(name) => drop(self.named.lock().unwrap_or_else(PoisonError::into_inner).shift_remove(name)),
        }
    }
}

/// An empty name is none.
fn named(name: Option<&str>) -> Option<&str> {
    name.filter(|name| !name.is_empty())
}
