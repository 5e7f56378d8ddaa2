"""The table of runs as a widget: its keys and its clicks."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.input_events import ENTER, menu_point
from nn_desktop.desktop.runs.runs_model import Index, Kind, RunsModel

OWN_KEYS = (*ENTER, Qt.Key.Key_Space, Qt.Key.Key_F2)
ROW_PADDING, AIR = 8, 4
"""Pixels; Qt reckons the width of a text in whole ones, and elides it where it is half a pixel wider."""
TICK_FRAME = 6
"""Pixels of the frame of a tick, which Qt does not count in the width of a cell."""
GROWING = (Kind.RUN, Kind.TEST, Kind.EPOCHS, Kind.BEST)
"""Columns whose texts grow: numbers are measured later, and a run becomes the one of now."""
MAX_COLUMN = 220
"""Pixels; longer notes are elided, and their tooltips have all of them."""


class RunsView(QTableView):
    """Shows runs, and says what is asked for.

    Signals
    -------
    take_up_requested()
        Enter was pressed.
    tick_requested()
        Space was pressed: what is selected is to be shown in the plots, or not any more.
    star_requested()
        A star was clicked.
    context_menu_requested(QPoint)
        Somebody wants a menu for what is selected, at a point of the screen.
    """

    take_up_requested = Signal()
    tick_requested = Signal()
    star_requested = Signal()
    context_menu_requested = Signal(QPoint)

    def __init__(self, model: RunsModel) -> None:
        super().__init__()
        identify(self, "runs_table", self.tr("Runs"))
        self.setAccessibleDescription(
            self.tr(
                "Enter takes a run up again, Space shows it in the plots, F2 renames it or writes a note, "
                "asterisk puts a star on it, Delete deletes it."
            )
        )
        self._model = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + ROW_PADDING)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setMaximumSectionSize(MAX_COLUMN)
        header.setMinimumSectionSize(self.verticalHeader().defaultSectionSize())  # enough for a star
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setResizeContentsPrecision(50)
        header.setStretchLastSection(True)
        self.setSortingEnabled(True)
        self.clicked.connect(self._on_clicked)

    @property
    def selected(self) -> list[int]:
        """Ids of the runs that are selected."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._model.rows[row].label.id for row in rows if row < len(self._model.rows)]

    def select(self, numbers: list[int]) -> None:
        """Select runs, by their ids, as far as they are there."""
        rows = [row for number in numbers if (row := self._model.row_of(number)) is not None]
        selection = self.selectionModel()
        selection.clear()
        for row in rows:
            index = self._model.index(row, 0)
            selection.select(index, selection.SelectionFlag.Select | selection.SelectionFlag.Rows)
        if rows:
            selection.setCurrentIndex(self._model.index(rows[0], 0), selection.SelectionFlag.NoUpdate)

    def widen_columns(self) -> None:
        """Let no text be cut off that is longer than those before."""
        for place, column in enumerate(self._model.columns):
            if column.kind in GROWING:
                needed = min(MAX_COLUMN, self.sizeHintForColumn(place) + AIR)
                self.setColumnWidth(place, max(self.columnWidth(place), needed))

    def resizeColumnsToContents(self) -> None:
        """Give each column the room that it needs, and that of the stars no more: there is little of it."""
        super().resizeColumnsToContents()
        ticks, stars = self._model.column_of(Kind.RUN), self._model.column_of(Kind.STAR)
        self.setColumnWidth(ticks, self.columnWidth(ticks) + TICK_FRAME)
        self.setColumnWidth(stars, self.horizontalHeader().minimumSectionSize())

    def edit_here(self) -> None:
        """Open the field for the note if that is the current cell, else for the name."""
        index = self.currentIndex()
        if index.isValid():
            is_note = self._model.columns[index.column()].kind is Kind.NOTE
            self.edit_cell(Kind.NOTE if is_note else Kind.RUN)

    def edit_cell(self, kind: Kind) -> None:
        """Open the field of the current run in a column."""
        row = next(iter(self.selectionModel().selectedRows()), self.currentIndex())
        if row.isValid():
            self.edit(row.siblingAtColumn(self._model.column_of(kind)))

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something else elsewhere in the window."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_editing = self.state() is QAbstractItemView.State.EditingState
        if event.key() in ENTER and not is_editing:
            self.take_up_requested.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.edit_here()
        elif event.key() == Qt.Key.Key_Space and not is_editing:
            self.tick_requested.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.context_menu_requested.emit(menu_point(self, event))

    @Slot(object)
    def _on_clicked(self, index: Index) -> None:
        if self._model.columns[index.column()].kind is Kind.STAR:
            self.star_requested.emit()


def _is_own(event: QKeyEvent) -> bool:
    return event.key() in OWN_KEYS and not event.modifiers()
