"""Curves of the time of an update against a size."""

from math import log10

import numpy as np
import pytest
from comparisons import CPP, NUMPY, PYTHON, comparison

from nn_desktop.bench.sweep import WIDTHS, Crossing, crossings
from nn_desktop.desktop.engines.styles import STYLES
from nn_desktop.desktop.engines.time_chart import TimeChart
from nn_desktop.desktop.look.colors import DARK
from nn_desktop.training.race import ENGINES


@pytest.fixture
def chart(theme, qtbot):
    chart = TimeChart(theme, "width_chart", "Time against width", WIDTHS, "units")
    qtbot.addWidget(chart)
    chart.resize(420, 240)
    with qtbot.waitExposed(chart):
        chart.show()
    return chart


def view_of(chart):
    (left, right), (low, high) = chart.plot.getViewBox().viewRange()
    return left, right, low, high


def test_each_engine_has_a_line_on_logarithmic_axes(chart):
    curves = comparison().by_width
    chart.set_curves(curves)
    for curve in curves:
        x, y = chart._items[curve.engine].line.getData()
        np.testing.assert_allclose(10**x, [point.size for point in curve.points])
        np.testing.assert_allclose(10**y, [point.seconds for point in curve.points])
        left, right, low, high = view_of(chart)
        assert left < min(x) <= max(x) < right
        assert low < min(y) <= max(y) < high


def test_the_axis_of_sizes_has_room_for_all_that_will_come(chart):
    curves = [type(curve)(curve.engine, curve.points[:1]) for curve in comparison().by_width]
    before = view_of(chart)[:2]
    chart.set_curves(curves)
    assert view_of(chart)[:2] == before
    assert before[1] > log10(WIDTHS[-1])


def test_nothing_is_drawn_of_nothing(chart):
    chart.set_curves([])
    chart.set_crossings([])
    chart.set_own(None)
    assert not chart._own_line.isVisible()


def test_engines_differ_by_more_than_their_colour():
    assert set(STYLES) == set(ENGINES)
    assert len({style.mark for style in STYLES.values()}) == len(STYLES)
    assert len({style.dash for style in STYLES.values()}) == len(STYLES)


def test_a_crossing_has_a_ring_and_its_size(chart):
    curves = comparison().by_width
    found = crossings(curves)
    chart.set_curves(curves)
    chart.set_crossings(found)
    (ring,) = chart._rings.points()
    assert 10 ** ring.pos().x() == pytest.approx(found[0].size)
    assert [text.toPlainText() for text in chart._ring_texts if text.isVisible()] == ["≈ 100"]
    chart.set_crossings([])
    assert not len(chart._rings.points())
    assert not any(text.isVisible() for text in chart._ring_texts)


def test_crossings_come_and_go(chart):
    for count in (2, 0, 3, 1):
        chart.set_crossings([Crossing(NUMPY, CPP, 2.0**n, 1e-5) for n in range(count)])
        assert sum(text.isVisible() for text in chart._ring_texts) == count


def test_the_own_size_is_marked_if_it_is_in_the_chart(chart):
    chart.set_own(8)
    assert chart._own_line.value() == pytest.approx(log10(8))
    assert chart._own_line.isVisible()
    for size in (None, 5000):
        chart.set_own(size)
        assert not chart._own_line.isVisible()


def test_times_are_marked_in_their_own_units(chart):
    chart.set_curves(comparison().by_width)
    ticks = [text for _, text in chart.plot.getAxis("left")._tickLevels[0]]
    assert {"1 µs", "10 µs", "1 ms"} <= set(ticks)


def test_another_theme_has_other_colours(chart):
    chart.restyle(DARK)
    pen = chart._items[PYTHON].line.opts["pen"]
    assert pen.color().name() == STYLES[PYTHON].color(DARK)
