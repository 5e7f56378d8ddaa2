"""Opens the window."""

import logging
import os
import signal
import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtWidgets import QApplication

from nn_desktop import __version__
from nn_desktop.desktop.commands import THEME
from nn_desktop.desktop.dialogs import Dialogs, WindowDialogs
from nn_desktop.desktop.document import make_document
from nn_desktop.desktop.garbage import GarbageCollector
from nn_desktop.desktop.main_window import MainWindow
from nn_desktop.desktop.project_commands import example
from nn_desktop.desktop.theme import Theme, ThemeChoice
from nn_desktop.engines.selection import ChoiceMemory
from nn_desktop.errors import UserError
from nn_desktop.files.engine_memory import EngineMemory
from nn_desktop.user_folders import recovery_folder

log = logging.getLogger(__name__)
SWITCH_SECONDS = 0.0003
"""So long a thread that computes keeps the interpreter from one that waits, such as the one that draws."""


def run_window(arguments: list[str]) -> int:
    """Open the window and stay until it is closed; return the exit code.

    Parameters
    ----------
    arguments
        A file or a link to open, or nothing.

    Raises
    ------
    UserError
        If there is no display to open a window on.
    """
    check_display()
    sys.setswitchinterval(SWITCH_SECONDS)
    logging.basicConfig()
    application = QApplication(sys.argv[:1])
    application.setApplicationName("NN Desktop")
    application.setOrganizationName("NN Desktop")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("nn-desktop")
    settings = QSettings()
    theme = Theme(application, _theme_choice(settings))
    window = make_window(theme, settings, WindowDialogs(), EngineMemory.of_user())
    collector = GarbageCollector(window)
    failures = _Failures(window)
    sys.excepthook = failures.report
    # The collector's timer lets Python see Ctrl+C in the terminal.
    signal.signal(signal.SIGINT, failures.close_window)
    window.show()
    window.keep_work_in(recovery_folder())
    if arguments:
        _open(window, arguments[0])
    code = application.exec()
    collector.stop()
    sys.excepthook = sys.__excepthook__
    return code


def make_window(
    theme: Theme, settings: QSettings, dialogs: Dialogs, memory: ChoiceMemory | None = None
) -> MainWindow:
    """Make the window with an example that learns at once: a sine, and two hidden layers."""
    document, trainer = make_document(example(), memory)
    return MainWindow(document, trainer, theme, settings, dialogs, memory)


def check_display() -> None:
    """See whether a window can be opened at all: without a display Qt would end the process."""
    has_platform = os.environ.get("QT_QPA_PLATFORM") not in (None, "", "xcb", "wayland")
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not has_platform and not has_display:
        raise UserError(
            "There is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are empty): "
            'start it on a desktop, set QT_QPA_PLATFORM=offscreen, or use "nn-desktop train", '
            "which needs none."
        )


class _Failures:
    """Tells in the window of errors that nobody expected; the window stays usable."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def report(
        self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        """Log an error, and say it in one sentence."""
        log.debug("Unexpected error", exc_info=(kind, error, traceback))
        text = QCoreApplication.translate(
            "MainWindow",
            "Something went wrong in the program ({error}). Nothing is lost: undo the last change and go on.",
        )
        self._window.message_bar.warn(text.format(error=f"{kind.__name__}: {error}"))

    def close_window(self, number: int, frame: object) -> None:
        """Close the window on Ctrl+C in the terminal."""
        self._window.close_without_asking()


def _open(window: MainWindow, argument: str) -> None:
    """Open a file or a link that was given on the command line."""
    from nn_desktop.files.links import looks_shared

    if looks_shared(argument):  # first: a long link is no name that a file could have
        window.project_commands.open_shared(argument)
    else:
        window.project_commands.open_file(Path(argument))


def _theme_choice(settings: QSettings) -> ThemeChoice:
    try:
        return ThemeChoice(str(settings.value(THEME, ThemeChoice.SYSTEM)))
    except ValueError:
        return ThemeChoice.SYSTEM
