"""The search API's test of its calls to the CLIP worker: text and images become vectors. (contract clip-embed)

CLIP_RUNPOD_URL     base URL of the worker
CLIP_RUNPOD_SECRET  the secret by which calls are signed; for the mistake decoded-key it has to be hexadecimal
"""

import base64
import hashlib
import hmac
import json
import math
import time
from urllib.parse import urlsplit, urlunsplit

import httpx
from consumer import answered, client, main, mistake, setting

TEXT, IMAGE, BATCH = "/v1/embed/text", "/v1/embed/image", "/v1/embed/image-batch"
RED_CAR = "red car"
PHOTO, OTHER_PHOTO = "https://example.com/image.jpg", "https://example.com/other.jpg"


def connect() -> httpx.Client:
    return client(setting("CLIP_RUNPOD_URL"), seconds=1.5)


def secret() -> str:
    return setting("CLIP_RUNPOD_SECRET")


def now() -> int:
    return int(time.time())


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sign(message: str) -> str:
    return hmac.new(secret().encode(), message.encode(), hashlib.sha256).hexdigest()


def auth(path: str, payload: str, ts: int | None = None) -> dict:
    """The right `auth` of a call, made now or at another time."""
    ts = now() if ts is None else ts
    return {"ts": ts, "sig": sign(f"POST|{path}|{payload}|{ts}")}


def text_auth() -> dict:
    return auth(TEXT, sha256(RED_CAR))


