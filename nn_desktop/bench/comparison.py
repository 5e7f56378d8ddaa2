"""Several that train the same, timed in turns: a machine that slows down slows all of them down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from nn_desktop.bench import measurement
from nn_desktop.bench.measurement import Measurement, TimingError
from nn_desktop.engines.engine import Phases, StopFlag
from nn_desktop.engines.workload import Workload

Note = Callable[[str, int], None]
"""Is told the name of what is at work, and how many of its `steps_of_a_workload` were done since."""


class Runner(Protocol):
    """An engine or a library that is warmed up for a workload.

    Attributes
    ----------
    took
        What does the sums.
    """

    took: str

    def run(self) -> float:
        """Train for a while; return the seconds per update. Raises `TimingError`."""
        ...

    def phases(self) -> Phases | None:
        """Return what the parts of an update take, if it can be told."""
        ...


Prepare = Callable[[Workload, StopFlag], Runner]
"""Warms up; raises `TimingError` if it cannot train the workload, or not in time."""


@dataclass
class _Lane:
    name: str
    runner: Runner | None = None
    runs: list[float] = field(default_factory=list)
    skipped: str = ""

    def prepare(self, prepare: Prepare, workload: Workload, stop: StopFlag) -> None:
        try:
            self.runner = prepare(workload, stop)
        except TimingError as error:
            self.skipped = "" if stop else str(error)

    def run(self, runner: Runner, stop: StopFlag) -> None:
        try:
            seconds = runner.run()
        except TimingError as error:
            self.skipped = "" if stop else str(error)
            return
        if not stop:  # else it was cut short
            self.runs.append(seconds)

    def measurement(self, workload: Workload) -> Measurement:
        if self.runner is None or self.skipped:
            return Measurement(workload, self.name, skipped=self.skipped)
        return Measurement(workload, self.name, self.runner.took, tuple(self.runs), self.runner.phases())


def steps_of_a_workload() -> int:
    """Return how many steps it takes to time one engine or library: the warm-up, and the runs."""
    return 1 + measurement.RUNS


def compare(
    workload: Workload,
    entrants: Mapping[str, Prepare],
    stop: StopFlag,
    note: Note = lambda name, steps: None,
) -> list[Measurement]:
    """Time all on one workload.

    Parameters
    ----------
    workload
        What each of them trains.
    entrants
        How each is warmed up, by its name.
    stop
        Ends everything early: returned is then what was measured so far.
    note
        Is told of the progress.
    """
    lanes = []
    for name, prepare in entrants.items():
        if stop:
            break
        note(name, 0)
        lanes.append(lane := _Lane(name))
        lane.prepare(prepare, workload, stop)
        note(name, steps_of_a_workload() if lane.skipped else 1)
    turns = (lane for _ in range(measurement.RUNS) for lane in lanes)
    for lane in turns:
        if stop:
            break
        if not lane.skipped and lane.runner is not None:
            note(lane.name, 0)
            lane.run(lane.runner, stop)
            note(lane.name, 1)
    return [lane.measurement(workload) for lane in lanes if lane.runs or lane.skipped]
