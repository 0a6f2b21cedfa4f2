"""The services' virtual environment: made once, and anew when requirements.txt changes."""

import hashlib
import shutil
import subprocess
import sys
import time

from services import FOLDER, PYTHON, say

REQUIREMENTS = FOLDER / "requirements.txt"
VENV = FOLDER / ".venv"
STAMP = VENV / "requirements.sha256"
OLDEST_PYTHON = (3, 11)


class NotInstalled(Exception):
    """The environment could not be made."""


def wanted() -> str:
    """What the environment depends on: the list, and the Python it was made with."""
    return hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()


def is_current() -> bool:
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted()


def make() -> None:
    """Installs the pinned list as it stands. The stamp comes last, so that half an environment is made again."""
    if sys.version_info < OLDEST_PYTHON:
        raise NotInstalled(f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed, this is {sys.version}")
    say("installing the services into .venv (once; about half a minute, 600 MB) ...")
    start = time.monotonic()
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(VENV)])
    quiet = ["--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps"]
    run([str(PYTHON), "-m", "pip", "install", *quiet, "-r", str(REQUIREMENTS)])
    STAMP.write_text(wanted())
    say(f"installed in {time.monotonic() - start:.0f} s")


def run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise NotInstalled(f"{' '.join(command[1:4])} failed:\n{done.stdout.strip()}")
