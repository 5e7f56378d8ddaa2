"""Whatever makes training begin anew files the run: nothing waits for it, undo brings all of it back."""

import threading

import numpy as np
import pytest
from desk import ask, train
from reopening import moment_contents

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.document import undo_steps
from nn_desktop.desktop.document.runs_editor import RunsEditor
from nn_desktop.desktop.project.reader import ProjectReader
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.network.initializers import Initializer
from nn_desktop.training import runs as runs_module
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.session import Session
from nn_desktop.training.settings import (
    DATA_SEED,
    ENGINE,
    INITIALIZER,
    LEARNING_RATE,
    MODE,
    NOISE,
    PRECISION,
    SAMPLES,
    SEED,
)


@pytest.fixture
def document(desk):
    return desk.document


@pytest.fixture
def trainer(desk):
    return desk.trainer


@pytest.fixture
def editor(document):
    return RunsEditor(document, document)


def moment(trainer) -> dict[str, object]:
    return moment_contents(ask(trainer, Session.checkpoint))


def without_milestones(contents: dict[str, object]) -> dict[str, object]:
    return contents | {"milestones": []}


def filed(document, trainer) -> list[tuple[int, int]]:
    """Id and updates of each filed run."""
    trainer.post(lambda session: None).result(10)
    return [(run.label.id, run.checkpoint.updates) for run in document.runs.filed]


BEGINNINGS = {
    "reset": lambda document: document.reset(),
    "new start": lambda document: document.new_start(),
    "dataset": lambda document: document.choose_source(CATALOGUE["circle"]),
    "samples": lambda document: document.change_setting(SAMPLES, 150),
    "noise": lambda document: document.change_setting(NOISE, 0.2),
    "seed of the data": lambda document: document.change_setting(DATA_SEED, 9),
    "initializer": lambda document: document.change_setting(INITIALIZER, Initializer.NORMAL),
}


@pytest.mark.parametrize("begin_anew", BEGINNINGS.values(), ids=BEGINNINGS)
def test_what_begins_anew_files_the_run_and_undo_and_redo_bring_all_of_it_back(document, trainer, begin_anew):
    train(trainer, 40)
    left = moment(trainer)
    begin_anew(document)
    train(trainer, 3)
    assert filed(document, trainer) == [(0, 40)]
    assert moment_contents(document.runs.filed[0].checkpoint) == without_milestones(left)
    assert document.runs.current.id == 1
    began = moment(trainer)
    for _ in range(2):
        document.undo()
        assert filed(document, trainer) == []
        assert document.runs.current.id == 0
        assert moment(trainer) == left
        document.redo()
        assert filed(document, trainer) == [(0, 40)]
        assert document.runs.current.id == 1
        assert moment(trainer) == began


@pytest.mark.parametrize("begin_anew", BEGINNINGS.values(), ids=BEGINNINGS)
def test_a_run_that_has_learned_nothing_is_not_filed(document, trainer, begin_anew):
    begin_anew(document)
    assert filed(document, trainer) == []
    assert document.runs.current.id == 0


def test_a_change_with_which_training_goes_on_files_nothing(document, trainer):
    train(trainer, 10)
    document.change_setting(LEARNING_RATE, 0.2)
    document.type_layers("1-5-1")
    assert filed(document, trainer) == []


def test_going_back_files_the_run_as_the_parent_of_the_one_that_goes_on(document, trainer):
    train(trainer, 200)
    left = moment(trainer)
    milestone = trainer.post(lambda session: session.milestones[3]).result(10)
    document.go_back(milestone)
    assert filed(document, trainer) == [(0, 200)]
    assert document.runs.current.parent == 0
    assert moment_contents(document.runs.filed[0].checkpoint) == without_milestones(left)
    document.undo()
    assert filed(document, trainer) == []
    assert moment(trainer) == left


def test_a_dial_turned_up_and_down_files_one_run(document, trainer):
    train(trainer, 40)
    for samples in (210, 220, 230, 220, 210):
        document.change_setting(SAMPLES, samples)
        train(trainer, 1)  # it trains on while somebody turns
    assert document.undo_stack.count() == 1
    assert filed(document, trainer) == [(0, 40)]
    document.undo()
    assert filed(document, trainer) == []
    document.redo()
    assert filed(document, trainer) == [(0, 40)]


