"""What can be done with the runs of the document: each is one step to undo."""

from collections.abc import Callable, Sequence
from functools import partial, reduce

from PySide6.QtCore import QObject

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.undo_steps import RunsCommand
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.runs import (
    Filed,
    Runs,
    RunsError,
    delete_run,
    file_run,
    name_run,
    note_run,
    star_run,
    take_up,
)

EditRun = Callable[[Runs, int], Runs]
"""Edits the run with an id."""


class RunsEditor(QObject):
    """Takes up and deletes runs of a document, and writes on them; a run that is there no more is refused."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document

    def take_up(self, number: int) -> None:
        """File the run in the window, and go on with a filed one, by its id; it pauses there."""
        try:
            checkpoint = self._document.runs.run(number).checkpoint
        except RunsError as error:
            self._document.refuse(str(error))
        else:
            self._document.return_to(self.tr("take up run"), checkpoint, partial(_take_up, number))

    def delete(self, numbers: Sequence[int]) -> None:
        """Delete filed runs."""
        self._change(
            self.tr("delete runs") if len(numbers) > 1 else self.tr("delete run"), numbers, delete_run
        )

    def star(self, numbers: Sequence[int], is_starred: bool) -> None:
        """Put a star on runs, or take it away."""
        text = self.tr("star") if is_starred else self.tr("remove star")
        self._change(text, numbers, partial(star_run, is_starred=is_starred))

    def rename(self, number: int, name: str) -> None:
        """Give a run another name; an empty one takes it away."""
        self._change(self.tr("rename run"), [number], partial(name_run, name=name))

    def write_note(self, number: int, note: str) -> None:
        """Write a note on a run, in place of the one that it has."""
        self._change(self.tr("note on run"), [number], partial(note_run, note=note))

    def _change(self, text: str, numbers: Sequence[int], edit_one: EditRun) -> None:
        def edit(runs: Runs) -> Runs:
            return reduce(edit_one, numbers, runs)

        runs = self._document.runs
        try:
            is_other = edit(runs).labels != runs.labels
        except RunsError as error:
            self._document.refuse(str(error))
            return
        if is_other:
            command = RunsCommand(self._document, text, edit)
            command.redo()
            self._document.history.push(command)


def _take_up(number: int, runs: Runs, left: Checkpoint) -> Filed:
    try:
        return take_up(runs, number, left)
    except RunsError:  # it was deleted meanwhile: what is taken up is another run then
        return file_run(runs, left)
