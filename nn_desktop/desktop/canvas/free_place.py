"""Where something can stand beside a point without covering what is drawn."""

from collections.abc import Collection, Iterable, Iterator

from PySide6.QtCore import QPoint, QRect, QSize

GAPS = (16, 28, 44, 64, 96, 136, 184)
"""Pixels from the point, the nearest first."""
MARGIN = 4
"""Pixels to the edge of the room."""


def free_place(size: QSize, point: QPoint, room: QRect, obstacles: Iterable[QRect] = ()) -> QRect | None:
    """Return the nearest place for something of this size, or a corner; None if there is no free one.

    It lies wholly within the room, and covers neither the point nor an obstacle.
    """
    inside = room.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    covered = [QRect(point, QSize(1, 1)), *obstacles]
    for place in _places(size, point, inside):
        if inside.contains(place) and not any(place.intersects(each) for each in covered):
            return place
    return None


def place_over_fewest(size: QSize, point: QPoint, room: QRect, obstacles: Collection[QRect]) -> QRect | None:
    """Return the nearest of the places that cover the fewest obstacles; None if the room is too small."""
    inside = room.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    places = (place for place in _places(size, point, inside) if inside.contains(place))
    return min(places, key=lambda place: sum(map(place.intersects, obstacles)), default=None)


def _places(size: QSize, point: QPoint, room: QRect) -> Iterator[QRect]:
    width, height = size.toTuple()
    left, right = room.left(), room.right() + 1 - width
    for gap in GAPS:
        below, above = point.y() + gap, point.y() - gap - height
        beside = point.x() + gap, point.x() - gap - width
        # At the edge it is moved along it, to be read as a whole.
        pushed = max(left, min(beside[0], right))
        for x in (beside[0], beside[1], pushed):
            for y in (below, above):
                yield QRect(QPoint(x, y), size)
    for y in (room.bottom() + 1 - height, room.top()):
        for x in (left, right):
            yield QRect(QPoint(x, y), size)
