"""Correcting a machine by the recordings on which it is wrong.

A merge on little evidence can lead one transition to a wrong state.  Each transition on the way to a wrong output is
tried with every other target, all else being equal, on the recordings that take it: the target with the fewest wrong
outputs stays.  States without which no more outputs are wrong are left out.
"""

from __future__ import annotations

import numpy as np

from mips_core.machines.traces.tables import Recordings, Tables
from mips_core.progress import Monitor
from mips_core.stepping import IntArray
from mips_core.tasks.chance import chance_of_more

SAMPLE = 200
"""Recordings with right outputs on which a new target is tried, beside those with wrong ones."""

SPLITS = 30
"""Most transitions that are tried with a state of their own before one of them gets it."""

FOLLOWED = 5
"""The most promising of these, for which other transitions are led to the new state as well."""

HOPELESS = 100
"""Wrong outputs beyond which it is not tried to do without a state by new targets for others."""

KEEP_LEVEL = 1e-4
"""Chance at which the wrong outputs that a state avoids are no longer put down to wrong recordings."""


class Refitting:
    """Improves tables step by step; see :meth:`run`.

    Parameters
    ----------
    recordings : what was recorded
    tables : the machine to start from
    noise : share of recorded outputs that are wrong, in [0, 1)
    seed : draws the recordings that targets are tried on
    """

    def __init__(self, recordings: Recordings, tables: Tables, *, noise: float, seed: int) -> None:
        self._data = recordings
        self._noise = noise
        self._rng = np.random.default_rng([seed, 31])
        self._adopt(tables)

    def run(self, monitor: Monitor, max_states: int) -> Tables:
        """Retarget transitions, leave out states and split them until nothing improves or the monitor's deadline."""
        self._retarget_all(monitor)
        seen: set[tuple[int, int]] = set()
        while (self.wrong, self.tables.states) not in seen:  # a state that was split off may be left out again
            seen.add((self.wrong, self.tables.states))
            while self._leave_out(monitor):
                pass
            if self.tables.states < max_states and self._split(monitor):
                self._retarget_all(monitor)
        return self.tables

    def lead(self, edge: int, target: int) -> bool:
        """Lead a transition to another state unless more recorded outputs are wrong then; tell whether it was done."""
        old, before = self.tables, self.wrong
        self._adopt(self._with_target(edge, target))
        if self.wrong > before:
            self._adopt(old)
            return False
        return True

    def alternatives(self, edge: int) -> IntArray:
        """Return the states that a transition could lead to with no more wrong outputs than now, its own among them."""
        here = self._edges == edge
        rows = np.flatnonzero(here.any(axis=1))
        if len(rows) == 0:  # since another transition was led elsewhere
            return np.arange(self.tables.states)
        rows = rows if len(rows) <= SAMPLE else self._rng.choice(rows, SAMPLE, replace=False)
        errors = self._errors(edge, rows, here[rows].argmax(axis=1)).sum(axis=1)
        found: IntArray = np.flatnonzero(errors <= errors[int(self.tables.next_state.reshape(-1)[edge])])
        return found

    def _adopt(self, tables: Tables) -> None:
        self.tables, _ = self._data.settled(tables)
        self._states = self._data.states(self.tables)
        self._wrong = (self.tables.output[self._states, self._data.x] != self._data.y) & self._data.mask
        self._edges = np.where(self._data.mask, self._states * self.tables.next_state.shape[1] + self._data.x, -1)

    @property
    def wrong(self) -> int:
        """Recorded outputs that the machine gives otherwise."""
        return int(self._wrong.sum())

    def _retarget_all(self, monitor: Monitor) -> None:
        improved = True
        while improved:
            improved = False
            for edge in self._suspects():
                if monitor.expired:
                    return
                before = self.wrong
                target = self._best_target(edge)
                if target is None:
                    continue
                old = self.tables
                self._adopt(self._with_target(edge, target))
                if self.wrong < before:
                    improved = True
                else:
                    self._adopt(old)

    def _with_target(self, edge: int, target: int) -> Tables:
        next_state = self.tables.next_state.copy()
        next_state.reshape(-1)[edge] = target
        return Tables(next_state, self.tables.output)

    def _suspects(self) -> IntArray:
        """Return the transitions before wrong outputs, those first that lead to wrong outputs most of the time."""
        failing = np.flatnonzero(self._wrong.any(axis=1))
        if len(failing) == 0:
            return np.zeros(0, dtype=np.int64)
        last = self._data.x.shape[1] - 1 - self._wrong[failing][:, ::-1].argmax(axis=1)
        before = np.arange(self._data.x.shape[1]) < last[:, None]
        size = self.tables.next_state.size
        blamed = np.bincount(self._edges[failing][before], minlength=size)
        taken = np.bincount(self._edges[self._data.mask], minlength=size)
        suspects = np.flatnonzero(blamed > 0)
        share = blamed[suspects] / taken[suspects]
        least = 2.0 * float(self._wrong.sum() / max(1, self._data.mask.sum()))
        kept = suspects[share > least] if self._noise > 0 else suspects
        order: IntArray = kept[np.argsort(-blamed[kept] / taken[kept], kind="stable")]
        return order

    def _best_target(self, edge: int) -> int | None:
        """Return another target for a transition with fewer wrong outputs, or None."""
        here = self._edges == edge
        rows = np.flatnonzero(here.any(axis=1))
        first = here[rows].argmax(axis=1)
        after = np.arange(self._data.x.shape[1]) > first[:, None]
        failing = (self._wrong[rows] & after).any(axis=1)
        bad, good = np.flatnonzero(failing), np.flatnonzero(~failing)
        if len(bad) == 0:
            return None
        bad = bad if len(bad) <= SAMPLE else self._rng.choice(bad, SAMPLE, replace=False)
        kept = good if len(good) <= SAMPLE else self._rng.choice(good, SAMPLE, replace=False)
        chosen = np.concatenate([bad, kept])
        weight = np.concatenate(
            [np.full(len(bad), failing.sum() / len(bad)), np.full(len(kept), len(good) / max(1, len(kept)))]
        )
        errors = self._errors(edge, rows[chosen], first[chosen]) @ weight
        current = int(self.tables.next_state.reshape(-1)[edge])
        best = int(errors.argmin())
        return best if errors[best] < errors[current] else None

    def _errors(self, edge: int, rows: IntArray, first: IntArray) -> IntArray:
        """Return the wrong outputs after a transition's first use, per target and recording, int64 (S, rows)."""
        states, symbols = self.tables.next_state.shape
        targets = np.arange(states)[:, None]
        state = np.broadcast_to(targets, (states, len(rows))).copy()
        errors = np.zeros((states, len(rows)), dtype=np.int64)
        steps = self._data.x.shape[1]
        for offset in range(1, steps - int(first.min())):
            t = np.minimum(first + offset, steps - 1)
            alive = self._data.mask[rows, t] & (first + offset < steps)
            if not alive.any():
                break
            x, y = self._data.x[rows, t], self._data.y[rows, t]
            errors += (self.tables.output[state, x] != y) & alive
            again = state * symbols + x == edge
            state = np.where(again, targets, self.tables.next_state[state, x])
        return errors

    def _leave_out(self, monitor: Monitor) -> bool:
        """Leave out the first state that can go, and tell whether there was one."""
        visits = np.bincount(self._states[self._data.mask], minlength=self.tables.states)
        for state in np.argsort(visits, kind="stable").tolist():
            if monitor.expired:
                return False
            if state == 0 or visits[state] > visits.max() / 3:
                continue
            before, old = self.wrong, self.tables
            self._remove(state)
            if self.wrong - before <= HOPELESS:
                self._retarget_all(monitor)
            if not self._needed(self.wrong - before, int(visits[state])):
                return True
            self._adopt(old)
        return False

    def _remove(self, state: int) -> None:
        """Lead each transition into a state to the best other one, the state's own away first; then remove it."""
        incoming = np.flatnonzero(self.tables.next_state.reshape(-1) == state)
        symbols = self.tables.next_state.shape[1]
        incoming = incoming[incoming // symbols != state]
        next_state = self.tables.next_state.copy()
        for edge in incoming:
            here = self._edges == edge
            rows = np.flatnonzero(here.any(axis=1))
            if len(rows) == 0:
                next_state.reshape(-1)[edge] = 0
                continue
            rows = rows if len(rows) <= SAMPLE else self._rng.choice(rows, SAMPLE, replace=False)
            errors = self._errors(int(edge), rows, here[rows].argmax(axis=1)).sum(axis=1)
            errors[state] = 2**40
            next_state.reshape(-1)[edge] = int(errors.argmin())
        kept = np.flatnonzero(np.arange(len(next_state)) != state)
        rank = np.zeros(len(next_state), dtype=np.int64)
        rank[kept] = np.arange(len(kept))
        self._adopt(Tables(rank[next_state[kept]], self.tables.output[kept]))

    def _split(self, monitor: Monitor) -> bool:
        """Give one transition before wrong outputs a state of its own, where that helps most; tell whether it did."""
        old, before = self.tables, self.wrong
        tried: list[tuple[int, int, Tables]] = []
        for edge in self._suspects()[:SPLITS].tolist():
            if monitor.expired:
                break
            visits = int((self._edges == edge).sum())
            self._clone(edge)
            states, symbols = self.tables.next_state.shape
            for symbol in range(symbols):
                own = (states - 1) * symbols + symbol
                target = self._best_target(own)
                if target is not None:
                    kept, wrong = self.tables, self.wrong
                    self._adopt(self._with_target(own, target))
                    if self.wrong >= wrong:
                        self._adopt(kept)
            tried.append((self.wrong, visits, self.tables))
            self._adopt(old)
        best: tuple[int, Tables] | None = None
        for _, visits, tables in sorted(tried, key=lambda one: one[0])[:FOLLOWED]:
            self._adopt(tables)
            self._retarget_all(monitor)
            if self._needed(before - self.wrong, visits) and (best is None or self.wrong < best[0]):
                best = self.wrong, self.tables
        self._adopt(old if best is None else best[1])
        return best is not None

    def _clone(self, edge: int) -> None:
        """Lead a transition to a copy of its target."""
        target = int(self.tables.next_state.reshape(-1)[edge])
        next_state = np.concatenate([self.tables.next_state, self.tables.next_state[target : target + 1]])
        next_state.reshape(-1)[edge] = len(next_state) - 1
        self._adopt(Tables(next_state, np.concatenate([self.tables.output, self.tables.output[target : target + 1]])))

    def _needed(self, more: int, visits: int) -> bool:
        """Tell whether wrong outputs that a state avoids are more than chance."""
        if more <= 0:
            return False
        if self._noise == 0.0:
            return True
        return bool(chance_of_more(more, max(visits, more), self._noise) < KEEP_LEVEL)
