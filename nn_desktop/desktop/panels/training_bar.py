"""The tool bar: training, the way of gradient descent, and its two most important numbers."""

from collections.abc import Mapping

from PySide6.QtCore import QSettings, QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.popup_button import PopupButton
from nn_desktop.desktop.panels.pace_bar import PaceBar
from nn_desktop.desktop.panels.stop_button import StopButton

RUN_BUTTONS = ("train_or_pause", "step_update", "step_epoch", "reset", "new_start")
MODE_BUTTONS = ("mode_batch", "mode_mini_batch", "mode_stochastic")
WITH_TEXT = ("train_or_pause", *MODE_BUTTONS)


class TrainingBar(QToolBar):
    """Buttons for what is done most often."""

    def __init__(self, document: Document, trainer: Trainer, settings: QSettings) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("Training"))
        identify(self, "training_bar", self.tr("Training"))
        self.toggleViewAction().setObjectName("toggle_training_bar")
        self.setIconSize(QSize(20, 20))
        self.pace_bar = PaceBar(trainer, settings)
        self.stop_button = StopButton(document, trainer, settings)

    def fill(self, actions: Mapping[str, QAction], descent_bar: QWidget) -> None:
        """Put in the buttons, of all actions by name, and the fields at the end."""
        for name in RUN_BUTTONS:
            self._add_button(actions[name])
        self.addSeparator()
        self.addWidget(self.pace_bar)
        self.addSeparator()
        self.addWidget(self.stop_button)
        self.addSeparator()
        for name in MODE_BUTTONS:
            self._add_button(actions[name])
        self.addWidget(descent_bar)

    def _add_button(self, action: QAction) -> None:
        self.addAction(action)
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setObjectName(f"{action.objectName()}_button")
        if action.objectName() in WITH_TEXT:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        action.changed.connect(self._call_buttons)
        self._call_buttons()

    @Slot()
    def _call_buttons(self) -> None:
        """Have each button called by what it does now."""
        for action in self.actions():
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton) and not isinstance(button, PopupButton):
                button.setAccessibleName(action.text().replace("&", ""))
