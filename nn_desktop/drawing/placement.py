"""Where the parts of a network stand in a drawing; what it learned has nothing to do with it."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import NamedTuple

from nn_desktop.network.topology import Layer, Topology

FOLD_ABOVE = 20
"""A layer of more units is drawn folded: its first units, a gap, its last units."""
SHOWN_WHEN_FOLDED = 14
MIN_PITCH, MAX_PITCH = 26.0, 72.0
"""Distance of neighbouring units of a layer, in points."""
MIN_STEP, MAX_STEP = 112.0, 260.0
"""Distance of neighbouring layers, in points."""
MAX_RADIUS = 22.0
MAX_OFFSET = 2.0**31
"""Points that something may be moved: beyond all that can be seen."""

Offset = tuple[float, float]
"""How far something is moved to the right and down, in points."""


@dataclass(frozen=True)
class Layout:
    """How far layers and units were moved from where they stand by themselves.

    Attributes
    ----------
    layers, units
        Offsets by id; what is not there was not moved. A unit moves with its layer, and its own offset is
        added.
    """

    layers: Mapping[int, Offset] = field(default_factory=dict)
    units: Mapping[int, Offset] = field(default_factory=dict)

    def within(self, topology: Topology) -> "Layout":
        """Return the layout of what a network has: no offset is left of parts that it lacks.

        Of offsets beyond `MAX_OFFSET` as much is left; those that are no numbers are none.
        """
        layers, units = _within(self.layers, topology.layer_index), _within(self.units, topology.unit_place)
        is_same = layers == self.layers and units == self.units
        return self if is_same else Layout(layers, units)


AUTOMATIC = Layout()
"""Nothing was moved."""


class Spot(NamedTuple):
    """A unit that is shown, and its centre."""

    unit: int
    x: float
    y: float


@dataclass(frozen=True)
class Column:
    """A layer as it is drawn.

    Attributes
    ----------
    layer
        The layer of the network.
    x
        Horizontal centre of its units, in points, but for units that were moved by themselves.
    dy
        Distance that the whole layer is moved down, in points.
    units
        The units that are shown, from top to bottom.
    gap_y
        Where the "⋮" of a folded layer stands; None if all units are shown.
    """

    layer: Layer
    x: float
    dy: float
    units: tuple[Spot, ...]
    gap_y: float | None


@dataclass(frozen=True)
class Placement:
    """Where everything stands.

    Attributes
    ----------
    columns
        One for each layer, from the input layer to the output layer.
    radius
        Radius of every unit's circle, in points.
    pitch, step
        Distance of neighbouring units of a layer, and of neighbouring layers, if nothing is moved.
    top, bottom
        y of the centres of the highest and the lowest unit there may be, if nothing is moved.
    """

    columns: tuple[Column, ...]
    radius: float
    pitch: float
    step: float
    top: float
    bottom: float

    def positions(self) -> dict[int, tuple[float, float]]:
        """Return the centre of each unit that is shown, by its id."""
        return {spot.unit: (spot.x, spot.y) for column in self.columns for spot in column.units}

    def extent(self) -> tuple[float, float, float, float]:
        """Return the least and greatest x, and the least and greatest y, of units and layers."""
        xs = [column.x for column in self.columns]
        ys = [y + column.dy for column in self.columns for y in (self.top, self.bottom)]
        for column in self.columns:
            xs += [spot.x for spot in column.units]
            ys += [spot.y for spot in column.units]
        return min(xs), max(xs), min(ys), max(ys)


def _within(offsets: Mapping[int, Offset], known: Container[int]) -> dict[int, Offset]:
    return {
        part: (_bounded(right), _bounded(down))
        for part, (right, down) in offsets.items()
        if part in known and not (isnan(right) or isnan(down))
    }


def _bounded(distance: float) -> float:
    return min(max(distance, -MAX_OFFSET), MAX_OFFSET)


def place(
    topology: Topology,
    width: float,
    height: float,
    layout: Layout = AUTOMATIC,
    unfolded: frozenset[int] = frozenset(),
) -> Placement:
    """Stand the layers side by side, each centred on the same height.

    Parameters
    ----------
    topology
        The network to place.
    width, height
        Room for the centres of the units, in points. It is used well, and left where the network needs more.
    layout
        Offsets of the units and layers that were moved.
    unfolded
        Layers that show all their units, however many they are.
    """
    slots = [_slots(layer, layer.id in unfolded) for layer in topology.layers]
    most = max(len(units) for units in slots)
    pitch = min(MAX_PITCH, max(MIN_PITCH, height / max(most - 1, 1)))
    step = min(MAX_STEP, max(MIN_STEP, width / (len(slots) - 1)))
    columns = tuple(
        _column(layer, index * step, units, pitch, layout)
        for index, (layer, units) in enumerate(zip(topology.layers, slots, strict=True))
    )
    half = (most - 1) / 2 * pitch
    return Placement(columns, min(MAX_RADIUS, 0.42 * pitch), pitch, step, -half, half)


def _slots(layer: Layer, unfolded: bool) -> list[int | None]:
    """Return the units that are shown, and None where the gap is."""
    if unfolded or len(layer.units) <= FOLD_ABOVE:
        return list(layer.units)
    half = SHOWN_WHEN_FOLDED // 2
    return [*layer.units[:half], None, *layer.units[-half:]]


def _column(layer: Layer, x: float, slots: list[int | None], pitch: float, layout: Layout) -> Column:
    dx, dy = layout.layers.get(layer.id, (0.0, 0.0))
    top = dy - (len(slots) - 1) / 2 * pitch
    spots = []
    gap_y = None
    for index, unit in enumerate(slots):
        y = top + index * pitch
        if unit is None:
            gap_y = y
            continue
        unit_dx, unit_dy = layout.units.get(unit, (0.0, 0.0))
        spots.append(Spot(unit, x + dx + unit_dx, y + unit_dy))
    return Column(layer, x + dx, dy, tuple(spots), gap_y)
