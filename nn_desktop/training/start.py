"""Where a run starts: random numbers, or given ones, which a reset comes back to."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np

from nn_desktop.engines.names import Precision
from nn_desktop.errors import UserError
from nn_desktop.network.initializers import initialize
from nn_desktop.network.parameters import Parameters, carry_over
from nn_desktop.network.topology import Topology
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


@dataclass(frozen=True, kw_only=True, eq=False)
class InitialParameters:
    """What a reset comes back to; checkpoints share it.

    Attributes
    ----------
    parameters
        None if they are drawn at random.
    user_set
        1 where somebody set a number of them, 0 elsewhere; None if nobody set any.
    """

    parameters: Parameters | None = None
    user_set: Parameters | None = None

    def of(self, topology: Topology) -> Parameters | None:
        """Return them if they belong to a network: a reset cannot come back to those of another one."""
        return None if self.parameters is None or self.parameters.topology != topology else self.parameters

    def user_set_in(self, topology: Topology) -> Parameters:
        """Return which numbers somebody set, as far as they are in a network, in a copy."""
        marks = Parameters.zeros(topology, np.float16)  # 0 and 1 are all that it holds
        if self.user_set is not None:
            carry_over(self.user_set, marks)
        return marks

    def carried_over(self, drawn: Parameters) -> "InitialParameters":
        """Return those that go with another network, for which other numbers were drawn."""
        if self.parameters is None:
            return self
        dtype = np.promote_types(self.parameters.vector.dtype, drawn.vector.dtype)  # holds both
        parameters = Parameters(drawn.topology, drawn.vector.astype(dtype), drawn.blocks)
        carry_over(self.parameters, parameters)
        user_set = None if self.user_set is None else self.user_set_in(drawn.topology)
        return InitialParameters(parameters=parameters, user_set=user_set)

    def with_user_set(self, topology: Topology, assign: Assign) -> "InitialParameters":
        """Mark what somebody sets: that is where NaN becomes a number."""
        places = Parameters.zeros(topology)
        places.vector[:] = np.nan
        with np.errstate(over="ignore"):  # what is too large is refused where it counts
            assign(places)
        marks = self.user_set_in(topology)
        marks.vector[~np.isnan(places.vector)] = 1
        return replace(self, user_set=marks)

    def amended(self, topology: Topology, assign: Assign, mark: Assign) -> "InitialParameters":
        """Put numbers in, and marks of what somebody set; random ones stay random."""
        start = self.of(topology)
        if start is None:
            return self
        parameters, marks = start.copy(), self.user_set_in(topology)
        assign_finite(parameters, assign)
        mark(marks)
        return InitialParameters(parameters=parameters, user_set=marks)

    def redraw(self, setup: Setup, layers: Collection[int], *several: Parameters) -> None:
        """Draw the weights into layers anew in parameters, but for those that somebody set."""
        if not layers:
            return
        drawn = draw(setup, setup.hyperparameters.seed)
        user_set = self.user_set_in(setup.topology)
        for parameters in several:
            for layer in layers:
                np.copyto(
                    parameters.matrix(layer)[:, :-1],
                    drawn.matrix(layer)[:, :-1],
                    casting="same_kind",
                    where=user_set.matrix(layer)[:, :-1] == 0,
                )


def draw(setup: Setup, seed: int | list[int]) -> Parameters:
    """Draw the random parameters of a setup."""
    h = setup.hyperparameters
    return initialize(setup.topology, h.initializer, seed, np.dtype(h.precision))


def begins_anew(before: Setup, after: Setup, is_random: bool) -> bool:
    """Tell whether training begins anew: another network alone does that only where it is still random."""
    return before.beginning != after.beginning or (is_random and before.topology != after.topology)


def draws_alike(one: Setup, other: Setup) -> bool:
    """Tell whether the same initializer and seed decide how random parameters are drawn."""
    a, b = one.hyperparameters, other.hyperparameters
    return (a.initializer, a.seed) == (b.initializer, b.seed)


def without_removed(parameters: Parameters) -> Parameters:
    """Return a copy in which removed connections carry nothing."""
    copy = parameters.copy()
    copy.clear_removed()
    return copy


def converted(parameters: Parameters, precision: Precision, refusal: str) -> Parameters:
    """Return the same numbers in a type, in a copy; raises `SessionError` if they are too large for it."""
    with np.errstate(over="ignore"):
        vector = parameters.vector.astype(precision)
    return _ensured_finite(Parameters(parameters.topology, vector, parameters.blocks), refusal)


def assign_finite(parameters: Parameters, assign: Assign) -> None:
    """Put numbers in; raises `SessionError` if they are too large for the type of the others."""
    with np.errstate(over="ignore"):
        assign(parameters)
    parameters.clear_removed()
    _ensured_finite(parameters, PUT_IN_TOO_LARGE)


def layers_with_another_initializer(before: Topology, after: Topology) -> list[int]:
    """Return layers whose own initializer is another one, in a network that is the same otherwise."""
    if (before.links, before.next_id) != (after.links, after.next_id):
        return []
    if len(before.layers) != len(after.layers):
        return []
    pairs = list(zip(before.layers, after.layers, strict=True))
    if any(replace(old, initializer=new.initializer) != new for old, new in pairs):
        return []
    return [new.id for old, new in pairs if new.initializer is not old.initializer]


def _ensured_finite(parameters: Parameters, refusal: str) -> Parameters:
    if not np.isfinite(parameters.vector).all():
        raise SessionError(refusal.format(type=parameters.vector.dtype.name))
    return parameters
