"""The numbers of the unit or connection that is looked at, with their formulas, live and as text to copy."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.questions import Question
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.descriptions import number_lines, part_title
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.notice import PlainLabel
from nn_desktop.desktop.look.plain_text import breakable
from nn_desktop.insight.inspection import Inspection, Part, exists, inspect
from nn_desktop.training.snapshot import Snapshot

REFRESH_MILLISECONDS = 150
"""Numbers that change faster cannot be read, and finding them out takes time from training."""


class InspectorNumbers(QWidget):
    """Shows what a unit or connection is and does: of what the pointer means, or else of what is current.

    It asks about a snapshot when it is due, and shows the numbers of one snapshot together.
    """

    def __init__(self, document: Document, selection: Selection) -> None:
        super().__init__()
        identify(self, "inspector_live", self.tr("Live numbers"))
        self._document, self._selection = document, selection
        self._title = PlainLabel("inspector_numbers_title")
        self._title.setEnabled(False)
        self._text = PlainLabel("inspector_numbers")
        self._text.setToolTip(self.tr("Its numbers of now, and how they come about; mark them to copy them"))
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._snapshot: Snapshot | None = None
        self._answer: tuple[Snapshot, Inspection] | None = None
        self._is_in_view = False
        self._timer = QTimer(self, singleShot=True, interval=REFRESH_MILLISECONDS)
        self._timer.timeout.connect(self._ask)
        fill(QVBoxLayout(self), self._title, self._text, spacing=2)
        self.hide()
        selection.changed.connect(self._on_part_changed)
        selection.pointed_changed.connect(self._on_part_changed)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Let the numbers follow a newer snapshot."""
        self._snapshot = snapshot
        if self._is_in_view and self._part() is not None and not self._timer.isActive():
            self._timer.start()

    def set_in_view(self, is_in_view: bool) -> None:
        """Catch up with what happened unseen, or rest."""
        self._is_in_view = is_in_view
        if is_in_view:
            self._on_part_changed()
        else:
            self._document.ask(self, None)

    def _part(self) -> Part | None:
        selection = self._selection
        for part in (selection.pointed, selection.connection, selection.unit):
            if part is not None:
                return part
        return None

    @Slot()
    def _on_part_changed(self) -> None:
        if self._is_in_view:
            part = self._part()
            if self._answer is not None and self._answer[1].part != part:
                self._answer = None  # it would be too old when the pointer comes back
            self._show()
            self._ask()

    @Slot()
    def _ask(self) -> None:
        part = self._part() if self._is_in_view else None
        question = None if part is None else Question(partial(inspect, part, False), self._on_answered)
        self._document.ask(self, question)

    def _on_answered(self, snapshot: Snapshot, inspection: Inspection | None) -> None:
        self._document.ask(self, None)  # about the next snapshot when that is due
        self._answer = None if inspection is None else (snapshot, inspection)
        self._show()

    def _show(self) -> None:
        """Show the numbers of this moment, or of the one that the last answer is about."""
        part, snapshot, inspection = self._part(), self._snapshot, None
        topology = self._document.setup.topology
        if part is None or not exists(topology, part):
            self.hide()
            return
        if self._answer is not None and self._answer[0].parameters.topology == topology:
            snapshot, inspection = self._answer
        if snapshot is None or snapshot.parameters.topology != topology:
            return  # what is shown is right until the numbers of this network come
        is_pointed = part not in (self._selection.connection, self._selection.unit)
        self._title.setText(breakable(part_title(topology, part, snapshot.dataset)) if is_pointed else "")
        self._title.setVisible(is_pointed)
        text = "\n".join(number_lines(snapshot, part, inspection))
        if text != self._text.text():  # else what is marked of it to be copied would be no more
            self._text.setText(text)
        self.show()
