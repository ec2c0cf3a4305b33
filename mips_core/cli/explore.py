"""``mips explore``: open the explorer in the browser."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
from typing import Any

from mips_core.cli.common import port, require
from mips_core.resources import explorer_folder

ADDRESS = "127.0.0.1"


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("explore", help="open the explorer in the browser")
    parser.add_argument("--port", type=port, default=8501, help="port on this machine (default: 8501)")
    parser.add_argument("--no-browser", action="store_true", help="start the server without opening a browser window")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Start Streamlit on the shipped app; it runs until Ctrl-C."""
    require(
        _is_free(options.port),
        f"Port {options.port} is taken by another program, perhaps by an explorer that still runs. Stop that, or "
        f"choose another one: mips explore --port {options.port % 65535 + 1}",
    )
    folder = explorer_folder()
    command = [
        sys.executable, "-m", "streamlit", "run", str(folder / "app.py"),
        "--server.port", str(options.port),
        "--server.address", ADDRESS,
        "--server.headless", "true" if options.no_browser else "false",
        "--server.fileWatcherType", "none",
        "--browser.gatherUsageStats", "false",
    ]  # fmt: skip
    try:
        # Streamlit reads .streamlit/config.toml (our theme) from the folder that it is started in.
        return subprocess.call(command, cwd=folder)
    except KeyboardInterrupt:
        return 0


def _is_free(port: int) -> bool:
    """Whether nothing on this machine listens on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex((ADDRESS, port)) != 0
