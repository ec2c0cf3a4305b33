"""One measurement out of several: what this run leaves out is taken from files that earlier runs wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mips_core.benchmarks.speed.growth import SECTION as GROWTH_SECTION
from mips_core.benchmarks.speed.result import SpeedBenchmark, read_speed_benchmark
from mips_core.benchmarks.speed.running import PARTS
from mips_core.errors import BadInputError


def parts_of(found: SpeedBenchmark) -> tuple[str, ...]:
    """Return which parts a measurement holds, in the order of measuring."""
    held = {row.section for row in found.comparisons} | ({GROWTH_SECTION} if found.growth else set())
    return tuple(part for part in PARTS if part in held)


def joined(now: SpeedBenchmark, others: Sequence[SpeedBenchmark]) -> SpeedBenchmark:
    """Return a measurement with those parts of others that it does not hold, each of the first that has it.

    Says in ``skipped`` when the others were made; conditions and versions are those of ``now``.

    Raises
    ------
    BadInputError
        when quick and whole measurements, or such of different processors, would stand side by side.
    """
    comparisons, growth, held = list(now.comparisons), now.growth, set(parts_of(now))
    seconds, told = now.seconds, []
    for other in others:
        if (other.quick, other.processor) != (now.quick, now.processor):
            raise BadInputError(
                "Measurements of different processors, or a quick and a whole one, cannot be compared; measure all "
                "parts in the same way."
            )
        new = [part for part in parts_of(other) if part not in held]
        if not new:
            continue
        comparisons += [row for row in other.comparisons if row.section in new]
        growth = other.growth if GROWTH_SECTION in new else growth
        held.update(new)
        seconds += other.seconds
        told.append(f"Of another run, {other.conditions.date}: {', '.join(new)}.")
    order = {part: place for place, part in enumerate(PARTS)}
    comparisons.sort(key=lambda row: order.get(row.section, len(order)))
    missing = tuple(f"{part} was left out on request." for part in PARTS if part not in held)
    return replace(
        now, comparisons=tuple(comparisons), growth=growth, seconds=seconds, skipped=(*missing, *told),
    )  # fmt: skip


def check_overwritten(out: Path | None, parts: Sequence[str], others: Sequence[SpeedBenchmark]) -> None:
    """Refuse to replace a measurement by one that lacks parts of it: an hour of measuring would be gone.

    Parameters
    ----------
    parts : that are measured now
    others : whose parts are kept beside these

    Raises
    ------
    BadInputError
        when the file holds other parts; says which, and how they are kept.
    """
    if out is None or not out.exists():
        return
    kept = {*parts, *(part for other in others for part in parts_of(other))}
    lost = [part for part in parts_of(read_speed_benchmark(out)) if part not in kept]
    if lost:
        raise BadInputError(
            f"{out} holds parts that are not measured now: {', '.join(lost)}. Name another file, or keep them with "
            f"--with {out}."
        )
