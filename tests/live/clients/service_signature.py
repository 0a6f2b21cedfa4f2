"""The workers' tests of their signed calls to the backend. (contract service-signature)

BACKEND_HOST, BACKEND_PORT    where the backend answers
SERVICE_KEY_NPU_WORKER, SERVICE_KEY_AI_STACK, SERVICE_KEY_BROWSER_SERVICE
                              the keys of the three workers, where one test plays them all
SERVICE_ID, and SERVICE_KEY or SERVICE_KEY_FILE (a line SERVICE_KEY=…)
                              as a worker of its own has them: then the right version plays this one only
"""

import base64
import hashlib
import hmac
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx
from consumer import answered, client, main, mistake, setting

NPU, AI_STACK, BROWSER = "npu-worker", "ai-stack", "browser-service"
HEARTBEAT = "/api/npu/heartbeat"
RESULT = "/api/npu/results/task-123"
NPU_RESULT = {"model_id": "llama-3.2-1b-npu", "response": "Understood.", "inference_time_ms": 42.5, "device": "NPU"}


def connect() -> httpx.Client:
    return client(f"http://{setting('BACKEND_HOST')}:{setting('BACKEND_PORT')}", seconds=10.0)


def key(service: str) -> str:
    """The key of a worker: 64 characters."""
    if os.environ.get("SERVICE_ID") != service:
        return setting(f"SERVICE_KEY_{service.upper().replace('-', '_')}")
    if file := os.environ.get("SERVICE_KEY_FILE"):
        lines = Path(file).read_text(encoding="utf-8").splitlines()
        return next(line.removeprefix("SERVICE_KEY=") for line in lines if line.startswith("SERVICE_KEY="))
    return setting("SERVICE_KEY")


def now() -> int:
    return int(time.time())


def sign(message: str, service: str = NPU) -> str:
    return hmac.new(key(service).encode(), message.encode(), hashlib.sha256).hexdigest()


def headers(timestamp: int | str, signature: str, service: str = NPU) -> dict:
    return {"X-Service-ID": service, "X-Service-Timestamp": str(timestamp), "X-Service-Signature": signature}


def signed(method: str, path: str, service: str = NPU, timestamp: int | str | None = None) -> dict:
    """The three headers of a right call, made now or at another time. The path is signed as it reads, not as it is sent."""
    timestamp = now() if timestamp is None else timestamp
    return headers(timestamp, sign(f"{service}:{method}:{path}:{timestamp}", service), service)


def right(http: httpx.Client) -> None:
    played = {NPU: plays_npu_worker, AI_STACK: plays_ai_stack, BROWSER: plays_browser_service}
    alone = os.environ.get("SERVICE_ID")
    for play in [played[alone]] if alone else played.values():
        play(http)
    # These two are open; nobody learns there whether the signatures are right.
    assert answered(http.get("/api/system/health"))["status"]
    assert answered(http.get("/health"))["status"]


def post(http: httpx.Client, service: str, path: str, **body) -> dict:
    answer = answered(http.post(path, headers=signed("POST", path, service), **body))
    assert answer["status"]
    return answer


def plays_npu_worker(http: httpx.Client) -> None:
    for task in ("task-123", "café", "a b"):
        assert post(http, NPU, f"/api/npu/results/{task}", json=NPU_RESULT)["task_id"] == task
    status = {"npu_available": True, "loaded_models": 2, "optimal_device": "NPU", "temperature": 47.5}
    post(http, NPU, "/api/npu/status", json=status)
    post(http, NPU, HEARTBEAT, json={})


def plays_ai_stack(http: httpx.Client) -> None:
    models = {"llama-3.2-3b": {"status": "loaded", "size_mb": 2048}}
    post(http, AI_STACK, "/api/ai-stack/models", json=models)
    result = {"model": "llama-3.2-3b", "response": "Understood.", "tokens": 128, "inference_time_ms": 812.5}
    assert post(http, AI_STACK, "/api/ai-stack/results/req-123", json=result)["request_id"] == "req-123"
    post(http, AI_STACK, "/api/ai-stack/heartbeat", json={})


def plays_browser_service(http: httpx.Client) -> None:
    result = {"url": "https://example.com/", "status": "success", "duration_ms": 1250.5, "elements_found": 7}
    assert post(http, BROWSER, "/api/browser/results/task-123", json=result)["task_id"] == "task-123"
    picture = ("page.png", b"\x89PNG\r\n\x1a\n and so on", "application/octet-stream")
    post(http, BROWSER, "/api/browser/screenshots", files={"screenshot": picture})
    post(http, BROWSER, "/api/browser/logs", json={"logs": [{"level": "warning", "message": "A cookie was blocked."}]})
    post(http, BROWSER, "/api/browser/heartbeat", json={})


def beat(http: httpx.Client, sent: dict) -> httpx.Response:
    """A heartbeat of the NPU worker with these headers."""
    return http.post(HEARTBEAT, headers=sent, json={})


