"""Measures runs beside the window, each of them once."""

from collections.abc import Iterable
from functools import partial
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from nn_desktop.desktop.background import Background
from nn_desktop.errors import UserError
from nn_desktop.insight.run_table import Measurer, Measures, Moment


class RunMeasuring(QObject):
    """What is known of moments so far; the others are measured in another thread, one after the other.

    Signals
    -------
    measured()
        More is known.
    """

    measured = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._measurer = Measurer()
        self._known: WeakKeyDictionary[Moment, Measures] = WeakKeyDictionary()
        self._wanted: list[Moment] = []
        self._under_way: Moment | None = None
        self._background = Background(self)

    def known(self, moment: Moment) -> Measures:
        """Return what is known of a moment by now."""
        return self._known.get(moment, Measures())

    def want(self, moments: Iterable[Moment]) -> None:
        """Have these measured, as far as they are not yet, in this order; others are not wanted any more."""
        self._wanted = [
            moment for moment in moments if moment not in self._known and moment is not self._under_way
        ]
        self._go_on()

    def close(self) -> None:
        """Begin nothing more."""
        self._wanted = []
        self._background.close()

    def _go_on(self) -> None:
        if self._wanted and not self._background.is_busy:
            self._under_way = moment = self._wanted.pop(0)
            work = partial(self._measurer.measure, moment)
            self._background.run(work, partial(self._on_measured, moment), partial(self._on_failed, moment))

    def _on_measured(self, moment: Moment, measures: Measures) -> None:
        self._known[moment], self._under_way = measures, None
        self.measured.emit()
        self._go_on()

    def _on_failed(self, moment: Moment, _error: UserError) -> None:
        """Its data cannot be had: nothing is known of it, and nobody asks again."""
        self._on_measured(moment, Measures())
