"""Whatever the window writes, a place that cannot be written gives one sentence, and nothing is lost."""

import errno
import os
from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget
from window_driver import settle

from nn_desktop.desktop.dialogs.last_folder import FOLDER
from nn_desktop.drawing.options import DiagramOptions


def save_as(qtbot, window, dialogs, path: Path) -> str:
    dialogs.path = path
    window.actions_by_name["save_as"].trigger()
    settle(qtbot, window)
    return window.message_bar.text


def save(qtbot, window, dialogs, path: Path) -> str:
    window.project.take_over(path, path.stem, 0)
    window.actions_by_name["save"].trigger()
    settle(qtbot, window)
    return window.message_bar.text


def export(qtbot, window, dialogs, path: Path) -> str:
    window.actions_by_name["export_weights"].trigger()
    dialog = window.findChild(QWidget, "export_dialog")
    dialog.place._folder.setText(str(path.parent))
    dialog.place._name.setText(path.name)
    dialog.place.show_plan()
    dialog._export.click()
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)
    text = dialog.outcome.text
    dialog.end()
    return text


def diagram(qtbot, window, dialogs, path: Path) -> str:
    dialogs.diagram, dialogs.path = (DiagramOptions(), path.suffix[1:]), path
    window.actions_by_name["export_diagram"].trigger()
    return window.message_bar.text


def print_to_file(qtbot, window, dialogs, path: Path) -> str:
    dialogs.printer = QPrinter()
    dialogs.printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialogs.printer.setOutputFileName(str(path))
    window.actions_by_name["print_diagram"].trigger()
    return window.message_bar.text


WRITERS = [
    (save, "a.nnd"),
    (save_as, "a.nnd"),
    (export, "a.json"),
    (export, "a.npz"),
    *((diagram, f"a.{suffix}") for suffix in ("svg", "pdf", "png", "tex")),
]


def is_one_message(text: str) -> bool:
    """Whether something is said that ends as a sentence, without what only programmers know."""
    return text.endswith(".") and not any(word in text for word in ("Errno", "Error", "Traceback"))


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.setValue(FOLDER, str(tmp_path))


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_a_full_disk(qtbot, window, dialogs, tmp_path, monkeypatch, write, name):
    path = tmp_path / name
    path.write_text("before")

    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    text = write(qtbot, window, dialogs, path)
    assert "cannot be written: the disk is full" in text
    assert is_one_message(text)
    assert path.read_text() == "before"
    assert {each.name for each in tmp_path.iterdir()} == {name, "settings.ini"}


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_a_folder_that_is_not_there(qtbot, window, dialogs, tmp_path, write, name):
    text = write(qtbot, window, dialogs, tmp_path / "missing" / name)
    assert "cannot be written" in text
    assert is_one_message(text)


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_a_name_that_a_folder_has(qtbot, window, dialogs, tmp_path, write, name):
    (tmp_path / name).mkdir()
    text = write(qtbot, window, dialogs, tmp_path / name)
    assert "cannot be written" in text
    assert is_one_message(text)


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_a_folder_one_may_not_write_in(qtbot, window, dialogs, tmp_path, monkeypatch, write, name):
    def refuse(_path, *_arguments, **_named):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("nn_desktop.files.atomic._open_private", refuse)
    text = write(qtbot, window, dialogs, tmp_path / name)
    assert "cannot be written" in text
    assert is_one_message(text)


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_a_print_whose_file_cannot_be_written(qtbot, window, dialogs, tmp_path):
    text = print_to_file(qtbot, window, dialogs, tmp_path / "missing" / "a.pdf")
    assert "cannot be printed" in text
    assert is_one_message(text)
