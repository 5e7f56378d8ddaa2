"""How long the canvas takes: a repaint while the network learns, and an edit until it is seen.

The repainted view is that of the window, 900×640, with all its buttons and names; the edit is seen in the
whole window. Not run by default; no time is asserted, for it depends on the machine.
"""

from dataclasses import replace
from itertools import cycle

import pytest
from known_data import make_setup
from PySide6.QtCore import QSettings
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDockWidget

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.canvas.network_drawing import PICTURE_GROUPS
from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.dialogs.dialogs import WindowDialogs
from nn_desktop.desktop.document.document import make_document
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session

WIDTH, HEIGHT = 900, 640
CASES = [
    ("spiral", "2-8-8-1"),
    ("sine", "1-8-8-1"),
    ("digits", "64-128-64-10"),
    ("digits-784", "784-512-256-10"),
]
LARGEST = CASES[-1]


class Canvas:
    """A document, and the canvas that shows it, as in the window."""

    def __init__(self, application, dataset: str, layers: str) -> None:
        setup = make_setup(dataset, parse_layers(layers), Activation.TANH)
        self.document, self.trainer = make_document(setup)
        self.theme = Theme(application, ThemeChoice.LIGHT)
        self.editor = NetworkEditor(self.document, Selection(self.document))
        self.view = NetworkView(self.editor, self.theme, self.trainer.snapshot)
        self.document.setup_changed.connect(self.view.network.draw_edit)
        self.view.resize(WIDTH, HEIGHT)
        self.view.show()
        self.image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)

    def paint(self) -> None:
        self.view.viewport().render(self.image)

    def close(self) -> None:
        self.trainer.close()
        self.view.close()
        for thing in (self.view, self.editor, self.document, self.trainer, self.theme):
            thing.deleteLater()


@pytest.fixture
def canvas(request, qapp):
    canvas = Canvas(qapp, *request.param)
    yield canvas
    canvas.close()


@pytest.mark.parametrize("pictures", [False, True], ids=["weights", "a group of pictures too"])
@pytest.mark.parametrize("canvas", CASES, indirect=True, ids=[layers for _, layers in CASES])
def test_repaint(benchmark, canvas, pictures):
    session = Session(canvas.document.setup)
    moments = []
    for _ in range(4):
        session.advance(1)
        moments.append(replace(session.snapshot(), setup=canvas.document.setup))
    endless, groups = cycle(moments), cycle(range(PICTURE_GROUPS))
    scene = canvas.view.network

    def repaint() -> None:
        snapshot = next(endless)
        scene.drawing.connections.show_weights(snapshot.parameters)
        if pictures:
            scene.drawing.show_units(snapshot.parameters, snapshot.dataset, next(groups))
        canvas.paint()

    benchmark.pedantic(repaint, rounds=100, warmup_rounds=5)


EDITS = {
    "add a unit": lambda t: edits.add_units(t, t.layers[1].id, 3),
    "remove a unit": lambda t: edits.remove_unit(t, t.layers[1].units[2]),
    "erase a connection": lambda t: edits.erase(t, (), [(t.layers[0].units[1], t.layers[1].units[0])]),
    "insert a layer": lambda t: edits.insert_layer(t, 2, 4, Activation.TANH),
    "freeze a layer": lambda t: edits.freeze_layer(t, t.layers[2].id, True),
}


@pytest.fixture
def window(qapp, tmp_path):
    """The whole window with the largest network, the outline in front and a layer open in it."""
    theme = Theme(qapp, ThemeChoice.LIGHT)
    window = make_window(
        theme, QSettings(str(tmp_path / "a.ini"), QSettings.Format.IniFormat), WindowDialogs()
    )
    window.document.choose_source(CATALOGUE[LARGEST[0]])
    window.document.confirmation_needed.connect(lambda question, proceed: proceed())
    window.document.type_layers(LARGEST[1])
    window.resize(1440, 900)
    window.show()
    window.findChild(QDockWidget, "dock_outline").raise_()
    window.trainer.post(lambda session: None).result()
    qapp.processEvents()
    window.docks.outline.tree.expand(window.docks.outline.tree.model().index(1, 0))
    window.document.undo_stack.clear()
    yield window
    window.close_without_asking()
    window.deleteLater()
    theme.deleteLater()


@pytest.mark.parametrize("edit", EDITS.values(), ids=list(EDITS))
def test_edit_until_it_is_seen(benchmark, qapp, window, edit):
    """Each time the same edit of the same network, from the document to the pixels of the whole window."""

    def prepare() -> None:
        while window.document.undo_stack.index():
            window.document.undo_stack.undo()
        window.trainer.post(lambda session: None).result()  # until the worker is idle
        qapp.processEvents()

    def apply() -> None:
        assert window.document.change_topology("edit", edit, is_sure=True)
        window.canvas.viewport().repaint()
        window.docks.outline.tree.viewport().repaint()

    benchmark.pedantic(apply, setup=prepare, rounds=15, warmup_rounds=1)
