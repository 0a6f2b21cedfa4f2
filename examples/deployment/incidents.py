"""Every incident the deployment can act out: what a provider did when the contract was broken.

One line of `TABLE` per incident. The services ask `active_incident` whether one of these names is on.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Incident:
    """A way in which one provider departs from its contract."""

    name: str
    contract: str
    sentence: str
    spreads_to_the_api: bool = False
    """True where the API can no longer validate any key, so that its own two contracts are broken too."""


TABLE = [
    Incident(
        "auth-key-in-body",
        "auth-validate",
        "The key is read from the JSON body's api_key; the Authorization header is refused.",
        spreads_to_the_api=True,
    ),
    Incident(
        "auth-service-refused",
        "auth-validate",
        "service_id platform is refused with the 401 of a key of another service.",
        spreads_to_the_api=True,
    ),
    Incident("auth-key-also-in-query", "auth-validate", "The key is accepted in ?api_key= as well."),
    Incident("auth-key-also-in-x-api-key", "auth-validate", "The key is accepted in X-API-Key as well."),
    Incident(
        "auth-raw-key-accepted",
        "auth-validate",
        "The key is accepted in Authorization without the word Bearer as well.",
    ),
    Incident(
        "auth-double",
        "auth-validate",
        "The key is needed twice: as Bearer and as the JSON body's api_key.",
        spreads_to_the_api=True,
    ),
    Incident("auth-valid-false", "auth-validate", "An unknown or expired key is answered 200 with is_valid false."),
    Incident(
        "auth-down",
        "auth-validate",
        "The auth service answers everything with 503 and Retry-After; the API turns that into a 401.",
        spreads_to_the_api=True,
    ),
    Incident(
        "clip-auth-string",
        "clip-embed",
        "auth must be a plain string that signs METHOD|PATH|raw text or URL; the object is a 422.",
    ),
    Incident(
        "clip-raw-text",
        "clip-embed",
        "The message is POST|/v1/embed/text|text=<raw text>, without hash and timestamp (images: image_url=<URL>).",
    ),
    Incident("clip-no-timestamp", "clip-embed", "The message ends after the payload: no timestamp is signed."),
    Incident("clip-upper-hash", "clip-embed", "The hash of the text stands in upper case in the message."),
    Incident(
        "clip-signs-body",
        "clip-embed",
        "The payload is the sha256 of the whole body without auth, as compact JSON with sorted keys.",
    ),
    Incident("clip-milliseconds", "clip-embed", "ts is expected in milliseconds; seconds are outside the window."),
    Incident("clip-window-ignored", "clip-embed", "A timestamp of any age is accepted."),
    Incident("clip-768", "clip-embed", "The model gives 768 numbers."),
    Incident("clip-any-secret", "clip-embed", "Every signature is accepted."),
    Incident(
        "mlflow-static-prefix",
        "mlflow",
        "MLflow has a static prefix and the proxy calls /mlflow/api/2.0/..., which is 404 HTML there.",
    ),
    Incident("mlflow-upstream-unset", "mlflow", "MLFLOW_SERVER_URL is unset: the proxy answers 502."),
    Incident("mlflow-mount-absent", "mlflow", "The proxy is not mounted: 404 Not Found with a valid key."),
    Incident("mlflow-no-auth", "mlflow", "The proxy's paths need no key."),
    Incident("mlflow-delete-body-dropped", "mlflow", "The proxy drops the body of a DELETE."),
    Incident("predict-wrong-host", "model-predict", "POST predict is 405 with Allow: GET, as on the website's host."),
    Incident(
        "predict-two-layers",
        "model-predict",
        "After the middleware, predict itself demands Authorization: Bearer, else 401 Unauthorized.",
    ),
    Incident("predict-route-missing", "model-predict", "The predict route is absent: 404 with a key, 401 without."),
    Incident("predict-null-options", "model-predict", "options: null is answered with 500."),
    Incident(
        "service-heartbeat-404",
        "service-signature",
        "The three heartbeats answer 404, whatever the credential.",
    ),
    Incident("service-exempt", "service-signature", "The service-only paths are exempt: garbage gets 200."),
    Incident("service-logging", "service-signature", "Logging mode: refusals are logged and let through."),
    Incident("service-signs-query", "service-signature", "The signed path includes the query."),
    Incident("service-signs-encoded-path", "service-signature", "The signed path is the percent-encoded one."),
    Incident("service-window-ignored", "service-signature", "A timestamp of any age is accepted."),
    Incident("service-error-500", "service-signature", "Every 401 becomes a 500."),
]

NAMES = [incident.name for incident in TABLE]
