"""Texts are parsed by many threads at once."""

from __future__ import annotations

import gc
import sys
import threading

from mips_core.runs import shipped_run
from mips_core.syntax import parse_formula, parse_module


class Loop:
    """Garbage that only the collector frees, and that runs Python when it does."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        for _ in range(50):
            pass


def test_threads_parse_at_once() -> None:
    """CPython 3.11 ends in a SystemError here when each thread calls ast.parse."""
    text = (shipped_run("parcel_locker").folder / "program.py").read_text()
    faults: list[SystemError] = []

    def parse() -> None:
        for _ in range(60):
            for _ in range(5):
                Loop()
            try:
                parse_module(text)
                parse_formula("x1 + 2 * (x2 % 3)")
            except SystemError as error:
                faults.append(error)

    threshold, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(50)
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=parse) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.set_threshold(*threshold)
        sys.setswitchinterval(interval)
    assert not faults
