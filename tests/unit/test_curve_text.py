"""A model as text and back: exact to the last bit, the module computes the model, and nothing in a text is run."""

from __future__ import annotations

import json
import math
import struct
import subprocess
import sys
from functools import cache

import black
import numpy as np
import pytest
from curve_models import NAMES, columns_of, random_curve, random_model, random_rows
from hypothesis import given, settings
from hypothesis import strategies as some

from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm
from mips_core.curves.module import (
    MEANINGS,
    model_text,
    module_about,
    module_function,
    module_source,
    numpy_source,
    read_model_text,
    read_module,
)
from mips_core.curves.module.functions import every_use, functions
from mips_core.curves.module.writing import text_literal, width
from mips_core.curves.reading import read_curve
from mips_core.programs.loops.program import lines_of_code

MODEL = AdditiveModel(
    (
        CurveTerm("bmi", PWLCurve([(18, -31.2), (24.4, -8.1), (37, 6)], "log"), 0.3),
        LevelTerm("sex", (("1", -4.2), ("2", 4.6))),
        CurveTerm("age", PWLCurve([(19, 1.5), (79, -2)])),
    ),
    151.3,
    "classification",
)


def bits(model: AdditiveModel) -> list[object]:
    """Return a model with each number as its 64 bits, so that 0.0 and -0.0 differ, and True and 1."""
    parts: list[object] = [model.task, struct.pack("<d", model.bias)]
    for term in model.terms:
        parts += [term.feature, struct.pack("<d", term.missing)]
        if isinstance(term, CurveTerm):
            parts += [term.curve.fx, term.curve.ends, *(struct.pack("<dd", *point) for point in term.curve.points)]
        else:
            parts.append(struct.pack("<d", term.other))
            parts += [(type(level), level, struct.pack("<d", score)) for level, score in term.levels]
    return parts


@cache
def models() -> tuple[AdditiveModel, ...]:
    rng = np.random.default_rng(7)
    return tuple(random_model(rng) for _ in range(1000))


def test_a_thousand_models_come_back_from_their_modules_bit_by_bit():
    for model in models():
        text = module_source(model)
        again = read_module(text)
        assert bits(again) == bits(model)
        assert module_source(again) == text


def test_a_thousand_models_come_back_from_the_papers_notation_bit_by_bit():
    for model in models():
        text = model_text(model)
        again = read_model_text(text)
        assert bits(again) == bits(model)
        assert model_text(again) == text


def test_a_thousand_curves_print_as_the_code_that_rebuilds_them():
    rng = np.random.default_rng(3)
    for _ in range(1000):
        curve = random_curve(rng)
        again = PWLCurve.from_string(str(curve))
        assert bits(AdditiveModel((CurveTerm("x", again),))) == bits(AdditiveModel((CurveTerm("x", curve),)))
        assert str(again) == str(curve) == repr(curve)


@settings(max_examples=150, deadline=None)
@given(
    feature=some.text(alphabet=some.characters(), max_size=20),
    level=some.text(alphabet=some.characters(), min_size=1, max_size=20),
    numbers=some.lists(some.floats(-1e300, 1e300), min_size=3, max_size=8, unique_by=lambda x: x + 0.0),
    about=some.text(max_size=40),
)
def test_any_name_level_and_number_comes_back(feature, level, numbers, about):
    bias, *xs = numbers
    curve = CurveTerm(feature, PWLCurve([(x, -x) for x in sorted(xs)]), bias)
    table = LevelTerm(feature + level, ((level, bias), (5, xs[0])), xs[-1])
    model = AdditiveModel((curve, table), bias)
    text = module_source(model, about)
    assert bits(read_module(text)) == bits(read_model_text(model_text(model))) == bits(model)
    assert module_source(read_module(text), module_about(text)) == text
    compile(text, "<text>", "exec")


