"""How long an update takes: what is measured, and a session that is."""

import time
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from nn_desktop.bench.cases import TRAIN_SHARE, Case
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.engine import Engine, Phases, StopFlag
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.problem import Problem
from nn_desktop.engines.selection import ChoiceMemory, choose
from nn_desktop.network.initializers import initialize
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
PHASE_SECONDS = 0.05
ESTIMATE_SECONDS = 0.02
MAX_SECONDS = 6.0
"""Who would take longer for a case is not measured."""
MAX_PYTHON_WEIGHTS = 2_000_000
"""Beyond it plain Python takes seconds for a single sample, and hundreds of megabytes."""
STEADY_EPOCH = ALL_UNTIL * MAX_FIRST_STRIDE // 2
"""From here on one epoch in `MAX_FIRST_STRIDE` has its losses recorded: as in any long training."""


class TimingError(Exception):
    """Somebody cannot be timed; the text says why, as the end of a sentence."""


@dataclass(frozen=True)
class Measurement:
    """What an update of a case took somebody.

    Attributes
    ----------
    case
        The work that was timed.
    name
        Who was to train it: an engine, or a library.
    took
        What did the sums: the engine that ``auto`` took, the version of a library.
    runs
        Seconds per update, in each of several runs; none if it was not timed.
    phases
        What the parts of an update take, with the reading of the clock in it; None if it cannot be told.
    skipped
        Why it was not timed.
    """

    case: Case
    name: str
    took: str
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
        return self.case.batch_size / self.seconds_per_update

    @property
    def gflops(self) -> float:
        """Thousand millions of operations a second (`Case.flops_per_update`)."""
        return self.case.flops_per_update / self.seconds_per_update / 1e9


class SessionRunner:
    """Trains a case in a session, with shuffling, recorded losses and stop checks, as the window does.

    Parameters
    ----------
    case
        What to train.
    wanted
        The engine, which is here, or `EngineName.AUTO`.
    stop
        Ends everything early.
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
        self, case: Case, wanted: EngineName, stop: StopFlag, memory: ChoiceMemory | None = None
    ) -> None:
        self._case, self._stop = case, stop
        engine = _choose(case, wanted, memory)
        self.took = engine.value
        seconds = estimate(case, engine)
        _check_time(case, seconds)
        self._session = steady_session(case, engine)
        self._slice = self._warm_up()
        seconds = self._time(self._slice) / self._slice
        self._updates = self._updates_of_a_run(seconds)

    def run(self) -> float:
        """Train for a while; return the seconds per update."""
        return self._time(self._updates) / self._updates

    def phases(self) -> Phases:
        """Return what the parts of an update take."""
        session, batch_size = self._session, self._case.batch_size
        make, h = available_engines()[session.engine.engine], session.setup.hyperparameters
        engine = make(session.parameters.copy(), session.samples.problem(h.loss), h.descent)
        order = np.random.default_rng(0).permutation(session.train_count)
        began = time.perf_counter()
        phases = engine.time_phases(order[:batch_size], batch_size)
        updates = int(PHASE_SECONDS / (time.perf_counter() - began))
        if updates > 1:  # the first one made what is made once
            phases = engine.time_phases(np.resize(order, updates * batch_size), batch_size)
        return phases

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


def steady_session(case: Case, engine: EngineName) -> Session:
    """Return a session that records its losses as seldom as one that has trained for long."""
    session = Session(case.setup(engine))
    session.restore(replace(session.checkpoint(), epoch=STEADY_EPOCH))
    return session


def estimate(case: Case, name: EngineName) -> float:
    """Estimate the seconds that an update takes an engine, from as few samples as tell.

    Raises
    ------
    TimingError
        If a single sample would take too long.
    """
    if name is EngineName.PYTHON and case.weights > MAX_PYTHON_WEIGHTS:
        raise TimingError(f"more than {MAX_PYTHON_WEIGHTS:,} weights would take it too long")
    sizes = case.topology.sizes
    generator = np.random.default_rng(0)
    rows = 1
    while True:
        inputs, targets = generator.normal(size=(rows, sizes[0])), generator.normal(size=(rows, sizes[-1]))
        h = case.setup(name).hyperparameters
        start = initialize(case.topology, h.initializer, 0, np.dtype(h.precision))
        problem = Problem(loss=h.loss, inputs=inputs, targets=targets)
        engine = available_engines()[name](start, problem, h.descent)
        seconds = min(_time_batch(engine, rows) for _ in range(2))  # the machine may have been busy once
        if rows == case.batch_size or seconds > ESTIMATE_SECONDS:
            return seconds * case.batch_size / rows
        rows = min(8 * rows, case.batch_size)


def _time_batch(engine: Engine, rows: int) -> float:
    began = time.perf_counter()
    engine.train(np.arange(rows), rows)
    return time.perf_counter() - began


def _choose(case: Case, wanted: EngineName, memory: ChoiceMemory | None) -> EngineName:
    h = case.setup(wanted).hyperparameters
    return choose(wanted, case.topology, h.loss, case.batch_size, h.precision, memory).engine


def _check_time(case: Case, seconds: float) -> None:
    # A session begins with the losses of all samples; a forward pass is about a third of an update.
    at_first = case.train_samples / TRAIN_SHARE / case.batch_size * seconds / 3
    if at_first + (RUNS + 3) * seconds > MAX_SECONDS:
        raise TimingError(f"an update would take it about {seconds:.2g} s, which is too long to measure")
