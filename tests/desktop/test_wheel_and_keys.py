"""Nothing changes by accident: a wheel over a field scrolls, Space belongs to the control with the focus."""

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QScrollArea,
    QSlider,
)
from window_driver import connection_spot, find, open_descent, press_at, release_at, settle

from nn_desktop.desktop.keys import KeySharing
from nn_desktop.desktop.look.number_fields import IntegerBox
from nn_desktop.training.settings import DATA_SEED, LEARNING_RATE, SAMPLES

Key = Qt.Key
FIELDS = (QComboBox, QAbstractSpinBox, QSlider)


def turn_wheel(widget, notches):
    """Turn the wheel over a widget, as the window system would say it."""
    window = widget.window()
    point = QPointF(widget.mapTo(window, widget.visibleRegion().boundingRect().center()))
    QTest.wheelEvent(window.windowHandle(), point, QPoint(0, 120 * notches))


def is_in_sight(widget):
    return not widget.visibleRegion().isEmpty()


def fields_in_sight(part):
    return [each for kind in FIELDS for each in part.findChildren(kind) if is_in_sight(each)]


def test_the_wheel_over_a_field_without_the_focus_changes_nothing(qtbot, window, document):
    before, counts = document.setup, {}
    for workspace in window.workspaces.rows:
        window.workspaces.go_to(workspace.name)
        window.selection.select_layer(document.setup.topology.layers[1].id)
        qtbot.wait(30)
        window.canvas.setFocus()
        fields = fields_in_sight(window)
        counts[workspace.name] = len(fields)
        for field in fields:
            for notches in (-1, 1):
                turn_wheel(field, notches)
            assert not field.hasFocus()
    settle(qtbot, window)
    assert counts["train"] >= 8 and counts["network"] >= 3
    assert document.setup == before
    assert document.undo_stack.count() == 0
    assert window.trainer.snapshot.epoch == 0


def test_the_wheel_behind_the_chip_changes_nothing_but_the_field_with_the_focus(qtbot, window, document):
    before, popup = document.setup, open_descent(window)
    others = [field for field in fields_in_sight(popup) if not field.hasFocus()]
    assert len(others) == 2
    for field in others:
        turn_wheel(field, -1)
    assert document.setup == before
    popup.close()


def test_the_wheel_over_a_field_with_the_focus_changes_it(qtbot, window, document):
    samples = find(window, IntegerBox, "data_samples")
    samples.setFocus()
    turn_wheel(samples, -1)
    settle(qtbot, window)
    assert SAMPLES.get(document.setup) == 199


def test_the_wheel_over_a_field_without_the_focus_scrolls_what_it_is_in(qtbot):
    area, box = QScrollArea(), IntegerBox()
    qtbot.addWidget(area)
    area.resize(100, 60)
    box.setRange(-100, 100)
    box.setFixedSize(60, 500)
    area.setWidget(box)
    KeySharing(area)
    with qtbot.waitExposed(area):
        area.show()
    area.setFocus()
    turn_wheel(box, -1)
    assert area.verticalScrollBar().value() > 0
    assert box.value() == 0


@pytest.mark.parametrize(
    ("rate", "key", "expected"),
    [
        (0.05, Key.Key_Up, 0.03),
        (0.05, Key.Key_Down, 0.1),
        (0.07, Key.Key_Down, 0.1),
        (0.07, Key.Key_Up, 0.05),
    ],
)
def test_an_arrow_takes_the_next_rate_from_the_one_in_force(qtbot, window, document, rate, key, expected):
    if rate != LEARNING_RATE.get(document.setup):
        document.change_setting(LEARNING_RATE, rate)
    open_descent(window)
    box = find(window, QComboBox, "learning_rate")
    box.setFocus()
    qtbot.keyClick(box, key)
    settle(qtbot, window)
    assert LEARNING_RATE.get(document.setup) == expected


def test_the_wheel_over_the_focused_rate_takes_the_next_one(qtbot, window, document):
    open_descent(window)
    box = find(window, QComboBox, "learning_rate")
    box.setFocus()
    turn_wheel(box, 1)
    settle(qtbot, window)
    assert LEARNING_RATE.get(document.setup) == 0.03


def test_space_on_a_control_with_the_focus_does_not_train(qtbot, window):
    for box in window.findChildren(QCheckBox):
        box.setFocus()
        before = box.isChecked()
        qtbot.keyClick(box, Key.Key_Space)
        assert not window.trainer.is_running
        if box.isVisible() and box.isEnabled():
            assert box.isChecked() is not before
    settle(qtbot, window)


