"""Makes all pictures here anew, from the program as it is: ``python resources/screenshots/make.py``.

Needs a display, or QT_QPA_PLATFORM=offscreen.
"""

import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from nn_desktop.data.catalogue import find_source
from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.dialogs.dialogs import WindowDialogs
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.document.document import make_document
from nn_desktop.desktop.engines.dialog import EngineComparison
from nn_desktop.desktop.first_launch import HAS_TRAINED
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.desktop.panels.pace_bar import PACE
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.settings import LEARNING_RATE
from nn_desktop.training.setup import make_setup

FOLDER = Path(__file__).parent
WIDE, SMALL = (1440, 900), (1024, 700)
UPDATES_PER_SECOND = 1000.0
COMPARISON_SECONDS = 25.0


def main() -> int:
    """Open a window for each picture, train, and save what it shows."""
    application = QApplication(sys.argv[:1])
    theme = Theme(application, ThemeChoice.LIGHT)
    with tempfile.TemporaryDirectory() as folder:
        for name, choice, size, *example, what_is_done in PICTURES:
            theme.set_choice(choice)
            window = open_window(theme, make_settings(f"{folder}/{name}.ini"), size)
            show_example(application, window, *example)
            if what_is_done is not None:
                what_is_done(application, window)
            wait(application, 2)  # small pictures of data are drawn one by one
            save(window, window, name)
        for name, *example, drawn in CANVAS_PICTURES:
            make_canvas_pictures(application, theme, folder, name, example, drawn)
        make_comparison_pictures(application, theme, make_settings(f"{folder}/engines.ini"))
    return 0


def open_window(theme, settings: QSettings, size: tuple[int, int]):
    """Open a window with all panels where they are at first."""
    window = make_window(theme, settings, WindowDialogs())
    window.resize(*size)
    window.show()
    window.actions_by_name["reset_layout"].trigger()
    return window


def save(window, part, file: str) -> None:
    """Save what a part of the window shows, and close the window."""
    part.grab().save(str(FOLDER / file))
    window.close_without_asking()
    window.deleteLater()