def test_a_dial_turned_back_to_where_it_was_files_one_run(document, trainer):
    train(trainer, 40)
    for samples in (210, 200, 210):
        document.change_setting(SAMPLES, samples)
        train(trainer, 1)
    assert filed(document, trainer) == [(0, 40)]
    while document.undo_stack.canUndo():
        document.undo()
    assert filed(document, trainer) == []


def test_a_dial_turned_with_time_between_files_each_run(document, trainer, monkeypatch):
    monkeypatch.setattr(undo_steps, "MERGE_SECONDS", -1.0)
    for updates, samples in ((40, 210), (30, 220)):
        train(trainer, updates)
        document.change_setting(SAMPLES, samples)
    assert filed(document, trainer) == [(0, 40), (1, 30)]


def test_redone_the_run_is_filed_with_what_it_learned_meanwhile(document, trainer, editor):
    train(trainer, 40)
    document.reset()
    filed(document, trainer)
    editor.rename(0, "first")
    document.undo()
    document.undo()
    train(trainer, 2)
    document.redo()
    document.redo()
    assert filed(document, trainer) == [(0, 42)]
    assert document.runs.filed[0].label.name == "first"


SETTINGS_OF_RUNS = [
    (mode, precision) for mode in Mode for precision in (Precision.FLOAT64, Precision.FLOAT32)
]


@pytest.mark.parametrize(("mode", "precision"), SETTINGS_OF_RUNS)
def test_a_run_filed_by_reset_taken_up_again_and_trained_on_is_bitwise_as_if_never_reset(
    document, trainer, editor, mode, precision
):
    document.change_setting(ENGINE, EngineName.NUMPY)  # no stopwatch
    document.change_setting(MODE, mode)
    document.change_setting(PRECISION, precision)
    never_reset = Session(document.setup)
    never_reset.advance(333)
    train(trainer, 333)  # not at the end of an epoch, where there are batches
    document.reset()
    train(trainer, 50)
    assert filed(document, trainer) == [(0, 333)]
    editor.take_up(0)
    assert moment(trainer) == without_milestones(moment_contents(never_reset.checkpoint()))
    train(trainer, 500)
    never_reset.advance(500)
    now, expected = moment(trainer), moment_contents(never_reset.checkpoint())
    assert without_milestones(now) == without_milestones(expected)
    assert filed(document, trainer) == [(1, 50)]
    assert document.runs.current.id == 0


def test_taking_up_a_run_is_one_step_and_what_was_in_the_window_is_filed(document, trainer, editor):
    train(trainer, 30)
    first = moment(trainer)
    document.choose_source(CATALOGUE["circle"])
    train(trainer, 20)
    second = moment(trainer)
    count = document.undo_stack.count()
    editor.take_up(0)
    assert document.undo_stack.count() == count + 1
    assert document.setup.data.source is CATALOGUE["sine"]
    assert moment(trainer) == without_milestones(first)
    assert filed(document, trainer) == [(1, 20)]
    document.undo()
    assert moment(trainer) == second
    assert filed(document, trainer) == [(0, 30)]
    document.redo()
    assert moment(trainer) == without_milestones(first)
    assert filed(document, trainer) == [(1, 20)]


def test_a_run_that_is_gone_cannot_be_taken_up(document, trainer, editor):
    said: list[str] = []
    document.refused.connect(said.append)
    editor.take_up(5)
    assert said == ["There is no run 6 any more: choose another one."]
    assert document.undo_stack.count() == 0


def test_no_run_is_lost_where_the_one_to_take_up_is_deleted_before_training_hears_of_it(
    qtbot, document, trainer, editor
):
    for updates in (10, 20, 30):
        train(trainer, updates)
        document.reset()
        qtbot.waitUntil(lambda: not trainer.is_busy)
    may_go_on = threading.Event()
    trainer.post(lambda session: may_go_on.wait(10))
    editor.take_up(1)
    editor.delete([0])
    editor.take_up(0)
    may_go_on.set()
    assert filed(document, trainer) == [(2, 30), (1, 20)]
    assert document.runs.current.id == 4
    assert trainer.post(lambda session: session.updates).result(10) == 10


