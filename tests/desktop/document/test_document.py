"""Every change is one step to undo, and nothing that was learned is lost by undoing and redoing."""

import random
import threading
from dataclasses import replace

import numpy as np
import pytest
from desk import ask, train, vector

from nn_desktop.data.builtin import Builtin
from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.functions import SINE, draw_function
from nn_desktop.data.source import DataError, DataSettings, RawSamples
from nn_desktop.desktop.document import undo_history, undo_steps
from nn_desktop.drawing.placement import AUTOMATIC, Layout
from nn_desktop.engines.names import Precision
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.initializers import Initializer
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.settings import (
    INITIALIZER,
    LEARNING_RATE,
    LOSS,
    MODE,
    NOISE,
    PRECISION,
    SAMPLES,
    SEED,
    STANDARDIZE,
    TRAIN_SHARE,
)


@pytest.fixture
def document(desk):
    return desk.document


@pytest.fixture
def trainer(desk):
    return desk.trainer


def updates(trainer) -> int:
    return ask(trainer, lambda session: session.updates)


def test_quick_changes_of_one_field_are_one_step_and_of_two_fields_are_two(document):
    document.change_setting(NOISE, 0.1)
    document.change_setting(NOISE, 0.2)
    document.change_setting(SAMPLES, 100)
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert (document.setup.data.noise, document.setup.data.samples) == (0.2, 200)
    document.undo_stack.undo()
    assert document.setup.data.noise == 0.0


def test_changes_of_one_field_with_time_between_are_steps_of_their_own(document, trainer, monkeypatch):
    monkeypatch.setattr(undo_steps, "MERGE_SECONDS", -1.0)
    document.change_setting(SEED, 5)
    train(trainer, 50)
    learned = vector(trainer)
    document.change_setting(SEED, 6)
    train(trainer, 20)
    document.undo_stack.undo()
    np.testing.assert_array_equal(vector(trainer), learned)
    assert updates(trainer) == 50


def test_undo_and_redo_of_a_reset_lose_nothing_of_either_side(document, trainer):
    train(trainer, 30)
    before = vector(trainer)
    document.reset()
    assert updates(trainer) == 0
    train(trainer, 12)
    after = vector(trainer)
    document.undo_stack.undo()
    np.testing.assert_array_equal(vector(trainer), before)
    document.undo_stack.redo()
    np.testing.assert_array_equal(vector(trainer), after)
    assert updates(trainer) == 12


def test_a_removed_unit_comes_back_as_it_was_and_what_was_learned_since_stays(document, trainer):
    train(trainer, 10)
    layer = document.setup.topology.layers[1]
    gone = layer.units[1]
    source = document.setup.topology.layers[0].units[0]
    incoming = trainer.post(lambda session: session.parameters.weight(source, gone)).result(60)
    document.change_topology("remove", lambda topology: edits.remove_unit(topology, gone))
    train(trainer, 10)
    other = layer.units[0]
    learned = trainer.post(lambda s: s.parameters.weight(source, other)).result(60)
    document.undo_stack.undo()
    assert trainer.post(lambda s: s.parameters.weight(source, gone)).result(60) == incoming
    assert trainer.post(lambda s: s.parameters.weight(source, other)).result(60) == learned
    assert updates(trainer) == 20


def test_a_refused_change_leaves_no_step(document):
    said: list[str] = []
    document.refused.connect(said.append)
    assert not document.type_layers("2-3-1")
    assert not document.change_setting(LOSS, Loss.CATEGORICAL_CROSS_ENTROPY)
    assert not document.change_setting(NOISE, 0.7)
    assert document.undo_stack.count() == 0
    assert len(said) == 3


