"""The top bar: training, its pace, where it stops, how it descends, and how far it is."""

from collections.abc import Mapping

from PySide6.QtCore import QSettings, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QToolBar

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.steady import SteadyButton
from nn_desktop.desktop.panels.descent_button import DescentButton
from nn_desktop.desktop.panels.pace_bar import PaceBar
from nn_desktop.desktop.panels.progress import Progress
from nn_desktop.desktop.panels.stop_button import StopButton
from nn_desktop.training.snapshot import Snapshot

WITH_TEXT, ONLY_ICON = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly


class TrainingBar(QToolBar):
    """Buttons for what is done most often, and the numbers that matter while training.

    Signals
    -------
    finished()
        The keys are wanted elsewhere.
    """

    finished = Signal()

    def __init__(self, document: Document, trainer: Trainer, settings: QSettings) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("Training toolbar"))
        identify(self, "training_bar", self.windowTitle())
        self.toggleViewAction().setObjectName("toggle_training_bar")
        self.setIconSize(QSize(20, 20))
        self.pace_bar = PaceBar(trainer, settings)
        self.pace_bar.finished.connect(self.finished)
        self.stop_button = StopButton(document, trainer, settings)
        self.descent_button = DescentButton(document, trainer.snapshot)
        self._progress = Progress(trainer.snapshot)
        self._buttons: list[SteadyButton] = []
        self._optional_texts: list[SteadyButton] = []

    def fill(self, actions: Mapping[str, QAction]) -> None:
        """Put in the buttons, of all actions by name, and the other parts."""
        train, pause = self.tr("Train"), self.tr("Pause")
        self._add_button(actions["train_or_pause"], train, pause).setToolButtonStyle(WITH_TEXT)
        for name, text in (
            ("step_update", self.tr("Step")),
            ("step_epoch", self.tr("Epoch")),
            ("reset", self.tr("Reset")),
        ):
            actions[name].setIconText(text)
            self._optional_texts.append(self._add_button(actions[name], text))
        self._add_button(actions["new_start"])
        for part in (self.pace_bar, self.stop_button, self.descent_button):
            self.addSeparator()
            self.addWidget(part)
        self.addWidget(self._progress)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how far the training is, and what its data mean for an epoch."""
        self.descent_button.show_snapshot(snapshot)
        self._progress.show_snapshot(snapshot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave texts out that icons say as well, rather than parts for which there is no room."""
        super().resizeEvent(event)
        metrics = self.fontMetrics()
        is_short = all(button.toolButtonStyle() is ONLY_ICON for button in self._optional_texts)
        texts = sum(metrics.horizontalAdvance(f"{button.text()} ") for button in self._optional_texts)
        needed = self.sizeHint().width() + (texts if is_short else 0)
        for button in self._optional_texts:
            button.setToolButtonStyle(WITH_TEXT if needed <= self.width() else ONLY_ICON)

    def _add_button(self, action: QAction, *texts: str) -> SteadyButton:
        button = SteadyButton(texts)
        button.setDefaultAction(action)
        button.setObjectName(f"{action.objectName()}_button")
        button.setIconSize(self.iconSize())
        button.setAutoRaise(True)
        self._buttons.append(button)
        self.addWidget(button)
        action.changed.connect(self._call_buttons)
        self._call_buttons()
        return button

    @Slot()
    def _call_buttons(self) -> None:
        """Have each button called by what it does now."""
        for button in self._buttons:
            button.setAccessibleName(button.defaultAction().text().replace("&", ""))
