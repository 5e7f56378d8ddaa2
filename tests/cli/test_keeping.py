"""A training on the command line keeps its work as the window does: killing it costs little."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nn_desktop.cli.main import main
from nn_desktop.files.project.project_file import open_project
from nn_desktop.files.project.recovery import left_behind
from nn_desktop.user_folders import recovery_folder

TRAIN = """
import sys, time
from nn_desktop.cli import keeping
from nn_desktop.cli.main import main

keep = keeping.WorkKeeper.__init__
def keep_often(*arguments):
    keep(*arguments, interval_seconds=0.1)

keeping.WorkKeeper.__init__ = keep_often
due = keeping.WorkKeeper.keep_if_due
def keep_and_tell(self):
    is_due = time.monotonic() - self._kept_at >= self._interval
    due(self)
    if is_due:
        self._kept_at = time.monotonic()
        print("due", flush=True)

if "--tell" in sys.argv:
    sys.argv.remove("--tell")
    keeping.WorkKeeper.keep_if_due = keep_and_tell
sys.exit(main(["train", *sys.argv[1:]]))
"""


def start(*arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", TRAIN, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for_kept_work(updates: int = 0) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for work in recovery_folder().glob("*/work.nnd"):
            if open_project(work).project.checkpoint.updates > updates:
                return
        time.sleep(0.02)
    pytest.fail("nothing was kept")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is another thing there")
@pytest.mark.parametrize("is_new", [False, True])
def test_a_training_that_is_killed_has_kept_its_work(is_new: bool) -> None:
    assert main(["train", "--output", "a.nnd", "--epochs", "1"]) == 0
    before = open_project(Path("a.nnd")).project.checkpoint
    arguments = ("--output", "new.nnd") if is_new else ("a.nnd",)
    training = start(*arguments, "--epochs", "100000000")
    wait_for_kept_work(before.updates)
    assert left_behind(recovery_folder()) == []  # its program lives
    training.send_signal(signal.SIGKILL)
    training.communicate()
    (found,) = left_behind(recovery_folder())
    name = "new" if is_new else "a"
    assert (found.about.name, found.about.path) == (name, Path(f"{name}.nnd").absolute())
    assert not found.is_overtaken
    assert open_project(found.work).project.checkpoint.updates > before.updates
    assert open_project(Path("a.nnd")).project.checkpoint.updates == before.updates
    found.folder.remove()


def test_a_training_that_ends_has_saved_its_work_and_keeps_nothing() -> None:
    training = start("--output", "a.nnd", "--epochs", "100000000")
    wait_for_kept_work()
    training.send_signal(signal.SIGINT)
    _, said = training.communicate()
    assert training.returncode == 130, said
    assert open_project(Path("a.nnd")).project.checkpoint.updates > 0
    assert list(recovery_folder().iterdir()) == []


def test_without_a_project_nothing_is_kept() -> None:
    training = start("--tell", "--epochs", "100000000")
    assert training.stdout is not None
    assert training.stdout.readline() == b"due\n"
    assert training.stdout.readline() == b"due\n"
    training.send_signal(signal.SIGINT)
    training.communicate()
    assert training.returncode == 130
    assert not recovery_folder().exists()


def test_a_run_that_has_diverged_unseen_keeps_its_last_finite_moment() -> None:
    training = start("--output", "a.nnd", "--epochs", "100", "--learning-rate", "1e9")
    _, said = training.communicate()
    assert training.returncode == 1
    assert b"cannot be read back" not in said
    assert open_project(Path("a.nnd")).project.checkpoint.diverged


def test_where_nothing_can_be_kept_it_is_said_once_and_trains_on() -> None:
    recovery_folder().parent.mkdir(parents=True)
    recovery_folder().write_text("a file is in the way")
    training = start("--output", "a.nnd", "--epochs", "3000")
    _, said = training.communicate()
    assert training.returncode == 0
    assert said.count(b"Work cannot be kept") == 1
    assert open_project(Path("a.nnd")).project.checkpoint.epoch == 3000


def test_a_backup_that_cannot_be_made_is_said_and_the_project_is_saved(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "x" * 248 + ".nnd"
    assert main(["train", "--output", name, "--epochs", "1"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["train", name, "--epochs", "1"]) == 0
    assert "the version before could not be kept" in capsys.readouterr().err
    assert open_project(Path(name)).project.checkpoint.epoch == 2
