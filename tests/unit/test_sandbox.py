"""The sandbox: what is refused, what is stopped, what is reported, and that nothing is left behind."""

import tempfile
import time
from pathlib import Path

import pytest

from mips_core.errors import ProgramRefusedError, ProgramStoppedError
from mips_core.programs.sandbox import Limits, run_program
from mips_core.programs.subset import Refusal, checked

QUICK = Limits(soft_seconds=0.3, hard_seconds=0.6, memory=256 * 2**20)
SEQUENCES = [[], [(1,)], [(1,), (2,)]]


def run(source, sequences=SEQUENCES, limits=QUICK, widths=(1, 1), **options):
    return run_program(source, sequences, input_width=widths[0], output_width=widths[1], limits=limits, **options)


def function(body):
    return f"def f(xs):\n    {body}\n"


def children():
    """The processes that this one has started and not yet collected."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


@pytest.fixture(autouse=True)
def nothing_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = children()
    yield
    assert not list(tmp_path.glob("mips-sandbox-*"))
    assert children() <= before


def test_an_honest_program_runs():
    done = run(function("return [x * 2 for x in xs]"))
    assert done.results == ([], [(2,)], [(2,), (4,)])
    assert done.complete
    pairs = run(function("return [(b, a) for a, b in xs]"), [[(1, 2)]], widths=(2, 2))
    assert pairs.results == ([(2, 1)],)


def test_richer_python_runs():
    source = '''"""Everything that the subset allows, more or less."""
from_table = {(0, 1): [1, 2], (1, 0): [3]}


def helper(n: int, *, base=2) -> int:
    count = 0

    def add():
        nonlocal count
        count += 1
        return count

    while n > 0:
        n //= base
        add()
    return count


def f(xs):
    seen, out, input = set(), [], 0
    for i, x in enumerate(xs):
        try:
            value = from_table[0, x].pop(0) if len(seen) > 99 else helper(x)
        except (KeyError, IndexError) as error:
            value = -1
        match x:
            case 1 | 2:
                value += 10
            case [a, *rest]:
                raise ValueError(f"never {a!r:>10}")
            case _:
                pass
        seen.add(x)
        input = (lambda a, b=1: a + b)(sum(y for y in sorted(seen, reverse=True)))
        out.append(max(value, 0) + input if (n := len(out)) >= 0 else n)
    assert isinstance(out, list), "a list"
    return out


if __name__ == "__main__":
    print(f([1, 2, 3]))
'''
    assert run(source).results == ([], [(13,)], [(13,), (16,)])


REFUSED = {
    "import": "import os",
    "from import": "from os import system",
    "star import": "from math import *",
    "math, not asked for": "import math",
    "import inside": function("import os; return xs"),
    "dunder attribute": function("return ().__class__.__bases__[0].__subclasses__()"),
    "dunder in an f-string": function('return [f"{xs.__class__}"]'),
    "str.format": function('return "{0.__class__}".format(xs)'),
    "format_map": function('return "{a}".format_map({"a": 1})'),
    "generator frame": function("g = (x for x in xs)\n    return g.gi_frame"),
    "traceback": function(
        "try:\n        1 / 0\n    except ZeroDivisionError as e:\n        return e.with_traceback(None)"
    ),
    "open": function("return open('/etc/passwd').read()"),
    "eval": function("return eval('1')"),
    "exec": "exec('x = 1')",
    "compile": function("return compile('1', '', 'eval')"),
    "__import__": function("return __import__('os')"),
    "globals": function("return globals()"),
    "type": function("return type('A', (), {})"),
    "getattr": function("return getattr(xs, 'append')"),
    "vars": function("return vars()"),
    "builtins by name": function("return __builtins__"),
    "class": "class A:\n    pass\n" + function("return xs"),
    "class pattern": function("match xs:\n        case list(a):\n            return a"),
    "decorator": "@print\n" + function("return xs"),
    "global": "n = 0\n" + function("global n; n += 1; return xs"),
    "function attribute": function("f.n = 1; return xs"),
    "with": function("with xs: return xs"),
    "async": "async def f(xs):\n    return xs",
    "lambda default": function("return (lambda a=open: a)()"),
    "argument annotation": "def f(xs: open):\n    return xs",
    "dunder argument": function("return (lambda __class__: 1)(2)"),
    "dunder keyword": function("return dict(__class__=1)"),
    "input": function("return [input() for x in xs]"),
    "base exception": function("raise BaseException"),
    "breakpoint": function("breakpoint()"),
    "no f": "def g(xs):\n    return xs",
    "f is no function": "f = 3",
    "fails at once": "1 / 0\n" + function("return xs"),
    "empty": "",
    "syntax": "def f(xs:",
    "null byte": "def f(xs):\n    return xs\0",
    "not UTF-8": b"\xff\xfe\x00",
    "surrogate": "x = '\udc80'",
    "return outside": "return 3",
    "too long": "#" * 1_000_001,
    "brackets": "(" * 100_000,
    "minus signs": "-" * 100_000 + "1",
    "attributes": "x" + ".append" * 50_000,
    "sums": "x" + "+1" * 50_000,
    "subscripts": "x" + "[0]" * 50_000,
    "calls": "x" + "()" * 50_000,
    "lambdas": "lambda: " * 20_000 + "1",
    "conditions": "1 if 1 else " * 20_000 + "1",
    "elif": "if 1:\n    pass\n" + "elif 1:\n    pass\n" * 20_000,
    "indentation": "".join(" " * i + "if 1:\n" for i in range(150)) + " " * 150 + "pass\n",
    "f-strings": "f'{" * 10 + "1" + "}'" * 10,
    "encoding": "# coding: no-such-encoding\nimport os",
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_refused(name):
    with pytest.raises(ProgramRefusedError) as error:
        run(REFUSED[name])
    assert str(error.value).endswith(".")


def test_a_refusal_names_the_line():
    with pytest.raises(ProgramRefusedError, match=r"Line 3: the built-in open is not allowed\."):
        run("def f(xs):\n    a = 1\n    return open(a)\n")


def test_math_when_asked_for():
    source = "import math\n" + function("return [math.isqrt(x) for x in xs]")
    assert run(source, allow_math=True).results == ([], [(1,)], [(1,), (1,)])
    for bad in ("import math as m", "import math, os", "from math import sqrt", "import math\nmath.sys"):
        with pytest.raises(ProgramRefusedError):
            run(bad, allow_math=True)
    with pytest.raises(Refusal):
        checked(source)


STOPPED = {
    "endless loop": function("while True: pass"),
    "endless module": "while True: pass",
    "endless loop that catches": function(
        "while True:\n        try:\n            1 / 0\n        except Exception:\n            pass"
    ),
    "huge power": function("return 10 ** 10 ** 8"),
    "memory": function("return [0] * 10 ** 10"),
    "memory, slowly": function("a = [0]\n    while True:\n        a = a + a"),
    "memory in the module": "a = 'x' * 10 ** 10\n" + function("return xs"),
    "huge string": function("return [f'{1:>9999999999}']"),
    "endless iterator": function("return list(iter(int, 1))"),
}


@pytest.mark.parametrize("name", list(STOPPED))
def test_stopped(name):
    start = time.monotonic()
    with pytest.raises(ProgramStoppedError):
        run(STOPPED[name])
    assert time.monotonic() - start < QUICK.hard_seconds + 15


def test_a_process_that_dies_is_stopped():
    deep = "a = iter([1])\nfor i in range(400000):\n    a = map(abs, a)\n" + function("return list(a)")
    with pytest.raises(ProgramStoppedError):
        run(deep, limits=Limits(2, 4))


def test_output_is_capped():
    with pytest.raises(ProgramStoppedError, match="more than 1,000 bytes"):
        run(function("return xs"), [[(1,)] * 2000], limits=Limits(output=1000))


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("return f(xs)", "RecursionError"),
        ("return [1 // 0 for x in xs]", "ZeroDivisionError"),
        ("return [{}[x] for x in xs]", "KeyError"),
        ("return [undefined for x in xs]", "NameError"),
        ("return (x for x in xs)", "f returned a generator, not a list"),
        ("yield 1", "f returned a generator, not a list"),
        ("return tuple(xs)", "f returned a tuple, not a list"),
        ("return None", "f returned a NoneType, not a list"),
        ("return [0] * 10 ** 6", "f returned 1000000 outputs for 1 inputs"),
        ("return [1.0 for x in xs]", "output 1 is a float (1.0), not an int"),
        ("return [float('nan') for x in xs]", "output 1 is a float (nan), not an int"),
        ("return [(x,) for x in xs]", "output 1 is a tuple, not an int"),
        ("return [10 ** 5000 for x in xs]", "output 1 is an integer of 16610 bits"),
        ("a = []; a.append(a); return a", "output 1 is a list, not an int"),
    ],
)
def test_faults_are_the_programs_output(body, fault):
    assert run(function(body)).results[1] == fault


def test_wrong_number_of_arguments_is_a_fault():
    assert run("def f(a, b):\n    return a").results[0] == "TypeError: f must take one argument, the inputs"


def test_tuples_where_outputs_are_several():
    assert run(function("return [[x, x] for x in xs]"), [[(1,)]], widths=(1, 2)).results == (
        "output 1 is a list, not a tuple of 2",
    )
    assert run(function("return [(x,) for x in xs]"), [[(1,)]], widths=(1, 2)).results == (
        "output 1 is a tuple of 1, not a tuple of 2",
    )


def test_bools_count_as_integers_and_big_integers_are_exact():
    assert run(function("return [x > 1 for x in xs]")).results[2] == [(0,), (1,)]
    assert run(function("return [x << 200 for x in xs]")).results[1] == [(1 << 200,)]


def test_prints_go_nowhere(capfd):
    done = run(function("print('a' * 10 ** 6, {\"y\": 3})\n    return xs"), [[(1,)]] * 50)
    assert done.complete
    assert capfd.readouterr() == ("", "")


def test_inputs_are_the_programs_own_copy():
    sequences = [[(1,), (2,)]] * 2
    done = run(function("xs.append(7); xs.pop(); xs[0] = 9; return xs"), sequences)
    assert done.results == ([(9,), (2,)],) * 2
    assert sequences == [[(1,), (2,)]] * 2


def test_a_slow_program_is_run_as_far_as_its_time_goes():
    slow = function("n = 0\n    while n < 200000:\n        n += 1\n    return xs")
    done = run(slow, [[(1,)]] * 1000)
    assert not done.complete
    assert 0 < len(done.results) < 1000


def test_the_child_sees_no_environment_and_writes_no_cache():
    folder = Path(__file__).resolve().parents[2] / "mips_core" / "programs" / "__pycache__"
    before = {path: path.stat().st_mtime for path in folder.glob("subset*")}
    assert run(function("return xs")).complete
    assert {path: path.stat().st_mtime for path in folder.glob("subset*")} == before


def test_the_child_imports_nothing_of_ours():
    child = Path(__file__).resolve().parents[2] / "mips_core" / "programs" / "sandbox_child.py"
    for name in (child, child.with_name("subset.py")):
        assert "mips_core." not in "".join(
            line for line in name.read_text().splitlines() if line.startswith(("import", "from"))
        )


@pytest.fixture
def without_limits(tmp_path, monkeypatch):
    """Run the child as on a system without the module ``resource``."""
    import mips_core.programs.sandbox as sandbox

    child = tmp_path / "child.py"
    child.write_text(
        "import sys\n"
        "sys.modules['resource'] = None\n"
        f"__file__ = {str(sandbox._CHILD)!r}\n"
        "exec(compile(open(__file__).read(), __file__, 'exec'))\n"
    )
    monkeypatch.setattr(sandbox, "_CHILD", child)


def test_without_limits_of_the_system_the_clock_and_the_output_remain(without_limits):
    assert run(function("return [x * 2 for x in xs]")).results[2] == [(2,), (4,)]
    begin = time.monotonic()
    with pytest.raises(ProgramStoppedError, match=r"ran longer than 0\.6 s"):
        run(function("while True: pass"))
    with pytest.raises(ProgramStoppedError, match="returned more than 1,000 bytes"):
        run(function("return [x for x in xs]"), [[(7,)] * 900], limits=Limits(0.3, 0.6, output=1000))
    assert time.monotonic() - begin < 30


def test_a_system_without_limits_is_known(monkeypatch):
    import importlib.util
    import sys

    from mips_core.programs.sandbox import missing_limits

    if sys.platform.startswith("linux"):
        assert missing_limits() == ""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert missing_limits() == "memory"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert missing_limits() == "memory and processor time"


def test_a_program_that_never_reads_and_never_stops_is_killed_while_the_request_is_handed_over(tmp_path, monkeypatch):
    import mips_core.programs.sandbox as sandbox

    deaf = tmp_path / "deaf.py"
    deaf.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(sandbox, "_CHILD", deaf)
    begin = time.monotonic()
    with pytest.raises(ProgramStoppedError, match="ran longer"):
        run(function("return xs"), [[(1,)] * 10_000] * 50)
    assert time.monotonic() - begin < 30
