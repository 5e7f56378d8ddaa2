"""A window that trains and draws until it is killed: ``python crash_victim.py FOLDER SEED INTERVAL``.

With an even seed it saves all the time as well. Notes count the savings. It prints "ready" when it has begun,
and with an odd seed "kept" whenever it has kept its work.
"""

import random
import sys
from itertools import count
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.dialogs.dialogs import Unsaved, WindowDialogs
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.files.project.recovery import RecoveryFolder


class Answers(WindowDialogs):
    def __init__(self, path: Path) -> None:
        self.path = path

    def ask_save_path(self, parent, title, start, filters):
        return self.path

    def ask_unsaved(self, parent, name):
        return Unsaved.DISCARD


keep = RecoveryFolder.keep


def keep_and_tell(*arguments) -> None:
    keep(*arguments)
    print("kept", flush=True)


def main() -> None:
    folder, chance = Path(sys.argv[1]), random.Random(int(sys.argv[2]))
    application = QApplication(sys.argv[:1])
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    window = make_window(Theme(application, ThemeChoice.LIGHT), settings, Answers(folder / "work.nnd"))
    window.show()
    window.keep_work_in(folder / "recovery")
    savings = count(1)

    def save() -> None:
        window.document.set_notes(str(next(savings)))
        window.actions_by_name["save"].trigger()
        QTimer.singleShot(chance.randrange(1, 60), save)

    def draw() -> None:
        window.document.type_layers(f"1-{chance.randrange(1, 40)}-{chance.randrange(1, 40)}-1")
        QTimer.singleShot(chance.randrange(50, 300), draw)

    window.document.set_notes("0")
    window.trainer.train_or_pause()
    while window.trainer.snapshot.updates == 0:
        application.processEvents()
    window._autosave._timer.setInterval(round(1000 * float(sys.argv[3])))
    if int(sys.argv[2]) % 2 == 0:  # what is saved is not kept against a crash
        save()
    else:
        RecoveryFolder.keep = keep_and_tell
    draw()
    print("ready", flush=True)
    application.exec()


main()
