"""Between the worker's thread and the window: pulls snapshots at the window's own pace."""

import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from math import isnan
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nn_desktop.desktop.document.questions import Question, Questions
from nn_desktop.desktop.look.stopped_text import stopped_text
from nn_desktop.errors import UserError, bug_in_words
from nn_desktop.training.checkpoints import Checkpoint, Milestone
from nn_desktop.training.looking_back import belongs_to, past_snapshot, with_losses
from nn_desktop.training.session import Session
from nn_desktop.training.snapshot import Snapshot
from nn_desktop.training.stopping import ENDLESS, StopRule
from nn_desktop.training.worker import Task, Worker

T = TypeVar("T")
FRAME_MILLISECONDS = 16
"""60 frames a second."""
FRAME_MILLISECONDS_IN_TURNS = 20
"""Where the engine and the window take turns, the engine gets the larger share."""
SETTLE_MILLISECONDS = 200
"""So long after the first painting the engines are measured, if nobody trains before."""
CLOSE_SECONDS = 1.0
"""So long the thread may take to end."""
SMOOTHING = 0.1
MAX_SECONDS_BETWEEN = 2.0
"""Seconds between two snapshots of one run; after more there was a pause."""
SECONDS_UNSEEN = 0.25
"""Between two snapshots while all views look back: the run goes on, and they are not for them."""
log = logging.getLogger(__name__)


