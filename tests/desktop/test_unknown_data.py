"""A network whose data are not known can be looked at, edited, saved and exported, and says what it lacks."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QSpinBox
from window_driver import find, settle

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.dataset import Task
from nn_desktop.data.source import DataError
from nn_desktop.data.unknown import UnknownData
from nn_desktop.desktop.document.questions import Question
from nn_desktop.desktop.engines.dialog import EngineComparison
from nn_desktop.desktop.look.descriptions import tip_line
from nn_desktop.engines.evaluation import predict
from nn_desktop.files.exporters import export
from nn_desktop.files.imports.imported import Imported, model_without_data
from nn_desktop.files.imports.importers import read_model
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.json_document import to_json
from nn_desktop.files.share.links import read_link, to_link
from nn_desktop.insight.inspection import inspect
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.initializers import initialize
from nn_desktop.network.topology import chain

FLOWERS = ("rose", "tulip", "lily")
SOURCE = UnknownData(
    task=Task.MULTICLASS, inputs=4, outputs=3, input_names=tuple("abcd"), class_names=FLOWERS
)
LACK = SOURCE.why_no_samples
TRAINING = ("train_or_pause", "step_update", "step_epoch", "compare_engines")
INPUTS = np.random.default_rng(0).normal(size=(10, 4))


@pytest.fixture
def model() -> TrainedModel:
    """Four inputs, three flowers, trained elsewhere."""
    topology = chain((4, 5, 3), (Activation.TANH, Activation.SOFTMAX))
    parameters = initialize(topology, Initializer.GLOROT_NORMAL, 3)
    return model_without_data(parameters, Task.MULTICLASS, FLOWERS, tuple("abcd"))


@pytest.fixture
def opened(qtbot, window, model, tmp_path):
    """A window in which it was opened."""
    path = tmp_path / "flowers.json"
    path.write_bytes(to_json(model))
    assert not read_model(path).knows_data
    window.opener.open_file(path)
    settle(qtbot, window)
    return window


def numbers_of(window) -> bytes:
    return window.trainer.snapshot.parameters.vector.tobytes()


def test_its_names_and_numbers_are_those_of_the_file(opened, model):
    snapshot = opened.trainer.snapshot
    assert opened.document.setup.data.source == SOURCE
    assert (snapshot.dataset.input_names, snapshot.dataset.class_names) == (tuple("abcd"), FLOWERS)
    assert numbers_of(opened) == model.parameters.vector.tobytes()


def test_tab_leads_through_the_gallery_and_chooses_nothing(qtbot, opened):
    gallery = find(opened, QListWidget, "data_gallery")
    gallery.setFocus(Qt.FocusReason.TabFocusReason)
    assert gallery.hasFocus() and gallery.currentRow() == -1
    assert opened.document.setup.data.source == SOURCE
    qtbot.keyClick(gallery, Qt.Key.Key_Right)
    settle(qtbot, opened)
    assert opened.document.setup.data.source == next(iter(CATALOGUE.values()))


def test_it_says_once_what_it_lacks_and_shortly_in_place(opened):
    assert LACK in opened.message_bar.text
    short = "Unknown data: to train, choose a dataset with 4 inputs and 3 classes."
    for name, text in (("data_description", short), ("fit_lack", "No data"), ("loss_lack", "No data")):
        label = find(opened, QLabel, name)
        assert label.text() == text
        assert label.isVisible()
    texts = [label.text() for label in opened.findChildren(QLabel) if label.isVisible()]
    assert len([text for text in texts if LACK in text]) == 1
    for name in TRAINING:
        action = opened.actions_by_name[name]
        assert not action.isEnabled()
        assert action.toolTip() == action.statusTip() == LACK
    assert not find(opened, QSpinBox, "data_samples").isEnabled()


def test_the_space_bar_says_it_too(qtbot, opened):
    opened.message_bar.hide()
    qtbot.keyClick(opened.canvas, Qt.Key.Key_Space)
    settle(qtbot, opened)
    qtbot.wait(50)
    opened.trainer.train_or_pause()
    qtbot.waitUntil(lambda: opened.message_bar.isVisible() and LACK in opened.message_bar.text)
    assert not opened.trainer.is_running


def test_nothing_that_was_done_is_lost_when_it_is_to_be_trained(qtbot, opened):
    document = opened.document
    document.type_layers("4-6-3")
    document.type_layers("4-7-3")
    document.undo()
    settle(qtbot, opened)
    qtbot.keyClick(opened.canvas, Qt.Key.Key_Space)
    assert not opened.trainer.is_running
    assert opened.message_bar.isVisible() and opened.message_bar.text == LACK
    for begin in (opened.trainer.train_or_pause, opened.trainer.step_update, opened.trainer.step_epoch):
        with qtbot.waitSignal(opened.trainer.failed):
            begin()
        settle(qtbot, opened)
        assert (document.undo_stack.index(), document.undo_stack.count()) == (2, 3)
    document.redo()
    assert document.setup.topology.sizes == (4, 7, 3)


def test_undone_while_it_trains_the_choice_of_data_is_done_again(qtbot, opened):
    document, said = opened.document, []
    opened.trainer.failed.connect(said.append)
    document.choose_source(CATALOGUE["iris"])
    settle(qtbot, opened)
    opened.actions_by_name["train_or_pause"].trigger()
    qtbot.waitUntil(lambda: opened.trainer.snapshot.updates > 0)
    opened.actions_by_name["undo"].trigger()
    qtbot.waitUntil(lambda: not opened.trainer.is_running)
    settle(qtbot, opened)
    assert not said
    assert document.setup.data.source == SOURCE
    assert (document.undo_stack.index(), document.undo_stack.count()) == (1, 2)
    opened.actions_by_name["redo"].trigger()
    settle(qtbot, opened)
    assert opened.trainer.snapshot.setup.data.source is CATALOGUE["iris"]
    assert opened.trainer.snapshot.updates > 0


def test_after_a_comparison_it_does_not_try_to_train_on(qtbot, opened, tmp_path):
    said = []
    opened.trainer.failed.connect(said.append)
    opened.document.choose_source(CATALOGUE["iris"])
    settle(qtbot, opened)
    opened.actions_by_name["train_or_pause"].trigger()
    opened.actions_by_name["compare_engines"].trigger()
    comparison = opened.findChild(EngineComparison)
    assert comparison.is_running
    opened.document.undo()
    comparison.close()
    settle(qtbot, opened)
    qtbot.wait(50)
    assert not opened.trainer.is_running
    assert not said


@pytest.mark.parametrize(
    "then",
    [
        lambda window: find(window, QListWidget, "data_gallery").setCurrentRow(list(CATALOGUE).index("iris")),
        lambda window: window.actions_by_name["undo"].trigger(),
        lambda window: window.document.type_layers("4-7-3"),
    ],
)
def test_data_that_cannot_be_loaded_are_told_of_whatever_is_done_next(qtbot, opened, then):
    def fail(source, settings):
        raise DataError("These samples are gone.")

    opened.document.type_layers("4-6-3")
    settle(qtbot, opened)
    opened.document.choose_source(replace(CATALOGUE["iris"], name="lost", sampler=fail))
    then(opened)
    settle(qtbot, opened)
    qtbot.wait(50)
    assert opened.message_bar.isVisible()
    assert opened.message_bar.text == "These samples are gone."
    assert opened.document.undo_stack.command(1).text() == "type layers"
    while opened.document.undo_stack.index() > 1:
        opened.document.undo()
        settle(qtbot, opened)
    assert opened.document.setup.topology.sizes == (4, 5, 3)
    assert opened.document.setup.data.source == SOURCE


def test_it_is_edited_and_all_of_it_is_undone(qtbot, opened):
    before, document = numbers_of(opened), opened.document
    topology = document.setup.topology
    unit = topology.layers[1].units[0]
    opened.editor.type_number((topology.layers[0].units[0], unit), "2.5")
    settle(qtbot, opened)
    assert opened.trainer.snapshot.parameters.weight(topology.layers[0].units[0], unit) == 2.5
    assert document.change_topology("add", lambda t: edits.insert_layer(t, 2, 3, Activation.RELU))
    assert document.change_topology("remove", lambda t: edits.remove_unit(t, unit))
    assert not document.change_topology("widen", lambda t: edits.add_units(t, t.layers[0].id, 0, 1))
    settle(qtbot, opened)
    assert document.setup.topology.sizes == (4, 4, 3, 3)
    document.reset()
    while document.undo_stack.index() > 1:  # opening it is the first
        document.undo()
    settle(qtbot, opened)
    assert numbers_of(opened) == before


def test_a_unit_is_inspected_without_samples(qtbot, opened):
    unit = opened.document.setup.topology.layers[1].units[0]
    answers, asker = [], object()
    opened.trainer.ask(
        asker, Question(partial(inspect, unit, True), lambda snapshot, answer: answers.append(answer))
    )
    qtbot.waitUntil(lambda: answers == [None])
    opened.trainer.ask(asker, None)
    assert "bias b = " in tip_line(opened.trainer.snapshot, unit)
    assert LACK in opened.message_bar.text  # and no error


def test_data_that_fit_are_chosen_and_it_trains_from_its_numbers(qtbot, opened, model):
    document = opened.document
    before = numbers_of(opened)
    gallery = find(opened, QListWidget, "data_gallery")
    gallery.setCurrentRow(list(CATALOGUE).index("iris"))
    settle(qtbot, opened)
    assert numbers_of(opened) == before
    assert all(opened.actions_by_name[name].isEnabled() for name in TRAINING)
    assert LACK not in opened.actions_by_name["train_or_pause"].toolTip()
    assert not find(opened, QLabel, "loss_lack").isVisible()
    opened.actions_by_name["step_epoch"].trigger()
    qtbot.waitUntil(lambda: opened.trainer.snapshot.epoch == 1)
    assert opened.docks.fit_view.fit is not None
    document.undo()
    settle(qtbot, opened)
    assert document.setup.data.source == SOURCE
    assert numbers_of(opened) == before
    assert gallery.currentRow() == -1
    assert not opened.actions_by_name["train_or_pause"].isEnabled()


def test_it_is_saved_and_opened_again(qtbot, opened, tmp_path, dialogs):
    path, before = tmp_path / "flowers.nnd", numbers_of(opened)
    dialogs.path = path
    opened.actions_by_name["save"].trigger()
    qtbot.waitUntil(lambda: path.is_file() and not opened.saver.is_saving)
    opened.document.choose_source(CATALOGUE["sine"])
    settle(qtbot, opened)
    opened.opener.open_file(path)
    settle(qtbot, opened)
    assert opened.document.setup.data.source == SOURCE
    assert numbers_of(opened) == before


def test_it_is_linked_with_its_names_and_numbers(opened):
    snapshot = opened.trainer.snapshot
    link = read_link(to_link(snapshot.setup, snapshot.parameters))
    assert link.setup.data == snapshot.setup.data
    assert link.parameters is not None
    assert predict(link.parameters, INPUTS).tobytes() == predict(snapshot.parameters, INPUTS).tobytes()


@pytest.mark.parametrize("suffix", [".py", ".onnx", ".npz", ".json", ".hpp"])
def test_it_is_exported_with_its_names(opened, model, tmp_path, suffix):
    snapshot = opened.trainer.snapshot
    exported = TrainedModel.of(snapshot.setup, snapshot.dataset, snapshot.parameters)
    check = export(exported, tmp_path / f"net{suffix}").check
    assert check.is_good or "no C" in check.why_not, check
    if suffix in (".npz", ".json"):
        again: Imported = read_model(Path(tmp_path / f"net{suffix}"))
        assert again.model.data.source == SOURCE
        assert again.model.predict(INPUTS).tobytes() == model.predict(INPUTS).tobytes()
