"""Saving and opening a large project beside the training: how long, and whether a frame is dropped.

Not run by default; no time is asserted, for it depends on the machine. The figures are printed (``-s``), and
kept as extra info.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("project_at_work.py")


@pytest.mark.benchmark(group="beside the window")
def test_saving_and_opening_a_large_project(benchmark):
    def run() -> dict[str, object]:
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYQTGRAPH_QT_LIB": "PySide6"}
        done = subprocess.run(
            [sys.executable, str(PROGRAM)], env=environment, check=True, capture_output=True, text=True
        )
        return json.loads(done.stdout.splitlines()[-1])

    figures = benchmark.pedantic(run, rounds=1)
    assert figures["message"] == "Saved digits.nnd."
    benchmark.extra_info.update(figures)
    print(f"\n{figures}")
