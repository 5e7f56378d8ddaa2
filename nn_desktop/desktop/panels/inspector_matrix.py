"""All weights into a layer and its biases: a table for each link, to edit, copy and paste."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.descriptions import layer_title
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.notice import Notice, PlainLabel
from nn_desktop.desktop.look.plain_text import breakable
from nn_desktop.desktop.panels.matrix_model import MatrixModel, MatrixPart, parts_of
from nn_desktop.desktop.panels.matrix_table import MatrixTable
from nn_desktop.network.parameters import blocks_of
from nn_desktop.network.topology import Topology
from nn_desktop.training.snapshot import Snapshot


class InspectorMatrix(QWidget):
    """Shows the matrices of one layer of one network; another one gets other tables.

    Signals
    -------
    refused(QWidget)
        What was typed or pasted is refused, and this part of it says why.
    """

    refused = Signal(QWidget)

    def __init__(self, editor: NetworkEditor, layer: int) -> None:
        super().__init__()
        identify(self, "inspector_matrix")
        self.layer = layer
        self.topology = editor.topology
        self._error = Notice("matrix_error")
        self._error.setForegroundRole(QPalette.ColorRole.BrightText)
        self._tables: list[tuple[MatrixModel, MatrixTable]] = []
        column = fill(QVBoxLayout(self), spacing=4)
        block = next(each for each in blocks_of(self.topology) if each.layer == layer)
        for number, part in enumerate(parts_of(block)):
            title = self._title(self.topology, part)
            heading = PlainLabel(f"matrix_title_{number}")
            heading.setText(breakable(title))
            model = MatrixModel(editor, self.topology, part)
            table = MatrixTable(f"matrix_table_{number}", title, model)
            heading.setBuddy(table)
            heading.setToolTip(table.toolTip())
            table.said.connect(self._say)
            self._tables.append((model, table))
            column.addWidget(heading)
            column.addWidget(table)
        column.addWidget(self._error)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a newer snapshot, if it is one of this network."""
        if snapshot.parameters.topology == self.topology:
            for model, table in self._tables:
                model.show_snapshot(snapshot)
                table.repaint_numbers()

    @Slot(str)
    def _say(self, text: str) -> None:
        self._error.say(text)
        if text:
            self.refused.emit(self._error)

    def _title(self, topology: Topology, part: MatrixPart) -> str:
        if part.link is None:
            return self.tr("Biases (a row for each unit)")
        source = layer_title(topology, topology.layer_index[part.link.source])
        if part.has_biases:
            return self.tr("Weights from {layer}, and biases (a row for each unit)").format(layer=source)
        return self.tr("Weights from {layer}, which skip layers").format(layer=source)
