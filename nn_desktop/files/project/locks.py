"""A lock on a file that the system lets go when its process ends, however that ends.

So nobody has to judge by the number of a process or by an age whether the holder still lives: both can be
another one's by now, in a container that was started again, or where a file brought its time along.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

POLL_SECONDS = 0.01
_PRIVATE = 0o600
# A link in a folder that others write to would lead to a file of somebody else.
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


class Lock:
    """A lock that is held; made by `take`.

    Parameters
    ----------
    path
        The file; it is empty, or holds whatever it held.
    descriptor
        Open descriptor of the file, which holds the lock.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path, wait_seconds: float = 0.0) -> "Lock | None":
        """Take a lock, whose file is made if it is not there.

        Parameters
        ----------
        path
            The file.
        wait_seconds
            How long to wait for another holder, in this process or in another one.

        Returns
        -------
        Lock or None
            None if somebody else holds it.

        Raises
        ------
        OSError
            If the file cannot be opened, or its file system knows no locks.
        """
        from filelock import lock_descriptor  # the window opens without a lock, and sooner without this

        deadline = time.monotonic() + wait_seconds
        while True:
            descriptor = os.open(path, _FLAGS, _PRIVATE)
            try:
                is_taken = lock_descriptor(descriptor, blocking=False) and _is_at(path, descriptor)
            except BaseException:
                os.close(descriptor)
                raise
            if is_taken:
                return cls(path, descriptor)
            os.close(descriptor)
            if time.monotonic() >= deadline:
                return None
            time.sleep(POLL_SECONDS)

    @property
    def is_in_place(self) -> bool:
        """Whether it is held, and its file still stands where others look for it."""
        return self._descriptor is not None and _is_at(self._path, self._descriptor)

    def release(self) -> None:
        """Let others have it; the file stays."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def remove(self) -> None:
        """Take the file away and let go, in this order: nobody else can come by the same file in between."""
        with suppress(OSError):
            self._path.unlink()
        self.release()
        if os.name == "nt":  # there no file goes while it is open
            with suppress(OSError):
                self._path.unlink()


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether a name still stands for the file that was opened by it: its holder may have removed it."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except OSError:
        return False
