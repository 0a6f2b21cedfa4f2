"""The API: serves predictions of model 21, and stands in front of MLflow.

Its middleware asks the auth service about every caller's key before any route is looked up.
"""

import os
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import Headers, QueryParams

import active_incident
import lead_scoring
import mlflow_proxy

AUTH_SERVICE_URL = os.environ.get("HOKUSAI_AUTH_SERVICE_URL") or "http://127.0.0.1:18101"
AUTH_SERVICE_SECONDS = 5.0
RETRY_AFTER = "30"
KEY_PATTERN = re.compile(r"hk_(live|test|dev)_[A-Za-z0-9_]+")
PREDICT_PATH = re.compile(r"/api/v1/models/[^/]+/predict")
MODEL_ID = "21"


@dataclass(frozen=True)
class Caller:
    """Whose valid key came with the request."""

    user_id: str
    key_id: str
    scopes: tuple[str, ...]


def presented_key(headers: Headers, query: QueryParams) -> str:
    """The caller's key: the first of the four placements that holds one wins."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme in ("Bearer", "ApiKey") and key.strip():
        return key.strip()
    return headers.get("x-api-key") or query.get("api_key") or ""


class KeyRequired:
    """The middleware. It answers in place of the app, or notes the caller in the request's state."""

    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        answer = self.app
        if scope["type"] == "http":
            answer = await self.refusal(scope) or self.app
        await answer(scope, receive, send)

    async def refusal(self, scope) -> JSONResponse | None:
        """The answer that stops this request, if one does."""
        incident, path = active_incident.current(), scope["path"]
        is_predict = scope["method"] == "POST" and PREDICT_PATH.fullmatch(path)
        if incident == "predict-wrong-host" and is_predict:
            return JSONResponse({"detail": "Method Not Allowed"}, 405, {"Allow": "GET"})
        if path == "/health" or (incident == "mlflow-no-auth" and path.startswith(mlflow_proxy.MOUNTS)):
            return None
        key = presented_key(Headers(scope=scope), QueryParams(scope["query_string"]))
        if not key:
            return JSONResponse({"detail": "API key required"}, 401)
        caller = await self.validate(scope, key)
        if isinstance(caller, JSONResponse):
            return caller
        if incident == "predict-route-missing" and PREDICT_PATH.fullmatch(path):
            return JSONResponse({"detail": "Not Found"}, 404)
        scope.setdefault("state", {})["caller"] = caller
        return None

    async def validate(self, scope, key: str) -> Caller | JSONResponse:
        """Asks the auth service once. What it cannot say is 503, never 401: callers retry the one, not the other."""
        invalid = JSONResponse({"detail": "Invalid or expired API key"}, 401)
        unavailable = JSONResponse({"detail": "Authentication service unavailable"}, 503, {"Retry-After": RETRY_AFTER})
        if active_incident.is_on("auth-down"):
            unavailable = invalid
        if not KEY_PATTERN.fullmatch(key):
            return invalid
        body = {"service_id": "platform"}
        if scope.get("client"):
            body["client_ip"] = scope["client"][0]
        try:
            response = await scope["app"].state.auth_service.post(
                "/api/v1/keys/validate", json=body, headers={"Authorization": f"Bearer {key}"}
            )
        except httpx.HTTPError:
            return unavailable
        if response.status_code == 401:
            return invalid
        if response.status_code == 429:
            retry_after = response.headers.get("Retry-After", RETRY_AFTER)
            return JSONResponse({"detail": "Rate limit exceeded"}, 429, {"Retry-After": retry_after})
        if response.status_code != 200:
            return unavailable
        try:
            return caller_in(response) or invalid
        except (ValueError, KeyError, TypeError):
            return unavailable


def caller_in(response: httpx.Response) -> Caller | None:
    """Who the key belongs to. A 200 alone proves nothing: `is_valid` has to be true."""
    answer = response.json()
    if answer["is_valid"] is not True:
        return None
    return Caller(answer["user_id"], answer["key_id"], tuple(answer["scopes"]))


@asynccontextmanager
async def clients(api: FastAPI):
    """One client per service behind the API. The environment's HTTP proxies are not for the loopback."""
    auth_service = httpx.AsyncClient(base_url=AUTH_SERVICE_URL, timeout=AUTH_SERVICE_SECONDS, trust_env=False)
    mlflow = httpx.AsyncClient(timeout=mlflow_proxy.MLFLOW_SECONDS, trust_env=False)
    async with auth_service, mlflow:
        api.state.auth_service, api.state.mlflow = auth_service, mlflow
        yield


app = FastAPI(title="API", lifespan=clients)
app.add_middleware(KeyRequired)
app.include_router(mlflow_proxy.router)


class Options(BaseModel):
    model_config = ConfigDict(protected_namespaces=())

    inference_method: str = "local"
    model_version: str | None = None


class Prediction(BaseModel):
    """The body. `options: null` means the same as leaving it out."""

    inputs: dict
    options: Options | None = Options()


@app.get("/health")
async def health():
    return {"status": "healthy"}


def second_layer(request: Request) -> None:
    """Incident predict-two-layers: the endpoint knows one placement where the middleware knows four."""
    if not active_incident.is_on("predict-two-layers"):
        return
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer":
        raise HTTPException(401, "Unauthorized")
    if not key.startswith("hk_"):
        raise HTTPException(401, "Invalid API key")


@app.post("/api/v1/models/{model_id}/predict", dependencies=[Depends(second_layer)])
async def predict(model_id: str, prediction: Prediction, request: Request):
    options = prediction.options
    if options is None and not active_incident.is_on("predict-null-options"):
        options = Options()
    if model_id != MODEL_ID:
        raise HTTPException(404, f"Model {model_id} not found")
    if options.inference_method not in ("local", "api"):
        raise HTTPException(400, f"Unknown inference method: {options.inference_method}")
    caller: Caller = request.state.caller
    return {
        "model_id": model_id,
        "predictions": lead_scoring.predict(prediction.inputs),
        "metadata": {
            "api_version": "1.0",
            "inference_method": options.inference_method,
            "user_id": caller.user_id,
            "api_key_id": caller.key_id,
        },
        "timestamp": datetime.now(UTC).replace(tzinfo=None).isoformat(),
    }


@app.get("/api/v1/models/{model_id}/info")
async def info(model_id: str):
    if model_id != MODEL_ID:
        raise HTTPException(404, f"Model {model_id} not found")
    return {
        "model_id": model_id,
        "name": "Sales lead scoring",
        "type": "classification",
        "storage": "local",
        "is_available": True,
        "inference_methods": ["local", "api"],
        "max_batch_size": 100,
    }


@app.get("/api/v1/models/{model_id}/health")
async def model_health(model_id: str):
    """An unknown model is a 200 too: its health is what was asked for."""
    if model_id != MODEL_ID:
        return {
            "model_id": model_id,
            "status": "unhealthy",
            "storage_type": "unknown",
            "is_cached": False,
            "inference_ready": False,
            "error": f"Model {model_id} not found",
        }
    return {
        "model_id": model_id,
        "status": "healthy",
        "storage_type": "local",
        "is_cached": True,
        "inference_ready": True,
    }