def test_a_dataset_whose_file_is_missing_is_taken_back(qtbot, document, trainer, monkeypatch):
    from nn_desktop.data import tables

    monkeypatch.setattr(tables, "resource_path", lambda *parts: tables.Path("/nowhere/at/all.csv"))
    said: list[str] = []
    trainer.failed.connect(said.append)
    before = document.setup
    document.choose_source(CATALOGUE["wine"])
    qtbot.waitUntil(lambda: document.setup == before)
    assert "is missing from the installation" in said[0]
    assert document.undo_stack.count() == 0


class SlowSamples:
    """Samples that are not there before they are let go."""

    def __init__(self) -> None:
        self.has_begun, self.may_end = threading.Event(), threading.Event()
        self.threads: list[int] = []

    def draw(self, source: Builtin, settings: DataSettings) -> RawSamples:
        self.threads.append(threading.get_ident())
        self.has_begun.set()
        assert self.may_end.wait(10)
        return draw_function(source, settings)


def test_samples_are_drawn_beside_the_window_and_a_later_choice_wins(qtbot, document, trainer):
    slow = SlowSamples()
    document.choose_source(replace(SINE, name="slow", sampler=slow.draw))
    assert slow.has_begun.wait(10)
    assert document.setup.data.source.name == "slow"
    document.choose_source(CATALOGUE["circle"])
    assert trainer.snapshot.setup.data.source is SINE  # nothing newer is shown yet
    slow.may_end.set()
    qtbot.waitUntil(lambda: not trainer.is_busy)
    assert trainer.snapshot.dataset.title == "Circle"
    assert threading.get_ident() not in slow.threads
    document.undo()
    document.undo()
    qtbot.waitUntil(lambda: not trainer.is_busy)
    assert document.setup.data.source is SINE
    assert trainer.snapshot.dataset.title == "Sine"


def test_a_change_that_fails_in_the_worker_is_taken_back(qtbot, document, trainer, monkeypatch):
    from nn_desktop.training import start

    def fail(*arguments, **options):
        raise MemoryError

    document.change_setting(LEARNING_RATE, 0.2)
    before, weights = document.setup, vector(trainer)
    with monkeypatch.context() as patch:
        patch.setattr(start, "initialize", fail)
        with qtbot.waitSignal(trainer.failed):
            document.type_layers("1-9-9-1")
    assert document.setup == before
    assert document.undo_stack.count() == 1
    np.testing.assert_array_equal(vector(trainer), weights)
    assert document.type_layers("1-5-1")
    assert trainer.post(lambda session: session.setup).result(60) == document.setup


def test_after_a_failure_among_several_changes_document_and_session_agree(
    qtbot, document, trainer, monkeypatch
):
    from nn_desktop.training import start

    def fail(*arguments, **options):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(start, "initialize", fail)
        with qtbot.waitSignal(trainer.failed):
            document.type_layers("1-9-9-1")
            document.change_setting(LEARNING_RATE, 0.3)
            document.undo_stack.undo()
    qtbot.waitUntil(lambda: not trainer.is_busy)
    assert trainer.post(lambda session: session.setup).result(60) == document.setup
    assert document.change_setting(LEARNING_RATE, 0.4)
    assert trainer.post(lambda session: session.setup).result(60) == document.setup


def fail_to_draw(source: Builtin, settings: DataSettings) -> RawSamples:
    raise DataError("These samples are gone.")


LOST = replace(SINE, name="lost", sampler=fail_to_draw)


def undo_all(qtbot, document, trainer) -> None:
    """Undo step by step, each when the one before has been done."""
    while document.undo_stack.canUndo():
        index = document.undo_stack.index()
        document.undo()
        qtbot.waitUntil(lambda: not trainer.is_busy)
        assert document.undo_stack.index() == index - 1


