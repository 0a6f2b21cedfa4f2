//! Every test that goes through a boundary: the binary, the library's public functions, the repository's own files.

mod cases;
mod console;
mod consumer;
mod derived;
mod documents;
mod drifted;
mod explain;
mod drifts;
mod layers;
mod mutate;
mod probe;
mod project;
mod provider;
mod published;
mod raw;
mod replay;
mod report;
mod secrets;
mod serve;
mod six_schemes;
mod snapshots;
mod targets;
mod vectors;
mod verdicts;
mod vocabulary;
mod wrong_signatures;
