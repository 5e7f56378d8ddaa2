"""What a unit computes is what its picture shows: held against the formulas by hand."""

from dataclasses import replace

import numpy as np
import pytest
from known_data import default_settings
from PySide6.QtGui import QImage

from nn_desktop.data.source import load
from nn_desktop.desktop.canvas.unit_pictures import (
    BARS,
    CURVE_POINTS,
    MAP_SIDE,
    MAX_SAMPLES,
    MIN_SAMPLES,
    histograms,
    sample_count,
    unit_pictures,
)
from nn_desktop.desktop.look.colors import LIGHT
from nn_desktop.network.functions import Activation
from nn_desktop.network.initializers import Initializer, initialize
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology, chain


def network(*sizes: int) -> Topology:
    return chain(sizes, (Activation.TANH,) * (len(sizes) - 2) + (Activation.IDENTITY,))


def all_units(topology: Topology) -> set[int]:
    return {unit for layer in topology.layers for unit in layer.units}


def made(dataset: str, hidden: int = 3):
    data = load(default_settings(dataset))
    parameters = initialize(
        network(data.input_count, hidden, data.output_count), Initializer.GLOROT_UNIFORM, 0
    )
    return data, parameters


def test_over_two_inputs_a_unit_shows_a_heat_map(qapp):
    data, parameters = made("circle")
    units = all_units(parameters.topology)
    pictures = unit_pictures(parameters, data, LIGHT, units)
    assert set(pictures) == units
    first, second = (pictures[unit] for unit in parameters.topology.layers[0].units)
    assert isinstance(first, QImage)
    middle, end = MAP_SIDE // 2, MAP_SIDE - 4
    left, right = first.pixelColor(3, middle), first.pixelColor(end, middle)
    assert left.red() > left.blue() and right.blue() > right.red()  # x1 grows from left to right
    top, bottom = second.pixelColor(middle, 3), second.pixelColor(middle, end)
    assert bottom.red() > bottom.blue() and top.blue() > top.red()  # and x2 upwards
    assert first.pixelColor(0, 0).alpha() == 0  # round


def test_over_one_input_a_unit_shows_a_curve(qapp):
    data, parameters = made("sine")
    curve = unit_pictures(parameters, data, LIGHT, all_units(parameters.topology))
    line = curve[parameters.topology.layers[0].units[0]]
    # x itself: a rising line, y downwards
    assert line[0].y() == pytest.approx(1) and line[line.size() - 1].y() == pytest.approx(-1)
    hidden = parameters.topology.layers[1]
    x = data.input_scaling.apply(np.linspace(*data.domain[0], CURVE_POINTS)[:, np.newaxis])
    z = parameters.matrix(hidden.id) @ np.vstack([x.T, np.ones(len(x))])
    expected = np.tanh(z) / np.abs(np.tanh(z)).max(axis=1, keepdims=True)
    for unit, row in zip(hidden.units, expected, strict=True):
        assert [-curve[unit][i].y() for i in range(CURVE_POINTS)] == pytest.approx(row.tolist())


def test_over_more_inputs_a_unit_shows_how_often_it_gives_out_what(qapp):
    data, parameters = made("iris")
    pictures = unit_pictures(parameters, data, LIGHT, all_units(parameters.topology))
    x = data.input_scaling.apply(data.inputs[data.train[:MAX_SAMPLES]])
    hidden = parameters.topology.layers[1]
    z = parameters.matrix(hidden.id) @ np.vstack([x.T, np.ones(len(x))])
    for unit, row in zip(hidden.units, np.tanh(z), strict=True):
        counts, edges = np.histogram(row, BARS)
        assert pictures[unit].shares == pytest.approx((counts / counts.max()).tolist())
        assert (pictures[unit].low, pictures[unit].high) == pytest.approx((edges[0], edges[-1]))
    for unit, row in zip(parameters.topology.layers[0].units, x.T, strict=True):
        assert sum(pictures[unit].shares) == pytest.approx(
            sum(np.histogram(row, BARS)[0]) / max(np.histogram(row, BARS)[0])
        )


def test_only_units_that_are_shown_have_a_picture(qapp):
    data, parameters = made("iris")
    shown = {parameters.topology.layers[1].units[1], parameters.topology.layers[2].units[0]}
    assert set(unit_pictures(parameters, data, LIGHT, shown)) == shown


def test_bars_are_counted_by_hand():
    ten = np.array([[0.0, 1.0, 2.0, 9.0, 9.0, 4.5]])
    (histogram,) = histograms(ten)
    assert histogram.shares == (0.5, 0.5, 0.5, 0, 0.5, 0, 0, 0, 1.0)
    assert histogram.zero == 0.0


@pytest.mark.parametrize(
    ("values", "zero", "below"),
    [([-1.0, 3.0], 0.25, 0.25), ([1.0, 3.0], None, 0.0), ([-3.0, -1.0], None, 1.0), ([0.0, 0.0], 0.5, 0.5)],
)
def test_zero_has_a_mark_where_it_lies_within(values, zero, below):
    (histogram,) = histograms(np.array([values]))
    assert histogram.zero == zero
    assert histogram.share_below_zero == below


def test_a_unit_that_always_says_the_same_is_one_bar():
    (histogram,) = histograms(np.full((1, 50), 0.7))
    assert histogram.shares == tuple(float(bar == BARS // 2) for bar in range(BARS))


def test_numbers_that_are_none_do_no_harm(qapp):
    data, parameters = made("iris")
    broken = Parameters(parameters.topology, np.full_like(parameters.vector, np.nan))
    assert len(unit_pictures(broken, data, LIGHT, all_units(broken.topology))) == 10
    assert len(histograms(np.array([[1e30, -1e30, 0.0]]))) == 1


def test_large_networks_look_at_fewer_samples():
    assert sample_count(100) == MAX_SAMPLES
    assert sample_count(535_000) * 535_000 <= 2e7 and sample_count(535_000) >= MIN_SAMPLES
    assert sample_count(20_000_000) == MIN_SAMPLES


def test_fewer_samples_than_asked_for_are_no_trouble(qapp):
    data, parameters = made("iris")
    data = replace(data, train=data.train[:5])
    assert len(unit_pictures(parameters, data, LIGHT, all_units(parameters.topology))) == 10
