//! How each incident is named: the drift of most of its findings, which the console tells first.

/// An incident's drift.
pub struct Name {
    /// The incident of `up --list`.
    pub incident: &'static str,
    /// The drift's code.
    pub code: &'static str,
    /// Words of the sentence.
    pub words: &'static str,
}

const fn name(incident: &'static str, code: &'static str, words: &'static str) -> Name {
    Name { incident, code, words }
}

/// The right name of every incident but those of [`UNNAMED`].
#[rustfmt::skip]
pub const NAMES: &[Name] = &[
    name("auth-key-in-body", "credential-moved", "the provider reads the key from body /api_key"),
    name("auth-service-refused", "refusal-unprovoked", "answers validateKey with \"otherService\", 401"),
    name("auth-key-also-in-query", "credential-also-accepted", "takes the key from query parameter api_key, too"),
    name("auth-key-also-in-x-api-key", "credential-also-accepted", "takes the key from header X-API-Key, too"),
    name("auth-raw-key-accepted", "credential-word-optional", "takes the bare key from header Authorization, too"),
    name("auth-double", "credential-doubled", "wants the key in body /api_key as well"),
    name("auth-valid-false", "refusal-as-success", "answers \"invalidKey\" with 200"),
    name("auth-down", "refusal-unprovoked", "answers validateKey with \"unavailable\", 503"),
    name("clip-auth-string", "credential-flattened", "wants a text in body /auth"),
    name("clip-raw-text", "signature-part-raw", "text= and body.text raw, without the timestamp"),
    name("clip-no-timestamp", "signature-part-dropped", "a message without the timestamp"),
    name("clip-upper-hash", "signature-hash-case", "the hash of body.text in upper case"),
    name("clip-signs-body", "signature-payload-changed", "the sha256 of the body without the credential"),
    name("clip-milliseconds", "signature-time-unit", "reads the timestamp in milliseconds"),
    name("clip-window-ignored", "signature-window-changed", "takes a signature of any age"),
    name("clip-768", "response-array-length", "sends 768 items in body /embedding"),
    name("clip-any-secret", "signature-unchecked", "takes any signature at embedText"),
    name("mlflow-static-prefix", "route-missing", "does not serve"),
    name("mlflow-upstream-unset", "refusal-unprovoked", "with \"trackingUnreachable\", 502"),
    name("mlflow-delete-body-dropped", "request-body-ignored", "drops the body of deleteAlias"),
    name("predict-wrong-host", "route-method-changed", "serves predict at GET"),
    name("predict-two-layers", "credential-alternative-dropped", "from header Authorization: Bearer … only"),
    name("predict-route-missing", "route-missing", "does not serve predict"),
    name("predict-null-options", "request-null-refused", "null in body /options"),
    name("service-heartbeat-404", "route-missing", "does not serve npuHeartbeat"),
    name("service-exempt", "credential-not-required", "asks for no credential at npuHeartbeat"),
    name("service-logging", "credential-not-required", "asks for no credential at npuHeartbeat"),
    name("service-signs-query", "signature-path-changed", "the path with the query"),
    name("service-signs-encoded-path", "signature-path-changed", "the path percent-encoded"),
    name("service-window-ignored", "signature-window-changed", "takes a signature of any age"),
    name("service-error-500", "refusal-as-server-error", "answers every refusal of a credential with 500"),
];

/// What is named wrongly, with the reason.
pub const UNNAMED: &[(&str, &str)] = &[
    ("mlflow-no-auth", "the right name comes second: calls without a key end in MLflow's own 400 and 404"),
    ("mlflow-mount-absent", "the proxy's own refusal for a route that it does not have looks the same"),
];
