"""Finding things in the window, and waiting until it shows the newest moment."""

from PySide6.QtCore import QPoint, QPointF

from nn_desktop.desktop.canvas.button_item import ButtonItem
from nn_desktop.desktop.main_window import MainWindow


def find(window: MainWindow, kind: type, name: str):
    """Return the widget with a stable name."""
    widget = window.findChild(kind, name)
    assert widget is not None, name
    return widget


def canvas_point(window: MainWindow, x: float, y: float) -> QPoint:
    """Return where a point of the drawing is in the canvas."""
    return window.canvas.mapFromScene(QPointF(x, y))


def unit_point(window: MainWindow, unit: int) -> QPoint:
    """Return where a unit is in the canvas."""
    return canvas_point(window, *window.canvas.scene().placement.positions()[unit])


def button_point(window: MainWindow, name: str) -> QPoint:
    """Return where a button of the drawing is in the canvas."""
    items = window.canvas.scene().items()
    button = next(item for item in items if isinstance(item, ButtonItem) and item.objectName() == name)
    return window.canvas.mapFromScene(button.scenePos())


def settle(qtbot, window: MainWindow) -> None:
    """Wait until the window shows the newest moment, if it is not training for good."""
    trainer = window.trainer
    qtbot.waitUntil(lambda: not trainer.is_busy, timeout=5000)
