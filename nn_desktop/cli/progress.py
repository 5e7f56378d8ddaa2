"""How far a command is, in the terminal."""

import sys
from contextlib import suppress
from typing import Any, Self

from nn_desktop.cli.console import put


class ProgressBar:
    """A line on standard error, if there is somebody to see it, that is gone at the end of a ``with``.

    Parameters
    ----------
    total
        Number of steps until the end; None if nobody knows.
    unit
        What a step is called.
    done
        Steps that were done before.

    Attributes
    ----------
    done
        Steps done by now.
    """

    def __init__(self, total: int | None, unit: str, done: int = 0) -> None:
        self.done = done
        self._bar: Any = None
        if sys.stderr is not None and sys.stderr.isatty():  # None if the process was started with it closed
            from tqdm import tqdm

            self._bar = tqdm(
                total=total, initial=done, unit=unit, file=sys.stderr, dynamic_ncols=True, leave=False
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, done: int, words: str) -> None:
        """Show that so many steps are done, with some words."""
        self.done = done
        if self._bar is not None:
            self._bar.set_postfix_str(words, refresh=False)
            self._bar.n = done
            with suppress(OSError):  # the terminal was closed: nobody looks on any more
                self._bar.refresh()

    def print(self, text: str) -> None:
        """Print a part of the result: it must not stand in the line of the bar."""
        if self._bar is not None:
            self._bar.clear()
        put(text)
