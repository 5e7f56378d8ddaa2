"""Measures saving and opening a large project in a window that trains: ``python project_at_work.py``.

Digits, 64-32-10, 500 milestones, which training thins out, and a full history. It prints one line of JSON,
times in milliseconds: how long saving takes from the key to the message, in all, for each megabyte, and what
of it reading back takes, how long opening takes from the call to the frame that shows it (median and longest
each), and the 99th percentile and the longest of the times between two frames, while nothing is saved and
while it is saved again and again.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from nn_desktop.data.tables import DIGITS
from nn_desktop.desktop.app import SWITCH_SECONDS, make_window
from nn_desktop.desktop.dialogs.dialogs import Unsaved, WindowDialogs
from nn_desktop.desktop.garbage import GarbageCollector
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.files.project.project import Project
from nn_desktop.files.project.project_document import ProjectContents
from nn_desktop.files.project.project_file import save_project
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session
from nn_desktop.training.setup import make_setup

MILESTONES = 500
TIMES = 10
WATCH_SECONDS = 4.0


class Answers(WindowDialogs):
    def ask_unsaved(self, parent, name):
        return Unsaved.DISCARD


def large_project() -> Project:
    session = Session(make_setup(DIGITS.default_settings, parse_layers("64-32-10"), Activation.TANH))
    while len(session.milestones) < MILESTONES:
        session.advance(32 * session.walk.updates_per_epoch)
    return Project(session.checkpoint())


def measure_reading_back() -> list[float]:
    """Return a list that the milliseconds of every reading back will be put into."""
    milliseconds: list[float] = []
    check = ProjectContents.check

    def measured(contents, file):
        began = time.perf_counter()
        check(contents, file)
        milliseconds.append(1e3 * (time.perf_counter() - began))

    ProjectContents.check = measured
    return milliseconds


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    path = folder / "digits.nnd"
    save_project(large_project(), path)
    sys.setswitchinterval(SWITCH_SECONDS)
    application = QApplication(sys.argv[:1])
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    window = make_window(Theme(application, ThemeChoice.LIGHT), settings, Answers())
    collector = GarbageCollector(window)
    window.resize(1440, 900)
    window.show()
    frames: list[float] = []
    window.trainer.frame_shown.connect(lambda: frames.append(time.perf_counter()))

    def wait(until) -> float:
        began = time.perf_counter()
        while not until():
            application.processEvents()
            time.sleep(0.0005)
        return 1e3 * (time.perf_counter() - began)

    def watch(seconds: float) -> np.ndarray:
        frames.clear()
        end = time.perf_counter() + seconds
        wait(lambda: time.perf_counter() > end)
        return 1e3 * np.diff(frames)

    def is_at_rest() -> bool:
        return not (window.opener.is_busy or window.trainer.is_busy)

    wait(is_at_rest)
    opening = []
    for _ in range(TIMES):
        window.opener.new_project()
        wait(is_at_rest)
        began = time.perf_counter()
        window.opener.open_file(path)
        wait(lambda: window.trainer.snapshot.dataset.title == "Digits" and is_at_rest())
        opening.append(1e3 * (time.perf_counter() - began))
    window.trainer.train_or_pause()
    watch(1.0)
    quiet = watch(WATCH_SECONDS)
    reading_back = measure_reading_back()
    saving, megabytes, gaps = [], [], []
    for _ in range(TIMES):
        frames.clear()
        window.statusBar().clearMessage()
        window.actions_by_name["save"].trigger()
        saving.append(wait(lambda: window.statusBar().currentMessage() != ""))
        megabytes.append(path.stat().st_size / 1e6)
        wait(lambda: len(frames) >= 20)
        gaps.append(1e3 * np.diff(frames))
    busy = np.concatenate(gaps)
    print(
        json.dumps(
            {
                "bytes": path.stat().st_size,
                "milestones": len(window.trainer.snapshot.milestones),
                "save": [float(np.median(saving)), max(saving)],
                "read_back": [float(np.median(reading_back)), max(reading_back)],
                "save_per_megabyte": float(np.median(np.divide(saving, megabytes))),
                "open": [float(np.median(opening)), max(opening)],
                "frame_quiet": [float(np.percentile(quiet, 99)), float(quiet.max())],
                "frame_saving": [float(np.percentile(busy, 99)), float(busy.max())],
                "message": window.statusBar().currentMessage(),
            }
        )
    )
    window.close_without_asking()
    collector.stop()


main()
