"""How each engine is drawn: by a colour, and by a mark and dashes for who cannot tell colours apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pyqtgraph as pg

from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.plots.marks import Mark
from nn_desktop.engines.names import EngineName


@dataclass(frozen=True)
class EngineStyle:
    """The look of an engine.

    Attributes
    ----------
    category
        Number of its colour in `Colors.categories`.
    mark
        Of its points.
    dash
        Lengths of dash and gap in widths of the line; empty for a solid one.
    """

    category: int
    mark: Mark
    dash: tuple[float, ...] = ()

    def color(self, colors: Colors) -> str:
        """Return its colour in a theme."""
        return colors.categories[self.category]

    def pen(self, colors: Colors) -> Any:
        """Return the pen of its line."""
        return pg.mkPen(self.color(colors), width=2, dash=self.dash or None)


STYLES: Mapping[EngineName, EngineStyle] = MappingProxyType(
    {
        EngineName.PYTHON: EngineStyle(2, Mark.TRIANGLE, (1.0, 2.0)),
        EngineName.NUMPY: EngineStyle(1, Mark.SQUARE, (4.0, 2.0)),
        EngineName.CPP: EngineStyle(0, Mark.CIRCLE),
    }
)
