"""The undo stack, and how the commands of an attempt wait until it has succeeded."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoStack

from nn_desktop.desktop.document.undo_steps import LayoutCommand, RunsCommand, SetupCommand

UNDO_LIMIT = 100
CHECKPOINT_BYTES = 500_000_000
"""Commands remember checkpoints up to this size together, the newest ones."""

Command = SetupCommand | LayoutCommand | RunsCommand


class UndoHistory(QObject):
    """Does, undoes and redoes commands; where one fails, the stack is as before.

    A command is done before it is pushed, and undone before the stack moves: an error then comes before the
    stack has changed.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._stack = QUndoStack(self)
        self._stack.setUndoLimit(UNDO_LIMIT)
        self._attempts = 0
        self._held: list[Command] = []
        self._stack.indexChanged.connect(self._forget_far_checkpoints)

    @property
    def stack(self) -> QUndoStack:
        """The commands to undo and redo; all that were made are on it as soon as anybody looks."""
        self._push_held()
        return self._stack

    @property
    def is_clean(self) -> bool:
        """Whether it is at the command at which it was saved last; unlike `stack`, this pushes nothing."""
        return not self._held and self._stack.isClean()

    @property
    def undo_text(self) -> str | None:
        """What would be undone; None for nothing. Like `is_clean`, this pushes nothing."""
        return self._stack.undoText() if self._stack.canUndo() else None

    @property
    def redo_text(self) -> str | None:
        """What would be redone; None for nothing. Like `is_clean`, this pushes nothing."""
        return self._stack.redoText() if self._stack.canRedo() else None

    def is_turning(self, field: str) -> bool:
        """Whether the last thing that was done was to turn this field, just now; this pushes nothing."""
        last = self._held[-1] if self._held else self._stack.command(self._stack.index() - 1)
        return isinstance(last, SetupCommand) and last.is_turning(field)

    def push(self, command: Command) -> None:
        """Put a command that was just done on the stack; within an attempt, when that has succeeded."""
        self._held.append(command)
        if not self._attempts:
            self._push_held()

    def attempt(self, do: Callable[..., object], *arguments: object) -> None:
        """Do something; if it fails, take back all that it has pushed, and raise its error."""
        index = self.stack.index()
        self._attempts += 1
        try:
            do(*arguments)
        except Exception:
            self._take_back_to(index)
            raise
        finally:
            self._attempts -= 1
        self._push_held()

    def undo(self) -> None:
        """Take back the last command, if there is one."""
        if self.stack.canUndo():
            self._stack.command(self._stack.index() - 1).undo()
            self._stack.undo()

    def redo(self) -> None:
        """Redo the change that was undone last."""
        if self.stack.canRedo():
            self._stack.command(self._stack.index()).redo()
            self._stack.redo()

    def drop(self, command: SetupCommand) -> None:
        """Take a command off the stack that was never done; document and session stay as they are.

        If only parts of the drawing were moved since, these moves are to redo afterwards.
        """
        steps, index = self._steps, self._stack.index()
        if command not in steps:
            return
        place = steps.index(command)
        later = [step for step in steps[place + 1 :] if isinstance(step, SetupCommand)]
        if later:
            later[0].follow(command)
        self._move_to(place + 1)
        command.setObsolete(True)
        self._stack.undo()  # Qt deletes it, and does not undo it
        if place >= index:
            self._move_to(index)
        elif any(step in later for step in steps[:index]):
            self._move_to(index - 1)

    def restore_place(self, command: SetupCommand, was_undo: bool) -> None:
        """Put a command back among those to redo, or to undo, since redoing or undoing it failed."""
        steps, index = self._steps, self._stack.index()
        if command not in steps:
            return
        place = steps.index(command)
        command.forget_failed()
        if was_undo:
            # Moves in the drawing that were undone since are back with the side before.
            if place >= index and not any(isinstance(step, SetupCommand) for step in steps[index:place]):
                self._move_to(place + 1)
        elif place < index:
            if any(isinstance(step, SetupCommand) for step in steps[place + 1 : index]):
                self.drop(command)
            else:
                self._move_to(place)

    @property
    def _steps(self) -> list[Command]:
        """All that is on the stack, to undo and to redo."""
        steps = [self.stack.command(index) for index in range(self.stack.count())]
        return [step for step in steps if isinstance(step, Command)]

    def _move_to(self, index: int) -> None:
        """Change what is to undo and what to redo, while document and session stay as they are."""
        steps = self._steps
        while (here := self._stack.index()) != index:
            step = steps[here - 1 if here > index else here]
            step.is_done = here < index
            if here > index:
                self._stack.undo()
            else:
                self._stack.redo()

    def clear(self) -> None:
        """Forget all commands; what there is then is not what was saved."""
        self.stack.clear()
        self._stack.resetClean()

    def _push_held(self) -> None:
        """Put the commands that wait for the end of an attempt on the stack."""
        held, self._held = self._held, []
        for command in held:
            self._stack.push(command)
        if held:
            self._forget_far_checkpoints()

    def _take_back_to(self, index: int) -> None:
        """Undo what an attempt did, as if it had not been done; the stack was at this index before."""
        while self._held:
            self._held.pop().undo()
        while self._stack.index() > index:
            command = self._stack.command(self._stack.index() - 1)
            command.undo()
            command.setObsolete(True)
            self._stack.undo()
        while self._stack.index() < index and self._stack.canRedo():
            self.redo()

    @Slot()
    def _forget_far_checkpoints(self) -> None:
        """Bound the memory of the undo stack; what is nearest to undo and redo is kept."""
        here, total = self._stack.index(), 0
        counted: set[int] = set()
        for index in sorted(range(self._stack.count()), key=lambda index: abs(index - here)):
            command = self._stack.command(index)
            if isinstance(command, SetupCommand):
                total += command.remembered_bytes(counted)
                if total > CHECKPOINT_BYTES:
                    command.forget()
