"""Running statistics, counts and windows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unseen_rules.rule import Rule


def _clip(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)


def _last(k: int, function: Any, before: int = 0) -> tuple[Any, Any]:
    """Start and step of a function of the last k inputs, oldest first, with ``before`` ahead of the first."""

    def step(memory: Any, x: int) -> tuple[Any, Any]:
        window = (*memory, x)
        return window[1:], function(*window)

    return (before,) * (k - 1), step


def statistics() -> Iterator[Rule]:
    """Yield the rules."""
    yield from _extremes()
    yield from _counts()
    yield from _windows()


def _extremes() -> Iterator[Rule]:
    for top in (6, 10):

        def second(m: Any, x: int) -> tuple[Any, Any]:
            first, runner = sorted((*m, x), reverse=True)[:2]
            return (first, runner), runner

        yield Rule(f"second_largest_below_{top}", ((0, top),), (0, 0), second, rows=5000)
    yield Rule(
        "range_so_far", ((0, 8),), (9, -1), lambda m, x: ((min(m[0], x), max(m[1], x)), max(m[1], x) - min(m[0], x))
    )
    yield Rule(
        "index_of_greatest",
        ((0, 6),),
        (-1, 0, 0),
        lambda m, x: ((m2 := (x, m[2], m[2] + 1) if x > m[0] else (m[0], m[1], m[2] + 1)), m2[1]),
    )
    yield Rule("min_and_max", ((0, 6),), (9, -1), lambda m, x: ((a := (min(m[0], x), max(m[1], x))), a))
    yield Rule("greatest_distance_from_zero", ((-9, 10),), 0, lambda m, x: ((a := max(m, abs(x))), a))
    yield Rule("max_minus_current", ((0, 20),), 0, lambda m, x: ((a := max(m, x)), a - x))
    yield Rule("max_since_zero", ((0, 9),), 0, lambda m, x: ((a := 0 if x == 0 else max(m, x)), a))
    yield Rule("record_broken", ((0, 12),), -1, lambda m, x: (max(m, x), x > m))
    yield Rule("max_with_decay", ((0, 10),), 0, lambda m, x: ((a := max(m - 1, x)), a))


def _counts() -> Iterator[Rule]:
    for value, top in ((3, 6), (1, 4)):
        yield Rule(
            f"last_index_of_{value}",
            ((0, top),),
            (0, 0),
            lambda m, x, v=value: ((a := (m[0] + 1, m[0] + 1 if x == v else m[1])), a[1]),
            length=12,
        )
    yield Rule("steps_since_two", ((0, 5),), 0, lambda m, x: ((a := 0 if x == 2 else m + 1), a))
    yield Rule(
        "local_maxima", ((0, 7),), (0, 0, 0), lambda m, x: ((x, m[0], (c := m[2] + (m[1] < m[0] > x))), c), length=15
    )
    yield Rule("ascents", ((0, 8),), (99, 0), lambda m, x: ((x, (c := m[1] + (x > m[0]))), c))
    yield Rule(
        "changes_mod_3",
        ((0, 4),),
        (None, 0),
        lambda m, x: ((x, (c := (m[1] + (m[0] is not None and x != m[0])) % 3)), c),
    )
    yield Rule("run_length", ((0, 3),), (None, 0), lambda m, x: ((x, (c := m[1] + 1 if x == m[0] else 1)), c))
    yield Rule(
        "longest_run_of_ones",
        ((0, 2),),
        (0, 0),
        lambda m, x: (((r := m[0] + 1 if x else 0), (b := max(m[1], r))), b),
        length=15,
    )
    yield Rule(
        "equal_to_first",
        ((0, 5),),
        (None, 0),
        lambda m, x: (((f := x if m[0] is None else m[0]), (c := m[1] + (x == f))), c),
    )
    yield Rule("distinct_so_far", ((0, 4),), frozenset(), lambda m, x: ((s := m | {x}), len(s)))
    yield Rule("seen_before", ((0, 5),), frozenset(), lambda m, x: (m | {x}, x in m))
    yield Rule("odd_count", ((0, 20),), 0, lambda m, x: ((c := m + x % 2), c), length=12)
    yield Rule("balance_clipped", ((0, 2),), 0, lambda m, x: ((c := _clip(m + 2 * x - 1, -4, 4)), c), length=20)
    for m, k in ((10, 3), (12, 4), (9, 2)):
        yield Rule(f"sum_mod_{m}_over_{k}", ((0, 5),), 0, lambda s, x, m=m, k=k: ((t := (s + x) % m), t // k))
    yield Rule("count_big_mod_5", ((0, 30),), 0, lambda m, x: ((c := (m + (x >= 12)) % 5), c))
    yield Rule("weighted_sum_mod_7", ((0, 7),), 0, lambda m, x: ((c := (2 * m + x) % 7), c))
    yield Rule(
        "step_times_input_mod_4", ((0, 4),), (1, 0), lambda m, x: (((m[0] + 1) % 4, (s := (m[1] + m[0] * x) % 4)), s)
    )


def _windows() -> Iterator[Rule]:
    yield Rule("median_of_3", ((0, 8),), *_last(3, lambda a, b, c: sorted((a, b, c))[1]))
    yield Rule("max_last_2", ((0, 50),), *_last(2, max))
    yield Rule("max_last_3", ((0, 20),), *_last(3, max), rows=8000)
    yield Rule("min_last_2_signed", ((-9, 10),), *_last(2, min))
    yield Rule("second_difference", ((0, 40),), *_last(3, lambda a, b, c: a - 2 * b + c))
    yield Rule("sign_change", ((-5, 6),), *_last(2, lambda a, b: a * b < 0))
    yield Rule("range_last_3", ((0, 10),), *_last(3, lambda *w: max(w) - min(w)))
    yield Rule("larger_than_two_back", ((0, 9),), *_last(3, lambda a, b, c: c > a))
    yield Rule("product_last_2", ((0, 9),), *_last(2, lambda a, b: a * b))
    yield Rule("sum_last_3_over_3", ((0, 12),), *_last(3, lambda a, b, c: (a + b + c) // 3))
    yield Rule("peak_at_previous", ((0, 6),), *_last(3, lambda a, b, c: b > a and b > c))
    yield Rule("direction", ((0, 30),), *_last(2, lambda a, b: (b > a) - (b < a)))
    yield Rule("two_of_three", ((0, 2),), *_last(3, lambda a, b, c: a + b + c >= 2), rows=800)
    yield Rule("three_bit_number", ((0, 2),), *_last(3, lambda a, b, c: 4 * a + 2 * b + c), rows=800)
    yield Rule("difference_and_sum", ((-10, 11),), *_last(2, lambda a, b: (b - a, a + b)))
    yield Rule("larger_neighbour_doubled", ((0, 100),), *_last(2, lambda a, b: 2 * max(a, b)), rows=10_000)
