"""Names of strangers are shown as they are: none steers, or becomes a page, a key or a mark of the title."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from foreign_files import safetensors, tensor
from known_data import make_setup
from PySide6.QtCore import QCoreApplication, QMimeData, QModelIndex, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDropEvent, QGuiApplication
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QGraphicsScene,
    QGraphicsView,
    QGroupBox,
    QLabel,
    QListWidget,
    QMenu,
    QMessageBox,
    QWidget,
)
from sentences import steering_characters
from window_driver import settle

from nn_desktop.desktop.app import report_failure
from nn_desktop.desktop.dialogs.dialogs import WindowDialogs
from nn_desktop.desktop.export.exporting import as_stem
from nn_desktop.desktop.look.plain_text import menu_text, tool_tip, window_title
from nn_desktop.desktop.plots.loss_chart import LossChart
from nn_desktop.desktop.project.recent_files import RECENT
from nn_desktop.files.project.about import ABOUT, About
from nn_desktop.files.project.project import Project
from nn_desktop.files.project.project_file import save_project
from nn_desktop.files.project.recovery import RecoveryFolder
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="such names of files cannot be there")
STEERS = "\x1b[2J\u202egpj\u2066\u2028"
PAGE = "<img src=x><a href=y>b</a>"
EVIL = f"{STEERS}&s[*]{PAGE}".replace("/", "")
"""As the name of a file can be."""
IN_VIEW = r"\x1b[2J\u202egpj\u2066\u2028"


def evil_project(path: Path, layer: str = f"{PAGE}\u202e&name") -> None:
    setup = make_setup("sine", parse_layers("1-3-1"), Activation.TANH)
    topology = edits.rename_layer(setup.topology, setup.topology.layers[1].id, "hidden")
    object.__setattr__(topology.layers[1], "name", layer)  # as a file may have it
    save_project(
        Project(Session(setup.with_topology(topology)).checkpoint(), notes=f"{PAGE}\n{STEERS}"), path
    )


def texts_of(widget: QWidget) -> Iterator[str]:
    """Yield what a widget and all in it show and say, but what is typed into fields."""
    for each in (widget, *widget.findChildren(QWidget)):
        yield from (each.toolTip(), each.statusTip(), each.accessibleName(), each.accessibleDescription())
        yield each.windowTitle()
        if isinstance(each, QLabel | QAbstractButton):
            yield each.text()
        if isinstance(each, QMenu | QGroupBox):
            yield each.title()
        if isinstance(each, QAbstractItemView) and each.model() is not None:
            yield from _texts_of_rows(each, QModelIndex())
        if isinstance(each, QGraphicsView) and each.scene() is not None:
            yield from _texts_of_scene(each.scene())
    for action in widget.findChildren(QAction):
        yield from (action.text(), action.toolTip(), action.statusTip())


def _texts_of_rows(view: QAbstractItemView, above: QModelIndex) -> Iterator[str]:
    model, role = view.model(), Qt.ItemDataRole
    for row in range(model.rowCount(above)):
        for column in range(2):
            index = model.index(row, column, above)
            for each in (role.DisplayRole, role.ToolTipRole, role.AccessibleTextRole, role.StatusTipRole):
                yield str(index.data(each) or "")
        yield from _texts_of_rows(view, model.index(row, 0, above))


def _texts_of_scene(scene: QGraphicsScene) -> Iterator[str]:
    for item in scene.items():
        yield item.toolTip()
        if hasattr(item, "text") and callable(item.text):
            yield str(item.text())


def assert_harmless(widget: QWidget) -> list[str]:
    """See that nothing steers and no label is a page of a stranger's; return what is shown."""
    texts = [text for text in texts_of(widget) if text]
    for text in texts:
        for line in text.splitlines():
            assert not steering_characters(line), ascii(text)
    for label in widget.findChildren(QLabel):
        if label.textFormat() is not Qt.TextFormat.PlainText:
            assert "<img" not in label.text() or not GuiQt.mightBeRichText(label.text()), label.objectName()
    return texts


