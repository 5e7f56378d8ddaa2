"""The trained network is exported, by real mouse and keyboard events."""

import json
import os
import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAccessible, QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QPushButton,
    QTextEdit,
    QWidget,
)
from window_driver import find, settle

from nn_desktop.desktop.dialogs.dialogs import WindowDialogs
from nn_desktop.desktop.dialogs.last_folder import FOLDER
from nn_desktop.desktop.export.export_dialog import FORMAT, ExportDialog
from nn_desktop.desktop.export.export_formats import ENDING, SENTENCE
from nn_desktop.desktop.export.exporting import at_home, path_of, stem_of
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.theme import ThemeChoice
from nn_desktop.files import exporters
from nn_desktop.files.checking import Answered, NotCheckedError
from nn_desktop.files.exporters import EXPORTERS, Exporter

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


class Reader:
    """Answers what a test plans, and not before it may."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.is_asked = threading.Event()
        self.can_be_stopped = True
        self.error = 0.0
        self.asked = 0

    def answer(self, path, question):
        self.asked += 1
        self.is_asked.set()
        end = time.monotonic() + 10
        while not self.may_answer.wait(0.005):
            if (question.stop and self.can_be_stopped) or time.monotonic() > end:
                raise NotCheckedError("it was stopped")
        expected = np.array(
            [[float(text) for text in line.split()] for line in path.read_text().splitlines()]
        )
        return Answered("slate 1.0", expected + self.error)


def write_answers(model, name):
    """A format that holds the answers themselves."""
    inputs = exporters.make_check_vectors(model).inputs
    lines = (" ".join(map(repr, row)) for row in model.predict(inputs).tolist())
    more = {f"{name}.more{number or ''}": b"more" for number in range(5 if name.startswith("many") else 1)}
    return {name: "\n".join(lines).encode(), **more}


def fail(model, name):
    raise RuntimeError("out of chalk")


@pytest.fixture
def reader():
    reader = Reader()
    yield reader
    reader.may_answer.set()


@pytest.fixture(autouse=True)
def formats(monkeypatch, reader):
    """The formats that there are, and two of the test's own."""
    slate = Exporter(".slate", "Slate", write_answers, reader.answer)
    rows = (*EXPORTERS, slate, replace(slate, ending=".fail", title="Fails", to_files=fail))
    monkeypatch.setattr(exporters, "EXPORTERS", rows)
    return rows


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    settings.setValue(FOLDER, str(folder))
    return folder


def open_dialog(qtbot, window) -> ExportDialog:
    """Go to the window, and press the key."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Key.Key_E, CONTROL)
    dialog = find(window, ExportDialog, "export_dialog")
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


@pytest.fixture
def dialog(qtbot, folder, window):
    """The dialog, opened with its key, in a folder of the test's own."""
    dialog = open_dialog(qtbot, window)
    yield dialog
    dialog.end()
    assert "export" not in names_of_threads()


def names_of_threads():
    return [thread.name for thread in threading.enumerate()]


def name_of(dialog) -> QLineEdit:
    return find(dialog, QLineEdit, "export_name")


def note_of(dialog) -> str:
    label = find(dialog, QLabel, "export_replace_note")
    return label.text() if label.isVisible() else ""


def button(dialog, name) -> QPushButton:
    return find(dialog, QPushButton, name)


def type_into(qtbot, field, text) -> None:
    field.setFocus()
    qtbot.keyClick(field, Key.Key_A, CONTROL)
    qtbot.keyClicks(field, text)


def wait_for_end(qtbot, dialog) -> None:
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=130_000)


def export(qtbot, dialog, name="") -> str:
    """Press Enter, after typing a name if there is one; return what is said of it."""
    if name:
        type_into(qtbot, name_of(dialog), name)
    qtbot.keyClick(dialog, Key.Key_Return)
    wait_for_end(qtbot, dialog)
    return dialog.outcome.text


