//! Probing: every form in which a client might send a credential, tried at a provider beside what the contract says of it.

pub mod forms;
pub mod matrix;
pub mod trial;
