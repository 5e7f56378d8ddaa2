"""The main window: it puts the parts together."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QSize, Qt, QTimer, Slot
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMainWindow,
    QTabBar,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.desktop.actions import rows as table
from nn_desktop.desktop.actions.action import color_icons, enable, make_actions, set_obstacle, translate
from nn_desktop.desktop.actions.commands import LOGARITHMIC, Commands, LastFolder, Parts
from nn_desktop.desktop.actions.context_menus import ContextMenus, fill_menu
from nn_desktop.desktop.actions.drawing_commands import DrawingCommands
from nn_desktop.desktop.actions.outline_commands import OutlineCommands
from nn_desktop.desktop.actions.project_commands import ProjectCommands
from nn_desktop.desktop.actions.ready_menu import ReadyMenu
from nn_desktop.desktop.actions.recent_menu import RecentMenu
from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.engines.label import EngineLabel
from nn_desktop.desktop.look.accessibility import announce, identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.look.plain_text import PLACE_OF_MARK, window_title
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.panel_places import place_panels, read_panels
from nn_desktop.desktop.panels.canvas_bar import CanvasBar
from nn_desktop.desktop.panels.data_panel import DataPanel
from nn_desktop.desktop.panels.descent_bar import DescentBar
from nn_desktop.desktop.panels.inspector_panel import InspectorPanel
from nn_desktop.desktop.panels.learning_panel import LearningPanel
from nn_desktop.desktop.panels.message_bar import MessageBar
from nn_desktop.desktop.panels.notes_panel import NotesPanel
from nn_desktop.desktop.panels.outline_panel import OutlinePanel
from nn_desktop.desktop.panels.readout import Readout
from nn_desktop.desktop.panels.timeline import Timeline
from nn_desktop.desktop.plots.fit_view import FitView
from nn_desktop.desktop.plots.loss_plot import LossPlot
from nn_desktop.desktop.project.project_state import ProjectState
from nn_desktop.engines.selection import ChoiceMemory
from nn_desktop.files.project.project import Panel
from nn_desktop.files.project.recovery import Recovered, left_behind
from nn_desktop.texts import sentence
from nn_desktop.training.checkpoints import Snapshot
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.setup import Setup

if TYPE_CHECKING:
    from nn_desktop.desktop.project.autosave import Autosave

GEOMETRY, STATE, TIMELINE = "window/geometry", "window/state", "window/timeline"
STATE_VERSION = 3
MESSAGE_MILLISECONDS = 5000
MIN_CANVAS_SHARE = 0.42
DOCK_FRAME = 80
"""Height of the title and the tabs of a dock, and some air."""
MIN_SIZE = QSize(940, 640)
"""Below it the tool bar would hide the learning rate, and the panels their last rows."""
MODE_ACTIONS = {
    Mode.BATCH: "mode_batch",
    Mode.MINI_BATCH: "mode_mini_batch",
    Mode.STOCHASTIC: "mode_stochastic",
}


class MainWindow(QMainWindow):
    """Canvas in the middle, data and learning on the left, fit and loss on the right.

    Parameters
    ----------
    document, trainer
        What is shown and trained; the window ends the trainer when it closes.
    theme
        Of the colours.
    settings
        Where the window's layout is remembered.
    dialogs
        Whom to ask.
    memory
        Knows which engine is the fastest for which work.
    """

    def __init__(
        self,
        document: Document,
        trainer: Trainer,
        theme: Theme,
        settings: QSettings,
        dialogs: Dialogs,
        memory: ChoiceMemory | None = None,
    ) -> None:
        super().__init__()
        identify(self, "main_window")
        self.document = document
        self.trainer = trainer
        self._theme = theme
        self._settings = settings
        self._turn = 0
        self._may_close = False
        self._is_asking = False
        self._autosave: Autosave | None = None
        self.selection = Selection(document, self)
        self.editor = NetworkEditor(document, self.selection, self)
        self.canvas = NetworkView(self.editor, theme, trainer.snapshot)
        self.readout = Readout(document)
        self.message_bar = MessageBar(theme)
        self.outline = OutlinePanel(document, self.editor, theme)
        self.inspector = InspectorPanel(document, self.editor)
        self.fit_view = FitView(theme)
        self.loss_plot = LossPlot(theme)
        self.descent_bar = DescentBar(document, trainer.snapshot)
        self.timeline = Timeline(document, theme)
        self.notes = NotesPanel(document)
        self._speed = QLabel()
        identify(self._speed, "speed")
        self._engine_label = EngineLabel()
        parts = Parts(
            document,
            trainer,
            self.editor,
            self.canvas,
            self.readout,
            self.loss_plot,
            self.message_bar,
            theme,
            settings,
            dialogs,
            LastFolder(settings),
            memory,
        )
        self.commands = Commands(parts, self)
        self.project = ProjectState(document, trainer, self)
        self.project_commands = ProjectCommands(parts, self.commands, self.project, self.read_panels, self)
        self.drawing_commands = DrawingCommands(parts, self)
        self._outline_commands = OutlineCommands(self.outline, self.drawing_commands, self)
        self.actions_by_name = make_actions(
            document.attempt,
            self.commands,
            self.project_commands,
            self._outline_commands,
            self.drawing_commands,
        )
        self._context_menus = ContextMenus(self.editor, self.actions_by_name, self)
        self._ready_menu = ReadyMenu(theme, self)
        self._recent_menu = RecentMenu(self.project_commands.recent, self.project_commands.open_file, self)
        self._canvas_bar = CanvasBar(
            self.actions_by_name,
            (table.TOOLS, ("undo", "redo"), ("arrange", "fit_network")),
            self._ready_menu,
            theme,
        )
        self._docks = self._make_docks()
        self.setCentralWidget(self._make_centre())
        self.canvas.setFocus()
        self._training_bar = self._make_tool_bar()
        self._make_menus()
        self.statusBar().addWidget(self._engine_label, 1)
        self.statusBar().addPermanentWidget(self._speed)
        self.setAcceptDrops(True)
        self.setMinimumSize(MIN_SIZE)
        self._connect()
        self._show_everything()
        self._share_out_keys()
        self._order_tab_stops()
        self._first_state = self.saveState(STATE_VERSION)
        self._restore_layout()

    @Slot()
    def reset_layout(self) -> None:
        """Put all docks and tool bars back where they were at first."""
        self.restoreState(self._first_state, STATE_VERSION)
        self.timeline.toggle_view_action.setChecked(True)
        self._size_docks()
        self._hide_stray_tab_bars()

    def read_panels(self) -> tuple[Panel, ...]:
        """Return where the panels are."""
        return read_panels(self, self._docks)

    def keep_work_in(self, root: Path) -> None:
        """Keep the work in a folder against a crash from now on; offer what earlier programs left there."""
        from nn_desktop.desktop.project.autosave import Autosave

        self._autosave = Autosave(
            root,
            lambda: self.project.mark,
            self.project_commands.read_work,
            self.project_commands.read_about,
            self.canvas.grab,
            self.message_bar.warn,
            self.project_commands.kept_work,
            self.project_commands.background,
            self,
        )
        # What replaces all there is, makes a network very large, or takes all of the machine.
        self.project_commands.risk_taken.connect(self._autosave.keep)
        self.document.confirmation_needed.connect(self._autosave.keep)
        self.commands.comparing_changed.connect(self._autosave.keep)
        self.project_commands.find_work_in(root)
        found = left_behind(root)
        if found:
            from nn_desktop.desktop.project.recovery_dialog import RecoveryDialog

            dialog = RecoveryDialog(found, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.chosen.connect(self.project_commands.recover)
            dialog.open()

    def close_without_asking(self) -> None:
        """Close; what is not saved stays where it is kept against a crash."""
        is_unsaved = self.project.is_modified or self.project_commands.is_saving  # which may fail
        if self._autosave is not None and is_unsaved:
            self.project_commands.save_soon_or_never()
            self._autosave.leave_work()
            self._autosave = None
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once about what is not saved; remember the layout, end the training, and close."""
        if not self._may_close:
            self._is_asking = True
            self.project_commands.leave(self._close_for_good)
            self._is_asking = False
        if not self._may_close:  # it closes by itself when all is saved, if that was the answer
            event.ignore()
            return
        self._settings.setValue(GEOMETRY, self.saveGeometry())
        self._settings.setValue(STATE, self.saveState(STATE_VERSION))
        self.commands.end_comparison()
        self.document.undo_stack.blockSignals(True)  # it clears itself later, when there is no window
        self.trainer.close()
        self.project_commands.close()
        if self._autosave is not None:
            self._autosave.close()
        super().closeEvent(event)

    def _close_for_good(self) -> None:
        self._may_close = True
        if not self._is_asking:
            self.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the panels give room too when the window shrinks; Qt takes it all from the canvas."""
        super().resizeEvent(event)
        is_smaller = event.size().width() < event.oldSize().width()
        if is_smaller and self.canvas.width() < MIN_CANVAS_SHARE * self.width():
            self._size_docks()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file, or a link as text."""
        from nn_desktop.files.share.links import looks_shared

        if _file_of(event) is not None or looks_shared(event.mimeData().text()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it, as if it had been opened from the menu."""
        path = _file_of(event)
        if path is not None:
            self.project_commands.open_file(path)
        else:
            self.project_commands.open_shared(event.mimeData().text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give Space to a button with the focus, and undo to the document while no field is being edited."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if isinstance(watched, QLineEdit):
                undo = event.matches(QKeySequence.StandardKey.Undo)
                if (undo or event.matches(QKeySequence.StandardKey.Redo)) and not watched.isModified():
                    event.ignore()
                    return True
            elif event.key() == Qt.Key.Key_Space and not event.modifiers():
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _make_centre(self) -> QWidget:
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.readout, self._canvas_bar, self.message_bar, self.canvas, self.timeline):
            layout.addWidget(widget)
        layout.setStretchFactor(self.canvas, 1)
        return centre

    def _make_docks(self) -> dict[str, QDockWidget]:
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        docks: dict[str, QDockWidget] = {}
        for name, title, widget, place in (
            ("dock_data", self.tr("Data"), self._make_data_panel(), left),
            ("dock_outline", self.tr("Outline"), self.outline, "dock_data"),
            ("dock_learning", self.tr("Learning"), LearningPanel(self.document), left),
            ("dock_inspector", self.tr("Selection"), self.inspector, "dock_data"),
            ("dock_fit", self.tr("Fit"), self.fit_view, right),
            ("dock_loss", self.tr("Loss"), self.loss_plot, right),
        ):
            dock = docks[name] = QDockWidget(title)
            identify(dock, name)
            dock.setWidget(widget)
            dock.dockLocationChanged.connect(self._on_dock_moved)
            if isinstance(place, str):  # behind another one, as a tab
                self.tabifyDockWidget(docks[place], dock)
                docks[place].raise_()
            else:
                self.addDockWidget(place, dock)
        docks["dock_notes"] = self._make_notes_dock()
        return docks

    def _make_data_panel(self) -> DataPanel:
        return DataPanel(self.document, self._theme, self.project_commands.background)

    def _make_notes_dock(self) -> QDockWidget:
        """Make the dock of the notes: it takes no room until somebody wants it, or notes are opened."""
        dock = QDockWidget(self.tr("Notes"))
        identify(dock, "dock_notes")
        dock.setWidget(self.notes)
        dock.dockLocationChanged.connect(self._on_dock_moved)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        dock.hide()
        return dock

    def _make_tool_bar(self) -> QToolBar:
        bar = QToolBar(self.tr("Training"))
        identify(bar, "training_bar")
        bar.setIconSize(QSize(20, 20))
        for name in ("train_or_pause", "step_update", "step_epoch", "reset", "new_start"):
            self._add_button(bar, name, with_text=name == "train_or_pause")
        bar.addSeparator()
        for name in MODE_ACTIONS.values():
            self._add_button(bar, name, with_text=True)
        bar.addWidget(self.descent_bar)
        self.addToolBar(bar)
        return bar

    def _add_button(self, bar: QToolBar, name: str, with_text: bool) -> None:
        action = self.actions_by_name[name]
        bar.addAction(action)
        button = bar.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setObjectName(f"{name}_button")
        button.setAccessibleName(action.text().replace("&", ""))
        if with_text:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _make_menus(self) -> None:
        for name, title, names in table.MENUS:
            menu = self.menuBar().addMenu(translate(title))
            identify(menu, name)
            fill_menu(menu, names, self.actions_by_name)
            if name == "menu_file":
                menu.insertMenu(self.actions_by_name["open"], self._recent_menu)
                menu.insertAction(self._recent_menu.menuAction(), self.actions_by_name["open"])
            if name == "menu_network":
                menu.addSeparator()
                menu.addMenu(self._ready_menu)
            if name == "menu_view":
                menu.addSeparator()
                parts: tuple[QDockWidget | QToolBar, ...] = (*self._docks.values(), self._training_bar)
                for part in parts:
                    identify(part.toggleViewAction(), f"toggle_{part.objectName()}")
                    menu.addAction(part.toggleViewAction())
                menu.addAction(self.timeline.toggle_view_action)
        for names in table.GROUPS:
            group = QActionGroup(self)
            for name in names:
                group.addAction(self.actions_by_name[name])
        for row in table.ROWS:  # a key that only means something in the drawing is one only there
            for place in (self.canvas, self.outline.tree) if row.on_canvas else (self,):
                place.addAction(self.actions_by_name[row.name])

    def _connect(self) -> None:
        self.document.undo_stack.indexChanged.connect(self._on_stack_changed)
        self.document.setup_changed.connect(self._on_setup_changed)
        self.document.refused.connect(self._on_refused)
        self.document.failed.connect(self.message_bar.warn)
        self.document.replaced.connect(self.selection.clear)
        self.document.replaced.connect(self.canvas.network.fold_all)
        self.document.confirmation_needed.connect(self._on_confirmation_needed)
        self.document.layout_changed.connect(self.canvas.draw_edit)
        self.trainer.snapshot_changed.connect(self._on_snapshot_changed)
        self.trainer.running_changed.connect(self._on_running_changed)
        self.trainer.diverged.connect(self._on_diverged)
        self.trainer.failed.connect(self.message_bar.warn)
        self.project.changed.connect(self._on_project_changed)
        self.project_commands.panels_opened.connect(self._on_panels_opened)
        self.project_commands.recovered.connect(self._on_recovered)
        self.project_commands.saved.connect(self._on_saved)
        self.drawing_commands.link_pasted.connect(self.project_commands.open_shared)
        self._theme.changed.connect(self._on_theme_changed)
        self.selection.changed.connect(self._on_selection_changed)
        self.canvas.space_tapped.connect(self.commands.train_or_pause)
        self.canvas.question_changed.connect(self.trainer.ask)
        self.canvas.layer_edit_requested.connect(self._on_inspector_requested)
        self.canvas.tool_changed.connect(self._on_tool_changed)
        self._ready_menu.chosen.connect(self.drawing_commands.load_ready)
        self.canvas.activation_menu_requested.connect(self._context_menus.open_activations)
        self.readout.finished.connect(self.canvas.setFocus)
        self.descent_bar.finished.connect(self.canvas.setFocus)
        self.timeline.finished.connect(self.canvas.setFocus)
        self.timeline.toggle_view_action.toggled.connect(self._on_timeline_toggled)
        self.notes.finished.connect(self.canvas.setFocus)
        self._docks["dock_notes"].toggleViewAction().triggered.connect(self._on_notes_toggled)
        self.document.notes_changed.connect(self._on_notes_changed)
        self.canvas.escaped.connect(self.message_bar.hide)
        self.commands.layout_reset_requested.connect(self.reset_layout)
        self.commands.comparing_changed.connect(self._on_comparing_changed)
        self.drawing_commands.activation_menu_requested.connect(self._context_menus.open_activations)
        self._docks["dock_outline"].visibilityChanged.connect(self.outline.set_in_view)
        self._docks["dock_inspector"].visibilityChanged.connect(self.inspector.set_in_view)
        self.drawing_commands.inspector_requested.connect(self._on_inspector_requested)
        self._outline_commands.tool_left_alone.connect(self._on_tool_left_alone)
        self.canvas.context_menu_requested.connect(self._context_menus.open_for_selection)
        self.outline.context_menu_requested.connect(self._context_menus.open_for_selection)
        self.loss_plot.logarithmic_changed.connect(self.actions_by_name["log_scale"].setChecked)

    def _share_out_keys(self) -> None:
        """Watch the keys that controls and actions both want; a click on a button leaves the focus alone."""
        controls: list[QWidget] = [*self.findChildren(QAbstractButton), *self.findChildren(QComboBox)]
        for control in controls:
            if not (isinstance(control, QComboBox) and control.isEditable()):
                control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                control.installEventFilter(self)
        for edit in self.findChildren(QLineEdit):
            edit.installEventFilter(self)

    def _order_tab_stops(self) -> None:
        """Tab goes from the tool bar to the canvas, the panels on the left, and the plots."""
        docks = [dock.widget() for dock in self._docks.values()]
        stops: list[QWidget] = []
        for part in (self._training_bar, self.readout, self._canvas_bar, self.canvas, self.timeline, *docks):
            inside = (widget for widget in (part, *part.findChildren(QWidget)) if widget.window() is self)
            stops += [widget for widget in inside if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _show_everything(self) -> None:
        self._on_project_changed()
        self.actions_by_name[f"theme_{self._theme.choice}"].setChecked(True)
        self._on_tool_changed(self.canvas.tool)
        self.loss_plot.set_logarithmic(self._settings.value(LOGARITHMIC, False, type=bool) is True)
        self._on_theme_changed()
        self._on_stack_changed()
        self._on_selection_changed()
        self._on_setup_changed(self.document.setup)
        self._on_snapshot_changed(self.trainer.snapshot)

    def _restore_layout(self) -> None:
        geometry, state = self._settings.value(GEOMETRY), self._settings.value(STATE)
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            available = self.screen().availableSize()
            self.resize(self.sizeHint().boundedTo(available))
        if not (isinstance(state, QByteArray) and self.restoreState(state, STATE_VERSION)):
            self._size_docks()
        self._hide_stray_tab_bars()
        self.timeline.toggle_view_action.setChecked(self._settings.value(TIMELINE, True, type=bool) is True)

    @Slot(bool)
    def _on_timeline_toggled(self, on: bool) -> None:
        self._settings.setValue(TIMELINE, on)

    @Slot(bool)
    def _on_notes_toggled(self, on: bool) -> None:
        if on:
            self._bring_notes()
            self._docks["dock_notes"].raise_()

    @Slot(str)
    def _on_notes_changed(self, notes: str) -> None:
        """Let it be seen that there are notes: a project that was opened may have brought them."""
        if notes and self._docks["dock_notes"].isHidden():
            self._bring_notes()

    def _bring_notes(self) -> None:
        """Show the notes: as a tab behind the loss, unless somebody has put them elsewhere."""
        notes, loss = self._docks["dock_notes"], self._docks["dock_loss"]
        notes.show()
        is_alone = not (notes.isFloating() or self.tabifiedDockWidgets(notes))
        if is_alone and not (loss.isFloating() or loss.isHidden()):
            self.tabifyDockWidget(loss, notes)
            loss.raise_()

    @Slot()
    def _on_project_changed(self) -> None:
        self.setWindowTitle(f"{window_title(self.project.name)}{PLACE_OF_MARK} — NN Desktop")
        self.setWindowFilePath("" if self.project.path is None else str(self.project.path))
        self.setWindowModified(self.project.is_modified)
        self.actions_by_name["revert"].setEnabled(self.project.path is not None)

    @Slot(object)
    def _on_panels_opened(self, panels: tuple[Panel, ...]) -> None:
        place_panels(self, self._docks, panels)
        self._on_dock_moved()

    @Slot(str)
    def _on_saved(self, text: str) -> None:
        """Say it in passing: who saves often does not want the drawing to move each time."""
        text = sentence(text)
        self.message_bar.hide()
        self.statusBar().showMessage(text, MESSAGE_MILLISECONDS)
        announce(self.statusBar(), text)
        if self._autosave is not None:
            self._autosave.forget(self.project.is_modified)

    @Slot(object)
    def _on_recovered(self, recovered: Recovered) -> None:
        """Let the folder go when its work is kept in this program's own."""
        if self._autosave is not None:
            self._autosave.keep_and_then(recovered.folder.remove)

    @Slot()
    def _on_dock_moved(self) -> None:
        QTimer.singleShot(0, self, self._hide_stray_tab_bars)  # when Qt has made its tab bars

    @Slot()
    def _hide_stray_tab_bars(self) -> None:
        """Hide tab bars that Qt 6.11 leaves behind when it makes new ones: a dock's newest is its own."""
        seen: set[object] = set()
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for bar in reversed(self.findChildren(QTabBar, options=direct)):
            docks = {bar.tabData(index) for index in range(bar.count())}
            if not seen.isdisjoint(docks):
                bar.hide()
            seen |= docks

    def _size_docks(self) -> None:
        d = self._docks
        side = max(232, min(290, self.width() // 5))
        self.resizeDocks([d["dock_data"], d["dock_fit"]], [side, int(1.3 * side)], Qt.Orientation.Horizontal)
        low = d["dock_learning"].widget().sizeHint().height() + DOCK_FRAME
        self.resizeDocks(
            [d["dock_data"], d["dock_learning"]], [self.height() - low, low], Qt.Orientation.Vertical
        )
        self.resizeDocks([d["dock_fit"], d["dock_loss"]], [550, 450], Qt.Orientation.Vertical)

    @Slot(object)
    def _on_snapshot_changed(self, snapshot: Snapshot) -> None:
        """Bring all views to the same moment; while it trains they take turns, a third in each frame.

        All of them in each of 60 frames a second would leave training too little, and 20 are enough for each.
        """
        turns = (self.canvas.show_snapshot, self.fit_view.show_snapshot, self._show_in_numbers)
        if not self.trainer.is_running:
            for show in turns:
                show(snapshot)
        else:
            self._turn = (self._turn + 1) % len(turns)
            turns[self._turn](snapshot)

    def _show_in_numbers(self, snapshot: Snapshot) -> None:
        self.loss_plot.show_snapshot(snapshot)
        self.readout.show_snapshot(snapshot)
        self.descent_bar.show_snapshot(snapshot)
        self.timeline.show_snapshot(snapshot)
        self.outline.show_snapshot(snapshot)
        self.inspector.show_snapshot(snapshot)
        self._engine_label.show_choice(snapshot.engine)
        if self.trainer.is_running:
            rate = grouped(round(self.trainer.updates_per_second))
            self._speed.setText(self.tr("{rate} updates a second").format(rate=rate))

    @Slot(bool)
    def _on_running_changed(self, running: bool) -> None:
        self._show_running(running)
        if running:
            self.message_bar.hide()

    def _show_running(self, running: bool) -> None:
        action = self.actions_by_name["train_or_pause"]
        action.setChecked(running)
        action.setText(self.tr("Pause") if running else self.tr("&Train"))
        button = self._training_bar.widgetForAction(action)
        button.setAccessibleName(action.text().replace("&", ""))
        action.setIcon(themed_icon(self._theme.colors, "pause" if running else "play"))
        if not running:
            self._show_paused()

    def _show_paused(self) -> None:
        comparing = self.commands.is_comparing
        self._speed.setText(self.tr("paused: the engines are compared") if comparing else self.tr("paused"))

    @Slot(bool)
    def _on_comparing_changed(self) -> None:
        if not self.trainer.is_running:
            self._show_paused()

    @Slot()
    def _on_diverged(self) -> None:
        text = self.tr(
            "The run diverged: the loss grew beyond all numbers, most likely because the learning rate "
            "η = {rate} is too large. The last finite state is kept. "
            "Choose a smaller η and train on, or reset."
        )
        self.message_bar.warn(text.format(rate=f"{self.document.setup.hyperparameters.learning_rate:g}"))

    def _show_obstacle(self, setup: Setup) -> None:
        """Say at the actions that train what the data lack for it."""
        for name in ("train_or_pause", "step_update", "step_epoch", "compare_engines"):
            set_obstacle(self.actions_by_name[name], setup.data.source.why_no_samples)

    @Slot(object)
    def _on_setup_changed(self, setup: Setup) -> None:
        self._show_obstacle(setup)
        self.actions_by_name[MODE_ACTIONS[setup.hyperparameters.mode]].setChecked(True)
        self.message_bar.hide()
        self.canvas.draw_edit()

    @Slot(str)
    def _on_refused(self, why: str) -> None:
        """Say it where it was tried: beside the pointer, or above the canvas."""
        if self.canvas.is_in_use:
            self.canvas.warn(why)
        else:
            self.message_bar.warn(why)

    @Slot(str, object)
    def _on_confirmation_needed(self, question: str, proceed: Callable[[], object]) -> None:
        self.message_bar.ask(question, self.tr("Make it"), proceed)

    @Slot(str)
    def _on_tool_changed(self, tool: str) -> None:
        self.actions_by_name[f"tool_{tool}"].setChecked(True)

    @Slot()
    def _on_tool_left_alone(self) -> None:
        self._on_tool_changed(self.canvas.tool)

    @Slot()
    def _on_inspector_requested(self) -> None:
        self._docks["dock_inspector"].show()
        self._docks["dock_inspector"].raise_()
        self.inspector.focus_first()

    @Slot()
    def _on_stack_changed(self) -> None:
        stack = self.document.undo_stack
        enable(self.actions_by_name, table.Needs.UNDO, stack.canUndo())
        enable(self.actions_by_name, table.Needs.REDO, stack.canRedo())
        for name, text, what in (
            ("undo", self.tr("&Undo {what}"), stack.undoText()),
            ("redo", self.tr("&Redo {what}"), stack.redoText()),
        ):
            self.actions_by_name[name].setText(text.format(what=what).strip())

    @Slot()
    def _on_selection_changed(self) -> None:
        selection = self.selection
        enable(self.actions_by_name, table.Needs.LAYER, selection.layer is not None)
        enable(self.actions_by_name, table.Needs.SELECTION, not selection.is_empty)
        has_number = selection.unit is not None or selection.connection is not None
        enable(self.actions_by_name, table.Needs.NUMBER, has_number)

    @Slot()
    def _on_theme_changed(self) -> None:
        colors = self._theme.colors
        color_icons(self.actions_by_name, colors)
        self.setWindowIcon(themed_icon(colors, "app"))
        self._show_running(self.trainer.is_running)


def _file_of(event: QDropEvent) -> Path | None:
    """Return the file that is dragged, if it is one."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if urls and urls[0].isLocalFile() else None
