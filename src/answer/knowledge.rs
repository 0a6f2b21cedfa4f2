//! What a fake knows, and how it behaves: told by the contract, then by the scenario, then learnt from answers.

use crate::contract::Contract;
use indexmap::IndexMap;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// The most that a fake knows of one kind, so that one that serves for long does not grow; the oldest goes first.
const MOST: usize = 50_000;

/// A fake's knowledge and behaviour during one scenario.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Lists of texts by name; copies share them until one learns something.
    lists: Arc<IndexMap<String, Arc<Vec<String>>>>,
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
        let lists = contract.knowledge.iter().map(|(name, texts)| (name.clone(), Arc::new(texts.clone())));
        Self { lists: Arc::new(lists.collect()), ..Self::default() }
    }

    /// A copy to answer from that learns nothing: it has not seen what opened an operation before.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        let Self { lists, forced, delay, used: _ } = self;
        Self { lists: lists.clone(), forced: forced.clone(), delay: *delay, used: HashSet::new() }
    }

    /// Every list.
    pub fn lists(&self) -> &IndexMap<String, Arc<Vec<String>>> {
        &self.lists
    }

    /// Lets a list hold these texts and no others.
    pub fn set(&mut self, list: String, texts: Vec<String>) {
        Arc::make_mut(&mut self.lists).insert(list, Arc::new(texts));
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
        let texts = Arc::make_mut(Arc::make_mut(&mut self.lists).entry(list.to_owned()).or_default());
        if texts.len() >= MOST {
            texts.remove(0);
        }
        texts.push(text.into());
    }

    /// The texts of a list; none for one that it does not know.
    pub fn list(&self, name: &str) -> &[String] {
        self.lists.get(name).map_or(&[], |texts| texts.as_slice())
    }
}
