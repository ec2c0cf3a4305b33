"""Python text that makes an input sequence, for the code that pages show."""

from __future__ import annotations

from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Words, has_words, plain_step

SHOWN = 40
"""Steps of a sequence that are written out."""


def shown_steps(x: IntArray) -> tuple[IntArray, str]:
    """Return the first steps of ``x`` (T, D_in) as they are written out, and a comment where there are more.

    >>> import numpy as np
    >>> shown_steps(np.zeros((50, 1), dtype=np.int64))[1]
    '  # the first 40 of 50 steps'
    """
    return x[:SHOWN], f"  # the first {SHOWN} of {len(x)} steps" if len(x) > SHOWN else ""


def sequence_code(x: IntArray, words: Words = ()) -> tuple[list[str], list[str]]:
    """Return the imports and the lines that set ``x``, int64 (T, D_in), from numbers or, where there are words, words.

    The lines read the vocabularies from a run that is called ``run``.

    >>> import numpy as np
    >>> sequence_code(np.array([[0], [1]]))
    (['import numpy as np'], ['x = np.array([[0], [1]]).reshape(-1, 1)'])
    """
    x, more = shown_steps(x)
    if not has_words(words):
        return ["import numpy as np"], [f"x = np.array({x.tolist()}).reshape(-1, {x.shape[1]}){more}"]
    steps = [plain_step(step, words) for step in x.tolist()]
    return (
        ["import numpy as np", "from mips_core.tasks.vocabulary import numbered_step"],
        [
            f"steps = {steps}{more}",
            "x = np.array([numbered_step(step, run.network.card.input_words) for step in steps])"
            f".reshape(-1, {x.shape[1]})",
        ],
    )
