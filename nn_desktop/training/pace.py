"""How many updates fit into a slice of time, how many are let through, and when there is time for else."""

from math import inf

BUNCH_SECONDS = 1 / 60
"""So much time apart are updates let through: where more are due in it, they come together, as in a frame."""
MAX_LATE_SECONDS = 0.1
"""Of what could not be done in time, so much is done later."""


class Pace:
    """Learns from what was measured how many updates to do at once.

    Parameters
    ----------
    seconds
        Length of a slice that is aimed at.
    most
        Never more updates than this.

    Attributes
    ----------
    updates
        How many to do next.
    """

    def __init__(self, seconds: float, most: int = 100_000) -> None:
        self._seconds = seconds
        self._most = most
        self.updates = 1

    def measure(self, done: int, seconds: float) -> None:
        """Take into account that so many updates took so long."""
        if done < 1:
            return
        rate = done / max(seconds, 1e-9)
        # At most doubled at a time: one slice that ran unusually fast must not make the next one long.
        self.updates = max(1, int(min(rate * self._seconds, 2 * self.updates, self._most)))

    def restart(self) -> None:
        """Begin with single updates again: what follows may be much slower."""
        self.updates = 1


class SpeedLimit:
    """Lets so many updates through in a second, at even distances, and no more.

    Attributes
    ----------
    rate
        Updates a second; infinite for no limit.
    """

    def __init__(self) -> None:
        self.rate = inf
        self._next = self._open_at = 0.0

    def set_rate(self, rate: float, now: float) -> None:
        """Let another number of updates through in a second, from now (in seconds) on."""
        self.rate = rate
        self._next = max(now, min(self._next, now + 1 / rate))
        self._open_at = min(self._open_at, self._next)

    def restart(self, now: float) -> None:
        """Let the next update through at once."""
        self._next = self._open_at = now

    def seconds_left(self, now: float) -> float:
        """Return how long none is let through."""
        return 0.0 if self.rate == inf else max(0.0, self._open_at - now)

    def most(self, now: float) -> float:
        """Return how many are let through now."""
        if self.rate == inf:
            return inf
        if now < self._open_at:
            return 0
        return int(min(now - self._next, MAX_LATE_SECONDS) * self.rate) + 1

    def count(self, done: int, now: float) -> None:
        """Take into account that so many were done; those of before the limit was set make no one wait."""
        if self.rate == inf:
            return
        due = self._next + done / self.rate
        self._next = min(max(due, now - MAX_LATE_SECONDS), now + 1 / self.rate)
        self._open_at = max(self._next, now + BUNCH_SECONDS)


class Budget:
    """Keeps something that is done now and then to a share of all time.

    Parameters
    ----------
    share
        Of the time, between 0 and 1, that it may take.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._next = 0.0

    def seconds_left(self, now: float) -> float:
        """Return how long it may not be done."""
        return max(0.0, self._next - now)

    def spend(self, began: float, now: float) -> None:
        """Take into account that it was done; times in seconds."""
        self._next = now + (now - began) * (1 / self._share - 1)
