"""The panels around the canvas: a row for each, the docks that they are in, and where these are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, QTimer, SignalInstance, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QWidget

from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.panels.data_panel import DataPanel
from nn_desktop.desktop.panels.inspector_panel import InspectorPanel
from nn_desktop.desktop.panels.learning_panel import LearningPanel
from nn_desktop.desktop.panels.notes_panel import NotesPanel
from nn_desktop.desktop.panels.outline_panel import OutlinePanel
from nn_desktop.desktop.plots.fit_view import FitView
from nn_desktop.desktop.plots.loss_plot import LossPlot
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.desktop.snapshot_turns import ShowSnapshot
from nn_desktop.files.project.project import Panel as KeptPanel

LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
AREAS = {
    "left": LEFT,
    "right": RIGHT,
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
"""As a project keeps them: in words, not in bytes that only Qt understands."""
MIN_PIXELS, MAX_PIXELS = 50, 4000
"""Pixels that a panel of a stranger's file may ask for."""
DOCK_FRAME = 80
"""Height of the title and the tabs of a dock, and some air."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel.

    Attributes
    ----------
    name
        Object name of its dock.
    title
        Of its dock, and in the menu that shows and hides it.
    widget
        What is in the dock. It listens to the document, and to the theme, by itself.
    area
        Where it is at first.
    behind
        Name of an earlier panel behind which it lies as a tab; empty for none.
    joins
        The same for a panel that takes no room until somebody wants it; empty for one that is always there.
    show_snapshot
        Shows a newer moment; None for what has nothing to do with training.
    has_own_turn
        Whether that takes so long that it gets a frame of its own while training runs.
    set_in_view
        Is told whether somebody can see it; None for what rests by itself.
    finished
        Emitted when the keys are wanted elsewhere; None for what keeps them.
    key_widget
        Hears the keys of the canvas too; None for what leaves them alone.
    """

    name: str
    title: str
    widget: QWidget
    area: Qt.DockWidgetArea
    behind: str = ""
    joins: str = ""
    show_snapshot: ShowSnapshot | None = None
    has_own_turn: bool = False
    set_in_view: Callable[[bool], object] | None = None
    finished: SignalInstance | None = None
    key_widget: QWidget | None = None