def normalised(url: str) -> str:
    """The URL as the worker reads it: host in lower case, no default port, no empty path."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in (None, default) else f":{parts.port}"
    return urlunsplit((parts.scheme, f"{parts.hostname}{port}", parts.path or "/", parts.query, parts.fragment))


def item(url: str, request_id: str) -> dict:
    return {"image_url": url, "request_id": request_id, "auth": auth(BATCH, normalised(url))}


def right(http: httpx.Client) -> None:
    assert answered(http.get("/health"))["status"] == "ok"
    embeds_texts(http)
    embeds_images(http)
    embeds_batches(http)


def embeds_texts(http: httpx.Client) -> None:
    for text in (RED_CAR, "a person walking in the rain", "빨간 자동차 🚗 café"):
        is_a_vector(answered(http.post(TEXT, json={"text": text, "auth": auth(TEXT, sha256(text))})))
    named = {"text": RED_CAR, "request_id": "search-1", "normalize": True, "auth": text_auth()}
    assert is_a_vector(answered(http.post(TEXT, json=named)))["request_id"] == "search-1"


def embeds_images(http: httpx.Client) -> None:
    for url in (PHOTO, "https://Example.COM:443"):
        is_a_vector(answered(http.post(IMAGE, json={"image_url": url, "auth": auth(IMAGE, normalised(url))})))
    gone = "https://images.invalid/gone.jpg"
    failed = answered(http.post(IMAGE, json={"image_url": gone, "auth": auth(IMAGE, gone)}), 400)
    assert failed["error"]["code"] == "DOWNLOAD_ERROR"


def embeds_batches(http: httpx.Client) -> None:
    urls = [PHOTO, "https://images.invalid/gone.jpg", OTHER_PHOTO]
    items = [item(url, f"img-{number}") for number, url in enumerate(urls)]
    results = answered(http.post(BATCH, json={"items": items}))["results"]
    assert [result["request_id"] for result in results] == ["img-0", "img-1", "img-2"]
    assert ["error" in result for result in results] == [False, True, False]


def is_a_vector(answer: dict) -> dict:
    """What the search index needs: 512 numbers, of length 1."""
    vector = answer["embedding"]
    assert answer["dim"] == len(vector) == 512
    assert answer["normalized"] is True
    assert math.isclose(math.hypot(*vector), 1, abs_tol=0.01)
    return answer


def post_text(http: httpx.Client, **fields) -> httpx.Response:
    """Embeds a text; `fields` join the body or replace what is right in it."""
    return http.post(TEXT, json={"text": RED_CAR, "auth": text_auth()} | fields)


def post_signed(http: httpx.Client, message: str, ts: int) -> httpx.Response:
    """Embeds a text with the signature of this message."""
    return post_text(http, auth={"ts": ts, "sig": sign(message)})


# Where the signature is, and in which form.


@mistake
def auth_as_text(http):
    """Sends auth as a plain signature, of the raw text and without a time: the incident as it was."""
    return post_text(http, auth=sign(f"POST|{TEXT}|text={RED_CAR}"))


@mistake
def no_auth(http):
    """Leaves auth out."""
    return http.post(TEXT, json={"text": RED_CAR})


@mistake
def auth_flattened(http):
    """Sends ts and sig as fields of the body, without auth around them."""
    return http.post(TEXT, json={"text": RED_CAR, **text_auth()})


@mistake
def auth_in_headers(http):
    """Sends ts and sig in headers."""
    parts = text_auth()
    headers = {"X-Timestamp": str(parts["ts"]), "X-Signature": parts["sig"]}
    return http.post(TEXT, headers=headers, json={"text": RED_CAR})


@mistake
def auth_keys_renamed(http):
    """Writes timestamp and signature for ts and sig."""
    parts = text_auth()
    return post_text(http, auth={"timestamp": parts["ts"], "signature": parts["sig"]})


@mistake
def ts_as_text(http):
    """Sends ts as a text."""
    parts = text_auth()
    return post_text(http, auth=parts | {"ts": str(parts["ts"])})


@mistake
def batch_one_auth(http):
    """Signs a batch once, beside the items, where each item has its own auth."""
    items = [{"image_url": PHOTO, "request_id": "img-1"}, {"image_url": OTHER_PHOTO, "request_id": "img-2"}]
    return http.post(BATCH, json={"items": items, "auth": auth(BATCH, PHOTO)})


@mistake
def upper_case_signature(http):
    """Writes the signature in upper case."""
    parts = text_auth()
    return post_text(http, auth=parts | {"sig": parts["sig"].upper()})


@mistake
def base64_signature(http):
    """Writes the signature in base64."""
    parts = text_auth()
    return post_text(http, auth=parts | {"sig": base64.b64encode(bytes.fromhex(parts["sig"])).decode()})


# What is signed.


@mistake
def signs_raw_text(http):
    """Signs POST|/v1/embed/text|text=red car, the raw text and no time: what hid behind the incident."""
    return post_signed(http, f"POST|{TEXT}|text={RED_CAR}", now())


@mistake
def signs_text_unhashed(http):
    """Signs the text itself in place of its hash."""
    ts = now()
    return post_signed(http, f"POST|{TEXT}|{RED_CAR}|{ts}", ts)


@mistake
def no_timestamp(http):
    """Leaves the time out of the message."""
    return post_signed(http, f"POST|{TEXT}|{sha256(RED_CAR)}", now())


@mistake
def upper_case_hash(http):
    """Signs the hash of the text in upper case."""
    ts = now()
    return post_signed(http, f"POST|{TEXT}|{sha256(RED_CAR).upper()}|{ts}", ts)


@mistake
def signs_body(http):
    """Signs the hash of the whole body in place of that of the text."""
    ts = now()
    body = json.dumps({"text": RED_CAR}, sort_keys=True, separators=(",", ":"))
    return post_signed(http, f"POST|{TEXT}|{sha256(body)}|{ts}", ts)


@mistake
def lower_case_method(http):
    """Signs the method as post."""
    ts = now()
    return post_signed(http, f"post|{TEXT}|{sha256(RED_CAR)}|{ts}", ts)


@mistake
def path_before_method(http):
    """Signs the path before the method."""
    ts = now()
    return post_signed(http, f"{TEXT}|POST|{sha256(RED_CAR)}|{ts}", ts)


@mistake
def colons(http):
    """Joins the parts of the message by colons."""
    ts = now()
    return post_signed(http, f"POST:{TEXT}:{sha256(RED_CAR)}:{ts}", ts)


@mistake
def signs_path_without_version(http):
    """Signs /embed/text for a call of /v1/embed/text."""
    ts = now()
    return post_signed(http, f"POST|/embed/text|{sha256(RED_CAR)}|{ts}", ts)


@mistake
def signs_query(http):
    """Adds a query to the path, and signs the path with it."""
    path = f"{TEXT}?source=search"
    return http.post(path, json={"text": RED_CAR, "auth": auth(path, sha256(RED_CAR))})


@mistake
def signs_url_as_typed(http):
    """Signs the image's URL as it was typed, where the worker signs it normalised."""
    url = "https://Example.COM:443/image.jpg"
    return http.post(IMAGE, json={"image_url": url, "auth": auth(IMAGE, url)})


