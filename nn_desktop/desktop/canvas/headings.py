"""Where the titles of layers and the numbers of their units stand: also at the edge of what is seen."""

from PySide6.QtCore import QPointF, QRectF

from nn_desktop.drawing.placement import Column, Placement

HEADER = 78.0
"""From the centre of the highest unit up to a layer's title."""
ACTIVATION_BELOW_TITLE = 26.0
FOOTER = 52.0
"""From the centre of the lowest unit down to the number of units."""
EDGE = 20.0
"""From a title, or a number of units, to the edge of the drawing."""
STICKY_EDGE = 17.0
"""From a title, or a count, to the edge of the view: less, so that nothing moves while all is seen."""
HALF_BUTTON = 12.0
CLEARANCE = 6.0
"""Between a button and the arcs that run past the units."""


class Headings:
    """Titles above the columns of a drawing and counts below, which stay in view as far as their layer does.

    Parameters
    ----------
    arcs_top, arcs_bottom
        How far the connections reach that run above and below the units.

    Attributes
    ----------
    scale
        Of titles and buttons, in the scene: however near one comes, they stay as large as they are.
    top, bottom
        y of titles and counts of layers that were not moved, while all is in view.
    """

    def __init__(self, placement: Placement, arcs_top: float, arcs_bottom: float) -> None:
        reach = HALF_BUTTON + CLEARANCE
        self.top = min(placement.top - HEADER, arcs_top - ACTIVATION_BELOW_TITLE - reach)
        self.bottom = max(placement.bottom + FOOTER, arcs_bottom + reach)
        self.scale = 1.0
        self._seen: QRectF | None = None

    def stick(self, seen: QRectF, zoom: float) -> None:
        """Stay within a part of the scene, as it is seen at this scale."""
        self._seen, self.scale = seen, 1 / max(1.0, zoom)

    def title(self, column: Column) -> QPointF:
        """Return where the middle of a layer's title is."""
        y, lowest = self.top + column.dy, self.bottom + column.dy
        if self._seen is not None:
            y = min(max(y, self._seen.top() + STICKY_EDGE * self.scale), lowest)
        return QPointF(column.x, y)

    def footer(self, column: Column) -> QPointF:
        """Return where the number of a layer's units is."""
        y, highest = self.bottom + column.dy, self.top + column.dy
        if self._seen is not None:
            y = max(min(y, self._seen.bottom() - STICKY_EDGE * self.scale), highest)
        return QPointF(column.x, y)

    def below_title(self, column: Column) -> QPointF:
        """Return where the activation of a layer stands."""
        return self.title(column) + QPointF(0, ACTIVATION_BELOW_TITLE * self.scale)

    def strips(self, columns: tuple[Column, ...]) -> list[QRectF]:
        """Return what lies behind titles and counts that are not where they stand by themselves."""
        seen = self._seen
        if seen is None:
            return []
        strips = []
        if any(self.title(column).y() > self.top + column.dy + 1e-6 for column in columns):
            height = (STICKY_EDGE + ACTIVATION_BELOW_TITLE + HALF_BUTTON + CLEARANCE) * self.scale
            strips.append(QRectF(seen.left(), seen.top(), seen.width(), height))
        if any(self.footer(column).y() < self.bottom + column.dy - 1e-6 for column in columns):
            height = (STICKY_EDGE + HALF_BUTTON + CLEARANCE) * self.scale
            strips.append(QRectF(seen.left(), seen.bottom() - height, seen.width(), height))
        return strips
