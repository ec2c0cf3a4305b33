"""The smallest machine that gives every recorded output, among many that chance led elsewhere.

For recordings without errors.  One merge on little evidence can be wrong, and then states come out twice.  So merging
is done again and again, each time in another order and with other choices; every second time most of it as in the
best machine so far, but for what little was recorded of (large neighbourhood search: Shaw 1998).  The fewest states
win, and among equals the machine that the network agrees with more often.
"""

from __future__ import annotations

import numpy as np

from mips_core.errors import TooManyStatesError
from mips_core.machines.traces.answers import Answers
from mips_core.machines.traces.prefix_tree import NONE, PrefixTree
from mips_core.machines.traces.red_blue import Merging, Variation
from mips_core.machines.traces.tables import Recordings, Tables
from mips_core.networks.recurrent import Recurrent
from mips_core.progress import Monitor
from mips_core.stepping import IntArray, outputs_of

RESTARTS = 400
"""Most machines that are looked at."""

PATIENCE = 120
"""Machines in a row, none of them better than the best, after which the search ends."""

SPREADS = (0.3, 1.0, 2.0)
"""Standard deviations of the logarithm of visits, taken in turn."""

LOOSEST = (3.0, 300.0)
"""Range of the visits below which an earlier machine is left more often than followed."""

WALKS = 2000
"""Random words on which machine and network are compared."""


def smallest(
    tree: PrefixTree,
    recordings: Recordings,
    answers: Answers,
    network: Recurrent,
    symbols: IntArray,
    *,
    max_states: int,
    seed: int,
    monitor: Monitor,
) -> Tables | None:
    """Return the best machine that gives all recorded outputs, or None when none was found in time.

    Parameters
    ----------
    symbols : int64, shape (X, D_in); the input symbols that the recordings number
    max_states : more states are not looked for
    """
    rng = np.random.default_rng([seed, 53])
    words = rng.integers(len(symbols), size=(WALKS, recordings.x.shape[1]))
    walks = Recordings(words, words, np.ones_like(words, dtype=bool), recordings.outputs)
    answered = outputs_of(network, symbols[words])[:, :, 0]
    best: tuple[tuple[int, int], Tables] | None = None
    labels: IntArray | None = None
    since = 0
    for number in range(RESTARTS):
        if monitor.expired or since == PATIENCE:
            break
        loose = float(np.exp(rng.uniform(*np.log(LOOSEST))))
        followed = labels if number % 2 == 0 else None
        spread = SPREADS[number // 2 % len(SPREADS)]
        variation = Variation(rng, spread, followed, loose) if number > 0 else None
        limit = max_states if best is None else best[0][0] + 2
        since += 1
        try:
            found = Merging(tree, answers, noise=0.0, max_states=limit, variation=variation).run(monitor.check)
        except TooManyStatesError:
            continue
        outputs = found.output[walks.states(found), words]
        key = found.states, int((outputs != answered).any(axis=1).sum())
        if best is None or key <= best[0]:
            since = since if best is not None and key == best[0] else 0
            best, labels = (key, found), _labels(tree, found)
            monitor.report("extract", f"{found.states} states give all recorded outputs; looking for fewer")
    return None if best is None else best[1]


def _labels(tree: PrefixTree, tables: Tables) -> IntArray:
    """Return the machine's state at every node of the tree, int64 (nodes,)."""
    labels = np.zeros(len(tree.edge), dtype=np.int64)
    nodes = np.zeros(1, dtype=np.int64)
    while len(nodes):
        edges = tree.edge[nodes]
        place, symbol = np.nonzero(edges != NONE)
        below = edges[place, symbol] + 1
        labels[below] = tables.next_state[labels[nodes[place]], symbol]
        nodes = below
    return labels
