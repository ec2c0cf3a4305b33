"""The 62 rules against slow references written from the definitions; causality, ranges, the ends of int64."""

from collections import Counter

import numpy as np
import pytest

from mips_core.errors import BadInputError
from mips_core.tasks import all_tasks, get, names, oracle
from mips_core.tasks.motion import MAGNETIC_STEPS, farthest

# Slow references.  Each takes the prefix x_1..x_t as a list of tuples and gives y_t from scratch, in Python integers,
# by another road than the package takes: whole numbers instead of carries, closed forms instead of recurrences.


def added(base):
    def reference(prefix):
        u, v = (sum(step[k] * base**place for place, step in enumerate(prefix)) for k in (0, 1))
        return (u + v) // base ** (len(prefix) - 1) % base

    return reference


def divided(divisor):
    return lambda prefix: int("".join(str(bit) for (bit,) in prefix), 2) // divisor % 2


def dithered(prefix):
    carry = out = 0
    for (x,) in prefix:
        carry += x
        out = int(carry >= 15)
        carry -= 15 * out
    return out


def last(width):
    return lambda prefix: ([0] * width + [x for (x,) in prefix])[-width:]


def ago(delay):
    return lambda prefix: ([0] * delay + [x for (x,) in prefix])[-1 - delay]


def most_common(prefix):
    counts = Counter(x for (x,) in prefix)
    return min(value for value in counts if counts[value] == max(counts.values()))


def balanced(prefix):
    text = "".join("()"[x] for (x,) in prefix)
    while "()" in text:
        text = text.replace("()", "")
    return int(not text)


def coasting(prefix, pull=0):
    return sum((len(prefix) - s) * (x - pull) for s, (x,) in enumerate(prefix))


def springing(prefix):
    old = older = 0
    for (x,) in prefix:
        old, older = old - older + x, old
    return old


def turning(prefix):
    p = q = 0
    for s, (f, g) in enumerate(prefix):
        (re, im), (a, b) = (0, 0), (1, 0)
        for _ in range(len(prefix) - s):  # re + i im = 1 + (1+i) + (1+i)^2 + ...
            re, im = re + a, im + b
            a, b = a - b, a + b
        p, q = p + f * re - g * im, q + f * im + g * re
    return p, q


def of_last(function, width):
    window = last(width)
    return lambda prefix: function(window(prefix))


def of_step(function):
    return lambda prefix: int(function(*prefix[-1]))


def of_numbers(function):
    return lambda prefix: int(function([x for (x,) in prefix]))


def alternates(bits):
    return int("".join(map(str, bits)) in ("010", "101", "0101", "1010"))


REFERENCES = {
    "Binary_Addition": added(2),
    **{f"Base_{b}_Addition": added(b) for b in range(3, 8)},
    "Bitwise_Xor": of_step(lambda a, b: a != b),
    "Bitwise_Or": of_step(lambda a, b: a or b),
    "Bitwise_And": of_step(lambda a, b: a and b),
    "Bitwise_Not": of_step(lambda a: not a),
    **{f"Parity_Last{k}": of_last(lambda bits: bits.count(1) % 2, k) for k in (2, 3, 4)},
    "Parity_All": of_numbers(lambda bits: bits.count(1) % 2),
    "Parity_Zeros": of_numbers(lambda bits: bits.count(0) % 2),
    "Evens_Counter": of_numbers(lambda xs: len([x for x in xs if x in (0, 2, 4, 6, 8)])),
    "Sum_All": of_numbers(sum),
    **{f"Sum_Last{k}": of_last(sum, k) for k in range(2, 8)},
    "Current_Number": of_step(lambda a: a),
    **{f"Prev{k}": ago(k) for k in range(1, 6)},
    "Previous_Equals_Current": of_last(lambda pair: int(pair[0] == pair[1]), 2),
    "Diff_Last2": of_last(lambda pair: pair[1] - pair[0], 2),
    "Abs_Diff": of_last(lambda pair: max(pair) - min(pair), 2),
    "Abs_Current": of_step(lambda a: a if a > 0 else -a),
    "Diff_Abs_Values": of_last(lambda pair: max(pair[1], -pair[1]) - max(pair[0], -pair[0]), 2),
    "Min_Seen": of_numbers(min),
    "Max_Seen": of_numbers(max),
    **{f"Majority_0_{k}": most_common for k in (1, 2, 3)},
    "Evens_Detector": of_step(lambda a: a in (0, 2, 4, 6, 8)),
    "Perfect_Square_Detector": of_step(lambda a: a in (0, 1, 4, 9, 16)),
    "Bit_Palindrome": of_numbers(lambda bits: bits == bits[::-1]),
    "Balanced_Parenthesis": balanced,
    "Parity_Bits_Mod2": lambda prefix: (len(prefix) - 1) % 2,
    "Alternating_Last3": of_last(alternates, 3),
    "Alternating_Last4": of_last(alternates, 4),
    "Bit_Shift_Right": ago(1),
    "Bit_Dot_Prod_Mod2": lambda prefix: prefix.count((1, 1)) % 2,
    **{f"Div_{d}": divided(d) for d in (3, 5, 7)},
    **{f"Add_Mod_{m}": of_numbers(lambda xs, m=m: sum(xs) % m) for m in range(3, 9)},
    "Dithering": dithered,
    "Newton_Freebody": coasting,
    "Newton_Gravity": lambda prefix: coasting(prefix, pull=1),
    "Newton_Spring": springing,
    "Newton_Magnetic": turning,
}


