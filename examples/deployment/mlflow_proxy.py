"""The part of the API that stands in front of MLflow: method, query, body and answer pass, the API key does not.

The API's middleware has validated the key by the time a request comes here.
"""

import os
from urllib.parse import parse_qsl, urlencode

import httpx
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse

import active_incident

MLFLOW_SERVER_URL = os.environ.get("MLFLOW_SERVER_URL") or "http://127.0.0.1:18105"
MLFLOW_WITH_PREFIX_URL = os.environ.get("MLFLOW_WITH_PREFIX_URL") or "http://127.0.0.1:18106"
SERVE_ARTIFACTS = os.environ.get("MLFLOW_SERVE_ARTIFACTS", "true") != "false"
MLFLOW_SECONDS = 30.0
MOUNTS = ("/api/mlflow/", "/mlflow/")
WRITE_SCOPE = "mlflow:write"

# The key's own headers are absent, and so is Origin, which MLflow would hold against a browser's caller.
FORWARDED_HEADERS = ("content-type", "accept")
RETURNED_HEADERS = ("content-type", "allow")

router = APIRouter()


@router.api_route("/api/mlflow/{path:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@router.api_route("/mlflow/{path:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def forward(request: Request) -> Response:
    incident = active_incident.current()
    if incident == "mlflow-mount-absent":
        raise HTTPException(404)
    path = path_behind_mount(request)
    if is_write(request.method, path) and not may_write(request):
        detail = f"This API key may not write: the scope {WRITE_SCOPE} is missing"
        return JSONResponse({"detail": detail, "error": "INSUFFICIENT_SCOPE"}, 403)
    if "/mlflow-artifacts/" in path and not SERVE_ARTIFACTS:
        raise HTTPException(503, "Artifact storage is not enabled")
    if incident == "mlflow-upstream-unset":
        raise HTTPException(502, "MLflow server is not configured")
    server = f"{MLFLOW_WITH_PREFIX_URL}/mlflow" if incident == "mlflow-static-prefix" else MLFLOW_SERVER_URL
    drop_body = incident == "mlflow-delete-body-dropped" and request.method == "DELETE"
    try:
        answer = await request.app.state.mlflow.request(
            request.method,
            f"{server}{path}{query_without_key(request)}",
            content=b"" if drop_body else await request.body(),
            headers={name: request.headers[name] for name in FORWARDED_HEADERS if name in request.headers},
        )
    except httpx.TimeoutException:
        raise HTTPException(504, f"MLflow did not answer within {MLFLOW_SECONDS:.0f} seconds") from None
    except httpx.HTTPError:
        raise HTTPException(502, "MLflow server is unreachable") from None
    returned = {name: answer.headers[name] for name in RETURNED_HEADERS if name in answer.headers}
    return Response(answer.content, answer.status_code, returned)


def path_behind_mount(request: Request) -> str:
    """MLflow's own path, still percent-encoded as the caller sent it."""
    path = request.scope["raw_path"].decode("ascii")
    mount = next(mount for mount in MOUNTS if request.url.path.startswith(mount))
    return path[len(mount) - 1 :]


def is_write(method: str, path: str) -> bool:
    """Everything but GET writes, except the search, which is a POST."""
    return method != "GET" and not (method == "POST" and path.endswith("/experiments/search"))


def may_write(request: Request) -> bool:
    caller = getattr(request.state, "caller", None)
    # Without a caller there was no authentication at all: incident mlflow-no-auth.
    return caller is None or WRITE_SCOPE in caller.scopes


def query_without_key(request: Request) -> str:
    """The query as it came; written anew only where the API key has to be taken out."""
    query = request.url.query
    pairs = parse_qsl(query, keep_blank_values=True)
    if any(name == "api_key" for name, _ in pairs):
        query = urlencode([(name, value) for name, value in pairs if name != "api_key"])
    return f"?{query}" if query else ""
