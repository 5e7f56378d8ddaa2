"""New, open, save and all the rest, by the window's own actions."""

import json
import os
import shutil
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from known_data import make_setup
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit
from window_driver import find, settle

from nn_desktop.cli.main import main
from nn_desktop.data import source
from nn_desktop.desktop.dialogs.dialogs import Unsaved
from nn_desktop.desktop.dialogs.last_folder import FOLDER
from nn_desktop.desktop.project.recent_files import RecentFiles
from nn_desktop.files.imports import adoption
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.project import checkpoint_document
from nn_desktop.files.project.about import About
from nn_desktop.files.project.project import Project
from nn_desktop.files.project.project_file import backup_of, open_project, save_project
from nn_desktop.files.project.recovery import RecoveryFolder
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training import session as session_module
from nn_desktop.training.runs import Runs, file_run, star_run
from nn_desktop.training.session import Session
from nn_desktop.training.settings import LEARNING_RATE


def act(window, name):
    window.actions_by_name[name].trigger()


def idle(qtbot, window):
    """Wait until all is written or read, and all that came of it is shown."""
    settle(qtbot, window)


def bits(window):
    snapshot = window.trainer.snapshot
    return snapshot.setup, snapshot.updates, snapshot.parameters.vector.tobytes(), snapshot.history.tobytes()


@pytest.fixture
def save(qtbot, window, dialogs):
    def save_in(path: Path):
        dialogs.path = path
        act(window, "save_as")
        idle(qtbot, window)

    return save_in


def train(qtbot, window, updates=20):
    for _ in range(updates):
        act(window, "step_update")
    idle(qtbot, window)


def test_the_title_says_what_is_open_and_whether_it_is_saved(qtbot, window, document, tmp_path, save):
    assert window.windowTitle() == "untitled[*] — NN Desktop"
    assert not window.isWindowModified()
    document.type_layers("1-5-1")
    assert window.isWindowModified()
    save(tmp_path / "my net")
    assert window.windowTitle() == "my net[*] — NN Desktop"
    assert not window.isWindowModified()
    train(qtbot, window)
    assert window.isWindowModified()
    act(window, "save")
    idle(qtbot, window)
    assert not window.isWindowModified()
    act(window, "reset")
    assert window.isWindowModified()


def test_saved_closed_and_opened_it_goes_on_bit_by_bit(qtbot, open_window, dialogs, tmp_path):
    window = open_window()
    window.document.type_layers("1-6-5-1")
    window.document.set_notes("A try.\nAnd another one.")
    train(qtbot, window, 33)
    dialogs.path = tmp_path / "a.nnd"
    act(window, "save")
    idle(qtbot, window)
    setup, known = window.document.setup, bits(window)
    window.close()
    other = open_window()
    other.opener.open_file(tmp_path / "a.nnd")
    idle(qtbot, other)
    assert bits(other) == known
    assert other.document.notes == "A try.\nAnd another one."
    assert not other.isWindowModified()
    assert not other.document.undo_stack.canUndo()
    train(qtbot, other, 40)
    straight = Session(setup)
    straight.advance(73)
    assert bits(other)[2] == straight.parameters.vector.tobytes()


@pytest.mark.parametrize("opened", ["project", "network", "link", "new project", "version saved last"])
def test_samples_of_what_is_opened_are_loaded_beside_the_window(
    qtbot, window, document, dialogs, tmp_path, save, monkeypatch, opened
):
    threads = []

    def load(settings):
        threads.append(threading.current_thread())
        return source.load(settings)

    save(tmp_path / "a.nnd")
    assert main(["export", str(tmp_path / "a.nnd"), str(tmp_path / "a.json")]) == 0
    act(window, "copy_link")
    document.type_layers("1-3-1")
    idle(qtbot, window)
    for module in (session_module, checkpoint_document, adoption):
        monkeypatch.setattr(module, "load", load)
    dialogs.unsaved = Unsaved.DISCARD
    match opened:
        case "project" | "network":
            window.opener.open_file(tmp_path / ("a.nnd" if opened == "project" else "a.json"))
        case "link":
            window.opener.open_source(QGuiApplication.clipboard().text())
        case _:
            act(window, "new_project" if opened == "new project" else "revert")
    idle(qtbot, window)
    assert document.setup.topology.sizes == (1, 8, 8, 1)
    assert threads
    assert threading.main_thread() not in threads


def test_what_is_opened_last_is_what_is_open(qtbot, window, document, tmp_path, save):
    for name, layers in (("a", "1-3-1"), ("b", "1-4-1")):
        document.type_layers(layers)
        save(tmp_path / f"{name}.nnd")
    for name in ("b", "a"):
        window.opener.open_file(tmp_path / f"{name}.nnd")
    idle(qtbot, window)
    assert document.setup.topology.sizes == (1, 3, 1)
    assert window.project.path == tmp_path / "a.nnd"