def beat_signed(http: httpx.Client, message: str, timestamp: int) -> httpx.Response:
    """A heartbeat of the NPU worker with the signature of this message."""
    return beat(http, headers(timestamp, sign(message)))


def post_result(http: httpx.Client, body: dict) -> httpx.Response:
    """A rightly signed result of the NPU worker with this body."""
    return http.post(RESULT, headers=signed("POST", RESULT), json=body)


def without(sent: dict, name: str) -> dict:
    return {known: value for known, value in sent.items() if known != name}


# Where the signature is.


@mistake
def no_headers(http):
    """Leaves the three headers out."""
    return beat(http, {})


@mistake
def no_signature_header(http):
    """Leaves X-Service-Signature out."""
    return beat(http, without(signed("POST", HEARTBEAT), "X-Service-Signature"))


@mistake
def no_timestamp_header(http):
    """Leaves X-Service-Timestamp out."""
    return beat(http, without(signed("POST", HEARTBEAT), "X-Service-Timestamp"))


@mistake
def no_service_header(http):
    """Leaves X-Service-ID out."""
    return beat(http, without(signed("POST", HEARTBEAT), "X-Service-ID"))


@mistake
def headers_renamed(http):
    """Writes X-Signature for X-Service-Signature."""
    sent = signed("POST", HEARTBEAT)
    return beat(http, without(sent, "X-Service-Signature") | {"X-Signature": sent["X-Service-Signature"]})


@mistake
def in_query(http):
    """Sends service, time and signature in the query."""
    return http.post(HEARTBEAT, params=signed("POST", HEARTBEAT), json={})


@mistake
def key_as_bearer(http):
    """Sends the service key itself as a bearer token and signs nothing."""
    return beat(http, {"Authorization": f"Bearer {key(NPU)}"})


# What is signed.


@mistake
def signs_query(http):
    """Adds a query to the path, and signs the path with it."""
    path = f"{HEARTBEAT}?attempt=2"
    return http.post(path, headers=signed("POST", path), json={})


@mistake
def signs_encoded_path(http):
    """Signs the path percent-encoded, as it is sent."""
    path = f"/api/npu/results/{quote('café')}"
    return http.post(path, headers=signed("POST", path), json=NPU_RESULT)


@mistake
def signs_full_url(http):
    """Signs the whole URL in place of the path."""
    return beat(http, signed("POST", str(http.base_url.join(HEARTBEAT))))


@mistake
def signs_path_without_prefix(http):
    """Signs /npu/heartbeat for a call of /api/npu/heartbeat."""
    return beat(http, signed("POST", HEARTBEAT.removeprefix("/api")))


@mistake
def no_timestamp(http):
    """Leaves the time out of the message."""
    return beat_signed(http, f"{NPU}:POST:{HEARTBEAT}", now())


@mistake
def no_service(http):
    """Leaves the service out of the message."""
    timestamp = now()
    return beat_signed(http, f"POST:{HEARTBEAT}:{timestamp}", timestamp)


@mistake
def no_method(http):
    """Leaves the method out of the message."""
    timestamp = now()
    return beat_signed(http, f"{NPU}:{HEARTBEAT}:{timestamp}", timestamp)


@mistake
def lower_case_method(http):
    """Signs the method as post."""
    return beat(http, signed("post", HEARTBEAT))


@mistake
def path_before_method(http):
    """Signs the path before the method."""
    timestamp = now()
    return beat_signed(http, f"{NPU}:{HEARTBEAT}:POST:{timestamp}", timestamp)


@mistake
def bars(http):
    """Joins the parts of the message by | in place of a colon."""
    timestamp = now()
    return beat_signed(http, f"{NPU}|POST|{HEARTBEAT}|{timestamp}", timestamp)


@mistake
def signs_body(http):
    """Signs the hash of the body as well."""
    timestamp = now()
    return beat_signed(http, f"{NPU}:POST:{HEARTBEAT}:{timestamp}:{hashlib.sha256(b'{}').hexdigest()}", timestamp)


# How, with which key, and when.


@mistake
def upper_case_signature(http):
    """Writes the signature in upper case."""
    sent = signed("POST", HEARTBEAT)
    return beat(http, sent | {"X-Service-Signature": sent["X-Service-Signature"].upper()})


@mistake
def base64_signature(http):
    """Writes the signature in base64."""
    sent = signed("POST", HEARTBEAT)
    signature = base64.b64encode(bytes.fromhex(sent["X-Service-Signature"])).decode()
    return beat(http, sent | {"X-Service-Signature": signature})


@mistake
def sha1(http):
    """Signs with HMAC-SHA-1."""
    timestamp = now()
    message = f"{NPU}:POST:{HEARTBEAT}:{timestamp}"
    return beat(http, headers(timestamp, hmac.new(key(NPU).encode(), message.encode(), hashlib.sha1).hexdigest()))


