"""The race of the engines as a table: a row for each, with bars and numbers."""

from collections.abc import Sequence
from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from nn_desktop.desktop.engines.bars import PhaseBar, RateBar
from nn_desktop.desktop.engines.table_picture import TablePicture
from nn_desktop.desktop.engines.titles import engine_description, engine_title
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.numbers import NO_NUMBER, duration, figure, grouped
from nn_desktop.desktop.look.pictures import Picture
from nn_desktop.desktop.look.slow_description import SlowDescription
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.plot import Change
from nn_desktop.engines.names import EngineName
from nn_desktop.training.race import ENGINES, Standing, State

if TYPE_CHECKING:
    from nn_desktop.files.number_table import NumberTable, Value

MIN_DECADES = 2
ROW_HEIGHT = 26
WIDEST = ("8\u202f888\u202f888", "888 µs", "8.88·10⁻⁸")
"""Of the numbers of updates a second, of the time of an update, and of the loss: columns must not dance."""
RATE_BAR, RATE, UPDATE, PHASES, LOSS = range(1, 6)
"""Columns."""


class EngineTable(QWidget):
    """Shows how far each engine is; of one that takes no part, why. It is a `Plot`.

    Signals
    -------
    maximize_requested()
        It was clicked twice.
    """

    maximize_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "engine_table", self.tr("How fast each engine trains this network"))
        self._standings: Sequence[Standing] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._add_titles()
        self._rows = {
            name: EngineRow(self._grid, row, name, theme) for row, name in enumerate(ENGINES, start=1)
        }
        for column, stretch in ((RATE_BAR, 2), (PHASES, 4)):
            self._grid.setColumnStretch(column, stretch)

    def show_standings(self, standings: Sequence[Standing]) -> None:
        """Show this moment."""
        self._standings = standings
        rates = [each.updates_per_second for each in standings if each.updates_per_second > 0]
        ends = _decades(rates)
        for standing in standings:
            self._rows[standing.engine].show_standing(standing, ends)

    @property
    def has_points(self) -> bool:
        """Whether something is measured already."""
        return bool(self._standings)

    @property
    def file_name(self) -> str:
        return "engines"

    def picture(self, suffix: str) -> Picture:
        """Return what it shows at this moment."""
        return TablePicture(self)

    def why_no_numbers(self) -> str:
        return ""

    def numbers(self) -> "NumberTable":
        """Return what is measured of each engine; empty cells for what is not."""
        from nn_desktop.files.number_table import NumberTable

        return NumberTable(
            columns=(
                *("engine", "updates", "training time (s)", "updates per second", "time of an update (s)"),
                *("forward (s)", "backward (s)", "update (s)", "loss"),
            ),
            rows=tuple(_row_of(standing) for standing in self._standings),
        )

    def obstacle(self, change: Change) -> str:
        if change is Change.LOG_X:
            return self.tr("The scale of the bars is always logarithmic: each line is ten times as fast")
        if change is Change.LOG_Y:
            return self.tr("The rows of the table are engines, not numbers")
        if change is Change.CROSSHAIR:
            return self.tr("Each bar has its number beside it already")
        return self.tr("The whole table is always in view")

    def is_on(self, change: Change) -> bool:
        return change is Change.LOG_X

    def apply(self, change: Change) -> None:
        """Change nothing."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.maximize_requested.emit()

    def _add_titles(self) -> None:
        right = Qt.AlignmentFlag.AlignRight
        for column, text, tip in (
            (
                RATE_BAR,
                self.tr("updates a second, log scale"),
                self.tr(
                    "All that training does is in it: the sums, the shuffled order, the recorded losses.\n"
                    "Each line of the scale is ten times as fast as the one before."
                ),
            ),
            (UPDATE, self.tr("an update"), self.tr("What the sums of an update take")),
            (
                PHASES,
                self.tr("forward, backward, update"),
                self.tr(
                    "Of what an update consists: the forward pass with the loss, the backward pass that "
                    "makes the gradient, and the update of the parameters"
                ),
            ),
            (LOSS, self.tr("loss"), self.tr("What each has reached in the same time of training")),
        ):
            title = QLabel(text)
            title.setToolTip(tip)
            title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            self._grid.addWidget(title, 0, column)
            if column in (UPDATE, LOSS):
                title.setAlignment(right)


def _row_of(standing: Standing) -> "tuple[Value, ...]":
    phases = standing.phases
    parts = (None,) * 3 if phases is None else (phases.forward, phases.backward, phases.update)
    speed = standing.updates_per_second or None
    return (
        *(engine_title(standing.engine), standing.updates, standing.seconds, speed),
        *(standing.seconds_per_update, *parts, standing.loss),
    )


class EngineRow(QObject):
    """The widgets of one engine.

    Parameters
    ----------
    grid
        Where they are put.
    row
        Which row of it.
    engine
        Whose they are.
    theme
        Gives the colours.
    """

    def __init__(self, grid: QGridLayout, row: int, engine: EngineName, theme: Theme) -> None:
        super().__init__(grid)
        self._engine_title = engine_title(engine)
        self._title = QLabel(self._engine_title)
        self._title.setToolTip(engine_description(engine))
        self._rate_bar, self._phase_bar = RateBar(theme, engine), PhaseBar(theme, engine)
        self._rate, self._update, self._loss = (_number(text) for text in WIDEST)
        identify(self._phase_bar, f"engine_row_{engine}", self._accessible_name(engine))
        self._description = SlowDescription(self._phase_bar)
        self._note = QLabel(wordWrap=True)
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._cells = (self._rate_bar, self._rate, self._update, self._phase_bar, self._loss)
        for column, widget in enumerate((self._title, *self._cells)):
            grid.addWidget(widget, row, column)
        grid.addWidget(self._note, row, 1, 1, len(self._cells))
        grid.setRowMinimumHeight(row, ROW_HEIGHT)
        self._note.hide()

    def _accessible_name(self, engine: EngineName) -> str:
        names = {
            EngineName.PYTHON: self.tr("Parts of an update in plain Python"),
            EngineName.NUMPY: self.tr("Parts of an update in numpy"),
            EngineName.CPP: self.tr("Parts of an update in C++"),
        }
        return names[engine]

    def show_standing(self, standing: Standing, ends: tuple[int, int]) -> None:
        """Show how far the engine is, its speed between two powers of ten."""
        note = self._note_of(standing)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        for cell in self._cells:
            cell.setVisible(not note)
        self._title.setEnabled(not note)
        rate = standing.updates_per_second
        self._rate_bar.set_rate(rate, ends)
        self._rate.setText(grouped(round(rate)) if rate else NO_NUMBER)
        self._update.setText(duration(standing.seconds_per_update))
        self._phase_bar.set_phases(standing.phases)
        self._loss.setText(self._loss_of(standing))
        self._describe(standing, note)

    def _note_of(self, standing: Standing) -> str:
        """Return why the engine takes no part; empty if it does."""
        if standing.state is State.MISSING:
            return self.tr("missing: {reason}").format(reason=standing.reason)
        if standing.state is State.LEFT_OUT:
            text = self.tr("left out: an update would take about {time}, and the others would wait for it")
            return text.format(time=duration(standing.seconds_per_update, 2))
        return ""

    def _loss_of(self, standing: Standing) -> str:
        if standing.state is State.DIVERGED:
            return self.tr("diverged")
        return figure(standing.loss) if isfinite(standing.loss) else NO_NUMBER

    def _describe(self, standing: Standing, note: str) -> None:
        words = f"{self._engine_title}: {note}" if note else self._words_of(standing)
        self._phase_bar.setToolTip(words)
        self._description.set_text(words)

    def _words_of(self, standing: Standing) -> str:
        """Return what the row shows, in words."""
        phases = standing.phases
        if phases is None:
            return ""
        text = self.tr(
            "{engine}: {rate} updates a second. An update takes {time}: forward {forward}, "
            "backward {backward}, update of the parameters {update}. Loss {loss}."
        )
        return text.format(
            engine=self._engine_title,
            rate=self._rate.text(),
            time=self._update.text(),
            forward=duration(phases.forward),
            backward=duration(phases.backward),
            update=duration(phases.update),
            loss=self._loss.text(),
        )


def _number(widest: str) -> QLabel:
    label = QLabel(NO_NUMBER)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest))
    return label


def _decades(rates: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten between which all rates are, two apart at least."""
    if not rates:
        return 0, MIN_DECADES
    low = floor(log10(min(rates)))
    return low, max(ceil(log10(max(rates))), low + MIN_DECADES)
