"""The CLIP worker: turns texts and images into vectors of 512 numbers.

The vectors come from a hash instead of model weights: the same input gives the same vector. Images are not fetched
either: a host that ends in `.invalid` cannot be downloaded, every other one can.
The checks run in this order: shape (422), window (401), signature (401), download (400).
"""

import hashlib
import hmac
import json
import math
import secrets
import time
from typing import Annotated

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl

import active_incident
from credentials import credential

SECRET = credential("CLIP_RUNPOD_SECRET")
WINDOW_SECONDS = 120
DIMENSIONS = 512
MODEL = {"model_name": "ViT-B-32", "pretrained": "deterministic-hash", "device": "cpu"}
STARTED = time.monotonic()


def sixty_four_characters(value: str) -> str:
    if len(value) != 64:
        raise ValueError("sig must be 64 characters")
    return value


class Auth(BaseModel):
    """The signature and the time it was made at."""

    ts: int = Field(gt=0)
    sig: Annotated[str, AfterValidator(sixty_four_characters)]


class TextRequest(BaseModel):
    text: str = Field(min_length=1, max_length=10_000)
    request_id: str | None = None
    normalize: bool = True
    auth: Auth

    def payload(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def raw_payload(self) -> tuple[str, str]:
        return "text", self.text


class ImageRequest(BaseModel):
    image_url: HttpUrl
    request_id: str | None = None
    normalize: bool = True
    auth: Auth

    def payload(self) -> str:
        return str(self.image_url)

    def raw_payload(self) -> tuple[str, str]:
        return "image_url", str(self.image_url)


class BatchItem(ImageRequest):
    request_id: str


class BatchRequest(BaseModel):
    items: list[BatchItem] = Field(min_length=1, max_length=16)


class PlainTextRequest(TextRequest):
    """Incident clip-auth-string: the signature alone."""

    auth: str


class PlainImageRequest(ImageRequest):
    auth: str


class PlainBatchItem(BatchItem):
    auth: str


class PlainBatchRequest(BaseModel):
    items: list[PlainBatchItem] = Field(min_length=1, max_length=16)


class Timings(BaseModel):
    download_ms: float | None
    inference_ms: float
    total_ms: float


class Embedding(BaseModel):
    model_config = ConfigDict(protected_namespaces=())

    request_id: str
    embedding: list[float]
    dim: int
    model_name: str
    pretrained: str
    device: str
    normalized: bool
    timings: Timings


class Refusal(Exception):
    """An answer other than 200 of the text and image routes, in their envelope `error`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


async def refuse(_request: Request, refusal: Refusal) -> JSONResponse:
    error = {"code": refusal.code, "message": refusal.message, "request_id": None}
    return JSONResponse({"error": error}, refusal.status)


def verify(request: Request, signed: TextRequest | ImageRequest) -> None:
    """Window, then signature. A replay inside the window is accepted."""
    if isinstance(signed.auth, str):
        verify_plain(request, signed)
        return
    incident = active_incident.current()
    seconds = signed.auth.ts // 1000 if incident == "clip-milliseconds" else signed.auth.ts
    age = abs(int(time.time()) - seconds)
    if age > WINDOW_SECONDS and incident != "clip-window-ignored":
        message = f"Request timestamp outside allowed window ({age}s > {WINDOW_SECONDS}s)"
        raise Refusal(401, "AUTH_FAILED", message)
    expected = sign(message_to_sign(request, signed, incident))
    if incident != "clip-any-secret" and not same(expected, signed.auth.sig):
        raise Refusal(401, "AUTH_FAILED", "HMAC signature mismatch")


def message_to_sign(request: Request, signed: TextRequest | ImageRequest, incident: str) -> str:
    """`METHOD|PATH|PAYLOAD|TS`, or what an incident makes of it."""
    start = f"{request.method}|{request.url.path}"
    payload, ts = signed.payload(), signed.auth.ts
    if incident == "clip-raw-text":
        name, raw = signed.raw_payload()
        return f"{start}|{name}={raw}"
    if incident == "clip-no-timestamp":
        return f"{start}|{payload}"
    if incident == "clip-upper-hash" and isinstance(signed, TextRequest):
        payload = payload.upper()
    if incident == "clip-signs-body":
        body = signed.model_dump(mode="json", exclude={"auth"}, exclude_unset=True)
        compact = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        payload = hashlib.sha256(compact.encode()).hexdigest()
    return f"{start}|{payload}|{ts}"


def verify_plain(request: Request, signed: TextRequest | ImageRequest) -> None:
    """Incident clip-auth-string: a signature over the raw text or URL, without a time."""
    _name, raw = signed.raw_payload()
    if not same(sign(f"{request.method}|{request.url.path}|{raw}"), signed.auth):
        raise Refusal(401, "AUTH_FAILED", "HMAC signature mismatch")


def sign(message: str) -> str:
    return hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()


def same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))


def download(url: HttpUrl) -> bytes:
    """Stands in for the download; whether it works depends on the host alone."""
    if (url.host or "").endswith(".invalid"):
        raise Refusal(400, "DOWNLOAD_ERROR", f"Failed to download image: cannot resolve host {url.host}")
    return str(url).encode()


def vector(kind: str, content: bytes, normalize: bool) -> list[float]:
    """The same numbers for the same content; of length 1 when normalised, far from it otherwise."""
    count = 768 if active_incident.is_on("clip-768") else DIMENSIONS
    stream = hashlib.shake_256(kind.encode() + b"|" + content).digest(4 * count)
    numbers = [int.from_bytes(stream[i : i + 4], "big") / 2**31 - 1 for i in range(0, 4 * count, 4)]
    if normalize:
        length = math.sqrt(sum(number * number for number in numbers))
        numbers = [number / length for number in numbers]
    return numbers


def milliseconds_since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 3)


def embed_image_of(item: ImageRequest) -> dict:
    """The part of an answer that one image gives, alone or in a batch."""
    start = time.perf_counter()
    content = download(item.image_url)
    download_ms = milliseconds_since(start)
    embedding = vector("image", content, item.normalize)
    total_ms = milliseconds_since(start)
    return {
        "embedding": embedding,
        "dim": len(embedding),
        "normalized": item.normalize,
        "timings": {"download_ms": download_ms, "inference_ms": total_ms - download_ms, "total_ms": total_ms},
    }


def embed_text_of(body: TextRequest) -> dict:
    start = time.perf_counter()
    embedding = vector("text", body.text.encode(), body.normalize)
    total_ms = milliseconds_since(start)
    return {
        "request_id": body.request_id or f"txt-{secrets.token_hex(4)}",
        "embedding": embedding,
        "dim": len(embedding),
        "normalized": body.normalize,
        "timings": {"download_ms": None, "inference_ms": total_ms, "total_ms": total_ms},
        **MODEL,
    }


def verify_item(request: Request, item: BatchItem) -> None:
    """One bad signature refuses the batch; its envelope is `detail`, unlike everywhere else."""
    try:
        verify(request, item)
    except Refusal:
        message = f"Authentication failed for request_id={item.request_id}"
        detail = {"code": "AUTH_FAILED", "message": message, "request_id": item.request_id}
        raise HTTPException(401, detail) from None


def embed_item(item: BatchItem) -> dict:
    """A failed download is a result, not a refusal."""
    try:
        return {"request_id": item.request_id, **embed_image_of(item)}
    except Refusal as refusal:
        error = {"code": refusal.code, "message": refusal.message, "request_id": item.request_id}
        return {"request_id": item.request_id, "error": error}


def worker(text_request: type, image_request: type, batch_request: type) -> FastAPI:
    """The routes over one set of bodies, so that the 422s are the framework's own for each set."""
    routes = FastAPI(title="CLIP worker")
    routes.add_exception_handler(Refusal, refuse)

    @routes.get("/health")
    async def health():
        return {
            "status": "ok",
            **MODEL,
            "torch_version": "none",
            "cuda_version": None,
            "uptime_seconds": round(time.monotonic() - STARTED, 3),
        }

    @routes.post("/v1/embed/text")
    async def embed_text(request: Request, body: text_request) -> Embedding:
        verify(request, body)
        return Embedding(**embed_text_of(body))

    @routes.post("/v1/embed/image")
    async def embed_image(request: Request, body: image_request) -> Embedding:
        verify(request, body)
        request_id = body.request_id or f"img-{secrets.token_hex(4)}"
        return Embedding(request_id=request_id, **embed_image_of(body), **MODEL)

    @routes.post("/v1/embed/image-batch")
    async def embed_image_batch(request: Request, body: batch_request):
        for item in body.items:
            verify_item(request, item)
        results = [embed_item(item) for item in body.items]
        timings = [result["timings"] for result in results if "timings" in result]
        sums = {f"total_{name}": sum(timing[name] for timing in timings) for name in ("download_ms", "inference_ms")}
        return {
            "results": results,
            **MODEL,
            "batch_timings": {**sums, "total_ms": sum(timing["total_ms"] for timing in timings)},
        }

    return routes


healthy = worker(TextRequest, ImageRequest, BatchRequest)
plain_signature = worker(PlainTextRequest, PlainImageRequest, PlainBatchRequest)


async def app(scope, receive, send) -> None:
    """The worker, or the one of incident clip-auth-string, whose bodies have another shape."""
    is_request = scope["type"] == "http"
    chosen = plain_signature if is_request and active_incident.is_on("clip-auth-string") else healthy
    await chosen(scope, receive, send)
