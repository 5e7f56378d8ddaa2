"""A window as the program makes it, with settings and dialogs of the test's own."""

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication, QWidget

from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.dialogs.dialogs import Unsaved
from nn_desktop.desktop.dialogs.file_writer import FileWriter
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.docks import Docks
from nn_desktop.desktop.first_launch import HAS_TRAINED
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.desktop.plots.plot_host import PlotHost

PLOTS, FIELDS = ("dock_fit", "dock_loss"), ("dock_data", "dock_learning")
LEFT_OUT = {
    **dict.fromkeys(("actions", "canvas", "dialogs", "export", "project"), (*PLOTS, *FIELDS)),
    **dict.fromkeys(("document", "engines", "panels", "runs"), PLOTS),
}
"""By folder of tests: panels that are made when a test asks for them, and not at the start."""


class PlannedDialogs:
    """Answers what the test planned, and keeps what was told."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.start: Path | None = None
        self.told: list[str] = []
        self.diagram = None
        self.printer = None
        self.export_path: tuple[Path, int] | None = None
        self.export_asked: tuple[Path, list[str], int] | None = None
        self.unsaved = Unsaved.DISCARD
        self.asked_unsaved: list[str] = []

    def ask_diagram(self, parent, options, suffix, preview):
        return self.diagram

    def ask_printer(self, parent):
        return self.printer

    def ask_save_path(self, parent, title, start, filters):
        self.start = start
        return self.path

    def ask_export_path(self, parent, title, start, filters, chosen):
        self.export_asked = (start, filters, chosen)
        return self.export_path

    def ask_open_path(self, parent, title, start, filters):
        self.start = start
        return self.path

    def ask_unsaved(self, parent, name):
        self.asked_unsaved.append(name)
        return self.unsaved

    def tell(self, parent, title, html):
        self.told.append(html)


@pytest.fixture(autouse=True)
def garbage_is_collected_in_this_thread():
    """Do as the program does (`desktop.garbage`): a thread that collects may destroy a widget, and hang."""
    gc.disable()
    yield
    gc.collect(2 if gc.get_count()[2] > 10 else 1)
    gc.enable()


@pytest.fixture
def dialogs() -> PlannedDialogs:
    return PlannedDialogs()


@pytest.fixture
def settings(tmp_path) -> QSettings:
    """Those of somebody who has trained before; test_first_launch.py is about all others."""
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue(HAS_TRAINED, True)
    return settings


@pytest.fixture
def make_host(dialogs, settings, theme):
    """Makes what serves the plots of a window, with the dialogs of the test."""

    def make(window=None):
        window = window or QWidget()
        bar = MessageBar(theme)
        bar.setParent(window)
        return PlotHost(window, FileWriter(dialogs, LastFolder(settings), bar, window), bar)

    return make


@pytest.fixture
def theme(qapp: QApplication):
    theme = Theme(qapp, ThemeChoice.LIGHT)
    yield theme
    theme.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def open_window(qtbot, theme, settings, dialogs):
    """Opens a main window, shown at 1440×900 with its example; the last one opened is closed first."""
    opened = []

    def open_one():
        window = make_window(theme, settings, dialogs)
        opened.append(window)
        window.resize(1440, 900)
        with qtbot.waitExposed(window):
            window.show()
        window.trainer.settle_engine()  # else it would be measured at some moment of the test
        qtbot.waitUntil(lambda: not window.trainer.snapshot.engine.is_provisional)
        return window

    yield open_one
    for window in reversed(opened):
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(autouse=True)
def no_panels_that_nobody_asks_for(request, monkeypatch):
    """Spare tests that are about something else the panels of the start: they take a third of each test."""
    left_out = LEFT_OUT.get(request.path.parent.name, ())

    def make_seen(docks: Docks) -> None:
        docks._in_view.difference_update(left_out)
        make_all_seen(docks)

    make_all_seen = Docks.make_seen
    monkeypatch.setattr(Docks, "make_seen", make_seen)


@pytest.fixture
def window(open_window):
    """The main window."""
    return open_window()


@pytest.fixture
def document(window):
    return window.document


@pytest.fixture
def trainer(window):
    return window.trainer
