//! Where each incident has to be seen: the right place, not only some red.

/// A finding that names the place of an incident.
pub struct Sighting {
    /// The incident of `up --list`.
    pub incident: &'static str,
    /// The finding's code.
    pub code: &'static str,
    /// The operation that was called.
    pub operation: &'static str,
    /// Where in the exchange.
    pub location: &'static str,
    /// Words of the scenario's name, of what was expected or of what was seen, that tell this incident from others.
    pub words: &'static str,
}

const fn sighting(
    incident: &'static str,
    code: &'static str,
    operation: &'static str,
    location: &'static str,
    words: &'static str,
) -> Sighting {
    Sighting { incident, code, operation, location, words }
}

/// Every incident has one sighting or more, and each has to be found.
#[rustfmt::skip]
pub const SIGHTINGS: &[Sighting] = &[
    sighting("auth-key-in-body", "acceptance-missing", "validateKey", "status", "200, with the right credential"),
    sighting("auth-key-in-body", "status-unexpected", "validateKey", "status", "with the right credential in body /api_key instead"),
    sighting("auth-service-refused", "acceptance-missing", "validateKey", "status", "API key does not have access to service 'platform'"),
    sighting("auth-key-also-in-query", "refusal-missing", "validateKey", "status", "with the right credential in query parameter api_key instead"),
    sighting("auth-key-also-in-x-api-key", "refusal-missing", "validateKey", "status", "with the right credential in header X-API-Key instead"),
    sighting("auth-raw-key-accepted", "refusal-missing", "validateKey", "status", "with the right credential without a scheme"),
    sighting("auth-double", "acceptance-missing", "validateKey", "status", "API key required"),
    sighting("auth-valid-false", "response-body-invalid", "validateKey", "body /is_valid", "expected true, actual false"),
    sighting("auth-valid-false", "refusal-missing", "validateKey", "status", "401 as \"invalidKey\", with a wrong credential"),
    sighting("auth-down", "status-unexpected", "validateKey", "status", "200, with the right credential, actual 503"),
    sighting("auth-down", "refusal-is-server-error", "validateKey", "status", "401 as \"keyRequired\", without a credential"),
    sighting("clip-auth-string", "status-unexpected", "embedText", "status", "actual 422 {\"detail\":[{\"type\":\"string_type\",\"loc\":[\"body\",\"auth\"]"),
    sighting("clip-raw-text", "acceptance-missing", "embedText", "status", "200, with the right credential"),
    sighting("clip-raw-text", "refusal-missing", "embedText", "status", "signed over \"POST|/v1/embed/text|text={{ body.text }}\""),
    sighting("clip-no-timestamp", "refusal-missing", "embedText", "status", "signed over \"{{ method }}|{{ path }}|{{ payload }}\""),
    sighting("clip-upper-hash", "refusal-missing", "embedText", "status", "{{ payload | upper }}"),
    sighting("clip-signs-body", "refusal-missing", "embedText", "status", "{{ raw_body | sha256 }}"),
    sighting("clip-milliseconds", "refusal-missing", "embedText", "status", "with the right secret, signed in milliseconds"),
    sighting("clip-window-ignored", "refusal-missing", "embedText", "status", "signed 140 s ago"),
    sighting("clip-window-ignored", "refusal-missing", "embedText", "status", "signed 140 s ahead"),
    sighting("clip-768", "response-body-invalid", "embedText", "body /dim", "expected 512, actual 768"),
    sighting("clip-768", "response-body-invalid", "embedText", "body /embedding", "expected at most 512 items, actual 768 items"),
    sighting("clip-768", "response-body-invalid", "embedImageBatch", "body /results/0/dim", "expected 512, actual 768"),
    sighting("clip-any-secret", "refusal-missing", "embedText", "status", "with a wrong credential"),
    sighting("clip-any-secret", "refusal-missing", "embedImage", "status", "with a wrong credential"),
    sighting("clip-any-secret", "refusal-missing", "embedImageBatch", "status", "with a wrong credential"),
    sighting("mlflow-static-prefix", "response-status-undocumented", "searchExperiments", "status", "actual 404 <!doctype html>"),
    sighting("mlflow-upstream-unset", "status-unexpected", "searchExperiments", "status", "actual 502 {\"detail\":\"MLflow server is not configured\"}"),
    sighting("mlflow-upstream-unset", "field-unexpected", "createExperiment", "body /experiment_id", "actual nothing, in 502"),
    sighting("mlflow-mount-absent", "response-status-undocumented", "searchExperiments", "status", "actual 404 {\"detail\":\"Not Found\"}"),
    sighting("mlflow-no-auth", "refusal-missing", "searchExperiments", "status", "401 as \"keyRequired\", without a credential"),
    sighting("mlflow-no-auth", "refusal-missing", "createRun", "status", "without a credential"),
    sighting("mlflow-delete-body-dropped", "status-unexpected", "deleteAlias", "status", "Missing value for required parameter 'name'"),
    sighting("predict-wrong-host", "response-status-undocumented", "predict", "status", "actual 405"),
    sighting("predict-two-layers", "acceptance-missing", "predict", "status", "with the right credential as apiKeyHeader, actual 401 {\"detail\":\"Unauthorized\"}"),
    sighting("predict-two-layers", "acceptance-missing", "predict", "status", "with the right credential as apiKeyQuery"),
    sighting("predict-route-missing", "status-unexpected", "predict", "status", "200, with the right credential, actual 404 {\"detail\":\"Not Found\"}"),
    sighting("predict-null-options", "response-status-undocumented", "predict", "status", "Options is null: expected 200, 400, 401, 404, 422, 429, 503, actual 500"),
    sighting("service-heartbeat-404", "response-status-undocumented", "npuHeartbeat", "status", "actual 404"),
    sighting("service-heartbeat-404", "response-status-undocumented", "aiStackHeartbeat", "status", "actual 404"),
    sighting("service-heartbeat-404", "response-status-undocumented", "browserHeartbeat", "status", "actual 404"),
    sighting("service-exempt", "refusal-missing", "npuHeartbeat", "status", "401 as \"missingHeaders\", without a credential, actual 200"),
    sighting("service-exempt", "refusal-missing", "npuHeartbeat", "status", "A signature that is of another form"),
    sighting("service-logging", "refusal-missing", "browserSendConsoleLogs", "status", "401 as \"missingHeaders\", without a credential, actual 200"),
    sighting("service-logging", "refusal-missing", "browserSendConsoleLogs", "status", "401 as \"invalidSignature\", with a wrong credential, actual 200"),
    sighting("service-signs-query", "refusal-missing", "npuHeartbeat", "status", "{{ path }}?{{ query }}"),
    sighting("service-signs-query", "acceptance-missing", "npuHeartbeat", "status", "A heartbeat with a query, signed without it"),
    sighting("service-signs-encoded-path", "refusal-missing", "npuSendInferenceResult", "status", "{{ raw_path }}"),
    sighting("service-signs-encoded-path", "acceptance-missing", "npuSendInferenceResult", "status", "\"café\" is signed as it reads"),
    sighting("service-window-ignored", "refusal-missing", "npuHeartbeat", "status", "signed 320 s ago"),
    sighting("service-window-ignored", "refusal-missing", "npuHeartbeat", "status", "signed 320 s ahead"),
    sighting("service-error-500", "refusal-is-server-error", "npuHeartbeat", "status", "401 as \"missingHeaders\", without a credential, actual 500"),
    sighting("service-error-500", "refusal-is-server-error", "aiStackSendInferenceResult", "status", "actual 500"),
];
