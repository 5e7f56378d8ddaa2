"""What a program that was killed leaves behind: whole files, and work that is offered again."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest
from known_data import make_setup
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QListWidget, QPushButton
from window_driver import settle

from nn_desktop.desktop.project import reader
from nn_desktop.drawing.placement import Layout
from nn_desktop.files.atomic import FileError, write_atomically
from nn_desktop.files.project.about import ABOUT, WORK, About
from nn_desktop.files.project.project import Project
from nn_desktop.files.project.project_file import backup_of, open_project, save_project
from nn_desktop.files.project.recovery import RecoveryFolder, left_behind
from nn_desktop.files.project.stamps import stamp_of
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameter_edits import TypedNumbers
from nn_desktop.training.session import Session

KILLS = int(os.environ.get("NN_DESKTOP_KILLS", "4"))
"""100 were done by hand."""
VICTIM = Path(__file__).with_name("crash_victim.py")


def some_project(layers: str = "1-5-1") -> Project:
    session = Session(make_setup("sine", parse_layers(layers), Activation.TANH))
    session.advance(10)
    return Project(session.checkpoint(), notes="Noted.")


def leave_behind(root: Path, about: About, layers: str = "1-5-1") -> RecoveryFolder:
    """Leave work as a program does that ends without closing: its lock is nobody's."""
    folder = RecoveryFolder.make(root)
    folder.keep(some_project(layers), about, b"no picture")
    folder.release()
    return folder


def dialog_of(window) -> QDialog:
    return window.findChild(QDialog, "recovery_dialog")


