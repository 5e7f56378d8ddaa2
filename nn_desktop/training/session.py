"""The session: a plain training loop, with no thread and no clock.

The same setup and engine give the same bits wherever it runs, and however it is cut into slices.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from math import isfinite, nan

import numpy as np

from nn_desktop.data.source import load
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.engine import Engine, IntArray, Precision, StopFlag
from nn_desktop.engines.selection import Choice, ChoiceMemory, choose
from nn_desktop.errors import UserError
from nn_desktop.network.initializers import initialize
from nn_desktop.network.parameters import Parameters, carry_over
from nn_desktop.network.topology import Topology
from nn_desktop.training.checkpoints import Checkpoint, Milestone, Snapshot, keep
from nn_desktop.training.history import History
from nn_desktop.training.order import epoch_orders
from nn_desktop.training.samples import Samples, make_samples
from nn_desktop.training.setup import Setup

Assign = Callable[[Parameters], None]
"""Puts numbers into parameters."""
GROWN_TOO_LARGE = "Some weights have grown too large for {type}: reset the network, or keep the number type."
START_TOO_LARGE = (
    "Some weights that the network started from are too large for {type}, and a reset comes back to them: "
    "use float64, or start anew with another seed."
)
PUT_IN_TOO_LARGE = "Some of these numbers are not finite, or too large for {type}: choose others."


class SessionError(UserError):
    """What a session cannot do in its present state."""


class Session:
    """Trains a network: initialize → forward → loss → backward → update → repeat over epochs.

    Parameters
    ----------
    setup
        What to train on what and how.
    start
        Given parameters to start from, in place of random ones.
    memory
        Knows which engine was the fastest for which work, so that ``auto`` takes the same one again.

    Attributes
    ----------
    setup, dataset, parameters, history
        As they are now.
    epoch
        Epochs completed.
    updates
        Updates done.
    engine
        What does the sums; a run keeps it to its end, unless another one is asked for.
    diverged
        True once a loss was not finite. The session then holds the last state whose loss was.
    milestones
        Ends of epochs at which the losses were recorded, thinned to a bounded number.
    """

    def __init__(
        self, setup: Setup, start: Parameters | None = None, memory: ChoiceMemory | None = None
    ) -> None:
        self._load(setup, memory)
        self._start = None if start is None else _without_removed(start)
        self._typed: Parameters | None = None
        self.reset()

    @classmethod
    def at(cls, checkpoint: Checkpoint, memory: ChoiceMemory | None = None) -> "Session":
        """Make a session at an earlier moment; its engine is that of the moment, and none is measured."""
        session = cls.__new__(cls)
        session._load(checkpoint.setup, memory)
        session._noted = checkpoint, checkpoint
        session.restore(checkpoint)
        return session

    def _load(self, setup: Setup, memory: ChoiceMemory | None) -> None:
        self.setup = setup
        self._memory = memory
        self.dataset = load(setup.data)
        self._output = setup.topology.layers[-1].activation
        self._samples: Samples | None = None
        self._losses: tuple[float, float] | None = None

    @property
    def samples(self) -> Samples:
        """The dataset as the network sees it."""
        if self._samples is None:
            self._samples = make_samples(self.dataset, self.setup.topology.layers[-1].activation)
        return self._samples

    @property
    def holds_lock(self) -> bool:
        """Whether all of Python waits while the engine is at work."""
        return self._engine.holds_lock

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
        """Go back to the start: the same parameters as at first, epoch 0.

        Raises
        ------
        SessionError
            If it was given in numbers too large for those of now. Nothing has changed then.
        """
        hyperparameters = self.setup.hyperparameters
        if self._start is not None and self._start.topology == self.setup.topology:
            self.parameters = _converted(self._start, hyperparameters.precision, START_TOO_LARGE)
        else:
            self.parameters, self._typed = self._initial(hyperparameters.seed), None
        self.epoch = 0
        self.updates = 0
        self.diverged = False
        self.history = History()
        self.milestones: tuple[Milestone, ...] = ()
        self._position = 0
        self._order = self._epoch_order()
        self._choose_engine()
        self._build_engine()
        self.history.record(0, *self.losses())
        self._good = self.checkpoint()
        self._noted = self._good, self._good

    def advance(self, updates: int, stop: StopFlag | None = None) -> None:
        """Do so many updates, or fewer if the run diverges or a stop is asked for.

        Raises
        ------
        SessionError
            If its data are not known.
        """
        if not self.train_count:
            raise SessionError(self.setup.data.source.why_no_samples)
        if not self.diverged and updates > 0 and not self._train(updates, stop):
            self._return_to_finite()

    def ensure_finite(self) -> None:
        """Make sure that the present state is finite; if it is not, the run has diverged."""
        if self.diverged or not self.train_count:
            return
        self.note_safe_checkpoint()
        if not self._is_finite(self.losses()[0]):
            self._return_to_finite()

    @property
    def safe_checkpoint(self) -> Checkpoint:
        """The newest moment to fall back on if what the session does now takes too long to wait for it.

        It may be read from any thread at any time.
        """
        since, checkpoint = self._noted
        return checkpoint if since is self._good else self._good

    def note_safe_checkpoint(self) -> None:
        """Take the present moment as the safe one, if its parameters are finite.

        Whether its losses are may take long to know. Moments whose losses are recorded are safe anyway.
        """
        if np.isfinite(self.parameters.vector).all():
            self._noted = self._good, self.checkpoint()

    def losses(self) -> tuple[float, float]:
        """Return the loss over all training and over all test samples; NaN where there are none."""
        if not self.train_count:
            return nan, nan
        if self._losses is None:
            s = self.samples
            self._losses = (
                self._engine.loss(s.train_inputs, s.train_targets),
                self._engine.loss(s.test_inputs, s.test_targets),
            )
        return self._losses

    def test_loss_with(self, parameters: Parameters) -> float:
        """Return the test loss that other parameters of the same network have, by the same sums."""
        h, s = self.setup.hyperparameters, self.samples
        make = available_engines()[self.engine.engine]
        engine = make(parameters, h.loss, s.test_inputs, s.test_targets, h.learning_rate)
        return engine.loss(s.test_inputs, s.test_targets)

    def gradient(self, most_samples: int) -> Parameters:
        """Return the gradient of the loss over the first training samples, as many as there are or wanted."""
        _, vector = self._engine.gradient(np.arange(min(most_samples, self.train_count)))
        return Parameters(self.setup.topology, vector)

    def change(
        self, setup: Setup, restore_from: Checkpoint | None = None, assign: Assign | None = None
    ) -> None:
        """Go on with another setup.

        - Other data, another initializer or another seed begin anew; the latter two from random parameters
          even where others were given. So does another network, as long as nothing was learned.
        - Another network carries over what is known and goes on.
        - Another initializer of a layer draws the weights into it anew in the start, but for typed ones; as
          long as nothing was learned, that is seen at once.
        - All other hyperparameters count from the next update.

        Parameters
        ----------
        setup
            The new one.
        restore_from
            An earlier moment of that very setup, to come back to: exactly, where the change begins anew or
            nothing was learned since; otherwise what the present network no longer knows comes from there.
        assign
            Puts numbers into the parameters afterwards, unless all of `restore_from` came back. Before the
            first update they belong to the start, which `reset` comes back to. If the network stays what it
            is, they were typed, and stay when its other weights are drawn anew; numbers that came with a
            network do not, as those of a given start.

        Raises
        ------
        UserError
            If the data cannot be had, or numbers are too large for the type of numbers. What has changed by
            then is undone by coming back to a checkpoint of before.
        """
        self.ensure_finite()
        if restore_from is not None and (self._begins_anew(setup) or restore_from.updates == self.updates):
            self.restore(restore_from)
            return
        if setup.data != self.setup.data:
            self.dataset = load(setup.data)
            self._samples = None
        begins_anew = self._begins_anew(setup)
        before, self.setup = self.setup, setup
        if _draw_of(setup) != _draw_of(before):
            self._start = self._typed = None
        if restore_from is not None:
            self._start, self._typed = restore_from.start, restore_from.typed
        if begins_anew:
            self.reset()
        else:
            self._go_on(before, restore_from)
        if assign is not None:
            if self.updates == 0 and restore_from is None and setup.topology == before.topology:
                self._mark_typed(assign)
            _assign_finite(self.parameters, assign)
            self._losses = None
        if self.updates == 0 and (assign is not None or self._start is not None):
            self._start = self.parameters.copy()
        if self.updates == 0:
            self.history.record(0, *self.losses())
        self._good = self.checkpoint()

    def amend_start(self, assign: Assign, mark: Assign) -> None:
        """Put numbers into the start alone, if it is not drawn at random.

        Parameters
        ----------
        assign
            Puts the numbers in.
        mark
            Puts 1 where they were typed, and 0 where they were not.
        """
        if self._start is None or self._start.topology != self.setup.topology:
            return
        start = self._start.copy()  # checkpoints hold the one of before
        _assign_finite(start, assign)
        self._start = start
        self._typed = self._marks(self.setup.topology)
        mark(self._typed)
        self._good = self.checkpoint()

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
            self.engine,
            self._start,
            self._typed,
            self.milestones,
        )

    def checkpoint_at(self, milestone: Milestone) -> Checkpoint:
        """Return all that is needed to come back to a milestone of this run."""
        hyperparameters = milestone.setup.hyperparameters
        earlier = tuple(m for m in self.milestones if m.updates < milestone.updates)
        has_start = self._start is not None and self._start.topology == milestone.setup.topology
        return Checkpoint(
            milestone.setup,
            Parameters(milestone.setup.topology, milestone.vector.copy()),
            milestone.epoch,
            0,
            milestone.updates,
            epoch_orders(hyperparameters, milestone.epoch, self.train_count)[0].copy(),
            self.history.until(milestone.epoch),
            False,
            self._engine_of(milestone.setup),
            self._start if has_start else None,
            self._typed if has_start else None,
            (*earlier, milestone),
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Come back to an earlier moment, exactly."""
        if checkpoint.setup.data != self.setup.data:
            self.dataset = load(checkpoint.setup.data)
            self._samples = None
        self.setup = checkpoint.setup
        self.parameters = checkpoint.parameters.copy()
        self.epoch, self._position = checkpoint.epoch, checkpoint.position
        self.updates, self._order = checkpoint.updates, checkpoint.order
        self.history, self.diverged = checkpoint.history.copy(), checkpoint.diverged
        self._start, self._typed = checkpoint.start, checkpoint.typed
        self.milestones = checkpoint.milestones
        self.engine = checkpoint.engine
        self._build_engine()
        self._good = checkpoint

    def snapshot(self) -> Snapshot:
        """Return an immutable copy of what views show."""
        parameters = self.parameters.copy()
        parameters.vector.setflags(write=False)
        train_loss, test_loss = self.losses()
        now = self.epoch + self._position / max(1, self.train_count)
        rows = self.history.rows()
        if now > rows[-1, 0]:
            rows = np.vstack([rows, (now, train_loss, test_loss)])
        elif self.train_count:  # a change of the setup may have changed the losses since they were recorded
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
            self.engine,
            self.milestones,
        )

    def _train(self, updates: int, stop: StopFlag | None = None) -> bool:
        """Do updates, epoch by epoch. False: the last loss was not finite, and its update was not done."""
        while updates > 0:
            batch = self.setup.hyperparameters.samples_per_update(self.train_count)
            order = self._next_epochs(updates, batch)
            self._losses = None
            losses = self._engine.train(order, batch, stop)
            is_finite = isfinite(losses[-1])
            done = len(losses) if is_finite else len(losses) - 1
            self._walk(done, order, batch)
            if not is_finite:
                return False
            updates -= done
            if stop:
                return True
        return True

    def _next_epochs(self, updates: int, batch: int) -> IntArray:
        """Return the order of what follows: whole epochs until losses are recorded, or a part of one."""
        epochs = min(updates // self.updates_per_epoch, self.history.next_due(self.epoch) - self.epoch)
        if self._position == 0 and epochs > 0:
            return self._epoch_orders()[:epochs]
        rest: IntArray = self._order[np.newaxis, self._position : self._position + updates * batch]
        return rest

    def _walk(self, updates: int, order: IntArray, batch: int) -> None:
        """Note down that so many updates were done in an order."""
        self.updates += updates
        if len(order) == 1:  # it may be a part of an epoch
            self._position = min(self._position + updates * batch, self.train_count)
            epochs = int(self._position == self.train_count)
        else:
            epochs, rest = divmod(updates, self.updates_per_epoch)
            self._position = rest * batch
        if epochs > 0:
            self._complete_epochs(epochs)

    def _complete_epochs(self, epochs: int) -> None:
        is_due = self.epoch + epochs == self.history.next_due(self.epoch)
        self.epoch += epochs
        if self._position == self.train_count:
            self._position = 0
        self._order = self._epoch_order()
        if is_due:
            self.note_safe_checkpoint()
            losses = self.losses()
            self.history.record(self.epoch, *losses)
            if self._is_finite(losses[0]):
                self._keep_milestone()
                self._good = self.checkpoint()

    def _keep_milestone(self) -> None:
        vector = self.parameters.vector.copy()
        vector.setflags(write=False)
        self.milestones = keep(self.milestones, Milestone(self.setup, vector, self.epoch, self.updates))

    def _epoch_order(self) -> IntArray:
        """Return the order of the samples in this epoch alone: a checkpoint keeps it."""
        order: IntArray = self._epoch_orders()[0].copy()
        return order

    def _epoch_orders(self) -> IntArray:
        """Return the order of the samples in this epoch and in some that follow, shape (epochs, samples)."""
        return epoch_orders(self.setup.hyperparameters, self.epoch, self.train_count)

    def _is_finite(self, train_loss: float) -> bool:
        return isfinite(train_loss) and bool(np.isfinite(self.parameters.vector).all())

    def _return_to_finite(self) -> None:
        """Go back to the last finite state, by doing the updates before it once more.

        They start from a state that was finite, and halve the way to the present one, which is not, until
        the last finite one is found: the same one, however the run was cut into slices.
        """
        self._noted = self._good, self._good
        not_finite = self.updates
        while not_finite - self._good.updates > 1:
            middle = (self._good.updates + not_finite) // 2
            self.restore(self._good)
            if self._train(middle - self.updates) and self._is_finite(self.losses()[0]):
                self._good = self.checkpoint()
            else:
                not_finite = middle
        self.restore(self._good)
        self.diverged = True

    def _go_on(self, before: Setup, restore_from: Checkpoint | None) -> None:
        """Go on with the setup of now, knowing what was known before."""
        if self.setup.topology != before.topology:
            self._carry_over(self.setup.topology, restore_from)
            if restore_from is None and self._start is not None:
                self._draw_anew(_layers_of_another_initializer(before.topology, self.setup.topology))
        self._convert_parameters()
        self._continue_epoch()
        self.diverged = False
        self._fit_engine(before, restore_from)

    def _carry_over(self, topology: Topology, restore_from: Checkpoint | None) -> None:
        # The counter of ids makes units that are added later differ from those that they replace.
        new = self._initial([self.setup.hyperparameters.seed, topology.next_id])
        if new.vector.dtype != self.parameters.vector.dtype:  # it is converted, with care, afterwards
            new = Parameters(topology, new.vector.astype(self.parameters.vector.dtype))
        if restore_from is not None:
            carry_over(restore_from.parameters, new)
        elif self._start is not None:
            dtype = np.promote_types(self._start.vector.dtype, new.vector.dtype)  # holds both
            start = Parameters(topology, new.vector.astype(dtype), new.blocks)
            carry_over(self._start, start)
            self._start = start
            if self._typed is not None:
                self._typed = self._marks(topology)
        carry_over(self.parameters, new)
        self.parameters = new

    def _draw_anew(self, layers: Collection[int]) -> None:
        """Draw the weights into layers anew in the start; what was typed stays."""
        if not layers or self._start is None:
            return
        drawn, typed = self._initial(self.setup.hyperparameters.seed), self._marks(self.setup.topology)
        # Before the first update the start is where one is.
        for parameters in (self._start, self.parameters) if self.updates == 0 else (self._start,):
            for layer in layers:
                weights = parameters.matrix(layer)[:, :-1]
                np.copyto(
                    weights,
                    drawn.matrix(layer)[:, :-1],
                    casting="same_kind",
                    where=typed.matrix(layer)[:, :-1] == 0,
                )

    def _mark_typed(self, assign: Assign) -> None:
        """Note down where numbers of the start are typed: that is where they change what is no number."""
        places = Parameters(self.setup.topology, np.full_like(self.parameters.vector, np.nan))
        with np.errstate(over="ignore"):  # what is too large is refused where it counts
            assign(places)
        typed = self._marks(self.setup.topology)
        typed.vector[~np.isnan(places.vector)] = 1
        self._typed = typed

    def _marks(self, topology: Topology) -> Parameters:
        """Return which numbers of the start were typed, as far as they are in a network, in a copy."""
        marks = Parameters.zeros(topology, np.float16)  # 0 and 1 are all that it holds
        if self._typed is not None:
            carry_over(self._typed, marks)
        return marks

    def _initial(self, seed: int | list[int]) -> Parameters:
        h = self.setup.hyperparameters
        return initialize(self.setup.topology, h.initializer, seed, np.dtype(h.precision))

    def _begins_anew(self, setup: Setup) -> bool:
        knows_nothing = self.updates == 0 and self._start is None
        return setup.beginning != self.setup.beginning or (
            knows_nothing and setup.topology != self.setup.topology
        )

    def _convert_parameters(self) -> None:
        precision = self.setup.hyperparameters.precision
        if self.parameters.vector.dtype == np.dtype(precision):
            return
        self.parameters = _converted(self.parameters, precision, GROWN_TOO_LARGE)
        if self._start is not None and self._start.topology == self.setup.topology:
            _converted(self._start, precision, START_TOO_LARGE)  # a reset comes back to it

    def _continue_epoch(self) -> None:
        """Take the rest of the epoch with the mode of now; a batch of all samples takes all of it anew."""
        if self.setup.hyperparameters.samples_per_update(self.train_count) == self.train_count:
            self._position = 0
        if self._position == 0:
            self._order = self._epoch_order()

    def _fit_engine(self, before: Setup, restore_from: Checkpoint | None) -> None:
        """Keep the engine, with its buffers, if nothing but mode, batch size or learning rate changed."""
        now, taken = self.setup.hyperparameters, self.engine.engine
        if restore_from is not None and restore_from.setup.hyperparameters.engine is now.engine:
            self.engine = restore_from.engine
        elif self.updates == 0 or now.engine is not before.hyperparameters.engine:
            self._choose_engine()
        same = replace(
            before.hyperparameters,
            mode=now.mode,
            batch_size=now.batch_size,
            learning_rate=now.learning_rate,
            engine=now.engine,
        )
        if before.topology == self.setup.topology and same == now and taken is self.engine.engine:
            self._engine.learning_rate = now.learning_rate
        else:
            self._build_engine()

    def _engine_of(self, setup: Setup) -> Choice:
        """Return the engine of an earlier moment: a run keeps it, unless another one was asked for since."""
        h = setup.hyperparameters
        if h.engine is self.setup.hyperparameters.engine:
            return self.engine
        return self._choose(setup)

    def _choose_engine(self) -> None:
        self.engine = self._choose(self.setup)

    def _choose(self, setup: Setup) -> Choice:
        h = setup.hyperparameters
        batch = h.samples_per_update(self.train_count)
        return choose(h.engine, setup.topology, h.loss, batch, h.precision, self._memory)

    def _build_engine(self) -> None:
        output = self.setup.topology.layers[-1].activation
        if output is not self._output:
            self._samples, self._output = None, output
        self._engine = self._make_engine(self.parameters)
        self._losses = None

    def _make_engine(self, parameters: Parameters) -> Engine:
        h, s = self.setup.hyperparameters, self.samples
        make = available_engines()[self.engine.engine]
        return make(parameters, h.loss, s.train_inputs, s.train_targets, h.learning_rate)


def _without_removed(parameters: Parameters) -> Parameters:
    """Return a copy in which removed connections carry nothing."""
    copy = parameters.copy()
    copy.clear_removed()
    return copy


def _converted(parameters: Parameters, precision: Precision, refusal: str) -> Parameters:
    """Return the same numbers in a type, in a copy; raises `SessionError` if they are too large for it."""
    with np.errstate(over="ignore"):
        vector = parameters.vector.astype(precision)
    return _ensured_finite(Parameters(parameters.topology, vector, parameters.blocks), refusal)


def _assign_finite(parameters: Parameters, assign: Assign) -> None:
    """Put numbers in; raises `SessionError` if they are too large for the type of the others."""
    with np.errstate(over="ignore"):
        assign(parameters)
    parameters.clear_removed()
    _ensured_finite(parameters, PUT_IN_TOO_LARGE)


def _ensured_finite(parameters: Parameters, refusal: str) -> Parameters:
    if not np.isfinite(parameters.vector).all():
        raise SessionError(refusal.format(type=parameters.vector.dtype.name))
    return parameters


def _layers_of_another_initializer(before: Topology, after: Topology) -> list[int]:
    """Return layers whose own initializer is another one, in a network that is the same otherwise."""
    if (before.links, before.next_id) != (after.links, after.next_id):
        return []
    if len(before.layers) != len(after.layers):
        return []
    pairs = list(zip(before.layers, after.layers, strict=True))
    if any(replace(old, initializer=new.initializer) != new for old, new in pairs):
        return []
    return [new.id for old, new in pairs if new.initializer is not old.initializer]


def _draw_of(setup: Setup) -> tuple[object, ...]:
    """Return what decides how random parameters are drawn."""
    return setup.hyperparameters.initializer, setup.hyperparameters.seed
