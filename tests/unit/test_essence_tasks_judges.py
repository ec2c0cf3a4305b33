import json

import numpy as np
import pytest

from mips_core.errors import BadInputError
from mips_core.essence.tasks import get, scaling
from mips_core.essence.tasks.images import STROKES, strokes
from mips_core.essence.tasks.judging import mean_of


def row_function(rule):
    def function(cells):
        n = len(cells)
        return [rule >> (4 * cells[i - 1] + 2 * cells[i] + cells[(i + 1) % n]) & 1 for i in range(n)]

    return function


def grid_function(following):
    def function(grid):
        h, w = len(grid), len(grid[0])
        reach = (-1, 0, 1)
        return [
            [
                following(grid[i][j], sum(grid[(i + a) % h][(j + b) % w] for a in reach for b in reach) - grid[i][j])
                for j in range(w)
            ]
            for i in range(h)
        ]

    return function


def policy(formula):
    """Set each variable by the votes of the clauses that do not hold yet; one without other literals has 20 : 7.702."""
    still_open = [list(clause) for clause in formula]
    values = []
    for variable in range(1, max(abs(x) for clause in formula for x in clause) + 1):
        votes = 0.0
        for clause in still_open:
            weight = 20 if len(clause) == 1 else 7.702
            votes += weight * ((variable in clause) - (-variable in clause))
        values.append(votes >= 0)
        literal = variable if votes >= 0 else -variable
        still_open = [[x for x in clause if x != -literal] for clause in still_open if literal not in clause]
    return values


def sign(value):
    return (value > 0) - (value < 0)


def orientation(image):
    """Decide as the network does whose weights are 1, -(n - 1) and -n (n - 1)."""
    x = np.array(image)
    n = len(x)
    differs = np.sign(x.sum(axis=0)[:, None] - x.sum(axis=1)[None, :])
    columns, rows, total = differs.sum(axis=1), -differs.sum(axis=0), differs.sum()
    vertical = np.sign(columns - (n - 1) * (total - columns) - n * (n - 1)).sum()
    horizontal = np.sign(rows - (n - 1) * (-total - rows) - n * (n - 1)).sum()
    return None if vertical == horizontal else int(vertical > horizontal)


