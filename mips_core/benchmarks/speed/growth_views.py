"""How the explorer's pictures grow: with the states of a machine, and with the steps of a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mips_core.benchmarks.speed.contestant import OURS, Judgement
from mips_core.benchmarks.speed.drawing_judge import drawn_by_us
from mips_core.benchmarks.speed.growth import Growth, measure_growth
from mips_core.benchmarks.speed.pages import WHOLE, OurDrawing, OurPlayer, by_name, forget_all, random_machine
from mips_core.machines.mealy import MealyMachine
from mips_core.progress import Monitor

CAP = 60.0
_SEED = 0
_WHOLE_WHY = (
    "every pair of arrows may cross, and each order of a circle is tried; the pages draw at most "
    f"{max(WHOLE)} states at once"
)


@dataclass(frozen=True)
class PagePicture:
    """The picture that the State machine page shows: the machine, or the start's neighbourhood in a large one."""

    states: int
    name: str = OURS

    def prepare(self) -> tuple[Any, MealyMachine]:
        """Draw the machine's table; forget earlier pictures."""
        draw = by_name("mips_core.views.machine_svg").machine_svg
        draw(random_machine(9, _SEED))
        forget_all()
        return draw, random_machine(self.states, _SEED)

    def run(self, prepared: tuple[Any, MealyMachine]) -> Any:
        """Choose what is shown, lay it out and write the SVG."""
        draw, machine = prepared
        return draw(machine)

    def judge(self, prepared: tuple[Any, MealyMachine], output: Any) -> Judgement:
        """Whether all states are drawn, or a note says that these are some of so many."""
        shown = len(drawn_by_us(output.svg).places)
        told = f"{self.states:,} states" in output.note
        right = shown == self.states if self.states <= max(WHOLE) else told and 0 < shown <= max(WHOLE)
        return Judgement(right, reason="" if right else f"{shown} states are drawn, and the note is {output.note!r}")


def growth(*, quick: bool, monitor: Monitor) -> Iterator[Growth]:
    """Draw machines whole, as a page shows them, and sequences in the player."""
    whole = measure_growth(
        "draw a whole machine", "states", "2 symbols", (5, 10) if quick else (5, 10, 20, 40, 80),
        lambda states: OurDrawing(states, _SEED), cap=CAP, monitor=monitor, why=_WHOLE_WHY,
    )  # fmt: skip
    last = whole.points[-1].size
    yield replace(whole, unmeasured=whole.unmeasured or f"above {last} states: no page draws so large a machine whole")
    yield measure_growth(
        "draw what the State machine page shows", "states", f"2 symbols; beyond {max(WHOLE)} the neighbours of a state",
        (5, 100) if quick else (10, 40, 100, 400, 1_000, 5_000), PagePicture, cap=CAP, monitor=monitor,
    )  # fmt: skip
    yield measure_growth(
        "prepare the player", "steps", "8 states", (5, 10) if quick else (10, 20, 50, 100, 200, 400),
        lambda steps: OurPlayer(steps, _SEED), cap=CAP, monitor=monitor,
    )  # fmt: skip
