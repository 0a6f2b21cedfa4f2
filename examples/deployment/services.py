"""The six services of the deployment: how each is started, and where it answers."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from credentials import all_credentials

FOLDER = Path(__file__).parent
RUN = FOLDER / ".run"
PYTHON = FOLDER / ".venv" / "bin" / "python"
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Service:
    """One process group that listens on one port."""

    name: str
    port: int
    title: str
    arguments: list[str]
    health: str = "/health"
    base_path: str = ""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}{self.base_path}"

    @property
    def log(self) -> Path:
        return RUN / f"{self.name}.log"

    @property
    def pid_file(self) -> Path:
        return RUN / f"{self.name}.pid"

    @property
    def mark(self) -> str:
        """What the command lines of this service and of its children hold, and no other process's."""
        return f"--host {HOST} --port {self.port}"

    def command(self) -> list[str]:
        return [str(PYTHON), "-m", *self.arguments]


def fastapi(name: str, port: int, title: str) -> Service:
    """A service of this folder. No access log: a key in a query would end up in it."""
    options = ["--no-access-log", "--timeout-graceful-shutdown", "3"]
    at = ["--host", HOST, "--port", str(port)]
    return Service(name, port, title, ["uvicorn", *at, "--app-dir", str(FOLDER), *options, f"{name}:app"])


def mlflow(name: str, port: int, title: str, prefix: str = "") -> Service:
    """A real MLflow server with one worker and an empty store."""
    at = ["--host", HOST, "--port", str(port), "--workers", "1"]
    hosts = ["--allowed-hosts", f"{HOST}:{port},localhost:{port}"]
    stores = [
        "--backend-store-uri",
        f"sqlite:///{store(name)}",
        "--artifacts-destination",
        str(RUN / f"{name}-artifacts"),
    ]
    prefixed = ["--static-prefix", prefix] if prefix else []
    arguments = ["mlflow", "server", *at, *hosts, *stores, *prefixed]
    return Service(name, port, title, arguments, health=f"{prefix}/health", base_path=prefix)


def store(name: str) -> Path:
    return RUN / f"{name}.db"


SERVICES = [
    fastapi("auth_service", 18101, "auth service"),
    fastapi("clip_worker", 18102, "CLIP worker"),
    fastapi("api", 18103, "API"),
    fastapi("backend", 18104, "backend"),
    mlflow("mlflow", 18105, "MLflow"),
    mlflow("mlflow_prefixed", 18106, "MLflow with a static prefix", prefix="/mlflow"),
]


def environment() -> dict[str, str]:
    """What the services see: no telemetry, no job runners, and of the caller's variables only these.

    A variable that names a real server, or configures MLflow, must not reach a deployment that is for tests.
    """
    passed_on = ["HOME", "LANG", "LC_ALL", "TMPDIR", "MLFLOW_SERVE_ARTIFACTS"]
    return {
        **{name: os.environ[name] for name in passed_on if name in os.environ},
        **all_credentials(),
        "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }


def say(message: str) -> None:
    """Progress goes to standard error, so that standard output stays fit for a shell's `eval`."""
    print(message, file=sys.stderr, flush=True)
