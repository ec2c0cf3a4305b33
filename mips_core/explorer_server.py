"""The explorer as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from mips_core.errors import MipsError
from mips_core.hosting import PUBLIC
from mips_core.resources import explorer_folder

ADDRESS = "127.0.0.1"
PATIENCE = 60.0
"""Seconds that a start may take."""


def server_command(port: int, *, browser: bool, address: str = ADDRESS) -> list[str]:
    """Return the command that serves the explorer; it must be started in :func:`explorer_folder`.

    Streamlit reads ``.streamlit/config.toml``, our theme, from the folder that it is started in.
    """
    command = [sys.executable, "-m", "pages.parts.serve", "--port", str(port), "--address", address]
    return [*command, "--browser"] if browser else command


def environment(*, public: bool) -> dict[str, str]:
    """Return the environment of a server for visitors, or of one that is as this process's own says."""
    return dict(os.environ, **({PUBLIC: "1"} if public else {}))


def is_loopback(address: str) -> bool:
    """Whether only this computer reaches an address."""
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def is_free(port: int, address: str = ADDRESS) -> bool:
    """Whether nothing on this machine listens on the port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        return probe.connect_ex((address, port)) != 0


@dataclass(frozen=True)
class Server:
    """A running explorer: its address, ``"127.0.0.1:PORT"``, and the number of its process."""

    address: str
    process: int


@contextmanager
def serve(*, public: bool = False) -> Iterator[Server]:
    """Serve the explorer on a free port for as long as the block lasts.

    Parameters
    ----------
    public : for visitors who must not see one another's work

    Raises
    ------
    MipsError
        when it does not answer.
    """
    with _serving(partial(server_command, browser=False), explorer_folder(), environment(public=public)) as server:
        yield server


@contextmanager
def serve_script(script: Path) -> Iterator[Server]:
    """Serve a Streamlit script that is not the explorer, on a free port, for as long as the block lasts.

    Raises
    ------
    MipsError
        when it does not answer.
    """

    def command(port: int) -> list[str]:
        settings = {
            "server.port": port, "server.address": ADDRESS, "server.headless": "true", "server.fileWatcherType": "none",
            "browser.gatherUsageStats": "false",
        }  # fmt: skip
        return [sys.executable, "-m", "streamlit", "run", str(script), *(f"--{k}={v}" for k, v in settings.items())]

    with _serving(command, script.parent, dict(os.environ)) as server:
        yield server


@contextmanager
def _serving(command: Callable[[int], list[str]], folder: Path, variables: Mapping[str, str]) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind((ADDRESS, 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        command(port), cwd=folder, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"http://{ADDRESS}:{port}/_stcore/health", server)
        yield Server(f"{ADDRESS}:{port}", server.pid)
    finally:
        server.terminate()
        stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Wait for a server that was told to end, and kill it when it does not."""
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait(health: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(health, timeout=1):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise MipsError(f"The explorer did not answer within {PATIENCE:.0f} s of its start; try mips explore by itself.")
