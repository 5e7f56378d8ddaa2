"""Makes all pictures here anew, from the program as it is: ``python resources/screenshots/make.py``.

Needs a display, or QT_QPA_PLATFORM=offscreen.
"""

import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from nn_desktop.data.catalogue import find_source
from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.dialogs.dialogs import WindowDialogs
from nn_desktop.desktop.document.document import make_document
from nn_desktop.desktop.engines.dialog import EngineComparison
from nn_desktop.desktop.first_launch import HAS_TRAINED
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.settings import LEARNING_RATE
from nn_desktop.training.setup import make_setup

FOLDER = Path(__file__).parent
COMPARISON_SECONDS = 25.0
PICTURES = (
    # file, theme, width, height, dataset, layers, learning rate, epochs
    ("main-light.png", ThemeChoice.LIGHT, 1440, 900, "sine", "1-8-8-1", 0.05, 400),
    ("main-dark.png", ThemeChoice.DARK, 1440, 900, "spiral", "2-8:sine-8:sine-1", 0.05, 600),
    ("digits-light.png", ThemeChoice.LIGHT, 1440, 900, "digits", "64-32-10", 0.05, 30),
    ("small-dark.png", ThemeChoice.DARK, 1024, 700, "gaussians", "2-16-16-1", 0.1, 300),
)


def main() -> int:
    """Open a window for each picture, train, and save what it shows."""
    application = QApplication(sys.argv[:1])
    theme = Theme(application, ThemeChoice.LIGHT)
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, choice, width, height, *example) in enumerate(PICTURES):
            settings = make_settings(f"{folder}/{number}.ini")
            theme.set_choice(choice)
            window = make_window(theme, settings, WindowDialogs())
            window.resize(width, height)
            window.show()
            window.actions_by_name["reset_layout"].trigger()
            show_example(application, window, *example)
            window.grab().save(str(FOLDER / name))
            window.close_without_asking()
            window.deleteLater()
        for name, *example, drawn in CANVAS_PICTURES:
            make_canvas_pictures(application, theme, folder, name, example, drawn)
        make_comparison_pictures(application, theme)
    return 0


def make_settings(path: str) -> QSettings:
    """Make the settings of somebody who has trained before, without the hints of the first launch."""
    settings = QSettings(path, QSettings.Format.IniFormat)
    settings.setValue(HAS_TRAINED, True)
    return settings


def make_comparison_pictures(application, theme) -> None:
    """Save the comparison of the engines, complete, in both themes."""
    theme.set_choice(ThemeChoice.LIGHT)
    document, trainer = make_document(
        make_setup(find_source("sine").default_settings, parse_layers("1-64-64-1"), Activation.TANH)
    )
    comparison = EngineComparison(document, trainer, theme)
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
        settings = make_settings(f"{folder}/{name}-{choice}.ini")
        window = make_window(theme, settings, WindowDialogs())
        window.resize(1440, 900)
        window.show()
        window.actions_by_name["reset_layout"].trigger()
        if drawn is not None:
            window.document.choose_source(find_source(example[0]))
            window.document.type_layers(example[1])
            drawn(window.editor)
        show_example(application, window, *example)
        window.canvas.grab().save(str(FOLDER / f"{name}-{choice}.png"))
        window.close_without_asking()
        window.deleteLater()


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
    window.trainer.post(lambda session: session.advance(session.walk.updates_until(epochs))).result()
    window.message_bar.hide()
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        application.processEvents()


if __name__ == "__main__":
    raise SystemExit(main())
