"""The menu of training: run, step, begin anew, the way of gradient descent, the engines."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.actions.action import SEPARATOR, Action, Menu
from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.settings import MODE

if TYPE_CHECKING:
    from nn_desktop.desktop.engines.dialog import EngineComparison


class TrainMenu(Menu):
    """Trains and steps.

    Signals
    -------
    comparing_changed(bool)
        The comparison of the engines began or ended, for which training pauses.
    """

    comparing_changed = Signal(bool)

    def __init__(
        self,
        document: Document,
        trainer: Trainer,
        theme: Theme,
        dialogs: Dialogs,
        last_folder: LastFolder,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._document = document
        self._trainer = trainer
        self._theme = theme
        self._dialogs = dialogs
        self._last_folder = last_folder
        self._window = window
        self._comparison: EngineComparison | None = None
        self.name, self.title = "menu_train", self.tr("&Train")
        self.entries = (
            *self._run_rows(),
            SEPARATOR,
            *self._start_rows(),
            SEPARATOR,
            *self._mode_rows(),
            SEPARATOR,
            Action(
                name="compare_engines",
                text=self.tr("&Compare engines…"),
                tip=self.tr("Train this network in all engines side by side, and see which is fast when"),
                keys=("Ctrl+T",),
                do=self._compare_engines,
                obstacle=self._why_no_samples,
            ),
        )
        trainer.running_changed.connect(self.changed)
        document.setup_changed.connect(self.changed)

    def end_comparison(self) -> None:
        """Close the comparison of the engines, and end its thread."""
        if self._comparison is not None:
            self._comparison.end()

    def _run_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="train_or_pause",
                text=lambda: self.tr("Pause") if self._trainer.is_running else self.tr("&Train"),
                tip=self.tr("Train the network, or pause"),
                keys=("Space",),
                icon=lambda: "pause" if self._trainer.is_running else "play",
                do=self._trainer.train_or_pause,
                obstacle=self._why_no_samples,
                is_checked=lambda: self._trainer.is_running,
            ),
            Action(
                name="step_update",
                text=self.tr("Ste&p"),
                tip=self.tr("Do one update of the weights: one batch"),
                keys=(".",),
                icon="step-update",
                do=self._trainer.step_update,
                obstacle=self._why_no_samples,
            ),
            Action(
                name="step_epoch",
                text=self.tr("Finish &epoch"),
                tip=self.tr("Train to the end of the epoch: every sample once"),
                keys=("Shift+Space",),
                icon="step-epoch",
                do=self._trainer.step_epoch,
                obstacle=self._why_no_samples,
            ),
        )

    def _start_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="reset",
                text=self.tr("&Reset weights"),
                tip=self.tr("Go back to the same start: the same first weights"),
                keys=("Ctrl+R",),
                icon="reset",
                do=self._document.reset,
            ),
            Action(
                name="new_start",
                text=self.tr("&New random weights"),
                tip=self.tr("Start anew from other first weights: the next seed"),
                keys=("Ctrl+Shift+R",),
                icon="new-start",
                do=self._document.new_start,
            ),
        )

    def _mode_rows(self) -> tuple[Action, ...]:
        return (
            self._mode_row(
                Mode.BATCH,
                "batch",
                self.tr("&Batch"),
                self.tr("Batch gradient descent: one update per epoch, over all samples"),
                "Alt+1",
            ),
            self._mode_row(
                Mode.MINI_BATCH,
                "mini-batch",
                self.tr("&Mini-batch"),
                self.tr("Mini-batch gradient descent: an update for every few samples, shuffled each epoch"),
                "Alt+2",
            ),
            self._mode_row(
                Mode.STOCHASTIC,
                "stochastic",
                self.tr("&Stochastic"),
                self.tr("Stochastic gradient descent: an update for every sample, shuffled each epoch"),
                "Alt+3",
            ),
        )

    def _mode_row(self, mode: Mode, icon: str, text: str, tip: str, key: str) -> Action:
        return Action(
            name=f"mode_{mode.replace('-', '_')}",
            text=text,
            tip=tip,
            keys=(key,),
            icon=icon,
            do=lambda: self._document.change_setting(MODE, mode),
            is_checked=lambda: self._document.setup.hyperparameters.mode is mode,
            group="modes",
        )

    def _why_no_samples(self) -> str:
        return self._document.setup.data.source.why_no_samples

    def _compare_engines(self) -> None:
        from nn_desktop.desktop.engines.dialog import EngineComparison

        if self._comparison is None:
            self._comparison = EngineComparison(
                self._document, self._trainer, self._theme, self._dialogs, self._last_folder, self._window
            )
            self._comparison.running_changed.connect(self.comparing_changed)
        self._comparison.open_and_run()
