"""What ``mips essence --json`` says about a distillation, as plain JSON values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mips_core.errors import NoRegularStructureError
from mips_core.essence.certify_questions import rule_width
from mips_core.essence.data import EssenceData
from mips_core.essence.result import EssenceResult
from mips_core.essence.tasks.judging import Scaling
from mips_core.progress import Stopwatch


def essence_report(name: str, result: EssenceResult, scaling: Iterable[Scaling]) -> dict[str, Any]:
    """Return the report of a program.

    Parameters
    ----------
    name : of the task or the file
    scaling : how right the program is at several sizes
    """
    network, program = result.network, result.program
    return {
        "task": name,
        "reading": result.reading,
        "network": {
            "inputs": network.layers[0].weights.shape[1],
            "neurons": network.neurons,
            "numbers": network.numbers,
            "subconcepts": len(network.subconcepts),
            "sizes": [list(each.input_shape) for each in result.networks],
        },
        "program": {
            "source": program.source,
            "function": program.name,
            "lines": program.lines,
            "nodes": program.nodes,
            "assumed": list(result.condensed.assumed),
        },
        "losslessness": result.losslessness.to_dict(),
        "scaling": [each.to_dict() for each in scaling],
        "seconds": result.seconds.to_dict(),
        "tried": [attempt.sentence for attempt in result.tried],
    }


def refusal_report(name: str, error: NoRegularStructureError) -> dict[str, Any]:
    """Return the report of data or a network without a program."""
    return {"task": name, "program": None, "losslessness": None, "message": str(error), "tried": list(error.tried)}


def taught_scaling(data: EssenceData, result: EssenceResult) -> tuple[Scaling, ...]:
    """Say how right a program is on the samples themselves, at each of their sizes: all that data alone can judge.

    A window is judged by its middle cell; a policy for clauses cannot be judged by samples.
    """
    function = result.program.function
    found = []
    for samples in data.samples:
        if samples.is_soft:
            continue
        shape = samples.input_shape
        clock, right = Stopwatch(), 0
        for x, y in zip(samples.x.tolist(), samples.y.tolist(), strict=True):
            right += bool(_middle(function, x, result.reading, shape) == y)
        found.append(Scaling(shape, len(samples.x), right, clock.seconds, "taught"))
    return tuple(found)


def _middle(function: Callable[..., Any], x: Any, reading: str, shape: tuple[int, ...]) -> Any:
    if reading == "window":
        rows = function(x)
        return rows[shape[0] // 2] if len(shape) == 1 else rows[shape[0] // 2][shape[1] // 2]
    if reading == "rule and window":
        width = rule_width(shape)
        assert width is not None
        rule = sum(bit << k for k, bit in enumerate(x[:-width]))
        return function(x[-width:], rule)[width // 2]
    return function(x)
