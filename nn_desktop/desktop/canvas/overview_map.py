"""A small map of the whole network, in a corner of the canvas while only a part is in view."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.drawing.placement import Placement

WIDTH, HEIGHT = 150, 96
MARGIN = 8


class OverviewMap(QWidget):
    """Shows where the units are and which part is in view; a click or drag goes there.

    Signals
    -------
    wanted(QPointF)
        This point of the scene should be in the middle of the view.
    """

    wanted = Signal(QPointF)

    def __init__(self, colors: Colors, parent: QWidget) -> None:
        super().__init__(parent)
        identify(self, "overview_map", self.tr("Map of the whole network"))
        self.setToolTip(self.tr("The whole network: click or drag to see another part of it"))
        self.setFixedSize(WIDTH, HEIGHT)
        self._colors = colors
        self._scene_rect = self._units_rect = QRectF(0, 0, 1, 1)
        self._shown = QRectF()
        self._points: list[QPointF] = []
        self.hide()

    def set_colors(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        self._colors = colors
        self.update()

    def set_network(self, placement: Placement, scene_rect: QRectF) -> None:
        """Show another network."""
        self._points = [QPointF(*position) for position in placement.positions().values()]
        self._scene_rect = scene_rect
        left, right, top, bottom = placement.extent()
        self._units_rect = QRectF(QPointF(left, top), QPointF(right, bottom)).adjusted(-60, -60, 60, 60)
        self.update()

    def set_shown(self, rect: QRectF) -> None:
        """Show which part of the scene is in view; there is no map while all of it is."""
        self._shown = rect
        self.setVisible(not rect.adjusted(-4, -4, 4, 4).contains(self._scene_rect))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._colors.border), 1))
        painter.setBrush(QColor(self._colors.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setClipRect(self.rect().adjusted(2, 2, -2, -2))
        to_map = self._to_map()
        painter.setPen(QPen(QColor(self._colors.unit_border), 3, c=Qt.PenCapStyle.RoundCap))
        painter.drawPoints([to_map.map(point) for point in self._points])
        painter.setPen(QPen(QColor(self._colors.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(to_map.mapRect(self._shown))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_to(event.position())

    def _go_to(self, point: QPointF) -> None:
        to_scene, _ = self._to_map().inverted()
        self.wanted.emit(to_scene.map(point))

    def _to_map(self) -> QTransform:
        rect = self._units_rect
        scale = min((WIDTH - 2 * MARGIN) / rect.width(), (HEIGHT - 2 * MARGIN) / rect.height())
        centre = rect.center()
        return (
            QTransform()
            .translate(WIDTH / 2, HEIGHT / 2)
            .scale(scale, scale)
            .translate(-centre.x(), -centre.y())
        )