def test_saving_while_it_trains_takes_one_moment_and_trains_on(qtbot, window, trainer, tmp_path, save):
    act(window, "train_or_pause")
    qtbot.waitUntil(lambda: trainer.snapshot.updates > 500)
    dialogs = window.saver._dialogs
    dialogs.path = tmp_path / "a.nnd"
    act(window, "save")
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == "Saved a.nnd.")
    assert trainer.is_running
    checkpoint = open_project(tmp_path / "a.nnd").project.checkpoint
    straight = Session(checkpoint.setup)
    straight.advance(checkpoint.updates)
    assert straight.parameters.vector.tobytes() == checkpoint.parameters.vector.tobytes()
    qtbot.waitUntil(window.isWindowModified)  # as soon as a later moment is seen


@pytest.mark.parametrize("answer", list(Unsaved))
def test_leaving_asks_once(qtbot, window, document, dialogs, tmp_path, answer):
    document.type_layers("1-5-1")
    dialogs.unsaved, dialogs.path = answer, tmp_path / "a.nnd"
    act(window, "new_project")
    sizes = (1, 5, 1) if answer is Unsaved.STAY else (1, 8, 8, 1)
    qtbot.waitUntil(lambda: document.setup.topology.sizes == sizes)
    idle(qtbot, window)
    assert len(dialogs.asked_unsaved) == 1
    assert (tmp_path / "a.nnd").exists() == (answer is Unsaved.SAVE)
    assert window.isWindowModified() == (answer is Unsaved.STAY)
    dialogs.unsaved = Unsaved.DISCARD


def test_closing_asks_once_and_saves(qtbot, window, document, dialogs, tmp_path):
    document.type_layers("1-5-1")
    dialogs.unsaved = Unsaved.STAY
    window.close()
    assert window.isVisible()
    dialogs.unsaved, dialogs.path = Unsaved.SAVE, tmp_path / "a.nnd"
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert dialogs.asked_unsaved == ["untitled", "untitled"]
    assert open_project(tmp_path / "a.nnd").project.checkpoint.setup.topology.sizes == (1, 5, 1)


def test_what_cannot_be_saved_is_not_left(qtbot, window, document, dialogs, tmp_path):
    document.type_layers("1-5-1")
    (tmp_path / "a.nnd").mkdir()
    dialogs.unsaved, dialogs.path = Unsaved.SAVE, tmp_path / "a.nnd"
    window.close()
    qtbot.waitUntil(lambda: "it is a folder" in window.message_bar.text)
    assert window.isVisible()
    assert window.isWindowModified()
    dialogs.path = tmp_path / "b.nnd"
    button = window.message_bar.findChild(object, "message_answer")
    assert button.text() == "Save as…"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    idle(qtbot, window)
    assert (tmp_path / "b.nnd").exists()
    assert not window.isWindowModified()


def test_an_untouched_example_closes_without_a_question(qtbot, window, dialogs):
    train(qtbot, window)
    window.close()
    assert dialogs.asked_unsaved == []


def test_the_version_before_is_kept_and_can_be_opened(qtbot, window, document, dialogs, tmp_path, save):
    save(tmp_path / "a.nnd")
    document.type_layers("1-3-1")
    act(window, "save")
    idle(qtbot, window)
    window.opener.open_file(backup_of(tmp_path / "a.nnd"))
    idle(qtbot, window)
    assert document.setup.topology.sizes == (1, 8, 8, 1)
    assert window.project.path is None  # it does not overwrite itself
    assert window.isWindowModified()


def test_revert_can_be_undone(qtbot, window, document, tmp_path, save):
    train(qtbot, window)
    save(tmp_path / "a.nnd")
    saved = bits(window)
    document.type_layers("1-3-1")
    train(qtbot, window)
    changed = bits(window)
    act(window, "revert")
    idle(qtbot, window)
    assert bits(window) == saved
    assert not window.isWindowModified()
    act(window, "undo")
    idle(qtbot, window)
    assert bits(window) == changed
    assert window.isWindowModified()


def test_duplicate_leaves_the_file_alone(qtbot, window, document, dialogs, tmp_path, save):
    save(tmp_path / "a.nnd")
    act(window, "duplicate_project")
    assert window.windowTitle() == "a copy[*] — NN Desktop"
    assert window.isWindowModified()
    document.type_layers("1-3-1")
    dialogs.path = tmp_path / "b.nnd"
    act(window, "save")
    idle(qtbot, window)
    assert open_project(tmp_path / "a.nnd").project.checkpoint.setup.topology.sizes == (1, 8, 8, 1)
    assert open_project(tmp_path / "b.nnd").project.checkpoint.setup.topology.sizes == (1, 3, 1)


def test_a_file_that_changed_meanwhile_is_not_replaced_without_a_question(
    qtbot, window, document, tmp_path, save
):
    path = tmp_path / "a.nnd"
    save(path)
    document.type_layers("1-3-1")
    path.write_bytes(b"somebody else's")
    act(window, "save")
    assert "Another program has changed a.nnd" in window.message_bar.text
    assert path.read_bytes() == b"somebody else's"
    press(window, "message_other_answer")
    idle(qtbot, window)
    assert open_project(path).project.checkpoint.setup.topology.sizes == (1, 3, 1)
    assert backup_of(path).read_bytes() == b"somebody else's"


