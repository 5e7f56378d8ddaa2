"""What is measured is a session as it runs for long, and what cannot be measured soon is left out."""

import math
from dataclasses import replace

import numpy as np
import pytest

from nn_desktop.bench import measurement
from nn_desktop.bench.measurement import (
    STEADY_EPOCH,
    Measurement,
    SessionRunner,
    TimingError,
    estimate,
    matrix_product_rate,
    steady_session,
)
from nn_desktop.bench.workloads import make_workload, train_samples, training_setup
from nn_desktop.engines import speed
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.engine import Engine, Phases, StopFlag
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.history import MAX_FIRST_STRIDE, History
from nn_desktop.training.session import Session

SMALL = make_workload(parse_layers("1-4-1"), 16, Activation.TANH, Precision.FLOAT32)


def runner_of(workload: Workload, engine: EngineName, stop: StopFlag | None = None) -> SessionRunner:
    return SessionRunner(workload, StopFlag() if stop is None else stop, wanted=engine)


def test_rates_by_hand() -> None:
    # 8 weights: 16 + 16 + 8 operations, 16 samples, in 2 µs.
    m = Measurement(SMALL, "numpy", "numpy", runs=(9e-6, 2e-6, 1e-6))
    assert m.seconds_per_update == 2e-6
    assert m.samples_per_second == pytest.approx(8e6)
    assert m.gflops == pytest.approx(40 * 16 / 2e-6 / 1e9)


def test_a_session_records_losses_as_seldom_as_after_long_training() -> None:
    assert History().next_due(STEADY_EPOCH) == STEADY_EPOCH + MAX_FIRST_STRIDE
    assert History().next_due(STEADY_EPOCH - MAX_FIRST_STRIDE) < STEADY_EPOCH
    session = steady_session(SMALL, EngineName.NUMPY)
    start = Session(training_setup(SMALL, EngineName.NUMPY))
    assert session.parameters.vector.tobytes() == start.parameters.vector.tobytes()
    before = len(session.history.rows())
    session.advance(session.walk.updates_until(STEADY_EPOCH + 3 * MAX_FIRST_STRIDE))
    assert session.epoch == STEADY_EPOCH + 3 * MAX_FIRST_STRIDE
    assert len(session.history.rows()) == before + 3


@pytest.mark.usefixtures("short_timing")
@pytest.mark.parametrize("engine", [EngineName.AUTO, *available_engines()])
def test_every_engine_is_timed(engine: EngineName) -> None:
    runner = runner_of(SMALL, engine)
    assert runner.took == engine or (engine is EngineName.AUTO and runner.took in available_engines())
    assert 0 < runner.run() < 1
    phases = runner.phases()
    assert min(phases.forward, phases.backward, phases.update) > 0


@pytest.mark.usefixtures("short_timing")
def test_a_run_is_whole_blocks_of_epochs_between_recorded_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurement, "MAX_RUN_SECONDS", math.inf)
    done: list[int] = []
    runner = runner_of(SMALL, EngineName.NUMPY)
    advance = Session.advance
    monkeypatch.setattr(Session, "advance", lambda s, n, stop: (done.append(n), advance(s, n, stop)))
    runner.run()
    block = MAX_FIRST_STRIDE * (train_samples(SMALL) // SMALL.batch_size)
    assert sum(done) > 0
    assert sum(done) % block == 0


@pytest.mark.usefixtures("short_timing")
def test_timing_a_session_leaves_its_parameters_to_the_session() -> None:
    runner = runner_of(SMALL, EngineName.NUMPY)
    before = runner._session.parameters.vector.copy()
    runner.phases()
    assert np.array_equal(runner._session.parameters.vector, before)


@pytest.mark.usefixtures("short_timing")
def test_a_stop_ends_a_run_at_once() -> None:
    stop = StopFlag()
    runner = runner_of(SMALL, EngineName.NUMPY, stop)
    updates = runner._session.updates
    stop.set()
    runner.run()
    assert runner._session.updates == updates


@pytest.mark.usefixtures("short_timing")
def test_who_diverges_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = runner_of(SMALL, EngineName.NUMPY)
    runner._session.diverged = True
    with pytest.raises(TimingError, match="grew beyond all numbers"):
        runner.run()


def test_who_would_take_too_long_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurement, "MAX_SECONDS", 0.0)
    monkeypatch.setattr(Session, "__init__", lambda *_: pytest.fail("it began"))
    with pytest.raises(TimingError, match=r"about .* s, which is too long to measure"):
        runner_of(SMALL, EngineName.NUMPY)


def test_plain_python_is_left_out_of_a_large_network_without_a_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "python_seconds", lambda: 1e-7)
    monkeypatch.setattr(Workload, "make_probe", lambda *_: pytest.fail("it began"))
    monkeypatch.setattr(Session, "__init__", lambda *_: pytest.fail("it began"))
    large = make_workload(parse_layers("2000-1001"), 1, Activation.TANH, Precision.FLOAT32)
    with pytest.raises(TimingError, match=r"about 0\.2 s, which is too long to measure"):  # 2,002,000 weights
        runner_of(large, EngineName.PYTHON)


@pytest.mark.parametrize(("batch_size", "rows"), [(200, 64), (16, 16)])
def test_an_estimate_takes_few_samples_of_a_large_batch(
    monkeypatch: pytest.MonkeyPatch, batch_size: int, rows: int
) -> None:
    seen: list[int] = []

    def slow(probe: Engine, order: np.ndarray, batch_size: int, least: float) -> float:
        seen.append(len(order))
        return 0.003 * len(order) if len(seen) > 1 else 10.0  # the machine was busy once

    monkeypatch.setattr(measurement, "seconds_per_update", slow)
    workload = replace(SMALL, batch_size=batch_size)
    assert estimate(workload, EngineName.NUMPY) == pytest.approx(0.003 * batch_size)
    assert seen == [rows, rows]


@pytest.mark.usefixtures("short_timing")
@pytest.mark.parametrize("precision", list(Precision))
def test_a_rate_is_measured_even_in_no_time(precision: Precision) -> None:
    assert 0 < matrix_product_rate(precision) < 1e5


def test_phases_are_those_of_an_engine() -> None:
    assert Measurement(SMALL, "a", "a", (1.0,), Phases(1, 2, 3)).phases == Phases(1, 2, 3)
