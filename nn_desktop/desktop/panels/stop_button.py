"""Stop at…: where training stops by itself."""

from dataclasses import dataclass, replace
from functools import partial
from math import isfinite

from PySide6.QtCore import QSettings, Slot
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.number_fields import NumberBox
from nn_desktop.desktop.look.numbers import editable_number, grouped, read_figure
from nn_desktop.desktop.look.popup_button import Popup, PopupButton
from nn_desktop.desktop.look.stopped_text import stopped_text
from nn_desktop.desktop.look.validated_field import mark
from nn_desktop.errors import UserError
from nn_desktop.texts import shown
from nn_desktop.training.stopping import StopRule

SETTING_DIGITS = 10


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One of the numbers at which training can stop.

    Attributes
    ----------
    name
        Of the attribute of `StopRule`; field and remembered setting are named after it.
    title
        The label of its field, with its mnemonic.
    tip
        A sentence on what it does.
    in_button
        What the button says of it, with ``{number}``.
    suggestions
        Numbers that the field offers.
    refusal
        What is said of a text that is no such number, with ``{text}``.
    is_whole
        Whether it is a whole number.
    """

    name: str
    title: str
    tip: str
    in_button: str
    suggestions: tuple[str, ...]
    refusal: str
    is_whole: bool = False

    def text_of(self, rule: StopRule) -> str:
        """Return what the field shows of a rule; nothing for no limit."""
        number = getattr(rule, self.name)
        if number is None:
            return ""
        return grouped(number) if self.is_whole else editable_number(number, SETTING_DIGITS)

    def put(self, rule: StopRule, text: str) -> StopRule:
        """Return a rule with this limit as it is typed; raises `UserError` if it is none."""
        number: float | None = None
        if text.strip():
            number = read_figure(text)
            if number is None or not isfinite(number) or (self.is_whole and number % 1):
                raise UserError(self.refusal.format(text=shown(text)))
        changed = {self.name: int(number) if number is not None and self.is_whole else number}
        return replace(rule, **changed)  # type: ignore[arg-type]


class StopButton(PopupButton):
    """Says where training stops by itself, and opens the fields in which that is set.

    Parameters
    ----------
    settings
        Where the limits are remembered: see `Trainer.stop_rule`.
    """

    def __init__(self, document: Document, trainer: Trainer, settings: QSettings) -> None:
        super().__init__(
            "stop_at",
            self.tr("Stop at"),
            self.tr(
                "Let training stop by itself: at an epoch, at a loss that is low enough, or after minutes"
            ),
        )
        self._document, self._trainer, self._settings = document, trainer, settings
        self._limits = self._make_limits()
        self._fields: dict[Limit, NumberBox] = {}
        trainer.set_stop_rule(self._remembered())
        self._show_rule()

    def _make_limits(self) -> tuple[Limit, ...]:
        no_loss = self.tr('"{text}" is no loss: type a number such as 0.01, or nothing for no limit.')
        losses = ("0.0001", "0.001", "0.01", "0.05", "0.1")
        return (
            Limit(
                name="epochs",
                title=self.tr("&Epoch"),
                tip=self.tr("Stop when the run is at this epoch; empty for any number of epochs"),
                in_button=self.tr("epoch {number}"),
                suggestions=("1", "10", "100", "500", "1000", "10000"),
                refusal=self.tr(
                    '"{text}" is no epoch: type a whole number such as 500, or nothing for no limit.'
                ),
                is_whole=True,
            ),
            Limit(
                name="train_loss",
                title=self.tr("&Training loss"),
                tip=self.tr(
                    "Stop at the first recorded epoch whose loss over all training samples is so low"
                ),
                in_button=self.tr("training loss {number}"),
                suggestions=losses,
                refusal=no_loss,
            ),
            Limit(
                name="test_loss",
                title=self.tr("Te&st loss"),
                tip=self.tr("Stop at the first recorded epoch whose loss over all test samples is so low"),
                in_button=self.tr("test loss {number}"),
                suggestions=losses,
                refusal=no_loss,
            ),
            Limit(
                name="minutes",
                title=self.tr("&Minutes"),
                tip=self.tr("Stop so many minutes after Train was pressed"),
                in_button=self.tr("{number} min"),
                suggestions=("0.5", "1", "2", "5", "10", "60"),
                refusal=self.tr(
                    '"{text}" is no number of minutes: type one such as 5, or nothing for no limit.'
                ),
            ),
        )

    def _make_content(self, popup: Popup) -> QWidget:
        content = QWidget()
        form = QFormLayout(content)
        form.setContentsMargins(0, 0, 0, 0)
        for limit in self._limits:
            box = self._fields[limit] = NumberBox(limit.suggestions)
            identify(box, f"stop_{limit.name}", limit.title.replace("&", ""))
            box.setToolTip(limit.tip)
            box.setMinimumContentsLength(10)
            edit = box.lineEdit()
            assert edit is not None  # one types in it
            edit.setPlaceholderText(self.tr("no limit"))
            box.activated.connect(partial(self._on_entered, limit, popup))
            edit.editingFinished.connect(partial(self._on_entered, limit, popup))
            label = QLabel(limit.title)
            label.setBuddy(box)
            label.setToolTip(limit.tip)
            form.addRow(label, box)
        popup.reverted.connect(self._show_rule)
        self._document.refused.connect(popup.refuse)
        return content

    def _on_opened(self) -> None:
        self._show_rule()
        self._fields[self._limits[0]].setFocus()

    def _on_entered(self, limit: Limit, popup: Popup, _row: int = 0) -> None:
        """Take over what is typed, or say why it cannot be."""
        box, before = self._fields[limit], self._trainer.stop_rule
        if box.currentText() == limit.text_of(before):
            mark(box, is_wrong=False)
            return
        try:
            rule = limit.put(before, box.currentText())
            if limit.name == "test_loss":
                dataset = self._trainer.snapshot.dataset
                rule.ensure_fits(len(dataset.train), len(dataset.test))
        except UserError as error:
            mark(box, is_wrong=True, why=str(error))
            self._document.refuse(str(error))
            return
        self._trainer.set_stop_rule(rule)
        if (number := getattr(rule, limit.name)) is None:
            self._settings.remove(_key(limit))
        else:
            self._settings.setValue(_key(limit), number)
        self._show_rule()
        snapshot = self._trainer.snapshot
        reached = rule.reached(
            epoch=snapshot.epoch, losses=(snapshot.train_loss, snapshot.test_loss), at_once=True
        )
        popup.say("" if reached is None or self._trainer.is_running else stopped_text(reached))

    @Slot()
    def _show_rule(self) -> None:
        rule = self._trainer.stop_rule
        texts = {limit: limit.text_of(rule) for limit in self._limits}
        named = [limit.in_button.format(number=text) for limit, text in texts.items() if text]
        set_to = self.tr("Stop at {limits}").format(limits=self.tr(" or ").join(named))
        self.say(set_to if named else self.tr("Stop at…"))
        for limit, box in self._fields.items():
            box.setCurrentText(texts[limit])
            mark(box, is_wrong=False)

    def _remembered(self) -> StopRule:
        rule = StopRule()
        for limit in self._limits:
            try:
                rule = limit.put(rule, str(self._settings.value(_key(limit)) or ""))
            except UserError:
                continue  # somebody has written into the file of settings
        return rule


def _key(limit: Limit) -> str:
    return f"training/stop_{limit.name}"
