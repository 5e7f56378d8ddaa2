"""Work that takes a while, such as writing a file, done beside the window and not in its way."""

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from nn_desktop.errors import UserError, bug_in_words
from nn_desktop.training.worker import give_way

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _Job(Generic[T]):
    future: "Future[T]"
    then: Callable[[T], object]
    sorry: Callable[[UserError], object]


class Background(QObject):
    """Does one thing after the other in a thread of its own, and tells of it in the window's thread.

    Parameters
    ----------
    failure
        What is said of an error of the program, with ``{error}`` in it; empty for a general sentence.
    """

    _ended = Signal(object)

    def __init__(self, parent: QObject, failure: str = "") -> None:
        super().__init__(parent)
        self._failure = failure or self.tr(
            "It failed at an error of the program ({error}): try again, or elsewhere."
        )
        self._pool = ThreadPoolExecutor(1, "background", initializer=give_way)
        self._under_way = 0
        self._ended.connect(self._on_ended)

    @property
    def is_busy(self) -> bool:
        """Whether something is not done yet, or nobody was told."""
        return self._under_way > 0

    def run(
        self,
        work: Callable[[], T],
        then: Callable[[T], object],
        sorry: Callable[[UserError], object],
    ) -> None:
        """Do something after all that was asked for before.

        Parameters
        ----------
        work
            What is done, in the thread; it may raise `UserError`.
        then
            Called with its result, in the window's thread.
        sorry
            Called with its error, in the window's thread; whatever it was, it says so in a sentence.
        """
        self._under_way += 1
        try:
            future = self._pool.submit(work)
        except RuntimeError:  # it was closed
            future = Future()
            future.cancel()
        future.add_done_callback(partial(self._tell, then, sorry))

    def close(self) -> None:
        """Begin nothing more; what is under way is done to its end before the program ends."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def finish(self) -> None:
        """Wait until all is done that was asked for, and begin nothing more."""
        self._pool.shutdown(wait=True)

    def _tell(
        self, then: Callable[[T], object], sorry: Callable[[UserError], object], future: "Future[T]"
    ) -> None:
        with suppress(RuntimeError):  # the window is gone
            self._ended.emit(_Job(future, then, sorry))

    @Slot(object)
    def _on_ended(self, job: _Job[object]) -> None:
        self._under_way -= 1
        try:
            result = job.future.result()
        except UserError as error:
            job.sorry(error)
        except CancelledError:
            job.sorry(UserError(self.tr("It was cancelled because the program is closing.")))
        except Exception as error:  # whatever it is, it must not pass for done
            log.debug("Work in the background failed", exc_info=error)
            job.sorry(UserError(self._failure.format(error=bug_in_words(error))))
        else:
            job.then(result)