def begin_slowly(qtbot, dialog, reader, name="net.slate") -> None:
    """Begin an export whose check does not end."""
    reader.may_answer.clear()
    type_into(qtbot, name_of(dialog), name)
    qtbot.keyClick(dialog, Key.Key_Return)
    assert reader.is_asked.wait(10)
    assert dialog.is_running


def test_it_offers_every_format_with_a_sentence(dialog, formats):
    items = [dialog.formats.item(row) for row in range(dialog.formats.count())]
    shown = {item.data(ENDING): item for item in items if item.data(ENDING)}
    assert list(shown) == list(dialog.formats.endings)
    assert set(shown) == {exporter.ending for exporter in formats}
    for exporter in formats:
        assert shown[exporter.ending].text() == exporter.title
        assert len(shown[exporter.ending].data(SENTENCE)) > 20
    assert shown[".slate"].data(SENTENCE) == "A file whose name ends in .slate"
    own = [shown[exporter.ending].data(SENTENCE) for exporter in EXPORTERS]
    assert not any(sentence.startswith("A file whose name ends") for sentence in own)
    titles = [item for item in items if not item.data(ENDING)]
    assert titles[0].text() == "Data"
    assert titles[-1].text() == "Other formats"
    assert all(not item.flags() for item in titles)


def test_the_first_export_needs_one_key_more(qtbot, dialog, folder, window):
    assert name_of(dialog).text() == "sine.npz"
    assert find(dialog, QLineEdit, "export_folder").text() == str(folder)
    assert export(qtbot, dialog).startswith(
        "Wrote sine.npz (and sine.npz.check.csv): the network of update 0. "
    )
    assert sorted(path.name for path in folder.iterdir()) == ["sine.npz", "sine.npz.check.csv"]
    assert dialog.isVisible()
    assert window.message_bar.text == dialog.outcome.text


def test_arrows_walk_through_the_formats_and_past_the_titles(qtbot, dialog, formats):
    assert dialog.formats.hasFocus()
    for _ in range(2 * len(formats)):
        qtbot.keyClick(dialog.formats, Key.Key_Up)
    walked = [dialog.formats.ending]
    for _ in formats[1:]:
        qtbot.keyClick(dialog.formats, Key.Key_Down)
        walked.append(dialog.formats.ending)
        assert name_of(dialog).text() == f"sine{walked[-1]}"
    assert tuple(walked) == dialog.formats.endings


def test_a_click_on_a_format_ends_the_name_as_it_wants(qtbot, dialog):
    type_into(qtbot, name_of(dialog), "my.net.v2")
    item = dialog.formats.findItems("safetensors", Qt.MatchFlag.MatchExactly)[0]
    center = dialog.formats.visualItemRect(item).center()
    qtbot.mouseClick(dialog.formats.viewport(), LEFT, pos=center)
    assert name_of(dialog).text() == "my.net.v2.safetensors"


def test_a_click_on_a_title_chooses_nothing(qtbot, dialog):
    before = dialog.formats.ending
    center = dialog.formats.visualItemRect(dialog.formats.item(0)).center()
    qtbot.mouseClick(dialog.formats.viewport(), LEFT, pos=center)
    assert dialog.formats.ending == before


def test_typing_an_ending_chooses_the_format_and_leaves_what_is_typed(qtbot, dialog, folder):
    type_into(qtbot, name_of(dialog), "Deep.JSON")
    assert dialog.formats.ending == ".json"
    assert name_of(dialog).text() == "Deep.JSON"
    export(qtbot, dialog)
    assert json.loads((folder / "Deep.JSON").read_text())["dataset"] == "sine"


def test_a_name_without_an_ending_gets_that_of_the_format(qtbot, dialog, folder):
    type_into(qtbot, name_of(dialog), "net.v2")
    assert "Writes net.v2.npz " in find(dialog, QLabel, "export_plan").text()
    export(qtbot, dialog)
    assert (folder / "net.v2.npz").is_file()
    assert name_of(dialog).text() == "net.v2.npz"


