"""What work costs in relation to a measure that is taken beside it: machines differ, and are busy."""

import json
import time
from collections.abc import Callable

MEASURE = json.dumps([list(range(20))] * 5000)
"""100,000 numbers: to read them takes a hundredth of a second on an ordinary machine."""
ATTEMPTS = 3
"""Something else may have hold of the machine at one of them, but hardly at each."""


def seconds_of(work: Callable[[], object]) -> float:
    """Return what some work takes of this thread's time on a processor."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


def is_cheap(work: Callable[[], object], most: float = 200) -> bool:
    """Return whether some work takes at most so many times what the measure takes, at one attempt or more."""
    return any(seconds_of(work) <= most * seconds_of(lambda: json.loads(MEASURE)) for _ in range(ATTEMPTS))
