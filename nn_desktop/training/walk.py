"""How far training has come through the samples: epoch by epoch, update by update."""

from dataclasses import dataclass, replace

import numpy as np

from nn_desktop.arrays import IntArray
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.order import epoch_orders


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """A place on the way through the samples, and what lies ahead.

    Attributes
    ----------
    hyperparameters
        Their mode, batch size and seed decide the steps.
    samples
        Number of training samples.
    epoch, updates
        Whole epochs and updates so far.
    position
        Samples of the present epoch that are done.
    order
        Of the samples in the present epoch, shape (samples,).
    """

    hyperparameters: Hyperparameters
    samples: int
    epoch: int
    position: int
    updates: int
    order: IntArray

    @classmethod
    def at_epoch(cls, hyperparameters: Hyperparameters, samples: int, epoch: int, updates: int) -> "Walk":
        """Return the walk at the beginning of an epoch."""
        order = epoch_orders(hyperparameters, epoch, samples)[0].copy()  # alone: a checkpoint keeps it
        return cls(
            hyperparameters=hyperparameters,
            samples=samples,
            epoch=epoch,
            position=0,
            updates=updates,
            order=order,
        )

    @property
    def epochs(self) -> float:
        """Epochs so far, with the part of the present one that is done."""
        return self.epoch + self.position / max(1, self.samples)

    @property
    def samples_per_update(self) -> int:
        """Samples of a whole batch."""
        return self.hyperparameters.samples_per_update(self.samples)

    @property
    def next_batch(self) -> IntArray:
        """Rows of the samples that the next update takes; fewer at the end of an epoch."""
        return self.order[self.position : self.position + self.samples_per_update]

    @property
    def updates_per_epoch(self) -> int:
        """Updates that a whole epoch takes."""
        return self.hyperparameters.updates_per_epoch(self.samples)

    @property
    def updates_left_in_epoch(self) -> int:
        """Updates until the present epoch is complete."""
        return -(-(self.samples - self.position) // self.samples_per_update)

    def updates_until(self, epoch: int) -> int:
        """Return the number of updates until so many epochs are complete."""
        if epoch <= self.epoch:
            return 0
        return self.updates_left_in_epoch + (epoch - self.epoch - 1) * self.updates_per_epoch

    def next_order(self, updates: int, most_epochs: int) -> IntArray:
        """Return the order of what follows, shape (epochs, n): some whole epochs, or a part of one."""
        epochs = min(updates // self.updates_per_epoch, most_epochs)
        if self.position == 0 and epochs > 0:
            return epoch_orders(self.hyperparameters, self.epoch, self.samples)[:epochs]
        stop = self.position + updates * self.samples_per_update
        rest: IntArray = self.order[np.newaxis, self.position : stop]
        return rest

    def after(self, updates: int, order: IntArray) -> "Walk":
        """Return where one is after so many updates in an order that `next_order` gave."""
        if len(order) == 1:  # it may be a part of an epoch
            position = min(self.position + updates * self.samples_per_update, self.samples)
            epochs, position = (1, 0) if position == self.samples else (0, position)
        else:
            epochs, rest = divmod(updates, self.updates_per_epoch)
            position = rest * self.samples_per_update
        updates += self.updates
        if epochs == 0:
            return replace(self, position=position, updates=updates)
        ahead = Walk.at_epoch(self.hyperparameters, self.samples, self.epoch + epochs, updates)
        return replace(ahead, position=position)

    def with_hyperparameters(self, hyperparameters: Hyperparameters) -> "Walk":
        """Take the rest of the epoch in another mode; a batch of all samples takes all of it anew."""
        changed = replace(self, hyperparameters=hyperparameters)
        if self.position > 0 and changed.samples_per_update < self.samples:
            return changed
        return Walk.at_epoch(hyperparameters, self.samples, self.epoch, self.updates)
