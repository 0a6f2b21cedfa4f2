"""What the small consumers of this folder share: their settings, the mistakes they can make, their command line.

Each is a consumer's own test, as it stands in its repository. Without an argument it calls every operation of its contract
rightly and says what it needs of the answers. With the name of a mistake it makes the calls that the mistake is about; that
it is refused then is not its own business, so it prints the status and ends well.
"""

import argparse
import os
import sys
from collections.abc import Callable

import httpx

Mistake = Callable[[httpx.Client], httpx.Response]
MISTAKES: dict[str, Mistake] = {}


def mistake(function: Mistake) -> Mistake:
    """Adds a mistake: its name is the function's, what it does is the function's first sentence."""
    MISTAKES[function.__name__.replace("_", "-")] = function
    return function


def setting(name: str) -> str:
    """What the environment says; without it nothing can be called."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set")
    return value


def client(base_url: str, seconds: float) -> httpx.Client:
    """The environment's HTTP proxies are not for the loopback."""
    return httpx.Client(base_url=base_url, timeout=seconds, trust_env=False)


def answered(response: httpx.Response, status: int = 200) -> dict:
    """The body of an answer that has to have this status."""
    request = response.request
    told = f"{request.method} {request.url.path}: {response.status_code}, expected {status}"
    assert response.status_code == status, told
    return response.json()


def main(connect: Callable[[], httpx.Client], right: Callable[[httpx.Client], None]) -> None:
    """Runs the right version, or one mistake."""
    parser = argparse.ArgumentParser()
    parser.add_argument("mistake", nargs="?", choices=MISTAKES, metavar="MISTAKE", help="one of those of --list")
    parser.add_argument("--list", action="store_true", help="print every mistake: name, and what it does")
    arguments = parser.parse_args()
    if arguments.list:
        width = max(map(len, MISTAKES))
        for name, function in MISTAKES.items():
            print(f"{name:<{width}}  {' '.join(function.__doc__.split())}")
        return
    with connect() as http:
        if arguments.mistake is None:
            right(http)
            print("every answer was as it should be")
        else:
            response = MISTAKES[arguments.mistake](http)
            print(f"{arguments.mistake}: {response.status_code}")
