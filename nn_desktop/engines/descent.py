"""How a loss is made small: the rule of an update."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # it is part of the textbook, which needs no numpy
    import numpy as np

_Number = TypeVar("_Number", "np.float32", "np.float64")


@dataclass(frozen=True, kw_only=True)
class Descent:
    """Gradient descent: W ← W − η ∂L/∂W.

    Attributes
    ----------
    learning_rate
        η.
    """

    learning_rate: float

    def updated(self, number: _Number, slope: _Number) -> _Number:
        """Return what an update makes of a weight or a bias, by its slope ∂L/∂w, in sums of its own type."""
        return number - slope * type(number)(self.learning_rate)


STANDSTILL = Descent(learning_rate=0.0)
"""Changes nothing, whatever the network: for what is measured."""
