"""The tree of the outline as a widget: its keys, and the field that opens in a row."""

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QObject,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.input_events import ENTER, menu_point
from nn_desktop.desktop.look.validated_field import MarkedField
from nn_desktop.desktop.panels.outline_model import NUMBER, TITLE, Index, OutlineModel, OutlinePart, Wording

Apply = Callable[[OutlinePart, str], str]
"""Takes over what was typed; returns what is wrong with it, or an empty text."""
INDENTATION = 12
ROW_PADDING = 3
WIDEST = {Wording.FULL: "w = −0.000000", Wording.WITHOUT_LETTERS: "−0.000000", Wording.SHORT: "−0.000000"}
"""What the column of numbers has room for."""
USUAL_LAYER = "Hidden 1 · sigmoid"
USUAL_TITLE = "from Hidden 1, unit 10"
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class OutlineTree(QTreeView):
    """Shows the rows, and says what keys ask for.

    Signals
    -------
    context_menu_requested(QPoint)
        Somebody wants a menu for what is selected, at a point of the screen.
    activated_by_key()
        Enter was pressed at the current row.
    reorder_requested(int)
        The current row should be one further down, or with -1 up.
    told(str)
        What is wrong with what was typed, or an empty text where nothing is any more.
    """

    context_menu_requested = Signal(QPoint)
    activated_by_key = Signal()
    reorder_requested = Signal(int)
    told = Signal(str)

    def __init__(self, model: OutlineModel, apply: Apply) -> None:
        super().__init__()
        identify(self, "outline_tree", self.tr("Layers, units and connections"))
        self._model = model
        self._delegate = _FieldDelegate(model, apply, self)
        self._delegate.told.connect(self.told)
        self.setItemDelegate(self._delegate)
        self.setAccessibleDescription(
            self.tr(
                "Arrow keys walk and open, Enter types the number or the name, C begins a connection, "
                "Alt with an arrow key moves the row."
            )
        )
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)  # or the height of every row would be asked for
        self.setIndentation(INDENTATION)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(self.type_here)

    def fill(self) -> None:
        """Show the rows, the first time."""
        self.setModel(self._model)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(0)
        header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(NUMBER, QHeaderView.ResizeMode.Fixed)
        self._choose_wording()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_wording()

    def minimumSizeHint(self) -> QSize:
        """Leave room for the rows of layers, with their numbers of units."""
        measure = self.fontMetrics().horizontalAdvance
        width = measure(USUAL_LAYER) + measure(WIDEST[Wording.SHORT]) + 2 * INDENTATION
        return QSize(width + 2 * self.frameWidth() + 8, super().minimumSizeHint().height())

    def _choose_wording(self) -> None:
        """Say no more in a row than has room, the same in all rows."""
        measure = self.fontMetrics().horizontalAdvance
        for wording in reversed(Wording):
            numbers = measure(WIDEST[wording]) + 8
            if self.viewport().width() >= numbers + 3 * INDENTATION + measure(USUAL_TITLE):
                break
        self._model.wording = wording
        if self.model() is not None:
            self.header().resizeSection(NUMBER, numbers)

    @Slot()
    def type_here(self) -> None:
        """Open the field in the current row, if there is something to type."""
        part = self._model.part_at(self.currentIndex())
        column = None if part is None else self._model.column_to_type(part)
        if column is None:
            self.told.emit("" if part is None else self.tr("An input has no bias: its value is the data's."))
        else:
            self.edit(self.currentIndex().siblingAtColumn(column))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, alt = Qt.Key(event.key()), event.modifiers() == Qt.KeyboardModifier.AltModifier
        if key in ENTER and self.state() is not QAbstractItemView.State.EditingState:
            self.activated_by_key.emit()
        elif key == Qt.Key.Key_F2:
            self.type_here()
        elif key == Qt.Key.Key_Escape:
            event.ignore()  # the panel knows what there is to take back
        elif alt and key in STEPS:
            self.reorder_requested.emit(STEPS[key])
        elif key == Qt.Key.Key_Asterisk:  # Qt would open everything below, which may be a million rows
            self.expand(self.currentIndex().siblingAtColumn(TITLE))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.context_menu_requested.emit(menu_point(self, event))


class _FieldDelegate(QStyledItemDelegate):
    """Enter applies what is typed, or says what is wrong; Esc, and leaving the field, take it back."""

    told = Signal(str)

    def __init__(self, model: OutlineModel, apply: Apply, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._apply = apply
        self._part: OutlinePart | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), option.fontMetrics.height() + 2 * ROW_PADDING)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if self._model.is_layer(self._model.part_at(index)):  # of others, the number at the end matters more
            option.textElideMode = Qt.TextElideMode.ElideRight

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        self._part = self._model.part_at(index)
        field = MarkedField("outline_field", self.tr("Weight or bias"), parent)
        field.setStyleSheet("QLineEdit { border-radius: 0; padding: 0 2px; min-height: 0; }")
        if self._model.is_layer(self._part):
            field.setPlaceholderText(self._model.title(self._part))
            field.setAccessibleName(self.tr("Name of the layer"))
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, MarkedField)
        if not editor.isModified():
            editor.setText(self._model.data(index, Qt.ItemDataRole.EditRole))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Do nothing: what is typed has been applied by Enter, or is taken back."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, MarkedField):
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in ENTER:
                self._take(watched)
                return True
            if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self._close(watched)
                return True
        elif event.type() == QEvent.Type.FocusOut:
            self._close(watched)
            return False
        return super().eventFilter(watched, event)

    def _take(self, field: MarkedField) -> None:
        wrong = "" if self._part is None or not field.isModified() else self._apply(self._part, field.text())
        if wrong:
            field.mark(is_wrong=True, why=wrong)
            field.selectAll()
            self.told.emit(wrong)
        else:
            self._close(field)

    def _close(self, field: MarkedField) -> None:
        if self._part is not None:
            self._part = None
            self.told.emit("")
            self.closeEditor.emit(field, QAbstractItemDelegate.EndEditHint.RevertModelCache)
