"""What a picture of the network shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DiagramOptions:
    """The choices there are when a diagram is exported, whatever its format.

    Attributes
    ----------
    weights
        Whether connections show their weights by width, colour and dash; otherwise all look alike.
    labels
        Whether layers, inputs and outputs have their names.
    formulas
        Whether the formula of its activation stands below a layer, and its bias in a unit.
    transparent
        Whether the background is left open; otherwise it is white.
    scale
        Pixels of a point, in a PNG.
    """

    weights: bool = True
    labels: bool = True
    formulas: bool = False
    transparent: bool = False
    scale: float = 2.0
