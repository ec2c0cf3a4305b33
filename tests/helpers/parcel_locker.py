"""A device of our own: a parcel locker with a keypad and a door, as a machine, and traces recorded of it.

The shipped example ``assets/examples/parcel_locker.csv`` is ``write_traces(path)``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mips_core.tasks import Dataset, make_dataset

WORDS = ("bad", "close", "good", "open", "put", "reset", "take", "wait")
STATES = 10
"""Open, unlocked, locked with no or one bad code behind it, or blocked; each with or without a parcel."""

State = tuple[str, int, int]

START: State = ("open", 0, 0)


def step(state: State, word: str) -> tuple[State, str]:
    """Return the next state (door, parcel, bad codes) and what the locker says."""
    door, parcel, bad = state
    lamp = "lit" if parcel else "dark"
    if door == "blocked":
        return (("shut", parcel, 0), "ready") if word == "reset" else (state, lamp if word == "wait" else "blocked")
    if door == "open":
        if word == "put":
            return (("open", 1, 0), "stored") if not parcel else (state, "full")
        if word == "take":
            return (("open", 0, 0), "given") if parcel else (state, "empty")
        return (("unlocked", parcel, 0), "shut") if word == "close" else (state, "beep" if word == "wait" else "-")
    if word == "good":
        return ("unlocked", parcel, 0), "ok"
    if word == "bad" and door == "shut":
        return (("blocked", parcel, 0), "alarm") if bad == 1 else (("shut", parcel, 1), "wrong")
    if word == "open":
        return (("open", parcel, 0), "opens") if door == "unlocked" else (state, "locked")
    if word == "close" and door == "unlocked":
        return ("shut", parcel, 0), "locks"
    return state, lamp if word == "wait" else "-"


def recorded(rows: int, *, seed: int, wrong: float = 0.0, steps: tuple[int, int] = (6, 18)) -> Dataset:
    """Draw random traces; a share ``wrong`` of the outputs is another word than the locker's."""
    x, y = _texts(rows, seed, wrong, steps)
    lengths = np.array([len(words) for words in x])
    width = int(lengths.max())

    def padded(texts: list[list[str]]) -> np.ndarray:
        return np.array([words + [words[0]] * (width - len(words)) for words in texts])

    return make_dataset(padded(x), padded(y), lengths, name="parcel locker")


def write_traces(path: Path, rows: int = 2600, *, seed: int = 0, wrong: float = 0.0) -> None:
    """Write traces as a CSV file with the columns x and y."""
    lines = [f"{' '.join(x)},{' '.join(y)}" for x, y in zip(*_texts(rows, seed, wrong, (6, 18)), strict=True)]
    path.write_text("\n".join(["x,y", *lines, ""]))


def _texts(rows: int, seed: int, wrong: float, steps: tuple[int, int]) -> tuple[list[list[str]], list[list[str]]]:
    rng = np.random.default_rng(seed)
    inputs, outputs = [], []
    said = ["-", "alarm", "beep", "blocked", "empty", "full", "given", "lit", "locked", "ok", "opens", "ready"]
    for _ in range(rows):
        state = START
        words = [WORDS[i] for i in rng.integers(len(WORDS), size=rng.integers(steps[0], steps[1] + 1))]
        answers = []
        for word in words:
            state, answer = step(state, word)
            if rng.random() < wrong:
                answer = said[int(rng.integers(len(said)))]
            answers.append(answer)
        inputs.append(words)
        outputs.append(answers)
    return inputs, outputs
