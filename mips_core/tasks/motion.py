"""Motion of a particle of unit mass, at rest at 0 before the first step; the inputs are forces."""

from __future__ import annotations

import numpy as np

from mips_core.errors import BadInputError
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers
from mips_core.tasks.task import Rule, Task, steps

_FORCE = 10


def on_a_line(pull: int = 0, stiffness: int = 0) -> Rule:
    """v_t = v_(t-1) + x_t - pull - stiffness * y_(t-1), then y_t = y_(t-1) + v_t."""

    def rule(x: IntArray) -> IntArray:
        y = np.empty_like(x)
        velocity = np.zeros(len(x), dtype=np.int64)
        position = np.zeros(len(x), dtype=np.int64)
        for t in range(x.shape[1]):
            velocity = velocity + x[:, t, 0] - pull - stiffness * position
            position = position + velocity
            y[:, t, 0] = position
        return y

    return rule


def farthest(length: int, force: int = _FORCE) -> int:
    """Largest |position| in either channel that forces up to ``force`` reach in ``length`` steps of Newton_Magnetic.

    With z = v + iw a step is z -> (1 + i) z + force, so a force that acted k steps
    ago moves the position by S_k = 1 + (1+i) + ... + (1+i)^k, a Gaussian integer;
    the worst case adds |Re S_k| + |Im S_k| over k.

    >>> farthest(10)
    1260
    """
    reach, power, total = 0, (1, 0), (0, 0)
    for _ in range(length):
        total = (total[0] + power[0], total[1] + power[1])
        power = (power[0] - power[1], power[0] + power[1])
        reach += force * (abs(total[0]) + abs(total[1]))
    return reach


def in_a_magnetic_field(x: IntArray) -> IntArray:
    """(v, w) -> (v - w + f, w + v + g), both from the old pair; then p += v, q += w.

    Each step multiplies the unforced speed by sqrt(2), so positions grow
    exponentially: they pass float32's exact integers (2^24) within 50 steps and
    can leave 64 bits beyond :data:`MAGNETIC_STEPS` steps.

    Raises
    ------
    BadInputError
        when the sequences are so long that an output might not fit 64 bits.
    """
    if x.shape[1] > MAGNETIC_STEPS:
        raise BadInputError(
            f"Newton_Magnetic grows exponentially and over {x.shape[1]} steps can leave the 64-bit integers; "
            f"use sequences of at most {MAGNETIC_STEPS} steps."
        )
    y = np.empty_like(x)
    velocity = np.zeros((len(x), 2), dtype=np.int64)
    position = np.zeros((len(x), 2), dtype=np.int64)
    for t in range(x.shape[1]):
        v, w = velocity.T
        velocity = np.stack([v - w, v + w], axis=1) + x[:, t]
        position = position + velocity
        y[:, t] = position
    return y


def _last_exact_length() -> int:
    length = 0
    while farthest(length + 1) < 2**63:
        length += 1
    return length


MAGNETIC_STEPS = _last_exact_length()
"""Longest sequences on which every output of Newton_Magnetic is sure to fit int64."""


def _task(name: str, description: str, low: int, high: int, rule: Rule, example: str, width: int = 1) -> Task:
    return Task(
        name=name,
        group="Motion of a particle",
        description=description,
        inputs=(Integers(-_FORCE, _FORCE + 1),) * width,
        output_range=Integers(low, high + 1),
        rule=rule,
        example=steps(example),
        output_width=width,
    )


_FORCES = "10 -6 -6 0 4 -9 6 10 1 -2"

TASKS = (
    _task(
        "Newton_Freebody",
        "x_t is a force: v_t = v_(t-1) + x_t, y_t = y_(t-1) + v_t, both 0 before the start.",
        -550,
        550,
        on_a_line(),
        _FORCES,
    ),
    _task(
        "Newton_Gravity",
        "x_t is a force against a constant pull of 1: v_t = v_(t-1) + x_t - 1, y_t = y_(t-1) + v_t, both 0 before the "
        "start.",
        -605,
        495,
        on_a_line(pull=1),
        _FORCES,
    ),
    _task(
        "Newton_Spring",
        "x_t is a force against a spring of stiffness 1: v_t = v_(t-1) + x_t - y_(t-1), y_t = y_(t-1) + v_t, both 0 "
        "before the start.",
        -70,
        70,
        on_a_line(stiffness=1),
        _FORCES,
    ),
    _task(
        "Newton_Magnetic",
        "Forces (f, g), positions (p, q): v_t = v - w + f_t and w_t = v + w + g_t from the old velocities, then "
        "p_t = p + v_t and q_t = q + w_t, all 0 before the start. The values grow exponentially with length.",
        -1260,
        1260,
        in_a_magnetic_field,
        "10;-6 -6;0 4;-9 6;10 1;-2 -4;8 2;3 -5;3 -3;9 -7;-10",
        width=2,
    ),
)
