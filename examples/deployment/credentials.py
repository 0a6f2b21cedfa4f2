"""The test credentials: each from the environment, with a default that is worth nothing elsewhere."""

import hashlib
import os

DEFAULTS = {
    # Keys of the auth service. The first may do everything, the second may not write to MLflow.
    "HOKUSAI_API_KEY": "hk_test_local_platform_0123456789",
    "HOKUSAI_READ_KEY": "hk_test_local_readonly_0123456789",
    "HOKUSAI_EXPIRED_KEY": "hk_test_expired_0123456789",
    "HOKUSAI_WEBSITE_KEY": "hk_test_website_0123456789",
    # Two keys that make answers reachable which are otherwise a matter of luck: 429 and 503.
    "HOKUSAI_LIMITED_KEY": "hk_test_limited_0123456789",
    "HOKUSAI_OUTAGE_KEY": "hk_test_outage_0123456789",
    # The secret between the search API and the CLIP worker.
    "CLIP_RUNPOD_SECRET": "contract-secret",
    # The keys of the three workers of the backend.
    "SERVICE_KEY_NPU_WORKER": "00112233445566778899aabbccddeeff" * 2,
    "SERVICE_KEY_AI_STACK": "1" * 60 + "aaaa",
    "SERVICE_KEY_BROWSER_SERVICE": "2" * 60 + "bbbb",
}


def credential(name: str) -> str:
    """The value of one credential; an empty variable counts as unset."""
    return os.environ.get(name) or DEFAULTS[name]


def not_for_tests() -> list[str]:
    """The variables that hold an API key of the real world, which has no place here."""
    keys = [name for name in DEFAULTS if name.startswith("HOKUSAI_")]
    return [name for name in keys if not credential(name).startswith("hk_test_")]


def all_credentials() -> dict[str, str]:
    """Every credential by the name of its variable."""
    return {name: credential(name) for name in DEFAULTS}


def fingerprint() -> str:
    """Tells whether running services hold the same credentials as this environment, without storing them."""
    return hashlib.sha256(repr(sorted(all_credentials().items())).encode()).hexdigest()
