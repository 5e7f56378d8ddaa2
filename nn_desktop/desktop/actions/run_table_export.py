"""The table of runs as a file."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from nn_desktop.desktop.background import Background
from nn_desktop.desktop.dialogs.file_writer import FileWriter
from nn_desktop.desktop.document.document import Document
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
        self, document: Document, background: Background, file_writer: FileWriter, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._background, self._file_writer = document, background, file_writer

    @Slot()
    def export(self) -> None:
        """Write the runs of now."""
        self._document.with_snapshot(self._export)

    def _export(self, snapshot: Snapshot) -> None:
        writer = self._file_writer
        path = writer.ask(self.tr("Export runs"), "runs.csv")
        if path is not None:
            work = partial(_write, path, self._document.runs, snapshot)
            self._background.run(work, partial(writer.tell_written, path), writer.tell_failed)


def _write(path: Path, runs: Runs, snapshot: Snapshot) -> tuple[str, ...]:
    from nn_desktop.files.atomic import write_atomically
    from nn_desktop.files.run_table_csv import run_table_csv
    from nn_desktop.insight.run_table import run_table

    return write_atomically(path, run_table_csv(run_table(runs, snapshot)))
