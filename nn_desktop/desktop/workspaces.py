"""The workspaces: which panels stand beside the canvas for one kind of work, each with sizes of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QObject, QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QToolBar

from nn_desktop.desktop.columns import Columns
from nn_desktop.desktop.docks import Column, Docks
from nn_desktop.desktop.panel_rows import LEFT, RIGHT
from nn_desktop.files.project.project import Panel as KeptPanel

MIN_CANVAS_SHARE = 0.42
"""Of the window's width; where it would have less, the columns get the widths that they have at first."""
STATE_VERSION = 4
FIRST = "train"
"""Where one starts."""


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """One workspace.

    Attributes
    ----------
    name
        Its stable name, in the settings and in that of its action.
    title, tip, icon, key
        Of its button in the rail, and of its row in the menu, where a letter of the title is underlined. The
        tip has the title too: in a narrow window the button has an icon alone.
    left, right
        The panels beside the canvas at first. All others are hidden.
    left_share, right_share
        Width of these columns, as a share of that of the window.
    main_side
        Of the column that one comes for; it is open where there is room for one alone.
    has_timeline
        Whether the timeline is below the canvas at first.
    """

    name: str
    title: str
    tip: str
    icon: str
    key: str
    left: Column
    right: Column
    main_side: str
    left_share: float = 0.2
    right_share: float = 0.26
    has_timeline: bool = False


