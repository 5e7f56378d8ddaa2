"""The thread that compares engines ends when it is asked to, and never takes anything along."""

import threading
import time

import pytest
from known_data import make_setup

from nn_desktop.bench import live as live_module
from nn_desktop.bench import sweep as sweep_module
from nn_desktop.bench.live import Comparison, LiveComparison
from nn_desktop.engines.available import available_engines
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers

SETUP = make_setup("sine", parse_layers("1-4-1"), Activation.TANH)


def wait_until(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


@pytest.fixture
def live(monkeypatch):
    monkeypatch.setattr(sweep_module, "PASSES", 1)
    monkeypatch.setattr(sweep_module, "POINT_SECONDS", 1e-5)
    monkeypatch.setattr(live_module, "RACE_SECONDS", 1e-4)
    comparison = LiveComparison(SETUP)
    yield comparison
    comparison.stop()
    assert comparison.join(10)
    assert "comparison" not in [thread.name for thread in threading.enumerate()]


def updates_of(comparison: Comparison) -> int:
    return sum(standing.updates for standing in comparison.standings)


def test_it_goes_on_after_the_sweeps_are_complete(live):
    wait_until(lambda: live.newest is not None and live.newest.is_complete)
    complete = live.newest
    assert complete.has_all_points
    assert len(complete.by_width) == len(complete.by_batch) == len(available_engines())
    wait_until(lambda: updates_of(live.newest) > updates_of(complete))
    assert live.error is None
    assert not live.has_ended


def test_what_it_gave_out_does_not_change(live):
    wait_until(lambda: live.newest is not None and updates_of(live.newest) > 0)
    early = live.newest
    updates, points = updates_of(early), [len(curve.points) for curve in early.by_width]
    wait_until(lambda: live.newest.is_complete)
    assert live.newest != early
    assert (updates_of(early), [len(curve.points) for curve in early.by_width]) == (updates, points)


def test_it_stops_before_the_sweeps_are_complete():
    live = LiveComparison(SETUP)
    live.stop()
    assert live.join(10)
    assert live.has_ended


def test_an_error_ends_it_and_is_kept(monkeypatch):
    def fail(*parts):
        raise ZeroDivisionError

    monkeypatch.setattr(live_module, "Race", fail)
    live = LiveComparison(SETUP)
    assert live.join(10)
    assert isinstance(live.error, ZeroDivisionError)
