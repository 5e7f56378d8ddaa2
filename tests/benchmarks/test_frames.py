"""Training at full speed beside the window: frames, speed, clicks.

Not run by default; no time is asserted, for it depends on the machine. The figures are printed (``-s``), and
kept as extra info.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("window_at_work.py")


@pytest.fixture(params=["offscreen", "xcb"])
def screen(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """An environment with a screen: none that is seen, or a virtual X server."""
    environment = os.environ | {"QT_QPA_PLATFORM": request.param, "PYQTGRAPH_QT_LIB": "PySide6"}
    if request.param == "offscreen":
        yield environment
        return
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("no Xvfb here")
    reading, writing = os.pipe()
    command = [server, "-displayfd", str(writing), "-screen", "0", "1600x1000x24"]
    process = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            yield environment | {"DISPLAY": f":{pipe.readline().strip()}"}
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("engine", ["cpp", "numpy"])
@pytest.mark.parametrize(
    ("dataset", "layers"),
    [("sine", "1-16-16-1"), ("spiral", "2-8-8-1"), ("digits", "64-128-64-10")],
    ids=lambda value: value if "-" in value else "",
)
@pytest.mark.benchmark(group="beside the window")
def test_training_beside_the_window(benchmark, screen, engine, dataset, layers):
    def run() -> dict[str, object]:
        command = [sys.executable, str(PROGRAM), engine, dataset, layers]
        done = subprocess.run(command, env=screen, check=True, capture_output=True, text=True)
        return json.loads(done.stdout.splitlines()[-1])

    figures = benchmark.pedantic(run, rounds=1)
    assert figures["frames"] > 0
    benchmark.extra_info.update(figures)
    print(f"\n{screen['QT_QPA_PLATFORM']} {layers}: {figures}")
