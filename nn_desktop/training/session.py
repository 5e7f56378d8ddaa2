"""The session: a plain training loop, with no thread and no clock.

The same setup gives the same bits wherever it runs, and however it is cut into slices.
"""

from collections import deque
from dataclasses import dataclass
from math import isfinite

import numpy as np

from nn_desktop.data.catalogue import load
from nn_desktop.data.dataset import Dataset
from nn_desktop.engines.engine import IntArray
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.network.initializers import initialize
from nn_desktop.network.parameters import FloatArray, Parameters, carry_over
from nn_desktop.network.topology import Topology
from nn_desktop.training.history import History
from nn_desktop.training.samples import make_samples
from nn_desktop.training.setup import Setup

LOOK_BACK = 4
"""Updates within which a run that diverges had a finite loss: it grows beyond all numbers in one or two."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """All that a session needs to go on exactly from here."""

    setup: Setup
    parameters: Parameters
    epoch: int
    position: int
    updates: int
    order: IntArray
    history: History
    diverged: bool
    start: Parameters | None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What a view needs to know of one moment; nothing in it changes any more.

    Attributes
    ----------
    setup
        What was trained.
    dataset
        What it was trained on.
    parameters
        A copy.
    epoch, updates
        Whole epochs and updates so far.
    train_loss, test_loss
        Over all samples of each part.
    history
        Shape (n, 3): epoch, training loss, test loss; its last row is this moment.
    diverged
        Whether the run was stopped because the loss grew beyond all numbers.
    """

    setup: Setup
    dataset: Dataset
    parameters: Parameters
    epoch: int
    updates: int
    train_loss: float
    test_loss: float
    history: FloatArray
    diverged: bool


