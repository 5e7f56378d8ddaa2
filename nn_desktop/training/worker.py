"""The thread that trains, so that a window never waits for it."""

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from math import inf
from typing import Any, TypeVar

from nn_desktop.engines.engine import StopFlag
from nn_desktop.training.bounded_run import BoundedRun
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.pace import Pace, SpeedLimit
from nn_desktop.training.session import Session
from nn_desktop.training.snapshot import Snapshot
from nn_desktop.training.snapshot_requests import SnapshotRequests
from nn_desktop.training.stopping import ENDLESS, Stopped, StopRule

T = TypeVar("T")
Task = Callable[[Session], T]
"""Something to do with the session; what it returns, its poster gets."""
SLICE_SECONDS = 0.02
"""Length of a slice, unless it is cut short: whoever asks for something also stops the engine."""
MAX_HOLD_SECONDS = 0.1
"""Seconds for which the worker stands still at most, if nobody releases it."""
NICENESS = 5
"""How far the thread stands back where there are fewer cores than work: who draws and clicks goes first."""


class Goal:
    """Where steps end: some updates, or some epochs, after where they begin.

    Parameters
    ----------
    by_epoch
        Whether epochs are counted, or updates.

    Attributes
    ----------
    steps
        How many of them.
    request
        Number of the newest request for a step.
    """

    def __init__(self, by_epoch: bool) -> None:
        self.by_epoch = by_epoch
        self.steps = 1
        self.request = 0
        self._begin: int | None = None

    def updates_left(self, session: Session) -> int:
        """Return the number of updates until it is reached."""
        if self._begin is None:
            self._begin = session.epoch if self.by_epoch else session.updates
        if self.by_epoch:
            return session.walk.updates_until(self._begin + self.steps)
        return max(0, self._begin + self.steps - session.updates)


