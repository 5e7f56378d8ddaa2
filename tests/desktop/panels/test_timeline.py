"""The timeline looks back at any moment that was kept, continues from it, and costs next to nothing."""

import time
from dataclasses import replace

import numpy as np
import pytest
from costs import is_cheap
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAction, QContextMenuEvent, QFontMetrics, QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QToolTip
from timeline_driver import (
    checkpoint,
    content,
    continue_from,
    look_at,
    point_of,
    show_newest,
    slider_of,
    straight,
    train_to,
)
from window_driver import find, settle

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.look.numbers import figure
from nn_desktop.desktop.panels.timeline import Timeline, loss_text
from nn_desktop.desktop.panels.timeline_places import Places
from nn_desktop.desktop.panels.timeline_slider import FLAGS, round_epochs
from nn_desktop.drawing.placement import AUTOMATIC, Layout
from nn_desktop.engines.available import available_engines
from nn_desktop.training.checkpoints import Best, Milestone
from nn_desktop.training.marks import Change, Mark
from nn_desktop.training.settings import ENGINE, LEARNING_RATE

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def slider(window):
    return slider_of(window)


@pytest.fixture
def label(window):
    return find(window, QLabel, "timeline_label")


@pytest.fixture
def snapshot(window):
    """What is shown at the start, to make places of."""
    return window.trainer.snapshot


def milestones_of(snapshot, *epochs: int) -> tuple[Milestone, ...]:
    """Return milestones of 10 updates an epoch, which are no place that training came to."""
    vector = snapshot.parameters.vector + 1
    return tuple(
        Milestone(setup=snapshot.setup, vector=vector, epoch=epoch, updates=10 * epoch) for epoch in epochs
    )


def test_a_drag_looks_at_each_moment_on_its_way_and_cuts_nothing(qtbot, window, document, trainer, slider):
    train_to(qtbot, window, 30)
    before = content(checkpoint(window))
    qtbot.mousePress(slider, LEFT, pos=QPoint(slider.width() - 8, 20))
    assert trainer.looked_at is None
    for epoch in (25, 18, 12):
        qtbot.mouseMove(slider, point_of(slider, epoch))
        assert trainer.looked_at.epoch == epoch
    qtbot.mouseRelease(slider, LEFT, pos=point_of(slider, 12))
    settle(qtbot, window)
    assert trainer.looked_at.epoch == 12
    qtbot.mousePress(slider, LEFT, pos=point_of(slider, 12))
    qtbot.mouseMove(slider, QPoint(slider.width() - 8, 20))  # the right end
    assert trainer.looked_at is None
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(slider.width() - 8, 20))
    assert document.undo_stack.count() == 0
    assert content(checkpoint(window)) == before


def test_the_keyboard_alone_looks_back_and_returns(qtbot, window, document, trainer, slider, label):
    train_to(qtbot, window, 30)
    slider.setFocus()
    for key, epoch in (
        (Key.Key_Left, 29),
        (Key.Key_Left, 28),
        (Key.Key_Right, 29),
        (Key.Key_Home, 1),
        (Key.Key_Left, 1),
        (Key.Key_PageDown, 3),
        (Key.Key_Right, 4),
        (Key.Key_PageUp, 2),
    ):
        qtbot.keyClick(slider, key)
        assert trainer.looked_at.epoch == epoch
        assert label.text().startswith(f"Looking back: epoch {epoch} · training loss ")
    for key in (Key.Key_End, Key.Key_Escape):
        qtbot.keyClick(slider, Key.Key_Home)
        qtbot.keyClick(slider, key)
        assert trainer.looked_at is None
        assert label.text() == "Now · 29 snapshots to look back at"
        assert slider.hasFocus()
    qtbot.keyClick(slider, Key.Key_Escape)
    assert window.canvas.hasFocus()
    assert document.undo_stack.count() == 0


