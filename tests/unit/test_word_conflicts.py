"""What is said of data of words that gave no machine."""

from __future__ import annotations

import numpy as np

from mips_core.distillation.traces import FEWEST_ROWS, too_few
from mips_core.machines.learning.merging import Conflict
from mips_core.tasks import make_dataset
from mips_core.tasks.vocabulary import Vocabulary

COLOURS = Vocabulary(("blue", "red"))


def test_a_conflict_speaks_in_words_where_columns_hold_words() -> None:
    steps = [np.array([[value]]) for value in (0, 1, 1)]
    outputs = np.array([0]), np.array([1])
    assert "After '0', then '1', the network gives 0; after '1'" in Conflict(*steps, *outputs).explanation
    said = Conflict(*steps, *outputs, (COLOURS,), (COLOURS,)).explanation
    assert "After 'blue', then 'red', the network gives blue; after 'red', then 'red', it gives red" in said


def test_too_few_rows_of_words_are_named() -> None:
    x = np.zeros((150, 3), dtype=np.int64)
    x[0, 0] = 1
    words = {"input_words": (COLOURS,), "output_words": (COLOURS,)}
    stage = too_few(make_dataset(x, x, **words))
    assert stage is not None
    assert "150 rows" in stage.reason
    assert str(FEWEST_ROWS) in stage.reason
    assert too_few(make_dataset(x, x)) is None
