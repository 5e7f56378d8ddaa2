"""The sums behind the plots, without any widget."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFont, QFontMetricsF

from nn_desktop.desktop.look.numbers import figure, grouped, read_figure, share, tick, ticks
from nn_desktop.desktop.plots.contour import contour
from nn_desktop.desktop.plots.log_ticks import log_ticks
from nn_desktop.desktop.plots.number_axis import NumberAxis
from nn_desktop.desktop.plots.thinning import thin


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.000"),
        (-0.0, "0.000"),
        (0.00312, "0.003120"),
        (9.9996, "10.00"),
        (0.00099999, "0.001000"),
        (0.00099949, "9.99·10⁻⁴"),
        (12.346, "12.35"),
        (1234.6, "1\u202f235"),
        (9999.7, "10\u202f000"),
        (-12345.6, "−12\u202f346"),
        (99999.7, "1.00·10⁵"),
        (3.14e-5, "3.14·10⁻⁵"),
        (-3.14e-12, "−3.14·10⁻¹²"),
        (-0.5, "−0.5000"),
        (1e300, "1.00·10³⁰⁰"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "–"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert figure(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-1.0, "−1"),
        (0.5, "0.5"),
        (0.99, "0.99"),
        (0.005, "0.005"),
        (-126.0, "−130"),
        (2000.0, "2\u202f000"),
        (20000.0, "20\u202f000"),
        (1e5, "10⁵"),
        (5e-4, "5·10⁻⁴"),
        (-2.5e6, "−2.5·10⁶"),
    ],
)
def test_a_scale_has_round_numbers(value: float, text: str) -> None:
    assert tick(value) == text


@pytest.mark.parametrize(
    ("values", "step", "texts"),
    [
        ([0.0, 0.5, 1.0], 0.5, ["0", "0.5", "1.0"]),
        ([-2.0, 0.0, 2.0], 2.0, ["−2", "0", "2"]),
        ([0.25, 0.5], 0.25, ["0.25", "0.50"]),
        ([9950.0, 10000.0], 50.0, ["9\u202f950", "10\u202f000"]),
        ([0.0, 2e-6, 4e-6], 2e-6, ["0", "2·10⁻⁶", "4·10⁻⁶"]),
        ([1e5, 1.5e5, -2e5], 5e4, ["1.0·10⁵", "1.5·10⁵", "−2.0·10⁵"]),
        ([1.00001, 1.00002], 1e-5, ["1.00001", "1.00002"]),
        ([0.1, 0.2, 0.30000000000000004], 0.1, ["0.1", "0.2", "0.3"]),
        ([-1e-17, 0.5], 0.5, ["0", "0.5"]),
        ([0.0], 0.1, ["0"]),
        ([], 1.0, []),
    ],
)
def test_the_ticks_of_a_scale_have_the_digits_that_tell_them_apart(values, step, texts) -> None:
    assert ticks(values, step) == texts


@given(st.integers(-12, 12), st.sampled_from([1, 2, 5]), st.integers(-50, 50))
def test_ticks_are_never_the_same_twice_and_read_back(exponent: int, factor: int, first: int) -> None:
    step = factor * 10.0**exponent
    values = [(first + k) * step for k in range(8)]
    texts = ticks(values, step)
    assert len(set(texts)) == len(values)
    for value, text in zip(values, texts, strict=True):
        assert read_figure(text) == pytest.approx(value, abs=1e-6 * step)


def test_whole_numbers_stand_in_groups() -> None:
    assert [grouped(n) for n in (0, 999, 1000, 1234567, -1234)] == [
        "0",
        "999",
        "1\u202f000",
        "1\u202f234\u202f567",
        "−1\u202f234",
    ]


def test_a_share_has_three_decimals() -> None:
    assert [share(v) for v in (0.9734, 1.0, -0.5, -0.0001, -1e9, math.nan)] == [
        "0.973",
        "1.000",
        "−0.500",
        "0.000",
        "< −100",
        "–",
    ]


def test_the_contour_of_a_plane_is_a_straight_line() -> None:
    rows, columns = np.mgrid[0:5, 0:7]
    x, y = contour(columns + 2.0 * rows, level=6.5)
    np.testing.assert_allclose(x + 2 * y, 6.5)
    assert len(x) == len(y)
    assert len(x) % 2 == 0


def test_the_contour_of_a_hill_is_a_circle_that_closes() -> None:
    rows, columns = np.mgrid[-10:11, -10:11]
    x, y = contour(5.3 - np.hypot(rows, columns))
    np.testing.assert_allclose(np.hypot(x - 10, y - 10), 5.3, atol=0.1)
    ends = np.round(np.column_stack((x, y)), 9)
    _, counts = np.unique(ends, axis=0, return_counts=True)
    assert set(counts.tolist()) == {2}


def test_a_saddle_has_two_lines() -> None:
    x, _ = contour(np.array([[1.0, -1.0], [-1.0, 1.0]]))
    assert len(x) == 4


def test_nothing_is_crossed_where_all_is_the_same() -> None:
    x, y = contour(np.ones((4, 4)))
    assert len(x) == len(y) == 0


def test_few_rows_stay_as_they_are() -> None:
    rows = np.arange(30.0).reshape(10, 3)
    assert thin(rows) is rows


def test_thinning_keeps_peaks_and_both_ends() -> None:
    rows = np.column_stack((np.arange(1000.0), np.ones(1000), np.ones(1000)))
    rows[437, 1], rows[612, 1] = 50.0, 0.01
    thinned = thin(rows, bins=50)
    assert len(thinned) < 130
    assert {0.0, 437.0, 612.0, 999.0} <= set(thinned[:, 0].tolist())
    assert (np.diff(thinned[:, 0]) > 0).all()


def test_a_short_logarithmic_axis_is_marked_at_1_2_and_5() -> None:
    numbered, plain = log_ticks(-1.1, 0.1)
    assert [text for _, text in numbered] == ["0.1", "0.2", "0.5", "1"]
    assert [round(10**place, 2) for place, _ in plain] == [0.08, 0.09, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]


def test_a_long_logarithmic_axis_has_few_numbers() -> None:
    numbered, _ = log_ticks(-12.0, 2.0)
    assert 3 <= len(numbered) <= 7
    assert numbered[0][1] == "10⁻¹²"


@pytest.mark.parametrize(
    ("low", "high", "pixels", "step"),
    [
        (0.0, 1.4, 300, 0.2),
        (0.0, 1.4, 120, 0.5),
        (-1.4, 1.4, 700, 0.2),
        (0.0, 6e-5, 260, 1e-5),
        (-1.3, 1.3, 50, 1.0),
    ],
)
def test_figures_on_an_upright_axis_have_air_between_them(qapp, low, high, pixels, step) -> None:
    assert NumberAxis("left").tickSpacing(low, high, pixels) == [(pytest.approx(step), 0)]


@pytest.mark.parametrize("side", ["left", "bottom"])
@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e9), pixels=st.integers(160, 1500))
def test_figures_on_an_axis_never_touch_and_are_as_many_as_have_room(qapp, side, low, span, pixels) -> None:
    axis = NumberAxis(side)
    ((step, _),) = axis.tickSpacing(low, low + span, pixels)
    numbers = range(math.ceil(low / step), math.floor((low + span) / step) + 1)
    written = ticks([number * step for number in numbers] or [0.0], step)
    metrics = QFontMetricsF(QFont())
    needed = metrics.height() if side == "left" else max(map(metrics.horizontalAdvance, written))
    distance = step * pixels / span
    assert needed < distance or step > span
    assert distance < 8 * needed or step <= span / 50
