"""A matrix in a table: cells are edited, and blocks go to a spreadsheet and come back from one."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QItemSelection, QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.input_events import ENTER, begins_number
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.panels.matrix_model import Cell, Index, MatrixModel
from nn_desktop.texts import shown

MAX_ROWS_SHOWN = 12
"""A table of more rows scrolls."""
COLUMN_DIGITS = "−0.0000000"
"""As wide as most numbers are, with five figures that count."""
MAX_QUOTED = 12
COPY, PASTE = QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Paste
SELECT_ALL = QKeySequence.StandardKey.SelectAll
COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class _NumberDelegate(QStyledItemDelegate):
    """Applies what somebody typed, and not what stood there when the field was opened."""

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QLineEdit) and editor.isModified():
            super().setModelData(editor, model, index)


class MatrixTable(QTableView):
    """Shows a part of a layer's matrix.

    Signals
    -------
    said(str)
        What was typed or pasted is refused, and why; an empty text if it was taken.
    """

    said = Signal(str)

    def __init__(self, name: str, accessible_name: str, model: MatrixModel) -> None:
        super().__init__()
        identify(self, name, accessible_name)
        self._matrix = model
        model.setParent(self)
        self.setModel(model)
        model.headerDataChanged.connect(self.updateGeometries)  # else the headers stay as wide as they were
        self.setItemDelegate(_NumberDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setTabKeyNavigation(False)  # Tab goes on to the next control, the arrows to the next cell
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        metrics = self.fontMetrics()
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideMiddle)  # pixels differ at both ends
        self.horizontalHeader().setDefaultSectionSize(metrics.horizontalAdvance(COLUMN_DIGITS) + 12)
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 8)
        self.verticalHeader().setMaximumWidth(metrics.horizontalAdvance("m") * 12)
        self.setToolTip(
            self.tr(
                "Type over a number, or copy and paste blocks of them,\n"
                "from and to a spreadsheet too ({copy}, {paste})"
            ).format(copy=_key(COPY), paste=_key(PASTE))
        )

    def sizeHint(self) -> QSize:
        """Return room for all rows, if they are not too many."""
        rows = min(self._matrix.rowCount(), MAX_ROWS_SHOWN)
        height = rows * self.verticalHeader().defaultSectionSize() + 2 * self.frameWidth()
        bar = self.horizontalScrollBar().sizeHint().height()
        return QSize(200, height + self.horizontalHeader().sizeHint().height() + bar)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def repaint_numbers(self) -> None:
        """Paint the numbers of now; a field that is open keeps what is typed in it."""
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        """Keep keys from the window: of copying, pasting and selecting, and the first one of a number."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_number = begins_number(event) and not event.modifiers() & COMMANDS
            if is_number or any(event.matches(key) for key in (COPY, PASTE, SELECT_ALL)):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in ENTER
        if event.matches(COPY):
            self._copy()
        elif event.matches(PASTE):
            self._paste(QGuiApplication.clipboard().text())
        elif is_enter and self.state() != QAbstractItemView.State.EditingState:
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """After Enter go to the cell below, as spreadsheets do, unless the number was refused."""
        super().closeEditor(editor, hint)
        if hint != QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            return
        here = self.currentIndex()
        below = here.siblingAtRow(here.row() + 1)
        if below.isValid() and not self._matrix.refused:
            self.setCurrentIndex(below)

    def commitData(self, editor: QWidget) -> None:
        super().commitData(editor)
        self.said.emit(next(iter(self._matrix.refused.values()), ""))

    def _copy(self) -> None:
        if (block := self._selected_block()) is not None:
            QGuiApplication.clipboard().setText(self._matrix.block_text(*block))

    def _selected_block(self) -> tuple[int, int, int, int] | None:
        """Return the first and last row and column of what is selected, as top, left, bottom, right."""
        selection = self.selectionModel().selection()
        if selection.isEmpty():
            return None
        block = selection.first()  # there is one: what is selected is contiguous
        return block.top(), block.left(), block.bottom(), block.right()

    def _paste(self, text: str) -> None:
        """Put a block in at what is selected, or say why it cannot be."""
        block = self._selected_block()
        if block is None or not text.strip("\r\n"):
            self.said.emit("")
            return
        top, left, bottom, right = block
        lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
        rows = [line.split("\t") for line in lines]
        if wrong := self._wrong_shape(rows, block):
            cells = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
            self._matrix.mark(dict.fromkeys(cells, wrong))
            self.said.emit(wrong)
        elif self._matrix.paste(top, left, rows):
            self._select(top, left, top + len(rows) - 1, left + len(rows[0]) - 1)
            self.said.emit("")
        else:
            self.said.emit(self._refusal(top, left, rows))

    def _wrong_shape(self, rows: list[list[str]], block: tuple[int, int, int, int]) -> str:
        """Return why rows do not fit a block of cells; a single cell is where they begin."""
        top, left, bottom, right = block
        shape = len(rows), len(rows[0])
        if len({len(row) for row in rows}) > 1:
            return self.tr("Nothing was pasted: the rows that were copied are not of the same length.")
        selected = bottom - top + 1, right - left + 1
        room = self._matrix.rowCount() - top, self._matrix.columnCount() - left
        wanted = room if selected == (1, 1) else selected
        if selected == (1, 1) and shape[0] <= room[0] and shape[1] <= room[1]:
            return ""
        if shape == wanted:
            return ""
        text = self.tr(
            "Nothing was pasted: what was copied has {rows} × {columns} numbers, rows by columns, "
            "and here is room for {room_rows} × {room_columns}."
        )
        return text.format(rows=shape[0], columns=shape[1], room_rows=wanted[0], room_columns=wanted[1])

    def _refusal(self, top: int, left: int, rows: list[list[str]]) -> str:
        """Return which cells of a block are refused, and why the first one is."""
        refused = self._matrix.refused
        cell: Cell = next(iter(refused))
        typed = shown(rows[cell[0] - top][cell[1] - left].strip(), MAX_QUOTED)
        where = self.tr("row {row}, column {column}").format(row=cell[0] + 1, column=cell[1] + 1)
        if len(refused) > 1:
            text = self.tr(
                "Nothing was pasted: {count} cells are refused, the first in {where} (“{typed}”). {why}"
            )
        else:
            text = self.tr("Nothing was pasted: the cell in {where} is refused (“{typed}”). {why}")
        return text.format(count=grouped(len(refused)), where=where, typed=typed, why=refused[cell])

    def _select(self, top: int, left: int, bottom: int, right: int) -> None:
        selection = QItemSelection(self._matrix.index(top, left), self._matrix.index(bottom, right))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def _key(key: QKeySequence.StandardKey) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
