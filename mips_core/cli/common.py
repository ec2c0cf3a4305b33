"""What several commands share: option types, progress on a terminal, JSON output."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from mips_core.errors import BadInputError
from mips_core.files import make_folder
from mips_core.progress import Progress, ProgressCallback
from mips_core.wording import on_one_line

if TYPE_CHECKING:
    from mips_core.tasks import Integers


def add_input_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what a network without a card does not say itself."""
    parser.add_argument(
        "--inputs",
        metavar="LOW:HIGH",
        help="integers that may occur on the input side, HIGH excluded; one range for all inputs or one per input, "
        "with commas between (for networks without a card)",
    )
    parser.add_argument("--length", type=positive, metavar="N", help="sequence length that counts as 1x (default: 10)")
    parser.add_argument(
        "--activation",
        default="relu",
        choices=("relu", "tanh", "sigmoid"),
        help="between the layers of an imported network that is deeper than one layer (default: relu)",
    )
    parser.add_argument(
        "--nonlinearity",
        default="tanh",
        choices=("tanh", "relu"),
        help="of an imported plain RNN, which its tensors do not tell (default: tanh)",
    )
    parser.add_argument(
        "--outputs",
        choices=("round", "argmax", "threshold"),
        help="how an imported network's scores become integers (default: by its layout)",
    )
    parser.add_argument(
        "--encoding",
        choices=("raw", "one-hot"),
        help="how integers enter an imported network (default: by its sizes)",
    )


def read_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return what :func:`add_input_options` collected, as keyword arguments of ``distill`` and ``verify``."""
    return {
        "inputs": parse_inputs(options.inputs),
        "length": options.length,
        "activation": options.activation,
        "nonlinearity": options.nonlinearity,
        "outputs": options.outputs,
        "encoding": options.encoding,
    }


def parse_inputs(text: str | None) -> tuple[Integers, ...] | None:
    """Read ``--inputs``: one range, or several with commas between."""
    from mips_core.tasks import Integers  # the list of commands needs no NumPy

    return None if text is None else tuple(Integers.parse(part.strip()) for part in text.split(","))


def positive(text: str) -> int:
    """Read a whole number of at least 1 (an argparse type)."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return value


def port(text: str) -> int:
    """Read the number of a port (an argparse type)."""
    value = positive(text)
    if value > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; these go from 1 to 65535")
    return value


def whole(text: str) -> int:
    """Read a whole number of at least 0 (an argparse type)."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")
    return value


def seconds(text: str) -> float:
    """Read a finite positive number of seconds (an argparse type)."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value < 1e7:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return value


@contextlib.contextmanager
def output_folder(path: str | None) -> Iterator[Path | None]:
    """Make the folder of ``--out`` before the work, so that an error comes early.

    When the work fails, what was made for it goes again.

    Raises
    ------
    BadInputError
        when the folder cannot be made or written to.
    """
    if path is None:
        yield None
        return
    require(bool(path), "--out needs the name of a folder.")
    folder = Path(path)
    made = [each for each in (folder, *folder.parents) if not os.path.lexists(each)]
    try:
        yield make_folder(folder)
    except BaseException:
        for each in made:  # innermost first; a folder that holds anything stays
            with contextlib.suppress(OSError):
                each.rmdir()
        raise


def output_file(path: str | None) -> Path | None:
    """Return the path of ``--out``, after making sure that the file can be written when the work is done.

    Raises
    ------
    BadInputError
        when it is no name of a file, or its folder cannot be made or written to.
    """
    if path is None:
        return None
    target = Path(path)
    require(bool(path) and not target.is_dir(), f"--out needs the name of a file, and {path or 'nothing'} is none.")
    make_folder(target.parent)
    return target


def chosen_tasks(only: str | None, option: str = "--only") -> tuple[str, ...]:
    """Return the names of the tasks that an option lists, or of all.

    Raises
    ------
    BadInputError
        when it names none, or one that there is not.
    """
    from mips_core.tasks import get, names

    if only is None:
        return names()
    found = tuple(name.strip() for name in only.split(",") if name.strip())
    require(bool(found), f"{option} names no task; write names with commas between.")
    return tuple(get(name).name for name in found)


def chosen_parts(only: str | None, parts: Sequence[str]) -> tuple[str, ...]:
    """Return the parts of a benchmark that ``--only`` names, or all.

    Raises
    ------
    BadInputError
        when it names one that there is not, or none.
    """
    if only is None:
        return tuple(parts)
    named = tuple(dict.fromkeys(part.strip() for part in only.split(",") if part.strip()))
    unknown = [part for part in named if part not in parts]
    told = f"; {', '.join(unknown)} is none" if unknown else ""
    require(bool(named) and not unknown, f"--only takes {', '.join(parts)}, with commas between{told}.")
    return named


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object on stdout."""
    print(json.dumps(value, indent=1, allow_nan=False))


def terminal_progress(stream: TextIO | None = None) -> ProgressCallback:
    """Return a callback that keeps one line up to date on a terminal and stays silent elsewhere."""
    target = sys.stderr if stream is None else stream
    if not target.isatty():
        return lambda _: None

    def show(progress: Progress) -> None:
        share = "" if progress.fraction is None else f" {progress.fraction:4.0%}"
        line = f"[{progress.stage}]{share} {on_one_line(progress.message)}"
        target.write(f"\r\x1b[2K{line[:110]}")
        target.flush()

    return show


def end_progress(stream: TextIO | None = None) -> None:
    """Clear the progress line."""
    target = sys.stderr if stream is None else stream
    if target.isatty():
        target.write("\r\x1b[2K")
        target.flush()


def require(condition: bool, message: str) -> None:
    """Raise :class:`BadInputError` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise BadInputError(message)