@pytest.mark.parametrize(
    "text",
    [
        "PWLCurve([(1, 10), (2, 20)])",
        'PWLCurve([(1, 10), (2, 20)], fx="log")',
        'PWLCurve([(1700000000.25, 0.3333333333333333), (1700000000.5, -0.0)], fx="log1p", ends="linear")',
        "PWLCurve([(1e-12, 1), (1.0000000000000002e-12, 2)])",
        "PWLCurve([(-0.0, 5e-324), (1e+100, 1.7976931348623157e+308)])",
        "PWLCurve([(999999999999999, 1), (1000000000000000.0, 2)])",
    ],
)
def test_the_text_of_a_curve_is_kept(text):
    assert str(read_curve(text)) == text
    assert eval(text, {"PWLCurve": PWLCurve}) == read_curve(text)


def test_a_curve_may_be_written_in_other_ways():
    wanted = PWLCurve([(1, 2), (3, 4)], "log", "linear")
    for text in (
        'PWLCurve([(1, 2), (3, 4)], "log", "linear")',
        "  PWLCurve(points=((1.0, 2), [3, 4]), ends='linear', fx='log')  # by hand",
        '\n\nPWLCurve(\n  [(1, 2),\n   (3, 4)],\n  fx="log",\n  ends="linear",\n)\n',
    ):
        assert read_curve(text) == wanted


def test_the_module_computes_the_model_on_every_kind_of_row():
    rng = np.random.default_rng(11)
    for model in models()[:200]:
        rows = random_rows(model, 15, rng)
        columns = columns_of(model, rows)
        score = module_function(model)
        found = np.array([score(row) for row in rows])
        if not model.terms:
            assert found.tolist() == [model.bias] * len(rows)
            continue
        wanted = model.scores(columns)
        size = 1 + np.abs(model.contributions(columns)).max(axis=1)
        assert (np.abs(found - wanted) <= 1e-12 * size).all()
        names: dict = {}
        exec(numpy_source(model), names)
        assert (np.abs(names["scores"](columns) - wanted) <= 1e-12 * size).all()


@pytest.mark.parametrize("ends", ["flat", "linear"])
@pytest.mark.parametrize("fx", ["identity", "log", "log1p", "symlog1p"])
def test_the_module_is_within_a_trillionth_also_far_outside_and_over_years(fx, ends):
    curve = PWLCurve([(1990, -1.5), (2008, 0.25), (2009, 0.75), (2020, 0.5)], fx, ends)
    model = AdditiveModel((CurveTerm("year", curve),), 0.1)
    x = np.concatenate((np.linspace(1980, 2030, 4001), [1e-300, 1e4]))
    score = module_function(model)
    assert np.abs(np.array([score({"year": each}) for each in x]) - model.scores({"year": x})).max() <= 1e-12


