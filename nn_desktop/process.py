"""Exit codes, and how the process is asked to stop.

The window and every command treat all signals that end a program alike (`SIGNALS`). A signal that was ignored
when the program started, as under ``nohup``, stays ignored. Python handles a signal only between two steps of
its main thread, so long computations run in another thread (`StopRequest.run`).
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING, TypeVar

from nn_desktop.programs import end_all_programs

if TYPE_CHECKING:
    from nn_desktop.engines.engine import StopFlag

T = TypeVar("T")
SUCCESS, DIVERGED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
ECHO_SECONDS = 0.1
"""A second Ctrl+C this soon is the same one, passed on by the program that started this one."""
GRACE_SECONDS = 1.0
"""How long work may go on after a stop was asked for."""
LOOK_SECONDS = 0.05
"""How often to look whether that time is over."""


class LeftError(Exception):
    """Work did not end in time after a stop was asked for; nobody waits for it any more."""


class StopRequest:
    """Whether somebody pressed Ctrl+C, or the system asked the process to end.

    Attributes
    ----------
    asked
        Whether somebody has asked for a stop.
    flag
        Also set by a request, so that an engine at work returns early; None if there is no such engine.
    has_left_work
        Whether a thread may still be at work that nobody waits for any more.
    """

    def __init__(self) -> None:
        self.asked = False
        self.flag: StopFlag | None = None
        self.has_left_work = False
        self._time = inf
        self._answer: Callable[[], object] = _go_on

    @property
    def is_over(self) -> bool:
        """Whether a stop was asked for, and the time that work had left is over."""
        return self.seconds > GRACE_SECONDS

    @property
    def seconds(self) -> float:
        """How long ago a stop was asked for; below 0 if it was not."""
        return time.monotonic() - self._time

    def ask(self) -> None:
        """Ask for a stop."""
        if not self.asked:
            self.asked, self._time = True, time.monotonic()
        if self.flag is not None:
            self.flag.set()
        self._answer()

    def interrupt(self, flag: "StopFlag") -> None:
        """Set a flag when a stop is asked for; set it at once if it already was."""
        self.flag = flag
        if self.asked:
            flag.set()

    @contextmanager
    def answered_by(self, answer: Callable[[], object]) -> Iterator[None]:
        """Within this context, call something when a stop is asked for; call it at once if it already was.

        Outside such a context a request is only noted, for the work to look at.

        Parameters
        ----------
        answer
            `raise_interrupt` where there is nothing to keep, `end_process` during imports, since not every
            module survives an exception in the middle of its import.
        """
        before, self._answer = self._answer, answer
        try:
            if self.asked:
                answer()
            yield
        finally:
            self._answer = before

    def run(self, work: Callable[[], T]) -> T:
        """Run work in its own thread and return its result.

        Raises
        ------
        LeftError
            If it did not end in time after a stop was asked for. It goes on until the process ends: nobody
            may touch what it works on.
        """
        future: Future[T] = Future()
        try:
            threading.Thread(target=_fulfil, args=(future, work), name="work", daemon=True).start()
            while not wait([future], LOOK_SECONDS).done:
                if self.is_over:
                    raise LeftError
        except BaseException:  # the answer to a request may be an exception, too
            self.has_left_work = True
            raise
        return future.result()


def raise_interrupt() -> None:
    """Answer a request by giving up the work."""
    raise KeyboardInterrupt


def end_process() -> None:
    """Answer a request by ending the process at once, with all programs that it has started."""
    end_all_programs()
    os._exit(INTERRUPTED)


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Within this context, a signal asks for a stop instead of ending the process.

    A second Ctrl+C ends the process at once. Other signals often come twice: a terminal that is closed
    sends one, and so does its shell.
    """
    request = StopRequest()

    def note(number: int, frame: object) -> None:
        if number == signal.SIGINT and request.seconds > ECHO_SECONDS:
            end_process()
        request.ask()

    before = {}
    if threading.current_thread() is threading.main_thread():  # no other one may listen to signals
        heard = (number for number in SIGNALS if signal.getsignal(number) not in (signal.SIG_IGN, None))
        before = {number: signal.signal(number, note) for number in heard}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _go_on() -> None:
    """Do nothing: the request is only noted."""


def _fulfil(future: "Future[T]", work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # whoever waits must learn of any error
        future.set_exception(error)
