"""What the pointer means: its live numbers, and the network without it while Alt is held."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QPoint, QRect, Signal, Slot

from nn_desktop.desktop.canvas.bubble import Bubble
from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.document.questions import Question
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.desktop.look.descriptions import describe
from nn_desktop.insight.inspection import Inspection, Part, exists, inspect
from nn_desktop.training.snapshot import Snapshot


class Hover(QObject):
    """Looks closely at the part under the pointer, or without a pointer at the current part.

    Parameters
    ----------
    point_of
        Tells where a part is in the viewport.

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
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._scene, self._selection = scene, selection
        self._bubble = bubble
        self._point_of = point_of
        self._part: Part | None = None
        self._pointer: QPoint | None = None
        self._is_ablating = False
        self._shows_current = False
        self._avoid: QRect | None = None
        self._answer: tuple[Snapshot, Inspection] | None = None

    @property
    def part(self) -> Part | None:
        """What is looked at: under the pointer, or what is current, if that is wanted."""
        if self._part is None and (self._is_ablating or self._shows_current):
            return self._selection.connection or self._selection.unit
        return self._part

    def move(self, part: Part | None, pointer: QPoint | None) -> None:
        """Let the pointer mean a part of the network, or nothing."""
        self._pointer = pointer
        if part != self._part:
            self._part = part
            self._scene.set_hovered(part)
            self.ask()
        self.show_text()

    def toggle_current(self) -> None:
        """Look at what is current whenever the pointer means nothing; or no longer."""
        self._shows_current = not self._shows_current
        self.ask()
        self.show_text()

    def set_ablating(self, on: bool) -> None:
        """Show the network without what is looked at, or whole again."""
        if on != self._is_ablating:
            self._is_ablating = on
            self.ask()
            self.show_text()

    def keep_off(self, rect: QRect | None) -> None:
        """Leave a rectangle of the viewport free."""
        self._avoid = rect
        self.show_text()

    def forget(self) -> None:
        """Mean nothing: the network was drawn anew."""
        self._part = None
        self.ask()
        self.show_text()

    @Slot()
    def ask(self) -> None:
        """Ask about what is looked at now."""
        part = self.part
        if self._answer is not None and self._answer[1].part != part:
            self._answer = None  # it would be too old when the pointer comes back
        self._scene.set_ablation(part if self._is_ablating else None)
        if part is None:
            self.question_changed.emit(self, None)
            self._bubble.hide()
        else:
            self.question_changed.emit(
                self, Question(partial(inspect, part, self._is_ablating), self._on_answered)
            )

    def _on_answered(self, snapshot: Snapshot, inspection: Inspection | None) -> None:
        self._answer = None if inspection is None else (snapshot, inspection)
        self.show_text()

    def show_text(self) -> None:
        """Show the numbers of this moment."""
        part, snapshot = self.part, self._scene.snapshot
        if part is None or not exists(snapshot.parameters.topology, part):
            self._bubble.hide()
            return
        inspection = None
        if self._answer is not None:
            asked_about, answer = self._answer
            # While it learns, an answer is a little older than what is shown: all numbers go with it.
            if answer.part == part and asked_about.setup.topology is snapshot.setup.topology:
                snapshot, inspection = asked_about, answer
        if inspection is not None and not self._is_ablating:
            inspection = replace(inspection, loss=None, loss_without=None)
        pointer = self._pointer if self._part is not None else None
        self._bubble.say(describe(snapshot, part, inspection), pointer or self._point_of(part), self._avoid)
