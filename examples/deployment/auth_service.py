"""The auth service: says whether an API key is valid for a service.

The key travels in `Authorization: Bearer <key>` and nowhere else. The incidents of the contract `auth-validate`
are marked where they happen.
"""

import re
from dataclasses import dataclass

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

import active_incident
from credentials import credential

KEY_PATTERN = re.compile(r"hk_(live|test|dev)_[A-Za-z0-9_]+")
SECONDS_TO_WAIT = "5"

KEY_REQUIRED = "API key required"
KEY_INVALID = "Invalid or expired API key"


@dataclass(frozen=True)
class RegisteredKey:
    """What the service knows of one key."""

    key_id: str
    user_id: str
    service_id: str
    scopes: list[str]
    state: str = "active"


KEYS = {
    credential("HOKUSAI_API_KEY"): RegisteredKey(
        "6f1b0f64-3f0e-4b7e-9a55-0c5f3c1d2a01", "user-1", "platform", ["model:read", "mlflow:read", "mlflow:write"]
    ),
    credential("HOKUSAI_READ_KEY"): RegisteredKey(
        "6f1b0f64-3f0e-4b7e-9a55-0c5f3c1d2a02", "user-2", "platform", ["model:read", "mlflow:read"]
    ),
    credential("HOKUSAI_EXPIRED_KEY"): RegisteredKey(
        "6f1b0f64-3f0e-4b7e-9a55-0c5f3c1d2a03", "user-3", "platform", [], "expired"
    ),
    credential("HOKUSAI_WEBSITE_KEY"): RegisteredKey(
        "6f1b0f64-3f0e-4b7e-9a55-0c5f3c1d2a04", "user-4", "website", ["model:read"]
    ),
    credential("HOKUSAI_LIMITED_KEY"): RegisteredKey(
        "6f1b0f64-3f0e-4b7e-9a55-0c5f3c1d2a05", "user-5", "platform", ["model:read"], "over its limit"
    ),
    credential("HOKUSAI_OUTAGE_KEY"): RegisteredKey(
        "6f1b0f64-3f0e-4b7e-9a55-0c5f3c1d2a06", "user-6", "platform", ["model:read"], "in an outage"
    ),
}


class Validation(BaseModel):
    """The body. `client_ip` and `required_scope` may be left out, but are never null."""

    service_id: str
    client_ip: str = ""
    required_scope: str = ""


class ValidKey(BaseModel):
    """The answer to a valid key."""

    is_valid: bool
    user_id: str | None
    key_id: str | None
    service_id: str | None
    scopes: list[str]
    rate_limit_per_hour: int
    billing_plan: str | None
    monthly_prediction_limit: int | None
    error: str | None


app = FastAPI(title="Auth service")


@app.middleware("http")
async def outage(request: Request, call_next):
    """Incident auth-down: nothing but 503."""
    if active_incident.is_on("auth-down"):
        return JSONResponse({"detail": "Service temporarily unavailable"}, 503, {"Retry-After": SECONDS_TO_WAIT})
    return await call_next(request)


@app.get("/health")
async def health():
    return {"status": "healthy"}


async def presented_key(request: Request) -> str:
    """The key as the caller presented it; 401 when it is not where it belongs."""
    incident = active_incident.current()
    authorization = request.headers.get("authorization", "")
    scheme, _, key = authorization.partition(" ")
    bearer = key.strip() if scheme == "Bearer" else ""

    if incident == "auth-key-in-body":
        bearer = await key_in_body(request)
    elif incident == "auth-double":
        if bearer and bearer not in KEYS:
            raise HTTPException(401, KEY_INVALID)
        bearer = bearer and await key_in_body(request)
    elif not bearer and incident == "auth-key-also-in-query":
        bearer = request.query_params.get("api_key", "")
    elif not bearer and incident == "auth-key-also-in-x-api-key":
        bearer = request.headers.get("x-api-key", "")
    elif not bearer and incident == "auth-raw-key-accepted" and KEY_PATTERN.fullmatch(authorization):
        bearer = authorization

    if not bearer:
        raise HTTPException(401, KEY_REQUIRED)
    return bearer


async def key_in_body(request: Request) -> str:
    """The key where only an incident looks for it."""
    try:
        body = await request.json()
    except ValueError:
        return ""
    key = body.get("api_key", "") if isinstance(body, dict) else ""
    return key if isinstance(key, str) else ""


@app.post("/api/v1/keys/validate")
async def validate(validation: Validation, key: str = Depends(presented_key)) -> ValidKey:
    """Valid for this service, or a refusal that says why not."""
    registered = KEYS.get(key) if KEY_PATTERN.fullmatch(key) else None
    if registered is None or registered.state == "expired":
        if active_incident.is_on("auth-valid-false"):
            return not_valid()
        raise HTTPException(401, KEY_INVALID)
    if registered.state == "over its limit":
        raise HTTPException(429, "Rate limit exceeded", {"Retry-After": SECONDS_TO_WAIT})
    if registered.state == "in an outage":
        raise HTTPException(503, "Key store unavailable", {"Retry-After": SECONDS_TO_WAIT})

    asked, owned = validation.service_id, registered.service_id
    if asked == "platform" and active_incident.is_on("auth-service-refused"):
        owned = "ml-platform"
    if asked != owned:
        raise HTTPException(
            401,
            f"API key does not have access to service '{asked}'. This key is registered for service "
            f"'{owned}'. Use a key that is registered for the service you call.",
        )
    return ValidKey(
        is_valid=True,
        user_id=registered.user_id,
        key_id=registered.key_id,
        service_id=registered.service_id,
        scopes=registered.scopes,
        rate_limit_per_hour=1000,
        billing_plan="free",
        monthly_prediction_limit=None,
        error=None,
    )


def not_valid() -> ValidKey:
    """Incident auth-valid-false: legal by the service's own document, and a trap for who reads only the status."""
    return ValidKey(
        is_valid=False,
        user_id=None,
        key_id=None,
        service_id=None,
        scopes=[],
        rate_limit_per_hour=0,
        billing_plan=None,
        monthly_prediction_limit=None,
        error=KEY_INVALID,
    )