def slowly(name, x):
    """Outputs (N, T, D_out) as nested lists of Python integers."""
    result = []
    for row in x.tolist():
        sequence = [tuple(step) for step in row]
        ys = [REFERENCES[name](sequence[: t + 1]) for t in range(len(sequence))]
        result.append([list(y) if isinstance(y, tuple) else [y] for y in ys])
    return result


@pytest.mark.parametrize("name", names())
def test_examples_against_slow_reference(name):
    task = get(name)
    assert task.example_output.tolist() == slowly(name, task.example[None])[0]


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize(("factor", "rows"), [(1, 40), (5, 4)])
def test_rule_against_slow_reference(name, factor, rows):
    task = get(name)
    rng = np.random.default_rng(factor)
    x = task.sample(rows, length=factor * task.length, rng=rng)
    x[: rows // 2] = np.random.default_rng(0).permuted(x[: rows // 2], axis=1)  # away from the task's own way to draw
    y = task.apply(x)
    assert y.dtype == np.int64
    assert y.tolist() == slowly(name, x)


@pytest.mark.parametrize("name", names())
def test_bits_and_small_alphabets_exhaustively(name):
    task = get(name)
    symbols = np.stack(np.meshgrid(*(r.values for r in task.inputs), indexing="ij"), -1).reshape(-1, task.input_width)
    length = int(np.log(1500) / np.log(len(symbols)))  # all sequences up to this length, at most 1500
    if length == 0:
        pytest.skip("too many symbols even for one step")
    places = np.indices((len(symbols),) * length).reshape(length, -1).T
    x = symbols[places]
    assert task.apply(x).tolist() == slowly(name, x)


@pytest.mark.parametrize("name", names())
def test_output_depends_on_inputs_up_to_now_only(name):
    task = get(name)
    rng = np.random.default_rng(5)
    x, other = task.sample(30, rng=rng), task.sample(30, rng=rng)
    y = task.apply(x)
    for cut in range(task.length + 1):
        changed = np.concatenate([x[:, :cut], other[:, cut:]], axis=1)
        assert np.array_equal(task.apply(changed)[:, :cut], y[:, :cut])
        assert np.array_equal(task.apply(x[:, :cut]), y[:, :cut])


@pytest.mark.parametrize("name", names())
def test_outputs_stay_in_the_stated_range_at_the_task_length(name):
    task = get(name)
    ends = np.array([[r.low, r.high - 1] for r in task.inputs]).T  # (2, D_in)
    rng = np.random.default_rng(1)
    extremes = ends[rng.integers(0, 2, size=(500, task.length, task.input_width)), np.arange(task.input_width)]
    constant = np.stack([np.broadcast_to(end, (task.length, task.input_width)) for end in ends])
    y = task.apply(np.concatenate([extremes, constant, task.sample(500, rng=rng)]))
    assert y.min() >= task.output_range.low
    assert y.max() < task.output_range.high


@pytest.mark.parametrize(
    ("name", "x", "extreme"),
    [
        ("Sum_Last7", [99] * 20, 693),
        ("Sum_All", [99] * 10, 990),
        ("Evens_Counter", [0] * 10, 10),
        ("Newton_Freebody", [10] * 10, 550),
        ("Newton_Gravity", [-10] * 10, -605),
        ("Diff_Last2", [-100, 99], 199),
        ("Abs_Current", [-100], 100),
        ("Diff_Abs_Values", [0, -100], 100),
        # A unit push moves the spring by 1 1 0 -1 -1 0 1 ... in this and later steps: push along that pattern.
        ("Newton_Spring", [10, 10, 0, -10, -10, 0, 10, 10, 0, -10][::-1], 70),
    ],
)
def test_the_stated_range_is_reached(name, x, extreme):
    task = get(name)
    y = task.apply(np.array(x)[None, :, None])
    assert extreme in y
    assert extreme in (task.output_range.low, task.output_range.high - 1)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("shape", [(0, 7), (3, 0), (0, 0), (1, 1)])
def test_empty_and_single_steps(name, shape):
    task = get(name)
    x = np.zeros((*shape, task.input_width), dtype=np.int64)
    assert task.apply(x).shape == (*shape, task.output_width)


def test_magnetic_is_exact_up_to_the_last_length_that_fits_and_refused_beyond():
    assert farthest(MAGNETIC_STEPS) < 2**63 <= farthest(MAGNETIC_STEPS + 1)
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, size=(3, MAGNETIC_STEPS, 2)) * 20 - 10
    assert oracle("Newton_Magnetic", x).tolist() == slowly("Newton_Magnetic", x)
    with pytest.raises(BadInputError, match=rf"over {MAGNETIC_STEPS + 1} steps .* at most {MAGNETIC_STEPS} steps"):
        oracle("Newton_Magnetic", np.zeros((1, MAGNETIC_STEPS + 1, 2), dtype=np.int64))


