"""Which snapshots of a training are asked for, and when the next one is worth making."""

from nn_desktop.training.pace import Budget
from nn_desktop.training.snapshot import Snapshot

SNAPSHOT_SHARE = 1 / 12
"""Of the time of training that snapshots take at most: of a large network the losses over all samples do."""


class SnapshotRequests:
    """Counts what was asked for and what was made; whoever uses it sees to it that one thread at a time does.

    Attributes
    ----------
    has_moved_on
        Whether a snapshot would show anything that the newest one does not.
    """

    def __init__(self) -> None:
        self.has_moved_on = True
        self._asked = 0
        self._made = 0
        self._newest: Snapshot | None = None
        self._requests_in_newest = 0
        self._requests_taken = 0
        self._budget = Budget(SNAPSHOT_SHARE)

    @property
    def asked(self) -> int:
        """How many were asked for; who asks from here on, asks for a later moment."""
        return self._asked

    @property
    def is_wanted(self) -> bool:
        """Whether one was asked for and is not made yet."""
        return self._made < self._asked

    @property
    def has_news(self) -> bool:
        """Whether one is wanted, or made and not taken."""
        return self.is_wanted or self._newest is not None

    def ask(self) -> None:
        """Ask for one."""
        self._asked += 1

    def forget(self) -> None:
        """Make none of those that were asked for."""
        self._made = self._asked

    def seconds_left(self, now: float, is_running: bool) -> float | None:
        """Return how long the next one is not to be made, for training comes first; None for no next one.

        Between two updates that are far apart there is nothing new to show.
        """
        if not self.is_wanted or (is_running and not self.has_moved_on):
            return None
        return self._budget.seconds_left(now) if is_running else 0

    def put(self, snapshot: Snapshot, asked: int, requests: int, began: float, now: float) -> None:
        """Take in a snapshot: of the moment after so many were asked for, made from one time to another.

        Parameters
        ----------
        requests
            Number of the newest thing that was done before it.
        """
        self._newest, self._made, self._requests_in_newest = snapshot, asked, requests
        self.has_moved_on = False
        self._budget.spend(began, now)

    def take(self) -> Snapshot | None:
        """Return the newest one that was not taken yet."""
        snapshot, self._newest = self._newest, None
        if snapshot is not None:
            self._requests_taken = self._requests_in_newest
        return snapshot

    def has_shown(self, requests: int) -> bool:
        """Whether the snapshot that was taken last came after all these requests."""
        return self._requests_taken == requests
