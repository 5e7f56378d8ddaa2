"""How long a repaint of the live canvas takes: new weights shown, and a view of 900×640 painted.

Not run by default; no time is asserted, for it depends on the machine. "pictures" also draws anew what each
unit computes, which the canvas does at some of its frames.
"""

from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView

from nn_desktop.data.catalogue import default_settings, load
from nn_desktop.data.dataset import Dataset
from nn_desktop.data.scaling import Scaling
from nn_desktop.desktop.canvas.connections_item import ConnectionsItem
from nn_desktop.desktop.canvas.unit_item import UnitItem
from nn_desktop.desktop.canvas.unit_pictures import unit_pictures
from nn_desktop.desktop.colors import LIGHT
from nn_desktop.network.functions import Activation
from nn_desktop.network.initializers import Initializer, initialize
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.placement import place
from nn_desktop.network.topology import Topology, chain

WIDTH, HEIGHT = 900, 640
NETWORKS = [(2, 8, 8, 1), (1, 8, 8, 1), (64, 128, 64, 10), (784, 512, 256, 10)]


class Canvas:
    """Connections and units in a view, as the window has them, without buttons and labels."""

    def __init__(self, topology: Topology, dataset: Dataset, parameters: Parameters) -> None:
        placement = place(topology, WIDTH - 150, HEIGHT - 170)
        self.dataset = dataset
        self.connections = ConnectionsItem(LIGHT)
        self.connections.set_network(parameters, placement)
        self.units = {unit: UnitItem(unit, placement.radius, LIGHT) for unit in placement.positions()}
        self.scene = QGraphicsScene()
        self.scene.addItem(self.connections)
        for unit, position in placement.positions().items():
            self.units[unit].setPos(*position)
            self.scene.addItem(self.units[unit])
        self.view = QGraphicsView(self.scene)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.view.setBackgroundBrush(QColor(LIGHT.canvas))
        self.view.resize(WIDTH, HEIGHT)
        self.image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)

    def show(self, parameters: Parameters, pictures: bool) -> None:
        self.connections.show_weights(parameters)
        if pictures:
            drawn = unit_pictures(parameters, self.dataset, LIGHT, set(self.units))
            inputs = parameters.topology.layers[0].units
            for unit, item in self.units.items():
                item.show_live(drawn.get(unit), None if unit in inputs else parameters.bias(unit))
        self.view.viewport().render(self.image)


def data_for(sizes: tuple[int, ...]) -> Dataset:
    if sizes[0] <= 2:
        return load(default_settings("spiral" if sizes[0] == 2 else "sine"))
    inputs = np.random.default_rng(0).normal(size=(400, sizes[0]))
    names = tuple(f"x{number}" for number in range(sizes[0]))
    rows = np.arange(400)
    return replace(
        load(default_settings("iris")),
        inputs=inputs,
        targets=rows % sizes[-1],
        train=rows[:300],
        test=rows[300:],
        input_names=names,
        input_scaling=Scaling.none(sizes[0]),
    )


@pytest.mark.parametrize("pictures", [False, True], ids=["weights", "pictures"])
@pytest.mark.parametrize("sizes", NETWORKS, ids=lambda sizes: "-".join(map(str, sizes)))
def test_repaint(benchmark, qtbot, sizes, pictures):
    topology = chain(sizes, (Activation.TANH,) * (len(sizes) - 2) + (Activation.IDENTITY,))
    moments = [initialize(topology, Initializer.GLOROT_UNIFORM, seed) for seed in (1, 2)]
    canvas = Canvas(topology, data_for(sizes), moments[0])
    qtbot.addWidget(canvas.view)
    canvas.view.show()
    canvas.show(moments[0], pictures=True)
    endless = cycle(moments)
    benchmark.pedantic(
        lambda: canvas.show(next(endless), pictures), rounds=100, warmup_rounds=5, iterations=1
    )
    assert {canvas.image.pixelColor(x, HEIGHT // 2).name() for x in range(WIDTH)} != {LIGHT.canvas}
