"""Several that train the same, timed in turns: a machine that slows down slows all of them down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from nn_desktop.bench import measurement
from nn_desktop.bench.cases import Case
from nn_desktop.bench.measurement import Measurement, SessionRunner, TimingError
from nn_desktop.engines.engine import Phases, StopFlag
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.selection import ChoiceMemory

Note = Callable[[str, int], None]
"""Is told who is at work, and how many steps of `steps_of_a_case` were done since."""


class Runner(Protocol):
    """Somebody who is warmed up and trains a case.

    Attributes
    ----------
    took
        What does the sums.
    """

    took: str

    def run(self) -> float:
        """Train for a while; return the seconds per update."""
        ...

    def phases(self) -> Phases | None:
        """Return what the parts of an update take, if it can be told."""
        ...


class Contestant(Protocol):
    """Somebody who can train.

    Attributes
    ----------
    name
        Name in the table of results.
    """

    @property
    def name(self) -> str: ...

    def prepare(self, case: Case, stop: StopFlag) -> Runner:
        """Warm up for a case.

        Raises
        ------
        TimingError
            If it cannot train it, or not in time.
        """
        ...


@dataclass(frozen=True)
class EngineContestant:
    """An engine of this program, or ``auto``, in a session.

    Attributes
    ----------
    engine
        The engine that was timed.
    memory
        Knows which one ``auto`` takes.
    """

    engine: EngineName
    memory: ChoiceMemory | None = None

    @property
    def name(self) -> str:
        """The engine's."""
        return self.engine.value

    def prepare(self, case: Case, stop: StopFlag) -> SessionRunner:
        """Warm up for a case; see `Contestant.prepare`."""
        return SessionRunner(case, self.engine, stop, self.memory)


@dataclass
class _Lane:
    name: str
    runner: Runner | None = None
    runs: list[float] = field(default_factory=list)
    skipped: str = ""

    def measurement(self, case: Case) -> Measurement:
        if self.runner is None or self.skipped:
            return Measurement(case, self.name, "", skipped=self.skipped)
        return Measurement(case, self.name, self.runner.took, tuple(self.runs), self.runner.phases())


def steps_of_a_case() -> int:
    """Return how many steps each contestant does for a case."""
    return 1 + measurement.RUNS


def compare(
    case: Case, contestants: Sequence[Contestant], stop: StopFlag, note: Note = lambda name, steps: None
) -> list[Measurement]:
    """Time all on one case.

    Parameters
    ----------
    case
        The work that every engine does.
    contestants
        Who trains it.
    stop
        Ends everything early: returned is then what was measured so far.
    note
        Is told of the progress.
    """
    lanes = []
    for contestant in contestants:
        if stop:
            break
        note(contestant.name, 0)
        lanes.append(_prepare(contestant, case, stop))
        note(contestant.name, steps_of_a_case() if lanes[-1].skipped else 1)
    for _ in range(measurement.RUNS):
        for lane in lanes:
            if stop:
                break
            if not lane.skipped:
                note(lane.name, 0)
                _run(lane, stop)
                note(lane.name, 1)
        if stop:
            break
    return [lane.measurement(case) for lane in lanes if lane.runs or lane.skipped]


def _prepare(contestant: Contestant, case: Case, stop: StopFlag) -> _Lane:
    lane = _Lane(contestant.name)
    try:
        lane.runner = contestant.prepare(case, stop)
    except TimingError as error:
        lane.skipped = "" if stop else str(error)
    return lane


def _run(lane: _Lane, stop: StopFlag) -> None:
    assert lane.runner is not None
    try:
        seconds = lane.runner.run()
    except TimingError as error:
        lane.skipped = "" if stop else str(error)
        return
    if not stop:  # else it was cut short
        lane.runs.append(seconds)
