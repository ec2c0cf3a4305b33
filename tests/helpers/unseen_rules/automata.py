"""Automata of everyday devices: detectors, counters, controllers and small memories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from unseen_rules.rule import Rule


def automata() -> Iterator[Rule]:
    """Yield the rules."""
    yield from _detectors()
    yield from _logic()
    yield from _controllers()
    yield from _memories()


def _detector(pattern: Sequence[int], overlapping: bool) -> tuple[Any, Any]:
    def step(memory: tuple[int, ...], x: int) -> tuple[Any, Any]:
        seen = (*memory, x)
        hit = seen[-len(pattern) :] == tuple(pattern)
        return () if hit and not overlapping else seen[-len(pattern) + 1 :], hit

    return (), step


def _detectors() -> Iterator[Rule]:
    for pattern, top, overlapping in (
        ((1, 0, 1), 2, True), ((1, 1, 0, 1), 2, True), ((1, 0, 1), 2, False), ((0, 1, 2), 3, True),
        ((2, 2), 4, False), ((0, 1, 1, 0), 2, False),
    ):  # fmt: skip
        word = "".join(map(str, pattern))
        yield Rule(f"detect_{word}{'' if overlapping else '_apart'}", ((0, top),), *_detector(pattern, overlapping))
    yield Rule(
        "lock_3_1_4",
        ((0, 5),),
        0,
        lambda m, x: ((n := 3 if m == 3 else m + 1 if x == (3, 1, 4)[m] else int(x == 3)), n == 3),
        length=20,
    )
    yield Rule(
        "all_three_seen",
        ((0, 5),),
        (0, 0, 0),
        lambda m, x: ((n := tuple(int(s or x == k + 1) for k, s in enumerate(m))), all(n)),
    )


def _logic() -> Iterator[Rule]:
    yield Rule("rising_edge", ((0, 2),), 0, lambda m, x: (x, x > m), rows=500)
    yield Rule("falling_edge", ((0, 2),), 0, lambda m, x: (x, m > x), rows=500)
    yield Rule("toggle_on_rising_edge", ((0, 2),), (0, 0), lambda m, x: ((x, (q := m[1] ^ (x > m[0]))), q), rows=1000)
    yield Rule("set_reset_latch", ((0, 2),) * 2, 0, lambda q, s, r: ((n := (s | q) & (1 - r)), n), rows=1000)
    yield Rule("jk_flip_flop", ((0, 2),) * 2, 0, lambda q, j, k: ((n := (j & (1 - q)) | ((1 - k) & q)), n), rows=1000)
    yield Rule(
        "edge_triggered_store", ((0, 2), (0, 6)), (0, 0), lambda m, c, d: ((c, (q := d if c > m[0] else m[1])), q)
    )
    yield Rule("gray_counter", ((0, 2),), 0, lambda m, x: ((n := (m + x) % 8), n ^ (n >> 1)), length=20)
    yield Rule(
        "gray_counter_bits",
        ((0, 2),),
        0,
        lambda m, x: ((n := (m + x) % 8), tuple((n ^ (n >> 1)) >> k & 1 for k in (2, 1))),
        length=20,
    )
    yield Rule(
        "lfsr_4", ((0, 2),), 1, lambda m, x: ((n := (m << 1 & 15) | ((m >> 3) ^ (m >> 2 & 1) ^ x)), n & 1), length=16
    )
    yield Rule(
        "lfsr_3_enabled",
        ((0, 2),),
        1,
        lambda m, x: ((n := (m << 1 & 7) | ((m >> 2) ^ (m >> 1 & 1)) if x else m), n),
        length=16,
    )
    yield Rule("ring_counter", ((0, 2),), 1, lambda m, x: ((n := 2 * m % 15 if x else m), n), length=16)
    yield Rule(
        "johnson_counter", ((0, 2),), 0, lambda m, x: ((n := (m << 1 & 7) | (1 - (m >> 2)) if x else m), n), length=16
    )
    yield Rule(
        "two_bit_predictor", ((0, 2),), 1, lambda m, taken: (min(max(m + 2 * taken - 1, 0), 3), m >= 2), length=15
    )
    yield Rule(
        "debounce_2",
        ((0, 2),),
        (0, 0),
        lambda m, x: ((n := (m[0], 0) if x == m[0] else (m[0], m[1] + 1) if m[1] < 1 else (x, 0)), n[0]),
        length=15,
    )
    yield Rule(
        "debounce_3",
        ((0, 2),),
        (0, 0),
        lambda m, x: ((n := (m[0], 0) if x == m[0] else (m[0], m[1] + 1) if m[1] < 2 else (x, 0)), n[0]),
        length=20,
    )
    yield Rule(
        "bcd_counter_two_digits",
        ((0, 2), (0, 2)),
        0,
        lambda m, up, clear: ((n := 0 if clear and up else (m + up) % 30), (n // 10, n % 10)),
        length=30,
    )


def _controllers() -> Iterator[Rule]:
    for low, high, top in ((3, 6, 10), (8, 12, 20)):
        yield Rule(
            f"thermostat_{low}_{high}",
            ((0, top),),
            0,
            lambda on, t, a=low, b=high: ((n := 1 if t < a else 0 if t > b else on), n),
        )
    yield Rule(
        "hysteresis_three_levels",
        ((0, 12),),
        0,
        lambda m, x: ((n := m + 1 if m < 2 and x > 5 * m + 4 else m - 1 if m > 0 and x < 5 * m - 3 else m), n),
    )
    for times in ((3, 2), (4, 1, 2)):

        def lights(m: int, x: int, times: Any = times) -> tuple[Any, Any]:
            n = (m + 1) % sum(times) if x or m else 0
            phase = next(k for k in range(len(times)) if n < sum(times[: k + 1]))
            return n, phase

        yield Rule(f"traffic_light_{''.join(map(str, times))}", ((0, 2),), 0, lights, length=20)
    for price in (3, 5):

        def vend(m: int, coin: int, price: int = price) -> tuple[Any, Any]:
            total = m + coin
            return (0, (1, total - price)) if total >= price else (total, (0, 0))

        yield Rule(f"vending_machine_{price}", ((0, 3),), 0, vend)
    yield Rule("elevator", ((0, 5),), 0, lambda f, call: ((n := f + (call > f) - (call < f)), n), length=15)
    yield Rule(
        "elevator_with_door",
        ((0, 4),),
        (0, 1),
        lambda m, call: (
            (n := (m[0], 1) if call == m[0] else (m[0], 0) if m[1] else (m[0] + (call > m[0]) - (call < m[0]), 0)),
            n,
        ),
    )

    def washer(m: int, start: int, door: int) -> tuple[Any, Any]:
        begins = m > 0 or start
        n = m if door or not begins else (m + 1) % 6
        return n, (0, 1, 1, 2, 2, 3)[n]

    yield Rule("washer", ((0, 2),) * 2, 0, washer, length=20)
    yield Rule(
        "handshake",
        ((0, 2),) * 2,
        0,
        lambda m, req, ack: ((n := (1 if req else 0, 2 if ack else 1, 2 if req else 3, 3 if ack else 0)[m]), n),
        length=20,
    )

    def lift_door(m: int, button: int, blocked: int) -> tuple[Any, Any]:
        # 0 closed, 1 opening, 2..4 open, 5 closing
        if m == 0:
            n = 1 if button else 0
        elif m == 5:
            n = 1 if button or blocked else 0
        else:
            n = 2 if m >= 2 and (button or blocked) else m + 1
        return n, (0, 1, 2, 2, 2, 3)[n]

    yield Rule("lift_door", ((0, 2),) * 2, 0, lift_door, length=20)
    yield Rule(
        "turnstile", ((0, 3),), 0, lambda m, x: ((n := 1 if x == 1 else 0 if x == 2 else m), (n, x == 2 and not m))
    )
    yield Rule("retry_limit", ((0, 2),), 0, lambda m, ok: ((n := 0 if ok else min(m + 1, 3)), n == 3), length=15)
    yield Rule(
        "token_bucket",
        ((0, 2),),
        4,
        lambda m, want: (min((m - want if m >= want else m) + 1 - want, 4) if m >= want else m, want and m >= want),
        length=15,
    )
    yield Rule(
        "alarm",
        ((0, 2),) * 3,
        (0, 0),
        lambda m, arm, sensor, code: ((n := (0, 0) if code else (m[0] | arm, m[1] | (m[0] & sensor))), n[1]),
        length=12,
    )
    yield Rule("dimmer", ((0, 3),), 0, lambda m, x: ((n := (m, (m + 1) % 5, 0)[x]), 25 * n))
    yield Rule(
        "blinker",
        ((0, 2),),
        (0, 0),
        lambda m, on: ((n := ((m[0] + 1) % 4, 1) if on else (0, 0)), n[1] and n[0] >= 2),
        length=20,
    )


def _memories() -> Iterator[Rule]:
    def ram(m: tuple[int, int], address: int, write: int, data: int) -> tuple[Any, Any]:
        read = m[address]
        return (m if not write else (data, m[1]) if address == 0 else (m[0], data)), read

    yield Rule("ram2", ((0, 2), (0, 2), (0, 4)), (0, 0), ram, rows=6000)
    yield Rule("ram2_bits", ((0, 2), (0, 2), (0, 2)), (0, 0), ram)

    def stack(m: tuple[int, ...], x: int) -> tuple[Any, Any]:
        n = m[:-1] if x == 0 else m if len(m) == 3 else (*m, x)
        return n, n[-1] if n else 0

    yield Rule("stack_of_3", ((0, 3),), (), stack, rows=6000)
    yield Rule(
        "shift_enabled", ((0, 2),) * 2, (0, 0, 0), lambda m, x, e: ((n := (x, *m[:2]) if e else m), n[2]), length=15
    )
    yield Rule(
        "two_counters",
        ((0, 3),),
        (0, 0),
        lambda m, x: ((n := ((m[0] + (x == 1)) % 3, (m[1] + (x == 2)) % 4)), 10 * n[0] + n[1]),
    )
    yield Rule(
        "exchange_on_two",
        ((0, 3),),
        (0, 1),
        lambda m, x: ((n := (m[1], m[0]) if x == 2 else (x, m[1])), n[0] + 2 * n[1]),
    )
    yield Rule(
        "clock_3_by_4",
        ((0, 2),),
        (0, 0),
        lambda m, tick: ((n := ((m[0] + (m[1] + tick == 4)) % 3, (m[1] + tick) % 4)), n),
        length=30,
    )
