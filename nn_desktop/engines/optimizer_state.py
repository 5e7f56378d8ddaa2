"""What an optimizer remembers between updates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nn_desktop.network.parameters import Parameters, carry_over
from nn_desktop.network.topology import Topology


@dataclass(frozen=True, kw_only=True, eq=False)
class OptimizerState:
    """What an optimizer remembers from one update to the next, such as a momentum.

    Attributes
    ----------
    vectors
        By name, each laid out like the parameters that it belongs to. Plain gradient descent has none.
    """

    vectors: Mapping[str, Parameters] = field(default_factory=dict)

    def map(self, change: Callable[[Parameters], Parameters]) -> "OptimizerState":
        """Return the state with every vector changed alike."""
        return OptimizerState(vectors={name: change(vector) for name, vector in self.vectors.items()})

    def copy(self) -> "OptimizerState":
        """Return the same state in vectors of its own."""
        return self.map(Parameters.copy)

    def carried_over(self, topology: Topology, earlier: "OptimizerState | None" = None) -> "OptimizerState":
        """Return the state that goes with another network, as `network.parameters.carry_over` does.

        Parameters
        ----------
        topology
            The network: what is new in it begins with 0.
        earlier
            Knows more of that network: what the present state lacks comes from there.
        """
        vectors = {}
        for name, old in self.vectors.items():
            vectors[name] = Parameters.zeros(topology, old.vector.dtype)
            if earlier is not None and name in earlier.vectors:
                carry_over(earlier.vectors[name], vectors[name])
            carry_over(old, vectors[name])
        return OptimizerState(vectors=vectors)
