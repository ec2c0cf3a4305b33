"""Arithmetic on streams, filters, conditionals and two-input rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unseen_rules.rule import Rule


def _clip(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def streams() -> Iterator[Rule]:
    """Yield the rules."""
    yield from _digits()
    yield from _filters()
    yield from _conditionals()
    yield from _pairs()


def _digits() -> Iterator[Rule]:
    for base in (2, 4, 10):

        def subtract(borrow: int, a: int, b: int, base: int = base) -> tuple[Any, Any]:
            d = a - b - borrow
            return int(d < 0), d % base

        yield Rule(f"subtract_base_{base}", ((0, base),) * 2, 0, subtract)
    for factor, base in ((3, 2), (5, 2), (3, 10), (7, 10)):
        yield Rule(
            f"times_{factor}_base_{base}",
            ((0, base),),
            0,
            lambda c, x, f=factor, b=base: ((t := f * x + c) // b, t % b),
        )
    for base in (2, 5):
        yield Rule(f"compare_base_{base}_low_first", ((0, base),) * 2, 0, lambda m, a, b: ((s := _sign(a - b) or m), s))
        yield Rule(
            f"compare_base_{base}_high_first", ((0, base),) * 2, 0, lambda m, a, b: ((s := m or _sign(a - b)), s)
        )
    for divisor, base in ((3, 2), (5, 2), (4, 10), (7, 10)):
        yield Rule(
            f"divide_by_{divisor}_base_{base}",
            ((0, base),),
            0,
            lambda r, x, d=divisor, b=base: ((t := b * r + x) % d, t // d),
        )
    yield Rule("value_mod_6_base_2", ((0, 2),), 0, lambda r, x: ((t := (2 * r + x) % 6), t), length=12)
    yield Rule("quotient_and_remainder_of_sum", ((0, 6),), 0, lambda s, x: ((t := (s + x) % 12), (t // 4, t % 4)))
    yield Rule("sum_and_carry_base_4", ((0, 4),) * 2, 0, lambda c, a, b: ((t := a + b + c) // 4, (t % 4, t // 4)))
    yield Rule("add_three_streams", ((0, 2),) * 3, 0, lambda c, a, b, d: ((t := a + b + d + c) // 2, t % 2))
    yield Rule("negate_twos_complement", ((0, 2),), 0, lambda seen, x: (seen | x, x ^ seen), rows=500)
    yield Rule("increment_base_6", ((0, 6),), 1, lambda c, x: ((t := x + c) // 6, t % 6))
    yield Rule(
        "greater_number_so_far_high_first",
        ((0, 4),) * 2,
        0,
        lambda m, a, b: ((s := m or _sign(a - b)), a if s > 0 else b),
    )


def _filters() -> Iterator[Rule]:
    yield Rule("input_minus_last_output", ((0, 10),), 0, lambda y, x: ((n := x - y), n))
    yield Rule("leaky_half_of_16", ((0, 16),), 0, lambda y, x: ((n := (y + x) // 2), n))
    yield Rule("leaky_half_of_50", ((0, 50),), 0, lambda y, x: ((n := (y + x) // 2), n), rows=8000)
    yield Rule("leaky_quarter", ((0, 12),), 0, lambda y, x: ((n := (3 * y + x) // 4), n))
    for fire, top in ((7, 5), (20, 9)):
        yield Rule(
            f"accumulate_and_fire_at_{fire}",
            ((0, top),),
            0,
            lambda s, x, f=fire: (s + x if s + x < f else 0, s + x >= f),
        )
    yield Rule("clamped_sum", ((-4, 5),), 0, lambda s, x: ((t := _clip(s + x, 0, 15)), t))
    yield Rule("clamped_sum_signed", ((-3, 4),), 0, lambda s, x: ((t := _clip(s + x, -8, 8)), t))
    yield Rule("leaking_bucket", ((0, 5),), 0, lambda s, x: ((t := min(max(s + x - 2, 0), 12)), t))
    yield Rule("follow_by_one", ((0, 10),), 0, lambda y, x: ((n := y + _sign(x - y)), n), length=15)
    yield Rule("follow_by_at_most_three", ((0, 16),), 0, lambda y, x: ((n := y + _clip(x - y, -3, 3)), n))
    yield Rule("dead_zone", ((0, 12),), 0, lambda y, x: ((n := x if abs(x - y) > 2 else y), n))
    yield Rule(
        "hold_every_third", ((0, 9),), (0, 0), lambda m, x: (((m[0] + 1) % 3, (h := x if m[0] == 0 else m[1])), h)
    )
    yield Rule("alternating_sum", ((0, 10),), (0, 1), lambda m, x: (((s := m[0] + m[1] * x), -m[1]), s))
    yield Rule("sum_of_changes", ((0, 8),), (0, 0), lambda m, x: ((x, (s := m[1] + abs(x - m[0]))), s))


def _conditionals() -> Iterator[Rule]:
    yield Rule("even_up_odd_down", ((0, 10),), 0, lambda y, x: ((n := _clip(y + (1 if x % 2 == 0 else -2), 0, 9)), n))
    yield Rule("sum_of_positive", ((-9, 10),), 0, lambda s, x: ((n := s + max(x, 0)), n))
    yield Rule("evens_minus_odds", ((0, 10),), 0, lambda s, x: ((n := s + (x if x % 2 == 0 else -x)), n))
    yield Rule("last_nonzero", ((0, 7),), 0, lambda y, x: ((n := x or y), n))
    yield Rule("sum_since_zero", ((0, 6),), 0, lambda y, x: ((n := y + x if x else 0), n))
    yield Rule("keep_if_larger_else_halve", ((0, 20),), 0, lambda y, x: ((n := x if x > y else y // 2), n))
    yield Rule("last_even", ((0, 16),), 0, lambda y, x: ((n := x if x % 2 == 0 else y), n))
    yield Rule("positive_after_negative", ((-4, 5),), 0, lambda m, x: (x, m < 0 < x))
    yield Rule("double_or_reset", ((0, 3),), 1, lambda y, x: ((n := (1, y, min(2 * y, 32))[x]), n))
    yield Rule("product_mod_11", ((1, 11),), 1, lambda y, x: ((n := y * x % 11), n))


def _pairs() -> Iterator[Rule]:
    yield Rule("select_by_second", ((0, 10), (0, 2)), 0, lambda m, x, c: (x, x if c else m))
    yield Rule("load_enable_register", ((0, 8), (0, 2)), 0, lambda m, d, e: ((n := d if e else m), n))
    yield Rule(
        "load_enable_reset_register",
        ((0, 6), (0, 2), (0, 2)),
        0,
        lambda m, d, e, r: ((n := 0 if r else d if e else m), n),
    )
    yield Rule("up_down_counter_mod_6", ((0, 2),) * 2, 0, lambda m, up, down: ((n := (m + up - down) % 6), n))
    yield Rule(
        "up_down_counter_saturating", ((0, 2),) * 2, 0, lambda m, up, down: ((n := _clip(m + up - down, 0, 5)), n)
    )
    yield Rule("larger_of_two_sums", ((0, 6),) * 2, (0, 0), lambda m, a, b: ((n := (m[0] + a, m[1] + b)), max(n)))
    yield Rule("sum_of_products", ((0, 6),) * 2, 0, lambda m, a, b: ((n := m + a * b), n))
    yield Rule("three_way_select", ((0, 5), (0, 5), (0, 3)), 0, lambda m, a, b, c: ((n := (m, a, b)[c]), n))
    yield Rule("equal_streak", ((0, 3),) * 2, 0, lambda m, a, b: ((n := m + 1 if a == b else 0), n))
    yield Rule("swap_on_equal", ((0, 5),) * 2, 0, lambda m, a, b: ((n := m ^ (a == b)), b if n else a))
    yield Rule(
        "queue_fill", ((0, 2),) * 2, 0, lambda m, push, pop: ((n := _clip(m + push - pop, 0, 4)), (n == 0, n == 4))
    )
    yield Rule(
        "difference_of_maxima",
        ((0, 6),) * 2,
        (0, 0),
        lambda m, a, b: ((n := (max(m[0], a), max(m[1], b))), n[0] - n[1]),
        rows=8000,
    )