def press(dialog, name):
    QTest.mouseClick(dialog.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_nothing_is_offered_where_nothing_was_left(window, tmp_path):
    window.keep_work_in(tmp_path / "recovery")
    assert dialog_of(window) is None


def test_work_is_kept_when_there_is_something_new(qtbot, window, document, tmp_path):
    root = tmp_path / "recovery"
    window.keep_work_in(root)
    window._autosave.keep()
    assert not root.exists()
    document.type_layers("1-4-1")
    qtbot.waitUntil(lambda: not window.trainer.is_busy)  # what the window is told of it is something new, too
    window._autosave._timer.setInterval(50)
    qtbot.waitUntil(lambda: len(list(root.rglob(WORK))) == 1)
    (work,) = root.rglob(WORK)
    assert open_project(work).project.checkpoint.setup.topology.sizes == (1, 4, 1)
    changed = work.stat().st_mtime_ns
    qtbot.wait(300)
    assert work.stat().st_mtime_ns == changed  # nothing was new
    assert (work.parent / "picture.png").read_bytes().startswith(b"\x89PNG")
    window.close()
    assert list(root.iterdir()) == []


def test_work_that_was_long_in_coming_is_kept_next_time(qtbot, window, document, tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "CHECKPOINT_SECONDS", 0.05)
    window.keep_work_in(tmp_path)
    may_go_on = threading.Event()
    window.trainer.post(lambda session: may_go_on.wait())
    unit = document.setup.topology.layers[1].units[0]
    document.assign("type", TypedNumbers(biases=((unit, 7.0),)))
    window._autosave.keep()
    qtbot.waitUntil(lambda: len(list(tmp_path.glob(f"*/{WORK}"))) == 1)
    (work,) = tmp_path.glob(f"*/{WORK}")
    assert open_project(work).project.checkpoint.parameters.bias(unit) != 7.0
    may_go_on.set()

    def is_kept() -> bool:
        window._autosave.keep()
        return open_project(work).project.checkpoint.parameters.bias(unit) == 7.0

    qtbot.waitUntil(is_kept)


def test_what_was_left_is_offered_and_opened(qtbot, window, document, tmp_path):
    root = tmp_path / "recovery"
    older = leave_behind(root, About("older", None), "1-2-1")
    os.utime(older.path / WORK, (1e9, 1e9))
    leave_behind(root, About("my net", tmp_path / "my net.nnd"))
    window.keep_work_in(root)
    dialog = dialog_of(window)
    items = dialog.findChild(QListWidget)
    assert [items.item(row).text().splitlines()[0] for row in range(items.count())] == ["my net", "older"]
    assert datetime.now().strftime("%Y-%m-%d") in items.item(0).text()
    assert str(tmp_path / "my net.nnd") in items.item(0).text()
    press(dialog, "recovery_open")
    qtbot.waitUntil(lambda: document.setup.topology.sizes == (1, 5, 1) and not window.trainer.is_busy)
    assert document.notes == "Noted."
    assert window.trainer.snapshot.updates == 10
    assert window.windowTitle() == "my net[*] — NN Desktop"
    assert window.isWindowModified()
    assert window.project.path == tmp_path / "my net.nnd"
    assert not (tmp_path / "my net.nnd").exists()  # only saving writes it
    # Its folder goes when this program has kept the work itself; the other one stays for the next time.
    qtbot.waitUntil(lambda: len(list(root.iterdir())) == 2)
    names = {path.name: path for path in root.iterdir()}
    mine = next(path for name, path in names.items() if name != older.path.name)
    assert open_project(mine / WORK).project.checkpoint.setup.topology.sizes == (1, 5, 1)


def test_the_keyboard_alone_opens_it(qtbot, window, document, tmp_path):
    leave_behind(tmp_path, About("a", None), "1-2-1")
    window.keep_work_in(tmp_path)
    QTest.keyClick(dialog_of(window).findChild(QListWidget), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: document.setup.topology.sizes == (1, 2, 1))


def test_deleting_and_deciding_later(window, tmp_path):
    for name in ("a", "b"):
        leave_behind(tmp_path, About(name, None))
    window.keep_work_in(tmp_path)
    dialog = dialog_of(window)
    press(dialog, "recovery_discard")
    assert len(list(tmp_path.glob(f"*/{WORK}"))) == 2  # asks first, at the button itself
    assert dialog.findChild(QPushButton, "recovery_discard").text() == "&Delete for good?"
    press(dialog, "recovery_discard")
    assert len(list(tmp_path.glob(f"*/{WORK}"))) == 1
    press(dialog, "recovery_later")
    found = left_behind(tmp_path)
    assert len(found) == 1
    found[0].folder.release()


def test_enter_after_the_first_press_of_delete_does_not_delete(qtbot, window, tmp_path):
    leave_behind(tmp_path, About("a", None))
    window.keep_work_in(tmp_path)
    dialog = dialog_of(window)
    delete, first = (dialog.findChild(QPushButton, f"recovery_{name}") for name in ("discard", "open"))
    press(dialog, "recovery_discard")
    assert (delete.isDefault(), first.isDefault()) == (False, True)
    QTest.keyClick(delete, Qt.Key.Key_Return)
    assert len(list(tmp_path.glob(f"*/{WORK}"))) == 1
    settle(qtbot, window)


def test_two_programs_do_not_offer_the_same_work(tmp_path):
    leave_behind(tmp_path, About("a", None))
    first = left_behind(tmp_path)
    assert len(first) == 1
    assert left_behind(tmp_path) == []
    first[0].folder.release()
    again = left_behind(tmp_path)
    assert len(again) == 1
    again[0].folder.remove()
    assert list(tmp_path.iterdir()) == []


def test_the_work_of_a_program_that_lives_is_its_own(tmp_path):
    folder = RecoveryFolder.make(tmp_path)
    folder.keep(some_project(), About("a", None), b"")
    assert left_behind(tmp_path) == []
    folder.remove()


def test_damaged_work_is_told_and_leaves_the_window_as_it_is(qtbot, window, document, tmp_path):
    folder = leave_behind(tmp_path, About("a", None))
    (folder.path / WORK).write_bytes(b"PK")
    (folder.path / ABOUT).write_bytes(b"[" * 5000)
    window.keep_work_in(tmp_path)
    press(dialog_of(window), "recovery_open")
    settle(qtbot, window)
    assert "cannot be opened" in window.message_bar.text
    assert document.setup.topology.sizes == (1, 8, 8, 1)


def test_where_nothing_can_be_kept_it_is_said_once(qtbot, window, document, tmp_path):
    (tmp_path / "recovery").write_text("a file is in the way")
    window.keep_work_in(tmp_path / "recovery" / "deeper")
    document.type_layers("1-4-1")
    window._autosave.keep()
    assert "Work cannot be kept" in window.message_bar.text
    window.message_bar.hide()
    document.type_layers("1-3-1")
    window._autosave.keep()
    assert window.message_bar.text == ""


def test_ctrl_c_keeps_what_is_not_saved(qtbot, window, document, dialogs, tmp_path):
    window.keep_work_in(tmp_path)
    document.type_layers("1-4-1")
    window._autosave.keep()
    window.trainer.train_or_pause()
    qtbot.waitUntil(lambda: window.trainer.snapshot.updates > 1000)
    updates = window.trainer.snapshot.updates
    window.close_without_asking()
    assert dialogs.asked_unsaved == []
    (work,) = tmp_path.glob(f"*/{WORK}")
    assert open_project(work).project.checkpoint.updates >= updates


def test_what_is_saved_is_not_offered_again(qtbot, window, document, dialogs, tmp_path):
    window.keep_work_in(tmp_path / "recovery")
    document.type_layers("1-4-1")
    window._autosave.keep()
    qtbot.waitUntil(lambda: len(list(tmp_path.glob(f"recovery/*/{WORK}"))) == 1)
    dialogs.path = tmp_path / "a.nnd"
    window.actions_by_name["save"].trigger()
    qtbot.waitUntil(lambda: list(tmp_path.glob(f"recovery/*/{WORK}")) == [])
    assert (tmp_path / "a.nnd").exists()
    document.type_layers("1-3-1")
    window._autosave.keep()
    qtbot.waitUntil(lambda: len(list(tmp_path.glob(f"recovery/*/{WORK}"))) == 1)


def test_a_move_in_the_drawing_is_something_new(window, document):
    unit = document.setup.topology.layers[1].units[0]
    document.change_layout("move", Layout(units={unit: (5.0, 0.0)}))
    mark = window.project.mark
    document.undo_stack.undo()
    document.change_layout("move", Layout(units={unit: (9.0, 0.0)}))
    assert window.project.mark != mark


def test_before_a_network_gets_very_large_the_work_is_kept(qtbot, window, document, tmp_path):
    window.keep_work_in(tmp_path)
    document.type_layers("1-4-1")
    document.type_layers("1-2000-1")  # asked about first
    qtbot.waitUntil(lambda: len(list(tmp_path.glob(f"*/{WORK}"))) == 1)
    assert document.setup.topology.sizes == (1, 4, 1)


def test_what_could_not_be_kept_is_tried_again(qtbot, window, document, tmp_path, monkeypatch):
    window.keep_work_in(tmp_path)
    document.type_layers("1-4-1")
    with monkeypatch.context() as context:
        context.setattr(RecoveryFolder, "keep", lambda *parts: (_ for _ in ()).throw(FileError("Full.")))
        window._autosave.keep()
        qtbot.waitUntil(lambda: window.message_bar.text == "Full.")
    window._autosave.keep()
    qtbot.waitUntil(lambda: len(list(tmp_path.glob(f"*/{WORK}"))) == 1)


def test_a_newer_file_is_not_replaced_by_recovered_work_without_a_question(qtbot, window, document, tmp_path):
    path = tmp_path / "a.nnd"
    left = leave_behind(tmp_path / "recovery", About("a", path))
    os.utime(left.path / WORK, (1e9, 1e9))
    path.write_bytes(b"saved since")
    window.keep_work_in(tmp_path / "recovery")
    press(dialog_of(window), "recovery_open")
    qtbot.waitUntil(lambda: document.setup.topology.sizes == (1, 5, 1))
    window.actions_by_name["save"].trigger()
    assert "Another program has changed a.nnd" in window.message_bar.text
    assert path.read_bytes() == b"saved since"


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is another thing there")
def test_killed_at_random_there_is_always_a_whole_file(tmp_path):
    interval, chance = 0.3, random.Random(7)
    project, recovery = tmp_path / "work.nnd", tmp_path / "recovery"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUNBUFFERED": "1"}
    saved, ages = 0, []
    for kill in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, str(VICTIM), str(tmp_path), str(kill), str(interval)],
            env=environment,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        if kill % 2 == 1:  # it only keeps its work
            assert process.stdout.readline() == b"kept\n"
        time.sleep(chance.uniform(0.0, 1.5))
        process.send_signal(signal.SIGKILL)
        killed_at = time.time()
        process.wait()
        process.stdout.close()
        for path in (project, backup_of(project)):
            if path.exists():
                open_project(path)  # whole, or it would be refused
                saved += 1
        found = left_behind(recovery)
        assert found or kill % 2 == 0
        for recovered in found:
            opened = open_project(recovered.work).project
            assert opened.checkpoint.updates > 0
            if recovered.about.path is not None:  # it was saved by this very program
                assert not recovered.is_overtaken
                assert int(opened.notes) >= int(open_project(project).project.notes)
            ages.append(killed_at - recovered.time.timestamp())
            recovered.folder.remove()
    write_atomically(tmp_path / "last", b"")
    assert list(tmp_path.glob(".nn-desktop-*.tmp")) == []
    assert saved > 0
    print(f"kept work was up to {max(ages):.2f} s old, every {interval} s it is kept")


