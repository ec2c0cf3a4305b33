"""Parse the command line and hand over to one command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

from mips_core.cli import distill, explore, tasks, train, verify
from mips_core.errors import BadInputError, Cancelled, MipsError

BAD_INPUT = 2
STOPPED_BY_USER = 130


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence, like all our errors."""

    def error(self, message: str) -> NoReturn:
        raise BadInputError(f"{message[:1].upper()}{message[1:]}. Run '{self.prog} --help' for the options.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mips", description="Take the algorithm out of a trained recurrent network, as short Python.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for module in (tasks, train, distill, verify, explore):
        module.add_parser(commands)
    return parser


def _version() -> str:
    try:
        return version("mips-explorer")
    except PackageNotFoundError:
        return "(not installed)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        options = _parser().parse_args(arguments)
        return options.run(options)
    except Cancelled as error:
        print(f"mips: {error}", file=sys.stderr)
        return STOPPED_BY_USER
    except KeyboardInterrupt:
        print("mips: Stopped.", file=sys.stderr)
        return STOPPED_BY_USER
    except MipsError as error:
        print(f"mips: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        # The reader (head, less) went away: nothing is left to say to it.
        sys.stderr.close()
        return 0