def test_the_module_runs_by_itself_in_a_bare_python(tmp_path):
    rng = np.random.default_rng(5)
    model = AdditiveModel(
        (
            *(
                CurveTerm(fx, PWLCurve([(0.5, -1), (2, 3), (9, 1 / 3)], fx, "linear"), 0.1)
                for fx in ("identity", "log")
            ),
            LevelTerm("größe 🙂", (("1", -4.2), (True, 1.0)), 0.5, -0.5),
        ),
        -2.5,
    )
    path = tmp_path / "model.py"
    path.write_text(module_source(model, "A model."), encoding="utf-8")
    rows = random_rows(model, 50, rng)
    rows += [{"identity": "3.5", "log": " 7 ", "größe 🙂": 1.0}, {"identity": True, "log": "nan", "größe 🙂": "1"}]
    code = (
        "import json, runpy, sys; m = runpy.run_path(sys.argv[1]); "
        "print(json.dumps([m['score'](row) for row in json.load(sys.stdin)])); "
        "assert 'numpy' not in sys.modules"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", "-c", code, str(path)],
        input=json.dumps(rows), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(run.stdout) == pytest.approx(model.scores(columns_of(model, rows)), abs=1e-12)
    imports = [line for line in path.read_text(encoding="utf-8").splitlines() if "import" in line]
    assert imports == ["import math"]


def test_numbers_may_be_text_and_levels_may_be_numbers():
    score = module_function(MODEL)
    assert score({"bmi": "24.4", "sex": "2", "age": "19"}) == pytest.approx(151.3 - 8.1 + 4.6 + 1.5, abs=1e-12)
    assert score({"bmi": 24.4, "sex": 2, "age": 19}) == score({"bmi": "24.4", "sex": "2", "age": "19"})
    assert score({"bmi": None, "sex": "", "age": math.nan}) == 151.3 + 0.3
    assert score({"bmi": "nan", "sex": math.nan, "age": ""}) == 151.3 + 0.3
    assert score({"bmi": None, "sex": "3", "age": None}) == 151.3 + 0.3
    assert isinstance(score({"bmi": 18, "sex": "9", "age": 1}), float)
    with pytest.raises(KeyError, match="age"):
        score({"bmi": 24.4, "sex": "2"})
    with pytest.raises(ValueError, match="tall"):
        score({"bmi": "tall", "sex": "2", "age": 3})


def test_scores_take_missing_values_and_levels_as_the_module_does():
    columns = {
        "bmi": np.array([24.4, np.nan, 30]),
        "sex": np.array(["1", None, 2], dtype=object),
        "age": ["19", "", "50.5"],
    }
    rows = [{"bmi": 24.4, "sex": "1", "age": 19}, dict.fromkeys(MODEL.features), {"bmi": 30, "sex": 2, "age": 50.5}]
    assert MODEL.scores(columns) == pytest.approx([module_function(MODEL)(row) for row in rows], abs=1e-12)


def test_a_model_without_terms_is_its_bias():
    model = AdditiveModel((), 2)
    assert module_function(model)({}) == 2.0
    assert lines_of_code(module_source(model)) == 5
    names: dict = {}
    exec(numpy_source(model), names)
    assert names["scores"]({"a": np.zeros(3)}).tolist() == [2, 2, 2]
    assert names["scores"]({}).shape == (0,)


def test_texts_are_laid_out_as_black_does():
    for model in models()[:40]:
        for text in (module_source(model, 'Says "yes" \\ often. ' * 9), numpy_source(model)):
            assert black.format_str(text, mode=black.Mode()) == text
    for text in {part + "\n" for uses in every_use() for part in functions(uses)}:
        assert black.format_str(text, mode=black.Mode()) == text
        assert max(map(len, text.splitlines())) <= 88


def test_short_curves_take_a_line_and_long_ones_stay_within_the_width():
    text = module_source(MODEL)
    assert '    "age": {"knots": [(19, 1.5), (79, -2)], "missing": 0},\n' in text
    assert "fmt" not in text
    long = CurveTerm("x", PWLCurve([(each, 1 / (each + 3)) for each in range(40)]))
    lines = module_source(AdditiveModel((*MODEL.terms, long))).splitlines()
    assert max(map(width, lines)) <= 88
    assert lines.count("# fmt: off") == lines.count("# fmt: on") == 1


def test_a_module_has_few_lines():
    curves = tuple(CurveTerm(f"x{n}", PWLCurve([(1, 0), (2, 1)], "log" if n % 2 else "identity")) for n in range(20))
    assert lines_of_code(module_source(AdditiveModel(curves))) <= 20 + 30
    plain = tuple(CurveTerm(f"x{n}", PWLCurve([(1, 0), (2, 1)])) for n in range(20))
    assert lines_of_code(module_source(AdditiveModel(plain))) <= 20 + 24


def test_the_papers_notation_of_six_features_is_nine_short_lines():
    curves = [
        CurveTerm(name, PWLCurve([(18, 3.131), (21, 0.5912), (46, -0.7213)], "log"))
        for name in ("age", "priors", "days")
    ]
    levels = [LevelTerm(name, (("Male", -0.2031), ("Female", 0.0432))) for name in ("sex", "race", "charge")]
    text = model_text(AdditiveModel((*curves, *levels), -0.1234, "classification"))
    assert len(text.splitlines()) <= 9 + 1
    assert lines_of_code(text) <= 9
    assert len(text) <= 800


@pytest.mark.parametrize("task", list(MEANINGS))
@pytest.mark.parametrize(
    "about", ["", "Curves of trees.", 'Quotes " and \\ and\nlines.\n\n\nAnd more.  ', "long " * 60, *MEANINGS.values()]
)
def test_the_words_about_a_model_stay_in_the_text(task, about):
    model = AdditiveModel(MODEL.terms, 1, task)
    text = module_source(model, about)
    assert module_source(read_module(text), module_about(text)) == text
    assert MEANINGS[task] in text
    compile(text, "<text>", "exec")


def test_texts_in_quotes_are_those_of_python():
    for name in (*NAMES, "a'b'c\"", "\x00\x1f\x85\xa0\u200b\U0001f600", "'", '"', "\\"):
        assert eval(text_literal(name)) == name


def test_edited_data_is_read():
    text = module_source(MODEL)
    edited = (
        text.replace("(24.4, -8.1)", "(25, -8.1)").replace('"fx": "log", ', "").replace("BIAS = 151.3", "BIAS = -3")
    )
    model = read_module(edited)
    assert model.bias == -3
    assert model.term("bmi").curve == PWLCurve([(18, -31.2), (25, -8.1), (37, 6)])
    assert read_module(text.replace("TERMS = {", "# by hand\nTERMS = {\n\n")) == MODEL
    new = text.replace(
        '    "age"', '    "new": {"missing": 1, "ends": "linear", "knots": [[0, 1], [2, 3]]},\n    "age"'
    )
    assert read_module(new).features == ("bmi", "sex", "new", "age")
    assert read_module(read_text := module_source(read_module(new))) == read_module(new)
    assert "def beyond" in read_text
    assert read_module(text.replace("\n", "\r\n")) == MODEL


REFUSED = [
    ("-31.2", "abs(3)", 8, "must be a number that is written out, not abs"),
    ("-31.2", "x", 8, "not x"),
    ("-31.2", "x.real", 8, "not x.real"),
    ("-31.2", '__import__("os").system("x")', 8, "not __import__"),
    ("-31.2", "1 + 1", 8, "must be a number"),
    ("-31.2", "--1", 8, "must be a number"),
    ("-31.2", "True", 8, "not True"),
    ("-31.2", "None", 8, "not None"),
    ("-31.2", '"1"', 8, "must be a number"),
    ("-31.2", "1j", 8, "must be a number"),
    ("-31.2", "1e999", 8, "finite"),
    ("-31.2", "-1" + "0" * 400, 8, "finite"),
    ("-31.2", "nan", 8, "not nan"),
    ("-31.2", "[x for x in y]", 8, "must be a number"),
    ("-31.2", "(lambda: 1)()", 8, "must be a number"),
    ("-31.2", 'f"{x}"', 8, "must be a number"),
    ("-31.2", "-31.2, 5", 8, "knot 1 must be two numbers"),
    ("-31.2", "(", 8, "not valid Python"),
    ("(24.4, -8.1)", "(17, -8.1)", 8, "x of knot 2 is 17, which is not above 18"),
    ("(24.4, -8.1)", "(18, -8.1)", 8, "which is not above 18"),
    ("(24.4, -8.1)", "24.4", 8, "knot 2 must be two numbers"),
    ("(18, -31.2)", "(-18, -31.2)", 8, "needs x above 0"),
    ("(18, -31.2), (24.4, -8.1), ", "", 8, "at least two knots"),
    ("(18, -31.2), (24.4, -8.1), ", "*knots, ", 8, "knot 1 must be two numbers"),
    ('"fx": "log"', '"fx": "foo"', 8, 'Invalid fx "foo"'),
    ('"fx": "log"', '"fx": log', 8, "must be a text in quotes, not log"),
    ('"fx": "log"', '"f": "log"', 8, '"f" is no field of a term with "knots"'),
    ('"fx": "log"', '"ends": "round"', 8, '"flat" or "linear"'),
    ('"fx": "log"', '"fx": "log", "fx": "log"', 8, '"fx" stands twice'),
    ('"fx": "log"', '**{"fx": "log"}', 8, "must be written out"),
    (', "missing": 0.3', "", 8, '\'bmi\' has no "missing"; add it, for example "missing": 0'),
    ('"other": 0, ', "", 9, 'has no "other"'),
    ('"2": 4.6', '"1": 4.6', 9, '"1" stands twice'),
    ('"2": 4.6', "2.5: 4.6", 9, "must be a text in quotes, a whole number"),
    ('"2": 4.6', '"": 4.6', 9, "missing value"),
    ('"2": 4.6', "x: 4.6", 9, "not x"),
    ('"2": 4.6', "True: 4.6, 1: 5", 9, "1 stands twice"),
    ('"age": {', '"bmi": {', 10, '"bmi" stands twice in TERMS'),
    ('"age": {', "5: {", 10, "must be a text in quotes"),
    ('"age": {"knots": [(19, 1.5), (79, -2)], "missing": 0}', '"age": curve()', 10, "must be a dictionary"),
    ("[(19, 1.5), (79, -2)]", "sorted([(19, 1.5), (79, -2)])", 10, "must be a list"),
    ("[(19, 1.5), (79, -2)]", "{(19, 1.5), (79, -2)}", 10, "must be a list"),
    ('"classification"', '"guessing"', 5, "TASK is one of"),
    ('"classification"', "5", 5, "must be a text in quotes"),
    ("BIAS = 151.3", "BIAS = 151.3\nBIAS = 2", 7, "BIAS is set twice"),
    ("BIAS = 151.3", "BIAS = 151.3\nimport os", 7, "only TASK, BIAS, TERMS and our functions .* not import os"),
    ("BIAS = 151.3", "BIAS = 151.3\nprint('hello')", 7, "not print"),
    ("BIAS = 151.3", "BIAS: float = 151.3", 6, "only TASK"),
    ("BIAS = 151.3", "BIAS = OTHER = 151.3", 6, "only TASK"),
    ("BIAS = 151.3\n", "", 1, "no BIAS"),
    ("import math", "import math as os", 3, "only TASK"),
    ("float(BIAS)", "float(BIAS) + 1", 49, "the function score was edited; change numbers in TERMS"),
    ("def score(row)", "@cache\ndef score(row)", 50, "the function score was edited"),
    ("def score(row)", "def scored(row)", 49, "the function scored is not one of"),
    ("def score(row)", "async def score(row)", 49, "only TASK"),
    ("def score(row)", "def level_at(row):\n    pass\n\n\ndef score(row)", 49, "level_at stands there twice"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), REFUSED)
def test_what_is_not_the_text_of_a_model_is_refused_with_its_place(old, new, line, words):
    text = module_source(MODEL)
    assert text.count(old) >= 1
    edited = text.replace(old, new, 1)
    with pytest.raises(CurveError, match=words) as refused:
        read_module(edited)
    assert refused.value.line == line
    assert refused.value.column is not None
    assert f"ine {line}, column {refused.value.column}: " in str(refused.value) or "no BIAS" in words


def test_the_column_counts_letters_not_bytes():
    model = AdditiveModel((CurveTerm("größe 🙂", PWLCurve([(1, 2), (3, 4)])),))
    text = module_source(model).replace("(3, 4)", "(3, four)")
    with pytest.raises(CurveError) as refused:
        read_module(text)
    line = text.splitlines()[refused.value.line - 1]
    assert line[refused.value.column - 1 :].startswith("four")
    with pytest.raises(CurveError) as refused:
        read_curve("   PWLCurve([(1, 2), (3, four)])")
    assert (refused.value.line, refused.value.column) == (1, 26)


@pytest.mark.parametrize(
    ("text", "words", "place"),
    [
        ("Curve([(1, 2), (3, 4)])", "must begin with", (1, 1)),
        ("exec('x')", "must begin with", (1, 1)),
        ("PWLCurve", "must begin with", (1, 1)),
        ("a.PWLCurve([(1, 2), (3, 4)])", "must begin with", (1, 1)),
        ("PWLCurve([(1, 2), (3, 4)])([1])", "must begin with", (1, 1)),
        ("x = PWLCurve([(1, 2), (3, 4)])", "must begin with", (1, 1)),
        ("PWLCurve([(1, 2), (3, 4)])\nexit()", "must begin with", (2, 1)),
        ("", "must begin with", (1, 1)),
        ("PWLCurve()", "needs its knots", (1, 1)),
        ('PWLCurve(fx="log")', "needs its knots", (1, 1)),
        ("PWLCurve(5)", "must be a list", (1, 10)),
        ('PWLCurve([(1, 2), (3, 4)], fx="foo")', 'Invalid fx "foo"', (1, 31)),
        ('PWLCurve([(1, 2), (3, 4)], "foo")', 'Invalid fx "foo"', (1, 28)),
        ("PWLCurve([(1, 2), (3, 4)], mono=True)", "mono=True is unknown here", (1, 28)),
        ("PWLCurve([(1, 2), (3, 4)], **x)", "unknown here", (1, 28)),
        ("PWLCurve(*x)", "must be a list", (1, 10)),
        ('PWLCurve([(1, 2), (3, 4)], "log", fx="log")', "fx is given twice", (1, 35)),
        ('PWLCurve([(1, 2), (3, 4)], "log", "flat", 4)', "at most 3 values", (1, 43)),
        ("PWLCurve([(1, 2),\n  (0.5, 4), (0.25, 4)])", "x of knot 2 is 0.5", (2, 3)),
        ("PWLCurve([(1, 2), (3, 4)", "not valid Python", (1, 10)),
        ("PWLCurve([(1, 2), (3, nan)])", "not nan", (1, 23)),
    ],
)
def test_what_is_not_the_text_of_a_curve_is_refused_with_its_place(text, words, place):
    with pytest.raises(CurveError, match=words) as refused:
        read_curve(text)
    assert (refused.value.line, refused.value.column) == place


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "score = bias"),
        ("total = sum([])", "score = bias"),
        ("score = sum([])\nscore = sum([])", "score = bias"),
        ("score = 5", "must begin with"),
        ("score = sum([]) + 5", "must be a number"),
        ("score = x + sum([])", "not x"),
        ("score = 1 - sum([])", "must begin with"),
        ("score = max([])", "must begin with"),
        ("score = sum()", "sum takes one list"),
        ("score = sum(parts=[])", "sum takes one list"),
        ("score = sum([open('x')])", "must begin with"),
        ("score = sum(x for x in y)", "must be a list"),
        ('score = sum([PWLCurve("a", [(1, 2), (2, 3)]), EnumCurve("a", {})])', "two terms are about the feature 'a'"),
        ('score = sum([PWLCurve("a")])', "points are left out"),
        ("score = sum([PWLCurve()])", "feature is left out"),
        ("score = sum([PWLCurve(a, [(1, 2), (2, 3)])])", "not a"),
        ('score = sum([EnumCurve("a", {"x": y})])', "not y"),
        ('score = sum([EnumCurve("a", {"": 1})])', "missing value"),
        ('score = sum([EnumCurve("a", dict(x=1))])', "must be a dictionary"),
        ('score = sum([EnumCurve("a", {"x": 1}, missing=None)])', "not None"),
    ],
)
def test_what_is_not_the_papers_notation_is_refused(text, words):
    with pytest.raises(CurveError, match=words) as refused:
        read_model_text(text)
    assert refused.value.line is not None


