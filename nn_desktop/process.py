"""What the process ends with, and how it is asked to end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nn_desktop.engines.engine import StopFlag

SUCCESS, DIVERGED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


@dataclass
class StopRequest:
    """Whether somebody pressed Ctrl+C, or the system asked the process to end.

    Attributes
    ----------
    asked
        Whether.
    flag
        Set too, so that an engine at work returns early; None if none is to.
    """

    asked: bool = False
    flag: "StopFlag | None" = None

    def ask(self) -> None:
        """Ask for a stop."""
        self.asked = True
        if self.flag is not None:
            self.flag.set()

    def interrupt(self, flag: "StopFlag") -> None:
        """Set a flag when a stop is asked for; at once, if it was."""
        self.flag = flag
        if self.asked:
            flag.set()


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Note SIGINT and SIGTERM instead of dying of them, as long as the context lasts."""
    request = StopRequest()

    def note(number: int, frame: object) -> None:
        request.ask()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
