"""The timeline goes back to any moment that was kept, exactly, and costs next to nothing while it trains."""

import time
from dataclasses import replace

import numpy as np
import pytest
from costs import is_cheap
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QAccessible, QAction, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel
from window_driver import find, settle

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.look.numbers import figure
from nn_desktop.desktop.panels.timeline import Timeline, loss_text
from nn_desktop.desktop.panels.timeline_slider import Places, TimelineSlider, round_epochs
from nn_desktop.drawing.placement import AUTOMATIC, Layout
from nn_desktop.engines.available import available_engines
from nn_desktop.training.checkpoints import Checkpoint, Milestone
from nn_desktop.training.session import Session
from nn_desktop.training.settings import ENGINE, LEARNING_RATE

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def slider(window):
    return find(window, TimelineSlider, "timeline")


@pytest.fixture
def label(window):
    return find(window, QLabel, "timeline_label")


def train_to(qtbot, window, epoch: int) -> None:
    """Train until so many epochs are complete, and wait until the timeline shows it."""
    window.trainer.post(lambda session: session.advance(session.walk.updates_until(epoch))).result(30)
    show_newest(qtbot, window)


def show_newest(qtbot, window) -> None:
    settle(qtbot, window)
    slider = find(window, TimelineSlider, "timeline")
    qtbot.waitUntil(lambda: slider.places == Places.of(window.trainer.snapshot))


def checkpoint(window) -> Checkpoint:
    return window.trainer.post(Session.checkpoint).result(10)


def content(checkpoint: Checkpoint) -> tuple:
    """Return all that training goes on from, to be compared bit by bit."""
    return (
        *(checkpoint.setup, checkpoint.epoch, checkpoint.position, checkpoint.updates, checkpoint.diverged),
        *(checkpoint.parameters.vector.tobytes(), checkpoint.order.tobytes(), checkpoint.engine.engine),
        *(checkpoint.history.rows().tobytes(), checkpoint.history.stride),
        [(m.setup, m.epoch, m.updates, m.vector.tobytes()) for m in checkpoint.milestones],
    )


def straight(setup, updates: int) -> Session:
    """Return a session that has done so many updates, with no window and no going back."""
    session = Session(setup)
    session.advance(updates)
    return session


def place_of(slider, epoch: int) -> int:
    return next(place for place in range(slider.places.now) if slider.places.epoch_at(place) == epoch)


def point_of(slider, epoch: int) -> QPoint:
    return QPoint(round(slider.x_of(place_of(slider, epoch))), 11)


def point_at(qtbot, slider, epoch: int) -> None:
    """Move the pointer to an epoch, from beside it: one that is there already would not have moved."""
    point = point_of(slider, epoch)
    qtbot.mouseMove(slider, point + QPoint(0, 4))
    qtbot.mouseMove(slider, point)


def click_epoch(qtbot, window, epoch: int) -> None:
    slider = find(window, TimelineSlider, "timeline")
    qtbot.mouseClick(slider, LEFT, pos=point_of(slider, epoch))
    show_newest(qtbot, window)


def test_a_click_goes_back_bit_by_bit_and_training_goes_on_exactly(qtbot, window, document, trainer):
    train_to(qtbot, window, 60)
    click_epoch(qtbot, window, 20)
    assert trainer.snapshot.epoch == 20
    assert content(checkpoint(window)) == content(straight(document.setup, 200).checkpoint())
    assert not trainer.is_running
    train_to(qtbot, window, 47)
    trainer.post(lambda session: session.advance(3)).result(10)
    assert content(checkpoint(window)) == content(straight(document.setup, 473).checkpoint())


def test_undo_returns_to_the_later_moment_and_redo_to_what_was_trained_since(qtbot, window, document):
    train_to(qtbot, window, 60)
    window.trainer.post(lambda session: session.advance(4)).result(10)
    later = content(checkpoint(window))
    click_epoch(qtbot, window, 20)
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
    click_epoch(qtbot, window, 10)
    assert [milestone.epoch for milestone in slider.places.milestones] == list(range(1, 10))
    qtbot.keyClick(window, Key.Key_Z, CONTROL)
    show_newest(qtbot, window)
    assert slider.places.now == 29


