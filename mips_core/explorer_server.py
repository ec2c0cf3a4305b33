"""The explorer as a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mips_core.errors import MipsError
from mips_core.resources import explorer_folder

ADDRESS = "127.0.0.1"
PATIENCE = 60.0
"""Seconds that a start may take."""


def server_command(port: int, *, browser: bool) -> list[str]:
    """Return the command that serves the explorer; it must be started in :func:`explorer_folder`.

    Streamlit reads ``.streamlit/config.toml``, our theme, from the folder that it is started in.
    """
    return [
        sys.executable, "-m", "pages.parts.serve", "run", str(explorer_folder() / "app.py"),
        "--server.port", str(port),
        "--server.address", ADDRESS,
        "--server.headless", "false" if browser else "true",
        "--server.fileWatcherType", "none",
        "--browser.gatherUsageStats", "false",
    ]  # fmt: skip


def is_free(port: int) -> bool:
    """Whether nothing on this machine listens on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex((ADDRESS, port)) != 0


@dataclass(frozen=True)
class Server:
    """A running explorer: its address, ``"127.0.0.1:PORT"``, and the number of its process."""

    address: str
    process: int


@contextmanager
def serve() -> Iterator[Server]:
    """Serve the explorer on a free port for as long as the block lasts.

    Raises
    ------
    MipsError
        when it does not answer.
    """
    with socket.socket() as free:
        free.bind((ADDRESS, 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        server_command(port, browser=False), cwd=explorer_folder(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"http://{ADDRESS}:{port}/_stcore/health", server)
        yield Server(f"{ADDRESS}:{port}", server.pid)
    finally:
        server.terminate()
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