def test_the_papers_own_text_is_read():
    text = """score = sum([
      PWLCurve("age", [(18, 3.13), (21, 0.591), (46, -0.721)], fx="log"),
      PWLCurve("priors_count", [(0, -0.842), (1, -0.445), (38, 2.15)], fx="log1p"),
      EnumCurve("sex", {1: -0.203, 2: 0.0432}),
    ])"""
    model = read_model_text(text)
    assert model.features == ("age", "priors_count", "sex")
    assert model.bias == 0
    assert module_function(model)({"age": 18, "priors_count": "0", "sex": 2}) == pytest.approx(3.13 - 0.842 + 0.0432)


@pytest.mark.parametrize(
    "deep",
    [
        "(" * 50_000,
        "[" * 50_000 + "]" * 50_000,
        "-" * 50_000 + "1",
        "a" + ".a" * 50_000,
        "1" + "+1" * 50_000,
        "not " * 50_000 + "1",
        "lambda: " * 20_000 + "1",
        "{1:" * 50_000,
        "1" * 5000,
        "'" * 99_999,
        "\0",
        "\ud800",
        "x" * 1_000_001,
    ],
    ids=range(13),
)
def test_texts_made_to_break_a_parser_are_refused(deep):
    text = module_source(MODEL)
    for read, attack in (
        (read_curve, deep),
        (read_curve, f"PWLCurve([({deep}, 1), (2, 3)])"),
        (read_model_text, f"score = {deep}"),
        (read_module, deep),
        (read_module, text.replace("-31.2", deep, 1)),
        (read_module, text.replace("float(BIAS)", deep, 1)),
    ):
        with pytest.raises(CurveError) as refused:
            read(attack)
        assert refused.value.line is not None
        assert len(str(refused.value)) < 400


