"""Programs over words: their text, reading it back, and running it on words and on the words' numbers."""

import black
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.machines import MealyMachine
from mips_core.programs import parse_program, table_program
from mips_core.stepping import outputs_of
from mips_core.tasks import Vocabulary

TURNSTILE = MealyMachine(
    np.array([[1, 0], [1, 0]]),
    np.array([[[2], [0]], [[2], [1]]]),
    np.array([[0], [1]]),
    observed=np.array([[True, False], [True, True]]),
    input_words=(Vocabulary.of(["coin", "push"]),),
    output_words=(Vocabulary.of(["locked", "open", "unlocked"]),),
)

TEXT = """\
# turnstile [table]
TRANSITIONS = {
    (0, "coin"): (1, "unlocked"),
    (0, "push"): (0, "locked"),  # not observed
    (1, "coin"): (1, "unlocked"),
    (1, "push"): (0, "open"),
}


def f(xs):
    outputs = []
    state = 0
    for x in xs:
        state, output = TRANSITIONS[state, x]
        outputs.append(output)
    return outputs
"""

WORDS = st.text(
    st.characters(max_codepoint=0x24F, exclude_categories=["C", "Z"], exclude_characters=";"), min_size=1, max_size=40
)


@st.composite
def machines(draw):
    """Machines with words, integers or both on either side."""
    states, in_width, out_width = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(1, 3))
    columns = [draw(st.lists(WORDS, min_size=1, max_size=3, unique=True)) for _ in range(in_width + out_width)]
    vocabularies = [Vocabulary.of(c) if draw(st.booleans()) else None for c in columns]
    sizes = [3 if v is None else len(v) for v in vocabularies]
    symbols = np.array(np.meshgrid(*[np.arange(n) for n in sizes[:in_width]], indexing="ij")).reshape(in_width, -1).T
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    shape = (states, len(symbols))
    return MealyMachine(
        rng.integers(0, states, shape),
        np.stack([rng.integers(0, n, shape) for n in sizes[in_width:]], axis=2),
        symbols,
        observed=rng.random(shape) < 0.7,
        input_words=tuple(vocabularies[:in_width]),
        output_words=tuple(vocabularies[in_width:]),
    )


def plain(row, words):
    values = [int(v) if w is None else w.words[v] for v, w in zip(row, words, strict=True)]
    return values[0] if len(values) == 1 else tuple(values)


def test_the_text_shows_each_arrow_on_a_line():
    program = table_program(TURNSTILE, "turnstile")
    assert program.source == TEXT
    assert program.function(["coin", "push", "push"]) == ["unlocked", "open", "locked"]
    assert program.method == "table"
    with pytest.raises(KeyError):
        program.function(["kick"])


@settings(max_examples=30, deadline=None)
@given(machines())
def test_text_machine_and_function_say_the_same(machine):
    program = table_program(machine, "random")
    assert black.format_str(program.source, mode=black.Mode()) == program.source
    assert parse_program(program.source, machine.input_words, machine.output_words) == program
    x = machine.symbols[np.random.default_rng(0).integers(len(machine.symbols), size=(4, 6))]
    expected = outputs_of(machine, x)
    assert np.array_equal(outputs_of(program, x), expected)
    for xs, ys in zip(x, expected, strict=True):
        given = [plain(step, machine.input_words) for step in xs]
        assert program.function(given) == [plain(step, machine.output_words) for step in ys]


def test_without_vocabularies_the_words_of_the_text_count():
    program = parse_program(TEXT)
    assert program.input_words == TURNSTILE.input_words
    assert program.output_words == TURNSTILE.output_words
    wider = (Vocabulary.of(["coin", "kick", "push"]),)
    again = parse_program(TEXT, wider, TURNSTILE.output_words)
    assert again.source == TEXT
    x = np.array([[[0], [2], [2]]])
    assert outputs_of(again, x)[0, :, 0].tolist() == [2, 1, 0]


def test_comparisons_and_choices_over_words():
    text = (
        "def f(xs):\n    outputs = []\n    count = 0\n    for x, n in xs:\n"
        '        count = count + n if x == "add" else 0\n'
        '        outputs.append(("full" if count > 3 else "ok", count))\n    return outputs\n'
    )
    program = parse_program(text)
    assert [None if v is None else v.words for v in program.input_words] == [("add",), None]
    assert [None if v is None else v.words for v in program.output_words] == [("full", "ok"), None]
    program = parse_program(text, (Vocabulary.of(["add", "clear"]), None), program.output_words)
    assert program.function([("add", 3), ("add", 1), ("clear", 5)]) == [("ok", 3), ("full", 4), ("ok", 0)]
    outputs = outputs_of(program, np.array([[[0, 3], [0, 1], [1, 5]]]))
    assert outputs[0].tolist() == [[1, 3], [0, 4], [1, 0]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"unlocked"', '"opened"', "'opened'; did you mean open"),
        ('(0, "coin"): (1', '(0, "kick"): (1', "the word 'kick'"),
        ('(0, "coin"): (1', "(0, 5): (1", "words or integers in one place"),
        ('(0, "coin"): (1, "unlocked")', '(0, "coin"): 1', "as many values for each key"),
        ("outputs.append(output)", 'outputs.append(output + "a")', "where an integer is needed"),
        ("state = 0", 'state = "locked"', "Line 12: expected an integer"),
        ("[state, x]", "[state]", "a key of 2 parts"),
    ],
)
def test_texts_that_do_not_fit(old, new, message):
    with pytest.raises(BadInputError, match=message):
        parse_program(TEXT.replace(old, new), TURNSTILE.input_words, TURNSTILE.output_words)