@pytest.mark.parametrize("ending", [exporter.ending for exporter in EXPORTERS])
def test_every_format_is_written(qtbot, dialog, folder, ending):
    said = export(qtbot, dialog, f"net{ending}")
    assert said.startswith(f"Wrote net{ending} (and net"), said
    assert (folder / f"net{ending}.check.csv").is_file()
    assert (folder / f"net{ending}").stat().st_size > 0
    assert "Do not rely" not in said
    assert "Checked with" in said or "could not be checked: " in said


def test_a_good_check_is_told_with_a_tick(qtbot, dialog, window, reader):
    reader.error = 2e-13
    said = export(qtbot, dialog, "net.slate")
    assert said == (
        "Wrote net.slate (and net.slate.more, net.slate.check.csv): the network of update 0. "
        "Checked with slate 1.0: largest difference 2.00·10⁻¹³ over 256 inputs."
    )
    assert find(dialog, QWidget, "export_result").findChild(QLabel).text() == "✓"
    assert window.message_bar.text == said


def test_of_many_files_a_few_are_named(qtbot, dialog):
    named = "many.slate (and many.slate.more, many.slate.more1, many.slate.more2, and 3 more files)"
    assert named in export(qtbot, dialog, "many.slate")


def test_no_difference_at_all_is_no_number(qtbot, dialog):
    said = export(qtbot, dialog, "net.slate")
    assert said.endswith("Checked with slate 1.0: no difference over 256 inputs.")


def test_more_than_rounding_is_a_warning(qtbot, dialog, window, reader, theme):
    reader.error = 0.5
    said = export(qtbot, dialog, "net.slate")
    assert "Do not rely on this file: slate 1.0 computes something else from it." in said
    assert "Largest difference 0.5000 over 256 inputs" in said
    icon = find(dialog, QWidget, "export_result").findChild(QLabel)
    assert icon.text() == ""
    assert icon.pixmap().toImage() == themed_icon(theme.colors, "warning").pixmap(20, 20).toImage()
    assert window.message_bar.text == said
    assert theme.colors.warning in window.message_bar.styleSheet()


def test_training_goes_on_and_the_moment_of_the_key_is_written(
    qtbot, window, trainer, dialog, folder, reader
):
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: trainer.snapshot.updates > 0)
    begin_slowly(qtbot, dialog, reader)
    at = dialog.outcome.text.removesuffix("…").rpartition(" ")[2]
    updates = int(at.replace("\N{NARROW NO-BREAK SPACE}", ""))
    qtbot.waitUntil(lambda: trainer.snapshot.updates > updates + 20)
    assert trainer.is_running
    assert dialog.is_running
    reader.may_answer.set()
    wait_for_end(qtbot, dialog)
    assert f"the network of update {at}. Checked with slate 1.0: no difference" in dialog.outcome.text
    qtbot.keyClick(window.canvas, Key.Key_Space)
    settle(qtbot, window)


def test_what_is_there_is_replaced_only_by_a_button_that_says_so(qtbot, dialog, folder):
    (folder / "mine.json").write_text("mine")
    start = button(dialog, "export_start")
    assert (start.text(), note_of(dialog)) == ("&Export", "")
    type_into(qtbot, name_of(dialog), "mine.json")
    assert start.text() == "&Replace"
    assert note_of(dialog).startswith("mine.json is there already.")
    qtbot.keyClick(name_of(dialog), Key.Key_Backspace)
    assert (start.text(), note_of(dialog)) == ("&Export", "")
    qtbot.keyClicks(name_of(dialog), "n")
    qtbot.mouseClick(start, LEFT)
    wait_for_end(qtbot, dialog)
    assert json.loads((folder / "mine.json").read_text())["dataset"] == "sine"


def test_a_file_that_came_in_between_is_told_before_it_is_replaced(qtbot, dialog, folder):
    (folder / "sine.npz").write_text("mine")
    qtbot.keyClick(dialog, Key.Key_Return)
    assert not dialog.is_running
    assert note_of(dialog).startswith("sine.npz is there already.")
    assert (folder / "sine.npz").read_text() == "mine"
    qtbot.mouseClick(button(dialog, "export_start"), LEFT)
    wait_for_end(qtbot, dialog)
    assert (folder / "sine.npz").read_bytes()[:2] == b"PK"