@pytest.fixture
def slow_arrival(monkeypatch):
    """Another moment is taken over only when the event is set."""
    may_arrive, restore = threading.Event(), Session.restore

    def restore_slowly(session, checkpoint):
        if threading.current_thread().name == "training":
            may_arrive.wait(60)
        restore(session, checkpoint)

    monkeypatch.setattr(reader, "CHECKPOINT_SECONDS", 0.05)
    monkeypatch.setattr(Session, "restore", restore_slowly)
    yield may_arrive
    may_arrive.set()


def projects_in(root):
    return [open_project(work).project for work in root.glob(f"*/{WORK}")]


@pytest.mark.parametrize("layers", ["1-5-1", "1-8-8-1"])  # the second ones are those of the example
def test_recovered_work_outlives_a_training_that_is_slow_to_take_it_over(
    qtbot, window, document, tmp_path, slow_arrival, layers
):
    left = leave_behind(tmp_path, About("mine", None), layers)
    window.keep_work_in(tmp_path)
    press(dialog_of(window), "recovery_open")
    qtbot.waitUntil(lambda: not (window.saver.background.is_busy or window.opener.is_busy))
    assert left.path.exists()
    assert [(p.notes, p.checkpoint.updates) for p in projects_in(tmp_path)] == [("Noted.", 10)]
    slow_arrival.set()

    def is_kept_anew() -> bool:
        window._autosave.keep()
        return not left.path.exists()

    qtbot.waitUntil(is_kept_anew)
    assert [(p.notes, p.checkpoint.updates) for p in projects_in(tmp_path)] == [("Noted.", 10)]


