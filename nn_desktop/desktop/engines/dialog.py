"""The window in which all engines train the network side by side."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nn_desktop.bench.live import Comparison, LiveComparison
from nn_desktop.bench.table import as_table
from nn_desktop.desktop.dialogs.dialogs import Dialogs
from nn_desktop.desktop.dialogs.file_writer import FileWriter
from nn_desktop.desktop.dialogs.last_folder import LastFolder
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.engines.view import ComparisonView
from nn_desktop.desktop.look.accessibility import announce, identify
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.look.panel_area import PanelArea
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.engines.names import Precision
from nn_desktop.errors import UserError, bug_in_words
from nn_desktop.training.race import Standing

PULL_MILLISECONDS = 150
COPIED_MILLISECONDS = 1500
CLOSE_SECONDS = 1.0
SIZE = QSize(1000, 690)
MIN_SIZE = QSize(800, 560)


class EngineComparison(QDialog):
    """Runs a comparison of the engines and shows it; training pauses meanwhile: it would disturb.

    The comparison has a thread of its own, which emits nothing: a timer of the window's thread looks at it.

    Parameters
    ----------
    document
        Its network is trained, and anew when it changes.
    trainer
        Pauses while engines are compared. If it is told to train, the comparison stops.
    theme
        Gives the colours.
    dialogs, last_folder
        Where plots are saved.

    Signals
    -------
    running_changed(bool)
        A comparison began or stopped.
    """

    running_changed = Signal(bool)

    def __init__(
        self,
        document: Document,
        trainer: Trainer,
        theme: Theme,
        dialogs: Dialogs,
        last_folder: LastFolder,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        identify(self, "engine_comparison", self.tr("Comparison of the engines"))
        self.setWindowTitle(self.tr("Compare engines"))
        self._document, self._trainer = document, trainer
        self._live: LiveComparison | None = None
        self._shown: Comparison | None = None
        self._is_wanted = False
        self._is_outdated = False
        self._resumes = False
        self._title, self._state = QLabel(), QLabel()
        self._message_bar = MessageBar(theme)
        self._message_bar.setObjectName("comparison_message_bar")
        host = PlotHost(self, FileWriter(dialogs, last_folder, self._message_bar, self), self._message_bar)
        self.view = ComparisonView(theme, host)
        self._run = self._make_button(
            "comparison_run", self.tr("Start or stop the comparison"), self._on_run_clicked
        )
        self._copy = self._make_button(
            "comparison_copy", self.tr("Copy the numbers of the comparison"), self._on_copy_clicked
        )
        self._close = self._make_button("comparison_close", self.tr("Close the comparison"), self.reject)
        self._timer = QTimer(self)
        self._timer.setInterval(PULL_MILLISECONDS)
        self._timer.timeout.connect(self._on_pull)
        self._lay_out()
        self._show_running()
        self.finished.connect(self.stop)
        document.setup_changed.connect(self._on_setup_changed)
        trainer.running_changed.connect(self._on_training_changed)

    @property
    def is_running(self) -> bool:
        """Whether engines are being compared."""
        return self._is_wanted

    def sizeHint(self) -> QSize:
        """Give the size that shows it well."""
        return SIZE.boundedTo(self.screen().availableSize())

    def open_and_run(self) -> None:
        """Come to the front, and compare."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.start()

    def start(self) -> None:
        """Compare the engines on the network of now; training pauses."""
        if self._is_wanted:
            return
        self._is_wanted = True
        self._resumes = self._trainer.is_running
        self._trainer.pause()
        if self._live is None:
            self._begin()
        self._timer.start()
        self._show_running()
        self.running_changed.emit(True)

    @Slot()
    def stop(self) -> None:
        """End the comparison; training goes on if it did before. The numbers stay."""
        if self._end_run(self.tr("Stopped.")):
            self._resume()

    def end(self) -> None:
        """Close, and wait for the thread: the program ends."""
        self._resumes = False
        self.close()
        if self._live is not None:
            self._live.join(CLOSE_SECONDS)
            self._live = None
        self._timer.stop()

    def _make_button(self, name: str, accessible_name: str, slot: object) -> QPushButton:
        button = QPushButton()
        identify(button, name, accessible_name)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        identify(self._title, "comparison_title")
        identify(self._state, "comparison_state")
        font = QFont(self.font())
        font.setBold(True)
        self._title.setFont(font)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._state.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        for label in (self._title, self._state):
            label.setWordWrap(True)
        self._copy.setText(self.tr("Copy &numbers"))
        self._copy.setToolTip(
            self.tr("Put all numbers on the clipboard, as a table that a spreadsheet takes")
        )
        self._copy.setEnabled(False)
        self._close.setText(self.tr("&Close"))
        self._run.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self._run)
        buttons.addWidget(self._copy)
        buttons.addStretch(1)
        buttons.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        area = PanelArea()
        area.hold(self.view)
        for widget in (self._title, self._state, self._message_bar):
            layout.addWidget(widget)
        layout.addWidget(area, 1)
        layout.addLayout(buttons)
        self.setMinimumSize(MIN_SIZE)

    def _begin(self) -> None:
        self._is_outdated = False
        self._live = LiveComparison(self._document.setup)

    def _end_run(self, why: str) -> bool:
        """Ask the thread to end, and say why; tell whether there was something to end."""
        if not self._is_wanted:
            return False
        self._is_wanted = False
        if self._live is not None:
            self._live.stop()
        self._state.setText(why)
        self._show_running()
        self.running_changed.emit(False)
        return True

    def _show_running(self) -> None:
        self._run.setText(self.tr("&Stop") if self._is_wanted else self.tr("&Start"))

    @Slot()
    def _on_pull(self) -> None:
        if self._live is None or self._live.has_ended:
            self._on_thread_ended()
        elif self._is_wanted and not self._is_outdated and self._live.newest is not None:
            self._show(self._live.newest)

    def _on_thread_ended(self) -> None:
        live, self._live = self._live, None
        if live is not None and live.error is not None:
            self._fail(live.error)
        if self._is_wanted:
            self._begin()
        else:
            self._timer.stop()

    def _fail(self, error: Exception) -> None:
        text = self.tr("The comparison stopped at an error of the program ({error}).")
        text = text.format(error=bug_in_words(error))
        if self._end_run(str(error) if isinstance(error, UserError) else text):
            announce(self._state, self._state.text(), is_urgent=True)
            self._resume()

    def _resume(self) -> None:
        has_samples = not self._document.setup.data.source.why_no_samples
        if self._resumes and has_samples and not self._trainer.is_running:
            self._trainer.train_or_pause()

    def _show(self, comparison: Comparison) -> None:
        was_complete = self._shown is not None and self._shown.is_complete
        self._shown = comparison
        self._copy.setEnabled(True)
        self._title.setText(self._title_of(comparison))
        self._state.setText(self._state_of(comparison))
        self.view.show_comparison(comparison)
        if comparison.is_complete and not was_complete:
            announce(self._state, self.tr("The curves are complete."))

    def _title_of(self, comparison: Comparison) -> str:
        workload = comparison.workload
        bits = 32 if workload.precision is Precision.FLOAT32 else 64
        text = self.tr("{layers} · batches of {batch} · {bits}-bit numbers")
        layers = "-".join(map(str, workload.topology.sizes))
        return text.format(layers=layers, batch=grouped(workload.batch_size), bits=bits)

    def _state_of(self, comparison: Comparison) -> str:
        texts = [self.tr("Training is paused meanwhile.")]
        seconds = _seconds_of(comparison.standings)
        texts.append(
            self.tr("Each engine has trained for {seconds} s.").format(seconds=grouped(round(seconds)))
        )
        if not comparison.is_complete:
            texts.append(self.tr("The curves are being measured."))
        return " ".join(texts)

    @Slot()
    def _on_run_clicked(self) -> None:
        if self._is_wanted:
            self.stop()
        else:
            self.start()

    @Slot()
    def _on_copy_clicked(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(as_table(self._shown))
            self._copy.setText(self.tr("Copied"))
            announce(self._copy, self.tr("Copied"))
            QTimer.singleShot(COPIED_MILLISECONDS, self, self._on_copied)

    @Slot()
    def _on_copied(self) -> None:
        self._copy.setText(self.tr("Copy &numbers"))

    @Slot()
    def _on_setup_changed(self) -> None:
        """Compare the new network: the thread ends, and the next pull begins anew."""
        if self._is_wanted and self._live is not None:
            self._is_outdated = True
            self._live.stop()

    @Slot(bool)
    def _on_training_changed(self, running: bool) -> None:
        if running:
            self._end_run(self.tr("Stopped, as the network trains again."))


def _seconds_of(standings: tuple[Standing, ...]) -> float:
    """Return how long each has trained that still does."""
    return max(standing.seconds for standing in standings)
