"""What happens before the window opens, and what does not."""

import gc
import subprocess
import sys

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from nn_desktop.cli.main import main
from nn_desktop.desktop import app

FIND_LATE_IMPORTS = """
import sys
import nn_desktop.desktop
early = set(sys.modules)
assert "numpy" in early and "PySide6" not in early
import nn_desktop.desktop.app
late = set(sys.modules) - early
own = {name for name in late if name.startswith("nn_desktop.")}
print(sorted(name for name in own if not name.startswith("nn_desktop.desktop.")))
"""

FIND_UNSEEN_PANELS = """
import sys
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.dialogs.dialogs import WindowDialogs
from nn_desktop.desktop.look.theme import Theme
application = QApplication([])
settings = QSettings(sys.argv[1], QSettings.Format.IniFormat)
window = make_window(Theme(application), settings, WindowDialogs())
window.resize(1440, 900)
window.show()
application.processEvents()  # paints it
application.processEvents()  # makes its panels
panels = ("data", "learning", "outline", "inspector", "notes", "export")
print([name for name in panels if any(module.endswith(f".{name}_panel") for module in sys.modules)])
window.close_without_asking()
"""


def test_a_panel_that_is_not_in_view_at_the_start_is_not_even_imported(tmp_path):
    command = [sys.executable, "-c", FIND_UNSEEN_PANELS, str(tmp_path / "settings.ini")]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout == "['data', 'learning']\n"


def test_all_that_knows_nothing_of_qt_is_imported_before_it():
    result = subprocess.run(
        [sys.executable, "-c", FIND_LATE_IMPORTS], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout == "[]\n"


def test_no_garbage_is_looked_for_while_the_window_is_made(monkeypatch):
    collects = []
    monkeypatch.setattr(app, "run_window", lambda arguments, stop: collects.append(gc.isenabled()) or 0)
    assert main([]) == 0
    assert collects == [False]
    assert gc.isenabled()


class ShownWindows(QObject):
    """Watches which windows come up."""

    def __init__(self):
        super().__init__()
        self.names = []

    def eventFilter(self, watched, event):  # noqa: N802  # Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(watched.objectName())
        return False


def test_no_panel_comes_up_as_a_window_of_its_own_while_it_is_made(qtbot, qapp, open_window):
    shown = ShownWindows()
    qapp.installEventFilter(shown)
    window = open_window()
    for name in window.docks.by_name:
        window.docks.widget(name)
    qapp.removeEventFilter(shown)
    assert shown.names == ["main_window"]
    assert window.isActiveWindow()  # such a window would have taken the keys
