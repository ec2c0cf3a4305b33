"""``mips explore``: open the explorer in the browser."""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Any

from mips_core.cli.common import port
from mips_core.resources import explorer_folder


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("explore", help="open the explorer in the browser")
    parser.add_argument("--port", type=port, default=8501, help="port on this machine (default: 8501)")
    parser.add_argument("--no-browser", action="store_true", help="start the server without opening a browser window")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Start Streamlit on the shipped app; it runs until Ctrl-C."""
    folder = explorer_folder()
    command = [
        sys.executable, "-m", "streamlit", "run", str(folder / "app.py"),
        "--server.port", str(options.port),
        "--server.address", "127.0.0.1",
        "--server.headless", "true" if options.no_browser else "false",
        "--server.fileWatcherType", "none",
        "--browser.gatherUsageStats", "false",
    ]  # fmt: skip
    try:
        # Streamlit reads .streamlit/config.toml (our theme) from the folder that it is started in.
        return subprocess.call(command, cwd=folder)
    except KeyboardInterrupt:
        return 0