def tool_tips_of(widget: QWidget) -> list[str]:
    tips = [each.toolTip() for each in (widget, *widget.findChildren(QWidget), *widget.findChildren(QAction))]
    for view in widget.findChildren(QAbstractItemView):
        model = view.model()
        for row in range(model.rowCount() if model else 0):
            tips.append(str(model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) or ""))
    for view in widget.findChildren(QGraphicsView):
        if view.scene() is not None:
            tips += [item.toolTip() for item in view.scene().items()]
    return tips


def assert_no_page_in_a_tool_tip(widget: QWidget) -> None:
    for tip in tool_tips_of(widget):
        assert "<img" not in tip or not GuiQt.mightBeRichText(tip), tip


def idle(qtbot, window) -> None:
    settle(qtbot, window)


def open_in(qtbot, window, path: Path) -> None:
    window.opener.open_file(path)
    idle(qtbot, window)
    QCoreApplication.processEvents()


def test_a_project_of_an_evil_name_with_evil_names_is_shown_as_it_is(qtbot, window, tmp_path) -> None:
    path = tmp_path / f"{EVIL}.nnd"
    evil_project(path)
    open_in(qtbot, window, path)
    assert IN_VIEW in window.message_bar.text
    assert window.windowTitle().startswith(f"{IN_VIEW}&s[*][*]{PAGE[:5]}")
    layer = window.document.setup.topology.layers[1]
    window.selection.select_layer(layer.id)
    window._recent_menu.fill()
    QCoreApplication.processEvents()
    texts = assert_harmless(window)
    assert_no_page_in_a_tool_tip(window)
    assert any(PAGE in text and r"\u202e&name" in text for text in texts)
    entry = window._recent_menu.actions()[0]
    assert entry.text().startswith(f"&1 {IN_VIEW}&&s[*]")
    assert GuiQt.mightBeRichText(entry.toolTip())
    assert "&lt;img" in entry.toolTip()


def test_what_is_saved_under_an_evil_name_is_said_harmlessly(qtbot, window, dialogs, tmp_path) -> None:
    dialogs.path = tmp_path / f"{EVIL}.nnd"
    window.actions_by_name["save_as"].trigger()
    idle(qtbot, window)
    assert dialogs.path.is_file()
    assert IN_VIEW in window.statusBar().currentMessage()
    assert_harmless(window)
    window.actions_by_name["duplicate_project"].trigger()
    assert IN_VIEW in window.message_bar.text
    assert_harmless(window)
    dialogs.path.write_bytes(b"another program's")
    window.opener.open_file(dialogs.path)
    idle(qtbot, window)
    assert IN_VIEW in window.message_bar.text
    assert_harmless(window)


LONG = f"a\n\nSaved.\r{PAGE.replace('/', '')} & {'x' * 180}"
"""A name of 200 letters with line breaks, HTML and an ampersand."""


def assert_it_is_one_short_line(text: str) -> None:
    assert r"a\n\nSaved." in text
    assert len(text.splitlines()) == 1
    assert "x" * 81 not in text


def test_a_long_name_with_line_breaks_stays_one_short_line(qtbot, window, dialogs, tmp_path) -> None:
    path = tmp_path / f"{LONG}.nnd"
    evil_project(path)
    open_in(qtbot, window, path)
    assert_it_is_one_short_line(window.message_bar.text)
    assert_it_is_one_short_line(window.windowTitle())
    dialogs.path = tmp_path / f"{LONG}2.nnd"
    window.actions_by_name["save_as"].trigger()
    idle(qtbot, window)
    assert_it_is_one_short_line(window.statusBar().currentMessage())
    dialogs.path.write_bytes(b"another program's")
    open_in(qtbot, window, dialogs.path)
    assert len(window.message_bar.text.splitlines()) == 1
    window.actions_by_name["duplicate_project"].trigger()
    assert_it_is_one_short_line(window.message_bar.text)


