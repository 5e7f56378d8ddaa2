"""Numbers that somebody puts into a network: typed, or brought from another one."""

from dataclasses import dataclass
from typing import Protocol

from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Pair


class Assignment(Protocol):
    """A change of parameters that can be taken back."""

    def put(self, parameters: Parameters) -> None:
        """Put the numbers in."""
        ...

    def take_back(self, parameters: Parameters, before: Parameters) -> None:
        """Put back what was at the same places before, and leave all others."""
        ...


@dataclass(frozen=True)
class TypedNumbers:
    """Weights and biases that were typed, by connection and by unit."""

    weights: tuple[tuple[Pair, float], ...] = ()
    biases: tuple[tuple[int, float], ...] = ()

    def put(self, parameters: Parameters) -> None:
        """Put the numbers in."""
        for (source, target), value in self.weights:
            parameters.set_weight(source, target, value)
        for unit, value in self.biases:
            parameters.set_bias(unit, value)

    def take_back(self, parameters: Parameters, before: Parameters) -> None:
        """Put back what was at the same places before."""
        for (source, target), _ in self.weights:
            parameters.set_weight(source, target, before.weight(source, target))
        for unit, _ in self.biases:
            parameters.set_bias(unit, before.bias(unit))
