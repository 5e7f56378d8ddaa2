"""The losses of a run, kept in bounded memory."""

import numpy as np

from nn_desktop.arrays import FloatArray

CAPACITY = 1024
ALL_UNTIL = 32
"""Every epoch before this one is recorded, every second one before its double, and so on."""
MAX_FIRST_STRIDE = 32
"""Until the capacity is reached, one epoch in so many at least is recorded."""
KEPT_FIRST = CAPACITY // 4
"""Rows of the first epochs, where the loss falls, which stay however long the run grows."""


class History:
    """Losses against epochs, thinned as a run grows long.

    Which epochs are kept depends on their number alone, not on time: all of the first ones, then fewer, since
    the losses over all samples cost as much as a part of an epoch. When `CAPACITY` rows are full, every
    second one goes, but for the `KEPT_FIRST`; from then on only every second epoch of before is recorded.
    """

    def __init__(self) -> None:
        self._rows = np.empty((CAPACITY, 3))
        self._count = 0
        self._stride = 1

    def next_due(self, epoch: int) -> int:
        """Return the first epoch after this one at whose end the losses are to be recorded."""
        stride = max(self._stride, _stride_at(epoch))
        return (epoch // stride + 1) * stride

    def record(self, epoch: int, train_loss: float, test_loss: float) -> None:
        """Keep the losses of an epoch that is due; those of the last one anew, if it is that."""
        if self._count and self._rows[self._count - 1, 0] == epoch:
            self._count -= 1
        if self._count == CAPACITY:
            self._thin(max(self._stride, _stride_at(epoch)))
            if epoch % self._stride:
                return
        self._rows[self._count] = epoch, train_loss, test_loss
        self._count += 1

    def _thin(self, stride: int) -> None:
        """Keep the first rows, and of the others those that twice the stride would have recorded."""
        stays = np.ones(CAPACITY, bool)
        while stays.all():  # more than once only if a file says a stride that its rows do not have
            stride *= 2
            stays[KEPT_FIRST:] = self._rows[KEPT_FIRST:, 0] % stride == 0
        self._count = int(stays.sum())
        self._rows[: self._count] = self._rows[stays]
        self._stride = stride

    def rows(self) -> FloatArray:
        """Return a copy, shape (n, 3): epoch, training loss, test loss."""
        return self._rows[: self._count].copy()

    @property
    def first_losses(self) -> tuple[float, float]:
        """The training and the test loss of the first row."""
        return float(self._rows[0, 1]), float(self._rows[0, 2])

    def rows_until(self, now: float, train_loss: float, test_loss: float) -> FloatArray:
        """Return the rows as `rows` does, read-only, with a last one for a moment in the present epoch."""
        rows = self.rows()
        if now > rows[-1, 0]:
            rows = np.vstack([rows, (now, train_loss, test_loss)])
        else:  # a change of the setup may have changed the losses since they were recorded
            rows[-1] = now, train_loss, test_loss
        rows.setflags(write=False)
        return rows

    @property
    def stride(self) -> int:
        """Between how many epochs one is recorded at least, as far as the capacity decides that."""
        return self._stride

    @classmethod
    def of(cls, rows: FloatArray, stride: int) -> "History":
        """Make the history with these rows, shape (n, 3) and n up to `CAPACITY`, and this stride."""
        history = cls()
        history._count, history._stride = len(rows), stride
        history._rows[: len(rows)] = rows
        return history

    def copy(self) -> "History":
        """Return an independent history with the same rows."""
        return History.of(self._rows[: self._count], self._stride)

    @classmethod
    def unknown(cls, epoch: int) -> "History":
        """Make the history of a run whose losses up to an epoch are not known: one row, with NaN for both."""
        return cls.of(np.array([[epoch, np.nan, np.nan]]), 1)

    def until(self, epoch: int) -> "History":
        """Return an independent history that ends at this epoch.

        It is never empty: before the first recorded epoch no loss is known.
        """
        rows = self._rows[: self._count]
        earlier = rows[rows[:, 0] <= epoch]
        return History.of(earlier, self._stride) if len(earlier) else History.unknown(epoch)


def _stride_at(epoch: int) -> int:
    """Return between how many epochs one is recorded, as long as there is room for all."""
    stride = 1
    while stride < MAX_FIRST_STRIDE and epoch >= ALL_UNTIL * stride:
        stride *= 2
    return stride
