"""Finding things in the window, and waiting until it shows the newest moment."""

from itertools import pairwise

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPolygonF
from PySide6.QtWidgets import QLabel

from nn_desktop.desktop.canvas.button_item import ButtonItem
from nn_desktop.desktop.canvas.connections_item import ConnectionsItem
from nn_desktop.desktop.look.popup_button import Popup
from nn_desktop.desktop.main_window import MainWindow
from nn_desktop.network.topology import Pair


def find(window: MainWindow, kind: type, name: str):
    """Return the widget with a stable name."""
    widget = window.findChild(kind, name)
    assert widget is not None, name
    return widget


def open_descent(window: MainWindow) -> Popup:
    """Open the chip of the tool bar: mode, batch size and learning rate are in its popup."""
    window.training_bar.descent_button.open()
    return find(window, Popup, "descent_button_popup")


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


def drawn_pairs(item: ConnectionsItem) -> list[Pair]:
    """Return the connections that are drawn as lines: what a pointer meets that reaches everywhere."""
    return item.connections_near([QPointF()], reach=1e9)


def settle(qtbot, window: MainWindow) -> None:
    """Wait until all that is opened is there and the newest moment is shown; not while it trains for good."""
    busy = (window.trainer, window.saver.background, window.opener)
    qtbot.waitUntil(lambda: not any(each.is_busy for each in busy), timeout=5000)


def rest(qtbot, window: MainWindow) -> None:
    """Settle, or go on at once while it trains."""
    if not window.trainer.is_running:
        settle(qtbot, window)


def show_layers(qtbot, window: MainWindow, text: str) -> None:
    """Make the layers those that are written, as the beginning: nothing is to undo."""
    assert window.document.type_layers(text)
    window.document.undo_stack.clear()
    settle(qtbot, window)


def show_at(window: MainWindow, scale: float, *points: QPointF) -> None:
    """Show the drawing at a scale, with these points of it in view; at 1 it is fitted as a whole."""
    canvas = window.canvas
    if scale == 1:
        canvas.fit()
    else:
        canvas.zoom(scale / canvas.transform().m11())
        canvas.pan(canvas.viewport().rect().center() - canvas.mapFromScene(_middle(points)))
        assert abs(canvas.transform().m11() - scale) < 1e-9
    assert all(canvas.viewport().rect().contains(canvas.mapFromScene(point)) for point in points)


def _middle(points: tuple[QPointF, ...]) -> QPointF:
    return QPolygonF(points).boundingRect().center()


def unit_spot(window: MainWindow, layer: int, place: int) -> QPointF:
    """Return where a unit is in the drawing."""
    unit = window.editor.topology.layers[layer].units[place]
    return QPointF(*window.canvas.network.placement.positions()[unit])


def title_spot(window: MainWindow, layer: int) -> QPointF:
    """Return where the title of a layer is in the drawing."""
    network = window.canvas.network
    return network.drawing.headings.title(network.placement.columns[layer])


def gap_spot(window: MainWindow, index: int) -> QPointF:
    """Return a point of the drawing between two columns, above all units."""
    columns = window.canvas.network.placement.columns
    return QPointF((columns[index - 1].x + columns[index].x) / 2, window.canvas.network.placement.top - 30)


def connection_spot(window: MainWindow, source: int, target: int) -> QPointF:
    """Return a point of the drawing where the pointer means this connection and no other."""
    network, positions = window.canvas.network, window.canvas.network.placement.positions()
    start, stop = QPointF(*positions[source]), QPointF(*positions[target])
    straight = [start + (stop - start) * share / 20 for share in range(4, 17)]
    points = [network.drawing.connections.middle(source, target), *straight]
    return next(point for point in points if network.part_at(point) == (source, target))


def press_at(qtbot, window: MainWindow, point: QPointF, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    """Press the left button at a point of the drawing."""
    canvas = window.canvas
    qtbot.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, modifiers, pos=canvas.mapFromScene(point))


def move_to(qtbot, window: MainWindow, *way: QPointF) -> None:
    """Move the pointer to points of the drawing, one after another.

    From beside the first one: a pointer that another test left at the same point would not have moved.
    """
    viewport = window.canvas.viewport()
    qtbot.mouseMove(viewport, window.canvas.mapFromScene(way[0]) + QPoint(2, 2))
    for point in way:
        qtbot.mouseMove(viewport, window.canvas.mapFromScene(point))


def release_at(qtbot, window: MainWindow, point: QPointF, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    """Release the left button at a point of the drawing."""
    canvas = window.canvas
    qtbot.mouseRelease(
        canvas.viewport(), Qt.MouseButton.LeftButton, modifiers, pos=canvas.mapFromScene(point)
    )


def drag(qtbot, window: MainWindow, *way: QPointF, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    """Press at the first of these points of the drawing, move through the others, release at the last."""
    press_at(qtbot, window, way[0], modifiers)
    for start, stop in pairwise(way):
        move_to(qtbot, window, *(start + (stop - start) * step / 4 for step in range(1, 5)))
    release_at(qtbot, window, way[-1], modifiers)
    rest(qtbot, window)


def click_at(qtbot, window: MainWindow, point: QPointF, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    """Move the pointer to a point of the drawing, and click."""
    move_to(qtbot, window, point)
    press_at(qtbot, window, point, modifiers)
    release_at(qtbot, window, point, modifiers)
    rest(qtbot, window)


def press_key(qtbot, window: MainWindow, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    """Press and release a key on the canvas."""
    qtbot.keyClick(window.canvas, key, modifiers)
    rest(qtbot, window)


def picture_of(window: MainWindow) -> QImage:
    """Return all that is drawn of the network at this moment, with what a gesture shows."""
    scene = window.canvas.network
    scene.drawing.show_units(scene.parameters, scene.snapshot.dataset)  # the last of them may be under way
    image = QImage(scene.sceneRect().size().toSize(), QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    scene.render(painter)
    painter.end()
    return image


def warning_of(window: MainWindow) -> str:
    """Return what the canvas says cannot be; empty if it says nothing."""
    label = find(window, QLabel, "canvas_warning")
    return label.text() if label.isVisible() else ""


def hover_of(window: MainWindow) -> str:
    """Return what the canvas says of what is under the pointer; empty if it says nothing."""
    label = find(window, QLabel, "canvas_hover")
    return label.text() if label.isVisible() else ""


def inspected(window: MainWindow) -> str:
    """Return the live numbers that the Inspector shows; empty if none are to be seen."""
    label = find(window, QLabel, "inspector_numbers")
    return label.text() if label.isVisible() else ""


def undo_and_redo(qtbot, window: MainWindow, before, steps: int = 1) -> None:
    """See that as many steps were made, that undone they give the network before, and redone that of now."""
    after, stack = window.editor.topology, window.document.undo_stack
    assert stack.index() == stack.count() == steps
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    for _ in range(steps):
        press_key(qtbot, window, Qt.Key.Key_Z, control)
    assert window.editor.topology == before
    assert window.canvas.network.topology == before
    for _ in range(steps):
        press_key(qtbot, window, Qt.Key.Key_Z, control | shift)
    assert window.editor.topology == after
    assert window.canvas.network.topology == after
