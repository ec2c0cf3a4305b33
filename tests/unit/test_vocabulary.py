"""Words as symbols: vocabularies, and data files that hold words."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.tasks import Vocabulary, columns, csv_text, find_contradictions, make_dataset, npz_bytes
from mips_core.tasks.csv_format import parse_csv
from mips_core.tasks.npz_format import parse_npz
from mips_core.tasks.vocabulary import LONGEST_WORD, step_text, words_from_json, words_to_json

TURNSTILE = "x,y\ncoin push push,unlocked open locked\npush,locked\ncoin coin,unlocked unlocked\n"


def saved(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def words_of(vocabularies):
    return [None if v is None else list(v.words) for v in vocabularies]


def test_a_word_is_its_position_in_the_sorted_vocabulary():
    data = parse_csv(TURNSTILE.encode(), "turnstile.csv")
    assert words_of(data.input_words) == [["coin", "push"]]
    assert words_of(data.output_words) == [["locked", "open", "unlocked"]]
    assert data.x[0, :, 0].tolist() == [0, 1, 1]
    assert data.y[0, :, 0].tolist() == [2, 1, 0]
    assert data.lengths.tolist() == [3, 1, 2]
    assert [str(r) for r in (*data.inputs, *data.outputs)] == ["0:2", "0:3"]


def test_a_part_of_the_rows_keeps_all_words():
    part = parse_csv(TURNSTILE.encode(), "turnstile.csv").take([1])
    assert part.inputs[0].high == 2
    assert part.outputs[0].high == 3
    learn, held_out = parse_csv(TURNSTILE.encode(), "turnstile.csv").split(0.3, rng=np.random.default_rng(0))
    assert words_of(learn.input_words) == words_of(held_out.input_words) == [["coin", "push"]]


def test_each_component_is_words_or_integers_on_its_own():
    data = parse_csv(b"x,y\nget;3 put;-4,ok;0 full;12\nput;7,ok;1\n", "store.csv")
    assert words_of(data.input_words) == [["get", "put"], None]
    assert words_of(data.output_words) == [["full", "ok"], None]
    assert data.x[0].tolist() == [[0, 3], [1, -4]]
    assert data.y[1, 0].tolist() == [1, 1]
    assert step_text(data.y[0, 1], data.output_words) == "full;12"
    one_sided = parse_csv(b"up down,1 0\n", "d.csv")
    assert one_sided.output_words == (None,)
    assert parse_csv(b"1 0,up down\n", "d.csv").input_words == (None,)


@pytest.mark.parametrize(
    "word", ["ACK+PSH(FRESH,CURRENT,1)", "[200]", "?", '"', "'", 'a"b', "#", "-", "\\n", "ä", "1.5.2", "0x1F", "200:OK"]
)
def test_words_of_protocols_survive_both_formats(word):
    data = make_dataset([[word, "plain"], ["plain", word]], [["yes", "no"], ["no", "no"]])
    for again in (parse_csv(csv_text(data).encode(), "d.csv"), parse_npz(npz_bytes(data), "d.npz")):
        assert again.digest == data.digest
        assert words_of(again.input_words) == [sorted([word, "plain"])]


def test_cells_with_commas_stand_in_quotes():
    data = parse_csv(b'x,y\n"SYN(V,V,0) ""hi""" , "ACK(C,N,0) [200]"\n', "tcp.csv")
    assert words_of(data.input_words) == [['"hi"', "SYN(V,V,0)"]]
    assert words_of(data.output_words) == [["ACK(C,N,0)", "[200]"]]
    with pytest.raises(BadInputError, match=r"6 columns; .* words with commas need quotes around their cell"):
        parse_csv(b"x,y\nSYN(V,V,0),ACK(C,N,0)\n", "tcp.csv")


def test_numbers_among_words_are_words():
    data = parse_csv(b"x,y\na b c,200 404 missing\nb c c,404 broken late\n", "web.csv")
    assert words_of(data.output_words) == [["200", "404", "broken", "late", "missing"]]


def test_a_common_word_among_many_numbers_makes_words_and_a_rare_one_is_a_mistake():
    rows = [f"{i % 8} {i % 5},{i % 8} {i % 5}" for i in range(200)]
    common = parse_csv("\n".join([*rows, *(["3,error"] * 25)]).encode(), "d.csv")
    assert words_of(common.output_words) == [[*map(str, range(8)), "error"]]
    assert common.input_words == (None,)
    with pytest.raises(BadInputError, match=r"d.csv, line 201: step 1 of y is 'error'; write a whole number"):
        parse_csv("\n".join([*rows, "3,error"]).encode(), "d.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 0 O 1,1 0 0 1", "line 1: step 3 of x is 'O'; write a whole number"),
        ("ok ok,1 nan", "line 1: step 2 of y is 'nan'"),
        ("ok none,1 1.5", "line 1: step 2 of y is 1.5; data must be whole"),
        ("up;1 up;x up;2 up;3,0 0 0 0", "line 1: step 2 of x is 'x'"),
        ("x,y\nup down,ok \n", "line 2: x has 2 steps and y has 1"),
        ("x,y\nup,ok\n" + "u" * (LONGEST_WORD + 1) + ",ok", "line 3: step 1 of x is 'uuu"),
        ("x,y\nup\u200b,ok", "line 2: step 1 of x is 'up\\u200b', which holds a character that cannot be printed"),
        ("input,output\ncoin push,ok ok", "line 1 is 'input,output'; the header must be x,y"),
        ("word in,word out\ncoin push,ok ok", "line 1 is 'word in,word out'; the header must be x,y"),
        ("x,y\nup; down up,ok ok", "line 2: step 2 of x has 1 component and step 1 has 2"),
        ("x,y\nup;,ok", "line 2: step 1 of x is nothing"),
    ],
)
def test_what_is_neither_word_nor_number_is_named(text, message):
    with pytest.raises(BadInputError) as caught:
        parse_csv(text.encode(), "d.csv")
    assert str(caught.value).startswith("d.csv, line ")
    assert message in str(caught.value)
    assert len(str(caught.value)) < 300


