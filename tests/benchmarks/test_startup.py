"""Start to first window, against a bare window of PySide6 and pyqtgraph in the same run."""

import os
import subprocess
import sys

import pytest

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph as pg
application = QApplication([])
window = QMainWindow()
window.setCentralWidget(pg.PlotWidget())
window.show()
application.processEvents()
"""

# In the order of the program: `cli.main` switches the collection of garbage off, and imports the window.
WHOLE = """
import gc
import sys
gc.disable()
from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.dialogs.dialogs import WindowDialogs
from nn_desktop.desktop.look.theme import Theme
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
application = QApplication([])
window = make_window(Theme(application), QSettings(sys.argv[1], QSettings.Format.IniFormat), WindowDialogs())
window.show()
application.processEvents()
window.close()
"""


def start(code: str, settings: str) -> None:
    # As it is installed: compiled once, and not at every start.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "PYQTGRAPH_QT_LIB": "PySide6"}
    subprocess.run([sys.executable, "-c", code, settings], env=environment, check=True, capture_output=True)


@pytest.mark.parametrize("code", [BARE, WHOLE], ids=["bare window", "NN Desktop"])
@pytest.mark.benchmark(group="start to first window")
def test_start_to_first_window(benchmark, code, tmp_path):
    def setup() -> tuple[tuple[str, str], dict[str, object]]:
        settings = tmp_path / "settings.ini"
        settings.unlink(missing_ok=True)  # each is a first start
        return (code, str(settings)), {}

    benchmark.pedantic(start, setup=setup, rounds=7, warmup_rounds=1)