def test_enter_on_the_question_whether_to_replace_a_file_asks_for_another_one(
    qtbot, window, document, dialogs, tmp_path, save
):
    path = tmp_path / "a.nnd"
    save(path)
    document.type_layers("1-3-1")
    path.write_bytes(b"somebody else's")
    act(window, "save")
    dialogs.path = tmp_path / "b.nnd"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    idle(qtbot, window)
    assert path.read_bytes() == b"somebody else's"
    assert open_project(tmp_path / "b.nnd").project.checkpoint.setup.topology.sizes == (1, 3, 1)


def test_a_damaged_file_leaves_everything_as_it_is(qtbot, window, document, tmp_path, save):
    document.type_layers("1-3-1")
    idle(qtbot, window)
    before = bits(window)
    for content in (b"", b"PK\x05\x06", b"\x00" * 1000, b"{}"):
        (tmp_path / "bad.nnd").write_bytes(content)
        window.opener.open_file(tmp_path / "bad.nnd")
        idle(qtbot, window)
        assert "cannot be opened" in window.message_bar.text
    idle(qtbot, window)
    assert bits(window) == before
    assert document.undo_stack.canUndo()


def test_recent_projects_are_in_the_menu(qtbot, window, dialogs, tmp_path, save):
    for name in ("a & b.nnd", "c.nnd"):
        save(tmp_path / name)
    menu = window._recent_menu
    menu.fill()
    assert [action.text() for action in menu.actions()][:2] == ["&1 c.nnd", "&2 a && b.nnd"]
    menu.actions()[1].trigger()
    idle(qtbot, window)
    assert window.windowTitle().startswith("a & b[*]")
    (tmp_path / "c.nnd").unlink()
    menu.fill()
    menu.actions()[1].trigger()
    idle(qtbot, window)
    assert "no such file" in window.message_bar.text
    menu.fill()
    assert menu.actions()[0].text() == "&1 a && b.nnd"
    assert len(menu.actions()) == 3
    menu.actions()[-1].trigger()
    menu.fill()
    assert not menu.actions()[0].isEnabled()


def drop(window, mime):
    no_keys, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, mime, left, no_keys))


def test_projects_and_links_are_dropped_on_the_window(qtbot, window, document, tmp_path, save):
    document.type_layers("1-3-1")
    save(tmp_path / "a.nnd")
    act(window, "copy_link")
    link = QGuiApplication.clipboard().text()
    document.type_layers("1-7-1")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.nnd"))])
    drop(window, mime)
    idle(qtbot, window)
    assert document.setup.topology.sizes == (1, 3, 1)
    document.type_layers("1-7-1")
    mime = QMimeData()
    mime.setText(f"Look: {link}")
    drop(window, mime)
    idle(qtbot, window)
    assert document.setup.topology.sizes == (1, 3, 1)
    act(window, "undo")
    assert document.setup.topology.sizes == (1, 7, 1)


def test_a_link_with_weights_is_pasted_with_them(qtbot, window, document):
    train(qtbot, window)
    known = bits(window)[2]
    act(window, "copy_link_with_weights")
    act(window, "reset")
    document.type_layers("1-3-1")
    idle(qtbot, window)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    idle(qtbot, window)
    assert bits(window)[2] == known
    QGuiApplication.clipboard().setText(QGuiApplication.clipboard().text()[:-40])
    QTest.keyClick(window.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "link" in window.message_bar.text
    assert bits(window)[2] == known


def test_playground_addresses_are_pasted(qtbot, window, document):
    address = "https://playground.tensorflow.org/#activation=relu&dataset=spiral&networkShape=5,3&batchSize=7"
    QGuiApplication.clipboard().setText(address)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    idle(qtbot, window)
    assert document.setup.topology.sizes == (2, 5, 3, 1)
    assert (document.setup.data.source.name, document.setup.hyperparameters.batch_size) == ("spiral", 7)


def test_the_panels_come_back_where_they_were(qtbot, window, tmp_path, save):
    docks = window.docks.by_name
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks["dock_loss"])
    docks["dock_fit"].hide()
    qtbot.wait(50)
    kept = window.docks.read()
    save(tmp_path / "a.nnd")
    window.workspaces.reset()
    qtbot.wait(50)
    assert window.docks.read() != kept
    window.opener.open_file(tmp_path / "a.nnd")
    idle(qtbot, window)
    qtbot.wait(50)
    now = window.docks.read()
    assert [(p.name, p.area, p.is_shown, p.behind) for p in now] == [
        (p.name, p.area, p.is_shown, p.behind) for p in kept
    ]
    for before, after in zip(kept, now, strict=True):
        assert abs(before.width - after.width) <= 12, before.name


