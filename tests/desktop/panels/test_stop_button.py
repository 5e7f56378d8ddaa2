"""Stop at…: limits are set in a popup, stop training, and are remembered."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton
from window_driver import find, settle

from nn_desktop.desktop.look.notice import Notice
from nn_desktop.desktop.look.number_fields import NumberBox
from nn_desktop.desktop.look.popup_button import Popup
from nn_desktop.training.stopping import StopRule

Key = Qt.Key


@pytest.fixture
def button(window):
    return find(window, QToolButton, "stop_at")


def open_popup(qtbot, window) -> Popup:
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window.canvas, Key.Key_H, control_shift)
    popup = find(window, Popup, "stop_at_popup")
    qtbot.waitUntil(popup.isVisible)
    return popup


def enter(qtbot, window, name, text, key=Key.Key_Return) -> NumberBox:
    box = find(window, NumberBox, name)
    box.setFocus()
    box.lineEdit().selectAll()
    qtbot.keyClick(box.lineEdit(), Key.Key_Delete)
    qtbot.keyClicks(box.lineEdit(), text)
    qtbot.keyClick(box.lineEdit(), key)
    return box


def set_limit(qtbot, window, name, text) -> None:
    popup = open_popup(qtbot, window)
    enter(qtbot, window, name, text)
    qtbot.waitUntil(lambda: not popup.isVisible())


def notice_of(window) -> str:
    return find(window, Notice, "stop_at_popup_notice").said


def train(qtbot, window) -> None:
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: bool(window.message_bar.text) and not window.trainer.is_running)
    settle(qtbot, window)


def test_training_stops_at_the_epoch_that_was_typed_and_says_so(qtbot, window, button, document):
    assert button.text() == "Stop at…"
    before = document.setup
    set_limit(qtbot, window, "stop_epochs", "5")
    assert button.text() == "Stop at epoch 5"
    train(qtbot, window)
    assert (window.trainer.snapshot.epoch, window.trainer.snapshot.updates) == (5, 50)
    assert window.message_bar.text == "The training stopped after 5 epochs."
    assert document.setup == before
    assert document.undo_stack.count() == 0
    train(qtbot, window)
    assert window.message_bar.text.startswith("Nothing to train: the run is at epoch 5 already")


def test_training_stops_at_a_loss(qtbot, window, button):
    set_limit(qtbot, window, "stop_train_loss", "0.5")
    train(qtbot, window)
    snapshot = window.trainer.snapshot
    assert snapshot.train_loss <= 0.5
    assert snapshot.history[-2][1] > 0.5
    assert "the training loss is" in window.message_bar.text


def test_several_limits_stand_in_the_button_and_an_empty_field_takes_one_away(qtbot, window, button):
    set_limit(qtbot, window, "stop_epochs", "1 500")
    set_limit(qtbot, window, "stop_test_loss", "0,01")
    set_limit(qtbot, window, "stop_minutes", "2")
    assert button.text() == "Stop at epoch 1\N{NARROW NO-BREAK SPACE}500 or test loss 0.01 or 2 min"
    assert window.trainer.stop_rule == StopRule(epochs=1500, test_loss=0.01, minutes=2)
    set_limit(qtbot, window, "stop_epochs", "")
    set_limit(qtbot, window, "stop_minutes", "")
    assert button.text() == "Stop at test loss 0.01"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("stop_epochs", "2.5", '"2.5" is no epoch'),
        ("stop_epochs", "many", '"many" is no epoch'),
        ("stop_epochs", "-1", "choose 0 or more"),
        ("stop_epochs", "1e999", '"1e999" is no epoch'),
        ("stop_train_loss", "nan", '"nan" is no loss'),
        ("stop_train_loss", "1,000", '"1,000" is no loss'),
        ("stop_test_loss", "-0.1", "no loss is below 0"),
        ("stop_minutes", "0", "choose a number above 0"),
    ],
)
def test_what_is_no_limit_is_refused_in_place(qtbot, window, name, text, why):
    popup = open_popup(qtbot, window)
    box = enter(qtbot, window, name, text)
    assert popup.isVisible()
    assert why in notice_of(window)
    assert box.property("wrong") is True
    assert window.trainer.stop_rule == StopRule()
    assert why in window.message_bar.text and window.message_bar.isVisible()
    enter(qtbot, window, name, "3")
    assert not popup.isVisible() and not window.message_bar.isVisible()
    assert window.trainer.stop_rule != StopRule()


def test_a_test_loss_without_test_samples_is_refused_in_place(qtbot, window, trainer):
    snapshot = trainer.snapshot
    trainer.snapshot = replace(snapshot, dataset=replace(snapshot.dataset, test=snapshot.dataset.test[:0]))
    open_popup(qtbot, window)
    enter(qtbot, window, "stop_test_loss", "0.1")
    assert "these data have no test samples" in notice_of(window)
    assert trainer.stop_rule == StopRule()


def test_a_loss_that_is_reached_already_is_told_where_it_is_typed(qtbot, window):
    open_popup(qtbot, window)
    enter(qtbot, window, "stop_train_loss", "99", Key.Key_Tab)
    assert notice_of(window).startswith("Nothing to train: the training loss is 1.32")
    enter(qtbot, window, "stop_train_loss", "0.1", Key.Key_Tab)
    assert notice_of(window) == ""


def test_esc_takes_back_what_is_typed_and_a_click_elsewhere_takes_it_over(qtbot, window, button):
    popup = open_popup(qtbot, window)
    enter(qtbot, window, "stop_epochs", "7", Key.Key_Escape)
    assert not popup.isVisible()
    assert window.trainer.stop_rule == StopRule()
    popup = open_popup(qtbot, window)
    enter(qtbot, window, "stop_epochs", "7", Key.Key_End)
    qtbot.mouseClick(popup, Qt.MouseButton.LeftButton, pos=QPoint(-20, -20))
    assert not popup.isVisible()
    assert window.trainer.stop_rule == StopRule(epochs=7)


def test_a_limit_that_is_set_while_it_trains_stops_it(qtbot, window, trainer):
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: trainer.snapshot.epoch > 3)
    set_limit(qtbot, window, "stop_epochs", "3")
    qtbot.waitUntil(lambda: not trainer.is_running)
    qtbot.waitUntil(lambda: window.message_bar.text.startswith("The training stopped after"))


def test_limits_are_remembered_and_what_is_none_is_ignored(qtbot, window, open_window, settings):
    set_limit(qtbot, window, "stop_epochs", "5")
    set_limit(qtbot, window, "stop_train_loss", "0.00001")
    window.close()
    settings.setValue("training/stop_minutes", "soon")
    again = open_window()
    assert again.trainer.stop_rule == StopRule(epochs=5, train_loss=0.00001)
    assert find(again, QToolButton, "stop_at").text() == "Stop at epoch 5 or training loss 1·10⁻⁵"


def test_a_click_on_the_button_opens_the_popup_below_it(qtbot, window, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    popup = find(window, Popup, "stop_at_popup")
    assert popup.isVisible()
    assert popup.pos().y() >= button.mapToGlobal(QPoint(0, button.height())).y()
    assert find(window, NumberBox, "stop_epochs").lineEdit().hasFocus()