def test_an_exported_file_with_a_long_name_is_named_in_short_lines(qtbot, window, tmp_path) -> None:
    window.actions_by_name["export_weights"].trigger()
    dialog = window.findChild(QWidget, "export_dialog")
    dialog.place._folder.setText(str(tmp_path))
    name = "a\u2028Saved.\u2029" + LONG[2:]  # a field takes no line feeds
    dialog.place._name.setText(f"{name}.json")
    dialog.place._on_name_edited(dialog.place._name.text())
    dialog._export.click()
    qtbot.waitUntil(lambda: not dialog.is_running)
    first, *_ = dialog.outcome.text.splitlines()
    assert r"a\u2028Saved." in first
    assert "x" * 81 not in dialog.outcome.text
    dialog.reject()


def test_recovered_work_with_a_long_name_is_named_in_one_short_line(qtbot, window, tmp_path) -> None:
    folder = RecoveryFolder.make(tmp_path / "recovery")
    session = Session(make_setup("sine", parse_layers("1-3-1"), Activation.TANH))
    folder.keep(Project(session.checkpoint()), About(LONG, None), b"")
    folder.release()
    window.keep_work_in(tmp_path / "recovery")
    dialog = window.findChild(QWidget, "recovery_dialog")
    dialog._on_open()
    idle(qtbot, window)
    assert_it_is_one_short_line(window.message_bar.text)
    assert_it_is_one_short_line(window.windowTitle())


@pytest.mark.parametrize("suffix", [".nnd", ".json", ".safetensors", ".npz", ".xyz"])
def test_what_cannot_be_opened_is_refused_harmlessly(qtbot, window, tmp_path, suffix) -> None:
    path = tmp_path / f"{EVIL}{suffix}"
    path.write_bytes(safetensors({EVIL: tensor(EVIL, [1, 1], 0, 4)}, b"\0" * 4))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    no_keys, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, mime, left, no_keys))
    idle(qtbot, window)
    assert IN_VIEW in window.message_bar.text
    assert_harmless(window)


def test_a_name_that_is_no_text_is_opened_saved_and_shown(qtbot, window, tmp_path) -> None:
    path = tmp_path / os.fsdecode(b"half\xff\x9b.nnd")
    evil_project(path)
    open_in(qtbot, window, path)
    assert r"half\udcff\udc9b" in window.message_bar.text
    assert window.windowTitle().startswith(r"half\udcff\udc9b")
    window._recent_menu.fill()
    assert_harmless(window)


@pytest.mark.parametrize(
    "text", [f"2-{STEERS}-1", f"2-3:{PAGE}-1", f'{{"format":"{STEERS}"}}', STEERS * 1000]
)
def test_what_is_pasted_is_refused_harmlessly(qtbot, window, text) -> None:
    QGuiApplication.clipboard().setText(text)
    window.actions_by_name["paste"].trigger()
    idle(qtbot, window)
    assert_harmless(window)


def test_errors_of_the_program_are_named_harmlessly_and_in_short(window) -> None:
    error = ValueError(EVIL * 10_000)
    report_failure(window, ValueError, error, None)
    assert IN_VIEW in window.message_bar.text
    assert len(window.message_bar.text) < 600
    assert_harmless(window)


def test_recovered_work_is_offered_under_its_name_as_it_is(qtbot, window, tmp_path) -> None:
    root = tmp_path / "recovery"
    folder = RecoveryFolder.make(root)
    session = Session(make_setup("sine", parse_layers("1-3-1"), Activation.TANH))
    folder.keep(Project(session.checkpoint()), About(EVIL, tmp_path / EVIL), b"")
    folder.release()
    window.keep_work_in(root)
    dialog = window.findChild(QWidget, "recovery_dialog")
    assert_harmless(dialog)
    text = dialog.findChild(QListWidget).item(0).text()
    assert text.count("\n") == 2
    assert text.startswith(f"{IN_VIEW}&s[*]")
    dialog.reject()


