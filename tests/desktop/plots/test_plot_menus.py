"""Every plot has the same menu, and each entry of it does for each plot what it says, or says why not."""

import csv
import errno
import io
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

import numpy as np
import pytest
from comparisons import comparison
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget

from nn_desktop.data.dataset import Task
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.engines.view import ComparisonView
from nn_desktop.desktop.look.numbers import figure
from nn_desktop.desktop.look.theme import ThemeChoice
from nn_desktop.desktop.plots.chart import Chart
from nn_desktop.desktop.plots.fit_view import FitView
from nn_desktop.desktop.plots.loss_plot import LossPlot
from nn_desktop.desktop.plots.plot import Change
from nn_desktop.desktop.plots.plot_frame import PlotFrame
from nn_desktop.files import atomic
from nn_desktop.files.loss_table import loss_table

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
ENTRIES = (
    *("copy_picture", "save_svg", "save_pdf", "save_png", "copy_numbers", "save_numbers"),
    *("log_x", "log_y", "crosshair", "view_all", "zoom_in", "zoom_out", "maximize"),
)
STILL = {"log_x", "log_y", "crosshair", "view_all", "zoom_in", "zoom_out"}
NO_LOG = {"log_x", "log_y"}


@dataclass(frozen=True)
class Known:
    """What is known of a plot: its data, its axis titles, its table's columns and rows, and what it lacks."""

    data: str
    titles: tuple[str, ...]
    columns: str
    rows: int
    lacks: frozenset[str] | set[str]


PLOTS = {
    "curve": Known("sine", ("x", "y"), "series,x,y", 200 + 2 * 321, NO_LOG),
    "boundary": Known("circle", ("x1", "x2"), "series,x1,x2,output positive,class", 64 * 64 + 500, NO_LOG),
    "surface": Known("plane", ("x1", "x2"), "series,x1,x2,output y,target", 64 * 64 + 1200, NO_LOG),
    "prediction": Known(
        "diabetes", ("actual", "predicted"), "part,sample,output,actual,predicted", 60, NO_LOG
    ),
    "confusion": Known(
        "iris", ("actual", "predicted"), "actual \\ predicted,setosa,versicolor,virginica", 3, STILL
    ),
    "loss": Known("sine", ("epoch", "loss"), "epoch,updates,training loss,test loss", 4, set()),
    "engines": Known("", ("updates", "loss"), "engine,updates,training time (s)", 3, STILL),
    "widths": Known("", ("units of each", "time of an"), "engine,units of each hidden layer,", 26, NO_LOG),
    "batches": Known("", ("samples of", "time of an"), "engine,samples of an update,", 30, NO_LOG),
    "canvas": Known("", (), "layer,from,to,value", 97, NO_LOG | {"crosshair"}),
}
FRAMES = {"loss": "loss_frame", "engines": "engine_table_frame"}
FRAMES |= {"widths": "width_chart_frame", "batches": "batch_chart_frame"}


@pytest.fixture
def frame(request, qtbot, theme, make_host, make_session, many_inputs):
    """The frame of a plot of the table, which shows something, in a window of its own or in the program's."""
    name = request.param
    if name == "canvas":
        window = request.getfixturevalue("window")
        return window.findChild(PlotFrame, "canvas_frame")

    def snapshot():
        if name == "prediction":
            return many_inputs(make_session("sine").snapshot(), 3, 1, Task.REGRESSION)
        return make_session(PLOTS[name].data).snapshot()

    window = QWidget()
    qtbot.addWidget(window)
    host = make_host(window)
    if PLOTS[name].data:
        view = LossPlot(theme, host) if name == "loss" else FitView(theme, host)
    else:
        view = ComparisonView(theme, host)
    layout = QVBoxLayout(window)
    layout.addWidget(view)
    window.resize(700, 500)
    window.findChild(MessageBar).move(0, window.height())  # it must not change the plot's size
    with qtbot.waitExposed(window):
        window.show()
    if PLOTS[name].data:
        view.show_snapshot(snapshot())
    else:
        view.show_comparison(comparison())
    return view.findChild(PlotFrame, FRAMES.get(name, "fit_frame"))


@pytest.fixture
def message_bar(frame):
    return frame.window().findChild(MessageBar, "message_bar")


every_plot = pytest.mark.parametrize("frame", PLOTS, indirect=True)


def action_of(frame, entry):
    return next(a for a in frame.menu.actions() if a.objectName() == f"{frame.objectName()}_{entry}")


