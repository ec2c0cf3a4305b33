"""A piecewise-linear curve: what it computes, what it refuses, and that floating point does not bend it."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.transforms import TRANSFORMS, Transform, logarithm_for, transform_named
from mips_core.errors import BadInputError

FXS = tuple(TRANSFORMS)


@pytest.fixture(autouse=True)
def _strict_arithmetic():
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("fx", FXS)
def test_the_curve_is_straight_over_transformed_x_and_flat_outside(fx):
    curve = PWLCurve([(1, 10), (3, -2), (50, 7)], fx)
    x = np.array([-1e9, 0.0, 1.0, 1.5, 2.9, 3.0, 20.0, 50.0, 51.0, 1e12])
    wanted = np.interp(curve.transform(np.clip(x, 1, 50)), curve.transform(curve.xs), curve.ys)
    assert curve(x) == pytest.approx(wanted, abs=1e-13)
    assert curve.eval(x).tolist() == curve(x).tolist() == curve.predict(x).tolist()


def test_symlog1p_goes_through_zero():
    curve = PWLCurve([(-9, -1), (3, 1)], "symlog1p")
    wanted = -1 + 2 * (math.log(10)) / (math.log(10) + math.log(4))
    assert curve(0.0) == pytest.approx(wanted, abs=1e-15)
    assert curve([-9, 3]).tolist() == [-1, 1]


@pytest.mark.parametrize("fx", FXS)
@pytest.mark.parametrize("base", [1.0, 2015.0, 1.7e9, 1e15])
def test_every_knot_is_on_the_curve_also_when_knots_are_close(fx, base):
    ulp = float(np.spacing(base))
    points = [(base, 0.1), (base + 2 * ulp, 0.7), (base + 3 * ulp, -1 / 3), (base + 4096 * ulp, 1e6 / 7)]
    curve = PWLCurve(points, fx)
    assert curve([x for x, _ in points]).tolist() == [y for _, y in points]
    assert curve(base + ulp) == pytest.approx(0.4, abs=1e-12)


def test_a_logarithm_over_years_loses_no_digits():
    curve = PWLCurve([(2010, 0), (2011, 1000)], "log")
    assert curve(2010.5) == pytest.approx(1000 * math.log1p(0.5 / 2010) / math.log1p(1 / 2010), rel=1e-15)


@pytest.mark.parametrize("fx", FXS)
@pytest.mark.parametrize("ends", ["flat", "linear"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_monotone_curve_never_turns_in_floating_point(fx, ends, sign):
    rng = np.random.default_rng(FXS.index(fx))
    for _ in range(30):
        x = np.sort(rng.random(6)) * 10.0 ** rng.integers(-12, 12) + (0 if fx != "log" else 1e-12)
        if len(set(x)) < 6:
            continue
        y = sign * np.cumsum(rng.integers(0, 2, 6) * rng.random(6) * 10.0 ** rng.integers(-3, 9))
        curve = PWLCurve(list(zip(x, y, strict=True)), fx, ends)
        margin = x[-1] - x[0]
        grid = np.unique(
            np.concatenate((np.linspace(x[0] - margin / 9, x[-1] + margin / 9, 4000), x, np.nextafter(x, 9)))
        )
        assert (sign * np.diff(curve(grid)) >= 0).all()
        for digits in (2, 3, 4):
            assert (sign * np.diff(curve.round_to_sig_figs(digits)(grid)) >= 0).all()


@pytest.mark.parametrize("fx", FXS)
def test_values_stay_between_the_knots_of_their_segment(fx):
    curve = PWLCurve([(0.1, 1 / 3), (0.7, 1 / 3), (0.9, 0.1), (1.3, 1e9)], fx)
    x = np.linspace(0.1, 0.7, 5001)
    assert (curve(x) == 1 / 3).all()
    assert curve(np.linspace(0, 2, 5001)).max() == 1e9


@pytest.mark.parametrize("fx", FXS)
def test_linear_ends_go_on_along_the_tangent_without_a_step(fx):
    curve = PWLCurve([(2, 1.0), (5, 4.0), (9, -3.0)], fx, "linear")
    step = 1e-6
    for knot, side in ((2.0, -1), (9.0, 1)):
        assert curve(knot + side * 1e-12) == pytest.approx(curve(knot), abs=1e-10)
        inside = (curve(knot) - curve(knot - side * step)) / (side * step)
        outside = (curve(knot + side * step) - curve(knot)) / (side * step)
        assert inside == pytest.approx(outside, rel=1e-5)
        assert curve(knot + side * 100) == pytest.approx(curve(knot) + 100 * side * outside, rel=1e-7)
    first, last = curve.end_slopes()
    scale = curve.transform.scale(np.array([2.0, 9.0]))
    assert [first, last] == pytest.approx((curve.slopes()[[0, -1]] / scale).tolist(), rel=1e-12)


def test_it_takes_lists_numbers_float32_and_any_shape():
    curve = PWLCurve([(0, 0), (10, 1)])
    assert curve(5) == 0.5
    assert isinstance(float(curve(5)), float)
    assert curve([0, 5, 20]).tolist() == [0, 0.5, 1]
    single = curve(np.array([[2.5], [7.5]], dtype=np.float32))
    assert single.dtype == np.float64
    assert single.tolist() == [[0.25], [0.75]]
    assert curve(np.array([], dtype=np.float32)).shape == (0,)
    assert curve(np.array([1, 2])).tolist() == [0.1, 0.2]


def test_nan_stays_nan_and_infinity_is_far_outside():
    values = PWLCurve([(1, 2), (3, 4)], "log")(np.array([np.nan, -np.inf, np.inf]))
    assert np.isnan(values[0])
    assert values[1:].tolist() == [2, 4]


def test_x_from_tiny_to_huge_is_calculated_without_a_warning():
    for fx in FXS:
        curve = PWLCurve([(1e-100, -1), (1.0, 0), (1e100, 1)], fx)
        values = curve(np.logspace(-110, 110, 221))
        assert np.isfinite(values).all()
        assert (np.diff(values) >= 0).all()


@pytest.mark.parametrize(
    ("points", "options", "words"),
    [
        ([], {}, "at least two knots; there are 0"),
        ([(1, 2)], {}, "at least two knots; there are 1"),
        ([(1, 2), (1, 3)], {}, "x of knot 2 is 1, which is not above 1"),
        ([(1, 2), (4, 3), (3, 1)], {}, "x of knot 3 is 3"),
        ([(1, 2), (math.nan, 3)], {}, "Knot 2 is .*finite"),
        ([(1, 2), (2, math.inf)], {}, "Knot 2 is .*finite"),
        ([(1, 2), (2, 3, 4)], {}, "Knot 2 is .*two numbers"),
        ([(1, 2), (2, "high")], {}, "Knot 2 is"),
        ([(1, 2), 5], {}, "Knot 2 is 5"),
        ([(0, 2), (2, 3)], {"fx": "log"}, "needs x above 0; knot 1 has 0"),
        ([(-1, 2), (2, 3)], {"fx": "log1p"}, "needs x above -1"),
        ([(1, 2), (2, 3)], {"fx": "foo"}, 'Invalid fx "foo"'),
        ([(1, 2), (2, 3)], {"fx": np.log}, "Invalid fx"),
        ([(1, 2), (2, 3)], {"ends": "round"}, '"flat" or "linear"'),
        ([(-1.7e308, 2), (1.7e308, 3)], {}, "Knots 1 and 2 lie too far apart"),
        ([(0, 0), (1, -1.7e308), (2, 1.7e308)], {}, "Knots 2 and 3 lie too far apart"),
        ([(1e-300, 2), (1e300, 3)], {"fx": "log"}, "too far apart"),
        ([(1e-320, 2), (2e-320, 3e9)], {"ends": "linear"}, "too steep"),
    ],
)
def test_what_is_no_curve_is_refused_with_the_knot(points, options, words):
    with pytest.raises(CurveError, match=words) as refused:
        PWLCurve(points, **options)
    assert isinstance(refused.value, ValueError)
    assert isinstance(refused.value, BadInputError)


def test_curves_are_values():
    curve = PWLCurve([(1, 2), (3, 4)])
    assert curve == PWLCurve(((1.0, 2.0), [3, 4])) == PWLCurve(np.array([[1, 2], [3, 4]]))
    assert curve != PWLCurve([(1, 2), (3, 4)], "log")
    assert len({curve, PWLCurve([(1, 2), (3, 4)])}) == 1
    assert curve.xs == (1, 3)
    assert curve.ys == (2, 4)
    assert curve.segments == 1
    with pytest.raises(AttributeError):
        curve.fx = "log"  # type: ignore[misc]
    assert PWLCurve([(1, 2), (3, 2)]).is_constant
    assert not curve.is_constant


def test_rounding_keeps_knots_apart_and_inside_the_domain():
    curve = PWLCurve([(1234.5, 0.123456), (1234.6, 9.87654), (5000.1, -1e-9 / 3)])
    assert curve.round_to_sig_figs(2, 3).points == ((1234, 0.123), (1235, 9.88), (5000, -3.33e-10))
    assert PWLCurve([(-0.9996, 1), (2, 3)], "log1p").round_to_sig_figs(2).xs == (-0.9996, 2)
    assert PWLCurve([(17.9, 1), (46.2, 3)], "log", "linear").round_to_sig_figs(2) == PWLCurve(
        [(18, 1), (46, 3)], "log", "linear"
    )
    close = PWLCurve([(1e15, 0), (1e15 + 0.125, 1)])
    assert close.round_to_sig_figs(3).xs == close.xs


@pytest.mark.parametrize("fx", FXS)
def test_steps_of_a_transform_are_its_differences(fx):
    transform = transform_named(fx)
    rng = np.random.default_rng(1)
    low = -0.5 if fx == "log1p" else 0.01 if fx == "log" else -20
    a, b = np.sort(rng.uniform(low, 20, (2, 500)), axis=0)
    assert transform.steps(a, b) == pytest.approx(transform(b) - transform(a), abs=1e-13)
    middle, width = (a + b) / 2, 1e-5
    slope = (transform(middle + width) - transform(middle - width)) / (2 * width)
    assert 1 / transform.scale(middle) == pytest.approx(slope, rel=1e-4)


def test_the_logarithm_suits_the_least_value():
    names = {lowest: logarithm_for(lowest).name for lowest in (0.1, 0.0, -0.9, -1.0, -5.0)}
    assert names == {0.1: "log", 0.0: "log1p", -0.9: "log1p", -1.0: "symlog1p", -5.0: "symlog1p"}
    assert isinstance(logarithm_for(1), Transform)


@pytest.mark.parametrize("fx", FXS)
def test_neighbouring_numbers_of_64_bits_never_turn_a_rising_curve(fx):
    rng = np.random.default_rng(FXS.index(fx))
    for _ in range(100):
        x = np.sort(rng.random(3)) * 10.0 ** rng.integers(-9, 9) + 1e-9
        if fx == "symlog1p":
            x = x - x[1] * rng.random() * 2
        curve = PWLCurve([(x[0], 0), (x[1], rng.random() * 1e6), (x[2], 2e6)], fx)
        start = rng.uniform(x[0], x[2])
        grid = start + np.arange(2000) * abs(np.spacing(start)) * rng.choice([1, 2, 50])
        assert (np.diff(curve(grid)) >= 0).all()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: PWLCurve(None), "list of pairs .* not a NoneType"),  # type: ignore[arg-type]
        (lambda: PWLCurve("ab"), "not a str"),  # type: ignore[arg-type]
        (lambda: PWLCurve(["12", "34"]), "Knot 1 is '12'"),
        (lambda: PWLCurve(np.ma.array([[1, 2], [3, 4]], mask=[[1, 0], [0, 0]])), "not a MaskedArray"),
        (lambda: PWLCurve([(10**400, 1), (2, 3)]), "Knot 1 holds a number beyond 64 bits"),
        (lambda: PWLCurve([(1, 2), (3, 4)], ends=np.array([1, 2])), '"flat" or "linear"'),  # type: ignore[arg-type]
        (lambda: PWLCurve.from_string(None), "must be a str, not NoneType"),  # type: ignore[arg-type]
        *(
            (lambda x=x: PWLCurve([(1, 2), (3, 4)]).round_to_sig_figs(*x), "whole number of at least 1")
            for x in ((0,), (-1,), ("2",), (None,), (2.5,), (2, 0), (True,))
        ),
        *(
            (lambda x=x: PWLCurve([(1, 2), (3, 4)])(x), words)
            for x, words in (
                ("a", "x must be numbers"),
                ([1j], "complex"),
                ([10**400], "beyond 64 bits"),
                (np.ma.array([1.0, 2.0], mask=[0, 1]), "masked"),
                (np.array(["2020-01-01"], dtype="M8[D]"), "dates"),
            )
        ),
    ],
)
def test_bad_arguments_are_refused_in_a_sentence(make, words):
    with pytest.raises(CurveError, match=words):
        make()


def test_more_digits_than_a_float_has_change_nothing():
    curve = PWLCurve([(0.1, 1 / 3), (2 / 3, 7)])
    assert curve.round_to_sig_figs(400) == curve.round_to_sig_figs(17, 10**9) == curve
