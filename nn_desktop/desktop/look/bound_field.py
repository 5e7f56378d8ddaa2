"""Fields that are bound to a row of the table of settings.

Each shows what is in force, and changes it by one command to undo. What the document refuses does not stay in
the field, but marks it with the sentence until somebody goes on.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSignalBlocker, QSize, Qt, SignalInstance, Slot
from PySide6.QtGui import QHelpEvent, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QToolTip,
    QWidget,
)

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.input_events import ENTER
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.number_fields import IntegerBox, NumberBox
from nn_desktop.desktop.look.numbers import editable_number, grouped, read_figure
from nn_desktop.desktop.look.plain_text import in_lines
from nn_desktop.desktop.look.setting_text import setting_text
from nn_desktop.desktop.look.validated_field import mark
from nn_desktop.errors import UserError
from nn_desktop.texts import shown
from nn_desktop.training.setting import Setting
from nn_desktop.training.setup import Setup

SETTING_DIGITS = 10
"""Of a number that is a setting, as its field shows it."""
_W_co = TypeVar("_W_co", bound=QWidget, covariant=True)


class ChoiceBox(QComboBox):
    """A list of choices, whose tool tip begins with the chosen one if there is no room for all of it."""

    def minimumSizeHint(self) -> QSize:
        """Leave room for every choice, so that a form puts it below its label where it must."""
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            option = QStyleOptionComboBox()
            self.initStyleOption(option)
            part = QStyle.SubControl.SC_ComboBoxEditField
            room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
            chosen = self.currentText()
            if self.fontMetrics().horizontalAdvance(chosen) > room:
                QToolTip.showText(event.globalPos(), f"{chosen}\n{self.toolTip()}", self)
                return True
        return super().event(event)


class BoundField(QObject, Generic[_W_co]):
    """Keeps a field and a setting of the document the same.

    Parameters
    ----------
    widget
        The field; it owns this.
    show
        Shows the value that a setup has.
    read
        Returns what the field holds; raises `UserError` if that is no value.
    changed
        The signals that somebody has chosen or typed something.

    Attributes
    ----------
    number
        Shows the value beside the field, if that does not.
    setting
        The row of the table.
    """

    def __init__(
        self,
        widget: _W_co,
        setting: Setting[Any],
        document: Document,
        show: Callable[[Setup], object],
        read: Callable[[], object],
        *changed: SignalInstance,
    ) -> None:
        super().__init__(widget)
        self.widget, self.setting, self._document = widget, setting, document
        self.number: QLabel | None = None
        self._show, self._read = show, read
        self._is_changing, self._refusal = False, ""
        identify(widget, setting.field, setting_text(setting.accessible_name))
        widget.setToolTip(in_lines(setting_text(setting.tip)))
        self.show_setup(document.setup)
        for signal in changed:
            signal.connect(self._on_changed)
        document.setup_changed.connect(self.show_setup)
        document.refused.connect(self._on_refused)

    @Slot(object)
    def show_setup(self, setup: Setup) -> None:
        """Show what is in force, without changing it by that."""
        self._mark("")
        self.widget.setEnabled(self.setting.applies_to(setup))
        with QSignalBlocker(self.widget):
            self._show(setup)

    def add_to(self, form: QFormLayout) -> QWidget:
        """Add a row to a form, a label and the field with its number; return what is beside the label."""
        label = QLabel(setting_text(self.setting.title))
        label.setBuddy(self.widget)
        label.setToolTip(in_lines(setting_text(self.setting.tip)))
        beside: QWidget = self.widget
        if self.number is not None:
            self.number.setToolTip(in_lines(setting_text(self.setting.tip)))
            beside = QWidget()
            fill(QHBoxLayout(beside), self.widget, self.number, stretched=self.widget)
        form.addRow(label, beside)
        return beside

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the mark away when somebody leaves the field, comes back to it, or types on."""
        is_typing = isinstance(event, QKeyEvent) and event.key() not in ENTER
        if is_typing or event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._mark("")
        return super().eventFilter(watched, event)

    @Slot()
    def _on_changed(self) -> None:
        self._is_changing, self._refusal, is_done = True, "", False
        try:
            is_done = self._document.change_setting(self.setting, self._read())
        except UserError as error:
            self._document.refuse(str(error))
        finally:
            self._is_changing = False
        if not is_done:
            self.show_setup(self._document.setup)
            self._mark(self._refusal)

    @Slot(str)
    def _on_refused(self, why: str) -> None:
        if self._is_changing:
            self._refusal = why

    def _mark(self, why: str) -> None:
        mark(self.widget, bool(why), why)
        if why:
            self.widget.installEventFilter(self)
        else:
            self.widget.removeEventFilter(self)


