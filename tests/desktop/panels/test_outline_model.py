"""The rows of the outline, and what they cost."""

from itertools import product

from PySide6.QtTest import QAbstractItemModelTester

from nn_desktop.desktop.panels.outline_model import OutlineModel
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import Topology, chain
from nn_desktop.network.wiring import connect, disconnect_all, link_layers


def network(*sizes: int) -> Topology:
    return chain(sizes, (Activation.TANH,) * (len(sizes) - 1))


def without(topology: Topology, source: int, target: int) -> Topology:
    """Take away all connections between two layers but those of the first source unit."""
    first, second = topology.layers[source], topology.layers[target]
    return disconnect_all(topology, [(a, b) for a in first.units[1:] for b in second.units])


def test_a_unit_can_be_opened_if_it_has_a_connection_of_any_kind():
    dense = network(3, 4, 2)
    inputs, hidden, outputs = dense.layers
    drawn = connect(
        disconnect_all(dense, product(inputs.units, hidden.units)), inputs.units[1], hidden.units[2]
    )
    for topology in (
        dense,
        without(dense, 0, 1),
        without(without(dense, 0, 1), 1, 2),
        drawn,
        without(drawn, 1, 2),
        link_layers(without(dense, 0, 1), inputs.id, outputs.id),
    ):
        model = OutlineModel(topology, None)
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
        for layer in topology.layers:
            assert model.hasChildren(model.index_of(layer.id))
            for unit in layer.units:
                assert model.hasChildren(model.index_of(unit)) is bool(topology.connections_of(unit))


def test_no_connection_is_listed_before_its_unit_is_opened():
    topology = network(784, 512, 10)
    inputs, hidden, _ = topology.layers
    model = OutlineModel(topology, None)
    model.set_topology(disconnect_all(topology, [(inputs.units[0], hidden.units[0])]))
    assert all(model.hasChildren(model.index_of(unit)) for unit in (*inputs.units, *hidden.units))
    assert model._connections == {}
    assert model.rowCount(model.index_of(hidden.units[0])) == 783 + 10
    assert list(model._connections) == [hidden.units[0]]
    model.forget_connections_of(hidden.units[0])
    assert model._connections == {}
