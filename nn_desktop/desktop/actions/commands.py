"""What each action does. The methods have the names of the rows in `action_rows.ROWS`.

What files are read and written with is imported when it is used: the window opens sooner.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from nn_desktop import __version__
from nn_desktop.desktop.actions.action import translate
from nn_desktop.desktop.actions.rows import ROWS
from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.desktop.panels.message_bar import MessageBar
from nn_desktop.desktop.panels.readout import Readout
from nn_desktop.desktop.plots.loss_plot import LossPlot
from nn_desktop.engines.selection import ChoiceMemory
from nn_desktop.errors import UserError
from nn_desktop.texts import shown
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.session import Session

if TYPE_CHECKING:
    from nn_desktop.desktop.engines.dialog import EngineComparison
    from nn_desktop.desktop.export.export_dialog import ExportDialog

FOLDER = "files/folder"
THEME = "view/theme"
LOGARITHMIC = "view/logarithmic"


class LastFolder:
    """The folder that was used last, remembered from one day to the next."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def path(self) -> Path:
        """Where to begin to look."""
        folder = Path(str(self._settings.value(FOLDER, "")))
        return folder if folder.is_dir() else Path.home()

    def remember(self, file: Path) -> None:
        """Take the folder of a file that was written or read."""
        self._settings.setValue(FOLDER, str(file.resolve().parent))


@dataclass(frozen=True)
class Parts:
    """What the actions act on."""

    document: Document
    trainer: Trainer
    editor: NetworkEditor
    canvas: NetworkView
    readout: Readout
    loss_plot: LossPlot
    message_bar: MessageBar
    theme: Theme
    settings: QSettings
    dialogs: Dialogs
    last_folder: LastFolder
    memory: ChoiceMemory | None


