"""The list of all keys and mouse gestures: it fills the screen, can be searched, and scrolls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import combinations_with_replacement, pairwise

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.layouts import fill

COLUMN_CHARACTERS = 62
"""So many average letters make a column wide enough."""
MAX_COLUMNS = 3
KEYS_LINE, DOES_LINE = 18, 40
"""About so many letters go into a line of each half of a column."""
SCROLLS = {
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
}


@dataclass(frozen=True, kw_only=True)
class KeyRow:
    """One line of the list: keys or a gesture, and what they do."""

    keys: str
    does: str


@dataclass(frozen=True, kw_only=True)
class KeyGroup:
    """Lines that belong together, under a heading."""

    title: str
    rows: tuple[KeyRow, ...]


def search(groups: Iterable[KeyGroup], text: str) -> list[KeyGroup]:
    """Return the lines in which all words of a text occur, their group's heading included."""
    words = text.casefold().split()

    def has_all(group: KeyGroup, row: KeyRow) -> bool:
        line = f"{group.title} {row.keys} {row.does}".casefold()
        return all(word in line for word in words)

    found = (replace(group, rows=tuple(r for r in group.rows if has_all(group, r))) for group in groups)
    return [group for group in found if group.rows]


class KeysDialog(QDialog):
    """Shows the groups in as many columns as there is room for; what is typed leaves what contains it.

    Parameters
    ----------
    groups
        From the first to the last.
    parent
        The window whose screen it fills.
    """

    def __init__(self, groups: Sequence[KeyGroup], parent: QWidget) -> None:
        super().__init__(parent)
        identify(self, "keys_dialog", self.tr("Keys and mouse gestures"))
        self.setWindowTitle(self.tr("Keys and mouse gestures"))
        self._groups = tuple(groups)
        self._columns = 0
        self._field = QLineEdit(placeholderText=self.tr("Type to search"), clearButtonEnabled=True)
        identify(self._field, "keys_search", self.tr("Search keys and gestures"))
        self._field.setToolTip(self.tr("Leaves the lines that contain all these words (Esc closes the list)"))
        self._count = QLabel()
        identify(self._count, "keys_count")
        close = QPushButton(self.tr("Close"), autoDefault=False)
        identify(close, "keys_close", self.tr("Close"))
        close.setToolTip(self.tr("Close the list (Esc)"))
        self._list = QTextBrowser()
        identify(self._list, "keys_list", self.tr("Keys and mouse gestures"))
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        header = fill(QHBoxLayout(), self._field, self._count, close, stretched=self._field, spacing=12)
        fill(QVBoxLayout(self), header, self._list, stretched=self._list, margins=(16, 16, 16, 8), spacing=8)
        self._field.installEventFilter(self)
        self._field.textChanged.connect(self._show)
        close.clicked.connect(self.reject)
        self._relayout = QTimer(self, singleShot=True, interval=0)  # not within the resizing of its own view
        self._relayout.timeout.connect(self._show)

    def open(self) -> None:
        """Fill the screen until it is closed."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.screen().geometry())  # a display without a window manager does no more
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.showFullScreen()
        self._field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close it by the key that opened it, too."""
        if event.key() == Qt.Key.Key_F1:
            self.reject()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Scroll the list while the focus stays where one types."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            scroll = SCROLLS.get(Qt.Key(event.key()))
            if scroll is not None:
                self._list.verticalScrollBar().triggerAction(scroll)
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._columns != self._columns_that_fit():
            self._relayout.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._relayout.start()

    def _columns_that_fit(self) -> int:
        width = COLUMN_CHARACTERS * self.fontMetrics().averageCharWidth()
        return max(1, min(MAX_COLUMNS, self._list.width() // width))

    @Slot()
    def _show(self) -> None:
        found, self._columns = search(self._groups, self._field.text()), self._columns_that_fit()
        count, all_rows = (sum(len(group.rows) for group in groups) for groups in (found, self._groups))
        self._count.setText(self.tr("{count} of {all}").format(count=count, all=all_rows))
        if found:
            self._list.setHtml(_html(found, self._columns))
        else:
            said = self.tr("No key and no gesture has “{text}”: type fewer letters, or another word.")
            self._list.setPlainText(said.format(text=self._field.text().strip()))


def _html(groups: list[KeyGroup], columns: int) -> str:
    cells = "".join(
        f'<td width="{100 // columns}%" style="padding-right: 24px">{"".join(map(_group_html, column))}</td>'
        for column in _share_out(groups, columns)
    )
    return f'<table width="100%"><tr>{cells}</tr></table>'


def _group_html(group: KeyGroup) -> str:
    rows = "".join(
        f'<tr><td width="34%" style="padding: 1px 12px 1px 0"><b>{escape(row.keys)}</b></td>'
        f'<td style="padding: 1px 0">{escape(row.does)}</td></tr>'
        for row in group.rows
    )
    return f'<h3>{escape(group.title)}</h3><table width="100%">{rows}</table>'


def _share_out(groups: list[KeyGroup], columns: int) -> list[list[KeyGroup]]:
    """Put groups into columns, in their order, so that the highest of these is as low as can be."""

    def parted(ends: tuple[int, ...]) -> list[list[KeyGroup]]:
        return [groups[start:end] for start, end in pairwise((0, *ends, len(groups)))]

    ways = map(parted, combinations_with_replacement(range(len(groups) + 1), columns - 1))
    return min(ways, key=lambda way: max(sum(map(_lines, column)) for column in way))


def _lines(group: KeyGroup) -> int:
    """Return about how many lines a group takes, with its heading and the gap above."""
    return 2 + sum(max(-(-len(r.keys) // KEYS_LINE), -(-len(r.does) // DOES_LINE)) for r in group.rows)
