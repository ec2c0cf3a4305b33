"""Data of rules that are no benchmark task, from a file to a program."""

from pathlib import Path

import numpy as np
import pytest
from unseen_rules import RULES

from mips_core.distillation import distill
from mips_core.regression import Method
from mips_core.stepping import outputs_of
from mips_core.tasks import write_csv


@pytest.mark.parametrize("name", ["toggle_on_rising_edge", "compare_base_2_high_first"])
def test_a_data_file_becomes_a_formula_that_holds_beyond_its_length(name: str, tmp_path: Path) -> None:
    rule = RULES[name]
    write_csv(rule.dataset(), tmp_path / "data.csv")
    report = distill(tmp_path / "data.csv")
    assert report.program is not None
    assert report.program.method is not Method.TABLE
    for length in (rule.length, 5 * rule.length):
        words = rule.draw(300, np.random.default_rng(1), length)
        assert (outputs_of(report.program, words) == rule.outputs(words)).all()
