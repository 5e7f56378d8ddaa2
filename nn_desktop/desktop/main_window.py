"""The main window: it puts the parts together."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from nn_desktop.desktop.actions.action import Actions, Menu
from nn_desktop.desktop.actions.canvas_plot import CanvasPlot
from nn_desktop.desktop.actions.context_menus import ContextMenus
from nn_desktop.desktop.actions.diagrams import Diagrams
from nn_desktop.desktop.actions.edit import EditMenu
from nn_desktop.desktop.actions.examples_menu import ExamplesMenu
from nn_desktop.desktop.actions.file import FileMenu
from nn_desktop.desktop.actions.help import HelpMenu
from nn_desktop.desktop.actions.network import NetworkMenu
from nn_desktop.desktop.actions.recent_menu import RecentMenu
from nn_desktop.desktop.actions.run_table_export import RunTableExport
from nn_desktop.desktop.actions.train import TrainMenu
from nn_desktop.desktop.actions.view import ViewMenu
from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.columns import Columns
from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.file_writer import FileWriter
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.docks import Docks
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.engines.label import EngineLabel
from nn_desktop.desktop.first_launch import FirstLaunch, is_first_launch
from nn_desktop.desktop.keys import KeyboardLayouts, KeySharing, order_tab_stops
from nn_desktop.desktop.look.accessibility import announce, identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.more_buttons import restyle_more_buttons
from nn_desktop.desktop.look.plain_text import PLACE_OF_MARK, window_title
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.messages import Messages
from nn_desktop.desktop.panel_rows import LEFT, RIGHT, PanelRows
from nn_desktop.desktop.panels.canvas_bar import CanvasBar
from nn_desktop.desktop.panels.rail import Rail
from nn_desktop.desktop.panels.readout import Readout
from nn_desktop.desktop.panels.speed_label import SpeedLabel
from nn_desktop.desktop.panels.timeline import Timeline
from nn_desktop.desktop.panels.training_bar import TrainingBar
from nn_desktop.desktop.plots.plot_frame import PlotFrame
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.desktop.presentation import Presentation
from nn_desktop.desktop.project.file_watch import FileWatch
from nn_desktop.desktop.project.opener import ProjectOpener
from nn_desktop.desktop.project.project_state import ProjectState
from nn_desktop.desktop.project.reader import ProjectReader
from nn_desktop.desktop.project.recent_files import RecentFiles
from nn_desktop.desktop.project.saver import ProjectSaver
from nn_desktop.desktop.snapshot_turns import SnapshotTurns
from nn_desktop.desktop.window_geometry import keep_geometry, restore_geometry
from nn_desktop.desktop.workspaces import Workspaces
from nn_desktop.files.project.recovery import left_behind
from nn_desktop.texts import sentence

if TYPE_CHECKING:
    from nn_desktop.desktop.export.export_dialog import ExportDialog
    from nn_desktop.desktop.project.autosave import Autosave

MESSAGE_MILLISECONDS = 5000


class MainWindow(QMainWindow):
    """Canvas in the middle, data and learning on the left, fit and loss on the right.

    Parameters
    ----------
    document, trainer
        What is shown and trained; the window ends the trainer when it closes.
    settings
        Where the window's layout is remembered.
    """

    def __init__(
        self, document: Document, trainer: Trainer, theme: Theme, settings: QSettings, dialogs: Dialogs
    ) -> None:
        super().__init__()
        identify(self, "main_window", self.tr("NN Desktop"))
        self.document = document
        self.trainer = trainer
        self._theme = theme
        self._settings = settings
        self._dialogs = dialogs
        self._may_close = False
        self._is_asking = False
        self._was_painted = False
        self._autosave: Autosave | None = None
        self._first_launch: FirstLaunch | None = None
        self._make_parts()
        self._make_project()
        self._train_menu = TrainMenu(
            document, trainer, theme, self.training_bar, self.timeline, dialogs, self._last_folder, self
        )
        self._make_actions()
        self._lay_out()
        self._connect()
        self._on_project_changed()
        self._on_theme_changed()
        KeyboardLayouts(self)
        self.docks.panel_made.connect(KeySharing(self).watch)
        self.docks.panel_made.connect(self._order_tab_stops)
        self._order_tab_stops()
        restore_geometry(self, settings)
        self.workspaces.start()

    def _make_parts(self) -> None:
        document, theme, snapshot = self.document, self._theme, self.trainer.snapshot
        self.selection = Selection(document, self)
        self.editor = NetworkEditor(document, self.selection, self)
        self.canvas = NetworkView(self.editor, theme, snapshot)
        self.readout = Readout(document)
        self.message_bar = MessageBar(theme)
        self._last_folder = LastFolder(self._settings)
        self._file_writer = FileWriter(self._dialogs, self._last_folder, self.message_bar, self)
        self.plot_host = PlotHost(self, self._file_writer, self.message_bar)
        rows = PanelRows(document, self.trainer, self.editor, theme, self.plot_host, self._settings, self)
        self.docks = Docks(rows, document, self.canvas, self)
        self.timeline = Timeline(document, self.trainer, theme)
        self.columns = Columns(self.docks, self)
        toggle_timeline = self.timeline.toggle_view_action
        self.workspaces = Workspaces(self.docks, self.columns, toggle_timeline, self._settings, self)
        self.training_bar = TrainingBar(document, self.trainer, self._settings)
        self._rail = Rail()
        self.presentation = Presentation(self.workspaces, self._rail, theme, self)
        self._speed_label = SpeedLabel(self.trainer)
        self._engine_label = EngineLabel()

    def _make_project(self) -> None:
        document, trainer, dialogs = self.document, self.trainer, self._dialogs
        recent = RecentFiles(self._settings)
        self.project = ProjectState(document, trainer, self)
        self.reader = ProjectReader(document, trainer, self.workspaces.read_panels, self)
        self.saver = ProjectSaver(
            self.reader, trainer, self.project, recent, dialogs, self._last_folder, self.message_bar, self
        )
        self.opener = ProjectOpener(
            document, self.project, self.saver, recent, dialogs, self._last_folder, self.message_bar, self
        )
        self._file_watch = FileWatch(self.project, self.saver, self.opener, recent, self.message_bar, self)
        self._recent_menu = RecentMenu(recent, self.opener.open_file, self)
        export = RunTableExport(document, self.saver.background, self._file_writer, self)
        self.docks.rows.runs_export_requested.connect(export.export)

    def _make_actions(self) -> None:
        """Make menus and actions, and the bars that have buttons for them."""
        examples = ExamplesMenu(self.editor, self.opener, self.message_bar, self._theme, self)
        self.menus = self._make_menus(examples)
        self._actions = actions = Actions(
            self.menus,
            self.document.attempt,
            self._theme,
            self,
            self.canvas,
        )
        self.docks.rows.canvas_keys_wanted.connect(actions.add_canvas_widget)
        actions.fill(self.menuBar())
        self.actions_by_name = actions.by_name
        self._canvas_bar = CanvasBar(actions.by_name, examples, self._theme)
        self._canvas_frame = self._make_canvas_frame()
        self._context_menus = ContextMenus(
            self.editor, actions.by_name, self._canvas_frame, self.canvas, self.docks, self
        )
        self.training_bar.fill(actions.by_name)
        self.timeline.add_buttons(actions.by_name)
        self._rail.fill(
            [actions.by_name[f"workspace_{row.name}"] for row in self.workspaces.rows],
            [actions.by_name[f"{side}_column"] for side in (LEFT, RIGHT)],
        )
        actions.show_icons_of_buttons()

    def _make_menus(self, examples: ExamplesMenu) -> list[Menu]:
        document, editor, canvas, docks = self.document, self.editor, self.canvas, self.docks
        bar, theme, settings = self.message_bar, self._theme, self._settings
        diagrams = Diagrams(canvas, self._dialogs, self._file_writer, bar, self)
        toggle_actions = (self.training_bar.toggleViewAction(), self.timeline.toggle_view_action)
        file_menu = FileMenu(
            document,
            self.opener,
            self.saver,
            self._recent_menu,
            diagrams,
            self._make_export_dialog,
            bar,
            self,
        )
        docks.rows.export_requested.connect(file_menu.export_weights)
        menus = [
            file_menu,
            EditMenu(document, editor, self.opener, diagrams, bar, self),
            NetworkMenu(editor, canvas, docks, self.readout, examples, self),
            self._train_menu,
            ViewMenu(canvas, self.selection, docks, theme, settings, toggle_actions, self.presentation, self),
        ]
        return [*menus, HelpMenu(menus, self._dialogs, self)]

    def _make_export_dialog(self) -> "ExportDialog":
        from nn_desktop.desktop.export.export_dialog import ExportDialog

        return ExportDialog(
            self.trainer,
            self._theme,
            self._settings,
            self._last_folder,
            self._dialogs,
            self.message_bar,
            self,
        )

    def _make_canvas_frame(self) -> PlotFrame:
        plot = CanvasPlot(self.canvas)
        frame = PlotFrame(
            "canvas_frame", self.tr("Network"), lambda: plot, self.plot_host, self._theme, has_keys=False
        )
        frame.lay_out(self._canvas_bar, self.message_bar, self.canvas, stretched=self.canvas)
        return frame

    def _lay_out(self) -> None:
        centre = QWidget()
        parts = self.readout, self._canvas_frame, self.timeline
        column = fill(QVBoxLayout(centre), *parts, stretched=self._canvas_frame, spacing=0)
        if is_first_launch(self._settings):
            self._first_launch = self._greet(column)
        self.setCentralWidget(centre)
        self.canvas.setFocus()
        self.addToolBar(self.training_bar)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self._rail)
        self.statusBar().addWidget(self._engine_label, 1)
        self.statusBar().addPermanentWidget(self._speed_label)
        self.setAcceptDrops(True)

    def _greet(self, column: QVBoxLayout) -> FirstLaunch:
        """Say to who has never been here what there is."""
        first = FirstLaunch(self.trainer, self._settings, self)
        first.show_above_canvas(column)
        first.show_below_canvas(column, self.canvas)
        return first

    def keep_work_in(self, root: Path) -> None:
        """Keep the work in a folder against a crash from now on; offer what earlier programs left there."""
        from nn_desktop.desktop.project.autosave import Autosave

        self._autosave = Autosave(
            root,
            self.reader,
            self.saver,
            self.opener,
            self.canvas.grab,
            self.message_bar.warn,
            self,
        )
        # What makes a network very large, or takes all of the machine.
        self.document.confirmation_needed.connect(self._autosave.keep)
        self._train_menu.comparing_changed.connect(self._autosave.keep)
        self.opener.find_work_in(root)
        found = left_behind(root)
        if found:
            from nn_desktop.desktop.project.recovery_dialog import RecoveryDialog

            dialog = RecoveryDialog(found, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.chosen.connect(self.opener.recover)
            dialog.open()

    def close_without_asking(self) -> None:
        """Close; what is not saved stays where it is kept against a crash."""
        is_unsaved = self.project.is_modified or self.saver.is_saving  # which may fail
        if self._autosave is not None and is_unsaved:
            self.saver.save_soon_or_never()
            self._autosave.leave_work()
            self._autosave = None
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once about what is not saved; remember the layout, end the training, and close."""
        if not self._may_close:
            self._is_asking = True
            self.saver.leave(self._close_for_good)
            self._is_asking = False
        if not self._may_close:  # it closes by itself when all is saved, if that was the answer
            event.ignore()
            return
        self.presentation.end()
        keep_geometry(self, self._settings)
        self.workspaces.close()
        self._train_menu.end_comparison()
        self.docks.close()
        self.document.undo_stack.blockSignals(True)  # it clears itself later, when there is no window
        self.trainer.close()
        self._file_watch.close()
        self.opener.close()
        self.saver.close()
        if self._autosave is not None:
            self._autosave.close()
        super().closeEvent(event)

    def _close_for_good(self) -> None:
        self._may_close = True
        if not self._is_asking:
            self.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Leave until the first painting what would delay it."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.trainer.settle_engine_soon()
            QTimer.singleShot(0, self, self._finish)

    @Slot()
    def _finish(self) -> None:
        """Make the rest of the window."""
        self.workspaces.complete()
        self._actions.show_all_icons()
        if self._first_launch is not None:
            self._first_launch.show_above_data(self.docks.data.column)
            self._first_launch.announce()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the rail and the panels have their shares of the window."""
        super().resizeEvent(event)
        width, before = event.size().width(), event.oldSize().width()
        self._rail.fit_to(width)
        self.workspaces.follow_window(width, before, self.presentation.is_on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes back one thing at a time, unless what has the focus wants it for something else."""
        newest_first = (
            self.message_bar.dismiss,
            self.plot_host.restore,
            self.columns.close_drawers,
            self.trainer.return_to_now,
            self.presentation.end,
        )
        if event.key() == Qt.Key.Key_Escape and any(take_back() for take_back in newest_first):
            self.canvas.setFocus()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file, or a link as text."""
        if _source_of(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        source = _source_of(event)
        if source is not None:
            self.opener.open_source(source)

    def _connect(self) -> None:
        in_strips = [self.training_bar.show_snapshot]
        followers = (self.timeline, self._engine_label, self._speed_label)
        SnapshotTurns(
            self.trainer,
            ([self.canvas.show_snapshot], *self.docks.own_turns, [*self.docks.shared_turn, *in_strips]),
            [follower.show_snapshot for follower in followers],
            self,
        )
        Messages(self.document, self.trainer, self.canvas, self.message_bar, self)
        self.project.changed.connect(self._on_project_changed)
        self.opener.panels_opened.connect(self.workspaces.place_panels)
        self.opener.panels_opened.connect(self.presentation.keep_panels)
        self.presentation.changed.connect(self.plot_host.stay_maximized)
        self.saver.saved.connect(self._on_saved)
        self._theme.changed.connect(self._on_theme_changed)
        self.canvas.space_tapped.connect(self._on_space_tapped)
        self.canvas.hover.question_changed.connect(self.trainer.ask)
        for strip in (self.readout, self.training_bar, self.timeline):
            strip.finished.connect(self.canvas.setFocus)
        self.docks.rows.action_requested.connect(self._on_action_requested)
        self._train_menu.comparing_changed.connect(self._speed_label.set_comparing)

    @Slot()
    def _order_tab_stops(self) -> None:
        strips = (self.training_bar, self._rail, self.readout, self._canvas_bar, self.canvas, self.timeline)
        order_tab_stops(self, (*strips, *self.docks.widgets))

    @Slot(str)
    def _on_action_requested(self, name: str) -> None:
        self.actions_by_name[name].trigger()

    @Slot()
    def _on_project_changed(self) -> None:
        self.setWindowTitle(f"{window_title(self.project.name)}{PLACE_OF_MARK} — NN Desktop")
        self.setWindowFilePath("" if self.project.path is None else str(self.project.path))
        self.setWindowModified(self.project.is_modified)

    @Slot(str)
    def _on_saved(self, text: str) -> None:
        """Say it in passing: who saves often does not want the drawing to move each time."""
        text = sentence(text)
        self.message_bar.hide()
        self.statusBar().showMessage(text, MESSAGE_MILLISECONDS)
        announce(self.statusBar(), text)

    @Slot()
    def _on_space_tapped(self) -> None:
        if lack := self.document.setup.data.source.why_no_samples:
            self.document.refuse(lack)
        else:
            self.trainer.train_or_pause()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setWindowIcon(themed_icon(self._theme.colors, "app"))
        restyle_more_buttons(self, self._theme.colors)


def _source_of(event: QDropEvent) -> str | None:
    """Return the path of the file that is dragged, or the text if it is a link."""
    from nn_desktop.files.opening import is_link

    urls, text = event.mimeData().urls(), event.mimeData().text()
    if urls and urls[0].isLocalFile():
        return urls[0].toLocalFile()
    return text if is_link(text) else None