@pytest.mark.parametrize(
    ("then", "steps_left"),
    [
        ((), 2),
        ((lambda d: d.choose_source(CATALOGUE["circle"]),), 3),
        ((lambda d: d.undo(),), 2),
        ((lambda d: d.undo(), lambda d: d.undo()), 2),
        ((lambda d: d.undo(), lambda d: d.redo()), 2),
        ((lambda d: d.type_layers("1-6-1"),), 2),
        ((lambda d: d.type_layers("1-6-1"), lambda d: d.undo()), 2),
        ((lambda d: d.type_layers("1-6-1"), lambda d: d.choose_source(CATALOGUE["circle"])), 3),
        ((lambda d: d.choose_source(CATALOGUE["circle"]), lambda d: d.type_layers("2-6-1")), 4),
        ((lambda d: d.change_setting(NOISE, 0.3), lambda d: d.change_setting(NOISE, 0.4)), 2),
        ((lambda d: d.reset(),), 2),
    ],
)
def test_where_data_cannot_be_loaded_nothing_earlier_is_lost_whatever_is_done_next(
    qtbot, document, trainer, then, steps_left
):
    said: list[str] = []
    trainer.failed.connect(said.append)
    train(trainer, 7)
    first, first_vector = document.setup, vector(trainer)
    document.type_layers("1-5-1")
    document.change_setting(LEARNING_RATE, 0.2)
    document.choose_source(LOST)
    for do in then:
        do(document)
    qtbot.waitUntil(lambda: bool(said) and not trainer.is_busy)
    assert set(said) == {"These samples are gone."}
    assert document.undo_stack.count() == steps_left
    assert document.setup.data.source is not LOST
    assert trainer.snapshot.setup == document.setup
    undo_all(qtbot, document, trainer)
    assert document.setup == first
    np.testing.assert_array_equal(vector(trainer), first_vector)


def test_what_was_moved_in_the_drawing_stays_where_a_step_between_fails(qtbot, document, trainer):
    moved, then = Layout({}, {8: (16.0, 0.0)}), Layout({}, {8: (32.0, 0.0)})
    document.change_layout("move", moved)
    with qtbot.waitSignal(trainer.failed):
        document.choose_source(LOST)
        document.change_layout("arrange", then)
    assert document.layout == moved
    document.redo()
    assert document.layout == then
    document.undo()
    document.undo()
    assert document.layout == AUTOMATIC
    assert document.undo_stack.count() == 2


def test_of_quick_changes_of_one_field_only_the_one_that_fails_is_taken_back(qtbot, document, trainer):
    def draw(source: Builtin, settings: DataSettings) -> RawSamples:
        return (fail_to_draw if settings.noise == 0.3 else draw_function)(source, settings)

    document.choose_source(replace(SINE, name="noisy", sampler=draw))
    document.change_setting(NOISE, 0.1)
    qtbot.waitUntil(lambda: not trainer.is_busy)
    with qtbot.waitSignal(trainer.failed):
        document.change_setting(NOISE, 0.3)
    assert NOISE.get(document.setup) == 0.1
    with qtbot.waitSignal(trainer.failed):
        document.change_setting(NOISE, 0.3)
        document.change_setting(NOISE, 0.2)
    qtbot.waitUntil(lambda: not trainer.is_busy)
    assert NOISE.get(document.setup) == 0.2
    assert document.undo_stack.count() == 2
    undo_all(qtbot, document, trainer)
    assert document.setup.data.source is SINE
    document.redo()
    document.redo()
    qtbot.waitUntil(lambda: not trainer.is_busy)
    assert NOISE.get(document.setup) == 0.2 == NOISE.get(trainer.snapshot.setup)


def test_a_failure_that_is_none_of_a_change_leaves_the_history_alone(qtbot, document, trainer):
    def fail(session):
        raise DataError("A question that has no answer.")

    document.type_layers("1-5-1")
    document.type_layers("1-6-1")
    document.undo()
    with qtbot.waitSignal(trainer.failed):
        trainer.post(fail)
    qtbot.waitUntil(lambda: not trainer.is_busy)
    assert (document.undo_stack.index(), document.undo_stack.count()) == (1, 2)