def test_enter_leads_to_the_button_that_replaces_and_does_not_press_it(qtbot, dialog, folder):
    (folder / "mine.json").write_text("mine")
    type_into(qtbot, name_of(dialog), "mine.json")
    start = button(dialog, "export_start")
    assert not start.isDefault()
    qtbot.keyClick(name_of(dialog), Key.Key_Return)
    assert not dialog.is_running
    assert (folder / "mine.json").read_text() == "mine"
    assert start.hasFocus()
    assert not start.isDefault()
    qtbot.keyClick(start, Key.Key_Return)
    wait_for_end(qtbot, dialog)
    assert json.loads((folder / "mine.json").read_text())["dataset"] == "sine"
    type_into(qtbot, name_of(dialog), "new.json")
    assert start.isDefault()


def test_what_was_written_is_shown_in_its_folder(qtbot, dialog, folder, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    show = button(dialog, "export_show_in_folder")
    assert not show.isVisible()
    export(qtbot, dialog, "net.json")
    assert show.isVisible()
    qtbot.mouseClick(show, LEFT)
    assert opened == [str(folder)]


def test_where_no_program_shows_folders_the_path_is_copied(qtbot, dialog, folder, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    export(qtbot, dialog, "net.json")
    qtbot.mouseClick(button(dialog, "export_show_in_folder"), LEFT)
    assert QApplication.clipboard().text() == str(folder / "net.json")
    assert "The path is copied" in dialog.outcome.text


def test_no_warning_of_what_was_written_just_now(qtbot, dialog):
    export(qtbot, dialog)
    assert note_of(dialog) == ""
    assert button(dialog, "export_start").text() == "&Replace"
    qtbot.keyClick(dialog, Key.Key_Escape)
    open_dialog(qtbot, dialog.parent())
    assert note_of(dialog).startswith("sine.npz is there already.")


def test_a_held_enter_exports_once(qtbot, dialog, reader):
    type_into(qtbot, name_of(dialog), "net.slate")
    qtbot.keyClick(name_of(dialog), Key.Key_Return)
    wait_for_end(qtbot, dialog)
    for _ in range(3):
        held = QKeyEvent(QKeyEvent.Type.KeyPress, Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
        QApplication.sendEvent(name_of(dialog), held)
    assert not dialog.is_running
    assert reader.asked == 1


def test_other_files_that_would_belong_to_it_are_not_touched(qtbot, dialog, folder):
    (folder / "net.slate.more").write_text("mine")
    assert '"net.slate.more", which would belong to it' in export(qtbot, dialog, "net.slate")
    assert (folder / "net.slate.more").read_text() == "mine"


def test_a_missing_folder_is_told_where_it_can_be_changed(qtbot, dialog, folder, window):
    field = find(dialog, QLineEdit, "export_folder")
    type_into(qtbot, field, str(folder / "missing"))
    said = export(qtbot, dialog)
    assert str(folder / "missing") in said
    assert "its folder does not exist" in said
    assert window.message_bar.text == ""
    assert field.property("wrong")
    assert field.hasFocus()
    (folder / "missing").mkdir()
    assert export(qtbot, dialog).startswith("Wrote ")
    assert not field.property("wrong")


@pytest.mark.parametrize(
    ("name", "why"), [("folder.npz", "it is a folder"), ("x" * 245 + ".npz", "name (is )?too long")]
)
def test_a_name_that_cannot_be_is_told_and_another_can_be_typed(qtbot, dialog, folder, name, why):
    (folder / "folder.npz").mkdir()
    (folder / "folder.npz" / "inside").touch()
    size = dialog.size()
    assert re.search(why, export(qtbot, dialog, name))
    assert dialog.size() == size
    assert name_of(dialog).property("wrong")
    assert name_of(dialog).selectedText() == name.removesuffix(".npz")
    qtbot.keyClicks(name_of(dialog), "better")
    assert not name_of(dialog).property("wrong")
    assert export(qtbot, dialog).startswith("Wrote better.npz ")


@pytest.mark.parametrize("name", ["", "   ", ".npz", "sub/", "sub/.npz/"])
def test_without_a_name_nothing_is_written(qtbot, dialog, folder, name):
    type_into(qtbot, name_of(dialog), name)
    if not name:
        qtbot.keyClick(name_of(dialog), Key.Key_Delete)
    assert "has no name yet" in export(qtbot, dialog)
    assert not any(folder.iterdir())


def test_an_error_of_the_program_is_told_and_the_dialog_goes_on(qtbot, dialog):
    said = export(qtbot, dialog, "net.fail")
    assert said == "The export of net.fail stopped at an error of the program (RuntimeError: out of chalk)."
    assert export(qtbot, dialog, "net.npz").startswith("Wrote net.npz ")


def test_cancel_ends_the_check_and_the_files_stay(qtbot, dialog, folder, reader):
    begin_slowly(qtbot, dialog, reader)
    cancel, bar = button(dialog, "export_cancel"), find(dialog, QProgressBar, "export_progress")
    assert bar.isVisible()
    assert not button(dialog, "export_start").isEnabled()
    qtbot.mouseClick(cancel, LEFT)
    assert dialog.outcome.text == "Cancelling the check of net.slate. What is written stays."
    wait_for_end(qtbot, dialog)
    assert dialog.outcome.text.endswith("The check was cancelled: the files stay, and nothing was compared.")
    assert {path.name for path in folder.iterdir()} == {"net.slate", "net.slate.more", "net.slate.check.csv"}
    assert not (bar.isVisible() or cancel.isVisible())
    assert button(dialog, "export_start").isEnabled()


def test_enter_does_nothing_while_something_is_written(qtbot, dialog, reader):
    begin_slowly(qtbot, dialog, reader)
    qtbot.keyClick(name_of(dialog), Key.Key_Return)
    assert reader.asked == 1
    assert names_of_threads().count("export") == 1


def test_the_focus_goes_to_cancel_and_back(qtbot, dialog, reader):
    type_into(qtbot, name_of(dialog), "net.slate")
    reader.may_answer.clear()
    start, cancel = button(dialog, "export_start"), button(dialog, "export_cancel")
    start.setFocus()
    qtbot.keyClick(start, Key.Key_Space)
    assert cancel.hasFocus()
    qtbot.keyClick(cancel, Key.Key_Space)
    wait_for_end(qtbot, dialog)
    assert start.hasFocus()


@pytest.mark.parametrize("way", ["Esc", "button", "frame"])
def test_closing_in_the_middle_cancels_and_closes_when_that_has_ended(qtbot, window, dialog, reader, way):
    begin_slowly(qtbot, dialog, reader)
    if way == "Esc":
        qtbot.keyClick(dialog, Key.Key_Escape)
    elif way == "button":
        qtbot.mouseClick(button(dialog, "export_close"), LEFT)
    else:
        dialog.close()
    assert dialog.isVisible()  # nothing has waited for the end
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert "export" not in names_of_threads()
    assert "The check was cancelled" in window.message_bar.text


def test_the_end_of_the_program_does_not_wait_for_what_takes_long(
    qtbot, monkeypatch, caplog, dialog, folder, reader
):
    def take_long(model, name):
        reader.is_asked.set()
        reader.may_answer.wait(30)
        raise RuntimeError("too late")

    rows = exporters.EXPORTERS
    monkeypatch.setattr(exporters, "EXPORTERS", (*rows[:-1], replace(rows[-1], to_files=take_long)))
    begin_slowly(qtbot, dialog, reader, "net.fail")
    dialog.end()
    assert "export" in names_of_threads()
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "export")
    assert not dialog.isVisible()
    assert '"net.fail" was not written, since the program was asked to end.' in caplog.text
    reader.may_answer.set()


def test_an_error_after_closing_is_told_in_the_window(qtbot, monkeypatch, window, dialog, reader):
    def fail_late(model, name):
        reader.is_asked.set()
        reader.may_answer.wait(10)
        raise RuntimeError("out of chalk")

    rows = exporters.EXPORTERS
    monkeypatch.setattr(exporters, "EXPORTERS", (*rows[:-1], replace(rows[-1], to_files=fail_late)))
    begin_slowly(qtbot, dialog, reader, "net.fail")
    qtbot.keyClick(dialog, Key.Key_Escape)
    reader.may_answer.set()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert "out of chalk" in window.message_bar.text


def test_opening_it_again_while_it_closes_keeps_it_open(qtbot, window, dialog, reader):
    begin_slowly(qtbot, dialog, reader)
    reader.can_be_stopped = False
    qtbot.keyClick(dialog, Key.Key_Escape)
    open_dialog(qtbot, window)
    assert dialog.is_running
    reader.may_answer.set()
    wait_for_end(qtbot, dialog)
    qtbot.wait(100)
    assert dialog.isVisible()


def test_the_window_closes_in_the_middle_and_no_thread_is_left(qtbot, window, dialog, reader, folder):
    begin_slowly(qtbot, dialog, reader)
    window.close()
    assert not window.isVisible()
    assert not dialog.isVisible()
    assert "export" not in names_of_threads()
    assert (folder / "net.slate").is_file()


def test_the_window_watches_the_main_window_only_meanwhile(qtbot, window, dialog):
    export(qtbot, dialog)
    window.hide()
    assert dialog.isVisible()
    window.show()


def test_format_and_folder_are_remembered(qtbot, open_window, folder, settings, tmp_path):
    dialog = open_dialog(qtbot, open_window())
    other = tmp_path / "other"
    other.mkdir()
    type_into(qtbot, find(dialog, QLineEdit, "export_folder"), str(other))
    export(qtbot, dialog, "net.json")
    assert settings.value(FORMAT) == ".json"
    again = open_dialog(qtbot, open_window())
    assert name_of(again).text() == "sine.json"
    assert find(again, QLineEdit, "export_folder").text() == str(other)


def test_a_format_that_is_no_more_is_forgotten(qtbot, folder, settings, window):
    settings.setValue(FORMAT, ".gone")
    assert open_dialog(qtbot, window).formats.ending == ".npz"


def test_the_file_is_called_like_the_project_or_the_dataset_until_a_name_is_typed(qtbot, window, dialog):
    type_into(qtbot, name_of(dialog), "mine")
    qtbot.keyClick(dialog, Key.Key_Escape)
    assert name_of(open_dialog(qtbot, window)).text() == "mine"
    qtbot.keyClick(dialog, Key.Key_Escape)
    find(window.docks.data, QListWidget, "data_gallery").setCurrentRow(20)
    settle(qtbot, window)
    assert name_of(open_dialog(qtbot, window)).text() == "iris.npz"
    qtbot.keyClick(dialog, Key.Key_Escape)
    window.project.take_over(Path("/somewhere/Lesson 3.nnd"), "Lesson 3", 0)
    assert name_of(open_dialog(qtbot, window)).text() == "Lesson 3.npz"


def test_browse_takes_place_name_and_format(qtbot, dialog, dialogs, folder, tmp_path):
    dialogs.export_path = (tmp_path / "net.json", 0)
    qtbot.mouseClick(button(dialog, "export_browse"), LEFT)
    start, filters, chosen = dialogs.export_asked
    assert start == folder / "sine.npz"
    assert filters[chosen] == "NumPy arrays (*.npz)"
    assert dialog.place.path == tmp_path / "net.json"
    assert dialog.formats.ending == ".json"


def test_browse_without_an_ending_takes_the_filter(qtbot, dialog, dialogs, tmp_path):
    index = dialog.formats.endings.index(".safetensors")
    dialogs.export_path = (tmp_path / "net", index)
    qtbot.keyClick(dialog, Key.Key_B, ALT)
    qtbot.waitUntil(lambda: dialog.place.path == tmp_path / "net.safetensors")
    assert dialog.formats.ending == ".safetensors"


def test_browse_can_be_left_without_an_answer(qtbot, dialog, dialogs):
    before = dialog.place.path
    qtbot.mouseClick(button(dialog, "export_browse"), LEFT)
    assert dialog.place.path == before


def test_the_dialog_of_the_platform_gives_place_and_filter(qtbot, window, monkeypatch, tmp_path):
    seen = []

    def choose(dialog):
        seen.append((dialog.selectedNameFilter(), dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)))
        dialog.selectNameFilter("C (*.c)")
        dialog.selectFile("net_torch.py")
        return True

    monkeypatch.setattr(QFileDialog, "exec", choose)
    filters = ["A (*.a)", "B (*_b.py)", "C (*.c)"]
    given = WindowDialogs().ask_export_path(window, "Export", tmp_path / "net_b.py", filters, 1)
    assert seen == [("B (*_b.py)", True)]
    assert given == (tmp_path / "net_torch.py", 2)


def test_every_control_has_its_names_and_every_key_its_own(dialog):
    kinds = (QPushButton, QLineEdit, QListWidget, QTextEdit, QProgressBar)
    controls = [widget for kind in kinds for widget in dialog.findChildren(kind)]
    assert len(controls) >= 9
    for widget in controls:
        assert widget.objectName().startswith("export_")
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name), widget.objectName()
    texts = [widget.text() for kind in (QLabel, QPushButton) for widget in dialog.findChildren(kind)]
    keys = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert len(keys) == len(set(keys)) == 8