def choose(qtbot, frame, entry):
    """Open the menu from its corner, and click an entry."""
    qtbot.mouseClick(frame.corner, LEFT)
    assert frame.menu.isVisible()
    qtbot.mouseClick(frame.menu, LEFT, pos=frame.menu.actionGeometry(action_of(frame, entry)).center())


def name_of(request):
    return request.node.callspec.params["frame"]


# What each entry should have done.


def is_written_on(image):
    plain = image.convertToFormat(image.Format.Format_RGB32)
    pixels = np.array(plain.constBits(), np.uint8)
    return image.width() > 150 and image.height() > 100 and len(np.unique(pixels)) > 20


def check_copied_picture(known, path):
    assert is_written_on(QGuiApplication.clipboard().image())


def check_svg(known, path):
    root = ElementTree.parse(path).getroot()
    texts = " ".join("".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text"))
    for title in known.titles:
        assert title in texts
    assert root.get("width") == root.get("viewBox").split()[2]
    if shutil.which("rsvg-convert") is not None:
        png = path.with_suffix(".rendered.png")
        subprocess.run(["rsvg-convert", "-o", png, path], check=True, timeout=60)
        check_png(known, png)


def check_pdf(known, path):
    pypdf = pytest.importorskip("pypdf")
    (page,) = pypdf.PdfReader(path).pages
    assert page.mediabox.width > 150
    assert len(page.get_contents().get_data()) > 1000
    for title in known.titles:
        assert title in page.extract_text().replace("\t", " ")


def check_png(known, path):
    image = pytest.importorskip("PIL.Image").open(path)
    assert min(image.size) > 100
    assert len(image.convert("RGB").getcolors(1 << 24)) > 20


def check_table(known, text, delimiter):
    first, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    assert ",".join(first).startswith(known.columns)
    assert len(rows) == known.rows
    assert {len(row) for row in rows} == {len(first)}


def check_copied_numbers(known, path):
    check_table(known, QGuiApplication.clipboard().text(), "\t")


def check_csv(known, path):
    check_table(known, path.read_text(), ",")


TAKEN = {
    "copy_picture": check_copied_picture,
    "save_svg": check_svg,
    "save_pdf": check_pdf,
    "save_png": check_png,
    "copy_numbers": check_copied_numbers,
    "save_numbers": check_csv,
}
"""What is taken away by which entry, and how it is looked at."""


@every_plot
def test_the_menu_has_the_same_entries_everywhere_and_is_made_when_it_is_opened(qtbot, frame):
    assert frame.corner.accessibleName() == "Menu of the plot"
    assert frame.corner.accessibleDescription()
    assert "Shift+F10" in frame.corner.toolTip()
    assert frame.corner.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert frame.findChildren(QMenu) == []
    qtbot.mouseClick(frame.corner, LEFT)
    assert frame.findChildren(QMenu) == [frame.menu]
    frame.menu.hide()
    names = [action.objectName() for action in frame.menu.actions() if not action.isSeparator()]
    assert names == [f"{frame.objectName()}_{entry}" for entry in ENTRIES]
    for action in frame.menu.actions():
        assert action.isSeparator() or action.toolTip()


@every_plot
def test_what_is_taken_away_is_the_plot(qtbot, request, frame, dialogs, message_bar, tmp_path):
    for entry, check in TAKEN.items():
        QGuiApplication.clipboard().clear()
        message_bar.dismiss()
        dialogs.path = tmp_path / f"plot.{entry.removeprefix('save_').replace('numbers', 'csv')}"
        choose(qtbot, frame, entry)
        check(PLOTS[name_of(request)], dialogs.path)
        assert entry.startswith("copy") or dialogs.path.name in message_bar.text
        assert message_bar.text.startswith("Copied" if entry.startswith("copy") else "Wrote")


@every_plot
def test_what_changes_the_view_changes_it_or_says_why_not(qtbot, request, frame):
    for change in Change:
        frame.menu.update_actions()
        action, is_lacking = action_of(frame, change), change in PLOTS[name_of(request)].lacks
        assert action.isEnabled() is not is_lacking
        if is_lacking:
            assert action.toolTip() == frame.plot().obstacle(change) != ""
            continue
        assert frame.plot().obstacle(change) == ""
        if change is Change.VIEW_ALL:
            choose(qtbot, frame, "zoom_in")
        QApplication.processEvents()
        picture = frame.grab().toImage()
        choose(qtbot, frame, change)
        QApplication.processEvents()
        assert frame.grab().toImage() != picture
        if action.isCheckable():
            frame.menu.update_actions()
            assert action.isChecked()
            choose(qtbot, frame, change)
            frame.menu.update_actions()
            assert not action.isChecked()


@every_plot
def test_maximized_it_has_the_room_of_the_window_until_esc(qtbot, frame):
    before, place, window = frame.size(), frame.mapTo(frame.window(), QPoint()), frame.window()
    choose(qtbot, frame, "maximize")
    assert frame.is_maximized
    QApplication.processEvents()
    assert frame.width() * frame.height() >= before.width() * before.height()
    assert frame.mapTo(window, QPoint()).x() <= place.x()
    action_of(frame, "maximize")
    frame.menu.update_actions()
    assert action_of(frame, "maximize").text() == "Back to its place (Esc)"
    qtbot.keyClick(QApplication.focusWidget() or frame, Key.Key_Escape)
    QApplication.processEvents()
    assert not frame.is_maximized
    assert (frame.size(), frame.mapTo(window, QPoint())) == (before, place)


@pytest.mark.parametrize("frame", ["curve", "confusion", "loss", "widths"], indirect=True)
@pytest.mark.parametrize("way", ["right click", "menu key", "shift f10"])
def test_the_context_menu_is_the_same(qtbot, frame, way):
    plot = frame.plot()
    widget = plot.plot if isinstance(plot, Chart) else plot
    widget.setFocus()
    if way == "shift f10":
        qtbot.keyClick(widget, Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    else:
        reasons = QContextMenuEvent.Reason
        reason = reasons.Mouse if way == "right click" else reasons.Keyboard
        place = widget.rect().center()
        target = widget.viewport() if way == "right click" and isinstance(plot, Chart) else widget
        QApplication.sendEvent(target, QContextMenuEvent(reason, place, widget.mapToGlobal(place)))
    assert frame.menu.isVisible()
    frame.menu.hide()


@pytest.mark.parametrize("frame", ["curve", "boundary", "prediction", "loss", "widths"], indirect=True)
def test_the_keys_zoom_and_show_all(qtbot, frame):
    chart = frame.plot()
    chart.plot.setFocus()
    whole = chart.plot.viewRange()
    qtbot.keyClicks(chart.plot, "+")
    nearer = chart.plot.viewRange()
    assert nearer[0][0] > whole[0][0] and nearer[0][1] < whole[0][1]
    qtbot.keyClicks(chart.plot, "--")
    assert chart.plot.viewRange()[0][0] < whole[0][0]
    for key in (Key.Key_0, Key.Key_Home):
        qtbot.keyClicks(chart.plot, "+")
        assert not chart.is_following
        qtbot.keyClick(chart.plot, key)
        np.testing.assert_allclose(chart.plot.viewRange(), whole)
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(chart.plot, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert is_written_on(QGuiApplication.clipboard().image())


@pytest.mark.parametrize("frame", ["curve", "confusion", "loss", "engines"], indirect=True)
def test_a_double_click_maximizes_and_puts_back(qtbot, frame):
    plot = frame.plot()
    for is_large in (True, False, True):
        widget = plot.plot.viewport() if isinstance(plot, Chart) else plot
        qtbot.mouseClick(widget, LEFT, pos=QPoint(100, 60))
        qtbot.mouseDClick(widget, LEFT, pos=QPoint(100, 60))
        qtbot.mouseRelease(widget, LEFT, pos=QPoint(100, 60))
        assert frame.is_maximized is is_large
        QApplication.processEvents()
    qtbot.keyClick(frame, Key.Key_Return)
    assert not frame.is_maximized


@pytest.mark.parametrize(
    "frame", ["curve", "boundary", "surface", "prediction", "loss", "widths"], indirect=True
)
def test_the_crosshair_follows_the_pointer_and_the_arrow_keys(qtbot, frame):
    chart = frame.plot()
    chart.apply(Change.CROSSHAIR)
    crosshair = chart._crosshair
    first = crosshair.text
    assert re.search(r"\d", first)
    place = crosshair.place
    chart.plot.setFocus()
    qtbot.keyClick(chart.plot, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    (left, right), _ = chart.plot.viewRange()
    assert crosshair.place[0] - place[0] == pytest.approx(0.1 * (right - left))
    assert crosshair.place[1] == place[1]
    view_box = chart.plot.getViewBox()
    pointer = view_box.mapViewToScene(view_box.viewRect().center()).toPoint() + QPoint(-40, 30)
    qtbot.mouseMove(chart.plot.viewport(), pointer + QPoint(5, 5))  # it may have been there before
    qtbot.mouseMove(chart.plot.viewport(), pointer)
    at = view_box.mapSceneToView(pointer)
    assert crosshair.place == pytest.approx((at.x(), at.y()))
    chart.apply(Change.CROSSHAIR)
    assert not crosshair.is_shown


@pytest.mark.parametrize("frame", ["loss"], indirect=True)
def test_the_crosshair_says_the_losses_of_the_nearest_epoch(frame):
    chart = frame.plot()
    row = chart.snapshot.history[2]
    words = chart.values_at(2.3, 0.0)
    assert words.split("\n")[0] == "epoch 2"
    chart.set_logarithmic(Change.LOG_X, True)
    assert chart.values_at(np.log10(2.3), 0.0) == words
    assert words == f"epoch 2\ntraining {figure(row[1])}\ntest {figure(row[2])}"


@pytest.mark.parametrize("frame", ["loss"], indirect=True)
def test_the_saved_losses_are_those_of_the_command_line(qtbot, frame, dialogs, make_session, tmp_path):
    session = make_session("sine", epochs=7)
    session.advance(3)
    frame.parentWidget().show_snapshot(session.snapshot())
    dialogs.path = tmp_path / "loss.csv"
    choose(qtbot, frame, "save_numbers")
    assert dialogs.path.read_bytes() == loss_table(session.checkpoint(), session.losses())


@pytest.mark.parametrize("frame", ["curve", "loss"], indirect=True)
def test_what_is_saved_while_it_trains_is_what_was_shown_when_it_was_asked_for(
    qtbot, frame, dialogs, make_session, tmp_path, monkeypatch
):
    session = make_session("sine", epochs=5)
    view = frame.parentWidget()
    view.show_snapshot(session.snapshot())
    frame.host.save_numbers(frame.plot())
    choose(qtbot, frame, "copy_numbers")
    shown = QGuiApplication.clipboard().text()

    def ask_while_it_trains(parent, title, start, filters):
        session.advance(200)
        view.show_snapshot(session.snapshot())
        return tmp_path / "numbers.csv"

    monkeypatch.setattr(dialogs, "ask_save_path", ask_while_it_trains)
    choose(qtbot, frame, "save_numbers")
    assert (tmp_path / "numbers.csv").read_text().replace(",", "\t") == shown
    choose(qtbot, frame, "copy_numbers")
    assert QGuiApplication.clipboard().text() != shown


@every_plot
def test_a_full_disk_is_said_in_one_sentence_and_leaves_nothing_behind(
    qtbot, frame, dialogs, message_bar, tmp_path, monkeypatch
):
    def fail(content, file):
        file.write(content[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic, "_write_content", fail)
    folder = tmp_path / "full"
    folder.mkdir()
    dialogs.path = folder / "plot"
    for entry in ("save_svg", "save_pdf", "save_png", "save_numbers"):
        message_bar.dismiss()
        choose(qtbot, frame, entry)
        assert message_bar.text.endswith("the disk is full: free some space, or choose another disk.")
        assert list(folder.iterdir()) == []


@pytest.mark.parametrize("frame", ["loss"], indirect=True)
def test_a_folder_that_may_not_be_written_is_said(qtbot, frame, dialogs, message_bar, tmp_path):
    dialogs.path = tmp_path / "missing" / "loss.svg"
    choose(qtbot, frame, "save_svg")
    assert "its folder does not exist" in message_bar.text


@pytest.mark.parametrize("frame", ["loss"], indirect=True)
def test_the_folder_is_remembered(qtbot, frame, dialogs, settings, tmp_path):
    dialogs.path = tmp_path / "loss.png"
    choose(qtbot, frame, "save_png")
    asked = []
    dialogs.ask_save_path = lambda parent, title, start, filters: asked.append((start, filters))
    choose(qtbot, frame, "save_svg")
    assert asked == [(tmp_path / "loss-chart.svg", ["SVG (*.svg)"])]


@pytest.mark.parametrize(
    "frame", ["curve", "boundary", "confusion", "loss", "engines", "widths"], indirect=True
)
def test_a_picture_is_as_on_paper_in_both_themes(theme, frame):
    pictures = []
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        theme.set_choice(choice)
        QApplication.processEvents()
        frame.host.copy_picture(frame.plot())
        pictures.append(QGuiApplication.clipboard().image())
    assert pictures[0] == pictures[1]
