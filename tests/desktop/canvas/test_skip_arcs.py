"""Connections that skip layers pass beside the units between, and are found there."""

from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from nn_desktop.desktop.canvas.connections_item import ConnectionsItem
from nn_desktop.desktop.look.colors import LIGHT
from nn_desktop.drawing.placement import AUTOMATIC, Layout, Placement, place
from nn_desktop.network import wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.initializers import Initializer, initialize
from nn_desktop.network.topology import Topology, chain


def network(*sizes: int) -> Topology:
    return chain(sizes, (Activation.TANH,) * (len(sizes) - 2) + (Activation.IDENTITY,))


def linked(topology: Topology, source: int, target: int) -> Topology:
    return wiring.link_layers(topology, topology.layers[source].id, topology.layers[target].id)


def drawn(topology: Topology, layout: Layout = AUTOMATIC) -> tuple[ConnectionsItem, Placement]:
    placement = place(topology, 600, 400, layout)
    item = ConnectionsItem(LIGHT)
    item.set_network(initialize(topology, Initializer.GLOROT_UNIFORM, 0), placement)
    return item, placement


def clearance(item: ConnectionsItem, placement: Placement, between: range) -> float:
    """The least distance of any arc from the centre of any unit of the layers between."""
    arcs = item._geometry.arcs
    segments = arcs.segments(np.arange(len(arcs.indices)))
    centres = np.array([(s.x, s.y) for i in between for s in placement.columns[i].units])
    points = segments[:, :2]
    return float(np.hypot(*(points[:, np.newaxis] - centres).T).min())


MOVES = [
    AUTOMATIC,
    Layout(layers={0: (0.0, 150.0)}),
    Layout(units={7: (-20.0, -180.0)}),
    Layout(units={8: (30.0, 90.0), 9: (-15.0, 200.0)}),
]


@pytest.mark.parametrize("layout", MOVES, ids=["automatic", "source low", "unit up", "units apart"])
@pytest.mark.parametrize("sizes", [(4, 6, 4, 2), (8, 3, 8, 1), (2, 8, 2, 1)])
def test_arcs_pass_beside_the_units_between(qapp, sizes, layout):
    topology = linked(network(*sizes), 0, 2)
    item, placement = drawn(topology, layout)
    assert len(item._geometry.arcs.indices) > 0
    assert clearance(item, placement, range(1, 2)) > placement.radius


def test_several_links_have_lanes_of_their_own(qapp):
    topology = linked(linked(linked(network(3, 3, 3, 3, 3), 0, 2), 0, 3), 1, 4)
    item, _ = drawn(topology)
    arcs, links = item._geometry.arcs, item._shown.links
    lanes = []
    for link in links:
        if link.is_skip:
            rows = arcs.rows_of(np.arange(link.part.start, link.part.stop))
            lanes.append((arcs.lane[rows].min(), arcs.lane[rows].max()))
    for (low, high), (other_low, other_high) in product(lanes, lanes):
        assert (low, high) == (other_low, other_high) or high < other_low or other_high < low


def test_a_dense_bundle_stays_one_narrow_strand_on_one_side(qapp):
    topology = linked(network(8, 8, 8, 1), 0, 2)
    item, placement = drawn(topology)
    lane = item._geometry.arcs.lane
    assert len(lane) == 64
    assert np.ptp(lane) <= 12 and lane.max() < placement.top - placement.radius


def test_a_single_connection_takes_the_nearer_way(qapp):
    topology = network(6, 6, 6, 1)
    ends = topology.layers[0].units, topology.layers[2].units
    topology = wiring.connect(topology, ends[0][0], ends[1][1])
    topology = wiring.connect(topology, ends[0][5], ends[1][4])
    item, placement = drawn(topology)
    assert item.middle(ends[0][0], ends[1][1]).y() < placement.top
    assert item.middle(ends[0][5], ends[1][4]).y() > placement.bottom


def test_a_single_connection_that_meets_no_unit_runs_straight(qapp):
    topology = network(6, 1, 6, 1)
    top = topology.layers[0].units[0], topology.layers[2].units[0]
    topology = wiring.connect(topology, *top)
    item, placement = drawn(topology)
    assert len(item._geometry.arcs.indices) == 0
    assert item.middle(*top).y() == pytest.approx(placement.top)


def test_the_pointer_and_a_stroke_find_an_arc_at_its_apex(qapp):
    topology = network(3, 3, 3, 1)
    pair = topology.layers[0].units[1], topology.layers[2].units[1]
    topology = wiring.connect(topology, *pair)
    item, placement = drawn(topology)
    apex = item.middle(*pair)
    found = item.connection_at(apex + QPointF(0, -3))
    assert (found.source, found.target) == pair
    assert item.connections_near([apex + QPointF(0, -15), apex + QPointF(0, -2)], 4) == [pair]
    straight = (np.array(placement.positions()[pair[0]]) + placement.positions()[pair[1]]) / 2
    here = item.connection_at(QPointF(*straight.tolist()))
    assert here is None or (here.source, here.target) != pair


def test_segments_follow_the_path_that_is_painted(qapp):
    item, _ = drawn(linked(network(3, 5, 3, 1), 0, 2))
    arcs = item._geometry.arcs
    for row, index in enumerate(arcs.indices.tolist()):
        path = arcs.path(index)
        points = arcs.segments(np.array([row]))[:, :2]
        samples = np.array([path.pointAtPercent(share / 200).toTuple() for share in range(201)])
        distances = np.hypot(*(points[:, np.newaxis] - samples).T).min(axis=0)
        assert distances.max() < 3


def test_bounds_hold_arcs_and_lines(qapp):
    item, _ = drawn(linked(linked(network(3, 5, 3, 1), 0, 2), 0, 3))
    item._arrange()
    for group in item._groups:
        if group.path is not None:
            assert item.boundingRect().contains(group.path.boundingRect())
        assert all(item.boundingRect().contains(line.p1()) for line in group.lines)
