"""The table of runs as a file."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.background import Background
from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.panels.message_bar import MessageBar
from nn_desktop.errors import UserError
from nn_desktop.texts import shown
from nn_desktop.training.runs import Runs
from nn_desktop.training.snapshot import Snapshot


class RunTableExport(QObject):
    """Asks for a file, and writes the runs into it in another thread: all of them are measured for it.

    Parameters
    ----------
    background
        Writes files, one after the other.
    """

    def __init__(
        self,
        document: Document,
        background: Background,
        dialogs: Dialogs,
        last_folder: LastFolder,
        message_bar: MessageBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._document = document
        self._background = background
        self._dialogs = dialogs
        self._last_folder = last_folder
        self._message_bar = message_bar
        self._window = window

    @Slot()
    def export(self) -> None:
        """Write the runs of now."""
        self._document.with_snapshot(self._export)

    def _export(self, snapshot: Snapshot) -> None:
        path = self._dialogs.ask_save_path(
            self._window,
            self.tr("Export runs"),
            self._last_folder.path / "runs.csv",
            [self.tr("Tables ({suffixes})").format(suffixes="*.csv")],
        )
        if path is not None:
            work = partial(_write, path, self._document.runs, snapshot)
            self._background.run(work, partial(self._on_written, path), self._on_failed)

    def _on_written(self, path: Path, remarks: tuple[str, ...]) -> None:
        self._last_folder.remember(path)
        said = self.tr("Wrote the runs to {name}.").format(name=shown(path.name))
        if remarks:
            self._message_bar.warn(" ".join((said, *remarks)))
        else:
            self._message_bar.tell_written(said, path)

    def _on_failed(self, error: UserError) -> None:
        self._message_bar.warn(str(error))


def _write(path: Path, runs: Runs, snapshot: Snapshot) -> tuple[str, ...]:
    from nn_desktop.files.atomic import write_atomically
    from nn_desktop.files.run_table_csv import run_table_csv
    from nn_desktop.insight.run_table import run_table

    return write_atomically(path, run_table_csv(run_table(runs, snapshot)))
