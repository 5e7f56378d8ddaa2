"""Where the parts of a network stand on the canvas."""

from dataclasses import dataclass

from nn_desktop.network.topology import Layer, Topology

FOLD_ABOVE = 20
"""A layer of more units is drawn folded: its first units, a gap, its last units."""
SHOWN_WHEN_FOLDED = 14
LEAST_PITCH, MOST_PITCH = 26.0, 72.0
"""Distance of neighbouring units of a layer, in points."""
LEAST_STEP, MOST_STEP = 112.0, 260.0
"""Distance of neighbouring layers, in points."""


@dataclass(frozen=True)
class Column:
    """A layer as it is drawn.

    Attributes
    ----------
    layer
        What is drawn.
    x
        Of the centres of its units.
    units
        Ids of the units that are shown and y of their centres, from top to bottom.
    gap_y
        Where the "⋮" of a folded layer stands; None if all units are shown.
    """

    layer: Layer
    x: float
    units: tuple[tuple[int, float], ...]
    gap_y: float | None


@dataclass(frozen=True)
class Placement:
    """Where everything stands.

    Attributes
    ----------
    columns
        One for each layer, from left to right.
    radius
        Of every unit.
    top, bottom
        y of the centres of the highest and the lowest unit there may be.
    """

    columns: tuple[Column, ...]
    radius: float
    top: float
    bottom: float

    def positions(self) -> dict[int, tuple[float, float]]:
        """Return the centre of each unit that is shown, by its id."""
        return {unit: (column.x, y) for column in self.columns for unit, y in column.units}


def place(topology: Topology, width: float, height: float) -> Placement:
    """Stand the layers side by side, each centred on the same height.

    Parameters
    ----------
    topology
        What is placed.
    width, height
        Room for the centres of the units, in points. It is used well, and left where the network needs more.
    """
    slots = [_slots(layer) for layer in topology.layers]
    most = max(len(units) for units in slots)
    pitch = min(MOST_PITCH, max(LEAST_PITCH, height / max(most - 1, 1)))
    step = min(MOST_STEP, max(LEAST_STEP, width / (len(slots) - 1)))
    columns = tuple(
        _column(layer, index * step, units, pitch)
        for index, (layer, units) in enumerate(zip(topology.layers, slots, strict=True))
    )
    half = (most - 1) / 2 * pitch
    return Placement(columns, min(22.0, 0.42 * pitch), -half, half)


def _slots(layer: Layer) -> list[int | None]:
    """Return the units that are shown, and None where the gap is."""
    if len(layer.units) <= FOLD_ABOVE:
        return list(layer.units)
    half = SHOWN_WHEN_FOLDED // 2
    return [*layer.units[:half], None, *layer.units[-half:]]


def _column(layer: Layer, x: float, slots: list[int | None], pitch: float) -> Column:
    top = -(len(slots) - 1) / 2 * pitch
    rows = [(unit, top + index * pitch) for index, unit in enumerate(slots)]
    gap_y = next((y for unit, y in rows if unit is None), None)
    return Column(layer, x, tuple((unit, y) for unit, y in rows if unit is not None), gap_y)
