//! Contract tests that name the drift.
//!
//! The modules are declared lowest first; each imports only from those above it (`tests/it/layers.rs`).

// words
pub mod name;
pub mod place;
pub mod settings;
// facts
pub mod exchange;
pub mod expression;
pub mod secret;
pub mod contract;
pub mod shape;
// sense
pub mod request;
pub mod verdict;
// rules
pub mod credential;
pub mod check;
pub mod answer;
pub mod published;
pub mod drift;
// edges, record
pub mod deployment;
pub mod fake;
pub mod listener;
pub mod project;
pub mod record;
pub mod score;
pub mod inventory;
pub mod snapshot;
// order
pub mod harness;
pub mod diagnosis;
pub mod witness;
pub mod proxy;
pub mod probe;
pub mod snippet;
pub mod doctor;
pub mod report;
pub mod standing;
// language
pub mod feature;
pub mod starter;
// pages
pub mod site;
// proof
pub mod mutation;
// verbs
pub mod cli;