@pytest.mark.parametrize("text", [".5", ",5", "+.5"])
def test_a_number_that_begins_with_a_point_is_typed_and_makes_no_update(qtbot, window, document, text):
    layers = document.setup.topology.layers
    spot = connection_spot(window, layers[0].units[0], layers[1].units[0])
    press_at(qtbot, window, spot)
    release_at(qtbot, window, spot)
    qtbot.keyClicks(window.canvas, text[0])
    field = find(window, QLineEdit, "value_field")
    qtbot.keyClicks(field, text[1:])
    qtbot.keyClick(field, Key.Key_Return)
    settle(qtbot, window)
    parameters = window.trainer.snapshot.parameters
    assert parameters.weight(layers[0].units[0], layers[1].units[0]) == 0.5
    assert window.trainer.snapshot.updates == 0


@pytest.mark.parametrize("text", ["1,000", "1_0", "1 00"])
def test_a_rate_that_is_no_number_or_may_mean_two_is_refused(qtbot, window, document, text):
    open_descent(window)
    box = find(window, QComboBox, "learning_rate")
    box.setFocus()
    box.lineEdit().selectAll()
    qtbot.keyClicks(box.lineEdit(), text)
    qtbot.keyClick(box.lineEdit(), Key.Key_Return)
    assert LEARNING_RATE.get(document.setup) == 0.05
    assert "is no learning rate" in window.message_bar.text


@pytest.mark.parametrize(
    "language",
    [QLocale.Language.Arabic, QLocale.Language.Persian, QLocale.Language.Burmese, QLocale.Language.German],
)
def test_a_spin_box_shows_the_digits_of_the_rest_of_the_window_in_every_locale(qtbot, language):
    box = IntegerBox()
    qtbot.addWidget(box)
    box.setLocale(QLocale(language))
    box.setRange(0, 10**6)
    box.setValue(10)
    box.setValue(0)
    assert box.text() == "0"
    box.setValue(25820)
    assert box.text() == "25\N{NARROW NO-BREAK SPACE}820"
    box.selectAll()
    qtbot.keyClicks(box, "1 234")
    qtbot.keyClick(box, Key.Key_Return)
    assert box.value() == 1234


def test_a_seed_is_typed_with_and_without_groups(qtbot, window, document):
    box = find(window, IntegerBox, "data_seed")
    for text in ("12345", "12 346", "+12 347"):
        box.setFocus()
        box.selectAll()
        qtbot.keyClicks(box, text)
        qtbot.keyClick(box, Key.Key_Return)
    settle(qtbot, window)
    assert DATA_SEED.get(document.setup) == 12347


def test_a_right_click_on_a_dataset_keeps_the_run(qtbot, window, document):
    gallery = find(window, QListWidget, "data_gallery")
    before = gallery.currentRow()
    other = gallery.visualItemRect(gallery.item(before + 1)).center()
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.RightButton, pos=other)
    assert gallery.currentRow() == before
    assert document.undo_stack.count() == 0
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=other)
    assert gallery.currentRow() == before + 1
    settle(qtbot, window)


@pytest.mark.parametrize(
    ("value", "keys", "expected"),
    [
        (1000, [Key.Key_0], 10000),
        (12345, [Key.Key_Backspace], 1234),
        (12345, [Key.Key_6], 123456),
        (1005, [Key.Key_Home, Key.Key_2], 21005),
    ],
)
def test_a_number_in_groups_is_edited_digit_by_digit(qtbot, value, keys, expected):
    box = IntegerBox()
    qtbot.addWidget(box)
    box.setRange(0, 10**6)
    box.setKeyboardTracking(False)
    box.setValue(value)
    box.lineEdit().end(False)
    for key in keys:
        qtbot.keyClick(box, key)
    qtbot.keyClick(box, Key.Key_Return)
    assert box.value() == expected


@pytest.mark.parametrize("text", ["1,000", "1.500", "2.5", "1e3", "4x2", "9" * 9])
def test_what_is_no_whole_number_within_the_bounds_is_refused_as_a_whole(qtbot, window, document, text):
    box = find(window, IntegerBox, "data_samples")
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Key.Key_Return)
    settle(qtbot, window)
    assert SAMPLES.get(document.setup) == box.value() == 200
    assert f'"{text}" is no whole number' in window.message_bar.text
