"""A button that opens a small form below it."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.desktop.keys import KeySharing
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.input_events import ENTER
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.notice import Notice
from nn_desktop.desktop.look.steady import width_of

MARK = " ▾"
"""At the end of what the button says: there is more behind it."""
MIN_CHARACTERS = 9
"""Of what the button says, which are to be read at least."""
ROUNDING = 2
"""Pixels by which two texts may be wider than each of them."""


class Popup(QFrame):
    """Fields that float above the window until somebody clicks elsewhere, or presses Enter or Esc.

    Signals
    -------
    reverted()
        Esc: what is typed and not in force is to be taken back.
    """

    reverted = Signal()

    def __init__(self, name: str, title: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        identify(self, name, title)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)  # the click that closes it opens it no more
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._notice = Notice(f"{name}_notice")
        self._was_refused = False

    def fill(self, content: QWidget) -> None:
        """Put in what it shows."""
        fill(QVBoxLayout(self), content, self._notice, margins=(12, 12, 12, 12), spacing=8)
        KeySharing(self)

    @Slot(str)
    def refuse(self, why: str) -> None:
        """Say why something cannot be; Enter does not close it then."""
        self._was_refused = self.isVisible()
        self.say(why)

    @Slot()
    def clear(self) -> None:
        """Say nothing any more below the fields."""
        self.say("")

    def say(self, text: str) -> None:
        """Say something below the fields, or nothing any more."""
        if self.isVisible() and text != self._notice.said:
            self._notice.say(text)
            self.adjustSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter closes it if what was typed came into force; Esc takes that back first."""
        if event.key() == Qt.Key.Key_Escape:
            self.reverted.emit()
            self.close()
        elif event.key() in ENTER:
            was_refused, self._was_refused = self._was_refused, False
            if not was_refused:
                self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the field with the focus know that somebody is done with it; Qt would not tell it."""
        if (field := self.focusWidget()) is not None:
            field.clearFocus()
        self._notice.say("")
        super().closeEvent(event)


class PopupButton(QToolButton):
    """A button with a text that says what is in force, and a popup in which to change it.

    Where there is no room for all of the text, the end of it is left out; the tool tip has all.

    Parameters
    ----------
    name, title
        Of the button; those of the popup follow from the name.
    tip
        What it is for.
    """

    def __init__(self, name: str, title: str, tip: str) -> None:
        super().__init__()
        identify(self, name, title)
        self._title, self._tip = title, tip
        self._texts: tuple[str, ...] = ("",)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._popup: Popup | None = None
        self.clicked.connect(self.open)

    @Slot()
    def open(self) -> None:
        """Open the popup below the button, or below the end of the tool bar if that has no room for it."""
        if self._popup is None:
            self._popup = Popup(f"{self.objectName()}_popup", self._title, self)
            self._popup.fill(self._make_content(self._popup))
            self.window().installEventFilter(self)
            self._popup.addActions(self.window().actions())  # so that undo is, and all else, where it was
        self._popup.adjustSize()
        self._popup.move(self._place(self._popup))
        self._popup.show()
        self._on_opened()

    def say(self, text: str, *others: str) -> None:
        """Show what is in force; it takes as much room as the widest of the other texts that may follow."""
        self._texts = (text, *others)
        self.setText(text)
        self.updateGeometry()
        self.setToolTip(f"{text}\n{self._tip}" if text else self._tip)
        self.setAccessibleDescription(text)

    def sizeHint(self) -> QSize:
        return max((self._size_for(text) for text in self._texts), key=QSize.width)

    def minimumSizeHint(self) -> QSize:
        text = self.text()
        return self._size_for(text if len(text) <= MIN_CHARACTERS else text[:MIN_CHARACTERS] + "…")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as much of the text as there is room for."""
        painter, option = QStylePainter(self), QStyleOptionToolButton()
        self.initStyleOption(option)
        room = self.width() - self._size_for("").width() + ROUNDING
        option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room) + MARK
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close the popup before its window: its fields would be told of it when they are half gone."""
        if event.type() in (QEvent.Type.Close, QEvent.Type.Hide) and self._popup is not None:
            self._popup.close()
        return super().eventFilter(watched, event)

    def _make_content(self, popup: Popup) -> QWidget:
        """Make what the popup shows, when it is opened for the first time."""
        raise NotImplementedError

    def _on_opened(self) -> None:
        """Show what is in force, and give a field the keys."""

    def _size_for(self, text: str) -> QSize:
        hint, metrics = super().sizeHint(), self.fontMetrics()
        width = width_of(text + MARK, metrics) - width_of(self.text(), metrics) + ROUNDING
        return QSize(hint.width() + width, hint.height())

    def _place(self, popup: Popup) -> QPoint:
        bar = self.parentWidget()
        anchor = self if self.isVisible() or bar is None else bar
        place = anchor.mapToGlobal(QPoint(0, anchor.height()))
        if anchor is not self:
            place += QPoint(anchor.width() - popup.width(), 0)
        screen, window = self.screen().availableGeometry(), self.window().geometry()
        room = screen if popup.width() > window.width() else screen.intersected(window)
        return QPoint(
            max(room.left(), min(place.x(), room.right() + 1 - popup.width())),
            max(screen.top(), min(place.y(), screen.bottom() + 1 - popup.height())),
        )
