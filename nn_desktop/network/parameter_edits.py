"""Numbers that somebody puts into a network: typed, or brought from another one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nn_desktop.network.fragment import Fragment, fill
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Pair


class Assignment(Protocol):
    """A change of parameters that can be taken back."""

    def put(self, parameters: Parameters) -> None:
        """Put the numbers in."""
        ...

    def take_back(self, parameters: Parameters, before: Parameters) -> None:
        """Put back what was at the same places before, in the same network, and leave all others."""
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
        self.of(before).put(parameters)

    def of(self, parameters: Parameters) -> "TypedNumbers":
        """Return the numbers that parameters have at the same places."""
        return TypedNumbers(
            tuple((pair, parameters.weight(*pair)) for pair, _ in self.weights),
            tuple((unit, parameters.bias(unit)) for unit, _ in self.biases),
        )


@dataclass(frozen=True)
class FragmentNumbers:
    """The numbers of a fragment that was put in.

    Attributes
    ----------
    fragment
        Whose numbers they are.
    ids
        The new ids of its units and layers, by the old ones.
    """

    fragment: Fragment
    ids: Mapping[int, int]

    def put(self, parameters: Parameters) -> None:
        """Put the numbers in."""
        fill(parameters, self.fragment, self.ids)

    def take_back(self, parameters: Parameters, before: Parameters) -> None:
        """Put back what was in the ends of a network that was replaced; what went needs no taking back."""
        topology, put_in = parameters.topology, set(self.ids.values())
        for layer in topology.layers[1:]:
            for unit in put_in.intersection(layer.units):
                parameters.set_bias(unit, before.bias(unit))
        for link in topology.links:
            sources = [i for i, unit in enumerate(topology.layer(link.source).units) if unit in put_in]
            targets = [i for i, unit in enumerate(topology.layer(link.target).units) if unit in put_in]
            here, ends = np.ix_(targets, sources), (link.source, link.target)
            parameters.weights(*ends)[here] = before.weights(*ends)[here]
