"""``mips explore``: open the explorer in the browser."""

from __future__ import annotations

import argparse
import subprocess
from typing import Any

from mips_core.cli.common import port, require
from mips_core.explorer_server import is_free, server_command
from mips_core.resources import explorer_folder


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("explore", help="open the explorer in the browser")
    parser.add_argument("--port", type=port, default=8501, help="port on this machine (default: 8501)")
    parser.add_argument("--no-browser", action="store_true", help="start the server without opening a browser window")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Start Streamlit on the shipped app; it runs until Ctrl-C."""
    require(
        is_free(options.port),
        f"Port {options.port} is taken by another program, perhaps by an explorer that still runs. Stop that, or "
        f"choose another one: mips explore --port {options.port % 65535 + 1}",
    )
    try:
        return subprocess.call(server_command(options.port, browser=not options.no_browser), cwd=explorer_folder())
    except KeyboardInterrupt:
        return 0