def test_the_name_of_recovered_work_names_a_file_in_its_folder(qtbot, window, dialogs, tmp_path) -> None:
    root = tmp_path / "recovery"
    folder = RecoveryFolder.make(root)
    session = Session(make_setup("sine", parse_layers("1-3-1"), Activation.TANH))
    folder.keep(Project(session.checkpoint()), About("x", None), b"")
    (folder.path / ABOUT).write_text(json.dumps({"name": f"../../{STEERS}", "path": None}))
    folder.release()
    window.keep_work_in(root)
    asked: list[Path] = []
    dialogs.ask_save_path = lambda parent, title, start, filters: asked.append(start)
    dialog = window.findChild(QWidget, "recovery_dialog")
    dialog._on_open()
    idle(qtbot, window)
    window.actions_by_name["save_as"].trigger()
    (start,) = asked
    assert start.parent == window._last_folder.path
    assert not steering_characters(start.name)
    assert_harmless(window)


def test_files_remembered_in_settings_are_listed_as_they_are(window, settings) -> None:
    settings.setValue(RECENT, [f"/tmp/{EVIL}.nnd", 7, f"/{PAGE}", "/tab\there"])
    window._recent_menu.fill()
    actions = window._recent_menu.actions()
    assert actions[0].text().startswith(f"&1 {IN_VIEW}&&s")
    assert any(r"tab\there" in action.text() for action in actions)
    assert_harmless(window)
    assert_no_page_in_a_tool_tip(window)


def test_the_question_before_leaving_shows_a_name_as_it_is(qtbot, window) -> None:
    seen: list[QMessageBox] = []

    def close() -> None:
        boxes = [each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox)]
        box = next((each for each in boxes if each.isVisible()), None)
        if box is None:  # it is not there yet: without an answer the test would wait for ever
            QTimer.singleShot(10, close)
            return
        seen.append((box.text(), box.textFormat()))
        assert_harmless(box)
        box.reject()

    QTimer.singleShot(0, close)
    WindowDialogs().ask_unsaved(window, EVIL)
    ((text, text_format),) = seen
    assert IN_VIEW in text
    assert PAGE.replace("/", "") in text
    assert text_format is Qt.TextFormat.PlainText


def test_the_export_dialog_names_files_as_they_are(qtbot, window, tmp_path) -> None:
    evil_project(tmp_path / f"{EVIL}.nnd")
    open_in(qtbot, window, tmp_path / f"{EVIL}.nnd")
    window.actions_by_name["export_weights"].trigger()
    dialog = window.findChild(QWidget, "export_dialog")
    assert not steering_characters(dialog.place._name.text())
    dialog.place._folder.setText(str(tmp_path))
    dialog.place._name.setText(f"{EVIL}.json")
    dialog.place._on_name_edited(dialog.place._name.text())
    assert_harmless(dialog)
    dialog._export.click()
    qtbot.waitUntil(lambda: not dialog.is_running)
    assert (tmp_path / f"{EVIL}.json").is_file()
    assert not any(steering_characters(line) for line in dialog.outcome.text.splitlines())
    assert IN_VIEW in dialog.outcome.text
    assert_harmless(dialog)
    dialog.reject()


def test_titles_tool_tips_and_entries_are_texts() -> None:
    assert tool_tip("plain") == "plain"
    assert GuiQt.mightBeRichText(tool_tip(PAGE))
    assert "<img" not in tool_tip(PAGE)
    assert tool_tip("two\nlines\x1b") == "two\nlines\\x1b"
    assert menu_text("a & b\tCtrl+Q") == r"a && b\tCtrl+Q"
    assert window_title("a[*]b") == "a[*][*]b"
    assert as_stem(f"../{STEERS}:x") == ".._" + "_[2J_gpj__" + "_x"


def test_titles_of_axes_are_no_pages(window) -> None:
    (chart,) = window.findChildren(LossChart)[:1]
    chart.set_axis_titles(PAGE, "a & b")
    shown = [chart.plot.getAxis(name).label.toPlainText() for name in ("bottom", "left")]
    assert shown[0].startswith("<img src=x>")
    assert shown[1].startswith("a & b")
