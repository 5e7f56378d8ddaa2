"""The session: a plain training loop, with no thread and no clock.

The same setup and engine give the same bits wherever it runs, and however it is cut into slices.
"""

from dataclasses import replace
from enum import Enum, auto
from math import isfinite, nan

import numpy as np

from nn_desktop.data.source import load
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.engine import Engine, StopFlag
from nn_desktop.engines.optimizer_state import OptimizerState
from nn_desktop.engines.selection import Choice, ChoiceMemory, choose
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.checkpoints import (
    Best,
    Checkpoint,
    Milestone,
    best_among,
    better,
    checkpoint_at,
    comparable,
    keep,
)
from nn_desktop.training.history import History
from nn_desktop.training.marks import Mark, marked
from nn_desktop.training.numbers import Numbers
from nn_desktop.training.samples import Samples, SamplesView
from nn_desktop.training.setup import Setup
from nn_desktop.training.snapshot import Snapshot
from nn_desktop.training.start import (
    START_TOO_LARGE,
    Assign,
    InitialParameters,
    SessionError,
    assign_finite,
    begins_anew,
    converted,
    draw,
    draws_alike,
    without_removed,
)
from nn_desktop.training.stopping import ENDLESS, StopRule
from nn_desktop.training.walk import Walk


class _End(Enum):
    """How some updates ended."""

    DONE = auto()
    """All are done, or a stop was asked for."""
    AT_LOSS = auto()
    """A loss to stop at was reached."""
    NOT_FINITE = auto()
    """The last loss was not finite, and its update was not done."""


