"""The runs of the project as the rows of a table, the one in the window first."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum, auto
from math import isnan

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QIcon

from nn_desktop.desktop.look.numbers import NO_NUMBER, figure, grouped, share
from nn_desktop.desktop.look.setting_text import setting_text
from nn_desktop.insight.run_table import RunRow, RunTable
from nn_desktop.texts import one_line, shown
from nn_desktop.training.runs import RunLabel

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
EMPTY = RunTable(differences=(), rows=())
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
STARRED, NOT_STARRED = "★", "☆"


class Kind(Enum):
    """What a column tells of a run."""

    RUN = auto()
    STAR = auto()
    DIFFERENCE = auto()
    EPOCHS = auto()
    TEST = auto()
    BEST = auto()
    NOTE = auto()


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the table.

    Attributes
    ----------
    title, tip
        Of its header.
    text
        What it says of a run.
    key
        By what runs are sorted; None for what is not known, which comes last.
    place
        Of the difference, for a column of that kind.
    is_number
        Whether it has numbers, which stand below one another at the right.
    """

    kind: Kind
    title: str
    tip: str
    text: Callable[[RunRow], str]
    key: Callable[[RunRow], float | str | None]
    place: int = 0
    is_number: bool = False

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """Where its texts and its title stand."""
        return RIGHT if self.is_number else LEFT


