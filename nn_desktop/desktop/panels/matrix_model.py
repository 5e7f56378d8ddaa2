"""The weights of one link, and the biases behind them, as a table over the numbers of a snapshot."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QFont, QGuiApplication, QPalette

from nn_desktop.arrays import BoolArray, FloatArray
from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.descriptions import part_title, unit_title
from nn_desktop.desktop.look.numbers import NO_NUMBER, editable_number, exact_number, read_figure
from nn_desktop.desktop.look.plain_text import tool_tip
from nn_desktop.insight.inspection import Part
from nn_desktop.network.parameter_edits import TypedNumbers
from nn_desktop.network.parameters import Block, link_mask
from nn_desktop.network.topology import Link, Topology
from nn_desktop.training.snapshot import Snapshot

Index = QModelIndex | QPersistentModelIndex
Cell = tuple[int, int]
Role = Qt.ItemDataRole


@dataclass(frozen=True)
class MatrixPart:
    """Some columns of a layer's block of parameters.

    Attributes
    ----------
    block
        Of the layer.
    link
        Whose weights they are; None where no layer is linked to this one.
    columns
        Of the block; the last one is that of the biases, if the part has them.
    """

    block: Block
    link: Link | None
    columns: slice

    @property
    def has_biases(self) -> bool:
        """Whether its last column are the biases."""
        return bool(self.columns.stop == self.block.shape[1])


def parts_of(block: Block) -> tuple[MatrixPart, ...]:
    """Return a part for each link into a layer, from the nearest layer back; the first has the biases."""
    width = block.shape[1]
    if not block.links:
        return (MatrixPart(block, None, slice(0, width)),)
    stops = (*block.columns[1:-1], width)
    parts = [
        MatrixPart(block, link, slice(start, stop))
        for link, start, stop in zip(block.links, block.columns, stops, strict=False)
    ]
    return tuple(reversed(parts))


class MatrixModel(QAbstractTableModel):
    """A row for each unit of a layer, a column for each unit before it, and one for the biases.

    Nothing is kept of the numbers but the array of the snapshot. Cells that are refused are marked until
    something else is typed or pasted.

    Parameters
    ----------
    topology
        That the part belongs to.
    """

    def __init__(
        self, editor: NetworkEditor, topology: Topology, part: MatrixPart, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._editor, self._topology, self._part = editor, topology, part
        self._targets = topology.layer(part.block.layer)
        link = part.link
        self._sources = () if link is None else topology.layer(link.source).units
        self._there: BoolArray | None = None if link is None else link_mask(topology, link)
        self._values: FloatArray | None = None
        self._dataset: Dataset | None = None
        self.refused: dict[Cell, str] = {}

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take the numbers of a newer snapshot of the same network; the view is to be painted anew."""
        self._values = snapshot.parameters.matrix(self._targets.id)[:, self._part.columns]
        if snapshot.dataset is not self._dataset:
            self._dataset = snapshot.dataset  # which names inputs and outputs: the headers have another width
            for orientation, count in (
                (Qt.Orientation.Vertical, self.rowCount()),
                (Qt.Orientation.Horizontal, self.columnCount()),
            ):
                self.headerDataChanged.emit(orientation, 0, count - 1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # as Qt has it
        return 0 if parent.isValid() else len(self._targets.units)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._sources) + self._part.has_biases

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if role not in (Role.DisplayRole, Role.ToolTipRole):
            return None
        is_row = orientation is Qt.Orientation.Vertical
        if not is_row and section == len(self._sources):
            return self.tr("bias b") if role == Role.DisplayRole else self.tr("Biases of the layer")
        unit = (self._targets.units if is_row else self._sources)[section]
        is_end = self._topology.unit_place[unit][0] in (0, len(self._topology.layers) - 1)
        if role == Role.DisplayRole and (self._dataset is None or not is_end):
            return str(section + 1)  # Qt asks for very many to find out how wide they are
        title = unit_title(self._topology, unit, self._dataset)
        return title if role == Role.DisplayRole else tool_tip(title)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        is_there = self._is_there(index.row(), index.column())
        return flags | Qt.ItemFlag.ItemIsEditable if is_there else flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        match role:
            case Role.DisplayRole:
                return self._shown(row, column)
            case Role.EditRole:
                return self.exact(row, column)
            case Role.ToolTipRole | Role.AccessibleTextRole:
                return tool_tip(self._description(row, column))
            case Role.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Role.FontRole:
                return self._font(row, column)
            case Role.ForegroundRole if (row, column) in self.refused:
                return QGuiApplication.palette().brush(QPalette.ColorRole.BrightText)
            case Role.BackgroundRole if not self._is_there(row, column):
                color = QGuiApplication.palette().color(QPalette.ColorRole.Mid)
                return QBrush(color, Qt.BrushStyle.BDiagPattern)
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Type a number; what is wrong with it is kept in `refused`."""
        if role != Role.EditRole:
            return False
        cell = index.row(), index.column()
        wrong = self._editor.type_number(self._part_at(*cell), str(value))
        self.refused = {cell: wrong} if wrong else {}
        self.dataChanged.emit(index, index)
        return not wrong

    def exact(self, row: int, column: int) -> str:
        """Return a number in all its digits; nothing where no connection is."""
        if self._values is None or not self._is_there(row, column):
            return ""
        return exact_number(self._values[row, column])

    def block_text(self, top: int, left: int, bottom: int, right: int) -> str:
        """Return a block of numbers as a spreadsheet takes it: tabs between columns, a line for each row."""
        if self._values is None:
            return ""
        rows = []
        for row in range(top, bottom + 1):
            numbers = self._values[row, left : right + 1]
            cells = [
                str(number) if self._is_there(row, left + place) else ""
                for place, number in enumerate(numbers)
            ]
            rows.append("\t".join(cells))
        return "\n".join(rows)

    def paste(self, top: int, left: int, rows: list[list[str]]) -> bool:
        """Put a block of numbers in as one step, or, if one of its cells is refused, nothing of it.

        Parameters
        ----------
        rows
            All of the same length, and within the table from there on.
        """
        weights, biases, refused = [], [], {}
        for row, texts in enumerate(rows, start=top):
            for column, text in enumerate(texts, start=left):
                if wrong := self._explain(row, column, text):
                    refused[row, column] = wrong
                elif (number := read_figure(text)) is not None:
                    part = self._part_at(row, column)
                    if isinstance(part, tuple):
                        weights.append((part, number))
                    else:
                        biases.append((part, number))
        self.mark(refused)
        if not refused and (weights or biases):
            self._editor.paste_numbers(TypedNumbers(tuple(weights), tuple(biases)))
        return not refused

    def mark(self, refused: dict[Cell, str]) -> None:
        """Mark cells as refused, and no others."""
        self.refused = refused
        self.dataChanged.emit(
            self.index(0, 0), self.index(self.rowCount() - 1, max(0, self.columnCount() - 1))
        )

    def _explain(self, row: int, column: int, text: str) -> str:
        """Return why a text cannot be pasted into a cell."""
        if not self._is_there(row, column):
            return self.tr("There is no connection here: nothing can be put in.") if text.strip() else ""
        if not text.strip():
            return self.tr("A number is missing here.")
        return self._editor.explain_number(text.strip())

    def _is_there(self, row: int, column: int) -> bool:
        if self._there is None or column >= len(self._sources):
            return True
        return bool(self._there[row, column])

    def _part_at(self, row: int, column: int) -> Part:
        unit = self._targets.units[row]
        return unit if column == len(self._sources) else (self._sources[column], unit)

    def _is_frozen(self, row: int, column: int) -> bool:
        if self._targets.frozen:
            return True
        link = self._part.link
        return link is not None and self._part_at(row, column) in link.frozen

    def _shown(self, row: int, column: int) -> str:
        if not self._is_there(row, column):
            return "⚠" if (row, column) in self.refused else ""
        if self._values is None:
            return NO_NUMBER
        value = self._values[row, column]
        return f"⚠ {editable_number(value, 3)}" if (row, column) in self.refused else editable_number(value)

    def _font(self, row: int, column: int) -> QFont | None:
        if not self._is_frozen(row, column):
            return None
        font = QFont()
        font.setItalic(True)
        return font

    def _description(self, row: int, column: int) -> str:
        part = self._part_at(row, column)
        title = part_title(self._topology, part, self._dataset)
        if isinstance(part, int):
            title = self.tr("Bias of {unit}").format(unit=title)
        lines = [title, self.exact(row, column) or self.tr("not connected")]
        if self._is_there(row, column) and self._is_frozen(row, column):
            lines.append(self.tr("frozen: it does not learn"))
        if why := self.refused.get((row, column)):
            lines.append(why)
        return "\n".join(lines)
