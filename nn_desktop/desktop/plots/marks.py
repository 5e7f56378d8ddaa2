"""The marks of points: a form for each class, so that colour is never the only difference."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF


class Mark(StrEnum):
    """A form."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    CROSS = "cross"


CLASS_MARKS = (Mark.CIRCLE, Mark.SQUARE, Mark.TRIANGLE, Mark.DIAMOND, Mark.CROSS)


def mark_of_class(label: int) -> Mark:
    """Return the mark of a class; after five of them they begin again, with another colour."""
    return CLASS_MARKS[label % len(CLASS_MARKS)]


def _polygon(*corners: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    path.closeSubpath()
    return path


def _circle() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QRectF(-0.5, -0.5, 1, 1))
    return path


MARK_PATHS: Mapping[Mark, QPainterPath] = MappingProxyType(
    {
        Mark.CIRCLE: _circle(),
        Mark.SQUARE: _polygon((-0.44, -0.44), (0.44, -0.44), (0.44, 0.44), (-0.44, 0.44)),
        Mark.TRIANGLE: _polygon((0.0, -0.58), (0.56, 0.44), (-0.56, 0.44)),
        Mark.DIAMOND: _polygon((0.0, -0.62), (0.62, 0.0), (0.0, 0.62), (-0.62, 0.0)),
        Mark.CROSS: _polygon(
            *((-0.5, -0.18), (-0.18, -0.18), (-0.18, -0.5), (0.18, -0.5), (0.18, -0.18), (0.5, -0.18)),
            *((0.5, 0.18), (0.18, 0.18), (0.18, 0.5), (-0.18, 0.5), (-0.18, 0.18), (-0.5, 0.18)),
        ),
    }
)
"""Each in a square of size 1 around 0; not to be changed."""