class Trainer(QObject):
    """Trains, pauses and steps, and tells the window what came of it.

    Nothing is emitted from the worker's thread: a timer of the window's thread takes the newest snapshot and
    asks for the next one, so a slow window gets fewer of them and never a queue.

    Views may look back at an earlier moment of the run, which leaves training alone: they show that one until
    somebody returns to now, trains, or changes the document.

    Attributes
    ----------
    snapshot
        The newest one, whatever views show.
    post
        Lets the worker do something with the session between two updates; see `Worker.post`.

    Signals
    -------
    newest_changed(Snapshot)
        There is a newer snapshot of the run.
    snapshot_changed(Snapshot)
        Views are to show another one: a newer one, or an earlier moment that is looked back at.
    looking_changed(Milestone | None)
        Views look back at another moment, or at none: they show the newest snapshots.
    frame_shown()
        All that a frame changed is painted.
    running_changed(bool)
        Training began or paused.
    diverged()
        The run was stopped because its loss was no longer finite.
    stop_rule_changed()
        Training stops by another rule.
    stopped(str)
        The training stopped by itself, as its rule says; what to say of it.
    failed(str)
        Something went wrong in the worker; what to say of it.
    """

    newest_changed = Signal(object)
    snapshot_changed = Signal(object)
    looking_changed = Signal(object)
    frame_shown = Signal()
    running_changed = Signal(bool)
    diverged = Signal()
    stop_rule_changed = Signal()
    stopped = Signal(str)
    failed = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.snapshot: Snapshot = session.snapshot()
        self._questions = Questions(self.snapshot, self)
        self._questions.failed.connect(self.failed)
        self._worker = Worker(session, self._wake)
        self.post = self._worker.post
        self._stop_rule = ENDLESS
        self._rate = 0.0
        self._shown_at = time.perf_counter()
        self._was_running = False
        self._was_asked = False
        self._looked_at: Milestone | None = None
        self._is_past_due = False
        self._is_run_known = True
        self._waiting: deque[tuple[Future[Snapshot], Callable[[Snapshot], object]]] = deque()
        self._timer = QTimer(self, interval=FRAME_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_frame)
        # Fires when all that the frame changed is painted: events go first.
        self._frame_end = QTimer(self, singleShot=True)
        self._frame_end.timeout.connect(self._on_frame_end)

    @property
    def is_running(self) -> bool:
        """Whether it trains now."""
        return self._worker.is_running

    @property
    def has_ended(self) -> bool:
        """Whether the thread is gone."""
        return self._worker.has_ended

    @property
    def is_busy(self) -> bool:
        """Whether it trains, or the newest snapshot is not shown yet, or a question about it not answered."""
        return self._timer.isActive() or self._questions.is_busy

    @property
    def updates_per_second(self) -> float:
        """Speed between the latest snapshots, all that the worker does beside the updates included."""
        return self._rate

    @property
    def looked_at(self) -> Milestone | None:
        """The earlier moment that views look back at; None for now."""
        return self._looked_at

    @property
    def stop_rule(self) -> StopRule:
        """Where training stops by itself.

        It says how long one trains here, not what comes of it: so it is no part of the setup, nor of a
        project, and nothing to undo. The command line takes it as options for the same reason.
        """
        return self._stop_rule

    def set_stop_rule(self, rule: StopRule) -> None:
        """Stop by another rule from now on, also the training that is under way."""
        self._stop_rule = rule
        self._worker.change_rule(rule)
        self.stop_rule_changed.emit()

    @property
    def pace(self) -> float:
        """Updates a second that are done at most; infinite for as many as can be."""
        return self._worker.speed_limit

    def set_pace(self, updates_per_second: float) -> None:
        """Train no faster than that: see `Worker.set_speed_limit`."""
        self._worker.set_speed_limit(updates_per_second)
        self._rate = 0.0  # measured anew

    @Slot()
    def train_or_pause(self) -> None:
        """Begin to train, or pause; who begins returns to now."""
        if self._worker.is_running:
            self._worker.pause()
        else:
            self._was_asked = True
            self.return_to_now()
            self._worker.run(self._stop_rule)
        self._announce_running()

    @Slot()
    def pause(self) -> None:
        """Pause after the present updates."""
        self._worker.pause()
        self._announce_running()

    @Slot()
    def step_update(self) -> None:
        """Do one update."""
        self._was_asked = True
        self.return_to_now()
        self._worker.step_update()
        self._announce_running()

    @Slot()
    def step_epoch(self) -> None:
        """Train to the end of the epoch."""
        self._was_asked = True
        self.return_to_now()
        self._worker.step_epoch()
        self._announce_running()

    def look_back(self, milestone: Milestone) -> None:
        """Have all views show an earlier moment of the run from the next frame on; training is left alone.

        Nothing happens if it belongs to a run that has been left, or may have been by a change just made.
        """
        if not self._is_run_known or not belongs_to(milestone, self.snapshot):
            return
        if milestone is not self._looked_at:
            self._looked_at, self._is_past_due = milestone, True
            self._wake()  # of many moments that somebody drags over, each frame shows the newest
            self.looking_changed.emit(milestone)

    @Slot()
    def return_to_now(self) -> bool:
        """Have all views show the newest snapshot again, and those that follow; return if they did not."""
        if self._looked_at is None:
            return False
        self.end_looking_back()
        self._present(self.snapshot)
        return True

    def end_looking_back(self) -> None:
        """Have all views show the snapshots that follow; what they show now stays until then."""
        if self._looked_at is not None:
            self._looked_at, self._is_past_due = None, False
            self._questions.ask(self, None)
            self.looking_changed.emit(None)

    def post_change(self, task: Task[T]) -> "Future[T]":
        """Let the worker change the session, for which whoever looks back returns to now; see `post`."""
        self.return_to_now()
        self._is_run_known = False
        return self.post(task)

    def settle_engine_soon(self) -> None:
        """Have the fastest engine found in a moment, when the machine rests: then a stopwatch is right."""
        QTimer.singleShot(SETTLE_MILLISECONDS, self, self.settle_engine)

    @Slot()
    def settle_engine(self) -> None:
        """Have the fastest engine found, if that is still left open."""
        if self.snapshot.engine.is_provisional:
            self.post(Session.settle_engine)

    @property
    def safe_checkpoint(self) -> Checkpoint:
        """The newest checkpoint to fall back on if the worker takes too long to answer."""
        return self._worker.safe_checkpoint

    def with_snapshot(self, do: Callable[[Snapshot], object]) -> None:
        """Do something with the network as it is now, after all changes that were made before, and no others.

        At once if that is what is shown; otherwise as soon as the worker has come to it, and then the
        document may have another network. It is never an earlier moment that is looked back at. Nothing is
        done if the worker ends before.
        """
        if self._worker.is_snapshot_current and self._looked_at is None:
            do(self.snapshot)
        else:
            self._waiting.append((self.post(_finite_snapshot), do))

    @Slot(object, object)
    def ask(self, asker: object, question: Question | None) -> None:
        """Have a question of somebody answered about every snapshot, from this one on; None ends it."""
        self._questions.ask(asker, question)

    def close(self) -> bool:
        """End the thread; tell whether it ended in time."""
        self._questions.close()
        has_ended = self._worker.close(CLOSE_SECONDS)
        self._timer.stop()
        return has_ended

    def _wake(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _announce_running(self) -> None:
        if self._worker.is_running != self._was_running:
            self._was_running = self._worker.is_running
            self.running_changed.emit(self._was_running)

    @Slot()
    def _on_frame(self) -> None:
        if self._timer.interval() != self._frame_milliseconds():
            self._timer.setInterval(self._frame_milliseconds())
        self._worker.hold()
        self._frame_end.start(0)
        self._report_error()
        snapshot = self._worker.take_snapshot()
        running = self._worker.is_running
        if snapshot is not None:
            self._show(snapshot)
        if (stopped := self._worker.take_stopped()) is not None:
            self.stopped.emit(stopped_text(stopped))
        if self._is_past_due and self._looked_at is not None:
            self._show_past(self._looked_at)
        has_handed_out = self._hand_out_snapshots()
        if not (running or self._worker.has_news or self._waiting or has_handed_out):
            self._timer.stop()
        self._announce_running()

    def _hand_out_snapshots(self) -> bool:
        """Let those have their snapshots who wait for them, after this frame; tell whether there were any."""
        count = len(self._waiting)
        while self._waiting and self._waiting[0][0].done():
            future, do = self._waiting.popleft()
            if not future.cancelled() and future.exception() is None:
                # On its own: it may open a dialog, or fail.
                QTimer.singleShot(0, self, partial(do, future.result()))
        return len(self._waiting) < count

    @Slot()
    def _on_frame_end(self) -> None:
        self._worker.release()
        is_seen = self._looked_at is None or time.perf_counter() - self._shown_at > SECONDS_UNSEEN
        if self._worker.is_running and is_seen:
            # Now, since until the next frame the interpreter is free for making it.
            self._worker.request_snapshot()
        self.frame_shown.emit()

    def _frame_milliseconds(self) -> int:
        is_in_turns = self._worker.is_running and self._worker.holds_lock
        return FRAME_MILLISECONDS_IN_TURNS if is_in_turns else FRAME_MILLISECONDS

    def _show(self, snapshot: Snapshot) -> None:
        # Told again where somebody trains on in vain.
        news = snapshot.diverged and (self._was_asked or not self.snapshot.diverged)
        self._was_asked = False
        self._measure(snapshot)
        self.snapshot = snapshot
        self._is_run_known = self._is_run_known or self._worker.is_snapshot_current
        self.newest_changed.emit(snapshot)
        if self._looked_at is None:
            self._present(snapshot)
        if news:
            self.diverged.emit()

    def _present(self, snapshot: Snapshot) -> None:
        """Have all views show a snapshot, and questions answered about it."""
        self.snapshot_changed.emit(snapshot)
        self._questions.show(snapshot)

    def _show_past(self, milestone: Milestone) -> None:
        """Show an earlier moment at once; losses that are not known any more are computed, and follow."""
        self._is_past_due = False
        past = past_snapshot(milestone, self.snapshot)
        self._questions.ask(self, None)  # about the one before
        self._present(past)
        if isnan(past.train_loss):
            self._questions.ask(self, Question(with_losses, self._on_losses))

    def _on_losses(self, _asked_about: Snapshot, past: Snapshot) -> None:
        self._questions.ask(self, None)
        self._present(past)

    def _measure(self, snapshot: Snapshot) -> None:
        """Take the speed from one snapshot to the next, smoothed."""
        now = time.perf_counter()
        done, seconds = snapshot.updates - self.snapshot.updates, now - self._shown_at
        self._shown_at = now
        if (
            done <= 0 or seconds > MAX_SECONDS_BETWEEN
        ):  # another checkpoint was gone to, or nothing trained between
            self._rate = 0.0
        else:
            self._rate += (done / seconds - self._rate) * (SMOOTHING if self._rate else 1.0)

    def _report_error(self) -> None:
        error = self._worker.take_error()
        if error is None:
            return
        self._worker.request_snapshot()  # of the state that is left
        if isinstance(error, UserError):
            self.failed.emit(str(error))
            return
        log.debug("Training failed", exc_info=error)
        text = self.tr(
            "Training stopped at an error of the program ({error}). "
            "The network is as it was: undo the last change or reset, then train again."
        )
        self.failed.emit(text.format(error=bug_in_words(error)))


def _finite_snapshot(session: Session) -> Snapshot:
    session.ensure_finite()
    return session.snapshot()
