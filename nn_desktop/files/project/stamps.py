"""How a file looks from outside, to see later whether somebody has replaced it."""

from contextlib import suppress
from pathlib import Path

Stamp = tuple[int, int]
"""When it was written, in nanoseconds, and its length in bytes."""
NEVER: Stamp = (0, 0)
"""The stamp of no file."""


def stamp_of(path: Path) -> Stamp | None:
    """Return the stamp of a file, or None if it cannot be looked at."""
    with suppress(OSError):
        status = path.stat()
        return status.st_mtime_ns, status.st_size
    return None
