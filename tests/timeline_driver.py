"""Training to an epoch, looking back at one on the timeline, and comparing runs bit by bit."""

from PySide6.QtCore import QPoint, Qt
from window_driver import find, settle

from nn_desktop.desktop.main_window import MainWindow
from nn_desktop.desktop.panels.timeline_places import Places
from nn_desktop.desktop.panels.timeline_slider import FLAGS, HANDLE, TimelineSlider
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.session import Session


def slider_of(window: MainWindow) -> TimelineSlider:
    """Return the slider of the timeline."""
    return find(window, TimelineSlider, "timeline")


def train_to(qtbot, window: MainWindow, epoch: int) -> None:
    """Train until so many epochs are complete, and wait until the timeline shows it."""
    window.trainer.post(lambda session: session.advance(session.walk.updates_until(epoch))).result(30)
    show_newest(qtbot, window)


def show_newest(qtbot, window: MainWindow) -> None:
    """Wait until all views show what is asked for, and the timeline the newest milestones."""
    settle(qtbot, window)
    slider, trainer = slider_of(window), window.trainer
    qtbot.waitUntil(
        lambda: slider.places.milestones == Places.of(trainer.snapshot, trainer.looked_at).milestones
    )


def point_of(slider: TimelineSlider, epoch: int) -> QPoint:
    """Return where an epoch is on the timeline."""
    places = slider.places
    place = next(place for place in range(places.now) if places.epoch_at(place) == epoch)
    return QPoint(round(slider.x_of(place)), FLAGS + HANDLE // 2)


def look_at(qtbot, window: MainWindow, epoch: int) -> None:
    """Click on an epoch of the timeline, and wait until the views show it."""
    slider = slider_of(window)
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=point_of(slider, epoch))
    assert window.trainer.looked_at.epoch == epoch
    if not window.trainer.is_running:
        settle(qtbot, window)


def continue_from(qtbot, window: MainWindow, epoch: int) -> None:
    """Look at an epoch, and continue from there by the key."""
    look_at(qtbot, window, epoch)
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    show_newest(qtbot, window)


def checkpoint(window: MainWindow) -> Checkpoint:
    """Return where training is, whatever is looked at."""
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
    """Return a session that has done so many updates, with no window and no looking back."""
    session = Session(setup)
    session.advance(updates)
    return session
