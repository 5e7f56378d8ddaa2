"""The network as an outline: what the canvas shows and does, for the keyboard and for screen readers."""

from functools import partial
from itertools import groupby, islice

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QSignalBlocker,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.document.selection_editor import SelectionEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.notice import Notice
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.panels.outline_model import NOTHING, NUMBER, TITLE, OutlineModel, OutlinePart
from nn_desktop.desktop.panels.outline_tree import OutlineTree
from nn_desktop.insight.inspection import exists
from nn_desktop.training.snapshot import Snapshot

REFRESH_MILLISECONDS = 250
"""Numbers that change faster cannot be read."""
MAX_SELECTED = 2000
"""So many rows are shown as selected; what is selected beyond can be seen on the canvas."""
SELECT = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


class OutlinePanel(QWidget):
    """A tree of layers, units and connections, and a line that says what cannot be.

    What is selected in it is selected everywhere, and the other way round. It costs nothing while it is not
    to be seen: it catches up when it is shown.
    """

    def __init__(self, document: Document, editor: NetworkEditor, theme: Theme) -> None:
        super().__init__()
        identify(self, "outline_panel", self.tr("Outline of the network"))
        self._document = document
        self._editor = editor
        self._selection_editor = SelectionEditor(editor)
        self._selection = editor.selection
        self._theme = theme
        self._newest: Snapshot | None = None
        self._source: int | None = None
        self.is_in_view = self._is_following = self._is_warning = False
        self._open: set[int] = set()
        self._model = OutlineModel(document.setup.topology, None, self)
        self.tree = OutlineTree(self._model, self._apply)
        self._message = Notice("outline_message")
        self._refresh_timer = QTimer(self, singleShot=True, interval=REFRESH_MILLISECONDS)
        column = QVBoxLayout(self)
        fill(column, self.tree, self._message, stretched=self.tree, margins=(8, 0, 8, 8), spacing=8)
        self._connect_signals()
        self._on_theme_changed()

    def _connect_signals(self) -> None:
        self.tree.expanded.connect(self._on_expanded)
        self.tree.collapsed.connect(self._on_collapsed)
        self.tree.activated_by_key.connect(partial(self._document.attempt, self._on_activated))
        self.tree.reorder_requested.connect(self._on_reorder_requested)
        self.tree.told.connect(self._warn)
        self._document.setup_changed.connect(self._on_setup_changed)
        self._selection.changed.connect(self._on_selection_changed)
        self._refresh_timer.timeout.connect(self._on_refresh)
        self._theme.changed.connect(self._on_theme_changed)

    @property
    def message(self) -> str:
        """What the line below the tree says; empty if it is not shown."""
        return self._message.said

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a newer snapshot, if the last ones could be read for a while."""
        self._newest = snapshot
        if self._model.snapshot is None:
            self._model.snapshot = snapshot
        if self.is_in_view and not self._refresh_timer.isActive():
            self._on_refresh()

    @Slot()
    def connect_from_here(self) -> None:
        """Begin a connection at the current unit or layer; Enter on a later one ends it there."""
        selection = self._selection
        self._source = selection.layer if selection.unit is None else selection.unit
        if self._source is None:
            self._warn(self.tr("Go to the unit, or the layer, that the connection should come from first."))
        else:
            self._say(self._request(self._source))

    def _request(self, source: int) -> str:
        text = self.tr("From {name}: go to what it leads to and press Enter. Esc ends it.")
        return text.format(name=self._model.title(source))

    @Slot()
    def edit_here(self) -> None:
        """Type the number, or the name, of the current row in its place."""
        self.tree.type_here()

    @Slot(bool)
    def set_in_view(self, is_in_view: bool) -> None:
        """Catch up with what happened unseen, or rest. Qt calls a dock behind another tab visible too."""
        self.is_in_view = is_in_view
        if is_in_view:
            self._catch_up()

    def _catch_up(self) -> None:
        if self.tree.model() is None:
            self.tree.fill()
            selected = self.tree.selectionModel()  # there is none before
            selected.selectionChanged.connect(self._on_rows_selected)
            selected.currentChanged.connect(self._on_rows_selected)
        self._take_over()
        self._on_refresh()

    # Edits.

    def _apply(self, part: OutlinePart, text: str) -> str:
        if not self._model.is_layer(part):
            return self._editor.type_number(part, text)
        self._editor.rename_layer(part, text)  # what cannot be is said above the canvas
        return ""

    @Slot()
    def _on_activated(self) -> None:
        """Type here; or end here the connection that was begun."""
        if self._source is None:
            self.tree.type_here()
            return
        target = self._model.part_at(self.tree.currentIndex())
        if target == self._source or target is None:
            return
        if isinstance(target, tuple) or self._model.is_layer(target) != self._model.is_layer(self._source):
            self._warn(self.tr("A unit leads to a unit, a layer to a layer: go to one and press Enter."))
            return
        why = self._editor.connect_parts(self._source, target)
        if why:
            self._warn(why)  # another target may do: the connection is still begun
            return
        self._source = None
        self._say("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends a connection, takes the message away, or else selects nothing, if there is any of it."""
        if event.key() == Qt.Key.Key_Escape and self._take_back():
            event.accept()
        else:
            super().keyPressEvent(event)

    def _take_back(self) -> bool:
        if self._source is None and not self.message:
            was_selected = not self._selection.is_empty
            self._selection.clear()
            return was_selected
        self._source = None
        self._say("")
        return True

    @Slot(int)
    def _on_reorder_requested(self, step: int) -> None:
        if self._selection.unit is None:
            self._selection_editor.reorder(step, 0)  # layers lie below one another here
        else:
            self._selection_editor.reorder(0, step)

    # What is shown.

    @Slot()
    def _on_refresh(self) -> None:
        if self.is_in_view and self._newest is not self._model.snapshot:
            self._model.snapshot = self._newest
            self.tree.viewport().update()
            self._refresh_timer.start()

    @Slot(object)
    def _on_setup_changed(self) -> None:
        if self.is_in_view:
            self._take_over()
            self.tree.viewport().update()

    def _take_over(self) -> None:
        """Show the network in force: what was open stays open, and the current row current."""
        topology = self._document.setup.topology
        if self._source is not None and not (
            self._source in topology.unit_place or self._source in topology.layer_index
        ):
            self._source = None
            self._say("")
        if topology is not self._model.topology:
            above, row, top = self._place_of_current_row()
            self._is_following = True
            self._model.set_topology(topology)
            self._open_again()
            self._go_back_to(above, row)
            self.tree.verticalScrollBar().setValue(top)
            self._is_following = False
        self._show_selection()

    def _place_of_current_row(self) -> tuple[OutlinePart | None, int, int]:
        """Return what the current row is under, its place there, and how far the tree is scrolled."""
        current = self.tree.currentIndex()
        return self._model.part_at(current.parent()), current.row(), self.tree.verticalScrollBar().value()

    def _go_back_to(self, above: OutlinePart | None, row: int) -> None:
        """Make a row current that is where the last one was; what is gone has a neighbour there."""
        if self.tree.currentIndex().isValid() or row < 0 or isinstance(above, tuple):
            return
        if above is not None and not self._is_there(above):
            above, row = None, 0
        parent = NOTHING if above is None else self._model.index_of(above)
        index = self._model.index(min(row, self._model.rowCount(parent) - 1), TITLE, parent)
        self.tree.selectionModel().setCurrentIndex(
            index if index.isValid() else parent, QItemSelectionModel.SelectionFlag.NoUpdate
        )

    def _open_again(self) -> None:
        self._open = {part for part in self._open if self._is_there(part)}
        with QSignalBlocker(self.tree):
            for part in self._open:
                self.tree.setExpanded(self._model.index_of(part), True)

    def _is_there(self, part: OutlinePart) -> bool:
        return self._model.is_layer(part) or exists(self._model.topology, part)

    @Slot(QModelIndex)
    def _on_expanded(self, index: QModelIndex) -> None:
        part = self._model.part_at(index)
        if isinstance(part, int):
            self._open.add(part)

    @Slot(QModelIndex)
    def _on_collapsed(self, index: QModelIndex) -> None:
        part = self._model.part_at(index)
        if isinstance(part, int):
            self._open.discard(part)
            self._model.forget_connections_of(part)

    # Selection, both ways.

    @Slot()
    def _on_rows_selected(self) -> None:
        """Select what is selected in the tree; the current row is the current part."""
        if self._is_following:
            return
        self._forget_warning()
        current, parts = self._rows_selected()
        selection = self._selection
        self._is_following = True
        rest = parts - {current}
        if rest or current is None:
            layers = [part for part in rest if self._model.is_layer(part)]
            units = [part for part in rest if isinstance(part, int) and not self._model.is_layer(part)]
            selection.select(units, [part for part in rest if isinstance(part, tuple)], layers)
        if isinstance(current, tuple):
            selection.select_connection(current, extend=bool(rest))
        elif current is not None and self._model.is_layer(current):
            selection.select_layer(current, extend=bool(rest))
        elif current is not None:
            selection.select_unit(current, extend=bool(rest))
        self._is_following = False

    def _rows_selected(self) -> tuple[OutlinePart | None, set[OutlinePart]]:
        """Return the selected part that is current, and all that are selected."""
        indexes = self.tree.selectionModel().selectedRows(TITLE)
        parts = {part for part in map(self._model.part_at, indexes) if part is not None}
        current = self._model.part_at(self.tree.currentIndex())
        if current not in parts:
            current = next(iter(parts), None) if len(parts) == 1 else None
        return current, parts

    @Slot()
    def _on_selection_changed(self) -> None:
        if self.is_in_view and not self._is_following:
            self._forget_warning()
            self._take_over()  # the selection may hear of an edit before this panel does

    def _show_selection(self) -> None:
        """Let the rows of what is selected be selected, and that of what is current be current."""
        selection = self._selection
        parts: set[OutlinePart] = {*selection.layers, *selection.units, *selection.connections}
        current: OutlinePart | None = selection.connection or selection.unit
        current = selection.layer if current is None else current
        if self._rows_selected() == (current, parts):
            return
        self._is_following = True
        rows = self.tree.selectionModel()
        rows.select(self._ranges(parts), SELECT | QItemSelectionModel.SelectionFlag.Clear)
        if current is not None:
            index = self._model.index_of(current)
            rows.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.tree.scrollTo(index)  # which opens what it lies in
        self._is_following = False

    def _ranges(self, parts: set[OutlinePart]) -> QItemSelection:
        """Return rows as few ranges: Qt is slow with many."""
        places = sorted(
            (index.internalId(), index.row())
            for index in map(self._model.index_of, islice(parts, MAX_SELECTED))
        )
        result = QItemSelection()
        for (above, _), run in groupby(enumerate(places), lambda item: (item[1][0], item[1][1] - item[0])):
            rows = [row for _, (_, row) in run]
            parent = self._model.index_of(above - 1) if above else NOTHING
            first = self._model.index(rows[0], TITLE, parent)
            result.select(first, self._model.index(rows[-1], NUMBER, parent))
        return result

    # The line below the tree.

    @Slot(str)
    def _warn(self, text: str) -> None:
        """Say what is wrong; an empty text takes it away."""
        if text or self._source is None:
            self._say(text, is_wrong=True)

    def _forget_warning(self) -> None:
        """Take a warning away; what was asked for before it is asked for again, without being read out."""
        if self._is_warning:
            self._say("" if self._source is None else self._request(self._source), is_read_out=False)

    def _say(self, text: str, is_wrong: bool = False, is_read_out: bool = True) -> None:
        self._is_warning = is_wrong and bool(text)
        self._message.setForegroundRole(
            QPalette.ColorRole.BrightText if is_wrong else QPalette.ColorRole.WindowText
        )
        self._message.say(text, is_urgent=is_wrong, is_read_out=is_read_out)

    @Slot()
    def _on_theme_changed(self) -> None:
        colors = self._theme.colors
        self._model.set_style(themed_icon(colors, "freeze"), colors.text_muted, colors.warning)
        self.tree.viewport().update()
