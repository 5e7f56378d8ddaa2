"""Pace: training can be slowed until one can follow, by slider and keys; the first one begins slowly."""

import time
from math import inf

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QSlider
from window_driver import find, settle

from nn_desktop.desktop.panels.pace_bar import FIRST_PACE, PACES
from nn_desktop.training.session import Session

Key = Qt.Key
HARDLY_EVER = 1e-6
"""Updates a second: the next one comes in eleven days."""


@pytest.fixture
def slider(window):
    return find(window, QSlider, "pace")


def text_of(window) -> str:
    return find(window, QLabel, "pace_number").text()


def train(qtbot, window) -> None:
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Key.Key_Space)


def test_the_pace_is_unlimited_at_first(window, slider, trainer):
    assert trainer.pace == inf
    assert text_of(window) == "unlimited"
    assert slider.accessibleDescription() == "unlimited"


def test_arrow_keys_go_from_one_pace_to_the_next(qtbot, window, slider, trainer):
    slider.setFocus()
    seen = [trainer.pace]
    for _ in PACES[1:]:
        qtbot.keyClick(slider, Key.Key_Left)
        seen.append(trainer.pace)
    assert seen == list(reversed(PACES))
    assert slider.accessibleDescription() == "1 update a second"
    assert text_of(window) == "1/s"
    qtbot.keyClick(slider, Key.Key_End)
    assert trainer.pace == inf
    qtbot.keyClick(slider, Key.Key_Escape)
    assert window.canvas.hasFocus()


def test_keys_change_the_pace_from_anywhere(qtbot, window, slider, trainer):
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Key.Key_F7)
    qtbot.keyClick(window.canvas, Key.Key_F7)
    assert trainer.pace == 100
    assert slider.accessibleDescription() == "100 updates a second"
    qtbot.keyClick(window.canvas, Key.Key_F8)
    assert trainer.pace == 1000
    qtbot.keyClick(window.canvas, Key.Key_F8)
    qtbot.keyClick(window.canvas, Key.Key_F8)
    assert trainer.pace == inf


def test_the_slider_is_dragged(qtbot, window, slider, trainer):
    y = slider.height() // 2
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 8, y))
    for x in range(slider.width() - 8, 0, -4):
        QTest.mouseMove(slider, QPoint(x, y))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(2, y))
    assert trainer.pace == 1


@pytest.mark.parametrize("kept", ["10.0", "10", "inf"])
def test_the_pace_is_remembered(qtbot, open_window, settings, kept):
    settings.setValue("training/pace", kept)
    assert open_window().trainer.pace == float(kept)


@pytest.mark.parametrize("kept", ["fast", "0", "-1", "nan", "3", ""])
def test_a_pace_that_is_none_is_not_taken(open_window, settings, kept):
    settings.setValue("training/pace", kept)
    assert open_window().trainer.pace == inf


def test_what_was_set_is_there_the_next_time(qtbot, window, slider, open_window):
    slider.setFocus()
    for _ in range(3):
        qtbot.keyClick(slider, Key.Key_Left)
    window.close()
    assert open_window().trainer.pace == 30


def let_one_through(trainer) -> None:
    """Do as if the time of the next update had come."""
    worker = trainer._worker
    with worker._changed:
        worker._speed_limit.restart(time.perf_counter())
        worker._changed.notify()


def test_at_a_slow_pace_every_update_is_seen_in_the_network_the_fit_and_the_loss(qtbot, window, trainer):
    shown = {"canvas": [], "fit": [], "loss": []}
    views = {"canvas": window.canvas.viewport(), "fit": window.docks.fit_view, "loss": window.docks.loss_plot}
    trainer.set_pace(HARDLY_EVER)
    train(qtbot, window)
    for updates in (1, 2, 3):
        if updates > 1:
            let_one_through(trainer)
        qtbot.waitUntil(lambda updates=updates: trainer.snapshot.updates == updates)
        frames = []
        trainer.frame_shown.connect(lambda frames=frames: frames.append(None))
        qtbot.waitUntil(lambda frames=frames: len(frames) > 5)
        assert trainer.snapshot.updates == updates
        for name, view in views.items():
            shown[name].append(view.grab().toImage())
    trainer.pause()
    for images in shown.values():
        assert images[0] != images[1] != images[2]


