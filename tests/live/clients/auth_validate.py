"""The API proxy's test of its calls to the auth service: is this key valid? (contract auth-validate)

HOKUSAI_AUTH_SERVICE_URL  base URL of the auth service
HOKUSAI_API_KEY           a key that is registered for the service `platform`
"""

import httpx
from consumer import answered, client, main, mistake, setting

PATH = "/api/v1/keys/validate"
PLATFORM = {"service_id": "platform"}


def connect() -> httpx.Client:
    return client(setting("HOKUSAI_AUTH_SERVICE_URL"), seconds=5.0)


def key() -> str:
    return setting("HOKUSAI_API_KEY")


def bearer() -> dict:
    return {"Authorization": f"Bearer {key()}"}


def right(http: httpx.Client) -> None:
    address = {"client_ip": "203.0.113.7"}
    for body in (PLATFORM, PLATFORM | address, PLATFORM | address | {"required_scope": "model:read"}):
        valid = answered(http.post(PATH, headers=bearer(), json=body))
        assert valid["is_valid"] is True
        assert valid["user_id"] and valid["key_id"]
        assert valid["service_id"] == "platform"
        assert isinstance(valid["scopes"], list)
        assert isinstance(valid["rate_limit_per_hour"], int)
        assert valid["error"] is None


# Where the key is.


@mistake
def key_in_body(http):
    """Sends the key as api_key in the JSON body and no header: the incident."""
    return http.post(PATH, json={"api_key": key(), "client_ip": "203.0.113.7", **PLATFORM})


@mistake
def key_in_x_api_key(http):
    """Sends the key in X-API-Key."""
    return http.post(PATH, headers={"X-API-Key": key()}, json=PLATFORM)


@mistake
def key_in_x_hokusai_api_key(http):
    """Sends the key in X-Hokusai-API-Key."""
    return http.post(PATH, headers={"X-Hokusai-API-Key": key()}, json=PLATFORM)


@mistake
def key_in_query(http):
    """Sends the key as ?api_key=."""
    return http.post(PATH, params={"api_key": key()}, json=PLATFORM)


@mistake
def raw_key(http):
    """Sends the key in Authorization without a word before it."""
    return http.post(PATH, headers={"Authorization": key()}, json=PLATFORM)


@mistake
def lower_case_bearer(http):
    """Writes the word as bearer, which this provider does not take."""
    return http.post(PATH, headers={"Authorization": f"bearer {key()}"}, json=PLATFORM)


@mistake
def token_word(http):
    """Writes Token in place of Bearer."""
    return http.post(PATH, headers={"Authorization": f"Token {key()}"}, json=PLATFORM)


@mistake
def api_key_word(http):
    """Writes ApiKey in place of Bearer, as the proxy takes it from its own callers."""
    return http.post(PATH, headers={"Authorization": f"ApiKey {key()}"}, json=PLATFORM)


@mistake
def no_key(http):
    """Leaves the key out."""
    return http.post(PATH, json=PLATFORM)


@mistake
def key_also_in_body(http):
    """Authenticates twice: Bearer for the middleware, api_key in the body to be validated."""
    return http.post(PATH, headers=bearer(), json=PLATFORM | {"api_key": key()})


@mistake
def key_also_in_query(http):
    """Sends the key as ?api_key= as well, where logs keep it."""
    return http.post(PATH, headers=bearer(), params={"api_key": key()}, json=PLATFORM)


@mistake
def key_also_in_x_api_key(http):
    """Sends the key in X-API-Key as well."""
    return http.post(PATH, headers=bearer() | {"X-API-Key": key()}, json=PLATFORM)


# Which key it is.


@mistake
def unknown_key(http):
    """Sends a key that nobody issued."""
    return http.post(PATH, headers={"Authorization": "Bearer hk_test_nobody_issued_this"}, json=PLATFORM)


@mistake
def key_without_prefix(http):
    """Cuts hk_test_ off the key."""
    return http.post(PATH, headers={"Authorization": f"Bearer {key().removeprefix('hk_test_')}"}, json=PLATFORM)


# What is asked, and where.


@mistake
def field_renamed(http):
    """Writes serviceId for service_id."""
    return http.post(PATH, headers=bearer(), json={"serviceId": "platform"})


@mistake
def field_missing(http):
    """Does not say for which service the key is to be valid."""
    return http.post(PATH, headers=bearer(), json={"client_ip": "203.0.113.7"})


@mistake
def null_client_ip(http):
    """Sends null for an address that it does not know, where the field is to be left out."""
    return http.post(PATH, headers=bearer(), json=PLATFORM | {"client_ip": None})


@mistake
def undeclared_field(http):
    """Sends a field that the contract has not, in a body that allows no others."""
    return http.post(PATH, headers=bearer(), json=PLATFORM | {"user_agent": "proxy/2"})


@mistake
def form_body(http):
    """Sends the body as a form in place of JSON."""
    return http.post(PATH, headers=bearer(), data=PLATFORM)


@mistake
def path_without_prefix(http):
    """Calls /keys/validate, without /api/v1."""
    return http.post("/keys/validate", headers=bearer(), json=PLATFORM)


@mistake
def trailing_slash(http):
    """Calls the path with a slash at its end."""
    return http.post(f"{PATH}/", headers=bearer(), json=PLATFORM)


@mistake
def get_instead_of_post(http):
    """Asks with GET, the service in the query."""
    return http.get(PATH, headers=bearer(), params=PLATFORM)


@mistake
def wrong_service(http):
    """Asks for the service ml-platform, for which no key is registered; this test fails by itself."""
    response = http.post(PATH, headers=bearer(), json={"service_id": "ml-platform"})
    answered(response)
    return response


if __name__ == "__main__":
    main(connect, right)
