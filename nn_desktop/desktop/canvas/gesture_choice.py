"""Which gesture a press of the mouse begins, with the tool in hand and at what is there."""

from PySide6.QtCore import QObject, QPointF

from nn_desktop.desktop.canvas.gestures import Band, Connect, Explain, Gesture, Grow, Stroke
from nn_desktop.desktop.canvas.moves import MoveLayer, MoveUnit
from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.canvas.tools import Tool
from nn_desktop.desktop.document.editor import NEW_LAYER_UNITS, NetworkEditor


class GestureChoice(QObject):
    """Begins gestures.

    Parameters
    ----------
    explain
        Says beside the pointer why something cannot be.
    """

    def __init__(self, scene: NetworkScene, editor: NetworkEditor, explain: Explain, parent: QObject) -> None:
        super().__init__(parent)
        self._scene, self._editor, self._explain = scene, editor, explain

    def begin(self, tool: Tool, point: QPointF, shift: bool) -> Gesture | None:
        """Begin what the tool does at a point of the scene, Shift held or not; None if that is nothing."""
        match tool:
            case Tool.SELECT:
                return self._begin_to_move(point, shift)
            case Tool.UNIT | Tool.LAYER:
                return self._begin_to_grow(tool, point)
            case Tool.CONNECT:
                return self._begin_to_connect(point)
            case Tool.ERASE:
                if shift:
                    return Band(self._scene, self._editor, point, is_erasing=True)
                return Stroke(self._scene, self._editor, point)

    def _begin_to_move(self, point: QPointF, shift: bool) -> Gesture:
        scene, editor, explain = self._scene, self._editor, self._explain
        title, unit = scene.title_at(point), scene.unit_at(point)
        if unit is not None:
            return MoveUnit(scene, editor, unit, point, explain)
        if title is not None:
            return MoveLayer(scene, editor, title, point, explain)
        return Band(scene, editor, point, extend=shift)

    def _begin_to_connect(self, point: QPointF) -> Gesture | None:
        scene, editor, explain = self._scene, self._editor, self._explain
        title, unit = scene.title_at(point), scene.unit_at(point)
        if unit is not None:
            return Connect(scene, editor, unit, QPointF(*scene.placement.positions()[unit]), explain)
        if title is not None:
            return Connect(scene, editor, title.layer.id, scene.drawing.headings.title(title), explain)
        return None

    def _begin_to_grow(self, tool: Tool, point: QPointF) -> Gesture | None:
        column, gap = self._scene.column_at(point), self._scene.gap_at(point)
        if column is not None and tool is Tool.LAYER:
            text = self.tr("There is a layer already: click between two layers to put a new one there.")
        elif column is not None:
            return Grow(self._scene, self._editor, point, 1, column, 0)
        elif gap is not None:
            units = NEW_LAYER_UNITS if tool is Tool.LAYER else 1
            return Grow(self._scene, self._editor, point, units, None, gap)
        else:
            text = self.tr(
                "The network begins with its inputs and ends with its outputs, which the dataset has: "
                "click between them."
            )
        self._explain(text)
        return None
