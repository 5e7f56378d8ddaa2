"""What other programs do to the project's file is told at once."""

import os
import shutil
from pathlib import Path

import pytest
from known_data import make_setup
from PySide6.QtCore import QFileSystemWatcher, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from window_driver import settle

from nn_desktop.desktop.project import file_watch
from nn_desktop.files.project.project import Project
from nn_desktop.files.project.project_file import backup_of, open_project, save_project
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session

CHANGED = "Another program has changed a.nnd"
GONE = "a.nnd is gone"


@pytest.fixture
def path(qtbot, window, dialogs, tmp_path):
    """The file of the project in the window."""
    dialogs.path = tmp_path / "a.nnd"
    window.actions_by_name["save_as"].trigger()
    settle(qtbot, window)
    return dialogs.path


def wait_for(qtbot, window, text):
    qtbot.waitUntil(lambda: text in window.message_bar.text)


def wait_for_looks(qtbot, window):
    """Wait until a look that the last change would cause is over."""
    QTest.qWait(3 * file_watch.SETTLE_MILLISECONDS)
    settle(qtbot, window)


def press(window, name):
    QTest.mouseClick(window.message_bar.findChild(object, name), Qt.MouseButton.LeftButton)


def save_another(path: Path, layers: str = "1-3-1") -> None:
    """Do as a second window does."""
    setup = make_setup("sine", parse_layers(layers), Activation.TANH)
    save_project(Project(Session(setup).checkpoint()), path)


def sizes_in(path: Path) -> tuple[int, ...]:
    return open_project(path).project.checkpoint.setup.topology.sizes


def test_what_another_program_saved_is_told_at_once_and_opened_if_wanted(qtbot, window, document, path):
    save_another(path)
    wait_for(qtbot, window, CHANGED)
    assert window.isWindowModified()
    press(window, "message_other_answer")
    settle(qtbot, window)
    assert document.setup.topology.sizes == (1, 3, 1)
    assert not window.isWindowModified()
    window.actions_by_name["undo"].trigger()
    assert document.setup.topology.sizes == (1, 8, 8, 1)


def test_who_keeps_the_own_version_saves_it_without_another_question(qtbot, window, path):
    save_another(path)
    wait_for(qtbot, window, CHANGED)
    press(window, "message_answer")
    assert window.isWindowModified()
    window.actions_by_name["save"].trigger()
    settle(qtbot, window)
    assert window.message_bar.text == ""
    assert sizes_in(path) == (1, 8, 8, 1)
    assert sizes_in(backup_of(path)) == (1, 3, 1)


def test_a_file_changed_in_place_is_told_too(qtbot, window, path):
    with path.open("ab") as file:
        file.write(b"more")
    wait_for(qtbot, window, CHANGED)


def test_each_further_version_is_told(qtbot, window, path):
    for layers in ("1-3-1", "1-4-4-1"):
        save_another(path, layers)
        wait_for(qtbot, window, CHANGED)
        window.message_bar.hide()
    wait_for_looks(qtbot, window)
    assert window.message_bar.text == ""  # the last one once


@pytest.mark.parametrize("remove", [Path.unlink, lambda path: path.rename(path.with_name("b.nnd"))])
def test_a_file_that_is_gone_is_told_and_saved_again(qtbot, window, path, remove):
    remove(path)
    wait_for(qtbot, window, GONE)
    assert window.isWindowModified()
    press(window, "message_answer")
    settle(qtbot, window)
    assert sizes_in(path) == (1, 8, 8, 1)
    assert not window.isWindowModified()


def test_a_folder_that_is_gone_is_told(qtbot, window, dialogs, tmp_path):
    (tmp_path / "folder").mkdir()
    dialogs.path = tmp_path / "folder" / "a.nnd"
    window.actions_by_name["save_as"].trigger()
    settle(qtbot, window)
    shutil.rmtree(tmp_path / "folder")
    wait_for(qtbot, window, GONE)


def test_a_project_behind_a_symbolic_link_is_watched(qtbot, window, dialogs, tmp_path):
    (tmp_path / "real").mkdir()
    save_another(tmp_path / "real" / "real.nnd")
    (tmp_path / "a.nnd").symlink_to(tmp_path / "real" / "real.nnd")
    window.opener.open_file(tmp_path / "a.nnd")
    settle(qtbot, window)
    save_another(tmp_path / "real" / "real.nnd", "1-4-1")
    wait_for(qtbot, window, CHANGED)


def test_what_the_program_saves_itself_is_not_told(qtbot, window, document, path):
    for layers in ("1-3-1", "1-4-1"):
        document.type_layers(layers)
        window.actions_by_name["save"].trigger()
        settle(qtbot, window)
        wait_for_looks(qtbot, window)
        assert window.message_bar.text == ""
        assert not window.isWindowModified()


def test_a_file_that_is_left_is_watched_no_longer(qtbot, window, dialogs, path):
    dialogs.path = path.with_name("b.nnd")
    window.actions_by_name["save_as"].trigger()
    settle(qtbot, window)
    path.unlink()
    wait_for_looks(qtbot, window)
    assert window.message_bar.text == ""


def test_a_folder_that_reports_nothing_is_looked_at_when_a_window_becomes_active(
    qtbot, window, dialogs, tmp_path, monkeypatch
):
    monkeypatch.setattr(QFileSystemWatcher, "addPaths", lambda self, paths: paths)
    dialogs.path = tmp_path / "a.nnd"
    window.actions_by_name["save_as"].trigger()
    settle(qtbot, window)
    save_another(dialogs.path)
    wait_for_looks(qtbot, window)
    assert window.message_bar.text == ""
    QGuiApplication.instance().focusWindowChanged.emit(window.windowHandle())
    wait_for(qtbot, window, CHANGED)


def test_the_keys_stay_where_they_are_when_it_is_told(qtbot, window, document, path):
    window.readout.layers_field.setFocus()
    os.truncate(path, 10)
    wait_for(qtbot, window, CHANGED)
    QTest.keyClicks(window.readout.layers_field, " ")
    assert window.readout.layers_field.hasFocus()
    assert CHANGED in window.message_bar.text
