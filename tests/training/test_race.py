"""A race is fair, and says of each engine how far it is."""

from itertools import count

import pytest
from known_data import make_setup

from nn_desktop.engines import cpp_engine
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.names import EngineName
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training import race as race_module
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.race import ENGINES, Race, Standing, State
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup


def setup_of(**choices: object) -> Setup:
    return make_setup("sine", parse_layers("1-4-1"), Activation.TANH, Hyperparameters(**choices))


def standing_of(race: Race, name: EngineName) -> Standing:
    return next(standing for standing in race.standings if standing.engine is name)


def racing(race: Race) -> list[Standing]:
    return [standing for standing in race.standings if standing.state is State.TRAINING]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each turn of training takes a second."""
    ticks = count()
    monkeypatch.setattr(race_module.time, "perf_counter", lambda: float(next(ticks)))
    monkeypatch.setattr(race_module, "split_update", lambda probe, batch: race_module.Phases(1.0, 2.0, 3.0))


@pytest.fixture
def without_cpp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpp_engine, "find_module", lambda: ModuleNotFoundError())


def test_all_wait_at_first():
    race = Race(setup_of(), StopFlag())
    assert [standing.engine for standing in race.standings] == list(ENGINES)
    assert {standing.state for standing in race.standings} <= {State.WAITING, State.MISSING}


def test_all_start_at_the_same_loss():
    setup = setup_of()
    race = Race(setup, StopFlag())
    first: dict[EngineName, float] = {}
    while len(first) < len(available_engines()):
        race.turn()
        for standing in racing(race):
            first.setdefault(standing.engine, standing.loss)
    start = Session(setup).losses()[0]
    assert list(first.values()) == pytest.approx([start] * len(first), rel=1e-12)


def test_each_gets_the_same_time(clock):
    race = Race(setup_of(), StopFlag())
    for _ in range(60):
        race.turn()
    seconds = [standing.seconds for standing in racing(race)]
    assert min(seconds) > 5
    assert max(seconds) - min(seconds) <= 1


def test_the_parts_of_an_update_add_up_to_it():
    race = Race(setup_of(), StopFlag())
    while any(standing.phases is None for standing in racing(race)) or not racing(race):
        race.turn()
    for standing in racing(race):
        assert standing.phases is not None
        assert min(standing.phases.forward, standing.phases.backward, standing.phases.update) > 0
        assert standing.seconds_per_update == pytest.approx(standing.phases.total)


def test_each_learns_as_a_session_does():
    setup = setup_of()
    race = Race(setup, StopFlag())
    while not racing(race) or any(standing.updates < 30 for standing in racing(race)):
        race.turn()
    for standing in racing(race):
        session = Session(setup)
        session.advance(standing.updates)
        assert standing.loss == pytest.approx(session.history.rows()[-1, 1], rel=1e-6)
        assert standing.updates_per_second > 0


def test_a_stop_ends_a_turn_after_a_batch():
    stop = StopFlag()
    race = Race(setup_of(engine=EngineName.NUMPY), stop)
    while standing_of(race, EngineName.NUMPY).updates < 100:
        race.turn()
    stop.set()
    before = {standing.engine: standing.updates for standing in race.standings}
    race.turn()
    assert sum(standing.updates - before[standing.engine] for standing in race.standings) <= 1


def test_an_engine_that_is_missing_says_why(without_cpp):
    race = Race(setup_of(), StopFlag())
    for _ in range(10):
        race.turn()
    missing = standing_of(race, EngineName.CPP)
    assert missing.state is State.MISSING
    assert "compiler" in missing.reason
    assert standing_of(race, EngineName.NUMPY).state is State.TRAINING


def test_an_engine_that_would_hold_up_the_others_is_left_out(monkeypatch):
    def estimated(name, form):
        return 12.5 if name is EngineName.PYTHON else 0.0

    monkeypatch.setattr(race_module, "estimated_seconds", estimated)
    race = Race(setup_of(), StopFlag())
    for _ in range(10):
        race.turn()
    left_out = standing_of(race, EngineName.PYTHON)
    assert left_out.state is State.LEFT_OUT
    assert left_out.seconds_per_update == 12.5
    assert left_out.updates == 0
    assert standing_of(race, EngineName.NUMPY).state is State.TRAINING


def test_losses_over_many_samples_would_hold_up_the_others_too(monkeypatch):
    monkeypatch.setattr(race_module, "estimated_seconds", lambda name, form: 0.2)
    monkeypatch.setattr(race_module, "MAX_EVALUATION_SECONDS", 0.01)
    race = Race(setup_of(), StopFlag())
    while race.turn():
        pass
    assert {standing.state for standing in race.standings} <= {State.LEFT_OUT, State.MISSING}


def test_a_run_that_diverges_is_over():
    race = Race(setup_of(learning_rate=1e6), StopFlag())
    while race.turn():
        pass
    states = {standing.state for standing in race.standings}
    assert State.DIVERGED in states
    assert states <= {State.DIVERGED, State.MISSING}