def test_reading_runs_nothing(tmp_path):
    path = tmp_path / "ran"
    attack = f"__import__('pathlib').Path({str(path)!r}).touch()"
    text = module_source(MODEL)
    for read, edited in (
        (read_curve, attack),
        (read_curve, f"PWLCurve([(1, {attack}), (2, 3)])"),
        (read_model_text, f"score = {attack} + sum([])"),
        (read_module, f"{attack}\n{text}"),
        (read_module, text.replace("-31.2", attack, 1)),
        (read_module, text.replace('"missing": 0', f'"missing": {attack}', 1)),
        (read_module, text.replace("def score(row)", f"def score(row={attack})")),
    ):
        with pytest.raises(CurveError):
            read(edited)
    assert not path.exists()


def test_a_feature_named_like_code_stays_a_name(tmp_path):
    path = tmp_path / "ran"
    name = f'"}}\n__import__("pathlib").Path({str(path)!r}).touch()\n#'
    model = AdditiveModel((LevelTerm(name, ((name, 1.0),)),))
    assert module_function(model)({name: name}) == 1.0
    assert read_module(module_source(model)) == model
    assert not path.exists()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: AdditiveModel((), math.nan), "bias is nan; it must be finite"),
        (lambda: AdditiveModel((), "high"), "bias is 'high'; it must be a number"),  # type: ignore[arg-type]
        (lambda: AdditiveModel((), 0, "guess"), "task is one of"),  # type: ignore[arg-type]
        (lambda: AdditiveModel((LevelTerm("a", ()), LevelTerm("a", ()))), "Two terms are about the feature 'a'"),
        (lambda: LevelTerm("a", (("x", 1), ("x", 2))), "level 'x' of 'a' stands there twice"),
        (lambda: LevelTerm("a", ((1, 1), (True, 2))), "stands there twice"),
        (lambda: LevelTerm("a", ((1.5, 1),)), "levels are non-empty texts"),  # type: ignore[arg-type]
        (lambda: LevelTerm("a", (("", 1),)), "levels are non-empty texts"),
        (lambda: LevelTerm("a", (("x", math.inf),)), "level 'x' of 'a' is inf"),
        (lambda: LevelTerm("a", (), math.nan), "other of 'a' is nan"),
        (lambda: CurveTerm("a", PWLCurve([(0, 1), (1, 2)]), math.nan), "missing of 'a' is nan"),
        (lambda: CurveTerm(5, PWLCurve([(0, 1), (1, 2)])), "name is text, not 5"),  # type: ignore[arg-type]
    ],
)
def test_what_no_text_could_hold_is_no_model(make, words):
    with pytest.raises(CurveError, match=words):
        make()


