"""The runs of the project: compared, written on, taken up again."""

from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QColor, QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.runs_editor import RunsEditor
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.notice import Notice
from nn_desktop.desktop.look.run_colors import run_color, run_mark
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.runs.run_measuring import RunMeasuring
from nn_desktop.desktop.runs.runs_model import Kind, RunsModel
from nn_desktop.desktop.runs.runs_view import RunsView
from nn_desktop.insight.run_table import Comparer, Measures, Moment, run_table
from nn_desktop.training.runs import Run, RunLabel

REFRESH_MILLISECONDS = 500
"""Numbers of the run in the window are read, not watched."""
MAX_TICKED = 8
"""More curves in one plot cannot be told apart."""
ICON_SIDE = 16
BUTTONS = ("take_up_run", "star_run", "delete_run", "export_runs")
ICONS = {"take_up_run": "play", "star_run": "star", "delete_run": "delete", "export_runs": "export"}


class RunsPanel(QWidget):
    """A table of runs, and what can be done with them. It costs nothing while it is not to be seen.

    Signals
    -------
    ticked_changed(tuple of Run)
        These are to be shown in the plots.
    export_requested()
        The table is wanted as a file.
    """

    ticked_changed = Signal(object)
    export_requested = Signal()

    def __init__(self, document: Document, trainer: Trainer, theme: Theme) -> None:
        super().__init__()
        identify(self, "runs_panel", self.tr("Runs"))
        self._document, self._trainer = document, trainer
        self._editor = RunsEditor(document, self)
        self._theme = theme
        self._newest = trainer.snapshot
        self._measures_now = Measures()
        self._is_stale = False
        self._warning = ""
        self._ticked: set[int] = set()
        self._shown_in_plots: tuple[Run, ...] = ()
        self._icons: dict[tuple[int, int], QIcon] = {}
        self.is_in_view = False
        self._measuring, self._comparer = RunMeasuring(self), Comparer()
        self._model = RunsModel(self._icon_of, self)
        self.table = RunsView(self._model)
        self._message = Notice("runs_message")
        self._refresh_timer = QTimer(self, singleShot=True, interval=REFRESH_MILLISECONDS)
        self.actions_by_name: dict[str, QAction] = {}
        self._make_actions()
        self._lay_out()
        self._connect_signals()
        self._on_theme_changed()

    def sizeHint(self) -> QSize:
        return QSize(260, 220)

    @Slot(bool)
    def set_in_view(self, is_in_view: bool) -> None:
        """Catch up with what happened unseen, or rest. Qt calls a dock behind another tab visible too."""
        self.is_in_view = is_in_view
        if is_in_view:
            self._refresh()

    def end_work(self) -> None:
        """Measure nothing more: the window closes."""
        self._measuring.close()
        self._refresh_timer.stop()

    @property
    def message(self) -> str:
        """What the line below the table says; empty if it is not shown."""
        return self._message.said

    @property
    def ticked(self) -> tuple[Run, ...]:
        """The runs that are shown in the plots."""
        return tuple(run for run in self._document.runs.filed if run.label.id in self._ticked)

    def _make_actions(self) -> None:
        for name, text, tip, keys, slot in (
            (
                "take_up_run",
                self.tr("&Take up again"),
                self.tr("Go on with this run where it ended; the one in the window is filed (Enter)"),
                "",
                self._take_up,
            ),
            (
                "show_run",
                self.tr("&Show in plots"),
                self.tr("Show the run in the plots of loss and fit, or not any more (Space)"),
                "",
                self._toggle_ticks,
            ),
            (
                "star_run",
                self.tr("Sta&r"),
                self.tr("Put a star on the run, or take it away: runs with a star are kept longest (*)"),
                "*",
                self._toggle_stars,
            ),
            (
                "rename_run",
                self.tr("Re&name"),
                self.tr("Give the run a name (F2)"),
                "",
                lambda: self._edit(Kind.RUN),
            ),
            (
                "note_run",
                self.tr("&Write note"),
                self.tr("Write a note on the run (F2 in its cell)"),
                "",
                lambda: self._edit(Kind.NOTE),
            ),
            (
                "delete_run",
                self.tr("&Delete"),
                self.tr("Delete the run; undo brings it back (Del)"),
                "Del",
                self._delete,
            ),
            (
                "export_runs",
                self.tr("&Export as CSV…"),
                self.tr("Write the table of runs into a file for spreadsheets"),
                "",
                self.export_requested.emit,
            ),
        ):
            action = self.actions_by_name[name] = QAction(text, self)
            action.setObjectName(name)
            action.setToolTip(tip)
            if keys:
                action.setShortcut(QKeySequence(keys))
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                self.table.addAction(action)
            action.triggered.connect(partial(self._document.attempt, slot))

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        fill(buttons, *map(self._make_button, BUTTONS), margins=(0, 4, 0, 0), spacing=2)
        buttons.addStretch(1)
        fill(
            QVBoxLayout(self),
            buttons,
            self.table,
            self._message,
            stretched=self.table,
            margins=(8, 0, 8, 8),
            spacing=4,
        )

    def _make_button(self, name: str) -> QToolButton:
        button, action = QToolButton(self), self.actions_by_name[name]
        identify(button, f"{name}_button", action.text().replace("&", ""))
        button.setDefaultAction(action)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            style.ToolButtonTextOnly if name == BUTTONS[0] else style.ToolButtonIconOnly
        )
        return button

    def _connect_signals(self) -> None:
        self.table.take_up_requested.connect(self.actions_by_name["take_up_run"].trigger)
        self.table.tick_requested.connect(self.actions_by_name["show_run"].trigger)
        self.table.star_requested.connect(self.actions_by_name["star_run"].trigger)
        self.table.context_menu_requested.connect(self._open_menu)
        self.table.selectionModel().selectionChanged.connect(self._update_actions)
        self._model.tick_requested.connect(self._tick)
        self._model.text_typed.connect(partial(self._document.attempt, self._on_text_typed))
        self._measuring.measured.connect(self._refresh_soon)
        self._refresh_timer.timeout.connect(self._on_timeout)
        # Not before the view has closed the field: the table may be another one then.
        queued = Qt.ConnectionType.QueuedConnection
        self.table.itemDelegate().closeEditor.connect(self._refresh, queued)
        self._trainer.newest_changed.connect(self._refresh_soon)
        self._document.filing.changed.connect(self._on_runs_changed)
        self._document.replaced.connect(self._on_replaced)
        self._theme.changed.connect(self._on_theme_changed)

    @Slot()
    def _refresh_soon(self) -> None:
        """Show what is new, if the last numbers could be read for a while."""
        self._is_stale = True
        if self.is_in_view and not self._refresh_timer.isActive():
            self._refresh()

    @Slot()
    def _on_timeout(self) -> None:
        if self._is_stale:
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Show what is known now, and have the rest measured."""
        if not self.is_in_view or self.table.state() is RunsView.State.EditingState:
            return
        self._is_stale = False
        self._refresh_timer.start()
        runs, snapshot = self._document.runs, self._trainer.snapshot
        self._newest = snapshot
        was_empty, selected = not self._model.rows, self.table.selected
        table = run_table(runs, snapshot, self._known, self._comparer.differences)
        self._model.show_table(table, self._ticked)
        if self.table.selected != selected:
            self.table.select(selected)
        if was_empty or self._model.is_other_columns:
            self.table.resizeColumnsToContents()
        self.table.widen_columns()
        # The run in the window last: it is another moment each time, and would leave no time for the others.
        self._measuring.want([*(run.checkpoint for run in reversed(runs.filed)), snapshot])
        self._say_what_is_to_say()
        self._update_actions()

    def _known(self, moment: Moment) -> Measures:
        """Return what is known of a run; of the one in the window what was known last."""
        measures = self._measuring.known(moment)
        if moment is not self._newest:
            return measures
        if measures.name:
            self._measures_now = measures
        return self._measures_now

    def _say_what_is_to_say(self) -> None:
        hint = self.tr("Nothing is filed yet: a reset, other data or another start file the run here.")
        self._message.say(self._warning or ("" if self._document.runs.filed else hint), is_urgent=False)

    @Slot(object)
    def _on_runs_changed(self) -> None:
        self._measures_now = Measures()
        self._refresh()
        self._tell_ticked()

    @Slot()
    def _on_replaced(self) -> None:
        """Show no run of another project in the plots."""
        self._ticked.clear()
        self._tell_ticked()

    @Slot()
    def _update_actions(self) -> None:
        selected = self.table.selected
        filed = self._selected_filed
        states = {
            "take_up_run": len(selected) == 1 == len(filed),
            "show_run": bool(filed),
            "star_run": bool(selected),
            "rename_run": len(selected) == 1,
            "note_run": len(selected) == 1,
            "delete_run": bool(filed),
            "export_runs": bool(self._document.runs.filed),
        }
        for name, is_on in states.items():
            self.actions_by_name[name].setEnabled(is_on)

    @property
    def _selected_filed(self) -> list[int]:
        current = self._document.runs.current.id
        return [number for number in self.table.selected if number != current]

    def _take_up(self) -> None:
        self._editor.take_up(self._selected_filed[0])

    def _delete(self) -> None:
        self._editor.delete(self._selected_filed)

    def _toggle_stars(self) -> None:
        selected = set(self.table.selected)
        labels = [label for label in self._document.runs.labels if label.id in selected]
        self._editor.star(sorted(selected), is_starred=not all(label.is_starred for label in labels))

    def _edit(self, kind: Kind) -> None:
        self.table.edit_cell(kind)

    def _on_text_typed(self, number: int, kind: Kind, text: str) -> None:
        if kind is Kind.NOTE:
            self._editor.write_note(number, text)
        else:
            self._editor.rename(number, text)

    def _toggle_ticks(self) -> None:
        filed = self._selected_filed
        is_on = not self._ticked.issuperset(filed)
        for number in filed:
            self._tick(number, is_on)

    @Slot(int, bool)
    def _tick(self, number: int, is_on: bool) -> None:
        """Show a run in the plots, or not any more. The document has nothing to do with that."""
        self._warning = ""
        if not is_on:
            self._ticked.discard(number)
        elif len(self.ticked) < MAX_TICKED:
            self._ticked.add(number)
        else:
            text = self.tr("The plots show {count} runs at most: take another tick away first.")
            self._warning = text.format(count=MAX_TICKED)
        self._refresh()
        self._tell_ticked()

    def _tell_ticked(self) -> None:
        ticked = self.ticked
        if ticked != self._shown_in_plots:
            self._shown_in_plots = ticked
            self.ticked_changed.emit(ticked)

    @Slot(QPoint)
    def _open_menu(self, point: QPoint) -> None:
        menu = QMenu(self)
        identify(menu, "runs_menu", self.tr("What can be done with the run"))
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        for name, action in self.actions_by_name.items():
            if name in ("delete_run", "export_runs"):
                menu.addSeparator()
            menu.addAction(action)
        menu.popup(point)

    def _icon_of(self, label: RunLabel) -> QIcon:
        """Return a disk in the colour of a run, with its number."""
        key = label.id, label.colour
        if key not in self._icons:
            self._icons[key] = self._draw_mark(label)
        return self._icons[key]

    def _draw_mark(self, label: RunLabel) -> QIcon:
        colors, ratio = self._theme.colors, self.devicePixelRatioF()
        picture = QPixmap(round(ICON_SIDE * ratio), round(ICON_SIDE * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter, box = QPainter(picture), QRectF(0, 0, ICON_SIDE, ICON_SIDE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(run_color(colors, label)))
        painter.drawEllipse(box)
        font, mark = self.font(), run_mark(label)
        font.setBold(True)
        font.setPixelSize(10 if len(mark) < 3 else 7)
        painter.setFont(font)
        painter.setPen(QColor(colors.canvas))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark)
        painter.end()
        icon = QIcon(picture)
        icon.addPixmap(picture, QIcon.Mode.Selected)  # else it is tinted, and its colour is what it means
        return icon

    @Slot()
    def _on_theme_changed(self) -> None:
        self._icons.clear()
        for name, icon in ICONS.items():
            self.actions_by_name[name].setIcon(themed_icon(self._theme.colors, icon))
        self.table.viewport().update()