def test_screen_readers_hear_what_a_format_is(dialog):
    item = dialog.formats.item(1)
    assert item.data(Qt.ItemDataRole.AccessibleTextRole) == "NumPy arrays, .npz"
    assert "numpy.load" in item.data(Qt.ItemDataRole.AccessibleDescriptionRole)


@pytest.mark.parametrize(
    ("key", "name"), [("n", "export_name"), ("o", "export_folder"), ("m", "export_formats")]
)
def test_mnemonics_go_to_the_fields(qtbot, dialog, key, name):
    button(dialog, "export_close").setFocus()
    qtbot.keyClick(dialog, key, ALT)
    assert find(dialog, QWidget, name).hasFocus()


def test_tab_goes_through_all_of_it(qtbot, dialog):
    names = []
    for _ in range(6):
        names.append(QApplication.focusWidget().objectName().removeprefix("export_"))
        qtbot.keyClick(QApplication.focusWidget(), Key.Key_Tab)
    assert names == ["formats", "name", "folder", "browse", "start", "close"]


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
def test_it_fits_and_says_everything_in_both_themes(qtbot, theme, dialog, choice):
    theme.set_choice(choice)
    dialog.resize(QSize(960, 640))
    export(qtbot, dialog, "net.slate")
    assert dialog.minimumWidth() <= 1000
    assert dialog.minimumHeight() <= 660
    dialog.resize(dialog.minimumSize())
    export(qtbot, dialog, "y" * 200 + ".slate")
    qtbot.wait(20)
    assert dialog.size() == dialog.minimumSize()
    for name in ("export_name", "export_start", "export_close", "export_result"):
        widget = find(dialog, QWidget, name)
        corner = widget.mapTo(dialog, QPoint(widget.width(), widget.height()))
        assert dialog.rect().contains(corner - QPoint(1, 1)), name
    picture = dialog.grab().toImage()
    assert picture.pixelColor(4, 4).name() == theme.colors.window


def test_other_users_and_whole_paths_are_understood(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert path_of(Path("/a"), " net ", ".json") == Path("/a/net.json")
    assert path_of(Path("/a"), "b/net.npz", ".json") == Path("/a/b/net.npz")
    assert path_of(Path("/a"), str(tmp_path / "net"), ".json") == tmp_path / "net.json"
    assert path_of(Path("/a"), "~/net", ".json") == tmp_path / "net.json"
    if os.name == "posix":
        assert at_home("~nobody-of-this-name/x") == Path("~nobody-of-this-name/x")


def test_the_ending_of_a_format_is_no_part_of_the_name():
    assert stem_of("Deep.NPZ") == "Deep"
