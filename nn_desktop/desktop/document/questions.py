"""Questions about the snapshots that are shown, answered beside the window and the training."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from nn_desktop.desktop.background import Background
from nn_desktop.errors import UserError
from nn_desktop.training.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Question:
    """Something that somebody wants to know about every snapshot that is shown.

    Attributes
    ----------
    ask
        Finds the answer, in a thread of the background.
    tell
        Called with the snapshot and the answer, in the window's thread.
    """

    ask: Callable[[Snapshot], Any]
    tell: Callable[[Snapshot, Any], object]


class Questions(QObject):
    """Has any number of questions answered, each about the newest snapshot; none of them queues up.

    Signals
    -------
    failed(str)
        Why a question could not be answered; it is not asked again.
    """

    failed = Signal(str)

    def __init__(self, snapshot: Snapshot, parent: QObject) -> None:
        super().__init__(parent)
        self._snapshot = snapshot
        text = self.tr(
            "The live numbers stopped at an error of the program ({error}). Nothing is lost: "
            "point at something else, or at the same thing again."
        )
        self._background = Background(self, text)
        self._is_closed = False
        self._questions: dict[object, Question] = {}
        self._under_way: set[object] = set()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._under_way)

    def ask(self, asker: object, question: Question | None) -> None:
        """Let a question replace the last one of the same asker; None ends it."""
        if self._is_closed:
            return
        if question is None:
            self._questions.pop(asker, None)
        else:
            self._questions[asker] = question
            self._answer(asker)

    def show(self, snapshot: Snapshot) -> None:
        """Ask all questions about another snapshot."""
        self._snapshot = snapshot
        for asker in self._questions:
            self._answer(asker)

    def close(self) -> None:
        """Answer nothing more."""
        self._is_closed = True
        self._questions.clear()
        self._background.close()

    def _answer(self, asker: object) -> None:
        """Find an answer, unless one is under way: then the next one follows it."""
        if asker in self._questions and asker not in self._under_way:
            question, snapshot = self._questions[asker], self._snapshot
            self._under_way.add(asker)
            self._background.run(
                partial(question.ask, snapshot),
                partial(self._tell, asker, question, snapshot),
                partial(self._give_up, asker),
            )

    def _tell(self, asker: object, question: Question, snapshot: Snapshot, answer: object) -> None:
        self._under_way.discard(asker)
        now = self._questions.get(asker)
        if now is not question or snapshot is not self._snapshot:
            self._answer(asker)
        if now is question:
            question.tell(snapshot, answer)

    def _give_up(self, asker: object, error: UserError) -> None:
        self._under_way.discard(asker)
        if self._questions.pop(asker, None) is not None:
            self.failed.emit(str(error))