class Commands(QObject):
    """The actions' methods.

    Parameters
    ----------
    parts
        What they act on.
    window
        Parent of this object and of dialogs.

    Signals
    -------
    layout_reset_requested()
        Panels should go back where they were at first.
    comparing_changed(bool)
        The comparison of the engines began or ended.
    """

    layout_reset_requested = Signal()
    comparing_changed = Signal(bool)

    def __init__(self, parts: Parts, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._comparison: EngineComparison | None = None
        self._export: ExportDialog | None = None

    @property
    def is_comparing(self) -> bool:
        """Whether the engines are being compared, for which training pauses."""
        return self._comparison is not None and self._comparison.is_running

    def import_network(self, path: Path) -> bool:
        """Take over the network of a file, and its dataset if that is known; tell whether that could be."""
        from nn_desktop.files.imports.adoption import adopt
        from nn_desktop.files.imports.importers import read_model

        try:
            adopted = adopt(read_model(path), self._parts.document.setup.data)
            checkpoint = Session(adopted.setup, adopted.parameters, self._parts.memory).checkpoint()
        except UserError as error:
            self._parts.message_bar.warn(str(error))
            return False
        self._parts.last_folder.remember(path)
        self._parts.trainer.pause()
        self._parts.document.go_to(self.tr("open network"), checkpoint, notes="")
        opened = self.tr("Opened {path}.").format(path=shown(path.name))
        self._parts.message_bar.inform(" ".join((opened, *adopted.remarks)))
        return True

    @Slot()
    def export_weights(self) -> None:
        """Let a format and a file be chosen, in a dialog that stays open while training goes on."""
        from nn_desktop.desktop.export.export_dialog import ExportDialog

        parts = self._parts
        if self._export is None:
            self._export = ExportDialog(
                parts.trainer, parts.theme, parts.settings, parts.last_folder, parts.dialogs, self._window
            )
            self._export.informed.connect(parts.message_bar.inform)
            self._export.warned.connect(parts.message_bar.warn)
        project = self._window.windowFilePath()
        self._export.open_for(Path(project).stem if project else parts.document.setup.data.source.name)

    @Slot()
    def quit(self) -> None:
        """Close the window, and with it the program."""
        self._window.close()

    @Slot()
    def undo(self) -> None:
        """Take back the last change."""
        self._parts.document.undo()

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back."""
        self._parts.document.redo()

    @Slot()
    def train_or_pause(self) -> None:
        """Train, or pause."""
        self._parts.trainer.train_or_pause()

    @Slot()
    def step_update(self) -> None:
        """Do one update."""
        self._parts.trainer.step_update()

    @Slot()
    def step_epoch(self) -> None:
        """Train to the end of the epoch."""
        self._parts.trainer.step_epoch()

    @Slot()
    def reset(self) -> None:
        """Go back to the same start."""
        self._parts.document.reset()

    @Slot()
    def new_start(self) -> None:
        """Start anew with the next seed."""
        self._parts.document.new_start()

    @Slot()
    def compare_engines(self) -> None:
        """Train the network in all engines side by side, in a window of its own."""
        from nn_desktop.desktop.engines.dialog import EngineComparison

        if self._comparison is None:
            parts = self._parts
            self._comparison = EngineComparison(parts.document, parts.trainer, parts.theme, self._window)
            self._comparison.running_changed.connect(self.comparing_changed)
        self._comparison.open_and_run()

    def end_comparison(self) -> None:
        """Close the comparison of the engines, and end its thread."""
        if self._comparison is not None:
            self._comparison.end()

    @Slot()
    def mode_batch(self) -> None:
        """Choose batch gradient descent."""
        self._parts.document.set_mode(Mode.BATCH)

    @Slot()
    def mode_mini_batch(self) -> None:
        """Choose mini-batch gradient descent."""
        self._parts.document.set_mode(Mode.MINI_BATCH)

    @Slot()
    def mode_stochastic(self) -> None:
        """Choose stochastic gradient descent."""
        self._parts.document.set_mode(Mode.STOCHASTIC)

    @Slot(bool)
    def log_scale(self, on: bool) -> None:
        """Show the loss on a logarithmic or a linear axis."""
        self._parts.loss_plot.set_logarithmic(on)
        self._parts.settings.setValue(LOGARITHMIC, on)

    @Slot()
    def theme_system(self) -> None:
        """Follow the system."""
        self._set_theme(ThemeChoice.SYSTEM)

    @Slot()
    def theme_light(self) -> None:
        """Take the light theme."""
        self._set_theme(ThemeChoice.LIGHT)

    @Slot()
    def theme_dark(self) -> None:
        """Take the dark theme."""
        self._set_theme(ThemeChoice.DARK)

    @Slot()
    def reset_layout(self) -> None:
        """Put all panels back."""
        self.layout_reset_requested.emit()

    @Slot()
    def show_shortcuts(self) -> None:
        """List the keys of all actions."""
        rows = []
        for row in ROWS:
            if row.shortcuts:
                native = QKeySequence.SequenceFormat.NativeText
                keys = ", ".join(QKeySequence(keys).toString(native) for keys in row.shortcuts)
                rows.append(f"<tr><td><b>{keys}</b>&nbsp;&nbsp;</td><td>{translate(row.tip)}</td></tr>")
        more = self.tr(
            "On the canvas: arrow keys walk through the units, with Shift they select them; Enter types the "
            "bias or weight; Alt and arrows reorder, Ctrl+Shift and arrows move what is selected, Ctrl and "
            "arrows pan; C begins a connection, Enter ends it at another unit; Alt shows the test loss "
            "without what is current; Esc ends what is under way."
        )
        self._parts.dialogs.tell(
            self._window, self.tr("Keyboard shortcuts"), f"<table>{''.join(rows)}</table><p>{more}</p>"
        )

    @Slot()
    def show_about(self) -> None:
        """Tell version and licence."""
        text = self.tr(
            "<h3>NN Desktop {version}</h3><p>Draw, train and understand small neural networks.</p>"
            "<p>MIT licence. Datasets: UCI Machine Learning Repository, CC BY 4.0.</p>"
        )
        self._parts.dialogs.tell(self._window, self.tr("About NN Desktop"), text.format(version=__version__))

    def _set_theme(self, choice: ThemeChoice) -> None:
        self._parts.theme.set_choice(choice)
        self._parts.settings.setValue(THEME, choice.value)
