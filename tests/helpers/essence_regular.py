"""Regular essence networks of any size, written out as weights: what condensing has to find again."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from mips_core.essence.network import EssenceNetwork, Head, Layer, Subconcept


def layer(name: str, weights: object, bias: object, scale: int = 1) -> Layer:
    return Layer(name, np.array(weights, dtype=np.int64), np.array(bias, dtype=np.int64), scale)


def lines_network(n: int, mode: str = "and") -> EssenceNetwork:
    """Rows (label 0) against columns (label 1) of an n by n image."""
    first, pairs = [], []
    for i in range(n):
        for j in range(n):
            weights = np.zeros((n, n), dtype=np.int64)
            weights[i, :] += 1
            weights[:, j] -= 1
            first.append(weights.ravel())
            pairs.append((i, n + j))
    own, other, threshold = (2, 0, 2 * n - 1) if mode == "and" else (1, -(n - 1), n * (n - 1))
    second = [[own if a == i else other for a, _ in pairs] for i in range(n)]
    second += [[-own if b == n + j else -other for _, b in pairs] for j in range(n)]
    third = [[1] * n + [0] * n, [0] * n + [1] * n]
    return EssenceNetwork(
        (n, n),
        (
            layer("differentia", first, [0] * n * n),
            layer("subconcept", second, [-threshold] * 2 * n),
            layer("concept", third, [0, 0]),
        ),
        (Head((0, 1), (0, 1)),),
        subconcepts=tuple(Subconcept(0, int(s >= n), (s,)) for s in range(2 * n)),
        differentiae=tuple(pairs),
        mode=mode,
    )


def cells_network(n: int) -> EssenceNetwork:
    """Rule 110 on a row of n cells with joined borders: one output for each cell."""
    first, second, third = [], [], []
    for i in range(n):
        around, right = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        for place in (i - 1, i, i + 1):
            around[place % n] += 2
        for place in (i, i + 1):
            right[place % n] += 2
        first += [around, right]
        wanted = np.zeros((3, 2 * n), dtype=np.int64)
        wanted[0, [2 * i, 2 * i + 1]] = -2, 2
        wanted[1, 2 * i] = 2
        wanted[2, 2 * i + 1] = -2
        second += list(wanted)
        scores = np.zeros((2, 3 * n), dtype=np.int64)
        scores[0, [3 * i + 1, 3 * i + 2]] = 1
        scores[1, 3 * i] = 1
        third += list(scores)
    return EssenceNetwork(
        (n,),
        (
            layer("differentia", first, [-5, -1] * n),
            layer("subconcept", second, [-3, -1, -1] * n),
            layer("concept", third, [0] * 2 * n),
        ),
        tuple(Head((2 * i, 2 * i + 1), (0, 1)) for i in range(n)),
        several=True,
    )


def prefix_network(n: int) -> EssenceNetwork:
    """Output i is 1 where one of the first i + 1 inputs is."""
    eye = np.eye(n, dtype=np.int64)
    return EssenceNetwork(
        (n,),
        (
            layer("differentia", 2 * np.tril(np.ones((n, n))), [-1] * n),
            layer("subconcept", np.stack([-2 * eye, 2 * eye], axis=1).reshape(2 * n, n), [-1] * 2 * n),
            layer("concept", np.eye(2 * n), [0] * 2 * n),
        ),
        tuple(Head((2 * i, 2 * i + 1), (0, 1)) for i in range(n)),
        several=True,
    )


CLAUSE_LABELS = ((0.0, 1.0), (0.99, 1.0), (1.0, 0.0), (1.0, 0.99))


def clauses_network(variables: int, clauses: int) -> EssenceNetwork:
    """Evidence for a variable from each clause: alone or with others, affirmed or denied; literals by clauses."""
    height = 2 * variables
    first, bias, pairs = [], [], []
    for a, b in combinations(range(4), 2):
        if a + b == 3:
            continue  # families that differ in both respects need no neuron of their own
        for clause in range(clauses):
            weights = np.zeros((height, clauses), dtype=np.int64)
            if {a, b} in ({0, 1}, {2, 3}):
                weights[2:, clause] = -2
            else:
                weights[:2, clause] = -1, 1
            first.append(weights.ravel())
            bias.append(1 if {a, b} in ({0, 1}, {2, 3}) else 0)
            pairs.append((a * clauses + clause, b * clauses + clause))
    second = np.zeros((4 * clauses, len(pairs)), dtype=np.int64)
    for neuron, (a, b) in enumerate(pairs):
        second[a, neuron], second[b, neuron] = 2, -2
    weight = {0.0: -10_000, 0.99: 2_298, 1.0: 10_000}
    third = [np.repeat([weight[labels[k]] for labels in CLAUSE_LABELS], clauses) for k in range(2)]
    return EssenceNetwork(
        (height, clauses),
        (
            layer("differentia", first, bias),
            layer("subconcept", second, [-3] * 4 * clauses),
            layer("concept", third, [0, 0], 1000),
        ),
        (),
        subconcepts=tuple(Subconcept(0, labels, ()) for labels in CLAUSE_LABELS for _ in range(clauses)),
        differentiae=tuple(pairs),
    )
