"""The Python lines and the commands that do what *Bring your own* does with a file."""

from __future__ import annotations

import shlex

from mips_core.networks.options import NetworkOptions
from mips_core.tasks.integers import Integers

_PRINT = 'print(report.program.source if report.program else "No program was found.")'


def ranges_text(ranges: tuple[Integers, ...]) -> str:
    """Write ranges as the command line reads them.

    >>> ranges_text((Integers(0, 2), Integers(-5, 6)))
    '0:2,-5:6'
    """
    return ",".join(f"{r.low}:{r.high}" for r in ranges)


def network_code(path: str, options: NetworkOptions) -> str:
    """Return Python that reads a network file, tries it and distils it."""
    arguments = {name: repr(value) for name, value in options.to_dict().items()}
    lines = ["from pathlib import Path", "", "from mips_core import distill"]
    lines.append("from mips_core.networks.options import NetworkOptions")
    lines.append("from mips_core.networks.reading import describe_network")
    if options.inputs is not None:
        lines.append("from mips_core.tasks import Integers")
        ranges = ", ".join(f"Integers({r.low}, {r.high})" for r in options.inputs)
        arguments["inputs"] = f"({ranges},)"
    given = ", ".join(f'"{name}": {value}' for name, value in arguments.items())
    return "\n".join(
        [
            *lines,
            "",
            f"file = Path({path!r})",
            f"options = {{{given}}}",
            "reading = describe_network(file.read_bytes(), file.name, NetworkOptions(**options))",
            "print(reading.to_dict())",
            "report = distill(file, **options)",
            _PRINT,
        ]
    )


def network_command(path: str, options: NetworkOptions, *, seed: int = 0, budget: float | None = None) -> str:
    """Return the commands that describe a network file and distil it."""
    words = []
    for name, value in options.to_dict().items():
        shown = ranges_text(options.inputs or ()) if name == "inputs" else str(value)
        # A range that begins below zero looks like an option unless it is joined to its name.
        words += [f"--{name}={shown}"] if shown.startswith("-") else [f"--{name}", shown]
    described = shlex.join(["mips", "describe", path, *words])
    return f"{described}\n{shlex.join(['mips', 'distill', path, *words, *_common(seed, budget)])}"


def data_code(path: str, *, seed: int, budget: float | None, label_free: bool) -> str:
    """Return Python that reads a data file, trains on it and distils."""
    listed = "".join(
        f", {name}={value!r}"
        for name, value, usual in (("seed", seed, 0), ("budget", budget, None), ("label_free", label_free, False))
        if value != usual
    )
    return "\n".join(
        [
            "from pathlib import Path",
            "",
            "from mips_core import distill",
            "from mips_core.distillation.data_reading import describe_data",
            "",
            f"file = Path({path!r})",
            "reading = describe_data(file.read_bytes(), file.name)",
            "print(reading.to_dict())",
            f"report = distill(file{listed})",
            _PRINT,
        ]
    )


def data_command(path: str, *, seed: int, budget: float | None, label_free: bool) -> str:
    """Return the commands that describe a data file, and that train on it and distil."""
    distil = shlex.join(["mips", "distill", path, *["--label-free"] * label_free, *_common(seed, budget)])
    return f"{shlex.join(['mips', 'describe', path])}\n{distil}"


def _common(seed: int, budget: float | None) -> list[str]:
    words = ["--seed", str(seed)] if seed else []
    return words if budget is None else [*words, "--budget", f"{budget:g}"]
