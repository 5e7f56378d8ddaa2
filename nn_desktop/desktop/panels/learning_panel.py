"""How the network learns, apart from what stands in the tool bar: loss, start, number type, engine."""

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.engines.titles import engine_description, engine_title
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.bound_field import bound_field
from nn_desktop.engines.available import why_missing
from nn_desktop.engines.names import EngineName
from nn_desktop.network.functions import LOSSES
from nn_desktop.training.setting import Part, Setting
from nn_desktop.training.settings import ENGINE, LOSS, settings_of
from nn_desktop.training.setup import Setup


class LearningPanel(QWidget):
    """Chooses the loss, the initializer, the seed, the number type and the engine."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        identify(self, "learning_panel", self.tr("Settings of learning"))
        self._loss_formula = QLabel(wordWrap=True)
        identify(self._loss_formula, "learning_loss_formula")
        self._loss_formula.setToolTip(
            self.tr("The loss of one sample: y is the target, ŷ the answer of the network, K their number")
        )
        self._rows: dict[Setting[Any], QWidget] = {}
        self._form = form = QFormLayout(self)
        form.setContentsMargins(8, 0, 8, 8)
        form.setVerticalSpacing(6)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for setting in settings_of(Part.HYPERPARAMETERS):
            if setting.title and not setting.is_in_tool_bar:
                field = bound_field(setting, document)
                self._rows[setting] = field.add_to(form)
                if setting is LOSS:
                    form.addRow(self._loss_formula)
                elif isinstance(field.widget, QComboBox) and setting is ENGINE:
                    self._describe_engines(field.widget)
        self._show_setup(document.setup)
        document.setup_changed.connect(self._show_setup)

    def _describe_engines(self, box: QComboBox) -> None:
        """Say what each engine is; those that are not here cannot be chosen, and say why."""
        model = box.model()
        assert isinstance(model, QStandardItemModel)
        lines = [box.toolTip()]
        for row, name in enumerate(EngineName):
            reason, title, tip = why_missing(name), engine_title(name), engine_description(name)
            if reason:
                tip = self.tr("{engine} is missing: {reason}").format(engine=title, reason=reason)
                title = self.tr("{engine} (missing)").format(engine=title)
                lines.append(tip)
            box.setItemText(row, title)
            box.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
            model.item(row).setEnabled(not reason)
        box.setToolTip("\n".join(lines))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room_for_formula()

    def _make_room_for_formula(self) -> None:
        """Let the formula have all its lines: a dock knows nothing of text that wraps."""
        label = self._loss_formula
        label.setMinimumHeight(label.heightForWidth(label.width()))

    @Slot(object)
    def _show_setup(self, setup: Setup) -> None:
        """Show the loss's formula, and the settings that mean something."""
        for setting, row in self._rows.items():
            self._form.setRowVisible(row, setting.applies_to(setup))
        self._loss_formula.setText(LOSSES[LOSS.get(setup)].formula)
        self._make_room_for_formula()