def test_esc_on_the_canvas_and_the_button_return_to_now(qtbot, window, trainer):
    train_to(qtbot, window, 30)
    look_at(qtbot, window, 12)
    qtbot.keyClick(window.canvas, Key.Key_Escape)
    assert trainer.looked_at is None
    look_at(qtbot, window, 12)
    qtbot.mouseClick(find(window, QToolButton, "back_to_now_button"), LEFT)
    assert trainer.looked_at is None
    look_at(qtbot, window, 12)
    qtbot.keyClick(window, Key.Key_End, CONTROL)
    assert trainer.looked_at is None


def test_it_is_said_in_words_that_one_looks_back_and_buttons_say_what_to_do(qtbot, window, slider, label):
    train_to(qtbot, window, 30)
    buttons = [find(window, QToolButton, f"{name}_button") for name in ("continue_from_here", "back_to_now")]
    readout = find(window, QLabel, "readout")
    assert not any(button.isVisible() for button in buttons)
    assert not any(button.defaultAction().isEnabled() for button in buttons)
    top = slider.mapTo(window, QPoint(0, 0)), window.canvas.size()
    look_at(qtbot, window, 12)
    assert [button.text() for button in buttons] == ["Continue from here", "Back to now"]
    assert all(button.isVisible() and button.defaultAction().isEnabled() for button in buttons)
    assert label.text().startswith("Looking back: epoch 12 · training loss ")
    assert readout.text().startswith("looking back: epoch 12 · update 120 · loss ")
    assert (slider.mapTo(window, QPoint(0, 0)), window.canvas.size()) == top  # nothing jumps
    qtbot.keyClick(slider, Key.Key_Escape)
    assert label.text() == "Now · 29 snapshots to look back at"
    assert readout.text().startswith("epoch 30 ")
    assert not any(button.isVisible() for button in buttons)


def test_the_buttons_are_pressed_by_keys_which_then_move_the_slider(qtbot, window, trainer, slider):
    train_to(qtbot, window, 30)
    buttons = [find(window, QToolButton, f"{name}_button") for name in ("continue_from_here", "back_to_now")]
    for key in (Key.Key_Space, Key.Key_Escape):
        look_at(qtbot, window, 12)
        slider.setFocus()
        qtbot.keyClick(slider, Key.Key_Tab)
        assert buttons[0].hasFocus()
        qtbot.keyClick(buttons[0], Key.Key_Tab)
        assert buttons[1].hasFocus()
        qtbot.keyClick(buttons[1], key)
        assert trainer.looked_at is None
        assert slider.hasFocus()


def test_a_right_click_offers_where_to_look_and_moves_nothing(qtbot, window, trainer, slider):
    offered = []

    def read_and_close():
        menu = QApplication.activePopupWidget()
        offered.extend(action.objectName() for action in menu.actions())
        menu.close()

    QTimer.singleShot(0, read_and_close)  # Qt waits in it
    point = slider.rect().center()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, slider.mapToGlobal(point))
    QApplication.sendEvent(slider, asked)
    assert offered == ["continue_from_here", "back_to_now", "look_at_best", "previous_mark", "next_mark"]
    assert trainer.looked_at is None


def test_a_hidden_timeline_is_there_while_one_looks_back(qtbot, window, trainer, slider):
    train_to(qtbot, window, 30)
    window.findChild(QAction, "toggle_timeline").trigger()
    assert not slider.isVisible()
    window.findChild(QAction, "look_at_best").trigger()
    trainer.look_back(trainer.snapshot.milestones[3])
    assert slider.isVisible()
    trainer.return_to_now()
    assert not slider.isVisible()


