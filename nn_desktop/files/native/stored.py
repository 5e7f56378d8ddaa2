"""What a reader of a format hands over: arrays that are opened one by one, by name."""

from collections.abc import Callable
from dataclasses import dataclass

from nn_desktop.arrays import FloatArray
from nn_desktop.errors import ReadableError


class ReadError(ReadableError):
    """A file that cannot be used. The text says why and what to do; the path comes before it."""


@dataclass(frozen=True)
class StoredArray:
    """An array whose shape is known before its numbers are read.

    Attributes
    ----------
    shape
        As the file says.
    read
        Reads the numbers; raises `ReadError` if they are not there.
    """

    shape: tuple[int, ...]
    read: Callable[[], FloatArray]


Opener = Callable[[], StoredArray]
"""Opens one array; raises `ReadError` if it is damaged."""


def damaged(kind: str) -> ReadError:
    """Say that a file is not what its name promises."""
    return ReadError(f"it is damaged, cut off, or no {kind} file: export it again, or choose another file")
