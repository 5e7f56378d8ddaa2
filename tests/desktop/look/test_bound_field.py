"""A field that is bound to a setting shows it, changes it by one command, and marks what was refused."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QSlider, QWidget
from window_driver import find, open_descent, settle

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.look.bound_field import ChoiceBox, bound_field
from nn_desktop.desktop.look.number_fields import IntegerBox, NumberBox
from nn_desktop.network.functions import Loss
from nn_desktop.training.settings import (
    DATA_SEED,
    LEARNING_RATE,
    LOSS,
    NOISE,
    POSITIONS,
    SAMPLES,
    SETTINGS,
    STANDARDIZE,
)

Key = Qt.Key


def described(widget):
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Description)


@pytest.fixture
def rate(window):
    open_descent(window)
    return find(window, QComboBox, "learning_rate")


def enter(qtbot, box, text):
    box.setFocus()
    box.lineEdit().selectAll()
    qtbot.keyClicks(box.lineEdit(), text)
    qtbot.keyClick(box.lineEdit(), Key.Key_Return)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.field)
def test_the_window_has_a_field_of_every_setting_with_the_words_of_its_row(window, setting):
    open_descent(window).close()
    field = find(window, QWidget, setting.field)
    assert field.accessibleName() == setting.accessible_name != ""
    assert field.toolTip().replace("\n", " ").startswith(setting.tip) and setting.tip


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        (SAMPLES, IntegerBox),
        (DATA_SEED, IntegerBox),
        (NOISE, QSlider),
        (LEARNING_RATE, NumberBox),
        (LOSS, ChoiceBox),
        (STANDARDIZE, QCheckBox),
        (POSITIONS, QCheckBox),
    ],
    ids=lambda value: getattr(value, "field", ""),
)
def test_the_kind_of_a_field_suits_its_setting(qtbot, document, setting, kind):
    field = bound_field(setting, document).widget
    qtbot.addWidget(field)
    assert type(field) is kind


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.field)
def test_a_change_in_a_field_is_one_step_to_undo_with_the_words_of_its_row(qtbot, window, document, setting):
    before = document.setup
    open_descent(window)
    field = find(window, QWidget, setting.field)
    if isinstance(field, QCheckBox):
        field.click()
    elif isinstance(field, QComboBox):
        row = (field.currentIndex() + 1) % field.count()
        field.setCurrentIndex(row)
        field.activated.emit(row)
    else:
        field.setValue(field.value() + 1)
    assert setting.get(document.setup) != setting.get(before)
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == setting.undo_text
    document.undo()
    assert document.setup == before
    settle(qtbot, window)


def test_only_losses_of_the_task_are_offered(qtbot, window, document):
    box = find(window, QComboBox, "learning_loss")
    assert Loss.CATEGORICAL_CROSS_ENTROPY not in [box.itemData(row) for row in range(box.count())]
    document.choose_source(CATALOGUE["iris"])
    settle(qtbot, window)
    assert [box.itemData(row) for row in range(box.count())] == list(Loss)
    assert box.currentData() == Loss.CATEGORICAL_CROSS_ENTROPY


def test_what_is_refused_marks_its_field_with_the_sentence_until_somebody_comes_back(
    qtbot, window, document, rate
):
    document.refused.connect(lambda text: None)
    enter(qtbot, rate, "fast")
    sentence = '"fast" is no learning rate: type a number above 0, such as 0.05.'
    assert window.message_bar.text == sentence
    assert rate.property("wrong") is True
    assert described(rate) == sentence
    assert rate.currentText() == "0.05"
    qtbot.keyClicks(rate, "1")
    assert rate.property("wrong") is False
    assert described(rate) == rate.toolTip()


def test_a_refused_field_is_marked_until_something_else_is_changed(qtbot, window, document, rate):
    enter(qtbot, rate, "-1")
    assert rate.property("wrong") is True
    assert "above 0" in described(rate)
    document.change_setting(DATA_SEED, 3)
    assert rate.property("wrong") is False
    settle(qtbot, window)


def test_a_refusal_of_something_else_marks_no_field(window, document):
    open_descent(window)
    document.refuse("No.")
    fields = [find(window, QWidget, setting.field) for setting in SETTINGS]
    assert not any(field.property("wrong") for field in fields)


def test_a_comma_is_read_as_a_decimal_point(qtbot, window, document, rate):
    enter(qtbot, rate, "0,25")
    assert LEARNING_RATE.get(document.setup) == 0.25
    settle(qtbot, window)


def test_the_number_of_a_share_stands_beside_its_slider(qtbot, window, document):
    find(window, QSlider, "data_noise").setValue(35)
    settle(qtbot, window)
    assert NOISE.get(document.setup) == 0.35
    beside = find(window, QSlider, "data_noise").parentWidget().findChild(QLabel)
    assert beside.text() == "35 %"
    document.undo()
    assert beside.text() == f"{NOISE.get(document.setup):.0%}".replace("%", " %")
    settle(qtbot, window)