def test_tool_tips_say_what_changed_and_what_was_best_in_short_lines(window, slider, snapshot):
    change = Change(name="learning_rate", before=0.05, after=0.1)
    places = Places(
        milestones=milestones_of(snapshot, *range(1, 11)),
        epoch=11,
        updates=110,
        marks=(Mark(epoch=4.0, updates=40, changes=(change,)),),
        best=milestones_of(snapshot, 8)[0],
    )
    best = Best(milestone=places.best, train_loss=0.2, test_loss=0.25)
    slider.set_places(places, places.now, best)
    assert places.mark_spots == (3.0,) and places.best_place == 7
    assert slider.text_at(slider.x_of(3)) == "Changed at epoch 4: learning rate 0.05 → 0.1"
    assert slider.text_at(slider.x_of(7)) == "Lowest test loss so far: 0.2500, at epoch 8"
    assert slider.text_at(slider.x_of(5)) == "Epoch 6"
    point = QPoint(round(slider.x_of(3)), 20)
    QApplication.sendEvent(slider, QHelpEvent(QEvent.Type.ToolTip, point, slider.mapToGlobal(point)))
    assert QToolTip.text().splitlines() == [
        "Changed at epoch 4: learning rate 0.05 → 0.1",
        *slider.toolTip().splitlines(),
    ]
    metrics = QFontMetrics(QToolTip.font())
    assert max(metrics.horizontalAdvance(line) for line in slider.toolTip().splitlines()) < 600


