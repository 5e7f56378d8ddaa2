"""Questions about the moments that are shown: any number, none in the way of the window or the training."""

import threading
from functools import partial

import pytest
from known_data import make_setup

from nn_desktop.desktop.document.questions import Question
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.insight.inspection import inspect
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session


@pytest.fixture
def trainer(qtbot):
    trainer = Trainer(Session(make_setup("sine", parse_layers("1-3-1"), Activation.TANH)))
    yield trainer
    trainer.close()
    qtbot.waitUntil(lambda: trainer.has_ended)


@pytest.fixture
def gate():
    """Opens for a thread that waits."""
    gate = threading.Event()
    yield gate
    gate.set()


def updates_of(snapshot) -> int:
    return snapshot.updates


def advance(qtbot, trainer, updates: int) -> None:
    trainer.post(lambda session: session.advance(updates))
    qtbot.waitUntil(lambda: not trainer.is_busy)


def test_each_asker_hears_of_every_moment_that_is_shown_from_this_one_on(qtbot, trainer):
    told = {"one": [], "other": []}
    for asker, factor in (("one", 1), ("other", 10)):
        tell = partial(lambda heard, snapshot, answer: heard.append((snapshot.updates, answer)), told[asker])
        trainer.ask(asker, Question(lambda snapshot, factor=factor: factor * snapshot.updates, tell))
    qtbot.waitUntil(lambda: not trainer.is_busy)
    for _ in range(2):
        advance(qtbot, trainer, 5)
    assert told == {"one": [(0, 0), (5, 5), (10, 10)], "other": [(0, 0), (5, 50), (10, 100)]}


def test_an_inspection_is_one_of_the_moment_that_it_comes_with(qtbot, trainer):
    hidden, seen = trainer.snapshot.setup.topology.layers[1].units[0], []
    tell = lambda snapshot, answer: seen.append((snapshot, answer))  # noqa: E731
    trainer.ask("hover", Question(partial(inspect, hidden, True), tell))
    for updates in (5, 30):
        advance(qtbot, trainer, updates)
    assert [snapshot.updates for snapshot, _ in seen] == [0, 5, 35]
    for snapshot, answer in seen:
        assert answer.value == snapshot.parameters.bias(hidden)
        assert answer.loss == pytest.approx(snapshot.test_loss, rel=1e-12)
    assert len({answer.value for _, answer in seen}) == 3


def test_a_slow_answer_holds_up_neither_the_moments_nor_the_newest_answer(qtbot, trainer, gate):
    told, asked = [], []

    def wait(snapshot):
        asked.append(snapshot.updates)
        gate.wait(30)
        return snapshot.updates

    trainer.ask("slow", Question(wait, lambda snapshot, answer: told.append(answer)))
    qtbot.waitUntil(lambda: asked == [0])
    for updates in (1, 2, 3):
        trainer.post(lambda session: session.advance(1))
        qtbot.waitUntil(lambda updates=updates: trainer.snapshot.updates == updates)
    assert (asked, told) == ([0], [])
    gate.set()
    qtbot.waitUntil(lambda: told == [0, 3])
    assert asked == [0, 3]


def test_who_asks_no_more_hears_no_more(qtbot, trainer, gate):
    told, asked = [], []

    def wait(snapshot):
        asked.append(snapshot.updates)
        gate.wait(30)

    trainer.ask("asker", Question(wait, lambda *answer: told.append(answer)))
    qtbot.waitUntil(lambda: asked == [0])
    trainer.ask("asker", None)
    gate.set()
    advance(qtbot, trainer, 1)
    assert (asked, told) == ([0], [])


def test_another_question_takes_the_place_of_one_that_is_under_way(qtbot, trainer, gate):
    told = []
    trainer.ask("asker", Question(lambda snapshot: gate.wait(30), lambda *answer: told.append("first")))
    trainer.ask("asker", Question(updates_of, lambda snapshot, answer: told.append(answer)))
    gate.set()
    qtbot.waitUntil(lambda: not trainer.is_busy)
    assert told == [0]


def test_a_question_that_fails_says_so_once_and_training_goes_on(qtbot, trainer):
    failures = []
    trainer.failed.connect(failures.append)
    trainer.ask("asker", Question(lambda snapshot: 1 / 0, lambda *answer: None))
    qtbot.waitUntil(lambda: not trainer.is_busy)
    advance(qtbot, trainer, 7)
    assert trainer.snapshot.updates == 7
    assert len(failures) == 1
    assert "division by zero" in failures[0]
    assert "The live numbers stopped" in failures[0]


def test_what_is_asked_after_the_end_is_not_answered_and_no_failure(qtbot, trainer):
    failures, told = [], []
    trainer.failed.connect(failures.append)
    trainer.close()
    trainer.ask("asker", Question(updates_of, lambda *answer: told.append(answer)))
    qtbot.waitUntil(lambda: not trainer.is_busy)
    qtbot.wait(20)
    assert not failures
    assert not told
