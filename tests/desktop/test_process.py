"""The program as a process of its own: it opens, trains, and closes in time without a word."""

import os
import shutil
import subprocess
import sys
import textwrap

import pytest

OFFSCREEN_REMARK = "This plugin does not support propagateSizeHints()"

CLOSE_WHILE_TRAINING = textwrap.dedent(
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from nn_desktop.cli.main import main
    from nn_desktop.desktop import app

    def close():
        window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "main_window")
        assert window.trainer.is_running
        if window.trainer.snapshot.updates > 0:
            window.close()
        else:  # on a busy machine the engines are still measured
            QTimer.singleShot(100, close)

    def train():
        window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "main_window")
        window.actions_by_name["train_or_pause"].trigger()
        QTimer.singleShot(1000, close)

    make_window = app.make_window
    def make_and_train(*parts):
        QTimer.singleShot(500, train)
        return make_window(*parts)
    app.make_window = make_and_train

    code = main([])
    print(code)
    """
)


TELL_THE_PACE = textwrap.dedent(
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from nn_desktop.cli.main import main
    from nn_desktop.desktop import app

    def tell():
        window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "main_window")
        print(window.trainer.pace)
        window.close()

    make_window = app.make_window
    def make_and_tell(*parts):
        QTimer.singleShot(300, tell)
        return make_window(*parts)
    app.make_window = make_and_tell
    main([])
    """
)


def run(code: str, home, **environment: str) -> subprocess.CompletedProcess:
    variables = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), **environment}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=variables, capture_output=True, text=True, timeout=60
    )


def said(result: subprocess.CompletedProcess) -> list[str]:
    return [line for line in result.stderr.splitlines() if line != OFFSCREEN_REMARK]


def test_closing_while_training_ends_it_without_a_message(tmp_path):
    result = run(CLOSE_WHILE_TRAINING, tmp_path, QT_QPA_PLATFORM="offscreen")
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["0"]  # it came to its end: nothing else would end the training
    assert said(result) == []


def test_only_the_first_window_of_all_begins_to_train_slowly(tmp_path):
    told = [run(TELL_THE_PACE, tmp_path, QT_QPA_PLATFORM="offscreen").stdout.split() for _ in range(2)]
    assert told == [["5"], ["inf"]]


@pytest.fixture
def display():
    """A virtual X server of the test's own."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("no Xvfb here: the README's test command installs it")
    read, write = os.pipe()
    process = subprocess.Popen(
        [server, "-displayfd", str(write), "-screen", "0", "1440x900x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    process.terminate()
    process.wait()


def test_the_real_window_opens_trains_and_closes_under_an_x_server(tmp_path, display):
    result = run(CLOSE_WHILE_TRAINING, tmp_path, QT_QPA_PLATFORM="xcb", DISPLAY=display)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split()[0] == "0"
    assert said(result) == []


def test_without_a_display_one_sentence_says_what_to_do(tmp_path):
    variables = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    result = subprocess.run(
        [sys.executable, "-m", "nn_desktop"], env=variables, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 2
    assert "no display" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "display",
    [{"DISPLAY": ":4711"}, {"WAYLAND_DISPLAY": "nobody-there"}, {"QT_QPA_PLATFORM": "no-such-platform"}],
    ids=lambda display: next(iter(display)),
)
def test_a_display_that_does_not_answer_is_told_in_one_sentence(tmp_path, display):
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    variables = {name: value for name, value in os.environ.items() if name not in names} | display
    result = subprocess.run(
        [sys.executable, "-m", "nn_desktop"],
        env=variables | {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 2
    assert "cannot be opened" in result.stderr and "nn-desktop train" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