def test_a_seed_turned_up_and_back_can_still_be_undone(document, trainer):
    train(trainer, 20)
    learned = vector(trainer)
    document.change_setting(SEED, 1)
    document.change_setting(SEED, 0)
    assert updates(trainer) == 0
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    np.testing.assert_array_equal(vector(trainer), learned)


def test_a_learning_rate_turned_up_and_back_is_no_step(document):
    document.change_setting(LEARNING_RATE, 0.1)
    document.change_setting(LEARNING_RATE, 0.05)
    assert not document.undo_stack.canUndo()


def test_the_memory_of_the_undo_stack_is_bounded_and_all_is_undone_all_the_same(
    document, trainer, monkeypatch
):
    monkeypatch.setattr(undo_history, "CHECKPOINT_BYTES", 2000)
    monkeypatch.setattr(undo_steps, "MERGE_SECONDS", -1.0)
    first = document.setup
    for step in range(30):
        train(trainer, 1)
        document.type_layers(f"{2 + step % 5}-3")
        document.reset() if step % 10 == 0 else None
    stack = document.undo_stack
    while stack.canUndo():
        stack.undo()
    assert document.setup == first
    assert trainer.post(lambda session: session.setup).result(60) == first
    changes = [stack.command(index) for index in range(stack.count())]
    counted = set()
    remembered = sum(c.remembered_bytes(counted) for c in changes if not c._is_jump)
    assert remembered <= 2000 + 200


# The drawing


def test_a_key_that_is_held_moves_in_one_step_and_leaves_earlier_steps(document):
    document.change_setting(LEARNING_RATE, 0.2)
    for step in range(1, 121):
        document.change_layout("move", Layout({}, {8: (8.0 * step, 0.0)}))
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert document.layout == AUTOMATIC
    document.undo_stack.redo()
    assert document.layout == Layout({}, {8: (960.0, 0.0)})
    document.undo_stack.setIndex(0)
    assert document.setup.hyperparameters.learning_rate != 0.2


def test_moves_of_different_parts_are_different_steps(document):
    one, both = Layout({}, {8: (8.0, 0.0)}), Layout({}, {8: (8.0, 0.0), 9: (0.0, 5.0)})
    for layout in (one, both, Layout({7: (1.0, 0.0)}, both.units)):
        document.change_layout("move", layout)
    assert document.undo_stack.count() == 3
    document.undo_stack.undo()
    assert document.layout == both
    document.undo_stack.undo()
    assert document.layout == one


def test_moves_with_time_between_are_steps_of_their_own(document, monkeypatch):
    monkeypatch.setattr(undo_steps, "MERGE_SECONDS", -1.0)
    for step in range(1, 4):
        document.change_layout("move", Layout({}, {8: (8.0 * step, 0.0)}))
    assert document.undo_stack.count() == 3


def test_what_was_moved_back_where_it_stood_is_no_step(document):
    shown: list[Layout] = []
    document.layout_changed.connect(shown.append)
    for x in (8.0, 0.0):
        document.change_layout("move", Layout({}, {8: (x, 0.0)}))
    assert document.undo_stack.count() == 0
    assert document.layout == shown[-1] == AUTOMATIC


def test_arranging_is_not_merged_with_the_move_before(document):
    moved = Layout({}, {8: (8.0, 0.0)})
    document.change_layout("move", moved)
    document.change_layout("arrange", AUTOMATIC)
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert document.layout == moved


def test_a_move_after_undo_and_redo_is_a_step_of_its_own(document):
    moved = Layout({}, {8: (8.0, 0.0)})
    document.change_layout("move", moved)
    document.undo_stack.undo()
    document.undo_stack.redo()
    document.change_layout("move", Layout({}, {8: (16.0, 0.0)}))
    document.undo_stack.undo()
    assert document.layout == moved


