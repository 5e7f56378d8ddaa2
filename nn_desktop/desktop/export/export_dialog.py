"""The dialog that writes the trained network to files, in one format after another."""

import logging
from enum import StrEnum
from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QObject,
    QSettings,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.export.export_formats import FormatList
from nn_desktop.desktop.export.exporting import (
    ExportJob,
    as_stem,
    at_home,
    format_of,
    is_file,
    is_folder,
    path_of,
    shortened,
    stem_of,
)
from nn_desktop.desktop.look.accessibility import announce, identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.numbers import figure, grouped
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.errors import UserError, bug_in_words
from nn_desktop.files import exporters
from nn_desktop.files.check_vectors import SUFFIX
from nn_desktop.files.checking import Check
from nn_desktop.files.exporters import Exported
from nn_desktop.files.model import TrainedModel
from nn_desktop.process import GRACE_SECONDS
from nn_desktop.texts import shown, visible_lines
from nn_desktop.training.snapshot import Snapshot

log = logging.getLogger(__name__)
FORMAT = "export/format"
POLL_MILLISECONDS = 40
SIZE = QSize(880, 580)
MIN_SIZE = QSize(760, 460)
LIST_WIDTH = 372
MAX_NAMES = 4
"""Of files that are named one by one."""
ICON_PIXELS = 20
OUTCOME_LINES = 5
TICK_SIZE = 1.6
"""How many times as large as text."""
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Sign(StrEnum):
    """How it went: an icon of this name, or a letter."""

    NONE = ""
    TICK = "✓"
    INFO = "info"
    WARNING = "warning"


