"""A plot in all the room of its window, until Esc or its menu puts it back."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QVBoxLayout, QWidget

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.layouts import fill


class Maximized(QWidget):
    """Lies over the window, below its menus and tool bars, and has a plot in it with its frame.

    Parameters
    ----------
    frame
        What is seen large; something empty keeps its place meanwhile.
    notices
        Stays in sight above the frame, if it is not within.

    Signals
    -------
    ended()
        Esc was pressed within, or the place to go back to is not seen any more.
    """

    ended = Signal()

    def __init__(self, frame: QWidget, window: QWidget, notices: QWidget) -> None:
        super().__init__(window)
        identify(self, "maximized_plot", self.tr("Maximized plot"))
        self.frame = frame
        self._window = window
        self._places: dict[QWidget, QWidget] = {}
        self._leaving = QTimer(self, singleShot=True, interval=0)  # not in the middle of what hides its place
        self._leaving.timeout.connect(self.ended)
        self.setAutoFillBackground(True)
        focus = QApplication.focusWidget()
        layout = fill(QVBoxLayout(self), spacing=0)
        for widget in (frame,) if frame.isAncestorOf(notices) else (notices, frame):
            self._take(widget, layout)
        layout.setStretchFactor(frame, 1)
        frame.show()
        self._fit()
        window.installEventFilter(self)
        self._places[frame].installEventFilter(self)
        self.show()
        self.raise_()
        self._give_focus(focus)

    def stay(self) -> None:
        """Be there all the same, though the plot's own place has just gone."""
        self._leaving.stop()

    def end(self) -> None:
        """Give everything back, and go."""
        focus = QApplication.focusWidget()
        self._window.removeEventFilter(self)
        for widget, place in self._places.items():
            place.removeEventFilter(self)
            _swap(place, widget)
            place.deleteLater()
        self.frame.show()
        self.hide()
        self._give_focus(focus)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the window, and go where the plot's own place goes."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and watched is self._window:
            self._fit()
        elif event.type() == QEvent.Type.Hide and watched is self._places[self.frame]:
            self._leaving.start()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End at Esc, unless what is within wants the key for itself."""
        if event.key() == Qt.Key.Key_Escape:
            self.ended.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Keep Tab within: the rest of the window is covered."""
        stops = [stop for part in self._places for stop in _tab_stops(part)]
        here = QApplication.focusWidget()
        if not stops:
            return False
        index = stops.index(here) if here in stops else -1
        reason = Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason
        stops[(index + (1 if next else -1)) % len(stops)].setFocus(reason)
        return True

    def _take(self, widget: QWidget, layout: QVBoxLayout) -> None:
        self._places[widget] = place = QWidget()
        place.setSizePolicy(widget.sizePolicy())
        place.setMinimumSize(widget.minimumSize())
        _swap(widget, place)
        place.show()
        layout.addWidget(widget)

    def _give_focus(self, wanted: QWidget | None) -> None:
        """Let the keys go where they went before: a widget that moves loses them."""
        if wanted is None or not self.frame.isAncestorOf(wanted):
            wanted = next(iter(_tab_stops(self.frame)), None)
        if wanted is not None:
            wanted.setFocus()

    def _fit(self) -> None:
        self.setGeometry(_room_of(self._window))


def _swap(widget: QWidget, other: QWidget) -> None:
    """Put another widget into the place of one in its layout."""
    parent = widget.parentWidget()
    layout = None if parent is None else parent.layout()
    if layout is not None:
        # PySide does not see that the layout does this, and would take it for deleted with its old parent.
        other.setParent(parent)
        layout.replaceWidget(widget, other)


def _room_of(window: QWidget) -> QRect:
    """Return where the contents of a window are: in a main window, what menus and tool bars leave."""
    center = window.centralWidget() if isinstance(window, QMainWindow) else None
    if center is None:
        return window.rect()
    room = center.geometry()
    for dock in window.findChildren(QDockWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        # Qt puts a dock that lies behind another one as a tab beyond the edge of the window.
        if dock.isVisible() and not dock.isFloating() and window.rect().contains(dock.geometry()):
            room = room.united(dock.geometry())
    return room


def _tab_stops(widget: QWidget) -> list[QWidget]:
    """Return what Tab goes to within a widget, as one reads it.

    PySide takes what `findChildren` returns for children of what is asked, deleted with it: so ask only
    what lives on. Likewise `nextInFocusChain`, which would lead to the whole window.
    """
    stops = [
        each
        for each in widget.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible() and each.isEnabled()
    ]
    places = {each: each.mapTo(widget, each.rect().topLeft()) for each in stops}
    return sorted(stops, key=lambda each: (places[each].y(), places[each].x()))