def test_marks_and_the_best_moment_are_painted_where_they_are(window, slider, snapshot):
    places = Places(milestones=milestones_of(snapshot, *range(1, 11)), epoch=11, updates=110)
    slider.set_places(places, places.now, None)
    plain = slider.grab().toImage()
    marks = (Mark(epoch=4.0, updates=40, changes=()),)
    slider.set_places(replace(places, marks=marks, best=places.milestones[7]), places.now, None)
    signed = slider.grab().toImage()
    for place, y in ((3, FLAGS // 2), (7, FLAGS + 3)):  # a flag above the handle, a star on the groove
        changed = [x for x in range(plain.width()) if plain.pixel(x, y) != signed.pixel(x, y)]
        assert changed and all(abs(slider.x_of(place) - x) <= 8 for x in changed)


def test_keys_jump_to_what_changed_and_to_the_lowest_test_loss(qtbot, window, document, trainer):
    for rate, epoch in ((0.05, 10), (0.1, 20), (0.02, 30)):
        document.change_setting(LEARNING_RATE, rate)
        train_to(qtbot, window, epoch)
    jumps = ((Key.Key_PageUp, 20), (Key.Key_PageUp, 10), (Key.Key_PageUp, 10), (Key.Key_PageDown, 20))
    for key, epoch in jumps:
        qtbot.keyClick(window, key, CONTROL)
        assert trainer.looked_at.epoch == epoch
    qtbot.keyClick(window, Key.Key_PageDown, CONTROL)
    assert trainer.looked_at is None
    rows = trainer.snapshot.history
    best = int(rows[np.argmin(rows[:-1, 2]), 0]) if rows[:-1, 2].min() < rows[-1, 2] else None
    qtbot.keyClick(window, Key.Key_B, CONTROL)
    assert (trainer.looked_at and trainer.looked_at.epoch) == best


def test_where_there_is_nothing_to_jump_to_it_is_said(qtbot, window, trainer):
    qtbot.keyClick(window, Key.Key_B, CONTROL)
    assert "train first" in window.message_bar.text
    qtbot.keyClick(window, Key.Key_PageUp, CONTROL)
    assert "No settings were changed" in window.message_bar.text
    assert trainer.looked_at is None


def test_the_best_moment_has_a_place_though_it_was_thinned_out(snapshot):
    kept, best = milestones_of(snapshot, 2, 4, 6), milestones_of(snapshot, 3)[0]
    known = Best(milestone=best, train_loss=0.1, test_loss=0.1)
    now = replace(snapshot, epoch=7, updates=70, milestones=kept, best=known)
    places = Places.of(now)
    assert [each.epoch for each in places.milestones] == [2, 3, 4, 6]
    assert places.best_place == 1
    looked_at = milestones_of(snapshot, 5)[0]
    assert [each.epoch for each in Places.of(now, looked_at).milestones] == [2, 3, 4, 5, 6]


def test_continuing_from_here_goes_on_exactly_as_from_there(qtbot, window, document, trainer):
    train_to(qtbot, window, 60)
    continue_from(qtbot, window, 20)
    assert trainer.snapshot.epoch == 20 and trainer.looked_at is None
    assert content(checkpoint(window)) == content(straight(document.setup, 200).checkpoint())
    assert not trainer.is_running
    train_to(qtbot, window, 47)
    trainer.post(lambda session: session.advance(3)).result(10)
    assert content(checkpoint(window)) == content(straight(document.setup, 473).checkpoint())


def test_the_button_continues_too(qtbot, window, trainer):
    train_to(qtbot, window, 30)
    look_at(qtbot, window, 12)
    qtbot.mouseClick(find(window, QToolButton, "continue_from_here_button"), LEFT)
    show_newest(qtbot, window)
    assert trainer.snapshot.epoch == 12 and trainer.looked_at is None


def test_a_run_that_is_under_way_goes_on_from_there(qtbot, window, document, trainer, slider):
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: slider.places.now > 20)
    milestone = slider.places.milestones[5]
    qtbot.mouseClick(slider, LEFT, pos=QPoint(round(slider.x_of(5)), 20))
    assert trainer.looked_at is milestone and trainer.is_running
    left = trainer.snapshot.updates
    qtbot.keyClick(window, Key.Key_Return, CONTROL)
    assert trainer.is_running and document.undo_stack.count() == 1
    qtbot.waitUntil(lambda: checkpoint(window).updates > milestone.updates)
    trainer.pause()
    show_newest(qtbot, window)
    assert milestone.updates < trainer.snapshot.updates
    assert trainer.snapshot.milestones[5].updates == milestone.updates
    done = trainer.snapshot.updates
    expected = straight(document.setup, done).checkpoint()
    assert checkpoint(window).parameters.vector.tobytes() == expected.parameters.vector.tobytes()
    document.undo()
    show_newest(qtbot, window)
    assert trainer.snapshot.updates >= left


def test_undo_returns_to_the_later_moment_and_redo_to_what_was_trained_since(qtbot, window, document):
    train_to(qtbot, window, 60)
    window.trainer.post(lambda session: session.advance(4)).result(10)
    later = content(checkpoint(window))
    continue_from(qtbot, window, 20)
    assert document.undo_stack.undoText() == "go back"
    train_to(qtbot, window, 25)
    fork = content(checkpoint(window))
    qtbot.keyClick(window, Key.Key_Z, CONTROL)
    show_newest(qtbot, window)
    assert content(checkpoint(window)) == later
    qtbot.keyClick(window, Key.Key_Z, CONTROL | SHIFT)
    show_newest(qtbot, window)
    assert content(checkpoint(window)) == fork


def test_later_moments_are_gone_from_the_new_run_and_come_back_with_undo(qtbot, window, slider):
    train_to(qtbot, window, 30)
    assert slider.places.now == 29  # 1 to 29: the 30th is the present
    continue_from(qtbot, window, 10)
    assert [milestone.epoch for milestone in slider.places.milestones] == list(range(1, 10))
    qtbot.keyClick(window, Key.Key_Z, CONTROL)
    show_newest(qtbot, window)
    assert slider.places.now == 29


def test_a_moment_of_another_network_brings_that_network(qtbot, window, document, label):
    first = document.setup
    train_to(qtbot, window, 10)
    document.type_layers("1-8-5-1")
    train_to(qtbot, window, 20)
    document.change_layout("move", Layout({document.setup.topology.layers[1].id: (30.0, 0.0)}, {}))
    moved, later = document.layout, content(checkpoint(window))
    steps = document.undo_stack.count()
    look_at(qtbot, window, 15)
    assert "epoch 15 · training loss" in label.text() and "network" not in label.text()
    look_at(qtbot, window, 6)
    assert label.text().endswith("another network")
    continue_from(qtbot, window, 6)
    assert document.setup == first and window.canvas.network.topology == first.topology
    assert document.layout == AUTOMATIC
    assert content(checkpoint(window)) == content(straight(first, 60).checkpoint())
    assert document.undo_stack.count() == steps + 1
    qtbot.keyClick(window, Key.Key_Z, CONTROL)
    show_newest(qtbot, window)
    assert document.layout == moved
    assert content(checkpoint(window)) == later


def test_the_drawing_stays_as_it_was_arranged_where_the_network_is_the_same(qtbot, window, document):
    train_to(qtbot, window, 20)
    arranged = Layout({document.setup.topology.layers[1].id: (30.0, 0.0)}, {})
    document.change_layout("move", arranged)
    continue_from(qtbot, window, 6)
    assert document.layout == arranged


def test_a_moment_of_other_settings_brings_those(qtbot, window, document, label):
    first = document.setup
    train_to(qtbot, window, 10)
    document.change_setting(LEARNING_RATE, 0.2)
    train_to(qtbot, window, 20)
    look_at(qtbot, window, 10)
    assert "other settings" in label.text() and "other settings then" in (label.toolTip() or label.text())
    continue_from(qtbot, window, 10)
    assert document.setup == first
    train_to(qtbot, window, 20)
    assert content(checkpoint(window)) == content(straight(first, 200).checkpoint())


def test_what_was_typed_since_the_last_epoch_can_be_left_behind(qtbot, window, document, trainer, slider):
    train_to(qtbot, window, 10)
    before = trainer.snapshot.parameters.vector.copy()
    unit = document.setup.topology.layers[1].units[0]
    assert window.editor.type_number(unit, "5") == ""
    show_newest(qtbot, window)
    assert slider.places.epoch_at(slider.places.now - 1) == 10  # the same epoch, and not the present
    continue_from(qtbot, window, 10)
    np.testing.assert_array_equal(trainer.snapshot.parameters.vector, before)


def test_reset_and_other_data_empty_it(qtbot, window, document, slider, label):
    for empty in (document.reset, lambda: document.choose_source(CATALOGUE["cubic"])):
        train_to(qtbot, window, 10)
        assert slider.places.now == 9
        empty()
        show_newest(qtbot, window)
        assert slider.places.now == 0
        assert label.text() == "No snapshots yet"
        qtbot.mouseClick(slider, LEFT, pos=QPoint(40, 11))
        qtbot.keyClick(slider, Key.Key_Home)
        qtbot.keyClick(slider, Key.Key_Return, CONTROL)
        assert document.undo_stack.undoText() != "go back"


def test_a_moment_of_a_run_that_was_just_left_is_refused_and_loses_nothing(qtbot, window, document, slider):
    train_to(qtbot, window, 10)
    fifth = slider.places.milestones[4]
    document.reset()
    document.go_back(fifth)  # as by a click before the reset was seen
    settle(qtbot, window)
    assert "undo brings it back" in window.message_bar.text
    assert checkpoint(window).updates == 0
    assert [document.undo_stack.text(i) for i in range(document.undo_stack.count())] == ["reset"]
    document.choose_source(CATALOGUE["cubic"])
    document.go_back(fifth)
    settle(qtbot, window)
    assert document.setup.data.source.name == "cubic"
    document.undo_stack.undo()
    document.undo_stack.undo()
    show_newest(qtbot, window)
    assert checkpoint(window).updates == 100


def test_a_run_that_diverged_is_left_for_an_earlier_moment(qtbot, window, document, trainer):
    document.change_setting(LEARNING_RATE, 0.01)
    train_to(qtbot, window, 10)
    document.change_setting(LEARNING_RATE, 1000.0)
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: "diverged" in window.message_bar.text)
    show_newest(qtbot, window)
    diverged = content(checkpoint(window))
    assert trainer.snapshot.diverged
    continue_from(qtbot, window, 8)
    assert not trainer.snapshot.diverged
    assert document.setup.hyperparameters.learning_rate == 0.01
    train_to(qtbot, window, 12)
    assert content(checkpoint(window)) == content(straight(document.setup, 120).checkpoint())
    qtbot.keyClick(window, Key.Key_Z, CONTROL)
    show_newest(qtbot, window)
    assert content(checkpoint(window)) == diverged


