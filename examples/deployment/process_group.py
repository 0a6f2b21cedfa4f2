"""Starting and stopping a service as a process group that outlives the shell it was started from."""

import http.client
import os
import signal
import socket
import subprocess
import time

from services import HOST, RUN, Service, environment

SECONDS_TO_DIE = 8


def start(service: Service) -> None:
    """Starts the service in a session of its own and notes its process group."""
    with service.log.open("wb") as log:
        process = subprocess.Popen(
            service.command(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=environment(),
            cwd=RUN,
        )
    service.pid_file.write_text(str(process.pid))


def running(services: list[Service]) -> list[Service]:
    """Those of the services with a process alive, be it only a child that a crash has left behind.

    A process id may have been given to somebody else since: the command line has to fit as well.
    """
    columns = ["-o", "pgid=", "-o", "stat=", "-o", "args="]
    table = subprocess.run(["ps", "-A", "-ww", *columns], capture_output=True, text=True, check=True).stdout
    processes = [line.split(None, 2) for line in table.splitlines()]
    alive = [(group, command) for group, state, command in processes if not state.startswith("Z")]

    def runs(service: Service) -> bool:
        noted = noted_group(service)
        return any(int(group) == noted and service.mark in command for group, command in alive)

    return [service for service in services if runs(service)]


def noted_group(service: Service) -> int | None:
    try:
        return int(service.pid_file.read_text())
    except (FileNotFoundError, ValueError):
        return None


def stop(services: list[Service]) -> list[Service]:
    """Stops the services together: politely, and after some seconds by force. Returns those that ran."""
    stopped = running(services)
    left = signalled(stopped, signal.SIGTERM)
    left = signalled(left, signal.SIGKILL)
    for service in services:
        if service not in left:
            service.pid_file.unlink(missing_ok=True)
    return stopped


def signalled(services: list[Service], number: signal.Signals) -> list[Service]:
    """Sends the signal to each whole group and waits for its end. Returns those that still run."""
    for service in services:
        try:
            os.killpg(noted_group(service), number)
        except ProcessLookupError:
            continue
    deadline = time.monotonic() + SECONDS_TO_DIE
    left = services
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = running(left)
    return left


def is_healthy(service: Service) -> bool:
    """Whether the service answers its health check with 200."""
    connection = http.client.HTTPConnection(HOST, service.port, timeout=2)
    try:
        connection.request("GET", service.health)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def port_is_taken(service: Service) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, service.port)) == 0
