//! Identifiers as types of their own, so that no two kinds can be mixed up.

use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl<T: Into<Arc<str>>> From<T> for $name {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )+};
}

names! {
    /// A contract: the name of its folder.
    ContractName
    /// An operation: its `operationId`.
    OperationId
    /// A credential: its name in `securitySchemes`, or its table in `contract.toml`.
    CredentialName
    /// One of several consumers that share a credential's form, each with a secret of its own.
    PartyName
    /// A secret: the environment variable that the contract names.
    SecretName
    /// A refusal that the contract promises.
    RefusalName
    /// A target of `counterpart.toml`.
    TargetName
}