@pytest.mark.parametrize("engine", list(available_engines()))
def test_every_engine_comes_back_to_the_same_bits(qtbot, window, document, engine):
    document.change_setting(ENGINE, engine)
    train_to(qtbot, window, 5)
    continue_from(qtbot, window, 3)
    train_to(qtbot, window, 5)
    assert content(checkpoint(window)) == content(straight(document.setup, 50).checkpoint())


def test_a_slider_of_epochs_is_read_and_set_by_assistive_technology(qtbot, window, slider):
    train_to(qtbot, window, 50)
    interface = QAccessible.queryAccessibleInterface(slider)
    assert interface.text(QAccessible.Text.Name) == "Timeline: snapshots of the run"
    assert interface.role() is QAccessible.Role.Slider
    value = interface.valueInterface()
    assert (value.minimumValue(), value.currentValue(), value.maximumValue()) == (1, 50, 50)
    value.setCurrentValue(33)
    assert value.currentValue() == 32  # the nearest that was kept
    assert interface.text(QAccessible.Text.Description).startswith("Looking back: epoch 32 · ")
    qtbot.keyClick(slider, Key.Key_Left)
    assert value.currentValue() == 31


def test_the_moment_that_is_looked_at_outlives_a_thinning(window, slider, snapshot):
    many = milestones_of(snapshot, *range(1, 11))
    now = replace(snapshot, epoch=11, updates=110, milestones=many[1::2])
    places = Places.of(now, many[4])
    slider.set_places(places, places.find(many[4]), None)
    assert slider.places.epoch_at(slider.place) == 5
    slider.set_places(Places(), 0, None)
    assert slider.place == slider.places.now == 0


