"""Looking at real processes."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def wait_for(look: Callable[[], T], seconds: float = 60.0) -> T:
    """Wait until something is there, and return it; a file that is missing is nothing yet."""
    end = time.monotonic() + seconds
    while True:
        try:
            found = look()
        except FileNotFoundError:
            found = None
        if found:
            return found
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or dead and only not yet taken note of."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"
