"""What each action does. The methods have the names of the rows in `actions.ROWS`."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Slot
from PySide6.QtGui import QKeySequence

from nn_desktop import __version__
from nn_desktop.desktop.actions import ROWS, translate
from nn_desktop.desktop.dialogs import Dialogs
from nn_desktop.desktop.document import Document
from nn_desktop.desktop.theme import Theme, ThemeChoice
from nn_desktop.desktop.trainer import Trainer
from nn_desktop.errors import UserError
from nn_desktop.files.exporters import EXPORTERS, export
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.networks import READABLE, read_network
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.session import Session

if TYPE_CHECKING:
    from nn_desktop.desktop.main_window import MainWindow

FOLDER = "files/folder"
THEME = "view/theme"


class Commands(QObject):
    """The actions' methods.

    Parameters
    ----------
    window
        What they act on the parts of.
    document, trainer, theme
        What is changed, trained, and coloured.
    settings
        Where folders and the theme are remembered.
    dialogs
        Whom to ask.
    """

    def __init__(
        self,
        window: "MainWindow",
        document: Document,
        trainer: Trainer,
        theme: Theme,
        settings: QSettings,
        dialogs: Dialogs,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._trainer = trainer
        self._theme = theme
        self._settings = settings
        self._dialogs = dialogs

    @Slot()
    def open_network(self) -> None:
        """Ask for a file and open it."""
        suffixes = " ".join(f"*{suffix}" for suffix in READABLE)
        filters = [self.tr("Networks ({suffixes})").format(suffixes=suffixes)]
        path = self._dialogs.ask_open_path(self._window, self.tr("Open network"), self._folder(), filters)
        if path is not None:
            self.open_file(path)

    def open_file(self, path: Path) -> None:
        """Take over the network, the dataset and the weights of an exported file."""
        try:
            setup, parameters = read_network(path)
        except UserError as error:
            self._window.warn(str(error))
            return
        self._remember_folder(path)
        self._trainer.pause()
        self._document.go_to(self.tr("open network"), Session(setup, parameters).checkpoint())
        self._window.inform(self.tr("Opened {path}.").format(path=path.name))

    @Slot()
    def export_weights(self) -> None:
        """Ask for a file name and write the weights of this moment."""
        with self._trainer.exclusive() as session:
            model = TrainedModel.of(session.setup, session.dataset, session.parameters)
        filters = [f"{exporter.title} (*{exporter.suffix})" for exporter in EXPORTERS]
        start = self._folder() / f"{model.dataset}{EXPORTERS[0].suffix}"
        path = self._dialogs.ask_save_path(self._window, self.tr("Export weights"), start, filters)
        if path is None:
            return
        try:
            export(model, path)
        except UserError as error:
            self._window.warn(str(error))
            return
        self._remember_folder(path)
        text = self.tr("Wrote the weights as they were when you asked for it to {path}.")
        self._window.inform(text.format(path=path))

    @Slot()
    def quit(self) -> None:
        """Close the window, and with it the program."""
        self._window.close()

    @Slot()
    def undo(self) -> None:
        """Take back the last change."""
        self._document.undo_stack.undo()

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back."""
        self._document.undo_stack.redo()

    @Slot()
    def delete_selected(self) -> None:
        """Remove what is selected on the canvas."""
        self._window.editor.delete_here()

    @Slot()
    def type_layers(self) -> None:
        """Go to the field that takes the layers."""
        self._window.readout.layers_field.setFocus()
        self._window.readout.layers_field.selectAll()

    @Slot()
    def insert_layer(self) -> None:
        """Put in a new layer."""
        self._window.editor.insert_layer_here()

    @Slot()
    def remove_layer(self) -> None:
        """Remove the selected layer."""
        self._window.editor.remove_layer_here()

    @Slot()
    def add_unit(self) -> None:
        """Add a unit to the selected layer."""
        self._window.editor.add_unit_here()

    @Slot()
    def remove_unit(self) -> None:
        """Remove a unit."""
        self._window.editor.remove_unit_here()

    @Slot()
    def choose_activation(self) -> None:
        """Open the menu of activations for the selected layer."""
        self._window.open_activation_menu()

    @Slot()
    def train_or_pause(self) -> None:
        """Train, or pause."""
        self._trainer.train_or_pause()

    @Slot()
    def step_update(self) -> None:
        """Do one update."""
        self._trainer.step_update()

    @Slot()
    def step_epoch(self) -> None:
        """Train to the end of the epoch."""
        self._trainer.step_epoch()

    @Slot()
    def reset(self) -> None:
        """Go back to the same start."""
        self._document.reset()

    @Slot()
    def new_start(self) -> None:
        """Start anew with the next seed."""
        self._document.new_start()

    @Slot()
    def mode_batch(self) -> None:
        """Choose batch gradient descent."""
        self._document.set_mode(Mode.BATCH)

    @Slot()
    def mode_mini_batch(self) -> None:
        """Choose mini-batch gradient descent."""
        self._document.set_mode(Mode.MINI_BATCH)

    @Slot()
    def mode_stochastic(self) -> None:
        """Choose stochastic gradient descent."""
        self._document.set_mode(Mode.STOCHASTIC)

    @Slot()
    def zoom_in(self) -> None:
        """Come nearer to the network."""
        self._window.canvas.zoom_in()

    @Slot()
    def zoom_out(self) -> None:
        """Step back from the network."""
        self._window.canvas.zoom_out()

    @Slot()
    def fit_network(self) -> None:
        """Show the whole network."""
        self._window.canvas.fit()

    @Slot(bool)
    def log_scale(self, on: bool) -> None:
        """Show the loss on a logarithmic or a linear axis."""
        self._window.loss_plot.set_logarithmic(on)

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
        self._window.reset_layout()

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
        self._dialogs.tell(
            self._window, self.tr("Keyboard shortcuts"), f"<table>{''.join(rows)}</table><p>{more}</p>"
        )

    @Slot()
    def show_about(self) -> None:
        """Tell version and licence."""
        text = self.tr(
            "<h3>NN Desktop {version}</h3><p>Draw, train and understand small neural networks.</p>"
            "<p>MIT licence. Datasets: UCI Machine Learning Repository, CC BY 4.0.</p>"
        )
        self._dialogs.tell(self._window, self.tr("About NN Desktop"), text.format(version=__version__))

    def _set_theme(self, choice: ThemeChoice) -> None:
        self._theme.set_choice(choice)
        self._settings.setValue(THEME, choice.value)

    def _folder(self) -> Path:
        folder = Path(str(self._settings.value(FOLDER, "")))
        return folder if folder.is_dir() else Path.home()

    def _remember_folder(self, path: Path) -> None:
        self._settings.setValue(FOLDER, str(path.resolve().parent))