def test_512_moments_paint_within_a_fraction_of_a_frame(window, slider, snapshot):
    marks = tuple(Mark(epoch=float(n), updates=10 * n, changes=()) for n in range(1, 201))
    milestones = milestones_of(snapshot, *range(1, 513))
    places = Places(milestones=milestones, epoch=513, updates=5130, marks=marks, best=milestones[300])
    slider.set_places(places, 100, None)
    assert is_cheap(slider.repaint, 1)
    assert is_cheap(lambda: slider.set_places(replace(places, updates=5131), 100, None), 5)


class PaintCounter(QObject):
    """Counts how often a widget is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's name
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_run_repaints_it_a_few_times_a_second(qtbot, window, trainer, slider):
    counter = PaintCounter()
    slider.installEventFilter(counter)
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: trainer.snapshot.epoch > 0)
    counter.count, began = 0, time.monotonic()
    qtbot.wait(1500)
    seconds = time.monotonic() - began
    qtbot.keyClick(window.canvas, Key.Key_Space)
    assert 1 <= counter.count <= seconds / 0.4 + 2


def test_nothing_new_is_nothing_to_paint(qtbot, window, trainer, slider):
    train_to(qtbot, window, 40)
    trainer.post(lambda session: session.advance(3)).result(10)
    show_newest(qtbot, window)
    qtbot.wait(500)
    counter = PaintCounter()
    slider.installEventFilter(counter)
    for _ in range(3):
        qtbot.keyClick(window, Key.Key_Period)
        settle(qtbot, window)
    qtbot.wait(500)
    assert counter.count == 0


def test_it_is_shown_and_hidden_from_the_menu_and_that_is_remembered(
    qtbot, window, slider, theme, settings, dialogs
):
    action = window.findChild(QAction, "toggle_timeline")
    assert action.isChecked() and slider.isVisible()
    height = window.canvas.height()
    action.trigger()
    assert not slider.isVisible()
    qtbot.waitUntil(lambda: window.canvas.height() > height)
    window.trainer.post(lambda session: session.advance(100)).result(10)
    settle(qtbot, window)
    assert slider.places.now == 0  # nobody sees it: no work
    window.close()
    again = make_window(theme, settings, dialogs)
    qtbot.addWidget(again)
    assert again.timeline.isHidden()
    again.workspaces.reset()
    assert not again.timeline.isHidden()
    again.close()


def test_what_came_while_it_was_hidden_is_there_when_it_is_shown(qtbot, window, slider):
    action = window.findChild(QAction, "toggle_timeline")
    action.trigger()
    window.trainer.post(lambda session: session.advance(100)).result(10)
    settle(qtbot, window)
    action.trigger()
    assert slider.places.now == 9


def test_the_label_says_less_in_a_narrow_window_and_never_pushes(qtbot, window, document, slider, label):
    train_to(qtbot, window, 10)
    document.type_layers("1-8-5-1")
    train_to(qtbot, window, 30)
    look_at(qtbot, window, 6)
    whole = label.accessibleName() or label.text()
    assert whole.endswith("another network then (1-8-8-1): the canvas shows what both have")
    window.resize(QSize(1024, 700))
    strip = find(window, Timeline, "timeline_strip")
    qtbot.waitUntil(lambda: strip.width() < 500)
    qtbot.wait(200)  # the docks share out what is left
    for width in (strip.width(), 360, 260):
        strip.setFixedWidth(width)
        qtbot.waitUntil(lambda width=width: label.geometry().right() < width)
        qtbot.wait(50)
        metrics = label.fontMetrics()
        assert metrics.horizontalAdvance(label.text()) <= label.width()
        assert "epoch 6" in label.text()
        assert label.toolTip() == label.accessibleName() == whole
        assert all(strip.rect().contains(child.geometry()) for child in (slider, label))
    buttons = [find(window, QToolButton, f"{name}_button") for name in ("continue_from_here", "back_to_now")]
    assert all(strip.rect().contains(button.geometry()) and button.accessibleName() for button in buttons)
    assert all(button.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly for button in buttons)


def test_the_wheel_points_nowhere(qtbot, window, slider):
    train_to(qtbot, window, 30)
    middle = QPointF(slider.rect().center())
    wheel = QWheelEvent(
        middle,
        slider.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, wheel)
    assert slider.place == slider.places.now


def test_the_scale_prefers_round_numbers():
    assert round_epochs(1, 60) == [10, 1, 50, 5, 20, 2, 30, 3]
    assert round_epochs(32, 1500)[:2] == [1000, 100]


def test_a_loss_that_was_thinned_away_is_told_as_an_estimate():
    rows = np.array([[0.0, 1.0, 1.0], [2.0, 0.5, 0.6], [4.0, 0.3, 0.4]])
    assert loss_text(rows, 2) == figure(0.5)
    assert loss_text(rows, 3) == f"≈ {figure(0.4)}"


def test_a_milestone_that_is_the_present_moment_is_no_earlier_one(window):
    snapshot = window.trainer.snapshot
    here = Milestone(
        setup=snapshot.setup,
        vector=snapshot.parameters.vector.copy(),
        epoch=snapshot.epoch,
        updates=snapshot.updates,
    )
    assert Places.of(replace(snapshot, milestones=(here,))).now == 0
    elsewhere = replace(here, vector=here.vector + 1)
    assert Places.of(replace(snapshot, milestones=(elsewhere,))).now == 1
