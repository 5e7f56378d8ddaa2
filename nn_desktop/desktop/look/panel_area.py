"""What a panel stands in: it scrolls where there is too little room for the panel."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

MAX_MINIMUM = QSize(360, 120)
"""However large the text is, a panel asks for no more room than this, and scrolls."""


class PanelArea(QScrollArea):
    """Holds one panel, from when it is made.

    A panel gets all the room there is, and no less than its minimum. (Where a text wraps, Qt's own resizing
    would scroll a list before it gives up any of the height that it likes to have.)
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    def hold(self, panel: QWidget) -> None:
        """Show a panel from now on."""
        self.setWidget(panel)
        panel.show()
        self._fit_panel()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        panel = self.widget()
        return super().sizeHint() if panel is None else panel.sizeHint()

    def minimumSizeHint(self) -> QSize:
        panel = self.widget()
        if panel is None:
            return QSize(0, 0)
        least = panel.minimumSizeHint()
        if least.height() > MAX_MINIMUM.height():
            least += QSize(self._bar_width, 0)
        return least.boundedTo(MAX_MINIMUM)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_panel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow a panel that needs more room than before, or less."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            self._fit_panel()
            self.updateGeometry()
        return super().eventFilter(watched, event)

    @property
    def _bar_width(self) -> int:
        return self.verticalScrollBar().sizeHint().width()

    def _fit_panel(self) -> None:
        panel = self.widget()
        if panel is None:
            return
        room = self.maximumViewportSize()
        if _least_height(panel, room.width()) > room.height():
            room -= QSize(self._bar_width, 0)
        width = max(room.width(), panel.minimumSizeHint().width())
        if width > room.width():
            room -= QSize(0, self.horizontalScrollBar().sizeHint().height())
        panel.resize(width, max(room.height(), _least_height(panel, width)))

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _before: QWidget | None, focused: QWidget | None) -> None:
        """Scroll to what Tab has led to: Qt does it only within one area."""
        if focused is not None and self.isAncestorOf(focused):
            self.ensureWidgetVisible(focused)


def _least_height(panel: QWidget, width: int) -> int:
    layout = panel.layout()
    if layout is not None and layout.hasHeightForWidth():
        return layout.minimumHeightForWidth(width)
    return panel.minimumSizeHint().height()
