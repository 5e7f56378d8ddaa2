"""Whatever ends the program, and whenever: the process ends, and what was done is kept."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from known_data import make_setup

from nn_desktop import process
from nn_desktop.cli.files import export_all
from nn_desktop.cli.main import main
from nn_desktop.data.source import load
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.files import exporters
from nn_desktop.files.atomic import FileError
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.project.project_file import open_project
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.process import INTERRUPTED
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.session import Session
from nn_desktop.user_folders import recovery_folder

Capture = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[1]
ENDINGS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
MAX_WAIT = 60
"""Seconds; a process that has not ended by then hangs."""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no such signals")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    """Starts the program, or some code; nothing of it is left after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, code: str = "", before: str = "") -> "subprocess.Popen[str]":
        command = [sys.executable, *(["-c", code] if code else ["-m", "nn_desktop"]), *arguments]
        if before:
            command = ["sh", "-c", f'{before} exec "$@"', "sh", *command]
        started.append(
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            )
        )
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.communicate()


# The command line


@pytest.mark.parametrize("number", ENDINGS)
def test_a_training_that_is_ended_keeps_its_work(start: Any, tmp_path: Path, number: int) -> None:
    path = tmp_path / "a.nnd"
    assert start("train", "--epochs", "1", "--output", str(path)).wait(MAX_WAIT) == 0
    training = start("train", str(path), "--epochs", "1000000000", code=TELLS_WHEN_IT_TRAINS)
    assert training.stdout.readline() == "trains\n"
    training.send_signal(number)
    training.communicate(timeout=MAX_WAIT)
    assert training.returncode == INTERRUPTED
    assert open_project(path).project.checkpoint.epoch >= 5


TELLS_WHEN_IT_TRAINS = """
import sys
from nn_desktop.cli.main import main
from nn_desktop.training.session import Session
advance = Session.advance
def advance_and_tell(self, *parts):
    before = self.epoch
    advance(self, *parts)
    if before < 5 <= self.epoch:
        print("trains", flush=True)
Session.advance = advance_and_tell
sys.exit(main())
"""


def test_what_nohup_ignores_does_not_end_a_training(start: Any) -> None:
    training = start("train", "--epochs", "5000", code=TELLS_WHEN_IT_TRAINS, before="trap '' HUP;")
    assert training.stdout.readline() == "trains\n"
    training.send_signal(signal.SIGHUP)
    training.communicate(timeout=MAX_WAIT)
    assert training.returncode == 0


COMMANDS = {
    "train": ["train", "--epochs", "1000000000", "--output", "b.nnd", "--export", "b.npz"],
    "export": ["export", "a.nnd", "c.hpp", "c.h", "c.npz"],
    "import": ["import", "a.npz", "d.nnd"],
    "predict": ["predict", "a.nnd", "--input", "-", "--output", "e.csv"],
    "info": ["info", "a.nnd"],
    "bench": ["bench"],
    "window": [],
}


TELLS_WHEN_IT_HEARS = """
import sys
from contextlib import contextmanager
from nn_desktop.cli import main as cli
stop_on_signals = cli.stop_on_signals

@contextmanager
def stop_on_signals_and_tell():
    with stop_on_signals() as stop:
        print("begins to hear", file=sys.stderr, flush=True)
        yield stop
        print("hears no more", file=sys.stderr, flush=True)

cli.stop_on_signals = stop_on_signals_and_tell
sys.exit(cli.main())
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_ends_whenever_it_is_asked_to(start: Any, tmp_path: Path, command: str) -> None:
    made = start("train", "--epochs", "1", "--output", "a.nnd", "--export", "a.npz")
    assert made.wait(MAX_WAIT) == 0
    first = 0.08 * list(COMMANDS).index(command)  # so that all together are asked at many moments
    for delay, number in zip((first, first + 0.7, first + 1.4), ENDINGS, strict=True):
        running = start(*COMMANDS[command], code=TELLS_WHEN_IT_HEARS)
        time.sleep(delay)
        running.send_signal(number)
        _, said = running.communicate(timeout=MAX_WAIT)
        hears = "begins to hear" in said and "hears no more" not in said
        # Before it hears, the program is Python's own; and some have done their work by now.
        assert running.returncode in (0, INTERRUPTED, *(() if hears else (-number,))), said
        if running.returncode == INTERRUPTED:
            assert "Traceback" not in said
    assert [path.name for path in tmp_path.rglob("*.tmp")] == []


NEVER_ENDS = """
import hashlib, sys, threading
from nn_desktop.cli.main import main
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.files.model import TrainedModel
from nn_desktop.training.session import Session

def never_end(*parts):
    # From another thread, once this one is inside: before that, it would still hear of a signal.
    threading.Timer(0.5, lambda: print("stuck", flush=True)).start()
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)  # computes for an hour, and hears of no signal