def test_numpy_scalars_become_plain():
    term = LevelTerm(np.str_("a"), ((np.str_("x"), np.float32(0.5)), (np.int64(3), 1), (np.bool_(True), 2)))
    assert [type(level) for level, _ in term.levels] == [str, int, bool]
    assert read_module(module_source(AdditiveModel((term,)))) == AdditiveModel((term,))


SPELLINGS = [
    *(None, math.nan, np.nan, "", "  ", " " * 30, "NA", "n/a", " NaN ", "nan", "NULL", "None", " ?", "\tna\n"),
    *("Nano", "nonesuch", "N A", "??", "0"),
]


def test_texts_of_a_file_score_as_its_reader_reads_them():
    curve = CurveTerm("x", PWLCurve([(1, 2), (3, 4)]), -7.5)
    table = LevelTerm("k", (("a", 1.0), ("b c", 2.0), ("null", 3.0), (1, 4.0)), 0.25, -0.25)
    model = AdditiveModel((curve, table), 0.5)
    score, names = module_function(model), {}
    exec(numpy_source(model), names)
    rows = [
        {"x": "2", "k": value} for value in [*SPELLINGS, "a", " a", "a\t", "b c ", 1, "1", " 1 ", "null", " null", 5]
    ]
    rows += [{"x": value, "k": "a"} for value in [*SPELLINGS[:14], " 2 ", "+2", "-nan", "1e0", 2, np.float64(2)]]
    found = [score(row) for row in rows]
    columns = columns_of(model, rows)
    assert found == model.scores(columns).tolist() == names["scores"](columns).tolist()
    assert {score({"x": value, "k": "a"}) for value in SPELLINGS[:14]} == {0.5 - 7.5 + 1}
    assert {score({"x": None, "k": value}) for value in SPELLINGS[:14]} == {0.5 - 7.5 - 0.25}
    assert {score({"x": None, "k": value}) for value in SPELLINGS[14:]} == {0.5 - 7.5 + 0.25}
    assert score({"x": None, "k": "null"}) == 0.5 - 7.5 + 3  # a level that is listed is no gap
    assert score({"x": None, "k": " a "}) == score({"x": None, "k": "a"})


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("import math\n", 'needs a line "import math" above'),
        ("def curve_at", "score calls curve_at, which the text lacks"),
        ("def level_at", "score calls level_at, which the text lacks"),
        ("def between", "curve_at calls between, which the text lacks"),
        ("def is_missing", "calls is_missing, which the text lacks"),
    ],
)
def test_what_the_functions_need_must_be_there(gone, words):
    text = module_source(MODEL)
    begin = text.index(gone)
    end = begin + len(gone) if gone.startswith("import") else text.index("\ndef ", begin + 1) + 1
    with pytest.raises(CurveError, match=words) as refused:
        read_module(text[:begin] + text[end:])
    assert refused.value.line > 1