def test_nothing_happens_before_the_pointer_lets_go(qtbot, window, document, trainer, slider, label):
    train_to(qtbot, window, 30)
    before = document.undo_stack.count(), trainer.snapshot
    qtbot.mousePress(slider, LEFT, pos=QPoint(slider.width() - 8, 11))
    row = trainer.snapshot.history[12]
    for epoch in (25, 18, 12):
        point_at(qtbot, slider, epoch)
        assert label.text().startswith(f"epoch {epoch} · training loss ")
    assert row[0] == 12 and label.text().endswith(figure(row[1]))
    assert (document.undo_stack.count(), trainer.snapshot) == before
    qtbot.mouseRelease(slider, LEFT, pos=point_of(slider, 12))
    show_newest(qtbot, window)
    assert trainer.snapshot.epoch == 12
    assert window.canvas.hasFocus()


def test_esc_takes_a_drag_back_and_then_leaves(qtbot, window, document, slider, label):
    train_to(qtbot, window, 30)
    qtbot.mousePress(slider, LEFT, pos=point_of(slider, 12))
    assert slider.hasFocus()
    qtbot.keyClick(slider, Key.Key_Escape)
    assert label.text() == "29 snapshots to go back to"
    point_at(qtbot, slider, 9)
    qtbot.mouseRelease(slider, LEFT, pos=point_of(slider, 9))
    assert document.undo_stack.count() == 0
    slider.setFocus()
    qtbot.keyClick(slider, Key.Key_Escape)
    assert window.canvas.hasFocus()


def test_the_pointer_looks_without_a_press_and_leaves_no_trace(qtbot, window, document, slider, label):
    train_to(qtbot, window, 30)
    point_at(qtbot, slider, 9)
    assert label.text().startswith("epoch 9 · training loss ")
    QApplication.sendEvent(slider, QEvent(QEvent.Type.Leave))
    assert label.text() == "29 snapshots to go back to"
    assert document.undo_stack.count() == 0


def test_the_keyboard_alone_points_and_goes(qtbot, window, trainer, slider, label):
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
    ):
        qtbot.keyClick(slider, key)
        assert label.text().startswith(f"epoch {epoch} ·")
    qtbot.keyClick(slider, Key.Key_End)
    assert label.text() == "29 snapshots to go back to"
    qtbot.keyClick(slider, Key.Key_Return)  # to where one is: nothing
    assert trainer.snapshot.epoch == 30
    qtbot.keyClick(slider, Key.Key_Home)
    qtbot.keyClick(slider, Key.Key_Return)
    show_newest(qtbot, window)
    assert trainer.snapshot.epoch == 1
    assert slider.hasFocus()
    qtbot.keyClick(slider, Key.Key_Space)
    qtbot.waitUntil(lambda: trainer.snapshot.epoch > 1)
    qtbot.keyClick(slider, Key.Key_Space)
    settle(qtbot, window)
    assert not trainer.is_running


def test_going_back_pauses_a_run(qtbot, window, document, trainer, slider):
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: slider.places.now > 20)
    epoch = slider.places.epoch_at(5)
    qtbot.mouseClick(slider, LEFT, pos=QPoint(round(slider.x_of(5)), 11))
    assert not trainer.is_running
    show_newest(qtbot, window)
    assert trainer.snapshot.epoch == epoch
    # A long run has thinned its history and its milestones, which a short one has not.
    there, expected = checkpoint(window), straight(document.setup, 10 * epoch).checkpoint()
    assert content(there)[:8] == content(expected)[:8]


