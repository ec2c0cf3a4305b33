import numpy as np
import pytest

from mips_core.errors import BadInputError, UnknownTaskError
from mips_core.tasks import Integers, all_tasks, get, names, oracle


def test_there_are_62_tasks_in_the_papers_order():
    assert len(names()) == len(set(names())) == 62
    assert names()[:7] == (
        "Binary_Addition",
        *(f"Base_{b}_Addition" for b in (3, 4, 5, 6, 7)),
        "Bitwise_Xor",
    )
    assert names()[29:34] == ("Previous_Equals_Current", "Diff_Last2", "Abs_Diff", "Abs_Current", "Diff_Abs_Values")
    assert names()[-4:] == ("Newton_Freebody", "Newton_Gravity", "Newton_Spring", "Newton_Magnetic")
    assert tuple(task.name for task in all_tasks()) == names()


def test_every_task_says_what_a_reader_needs():
    for task in all_tasks():
        assert get(task.name) is task
        assert task.description.endswith(".")
        assert task.group
        assert task.length in (10, 20)
        assert task.example.shape == (task.length, task.input_width)
        assert task.example_output.shape == (task.length, task.output_width)
    twenty = {task.name for task in all_tasks() if task.length == 20}
    assert twenty == {"Sum_Last5", "Sum_Last6", "Sum_Last7", "Prev5"}
    two_in = {task.name for task in all_tasks() if task.input_width == 2}
    assert len(two_in) == 11
    assert [task.name for task in all_tasks() if task.output_width == 2] == ["Newton_Magnetic"]


def test_input_ranges():
    assert get("Diff_Last2").inputs == (Integers(-100, 100),)
    assert get("Newton_Magnetic").inputs == (Integers(-10, 11), Integers(-10, 11))
    assert get("Dithering").inputs == (Integers(0, 16),)
    assert get("Abs_Current").output_range == Integers(0, 101)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Prev 1", "Prev1"),
        ("prev1", "Prev1"),
        ("sum-last-3", "Sum_Last3"),
        ("BINARY_ADDITION", "Binary_Addition"),
        ("Balanced_Parentheses", "Balanced_Parenthesis"),
        ("newton_magnet", "Newton_Magnetic"),
        ("add mod 7", "Add_Mod_7"),
    ],
)
def test_an_unknown_task_suggests_the_nearest(typed, meant):
    with pytest.raises(UnknownTaskError, match=f"Did you mean {meant}\\?"):
        get(typed)


@pytest.mark.parametrize("typed", ["", "???", "q" * 100_000])
def test_a_name_like_no_other_gets_no_wild_guess(typed):
    with pytest.raises(BadInputError, match="lists all 62") as caught:
        oracle(typed, np.zeros((1, 1, 1), dtype=int))
    assert "Did you mean" not in str(caught.value)
    assert len(str(caught.value)) < 200
