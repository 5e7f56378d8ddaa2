"""The Inspector: what is selected, its numbers and formulas, and its properties to change."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.descriptions import layer_title, part_title
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.notice import PlainLabel
from nn_desktop.desktop.look.plain_text import breakable
from nn_desktop.desktop.panels.inspector_layer import InspectorLayer
from nn_desktop.desktop.panels.inspector_numbers import InspectorNumbers
from nn_desktop.desktop.panels.inspector_part import InspectorPart
from nn_desktop.insight.inspection import Part, exists
from nn_desktop.network.topology import Layer
from nn_desktop.training.snapshot import Snapshot

if TYPE_CHECKING:
    from nn_desktop.desktop.panels.inspector_matrix import InspectorMatrix

MARGIN = 8


class InspectorPanel(QWidget):
    """Shows and changes the properties of what is current.

    Of a unit, its bias, what it computes, and what its layer has; of a layer, its properties and its matrix;
    of a connection, its weight and what comes of it.
    """

    def __init__(self, document: Document, editor: NetworkEditor) -> None:
        super().__init__()
        identify(self, "inspector_panel", self.tr("Inspector"))
        self._document = document
        self._editor = editor
        self._selection = editor.selection
        self._snapshot: Snapshot | None = None
        self._is_in_view = False
        self._hint = PlainLabel("inspector_hint")
        self._hint.setText(
            self.tr(
                "Point at a unit or a connection to see its numbers. "
                "Click it, or the title of a layer, to change them."
            )
        )
        self._title = PlainLabel("inspector_title")
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._part_fields = InspectorPart(editor)
        self._numbers = InspectorNumbers(document, self._selection)
        self._layer_fields = InspectorLayer(document, editor)
        self._matrix: InspectorMatrix | None = None
        self._lay_out()
        self._show()
        self._selection.changed.connect(self._on_changed)
        document.setup_changed.connect(self._on_changed)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a newer snapshot, unless somebody is typing another one."""
        before, self._snapshot = self._snapshot, snapshot
        if self._is_in_view:
            if before is None or snapshot.dataset is not before.dataset:
                self._show_title(self._part(), self._layer())  # inputs and outputs have the names of the data
            self._show_numbers()

    def focus_first(self) -> None:
        """Begin to type in the first field: the name of the layer, or the weight."""
        self._show()
        is_connection = self._selection.connection is not None
        field = self._part_fields.weight if is_connection else self._layer_fields.name
        field.setFocus()
        field.selectAll()

    @Slot(bool)
    def set_in_view(self, is_in_view: bool) -> None:
        """Catch up with what happened unseen, or rest. Qt calls a dock behind another tab visible too."""
        self._is_in_view = is_in_view
        self._numbers.set_in_view(is_in_view)
        if is_in_view:
            self._show()

    def sizeHint(self) -> QSize:
        """Return the height that a unit asks for, whatever is shown."""
        return QSize(super().sizeHint().width(), self._height_of_unit)

    def minimumSizeHint(self) -> QSize:
        """Return the width in which nothing is cut off at the right, whatever is shown."""
        bar = self._area.verticalScrollBar().sizeHint().width()
        width = self._layer_fields.minimumSizeHint().width() + 2 * MARGIN + bar
        return QSize(width, super().minimumSizeHint().height())

    def _lay_out(self) -> None:
        """Let rows come and go without moving what stands above the panel."""
        inside = QWidget()
        parts = self._hint, self._title, self._part_fields, self._numbers, self._layer_fields
        self._column = fill(QVBoxLayout(inside), *parts, margins=(MARGIN, 0, MARGIN, MARGIN), spacing=6)
        self._column.addStretch(1)
        self._height_of_unit = self._layer_fields.sizeHint().height() + 4 * self._title.sizeHint().height()
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        fill(QVBoxLayout(self), area)

    @Slot()
    def _on_changed(self) -> None:
        if self._is_in_view:
            self._show()

    def _show(self) -> None:
        part, layer = self._part(), self._layer()
        self._show_title(part, layer)
        self._part_fields.show_part(part)
        self._part_fields.setVisible(part is not None)
        self._layer_fields.show_layer(layer)
        self._show_matrix(None if part is not None else layer)
        self._place_numbers(is_first=part is not None)
        self._show_numbers()

    def _show_title(self, part: Part | None, layer: Layer | None) -> None:
        topology, title = self._editor.topology, ""
        if part is not None:
            title = part_title(topology, part, self._snapshot.dataset if self._snapshot else None)
        elif layer is not None:
            title = layer_title(topology, topology.layer_index[layer.id])
        self._title.setText(breakable(title))
        self._title.setVisible(bool(title))
        self._hint.setVisible(not title)

    def _place_numbers(self, is_first: bool) -> None:
        """Put live numbers where they move nothing when they are those of what the pointer means."""
        column, numbers = self._column, self._numbers
        place = 1 + column.indexOf(self._part_fields) if is_first else column.count() - 2
        if column.indexOf(numbers) != place:
            column.insertWidget(place, numbers)

    def _show_matrix(self, layer: Layer | None) -> None:
        """Show the matrix of a layer that is selected as a whole; the input layer has none."""
        topology = self._editor.topology
        if layer is not None and (not self._is_in_view or layer is topology.layers[0]):
            layer = None
        if self._matrix is not None:
            is_same = self._matrix.topology == topology
            if layer is not None and is_same and self._matrix.layer == layer.id:
                return
            self._matrix.hide()
            self._matrix.deleteLater()
            self._matrix = None
        if layer is not None:
            from nn_desktop.desktop.panels.inspector_matrix import InspectorMatrix

            self._matrix = InspectorMatrix(self._editor, layer.id)
            self._column.insertWidget(self._column.indexOf(self._layer_fields) + 1, self._matrix)
            self._matrix.refused.connect(self._scroll_to)
            self._matrix.show()

    @Slot(QWidget)
    def _scroll_to(self, part: QWidget) -> None:
        """Let a part be seen, when it has its place."""
        QTimer.singleShot(0, part, lambda: self._area.ensureWidgetVisible(part))

    def _part(self) -> Part | None:
        selection, topology = self._selection, self._editor.topology
        part = selection.unit if selection.connection is None else selection.connection
        return part if part is not None and exists(topology, part) else None

    def _layer(self) -> Layer | None:
        """Return the current layer, or that of the current unit."""
        layer, topology = self._selection.layer, self._editor.topology
        return topology.layer(layer) if layer is not None and layer in topology.layer_index else None

    def _show_numbers(self) -> None:
        if self._snapshot is not None:
            self._part_fields.show_snapshot(self._snapshot)
            self._numbers.show_snapshot(self._snapshot)
            if self._matrix is not None:
                self._matrix.show_snapshot(self._snapshot)