settle = Session.ensure_finite
def settle_without_end(self):
    NumpyEngine.loss = never_end
    self._losses = None
    settle(self)

{what}
sys.exit(main())
"""
NEVER_ENDING = {
    "update": ("NumpyEngine.train = never_end", ["train", "--engine", "numpy", "--output", "b.nnd"]),
    "settle": (
        "Session.ensure_finite = settle_without_end",
        ["train", "--engine", "numpy", "--epochs", "1", "--output", "b.nnd"],
    ),
    "predict": ("TrainedModel.predict = never_end", ["predict", "a.nnd", "--input", "x.csv"]),
}


@pytest.mark.parametrize("number", ENDINGS)
@pytest.mark.parametrize(("what", "arguments"), NEVER_ENDING.values(), ids=NEVER_ENDING)
def test_what_never_ends_does_not_keep_the_program(
    start: Any, tmp_path: Path, what: str, arguments: list[str], number: int
) -> None:
    made = start("train", "--epochs", "1", "--output", "a.nnd")
    assert made.wait(MAX_WAIT) == 0
    (tmp_path / "x.csv").write_text("1\n")
    running = start(*arguments, code=NEVER_ENDS.format(what=what))
    assert running.stdout.readline() == "stuck\n"
    running.send_signal(number)
    _, said = running.communicate(timeout=MAX_WAIT)
    assert running.returncode == INTERRUPTED, said
    assert (tmp_path / "b.nnd").is_file() is ("b.nnd" in arguments)


class Stuck:
    """Ends the process by a signal at some call, and then does not come back."""

    def __init__(self, calls: int) -> None:
        self.released = threading.Event()
        self._calls = calls

    def __call__(self) -> None:
        self._calls -= 1
        if self._calls == 0:
            os.kill(os.getpid(), signal.SIGTERM)
        if self._calls <= 0:
            self.released.wait()


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """Changes of the program that the test may undo before it looks at what was kept."""
    monkeypatch.chdir(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.0)
    made: list[Stuck] = []

    def stuck(calls: int) -> Stuck:
        made.append(Stuck(calls))
        return made[-1]

    yield stuck
    for each in made:
        each.released.set()


ENDLESS = ["train", "--engine", "numpy", "--epochs", "1000000000", "--output", "a.nnd"]


def test_an_update_that_does_not_end_costs_that_update_alone(
    patch: pytest.MonkeyPatch, capsys: Capture, stuck: Any
) -> None:
    patch.setattr("nn_desktop.cli.train.SLICE_SECONDS", 0.0)  # every update counts as one that takes long
    advance, halt = Session.advance, stuck(5)

    def advance_or_not(self: Session, *parts: Any) -> bool:
        halt()
        return advance(self, *parts)

    patch.setattr(Session, "advance", advance_or_not)
    assert main(ENDLESS) == INTERRUPTED
    patch.undo()
    checkpoint = open_project(Path("a.nnd")).project.checkpoint
    assert checkpoint.updates == 4
    assert "kept as it was after 4 updates" in capsys.readouterr().err
    assert_same_as_straight(checkpoint.parameters.vector, 4)


def test_losses_that_take_too_long_cost_nothing_that_was_learned(
    patch: pytest.MonkeyPatch, capsys: Capture, stuck: Any
) -> None:
    settle, halt = Session.ensure_finite, stuck(1)

    def settle_slowly(self: Session) -> None:
        patch.setattr(NumpyEngine, "loss", lambda *_: halt())
        self._losses = None
        settle(self)

    patch.setattr(Session, "ensure_finite", settle_slowly)
    assert main([*ENDLESS[:-4], "--epochs", "3", *ENDLESS[-2:], "--json"]) == INTERRUPTED
    patch.undo()
    checkpoint = open_project(Path("a.nnd")).project.checkpoint
    assert checkpoint.epoch == 3
    captured = capsys.readouterr()
    assert '"train_loss": null' in captured.out
    assert_same_as_straight(checkpoint.parameters.vector, checkpoint.updates)


def test_a_search_for_the_last_finite_state_that_is_cut_short_keeps_the_last_known_one(
    patch: pytest.MonkeyPatch, capsys: Capture, stuck: Any
) -> None:
    search, halt = Session._return_to_finite, stuck(1)
    known: list[int] = []

    def search_slowly(self: Session) -> None:
        known.append(self._good.updates)
        patch.setattr(Session, "restore", lambda *_: halt())
        search(self)

    patch.setattr(Session, "_return_to_finite", search_slowly)
    assert main([*ENDLESS, "--learning-rate", "1e4", "--layers", "3:relu"]) == INTERRUPTED
    patch.undo()
    checkpoint = open_project(Path("a.nnd")).project.checkpoint
    assert [checkpoint.updates] == known
    assert np.isfinite(checkpoint.parameters.vector).all()
    assert f"kept as it was after {known[0]} updates" in capsys.readouterr().err


def assert_same_as_straight(vector: np.ndarray, updates: int) -> None:
    setup = make_setup(
        "sine", parse_layers("16-16"), Activation.TANH, Hyperparameters(engine=EngineName.NUMPY)
    )
    straight = Session(setup)
    straight.advance(updates)
    assert straight.parameters.vector.tobytes() == vector.tobytes()


# The window

WINDOW = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QMenu
from nn_desktop.cli.main import main
from nn_desktop.desktop import app

def window():
    return next(w for w in QApplication.topLevelWidgets() if w.objectName() == "main_window")

def begin():
    window().document.type_layers("1-5-1")
    window().trainer.train_or_pause()
    QTimer.singleShot(100, tell)

def tell():
    if window().trainer.snapshot.updates > 0 and window().project.is_modified:
        QTimer.singleShot(200, lambda: print("ready", flush=True))
        {what}
    else:
        QTimer.singleShot(100, tell)

make_window = app.make_window
def make_and_begin(*parts):
    QTimer.singleShot(200, begin)
    return make_window(*parts)
app.make_window = make_and_begin
sys.exit(main([]))
"""
STATES = {
    "while the training does not come to an end": "window().trainer.post(lambda session: time.sleep(1000))",
    "while it saves and the training does not come to an end": (
        "window().project.take_over(Path('a.nnd'), 'a', 0); "
        "window().trainer.post(lambda session: time.sleep(1000)); window().saver.save()"
    ),
    "while a dialog is open": 'QMessageBox.question(window(), "a", "b")',
    "while it asks whether to save": "window().close()",
    "while a menu is open": "QMenu('a', window()).exec()",
}


