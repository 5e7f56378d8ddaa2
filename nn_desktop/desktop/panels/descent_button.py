"""The chip of the tool bar that sums up how training descends, and the fields behind it."""

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.bound_field import SETTING_DIGITS, BoundField, bound_field
from nn_desktop.desktop.look.number_fields import NumberBox
from nn_desktop.desktop.look.numbers import editable_number, grouped
from nn_desktop.desktop.look.popup_button import Popup, PopupButton
from nn_desktop.desktop.look.setting_text import setting_text
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.setting import Part, Setting
from nn_desktop.training.settings import BATCH_SIZE, LEARNING_RATE, MODE, settings_of
from nn_desktop.training.setup import Setup
from nn_desktop.training.snapshot import Snapshot


class DescentButton(PopupButton):
    """Says the mode with its batch size and the learning rate, and opens the fields in which they are set."""

    def __init__(self, document: Document, snapshot: Snapshot) -> None:
        super().__init__(
            "descent_button",
            self.tr("Way of descending"),
            self.tr("How gradient descent goes: the mode, the batch size and the learning rate"),
        )
        self._document = document
        self._train_count = len(snapshot.dataset.train)
        self._updates: QLabel | None = None
        self._fields: list[BoundField[QWidget]] = []
        self._show_setup(document.setup)
        document.setup_changed.connect(self._show_setup)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take the number of training samples from a snapshot."""
        if len(snapshot.dataset.train) != self._train_count:
            self._train_count = len(snapshot.dataset.train)
            self._show_setup(self._document.setup)

    def _make_content(self, popup: Popup) -> QWidget:
        content = QWidget()
        form = QFormLayout(content)
        form.setContentsMargins(0, 0, 0, 0)
        for setting in settings_of(Part.HYPERPARAMETERS):
            if setting.is_in_tool_bar:
                self._fields.append(self._add_field(form, setting))
        popup.reverted.connect(self._take_back)
        self._document.refused.connect(popup.refuse)
        self._document.setup_changed.connect(popup.clear)
        self._show_setup(self._document.setup)
        return content

    def _add_field(self, form: QFormLayout, setting: Setting[Any]) -> BoundField[QWidget]:
        field = bound_field(setting, self._document)
        field.add_to(form)
        if setting is BATCH_SIZE:
            self._updates = QLabel()
            identify(self._updates, "updates_per_epoch")
            self._updates.setToolTip(self.tr("How many updates one pass over all training samples makes"))
            form.addRow("", self._updates)
        return field

    def _on_opened(self) -> None:
        self._take_back()
        rate = next(field.widget for field in self._fields if field.setting is LEARNING_RATE)
        rate.setFocus()
        if isinstance(rate, NumberBox) and (edit := rate.lineEdit()) is not None:
            edit.selectAll()

    @Slot()
    def _take_back(self) -> None:
        for field in self._fields:
            field.show_setup(self._document.setup)

    @Slot(object)
    def _show_setup(self, setup: Setup) -> None:
        self.say(self._summary(setup, MODE.get(setup)), *(self._summary(setup, mode) for mode in Mode))
        if self._updates is not None:
            self._updates.setText(self._updates_text(setup))

    def _summary(self, setup: Setup, mode: Mode) -> str:
        """Return how training descends, or would in another mode."""
        how = setting_text(MODE.title_of(mode))
        if mode is Mode.MINI_BATCH:
            how = self.tr("{mode} {batch_size}").format(mode=how, batch_size=grouped(BATCH_SIZE.get(setup)))
        rate = editable_number(LEARNING_RATE.get(setup), SETTING_DIGITS)
        return self.tr("{mode} · learning rate {rate}").format(mode=how, rate=rate)

    def _updates_text(self, setup: Setup) -> str:
        h = setup.hyperparameters
        if h.mode is Mode.MINI_BATCH and 0 < self._train_count < h.batch_size:
            text = self.tr("1 update per epoch (all {count} samples)")
            return text.format(count=grouped(self._train_count))
        updates = h.updates_per_epoch(self._train_count)
        if updates == 1:
            return self.tr("1 update per epoch")
        return self.tr("{count} updates per epoch").format(count=grouped(updates))
