"""A field in which a number or a name is typed: it can be marked as wrong, and stays live until one types."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from nn_desktop.desktop.look.accessibility import identify


class MarkedField(QLineEdit):
    """A line to type in, with a border that says whether what is typed is wrong.

    Signals
    -------
    left()
        The focus went elsewhere, not to a menu or another window. Qt's editingFinished does not come twice
        for the same text, as when Enter was refused before.
    """

    left = Signal()

    def __init__(self, name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, name, accessible_name)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.left.emit()

    @property
    def is_in_use(self) -> bool:
        """Whether somebody is typing in it, or has marked what to type over."""
        return self.hasFocus() and (self.isModified() or self.hasSelectedText())

    def show_text(self, text: str) -> None:
        """Show what is in force, unless somebody is typing something else."""
        if not self.is_in_use and text != self.text():
            self.setText(text)
            self.setCursorPosition(0)  # of a long one, its beginning

    def take_back(self, text: str) -> None:
        """Show what is in force, whatever was typed."""
        self.setText(text)
        self.setCursorPosition(0)
        self.setModified(False)
        self.mark(is_wrong=False)

    def mark(self, is_wrong: bool, why: str = "") -> None:
        """Show whether what is typed is wrong; assistive technology gets to know why, if it stands elsewhere.

        Without a reason it describes the field by its tool tip, as ever.
        """
        mark(self, is_wrong, why)


def mark(field: QWidget, is_wrong: bool, why: str = "") -> None:
    """Give a field of any kind the border of what is wrong, and tell assistive technology why."""
    field.setAccessibleDescription(why)
    if bool(field.property("wrong")) is not is_wrong:
        field.setProperty("wrong", is_wrong)
        field.style().unpolish(field)
        field.style().polish(field)
