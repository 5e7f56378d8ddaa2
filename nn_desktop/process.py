"""What the process ends with, and how it is asked to end.

All signals that end a program are answered alike (`SIGNALS`), by the window and by every command; one that
was ignored when the program began, as under ``nohup``, stays ignored. Python hears of a signal only between
two steps of its main thread: so what may compute for long does so in another thread (`StopRequest.run`).
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

if TYPE_CHECKING:
    from nn_desktop.engines.engine import StopFlag

T = TypeVar("T")
SUCCESS, DIVERGED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
ECHO_SECONDS = 0.1
"""A second Ctrl+C so soon is the same one: what started the program may have sent it on."""
GRACE_SECONDS = 1.0
"""So long after a stop was asked for, what is under way may come to its end."""
LOOK_SECONDS = 0.05
"""So often it is looked whether that is over."""


class LeftError(Exception):
    """Work did not end in time after a stop was asked for, and was left alone."""


class StopRequest:
    """Whether somebody pressed Ctrl+C, or the system asked the process to end.

    Attributes
    ----------
    asked
        Whether a stop was asked for.
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
        """Whether a stop was asked for, and the time to come to an end is over."""
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
        """Set a flag when a stop is asked for; at once, if it was."""
        self.flag = flag
        if self.asked:
            flag.set()

    @contextmanager
    def answered_by(self, answer: Callable[[], object]) -> Iterator[None]:
        """Have something done when a stop is asked for, as long as the context lasts; at once, if it was.

        Without one, a request is noted, and whoever is at work looks at it.

        Parameters
        ----------
        answer
            `raise_interrupt` where nothing is to be kept, `end_process` where modules are imported: not all
            of them stand an exception of somebody else.
        """
        before, self._answer = self._answer, answer
        try:
            if self.asked:
                answer()
            yield
        finally:
            self._answer = before

    def run(self, work: Callable[[], T]) -> T:
        """Do work in a thread of its own, and return its result.

        Raises
        ------
        LeftError
            If it has not ended in time after a stop was asked for. It goes on until the process ends: what it
            works on must not be touched any more.
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
    """Answer a request by giving up what is under way."""
    raise KeyboardInterrupt


def end_process() -> None:
    """Answer a request by ending the process at once: there is nothing to keep, and nothing to clean up."""
    os._exit(INTERRUPTED)


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Ask for a stop on a signal, instead of dying of it, as long as the context lasts.

    A second Ctrl+C ends the process at once. Other signals may well come twice: a terminal that is closed
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
    """Answer a request by nothing: it is noted."""


def _fulfil(future: "Future[T]", work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # whatever it is, whoever waits must hear of it
        future.set_exception(error)