def bound_field(setting: Setting[Any], document: Document) -> BoundField[QWidget]:
    """Make the field that suits a setting: a spin box, a slider, a line to type in, a check box or a list."""
    if setting.kind is int:
        return spin_box(setting, document)
    if setting.kind is float:
        return slider(setting, document) if setting.unit == "%" else number_box(setting, document)
    if setting.kind is bool or setting.switch is not None:
        return check_box(setting, document)
    return combo_box(setting, document)


def spin_box(setting: Setting[int], document: Document) -> BoundField[IntegerBox]:
    """Make a field for a whole number."""
    box = IntegerBox()
    low = setting.low or 0
    box.setRange(low, setting.high or 0)
    box.setKeyboardTracking(False)
    box.refused.connect(partial(_refuse_whole, box, document))

    def show(setup: Setup) -> None:
        value = setting.get(setup)
        box.setMinimum(min(low, value))  # what cannot be chosen may be less: a single sample
        box.setValue(value)

    return BoundField(box, setting, document, show, box.value, box.valueChanged)


def _refuse_whole(box: IntegerBox, document: Document, text: str) -> None:
    why = QCoreApplication.translate(
        "fields", '"{text}" is no whole number from {low} to {high}: type another one.'
    )
    document.refuse(why.format(text=shown(text), low=grouped(box.minimum()), high=grouped(box.maximum())))


def slider(setting: Setting[float], document: Document) -> BoundField[QSlider]:
    """Make a field for a share of 1, in hundredths, with the number beside it."""
    slider, number = QSlider(Qt.Orientation.Horizontal), QLabel()
    slider.setRange(round(100 * (setting.low or 0)), round(100 * (setting.high or 1)))
    slider.setSingleStep(5)
    slider.setPageStep(10)
    number.setMinimumWidth(number.fontMetrics().horizontalAdvance("100 %"))
    number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show(setup: Setup) -> None:
        percent = round(100 * setting.get(setup))
        slider.setValue(percent)
        number.setText(f"{percent} %")

    field = BoundField(slider, setting, document, show, lambda: slider.value() / 100, slider.valueChanged)
    field.number = number
    return field


def check_box(setting: Setting[Any], document: Document) -> BoundField[QCheckBox]:
    """Make a field for yes or no, or for one of two choices."""
    box = QCheckBox(setting_text(setting.title))
    on = True if setting.switch is None else setting.switch
    off = False if setting.switch is None else next(each for each in setting.kind if each is not on)
    return BoundField(
        box,
        setting,
        document,
        lambda setup: box.setChecked(setting.get(setup) is on),
        lambda: on if box.isChecked() else off,
        box.toggled,
    )


def combo_box(setting: Setting[Any], document: Document) -> BoundField[QComboBox]:
    """Make a field for one of several choices; which there are may change with the setup."""
    box = ChoiceBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def show(setup: Setup) -> None:
        choices = list(setting.choices_for(setup))
        if [box.itemData(row) for row in range(box.count())] != choices:
            box.clear()
            for choice in choices:
                box.addItem(setting_text(setting.title_of(choice)), choice)
        box.setCurrentIndex(choices.index(setting.get(setup)))

    return BoundField(box, setting, document, show, lambda: setting.kind(box.currentData()), box.activated)


def number_box(setting: Setting[float], document: Document) -> BoundField[NumberBox]:
    """Make a line to type a number in, with some to choose."""
    box = NumberBox(tuple(editable_number(float(text), SETTING_DIGITS) for text in setting.suggestions))

    def text_of(setup: Setup) -> str:
        return editable_number(setting.get(setup), SETTING_DIGITS)

    def read() -> float:
        text = box.currentText().strip()
        if text == text_of(document.setup):
            return setting.get(document.setup)  # all its digits, of which the field shows fewer
        number = read_figure(text)
        if number is None:
            raise UserError(setting_text(setting.refusal).format(text=text))
        return number

    edit = box.lineEdit()
    assert edit is not None  # the box is editable
    return BoundField(
        box,
        setting,
        document,
        lambda setup: box.setCurrentText(text_of(setup)),
        read,
        box.activated,
        edit.editingFinished,
    )
