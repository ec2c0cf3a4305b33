"""The prefix tree of recorded sequences: one node per beginning that occurs, one edge per step from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.stepping import IntArray

NONE = -1


@dataclass(frozen=True, eq=False)
class PrefixTree:
    """Edges of the prefix tree with what was recorded on them.

    Node 0 is the empty beginning; edge ``e`` leads to node ``e + 1``.

    Parameters
    ----------
    edge : int64, shape (nodes, X); number of the edge that takes symbol i out of a node, -1 where none was recorded
    output : int64, shape (edges,); the output recorded most often on an edge
    hits, misses : int64, shape (edges,); how often that output was recorded, and how often another one
    """

    edge: IntArray
    output: IntArray
    hits: IntArray
    misses: IntArray

    @property
    def repeated(self) -> tuple[int, int]:
        """Recorded outputs on edges that were taken at least three times, and how many of them are in the minority."""
        often = self.hits + self.misses >= 3
        return int((self.hits + self.misses)[often].sum()), int(self.misses[often].sum())


def build_tree(x: IntArray, y: IntArray, lengths: IntArray, symbols: int, outputs: int) -> PrefixTree:
    """Build the tree level by level.

    Parameters
    ----------
    x, y : int64, shape (N, T); input and output of each step as numbers 0..symbols-1 and 0..outputs-1
    lengths : int64, shape (N,); steps of each sequence, what lies beyond is ignored
    symbols, outputs : sizes of the two alphabets
    """
    rows = np.arange(len(x))
    node = np.zeros(len(x), dtype=np.int64)
    parents, taken, answers, hits, misses = [], [], [], [], []
    nodes = 1
    for t in range(x.shape[1]):
        alive = lengths[rows] > t
        rows, node = rows[alive], node[alive]
        if len(rows) == 0:
            break
        key, place = np.unique(node * symbols + x[rows, t], return_inverse=True)
        counts = np.bincount(place * outputs + y[rows, t], minlength=len(key) * outputs).reshape(len(key), outputs)
        best = counts.argmax(axis=1)
        parents.append(key // symbols)
        taken.append(key % symbols)
        answers.append(best)
        hits.append(counts[np.arange(len(key)), best])
        misses.append(counts.sum(axis=1) - hits[-1])
        node = nodes + place
        nodes += len(key)
    edge = np.full((nodes, symbols), NONE, dtype=np.int64)
    edge[np.concatenate(parents), np.concatenate(taken)] = np.arange(nodes - 1)
    return PrefixTree(edge, np.concatenate(answers), np.concatenate(hits), np.concatenate(misses))