def test_too_many_different_words(monkeypatch):
    monkeypatch.setattr(columns, "MOST_WORDS", 3)
    assert len(parse_csv(b"x,y\na b c,0 0 0\n", "d.csv").input_words[0]) == 3
    with pytest.raises(BadInputError, match="line 3: step 1 of x is the 4th different word of its column"):
        parse_csv(b"x,y\na b c,0 0 0\nd,0\n", "d.csv")


def test_arrays_of_text():
    x = np.array([["coin", "push"], ["push", "junk"]])
    y = np.array([["ok", "no"], ["no", "beyond its length"]])
    data = parse_npz(saved(x=x, y=y.astype("S"), lengths=np.array([2, 1])), "d.npz")
    assert words_of(data.input_words) == [["coin", "push"]]
    assert data.x[:, :, 0].tolist() == [[0, 1], [1, 0]]
    mixed = np.array([[["get", "3"], ["put", "-4"]]])
    data = parse_npz(saved(x=mixed, y=np.array([[0, 1]])), "d.npz")
    assert (words_of(data.input_words), data.x[0, :, 1].tolist()) == ([["get", "put"], None], [3, -4])


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.array([["0", "1", "O", "1"]]), "d.npz: x[0, 2] is 'O'; write a whole number"),
        (np.array([[["a"], ["two words"]]]), "d.npz: x[0, 1, 0] is 'two words', which holds a space"),
        (np.array([["a", "b;c"]]), "d.npz: x[0, 1] is 'b;c', which holds a semicolon"),
        (np.array([["a", ""]]), "d.npz: x[0, 1] is nothing"),
        (np.array([[b"a", b"\xff"]]), "d.npz: x holds bytes that are no UTF-8 text"),
        (np.array([["1", "2"]]), "d.npz: x holds text, and all of it is whole numbers"),
    ],
)
def test_arrays_of_text_that_cannot_be_used(x, message):
    with pytest.raises(BadInputError) as caught:
        parse_npz(saved(x=x, y=np.zeros(x.shape[:2], dtype=int)), "d.npz")
    assert message in str(caught.value)


def test_the_fingerprint_knows_the_words():
    one, other = make_dataset([["a", "b"]], [[0, 1]]), make_dataset([["a", "c"]], [[0, 1]])
    assert np.array_equal(one.x, other.x)
    assert one.digest != other.digest != make_dataset([[0, 1]], [[0, 1]]).digest


def test_contradictions_are_found_among_words():
    found = find_contradictions(parse_csv(b"x,y\na b,ok ok\na b,ok no\n", "d.csv"))
    assert found.count == 1
    assert found.places[0, 2] == 1


@given(st.lists(st.text("abc[]?", min_size=1, max_size=3), min_size=1, max_size=20))
def test_encode_and_decode_are_inverse(words):
    vocabulary = Vocabulary.of(words)
    assert vocabulary.decode(vocabulary.encode(words)) == words
    assert list(vocabulary.words) == sorted(set(words))
    assert words_from_json(words_to_json((vocabulary, None)), 2, "here") == (vocabulary, None)


def test_unknown_words_and_numbers():
    vocabulary = Vocabulary.of(["login", "logout", "read"])
    with pytest.raises(BadInputError, match="Row 3 holds the word 'logn'; did you mean login\\?"):
        vocabulary.encode(["login", "logn"], "Row 3")
    with pytest.raises(BadInputError, match="no word number 3; the vocabulary has 3 words"):
        vocabulary.decode([3])


@pytest.mark.parametrize("words", [(), ("b", "a"), ("a", "a"), ("a b",), ("",), ("a;b",), ("a\n",)])
def test_what_is_no_vocabulary(words):
    with pytest.raises(BadInputError):
        Vocabulary(words)


@pytest.mark.parametrize("value", [[["a"]], "ab", [["a"], [1]], [["b", "a"], None], [["a"], 5]])
def test_damaged_json_is_refused(value):
    with pytest.raises(BadInputError):
        words_from_json(value, 2, "here")
