"""The dialog that writes the trained network to files, in one format after another."""

import logging
from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QObject,
    QSettings,
    QSize,
    QTimer,
    Slot,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.dialogs.show_in_folder import show_in_folder
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.export.export_formats import FormatList
from nn_desktop.desktop.export.exporting import (
    ExportJob,
)
from nn_desktop.desktop.export.outcome import Outcome, Sign
from nn_desktop.desktop.export.place_form import PlaceForm
from nn_desktop.desktop.export.report import ExportReport
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.input_events import ENTER
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.files import exporters
from nn_desktop.files.exporters import Exported
from nn_desktop.files.model import TrainedModel
from nn_desktop.process import GRACE_SECONDS
from nn_desktop.texts import shown_file, shown_path
from nn_desktop.training.snapshot import Snapshot

log = logging.getLogger(__name__)
FORMAT = "export/format"
POLL_MILLISECONDS = 40
SIZE = QSize(880, 580)
MIN_SIZE = QSize(760, 460)
LIST_WIDTH = 372


class ExportDialog(QDialog):
    """Writes the network as it is when that is asked for, and stays open for the next format.

    Training goes on beside it. Closing it while something is being written ends the check, and it closes
    when that has ended.

    Parameters
    ----------
    settings, last_folder
        Where format and folder are remembered.
    message_bar
        Says in the main window too what was written, and what went wrong while nobody looked.
    """

    def __init__(
        self,
        trainer: Trainer,
        theme: Theme,
        settings: QSettings,
        last_folder: LastFolder,
        dialogs: Dialogs,
        message_bar: MessageBar,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._settings, self._last_folder = settings, last_folder
        self._message_bar = message_bar
        self._main_window = parent
        self._job: ExportJob | None = None
        self._closes_at_end = False
        self.formats = FormatList(exporters.EXPORTERS)
        self.place = PlaceForm(self.formats, theme, last_folder, dialogs)
        self.outcome = Outcome(theme)
        self._report = ExportReport(self)
        self._bar = QProgressBar()
        self._cancel = QPushButton(self.tr("C&ancel"))
        self._show_in_folder = QPushButton(self.tr("&Show in folder"))
        self._export = QPushButton()
        self._close = QPushButton(self.tr("&Close"))
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._name_everything()
        self._lay_out()
        self._connect()
        self.formats.choose(str(settings.value(FORMAT, "")))

    @property
    def is_running(self) -> bool:
        """Whether something is being written or checked."""
        return self._job is not None

    def open_for(self, name: str) -> None:
        """Come to the front.

        Parameters
        ----------
        name
            The project's or the dataset's: what files are called, unless something else was typed since.
        """
        self._closes_at_end = False
        self.place.suggest(name)
        if not self.isVisible():
            self.place.begin()
            if not self.is_running:
                self.outcome.hide()
                self._show_in_folder.hide()
            self.formats.setFocus()
        self.place.show_plan()
        self.show()
        self.raise_()
        self.activateWindow()

    def end(self) -> None:
        """Close, and wait a moment for the thread: the window is gone."""
        self.hide()
        if self._job is not None:
            self._job.cancel()
            if self._job.join(GRACE_SECONDS):
                self._finish()
            else:
                log.warning(
                    '"%s" was not written, since the program was asked to end.',
                    shown_file(self._job.path.name),
                )
                self._timer.stop()

    def reject(self) -> None:
        """Close; if something is being written, when that has ended."""
        if self._job is None:
            super().reject()
            return
        self._closes_at_end = True
        self._on_cancel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Write once if Enter is held; what is there already is replaced by its button alone.

        There Enter is no short way: it leads to the button, and presses it when it has the focus.
        """
        if event.key() in ENTER and event.isAutoRepeat():
            event.accept()
        elif event.key() in ENTER and self.place.needs_care and not self._close.hasFocus():
            (self._export.click if self._export.hasFocus() else self._export.setFocus)()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """End when the main window closes: its thread must not outlive it."""
        if event.type() == QEvent.Type.Hide and not event.spontaneous() and watched is self._main_window:
            self.end()
        return super().eventFilter(watched, event)

    def _name_everything(self) -> None:
        self.setWindowTitle(self.tr("Export weights"))
        for name, widget, accessible_name in (
            ("export_dialog", self, self.tr("Export weights")),
            ("export_formats", self.formats, self.tr("Format")),
            ("export_progress", self._bar, self.tr("An export is under way")),
            ("export_cancel", self._cancel, self.tr("End the check; the files stay")),
            ("export_show_in_folder", self._show_in_folder, ""),
            ("export_start", self._export, ""),
            ("export_close", self._close, self.tr("Close")),
        ):
            identify(widget, name, accessible_name)

    def _lay_out(self) -> None:
        right = fill(QVBoxLayout(), self.place, self.outcome, spacing=8)
        right.insertStretch(1, 1)
        columns = fill(QHBoxLayout(), self._make_left_column(), right, stretched=right, spacing=24)
        bottom = self._make_bottom()
        fill(QVBoxLayout(self), columns, bottom, stretched=columns, margins=(16, 16, 16, 16), spacing=16)
        self.setMinimumSize(MIN_SIZE)
        self.resize(SIZE.boundedTo(self.screen().availableSize()))
        buttons = self._cancel, self._show_in_folder, self._export, self._close
        order = (self.formats, *self.place.tab_stops, *buttons)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _make_left_column(self) -> QVBoxLayout:
        label = QLabel(self.tr("For&mat"))
        label.setBuddy(self.formats)
        self.formats.setFixedWidth(LIST_WIDTH)
        return fill(QVBoxLayout(), label, self.formats, stretched=self.formats, spacing=8)

    def _make_bottom(self) -> QHBoxLayout:
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        for widget in (self._bar, self._cancel, self._show_in_folder):
            widget.hide()
        for text in (self.tr("&Export"), self.tr("&Replace")):  # the buttons beside it must not move
            self._export.setText(text)
            self._export.setMinimumWidth(max(self._export.minimumWidth(), self._export.sizeHint().width()))
        parts = self._bar, self._cancel, self._show_in_folder, self._export, self._close
        row = fill(QHBoxLayout(), *parts, stretched=self._bar, spacing=8)
        row.insertStretch(1)
        return row

    def _connect(self) -> None:
        for button in (self._cancel, self._export, self._close, self._show_in_folder):
            button.setAutoDefault(False)
        self._export.setDefault(True)
        self.place.changed.connect(self._show_button)
        self._cancel.clicked.connect(self._on_cancel)
        self._export.clicked.connect(self._on_export)
        self._show_in_folder.clicked.connect(self._on_show_in_folder)
        self._close.clicked.connect(self.reject)
        self._timer.timeout.connect(self._on_poll)

    @Slot()
    def _show_button(self) -> None:
        self._export.setText(self.tr("&Replace") if self.place.replaces else self.tr("&Export"))
        self._export.setDefault(not self.place.needs_care)
        self._export.setEnabled(self._job is None)

    @Slot()
    def _on_export(self) -> None:
        path, knew = self.place.path, self.place.replaces
        self.place.show_plan()
        if self._job is not None:
            return
        if path is None:
            self._refuse(self.tr("The file has no name yet: type one."))
        elif knew or not self.place.replaces:  # otherwise a file came in between, which the note names now
            self._start(path)

    def _start(self, path: Path) -> None:
        self.place.complete_name()
        self._settings.setValue(FORMAT, self.formats.ending)
        self._trainer.with_snapshot(partial(self._write, path))

    def _write(self, path: Path, snapshot: Snapshot) -> None:
        if self._job is not None:  # it was asked for twice
            return
        model = TrainedModel.of(snapshot.setup, snapshot.dataset, snapshot.parameters, snapshot.engine.engine)
        self._job = ExportJob(model, path, snapshot.updates)
        text = self.tr("Writing and checking {name}: the network of update {update}…")
        self.outcome.say(Sign.NONE, text.format(name=shown_file(path.name), update=grouped(snapshot.updates)))
        self._show_running()
        self._timer.start()
        if self._main_window is not None:
            self._main_window.installEventFilter(self)

    def _show_running(self) -> None:
        """Show or hide the progress; the focus goes along from the one button to the other."""
        had_focus = self._export.hasFocus() or self._cancel.hasFocus()
        is_running = self._job is not None
        self._bar.setVisible(is_running)
        self._cancel.setVisible(is_running)
        self._show_in_folder.setVisible(not is_running and self.place.written is not None)
        self._show_button()
        if had_focus:
            (self._cancel if is_running else self._export).setFocus()

    @Slot()
    def _on_cancel(self) -> None:
        if self._job is not None and not self._job.is_cancelled:
            self._job.cancel()
            text = self.tr("Cancelling the check of {name}. What is written stays.")
            self.outcome.say(Sign.NONE, text.format(name=shown_file(self._job.path.name)))

    @Slot()
    def _on_show_in_folder(self) -> None:
        written = self.place.written
        if written is not None and not show_in_folder(written):
            text = self.tr("No program here shows folders. The path is copied: {path}")
            self.outcome.say(Sign.INFO, text.format(path=shown_path(written)))

    @Slot()
    def _on_poll(self) -> None:
        if self._job is not None and self._job.has_ended:
            self._finish()
            if self._closes_at_end:
                self._closes_at_end = False
                super().reject()

    def _finish(self) -> None:
        job, self._job = self._job, None
        assert job is not None
        self._timer.stop()
        if self._main_window is not None:
            self._main_window.removeEventFilter(self)
        if job.exported is not None:
            self.place.written = job.path
        self._show_running()
        self.place.show_plan()
        if job.exported is not None:
            self._last_folder.remember(job.path)
            self._tell(job.exported, job)
        else:
            self._refuse(self._report.explain(job), job.path)

    def _tell(self, exported: Exported, job: ExportJob) -> None:
        check = exported.check
        text = self._report.describe(exported, job)
        is_bad = check.is_checked and not check.is_good
        self.outcome.say(Sign.TICK if check.is_good else Sign.WARNING if is_bad else Sign.INFO, text)
        self._message_bar.tell_written(text, job.path, is_fine=not is_bad)

    def _refuse(self, why: str, path: Path | None = None) -> None:
        """Say why nothing was written, and let another name or place be typed at once."""
        self.outcome.say(Sign.WARNING, why)
        if not self.isVisible() or self._closes_at_end:
            self._message_bar.warn(why)
            return
        self.place.mark_wrong(path)
