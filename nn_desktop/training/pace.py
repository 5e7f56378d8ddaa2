"""How many updates fit into a slice of time, and how often there is time for something else."""


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
    rate
        Updates a second, smoothed.
    """

    def __init__(self, seconds: float, most: int = 100_000) -> None:
        self._seconds = seconds
        self._most = most
        self.updates = 1
        self.rate = 0.0

    def measure(self, done: int, seconds: float) -> None:
        """Take into account that so many updates took so long."""
        if done < 1:
            return
        rate = done / max(seconds, 1e-9)
        self.rate += 0.1 * (rate - self.rate) if self.rate else rate
        # At most doubled at a time: one slice that ran unusually fast must not make the next one long.
        self.updates = max(1, int(min(rate * self._seconds, 2 * self.updates, self._most)))

    def restart(self) -> None:
        """Begin with single updates again: what follows may be much slower."""
        self.updates = 1
        self.rate = 0.0


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

    def is_due(self, now: float) -> bool:
        """Tell whether it may be done again."""
        return now >= self._next

    def spend(self, began: float, now: float) -> None:
        """Take into account that it was done; times in seconds."""
        self._next = now + (now - began) * (1 / self._share - 1)
