"""``mips explore`` as a process: it serves, it ends with its server when it is told to, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from mips_core.hosting import COOKIE, is_secret


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_of(process: int) -> int:
    """Return the number of the only child of a process."""
    return int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads /proc")
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(("how", "public"), [(signal.SIGTERM, True), (signal.SIGINT, False)])
def test_it_serves_until_it_is_told_to_end_and_leaves_nothing_running(how: int, public: bool) -> None:
    port = free_port()
    command = [sys.executable, "-m", "mips_core.cli", "explore", "--no-browser", "--port", str(port)]
    explorer = subprocess.Popen(
        command + ["--public"] * public, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    try:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/program", headers={"Accept": "text/html"})
        end = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    cookie = answer.headers.get("set-cookie", "")
                break
            except OSError:
                assert time.monotonic() < end
                assert explorer.poll() is None
                time.sleep(0.2)
        assert (COOKIE in cookie) == public
        if public:
            assert is_secret(cookie.split(";")[0].removeprefix(f"{COOKIE}="))
        server = server_of(explorer.pid)
        os.killpg(explorer.pid, how) if how == signal.SIGINT else explorer.send_signal(how)
        said, _ = explorer.communicate(timeout=20)
        assert explorer.returncode == 0
        assert "Traceback" not in said
        with pytest.raises(ProcessLookupError):
            os.kill(server, 0)
    finally:
        if explorer.poll() is None:
            os.killpg(explorer.pid, signal.SIGKILL)
            explorer.communicate()
