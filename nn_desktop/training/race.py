"""A race: every engine trains the same network from the same start, in turns.

They share one thread, so none disturbs another, and each gets the same time: what they have done so far can
be held against one another.
"""

import time
from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum
from math import nan

from nn_desktop.data.source import load
from nn_desktop.engines.available import available_engines, why_missing
from nn_desktop.engines.engine import Phases, StopFlag
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.speed import estimated_seconds, split_update
from nn_desktop.engines.workload import Workload
from nn_desktop.training.pace import Pace
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup

ENGINES = (EngineName.PYTHON, EngineName.NUMPY, EngineName.CPP)
"""Those that there can be, from the one that is the easiest to read to the one that is the hardest."""
TURN_SECONDS = 0.01
MAX_UPDATE_SECONDS = 0.25
"""Who takes longer for an update is left out: nobody would see the others move meanwhile."""
MAX_EVALUATION_SECONDS = 1.0
"""Nor can it be waited for the losses over all samples any longer, with which a session begins."""
FORWARD_SHARE = 1 / 3
"""A forward pass is about so much of an update."""
PHASES_KEPT = 9
"""The shortest of so many counts: whatever disturbs only makes it longer."""
BETWEEN_PHASES = 0.4
"""Seconds of training after which the parts of an update are timed anew."""
MEMORY = 0.95
"""How much of what was known of the speed still counts a turn later."""


class State(StrEnum):
    """How a contestant is."""

    WAITING = "waiting"
    TRAINING = "training"
    DIVERGED = "diverged"
    LEFT_OUT = "left out"
    """An update of it would take too long."""
    MISSING = "missing"


@dataclass(frozen=True)
class Standing:
    """How far an engine is at some moment.

    Attributes
    ----------
    engine, state
        Which one, and how it is.
    reason
        Why it is missing.
    seconds, updates
        How long it has trained, and the updates that it did in that time.
    updates_per_second
        Its speed of late, with all that training does beside the sums: the order, the recorded losses.
    loss
        Over all training samples, the last one recorded.
    seconds_per_update
        What the sums of an update take; estimated of one that is left out.
    phases
        Their parts, which add up to that; None if they were not timed.
    """

    engine: EngineName
    state: State
    reason: str = ""
    seconds: float = 0.0
    updates: int = 0
    updates_per_second: float = 0.0
    loss: float = nan
    seconds_per_update: float = nan
    phases: Phases | None = None


class Race:
    """Lets the engines train in turns. Not for several threads.

    Parameters
    ----------
    setup
        What each of them trains, whatever engine it names.
    stop
        Ends a turn early.

    Attributes
    ----------
    workload
        What an update consists of.
    """

    def __init__(self, setup: Setup, stop: StopFlag) -> None:
        here = available_engines()
        self._standings = {
            name: Standing(name, State.WAITING if name in here else State.MISSING, why_missing(name))
            for name in ENGINES
        }
        dataset = load(setup.data)
        self.workload = setup.workload(len(dataset.train))
        samples = len(dataset.train) + len(dataset.test)
        self._lanes = {
            name: _Lane(name, setup, self.workload, samples, stop) for name in ENGINES if name in here
        }

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How far each of `ENGINES` is."""
        return tuple(self._standings.values())

    def turn(self) -> bool:
        """Give a turn to the engine that has trained for the shortest time; False if none goes on."""
        going = [self._standings[name] for name in self._lanes]
        going = [standing for standing in going if standing.state in (State.WAITING, State.TRAINING)]
        if not going:
            return False
        name = min(going, key=lambda standing: standing.seconds).engine
        self._standings[name] = self._lanes[name].turn()
        return True


class _Lane:
    """An engine that takes part."""

    def __init__(
        self, name: EngineName, setup: Setup, workload: Workload, samples: int, stop: StopFlag
    ) -> None:
        self._setup = replace(setup, hyperparameters=replace(setup.hyperparameters, engine=name))
        self._workload, self._samples, self._stop = workload, samples, stop
        self._standing = Standing(name, State.WAITING)
        self._session: Session | None = None
        self._pace = Pace(TURN_SECONDS)
        self._recent_updates = self._recent_seconds = 0.0
        self._phases: deque[Phases] = deque(maxlen=PHASES_KEPT)
        self._phases_due = 0.0

    def turn(self) -> Standing:
        if self._session is None:
            self._begin()
        elif self._standing.seconds >= self._phases_due:
            self._time_phases()
        else:
            self._train(self._session)
        return self._standing

    def _begin(self) -> None:
        """Make the session, unless its engine would take too long."""
        name = self._standing.engine
        seconds = estimated_seconds(name, self._workload)
        evaluation = FORWARD_SHARE * seconds * self._samples / self._workload.batch_size
        if seconds > MAX_UPDATE_SECONDS or evaluation > MAX_EVALUATION_SECONDS:
            self._change(state=State.LEFT_OUT, seconds_per_update=seconds)
            return
        self._session = Session(self._setup)
        self._probe = self._workload.make_probe(name)
        self._change(state=State.TRAINING, loss=self._session.losses()[0])

    def _train(self, session: Session) -> None:
        began, before = time.perf_counter(), session.updates
        session.advance(self._pace.updates, self._stop)
        seconds, done = time.perf_counter() - began, session.updates - before
        if session.diverged:
            self._change(state=State.DIVERGED)
            return
        self._pace.measure(done, seconds)
        self._recent_updates = MEMORY * self._recent_updates + done
        self._recent_seconds = MEMORY * self._recent_seconds + seconds
        self._change(
            seconds=self._standing.seconds + seconds,
            updates=session.updates,
            updates_per_second=self._recent_updates / self._recent_seconds,
            loss=float(session.history.rows()[-1, 1]),
        )

    def _time_phases(self) -> None:
        self._phases.append(split_update(self._probe, self._workload.batch_size))
        phases = min(self._phases, key=lambda phases: phases.total)
        self._phases_due = self._standing.seconds + BETWEEN_PHASES
        self._change(phases=phases, seconds_per_update=phases.total)

    def _change(self, **values: object) -> None:
        self._standing = replace(self._standing, **values)  # type: ignore[arg-type]
