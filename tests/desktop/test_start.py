"""What happens before the window opens, and what does not."""

import gc
import subprocess
import sys

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