@mistake
def decoded_key(http):
    """Takes the 32 bytes that the key spells for the key, where its 64 characters are the key."""
    timestamp = now()
    message = f"{NPU}:POST:{HEARTBEAT}:{timestamp}"
    signature = hmac.new(bytes.fromhex(key(NPU)), message.encode(), hashlib.sha256).hexdigest()
    return beat(http, headers(timestamp, signature))


@mistake
def key_of_another(http):
    """Signs as the NPU worker with the key of the AI stack."""
    timestamp = now()
    return beat(http, headers(timestamp, sign(f"{NPU}:POST:{HEARTBEAT}:{timestamp}", AI_STACK)))


@mistake
def wrong_key(http):
    """Signs with a key that is nobody's, as the test did that took a 404 for an acceptance."""
    timestamp = now()
    message = f"{NPU}:POST:{HEARTBEAT}:{timestamp}"
    return beat(http, headers(timestamp, hmac.new(b"f" * 64, message.encode(), hashlib.sha256).hexdigest()))


@mistake
def garbage_signature(http):
    """Sends 64 zeros for a signature."""
    return beat(http, headers(now(), "0" * 64))


@mistake
def unknown_service(http):
    """Calls itself npu_worker, which the backend does not know."""
    timestamp = now()
    return beat(http, headers(timestamp, sign(f"npu_worker:POST:{HEARTBEAT}:{timestamp}"), "npu_worker"))


@mistake
def milliseconds(http):
    """Writes and signs the time in milliseconds."""
    return beat(http, signed("POST", HEARTBEAT, timestamp=now() * 1000))


@mistake
def iso_timestamp(http):
    """Writes and signs the time as ISO 8601."""
    timestamp = datetime.now(UTC).isoformat(timespec="seconds")
    return beat(http, signed("POST", HEARTBEAT, timestamp=timestamp))


@mistake
def stale_retry(http):
    """Sends a request again, unchanged, that it signed ten minutes ago and that got no answer."""
    return beat(http, signed("POST", HEARTBEAT, timestamp=now() - 600))


@mistake
def wide_window(http):
    """Trusts AUTH_TIMESTAMP_WINDOW, which nobody reads, and sends a signature of six minutes."""
    return beat(http, signed("POST", HEARTBEAT, timestamp=now() - 360))


# What else is sent along.


@mistake
def key_also_in_header(http):
    """Sends the service key itself in X-Service-Key beside the signature."""
    return beat(http, signed("POST", HEARTBEAT) | {"X-Service-Key": key(NPU)})


@mistake
def key_also_in_query(http):
    """Sends the service key itself as ?key= beside the signature."""
    return http.post(HEARTBEAT, headers=signed("POST", HEARTBEAT), params={"key": key(NPU)}, json={})


@mistake
def key_also_in_body(http):
    """Sends the service key itself in the body beside the signature."""
    return http.post(HEARTBEAT, headers=signed("POST", HEARTBEAT), json={"service_key": key(NPU)})


@mistake
def signature_also_in_query(http):
    """Sends the signature in the query as well, where logs keep it."""
    sent = signed("POST", HEARTBEAT)
    return http.post(HEARTBEAT, headers=sent, params={"signature": sent["X-Service-Signature"]}, json={})


@mistake
def undeclared_field(http):
    """Sends a field that the contract has not; the backend does not look at it."""
    return post_result(http, NPU_RESULT | {"batch_size": 4})


# What is sent, and where.


@mistake
def field_renamed(http):
    """Writes inference_time for inference_time_ms."""
    renamed = without(NPU_RESULT, "inference_time_ms") | {"inference_time": 42.5}
    return post_result(http, renamed)


@mistake
def field_missing(http):
    """Leaves out what the model ran on."""
    return post_result(http, without(NPU_RESULT, "device"))


@mistake
def screenshot_as_json(http):
    """Sends a screenshot in base64 in JSON, where the contract has a form with a file."""
    path = "/api/browser/screenshots"
    body = {"screenshot": base64.b64encode(b"\x89PNG and so on").decode()}
    return http.post(path, headers=signed("POST", path, BROWSER), json=body)


@mistake
def path_without_prefix(http):
    """Calls /npu/heartbeat, without /api, and takes the 404 for an acceptance of its signature."""
    path = HEARTBEAT.removeprefix("/api")
    return http.post(path, headers=signed("POST", path), json={})


@mistake
def put_instead_of_post(http):
    """Calls and signs with PUT."""
    return http.put(HEARTBEAT, headers=signed("PUT", HEARTBEAT), json={})


@mistake
def no_answer_read(http):
    """Asks for an `accepted` that no heartbeat is answered with; this test fails by itself."""
    response = beat(http, signed("POST", HEARTBEAT))
    assert answered(response).get("accepted"), "the backend did not accept the heartbeat"
    return response


if __name__ == "__main__":
    main(connect, right)
