"""The workers' backend: takes results, status and heartbeats from three services that sign their requests.

The signature covers service, method, path (percent-decoded, without the query) and time; body and query are not signed.
"""

import hashlib
import hmac
import logging
import time

from fastapi import FastAPI, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

import active_incident
from credentials import credential

WINDOW_SECONDS = 300
"""Fixed: the variable AUTH_TIMESTAMP_WINDOW is documented, and was never read."""

SERVICE_KEYS = {
    "npu-worker": credential("SERVICE_KEY_NPU_WORKER"),
    "ai-stack": credential("SERVICE_KEY_AI_STACK"),
    "browser-service": credential("SERVICE_KEY_BROWSER_SERVICE"),
}

EXEMPT_PATHS = {"/health", "/api/system/health"}
SERVICE_ONLY_PREFIXES = (
    *(f"/api/npu/{name}" for name in ("results", "heartbeat", "status", "internal")),
    *(f"/api/ai-stack/{name}" for name in ("results", "heartbeat", "models", "internal")),
    *(f"/api/browser/{name}" for name in ("results", "screenshots", "logs", "heartbeat", "internal")),
    "/api/internal",
    "/api/registry/internal",
    "/api/audit/internal",
)
HEARTBEATS = {"/api/npu/heartbeat", "/api/ai-stack/heartbeat", "/api/browser/heartbeat"}

log = logging.getLogger("uvicorn.error")


class ServiceSignature:
    """The middleware: refuses unsigned requests of service-only paths before any route is looked up."""

    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        answer = self.app
        if scope["type"] == "http":
            answer = self.refusal(scope) or self.app
        await answer(scope, receive, send)

    def refusal(self, scope) -> JSONResponse | None:
        """The answer that stops this request, if one does."""
        incident, path = active_incident.current(), scope["path"]
        if incident == "service-heartbeat-404" and path in HEARTBEATS:
            return JSONResponse({"detail": "Not Found"}, 404)
        if path in EXEMPT_PATHS or not path.startswith(SERVICE_ONLY_PREFIXES) or incident == "service-exempt":
            return None
        problem = signature_problem(scope, incident)
        if problem is None:
            return None
        if incident == "service-logging":
            log.warning("let through: %s", problem)
            return None
        if incident == "service-error-500":
            raise RuntimeError("incident service-error-500")
        return JSONResponse({"detail": problem, "authenticated": False}, 401)


def signature_problem(scope, incident: str) -> str | None:
    """What is wrong with the three headers, in the order in which the backend looks."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    service = headers.get(b"x-service-id", "")
    timestamp = headers.get(b"x-service-timestamp", "")
    signature = headers.get(b"x-service-signature", "")
    if not (service and timestamp and signature):
        return "Missing authentication headers"
    try:
        outside = abs(int(time.time()) - int(timestamp)) > WINDOW_SECONDS
    except ValueError:
        return "Invalid timestamp format"
    if outside and incident != "service-window-ignored":
        return f"Timestamp outside {WINDOW_SECONDS}s window"
    if service not in SERVICE_KEYS:
        return f"Unknown service: {service}"
    message = f"{service}:{scope['method']}:{signed_path(scope, incident)}:{timestamp}"
    expected = hmac.new(SERVICE_KEYS[service].encode(), message.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        return "Invalid signature"
    return None


def signed_path(scope, incident: str) -> str:
    """The decoded path, or what an incident makes of it."""
    if incident == "service-signs-encoded-path":
        return scope["raw_path"].decode("latin-1")
    if incident == "service-signs-query" and scope["query_string"]:
        return f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
    return scope["path"]


app = FastAPI(title="Backend")
app.add_middleware(ServiceSignature)


class Body(BaseModel):
    """A worker's message; field names that begin with `model_` are the workers' own."""

    model_config = ConfigDict(protected_namespaces=())


class NpuResult(Body):
    model_id: str
    response: str
    inference_time_ms: float
    device: str


class NpuStatus(Body):
    npu_available: bool
    loaded_models: int
    optimal_device: str
    temperature: float


class AiStackModel(Body):
    status: str
    size_mb: float


class AiStackResult(Body):
    model: str
    response: str
    tokens: int
    inference_time_ms: float


class AutomationResult(Body):
    url: str
    status: str
    duration_ms: float
    elements_found: int


class ConsoleLogs(Body):
    logs: list


@app.get("/health")
@app.get("/api/system/health")
async def health():
    return {"status": "healthy"}


@app.post("/api/npu/heartbeat")
@app.post("/api/ai-stack/heartbeat")
@app.post("/api/browser/heartbeat")
async def heartbeat(_body: dict | None = None):
    return {"status": "ok"}


@app.post("/api/npu/results/{task_id}")
async def npu_result(task_id: str, _result: NpuResult):
    return {"status": "received", "task_id": task_id}


@app.post("/api/npu/status")
async def npu_status(_status: NpuStatus):
    return {"status": "ok"}


@app.post("/api/ai-stack/models")
async def ai_stack_models(models: dict[str, AiStackModel]):
    return {"status": "ok", "models": len(models)}


@app.post("/api/ai-stack/results/{request_id}")
async def ai_stack_result(request_id: str, _result: AiStackResult):
    return {"status": "received", "request_id": request_id}


@app.post("/api/browser/results/{task_id}")
async def automation_result(task_id: str, _result: AutomationResult):
    return {"status": "received", "task_id": task_id}


@app.post("/api/browser/screenshots")
async def screenshot(screenshot: UploadFile):
    return {"status": "received", "filename": screenshot.filename, "size": len(await screenshot.read())}


@app.post("/api/browser/logs")
async def console_logs(body: ConsoleLogs):
    return {"status": "received", "count": len(body.logs)}
