"""The gallery of ready networks, as a menu."""

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.actions.mnemonic_menu import MnemonicMenu
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.network.functions import Activation
from nn_desktop.network.gallery import READY, ReadyNetwork

ICON_SIDE = 48
ICON_WIDTH, ICON_HEIGHT = 48, 40
MAX_DRAWN = 6
"""An icon has no more units of a layer."""


def ready_title(ready: ReadyNetwork) -> str:
    """Return what a ready network is called, in the language of the window."""
    return QCoreApplication.translate("ready", ready.title)


def ready_description(ready: ReadyNetwork) -> str:
    """Return what a ready network shows, in the language of the window."""
    return QCoreApplication.translate("ready", ready.description)


class ReadyMenu(MnemonicMenu):
    """Lists the ready networks, each with a small drawing.

    Signals
    -------
    chosen(str)
        The name of the network that was chosen.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "ready_menu", self.tr("Examples"))
        self.setTitle(self.tr("Ready net&works"))
        self.setToolTipsVisible(True)
        self._theme = theme
        for ready in READY:
            action = self.addAction(ready_title(ready))
            action.setObjectName(f"ready_{ready.name}")
            action.setToolTip(ready_description(ready))
            action.setStatusTip(ready_description(ready))
            action.setData(ready.name)
        self.triggered.connect(self._on_triggered)
        self.aboutToShow.connect(self._draw_icons)

    @Slot()
    def _draw_icons(self) -> None:
        """Draw the icons in the colours of now; only when they are seen."""
        colors = self._theme.colors
        self.setStyleSheet(
            f"QMenu {{ icon-size: {ICON_SIDE}px; }} QMenu::icon {{ padding-left: 8px; }}"
            "QMenu::item { padding: 2px 20px 2px 16px; }"
            f"QMenu::item:selected {{ background: {colors.selection}; color: {colors.text}; }}"
        )
        for action, ready in zip(self.actions(), READY, strict=True):
            action.setIcon(_draw(ready, colors, self.devicePixelRatioF()))

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(action.data())


def _draw(ready: ReadyNetwork, colors: Colors, ratio: float) -> QIcon:
    topology = ready.build(2, 1, Activation.IDENTITY)
    step = (ICON_WIDTH - 8) / (len(topology.layers) - 1)
    positions = {}
    for column, layer in enumerate(topology.layers):
        units = layer.units[:MAX_DRAWN]
        pitch = min(8.0, (ICON_HEIGHT - 6) / max(1, len(units) - 1))
        for row, unit in enumerate(units):
            y = ICON_HEIGHT / 2 + (row - (len(units) - 1) / 2) * pitch
            positions[unit] = QPointF(4 + column * step, y)
    pixmap = QPixmap(round(ICON_WIDTH * ratio), round(ICON_HEIGHT * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colors.unit_border), 0.7))
    painter.drawLines(
        [
            QLineF(positions[a], positions[b])
            for a, b in topology.connections()
            if a in positions and b in positions
        ]
    )
    painter.setPen(QPen(QColor(colors.accent), 4, c=Qt.PenCapStyle.RoundCap))
    painter.drawPoints(list(positions.values()))
    painter.end()
    return QIcon(pixmap)
