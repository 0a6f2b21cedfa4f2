//! What is judged: findings, their codes, and the verdict that follows.

use crate::exchange::Location;
use crate::name::OperationId;
use crate::place::Place;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a run says of a contract, from best to worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything that was promised was seen.
    #[default]
    Kept,
    /// Nothing was tested, or nothing was proven.
    Inconclusive,
    /// A promise was not kept.
    Broken,
    /// The test could not be run.
    Error,
}

impl Verdict {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Inconclusive => "inconclusive",
            Self::Broken => "broken",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! codes {
    ($($variant:ident = $text:literal, $weight:ident, $meaning:literal;)+) => {
        /// A kind of finding. The text of a code never changes; `docs/codes.md` explains each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable text.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }

            /// The verdict that a finding of this kind leads to.
            pub fn weight(self) -> Verdict {
                match self { $(Self::$variant => Verdict::$weight,)+ }
            }
        }
    };
}

codes! {
    RequestPathUndocumented = "request-path-undocumented", Broken,
        "The consumer called a path that the contract does not have.";
    RequestMethodUndocumented = "request-method-undocumented", Broken,
        "The consumer called a path of the contract with a method that it does not have there.";
    RequestMediaTypeUndocumented = "request-media-type-undocumented", Broken,
        "The consumer sent a body of a media type that the contract does not name.";
    RequestParameterInvalid = "request-parameter-invalid", Broken,
        "The consumer left out a parameter, or sent one that departs from its schema.";
    RequestParameterUndocumented = "request-parameter-undocumented", Broken,
        "The consumer sent a query parameter that the contract does not name.";
    RequestHeaderUndocumented = "request-header-undocumented", Broken,
        "The consumer sent an X- header that the contract does not name.";
    RequestBodyInvalid = "request-body-invalid", Broken,
        "The consumer sent no body, one that is not JSON, or one that departs from its schema.";
    RequestFieldUndocumented = "request-field-undocumented", Kept,
        "The consumer sent a field in the body that the contract does not name.";
    CredentialMissing = "credential-missing", Broken,
        "The consumer sent no credential where the contract asks for one.";
    CredentialMisplaced = "credential-misplaced", Broken,
        "The consumer sent its credential in another place than the contract's.";
    CredentialMalformed = "credential-malformed", Broken,
        "The consumer sent its credential in the contract's place, but not in its form.";
    CredentialUnknown = "credential-unknown", Broken,
        "The consumer sent a key that belongs to nobody, or a signature that is not that of the contract's message.";
    CredentialStale = "credential-stale", Broken,
        "The consumer signed the request outside the contract's window of time.";
    CredentialOvershared = "credential-overshared", Broken,
        "The consumer sent its key, or the secret it signs with, in a further place.";
    ResponseStatusUndocumented = "response-status-undocumented", Broken,
        "The provider answered with a status that the contract does not promise.";
    ResponseMediaTypeUndocumented = "response-media-type-undocumented", Broken,
        "The response's body is of a media type that the contract does not promise at this status.";
    ResponseHeaderMissing = "response-header-missing", Broken,
        "The response lacks a header that the contract promises.";
    ResponseHeaderInvalid = "response-header-invalid", Broken,
        "A header of the response departs from its schema.";
    ResponseHeaderUndocumented = "response-header-undocumented", Broken,
        "The response carries a header that steers a client and that the contract does not promise.";
    ResponseBodyInvalid = "response-body-invalid", Broken,
        "The response's body is missing, is not JSON, or departs from its schema.";
    SecretEchoed = "secret-echoed", Broken,
        "The provider sent a secret back.";
    StatusUnexpected = "status-unexpected", Broken,
        "The status is not the one that the feature states.";
    HeaderUnexpected = "header-unexpected", Broken,
        "A response header is not as the feature states.";
    FieldUnexpected = "field-unexpected", Broken,
        "A field of the response's body is not as the feature states.";
    RefusalMissing = "refusal-missing", Broken,
        "The provider accepted a call that it promises to refuse.";
    RefusalUnexpected = "refusal-unexpected", Broken,
        "The provider refused, but not with the promised status, media type, keys or texts.";
    RefusalIsServerError = "refusal-is-server-error", Broken,
        "The provider failed with a 5xx where it promises to refuse.";
    AcceptanceMissing = "acceptance-missing", Broken,
        "The provider refused the right credential.";
    ProtectionUnproven = "protection-unproven", Inconclusive,
        "An operation's protection was not shown by all three: right credential accepted, none refused, wrong refused.";
    SnapshotChanged = "snapshot-changed", Broken,
        "The exchange's shape is not the accepted one.";
    SnapshotMissing = "snapshot-missing", Inconclusive,
        "There is no accepted shape to compare the exchange with.";
    ResponseLate = "response-late", Broken,
        "The response took longer than the feature allows.";
    ResponseUnexpected = "response-unexpected", Broken,
        "A response came although the feature states that none does.";
    CallFailed = "call-failed", Error,
        "The call could not be made: nobody answered, or not in time.";
    StepFailed = "step-failed", Error,
        "A step could not be carried out.";
    NothingAsserted = "nothing-asserted", Inconclusive,
        "The scenario asserts nothing: it has no Then.";
    SecretUnset = "secret-unset", Inconclusive,
        "The scenario needs a secret that the run does not have.";
    NothingSent = "nothing-sent", Inconclusive,
        "The consumer sent no request.";
    OperationUncalled = "operation-uncalled", Inconclusive,
        "The consumer did not call an operation that the run expects.";
    CommandFailed = "command-failed", Broken,
        "The consumer's own command failed.";
    DocumentDisagrees = "document-disagrees", Kept,
        "The provider's own document says something else than the contract.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let found = Self::ALL.iter().find(|code| code.as_str() == text);
        found.copied().ok_or_else(|| serde::de::Error::custom(format!("there is no code {text:?}")))
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One way in which somebody departed from the contract or from a feature. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// The operation that was called.
    pub operation: Option<OperationId>,
    /// Where in the exchange.
    pub location: Location,
    /// What the contract or the feature wants.
    pub expected: String,
    /// What was seen.
    pub actual: String,
    /// What the contract says about it, and where.
    pub contract_place: Option<Place>,
    /// A longer text that belongs to it, such as a diff.
    pub detail: Option<String>,
}

impl Finding {
    /// A finding without operation and place; [`Finding::of`] and [`Finding::at`] add them.
    pub fn new(code: Code, location: Location, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        let (expected, actual) = (expected.into(), actual.into());
        Self { code, operation: None, location, expected, actual, contract_place: None, detail: None }
    }

    /// Of this operation.
    #[must_use]
    pub fn of(mut self, operation: &OperationId) -> Self {
        self.operation = Some(operation.clone());
        self
    }

    /// With a longer text.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Against this place of the contract.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.contract_place = Some(place);
        self
    }
}