class Workspaces(QObject):
    """Exchanges the panels beside the canvas, and the timeline below it; all else stays as it is.

    Parameters
    ----------
    docks
        Of all panels.
    columns
        Where they stand.
    timeline
        The action that shows and hides the timeline.
    settings
        Where each workspace's arrangement is remembered.
    window
        Has the docks.

    Attributes
    ----------
    columns
        Opened and closed in any workspace.
    rows
        All workspaces.
    present
        The one that is shown.

    Signals
    -------
    changed()
        Another one is shown.
    """

    changed = Signal()

    def __init__(
        self, docks: Docks, columns: Columns, timeline: QAction, settings: QSettings, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._docks, self.columns, self._window = docks, columns, window
        self._timeline, self._settings = timeline, settings
        self._opened: Sequence[KeptPanel] = ()
        self._read: tuple[KeptPanel, ...] = ()
        self._first_widths: tuple[int, ...] = ()
        # Qt moves docks a while after it was asked to.
        self._settling = QTimer(self, singleShot=True, interval=0)
        self._settling.timeout.connect(self._on_settled)
        self.rows = self._make_rows()
        self.present = next(row for row in self.rows if row.name == FIRST)

    def _make_rows(self) -> tuple[Workspace, ...]:
        return (
            Workspace(
                name="data",
                title=self.tr("Da&ta"),
                tip=self.tr("Data: choose what the network learns from"),
                icon="workspace-data",
                key="Alt+1",
                left=(("dock_data",),),
                right=(("dock_fit",),),
                main_side=LEFT,
                left_share=0.36,
            ),
            Workspace(
                name="network",
                title=self.tr("&Network"),
                tip=self.tr("Network: draw the network, and look at its parts"),
                icon="workspace-network",
                key="Alt+2",
                left=(("dock_outline",),),
                right=(("dock_inspector",), ("dock_fit",)),
                main_side=RIGHT,
            ),
            Workspace(
                name=FIRST,
                title=self.tr("Tr&ain"),
                tip=self.tr("Train: everything that training needs, at a glance"),
                icon="workspace-train",
                key="Alt+3",
                left=(("dock_data", "dock_outline", "dock_inspector"), ("dock_learning", "dock_runs")),
                right=(("dock_fit",), ("dock_loss",)),
                main_side=RIGHT,
                has_timeline=True,
            ),
            Workspace(
                name="understand",
                title=self.tr("Und&erstand"),
                tip=self.tr(
                    "Understand: see what a unit computes, beside the fit, at any snapshot of the run"
                ),
                icon="workspace-understand",
                key="Alt+4",
                left=(("dock_inspector",), ("dock_outline",)),
                right=(("dock_fit",), ("dock_loss",)),
                main_side=LEFT,
                right_share=0.3,
                has_timeline=True,
            ),
            Workspace(
                name="export",
                title=self.tr("E&xport"),
                tip=self.tr("Export: take the trained weights, or the drawing, to another program"),
                icon="workspace-export",
                key="Alt+5",
                left=(("dock_export",),),
                right=(("dock_fit",), ("dock_notes",)),
                main_side=LEFT,
                left_share=0.3,
            ),
        )

    def start(self) -> None:
        """Show the first workspace, as it was left."""
        self._docks.place(self._places(self.present))  # nothing can be restored that is in no place
        if not self._restore_panels():
            self.share_out_room()
        self._restore_timeline()
        for bar in self._bars():
            if not bar.isMovable():
                bar.show()  # it was left during a presentation, perhaps, and there is no other way to it

    def complete(self) -> None:
        """Make the panels that the first painting did not wait for; they may need more width than nothing."""
        has_first_widths = self._has_first_widths()
        self._docks.make_seen()
        if has_first_widths:
            self._share_out_width()

    def go_to(self, name: str) -> None:
        """Show a workspace as it was left; in a narrow window, with the column that one comes for."""
        if name != self.present.name:
            self._show(name)
        if self.columns.is_narrow:
            self.columns.open(self.present.main_side)

    def _show(self, name: str) -> None:
        focused = self._window.focusWidget()
        self._window.setUpdatesEnabled(False)
        try:
            with self.columns.unfolded():
                self.remember()
                self.present = next(row for row in self.rows if row.name == name)
                self._exchange()
        finally:
            self._window.setUpdatesEnabled(True)
        if focused is None or focused.visibleRegion().isEmpty():
            self._docks.canvas.setFocus()  # Qt would give the keys to whatever comes next
        self.changed.emit()

    def _exchange(self) -> None:
        bars = [(bar, self._window.toolBarArea(bar), bar.isHidden()) for bar in self._bars()]
        if not self._restore_panels():
            self._docks.place(self._places(self.present))
            self.share_out_room()
        if self.present.name == FIRST and self._opened:
            self._docks.place(self._opened)
            self._opened = ()
        self._restore_timeline()
        for bar, area, is_hidden in bars:  # which are no matter of a workspace, but restored with the panels
            if self._window.toolBarArea(bar) is not area:
                self._window.addToolBar(area, bar)
            bar.setHidden(is_hidden)

    def close(self) -> None:
        """Remember where things are: the window closes."""
        with self.columns.unfolded():
            self.remember()

    def remember(self) -> None:
        """Keep where things are in the workspace that is shown, with all its columns open."""
        if self.present.name == FIRST:
            self._read = self._docks.read()
        state, timeline, widths = self._keys
        self._settings.setValue(state, self._window.saveState(STATE_VERSION))
        self._settings.setValue(timeline, self._timeline.isChecked())
        self._settings.setValue(widths, self._has_first_widths())

    @Slot()
    def reset(self) -> None:
        """Put all panels of this workspace, and the tool bars, back where they were at first."""
        for bar in self._bars():
            if bar.isMovable():
                self._window.addToolBar(bar)
                bar.show()
        with self.columns.unfolded():
            self._docks.place(self._places(self.present))
            self.share_out_room()
        self._timeline.setChecked(self.present.has_timeline)

    def share_out_room(self) -> None:
        """Give the panels of this workspace the sizes that they have at first in a window of this size."""
        self._docks.share_out_room(*self._shares)
        self._settling.start()

    def follow_window(self, width: int, before: int, is_presented: bool) -> None:
        """Give the columns their shares of a window that has another width now, or make drawers of them.

        Qt gives and takes only the canvas's. Columns that somebody has made wider or narrower stay as they
        are, as long as the canvas has room beside them.

        Parameters
        ----------
        width, before
            Pixels of the window, now and before.
        is_presented
            Whether columns are drawers however wide it is.
        """
        was_narrow = self.columns.is_narrow
        self.columns.fit_to(width, is_presented)
        if width == before or self.columns.is_narrow:
            return
        if width < before and self._docks.canvas.width() < MIN_CANVAS_SHARE * width:
            self.share_out_room()
        elif self._has_first_widths(may_be_squeezed=was_narrow or width < before):
            self._share_out_width()

    def _share_out_width(self) -> None:
        self._docks.share_out_width(*self._shares)
        self._settling.start()

    def _has_first_widths(self, may_be_squeezed: bool = False) -> bool:
        """Return whether nobody has changed the columns; in a small window Qt may have taken some width."""
        if self._settling.isActive():
            return True
        pairs = zip(self._widths(), self._first_widths, strict=False)
        return bool(self._first_widths) and all(
            width == first or (may_be_squeezed and width < first) for width, first in pairs
        )

    @Slot()
    def _on_settled(self) -> None:
        self._first_widths = self._widths()

    def _widths(self) -> tuple[int, ...]:
        return tuple(self._docks.by_name[column[0][0]].width() for column, _ in self._shares)

    @property
    def _shares(self) -> tuple[tuple[Column, float], tuple[Column, float]]:
        row = self.present
        return (row.left, row.left_share), (row.right, row.right_share)

    # A project keeps where the panels are where everything is at a glance.

    def read_panels(self) -> tuple[KeptPanel, ...]:
        """Return where the panels are in the first workspace."""
        is_first = self.present.name == FIRST
        return self._docks.read(self.columns.folded) if is_first else self._read

    @Slot(object)
    def place_panels(self, panels: Sequence[KeptPanel]) -> None:
        """Put the panels of the first workspace where they were; at once, or when it is shown."""
        if self.present.name == FIRST:
            with self.columns.unfolded():
                self._docks.place(panels)
        else:
            self._opened = self._read = tuple(panels)

    @property
    def _keys(self) -> tuple[str, str, str]:
        """Where the settings have the present workspace's panels, its timeline, and whose the widths are."""
        place = f"workspaces/{self.present.name}"
        return f"{place}/state", f"{place}/timeline", f"{place}/has_first_widths"

    def _restore_panels(self) -> bool:
        """Put the panels of the present workspace where they were when it was left, if it ever was."""
        kept = self._settings.value(self._keys[0])
        if not (isinstance(kept, QByteArray) and self._window.restoreState(kept, STATE_VERSION)):
            return False
        self._docks.hide_stray_tab_bars()
        self._first_widths = ()
        self._settling.stop()
        if self._settings.value(self._keys[2], False, type=bool):
            self._share_out_width()
        return True

    def _restore_timeline(self) -> None:
        is_shown = self._settings.value(self._keys[1], self.present.has_timeline, type=bool)
        self._timeline.setChecked(is_shown is True)

    def _bars(self) -> list[QToolBar]:
        return self._window.findChildren(QToolBar, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def _places(self, row: Workspace) -> list[KeptPanel]:
        """Return where all panels are at first in a workspace."""
        places = []
        for area, column in ((LEFT, row.left), (RIGHT, row.right)):
            for front, *others in column:
                places.append(KeptPanel(front, area, True, 0, 0))
                places += [KeptPanel(other, area, True, 0, 0, front) for other in others]
        shown = {place.name for place in places}
        hidden = (panel for panel in self._docks.rows.rows if panel.name not in shown)
        return [*places, *(KeptPanel(panel.name, panel.area, False, 0, 0) for panel in hidden)]
