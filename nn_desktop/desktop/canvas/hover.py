"""What the pointer means: a line about it, and the network without it while Alt is held."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, QRect, Signal, Slot

from nn_desktop.desktop.canvas.bubble import Bubble
from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.document.questions import Question
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.desktop.look.descriptions import ablation_line, tip_line
from nn_desktop.insight.inspection import Inspection, Part, exists, inspect
from nn_desktop.training.snapshot import Snapshot


class Hover(QObject):
    """Says what is under the pointer, and what the network does without it, or without the current part.

    Parameters
    ----------
    point_of
        Tells where a part is in the viewport.
    obstacles
        Tells what in the viewport is not to be covered.
    is_edited
        Tells whether a field with the number of a part is open.

    Signals
    -------
    question_changed(object, Question | None)
        This asks something else about every snapshot; see `Trainer.ask`.
    """

    question_changed = Signal(object, object)

    def __init__(
        self,
        scene: NetworkScene,
        selection: Selection,
        bubble: Bubble,
        point_of: Callable[[Part], QPoint],
        obstacles: Callable[[], list[QRect]],
        is_edited: Callable[[Part], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._scene, self._selection = scene, selection
        self._bubble = bubble
        self._point_of, self._obstacles, self._is_edited = point_of, obstacles, is_edited
        self._pointer: QPoint | None = None
        self._is_ablating = False
        self._answer: Inspection | None = None

    @property
    def part(self) -> Part | None:
        """What is looked at: under the pointer, or what is current, if the network is shown without it."""
        if self._selection.pointed is None and self._is_ablating:
            return self._selection.connection or self._selection.unit
        return self._selection.pointed

    def move(self, part: Part | None, pointer: QPoint | None) -> None:
        """Let the pointer mean a part of the network, or nothing."""
        self._pointer = pointer
        if part != self._selection.pointed:
            self._selection.point_at(part)
            self._scene.set_hovered(part)
            self.ask()
        self.show_text()

    def set_ablating(self, on: bool) -> None:
        """Show the network without what is looked at, or whole again."""
        if on != self._is_ablating:
            self._is_ablating = on
            self.ask()
            self.show_text()

    def forget(self) -> None:
        """Mean nothing: the network was drawn anew."""
        self._selection.point_at(None)
        self.ask()
        self.show_text()

    @Slot()
    def ask(self) -> None:
        """Ask how the network does without what is looked at, if that is wanted."""
        part = self.part if self._is_ablating else None
        self._answer = None
        self._scene.set_ablation(part)
        question = None if part is None else Question(partial(inspect, part, True), self._on_answered)
        self.question_changed.emit(self, question)

    def _on_answered(self, _: Snapshot, inspection: Inspection | None) -> None:
        self._answer = inspection
        self.show_text()

    def show_text(self) -> None:
        """Show the line of this moment."""
        part, snapshot = self.part, self._scene.snapshot
        if part is None or not exists(snapshot.parameters.topology, part):
            self._bubble.hide()
            return
        point = self._pointer if self._selection.pointed is not None else None
        point, obstacles = point or self._point_of(part), self._obstacles()
        if self._answer is not None and self._answer.part == part:
            self._bubble.say(ablation_line(self._answer), point, obstacles, must_be_seen=True)
        elif self._is_edited(part):
            self._bubble.hide()  # its field says the same
        else:
            self._bubble.say(tip_line(snapshot, part), point, obstacles)
