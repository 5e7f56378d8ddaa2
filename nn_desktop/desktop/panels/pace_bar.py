"""Pace: how fast training may run, from one update a second to as fast as it can."""

from math import inf

from PySide6.QtCore import QSettings, Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider

from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.accessibility import announce, identify
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.desktop.look.plain_text import in_lines
from nn_desktop.desktop.look.steady import SteadyLabel
from nn_desktop.desktop.panels.strip import Strip

PACES = (1, 2, 5, 10, 30, 100, 1000, inf)
"""Updates a second, from the left end of the slider to the right one."""
FIRST_PACE = PACES.index(5)
"""Where the first training of all begins."""
RISE_MILLISECONDS = 1000
"""So long it stays at each pace."""
PACE = "training/pace"


class PaceBar(Strip):
    """A slider for the pace, with the number beside it.

    Parameters
    ----------
    settings
        Where the pace is remembered.
    """

    def __init__(self, trainer: Trainer, settings: QSettings) -> None:
        super().__init__()
        identify(self, "pace_bar", self.tr("Pace of training"))
        self._trainer, self._settings = trainer, settings
        self._slider = QSlider(Qt.Orientation.Horizontal)
        identify(self._slider, "pace", self.tr("Pace"))
        self._slider.setRange(0, len(PACES) - 1)
        self._slider.setPageStep(1)
        self._slider.setFixedWidth(76)
        self._number = SteadyLabel(self._short_text(pace) for pace in PACES)
        identify(self._number, "pace_number")
        self._title = QLabel(self.tr("Pace"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        fill(QHBoxLayout(self), self._title, self._slider, self._number, margins=(4, 0, 4, 0), spacing=6)
        self._rise = QTimer(self, interval=RISE_MILLISECONDS)
        self._rise.timeout.connect(self._on_rise)
        self._is_rising = False
        self._slider.setValue(_remembered_place(settings))
        self._show_pace()
        self._slider.valueChanged.connect(self._on_value_changed)
        self._slider.actionTriggered.connect(self._on_touched)

    def begin_slowly(self) -> None:
        """Let the first training begin slowly and get faster by itself, unless somebody sets the pace."""
        self._is_rising = True
        self._slider.setValue(FIRST_PACE)
        self._trainer.running_changed.connect(self._on_running_changed)

    def change(self, steps: int) -> None:
        """Go some steps faster, or slower."""
        self._on_touched()
        self._slider.setValue(self._slider.value() + steps)

    @property
    def _pace(self) -> float:
        return PACES[self._slider.value()]

    @Slot()
    def _on_value_changed(self) -> None:
        self._show_pace()
        if not self._is_rising:
            self._settings.setValue(PACE, str(self._pace))
            announce(self._slider, self._text())

    def _show_pace(self) -> None:
        self._trainer.set_pace(self._pace)
        self._number.setText(self._short_text(self._pace))
        self._slider.setAccessibleDescription(self._text())
        tip = self.tr(
            "Pace: {pace}. How many updates are done at most, so that one can follow: F7 for fewer, F8 for "
            "more. The network learns the same at every pace, to the last digit."
        )
        for part in (self._title, self._slider, self._number):
            part.setToolTip(in_lines(tip.format(pace=self._text())))

    @Slot()
    def _on_touched(self) -> None:
        """Leave the pace to whoever sets it."""
        self._is_rising = False
        self._rise.stop()

    @Slot(bool)
    def _on_running_changed(self, running: bool) -> None:
        if running and self._is_rising:
            self._rise.start()
        else:
            self._rise.stop()

    @Slot()
    def _on_rise(self) -> None:
        self._slider.setValue(self._slider.value() + 1)
        if self._slider.value() == self._slider.maximum():
            self._on_touched()

    def _text(self) -> str:
        if self._pace == inf:
            return self.tr("unlimited")
        if self._pace == 1:
            return self.tr("1 update a second")
        return self.tr("{count} updates a second").format(count=grouped(int(self._pace)))

    def _short_text(self, pace: float) -> str:
        if pace == inf:
            return self.tr("unlimited")
        return self.tr("{count}/s").format(count=grouped(int(pace)))


def _remembered_place(settings: QSettings) -> int:
    """Return where the slider was; at no limit if that is not known."""
    texts = [str(float(pace)) for pace in PACES]
    try:
        return texts.index(str(float(str(settings.value(PACE)))))
    except ValueError:
        return len(PACES) - 1
