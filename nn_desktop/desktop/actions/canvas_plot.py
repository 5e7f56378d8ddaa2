"""The drawing of the network as a plot: its picture, and its weights and biases as numbers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.look.descriptions import layer_title, unit_title
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.look.pictures import Picture
from nn_desktop.desktop.plots.plot import Change
from nn_desktop.drawing.options import DiagramOptions
from nn_desktop.training.snapshot import Snapshot

if TYPE_CHECKING:
    from nn_desktop.files.number_table import NumberTable

MAX_ROWS = 100_000
"""Weights and biases in one table: more are what the formats of the export are for."""


class CanvasPlot(QObject):
    """The canvas, as the menu of a plot knows it."""

    def __init__(self, canvas: NetworkView) -> None:
        super().__init__(canvas)
        self._canvas = canvas

    @property
    def file_name(self) -> str:
        return "-".join(map(str, self._snapshot.parameters.topology.sizes))

    def picture(self, suffix: str) -> Picture:
        """Return the drawing; in an SVG its texts are outlines, which look the same everywhere."""
        from nn_desktop.desktop.canvas.diagram import Diagram

        subject = self._canvas.network.subject(self._snapshot)
        return Diagram(subject, DiagramOptions(), self._canvas.font(), outlined=suffix == "svg")

    def why_no_numbers(self) -> str:
        topology = self._snapshot.parameters.topology
        if topology.weight_count + topology.bias_count <= MAX_ROWS:
            return ""
        text = self.tr("More than {most} weights and biases: export the network instead")
        return text.format(most=grouped(MAX_ROWS))

    def numbers(self) -> "NumberTable":
        """Return a row for each weight and each bias."""
        from nn_desktop.files.number_table import NumberTable

        return NumberTable(columns=("layer", "from", "to", "value"), rows=tuple(_rows(self._snapshot)))

    def obstacle(self, change: Change) -> str:
        if change in (Change.LOG_X, Change.LOG_Y):
            return self.tr("The drawing of a network has no axes")
        if change is Change.CROSSHAIR:
            return self.tr("What is under the pointer shows its numbers already")
        return ""

    def is_on(self, change: Change) -> bool:
        return False

    def apply(self, change: Change) -> None:
        """Zoom, or show all of the network."""
        match change:
            case Change.VIEW_ALL:
                self._canvas.fit()
            case Change.ZOOM_IN:
                self._canvas.zoom_in()
            case Change.ZOOM_OUT:
                self._canvas.zoom_out()

    @property
    def _snapshot(self) -> Snapshot:
        return self._canvas.network.snapshot


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, str, str, float]]:
    parameters, dataset = snapshot.parameters, snapshot.dataset
    topology = parameters.topology
    names = {unit: unit_title(topology, unit, dataset) for layer in topology.layers for unit in layer.units}
    for index, layer in enumerate(topology.layers[1:], start=1):
        title = layer_title(topology, index)
        for link in topology.links_into(layer.id):
            weights = parameters.weights(link.source, layer.id).tolist()
            sources = topology.layer(link.source).units
            for target, row in zip(layer.units, weights, strict=True):
                for source, weight in zip(sources, row, strict=True):
                    if link.has(source, target):
                        yield title, names[source], names[target], weight
        for unit, bias in zip(layer.units, parameters.biases(layer.id).tolist(), strict=True):
            yield title, "bias", names[unit], bias
