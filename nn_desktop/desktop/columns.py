"""The side columns: folded away when the canvas needs the room, and drawers in a narrow window."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow

from nn_desktop.desktop.docks import AREAS, Docks
from nn_desktop.desktop.panel_rows import LEFT, RIGHT

NARROW, NARROW_CHARACTERS = 1005, 120
"""In a window that is less wide, in pixels or in characters, columns are drawers: between two of them there
is no room for the tools."""


class Columns(QObject):
    """Opens and closes the columns at the left and at the right of the canvas.

    In a narrow window both are closed, and one of them is open at a time. What is folded away belongs to the
    arrangement all the same: it is saved as if it were shown.

    Signals
    -------
    changed()
        A column was opened or closed, or its last panel was.
    """

    changed = Signal()

    def __init__(self, docks: Docks, window: QMainWindow) -> None:
        super().__init__(window)
        self._docks, self._window = docks, window
        self._folded: dict[str, list[QDockWidget]] = {LEFT: [], RIGHT: []}
        self._open_when_wide = [LEFT, RIGHT]
        self._widths = {LEFT: 0, RIGHT: 0}
        self.is_narrow = False
        # Panels come and go by the dozen when a workspace is shown.
        self._telling = QTimer(self, singleShot=True, interval=0)
        self._telling.timeout.connect(self.changed)
        for dock in docks.by_name.values():
            dock.visibilityChanged.connect(self._telling.start)
            dock.visibilityChanged.connect(partial(self._on_visibility_changed, dock))

    @property
    def folded(self) -> set[str]:
        """Names of the docks that are folded away."""
        return {dock.objectName() for docks in self._folded.values() for dock in docks if dock.isHidden()}

    def is_open(self, side: str) -> bool:
        """Return whether there is a column at a side."""
        return bool(self._shown(side))

    def has_panels(self, side: str) -> bool:
        """Return whether a column at a side is open, or can be opened."""
        return self.is_open(side) or bool(self._folded[side])

    def toggle(self, side: str) -> None:
        """Open the column at a side, or close it."""
        if self.is_open(side):
            self.close(side)
        else:
            self.open(side)

    def open(self, side: str) -> None:
        """Show what was folded away at a side; in a narrow window the other side gives way."""
        if self.is_narrow:
            self.close(RIGHT if side == LEFT else LEFT)
        docks, self._folded[side] = self._folded[side], []
        for dock in docks:
            dock.show()
        if docks:
            docks[0].raise_()
            self._window.resizeDocks(docks[:1], [self._widths[side]], Qt.Orientation.Horizontal)

    def close(self, side: str) -> None:
        """Fold away what is shown at a side."""
        shown = self._shown(side)
        # What is in front goes last, so that nothing behind it comes to light, and comes back first.
        shown.sort(key=lambda dock: dock.visibleRegion().isEmpty())
        if shown:
            self._widths[side] = shown[0].width()
        focused = self._window.focusWidget()
        if focused is not None and any(dock.isAncestorOf(focused) for dock in shown):
            self._docks.canvas.setFocus()  # Qt would give the keys to whatever comes next
        for dock in reversed(shown):
            dock.hide()
        self._folded[side] = [*shown, *(dock for dock in self._folded[side] if dock not in shown)]

    @Slot()
    def close_drawers(self) -> bool:
        """Close what was opened in a narrow window; return whether there was anything."""
        sides = [side for side in self._folded if self.is_narrow and self.is_open(side)]
        for side in sides:
            self.close(side)
        return bool(sides)

    def fit_to(self, width: int, is_presented: bool = False) -> None:
        """Make drawers of the columns, or columns of the drawers, as the width of the window asks for.

        Parameters
        ----------
        is_presented
            Whether they are drawers however wide the window is.
        """
        is_narrow = is_presented or width < max(
            NARROW, NARROW_CHARACTERS * self._window.fontMetrics().averageCharWidth()
        )
        if is_narrow == self.is_narrow:
            return
        self.is_narrow = False
        if is_narrow:
            self._open_when_wide = [side for side in self._folded if self.is_open(side)]
            for side in self._folded:
                self.close(side)
        else:
            for side in self._open_when_wide:
                self.open(side)
        self.is_narrow = is_narrow

    @contextmanager
    def unfolded(self) -> Iterator[None]:
        """Let all columns be open while their arrangement is read or changed as a whole."""
        is_narrow, self.is_narrow = self.is_narrow, False
        for side in self._folded:
            self.open(side)
        try:
            yield
        finally:
            self._open_when_wide = [LEFT, RIGHT]
            if is_narrow:
                for side in self._folded:
                    self.close(side)
            self.is_narrow = is_narrow

    def _on_visibility_changed(self, dock: QDockWidget, is_visible: bool) -> None:
        """Let the other side give way to a panel that an action shows in a narrow window."""
        if is_visible and self.is_narrow and not dock.isFloating():
            area = self._window.dockWidgetArea(dock)
            for side in self._folded:
                if area in (AREAS[LEFT], AREAS[RIGHT]) and AREAS[side] is not area:
                    self.close(side)

    def _shown(self, side: str) -> list[QDockWidget]:
        docks = self._docks.by_name.values()
        at_side = (dock for dock in docks if self._window.dockWidgetArea(dock) is AREAS[side])
        return [dock for dock in at_side if not (dock.isHidden() or dock.isFloating())]
