"""Parse the command line and hand over to one command."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import NoReturn

from mips_core.cli import STOPPED_BY_USER
from mips_core.cli.commands import COMMANDS, Command
from mips_core.cli.common import end_progress
from mips_core.errors import BadInputError, Cancelled, MipsError
from mips_core.resources import installed_version
from mips_core.wording import on_one_line

BAD_INPUT = 2
OUTPUT_LOST = 1
TERMINATED = 143


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence, like all our errors."""

    def error(self, message: str) -> NoReturn:
        raise BadInputError(f"{message[:1].upper()}{message[1:]}. Run '{self.prog} --help' for the options.")


def _parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Return the parser of the command that ``words`` begins with, or one that only lists all commands."""
    parser = _Parser(prog="mips", description="Take the algorithm out of a trained network, as short Python.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {installed_version()}")
    _add_commands(parser, "command", COMMANDS, words, required=False)
    return parser


def _add_commands(
    parser: argparse.ArgumentParser, noun: str, table: Mapping[str, Command], words: Sequence[str], *, required: bool
) -> None:
    """Add the command that is named, with its options; else the name and purpose of each."""
    commands = parser.add_subparsers(dest=noun, metavar=noun.upper(), required=required, parser_class=_Parser)
    if not words or words[0] not in table:
        for name, command in table.items():
            commands.add_parser(name, help=command.summary)
        return
    named = table[words[0]]
    if named.commands:
        _add_commands(commands.add_parser(words[0]), "benchmark", named.commands, words[1:], required=True)
    else:
        importlib.import_module(f"mips_core.cli.{named.module}").add_parser(commands)
    for name, added in commands.choices.items():
        added.description = added.description or f"{table[name].summary[0].upper()}{table[name].summary[1:]}."


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; Ctrl-C is left to the caller."""
    try:
        with _ending_on_terminate():
            code = _command(arguments)
            sys.stdout.flush()  # here, so that a reader that went away is met here too
            return code
    except BrokenPipeError:
        # The reader (head, less) went away: nothing is left to say to it, not even when Python ends.
        _discard_stdout()
        return 0
    except OSError as error:
        _discard_stdout()
        print(f"mips: The system refused: {error}.", file=sys.stderr)
        return OUTPUT_LOST


def _command(arguments: Sequence[str] | None) -> int:
    try:
        words = _with_ranges(sys.argv[1:] if arguments is None else arguments)
        words = words[1:] if words[:1] == ["--"] else words  # says only that options have ended
        parser = _parser(words)
        options = parser.parse_args(words)
        if options.command is None:
            parser.print_help()
            return 0
        code: int = options.run(options)
        return code
    except Cancelled as error:
        end_progress()
        print(f"mips: {error}", file=sys.stderr)
        return STOPPED_BY_USER
    except MipsError as error:
        end_progress()
        print(f"mips: {on_one_line(str(error))}", file=sys.stderr)
        return BAD_INPUT


def _with_ranges(words: Sequence[str]) -> list[str]:
    """Join a range that begins below zero to its option: argparse would take ``-9:10`` for an option itself.

    >>> _with_ranges(["distill", "net.npz", "--inputs", "-9:10", "--json"])
    ['distill', 'net.npz', '--inputs=-9:10', '--json']
    """
    joined: list[str] = []
    for word in words:
        if joined and re.fullmatch(r"--[a-z]+", joined[-1]) and re.match(r"-\d+:", word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


@contextlib.contextmanager
def _ending_on_terminate() -> Iterator[None]:
    """Let a request to end (SIGTERM) unwind like an error, so that no process or folder of the sandbox stays behind."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(TERMINATED)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _discard_stdout() -> None:
    """Point stdout at nothing: what is still buffered would fail once more at the end."""
    with contextlib.suppress(OSError, ValueError):  # a stream without a descriptor has no such end
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