class RunsModel(QAbstractTableModel):
    """Rows of runs.

    Parameters
    ----------
    icon_of
        Returns the mark of a run, in its colour.

    Signals
    -------
    tick_requested(int, bool)
        A run is to be shown in the plots, or not any more.
    text_typed(int, Kind, str)
        Somebody typed a name or a note.
    """

    tick_requested = Signal(int, bool)
    text_typed = Signal(int, object, str)

    def __init__(self, icon_of: Callable[[RunLabel], QIcon], parent: QObject) -> None:
        super().__init__(parent)
        self._icon_of = icon_of
        self._table = EMPTY
        self._ticked: Collection[int] = frozenset()
        self._sorting: tuple[Kind, int, Qt.SortOrder] | None = None
        self.is_other_columns = False
        self.rows: list[RunRow] = []
        self.columns: tuple[Column, ...] = self._make_columns()

    def show_table(self, table: RunTable, ticked: Collection[int]) -> None:
        """Show runs, and which of them are ticked."""
        is_same = self._is_same_but_for_numbers(table)
        self.is_other_columns = not is_same
        if not is_same:
            self.beginResetModel()
        self._table, self._ticked = table, frozenset(ticked)
        self.columns = self._make_columns()
        if is_same:
            by_id = {row.label.id: row for row in table.rows}
            self.rows = [by_id[row.label.id] for row in self.rows]  # what is sorted by numbers stays in place
            if self.rows:
                last = self.index(len(self.rows) - 1, len(self.columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
        else:
            self.rows = self._sorted()
            self.endResetModel()

    def row_of(self, number: int) -> int | None:
        """Return the row of a run, by its id."""
        return next((place for place, row in enumerate(self.rows) if row.label.id == number), None)

    def column_of(self, kind: Kind) -> int:
        """Return the first column of a kind."""
        return next(place for place, column in enumerate(self.columns) if column.kind is kind)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Role.DisplayRole:
            return column.title
        if role in (Role.ToolTipRole, Role.AccessibleDescriptionRole):
            return column.tip
        return column.alignment if role == Role.TextAlignmentRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        kind = self.columns[index.column()].kind
        if kind in (Kind.RUN, Kind.NOTE):
            flags |= Qt.ItemFlag.ItemIsEditable
        if kind is Kind.RUN and not self.rows[index.row()].is_current:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        row, column = self.rows[index.row()], self.columns[index.column()]
        match role:
            case Role.DisplayRole:
                return column.text(row)
            case Role.EditRole:
                return row.label.name if column.kind is Kind.RUN else one_line(row.label.note)
            case Role.TextAlignmentRole:
                return column.alignment
            case Role.ToolTipRole | Role.AccessibleDescriptionRole:
                return self._tip(row, column)
            case Role.DecorationRole if column.kind is Kind.RUN:
                return self._icon_of(row.label)
            case Role.CheckStateRole if column.kind is Kind.RUN:
                is_ticked = row.is_current or row.label.id in self._ticked
                return Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked
            case Role.AccessibleTextRole if column.kind is Kind.STAR:
                return self.tr("starred") if row.label.is_starred else self.tr("no star")
        return None

    def setData(self, index: Index, value: object, role: int = Role.EditRole) -> bool:
        number = self.rows[index.row()].label.id
        if role == Role.CheckStateRole:
            self.tick_requested.emit(number, Qt.CheckState(value) is Qt.CheckState.Checked)
            return True
        if role == Role.EditRole and value != self.data(index, role):  # else lines of a note would be joined
            self.text_typed.emit(number, self.columns[index.column()].kind, str(value))
            return True
        return False

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; by -1, as the runs followed one another, the newest first."""
        if 0 <= column < len(self.columns):
            self._sorting = self.columns[column].kind, self.columns[column].place, order
        else:
            self._sorting = None
        self.beginResetModel()
        self.rows = self._sorted()
        self.endResetModel()

    def _sorted(self) -> list[RunRow]:
        rows = list(reversed(self._table.rows))
        if self._sorting is None:
            return rows
        kind, place, order = self._sorting
        column = next((each for each in self.columns if (each.kind, each.place) == (kind, place)), None)
        if column is None:
            return rows
        known = [row for row in rows if column.key(row) is not None]
        known.sort(key=column.key, reverse=order is Qt.SortOrder.DescendingOrder)  # type: ignore[arg-type]
        return known + [row for row in rows if column.key(row) is None]

    def _is_same_but_for_numbers(self, table: RunTable) -> bool:
        """Whether the same runs stand in the same columns, measured by the same things."""

        def frame(table: RunTable) -> tuple[object, ...]:
            names = [difference.name for difference in table.differences]
            return names, [(row.label.id, row.is_current, row.measures.name) for row in table.rows]

        return frame(table) == frame(self._table)

    def _make_columns(self) -> tuple[Column, ...]:
        metric = _metric(self._table)
        return (
            Column(
                kind=Kind.RUN,
                title=self.tr("Run"),
                tip=self.tr("A tick shows the run in the plots of loss and fit, in the colour of its mark"),
                text=self._title,
                key=lambda row: row.label.id,
            ),
            Column(
                kind=Kind.STAR,
                title=STARRED,
                tip=self.tr("Runs with a star are kept longest where there is no room for all"),
                text=lambda row: STARRED if row.label.is_starred else NOT_STARRED,
                key=lambda row: not row.label.is_starred,
            ),
            Column(
                kind=Kind.TEST,
                title=self.tr("Test {metric}").format(metric=metric) if metric else self.tr("Test"),
                tip=self.tr(
                    "How well the network does on the test samples at the end of the run: "
                    "R² of a regression, accuracy of a classification"
                ),
                text=lambda row: _measure_text(row, with_name=not metric),
                key=lambda row: _known(row.measures.test),
                is_number=True,
            ),
            *map(self._difference_column, range(len(self._table.differences))),
            Column(
                kind=Kind.EPOCHS,
                title=self.tr("Epochs"),
                tip=self.tr("How often every training sample was used so far"),
                text=lambda row: grouped(row.epochs),
                key=lambda row: row.updates,
                is_number=True,
            ),
            Column(
                kind=Kind.BEST,
                title=self.tr("Best loss"),
                tip=self.tr("The lowest test loss so far, or training loss where there is no test part"),
                text=lambda row: NO_NUMBER if row.best_loss is None else figure(row.best_loss),
                key=lambda row: _known(row.best_loss),
                is_number=True,
            ),
            Column(
                kind=Kind.NOTE,
                title=self.tr("Note"),
                tip=self.tr("Double-click to write a note"),
                text=lambda row: shown(one_line(row.label.note)),
                key=lambda row: row.label.note.casefold() or None,
            ),
        )

    def _difference_column(self, place: int) -> Column:
        difference = self._table.differences[place]
        values = {row.label.id: value for row, value in zip(self._table.rows, difference.values, strict=True)}

        def key(row: RunRow) -> float | str | None:
            value = values.get(row.label.id)
            return value if isinstance(value, float | int | str | None) else str(value)

        noun = setting_text(difference.noun)
        return Column(
            kind=Kind.DIFFERENCE,
            title=noun[:1].upper() + noun[1:],
            tip=self.tr("Something in which the runs differ"),
            text=lambda row: shown(row.texts[place]),
            key=key,
            place=place,
            is_number=all(type(value) in (int, float) for value in difference.values),
        )

    def _title(self, row: RunRow) -> str:
        title = shown(row.label.title)
        return self.tr("{run} (now)").format(run=title) if row.is_current else title

    def _tip(self, row: RunRow, column: Column) -> str:
        match column.kind:
            case Kind.RUN if row.is_current:
                return self.tr("The run in the window: a reset files it here")
            case Kind.RUN if row.label.parent is not None:
                text = self.tr("Went on from a snapshot of run {parent}. Tick it to see it in the plots.")
                return text.format(parent=row.label.parent + 1)
            case Kind.RUN:
                return self.tr("Tick it to see it in the plots; F2 renames it")
            case Kind.STAR:
                return self.tr("Click to put a star on the run, or take it away (*)")
            case Kind.EPOCHS:
                return self.tr("{count} updates").format(count=grouped(row.updates))
            case Kind.BEST if row.best_epoch is not None:
                return self.tr("At epoch {epoch}").format(epoch=grouped(row.best_epoch))
            case Kind.TEST:
                text = self.tr("Test loss {test}, training loss {training}")
                m = row.measures
                return text.format(test=figure(m.test_loss), training=figure(m.train_loss))
            case Kind.NOTE:
                return shown(row.label.note)
        return column.text(row)


def _metric(table: RunTable) -> str:
    """Return what all runs are measured by; empty if they are measured by different things."""
    names = {row.measures.name for row in table.rows if row.measures.name}
    return names.pop() if len(names) == 1 else ""


def _measure_text(row: RunRow, with_name: bool) -> str:
    number = share(row.measures.test)
    return f"{row.measures.name} {number}" if with_name and number != NO_NUMBER else number


def _known(number: float | None) -> float | None:
    return None if number is None or isnan(number) else number
