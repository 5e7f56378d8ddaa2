"""One line above the canvas that says what went wrong, or what happened."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from nn_desktop.desktop.dialogs.show_in_folder import show_in_folder
from nn_desktop.desktop.look.accessibility import announce, identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.input_events import ENTER
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.notice import PlainLabel
from nn_desktop.desktop.look.plain_text import breakable, tool_tip
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.texts import sentence


class Kind(StrEnum):
    """How serious a message is; the names are those of its icon."""

    INFO = "info"
    WARNING = "warning"


class MessageBar(QFrame):
    """Shows the newest message until it is closed or taken back."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        identify(self, "message_bar", self.tr("Message"))
        self._theme = theme
        self._kind, self._message = Kind.INFO, ""
        self._icon = QLabel()
        self._text = PlainLabel("message_text")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._answer, self._other_answer = QPushButton(), QPushButton()
        identify(self._answer, "message_answer", self.tr("Answer to the message"))
        identify(self._other_answer, "message_other_answer", self.tr("Other answer to the message"))
        self._answers: dict[QPushButton, Callable[[], object]] = {}
        self._asked_from: QWidget | None = None
        self._close = QToolButton()
        identify(self._close, "message_close", self.tr("Close the message"))
        self._close.setIconSize(QSize(16, 16))
        self._close.setToolTip(self.tr("Close this message"))
        self._buttons = QWidget(self)
        fill(QHBoxLayout(self._buttons), self._answer, self._other_answer)
        for button in (self._answer, self._other_answer):
            button.clicked.connect(self._on_answered)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 6, 6, 6)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._icon, 0, 0)
        self._grid.addWidget(self._text, 0, 1)
        self._grid.addWidget(self._close, 0, 3)
        self._close.clicked.connect(self.hide)
        theme.changed.connect(self._restyle)
        self.hide()

    @property
    def text(self) -> str:
        """The message that is shown; empty if none is."""
        return "" if self.isHidden() else self._message

    @Slot(str)
    def warn(self, text: str) -> None:
        """Say that something cannot be, or went wrong."""
        self._show_message(text, Kind.WARNING)

    @Slot(str)
    def inform(self, text: str) -> None:
        """Say what happened."""
        self._show_message(text, Kind.INFO)

    def tell_written(self, text: str, file: Path, is_fine: bool = True) -> None:
        """Say that a file was written, for better or worse, and offer to show it in its folder."""
        kind = Kind.INFO if is_fine else Kind.WARNING
        self.offer(text, self.tr("Show in folder"), partial(self._show_in_folder, file), kind=kind)

    def ask(
        self,
        question: str,
        answer: str,
        proceed: Callable[[], object],
        other: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Ask whether to do what somebody has asked for; Enter answers.

        Parameters are those of `offer`.
        """
        self.offer(question, answer, proceed, other)
        self._asked_from = QApplication.focusWidget()
        self._answer.setFocus()

    def offer(
        self,
        question: str,
        answer: str,
        proceed: Callable[[], object],
        other: tuple[str, Callable[[], object]] | None = None,
        kind: Kind = Kind.WARNING,
    ) -> None:
        """Offer to do something; it is done if the answer is pressed, not if the message is closed.

        The keys stay where they are: nobody has asked for it, and the next key may be meant for something
        else.

        Parameters
        ----------
        answer, proceed
            What the button says, and what it does.
        other
            Another answer, and what that one does.
        """
        self._show_message(question, kind)
        self._set_answer(self._answer, answer, proceed)
        if other is None:
            self._grid.addWidget(self._buttons, 0, 2)
        else:  # two answers leave no room for the text beside them
            self._set_answer(self._other_answer, *other)
            self._grid.addWidget(self._buttons, 1, 1, 1, 3, Qt.AlignmentFlag.AlignRight)
        self._buttons.show()

    def dismiss(self) -> bool:
        """Take the message away; return whether there was one."""
        was_there = not self.isHidden()
        self.hide()
        return was_there

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on the answer gives it; Esc closes the message.

        An Enter that is held since before the question was there is no answer to it.
        """
        if event.key() == Qt.Key.Key_Escape:
            self._give_back_focus()
            self.hide()
        elif event.key() in ENTER and (answer := self._focused_answer()):
            if not event.isAutoRepeat():
                answer.click()
        else:
            super().keyPressEvent(event)

    def _show_in_folder(self, file: Path) -> None:
        if not show_in_folder(file):
            self.inform(self.tr("No program here shows folders: the path of the file is copied instead."))

    def _set_answer(self, button: QPushButton, text: str, proceed: Callable[[], object]) -> None:
        button.setText(text)
        button.show()
        self._answers[button] = proceed

    def _focused_answer(self) -> QPushButton | None:
        return next((button for button in self._answers if button.hasFocus()), None)

    @Slot()
    def _on_answered(self) -> None:
        button = self.sender()
        proceed = self._answers.get(button) if isinstance(button, QPushButton) else None
        self._answers = {}
        self._give_back_focus()
        self.hide()
        if proceed is not None:
            proceed()

    def _give_back_focus(self) -> None:
        """Let the keys be heard again where they were before the question; Qt would give them to a button."""
        has_focus = self._answer.hasFocus() or self._other_answer.hasFocus()
        if has_focus and self._asked_from is not None and isValid(self._asked_from):
            self._asked_from.setFocus()

    def _show_message(self, text: str, kind: Kind) -> None:
        text = sentence(text)  # it may name files of strangers
        is_news = text != self.text
        self._kind, self._message = kind, text
        self._answers = {}
        self._grid.removeWidget(self._buttons)
        for widget in (self._buttons, self._answer, self._other_answer):
            widget.hide()
        self._text.setText(breakable(text))
        self._text.setToolTip("" if self._text.text() == text else tool_tip(text))
        self._restyle()
        self.show()
        if is_news:
            announce(self._text, text, is_urgent=kind is Kind.WARNING)

    @Slot()
    def _restyle(self) -> None:
        colors = self._theme.colors
        edge = colors.warning if self._kind is Kind.WARNING else colors.accent
        self.setStyleSheet(
            f"#{self.objectName()} {{ background: {colors.panel}; border-left: 4px solid {edge};"
            f"border-bottom: 1px solid {colors.border}; }}"
        )
        self._icon.setPixmap(themed_icon(colors, self._kind).pixmap(20, 20))
        self._close.setIcon(themed_icon(colors, "close"))
