"""Curves of the time of an update, and where they cross."""

from dataclasses import replace

import pytest

from nn_desktop.bench import sweep as sweep_module
from nn_desktop.bench.sweep import (
    BATCHES,
    WIDTHS,
    Curve,
    Point,
    Sweep,
    by_batch,
    by_width,
    crossings,
    widened,
)
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.topology import chain
from nn_desktop.network.wiring import disconnect_all, link_layers

PYTHON, NUMPY, CPP = EngineName.PYTHON, EngineName.NUMPY, EngineName.CPP
TOPOLOGY = chain((1, 2, 3, 1), (Activation.RELU, Activation.TANH, Activation.IDENTITY))
WORKLOAD = Workload(
    topology=TOPOLOGY, loss=Loss.MEAN_SQUARED_ERROR, precision=Precision.FLOAT64, batch_size=16
)


@pytest.fixture
def three_engines(monkeypatch):
    """Engines whose times are known: a price of the update, and one of its work."""
    prices = {PYTHON: (1e-5, 3e-7), NUMPY: (1.2e-5, 1e-9), CPP: (2e-7, 4e-9)}

    def seconds(name, workload):
        update, work = prices[name]
        return update + work * workload.products

    monkeypatch.setattr(sweep_module, "available_engines", lambda: dict.fromkeys(prices))
    monkeypatch.setattr(sweep_module, "_time", seconds)
    monkeypatch.setattr(sweep_module, "estimated_seconds", lambda name, form: 0.0)
    return seconds


def run(sweep: Sweep) -> dict[EngineName, Curve]:
    while sweep.step():
        pass
    return {curve.engine: curve for curve in sweep.curves}


def curve_of(name: EngineName, **seconds: float) -> Curve:
    return Curve(name, tuple(Point(int(size[1:]), value) for size, value in seconds.items()))


def test_a_batch_sweep_has_every_batch_of_every_engine(three_engines):
    curves = run(Sweep(by_batch(WORKLOAD)))
    assert list(curves) == [PYTHON, NUMPY, CPP]
    for name in (NUMPY, CPP):
        assert [point.size for point in curves[name].points] == list(BATCHES)
        for point in curves[name].points:
            expected = three_engines(name, replace(WORKLOAD, batch_size=point.size))
            assert point.seconds == expected


def test_a_width_sweep_widens_the_hidden_layers(three_engines):
    curves = run(Sweep(by_width(WORKLOAD)))
    assert [point.size for point in curves[CPP].points] == list(WIDTHS)
    wide = replace(WORKLOAD, topology=widened(TOPOLOGY, 512))
    assert wide.topology.sizes == (1, 512, 512, 1)
    assert curves[CPP].points[-1].seconds == three_engines(CPP, wide)


def test_a_slow_engine_is_left_out_of_what_is_larger(three_engines):
    curves = run(Sweep(by_width(WORKLOAD)))
    assert curves[PYTHON].is_cut
    assert len(curves[PYTHON].points) < len(WIDTHS)
    assert curves[PYTHON].points[-1].seconds < sweep_module.MAX_POINT_SECONDS
    assert not curves[CPP].is_cut


def test_an_engine_may_be_too_slow_from_the_beginning(three_engines, monkeypatch):
    monkeypatch.setattr(sweep_module, "estimated_seconds", lambda name, form: 1.0 if name is PYTHON else 0.0)
    curves = run(Sweep(by_batch(WORKLOAD)))
    assert curves[PYTHON] == Curve(PYTHON, (), is_cut=True)


def test_the_shortest_of_several_times_counts(three_engines, monkeypatch):
    times = iter([5e-6] + [3e-6, 4e-6] * 10)
    monkeypatch.setattr(sweep_module, "available_engines", lambda: {CPP: None})
    monkeypatch.setattr(sweep_module, "_time", lambda name, form: next(times))
    sweep = Sweep({1: WORKLOAD})
    assert not sweep.has_all_points
    sweep.step()
    assert sweep.curves[0].points == (Point(1, 5e-6),)
    run(sweep)
    assert sweep.has_all_points
    assert sweep.curves[0].points == (Point(1, 3e-6),)


