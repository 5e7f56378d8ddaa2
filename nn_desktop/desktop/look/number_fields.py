"""Fields for numbers, which write and read them as the rest of the window does, whatever the locale."""

import re

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSpinBox

from nn_desktop.desktop.look.input_events import ENTER
from nn_desktop.desktop.look.numbers import fixed, grouped, read_figure

_STATE = QValidator.State
_PART = re.compile(r"[^\d\s+−-]")
"""What stands in no whole number: not even in 1e3 or in 1.000, which may mean 1."""


USUAL_LARGEST = 10_000
BESIDE_DIGITS = 44
"""Pixels of the frame and the arrows."""


class IntegerBox(QSpinBox):
    """A spin box for a whole number; its digits stand in groups of three.

    Signals
    -------
    refused(str)
        What was typed is no number that it may have; it shows the one before again.
    """

    refused = Signal(str)

    def sizeHint(self) -> QSize:
        """Ask for no more than usual numbers need: the largest seed has as many digits as nobody types."""
        needed = self.fontMetrics().horizontalAdvance(grouped(USUAL_LARGEST)) + BESIDE_DIGITS
        usual = super().sizeHint()
        return QSize(min(needed, usual.width()), usual.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def textFromValue(self, val: int) -> str:
        return grouped(val)

    def valueFromText(self, text: str) -> int:
        return _read_whole(text) or 0

    def validate(self, input: str, pos: int) -> tuple[QValidator.State, str, int]:
        number = _read_whole(input)
        is_fit = number is not None and self.minimum() <= number <= self.maximum()
        # Anything can be typed, and is refused as a whole: 2.5 must not become 25, nor 1e3 become 13.
        return (_STATE.Acceptable if is_fit else _STATE.Intermediate), input, pos

    def fixup(self, input: str) -> str:
        self.refused.emit(input)
        return input


class DecimalBox(QDoubleSpinBox):
    """A spin box for a number with decimals."""

    def textFromValue(self, val: float) -> str:
        return fixed(val, self.decimals())

    def valueFromText(self, text: str) -> float:
        return read_figure(text) or 0.0

    def validate(self, input: str, pos: int) -> tuple[QValidator.State, str, int]:
        number = read_figure(input)
        is_fit = number is not None and self.minimum() <= number <= self.maximum()
        return (_STATE.Acceptable if is_fit else _STATE.Intermediate), input, pos


class NumberBox(QComboBox):
    """A line to type a number in, with some to choose from: the arrow keys go to the next larger or smaller.

    Parameters
    ----------
    suggestions
        From the smallest to the largest.
    """

    def __init__(self, suggestions: tuple[str, ...]) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.addItems(suggestions)
        self.setCompleter(None)  # type: ignore[arg-type]  # who types 5 means 5, not the 500 that begins with it

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step from the number that stands here; Qt would step from the row that was chosen last."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._step(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
        if event.key() in (*ENTER, Qt.Key.Key_Escape):
            event.ignore()  # the line has done with it, and Qt would keep it from what the field is in

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Do as the arrows do."""
        turned = event.angleDelta().y()
        if turned:
            self._step(-1 if turned > 0 else 1)

    def _step(self, direction: int) -> None:
        present = read_figure(self.currentText())
        numbers = [read_figure(self.itemText(row)) or 0.0 for row in range(self.count())]
        if present is None:
            return
        further = [row for row, number in enumerate(numbers) if direction * (number - present) > 0]
        if further:
            row = further[0] if direction > 0 else further[-1]
            self.setCurrentIndex(row)
            self.activated.emit(row)


def _read_whole(text: str) -> int | None:
    number = None if _PART.search(text) else read_figure(text)
    return None if number is None else int(number)