class _Outcome(QFrame):
    """Says what came of an export: an icon, and a text that may be long and can be copied.

    What the colour of its edge says, the icon and the text say too.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sign = Sign.NONE
        self._icon = QLabel()
        self._icon.setFixedWidth(ICON_PIXELS)
        self._text = QTextEdit()  # a label neither breaks a long path nor scrolls
        identify(self, "export_result")
        identify(self._text, "export_result_text")
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.viewport().setAutoFillBackground(False)
        self._text.document().setDocumentMargin(0)
        self._text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._text.setFixedHeight(OUTCOME_LINES * self.fontMetrics().lineSpacing() + 4)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 8, 10)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        theme.changed.connect(self._restyle)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return "" if self.isHidden() else self._text.toPlainText()

    def say(self, sign: "Sign", text: str) -> None:
        """Say something."""
        text = visible_lines(text)  # it may name files, and what a compiler says of them
        self._sign = sign
        self._text.setPlainText(text)
        self._restyle()
        self.show()
        announce(self._text, text, is_urgent=sign is Sign.WARNING)

    @Slot()
    def _restyle(self) -> None:
        colors = self._theme.colors
        edge = colors.warning if self._sign is Sign.WARNING else colors.accent
        points = TICK_SIZE * self.fontInfo().pointSizeF()
        self.setStyleSheet(
            f"#export_result {{ background: {colors.panel}; border: 1px solid {colors.border};"
            f"border-left: 4px solid {edge}; }}"
            f"#export_result QLabel {{ color: {colors.accent}; font-size: {points:.1f}pt; }}"
        )
        self._icon.clear()
        if self._sign is Sign.TICK:
            self._icon.setText(self._sign)
        elif self._sign is not Sign.NONE:
            self._icon.setPixmap(themed_icon(colors, self._sign).pixmap(ICON_PIXELS, ICON_PIXELS))


class ExportDialog(QDialog):
    """Writes the network as it is when that is asked for, and stays open for the next format.

    Training goes on beside it. Closing it while something is being written ends the check, and it closes
    when that has ended.

    Parameters
    ----------
    trainer
        Has the network.
    theme
        Of the colours.
    settings, last_folder
        Where format and folder are remembered.
    dialogs
        Whom to ask for a place.

    Signals
    -------
    informed(str)
        Files were written.
    warned(str)
        Files were written that should not be relied on, or something went wrong while nobody looked.
    """

    informed = Signal(str)
    warned = Signal(str)

    def __init__(
        self,
        trainer: Trainer,
        theme: Theme,
        settings: QSettings,
        last_folder: LastFolder,
        dialogs: Dialogs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._trainer, self._theme = trainer, theme
        self._settings, self._last_folder, self._dialogs = settings, last_folder, dialogs
        self._main_window = parent
        self._job: ExportJob | None = None
        self._suggested = ""
        self._replaces = False
        self._written: Path | None = None
        self._closes_at_end = False
        self.formats = FormatList(exporters.EXPORTERS)
        self._name, self._folder = QLineEdit(), QLineEdit()
        self._browse = QPushButton(self.tr("&Browse…"))
        self._plan = QLabel(wordWrap=True)
        self._warning_icon, self._warning = QLabel(), QLabel(wordWrap=True)
        self._outcome = _Outcome(theme)
        self._bar = QProgressBar()
        self._cancel = QPushButton(self.tr("C&ancel"))
        self._export = QPushButton()
        self._close = QPushButton(self.tr("&Close"))
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._name_everything()
        self._lay_out()
        self._connect()
        self._on_theme_changed()
        self.formats.choose(str(settings.value(FORMAT, "")))

    @property
    def is_running(self) -> bool:
        """Whether something is being written or checked."""
        return self._job is not None

    @property
    def outcome(self) -> str:
        """What it says of the last export."""
        return self._outcome.text

    @property
    def path(self) -> Path | None:
        """The file that would be written; None if nothing is typed that could be its name."""
        folder = self._last_folder.path / at_home(self._folder.text())
        return path_of(folder, self._name.text(), self.formats.ending)

    def open_for(self, name: str) -> None:
        """Come to the front.

        Parameters
        ----------
        name
            Of the project or the dataset: what files are called, unless something else was typed since.
        """
        self._closes_at_end = False
        stem = as_stem(name)
        if stem != self._suggested:
            self._suggested = stem
            self._name.setText(stem + self.formats.ending)
        if not self.isVisible():
            self._written = None
            self._folder.setText(str(self._last_folder.path))
            if not self.is_running:
                self._outcome.hide()
            self.formats.setFocus()
        self._show_plan()
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
                    '"%s" was not written, since the program was asked to end.', shown(self._job.path.name)
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
        """Write once if Enter is held: what is there already would be replaced at once."""
        if event.key() in ENTER and event.isAutoRepeat():
            event.accept()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """End when the main window closes: its thread must not outlive it."""
        if event.type() == QEvent.Type.Hide and not event.spontaneous() and watched is self._main_window:
            self.end()
        return super().eventFilter(watched, event)

    def _name_everything(self) -> None:
        self.setWindowTitle(self.tr("Export weights"))
        widgets: dict[str, QWidget] = {
            "export_dialog": self,
            "export_formats": self.formats,
            "export_name": self._name,
            "export_folder": self._folder,
            "export_browse": self._browse,
            "export_plan": self._plan,
            "export_replace_note": self._warning,
            "export_progress": self._bar,
            "export_cancel": self._cancel,
            "export_start": self._export,
            "export_close": self._close,
        }
        for name, widget in widgets.items():
            identify(widget, name)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addLayout(self._make_left_column())
        columns.addLayout(self._make_right_column(), 1)
        layout.addLayout(columns, 1)
        layout.addLayout(self._make_bottom())
        self.setMinimumSize(MIN_SIZE)
        self.resize(SIZE.boundedTo(self.screen().availableSize()))
        order = (
            self.formats,
            self._name,
            self._folder,
            self._browse,
            self._cancel,
            self._export,
            self._close,
        )
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _make_left_column(self) -> QVBoxLayout:
        label = QLabel(self.tr("For&mat"))
        label.setBuddy(self.formats)
        self.formats.setFixedWidth(LIST_WIDTH)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(label)
        column.addWidget(self.formats, 1)
        return column

    def _make_right_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(self._make_fields())
        column.addWidget(self._plan)
        self._plan.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        note = QHBoxLayout()
        note.addWidget(self._warning_icon, 0, Qt.AlignmentFlag.AlignTop)
        note.addWidget(self._warning, 1)
        column.addLayout(note)
        column.addStretch(1)
        column.addWidget(self._outcome)
        for label in (self._plan, self._warning):
            label.setTextFormat(Qt.TextFormat.PlainText)
        return column

    def _make_fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(8)
        for row, (text, field) in enumerate(
            ((self.tr("File &name"), self._name), (self.tr("F&older"), self._folder))
        ):
            label = QLabel(text)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1, 1, 2 - row)
        grid.addWidget(self._browse, 1, 2)
        return grid

    def _make_bottom(self) -> QHBoxLayout:
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        for widget in (self._bar, self._cancel):
            widget.hide()
        for text in (self.tr("&Export"), self.tr("&Replace")):  # the buttons beside it must not move
            self._export.setText(text)
            self._export.setMinimumWidth(max(self._export.minimumWidth(), self._export.sizeHint().width()))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._bar, 1)
        row.addStretch()
        row.addWidget(self._cancel)
        row.addWidget(self._export)
        row.addWidget(self._close)
        return row

    def _connect(self) -> None:
        for button in (self._browse, self._cancel, self._close):
            button.setAutoDefault(False)
        self._export.setDefault(True)
        self.formats.chosen.connect(self._on_format_chosen)
        self._name.textEdited.connect(self._on_name_edited)
        self._folder.textEdited.connect(self._show_plan)
        self._browse.clicked.connect(self._on_browse)
        self._cancel.clicked.connect(self._on_cancel)
        self._export.clicked.connect(self._on_export)
        self._close.clicked.connect(self.reject)
        self._timer.timeout.connect(self._on_poll)
        self._theme.changed.connect(self._on_theme_changed)

    @Slot(str)
    def _on_format_chosen(self, ending: str) -> None:
        """Let the name end as the format wants."""
        name = self._name.text()
        if name.strip() and format_of(name) != ending:
            self._name.setText(stem_of(name) + ending)
        self._show_plan()

    @Slot(str)
    def _on_name_edited(self, name: str) -> None:
        """Choose the format that the name ends like."""
        ending = format_of(name)
        if ending is not None:
            self.formats.choose(ending)
        self._show_plan()

    @Slot()
    def _on_browse(self) -> None:
        endings = self.formats.endings
        filters = [f"{self.formats.title_of(ending)} (*{ending})" for ending in endings]
        start = self.path or self._last_folder.path / self._suggested
        chosen = self._dialogs.ask_export_path(
            self, self.windowTitle(), start, filters, endings.index(self.formats.ending)
        )
        if chosen is None:
            return
        path, index = chosen
        ending = format_of(path.name)
        self._folder.setText(str(path.parent))
        self._name.setText(path.name if ending is not None else path.name + endings[index])
        self.formats.choose(endings[index] if ending is None else ending)
        self._show_plan()

    @Slot()
    def _show_plan(self) -> None:
        """Say what would be written, and whether that is there already."""
        for field in (self._name, self._folder):
            _mark(field, is_wrong=False)
        path = self.path
        self._replaces = path is not None and is_file(path)
        self._plan.setText("" if path is None else self._describe(path))
        warning = ""
        if path is not None and self._replaces and path != self._written:
            warning = self.tr("{name} is there already. It and the files that belong to it will be replaced.")
            warning = warning.format(name=shortened(path.name))
        if warning and warning != self._warning.text():
            announce(self._warning, warning)
        self._warning.setText(warning)
        self._warning_icon.setVisible(bool(warning))
        self._warning.setVisible(bool(warning))
        self._show_button()

    def _describe(self, path: Path) -> str:
        text = self.tr(
            "Writes {name} and the files that belong to it, such as {check}: inputs and answers to check it "
            "with. The network is taken as it is when you press the button."
        )
        return text.format(name=shortened(path.name), check=shortened(path.name + SUFFIX))

    def _show_button(self) -> None:
        self._export.setText(self.tr("&Replace") if self._replaces else self.tr("&Export"))
        self._export.setEnabled(self._job is None)

    @Slot()
    def _on_export(self) -> None:
        path, knew = self.path, self._replaces
        self._show_plan()
        if self._job is not None:
            return
        if path is None:
            self._refuse(self.tr("The file has no name yet: type one."))
        elif knew or not self._replaces:  # otherwise a file came in between, which the note names now
            self._start(path)

    def _start(self, path: Path) -> None:
        """Write the network of this moment."""
        self._name.setText(self._name.text().strip())
        if format_of(self._name.text()) is None:
            self._name.setText(self._name.text() + self.formats.ending)
        self._settings.setValue(FORMAT, self.formats.ending)
        self._trainer.with_snapshot(partial(self._write, path))

    def _write(self, path: Path, moment: Snapshot) -> None:
        if self._job is not None:  # it was asked for twice
            return
        model = TrainedModel.of(moment.setup, moment.dataset, moment.parameters, moment.engine.engine)
        self._job = ExportJob(model, path, moment.updates)
        text = self.tr("Writing and checking {name}: the network of update {update}…")
        self._outcome.say(Sign.NONE, text.format(name=shown(path.name), update=grouped(moment.updates)))
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
        self._show_button()
        if had_focus:
            (self._cancel if is_running else self._export).setFocus()

    @Slot()
    def _on_cancel(self) -> None:
        if self._job is not None and not self._job.is_cancelled:
            self._job.cancel()
            text = self.tr("Cancelling the check of {name}. What is written stays.")
            self._outcome.say(Sign.NONE, text.format(name=shown(self._job.path.name)))

    @Slot()
    def _on_poll(self) -> None:
        if self._job is not None and self._job.has_ended:
            self._finish()
            if self._closes_at_end:
                self._closes_at_end = False
                super().reject()

    def _finish(self) -> None:
        """Say what came of it."""
        job, self._job = self._job, None
        assert job is not None
        self._timer.stop()
        if self._main_window is not None:
            self._main_window.removeEventFilter(self)
        if job.exported is not None:
            self._written = job.path
        self._show_running()
        self._show_plan()
        if job.exported is not None:
            self._last_folder.remember(job.path)
            self._tell(job.exported, job)
        else:
            self._refuse(self._explain(job), job.path)

    def _tell(self, exported: Exported, job: ExportJob) -> None:
        check = exported.check
        wrote = self.tr("Wrote {files}: the network of update {update}.")
        wrote = wrote.format(files=self._list_files(exported.paths), update=grouped(job.updates))
        text = " ".join((wrote, self._describe_check(check, job.is_cancelled), *exported.remarks))
        is_bad = check.is_checked and not check.is_good
        self._outcome.say(Sign.TICK if check.is_good else Sign.WARNING if is_bad else Sign.INFO, text)
        (self.warned if is_bad else self.informed).emit(text)

    def _describe_check(self, check: Check, is_cancelled: bool) -> str:
        if not check.is_checked and is_cancelled:
            return self.tr("The check was cancelled: the files stay, and nothing was compared.")
        if not check.is_checked:
            text = self.tr("It could not be checked: {why}.")
            return text.format(why=check.why_not)
        if check.is_good and check.difference == 0:
            text = self.tr("Checked with {reader}: no difference over {inputs} inputs.")
        elif check.is_good:
            text = self.tr("Checked with {reader}: largest difference {difference} over {inputs} inputs.")
        else:
            text = self.tr(
                "Do not rely on this file: {reader} computes something else from it. Largest difference "
                "{difference} over {inputs} inputs; rounding explains no more than {tolerance}."
            )
        return text.format(
            reader=check.reader,
            difference=figure(check.difference),
            inputs=grouped(check.inputs),
            tolerance=figure(check.tolerance),
        )

    def _list_files(self, paths: tuple[Path, ...]) -> str:
        first, *others = (shown(path.name) for path in paths)
        if not others:
            return first
        if len(others) <= MAX_NAMES:
            text = self.tr("{first} (and {others})")
            return text.format(first=first, others=", ".join(others))
        text = self.tr("{first} (and {others}, and {number} more files)")
        named = others[: MAX_NAMES - 1]
        return text.format(first=first, others=", ".join(named), number=len(others) - len(named))

    def _explain(self, job: ExportJob) -> str:
        if isinstance(job.error, UserError):
            return str(job.error)
        if isinstance(job.error, OSError):
            text = self.tr("The file {name} cannot be written ({error}): choose another name or place.")
            return text.format(name=shown(job.path.name), error=job.error.strerror or job.error)
        text = self.tr("The export of {name} stopped at an error of the program ({error}).")
        return text.format(name=shown(job.path.name), error=bug_in_words(job.error))

    def _refuse(self, why: str, path: Path | None = None) -> None:
        """Say why nothing was written, and let another name or place be typed at once."""
        self._outcome.say(Sign.WARNING, why)
        if not self.isVisible() or self._closes_at_end:
            self.warned.emit(why)
            return
        is_place_wrong = path is not None and not is_folder(path.parent)
        field = self._folder if is_place_wrong else self._name
        _mark(field, is_wrong=True)
        field.setFocus()
        field.setSelection(0, len(field.text() if is_place_wrong else stem_of(field.text())))

    @Slot()
    def _on_theme_changed(self) -> None:
        icon = themed_icon(self._theme.colors, "warning")
        self._warning_icon.setPixmap(icon.pixmap(ICON_PIXELS, ICON_PIXELS))


def _mark(field: QLineEdit, is_wrong: bool) -> None:
    if bool(field.property("wrong")) is not is_wrong:
        field.setProperty("wrong", is_wrong)
        field.style().unpolish(field)
        field.style().polish(field)