def test_a_moment_of_another_network_brings_that_network(qtbot, window, document, trainer, slider, label):
    first = document.setup
    train_to(qtbot, window, 10)
    document.type_layers("1-8-5-1")
    train_to(qtbot, window, 20)
    document.change_layout("move", Layout({document.setup.topology.layers[1].id: (30.0, 0.0)}, {}))
    moved, later = document.layout, content(checkpoint(window))
    steps = document.undo_stack.count()
    point_at(qtbot, slider, 15)
    assert label.text().startswith("epoch 15 · training loss") and "network" not in label.text()
    point_at(qtbot, slider, 6)
    assert label.text().endswith("another network")
    click_epoch(qtbot, window, 6)
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
    click_epoch(qtbot, window, 6)
    assert document.layout == arranged


def test_a_moment_of_other_settings_brings_those(qtbot, window, document, slider, label):
    first = document.setup
    train_to(qtbot, window, 10)
    document.change_setting(LEARNING_RATE, 0.2)
    train_to(qtbot, window, 20)
    point_at(qtbot, slider, 10)
    assert label.text().endswith("other settings")
    click_epoch(qtbot, window, 10)
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
    click_epoch(qtbot, window, 10)
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
        qtbot.keyClick(slider, Key.Key_Return)
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


def test_a_run_that_diverged_is_left_for_an_earlier_moment(qtbot, window, document, trainer, slider):
    document.change_setting(LEARNING_RATE, 0.01)
    train_to(qtbot, window, 10)
    document.change_setting(LEARNING_RATE, 1000.0)
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: "diverged" in window.message_bar.text)
    show_newest(qtbot, window)
    diverged = content(checkpoint(window))
    assert trainer.snapshot.diverged
    click_epoch(qtbot, window, 8)
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
    click_epoch(qtbot, window, 3)
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
    assert interface.text(QAccessible.Text.Description).startswith("epoch 32 · training loss ")
    qtbot.keyClick(slider, Key.Key_Left)
    assert value.currentValue() == 31


def test_places_outlive_a_thinning_while_one_is_pointed_at(window, slider):
    setup = window.document.setup
    vector = window.trainer.snapshot.parameters.vector
    many = tuple(
        Milestone(setup=setup, vector=vector, epoch=epoch, updates=10 * epoch) for epoch in range(1, 11)
    )
    slider.set_places(Places(many, 10))
    slider._point_at(4)  # epoch 5
    slider.set_places(Places(many[::2], 11))
    assert slider.places.epoch_at(slider.place) == 5
    slider.set_places(Places(many[1::2], 11))
    assert slider.places.epoch_at(slider.place) in (4, 6)
    slider.set_places(Places((), 0))
    assert slider.place == slider.places.now == 0


def test_512_moments_paint_within_a_fraction_of_a_frame(window, slider):
    setup, vector = window.document.setup, window.trainer.snapshot.parameters.vector
    slider.set_places(
        Places(
            tuple(Milestone(setup=setup, vector=vector, epoch=e, updates=10 * e) for e in range(1, 513)), 513
        )
    )
    assert is_cheap(slider.repaint, 1)
    assert is_cheap(lambda: slider.set_places(Places(slider.places.milestones[:-1], 513)), 5)


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


def test_the_label_says_less_in_a_narrow_window_and_never_pushes(qtbot, window, slider, label):
    train_to(qtbot, window, 30)
    window.resize(QSize(1024, 700))
    strip = find(window, Timeline, "timeline_strip")
    qtbot.waitUntil(lambda: strip.width() < 500 and slider.width() + label.width() < strip.width())
    qtbot.wait(200)  # the docks share out what is left
    point_at(qtbot, slider, 9)
    width = label.width()
    assert label.text() == f"epoch 9 · training loss {loss_text(window.trainer.snapshot.history, 9)}"
    strip.setFixedWidth(260)
    qtbot.waitUntil(lambda: label.width() < width and slider.width() + label.width() < 260)
    qtbot.wait(200)
    point_at(qtbot, slider, 8)
    assert label.text() == "epoch 8"
    assert label.accessibleName().startswith("epoch 8 · training loss ")


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
