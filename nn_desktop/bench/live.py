"""The thread that compares engines while a window looks on: a race on one network, two sweeps around it."""

import logging
import threading
import time
from dataclasses import dataclass, replace

from nn_desktop.bench.sweep import BATCHES, Curve, Sweep, by_batch, by_width
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.workload import Workload
from nn_desktop.training.race import Race, Standing
from nn_desktop.training.setup import Setup
from nn_desktop.training.worker import give_way

RACE_SECONDS = 0.012
"""So long the race goes on between two steps of a sweep."""
IDLE_SECONDS = 0.02
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Comparison:
    """What is known of the engines at some moment.

    Attributes
    ----------
    workload
        What an update of the network consists of.
    standings
        Progress of each engine in the race.
    by_width, by_batch
        What an update takes at other widths of the hidden layers, and with other batches.
    has_all_points
        Whether both have all their points, which get better still.
    is_complete
        Whether every curve has all its points.
    """

    workload: Workload
    standings: tuple[Standing, ...]
    by_width: tuple[Curve, ...]
    by_batch: tuple[Curve, ...]
    has_all_points: bool
    is_complete: bool


class LiveComparison:
    """Compares the engines in a thread of its own, from now until it is stopped.

    Parameters
    ----------
    setup
        The setup that every engine trains.

    Attributes
    ----------
    newest
        The latest results; None before the first.
    error
        What ended the thread, if something went wrong.
    """

    def __init__(self, setup: Setup) -> None:
        self.newest: Comparison | None = None
        self.error: Exception | None = None
        self._stop = StopFlag()
        self._thread = threading.Thread(target=self._run, args=(setup,), name="comparison", daemon=True)
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        """Whether the thread is gone."""
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Ask the thread to end; that takes as long as an update of the slowest engine."""
        self._stop.set()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end of the thread; tell whether it came within the timeout (seconds)."""
        self._thread.join(timeout)
        return self.has_ended

    def _run(self, setup: Setup) -> None:
        give_way()
        try:
            self._compare(setup)
        except Exception as error:  # whatever it is, the window must hear of it and go on
            log.debug("The comparison of the engines failed", exc_info=error)
            self.error = error

    def _compare(self, setup: Setup) -> None:
        race = Race(setup, self._stop)
        own = race.workload
        narrow = replace(own, batch_size=min(own.batch_size, BATCHES[-1]))
        sweeps = [Sweep(by_width(narrow)), Sweep(by_batch(own))]
        under_way = list(sweeps)
        while not self._stop:
            races_on = self._race(race)
            if under_way:
                sweep = under_way.pop(0)
                if sweep.step():
                    under_way.append(sweep)  # the two take turns
            elif not races_on:
                time.sleep(IDLE_SECONDS)
            self.newest = _comparison(race, sweeps, not under_way)

    def _race(self, race: Race) -> bool:
        end = time.perf_counter() + RACE_SECONDS
        while time.perf_counter() < end and not self._stop:
            if not race.turn():
                return False
        return True


def _comparison(race: Race, sweeps: list[Sweep], is_complete: bool) -> Comparison:
    by_width, by_batch = sweeps
    return Comparison(
        race.workload,
        race.standings,
        by_width.curves,
        by_batch.curves,
        all(sweep.has_all_points for sweep in sweeps),
        is_complete,
    )
