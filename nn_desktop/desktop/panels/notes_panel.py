"""The notes of a project: what the network is for, and what was tried."""

from PySide6.QtCore import QMimeData, QSignalBlocker, Signal, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.notice import Notice
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.panels.strip import Strip


class NotesPanel(Strip):
    """A page of plain text that belongs to the document, with an undo of its own."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        identify(self, "notes_panel", self.tr("Notes"))
        self._document = document
        self._field = NotesField()
        identify(self._field, "notes_field", self.tr("Notes"))
        self._field.setPlaceholderText(self.tr("What this network is for, what you tried…"))
        self._field.setToolTip(self.tr("Plain text that is saved in the project, beside the network"))
        self._message = Notice("notes_message")
        self._message.setContentsMargins(8, 4, 8, 6)
        fill(QVBoxLayout(self), self._field, self._message, stretched=self._field, spacing=0)
        self._show_notes(document.notes)
        self._field.textChanged.connect(self._on_text_changed)
        self._field.cut_short.connect(self._on_cut_short)
        document.notes_changed.connect(self._show_notes)

    @Slot(str)
    def _show_notes(self, notes: str) -> None:
        """Show notes that came with a project; those that are shown already keep their undo."""
        if notes == self._field.toPlainText():
            return
        self._message.hide()
        # A text field changes a few signs, such as hard spaces: that nobody looks at, nobody has changed.
        with QSignalBlocker(self._field):
            self._field.setPlainText(notes)

    @Slot()
    def _on_text_changed(self) -> None:
        text = self._field.toPlainText()
        if len(text) < longest_notes():
            self._message.hide()
        self._document.set_notes(text)

    @Slot()
    def _on_cut_short(self) -> None:
        text = self.tr("The notes are full: they hold {count} characters. What went beyond was left out.")
        self._message.say(text.format(count=grouped(longest_notes())))


class NotesField(QPlainTextEdit):
    """Takes as many characters as a project file holds.

    Signals
    -------
    cut_short()
        Something was typed or pasted for which there was no room, or not for all of it.
    """

    cut_short = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(8)
        self.document().clearUndoRedoStacks()  # Qt would undo the margin
        self.textChanged.connect(self._leave_out_excess)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert what is pasted or dropped, as far as there is room."""
        text = source.text()
        room = longest_notes() - len(self.toPlainText()) + len(self.textCursor().selectedText())
        if len(text) <= room:
            super().insertFromMimeData(source)
            return
        fitting = QMimeData()  # cut before Qt lays it out: it may be a whole book
        fitting.setText(text[:room])
        super().insertFromMimeData(fitting)
        self.cut_short.emit()

    @Slot()
    def _leave_out_excess(self) -> None:
        """Take back what is too much: what was typed last, before the cursor, or else the end.

        Nobody hears of the correction itself: it follows from a change that is being told just now, and those
        who are told after this slot find the text as it stays.
        """
        if self.document().characterCount() - 1 <= longest_notes():  # Qt counts a last line end
            return
        text = self.toPlainText()
        excess = len(text) - longest_notes()
        if excess <= 0:  # Qt counts some characters twice
            return
        cursor = self.textCursor()
        before = _beginning(text, cursor.position())
        kept = before if len(before) >= excess else text
        with QSignalBlocker(self):
            cursor.joinPreviousEditBlock()  # one undo takes back both
            cursor.setPosition(_places(kept[: len(kept) - excess]))
            cursor.setPosition(_places(kept), QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            cursor.endEditBlock()
        self.cut_short.emit()


def _places(text: str) -> int:
    """Return how long a text is to Qt, which counts in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _beginning(text: str, places: int) -> str:
    """Return as much of a text as lies before a place of Qt's."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * places].decode("utf-16-le", "surrogatepass")


def longest_notes() -> int:
    """Return how many characters a project file holds; what files are written with is imported late."""
    from nn_desktop.files.project.project_document import MAX_NOTES_LENGTH

    return MAX_NOTES_LENGTH