def test_magnetic_bound_is_reached_by_the_worst_forces():
    task = get("Newton_Magnetic")
    x = np.zeros((1, 10, 2), dtype=np.int64)
    for k in range(10):  # a force k steps before the end moves p by f Re S_k - g Im S_k; take the signs that add up
        unit = np.zeros((2, k + 1, 2), dtype=np.int64)
        unit[0, 0, 0] = unit[1, 0, 1] = 1
        x[0, 9 - k] = 10 * np.sign(task.apply(unit)[:, -1, 0])
    assert task.apply(x)[0, -1, 0] == 1260 == farthest(10)


def test_narrow_and_unsigned_inputs_do_not_overflow():
    x = np.full((1, 10, 1), 99, dtype=np.int8)
    assert oracle("Sum_All", x)[0, -1, 0] == 990
    assert oracle("Diff_Last2", x.astype(np.uint8)).dtype == np.int64


def test_long_sequences_are_exact():
    x = np.random.default_rng(0).integers(0, 2, size=(1, 4000, 1))
    bits = int("".join(map(str, x[0, :, 0])), 2)
    quotient = int("".join(map(str, oracle("Div_7", x)[0, :, 0])), 2)
    assert quotient == bits // 7


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((2, 3), dtype=int), r"shape \(2, 3\); it takes \(N, T, 2\)"),
        (np.zeros((2, 3, 1), dtype=int), r"shape \(2, 3, 1\)"),
        (np.zeros((2, 3, 2)), "float64 values; it takes integers"),
        (np.array([[[0, 1], [0, 5]]]), r"given 5 at x\[0, 1, 1\]; .* integers in 0:2"),
        (np.array([[[-1, 1]]]), r"given -1 at x\[0, 0, 0\]"),
    ],
)
def test_inputs_outside_the_task_are_refused(x, message):
    with pytest.raises(BadInputError, match=message):
        oracle("Binary_Addition", x)


def test_apply_leaves_its_input_alone():
    rng = np.random.default_rng(0)
    for task in all_tasks():
        x = task.sample(5, rng=rng)
        before = x.copy()
        y = task.apply(x)
        y[:] = -7
        assert np.array_equal(x, before), task.name
