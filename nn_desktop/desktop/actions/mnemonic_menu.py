"""Menus whose letters come before the keys of the tools."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu

_COMMAND = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class MnemonicMenu(QMenu):
    """A menu that keeps what is typed while it is open.

    Qt lets shortcuts of the window go on behind an open menu: E would take the eraser, in place of the entry
    with an underlined E.
    """

    def event(self, event: QEvent) -> bool:
        """Take letters, digits and the like before they are shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_text = event.text().isprintable() and bool(event.text().strip())
            if is_text and not event.modifiers() & _COMMAND:
                event.accept()
                return True
        return super().event(event)
