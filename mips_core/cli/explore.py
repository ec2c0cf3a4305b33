"""``mips explore``: open the explorer in the browser."""

from __future__ import annotations

import argparse
import signal
import subprocess
from typing import Any

from mips_core.cli.common import port, require
from mips_core.explorer_server import ADDRESS, environment, is_free, is_loopback, server_command, stop
from mips_core.hosting import hosting
from mips_core.resources import explorer_folder


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("explore")
    parser.add_argument("--port", type=port, default=8501, help="port on this machine (default: 8501)")
    parser.add_argument(
        "--public", action="store_true",
        help="for several visitors: nobody sees the runs, files and jobs of another, and what each may use is limited",
    )  # fmt: skip
    parser.add_argument(
        "--address", default=ADDRESS,
        help=f"address to listen on (default: {ADDRESS}, this computer alone); any other one needs --public",
    )  # fmt: skip
    parser.add_argument("--no-browser", action="store_true", help="start the server without opening a browser window")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Start the server; it runs until Ctrl-C, and ends with this process."""
    public = options.public or hosting().public
    require(
        public or is_loopback(options.address),
        f"Others could reach {options.address}, and would see and delete your runs. For a server with visitors: mips "
        f"explore --public --address {options.address}",
    )
    local = options.address if is_loopback(options.address) and options.address != "localhost" else ADDRESS
    require(
        is_free(options.port, local),
        f"Port {options.port} is taken by another program, perhaps by an explorer that still runs. Stop that, or "
        f"choose another one: mips explore --port {options.port % 65535 + 1}",
    )
    server = subprocess.Popen(
        server_command(options.port, browser=not (options.no_browser or public), address=options.address),
        cwd=explorer_folder(), env=environment(public=public),
    )  # fmt: skip
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        code = server.wait()
        return 0 if code == -signal.SIGTERM else code
    except KeyboardInterrupt:  # which the server has met too
        stop(server)
        return 0