class Session:
    """Trains a network: initialize → forward → loss → backward → update → repeat over epochs.

    Parameters
    ----------
    setup
        What to train on what and how.
    initial
        Given parameters to start from, in place of random ones.
    memory
        Knows which engine was the fastest for which work, so that ``auto`` takes the same one again.
    engine
        What does the sums at first; None to choose it now.

    Attributes
    ----------
    setup, dataset, parameters, optimizer_state, history, milestones, best, marks
        As they are now: see `Checkpoint`.
    walk
        How far it has come through the samples.
    engine
        What does the sums; a run keeps it to its end, unless another one is asked for.
    diverged
        True once a loss was not finite. The session then holds the last state whose loss was.
    """

    def __init__(
        self,
        setup: Setup,
        initial: Parameters | None = None,
        memory: ChoiceMemory | None = None,
        engine: Choice | None = None,
    ) -> None:
        self._load(setup, memory)
        self._initial = InitialParameters(parameters=None if initial is None else without_removed(initial))
        self.reset(engine)

    @classmethod
    def at(cls, checkpoint: Checkpoint, memory: ChoiceMemory | None = None) -> "Session":
        """Make a session at an earlier moment; its engine is that of the moment, and none is measured."""
        session = cls.__new__(cls)
        session._load(checkpoint.setup, memory)
        session._noted = checkpoint, checkpoint
        session.restore(checkpoint)
        return session

    def _load(self, setup: Setup, memory: ChoiceMemory | None) -> None:
        self.setup, self.dataset, self._memory = setup, load(setup.data), memory
        self._losses: tuple[float, float] | None = None
        self._view = SamplesView()

    def _take(self, setup: Setup) -> None:
        """Take another setup, and its data."""
        if setup.data != self.setup.data:
            self.dataset = load(setup.data)
        self.setup = setup

    @property
    def samples(self) -> Samples:
        """The dataset as the network sees it."""
        output = self.setup.topology.layers[-1].activation
        return self._view.of(self.dataset, output, self.setup.hyperparameters.target_smoothing)

    @property
    def holds_lock(self) -> bool:
        """Whether all of Python waits while the engine is at work."""
        return self._engine.holds_lock

    @property
    def train_count(self) -> int:
        """Number of samples to train on."""
        return len(self.dataset.train)

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return self.walk.epoch

    @property
    def updates(self) -> int:
        """Updates done."""
        return self.walk.updates

    def reset(self, engine: Choice | None = None) -> None:
        """Go back to the start, epoch 0: the same parameters as at first, and an engine, if none is given.

        Raises
        ------
        SessionError
            If it was given in numbers too large for those of now. Nothing has changed then.
        """
        hyperparameters = self.setup.hyperparameters
        start = self._initial.of(self.setup.topology)
        if start is not None:
            self.parameters = converted(start, hyperparameters.precision, START_TOO_LARGE)
        else:
            self.parameters = draw(self.setup, hyperparameters.seed)
            self._initial = replace(self._initial, user_set=None)
        self.optimizer_state = OptimizerState()
        self.walk = Walk.at_epoch(hyperparameters, self.train_count, epoch=0, updates=0)
        self.history, self.diverged = History(), False
        self.milestones: tuple[Milestone, ...] = ()
        self.best: Best | None = None
        self.marks: tuple[Mark, ...] = ()
        self._take_engine(engine or _choose(self.setup, self.train_count, self._memory))

    def advance(self, updates: int, stop: StopFlag | None = None, rule: StopRule = ENDLESS) -> bool:
        """Do so many updates, or fewer if the run diverges, a stop is asked for, or a loss is reached.

        Tells whether the latter is so: at the end of an epoch whose losses are recorded, and low enough for
        the rule. Raises `SessionError` if the data are not known.
        """
        if not self.train_count:
            raise SessionError(self.setup.data.source.why_no_samples)
        self.settle_engine()
        end = self._train(0 if self.diverged else updates, stop, rule)
        if end is _End.NOT_FINITE:
            self._return_to_finite()
        return end is _End.AT_LOSS

    def settle_engine(self) -> None:
        """Choose what does the sums if that was left open; all is then as if it had been chosen at first."""
        if self.engine.is_provisional:
            self._take_engine(_choose(self.setup, self.train_count, self._memory))

    def _take_engine(self, engine: Choice) -> None:
        self.engine = engine
        self._build_engine()
        if self.updates == 0:
            self.history.record(0, *self.losses())
        self._good = self.checkpoint()
        self._noted = self._good, self._good

    def ensure_finite(self) -> None:
        """Make sure that the present state is finite; if it is not, the run has diverged."""
        if self.diverged or not self.train_count:
            return
        self.note_safe_checkpoint()
        if not _are_finite(self.parameters, self.losses()[0]):
            self._return_to_finite()

    @property
    def safe_checkpoint(self) -> Checkpoint:
        """The newest moment to fall back on if what is done now takes too long; for any thread."""
        since, checkpoint = self._noted
        return checkpoint if since is self._good else self._good

    def note_safe_checkpoint(self) -> None:
        """Take the present moment as the safe one, if its parameters are finite; its losses may take long."""
        if _are_finite(self.parameters, 0):
            self._noted = self._good, self.checkpoint()

    def losses(self) -> tuple[float, float]:
        """Return the loss over all training and over all test samples; NaN where there are none."""
        if not self.train_count:
            return nan, nan
        if self._losses is None:
            self._losses = _evaluate(self._engine, self.samples)
        return self._losses

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
        restore_from
            An earlier moment of that very setup, to come back to: exactly, where the change begins anew or
            nothing was learned since; otherwise what the present network no longer knows comes from there.
        assign
            Puts numbers into the parameters afterwards, unless all of `restore_from` came back. Before the
            first update they belong to the start. If the network stays what it is, they were typed, and stay
            when its other weights are drawn anew; numbers that came with a network do not.

        Raises
        ------
        UserError
            If the data cannot be had, or numbers are too large for their type; `restore` undoes the rest.
        """
        self.ensure_finite()
        is_random = self.updates == 0 and self._initial.parameters is None
        starts_anew = begins_anew(self.setup, setup, is_random)
        if restore_from is not None and (starts_anew or restore_from.updates == self.updates):
            self.restore(restore_from)
            return
        before = self.setup
        self._take(setup)
        if not draws_alike(setup, before):
            self._initial = InitialParameters()
        if restore_from is not None:
            self._initial = restore_from.initial
        if starts_anew:
            self.reset()
        else:
            self._go_on(before, restore_from)
            self._engine.descent = setup.hyperparameters.descent
        if assign is not None:
            if self.updates == 0 and restore_from is None and setup.topology == before.topology:
                self._initial = self._initial.with_user_set(setup.topology, assign)
            assign_finite(self.parameters, assign)
            self._losses = None
        if self.updates == 0 and (assign is not None or self._initial.parameters is not None):
            self._initial = replace(self._initial, parameters=self.parameters.copy())
        if self.updates == 0:
            self.history.record(0, *self.losses())
        self._good = self.checkpoint()

    def amend_start(self, assign: Assign, mark: Assign) -> None:
        """Put numbers into the start alone, unless it is random, and mark with 1 what somebody set."""
        self._initial = self._initial.amended(self.setup.topology, assign, mark)
        self._good = self.checkpoint()

    def checkpoint(self) -> Checkpoint:
        """Return all that is needed to come back to this moment."""
        return Checkpoint(
            setup=self.setup,
            parameters=self.parameters.copy(),
            optimizer_state=self.optimizer_state.copy(),
            epoch=self.epoch,
            position=self.walk.position,
            updates=self.updates,
            order=self.walk.order,
            history=self.history.copy(),
            diverged=self.diverged,
            engine=self.engine,
            initial=self._initial,
            milestones=self.milestones,
            best=self.best,
            marks=self.marks,
        )

    def checkpoint_at(self, milestone: Milestone) -> Checkpoint:
        """Return how to come back to a milestone; the engine stays, unless another was asked for since."""
        setup = milestone.setup
        is_kept = setup.hyperparameters.engine is self.setup.hyperparameters.engine
        engine = self.engine if is_kept else _choose(setup, self.train_count, self._memory)
        return checkpoint_at(milestone, self.checkpoint(), engine)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Come back to an earlier moment, exactly."""
        self._take(checkpoint.setup)
        self.parameters = checkpoint.parameters.copy()
        self.optimizer_state = checkpoint.optimizer_state.copy()
        self.walk, self.diverged = checkpoint.walk, checkpoint.diverged
        self.history = checkpoint.history.copy()
        self._initial, self.milestones = checkpoint.initial, checkpoint.milestones
        self.best, self.marks = checkpoint.best, checkpoint.marks
        self.engine = checkpoint.engine
        self._build_engine()
        self._good = checkpoint

    def snapshot(self) -> Snapshot:
        """Return an immutable copy of what views show; what somebody has seen is safe."""
        checkpoint, losses = self.checkpoint(), self.losses()
        if _are_finite(checkpoint.parameters, losses[0]):
            self._noted = self._good, checkpoint
        return Snapshot.of(checkpoint, self.dataset, *losses)

    def _train(self, updates: int, stop: StopFlag | None = None, rule: StopRule = ENDLESS) -> _End:
        """Do updates, epoch by epoch. The first one leaves the start, which is the best moment so far."""
        if self.updates == 0 and updates > 0:
            self.best = better(None, Milestone.of(self.checkpoint()), self.history.first_losses)
        while updates > 0:
            most_epochs = self.history.next_due(self.epoch) - self.epoch
            order = self.walk.next_order(updates, most_epochs)
            self._losses = None
            losses = self._engine.train(order, self.walk.samples_per_update, stop)
            is_finite = isfinite(losses[-1])
            done = len(losses) if is_finite else len(losses) - 1
            is_recorded = self._move_on(self.walk.after(done, order))
            if not is_finite:
                return _End.NOT_FINITE
            if is_recorded and rule.compares_losses and rule.accepts(*self.losses()):
                return _End.AT_LOSS
            updates -= done
            if stop:
                break
        return _End.DONE

    def _move_on(self, walk: Walk) -> bool:
        """Note down how far training has come; record the losses if they are due there, and tell that."""
        is_due = walk.epoch == self.history.next_due(self.epoch)
        self.walk = walk
        if is_due:
            self.note_safe_checkpoint()
            losses = self.losses()
            self.history.record(self.epoch, *losses)
            if _are_finite(self.parameters, losses[0]):
                newest = Milestone.of(self.checkpoint())
                self.best = better(self.best or best_among(self.milestones, self.history), newest, losses)
                self.milestones = keep(self.milestones, newest)
                self._good = self.checkpoint()
        return is_due

    def _return_to_finite(self) -> None:
        """Go back to the last finite state, the same one however the run was cut into slices.

        Updates done once more halve the way from a state that was finite to the present one, which is not.
        """
        self._noted = self._good, self._good
        not_finite = self.updates
        while not_finite - self._good.updates > 1:
            middle = (self._good.updates + not_finite) // 2
            self.restore(self._good)
            end = self._train(middle - self.updates)
            if end is _End.DONE and _are_finite(self.parameters, self.losses()[0]):
                self._good = self.checkpoint()
            else:
                not_finite = middle
        self.restore(self._good)
        self.diverged = True

    def _go_on(self, before: Setup, restore_from: Checkpoint | None) -> None:
        """Go on with the setup of now, knowing what was known before."""
        numbers = Numbers(
            parameters=self.parameters, optimizer_state=self.optimizer_state, initial=self._initial
        )
        if self.setup.topology != before.topology:
            numbers = numbers.carried_over(before, self.setup, restore_from, learned=self.updates > 0)
        numbers = numbers.in_precision(self.setup.hyperparameters.precision)
        self.parameters, self.optimizer_state = numbers.parameters, numbers.optimizer_state
        self._initial = numbers.initial
        self.walk = self.walk.with_hyperparameters(self.setup.hyperparameters)
        self.diverged = False
        self.best = comparable(self.best, self.setup)
        self.marks = marked(self.marks, before, self.setup, self.walk)
        self._fit_engine(before, restore_from)

    def _fit_engine(self, before: Setup, restore_from: Checkpoint | None) -> None:
        """Keep the engine, with its buffers, if its sums stay what they are; it may take another descent."""
        now, taken = self.setup.hyperparameters, self.engine.engine
        if restore_from is not None and restore_from.setup.hyperparameters.engine is now.engine:
            self.engine = restore_from.engine
        elif self.updates == 0 or now.engine is not before.hyperparameters.engine:
            self.engine = _choose(self.setup, self.train_count, self._memory)
        if taken is not self.engine.engine or _sums_of(before) != _sums_of(self.setup):
            self._build_engine()

    def _build_engine(self) -> None:
        h, make = self.setup.hyperparameters, available_engines()[self.engine.engine]
        self._engine = make(self.parameters, self.samples.problem(h.loss), h.descent)
        self._losses = None


def _are_finite(parameters: Parameters, train_loss: float) -> bool:
    return isfinite(train_loss) and bool(np.isfinite(parameters.vector).all())


def _evaluate(engine: Engine, samples: Samples) -> tuple[float, float]:
    """Return the loss over the training samples and over the test samples, NaN if there are none of these."""
    train_loss = engine.loss(samples.train_inputs, samples.train_targets)
    has_test = len(samples.test_inputs) > 0
    return train_loss, engine.loss(samples.test_inputs, samples.test_targets) if has_test else nan


def _choose(setup: Setup, train_count: int, memory: ChoiceMemory | None) -> Choice:
    return choose(setup.hyperparameters.engine, setup.workload(train_count), memory)


def _sums_of(setup: Setup) -> tuple[object, ...]:
    """Return what an engine is made for, apart from the data."""
    h = setup.hyperparameters
    return setup.topology, h.loss, h.target_smoothing, h.precision
