"""What some actions of the canvas do instead while the outline has the focus."""

from PySide6.QtCore import QObject, Signal, Slot

from nn_desktop.desktop.actions.drawing_commands import DrawingCommands
from nn_desktop.desktop.panels.outline_panel import OutlinePanel


class OutlineCommands(QObject):
    """The actions that happen where the focus is: in a row of the outline, or else on the canvas.

    All others mean the selection, which both share.

    Parameters
    ----------
    outline
        Acts while its tree has the focus.
    drawing_commands
        Act otherwise.

    Signals
    -------
    tool_left_alone()
        The tool's action was triggered, and the tool in hand is the same as before.
    """

    tool_left_alone = Signal()

    def __init__(self, outline: OutlinePanel, drawing_commands: DrawingCommands, parent: QObject) -> None:
        super().__init__(parent)
        self._outline = outline
        self._drawing_commands = drawing_commands

    @Slot()
    def tool_connect(self) -> None:
        """Begin a connection at the current row, or take the tool that connects."""
        if self._outline.tree.hasFocus():
            self._outline.connect_from_here()
            self.tool_left_alone.emit()
        else:
            self._drawing_commands.tool_connect()

    @Slot()
    def edit_number(self) -> None:
        """Type the number of the current row there, or of the current part on the canvas."""
        if self._outline.tree.hasFocus():
            self._outline.edit_here()
        else:
            self._drawing_commands.edit_number()