@pytest.mark.parametrize(
    "edit", [('"knots"', '"fx": "log", "knots"'), ('"knots"', '"ends": "linear", "knots"'), None], ids=str
)
def test_an_edit_beyond_what_the_functions_can_do_is_read_and_runs_once_it_is_written_again(edit):
    text = module_source(AdditiveModel((CurveTerm("x", PWLCurve([(1, 2), (3, 4)])),)))
    edited = (
        text.replace("TERMS = {\n", 'TERMS = {\n    "k": {"levels": {"a": 1}, "other": 0, "missing": 0},\n')
        if edit is None
        else text.replace(*edit, 1)
    )
    space: dict = {}
    exec(edited, space)
    with pytest.raises((TypeError, KeyError)):
        space["score"]({"x": 9, "k": "a"})
    model = read_module(edited)
    exec(module_source(model), space)
    assert space["score"]({"x": 9, "k": "a"}) == model.scores({"x": [9.0], "k": ["a"]})[0]


def test_a_data_frame_is_columns_too():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"other": [1, 2], "bmi": [24.4, math.nan], "sex": ["1", " 2"], "age": ["19", "NA"]})
    rows = frame.to_dict("records")
    assert MODEL.scores(frame) == pytest.approx([module_function(MODEL)(row) for row in rows], abs=1e-12)
    assert MODEL.contributions(frame).shape == (2, 3)


def test_a_byte_order_mark_and_a_plus_are_read():
    text = module_source(MODEL)
    assert read_module("\ufeff" + text) == MODEL
    assert module_about("\ufeff" + module_source(MODEL, "Words.")) == "Words."
    assert read_model_text("\ufeff" + model_text(MODEL)) == MODEL
    assert read_module(text.replace("BIAS = 151.3", "BIAS = +151.3").replace("(37, 6)", "(+37, +6)")) == MODEL
    assert PWLCurve.from_string("\ufeffPWLCurve([(+1, 2), (3, +4)])") == PWLCurve([(1, 2), (3, 4)])
    with pytest.raises(CurveError, match="column 10") as refused:
        read_curve("\ufeffPWLCurve(x)")
    assert (refused.value.line, refused.value.column) == (1, 10)


@pytest.mark.parametrize("read", [read_module, read_model_text, PWLCurve.from_string, module_about])
@pytest.mark.parametrize("text", [None, 5, b"PWLCurve([(1, 2), (3, 4)])"])
def test_what_is_no_text_is_refused(read, text):
    with pytest.raises(CurveError, match="must be a str, not"):
        read(text)
