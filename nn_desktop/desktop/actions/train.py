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
from nn_desktop.desktop.panels.timeline import Timeline
from nn_desktop.desktop.panels.training_bar import TrainingBar
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
        training_bar: TrainingBar,
        timeline: Timeline,
        dialogs: Dialogs,
        last_folder: LastFolder,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._document = document
        self._trainer = trainer
        self._training_bar = training_bar
        self._timeline = timeline
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
            *self._timeline_rows(),
            SEPARATOR,
            *self._mode_rows(),
            SEPARATOR,
            *self._bar_rows(),
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
        trainer.looking_changed.connect(self.changed)
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
                tip=self.tr("File the run, and go back to the same start: the same first weights"),
                keys=("Ctrl+R",),
                icon="reset",
                do=self._document.reset,
            ),
            Action(
                name="new_start",
                text=self.tr("&New random weights"),
                tip=self.tr("File the run, and start anew from other first weights: the next seed"),
                keys=("Ctrl+Shift+R",),
                icon="new-start",
                do=self._document.new_start,
            ),
        )

    def _timeline_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="continue_from_here",
                text=self.tr("Cont&inue from here"),
                tip=self.tr("Go on from the snapshot that you look back at; undo brings back the rest"),
                keys=("Ctrl+Return", "Ctrl+Enter"),
                icon="continue-from-here",
                do=self._timeline.continue_from_here,
                is_on=self._is_looking_back,
            ),
            Action(
                name="back_to_now",
                text=self.tr("Bac&k to now"),
                tip=self.tr("Look at the present again, where training goes on"),
                keys=("Ctrl+End",),
                icon="back-to-now",
                do=self._trainer.return_to_now,
                is_on=self._is_looking_back,
            ),
            Action(
                name="look_at_best",
                text=self.tr("L&ook at lowest test loss"),
                tip=self.tr("Look back at the snapshot with the lowest test loss so far"),
                keys=("Ctrl+B",),
                do=self._timeline.look_at_best,
            ),
            Action(
                name="previous_mark",
                text=self.tr("Look at pre&vious change"),
                tip=self.tr("Look back at the last change of a setting or the network"),
                keys=("Ctrl+PgUp",),
                do=lambda: self._timeline.look_at_mark(-1),
            ),
            Action(
                name="next_mark",
                text=self.tr("Look at ne&xt change"),
                tip=self.tr("Look at the next change of a setting or the network, or at now"),
                keys=("Ctrl+PgDown",),
                do=lambda: self._timeline.look_at_mark(1),
            ),
        )

    def _mode_rows(self) -> tuple[Action, ...]:
        return (
            self._mode_row(
                Mode.BATCH,
                "batch",
                self.tr("&Batch"),
                self.tr("Batch gradient descent: one update per epoch, over all samples"),
                "Ctrl+Alt+B",
            ),
            self._mode_row(
                Mode.MINI_BATCH,
                "mini-batch",
                self.tr("&Mini-batch"),
                self.tr("Mini-batch gradient descent: an update for every few samples, shuffled each epoch"),
                "Ctrl+Alt+M",
            ),
            self._mode_row(
                Mode.STOCHASTIC,
                "stochastic",
                self.tr("&Stochastic"),
                self.tr("Stochastic gradient descent: an update for every sample, shuffled each epoch"),
                "Ctrl+Alt+S",
            ),
        )

    def _bar_rows(self) -> tuple[Action, ...]:
        return (
            Action(
                name="slower",
                text=self.tr("S&lower"),
                tip=self.tr("Train at a slower pace, down to one update a second"),
                keys=("F7",),
                do=lambda: self._training_bar.pace_bar.change(-1),
            ),
            Action(
                name="faster",
                text=self.tr("&Faster"),
                tip=self.tr("Train at a faster pace, up to as fast as it can"),
                keys=("F8",),
                do=lambda: self._training_bar.pace_bar.change(1),
            ),
            Action(
                name="set_descent",
                text=self.tr("&Way of descending…"),
                tip=self.tr("Set the mode, the batch size and the learning rate"),
                keys=("Ctrl+H",),
                do=self._training_bar.descent_button.open,
            ),
            Action(
                name="set_stop_rule",
                text=self.tr("Stop &at…"),
                tip=self.tr("Set at which epoch, loss or time training stops by itself"),
                keys=("Ctrl+Shift+H",),
                do=self._training_bar.stop_button.open,
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

    def _is_looking_back(self) -> bool:
        return self._trainer.looked_at is not None

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