class Session:
    """Trains a network: initialize → forward → loss → backward → update → repeat over epochs.

    Parameters
    ----------
    setup
        What to train on what and how.
    start
        Given parameters to start from, in place of random ones.

    Attributes
    ----------
    setup, dataset, parameters, history
        As they are now.
    epoch
        Epochs completed.
    updates
        Updates done.
    diverged
        True once a loss was not finite. The session then holds the last state whose loss was.
    """

    def __init__(self, setup: Setup, start: Parameters | None = None) -> None:
        self.setup = setup
        self.dataset = load(setup.data)
        self._start = start
        self.reset()

    @property
    def train_count(self) -> int:
        """Number of samples to train on."""
        return len(self.dataset.train)

    @property
    def updates_per_epoch(self) -> int:
        """Updates that a whole epoch takes with the mode of now."""
        return self.setup.hyperparameters.updates_per_epoch(self.train_count)

    @property
    def updates_left_in_epoch(self) -> int:
        """Updates until the present epoch is complete."""
        left = self.train_count - self._position
        return -(-left // self.setup.hyperparameters.samples_per_update(self.train_count))

    def updates_until(self, epoch: int) -> int:
        """Return the number of updates until so many epochs are complete."""
        if epoch <= self.epoch:
            return 0
        return self.updates_left_in_epoch + (epoch - self.epoch - 1) * self.updates_per_epoch

    def reset(self) -> None:
        """Go back to the start: the same parameters as at first, epoch 0."""
        hyperparameters = self.setup.hyperparameters
        if self._start is not None and self._start.topology == self.setup.topology:
            vector = self._start.vector.astype(hyperparameters.precision)
            self.parameters = Parameters(self.setup.topology, vector)
            self.parameters.clear_removed()
        else:
            self.parameters = self._initial(hyperparameters.seed)
        self.epoch = 0
        self.updates = 0
        self.diverged = False
        self.history = History()
        self._position = 0
        self._order = self._epoch_order()
        self._recent: deque[Checkpoint] = deque()
        self._build_engine()
        self.history.record(0, *self.losses())

    def advance(self, updates: int) -> None:
        """Do so many updates, or fewer if the run diverges."""
        if self.diverged or updates < 1:
            return
        self._recent.append(self.checkpoint())
        while len(self._recent) > 1 and self._recent[1].updates <= self.updates - LOOK_BACK:
            self._recent.popleft()
        if not self._train(updates):
            self._return_to_finite()

    def settle(self) -> None:
        """Make sure that the loss of the present state is finite; if it is not, the run has diverged."""
        if not self.diverged and not isfinite(self.losses()[0]):
            self._return_to_finite()

    def losses(self) -> tuple[float, float]:
        """Return the loss over all training and over all test samples."""
        s = self._samples
        return (
            self._engine.loss(s.train_inputs, s.train_targets),
            self._engine.loss(s.test_inputs, s.test_targets),
        )

    def change(self, setup: Setup, recall: Checkpoint | None = None) -> None:
        """Go on with another setup.

        A changed network carries over what it knows and goes on, or starts at random if it knows nothing
        yet; changed hyperparameters count from the next update; other data, another initializer or another
        seed begin anew, the latter two from random parameters even where others were given.

        Parameters
        ----------
        setup
            The new one.
        recall
            An earlier moment of that very setup. What the present network no longer knows comes from there,
            and where the change begins anew, it begins there.
        """
        self.settle()
        before = self.setup
        if setup.data != before.data:
            self.dataset = load(setup.data)  # first, for it may fail: then nothing has changed
        self.setup = setup
        if _draw_of(setup) != _draw_of(before):
            self._start = None
        knows_nothing = self.updates == 0 and self._start is None and setup.topology != before.topology
        if setup.data != before.data or _draw_of(setup) != _draw_of(before) or knows_nothing:
            if recall is None:
                self.reset()
            else:
                self.restore(recall)
            return
        if setup.topology != before.topology:
            self._carry_over(setup.topology, recall)
        elif setup.hyperparameters.precision != before.hyperparameters.precision:
            vector = self.parameters.vector.astype(setup.hyperparameters.precision)
            self.parameters = Parameters(setup.topology, vector)
        self.diverged = False
        self._recent.clear()
        self._build_engine()
        if self._position == 0:
            self._order = self._epoch_order()

    def checkpoint(self) -> Checkpoint:
        """Return all that is needed to come back to this moment."""
        return Checkpoint(
            self.setup,
            self.parameters.copy(),
            self.epoch,
            self._position,
            self.updates,
            self._order,
            self.history.copy(),
            self.diverged,
            self._start,
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Come back to an earlier moment, exactly."""
        if checkpoint.setup.data != self.setup.data:
            self.dataset = load(checkpoint.setup.data)
        self.setup = checkpoint.setup
        self.parameters = checkpoint.parameters.copy()
        self.epoch, self._position = checkpoint.epoch, checkpoint.position
        self.updates, self._order = checkpoint.updates, checkpoint.order
        self.history, self.diverged = checkpoint.history.copy(), checkpoint.diverged
        self._start = checkpoint.start
        self._recent.clear()
        self._build_engine()

    def snapshot(self) -> Snapshot:
        """Return an immutable copy of what views show."""
        parameters = self.parameters.copy()
        parameters.vector.setflags(write=False)
        train_loss, test_loss = self.losses()
        now = self.epoch + self._position / self.train_count
        rows = self.history.rows()
        if now > rows[-1, 0]:
            rows = np.vstack([rows, (now, train_loss, test_loss)])
        else:  # a change of the setup may have changed the losses since they were recorded
            rows[-1] = now, train_loss, test_loss
        rows.setflags(write=False)
        return Snapshot(
            self.setup,
            self.dataset,
            parameters,
            self.epoch,
            self.updates,
            train_loss,
            test_loss,
            rows,
            self.diverged,
        )

    def _train(self, updates: int) -> bool:
        """Do updates, epoch by epoch. False: the last loss was not finite, and its update was not done."""
        while updates > 0:
            batch = self.setup.hyperparameters.samples_per_update(self.train_count)
            order = self._order[self._position : self._position + updates * batch]
            losses = self._engine.train(order, batch)
            finite = isfinite(losses[-1])
            done = len(losses) if finite else len(losses) - 1
            self.updates += done
            self._position = min(self._position + done * batch, self.train_count)
            if not finite:
                return False
            updates -= done
            if self._position == self.train_count:
                self._complete_epoch()
        return True

    def _complete_epoch(self) -> None:
        self.epoch += 1
        self._position = 0
        self._order = self._epoch_order()
        if self.history.is_due(self.epoch):
            self.history.record(self.epoch, *self.losses())

    def _epoch_order(self) -> IntArray:
        """Return the order of the samples in this epoch: a permutation that its number and the seed give."""
        hyperparameters = self.setup.hyperparameters
        if hyperparameters.samples_per_update(self.train_count) == self.train_count:
            return np.arange(self.train_count)
        return np.random.default_rng([hyperparameters.seed, self.epoch]).permutation(self.train_count)

    def _return_to_finite(self) -> None:
        """Go back to the last state whose loss was finite, by doing the updates before it once more."""
        recent, last = list(self._recent), self.updates - 1
        for goal in range(max(0, last), max(-1, last - LOOK_BACK), -1):
            checkpoint = next((c for c in reversed(recent) if c.updates <= goal), None)
            if checkpoint is None:
                break
            self.restore(checkpoint)
            self._train(goal - checkpoint.updates)
            # The loss of its batch was finite; that of all samples may not be: then the one before.
            if isfinite(self.losses()[0]):
                break
        self.diverged = True

    def _carry_over(self, topology: Topology, recall: Checkpoint | None) -> None:
        # The counter of ids makes units that are added later differ from those that they replace.
        new = self._initial([self.setup.hyperparameters.seed, topology.next_id])
        if recall is not None:
            carry_over(recall.parameters, new)
        carry_over(self.parameters, new)
        self.parameters = new

    def _initial(self, seed: int | list[int]) -> Parameters:
        h = self.setup.hyperparameters
        return initialize(self.setup.topology, h.initializer, seed, np.dtype(h.precision))

    def _build_engine(self) -> None:
        self._samples = make_samples(self.dataset, self.setup.topology.layers[-1].activation)
        h = self.setup.hyperparameters
        s = self._samples
        self._engine = NumpyEngine(self.parameters, h.loss, s.train_inputs, s.train_targets, h.learning_rate)


def _draw_of(setup: Setup) -> tuple[object, ...]:
    """Return what decides how random parameters are drawn."""
    return setup.hyperparameters.initializer, setup.hyperparameters.seed
