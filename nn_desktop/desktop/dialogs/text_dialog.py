"""A text to read, in a window of its own."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QTextBrowser, QVBoxLayout, QWidget

from nn_desktop.desktop.look.accessibility import identify

_WIDTH = 560
_SHARE_OF_SCREEN = 0.8


class TextDialog(QDialog):
    """Shows a text until it is closed. It is never higher than the screen: a long text scrolls.

    Parameters
    ----------
    title
        Title of the window.
    html
        The text.
    parent
        The window before which it stands.
    """

    def __init__(self, title: str, html: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        text = QTextBrowser()
        identify(text, "text", title)
        text.setFrameShape(QFrame.Shape.NoFrame)
        text.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        text.setHtml(html)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.addWidget(text)
        layout.addWidget(buttons)

        text.document().setTextWidth(_WIDTH)
        margins = layout.contentsMargins()
        width = _WIDTH + text.verticalScrollBar().sizeHint().width() + margins.left() + margins.right()
        height = text.document().size().toSize().height() + buttons.sizeHint().height()
        height += layout.spacing() + margins.top() + margins.bottom()
        room = parent.screen().availableGeometry().height()
        self.resize(width, min(height, round(_SHARE_OF_SCREEN * room)))