def test_recovered_work_outlives_a_training_that_cannot_take_it_over(
    qtbot, window, document, tmp_path, monkeypatch
):
    left = leave_behind(tmp_path, About("mine", None))
    window.keep_work_in(tmp_path)

    def fail(session, checkpoint):
        raise MemoryError

    real = Session.restore
    monkeypatch.setattr(
        Session,
        "restore",
        lambda s, c: fail(s, c) if threading.current_thread().name == "training" else real(s, c),
    )
    press(dialog_of(window), "recovery_open")
    settle(qtbot, window)
    assert left.path.exists()
    assert [p.notes for p in projects_in(left.path.parent)] == ["Noted."]


def test_one_project_is_not_kept_by_the_name_of_the_next_one(
    qtbot, window, document, dialogs, tmp_path, slow_arrival
):
    root, path = tmp_path / "recovery", tmp_path / "b.nnd"
    save_project(some_project("1-8-8-1"), path)
    window.keep_work_in(root)
    window.opener.open_file(path)
    qtbot.waitUntil(lambda: not (window.saver.background.is_busy or window.opener.is_busy))
    window._autosave.keep_anyway()
    qtbot.waitUntil(lambda: not (window.saver.background.is_busy or window.opener.is_busy))
    assert projects_in(root) == []
    slow_arrival.set()
    window._autosave.keep()
    qtbot.waitUntil(lambda: [p.checkpoint.updates for p in projects_in(root)] == [10])


def test_a_folder_that_has_vanished_is_made_anew(qtbot, window, document, tmp_path):
    root = tmp_path / "recovery"
    window.keep_work_in(root)
    for layers in ("1-4-1", "1-3-1"):
        document.type_layers(layers)
        window._autosave.keep()
        qtbot.waitUntil(lambda: not (window.saver.background.is_busy or window.opener.is_busy))
        assert len(projects_in(root)) == 1
        shutil.rmtree(root)


def die(window, root):
    """Leave the window's folder as a program does that is killed now; return what the next one is offered."""
    window.saver.finish()
    window.saver.kept_work.release()
    return left_behind(root)


@pytest.fixture
def training(qtbot, window, document, dialogs, tmp_path):
    """A window that trains and has kept its work, and the folder of that."""
    root = tmp_path / "recovery"
    window.keep_work_in(root)
    dialogs.path = tmp_path / "a.nnd"
    document.type_layers("1-4-1")
    window.trainer.train_or_pause()
    qtbot.waitUntil(lambda: window.trainer.snapshot.updates > 100)
    window._autosave.keep()
    qtbot.waitUntil(lambda: len(list(root.glob(f"*/{WORK}"))) == 1)
    return root