def test_what_is_written_on_runs_is_a_step_each_and_undone(document, trainer, editor):
    train(trainer, 30)
    document.reset()
    filed(document, trainer)
    editor.rename(0, "wide")
    editor.write_note(0, "too slow")
    editor.star([0, 1], True)
    editor.star([0, 1], True)  # has a star already
    label = document.runs.filed[0].label
    assert (label.name, label.note, label.is_starred) == ("wide", "too slow", True)
    assert document.runs.current.is_starred
    assert document.undo_stack.count() == 4
    editor.delete([0])
    assert document.runs.filed == ()
    for _ in range(4):
        document.undo()
    label = document.runs.filed[0].label
    assert (label.name, label.note, label.is_starred) == ("", "", False)
    for _ in range(4):
        document.redo()
    assert document.runs.filed == ()
    assert document.runs.current.is_starred


def test_nobody_waits_for_the_run_that_is_filed_but_the_save(qtbot, document, trainer):
    train(trainer, 30)
    may_go_on = threading.Event()
    trainer.post(lambda session: may_go_on.wait(10))
    document.reset()
    assert document.runs.filed == ()
    reader = ProjectReader(document, trainer, tuple, document)
    make_project = reader.read_project()
    may_go_on.set()
    project = make_project()
    assert [run.checkpoint.updates for run in project.runs.filed] == [30]
    assert project.checkpoint.updates == 0
    with qtbot.waitSignal(document.filing.changed):
        pass
    assert [run.checkpoint.updates for run in document.runs.filed] == [30]


def test_work_of_an_earlier_moment_is_kept_with_the_runs_of_that_moment(document, trainer):
    train(trainer, 30)
    trainer.post(Session.note_safe_checkpoint).result(10)
    may_go_on = threading.Event()
    trainer.post(lambda session: may_go_on.wait(10))
    document.reset()
    work = ProjectReader(document, trainer, tuple, document).read_work()()
    assert not work.is_of_now
    assert work.project.checkpoint.updates == 30
    assert work.project.runs.are_none
    may_go_on.set()


def test_a_change_that_fails_files_nothing(qtbot, document, trainer, monkeypatch):
    from nn_desktop.data import tables

    train(trainer, 30)
    left = moment(trainer)
    monkeypatch.setattr(tables, "resource_path", lambda *parts: tables.Path("/nowhere/at/all.csv"))
    before = document.setup
    document.choose_source(CATALOGUE["wine"])
    qtbot.waitUntil(lambda: document.setup == before)
    assert filed(document, trainer) == []
    assert document.runs.current.id == 0
    assert moment(trainer) == left


def test_runs_that_have_no_room_are_told_once(qtbot, document, trainer, monkeypatch):
    monkeypatch.setattr(runs_module, "MAX_RUNS", 2)
    said: list[str] = []
    document.filing.forgotten.connect(said.append)
    for _ in range(3):
        train(trainer, 10)
        document.reset()
        qtbot.waitUntil(lambda: not trainer.is_busy)
    assert filed(document, trainer) == [(1, 10), (2, 10)]
    assert len(said) == 1
    assert said[0].startswith('"run 1" was left out of the runs, which hold 2 and')
    document.undo()
    qtbot.waitUntil(lambda: not trainer.is_busy)
    assert filed(document, trainer) == [(0, 10), (1, 10)]
    document.redo()
    qtbot.waitUntil(lambda: not trainer.is_busy)
    assert len(said) == 2, "another one was forgotten, that of now"


def test_the_note_of_a_run_that_has_not_begun_is_not_lost_by_taking_up_another(document, trainer, editor):
    train(trainer, 10)
    document.reset()
    filed(document, trainer)
    editor.write_note(1, "to be tried")
    editor.take_up(0)
    assert filed(document, trainer) == [(1, 0)]
    assert document.runs.filed[0].label.note == "to be tried"
    editor.take_up(1)
    assert document.runs.current.note == "to be tried"


def test_numbers_of_runs_that_follow_another_seed_are_theirs(document, trainer):
    train(trainer, 10)
    first = trainer.post(lambda session: session.parameters.vector.copy()).result(10)
    document.change_setting(SEED, 5)
    train(trainer, 10)
    assert filed(document, trainer) == [(0, 10)]
    np.testing.assert_array_equal(document.runs.filed[0].checkpoint.parameters.vector, first)
