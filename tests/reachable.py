"""What cannot be reached or read in a window: controls beyond its edge, texts cut off, what Tab leaves out.

Run as a program it opens a window, walks through all workspaces, and prints what is wrong as JSON:
``QT_SCALE_FACTOR=1.5 python reachable.py WIDTH HEIGHT SETTINGS``.
"""

import json
import sys
from collections.abc import Callable, Iterator
from itertools import chain

from PySide6.QtCore import QEvent, QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QToolBar,
    QToolButton,
    QToolTip,
    QTreeView,
    QWidget,
)

from nn_desktop.desktop.main_window import MainWindow
from nn_desktop.desktop.plots.chart import Chart
from nn_desktop.desktop.plots.legend import Legend

CONTROLS = (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSlider,
    QTreeView,
    Chart,
    Legend,
)
TAB_PRESSES = 150


def faults_of(window: MainWindow, wait: Callable[[], object]) -> list[str]:
    """Return what is wrong in any workspace of a window, its drawers included; one line each."""
    faults: list[str] = []
    for workspace in window.workspaces.rows:
        window.workspaces.go_to(workspace.name)
        wait()
        sides: tuple[str, ...] = ("left", "right") if window.columns.is_narrow else ("",)
        for side in sides:
            if side:
                window.columns.open(side)
            wait()
            where = f"{workspace.name} {side}".strip()
            faults += [f"{where}: {fault}" for fault in chain(_cut_off(window), _left_out_by_tab(window))]
    return faults


def controls_of(window: QWidget) -> list[QWidget]:
    """Return the controls and texts that are shown."""
    found = {each for kind in CONTROLS for each in window.findChildren(kind) if each.isVisibleTo(window)}
    inner = (QAbstractSpinBox, QComboBox)
    return [each for each in found if not isinstance(each.parent(), inner) and _is_in_front(each)]


def _is_in_front(widget: QWidget) -> bool:
    """Return whether it is not on a panel behind another one, which lies outside the window."""
    while widget.parentWidget() is not None:
        if widget.inherits("QDockWidget"):
            return widget.geometry().right() >= 0
        widget = widget.parentWidget()
    return True


def cut_controls(window: QWidget) -> Iterator[str]:
    """Yield what is wrong with controls and texts that are not whole, of any window; one line each."""
    for widget in controls_of(window):
        name = f"{type(widget).__name__} {widget.objectName()}"
        if _edge(widget, window):
            yield f"{name} is not whole within {_edge(widget, window)}"
        elif is_cut(widget) and not _tool_tip(widget):
            yield f"{name} has no room for its text, and no tool tip"


def _cut_off(window: MainWindow) -> Iterator[str]:
    yield from cut_controls(window)
    for dock in window.docks.by_name.values():
        if not dock.visibleRegion().isEmpty() and dock.geometry().intersects(
            window.centralWidget().geometry()
        ):
            yield f"{dock.objectName()} lies over the canvas"
    for bar in window.findChildren(QToolBar):
        more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
        hidden = [
            each for each in bar.findChildren(QAbstractButton) if not each.isVisible() and each is not more
        ]
        if bar.isVisible() and hidden and not more.isVisible():
            yield f"{bar.objectName()} hides {hidden[0].objectName()} and has no button for it"


def _edge(widget: QWidget, window: QWidget) -> str:
    """Return what cuts a widget off; nothing scrolls to show the rest of it."""
    inside, outer = widget, widget.parentWidget()
    while outer is not None and inside is not window:
        area = outer.parentWidget()
        if isinstance(area, QAbstractScrollArea) and outer is area.viewport():
            inside, outer = area, area.parentWidget()  # it scrolls to show it
            widget = area
            continue
        frame = QRect(widget.mapTo(outer, QPoint()), widget.size())
        if not outer.rect().contains(frame):
            return outer.objectName() or type(outer).__name__
        inside, outer = outer, outer.parentWidget()
    return ""


def is_cut(widget: QWidget) -> bool:
    """Return whether not all of its text can be read."""
    metrics = widget.fontMetrics()
    if isinstance(widget, QLabel):
        if not widget.text() or widget.wordWrap():
            return widget.wordWrap() and widget.height() < widget.heightForWidth(widget.width()) - 1
        lines = widget.text().replace("&", "").splitlines()
        widest = max(metrics.horizontalAdvance(line) for line in lines)
        return widget.width() < widest or widget.text().endswith("…")
    if isinstance(widget, QComboBox):
        return _room_of(widget) < metrics.horizontalAdvance(widget.currentText())
    if isinstance(widget, QAbstractSpinBox):
        line = widget.lineEdit()
        return line.contentsRect().width() < metrics.horizontalAdvance(line.text())
    if isinstance(widget, Legend):
        return not widget.is_whole
    if isinstance(widget, QAbstractButton) and widget.text() and widget.sizeHint().isValid():
        is_icon = isinstance(widget, QToolButton) and (
            widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        text = QFontMetrics(widget.font()).horizontalAdvance(widget.text().replace("&", ""))
        return not is_icon and widget.width() < text
    return False


def _tool_tip(widget: QWidget) -> str:
    """Return what is shown where the pointer rests; a legend makes its own."""
    if not isinstance(widget, Legend):
        return widget.toolTip()
    center = widget.rect().center()
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, center, widget.mapToGlobal(center)))
    text = QToolTip.text() if QToolTip.isVisible() else ""
    QToolTip.hideText()
    return text if all(entry.text in text for entry in widget.entries) else ""


def _room_of(box: QComboBox) -> int:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    return box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box).width()


def _left_out_by_tab(window: MainWindow) -> Iterator[str]:
    window.canvas.setFocus()
    reached: set[QWidget] = set()
    for _ in range(TAB_PRESSES):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        focused = window.focusWidget()
        if focused is window.canvas:
            break
        reached.add(focused)
        seen = focused.viewport() if isinstance(focused, QAbstractScrollArea) else focused
        if seen.visibleRegion().isEmpty():
            yield f"{type(focused).__name__} {focused.objectName()} has the focus and cannot be seen"
    for widget in controls_of(window):
        takes_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled()
        if takes_tab and widget not in reached:
            yield f"Tab leaves out {type(widget).__name__} {widget.objectName()}"


def main(width: int, height: int, settings: str) -> None:
    from nn_desktop.desktop.app import make_window
    from nn_desktop.desktop.dialogs.dialogs import WindowDialogs
    from nn_desktop.desktop.look.theme import Theme

    application = QApplication([])
    kept = QSettings(settings, QSettings.Format.IniFormat)
    window = make_window(Theme(application), kept, WindowDialogs())
    window.resize(width, height)
    window.show()
    QTest.qWaitForWindowActive(window)
    sizes = [window.width(), window.height(), round(100 * window.devicePixelRatio())]
    faults = faults_of(window, lambda: QTest.qWait(50))
    window.close_without_asking()
    print(json.dumps({"sizes": sizes, "faults": faults}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
