"""A third party's test of the predictions of model 21, which scores sales leads. (contract model-predict)

HOKUSAI_API_URL  base URL of the API
HOKUSAI_API_KEY  a key of the third party
"""

from datetime import datetime

import httpx
from consumer import answered, client, main, mistake, setting

MODEL = "/api/v1/models/21"
PREDICT = f"{MODEL}/predict"
LEAD = {
    "inputs": {
        "company_size": 1000,
        "industry": "Technology",
        "engagement_score": 75,
        "website_visits": 10,
        "demo_requested": True,
        "title": "VP Engineering",
    }
}


def connect() -> httpx.Client:
    return client(setting("HOKUSAI_API_URL"), seconds=10.0)


def key() -> str:
    return setting("HOKUSAI_API_KEY")


def bearer() -> dict:
    return {"Authorization": f"Bearer {key()}"}


def right(http: httpx.Client) -> None:
    placements = [
        {"headers": bearer()},
        {"headers": {"Authorization": f"ApiKey {key()}"}},
        {"headers": {"X-API-Key": key()}},
        {"params": {"api_key": key()}},
    ]
    # Every route with every placement: once a route asked for one of them only.
    for placement in placements:
        predicts(http.post(PREDICT, json=LEAD, **placement))
        is_known(http.get(f"{MODEL}/info", **placement))
        is_healthy(http.get(f"{MODEL}/health", **placement))
    local = {"inputs": {}, "options": {"inference_method": "local", "model_version": None}}
    assert predicts(http.post(PREDICT, headers=bearer(), json=local))["metadata"]["inference_method"] == "local"
    predicts(http.post(PREDICT, headers=bearer(), json=LEAD | {"options": None}))
    knows_no_other_model(http)


def predicts(response: httpx.Response) -> dict:
    answer = answered(response)
    score = answer["predictions"]["lead_score"]
    assert answer["model_id"] == "21"
    assert 0 <= score <= 100
    assert answer["predictions"]["recommendation"] == ("Hot" if score >= 70 else "Warm" if score >= 40 else "Cold")
    assert datetime.fromisoformat(answer["timestamp"]).tzinfo is None
    return answer


def is_known(response: httpx.Response) -> None:
    answer = answered(response)
    assert answer["model_id"] == "21"
    assert answer["is_available"] is True
    assert "local" in answer["inference_methods"]


def is_healthy(response: httpx.Response) -> None:
    answer = answered(response)
    assert answer["inference_ready"] is True


def knows_no_other_model(http: httpx.Client) -> None:
    """The third party tells its users so; these calls keep the contract as well."""
    other = "/api/v1/models/99"
    answered(http.post(f"{other}/predict", headers=bearer(), json=LEAD), 404)
    answered(http.get(f"{other}/info", headers=bearer()), 404)
    assert answered(http.get(f"{other}/health", headers=bearer()))["status"] == "unhealthy"


# Where the key is.


@mistake
def no_key(http):
    """Leaves the key out."""
    return http.post(PREDICT, json=LEAD)


@mistake
def key_in_body(http):
    """Sends the key as api_key in the JSON body."""
    return http.post(PREDICT, json=LEAD | {"api_key": key()})


@mistake
def key_in_x_hokusai_api_key(http):
    """Sends the key in X-Hokusai-API-Key."""
    return http.post(PREDICT, headers={"X-Hokusai-API-Key": key()}, json=LEAD)


@mistake
def raw_key(http):
    """Sends the key in Authorization without a word before it."""
    return http.post(PREDICT, headers={"Authorization": key()}, json=LEAD)


@mistake
def lower_case_bearer(http):
    """Writes the word as bearer, which this provider does not take."""
    return http.post(PREDICT, headers={"Authorization": f"bearer {key()}"}, json=LEAD)


@mistake
def token_word(http):
    """Writes Token in place of Bearer."""
    return http.post(PREDICT, headers={"Authorization": f"Token {key()}"}, json=LEAD)


@mistake
def basic(http):
    """Sends the key as the user of Basic, as other APIs have it."""
    return http.post(PREDICT, auth=(key(), ""), json=LEAD)


@mistake
def key_also_in_query(http):
    """Sends the key as ?api_key= beside Bearer, where logs keep it."""
    return http.post(PREDICT, headers=bearer(), params={"api_key": key()}, json=LEAD)


@mistake
def key_also_in_x_api_key(http):
    """Sends the key in X-API-Key beside Bearer, to be on the safe side."""
    return http.get(f"{MODEL}/info", headers=bearer() | {"X-API-Key": key()})


@mistake
def key_also_in_body(http):
    """Sends the key in the body as well."""
    return http.post(PREDICT, headers=bearer(), json=LEAD | {"api_key": key()})


# Which key it is.


@mistake
def unknown_key(http):
    """Sends a key that nobody issued."""
    return http.post(PREDICT, headers={"Authorization": "Bearer hk_test_nobody_issued_this"}, json=LEAD)


@mistake
def key_without_prefix(http):
    """Cuts hk_test_ off the key."""
    return http.post(PREDICT, headers={"Authorization": f"Bearer {key().removeprefix('hk_test_')}"}, json=LEAD)


# What is asked, and where.


@mistake
def inputs_flattened(http):
    """Sends the inputs as the body, without `inputs` around them."""
    return http.post(PREDICT, headers=bearer(), json=LEAD["inputs"])


@mistake
def inputs_renamed(http):
    """Writes features for inputs."""
    return http.post(PREDICT, headers=bearer(), json={"features": LEAD["inputs"]})


@mistake
def number_as_text(http):
    """Sends the size of the company as a text."""
    return http.post(PREDICT, headers=bearer(), json={"inputs": LEAD["inputs"] | {"company_size": "1000"}})


@mistake
def options_as_text(http):
    """Names the method in place of the object of options."""
    return http.post(PREDICT, headers=bearer(), json=LEAD | {"options": "local"})


@mistake
def undeclared_field(http):
    """Sends an input that the contract has not; the provider does not look at it."""
    return http.post(PREDICT, headers=bearer(), json={"inputs": LEAD["inputs"] | {"annual_revenue": 5_000_000}})


@mistake
def path_without_prefix(http):
    """Calls /models/21/predict, without /api/v1."""
    return http.post("/models/21/predict", headers=bearer(), json=LEAD)


@mistake
def path_of_another_route(http):
    """Calls /api/v1/predict/21, which no deployment ever had."""
    return http.post("/api/v1/predict/21", headers=bearer(), json=LEAD)


@mistake
def get_instead_of_post(http):
    """Asks for a prediction with GET: the 405 that the website's host answers to a POST."""
    return http.get(PREDICT, headers=bearer(), params={"company_size": 1000})


@mistake
def unknown_method(http):
    """Asks for the inference method quantum, which does not exist; this test fails by itself."""
    response = http.post(PREDICT, headers=bearer(), json=LEAD | {"options": {"inference_method": "quantum"}})
    answered(response)
    return response


if __name__ == "__main__":
    main(connect, right)
