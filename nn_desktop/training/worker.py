"""The thread that trains, so that a window never waits for it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nn_desktop.training.session import Session, Snapshot

SLICE_SECONDS = 0.004
"""Length of a slice: between two of them the worker looks at what is asked of it."""
MAX_SLICE_UPDATES = 100_000


@dataclass(frozen=True)
class Goal:
    """Where a step ends: after so many updates since the start, or so many epochs."""

    updates: int | None = None
    epoch: int | None = None

    def updates_left(self, session: Session) -> int:
        """Return the number of updates until it is reached."""
        if self.epoch is not None:
            return session.updates_until(self.epoch)
        return max(0, (self.updates or 0) - session.updates)


class Worker:
    """Runs a session in slices, in a thread of its own.

    Nothing is queued: whoever wants to see the session asks for a snapshot and later takes the newest one;
    whoever wants to change it gets it between two slices (`exclusive`).

    Parameters
    ----------
    session
        To be touched through `exclusive` alone from now on.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._changed = threading.Condition()
        self._session_lock = threading.Lock()
        self._visitors = 0
        self._running = False
        self._closing = False
        self._goal: Goal | None = None
        self._snapshots_asked = 0
        self._snapshots_made = 0
        self._snapshot: Snapshot | None = None
        self._error: Exception | None = None
        self._slice_updates = 1
        self.updates_per_second = 0.0
        self._thread = threading.Thread(target=self._run, name="training", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it trains now."""
        return self._running

    @property
    def is_snapshot_pending(self) -> bool:
        """Whether a snapshot that was asked for has not been taken yet."""
        return self._snapshot is not None or self._is_snapshot_wanted()

    def run(self) -> None:
        """Train until told otherwise."""
        self._set_running(True, None)

    def pause(self) -> None:
        """Stop after the present slice."""
        self._set_running(False, None)

    def step_update(self) -> None:
        """Do one update more, then pause."""
        with self.exclusive() as session:
            waiting = self._goal.updates if self._running and self._goal else None
            self._set_running(True, Goal(updates=(waiting or session.updates) + 1))

    def step_epoch(self) -> None:
        """Train to the end of the present epoch, then pause."""
        with self.exclusive() as session:
            self._set_running(True, Goal(epoch=session.epoch + 1))

    def request_snapshot(self) -> None:
        """Ask for a snapshot of the next moment between two slices."""
        with self._changed:
            self._snapshots_asked += 1
            self._changed.notify()

    def take_snapshot(self) -> Snapshot | None:
        """Return the newest snapshot that was not taken yet."""
        snapshot, self._snapshot = self._snapshot, None
        return snapshot

    def take_error(self) -> Exception | None:
        """Return what went wrong in the thread since the last call. Training is then paused."""
        error, self._error = self._error, None
        return error

    @contextmanager
    def exclusive(self) -> Iterator[Session]:
        """Give the session to the caller, between two slices."""
        with self._changed:
            self._visitors += 1
        try:
            with self._session_lock:
                # What a visitor changes may be much slower: as many updates could last for seconds.
                self._slice_updates = 1
                yield self._session
        finally:
            with self._changed:
                self._visitors -= 1
                self._changed.notify()

    def close(self, timeout: float | None = None) -> bool:
        """End the thread; tell whether it ended within the timeout (seconds)."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _set_running(self, running: bool, goal: Goal | None) -> None:
        with self._changed:
            self._running, self._goal = running, goal
            self._snapshots_asked += 1
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._has_work)
                if self._closing:
                    return
            try:
                with self._session_lock:
                    self._work()
            except Exception as error:  # whatever it is, the window must hear of it and go on
                self._running = False
                self._snapshots_made = self._snapshots_asked
                self._error = error

    def _has_work(self) -> bool:
        return self._closing or (not self._visitors and (self._running or self._is_snapshot_wanted()))

    def _is_snapshot_wanted(self) -> bool:
        return self._snapshots_made < self._snapshots_asked

    def _work(self) -> None:
        if self._running:
            self._train_slice()
        asked = self._snapshots_asked
        if self._snapshots_made < asked:
            self._snapshot = self._session.snapshot()
            self._snapshots_made = asked

    def _train_slice(self) -> None:
        session, goal = self._session, self._goal
        updates = self._slice_updates
        if goal is not None:
            updates = min(updates, goal.updates_left(session))
        began, before = time.perf_counter(), session.updates
        session.advance(updates)
        seconds, done = time.perf_counter() - began, session.updates - before
        if done > 0:
            self._measure(done, seconds)
        if session.diverged or (goal is not None and goal.updates_left(session) == 0):
            session.settle()
            with self._changed:
                self._running = self._running and self._goal is not goal and not session.diverged
                self._snapshots_asked += 1

    def _measure(self, done: int, seconds: float) -> None:
        rate = done / max(seconds, 1e-9)
        self.updates_per_second += 0.1 * (rate - self.updates_per_second)
        # At most doubled at a time: one slice that ran unusually fast must not make the next one long.
        wanted = int(min(rate * SLICE_SECONDS, 2 * self._slice_updates, MAX_SLICE_UPDATES))
        self._slice_updates = max(1, wanted)
