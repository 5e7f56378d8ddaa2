"""The numbers of a run, and how they come through an edit of the network."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from nn_desktop.engines.names import Precision
from nn_desktop.engines.optimizer_state import OptimizerState
from nn_desktop.network.parameters import Parameters, carry_over
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.setup import Setup
from nn_desktop.training.start import (
    GROWN_TOO_LARGE,
    START_TOO_LARGE,
    InitialParameters,
    converted,
    draw,
    layers_with_another_initializer,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Numbers:
    """The numbers of a run.

    Attributes
    ----------
    parameters, optimizer_state
        What an update changes.
    initial
        What a reset comes back to.
    """

    parameters: Parameters
    optimizer_state: OptimizerState
    initial: InitialParameters

    def carried_over(
        self, before: Setup, setup: Setup, earlier: Checkpoint | None, learned: bool
    ) -> "Numbers":
        """Return those of another network: what is known stays, and what is new is drawn.

        Parameters
        ----------
        before, setup
            With the network of now, and with the other one.
        earlier
            A moment of the other network: what the present one lacks comes from there.
        learned
            Whether an update was done since the start.
        """
        # The counter of ids makes units that are added later differ from those that they replace.
        new = draw(setup, [setup.hyperparameters.seed, setup.topology.next_id])
        if new.vector.dtype != self.parameters.vector.dtype:  # it is converted, with care, afterwards
            new = Parameters(setup.topology, new.vector.astype(self.parameters.vector.dtype))
        initial = self.initial
        if earlier is None:
            initial = initial.carried_over(new)
        else:
            carry_over(earlier.parameters, new)
        carry_over(self.parameters, new)
        if earlier is None and initial.parameters is not None:
            layers = layers_with_another_initializer(before.topology, setup.topology)
            # Before the first update the start is where one is.
            initial.redraw(setup, layers, *([initial.parameters] if learned else [initial.parameters, new]))
        known = None if earlier is None else earlier.optimizer_state
        state = self.optimizer_state.carried_over(setup.topology, known)
        return Numbers(parameters=new, optimizer_state=state, initial=initial)

    def in_precision(self, precision: Precision) -> "Numbers":
        """Return them in a type of numbers; raises `SessionError` if some are too large for it."""
        if self.parameters.vector.dtype == np.dtype(precision):
            return self
        convert = partial(converted, precision=precision, refusal=GROWN_TOO_LARGE)
        parameters, state = convert(self.parameters), self.optimizer_state.map(convert)
        start = self.initial.of(parameters.topology)
        if start is not None:
            converted(start, precision, START_TOO_LARGE)  # a reset comes back to it
        return replace(self, parameters=parameters, optimizer_state=state)
