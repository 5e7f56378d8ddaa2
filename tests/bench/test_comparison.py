"""All train in turns, so that a slow moment of the machine is nobody's alone."""

from dataclasses import dataclass, field
from functools import partial

import pytest

from nn_desktop.bench.comparison import Prepare, compare, steps_of_a_workload
from nn_desktop.bench.measurement import SessionRunner, TimingError
from nn_desktop.bench.workloads import make_workload
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.engine import Phases, StopFlag
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers

WORKLOAD = make_workload(parse_layers("1-4-1"), 16, Activation.TANH, Precision.FLOAT32)
pytestmark = pytest.mark.usefixtures("short_timing")


@dataclass
class Fake:
    """What prepares a runner, and the runner itself."""

    name: str
    log: list[str]
    times: list[float] = field(default_factory=lambda: [1.0, 3.0, 2.0])
    refuses: bool = False
    fails_in_run: bool = False
    stops_in_run: int = -1
    took: str = "fake"

    def prepare(self, workload: Workload, stop: StopFlag) -> "Fake":
        self.log.append(f"prepare {self.name}")
        if self.refuses:
            raise TimingError("it cannot")
        self._stop, self._left = stop, list(self.times)
        return self

    def run(self) -> float:
        self.log.append(f"run {self.name}")
        if self.fails_in_run:
            raise TimingError("it broke")
        if len(self.times) - len(self._left) == self.stops_in_run:
            self._stop.set()
        return self._left.pop(0)

    def phases(self) -> Phases | None:
        return None


def entrants(*fakes: Fake) -> dict[str, Prepare]:
    return {fake.name: fake.prepare for fake in fakes}


def test_runs_take_turns_and_the_median_counts() -> None:
    log: list[str] = []
    a, b = compare(WORKLOAD, entrants(Fake("a", log), Fake("b", log)), StopFlag())
    assert log == ["prepare a", "prepare b", *["run a", "run b"] * 3]
    assert (a.name, b.name) == ("a", "b")
    assert (a.runs, a.seconds_per_update, a.took) == ((1.0, 3.0, 2.0), 2.0, "fake")


def test_who_cannot_train_does_not_keep_the_others_from_it() -> None:
    log: list[str] = []
    fakes = Fake("a", log, refuses=True), Fake("b", log), Fake("c", log, fails_in_run=True)
    rows = compare(WORKLOAD, entrants(*fakes), StopFlag())
    assert [(row.name, row.skipped) for row in rows] == [("a", "it cannot"), ("b", ""), ("c", "it broke")]
    assert [bool(row.runs) for row in rows] == [False, True, False]


def test_a_stop_keeps_what_was_measured_and_drops_what_it_cut_short() -> None:
    log: list[str] = []
    rows = compare(WORKLOAD, entrants(Fake("a", log), Fake("b", log, stops_in_run=1)), StopFlag())
    assert [(row.name, row.runs) for row in rows] == [("a", (1.0, 3.0)), ("b", (1.0,))]
    assert log[-1] == "run b"


def test_nothing_begins_after_a_stop() -> None:
    stop, log = StopFlag(), []
    stop.set()
    assert compare(WORKLOAD, entrants(Fake("a", log)), stop) == []
    assert log == []


def test_who_is_stopped_while_getting_ready_is_not_called_unable() -> None:
    class Stopped(Fake):
        def prepare(self, workload: Workload, stop: StopFlag) -> Fake:
            stop.set()
            raise TimingError("it was ended")

    assert compare(WORKLOAD, entrants(Stopped("a", [])), StopFlag()) == []


def test_the_steps_add_up() -> None:
    steps: list[int] = []
    fakes = Fake("a", []), Fake("b", [], refuses=True)
    compare(WORKLOAD, entrants(*fakes), StopFlag(), lambda name, done: steps.append(done))
    assert sum(steps) == 2 * steps_of_a_workload()


def test_engines_take_part() -> None:
    engines = [EngineName.AUTO, *available_engines()]
    sessions = {engine: partial(SessionRunner, wanted=engine) for engine in engines}
    rows = compare(WORKLOAD, sessions, StopFlag())
    assert [row.name for row in rows] == engines
    assert all(row.took == row.name for row in rows[1:])
    assert rows[0].took in available_engines()
    assert all(len(row.runs) == 3 and row.phases for row in rows)
