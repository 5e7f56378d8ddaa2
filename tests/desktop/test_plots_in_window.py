"""The plots of the main window: what their menus do is said there, also while one has all the room."""

import gc

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu, QPushButton, QWidget
from shiboken6 import isValid
from window_driver import find, press_key, settle

from nn_desktop.desktop.plots.chart import Chart
from nn_desktop.desktop.plots.plot import Change
from nn_desktop.desktop.plots.plot_frame import PlotFrame

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


def choose(qtbot, frame, entry):
    action = next(a for a in frame.menu.actions() if a.objectName() == f"{frame.objectName()}_{entry}")
    qtbot.mouseClick(frame.corner, LEFT)
    qtbot.mouseClick(frame.menu, LEFT, pos=frame.menu.actionGeometry(action).center())


def covers(widget, other):
    return widget.geometry().contains(QRect(other.mapTo(widget.window(), QPoint()), other.size()))


def test_a_maximized_plot_covers_canvas_and_panels_and_says_what_went_wrong(qtbot, window, dialogs, tmp_path):
    frame = find(window, PlotFrame, "loss_frame")
    choose(qtbot, frame, "maximize")
    QApplication.processEvents()
    room = find(window, QWidget, "maximized_plot")
    panels = ("dock_data", "dock_learning", "dock_fit", "dock_loss")
    covered = (window.canvas, *(find(window, QDockWidget, name) for name in panels))
    for size in (QSize(1440, 900), QSize(1200, 800), QSize(1500, 850)):
        window.resize(size)
        QApplication.processEvents()
        assert [each.objectName() for each in covered if not covers(room, each)] == []
    dialogs.path = tmp_path / "missing" / "loss.svg"
    choose(qtbot, frame, "save_svg")
    QApplication.processEvents()
    assert "its folder does not exist" in window.message_bar.text
    assert room.isAncestorOf(window.message_bar) and window.message_bar.isVisible()
    qtbot.keyClick(find(window, QWidget, "loss_chart_plot"), Key.Key_Escape)
    QApplication.processEvents()
    assert not frame.is_maximized
    assert not room.isAncestorOf(window.message_bar) and window.message_bar.isVisible()
    assert window.docks.loss_plot.isAncestorOf(frame)


def test_it_goes_on_training_while_a_plot_is_maximized(qtbot, window, trainer):
    frame = find(window, PlotFrame, "loss_frame")
    choose(qtbot, frame, "maximize")
    press_key(qtbot, window, Key.Key_Space)
    chart = find(window, Chart, "loss_chart")
    qtbot.waitUntil(lambda: chart.snapshot.epoch > 5)
    press_key(qtbot, window, Key.Key_Space)
    settle(qtbot, window)
    assert chart.snapshot is trainer.snapshot


def test_a_maximized_plot_goes_back_when_its_panel_is_closed(qtbot, window):
    frame = find(window, PlotFrame, "fit_frame")
    choose(qtbot, frame, "maximize")
    find(window, QDockWidget, "dock_fit").hide()
    qtbot.waitUntil(lambda: not frame.is_maximized)
    assert window.docks.fit_view.isAncestorOf(frame)


def test_what_was_maximized_lives_on_when_its_room_is_gone(qtbot, window):
    frame = find(window, PlotFrame, "fit_frame")
    inside = [frame, *frame.findChildren(QWidget), window.message_bar, window.windowHandle()]
    for _ in range(2):
        frame.toggle_maximized()
        QApplication.processEvents()
        frame.toggle_maximized()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        assert window.findChild(QWidget, "maximized_plot") is None
        assert all(isValid(each) for each in inside)
        assert frame.isVisible()


def test_tab_stays_within_the_maximized_plot(qtbot, window):
    frame = find(window, PlotFrame, "loss_frame")
    choose(qtbot, frame, "maximize")
    seen = set()
    for key in [Key.Key_Tab] * 6 + [Key.Key_Backtab] * 6:
        qtbot.keyClick(QApplication.focusWidget(), key)
        seen.add(QApplication.focusWidget().objectName())
        assert frame.isAncestorOf(QApplication.focusWidget())
    assert {"loss_frame_menu_button", "loss_chart_plot"} <= seen


def test_esc_on_the_maximized_canvas_ends_a_gesture_first(qtbot, window):
    frame = find(window, PlotFrame, "canvas_frame")
    choose(qtbot, frame, "maximize")
    window.canvas.setFocus()
    qtbot.mousePress(window.canvas.viewport(), LEFT, pos=QPoint(30, 200))
    qtbot.mouseMove(window.canvas.viewport(), QPoint(90, 260))
    qtbot.keyClick(window.canvas, Key.Key_Escape)
    assert frame.is_maximized
    qtbot.mouseRelease(window.canvas.viewport(), LEFT, pos=QPoint(90, 260))
    qtbot.keyClick(window.canvas, Key.Key_Escape)
    assert not frame.is_maximized


def test_the_canvas_offers_the_same_menu_where_nothing_is_current(qtbot, window):
    window.selection.clear()
    window.canvas.context_menu_requested.emit(window.canvas.mapToGlobal(QPoint(5, 5)))
    menu = find(window, QMenu, "canvas_menu")
    assert find(window, PlotFrame, "canvas_frame").menu in [action.menu() for action in menu.actions()]
    menu.hide()


def test_a_logarithmic_axis_from_the_menu_is_remembered(qtbot, window, settings, open_window):
    choose(qtbot, find(window, PlotFrame, "loss_frame"), "log_y")
    assert window.actions_by_name["log_scale"].isChecked()
    assert open_window().docks.loss_plot._chart.is_on(Change.LOG_Y)


def test_what_was_saved_of_a_plot_is_shown_in_its_folder(qtbot, window, dialogs, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    dialogs.path = tmp_path / "loss.svg"
    choose(qtbot, find(window, PlotFrame, "loss_frame"), "save_svg")
    answer = find(window, QPushButton, "message_answer")
    assert answer.text() == "Show in folder"
    qtbot.mouseClick(answer, LEFT)
    assert opened == [str(tmp_path)]
