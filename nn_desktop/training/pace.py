"""How many updates fit into a slice of time."""


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