RIGHT = {
    "eca-110": (row_function(110), [3, 50], 200),
    "eca-joint": (lambda cells, rule: row_function(rule)(cells), [10], 2_560),
    "life": (grid_function(lambda here, count: int(count == 3 or count + here == 3)), [(3, 3), (12, 9)], 500),
    "majority-grid": (grid_function(lambda here, count: int(count + here >= 5)), [7], 500),
    "argmax": (lambda x: x.index(max(x)), [2, 50], 100),
    "orientation": (orientation, [28, 60], 40),
    "majority": (lambda x: int(2 * sum(x) > len(x)), [3, 51], 200),
    "prefix-or": (lambda x: [int(1 in x[: i + 1]) for i in range(len(x))], [1, 40], 200),
    "fullest-row": (lambda x: max(range(len(x)), key=lambda i: sum(x[i])), [(2, 2), (9, 5)], 200),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_right_everywhere(name):
    function, sizes, cases = RIGHT[name]
    results = scaling(get(name), function, sizes=sizes, cases=cases)
    assert len(results) == len(sizes) * (len(STROKES) if name == "orientation" else 1)
    for result in results:
        assert result.cases >= cases
        assert result.correct + result.abstained == result.cases
        assert result.abstained == 0 or result.kind == "dotted-diagonal"
        assert result.seconds >= 0
        assert result.satisfied is None


def test_one_wrong_pattern_is_counted_cell_by_cell():
    (result,) = scaling(get("eca-110"), row_function(111), sizes=[1000], cases=1000)  # 000 -> 1 instead of 0
    assert 0.8 < result.correct / result.cases < 0.95  # an eighth of random cells


def test_each_step_begins_at_the_true_cells():
    (result,) = scaling(get("eca-204"), lambda cells: [1 - cells[0], *cells[1:]], sizes=[50], cases=5_000)
    assert result.cases - result.correct == result.cases // 50  # one wrong cell a row


def test_a_wrong_shape_is_all_wrong():
    for wrong in (lambda cells: cells[:-1], lambda cells: None, lambda cells: [cells]):
        (result,) = scaling(get("eca-204"), wrong, sizes=[50], cases=100)
        assert result.correct == 0


def test_no_answer_is_no_right_answer():
    for result in scaling(get("orientation"), lambda image: None, sizes=[28], cases=4):
        assert (result.correct, result.abstained, result.cases) == (0, 4, 4)
    assert result.kind == "dotted-diagonal"
    assert result.to_dict() | {"seconds": 0} == {
        "size": [28, 28], "cases": 4, "correct": 0, "seconds": 0, "kind": "dotted-diagonal", "abstained": 4,
    }  # fmt: skip


def test_strokes_of_dots_that_share_no_column_are_the_honest_limit():
    *others, dotted_diagonal = scaling(get("orientation"), orientation, sizes=[28], cases=300)
    assert all(result.abstained == 0 for result in others)
    assert dotted_diagonal.kind == "dotted-diagonal"
    assert 0.35 < dotted_diagonal.abstained / 300 < 0.65


def test_a_task_is_not_solved_by_a_constant():
    for name, constant in [("majority", 1), ("argmax", 0), ("fullest-row", 0), ("orientation", 1)]:
        for result in scaling(get(name), lambda _, constant=constant: constant, sizes=[41], cases=60):
            assert result.correct < 0.8 * result.cases


def test_the_same_seed_gives_the_same_inputs_whatever_the_other_sizes():
    seen = []
    for sizes in ([6], [60, 6], [6]):
        scaling(get("argmax"), lambda x: seen.append(x) if len(x) == 6 else 0, sizes=sizes, cases=3)
    assert seen[:3] == seen[3:6] == seen[6:]
    scaling(get("argmax"), seen.append, sizes=[6], cases=3, seed=1)
    assert seen[9:] != seen[:3]


@pytest.mark.parametrize(
    ("name", "size", "sentence"),
    [
        ("argmax", (6, 6), r"no inputs of size 6 by 6; sizes are from 2 on\."),
        ("life", 2, r"no inputs of size 2 by 2; sizes are from 3 by 3 on\."),
        ("majority", 10, r"no inputs of size 10; sizes are from 3 on, in steps of 2\."),
        ("life", 999_999_999, "too large to judge; at most 10,000,000"),
        ("orientation", (28, 30), "Images of strokes are square; there are none of 28 by 30 pixels"),
    ],
)
def test_sizes_that_do_not_exist(name, size, sentence):
    with pytest.raises(BadInputError, match=sentence):
        scaling(get(name), lambda value: value, sizes=[size])
    with pytest.raises(BadInputError, match="Cannot judge 0 cases"):
        scaling(get(name), lambda value: value, cases=0)


def test_quick_sizes_begin_with_the_taught_one_where_inputs_are_whole():
    for name in ("argmax", "orientation", "majority", "prefix-or", "fullest-row"):
        task = get(name)
        assert task.judge.quick[0][0] == task.data().samples[0].input_shape


@pytest.mark.parametrize("kind", STROKES)
def test_strokes_are_what_they_are_called(kind):
    n = 28
    images = list(strokes(kind, n, 60, np.random.default_rng(4)))
    assert [label for _, label in images] == [1, 0] * 30
    for image, label in images:
        upright = image if label == 1 else image.T
        assert upright.shape == (n, n)
        inked = [np.flatnonzero(row) for row in upright]
        if kind == "outline":
            left, right = inked[0][0], inked[0][-1]
            assert all(row.tolist() == [left, right] for row in inked[1:-1])
            assert inked[0].tolist() == inked[-1].tolist() == list(range(left, right + 1))
            assert 2 <= right - left <= 4
            continue
        rows = [i for i, row in enumerate(inked) if len(row)]
        columns = np.array([row[0] for row in inked if len(row)])
        assert all(len(row) <= 1 for row in inked)
        assert rows in ([list(range(n))] if "dotted" not in kind else [list(range(0, n, 2)), list(range(1, n, 2))])
        drift = np.abs(columns[:, None] - columns[None, :])
        if "diagonal" in kind:
            most = 0.3 if kind == "diagonal" else 1.0
            assert (drift <= np.ceil(most * np.abs(np.subtract.outer(rows, rows)))).all()
        else:
            assert drift.max() == (1 if kind == "zigzag" else 0)


def test_the_policy_is_ahead_of_greedy_and_of_three_quarters():
    (small,) = scaling(get("max-sat"), policy, sizes=[(5, 50)], cases=600)
    assert small.cases == 600 * 50
    assert small.correct / 600 == pytest.approx(small.satisfied.mean)
    rivals = {rival.name: rival for rival in small.rivals}
    for name in ("greedy", "3/4-approximation"):
        assert rivals[name].behind.low > 0
        assert rivals[name].behind.mean == pytest.approx(small.satisfied.mean - rivals[name].satisfied.mean)
        assert rivals[name].behind.low < rivals[name].behind.mean < rivals[name].behind.high
    assert json.loads(json.dumps(small.to_dict()))["rivals"][0]["name"] == "greedy"


def test_a_single_formula_is_made_two():
    (result,) = scaling(get("max-sat"), policy, sizes=[(3, 4)], cases=1)
    assert result.cases == 8


def test_an_interval_as_in_the_tables():
    mean = mean_of([1.0, 2.0, 3.0])
    assert (mean.mean, mean.low, mean.high) == pytest.approx((2, 2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5))
