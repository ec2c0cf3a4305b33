"""The speed benchmark's own machinery: turns, caps, failures, growth, and the file."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import mips
from contestants import Dying, Failing, Sleeper
from watched_jobs import alive

from mips_core.benchmarks.conditions import current_conditions
from mips_core.benchmarks.speed import (
    OURS,
    Comparison,
    Growth,
    GrowthPoint,
    Measured,
    SpeedBenchmark,
    compare,
    measure_growth,
    read_speed_benchmark,
)
from mips_core.benchmarks.speed.joining import check_overwritten, joined, parts_of
from mips_core.benchmarks.speed.process import Side
from mips_core.benchmarks.speed.result import against
from mips_core.benchmarks.speed.running import PARTS, processor
from mips_core.cli.bench_speed import comparison_lines, growth_line, summary
from mips_core.cli.common import chosen_parts
from mips_core.errors import BadInputError, Cancelled, MipsError
from mips_core.files import write_json
from mips_core.progress import Monitor

WATCH = Monitor()


def test_turns_caps_failures_and_absentees() -> None:
    contestants = [
        Sleeper(OURS, 0.05, megabytes=40, untimed=1.0),
        Sleeper("as quick", 0.05),
        Sleeper("endless", 60.0),
        Sleeper("wrong", answer=4),
        Failing("failing"),
        Dying("dying"),
    ]
    found = compare("part", "case", contestants, cap=1.5, monitor=WATCH, absent={"absent": "not installed"}, repeats=3)
    peers = {peer.name: peer for peer in found.peers}
    assert set(peers) == {"as quick", "endless", "wrong", "failing", "dying", "absent"}
    assert found.ours.solved
    assert found.ours.runs == 3
    assert found.ours.facts == {"answer": 3}
    assert found.ours.seconds is not None
    assert 0.05 <= found.ours.seconds < 0.95, "preparing was timed"
    assert found.ours.megabytes is None or 35 < found.ours.megabytes < 80
    assert peers["endless"].capped
    assert peers["endless"].seconds == 1.5
    assert not peers["endless"].solved
    assert peers["endless"].runs == peers["wrong"].runs == 1, "who did not solve it has no further turn"
    assert (peers["wrong"].solved, peers["wrong"].reason) == (False, "not 3")
    assert peers["failing"].seconds is None
    assert "there is nothing here" in peers["failing"].reason
    assert peers["dying"].seconds is None
    assert "ended before its work was done" in peers["dying"].reason
    assert found.ratio(peers["absent"]) is None
    assert found.ratio(peers["endless"]) == pytest.approx(1.5 / found.ours.seconds)
    text = "\n".join(comparison_lines(found))
    assert "> 1.5 s" in text
    assert "not solved: not 3" in text
    assert "not installed" in text


def test_our_own_failure_is_an_error_and_names_are_checked() -> None:
    with pytest.raises(MipsError, match="there is nothing here"):
        compare("part", "case", [Failing(OURS)], cap=5.0, monitor=WATCH)
    for contestants in ([Sleeper("peer")], [Sleeper(OURS), Sleeper(OURS)]):
        with pytest.raises(BadInputError, match="distinct names are needed"):
            compare("part", "case", contestants, cap=5.0, monitor=WATCH)


def test_a_stop_ends_the_process_of_a_run() -> None:
    with Side() as side, pytest.raises(Cancelled):
        side.turn(Sleeper(OURS, 60.0), cap=60.0, monitor=Monitor(stop=lambda: True))


def test_a_run_does_not_outlive_its_starter() -> None:
    """Not even one that was killed, and could end nothing itself."""
    script = (
        "from contestants import Sleeper\n"
        "from mips_core.benchmarks.speed.process import Side\n"
        "from mips_core.progress import Monitor\n"
        "side = Side(); side._started(); print(side._process.pid, flush=True)\n"
        "side.turn(Sleeper('ours', 60.0), cap=60.0, monitor=Monitor())\n"
    )
    paths = os.pathsep.join(path for path in sys.path if path)
    starter = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths}
    )
    assert starter.stdout is not None
    with starter.stdout as told:
        run = int(told.readline())
    assert alive(run)
    starter.kill()
    starter.wait()
    end = time.monotonic() + 20.0
    while alive(run) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(run)


def test_growth_is_measured_until_it_takes_too_long() -> None:
    found = measure_growth("sleep", "hundredths", "", [2, 4, 8, 600], _hundredths, cap=2.0, monitor=WATCH)
    assert [point.size for point in found.points] == [2, 4, 8]
    assert found.unmeasured == "from 600 hundredths on: not done after 2 s"
    assert found.slope == pytest.approx(1.0, abs=0.25)
    assert "2 to 8 hundredths" in growth_line(found)


def _hundredths(size: int) -> Sleeper:
    return Sleeper(OURS, size / 100)


def test_slopes_by_hand_leave_out_what_is_too_quick() -> None:
    rows = [(10, 1e-6), (100, 0.01), (1_000, 1.0), (10_000, 100.0)]
    growth = Growth("s", "states", "", tuple(GrowthPoint(n, t, 4.0 * n / 100) for n, t in rows))
    assert growth.slope == pytest.approx(2.0)
    assert growth.within is False
    assert growth.memory_slope == pytest.approx(1.0)
    late = Growth("s", "states", "", tuple(GrowthPoint(10**k, t, None) for k, t in enumerate((1, 1, 1, 1, 10, 100))))
    assert late.slope == pytest.approx(1.0), "the last hundredfold counts"
    short = Growth("s", "states", "", growth.points[:3])
    assert short.slope is None
    assert short.within is None
    assert "too quick" in growth_line(short)


def _row(case: str, ours: float, peer: float, *, solved: bool = True, capped: bool = False) -> Comparison:
    other = Measured("peer 1", peer, 1, capped, solved and not capped)
    return Comparison("part", case, Measured(OURS, ours, 1, False, True), (other, Measured("gone", None)))


ROWS = (
    _row("a", 1.0, 4.0),
    _row("b", 1.0, 16.0),
    _row("c", 1.0, 10.0, solved=False),
    _row("d", 1.0, 64.0, capped=True),
)


def test_a_section_against_a_peer_counts_what_both_solved() -> None:
    found = against("part", "peer 1", ROWS)
    assert found is not None
    assert (found.cases, found.both, found.ours_solved, found.peer_solved) == (4, 2, 4, 2)
    assert (found.median, found.mean, found.least) == (8.0, pytest.approx(8.0), 4.0)
    assert found.capped_mean == pytest.approx((4 * 16 * 10 * 64) ** 0.25)
    assert against("part", "gone", ROWS) is None


def test_the_file_gives_back_what_was_measured(tmp_path: Path) -> None:
    growth = Growth("minimise", "states", "2 symbols", (GrowthPoint(10, 0.1, None), GrowthPoint(20, 0.2, 3.0)))
    result = SpeedBenchmark(ROWS, (growth,), current_conditions(1), processor(), {"numpy": "2"}, 0, True, 3.0, ("No.",))
    path = tmp_path / "speed.json"
    write_json(path, result.to_dict())
    assert read_speed_benchmark(path) == result
    broken = json.loads(path.read_text())
    del broken["comparisons"][0]["ours"]
    write_json(path, broken)
    with pytest.raises(BadInputError, match="malformed"):
        read_speed_benchmark(path)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("comparisons", 0, "peers", 0, "seconds"), "soon"),
        (("comparisons", 0, "peers", 0, "seconds"), -1.0),
        (("comparisons", 0, "peers", 0, "solved"), "yes"),
        (("comparisons", 0, "peers", 0, "facts"), [1]),
        (("comparisons", 0, "peers"), {}),
        (("comparisons", 0, "ours", "seconds"), None),
        (("comparisons", 0, "ours", "seconds"), 0),
        (("comparisons", 0, "ours", "seconds"), math.nan),
        (("comparisons", 0, "ours", "seconds"), 10**400),
        (("comparisons", 0, "ours"), 5),
        (("comparisons", 0, "case"), None),
        (("comparisons", 0), "sums"),
        (("comparisons",), {}),
        (("growth", 0, "stage"), None),
        (("comparisons", 0, "ours", "seconds"), 1e-300),
        (("growth", 0, "points", 0, "size"), 0),
        (("growth", 0, "points", 1, "size"), 10),
        (("growth", 0, "points", 0, "seconds"), None),
        (("growth", 0, "points", 0), [10, 0.1]),
        (("conditions",), 5),
        (("conditions", "cores"), "two"),
        (("packages",), ["numpy"]),
        (("packages", "numpy"), 2),
        (("seconds",), math.inf),
        (("seed",), True),
        (("skipped",), "No."),
        (("processor",), None),
    ],
)
def test_values_of_other_types_are_one_sentence(tmp_path: Path, place: tuple[str | int, ...], value: object) -> None:
    growth = Growth("minimise", "states", "2 symbols", (GrowthPoint(10, 0.1, None), GrowthPoint(20, 0.2, None)))
    result = SpeedBenchmark(ROWS, (growth,), current_conditions(1), "", {"numpy": "2"}, 0, True, 3.0)
    broken = json.loads(json.dumps(result.to_dict()))
    inner = broken
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    path = tmp_path / "speed.json"
    path.write_text(json.dumps(broken))
    with pytest.raises(BadInputError, match="malformed"):
        read_speed_benchmark(path)


RISING = (GrowthPoint(10, 0.1, None), GrowthPoint(20, 0.2, None))


def _measurement(*sections: str, growth: bool = False, quick: bool = False) -> SpeedBenchmark:
    curves = (Growth("minimise", "states", "2 symbols", RISING),) if growth else ()
    rows = tuple(replace(row, section=section) for section in sections for row in ROWS[:2])
    return SpeedBenchmark(rows, curves, current_conditions(1), "", {}, 0, quick, 3.0)


def test_parts_that_are_not_measured_now_come_from_other_measurements() -> None:
    one, two = _measurement("startup", "learning"), _measurement("formulas", "learning", growth=True)
    found = joined(_measurement("formulas"), [one, two])
    assert parts_of(found) == ("startup", "formulas", "learning", "growth")
    assert [row.section for row in found.comparisons] == ["startup"] * 2 + ["formulas"] * 2 + ["learning"] * 2
    assert found.seconds == 9.0
    date = found.conditions.date
    assert found.skipped[0] == "boolean was left out on request."
    assert found.skipped[-2:] == (f"Of another run, {date}: startup, learning.", f"Of another run, {date}: growth.")
    for other in (_measurement("startup", quick=True), replace(one, processor="another")):
        with pytest.raises(BadInputError, match="cannot be compared"):
            joined(two, [other])


def test_a_measurement_is_not_replaced_by_one_that_lacks_parts_of_it(tmp_path: Path) -> None:
    path = tmp_path / "speed.json"
    check_overwritten(None, ["startup"], [])
    check_overwritten(path, ["startup"], [])
    write_json(path, _measurement("startup", "formulas").to_dict())
    check_overwritten(path, ["startup", "formulas", "growth"], [])
    check_overwritten(path, ["startup"], [_measurement("formulas")])
    with pytest.raises(BadInputError, match=r"not measured now: formulas\. .* --with"):
        check_overwritten(path, ["startup"], [])
    before = path.read_bytes()
    said = mips("bench", "speed", "--only", "startup", "--out", path)
    assert said.code == 2
    assert path.read_bytes() == before


def test_only_chooses_parts() -> None:
    assert chosen_parts(None, PARTS) == PARTS
    assert chosen_parts("growth, startup", PARTS) == ("growth", "startup")
    for only in ("nothing", "", "startup,nothing"):
        with pytest.raises(BadInputError, match="--only takes"):
            chosen_parts(only, PARTS)


def test_the_summary_says_where_it_was_measured() -> None:
    result = SpeedBenchmark(
        tuple(Comparison("startup", row.case, row.ours, row.peers) for row in ROWS), (), current_conditions(1),
        "a processor", {"numpy": "2"}, 0, True, 3.0,
    )  # fmt: skip
    text = "\n".join(summary(result))
    assert "8x faster" in text
    assert "a processor" in text
    assert "numpy 2" in text