def test_a_time_that_something_disturbed_cuts_nothing_off(three_engines, monkeypatch):
    calls = []

    def disturbed_once(name, workload):
        calls.append(workload.batch_size)
        return 0.2 if calls == [1] else 1e-6

    monkeypatch.setattr(sweep_module, "available_engines", lambda: {CPP: None})
    monkeypatch.setattr(sweep_module, "_time", disturbed_once)
    curve = run(Sweep(by_batch(WORKLOAD)))[CPP]
    assert not curve.is_cut
    assert [point.seconds for point in curve.points] == [1e-6] * len(BATCHES)


def test_a_step_times_one_point(three_engines):
    sweep = Sweep(by_batch(WORKLOAD))
    for number in range(1, 7):
        assert sweep.step()
        assert sum(len(curve.points) for curve in sweep.curves) == number


def test_a_sweep_of_real_engines_measures_something(monkeypatch):
    monkeypatch.setattr(sweep_module, "PASSES", 2)
    monkeypatch.setattr(sweep_module, "POINT_SECONDS", 1e-5)
    small = Sweep(by_width(replace(WORKLOAD, batch_size=2), (1, 4)))
    for curve in run(small).values():
        assert [point.size for point in curve.points] == [1, 4]
        assert all(point.seconds > 0 for point in curve.points)


def test_a_widened_network_has_the_links_of_the_old_one_all_of_them_dense():
    layers = [layer.id for layer in TOPOLOGY.layers]
    topology = link_layers(TOPOLOGY, layers[0], layers[3])
    topology = disconnect_all(topology, [(topology.layers[1].units[0], topology.layers[2].units[0])])
    wide = widened(topology, 4)
    assert wide.sizes == (1, 4, 4, 1)
    assert [layer.activation for layer in wide.layers] == [layer.activation for layer in topology.layers]
    index = wide.layer_index
    assert {(index[link.source], index[link.target]) for link in wide.links} == {
        (0, 1),
        (1, 2),
        (2, 3),
        (0, 3),
    }
    assert wide.weight_count == 4 + 16 + 4 + 1


def test_a_network_without_a_hidden_layer_gets_one():
    wide = widened(chain((2, 1), (Activation.SIGMOID,)), 8)
    assert wide.sizes == (2, 8, 1)
    assert wide.weight_count == 16 + 8


def test_powers_cross_where_they_are_equal():
    # 10⁻⁶ n and 10⁻⁵ n^½ are equal at n = 100.
    sizes = [1, 4, 16, 64, 256, 1024]
    steep = Curve(CPP, tuple(Point(size, 1e-6 * size) for size in sizes))
    flat = Curve(NUMPY, tuple(Point(size, 1e-5 * size**0.5) for size in sizes))
    for curves in ((steep, flat), (flat, steep)):
        (crossing,) = crossings(curves)
        assert (crossing.before, crossing.after) == (CPP, NUMPY)
        assert crossing.size == pytest.approx(100)
        assert crossing.seconds == pytest.approx(1e-4)


def test_curves_that_never_meet_do_not_cross():
    fast, slow = curve_of(CPP, n1=1.0, n2=2.0, n4=4.0), curve_of(NUMPY, n1=9.0, n2=9.0, n4=9.0)
    assert crossings([fast, slow]) == ()


def test_only_sizes_that_both_have_are_compared():
    short, long = curve_of(PYTHON, n1=1.0, n2=2.0), curve_of(NUMPY, n2=9.0, n4=1.0)
    assert crossings([short, long]) == ()


def test_nearly_the_same_is_no_crossing():
    a, b = curve_of(CPP, n1=1.0, n2=2.0, n4=4.1), curve_of(NUMPY, n1=3.0, n2=3.0, n4=4.0)
    assert crossings([a, b]) == ()


def test_a_single_point_between_others_is_no_crossing():
    a, b = curve_of(CPP, n1=1.0, n2=5.0, n4=1.0, n8=1.0), curve_of(NUMPY, n1=3.0, n2=3.0, n4=3.0, n8=3.0)
    assert crossings([a, b]) == ()


def test_crossings_of_several_curves_come_from_small_to_large():
    python = curve_of(PYTHON, n1=1.0, n10=100.0, n100=10_000.0)
    numpy = curve_of(NUMPY, n1=50.0, n10=50.0, n100=50.0)
    cpp = curve_of(CPP, n1=10.0, n10=20.0, n100=100.0)
    found = crossings([python, numpy, cpp])
    assert [(crossing.before, crossing.after) for crossing in found] == [
        (PYTHON, CPP),
        (PYTHON, NUMPY),
        (CPP, NUMPY),
    ]
    assert [crossing.size for crossing in found] == sorted(crossing.size for crossing in found)
