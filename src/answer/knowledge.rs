//! What a fake knows, and how it behaves: told by the contract, then by the scenario, then learnt from answers.

use crate::contract::Contract;
use indexmap::IndexMap;
use std::collections::HashSet;
use std::time::Duration;

/// The most that a fake knows of one kind, so that one that serves for long does not grow; the oldest goes first.
const MOST: usize = 50_000;

/// A fake's knowledge and behaviour during one scenario.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Lists of texts by name.
    pub lists: IndexMap<String, Vec<String>>,
    /// The refusal or answer that it gives whatever it is asked.
    pub forced: Option<String>,
    /// How long it takes to answer.
    pub delay: Duration,
    /// The signatures that have opened an operation, of credentials that open once only.
    used: HashSet<String>,
}

impl Knowledge {
    /// What the contract says that a fake knows at the start.
    pub fn of(contract: &Contract) -> Self {
        Self { lists: contract.knowledge.clone(), ..Self::default() }
    }

    /// Whether a signature is seen for the first time; it is noted.
    pub fn is_first(&mut self, signature: Option<&str>) -> bool {
        if self.used.len() >= MOST {
            self.used.clear();
        }
        signature.is_none_or(|signature| self.used.insert(signature.to_owned()))
    }

    /// Adds a text to a list.
    pub fn add(&mut self, list: &str, text: impl Into<String>) {
        let texts = self.lists.entry(list.to_owned()).or_default();
        if texts.len() >= MOST {
            texts.remove(0);
        }
        texts.push(text.into());
    }

    /// The texts of a list; none for one that it does not know.
    pub fn list(&self, name: &str) -> &[String] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }
}