@pytest.mark.parametrize("number", ENDINGS)
def test_a_window_that_is_ended_keeps_its_work(start: Any, number: int) -> None:
    assert_it_keeps_its_work(start, "pass", number)


@pytest.mark.parametrize("what", STATES.values(), ids=STATES)
def test_nothing_keeps_a_window_from_ending(start: Any, what: str) -> None:
    assert_it_keeps_its_work(start, what, signal.SIGTERM)


def assert_it_keeps_its_work(start: Any, what: str, number: int) -> None:
    window = start(code=WINDOW.format(what=what))
    assert window.stdout.readline() == "ready\n"
    window.send_signal(number)
    _, said = window.communicate(timeout=MAX_WAIT)
    assert window.returncode == INTERRUPTED, said
    (kept,) = recovery_folder().glob("*/work.nnd")
    checkpoint = open_project(kept).project.checkpoint
    assert checkpoint.setup.topology.sizes == (1, 5, 1)
    assert checkpoint.updates > 0


ASKED_WHILE_IT_OPENS = """
import os, signal, sys
from nn_desktop.cli.main import main
from nn_desktop.desktop import app
app.check_display = lambda: os.kill(os.getpid(), signal.SIGTERM)
app.make_window = lambda *parts: os._exit(3)
sys.exit(main([]))
"""


def test_a_window_that_is_ended_while_it_opens_does_not_open(start: Any) -> None:
    assert start(code=ASKED_WHILE_IT_OPENS).wait(MAX_WAIT) == INTERRUPTED


def test_a_window_that_ignores_a_signal_stays(start: Any) -> None:
    window = start(code=WINDOW.format(what="pass"), before="trap '' HUP;")
    assert window.stdout.readline() == "ready\n"
    window.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        window.wait(1)
    window.send_signal(signal.SIGTERM)
    window.communicate(timeout=MAX_WAIT)
    assert window.returncode == INTERRUPTED


def test_an_export_that_does_not_end_in_time_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    stop, may_go_on = process.StopRequest(), threading.Event()

    def to_files(model: TrainedModel, name: str) -> dict[str, bytes]:
        stop.ask()
        may_go_on.wait(MAX_WAIT)
        raise FileError("too late")

    slow = replace(exporters.find_exporter(Path("a.h")), to_files=to_files)
    monkeypatch.setattr(exporters, "EXPORTERS", (slow,))
    setup = make_setup("sine", parse_layers("1-2-1"), Activation.TANH)
    model = TrainedModel.of(setup, load(setup.data), Session(setup).checkpoint().parameters)
    try:
        assert export_all(model, [tmp_path / "a.h", tmp_path / "b.h"], stop) == []
    finally:
        may_go_on.set()
    assert stop.has_left_work
    said = capsys.readouterr().err
    for name in ("a.h", "b.h"):
        assert f'"{name}" was not written, since the program was asked to end.' in said
    assert list(tmp_path.iterdir()) == []