@mistake
def batch_signs_image_path(http):
    """Signs the items of a batch with the path of the single image's route."""
    wrong = {"image_url": PHOTO, "request_id": "img-1", "auth": auth(IMAGE, PHOTO)}
    return http.post(BATCH, json={"items": [wrong]})


# With which secret, and when.


@mistake
def wrong_secret(http):
    """Signs with another secret, sees it refused and calls that a pass: the fix's own test did so."""
    ts = now()
    message = f"POST|{TEXT}|{sha256(RED_CAR)}|{ts}"
    sig = hmac.new(b"another secret", message.encode(), hashlib.sha256).hexdigest()
    return post_text(http, auth={"ts": ts, "sig": sig})


@mistake
def decoded_key(http):
    """Takes the bytes that the hexadecimal secret spells for the key, where its text is the key."""
    ts = now()
    message = f"POST|{TEXT}|{sha256(RED_CAR)}|{ts}"
    sig = hmac.new(bytes.fromhex(secret()), message.encode(), hashlib.sha256).hexdigest()
    return post_text(http, auth={"ts": ts, "sig": sig})


@mistake
def milliseconds(http):
    """Writes and signs the time in milliseconds."""
    return post_text(http, auth=auth(TEXT, sha256(RED_CAR), now() * 1000))


@mistake
def stale_retry(http):
    """Sends a request again, unchanged, that it signed five minutes ago and that got no answer."""
    return post_text(http, auth=auth(TEXT, sha256(RED_CAR), now() - 300))


@mistake
def clock_ahead(http):
    """Signs by a clock that is ten minutes ahead."""
    return post_text(http, auth=auth(TEXT, sha256(RED_CAR), now() + 600))


# What else is sent along.


@mistake
def secret_also_in_header(http):
    """Sends the secret itself as a bearer token beside the signature."""
    return http.post(TEXT, headers={"Authorization": f"Bearer {secret()}"}, json={"text": RED_CAR, "auth": text_auth()})


@mistake
def secret_also_in_query(http):
    """Sends the secret itself as ?api_key= beside the signature."""
    return http.post(TEXT, params={"api_key": secret()}, json={"text": RED_CAR, "auth": text_auth()})


@mistake
def secret_also_in_body(http):
    """Sends the secret itself in the body beside the signature."""
    return post_text(http, api_key=secret())


@mistake
def signature_also_in_header(http):
    """Sends the signature in a header as well."""
    parts = text_auth()
    return http.post(TEXT, headers={"X-Signature": parts["sig"]}, json={"text": RED_CAR, "auth": parts})


@mistake
def undeclared_field(http):
    """Sends a field that the contract has not; the worker does not look at it."""
    return post_text(http, model="ViT-B-32")


# What is asked, and where.


@mistake
def field_renamed(http):
    """Writes query for text."""
    return http.post(TEXT, json={"query": RED_CAR, "auth": text_auth()})


@mistake
def empty_text(http):
    """Asks for the vector of an empty text."""
    return http.post(TEXT, json={"text": "", "auth": auth(TEXT, sha256(""))})


@mistake
def batch_without_request_id(http):
    """Leaves out the names of a batch's items."""
    return http.post(BATCH, json={"items": [{"image_url": PHOTO, "auth": auth(BATCH, PHOTO)}]})


@mistake
def batch_too_long(http):
    """Sends seventeen items, one more than a batch holds."""
    return http.post(BATCH, json={"items": [item(PHOTO, f"img-{number}") for number in range(17)]})


@mistake
def path_without_version(http):
    """Calls /embed/text, without /v1, and signs what it calls."""
    path = "/embed/text"
    return http.post(path, json={"text": RED_CAR, "auth": auth(path, sha256(RED_CAR))})


@mistake
def put_instead_of_post(http):
    """Calls and signs with PUT."""
    ts = now()
    sig = sign(f"PUT|{TEXT}|{sha256(RED_CAR)}|{ts}")
    return http.put(TEXT, json={"text": RED_CAR, "auth": {"ts": ts, "sig": sig}})


@mistake
def image_gone(http):
    """Embeds an image that nobody serves; this test fails by itself."""
    gone = "https://images.invalid/gone.jpg"
    response = http.post(IMAGE, json={"image_url": gone, "auth": auth(IMAGE, gone)})
    is_a_vector(answered(response))
    return response


if __name__ == "__main__":
    main(connect, right)
