"""The list of the formats that a network can be exported to."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from nn_desktop.desktop.look.theme import scaled
from nn_desktop.files.exporters import Exporter

SMALL = 0.9
"""Size of a sentence, as a share of that of a title."""
ENDING, SENTENCE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
ITEM_PADDING, SIDE_PADDING, HEADER_SPACE, MARK_WIDTH = 6, 12, 10, 3


class _FormatDelegate(QStyledItemDelegate):
    """Draws a format in two lines, what it is and what it is good for, and the title of a group in one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        line = option.fontMetrics.height()
        if not index.data(ENDING):
            return QSize(0, line + HEADER_SPACE)
        small = QFontMetrics(scaled(option.font, SMALL)).height()
        return QSize(0, line + small + 2 * ITEM_PADDING)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        painter.save()
        if index.data(ENDING):
            self._paint_format(painter, shown, index)
        else:
            self._paint_header(painter, shown)
        painter.restore()

    def _paint_header(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        font = scaled(option.font, SMALL)
        font.setBold(True)
        painter.setPen(_color(option, QPalette.ColorRole.PlaceholderText))
        area = option.rect.adjusted(SIDE_PADDING, 0, -SIDE_PADDING, -3)
        _draw(painter, area, Qt.AlignmentFlag.AlignBottom, font, option.text)

    def _paint_format(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        widget = option.widget
        rect: QRect = option.rect
        widget.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
        if option.state & QStyle.StateFlag.State_Selected:
            role = QPalette.ColorRole.Highlight if widget.hasFocus() else QPalette.ColorRole.Mid
            painter.fillRect(QRect(rect.topLeft(), QSize(MARK_WIDTH, rect.height())), _color(option, role))
        inside = rect.adjusted(SIDE_PADDING, ITEM_PADDING, -SIDE_PADDING, -ITEM_PADDING)
        muted = _color(option, QPalette.ColorRole.PlaceholderText)
        font: QFont = option.font
        ending: str = index.data(ENDING)
        beside = inside.adjusted(0, 0, -option.fontMetrics.horizontalAdvance(ending) - SIDE_PADDING, 0)
        painter.setPen(muted)
        _draw(painter, inside, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, font, ending)
        _draw(painter, inside, Qt.AlignmentFlag.AlignBottom, scaled(font, SMALL), index.data(SENTENCE))
        painter.setPen(_color(option, QPalette.ColorRole.Text))
        _draw(painter, beside, Qt.AlignmentFlag.AlignTop, font, option.text)


class FormatList(QListWidget):
    """The formats of the table, in groups.

    Signals
    -------
    chosen(str)
        Another format is current; its ending.
    """

    chosen = Signal(str)

    def __init__(self, formats: Sequence[Exporter]) -> None:
        super().__init__()
        self._formats = tuple(formats)
        self._items: dict[str, QListWidgetItem] = {}
        self.setItemDelegate(_FormatDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self._fill()
        self.currentItemChanged.connect(self._on_current_changed)

    @property
    def ending(self) -> str:
        """The ending of the format that is current."""
        return str(self.currentItem().data(ENDING))

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings of all formats, as they stand in the list."""
        return tuple(self._items)

    def title_of(self, ending: str) -> str:
        """Return the title of a format."""
        return self._items[ending].text()

    def choose(self, ending: str) -> None:
        """Make a format the current one, if there is such a format; otherwise the first."""
        self.setCurrentItem(self._items.get(ending, next(iter(self._items.values()))))

    def _fill(self) -> None:
        rest = {exporter.ending: exporter for exporter in self._formats}
        for title, sentences in self._groups().items():
            known = {rest.pop(ending): sentences[ending] for ending in sentences if ending in rest}
            self._add_group(title, known)
        self._add_group(
            self.tr("Other formats"),
            {
                exporter: self.tr("A file whose name ends in {ending}").format(ending=ending)
                for ending, exporter in rest.items()
            },
        )

    def _add_group(self, title: str, sentences: Mapping[Exporter, str]) -> None:
        if sentences:
            header = QListWidgetItem(title, self)
            header.setFlags(Qt.ItemFlag.NoItemFlags)
        for exporter, sentence in sentences.items():
            item = QListWidgetItem(exporter.title, self)
            item.setData(ENDING, exporter.ending)
            item.setData(SENTENCE, sentence)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{exporter.title}, {exporter.ending}")
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, sentence)
            item.setToolTip(sentence)
            self._items[exporter.ending] = item

    def _groups(self) -> dict[str, dict[str, str]]:
        """Return the titles of the groups, with what each of their formats is good for, by its ending."""
        return {
            self.tr("Data"): {
                ".npz": self.tr("Weights and biases for Python: numpy.load reads them"),
                ".json": self.tr("Everything as text; any language reads it"),
                ".csv": self.tr("A table for each layer, and how to compute with it"),
                ".safetensors": self.tr("Weights for PyTorch and others, safe to load"),
            },
            self.tr("For other libraries"): {
                ".onnx": self.tr("Runs in browsers, on phones, servers and devices"),
                "_torch.py": self.tr("A module to read, to train on and to build in"),
                "_keras.py": self.tr("A model to read, to train on and to build in"),
            },
            self.tr("Programs"): {
                "_numpy.py": self.tr("A program to read, to run and to import"),
                ".py": self.tr("A program that runs wherever Python does"),
                ".hpp": self.tr("To compile into a program, with an example"),
                ".h": self.tr("To compile into the smallest devices, with an example"),
            },
            self.tr("For reading"): {
                ".md": self.tr("What it computes, with its numbers, for notes"),
                ".tex": self.tr("What it computes, with its numbers, for a paper"),
            },
        }

    @Slot(QListWidgetItem, QListWidgetItem)
    def _on_current_changed(self, current: QListWidgetItem | None, _: QListWidgetItem | None) -> None:
        if current is not None:
            self.chosen.emit(self.ending)


def _draw(painter: QPainter, area: QRect, alignment: Qt.AlignmentFlag, font: QFont, text: str) -> None:
    painter.setFont(font)
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, alignment, shown)


def _color(option: QStyleOptionViewItem, role: QPalette.ColorRole) -> QColor:
    return option.palette.color(QPalette.ColorGroup.Active, role)
