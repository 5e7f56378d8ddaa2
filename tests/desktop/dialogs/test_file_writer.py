"""Whatever the window writes is told in one way, and can be shown in its folder."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QWidget
from window_driver import find

from nn_desktop.desktop.dialogs.file_writer import FileWriter
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.plots.plot_frame import PlotFrame
from nn_desktop.drawing.options import DiagramOptions
from nn_desktop.files import atomic

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(monkeypatch):
    """The folders that were shown."""
    folders = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: folders.append(url.toLocalFile()) or True)
    return folders


@pytest.fixture
def bar(qtbot, theme):
    bar = MessageBar(theme)
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def last_folder(settings):
    return LastFolder(settings)


@pytest.fixture
def writer(qtbot, dialogs, last_folder, bar):
    window = QWidget()
    qtbot.addWidget(window)
    return FileWriter(dialogs, last_folder, bar, window)


def answer(bar):
    return bar.findChild(QPushButton, "message_answer")


def is_warning(bar, theme):
    return theme.colors.warning in bar.styleSheet()


def test_what_is_written_is_named_and_shown_in_its_folder_which_is_remembered(
    qtbot, writer, dialogs, bar, theme, last_folder, opened, tmp_path
):
    dialogs.path = tmp_path / "a.svg"
    writer.write("Save", "a.svg", b"<svg/>")
    assert dialogs.path.read_bytes() == b"<svg/>"
    assert bar.text == f"Wrote {dialogs.path}."
    assert not is_warning(bar, theme)
    assert answer(bar).text() == "Show in folder"
    qtbot.mouseClick(answer(bar), LEFT)
    assert opened == [str(tmp_path)]
    assert last_folder.path == tmp_path


def test_a_remark_is_a_warning_that_names_the_file_all_the_same(
    writer, dialogs, bar, theme, last_folder, monkeypatch, tmp_path
):
    monkeypatch.setattr(atomic, "write_atomically", lambda path, content: ("Its owner is another now.",))
    dialogs.path = tmp_path / "a.svg"
    writer.write("Save", "a.svg", b"")
    assert bar.text == f"Wrote {dialogs.path}. Its owner is another now."
    assert is_warning(bar, theme)
    assert answer(bar).text() == "Show in folder"
    assert last_folder.path == tmp_path


def test_what_cannot_be_written_is_a_warning_and_its_folder_forgotten(
    writer, dialogs, bar, theme, last_folder, tmp_path
):
    last_folder.remember(tmp_path / "earlier.svg")
    dialogs.path = tmp_path / "missing" / "a.svg"
    writer.write("Save", "a.svg", b"")
    assert "its folder does not exist" in bar.text
    assert is_warning(bar, theme)
    assert answer(bar).isHidden()
    assert last_folder.path == tmp_path


def test_who_chooses_no_file_hears_nothing(writer, dialogs, bar, tmp_path):
    writer.write("Save", "a.svg", b"")
    assert bar.text == ""


def test_the_name_gives_the_format(writer, dialogs, tmp_path, last_folder):
    last_folder.remember(tmp_path / "earlier.svg")
    asked = []
    dialogs.ask_save_path = lambda parent, *what: asked.append(what)
    assert writer.ask("Export runs", "runs.csv") is None
    assert asked == [("Export runs", tmp_path / "runs.csv", ["CSV (*.csv)"])]


def test_diagram_runs_plot_and_weights_are_all_shown_in_their_folder(
    qtbot, window, dialogs, opened, tmp_path
):
    def weights():
        window.actions_by_name["export_weights"].trigger()
        dialog = find(window, QWidget, "export_dialog")
        dialog.place._folder.setText(str(tmp_path))
        dialog.place._name.setText(dialogs.path.name)
        dialog.place.show_plan()
        dialog._export.click()
        qtbot.waitUntil(lambda: not dialog.is_running, timeout=20_000)
        dialog.end()

    dialogs.diagram = (DiagramOptions(), "svg")
    for name, write in (
        ("diagram.svg", window.actions_by_name["export_diagram"].trigger),
        ("runs.csv", window.docks.rows.runs_export_requested.emit),
        (
            "loss.csv",
            lambda: window.plot_host.save_numbers(
                find(window.docks.loss_plot, PlotFrame, "loss_frame").plot()
            ),
        ),
        ("weights.json", weights),
    ):
        dialogs.path = tmp_path / name
        write()
        qtbot.waitUntil(lambda: dialogs.path.name in window.message_bar.text)
        assert window.message_bar.text.startswith("Wrote ")
        opened.clear()
        assert answer(window.message_bar).text() == "Show in folder"
        qtbot.mouseClick(answer(window.message_bar), LEFT)
        assert opened == [str(tmp_path)]
