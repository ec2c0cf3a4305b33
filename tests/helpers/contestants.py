"""Contestants of the speed benchmark that do something known."""

from __future__ import annotations

import time
from dataclasses import dataclass

from mips_core.benchmarks.speed import Judgement


@dataclass(frozen=True)
class Sleeper:
    """Takes so many seconds and so much memory, and answers 3."""

    name: str
    seconds: float = 0.0
    megabytes: int = 0
    answer: int = 3
    untimed: float = 0.0

    def prepare(self) -> int:
        time.sleep(self.untimed)
        return 3

    def run(self, prepared: int) -> int:
        held = bytearray(self.megabytes * 2**20)
        held[::4096] = b"x" * len(held[::4096])
        time.sleep(self.seconds)
        return self.answer

    def judge(self, prepared: int, output: int) -> Judgement:
        return Judgement(output == prepared, {"answer": output}, "" if output == prepared else "not 3")


@dataclass(frozen=True)
class Failing(Sleeper):
    """Raises an error of its own."""

    def run(self, prepared: int) -> int:
        raise ZeroDivisionError("there is nothing here")


@dataclass(frozen=True)
class Dying(Sleeper):
    """Ends its process."""

    def run(self, prepared: int) -> int:
        import os

        os._exit(7)
