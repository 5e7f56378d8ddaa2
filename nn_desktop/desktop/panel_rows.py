"""The panels around the canvas: a row for each, and how it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QPoint, QSettings, Signal
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.desktop.snapshot_turns import ShowSnapshot

LEFT, RIGHT = "left", "right"
LOGARITHMIC = "view/logarithmic"


def _nothing(_: object = None) -> None:
    """Do nothing, whatever comes."""


@dataclass(frozen=True, kw_only=True)
class MadePanel:
    """What is in a dock, and what it is told; most panels need not be told all of it.

    It listens to the document, and to the theme, by itself.

    Attributes
    ----------
    show_snapshot
        Is told of newer moments.
    set_in_view
        Is told whether it can be seen.
    end_work
        Ends what it does beside the window, which closes.
    """

    widget: QWidget
    show_snapshot: ShowSnapshot = _nothing
    set_in_view: Callable[[bool], object] = _nothing
    end_work: Callable[[], object] = _nothing


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel.

    Attributes
    ----------
    name
        Object name of its dock.
    title
        Of its dock, and in the menu that shows and hides it.
    make
        Makes what is in the dock, when it is first seen.
    area
        Side at which it is shown in a workspace that does not have it at first.
    joins
        Name of an earlier panel behind which it lies as a tab when it is shown there; empty for none.
    height
        Its share of the height of its column; 0 for what gets as much as it needs.
    has_own_turn
        Whether showing a newer moment takes so long that it gets a frame of its own while training runs.
    """

    name: str
    title: str
    make: Callable[[], MadePanel]
    area: str
    joins: str = ""
    height: int = 500
    has_own_turn: bool = False


class PanelRows(QObject):
    """The rows of all panels, and what their panels ask for.

    Parameters
    ----------
    document, trainer, editor
        What panels show and change.
    theme
        Of the colours.
    host
        Of the plots.
    settings
        Where the loss axis is remembered.

    Attributes
    ----------
    rows
        In the order of the menu that shows and hides them.

    Signals
    -------
    runs_ticked(object)
        Other runs are to be drawn in the plots.
    logarithmic_changed(bool)
        The loss axis is logarithmic now, or linear.
    notes_finished()
        Somebody is done with the notes.
    canvas_keys_wanted(QWidget)
        A part of a panel that was just made hears the keys of the canvas too.
    context_menu_requested(QPoint)
        The menu of what is selected is wanted, at a point of the screen.
    export_requested(str)
        The network is to be exported, to files whose names end so.
    runs_export_requested()
        The table of runs is wanted as a file.
    action_requested(str)
        A panel asks for an action of the window, by its name.
    """

    runs_ticked = Signal(object)
    logarithmic_changed = Signal(bool)
    notes_finished = Signal()
    canvas_keys_wanted = Signal(QWidget)
    context_menu_requested = Signal(QPoint)
    export_requested = Signal(str)
    runs_export_requested = Signal()
    action_requested = Signal(str)

    def __init__(
        self,
        document: Document,
        trainer: Trainer,
        editor: NetworkEditor,
        theme: Theme,
        host: PlotHost,
        settings: QSettings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document, self._trainer, self._editor = document, trainer, editor
        self._theme, self._host, self._settings = theme, host, settings
        self.rows = (
            Panel(name="dock_data", title=self.tr("Data"), make=self._make_data, area=LEFT),
            Panel(name="dock_outline", title=self.tr("Outline"), make=self._make_outline, area=LEFT),
            Panel(
                name="dock_learning", title=self.tr("Learning"), make=self._make_learning, area=LEFT, height=0
            ),
            Panel(name="dock_runs", title=self.tr("Runs"), make=self._make_runs, area=LEFT, height=0),
            Panel(name="dock_inspector", title=self.tr("Inspector"), make=self._make_inspector, area=LEFT),
            Panel(name="dock_export", title=self.tr("Export"), make=self._make_export, area=LEFT),
            Panel(
                name="dock_fit",
                title=self.tr("Fit"),
                make=self._make_fit,
                area=RIGHT,
                height=550,
                has_own_turn=True,
            ),
            Panel(name="dock_loss", title=self.tr("Loss"), make=self._make_loss, area=RIGHT, height=450),
            Panel(
                name="dock_notes",
                title=self.tr("Notes"),
                make=self._make_notes,
                area=RIGHT,
                joins="dock_loss",
            ),
        )

    @property
    def is_loss_logarithmic(self) -> bool:
        """Whether the loss axis is logarithmic, or will be when there is a plot."""
        return self._settings.value(LOGARITHMIC, False, type=bool) is True

    # Each panel is imported when it is made: what is not seen costs the start nothing.

    def _make_data(self) -> MadePanel:
        from nn_desktop.desktop.panels.data_panel import DataPanel

        panel = DataPanel(self._document, self._theme)
        return MadePanel(widget=panel, end_work=panel.end_work)

    def _make_outline(self) -> MadePanel:
        from nn_desktop.desktop.panels.outline_panel import OutlinePanel

        outline = OutlinePanel(self._document, self._editor, self._theme)
        outline.tree.context_menu_requested.connect(self.context_menu_requested)
        self.canvas_keys_wanted.emit(outline.tree)
        return MadePanel(widget=outline, show_snapshot=outline.show_snapshot, set_in_view=outline.set_in_view)

    def _make_learning(self) -> MadePanel:
        from nn_desktop.desktop.panels.learning_panel import LearningPanel

        return MadePanel(widget=LearningPanel(self._document))

    def _make_runs(self) -> MadePanel:
        from nn_desktop.desktop.runs.runs_panel import RunsPanel

        panel = RunsPanel(self._document, self._trainer, self._theme)
        panel.ticked_changed.connect(self.runs_ticked)
        panel.export_requested.connect(self.runs_export_requested)
        return MadePanel(widget=panel, set_in_view=panel.set_in_view, end_work=panel.end_work)

    def _make_inspector(self) -> MadePanel:
        from nn_desktop.desktop.panels.inspector_panel import InspectorPanel

        panel = InspectorPanel(self._document, self._editor)
        return MadePanel(widget=panel, show_snapshot=panel.show_snapshot, set_in_view=panel.set_in_view)

    def _make_export(self) -> MadePanel:
        from nn_desktop.desktop.export.export_panel import ExportPanel

        panel = ExportPanel()
        panel.export_requested.connect(self.export_requested)
        panel.action_requested.connect(self.action_requested)
        return MadePanel(widget=panel)

    def _make_fit(self) -> MadePanel:
        from nn_desktop.desktop.plots.fit_view import FitView

        view = FitView(self._theme, self._host)
        return MadePanel(widget=view, show_snapshot=view.show_snapshot)

    def _make_loss(self) -> MadePanel:
        from nn_desktop.desktop.plots.loss_plot import LossPlot

        plot = LossPlot(self._theme, self._host)
        plot.set_logarithmic(self.is_loss_logarithmic)
        plot.logarithmic_changed.connect(partial(self._settings.setValue, LOGARITHMIC))
        plot.logarithmic_changed.connect(self.logarithmic_changed)
        return MadePanel(widget=plot, show_snapshot=plot.show_snapshot)

    def _make_notes(self) -> MadePanel:
        from nn_desktop.desktop.panels.notes_panel import NotesPanel

        notes = NotesPanel(self._document)
        notes.finished.connect(self.notes_finished)
        return MadePanel(widget=notes)
