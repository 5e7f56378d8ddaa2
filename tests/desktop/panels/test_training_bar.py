"""The top bar: nothing jumps, the chip sums up how training descends, and all stays within reach."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QSlider, QToolButton
from window_driver import find, open_descent, settle

from nn_desktop.desktop.look.notice import Notice
from nn_desktop.desktop.look.number_fields import IntegerBox, NumberBox
from nn_desktop.desktop.look.numbers import figure
from nn_desktop.desktop.look.popup_button import PopupButton
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.settings import BATCH_SIZE, LEARNING_RATE, MODE

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
PARTS = (
    "train_or_pause_button",
    "step_update_button",
    "step_epoch_button",
    "reset_button",
    "new_start_button",
    "pace",
    "pace_number",
    "stop_at",
    "descent_button",
    "readout",
)


@pytest.fixture
def chip(window):
    return find(window, PopupButton, "descent_button")


def places(window) -> dict[str, QRect]:
    bar = window.training_bar
    parts = {name: bar.findChild(object, name) for name in PARTS}
    return {name: QRect(part.mapTo(bar, QPoint()), part.size()) for name, part in parts.items()}


def test_nothing_in_the_bar_moves_when_it_trains_or_goes_another_way(qtbot, window, trainer, document):
    before = places(window)
    qtbot.mouseClick(find(window, QToolButton, "train_or_pause_button"), LEFT)
    qtbot.waitUntil(lambda: trainer.snapshot.epoch > 50)
    assert find(window, QToolButton, "train_or_pause_button").text() == "Pause"
    assert places(window) == before
    qtbot.mouseClick(find(window, QToolButton, "train_or_pause_button"), LEFT)
    settle(qtbot, window)
    for mode in Mode:
        document.change_setting(MODE, mode)
        settle(qtbot, window)
        assert places(window) == before


def test_the_chip_says_the_mode_and_the_learning_rate(window, chip, document):
    assert chip.text() == "Mini-batch 16 · learning rate 0.05"
    document.change_setting(MODE, Mode.STOCHASTIC)
    document.change_setting(LEARNING_RATE, 1e-5)
    assert chip.text() == "Stochastic · learning rate 1·10⁻⁵"
    document.undo()
    document.undo()
    assert chip.text() == "Mini-batch 16 · learning rate 0.05"
    assert chip.toolTip().startswith(chip.text())


def test_one_click_opens_the_fields_and_the_arrow_keys_change_the_learning_rate(
    qtbot, window, chip, document
):
    qtbot.mouseClick(chip, LEFT)
    rate = find(window, NumberBox, "learning_rate")
    assert rate.hasFocus()
    qtbot.keyClick(rate, Key.Key_Down)
    assert chip.text() == "Mini-batch 16 · learning rate 0.1"
    qtbot.keyClick(rate, Key.Key_Z, CONTROL)
    settle(qtbot, window)
    assert LEARNING_RATE.get(document.setup) == 0.05
    assert rate.currentText() == "0.05"


def test_a_key_opens_the_fields_and_what_is_typed_over_the_rate_is_entered(qtbot, window, chip, document):
    qtbot.keyClick(window.canvas, Key.Key_H, CONTROL)
    popup, rate = find(window, QLabel, "updates_per_epoch").window(), find(window, NumberBox, "learning_rate")
    assert popup.isVisible()
    qtbot.keyClicks(rate, "0.001")
    qtbot.keyClick(rate, Key.Key_Return)
    assert not popup.isVisible()
    assert LEARNING_RATE.get(document.setup) == 0.001


def test_mode_and_batch_size_are_set_behind_the_chip_too(qtbot, window, chip, document):
    open_descent(window)
    updates, size = find(window, QLabel, "updates_per_epoch"), find(window, IntegerBox, "batch_size")
    assert updates.text() == "10 updates per epoch"
    size.setFocus()
    size.selectAll()
    qtbot.keyClicks(size, "40")
    qtbot.keyClick(size, Key.Key_Tab)
    assert BATCH_SIZE.get(document.setup) == 40
    assert updates.text() == "4 updates per epoch"
    mode = find(window, QComboBox, "mode")
    mode.setFocus()
    qtbot.keyClick(mode, Key.Key_End)
    assert MODE.get(document.setup) is Mode.STOCHASTIC
    assert not size.isEnabled()
    assert updates.text() == "160 updates per epoch"
    qtbot.keyClick(mode, Key.Key_Home)
    assert MODE.get(document.setup) is Mode.BATCH
    assert updates.text() == "1 update per epoch"


def test_a_rate_that_is_refused_says_so_behind_the_chip(qtbot, window, document):
    popup, rate = open_descent(window), find(window, NumberBox, "learning_rate")
    qtbot.keyClicks(rate, "fast")
    qtbot.keyClick(rate, Key.Key_Return)
    assert popup.isVisible()
    assert find(window, Notice, "descent_button_popup_notice").said.startswith('"fast" is no learning rate')
    qtbot.keyClick(rate, Key.Key_Escape)
    assert not popup.isVisible()
    assert LEARNING_RATE.get(document.setup) == 0.05


def test_esc_takes_back_what_is_typed_behind_the_chip(qtbot, window, document):
    popup, rate = open_descent(window), find(window, NumberBox, "learning_rate")
    qtbot.keyClicks(rate, "7")
    qtbot.keyClick(rate, Key.Key_Escape)
    assert not popup.isVisible()
    assert LEARNING_RATE.get(document.setup) == 0.05
    open_descent(window)
    assert rate.currentText() == "0.05"


def test_a_window_closes_with_its_popup(qtbot, window):
    popup = open_descent(window)
    window.close()
    assert not popup.isVisible()


def test_how_far_it_is_stands_in_the_bar_and_nowhere_else(qtbot, window, trainer):
    qtbot.keyClick(window.canvas, Key.Key_Period)
    settle(qtbot, window)
    labels = [each for each in window.findChildren(QLabel) if "update 1" in each.text()]
    assert [each.objectName() for each in labels] == ["readout"]
    assert labels[0].text() == f"epoch 0 · update 1 · loss {figure(trainer.snapshot.train_loss)}"


@pytest.fixture
def large_text(qapp: QApplication, request):
    before = QFont(qapp.font())
    font = QFont(before)
    font.setPointSizeF(before.pointSizeF() * request.param)
    qapp.setFont(font)
    yield request.param
    qapp.setFont(before)


@pytest.mark.parametrize("size", [(800, 560), (1024, 700), (1440, 900)], ids=str)
@pytest.mark.parametrize("large_text", [1, 1.25, 1.5, 2], indirect=True)
def test_all_of_the_bar_is_within_reach_at_every_size(qtbot, large_text, window, size):
    window.setMinimumSize(1, 1)
    window.resize(*size)
    qtbot.waitUntil(lambda: window.width() == size[0])
    bar = window.training_bar
    more = find(window, QToolButton, "qt_toolbar_ext_button")
    parts = [bar.findChild(object, name) for name in PARTS]
    hidden = [part.objectName() for part in parts if not part.isVisible()]
    assert bool(hidden) == more.isVisible()
    for part in parts:
        if part.isVisible():
            assert bar.rect().contains(QRect(part.mapTo(bar, QPoint()), part.size())), part.objectName()
            assert part.width() >= part.minimumSizeHint().width()
    assert not {"train_or_pause_button", "reset_button"} & set(hidden)
    if hidden:
        qtbot.mouseClick(more, LEFT)
        qtbot.waitUntil(lambda: all(part.isVisible() for part in parts))
        qtbot.waitUntil(lambda: all(not part.visibleRegion().isEmpty() for part in parts))
    readout = find(window, QLabel, "readout")
    assert readout.contentsRect().width() >= readout.fontMetrics().horizontalAdvance(readout.text())
    popup = open_descent(window)
    rate = find(window, NumberBox, "learning_rate")
    assert rate.hasFocus()
    assert popup.rect().contains(QRect(rate.mapTo(popup, QPoint()), rate.size()))
    assert rate.width() > rate.fontMetrics().horizontalAdvance("0.00001")
    assert find(window, QSlider, "pace").width() >= 60


def test_a_chip_without_room_says_the_rest_in_its_tool_tip(qtbot, window, chip):
    window.setMinimumSize(1, 1)
    window.resize(800, 560)
    qtbot.waitUntil(lambda: window.width() == 800 and chip.isVisible())
    assert chip.width() < chip.sizeHint().width()
    assert chip.toolTip().startswith("Mini-batch 16 · learning rate 0.05\n")
