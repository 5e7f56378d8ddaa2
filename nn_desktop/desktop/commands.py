"""What each action does. The methods have the names of the rows in `actions.ROWS`.

What files are read and written with is imported when it is used: the window opens sooner.
"""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QSettings, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from nn_desktop import __version__
from nn_desktop.desktop.actions import ROWS, translate
from nn_desktop.desktop.canvas.editor import NetworkEditor
from nn_desktop.desktop.canvas.network_view import NetworkView
from nn_desktop.desktop.dialogs import Dialogs
from nn_desktop.desktop.document import Document
from nn_desktop.desktop.figures import grouped
from nn_desktop.desktop.panels.message_bar import MessageBar
from nn_desktop.desktop.panels.readout import Readout
from nn_desktop.desktop.plots.loss_plot import LossPlot
from nn_desktop.desktop.theme import Theme, ThemeChoice
from nn_desktop.desktop.trainer import Trainer
from nn_desktop.errors import UserError
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.session import Session

FOLDER = "files/folder"
THEME = "view/theme"
LOGARITHMIC = "view/logarithmic"


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
    activation_menu_requested(int, QPoint)
        The menu of activations of a layer should open, at a point of the screen.
    """

    layout_reset_requested = Signal()
    activation_menu_requested = Signal(int, QPoint)

    def __init__(self, parts: Parts, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts

    @Slot()
    def open_network(self) -> None:
        """Ask for a file and open it."""
        from nn_desktop.files.networks import READABLE

        suffixes = " ".join(f"*{suffix}" for suffix in READABLE)
        filters = [self.tr("Networks ({suffixes})").format(suffixes=suffixes)]
        path = self._parts.dialogs.ask_open_path(
            self._window, self.tr("Open network"), self._folder(), filters
        )
        if path is not None:
            self.open_file(path)

    def open_file(self, path: Path) -> None:
        """Take over the network, the dataset and the weights of an exported file."""
        from nn_desktop.files.networks import read_network

        try:
            setup, parameters = read_network(path)
        except UserError as error:
            self._parts.message_bar.warn(str(error))
            return
        self._remember_folder(path)
        self._parts.trainer.pause()
        self._parts.document.go_to(self.tr("open network"), Session(setup, parameters).checkpoint())
        self._parts.message_bar.inform(self.tr("Opened {path}.").format(path=path.name))

    @Slot()
    def export_weights(self) -> None:
        """Ask for a file name and write the weights of this moment."""
        from nn_desktop.files.exporters import EXPORTERS, export
        from nn_desktop.files.model import TrainedModel

        snapshot = self._parts.trainer.snapshot
        filters = [f"{exporter.title} (*{exporter.suffix})" for exporter in EXPORTERS]
        start = self._folder() / f"{snapshot.setup.data.name}{EXPORTERS[0].suffix}"
        path = self._parts.dialogs.ask_save_path(self._window, self.tr("Export weights"), start, filters)
        if path is None:
            return
        try:
            export(TrainedModel.of(snapshot.setup, snapshot.dataset, snapshot.parameters), path)
        except UserError as error:
            self._parts.message_bar.warn(str(error))
            return
        self._remember_folder(path)
        text = self.tr("Wrote the weights of update {update} to {path}.")
        self._parts.message_bar.inform(text.format(update=grouped(snapshot.updates), path=path))

    @Slot()
    def quit(self) -> None:
        """Close the window, and with it the program."""
        self._window.close()

    @Slot()
    def undo(self) -> None:
        """Take back the last change."""
        self._parts.document.undo_stack.undo()

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back."""
        self._parts.document.undo_stack.redo()

    @Slot()
    def delete_selected(self) -> None:
        """Remove what is selected on the canvas."""
        self._parts.editor.delete_here()

    @Slot()
    def type_layers(self) -> None:
        """Go to the field that takes the layers."""
        self._parts.readout.layers_field.setFocus()
        self._parts.readout.layers_field.selectAll()

    @Slot()
    def insert_layer(self) -> None:
        """Put in a new layer."""
        self._parts.editor.insert_layer_here()

    @Slot()
    def remove_layer(self) -> None:
        """Remove the selected layer."""
        self._parts.editor.remove_layer_here()

    @Slot()
    def add_unit(self) -> None:
        """Add a unit to the selected layer."""
        self._parts.editor.add_unit_here()

    @Slot()
    def remove_unit(self) -> None:
        """Remove a unit."""
        self._parts.editor.remove_unit_here()

    @Slot()
    def choose_activation(self) -> None:
        """Open the menu of activations for the selected layer."""
        layer, canvas = self._parts.editor.selected_layer, self._parts.canvas
        if layer is not None:
            centre = canvas.mapToGlobal(canvas.rect().center())
            self.activation_menu_requested.emit(layer, centre)

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

    @Slot()
    def zoom_in(self) -> None:
        """Come nearer to the network."""
        self._parts.canvas.zoom_in()

    @Slot()
    def zoom_out(self) -> None:
        """Step back from the network."""
        self._parts.canvas.zoom_out()

    @Slot()
    def fit_network(self) -> None:
        """Show the whole network."""
        self._parts.canvas.fit()

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
        more = self.tr("Arrow keys walk through the units of the canvas, Esc selects nothing.")
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

    def _folder(self) -> Path:
        folder = Path(str(self._parts.settings.value(FOLDER, "")))
        return folder if folder.is_dir() else Path.home()

    def _remember_folder(self, path: Path) -> None:
        self._parts.settings.setValue(FOLDER, str(path.resolve().parent))