class Docks(QObject):
    """All panels in their docks.

    Parameters
    ----------
    document, editor
        What panels show and change.
    canvas
        Gets the keys back, and asks for the properties of a layer.
    theme
        Of the colours.
    host
        Of the plots.
    window
        Has the docks.

    Attributes
    ----------
    panels
        Their rows.
    """

    def __init__(
        self,
        document: Document,
        editor: NetworkEditor,
        canvas: NetworkView,
        theme: Theme,
        host: PlotHost,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._window = window
        self.data = DataPanel(document, theme)
        self.outline = OutlinePanel(document, editor, theme)
        self.inspector = InspectorPanel(document, editor)
        self.fit_view = FitView(theme, host)
        self.loss_plot = LossPlot(theme, host)
        self.notes = NotesPanel(document)
        self.panels = (
            Panel(name="dock_data", title=self.tr("Data"), widget=self.data, area=LEFT),
            Panel(
                name="dock_outline",
                title=self.tr("Outline"),
                widget=self.outline,
                area=LEFT,
                behind="dock_data",
                show_snapshot=self.outline.show_snapshot,
                set_in_view=self.outline.set_in_view,
                key_widget=self.outline.tree,
            ),
            Panel(name="dock_learning", title=self.tr("Learning"), widget=LearningPanel(document), area=LEFT),
            Panel(
                name="dock_inspector",
                title=self.tr("Selection"),
                widget=self.inspector,
                area=LEFT,
                behind="dock_data",
                show_snapshot=self.inspector.show_snapshot,
                set_in_view=self.inspector.set_in_view,
            ),
            Panel(
                name="dock_fit",
                title=self.tr("Fit"),
                widget=self.fit_view,
                area=RIGHT,
                show_snapshot=self.fit_view.show_snapshot,
                has_own_turn=True,
            ),
            Panel(
                name="dock_loss",
                title=self.tr("Loss"),
                widget=self.loss_plot,
                area=RIGHT,
                show_snapshot=self.loss_plot.show_snapshot,
            ),
            Panel(
                name="dock_notes",
                title=self.tr("Notes"),
                widget=self.notes,
                area=RIGHT,
                joins="dock_loss",
                finished=self.notes.finished,
            ),
        )
        self.by_name = {panel.name: QDockWidget(panel.title) for panel in self.panels}
        for panel in self.panels:
            self._add(panel, canvas)
        document.notes_changed.connect(self._on_notes_changed)
        canvas.layer_edit_requested.connect(self._on_layer_edit_requested)

    @property
    def toggle_actions(self) -> list[QAction]:
        """The actions that show and hide them."""
        return [dock.toggleViewAction() for dock in self.by_name.values()]

    @property
    def key_widgets(self) -> list[QWidget]:
        """What hears the keys of the canvas too."""
        return [panel.key_widget for panel in self.panels if panel.key_widget is not None]

    @property
    def own_turns(self) -> list[list[ShowSnapshot]]:
        """What shows a newer moment in a frame of its own."""
        shown = [panel.show_snapshot for panel in self.panels if panel.has_own_turn]
        return [[show] for show in shown if show is not None]

    @property
    def shared_turn(self) -> list[ShowSnapshot]:
        """What shows a newer moment in one frame with all others."""
        shown = [panel.show_snapshot for panel in self.panels if not panel.has_own_turn]
        return [show for show in shown if show is not None]

    def read(self) -> tuple[KeptPanel, ...]:
        """Return where the panels are now."""
        names = {area: name for name, area in AREAS.items()}
        panels: list[KeptPanel] = []
        for name, dock in self.by_name.items():
            tabs = {each.objectName() for each in self._window.tabifiedDockWidgets(dock)}
            behind = next((panel.name for panel in panels if panel.name in tabs), "")
            area = names.get(self._window.dockWidgetArea(dock), "left")
            # What lies behind another one has the size of an earlier day.
            size = dock.size() if not dock.visibleRegion().isEmpty() else QSize(0, 0)
            panels.append(KeptPanel(name, area, not dock.isHidden(), size.width(), size.height(), behind))
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
                placed[panel.behind].raise_()
            dock.setVisible(panel.is_shown)
            placed[panel.name] = dock
        known = [panel for panel in panels if panel.name in placed and panel.is_shown and panel.width > 0]
        docks = [placed[panel.name] for panel in known]
        for sizes, orientation in (
            ([panel.width for panel in known], Qt.Orientation.Horizontal),
            ([panel.height for panel in known], Qt.Orientation.Vertical),
        ):
            bounded = [max(MIN_PIXELS, min(MAX_PIXELS, size)) for size in sizes]
            self._window.resizeDocks(docks, bounded, orientation)
        self._on_moved()

    def share_out_room(self) -> None:
        """Give the docks the sizes that they have at first in a window of this size."""
        window, docks = self._window, self.by_name
        side = max(232, min(290, window.width() // 5))
        window.resizeDocks(
            [docks["dock_data"], docks["dock_fit"]], [side, int(1.3 * side)], Qt.Orientation.Horizontal
        )
        low = docks["dock_learning"].widget().sizeHint().height() + DOCK_FRAME
        window.resizeDocks(
            [docks["dock_data"], docks["dock_learning"]],
            [window.height() - low, low],
            Qt.Orientation.Vertical,
        )
        window.resizeDocks([docks["dock_fit"], docks["dock_loss"]], [550, 450], Qt.Orientation.Vertical)

    @Slot()
    def hide_stray_tab_bars(self) -> None:
        """Hide tab bars that Qt 6.11 leaves behind when it makes new ones: a dock's newest is its own."""
        seen: set[object] = set()
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for bar in reversed(self._window.findChildren(QTabBar, options=direct)):
            docks = {bar.tabData(index) for index in range(bar.count())}
            if not seen.isdisjoint(docks):
                bar.hide()
            seen |= docks

    def _add(self, panel: Panel, canvas: NetworkView) -> None:
        dock = self.by_name[panel.name]
        identify(dock, panel.name, panel.title)
        dock.toggleViewAction().setObjectName(f"toggle_{panel.name}")
        dock.setWidget(panel.widget)
        if panel.behind:
            self._window.tabifyDockWidget(self.by_name[panel.behind], dock)
            self.by_name[panel.behind].raise_()
        else:
            self._window.addDockWidget(panel.area, dock)
        if panel.joins:
            dock.hide()
            dock.toggleViewAction().triggered.connect(partial(self._on_toggled, panel))
        if panel.set_in_view is not None:
            dock.visibilityChanged.connect(panel.set_in_view)
        if panel.finished is not None:
            panel.finished.connect(canvas.setFocus)
        dock.dockLocationChanged.connect(self._on_moved)

    @Slot()
    def _on_moved(self) -> None:
        QTimer.singleShot(0, self, self.hide_stray_tab_bars)  # when Qt has made its tab bars

    @Slot()
    def _on_layer_edit_requested(self) -> None:
        dock = self.by_name["dock_inspector"]
        dock.show()
        dock.raise_()
        self.inspector.focus_first()

    def _on_toggled(self, panel: Panel) -> None:
        dock = self.by_name[panel.name]
        if dock.toggleViewAction().isChecked():
            self._bring(panel)
            dock.raise_()

    @Slot(str)
    def _on_notes_changed(self, notes: str) -> None:
        """Let it be seen that there are notes: a project that was opened may have brought them."""
        panel = next(panel for panel in self.panels if panel.widget is self.notes)
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
