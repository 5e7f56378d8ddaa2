"""A program that trains beside its window at full speed, and measures both; it prints one JSON object.

Run by `test_frames.py`: ``python window_at_work.py ENGINE DATASET LAYERS``.
"""

import json
import random
import sys
import tempfile
import threading
import time

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPointingDevice
from PySide6.QtWidgets import QApplication

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.app import SWITCH_SECONDS, make_window
from nn_desktop.desktop.dialogs.dialogs import WindowDialogs
from nn_desktop.desktop.garbage import GarbageCollector
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.main_window import MainWindow
from nn_desktop.engines.names import EngineName
from nn_desktop.training.session import Session
from nn_desktop.training.settings import ENGINE, LEARNING_RATE

WARM_UP, MEASURED, ALONE = 2.0, 8.0, 1.0
"""Seconds."""
PRESSES = 40


class Clicks(QObject):
    """Moves the mouse over the canvas at any time, and notes how long the canvas takes to hear of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.milliseconds: list[float] = []
        self._target = window.canvas.viewport()
        QPointingDevice.primaryPointingDevice()  # made by the first event, and in this thread it should be
        self._posted = 0.0
        self._target.installEventFilter(self)

    def post_all(self) -> None:
        for _ in range(PRESSES):
            time.sleep(random.uniform(0.02, 0.1))
            self._posted = time.perf_counter()
            move = QMouseEvent(
                QEvent.Type.MouseMove,
                QPointF(5, 5),
                QPointF(5, 5),
                Qt.MouseButton.NoButton,
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
            )
            QCoreApplication.postEvent(self._target, move)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.MouseMove and self._posted:
            self.milliseconds.append(1e3 * (time.perf_counter() - self._posted))
            self._posted = 0.0
        return False


def wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def pause_milliseconds(window: MainWindow) -> list[float]:
    """Pause and go on several times: how long until the worker stands still."""
    times = []
    for _ in range(10):
        wait(0.1)
        began = time.perf_counter()
        window.trainer.pause()
        stopped = window.trainer.post(lambda session: time.perf_counter()).result()
        times.append(1e3 * (stopped - began))
        window.trainer.train_or_pause()
    return times


def note_frames(window: MainWindow) -> list[float]:
    """Return a list to which the beginning of each frame is added: the first thing it does is to hold.

    A frame is late if it begins late, because the one before took too long, or the interpreter was not to be
    had. When it is painted depends on how much it paints too: that is noted beside.
    """
    begins, worker = [], window.trainer._worker
    hold = worker.hold

    def note() -> None:
        begins.append(time.perf_counter())
        hold()

    worker.hold = note
    return begins


def measure(window: MainWindow) -> dict[str, object]:
    trainer, frames, painted = window.trainer, note_frames(window), []
    trainer.frame_shown.connect(lambda: painted.append(time.perf_counter()))
    trainer.train_or_pause()
    wait(WARM_UP)
    frames.clear()
    painted.clear()
    updates, began = trainer.snapshot.updates, time.perf_counter()
    wait(MEASURED)
    rate = (trainer.snapshot.updates - updates) / (time.perf_counter() - began)
    intervals = 1e3 * np.diff(frames)
    clicks = Clicks(window)
    thread = threading.Thread(target=clicks.post_all)
    thread.start()
    while thread.is_alive():
        wait(0.1)
    pauses = pause_milliseconds(window)
    trainer.pause()
    trainer.post(lambda session: None).result()
    alone = rate_alone(window)
    return {
        "engine": trainer.snapshot.engine.engine,
        "frames": len(intervals),
        "frame_ms_median": round(float(np.median(intervals)), 1),
        "frame_ms_p99": round(float(np.percentile(intervals, 99)), 1),
        "painted_ms_p99": round(float(np.percentile(1e3 * np.diff(painted), 99)), 1),
        "updates_per_second": round(rate),
        "updates_per_second_alone": round(alone),
        "share_of_speed": round(rate / alone, 3),
        "click_ms_p95": round(float(np.percentile(clicks.milliseconds, 95)), 1),
        "click_ms_max": round(max(clicks.milliseconds), 1),
        "pause_ms_max": round(max(pauses), 1),
    }


def rate_alone(window: MainWindow) -> float:
    """Train the same in a session of its own, after the same time, with nothing to show."""
    session, began = Session(window.document.setup), time.perf_counter()
    while time.perf_counter() - began < WARM_UP:
        session.advance(20)
    updates, began = session.updates, time.perf_counter()
    while (seconds := time.perf_counter() - began) < ALONE:
        session.advance(max(20, int(0.02 * (session.updates - updates) / max(seconds, 1e-3))))
    return (session.updates - updates) / seconds


def main(engine: str, dataset: str, layers: str) -> None:
    application = QApplication([])
    sys.setswitchinterval(SWITCH_SECONDS)
    folder = tempfile.TemporaryDirectory()
    settings = QSettings(f"{folder.name}/settings.ini", QSettings.Format.IniFormat)
    window = make_window(Theme(application), settings, WindowDialogs())
    collector = GarbageCollector(window)  # as in the program
    window.resize(1440, 900)
    window.show()
    if dataset != window.document.setup.data.source.name:
        window.document.choose_source(CATALOGUE[dataset])
    window.document.type_layers(layers)
    window.document.change_setting(ENGINE, EngineName(engine))
    window.document.change_setting(LEARNING_RATE, 1e-3)
    wait(0.5)
    print(json.dumps(measure(window)))
    window.close_without_asking()
    collector.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