def save(qtbot, window):
    window.actions_by_name["save"].trigger()
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == "Saved a.nnd.")


def test_what_was_kept_before_it_was_saved_while_it_trains_is_not_offered(
    qtbot, window, training, monkeypatch
):
    sync, has_trained_on = os.fsync, threading.Event()

    def sync_later(descriptor):
        assert has_trained_on.wait(60)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", sync_later)
    updates = window.trainer.snapshot.updates
    window.actions_by_name["save"].trigger()
    qtbot.waitUntil(lambda: window.trainer.snapshot.updates > updates + 1000)
    has_trained_on.set()
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == "Saved a.nnd.")
    assert window.isWindowModified()
    assert die(window, training) == []


def test_an_autosave_that_takes_longer_than_the_saving_after_it_is_not_offered(
    qtbot, window, training, monkeypatch
):
    keep = RecoveryFolder.keep

    def keep_slowly(*arguments):
        time.sleep(0.5)
        keep(*arguments)

    monkeypatch.setattr(RecoveryFolder, "keep", keep_slowly)
    window._autosave.keep()
    save(qtbot, window)
    assert die(window, training) == []


def test_what_is_trained_after_saving_is_kept_and_offered(qtbot, window, training, tmp_path):
    save(qtbot, window)
    saved = open_project(tmp_path / "a.nnd").project.checkpoint.updates
    qtbot.waitUntil(lambda: window.trainer.snapshot.updates > saved + 100)
    window._autosave.keep()
    (found,) = die(window, training)
    assert open_project(found.work).project.checkpoint.updates > saved
    assert (found.about.path, found.is_overtaken) == (tmp_path / "a.nnd", False)
    found.folder.release()


def test_a_saving_that_fails_leaves_what_was_kept(qtbot, window, training, tmp_path):
    (tmp_path / "a.nnd").mkdir()
    window.actions_by_name["save"].trigger()
    qtbot.waitUntil(lambda: "it is a folder" in window.message_bar.text)
    (found,) = die(window, training)
    found.folder.release()


def test_back_at_what_was_kept_before_the_saving_it_is_kept_again(qtbot, window, document, dialogs, tmp_path):
    root = tmp_path / "recovery"
    window.keep_work_in(root)
    dialogs.path = tmp_path / "a.nnd"
    document.type_layers("1-4-1")
    window._autosave.keep()
    qtbot.waitUntil(lambda: len(list(root.glob(f"*/{WORK}"))) == 1)
    document.type_layers("1-3-1")
    save(qtbot, window)
    document.undo_stack.undo()
    window._autosave.keep()
    qtbot.waitUntil(lambda: len(list(root.glob(f"*/{WORK}"))) == 1)


def test_a_file_that_was_saved_since_is_said_beside_its_work_and_asked_about(
    qtbot, window, document, tmp_path
):
    path = tmp_path / "a.nnd"
    save_project(some_project("1-2-1"), path)
    leave_behind(tmp_path / "recovery", About("a", path, stamp_of(path)))
    save_project(some_project("1-3-1"), path)
    content = path.read_bytes()
    os.utime(path, (1e9, 1e9))  # whatever the clock says
    window.keep_work_in(tmp_path / "recovery")
    assert "The file was saved after that" in dialog_of(window).findChild(QListWidget).item(0).text()
    press(dialog_of(window), "recovery_open")
    qtbot.waitUntil(lambda: document.setup.topology.sizes == (1, 5, 1))
    assert "saving asks first" in window.message_bar.text
    window.actions_by_name["save"].trigger()
    assert "Another program has changed a.nnd" in window.message_bar.text
    assert path.read_bytes() == content


def test_recovered_work_asks_too_if_its_file_is_changed_after_that(qtbot, window, document, tmp_path):
    path = tmp_path / "a.nnd"
    save_project(some_project("1-2-1"), path)
    leave_behind(tmp_path / "recovery", About("a", path, stamp_of(path)))
    window.keep_work_in(tmp_path / "recovery")
    press(dialog_of(window), "recovery_open")
    qtbot.waitUntil(lambda: document.setup.topology.sizes == (1, 5, 1))
    assert "saving asks" not in window.message_bar.text
    save_project(some_project("1-3-1"), path)
    window.actions_by_name["save"].trigger()
    assert "Another program has changed a.nnd" in window.message_bar.text


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="save often"):
        RecoveryFolder.make(tmp_path / "file")
