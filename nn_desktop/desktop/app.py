"""Opens the window."""

import logging
import os
import sys
from functools import partial
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSettings,
    QTimer,
    QtMsgType,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from nn_desktop import __version__
from nn_desktop.desktop.actions.view import THEME
from nn_desktop.desktop.dialogs.dialogs import Dialogs, WindowDialogs
from nn_desktop.desktop.document.document import make_document
from nn_desktop.desktop.document.failures import describe_failure
from nn_desktop.desktop.first_launch import is_first_launch
from nn_desktop.desktop.garbage import GarbageCollector
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.desktop.main_window import MainWindow
from nn_desktop.desktop.project.opener import example
from nn_desktop.engines.selection import ChoiceMemory
from nn_desktop.errors import UserError
from nn_desktop.files.engine_memory import EngineMemory
from nn_desktop.process import BAD_INPUT, INTERRUPTED, StopRequest, end_process
from nn_desktop.programs import end_all_programs
from nn_desktop.texts import sentence, shown
from nn_desktop.user_folders import recovery_folder

STOP_LOOK_MILLISECONDS = 100
"""So often it is looked whether the process was asked to end."""
SWITCH_SECONDS = 0.0003
"""So long a thread that computes keeps the interpreter from one that waits, such as the one that draws."""


def run_window(arguments: list[str], stop: StopRequest) -> int:
    """Open the window and stay until it is closed; return the exit code.

    Parameters
    ----------
    arguments
        A file or a link to open, or nothing.
    stop
        Closes the window when a stop is asked for.

    Raises
    ------
    UserError
        If there is no display to open a window on.
    """
    check_display()
    with stop.answered_by(end_process):  # until it is open there is nothing to keep
        application, window = _open_program(arguments)
    collector, ending = GarbageCollector(window), _Ending(stop, window)
    code = application.exec()
    ending.stop()
    collector.stop()
    sys.excepthook = sys.__excepthook__
    code = INTERRUPTED if stop.asked else code
    if not window.trainer.has_ended:
        # Python would end that thread where it is, which compiled code does not survive.
        window.saver.finish()
        QSettings().sync()
        end_all_programs()
        os._exit(code)
    return code


def _open_program(arguments: list[str]) -> tuple[QApplication, MainWindow]:
    """Make the window, and open in it what is asked for."""
    sys.setswitchinterval(SWITCH_SECONDS)
    logging.basicConfig()
    application = _make_application()
    application.setApplicationName("NN Desktop")
    application.setOrganizationName("NN Desktop")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("nn-desktop")
    settings = QSettings()
    theme = Theme(application, _theme_choice(settings))
    window = make_window(theme, settings, WindowDialogs(), EngineMemory.of_user())
    if is_first_launch(settings):
        window.training_bar.pace_bar.begin_slowly()
    sys.excepthook = partial(report_failure, window)
    window.show()
    window.keep_work_in(recovery_folder())
    if arguments:
        window.opener.open_source(arguments[0])
    return application, window


def _make_application() -> QApplication:
    """Connect to the display; Qt would end the process with a core dump where none answers."""
    remarks: list[str] = []

    def listen(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind is not QtMsgType.QtFatalMsg:
            remarks.append(text.strip())
            return
        display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "none"
        why = "; ".join(remark.rstrip(".") for remark in remarks[:2]) or text.partition(".")[0]
        answer = sentence(
            f'The window cannot be opened on the display "{shown(display)}", which does not answer, or a '
            f"library that Qt needs is missing ({why}): start it on a desktop, install what the README "
            'names, set QT_QPA_PLATFORM=offscreen, or use "nn-desktop train", which needs no display.'
        )
        print(f"nn-desktop: {answer}", file=sys.stderr, flush=True)
        os._exit(BAD_INPUT)

    before = qInstallMessageHandler(listen)
    application = QApplication(sys.argv[:1])
    qInstallMessageHandler(before)
    for remark in remarks:
        print(remark, file=sys.stderr)
    return application


def make_window(
    theme: Theme, settings: QSettings, dialogs: Dialogs, memory: ChoiceMemory | None = None
) -> MainWindow:
    """Make the window with an example that learns at once: a sine, and two hidden layers."""
    document, trainer = make_document(example(), memory)
    return MainWindow(document, trainer, theme, settings, dialogs)


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


def report_failure(
    window: MainWindow,
    kind: type[BaseException],
    error: BaseException,
    traceback: TracebackType | None,
) -> None:
    """Log and show an error that did not pass through `Document.attempt`; the window stays usable.

    It comes from a view, a timer, a dialog or a field of a panel: what it left behind is not known here.
    """
    window.message_bar.warn(describe_failure(error, is_as_before=False))


class _Ending(QObject):
    """Closes the window when the process is asked to end, also while a dialog is open.

    Python hears of a signal only when it has something to do: the timer sees to that.
    """

    def __init__(self, stop: StopRequest, window: MainWindow) -> None:
        super().__init__(window)
        self._stop_request, self._window = stop, window
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(STOP_LOOK_MILLISECONDS)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    @Slot()
    def _look(self) -> None:
        if self._stop_request.asked:
            self._timer.stop()
            try:
                self._window.close_without_asking()
            finally:
                QApplication.exit(INTERRUPTED)  # the loops of all dialogs too


def _theme_choice(settings: QSettings) -> ThemeChoice:
    try:
        return ThemeChoice(str(settings.value(THEME, ThemeChoice.SYSTEM)))
    except ValueError:
        return ThemeChoice.SYSTEM
