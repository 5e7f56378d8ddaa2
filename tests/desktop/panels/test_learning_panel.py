"""The engine is chosen where all of learning is."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QSlider, QToolTip
from window_driver import find, settle

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.engines import cpp_engine, selection
from nn_desktop.engines.names import EngineName
from nn_desktop.training.settings import ENGINE

Key = Qt.Key


@pytest.fixture
def without_cpp(monkeypatch):
    monkeypatch.setattr(cpp_engine, "find_module", lambda: ModuleNotFoundError())
    selection._measure_all.cache_clear()  # it may know how fast C++ is
    yield
    selection._measure_all.cache_clear()


@pytest.fixture
def box(window):
    return find(window, QComboBox, "learning_engine")


def test_all_engines_are_offered(box):
    assert [box.itemData(row) for row in range(box.count())] == list(EngineName)
    assert [box.itemText(row) for row in range(3)] == ["Automatic", "Plain Python", "numpy"]
    assert box.currentData() == EngineName.AUTO
    assert "Lists and loops" in box.itemData(1, Qt.ItemDataRole.ToolTipRole)


def test_a_chosen_engine_computes_and_undo_brings_the_other_back(qtbot, window, document, trainer, box):
    box.setFocus()
    qtbot.keyClick(box, Key.Key_Down)
    settle(qtbot, window)
    assert document.setup.hyperparameters.engine is EngineName.PYTHON
    assert trainer.snapshot.engine.engine is EngineName.PYTHON
    qtbot.keyClick(window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert box.currentData() == EngineName.AUTO
    assert trainer.snapshot.engine.wanted is EngineName.AUTO


def test_what_was_learned_stays_with_another_engine(qtbot, window, document, trainer):
    qtbot.keyClick(window.canvas, Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, window)
    before = trainer.snapshot
    document.change_setting(ENGINE, EngineName.NUMPY)
    settle(qtbot, window)
    assert trainer.snapshot.updates == before.updates > 0
    assert trainer.snapshot.train_loss == pytest.approx(before.train_loss, rel=1e-9)


def test_a_missing_engine_cannot_be_chosen_and_says_why(qtbot, without_cpp, open_window):
    window = open_window()
    box = find(window, QComboBox, "learning_engine")
    row = box.findData(EngineName.CPP)
    assert box.itemText(row) == "C++ (missing)"
    assert not box.model().item(row).isEnabled()
    for tip in (box.itemData(row, Qt.ItemDataRole.ToolTipRole), box.toolTip()):
        assert "C++ is missing: it was not compiled" in tip
    box.setFocus()
    for _ in range(box.count()):
        qtbot.keyClick(box, Key.Key_Down)
    assert box.currentData() == EngineName.NUMPY


def test_g_goes_to_the_engine_and_nowhere_else(qtbot, window, box):
    qtbot.keyClick(window, Key.Key_G, Qt.KeyboardModifier.AltModifier)
    assert box.hasFocus()


def test_plain_python_is_asked_about_first_where_it_takes_very_long(
    qtbot, window, document, box, monkeypatch
):
    monkeypatch.setattr("nn_desktop.desktop.document.doubts.LONG_EPOCH", 0.0)
    box.setFocus()
    qtbot.keyClick(box, Key.Key_Down)
    assert "Plain Python needs about" in window.message_bar.text
    assert document.setup.hyperparameters.engine is EngineName.AUTO
    assert box.currentData() == EngineName.AUTO
    qtbot.mouseClick(find(window, QPushButton, "message_answer"), Qt.MouseButton.LeftButton)
    assert document.setup.hyperparameters.engine is EngineName.PYTHON
    settle(qtbot, window)


def test_label_smoothing_is_for_the_cross_entropies_alone(qtbot, window, document, trainer):
    slider = find(window, QSlider, "learning_label_smoothing")
    assert not slider.isEnabled()  # the sine has squared error
    document.choose_source(CATALOGUE["iris"])
    assert slider.isEnabled()
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert document.setup.hyperparameters.label_smoothing == 0.1
    settle(qtbot, window)
    assert trainer.snapshot.setup.hyperparameters.label_smoothing == 0.1
    document.undo()
    assert slider.value() == 0


def test_a_choice_that_is_not_whole_in_its_field_is_in_the_tool_tip(qtbot, window, document):
    loss = find(window, QComboBox, "learning_loss")
    document.choose_source(CATALOGUE["iris"])
    settle(qtbot, window)
    for width, begins in (
        (loss.width() + 200, "The quantity"),
        (100, "Categorical cross-entropy\nThe quantity"),
    ):
        loss.setFixedWidth(width)
        QToolTip.hideText()
        centre = loss.rect().center()
        QApplication.sendEvent(loss, QHelpEvent(QEvent.Type.ToolTip, centre, loss.mapToGlobal(centre)))
        qtbot.waitUntil(lambda begins=begins: QToolTip.text().startswith(begins))
    QToolTip.hideText()