class Worker:
    """Runs a session in slices, in a thread of its own. No other thread touches the session.

    Whoever wants to see it asks for a snapshot and later takes the newest one; whoever wants to change it
    posts a task, which is done between two slices. Nobody waits.

    Parameters
    ----------
    session
        To be left to the worker from now on.
    on_request
        Called in the thread of whoever asks for something.
    """

    def __init__(self, session: Session, on_request: Callable[[], object] = lambda: None) -> None:
        self._session = session
        self._on_request = on_request
        # Guards everything below, and wakes the thread.
        self._changed = threading.Condition()
        self._requests = 0
        self._tasks: deque[tuple[int, Task[Any], Future[Any]]] = deque()
        self._running = False
        self._closing = False
        self._held = False
        self._interrupt = StopFlag()  # set as well whenever something is asked
        self._goal: Goal | None = None
        self._bounded_run = BoundedRun(ENDLESS)
        self._stopped: Stopped | None = None
        self._snapshots = SnapshotRequests()
        self._error: Exception | None = None
        self._under_way: Future[Any] | None = None
        self._pace = Pace(SLICE_SECONDS)
        self._speed_limit = SpeedLimit()
        self._thread = threading.Thread(target=self._run, name="training", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it trains now."""
        return self._running

    @property
    def has_ended(self) -> bool:
        """Whether the thread is gone."""
        return not self._thread.is_alive()

    @property
    def holds_lock(self) -> bool:
        """Whether all of Python waits while it trains."""
        return self._session.holds_lock

    @property
    def safe_checkpoint(self) -> Checkpoint:
        """The newest moment to fall back on if the worker takes too long to answer."""
        return self._session.safe_checkpoint

    @property
    def has_news(self) -> bool:
        """Whether a snapshot that was asked for, or an error, has not been taken yet."""
        with self._changed:
            is_told = self._error is None and self._stopped is None
            return self._snapshots.has_news or not is_told

    @property
    def is_snapshot_current(self) -> bool:
        """Whether the snapshot that was taken last came after all that was asked for."""
        with self._changed:
            return self._snapshots.has_shown(self._requests)

    def run(self, rule: StopRule = ENDLESS) -> None:
        """Train until told otherwise, or until a rule stops it: see `take_stopped`.

        A rule for a test loss where there are no test samples is the worker's error.
        """
        with self._changed:
            self._bounded_run, self._stopped = BoundedRun(rule), None
            self._set_running(True, None)

    def change_rule(self, rule: StopRule) -> None:
        """Let another rule stop the training that is under way, if one is; minutes count from now."""
        with self._changed:
            if self._running and self._goal is None:
                self._bounded_run = BoundedRun(rule, is_under_way=True)

    @property
    def speed_limit(self) -> float:
        """Updates a second that are done at most; infinite for as many as can be."""
        return self._speed_limit.rate

    def set_speed_limit(self, updates_per_second: float) -> None:
        """Train no faster than that, so that one can follow: what is learned stays the same to the last bit.

        The thread waits between two updates, and hears of everything that is asked for meanwhile. A single
        update that is asked for is done at once.
        """
        with self._changed:
            self._speed_limit.set_rate(updates_per_second, time.perf_counter())
            self._changed.notify()

    def pause(self) -> None:
        """Stop after the present slice."""
        self._set_running(False, None)
        self.post(
            Session.ensure_finite
        )  # a pause must not show a loss that is not finite as if all were well

    def step_update(self) -> None:
        """Do one update more, then pause."""
        self._step(by_epoch=False)

    def step_epoch(self) -> None:
        """Train one epoch more, or to the end of one that has begun, then pause."""
        self._step(by_epoch=True)

    def post(self, task: "Task[T]") -> "Future[T]":
        """Let the worker do something with the session, between two slices, after what was posted before.

        A step that is under way ends if the task goes to another moment, as a reset does. Training pauses if
        the task leads to data without samples.

        Returns
        -------
        What the task will have returned. If it raises something, that is also the worker's error.
        """
        future: Future[T] = Future()
        with self._changed:
            if self._closing:
                future.cancel()
                return future
            self._requests += 1
            self._tasks.append((self._requests, task, future))
            self._snapshots.ask()
            self._wake()
        return future

    def request_snapshot(self) -> None:
        """Ask for a snapshot of the next moment between two slices."""
        with self._changed:
            self._snapshots.ask()
            self._wake()

    def hold(self) -> None:
        """Let the worker stand still while the caller needs the interpreter for itself, until `release`.

        An engine that does its sums without the interpreter's lock is in nobody's way, and goes on.
        """
        if self.holds_lock:
            with self._changed:
                self._held = True
                self._interrupt.set()

    def release(self) -> None:
        """Let the worker go on."""
        if self._held:
            with self._changed:
                self._held = False
                self._changed.notify()

    def take_snapshot(self) -> Snapshot | None:
        """Return the newest snapshot that was not taken yet."""
        with self._changed:
            return self._snapshots.take()

    def take_error(self) -> Exception | None:
        """Return what went wrong in the thread since the last call. Training is then paused."""
        with self._changed:
            error, self._error = self._error, None
        return error

    def take_stopped(self) -> Stopped | None:
        """Return by what of its rule the last run stopped by itself, once."""
        with self._changed:
            stopped, self._stopped = self._stopped, None
        return stopped

    def close(self, timeout: float | None = None) -> bool:
        """End the thread; tell whether it ended within the timeout (seconds).

        If it did not, it goes on until the process ends, and what it does for somebody counts as cancelled.
        """
        with self._changed:
            self._closing = True
            self._running = False
            while self._tasks:
                self._tasks.popleft()[2].cancel()
            self._wake()
        self._thread.join(timeout)
        if (future := self._under_way) is not None:
            with suppress(InvalidStateError):  # it was done just now
                future.set_exception(CancelledError())
        return self.has_ended

    def _set_running(self, running: bool, goal: Goal | None) -> None:
        with self._changed:
            self._running, self._goal = running, goal
            self._speed_limit.restart(time.perf_counter())
            self._snapshots.ask()
            self._wake()

    def _wake(self) -> None:
        """Have the worker look at what is asked of it; the caller has the condition."""
        self._interrupt.set()
        self._changed.notify()
        self._on_request()

    def _step(self, by_epoch: bool) -> None:
        with self._changed:
            if self._running and self._goal is not None and self._goal.by_epoch is by_epoch:
                self._goal.steps += 1
            else:
                self._set_running(True, Goal(by_epoch))
            self._requests += 1
            if self._goal is not None:
                self._goal.request = self._requests

    def _run(self) -> None:
        give_way()
        while True:
            with self._changed:
                while (seconds := self._seconds_to_wait()) != 0:
                    self._changed.wait(seconds)
                if self._closing:
                    return
            try:
                self._work()
            except Exception as error:  # whatever it is, the window must hear of it and go on
                self._fail(error)

    def _seconds_to_wait(self) -> float | None:
        """Return how long nothing is to be done; None for until somebody asks for something."""
        if self._closing or self._tasks:
            return 0
        now, waits = time.perf_counter(), []
        if self._running:
            waits.append(0 if self._is_at_single_updates else self._speed_limit.seconds_left(now))
        if (seconds := self._snapshots.seconds_left(now, self._running)) is not None:
            waits.append(seconds)
        return min(waits, default=None)

    @property
    def _is_at_single_updates(self) -> bool:
        return self._goal is not None and not self._goal.by_epoch

    def _work(self) -> None:
        with self._changed:
            self._interrupt.clear()
            asked = self._snapshots.asked  # first: who asks from here on, asks for a later moment
            requests = self._requests
        while (job := self._next_task()) is not None:
            self._do(*job)
        with self._changed:
            self._changed.wait_for(lambda: not self._held or self._tasks or self._closing, MAX_HOLD_SECONDS)
            if self._tasks:
                return
            running, goal, run = self._running, self._goal, self._bounded_run
            updates = self._updates_due() if running else 0
            is_snapshot_due = self._snapshots.seconds_left(time.perf_counter(), running) == 0
        if is_snapshot_due:
            self._take_snapshot(asked, requests)
        if updates and goal is not None:
            self._train_steps(goal, updates)
        elif updates:
            self._train_run(run, updates)

    def _updates_due(self) -> int:
        """Return how many updates make the next slice; none while the speed limit lets none through."""
        most = inf if self._is_at_single_updates else self._speed_limit.most(time.perf_counter())
        return int(min(self._pace.updates, most))

    def _take_snapshot(self, asked: int, requests: int) -> None:
        began = time.perf_counter()
        snapshot = self._session.snapshot()
        with self._changed:
            self._snapshots.put(snapshot, asked, requests, began, time.perf_counter())

    def _next_task(self) -> tuple[int, Task[Any], Future[Any]] | None:
        with self._changed:
            return self._tasks.popleft() if self._tasks else None

    def _do(self, request: int, task: Task[Any], future: Future[Any]) -> None:
        before, had_samples = self._session.updates, self._session.train_count > 0
        self._under_way = future
        try:
            result = task(self._session)
        except Exception as error:  # whatever it is, the window must hear of it and go on
            with suppress(InvalidStateError):  # nobody waited any more
                future.set_exception(error)
            self._fail(error)
            return
        finally:
            self._under_way = None  # its result may be a whole checkpoint
        self._pace.restart()
        has_lost_samples = had_samples and not self._session.train_count
        with self._changed:
            self._snapshots.has_moved_on = True
            is_step_outdated = self._goal is not None and self._goal.request < request
            if has_lost_samples or (is_step_outdated and self._session.updates != before):
                self._running, self._goal = False, None
        with suppress(InvalidStateError):
            future.set_result(result)

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self._running, self._goal = False, None
            self._snapshots.forget()
            self._error = error

    def _train_run(self, run: BoundedRun, updates: int) -> None:
        """Train a slice of a run, and pause where its rule stops it."""
        session = self._session
        stopped = self._measure(updates, lambda: run.advance(session, updates, self._interrupt))
        with self._changed:
            # Looked at again: somebody may have asked for something else meanwhile.
            is_over = stopped is not None and self._running and not self._goal and run is self._bounded_run
            if is_over:
                self._stopped = stopped
            self._pause_if(is_over)

    def _train_steps(self, goal: Goal, most: int) -> None:
        """Train a slice of the steps to a goal."""
        session = self._session
        updates = min(most, goal.updates_left(session))
        self._measure(updates, lambda: session.advance(updates, self._interrupt))
        if goal.updates_left(session) == 0:
            session.ensure_finite()
        with self._changed:
            # Looked at again: somebody may have asked for one step more meanwhile.
            self._pause_if(goal is self._goal and goal.updates_left(session) == 0)

    def _pause_if(self, is_reached: bool) -> None:
        """Pause at the end of what was asked for, and after a divergence; the caller has the condition."""
        if is_reached or (self._session.diverged and not self._tasks):  # a task may lead out of it
            self._running, self._goal = False, None
            self._snapshots.ask()

    def _measure(self, updates: int, train: Callable[[], T]) -> T:
        """Learn from so many updates, or fewer if they are cut short, how many make a slice."""
        began, before = time.perf_counter(), self._session.updates
        if updates == 1:  # it takes long enough to be worth a copy
            self._session.note_safe_checkpoint()
        result = train()
        done, now = self._session.updates - before, time.perf_counter()
        if not self._interrupt:  # what was cut short says little of the speed
            self._pace.measure(done, now - began)
        with self._changed:
            self._speed_limit.count(done, now)
            self._snapshots.has_moved_on |= done > 0
        return result


def give_way() -> None:
    """Let other threads go first where cores are scarce; only Linux knows that of a single thread."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