CHANGES = (
    lambda d: d.type_layers("1-6-1"),
    lambda d: d.type_layers("5-2"),
    lambda d: d.choose_source(CATALOGUE["circle"]),
    lambda d: d.choose_source(CATALOGUE["iris"]),
    lambda d: d.choose_source(CATALOGUE["sine"]),
    lambda d: d.change_setting(MODE, Mode.STOCHASTIC),
    lambda d: d.change_setting(MODE, Mode.BATCH),
    lambda d: d.change_setting(LEARNING_RATE, 0.01),
    lambda d: d.change_setting(INITIALIZER, Initializer.HE_NORMAL),
    lambda d: d.change_setting(SEED, 3),
    lambda d: d.change_setting(PRECISION, Precision.FLOAT32),
    lambda d: d.change_setting(PRECISION, Precision.FLOAT64),
    lambda d: d.change_setting(LOSS, Loss.HALF_SQUARED_ERROR),
    lambda d: d.change_setting(STANDARDIZE, True),
    lambda d: d.change_setting(TRAIN_SHARE, 0.6),
    lambda d: d.new_start(),
    lambda d: d.reset(),
    lambda d: d.change_topology(
        "connect",
        lambda t: wiring.link_layers(t, t.layers[0].id, t.layers[-1].id),
    ),
    lambda d: d.change_topology(
        "disconnect",
        lambda t: wiring.disconnect_all(t, [(t.layers[0].units[0], t.layers[1].units[0])]),
    ),
    lambda d: d.change_topology("insert", lambda t: edits.insert_layer(t, 1, 3, Activation.RELU)),
)


@pytest.mark.parametrize("seed", range(12))
def test_undoing_everything_gives_back_the_beginning_and_redoing_everything_the_end(document, trainer, seed):
    chance = random.Random(seed)
    train(trainer, 7)
    first, first_vector = document.setup, vector(trainer)
    for _ in range(25):
        chance.choice(CHANGES)(document)
    last, last_vector = document.setup, vector(trainer)
    for _ in range(2):
        while document.undo_stack.canUndo():
            document.undo_stack.undo()
        assert document.setup == first
        assert trainer.post(lambda session: session.setup).result(60) == first
        np.testing.assert_array_equal(vector(trainer), first_vector)
        while document.undo_stack.canRedo():
            document.undo_stack.redo()
        assert document.setup == last
        np.testing.assert_array_equal(vector(trainer), last_vector)
    assert trainer._worker.take_error() is None


@pytest.mark.parametrize("seed", range(12))
def test_after_failures_among_many_steps_all_that_was_done_is_undone(qtbot, document, trainer, seed):
    chance = random.Random(seed)
    train(trainer, 7)
    first, first_vector = document.setup, vector(trainer)
    for _ in range(25):
        do = chance.choice((*CHANGES, *4 * (lambda d: d.undo(), lambda d: d.redo())))
        document.choose_source(LOST) if chance.random() < 0.2 else do(document)
        if chance.random() < 0.3:
            qtbot.waitUntil(lambda: not trainer.is_busy)
            assert trainer.snapshot.setup == document.setup
    qtbot.waitUntil(lambda: not trainer.is_busy)
    assert trainer.snapshot.setup == document.setup
    undo_all(qtbot, document, trainer)
    assert document.setup == first
    np.testing.assert_array_equal(vector(trainer), first_vector)


def test_a_choice_made_while_another_fails_stands_and_the_failure_is_told(
    qtbot, document, trainer, monkeypatch
):
    from nn_desktop.data import tables

    monkeypatch.setattr(tables, "resource_path", lambda *parts: tables.Path("/nowhere/at/all.csv"))
    said: list[str] = []
    trainer.failed.connect(said.append)
    document.choose_source(CATALOGUE["wine"])
    document.choose_source(CATALOGUE["circle"])
    qtbot.waitUntil(lambda: bool(said) and not trainer.is_busy)
    assert "is missing from the installation" in said[0]
    assert document.setup.data.source is CATALOGUE["circle"]
    assert trainer.snapshot.dataset.title == "Circle"
    assert trainer.snapshot.setup == document.setup