def wait(application, seconds: float) -> None:
    """Let the window work."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        application.processEvents()


def make_settings(path: str) -> QSettings:
    """Make the settings of somebody who has trained before, without the hints of the first launch."""
    settings = QSettings(path, QSettings.Format.IniFormat)
    settings.setValue(HAS_TRAINED, True)
    settings.setValue(PACE, str(UPDATES_PER_SECOND))
    return settings


def train_on(application, window) -> None:
    """Go on training, so that the picture shows it."""
    window.actions_by_name["log_scale"].trigger()
    window.actions_by_name["train_or_pause"].trigger()


def look_back(application, window) -> None:
    """Compare three runs, and look back at where settings of the last one were changed."""
    for learning_rate, epochs in ((0.01, 300), (0.1, 150)):
        window.actions_by_name["reset"].trigger()
        window.document.change_setting(LEARNING_RATE, learning_rate)
        train(window, epochs)
    window.document.change_setting(LEARNING_RATE, 0.02)
    train(window, 400)
    window.actions_by_name["log_scale"].trigger()
    window.docks.by_name["dock_runs"].raise_()
    wait(application, 1)
    window.docks.runs.table.selectAll()
    window.docks.runs.actions_by_name["show_run"].trigger()
    window.docks.runs.table.clearSelection()
    window.actions_by_name["previous_mark"].trigger()


def inspect(application, window) -> None:
    """Show a layer with its matrix, and the numbers on the lines."""
    window.findChild(QAction, "example_textbook").trigger()
    wait(application, 1)
    window.actions_by_name["workspace_network"].trigger()
    window.actions_by_name["numbers_on_lines"].trigger()
    window.actions_by_name["step_update"].trigger()
    wait(application, 1)
    window.editor.selection.select_layer(window.document.setup.topology.layers[1].id)


PICTURES = (
    # file, theme, size, dataset, layers, learning rate, epochs, what is done then
    ("main-light.png", ThemeChoice.LIGHT, WIDE, "sine", "1-8-8-1", 0.05, 60, train_on),
    ("main-dark.png", ThemeChoice.DARK, WIDE, "spiral", "2-8:sine-8:sine-1", 0.05, 300, train_on),
    ("looking-back-light.png", ThemeChoice.LIGHT, WIDE, "sine", "1-8-8-1", 0.05, 200, look_back),
    ("inspector-light.png", ThemeChoice.LIGHT, WIDE, "sine", "1-8-8-1", 0.05, 1, inspect),
    ("digits-light.png", ThemeChoice.LIGHT, WIDE, "digits", "64-32-10", 0.05, 30, None),
    ("small-dark.png", ThemeChoice.DARK, SMALL, "gaussians", "2-16-16-1", 0.1, 300, None),
)


def make_comparison_pictures(application, theme, settings: QSettings) -> None:
    """Save the comparison of the engines, complete, in both themes."""
    theme.set_choice(ThemeChoice.LIGHT)
    document, trainer = make_document(
        make_setup(find_source("sine").default_settings, parse_layers("1-64-64-1"), Activation.TANH)
    )
    comparison = EngineComparison(document, trainer, theme, WindowDialogs(), LastFolder(settings))
    comparison.resize(1000, 690)
    comparison.open_and_run()
    deadline = time.monotonic() + COMPARISON_SECONDS
    while time.monotonic() < deadline:
        application.processEvents()
        time.sleep(0.01)  # leaves the interpreter to the engines
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        theme.set_choice(choice)
        application.processEvents()
        comparison.grab().save(str(FOLDER / f"engines-{choice}.png"))
    comparison.close()
    trainer.close()


def make_canvas_pictures(application, theme, folder: str, name: str, example: list, drawn) -> None:
    """Save the canvas alone, in both themes."""
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        theme.set_choice(choice)
        window = open_window(theme, make_settings(f"{folder}/{name}-{choice}.ini"), WIDE)
        if drawn is not None:
            window.document.choose_source(find_source(example[0]))
            window.document.type_layers(example[1])
            drawn(window.editor)
        show_example(application, window, *example)
        save(window, window.canvas, f"{name}-{choice}.png")


def draw_skips(editor) -> None:
    """Draw what a chain of layers does not have: links over layers, and connections one by one."""
    layers = editor.topology.layers
    editor.connect_parts(layers[0].id, layers[2].id)
    editor.connect_parts(layers[1].units[0], layers[4].units[0])
    editor.erase(connections=[(layers[1].units[2], unit) for unit in layers[2].units[1:]])
    editor.freeze_connections([(layers[2].units[0], layers[3].units[0])], True)
    editor.selection.clear()


CANVAS_PICTURES = (
    # file without theme, dataset, layers, learning rate, epochs, what is drawn by hand before it learns
    ("canvas-small", "circle", "2-8-8-1", 0.05, 60, None),
    ("canvas-skip", "xor", "2-6-5-4-1", 0.05, 60, draw_skips),
    ("canvas-large", "digits-784", "784-512-256-10", 0.05, 2, None),
)


def show_example(application, window, dataset: str, layers: str, learning_rate: float, epochs: int) -> None:
    """Set up an example and train it for so many epochs."""
    window.document.choose_source(find_source(dataset))
    window.document.confirmation_needed.connect(
        lambda question, proceed: proceed()
    )  # it is meant to be large
    window.document.type_layers(layers)
    window.document.change_setting(LEARNING_RATE, learning_rate)
    train(window, epochs)
    window.message_bar.hide()
    wait(application, 1)


def train(window, epochs: int) -> None:
    """Train up to an epoch, as fast as it can."""
    window.trainer.post(lambda session: session.advance(session.walk.updates_until(epochs))).result()


if __name__ == "__main__":
    raise SystemExit(main())
