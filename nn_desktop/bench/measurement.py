"""How long an update takes in a session that is timed, and what the machine can do at best."""

import time
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from nn_desktop.bench.workloads import TRAIN_SHARE, train_samples, training_setup
from nn_desktop.engines.engine import Phases, StopFlag
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.selection import ChoiceMemory, choose, seconds_per_update
from nn_desktop.engines.speed import estimated_seconds, split_update
from nn_desktop.engines.threads import use_blas_threads
from nn_desktop.engines.workload import Workload
from nn_desktop.training.history import ALL_UNTIL, MAX_FIRST_STRIDE
from nn_desktop.training.pace import Pace
from nn_desktop.training.session import Session

RUNS = 7
"""Of each a median is taken."""
RUN_SECONDS = 0.1
MAX_RUN_SECONDS = 0.5
"""A run is made longer, up to this, to have its share of losses recorded."""
WARM_SECONDS = 0.3
SLICE_SECONDS = 0.05
"""Training goes on in slices of this length, between which it may be stopped, as in the window."""
ESTIMATE_ROWS = 64
"""Of a larger batch so many samples tell how long an update takes."""
MAX_SECONDS = 6.0
"""An engine that would take longer for a workload is not measured."""
STEADY_EPOCH = ALL_UNTIL * MAX_FIRST_STRIDE // 2
"""From here on one epoch in `MAX_FIRST_STRIDE` has its losses recorded: as in any long training."""
SIDE = 1024
"""Of square matrices: large enough for the matrix library to be at its best."""
PRODUCT_SECONDS = 0.3


class TimingError(Exception):
    """An engine or a library cannot be timed; the text says why, as the end of a sentence."""


@dataclass(frozen=True)
class Measurement:
    """What an update of a workload took an engine or a library.

    Attributes
    ----------
    workload
        What was timed.
    name
        The engine or library that was to train it.
    took
        What did the sums: the engine that ``auto`` took, the version of a library.
    runs
        Seconds per update, in each of several runs; none if it was not timed.
    phases
        What the parts of an update take; None if it cannot be told.
    skipped
        Why it was not timed.
    """

    workload: Workload
    name: str
    took: str = ""
    runs: tuple[float, ...] = ()
    phases: Phases | None = None
    skipped: str = ""

    @property
    def seconds_per_update(self) -> float:
        """The median of the runs."""
        return median(self.runs)

    @property
    def samples_per_second(self) -> float:
        """How many samples are learned from in a second."""
        return self.workload.batch_size / self.seconds_per_update

    @property
    def gflops(self) -> float:
        """Thousand millions of operations a second (`Workload.flops`)."""
        return self.workload.flops / self.seconds_per_update / 1e9


class SessionRunner:
    """Trains in a session, with shuffling, recorded losses and stop checks, as the window does.

    Parameters
    ----------
    workload
        What to train.
    stop
        Ends everything early.
    wanted
        The engine, which is here, or `EngineName.AUTO`.
    memory
        Knows which engine ``auto`` takes.

    Attributes
    ----------
    took
        The engine that computes.

    Raises
    ------
    TimingError
        If it would take too long.
    """

    def __init__(
        self, workload: Workload, stop: StopFlag, *, wanted: EngineName, memory: ChoiceMemory | None = None
    ) -> None:
        self._workload, self._stop = workload, stop
        self._engine = choose(wanted, workload, memory).engine
        self.took = self._engine.value
        _ensure_short(workload, estimate(workload, self._engine))
        self._session = steady_session(workload, self._engine)
        self._slice = self._warm_up()
        seconds = self._time(self._slice) / self._slice
        self._updates = self._updates_of_a_run(seconds)

    def run(self) -> float:
        """Train for a while; return the seconds per update."""
        return self._time(self._updates) / self._updates

    def phases(self) -> Phases:
        """Return what the parts of an update take, without the clock that is read between them."""
        return split_update(self._workload.make_probe(self._engine), self._workload.batch_size)

    def _warm_up(self) -> int:
        """Train until all is in its place; return how many updates fit into a slice."""
        pace = Pace(SLICE_SECONDS)
        end = time.perf_counter() + WARM_SECONDS
        while time.perf_counter() < end and not self._stop:
            now = pace.updates
            began = time.perf_counter()
            self._session.advance(now, self._stop)
            pace.measure(now, time.perf_counter() - began)
        return pace.updates

    def _updates_of_a_run(self, seconds: float) -> int:
        # As many losses are recorded in whole blocks, wherever they begin, as in a long training.
        block = MAX_FIRST_STRIDE * self._session.walk.updates_per_epoch
        if block * seconds > MAX_RUN_SECONDS:
            return max(1, int(RUN_SECONDS / seconds))
        return block * max(1, round(RUN_SECONDS / (block * seconds)))

    def _time(self, updates: int) -> float:
        began, left = time.perf_counter(), updates
        while left > 0 and not self._stop:
            self._session.advance(min(left, self._slice), self._stop)
            left -= self._slice
        seconds = time.perf_counter() - began
        if self._session.diverged:
            raise TimingError("its loss grew beyond all numbers")
        return seconds


def steady_session(workload: Workload, engine: EngineName) -> Session:
    """Return a session that records its losses as seldom as one that has trained for long."""
    session = Session(training_setup(workload, engine))
    session.restore(replace(session.checkpoint(), epoch=STEADY_EPOCH))
    return session


def estimate(workload: Workload, engine: EngineName) -> float:
    """Estimate the seconds that an update takes an engine, which may be minutes, in little time."""
    if engine is EngineName.PYTHON:
        return estimated_seconds(engine, workload)
    rows = min(workload.batch_size, ESTIMATE_ROWS)
    probe, order = replace(workload, batch_size=rows).make_probe(engine), np.arange(rows)
    # The machine may have been busy once.
    seconds = min(seconds_per_update(probe, order, rows, least=0.0) for _ in range(2))
    return seconds * workload.batch_size / rows


def _ensure_short(workload: Workload, seconds: float) -> None:
    # A session begins with the losses of all samples; a forward pass is about a third of an update.
    at_first = train_samples(workload) / TRAIN_SHARE / workload.batch_size * seconds / 3
    if at_first + (RUNS + 3) * seconds > MAX_SECONDS:
        raise TimingError(f"an update would take it about {seconds:.2g} s, which is too long to measure")


def matrix_product_rate(precision: Precision) -> float:
    """Measure how fast one thread multiplies large matrices: no training can be faster.

    Returns
    -------
    GFLOP/s of the fastest of several products.
    """
    use_blas_threads(1)
    generator = np.random.default_rng(0)
    a, b = (generator.random((SIDE, SIDE)).astype(precision) for _ in range(2))
    product = np.empty_like(a)
    fastest = float("inf")
    end = time.perf_counter() + PRODUCT_SECONDS
    while (began := time.perf_counter()) < end or fastest == float("inf"):
        np.dot(a, b, product)
        fastest = min(fastest, time.perf_counter() - began)
    return 2 * SIDE**3 / fastest / 1e9
