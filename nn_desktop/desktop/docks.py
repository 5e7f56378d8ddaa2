"""The docks that the panels around the canvas are in, and where these are."""

from collections.abc import Container, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.floating import float_beside
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.panel_area import PanelArea
from nn_desktop.desktop.panel_rows import LEFT, RIGHT, MadePanel, Panel, PanelRows
from nn_desktop.desktop.snapshot_turns import ShowSnapshot
from nn_desktop.desktop.tab_bars import tidy_tab_bars
from nn_desktop.files.project.project import Panel as KeptPanel
from nn_desktop.training.runs import Run
from nn_desktop.training.snapshot import Snapshot

if TYPE_CHECKING:
    from nn_desktop.desktop.panels.data_panel import DataPanel
    from nn_desktop.desktop.panels.inspector_panel import InspectorPanel
    from nn_desktop.desktop.panels.outline_panel import OutlinePanel
    from nn_desktop.desktop.plots.fit_view import FitView
    from nn_desktop.desktop.plots.loss_plot import LossPlot
    from nn_desktop.desktop.runs.runs_panel import RunsPanel

AREAS = {
    LEFT: Qt.DockWidgetArea.LeftDockWidgetArea,
    RIGHT: Qt.DockWidgetArea.RightDockWidgetArea,
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
"""As a project keeps them: in words, not in bytes that only Qt understands."""
MIN_PIXELS, MAX_PIXELS = 50, 4000
"""Pixels that a panel of a stranger's file may ask for."""
HORIZONTAL = Qt.Orientation.Horizontal
Column = tuple[tuple[str, ...], ...]
"""Names of docks: from top to bottom, and where several lie behind one another, the one in front first."""
MIN_SHARED, MAX_SHARED = 1160, 1450
"""Pixels of a window's width of which columns have their shares, however wide it is."""
DOCK_FRAME = 80
"""Height of the title and the tabs of a dock, and some air."""


class Docks(QObject):
    """All panels in their docks. A panel is made when it is first seen, or asked for.

    What is seen at first is made by `make_seen`, when the window is painted: plots would delay that.

    Parameters
    ----------
    rows
        Of the panels.
    document
        Its notes show themselves.
    canvas
        Gets the keys back, and asks for the properties of a layer.
    window
        Has the docks.

    Attributes
    ----------
    rows, canvas
        As above.

    Signals
    -------
    panel_made(QWidget)
        A panel stands in its dock from now on.
    """

    panel_made = Signal(QWidget)

    def __init__(self, rows: PanelRows, document: Document, canvas: NetworkView, window: QMainWindow) -> None:
        super().__init__(window)
        self.rows, self.canvas, self._window = rows, canvas, window
        self._made: dict[str, MadePanel] = {}
        self._newest: Snapshot | None = None
        self._in_view: set[str] = set()
        self._may_make = False
        self.by_name = {panel.name: QDockWidget(panel.title) for panel in self.rows.rows}
        # When Qt has made its tab bars.
        self._tidying = QTimer(self, singleShot=True, interval=0)
        self._tidying.timeout.connect(self.hide_stray_tab_bars)
        for panel in self.rows.rows:
            self._add(panel)
        rows.runs_ticked.connect(self._on_runs_ticked)
        rows.notes_finished.connect(canvas.setFocus)
        document.notes_changed.connect(self._on_notes_changed)
        canvas.layer_edit_requested.connect(self._on_layer_edit_requested)

    def widget(self, name: str) -> QWidget:
        """Return a panel, by the name of its dock; it is made if nobody has needed it yet."""
        if name not in self._made:
            made = self._made[name] = self._row(name).make()
            self._area(name).hold(made.widget)
            if self._newest is not None:
                made.show_snapshot(self._newest)
            self.panel_made.emit(made.widget)
        return self._made[name].widget

    @Slot()
    def make_seen(self) -> None:
        """Make the panels that are in view, and from now on each when it comes into view."""
        self._may_make = True
        for name in sorted(self._in_view):
            self._on_visibility_changed(self._row(name), is_in_view=True)

    @property
    def widgets(self) -> list[QWidget]:
        """The panels that are made, in the order of their rows."""
        return [self._made[panel.name].widget for panel in self.rows.rows if panel.name in self._made]

    @property
    def data(self) -> "DataPanel":
        """The gallery of datasets."""
        return cast("DataPanel", self.widget("dock_data"))

    @property
    def outline(self) -> "OutlinePanel":
        """The network as a tree."""
        return cast("OutlinePanel", self.widget("dock_outline"))

    @property
    def inspector(self) -> "InspectorPanel":
        """The properties of what is selected."""
        return cast("InspectorPanel", self.widget("dock_inspector"))

    @property
    def fit_view(self) -> "FitView":
        """What the network has made of the data."""
        return cast("FitView", self.widget("dock_fit"))

    @property
    def loss_plot(self) -> "LossPlot":
        """How the loss falls."""
        return cast("LossPlot", self.widget("dock_loss"))

    @property
    def focused_outline(self) -> "OutlinePanel | None":
        """The outline, if its tree has the focus."""
        is_focused = "dock_outline" in self._made and self.outline.tree.hasFocus()
        return self.outline if is_focused else None

    @property
    def runs(self) -> "RunsPanel":
        """The table of runs."""
        return cast("RunsPanel", self.widget("dock_runs"))

    @property
    def toggle_actions(self) -> list[QAction]:
        """The actions that show and hide them."""
        return [dock.toggleViewAction() for dock in self.by_name.values()]

    @property
    def own_turns(self) -> list[list[ShowSnapshot]]:
        """What shows a newer moment in a frame of its own."""
        return [[partial(self._show_snapshot, panel.name)] for panel in self.rows.rows if panel.has_own_turn]

    @property
    def shared_turn(self) -> list[ShowSnapshot]:
        """What shows a newer moment in one frame with all others."""
        return [
            partial(self._show_snapshot, panel.name) for panel in self.rows.rows if not panel.has_own_turn
        ]

    def close(self) -> None:
        """End what panels do beside the window, which closes."""
        for made in self._made.values():
            made.end_work()

    def read(self, folded: Container[str] = ()) -> tuple[KeptPanel, ...]:
        """Return where the panels are now; what is folded away counts as shown."""
        names = {area: name for name, area in AREAS.items()}
        panels: list[KeptPanel] = []
        for name, dock in self.by_name.items():
            tabs = {each.objectName() for each in self._window.tabifiedDockWidgets(dock)}
            behind = next((panel.name for panel in panels if panel.name in tabs), "")
            area = names.get(self._window.dockWidgetArea(dock), "left")
            is_shown = name in folded or not dock.isHidden()
            # What lies behind another one has the size of an earlier day.
            size = dock.size() if not dock.visibleRegion().isEmpty() else QSize(0, 0)
            panels.append(KeptPanel(name, area, is_shown, size.width(), size.height(), behind))
        return tuple(panels)

    @Slot(object)
    def place(self, panels: Sequence[KeptPanel]) -> None:
        """Put the panels where they were; what is not known is left alone."""
        placed: dict[str, QDockWidget] = {}
        for panel in panels:
            dock, area = self.by_name.get(panel.name), AREAS.get(panel.area)
            if dock is None or area is None or panel.name in placed:
                continue
            dock.setFloating(False)
            self._window.addDockWidget(area, dock)
            if panel.behind in placed:
                self._window.tabifyDockWidget(placed[panel.behind], dock)
            dock.setVisible(panel.is_shown)
            placed[panel.name] = dock
        for front in {panel.behind for panel in panels if panel.name in placed} & placed.keys():
            placed[front].raise_()
        known = [panel for panel in panels if panel.name in placed and panel.is_shown and panel.width > 0]
        docks = [placed[panel.name] for panel in known]
        for sizes, orientation in (
            ([panel.width for panel in known], HORIZONTAL),
            ([panel.height for panel in known], Qt.Orientation.Vertical),
        ):
            bounded = [max(MIN_PIXELS, min(MAX_PIXELS, size)) for size in sizes]
            self._window.resizeDocks(docks, bounded, orientation)
        self.hide_stray_tab_bars()

    def share_out_room(self, *columns: tuple[Column, float]) -> None:
        """Give panels the sizes that they have at first in a window of this size.

        Parameters
        ----------
        columns
            Each with its share of the window's width.
        """
        self.share_out_width(*columns)
        for column, _ in columns:
            self._window.resizeDocks(
                [self.by_name[stack[0]] for stack in column], self._heights(column), Qt.Orientation.Vertical
            )

    def share_out_width(self, *columns: tuple[Column, float]) -> None:
        """Give columns the widths that they have at first in a window of this size."""
        width = max(MIN_SHARED, min(MAX_SHARED, self._window.width()))
        docks = [self.by_name[column[0][0]] for column, _ in columns]
        self._window.resizeDocks(docks, [int(share * width) for _, share in columns], HORIZONTAL)

    def _heights(self, column: Column) -> list[int]:
        """Return how high the stacks of a column are: what needs no more has that, others share the rest."""
        shares = [max(self._row(name).height for name in stack) for stack in column]
        needs = [
            0 if share else self._needed_height(stack[0]) for stack, share in zip(column, shares, strict=True)
        ]
        rest = max(0, self._window.height() - sum(needs))
        return [need or rest * share // sum(shares) for need, share in zip(needs, shares, strict=True)]

    def _needed_height(self, name: str) -> int:
        return self.widget(name).sizeHint().height() + DOCK_FRAME

    @Slot()
    def hide_stray_tab_bars(self) -> None:
        """Hide tab bars that Qt leaves behind."""
        tidy_tab_bars(self._window, list(self.by_name.values()))

    def _add(self, panel: Panel) -> None:
        dock = self.by_name[panel.name]
        identify(dock, panel.name, panel.title)
        dock.toggleViewAction().setObjectName(f"toggle_{panel.name}")
        dock.setWidget(PanelArea())
        if panel.joins:
            dock.toggleViewAction().triggered.connect(partial(self._on_toggled, panel))
        dock.visibilityChanged.connect(partial(self._on_visibility_changed, panel))
        dock.topLevelChanged.connect(partial(self._on_floating_changed, dock))
        dock.visibilityChanged.connect(self._tidying.start)
        dock.dockLocationChanged.connect(self._tidying.start)

    def _row(self, name: str) -> Panel:
        return next(panel for panel in self.rows.rows if panel.name == name)

    def _area(self, name: str) -> PanelArea:
        return cast(PanelArea, self.by_name[name].widget())

    def _on_visibility_changed(self, panel: Panel, is_in_view: bool) -> None:
        """Make a panel when it is first seen. Qt shows a dock behind another tab too, outside the window."""
        (self._in_view.add if is_in_view else self._in_view.discard)(panel.name)
        if is_in_view and self._may_make:
            self.widget(panel.name)
        made = self._made.get(panel.name)
        if made is not None:
            made.widget.setVisible(is_in_view)  # or Tab would lead into it
            made.set_in_view(is_in_view)

    def _on_floating_changed(self, dock: QDockWidget, is_floating: bool) -> None:
        """Put a panel that floats beside the window, unless somebody is dragging it."""
        if is_floating and QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            float_beside(dock, self._window)

    def _show_snapshot(self, name: str, snapshot: Snapshot) -> None:
        self._newest = snapshot
        made = self._made.get(name)
        if made is not None:
            made.show_snapshot(snapshot)

    def show_inspector(self) -> None:
        """Bring the Inspector to the front."""
        dock = self.by_name["dock_inspector"]
        dock.show()
        dock.raise_()

    @Slot()
    def _on_layer_edit_requested(self) -> None:
        self.show_inspector()
        self.inspector.focus_first()

    @Slot(object)
    def _on_runs_ticked(self, runs: tuple[Run, ...]) -> None:
        self.fit_view.show_runs(runs)
        self.loss_plot.show_runs(runs)

    def _on_toggled(self, panel: Panel) -> None:
        dock = self.by_name[panel.name]
        if dock.toggleViewAction().isChecked():
            self._bring(panel)
            dock.raise_()

    @Slot(str)
    def _on_notes_changed(self, notes: str) -> None:
        """Let it be seen that there are notes: a project that was opened may have brought them."""
        panel = self._row("dock_notes")
        if notes and self.by_name[panel.name].isHidden():
            self._bring(panel)

    def _bring(self, panel: Panel) -> None:
        """Show a hidden panel: as a tab behind its neighbour, unless somebody has put it elsewhere."""
        dock, neighbour = self.by_name[panel.name], self.by_name[panel.joins]
        dock.show()
        is_alone = not (dock.isFloating() or self._window.tabifiedDockWidgets(dock))
        if is_alone and not (neighbour.isFloating() or neighbour.isHidden()):
            self._window.tabifyDockWidget(neighbour, dock)
            neighbour.raise_()