def test_a_project_of_a_newer_version_is_refused_by_name(qtbot, window, tmp_path, save):
    path = tmp_path / "a.nnd"
    save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(members["project.json"])
    members["project.json"] = json.dumps({**document, "version": 99}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    window.opener.open_file(path)
    idle(qtbot, window)
    assert "its format is 99" in window.message_bar.text


def full(descriptor):
    """Do as a disk without room does."""
    raise OSError(28, "No space left on device")


@pytest.mark.skipif(os.name != "posix", reason="permissions are another thing there")
def test_a_full_disk_leaves_the_old_file_whole(qtbot, window, document, tmp_path, save, monkeypatch):
    path = tmp_path / "a.nnd"
    save(path)
    content = path.read_bytes()
    document.type_layers("1-3-1")
    monkeypatch.setattr("os.fsync", full)
    act(window, "save")
    qtbot.waitUntil(lambda: "disk is full" in window.message_bar.text)
    assert path.read_bytes() == content
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.nnd", "settings.ini"]
    assert window.isWindowModified()


def test_what_is_in_its_file_stays_saved_where_a_copy_of_it_cannot_be(
    qtbot, window, tmp_path, save, dialogs, monkeypatch
):
    save(tmp_path / "a.nnd")
    monkeypatch.setattr("os.fsync", full)
    dialogs.path = tmp_path / "b.nnd"
    act(window, "save_as")
    qtbot.waitUntil(lambda: "disk is full" in window.message_bar.text)
    assert window.saver.state.path == tmp_path / "a.nnd"
    assert not window.isWindowModified()


@pytest.fixture
def slow_disk(monkeypatch):
    """Saving takes a while."""
    from nn_desktop.desktop.project import saver

    write = saver._write

    def write_slowly(*arguments):
        time.sleep(0.3)
        return write(*arguments)

    monkeypatch.setattr(saver, "_write", write_slowly)


def test_another_project_waits_until_this_one_is_saved(qtbot, window, document, tmp_path, save, slow_disk):
    for name, layers in (("a", "1-3-1"), ("c", "1-7-1")):
        document.type_layers(layers)
        save(tmp_path / f"{name}.nnd")
    window.opener.open_file(tmp_path / "a.nnd")
    idle(qtbot, window)
    document.type_layers("1-4-1")
    act(window, "save")
    window.opener.open_file(tmp_path / "c.nnd")
    qtbot.waitUntil(lambda: document.setup.topology.sizes == (1, 7, 1))
    idle(qtbot, window)
    assert window.windowTitle() == "c[*] — NN Desktop"
    assert window.project.path == tmp_path / "c.nnd"
    assert open_project(tmp_path / "a.nnd").project.checkpoint.setup.topology.sizes == (1, 4, 1)


def test_what_is_done_while_saving_is_asked_about(
    qtbot, window, document, dialogs, tmp_path, save, slow_disk
):
    save(tmp_path / "a.nnd")
    document.type_layers("1-4-1")
    act(window, "save")
    document.type_layers("1-5-1")
    dialogs.unsaved = Unsaved.STAY
    window.close()
    assert dialogs.asked_unsaved == []
    qtbot.waitUntil(lambda: dialogs.asked_unsaved == ["a"])
    assert window.isVisible()
    assert window.isWindowModified()
    dialogs.unsaved = Unsaved.DISCARD


def test_an_error_of_the_program_is_not_taken_for_saved(qtbot, window, document, tmp_path, save, monkeypatch):
    save(tmp_path / "a.nnd")
    document.type_layers("1-4-1")

    def fail(*arguments):
        raise MemoryError

    monkeypatch.setattr("nn_desktop.desktop.project.saver._write", fail)
    act(window, "save")
    qtbot.waitUntil(lambda: "MemoryError" in window.message_bar.text)
    assert window.isWindowModified()
    assert not window.saver.is_saving


def test_revert_brings_notes_back_and_undo_takes_them_away(qtbot, window, document, tmp_path, save):
    document.set_notes("old")
    save(tmp_path / "a.nnd")
    document.set_notes("an hour of notes")
    act(window, "revert")
    idle(qtbot, window)
    assert document.notes == "old"
    assert not window.isWindowModified()
    act(window, "undo")
    assert document.notes == "an hour of notes"


def test_where_training_cannot_take_over_what_was_opened_its_file_is_let_go(
    qtbot, window, document, tmp_path, save, monkeypatch
):
    document.type_layers("1-3-1")
    save(tmp_path / "a.nnd")
    document.type_layers("1-7-1")
    content = (tmp_path / "a.nnd").read_bytes()
    idle(qtbot, window)
    restore = Session.restore

    def fail(session, checkpoint):
        if checkpoint.setup.topology.sizes == (1, 3, 1):
            raise MemoryError
        restore(session, checkpoint)

    monkeypatch.setattr(Session, "restore", fail)
    window.opener.open_file(tmp_path / "a.nnd")
    qtbot.waitUntil(lambda: window.project.path is None)
    idle(qtbot, window)
    assert window.isWindowModified()
    assert (tmp_path / "a.nnd").read_bytes() == content


def test_a_moment_that_has_diverged_unseen_is_saved_as_its_last_finite_one(
    qtbot, window, document, tmp_path, save
):
    document.change_setting(LEARNING_RATE, 1e9)
    act(window, "step_update")
    act(window, "step_update")
    idle(qtbot, window)
    save(tmp_path / "a.nnd")
    checkpoint = open_project(tmp_path / "a.nnd").project.checkpoint
    straight = Session(checkpoint.setup)
    straight.advance(2)
    straight.ensure_finite()
    assert checkpoint.parameters.vector.tobytes() == straight.parameters.vector.tobytes()
    assert (checkpoint.updates, checkpoint.diverged) == (straight.updates, straight.diverged)


def test_an_imported_network_does_not_take_the_place_of_the_project(qtbot, window, document, tmp_path, save):
    document.set_notes("mine")
    save(tmp_path / "mine.nnd")
    main(
        ["train", "--dataset", "sine", "--layers", "4", "--epochs", "1", "--export", str(tmp_path / "b.json")]
    )
    window.opener.open_file(tmp_path / "b.json")
    idle(qtbot, window)
    assert window.windowTitle() == "b[*] — NN Desktop"
    assert (window.project.path, document.notes) == (None, "")
    assert window.isWindowModified()
    act(window, "undo")
    idle(qtbot, window)
    assert (document.setup.topology.sizes, document.notes) == ((1, 8, 8, 1), "mine")


def test_a_damaged_project_is_told_before_anything_is_asked(qtbot, window, document, dialogs, tmp_path):
    document.type_layers("1-3-1")
    (tmp_path / "bad.nnd").write_bytes(b"PK")
    window.opener.open_file(tmp_path / "bad.nnd")
    idle(qtbot, window)
    assert dialogs.asked_unsaved == []
    assert "cannot be opened" in window.message_bar.text


def test_the_file_of_a_project_is_known_from_every_folder(qtbot, window, tmp_path, save, monkeypatch):
    save(tmp_path / "a.nnd")
    monkeypatch.chdir(tmp_path)
    window.opener.open_file(Path("a.nnd"))
    idle(qtbot, window)
    assert window.project.path == tmp_path / "a.nnd"


def test_what_is_imported_while_saving_leaves_the_file_alone(
    qtbot, window, document, tmp_path, save, slow_disk
):
    save(tmp_path / "a.nnd")
    document.type_layers("1-4-1")
    act(window, "copy_link")
    document.type_layers("1-5-1")
    act(window, "save")
    window.opener.open_source(QGuiApplication.clipboard().text())
    qtbot.waitUntil(lambda: document.setup.topology.sizes == (1, 4, 1))
    idle(qtbot, window)
    assert window.project.path is None
    assert open_project(tmp_path / "a.nnd").project.checkpoint.setup.topology.sizes == (1, 5, 1)


def without(path: Path, member: str) -> None:
    """Take a member out of a project file."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != member}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def press(window, name) -> None:
    QTest.mouseClick(window.message_bar.findChild(object, name), Qt.MouseButton.LeftButton)


def answer(window, name="message_answer") -> str:
    button = window.message_bar.findChild(object, name)
    return button.text() if button.isVisible() else ""


@pytest.fixture
def saved_twice(qtbot, window, document, tmp_path, save):
    """The path of a project with a backup, and with milestones."""
    path = tmp_path / "a.nnd"
    for layers in ("1-4-1", "1-3-1"):
        document.type_layers(layers)
        act(window, "step_epoch")
        idle(qtbot, window)
        save(path)
    act(window, "new_project")
    idle(qtbot, window)
    return path


def test_a_project_with_a_damaged_part_opens_and_offers_the_version_before(
    qtbot, window, document, saved_twice
):
    without(saved_twice, "milestones_of_0.npy")
    window.opener.open_file(saved_twice)
    idle(qtbot, window)
    assert document.setup.topology.sizes == (1, 3, 1)
    assert "timeline's snapshots were damaged and left out." in window.message_bar.text
    assert answer(window) == "Open version before"
    assert answer(window, "message_other_answer") == ""
    press(window, "message_answer")
    idle(qtbot, window)
    assert document.setup.topology.sizes == (1, 4, 1)
    assert window.message_bar.text == "Opened a.nnd.bak."


def test_a_damaged_project_is_not_saved_over_without_a_question(qtbot, window, document, saved_twice):
    without(saved_twice, "moved_units.npy")
    damaged = saved_twice.read_bytes()
    window.opener.open_file(saved_twice)
    idle(qtbot, window)
    document.type_layers("1-2-1")
    idle(qtbot, window)
    act(window, "save")
    idle(qtbot, window)
    assert saved_twice.read_bytes() == damaged
    assert "was damaged when it was opened" in window.message_bar.text
    press(window, "message_other_answer")
    idle(qtbot, window)
    assert open_project(saved_twice).damage == ()
    assert backup_of(saved_twice).read_bytes() == damaged
    document.type_layers("1-5-1")
    act(window, "save")
    idle(qtbot, window)
    assert open_project(saved_twice).project.checkpoint.setup.topology.sizes == (1, 5, 1)


def test_a_project_that_cannot_be_opened_offers_the_version_before(qtbot, window, document, saved_twice):
    without(saved_twice, "parameters.npy")
    before = document.setup
    window.opener.open_file(saved_twice)
    idle(qtbot, window)
    assert "cannot be opened" in window.message_bar.text
    assert document.setup is before
    press(window, "message_answer")
    idle(qtbot, window)
    assert document.setup.topology.sizes == (1, 4, 1)


@pytest.mark.parametrize("member", ["parameters.npy", "history.npy"])
def test_a_damaged_project_offers_what_was_kept_of_it_too(
    qtbot, window, document, tmp_path, saved_twice, member
):
    root = tmp_path / "recovery"
    window.keep_work_in(root)
    for name, path in (("a", saved_twice), ("b", tmp_path / "b.nnd")):
        folder = RecoveryFolder.make(root)
        layers = "1-7-1" if name == "a" else "1-6-1"
        setup = make_setup("sine", parse_layers(layers), Activation.TANH)
        folder.keep(Project(Session(setup).checkpoint()), About(name, path), b"")
        folder.release()
    without(saved_twice, member)
    window.opener.open_file(saved_twice)
    idle(qtbot, window)
    assert answer(window).startswith("Open work kept on 20")
    assert answer(window, "message_other_answer") == "Open version before"
    press(window, "message_answer")
    idle(qtbot, window)
    assert document.setup.topology.sizes == (1, 7, 1)
    assert window.project.path == saved_twice


def test_revert_to_a_damaged_file_offers_the_version_before(qtbot, window, saved_twice):
    window.opener.open_file(saved_twice)
    idle(qtbot, window)
    without(saved_twice, "history.npy")
    act(window, "revert")
    idle(qtbot, window)
    assert "losses of earlier epochs were damaged" in window.message_bar.text
    assert answer(window) == "Open version before"
    assert window.docks.loss_plot.isVisible()


def test_a_backup_that_cannot_be_made_is_said_and_the_project_is_saved(
    qtbot, window, document, tmp_path, save
):
    path = tmp_path / ("x" * 248 + ".nnd")
    save(path)
    assert window.message_bar.isHidden()
    document.type_layers("1-3-1")
    act(window, "save")
    idle(qtbot, window)
    assert "the version before could not be kept" in window.message_bar.text
    assert open_project(path).project.checkpoint.setup.topology.sizes == (1, 3, 1)
    assert not window.isWindowModified()


def test_what_cannot_be_read_back_leaves_the_old_file_and_is_kept_beside_it(
    qtbot, window, document, tmp_path, save, monkeypatch
):
    save(tmp_path / "a.nnd")
    content = (tmp_path / "a.nnd").read_bytes()
    document.type_layers("1-3-1")

    def refuse(file):
        raise ReadError("its layout.units is not as it should be: choose another file, or its backup")

    with monkeypatch.context() as context:
        context.setattr("nn_desktop.files.project.project_document.read_project", refuse)
        act(window, "save")
        qtbot.waitUntil(lambda: "cannot be read back" in window.message_bar.text)
    assert 'kept beside it as "a.unreadable.nnd"' in window.message_bar.text
    assert (tmp_path / "a.nnd").read_bytes() == content
    assert open_project(tmp_path / "a.unreadable.nnd").project.checkpoint.setup.topology.sizes == (1, 3, 1)
    assert window.isWindowModified()
    act(window, "save")
    idle(qtbot, window)
    assert open_project(tmp_path / "a.nnd").project.checkpoint.setup.topology.sizes == (1, 3, 1)


def test_saving_and_then_opening_the_same_file_opens_what_was_saved(
    qtbot, window, document, dialogs, tmp_path, save
):
    save(tmp_path / "a.nnd")
    document.type_layers("1-5-1")
    dialogs.unsaved = Unsaved.SAVE
    window.opener.open_file(tmp_path / "a.nnd")
    qtbot.waitUntil(lambda: "Opened a.nnd" in window.message_bar.text)
    idle(qtbot, window)
    assert document.setup.topology.sizes == (1, 5, 1)
    assert not window.isWindowModified()


def test_the_version_before_that_was_asked_for_is_opened_though_saving_replaces_it(
    qtbot, window, document, dialogs, tmp_path, save
):
    for layers in ("1-2-1", "1-3-1"):
        document.type_layers(layers)
        save(tmp_path / "a.nnd")
    document.type_layers("1-5-1")
    dialogs.unsaved = Unsaved.SAVE
    window.opener.open_file(backup_of(tmp_path / "a.nnd"))
    qtbot.waitUntil(lambda: "Opened a.nnd.bak" in window.message_bar.text)
    assert document.setup.topology.sizes == (1, 2, 1)
    assert window.project.path is None
    dialogs.unsaved = Unsaved.DISCARD


def test_an_import_waits_until_all_is_saved(qtbot, window, document, tmp_path, save, slow_disk):
    save(tmp_path / "a.nnd")
    assert main(["train", "--epochs", "1", "--layers", "7", "--export", str(tmp_path / "n.npz")]) == 0
    document.type_layers("1-2-1")
    act(window, "save")
    act(window, "save")
    window.opener.open_file(tmp_path / "n.npz")
    qtbot.waitUntil(lambda: document.setup.topology.sizes == (1, 7, 1))
    idle(qtbot, window)
    assert window.project.path is None
    assert window.isWindowModified()


@pytest.mark.parametrize("is_gone", [False, True])
def test_kept_work_that_one_stays_away_from_is_offered_again(
    qtbot, window, document, dialogs, tmp_path, is_gone
):
    root, path = tmp_path / "recovery", tmp_path / "a.nnd"
    window.keep_work_in(root)
    folder = RecoveryFolder.make(root)
    setup = make_setup("sine", parse_layers("1-7-1"), Activation.TANH)
    folder.keep(Project(Session(setup).checkpoint()), About("a", path))
    folder.release()
    path.write_bytes(b"junk")
    document.type_layers("1-3-1")
    dialogs.unsaved = Unsaved.STAY
    for _ in range(2):
        window.opener.open_file(path)
        idle(qtbot, window)
        assert answer(window).startswith("Open work kept on 20")
        press(window, "message_answer")
    window.opener.open_file(path)
    idle(qtbot, window)
    dialogs.unsaved = Unsaved.DISCARD
    if is_gone:
        folder.forget()
    press(window, "message_answer")
    idle(qtbot, window)
    assert document.setup.topology.sizes == ((1, 3, 1) if is_gone else (1, 7, 1))
    assert ("is gone" in window.message_bar.text) == is_gone


def test_a_file_of_no_known_format_is_refused_with_all_that_are(window, document, tmp_path):
    before = document.setup
    window.opener.open_source(str(tmp_path / "a.pt"))
    assert "(unknown file type): choose a project (.nnd), or a file that ends with" in window.message_bar.text
    assert document.setup == before


def test_a_first_start_begins_at_home(window):
    assert window._last_folder.path == Path.home()


def test_a_remembered_folder_that_may_not_be_entered_gives_way_to_home(window, tmp_path, monkeypatch):
    window._last_folder.remember(tmp_path / "net.nnd")
    assert window._last_folder.path == tmp_path

    def refuse(path, *args, **named):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    assert window._last_folder.path == Path.home()


def test_a_remembered_folder_that_is_not_a_whole_path_gives_way_to_home(window, settings):
    settings.setValue(FOLDER, ".")
    assert window._last_folder.path == Path.home()


@pytest.mark.parametrize("action", ["open", "save_as", "export_weights"])
def test_with_a_remembered_folder_that_may_not_be_entered_files_are_asked_for_at_home(
    window, dialogs, tmp_path, monkeypatch, action
):
    window._last_folder.remember(tmp_path / "net.nnd")
    enter = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path and enter(path, mode))
    act(window, action)
    if action == "export_weights":
        assert find(window, QLineEdit, "export_folder").text() == str(Path.home())
    else:
        assert dialogs.start.parent == Path.home() or dialogs.start == Path.home()
    assert window.message_bar.text == ""


def test_two_windows_keep_the_recent_files_of_both(tmp_path):
    """Each is a program of its own, and reads what the other one has written."""
    store, other = tmp_path / "settings.ini", tmp_path / "other.ini"
    one = RecentFiles(QSettings(str(store), QSettings.Format.IniFormat))
    one.add(tmp_path / "0.nnd")
    shutil.copy(store, other)
    RecentFiles(QSettings(str(other), QSettings.Format.IniFormat)).add(tmp_path / "1.nnd")
    other.replace(store)
    one.add(tmp_path / "2.nnd")
    shutil.copy(store, other)
    for recent in (one, RecentFiles(QSettings(str(other), QSettings.Format.IniFormat))):
        assert [path.name for path in recent.paths] == ["2.nnd", "1.nnd", "0.nnd"]


def test_a_recent_file_whose_name_is_no_text_is_kept(tmp_path):
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    path = tmp_path / os.fsdecode(b"caf\xe9.nnd")
    RecentFiles(settings).add(path)
    settings.sync()
    again = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    assert RecentFiles(again).paths == [path]


@pytest.mark.skipif(sys.platform != "linux", reason="names are texts there")
def test_a_project_whose_name_is_no_text_is_shown_wherever_it_is_named(qtbot, window, tmp_path, save):
    path = tmp_path / os.fsdecode(b"caf\xe9.nnd")
    save(path)
    window.opener.open_file(path)
    idle(qtbot, window)
    assert window.windowTitle().startswith(r"caf\udce9[*]")
    assert window.message_bar.text == r"Opened caf\udce9.nnd."
    window._recent_menu.fill()
    assert window._recent_menu.actions()[0].text() == r"&1 caf\udce9.nnd"
    window._recent_menu.actions()[0].trigger()
    idle(qtbot, window)
    assert window.project.path == path


def test_a_link_to_a_file_on_this_machine_is_opened(qtbot, window, tmp_path, save):
    path = tmp_path / "a b.nnd"
    save(path)
    act(window, "new_project")
    idle(qtbot, window)
    window.opener.open_source(path.as_uri())
    idle(qtbot, window)
    assert window.project.path == path


def test_saving_an_opened_project_keeps_the_runs_that_it_had_filed(qtbot, window, tmp_path):
    session = Session(make_setup("sine", parse_layers("1-4-1"), Activation.TANH))
    session.advance(30)
    runs = star_run(file_run(Runs(), session.checkpoint()).runs, 1, True)
    save_project(Project(session.checkpoint(), runs=runs), tmp_path / "a.nnd")
    window.opener.open_file(tmp_path / "a.nnd")
    idle(qtbot, window)
    train(qtbot, window)
    act(window, "save")
    idle(qtbot, window)
    (kept,) = open_project(tmp_path / "a.nnd").project.runs.filed
    assert kept.label == runs.filed[0].label
    assert kept.checkpoint.parameters.vector.tobytes() == session.parameters.vector.tobytes()
    act(window, "new_project")
    idle(qtbot, window)
    assert window.document.runs.are_none


def test_after_going_back_to_what_another_program_saved_saving_asks_nothing(qtbot, window, tmp_path, save):
    path = tmp_path / "a.nnd"
    save(path)
    save_project(
        Project(Session(make_setup("sine", parse_layers("1-3-1"), Activation.TANH)).checkpoint()), path
    )
    act(window, "revert")
    idle(qtbot, window)
    train(qtbot, window)
    act(window, "save")
    idle(qtbot, window)
    assert window.message_bar.text == ""
    assert open_project(path).project.checkpoint.updates == 20


@pytest.fixture
def with_a_run(tmp_path):
    session = Session(make_setup("sine", parse_layers("1-4-1"), Activation.TANH))
    session.advance(30)
    runs = file_run(Runs(), session.checkpoint()).runs
    save_project(Project(session.checkpoint(), runs=runs), tmp_path / "run.nnd")
    return tmp_path / "run.nnd"


def test_an_undone_revert_brings_the_filed_runs_back(qtbot, window, with_a_run):
    window.opener.open_file(with_a_run)
    idle(qtbot, window)
    other = Session(make_setup("sine", parse_layers("1-3-1"), Activation.TANH))
    save_project(Project(other.checkpoint()), with_a_run)
    act(window, "revert")
    idle(qtbot, window)
    assert window.document.runs.are_none
    act(window, "undo")
    idle(qtbot, window)
    assert len(window.document.runs.filed) == 1


def test_an_imported_network_has_no_runs_of_the_project_before(qtbot, window, tmp_path, with_a_run):
    assert main(["export", str(with_a_run), str(tmp_path / "net.json")]) == 0
    window.opener.open_file(with_a_run)
    idle(qtbot, window)
    window.opener.open_file(tmp_path / "net.json")
    idle(qtbot, window)
    assert window.document.runs.are_none
    act(window, "undo")
    idle(qtbot, window)
    assert len(window.document.runs.filed) == 1


def test_what_is_opened_waits_for_a_save_that_began_after_it(qtbot, window, tmp_path, save, slow_disk):
    assert main(["train", "--layers", "1-3-1", "--epochs", "1", "--export", str(tmp_path / "net.json")]) == 0
    save(tmp_path / "mine.nnd")
    mine = open_project(tmp_path / "mine.nnd").project.checkpoint
    window.opener.open_file(tmp_path / "net.json")
    act(window, "save")
    idle(qtbot, window)
    assert window.document.setup.topology.sizes == (1, 3, 1)
    assert window.project.path is None
    kept = open_project(tmp_path / "mine.nnd").project.checkpoint
    assert kept.setup == mine.setup


def test_what_is_opened_waits_until_a_dialog_is_closed(qtbot, window, tmp_path, save):
    save(tmp_path / "a.nnd")
    act(window, "new_project")
    idle(qtbot, window)
    before = window.document.setup
    rate = 0.011
    window.document.change_setting(LEARNING_RATE, rate)
    dialog = QDialog(window)
    dialog.setModal(True)
    dialog.show()
    window.opener.open_file(tmp_path / "a.nnd")
    QTest.qWait(300)
    assert LEARNING_RATE.get(window.document.setup) == rate
    dialog.close()
    idle(qtbot, window)
    assert window.document.setup == before


def test_a_name_that_is_too_long_is_refused_in_a_sentence(qtbot, window, tmp_path):
    window.opener.open_file(tmp_path / f"{'n' * 300}.nnd")
    idle(qtbot, window)
    assert "cannot be opened" in window.message_bar.text
    assert "Something went wrong" not in window.message_bar.text
