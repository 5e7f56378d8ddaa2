"""How a loss is made small: the rule of an update."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Descent:
    """Gradient descent: W ← W − η ∂L/∂W.

    Attributes
    ----------
    learning_rate
        η.
    """

    learning_rate: float


STANDSTILL = Descent(learning_rate=0.0)
"""Changes nothing, whatever the network: for what is measured."""