def test_the_same_bits_at_a_slow_pace_and_at_full_speed(qtbot, window, trainer, document):
    trainer.set_pace(30)
    train(qtbot, window)
    qtbot.waitUntil(lambda: trainer.snapshot.updates > 20)
    train(qtbot, window)
    settle(qtbot, window)
    slow = trainer.snapshot
    session = Session(document.setup)
    session.advance(slow.updates)
    assert slow.parameters.vector.tobytes() == session.parameters.vector.tobytes()
    document.reset()
    trainer.set_pace(inf)
    train(qtbot, window)
    qtbot.waitUntil(lambda: trainer.snapshot.updates > 200)
    train(qtbot, window)
    settle(qtbot, window)
    session.advance(trainer.snapshot.updates - slow.updates)
    assert trainer.snapshot.parameters.vector.tobytes() == session.parameters.vector.tobytes()
    np.testing.assert_array_equal(trainer.snapshot.history, session.history.rows_until(*now_of(session)))


def now_of(session):
    return session.walk.epochs, *session.losses()


def test_a_pause_an_edit_and_a_reset_come_at_once_at_a_slow_pace(qtbot, window, trainer, document):
    trainer.set_pace(HARDLY_EVER)
    train(qtbot, window)
    qtbot.waitUntil(lambda: trainer.snapshot.updates == 1)
    assert document.type_layers("1-5-1")
    qtbot.waitUntil(lambda: trainer.snapshot.setup.topology.sizes == (1, 5, 1))
    assert trainer.is_running
    document.reset()
    qtbot.waitUntil(lambda: trainer.snapshot.updates == 0)
    train(qtbot, window)
    settle(qtbot, window)
    assert not trainer.is_running
    qtbot.keyClick(window.canvas, Key.Key_Period)
    settle(qtbot, window)
    assert trainer.snapshot.updates in (1, 2)  # one if the reset came before the next update was due


def test_a_window_that_waits_for_the_next_update_closes(qtbot, window, trainer):
    trainer.set_pace(HARDLY_EVER)
    train(qtbot, window)
    qtbot.waitUntil(lambda: trainer.snapshot.updates == 1)
    window.close()
    assert trainer.has_ended


# The first training of all


@pytest.fixture
def beginner(window, monkeypatch):
    """A window that was never opened before, with a first training that gets faster by hand."""
    bar = window.training_bar.pace_bar
    bar.begin_slowly()
    return bar


def test_the_first_training_begins_slowly_and_gets_faster_by_itself(
    qtbot, window, trainer, beginner, settings
):
    assert trainer.pace == PACES[FIRST_PACE] == 5
    assert text_of(window) == "5/s"
    seen = []
    beginner._rise.setInterval(20)
    beginner._rise.timeout.connect(lambda: seen.append(trainer.pace))
    train(qtbot, window)
    qtbot.waitUntil(lambda: trainer.pace == inf)
    assert seen == list(PACES[FIRST_PACE + 1 :])
    assert text_of(window) == "unlimited"
    train(qtbot, window)
    train(qtbot, window)  # the second one is as fast as it can be
    assert not beginner._rise.isActive()
    assert trainer.pace == inf
    assert settings.value("training/pace") is None


def test_whoever_sets_the_pace_keeps_it(qtbot, window, trainer, slider, beginner):
    beginner._rise.setInterval(20)
    slider.setFocus()
    qtbot.keyClick(slider, Key.Key_Right)
    train(qtbot, window)
    qtbot.wait(100)
    assert trainer.pace == 10


def test_it_gets_no_faster_before_it_trains_or_while_it_is_paused(qtbot, window, trainer, beginner):
    beginner._rise.setInterval(20)
    qtbot.wait(60)
    assert trainer.pace == 5
    train(qtbot, window)
    qtbot.waitUntil(lambda: trainer.pace > 5)
    train(qtbot, window)
    pace = trainer.pace
    qtbot.wait(60)
    assert trainer.pace == pace
